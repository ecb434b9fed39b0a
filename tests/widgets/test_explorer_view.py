from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot
from tests.waiting import until

from wirelens import bundled
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.explorer_view import ExplorerView
from wirelens.widgets.theme import Theme

USERS = "wirelens.demo.users.v1.UserService"


@pytest.fixture
async def workspace(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Workspace]:
    tasks = BackgroundTasks()
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    source = workspace.open_files([bundled.protos() / "wirelens/demo/users/v1/users.proto"])
    await until(lambda: source.state is SourceState.READY, source.changed)
    yield workspace
    await workspace.aclose()
    await tasks.cancel_all()


@pytest.fixture
async def explorer(workspace: Workspace, theme: Theme, qtbot: QtBot) -> ExplorerView:
    explorer = ExplorerView(workspace, theme)
    qtbot.addWidget(explorer)
    explorer.resize(264, 600)
    explorer.show()
    return explorer


def method_row(explorer: ExplorerView, workspace: Workspace, name: str) -> QModelIndex:
    return explorer.model.index_of_method(workspace.sources[0], f"{USERS}.{name}")


def opened(workspace: Workspace) -> list[str]:
    return [tab.method_name.rpartition(".")[2] for tab in workspace.tabs]


async def test_one_click_opens_a_method_and_another_returns_to_its_tab(
    explorer: ExplorerView, workspace: Workspace, qtbot: QtBot
) -> None:
    viewport = explorer.tree.viewport()
    for name in ("GetUser", "ListUsers", "GetUser"):
        place = explorer.tree.visualRect(method_row(explorer, workspace, name)).center()
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert opened(workspace) == ["GetUser", "ListUsers"]
    assert workspace.current_tab is workspace.tabs[0]


async def test_the_middle_button_opens_one_more_tab(explorer: ExplorerView, workspace: Workspace, qtbot: QtBot) -> None:
    place = explorer.tree.visualRect(method_row(explorer, workspace, "GetUser")).center()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
        qtbot.mouseClick(explorer.tree.viewport(), button, pos=place)
    assert opened(workspace) == ["GetUser", "GetUser"]


async def test_the_keyboard_alone_finds_and_opens(explorer: ExplorerView, workspace: Workspace, qtbot: QtBot) -> None:
    qtbot.keyClicks(explorer.filter, "delete")
    qtbot.keyClick(explorer.filter, Qt.Key.Key_Return)
    assert opened(workspace) == ["DeleteUser"]
    qtbot.keyClick(explorer.filter, Qt.Key.Key_Escape)
    assert explorer.filter.text() == ""
    qtbot.keyClick(explorer.filter, Qt.Key.Key_Down)
    qtbot.keyClick(explorer.tree, Qt.Key.Key_Down)
    qtbot.keyClick(explorer.tree, Qt.Key.Key_Return)
    assert opened(workspace) == ["DeleteUser", "CreateUser"]


async def test_a_folded_service_stays_folded_when_the_schema_is_loaded_again(
    explorer: ExplorerView, workspace: Workspace, qtbot: QtBot
) -> None:
    service = method_row(explorer, workspace, "GetUser").parent()
    assert explorer.tree.isExpanded(service)
    place = explorer.tree.visualRect(service).center()
    qtbot.mouseClick(explorer.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not explorer.tree.isExpanded(service)
    source = workspace.sources[0]
    before = source.schema
    workspace.reload(source)
    await until(lambda: source.schema is not before, source.schema_changed)
    again = method_row(explorer, workspace, "GetUser").parent()
    assert not explorer.tree.isExpanded(again)


async def test_the_row_of_the_tab_in_front_is_selected(explorer: ExplorerView, workspace: Workspace) -> None:
    source = workspace.sources[0]
    assert source.schema is not None
    method = source.schema.method(f"{USERS}/UpdateUser")
    workspace.open_method(source, method.full_name, method.pattern)
    assert explorer.tree.currentIndex().data() == "UpdateUser"


async def test_every_row_can_be_painted_in_both_themes(
    explorer: ExplorerView, workspace: Workspace, theme: Theme
) -> None:
    for choice in ("light", "dark"):
        theme.set_choice(choice)  # type: ignore[arg-type]
        row = explorer.tree.visualRect(method_row(explorer, workspace, "GetUser"))
        picture = explorer.tree.viewport().grab(row).toImage()
        colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
        assert theme.palette.unary.lower() in colours
        assert theme.palette.text.lower() in colours
