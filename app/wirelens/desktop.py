"""Assembly of the window: event loop, workspace, theme, window; and the orderly end in reverse."""

import argparse
import asyncio
import importlib
import inspect
import logging
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import qasync
from PySide6.QtCore import QSize, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from wirelens.engine.errors import UsageError, WirelensError
from wirelens.engine.folders import settings_folder
from wirelens.presentation import heap
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.garbage_collection import WindowThreadCollector
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import Source, SourceKind, SourceSettings, SourceState
from wirelens.presentation.thread_worker import end_all_jobs
from wirelens.presentation.workspace import Workspace, as_workspace_problem
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.theme import Theme

OnReady = Callable[[MainWindow], Awaitable[None] | None]

_DEFAULT_SIZE = (1280, 800)
_THREADS = 8
SWITCH_INTERVAL = 0.0005  # seconds
_SCREENSHOT_WAITS = 20.0  # seconds for the sources to answer before the picture is taken all the same

# What the first call needs, loaded while the person looks at the window (200 ms that start-up does not pay).
_LOADED_AFTER_SHOWN = (
    "wirelens.engine.connection.channels",
    "wirelens.engine.schema.reflection",
    "wirelens.engine.schema.proto_files",
    "wirelens.presentation.call_session",
    "wirelens.widgets.call_tab",
)

_log = logging.getLogger("wirelens")


def launch(arguments: Sequence[str], on_ready: OnReady | None = None) -> int:
    """Run the application until its window is closed; returns the exit code.

    Args:
        arguments: without the program's name; options as on the command line.
        on_ready: called once the window is shown, plain or async.
    """
    try:
        options = _parse(arguments)
    except UsageError as error:
        print(f"wirelens: {error.one_line()}", file=sys.stderr)  # noqa: T201
        return 2
    # A thread that reads a stream wants the interpreter all the time. Qt asks for it many times in one frame, and each
    # time waits as long as this: at Python's 5 ms a 10 ms timer came 38 ms apart (median), at 0.5 ms 11 to 15 ms
    # (tests/benchmarks/window.py).
    sys.setswitchinterval(SWITCH_INTERVAL)
    heap.limit_arenas()
    application = QApplication.instance() or QApplication(["wirelens"])
    assert isinstance(application, QApplication)
    application.setApplicationName("Wirelens")
    application.setDesktopFileName("wirelens")
    # The window's own closing drains calls and children first; Qt must not stop the loop under it.
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    # qasync's own threads keep the last argument and result of each alive (two of its tests show it, as of 0.28).
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, "wirelens"))
    with loop:
        code: int = loop.run_until_complete(_run(application, options, on_ready))
    return code


async def _run(application: QApplication, options: argparse.Namespace, on_ready: OnReady | None) -> int:
    desktop = Desktop(application, options)
    with _Interrupts(desktop.close):
        try:
            await desktop.run(on_ready)
        finally:
            await desktop.aclose()
    return desktop.exit_code


