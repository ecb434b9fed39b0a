"""What every test shares: no test touches the developer's own settings, window tests run on a Qt event loop.

The suite runs as two processes (see dev.py): the engine's on asyncio's loop, the window's on qasync's;
grpc.aio wants one event loop a process.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_WINDOW_TESTS = ("presentation", "widgets", "desktop")


def _needs_window(item: pytest.Item) -> bool:
    parts = item.path.relative_to(Path(__file__).parent).parts
    return parts[0].removesuffix(".py").removeprefix("test_") in _WINDOW_TESTS


def _new_qt_loop() -> asyncio.AbstractEventLoop:
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["wirelens"])
    application.setQuitOnLastWindowClosed(False)  # type: ignore[attr-defined]
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
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
