"""The assembled window over a workspace of its own, and demo servers to call, in this process or beside it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.engine.demo_servers import DemoServer
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.theme import Theme

Serve = Callable[[str], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a demo by its name; the address."""
    async with AsyncExitStack() as stack:

        async def start(name: str) -> str:
            root = bundled.protos()
            schema = await load_proto_files([root / proto for proto in DEMOS[name].protos], [root])
            running = await start_demo(name, schema, Options())
            stack.push_async_callback(running.stop, 0)
            return running.address

        yield start


@pytest.fixture
async def apart() -> AsyncIterator[Serve]:
    """The same with each demo in a process of its own, where the servers' work would be taken for the window's."""
    async with AsyncExitStack() as stack:

        async def start(name: str) -> str:
            running = DemoServer(name)
            stack.push_async_callback(running.stop)
            await running.start()
            assert running.address is not None
            return running.address

        yield start


@pytest.fixture(scope="session")
def theme(qapp: object) -> Theme:
    return Theme(qapp, "light")  # type: ignore[arg-type]


@pytest.fixture
async def window(qtbot: QtBot, theme: Theme, tmp_path: Path) -> AsyncIterator[MainWindow]:
    tasks = BackgroundTasks()
    failures: list[tuple[str, object]] = []
    tasks.failed.connect(lambda name, error: failures.append((name, error)))
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    window = MainWindow(workspace, theme)
    qtbot.addWidget(window, before_close_func=lambda _window: window.close_for_good())
    window.resize(1280, 800)
    window.show()
    yield window
    await workspace.aclose()
    await tasks.cancel_all()
    assert failures == []
