"""One headless verb from its arguments to its exit code: errors on one line, Ctrl+C cancels first, a closed
standard output ends quietly."""

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wirelens.command_line.arguments import parse
from wirelens.engine.errors import ReflectionError, UsageError, WirelensError

EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_STATUS = 64  # plus the status code
EXIT_INTERRUPTED = 130

_Verb = Callable[[argparse.Namespace], Awaitable[int]]


def main(arguments: Sequence[str]) -> int:
    """Runs one verb on an event loop of its own; `arguments` begin with it. Returns the exit code."""
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return asyncio.run(run(arguments))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # ours to mend: told like every other fault, and whole to whoever mends it
        if os.environ.get("WIRELENS_TRACEBACK"):
            raise
        fault = WirelensError(
            f"{type(error).__name__}: {error}",
            place="a fault within Wirelens",
            next_step="with WIRELENS_TRACEBACK=1 it says where",
        )
        complain(fault)
        return EXIT_FAULT


async def run(arguments: Sequence[str]) -> int:
    """The same on the running event loop."""
    asyncio.get_running_loop().set_exception_handler(_on_loop_exception)
    try:
        options = parse(arguments)
        code = await _verb(options.verb)(options)
        sys.stdout.flush()
    except SystemExit as end:  # argparse has printed help
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        _forget_standard_output()
        return 0
    except OSError as error:  # every file of ours is read and written with an error of its own
        _forget_standard_output()
        complain(WirelensError(f"the output cannot be written: {error.strerror or error}", place="<stdout>"))
        return EXIT_FAULT
    except WirelensError as error:
        complain(error)
        return exit_code_of(error)
    return code


def _on_loop_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A second Ctrl+C may hit a task in the middle; that is no fault to be told with a traceback."""
    if not isinstance(context.get("exception"), KeyboardInterrupt):
        loop.default_exception_handler(context)


def exit_code_of(error: WirelensError) -> int:
    """2 for wrong usage, 64 + code for a status that reflection met, 1 for any other fault."""
    if isinstance(error, UsageError):
        return EXIT_USAGE
    if isinstance(error, ReflectionError):
        number: int = error.code.value[0]
        return EXIT_STATUS + number
    return EXIT_FAULT


def complain(error: WirelensError) -> None:
    """The whole error on one line of standard error."""
    print(f"wirelens: {error.one_line()}", file=sys.stderr)


def _verb(name: str) -> _Verb:
    """Imports only what the verb needs: `demo` loads no calls, `list` no messages."""
    if name == "call":
        from wirelens.command_line.calling import call

        return call
    if name == "show":
        from wirelens.command_line.showing import show

        return show
    if name == "demo":
        from wirelens.command_line.serving import demo

        return demo
    from wirelens.command_line import exploring

    return {"list": exploring.list_services, "describe": exploring.describe, "export": exploring.export}[name]


def _open_missing_streams() -> None:
    """A program that is started with one of its three streams closed has None there, and its first socket would take
    the stream's number: nothing is read and nobody listens, which is what was meant."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the program


def _forget_standard_output() -> None:
    """Whoever read us has gone: the interpreter's own flush at its end must not complain about that."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
