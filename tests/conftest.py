"""What every test shares: no test touches the developer's own settings, window tests run on a Qt event loop.

The suite runs as two processes (see dev.py): the engine's on asyncio's loop, the window's on qasync's;
grpc.aio wants one event loop a process.
"""

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_WINDOW_TESTS = ("presentation", "widgets", "desktop")


def _needs_window(item: pytest.Item) -> bool:
    parts = item.path.relative_to(Path(__file__).parent).parts
    return parts[0].removesuffix(".py").removeprefix("test_") in _WINDOW_TESTS


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the first window test, whether or not it needs an event loop: a thread must not collect Qt objects, see
    presentation/garbage_collection.py."""
    if any(_needs_window(item) for item in session.items):
        gc.disable()


def _new_qt_loop() -> asyncio.AbstractEventLoop:
    import grpc.aio
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["wirelens"])
    application.setQuitOnLastWindowClosed(False)  # type: ignore[attr-defined]
    grpc.aio.init_grpc_aio()  # also for tests that have only servers: see Connection's _keep_grpc_aio

    class Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
        """Bears what only tests do. pytest-qt has Qt work its events off between the phases of a test, while no loop
        runs: a task of a call that goes on would be stepped without one. And `qtbot.wait…` within a coroutine runs Qt's
        loop in the middle of a task: no other task, such as a server's, can be entered until that one goes on."""

        def call_later(self, delay: float, callback: Callable[..., Any], *args: Any, context: Any = None) -> Any:
            def within_the_loop() -> None:
                if asyncio._get_running_loop() is not None:
                    run_or_wait()
                    return
                asyncio._set_running_loop(self)
                try:
                    callback(*args)
                finally:
                    asyncio._set_running_loop(None)

            def run_or_wait() -> None:
                try:
                    callback(*args)
                except RuntimeError as error:
                    if "Cannot enter into task" not in str(error):
                        raise
                    again(0.002, within_the_loop, context=context)

            again = super().call_later
            return again(delay, within_the_loop, context=context)

    loop: asyncio.AbstractEventLoop = Loop(application)
    loop.set_default_executor(ThreadPoolExecutor(8))  # as desktop.py does
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if _needs_window(item):
        return {"qt": _new_qt_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, caches and proxies of the developer stay out of the tests, and the tests out of them."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("WIRELENS_HOME", str(home / "wirelens"))
    for name in ("http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_stray_log_line(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning or error in the log fails the test; one that is expected is looked at, then `caplog.clear()`ed."""
    yield
    stray = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.getMessage() for record in stray if record.levelno >= logging.WARNING] == []


@pytest.fixture(autouse=True)
def _no_window_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A top-level widget that outlives its test fails it (hand yours to `qtbot.addWidget`, or delete it)."""
    if not _needs_window(request.node):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication, QListView

    before = set(QApplication.topLevelWidgets())
    yield
    assert not gc.isenabled(), "from here on a thread may destroy the window's objects"
    gc.collect(1)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    # the list of a QCompleter has no parent, but dies with the completer
    left = [widget for widget in left if _owner(widget) not in before and type(widget) is not QListView]
    assert not left, f"left alive: {left}"


def _owner(widget: "QWidget") -> "QWidget":
    """The window that a menu belongs to: the tests of one module may share one."""
    while (parent := widget.parentWidget()) is not None:
        widget = parent
    return widget
