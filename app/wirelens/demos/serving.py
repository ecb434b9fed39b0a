"""What `wirelens demo` runs: demo servers in the foreground until somebody ends them."""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.engine.demo_servers import DemoServer, DemoState

_GRACE = 0.3  # seconds that running calls get at the end
_LAST_RESORT = 5.0  # seconds after which an end that hangs is forced
_EXIT_INTERRUPTED = 130


async def serve(
    names: Sequence[str],
    *,
    first_port: int = 0,
    end_with_stdin: bool = False,
    openai_url: str | None = None,
    openai_model: str | None = None,
) -> int:
    """Serves the named demos until SIGINT, SIGTERM or, if asked, the end of standard input; returns the exit code.

    One name is served in this process, several each in a process of its own, so that `faults` can die alone.
    Prints one JSON line {"name", "address"} for each when it serves.

    Args:
        names: of engine.demo_servers.DEMO_NAMES.
        first_port: the port of the first name, counted up for the others; 0 lets the system choose.
        end_with_stdin: for children of a program: the pipe closes however that program ends.
        openai_url: base URL of an OpenAI-compatible endpoint that `llm` answers from.
        openai_model: the model to ask for there.

    Raises:
        DemoServerError: a server cannot start.
    """
    options = Options(openai_url, openai_model)
    ending = _Ending(end_with_stdin)
    try:
        if len(names) == 1:
            await _serve_here(names[0], first_port, options, ending)
        else:
            await _serve_in_children(names, first_port, options, ending)
    finally:
        ending.close()
    return ending.exit_code


async def _serve_here(name: str, port: int, options: Options, ending: "_Ending") -> None:
    from wirelens.engine.schema.proto_files import load_proto_files

    root = bundled.protos()
    # protoc runs in a child: time to import grpc in.
    schema, _ = await asyncio.gather(
        load_proto_files([root / proto for proto in DEMOS[name].protos], [root]), asyncio.to_thread(_import_server)
    )
    from wirelens.demos.server import start_demo

    server = await start_demo(name, schema, options, port)
    _announce(name, server.address)
    await ending.wait()
    await server.stop(_GRACE)


def _import_server() -> None:
    import wirelens.demos.server  # noqa: F401


async def _serve_in_children(names: Sequence[str], first_port: int, options: Options, ending: "_Ending") -> None:
    servers = [
        DemoServer(
            name, port=first_port and first_port + index, arguments=options.as_arguments() if name == "llm" else ()
        )
        for index, name in enumerate(names)
    ]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_attend(server, servers, ending), name=server.name) for server in servers]
            await ending.wait()
            for task in tasks:
                task.cancel()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


async def _attend(server: DemoServer, servers: Sequence[DemoServer], ending: "_Ending") -> None:
    """Starts one child, says where it serves and, should it die, that it did."""
    await server.start()
    _announce(server.name, server.address or "")
    while server.state is DemoState.SERVING:
        await server.wait_changed()
    print(f"{server.name} {server.outcome}", file=sys.stderr, flush=True)  # noqa: T201
    if not any(other.state in (DemoState.STARTING, DemoState.SERVING) for other in servers):
        ending.end(exit_code=1)


def _announce(name: str, address: str) -> None:
    print(json.dumps({"name": name, "address": address}), flush=True)  # noqa: T201


class _Ending:
    """When to end, and with which exit code: signals, and the end of standard input where asked for."""

    def __init__(self, with_stdin: bool) -> None:
        self.exit_code = 0
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        for number, code in ((signal.SIGINT, _EXIT_INTERRUPTED), (signal.SIGTERM, 0)):
            self._on_signal(number, code)
        if with_stdin:
            threading.Thread(target=self._watch_stdin, name="watch standard input", daemon=True).start()

    def end(self, exit_code: int) -> None:
        self.exit_code = exit_code
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()

    def close(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self._loop.remove_signal_handler(number)
            except NotImplementedError:  # Windows
                signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)

    def _on_signal(self, number: signal.Signals, exit_code: int) -> None:
        try:
            self._loop.add_signal_handler(number, self.end, exit_code)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: self._loop.call_soon_threadsafe(self.end, exit_code))

    def _watch_stdin(self) -> None:
        # Not sys.stdin: its lock, held by a thread that still reads, aborts the interpreter at its end.
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        try:
            self._loop.call_soon_threadsafe(self.end, 0)
        except RuntimeError:
            pass  # the loop is closed: this is the end already
        time.sleep(_LAST_RESORT)
        os._exit(1)
