"""What the window shows when it starts over a session that was kept."""

from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.theme import Theme

USERS = "wirelens.demo.users.v1.UserService"


async def test_tabs_and_address_are_there_and_only_the_front_one_connects(
    window: MainWindow, qtbot: QtBot, theme: Theme, serve: Serve, tmp_path: Path
) -> None:
    before = window.workspace
    address = await serve("users")
    away = before.connect_to(SourceSettings(address="127.0.0.1:1"))
    source = before.connect_to(SourceSettings(address=address))
    await until(lambda: source.state is SourceState.READY, source.changed)
    before.open_method(away, "some.Service.Method", Pattern.SERVER_STREAMING)
    front = before.open_method(source, f"{USERS}.GetUser", Pattern.UNARY)
    before.open_method(source, f"{USERS}.ListUsers", Pattern.UNARY)
    assert front.session is not None
    front.session.draft.set_json_text('{"id": "77"}')
    before.set_current_tab(front)
    await before.save()

    tasks = BackgroundTasks()
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    workspace.restore()
    again = MainWindow(workspace, theme)
    qtbot.addWidget(again, before_close_func=lambda _window: again.close_for_good())
    again.show()
    tabs = again.tabs
    assert [tabs.tabText(index) for index in range(tabs.count())] == ["Method", "GetUser", "ListUsers"]
    assert tabs.tab_at(tabs.currentIndex()) is workspace.current_tab is workspace.tabs[1]
    assert again.bar.address.text() == address
    assert again.windowTitle().startswith("GetUser")
    restored = workspace.tabs[1]
    await until(lambda: restored.session is not None, restored.session_ready)
    assert restored.session is not None
    assert restored.session.draft.json_text() == '{"id": "77"}'
    assert workspace.tabs[0].source.state is SourceState.IDLE
    await workspace.aclose()
    await tasks.cancel_all()