class Desktop:
    """Everything that lives as long as the window, wired together."""

    def __init__(self, application: QApplication, options: argparse.Namespace) -> None:
        self._options = options
        self._closing = asyncio.Event()
        self.exit_code = 0
        self._collector = WindowThreadCollector()
        self._collector.start()
        self.tasks = BackgroundTasks()
        self.workspace = Workspace(self.tasks, SessionFile(settings_folder() / "session.json"))
        problems: list[WirelensError] = []
        self.workspace.problem.connect(problems.append)  # said before the window is there to say it
        self.workspace.restore()
        state = self.workspace.window_state
        self.theme = Theme(application, options.theme or _theme_choice(state))
        if isinstance(state.get("scale"), (int, float)):
            self.theme.set_scale(float(state["scale"]))
        self.window = MainWindow(self.workspace, self.theme)
        self.window.close_requested.connect(self.close)
        self.tasks.failed.connect(self._on_task_failed)
        self._catch_the_rest()
        self.window.resize(QSize(*_DEFAULT_SIZE))
        if options.size:
            self.window.resize(QSize(*options.size))
        else:
            self.window.restore(state)
        self.workspace.saving.connect(self._keep_window)
        self.theme.changed.connect(self.workspace.save_soon)
        self.workspace.problem.disconnect(problems.append)
        for problem in problems:
            self.window.show_problem(problem)

    async def run(self, on_ready: OnReady | None) -> None:
        """Show the window, do what the arguments ask for, and wait until it is to be closed."""
        self.window.show()
        if self._options.size:
            self.window.resize(QSize(*self._options.size))
        QTimer.singleShot(0, self._load_the_rest)
        self._open_what_was_asked_for()
        if on_ready is not None:
            result = on_ready(self.window)
            if inspect.isawaitable(result):
                await result
        if self._options.screenshot is not None:
            self.tasks.start("take the screenshot", self._take_screenshot(self._options.screenshot))
        await self._closing.wait()

    def close(self) -> None:
        """Ask for the orderly end; safe to call more than once."""
        self._closing.set()

    async def aclose(self) -> None:
        """End everything in reverse: tabs and calls, connections, demo servers, checks of rules, tasks, window."""
        self.window.setEnabled(False)
        await self.workspace.aclose()
        await asyncio.to_thread(_end_rule_checks)
        await self.tasks.cancel_all()
        sys.excepthook = sys.__excepthook__
        self._collector.stop()
        end_all_jobs()
        self.window.close_for_good()
        self.window.deleteLater()

    # -- inside ----------------------------------------------------------------------------------------------

    def _keep_window(self) -> None:
        self.workspace.window_state = self.window.state_to_save()

    def _load_the_rest(self) -> None:
        """Import grpc, protobuf and the call's views in a thread: the window stays alive meanwhile."""
        loop = asyncio.get_running_loop()

        def load() -> None:
            for name in _LOADED_AFTER_SHOWN:
                importlib.import_module(name)
            try:
                loop.call_soon_threadsafe(self._collector.spare_what_is_there)
            except RuntimeError:
                pass  # the window was closed at once

        threading.Thread(target=load, name="load what calls need", daemon=True).start()

    def _open_what_was_asked_for(self) -> None:
        options = self._options
        has_files = bool(options.proto or options.descriptor_set)
        if options.address:
            self.workspace.connect_to(
                SourceSettings(
                    SourceKind.SERVER,
                    address=options.address,
                    plaintext=True if options.plaintext else False if options.tls else None,
                    ca_file=options.cacert,
                    certificate_file=options.cert,
                    key_file=options.key,
                    server_name=options.server_name,
                    authority=options.authority,
                    use_proxy=not options.no_proxy,
                    max_message_size=options.max_message_size,
                    reflection=options.reflection or ("off" if has_files else "auto"),
                    headers=tuple(options.header),
                    proto_paths=tuple(path.absolute() for path in options.proto),
                    import_paths=tuple(path.absolute() for path in options.import_path),
                    descriptor_sets=tuple(path.absolute() for path in options.descriptor_set),
                )
            )
        elif has_files:
            self.workspace.open_files(
                [path.absolute() for path in options.proto],
                [path.absolute() for path in options.import_path],
                [path.absolute() for path in options.descriptor_set],
            )
        if options.demo:
            self.workspace.demos.start_all()

    async def _take_screenshot(self, path: Path) -> None:
        """When fonts are loaded and every source has answered: the picture, then the end."""
        asked = self._sources_asked_for()
        deadline = asyncio.get_running_loop().time() + _SCREENSHOT_WAITS
        while asyncio.get_running_loop().time() < deadline:
            if all(source.state in (SourceState.READY, SourceState.FAILED) for source in asked):
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)  # the views fill on the next turns of the loop
        picture = self.window.grab()
        if not await asyncio.to_thread(picture.toImage().save, str(path)):
            print(f"wirelens: the screenshot cannot be written to {path}", file=sys.stderr)  # noqa: T201
            self.exit_code = 1
        self.close()

    def _sources_asked_for(self) -> list[Source]:
        sources = [source for source in self.workspace.sources if source.state is not SourceState.IDLE]
        if self._options.demo:
            sources += [demo.source for demo in self.workspace.demos]
        return sources

    def _on_task_failed(self, name: str, error: object) -> None:
        assert isinstance(error, Exception)
        if not isinstance(error, WirelensError):
            _log.error("%s failed", name, exc_info=error)
        self.window.show_problem(as_workspace_problem(name, error))

    def _catch_the_rest(self) -> None:
        """What no task and no view caught is said in the window as well as on standard error."""

        def on_exception(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
            sys.__excepthook__(kind, error, traceback)
            if isinstance(error, Exception):
                self.window.show_problem(as_workspace_problem("something", error))

        def on_loop_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            loop.default_exception_handler(context)
            error = context.get("exception")
            if isinstance(error, Exception):
                self.window.show_problem(as_workspace_problem("something", error))

        sys.excepthook = on_exception
        asyncio.get_running_loop().set_exception_handler(on_loop_exception)


class _Interrupts:
    """SIGINT and SIGTERM close the window in order. Python's handlers run only when its code runs, so the signal
    wakes Qt's loop through a socket (signal.set_wakeup_fd)."""

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._descriptor_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)

    def __exit__(self, *_exception: object) -> None:
        if not self._before:
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor_before)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            pass

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._close()


def _end_rule_checks() -> None:
    """What was never loaded has nothing to end."""
    module = sys.modules.get("wirelens.engine.messages.rule_process")
    if module is not None:
        module.end_rule_processes()


def _theme_choice(state: dict[str, Any]) -> Any:
    choice = state.get("theme")
    return choice if choice in ("light", "dark") else "system"


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The window's arguments: an address or schema options as for the verbs, and the window's own."""
    from wirelens.command_line.arguments import Parser, add_where

    parser = Parser(prog="wirelens", usage="wirelens [ADDRESS] [options]", allow_abbrev=False)
    parser.add_argument("address", nargs="?", metavar="ADDRESS")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--theme", choices=("light", "dark", "system"))
    parser.add_argument("--size", type=_size, metavar="WxH")
    parser.add_argument("--screenshot", type=Path, metavar="FILE")
    add_where(parser)
    return parser.parse_intermixed_args(list(arguments))


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.lower().partition("x")
    if not (separator and width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1280x800")
    return int(width), int(height)
