"""The bundled demo servers as child processes: what the demo panel and `wirelens demo` with several names start.

A child is `wirelens demo NAME --end-with-stdin`. It prints `{"name": ..., "address": ...}` once it serves and ends
when its standard input closes, so also when this process is killed and cannot say goodbye.
"""

import asyncio
import enum
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from wirelens import bundled
from wirelens.engine.errors import DemoServerError

DEMO_TITLES = {
    "users": "Users",
    "llm": "Text generation",
    "files": "Files",
    "chat": "Chat",
    "fields": "Every kind of field",
    "faults": "Faults",
}
DEMO_NAMES = tuple(DEMO_TITLES)

_OUTPUT_LINES = 200
_OWN_GROUP: dict[str, Any]
if sys.platform == "win32":
    _OWN_GROUP = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _OWN_GROUP = {"process_group": 0}


class DemoState(enum.Enum):
    """STOPPED, before it was started and after it was asked to stop; FAILED, when it ended by itself."""

    STOPPED = "stopped"
    STARTING = "starting"
    SERVING = "serving"
    FAILED = "failed"


class DemoServer:
    """One demo server in a process of its own. All methods belong to one event loop's thread.

    A thread starts the process, reads its output (standard error too) and waits for its end, so there is no zombie
    and the loop never waits for the operating system.

    Args:
        name: one of DEMO_NAMES.
        port: to serve at on 127.0.0.1; 0 lets the system choose.
        arguments: further arguments of `wirelens demo`.
        start_timeout: seconds until a start that shows no address counts as failed.
        stop_timeout: seconds from the polite request to the kill.
    """

    def __init__(
        self,
        name: str,
        *,
        port: int = 0,
        arguments: Sequence[str] = (),
        start_timeout: float = 30.0,
        stop_timeout: float = 3.0,
    ) -> None:
        self.name = name
        self.title = DEMO_TITLES.get(name, name)
        self.state = DemoState.STOPPED
        self.address: str | None = None
        self.output: deque[str] = deque(maxlen=_OUTPUT_LINES)
        self.outcome = "not started"
        self._command = [
            *bundled.this_program(),
            *("demo", name, "--port", str(port), "--end-with-stdin"),
            *arguments,
        ]
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._child: _Child | None = None
        self._changed = asyncio.Event()

    @property
    def runs(self) -> bool:
        """Whether it serves or is about to."""
        return self.state in (DemoState.STARTING, DemoState.SERVING)

    @property
    def process_id(self) -> int | None:
        """The child's process id while it lives."""
        return self._child.process_id if self._child is not None else None

    async def start(self) -> None:
        """Starts the server and returns once it serves; does nothing while it starts or serves.

        Raises:
            DemoServerError: it ended or stayed silent; the message says how, `output` has its last words.
        """
        if self.runs:
            return
        self.output.clear()
        child = self._child = _Child(self, self._command, asyncio.get_running_loop())
        self._become(DemoState.STARTING, "starting")
        child.thread.start()
        try:
            async with asyncio.timeout(self._start_timeout):
                while self._child is child and self.state is DemoState.STARTING:
                    await self.wait_changed()
        except TimeoutError:
            await self.stop()
            self._become(DemoState.FAILED, f"did not serve within {self._start_timeout:g} s")
        except asyncio.CancelledError:
            child.is_asked_to_stop = True
            child.kill()
            raise
        if self._child is not child or self.state is not DemoState.SERVING:
            raise DemoServerError(
                f"the demo server {self.name} {self.outcome}",
                place=self.name,
                next_step="its last lines of output say more" if len(self.output) > 1 else "",
            )

    async def stop(self) -> None:
        """Asks the server to end and returns once its process is gone; kills it if that takes too long."""
        child = self._child
        if child is None:
            return
        child.is_asked_to_stop = True
        child.close_input()
        try:
            async with asyncio.timeout(self._stop_timeout):
                while self._child is child:
                    await self.wait_changed()
        except TimeoutError:
            child.kill()
        while self._child is child:
            await self.wait_changed()

    async def wait_changed(self) -> None:
        """Returns at the next change of `state`, `address`, `outcome` or `output`."""
        await self._changed.wait()

    # What a child's thread reports, on the loop's thread; a child that is no longer ours is not heard.

    def on_output(self, child: "_Child", line: str) -> None:
        if child is not self._child:
            return
        address = _address_of(line, self.name)
        if address and self.state is DemoState.STARTING:
            self.address = address
            self._become(DemoState.SERVING, f"serves at {address}")
        else:
            self.output.append(line)
            self._notify()

    def on_end(self, child: "_Child", outcome: str) -> None:
        if child is not self._child:
            return
        self._child = None
        self.address = None
        if child.is_asked_to_stop:
            self._become(DemoState.STOPPED, "stopped")
        else:
            last = f": {self.output[-1]}" if self.output else ""
            self._become(DemoState.FAILED, outcome + last)

    def _become(self, state: DemoState, outcome: str) -> None:
        self.state = state
        self.outcome = outcome
        self._notify()

    def _notify(self) -> None:
        # Whoever waits holds the old event; whoever comes later waits for the next change.
        self._changed.set()
        self._changed = asyncio.Event()


class _Child:
    """One run of the process and the thread that attends to it."""

    def __init__(self, server: DemoServer, command: list[str], loop: asyncio.AbstractEventLoop) -> None:
        self.is_asked_to_stop = False
        # A daemon: it must not keep a program alive that ends without stopping its demos.
        self.thread = threading.Thread(target=self._run, name=f"demo server {server.name}", daemon=True)
        self._server = server
        self._command = command
        self._loop = loop
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_ended = False

    @property
    def process_id(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def close_input(self) -> None:
        """The polite request: the child ends when its standard input does."""
        with self._lock:
            self._is_ended = True
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()

    def kill(self) -> None:
        self.close_input()
        if self._process is not None:
            self._process.kill()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            outcome = self._run_process()
        except OSError as error:
            outcome = f"could not be started: {error.strerror or error}"
        else:
            outcome = f"{outcome} after {_duration(time.monotonic() - started)}"
        self._report(self._server.on_end, outcome)

    def _run_process(self) -> str:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=bundled.child_environment(dict(os.environ)),
            encoding="utf-8",
            errors="replace",
            # A group of its own: Ctrl+C at the terminal is this process's to handle, which then ends the child.
            **_OWN_GROUP,
        )
        with process:
            with self._lock:
                self._process = process
                if self._is_ended and process.stdin is not None:
                    process.stdin.close()
            assert process.stdout is not None
            for line in process.stdout:
                self._report(self._server.on_output, line.rstrip())
            return _worded_exit(process.wait())

    def _report(self, hear: "Callable[[_Child, str], None]", value: str) -> None:
        try:
            self._loop.call_soon_threadsafe(hear, self, value)
        except RuntimeError:
            pass  # the loop has ended; so has everyone who would listen


def _address_of(line: str, name: str) -> str | None:
    """The address in the line that a child prints when it serves, None in any other line."""
    if not line.startswith("{"):
        return None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return str(said["address"]) if said.get("name") == name and "address" in said else None


def _worded_exit(code: int) -> str:
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
