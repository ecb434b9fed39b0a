"""The window at every scale: it fits a small screen, and the explorer folds by what there is room for."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.call_tab import CallHeader, CallView
from wirelens.widgets.controls.pill import Pill
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.request.prepared_list import PreparedList
from wirelens.widgets.source_problem import SourceProblem
from wirelens.widgets.theme import Theme


@pytest.fixture(autouse=True)
def _scale_put_back(theme: Theme) -> Iterator[None]:
    yield
    theme.set_scale(1.0)


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
async def test_a_call_fits_a_small_screen(
    window: MainWindow, theme: Theme, qtbot: QtBot, serve: Serve, scale: float
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("llm")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    theme.set_scale(scale)
    window.workspace.open_method(source, "wirelens.demo.llm.v1.TextGenerationService.Chat", Pattern.BIDI_STREAMING)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.size().toTuple() == (1280, 800))


async def test_a_window_that_starts_narrow_starts_folded(
    window: MainWindow, theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace = Workspace(window.workspace.tasks, SessionFile(tmp_path / "other.json"), save_after_ms=3_600_000)
    narrow = MainWindow(workspace, theme)
    qtbot.addWidget(narrow, before_close_func=lambda _window: narrow.close_for_good())
    narrow.resize(880, 600)
    narrow.show()
    assert not narrow.explorer.isVisible()
    narrow.actions_.explorer.trigger()
    assert narrow.explorer.isVisible()
    await workspace.aclose()


async def test_the_explorer_comes_back_when_there_is_room_again(window: MainWindow, theme: Theme) -> None:
    assert window.explorer.isVisible()
    theme.set_scale(2.0)
    assert not window.explorer.isVisible()
    theme.set_scale(1.0)
    assert window.explorer.isVisible()


async def test_at_200_percent_the_bar_and_the_header_leave_a_small_screens_width_alone(
    window: MainWindow, theme: Theme, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("files")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    window.workspace.open_method(source, "wirelens.demo.files.v1.FileService.Upload", Pattern.CLIENT_STREAMING)
    theme.set_scale(2.0)
    qtbot.waitUntil(lambda: window.minimumSizeHint().width() <= 1280)
    assert window.size().toTuple() == (1280, 800)
    pill = window.tabs.currentWidget().findChild(CallHeader).findChild(Pill)
    assert not pill.isVisible()  # the mark says it, and the method's name needs the room
    address = window.bar.address
    needed = address.fontMetrics().horizontalAdvance(address.text())
    qtbot.waitUntil(lambda: address.width() > needed)  # the address is what one wants to read


async def test_a_low_and_narrow_window_has_request_beside_response(
    window: MainWindow, theme: Theme, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    window.workspace.open_method(source, "wirelens.demo.users.v1.UserService.GetUser", Pattern.UNARY)
    view = window.tabs.currentWidget().findChild(CallView)
    assert isinstance(view, CallView)
    window.resize(880, 700)
    qtbot.waitUntil(lambda: view.splitter.orientation() == Qt.Orientation.Vertical)
    window.resize(880, 450)
    qtbot.waitUntil(lambda: view.splitter.orientation() == Qt.Orientation.Horizontal)


async def test_why_a_source_failed_is_said_also_where_the_explorer_is_folded(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(880, 600)
    qtbot.waitUntil(lambda: not window.explorer.isVisible())
    source = window.workspace.connect_to(SourceSettings(address="127.0.0.1:1"))
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    problem = window.findChild(SourceProblem)
    assert isinstance(problem, SourceProblem)
    assert problem.isVisible()
    window.actions_.explorer.trigger()
    assert window.explorer.isVisible()
    assert problem.isVisible()
    assert problem.width() <= window.explorer.width()


@pytest.mark.parametrize(("scale", "width", "height"), [(1.0, 1280, 800), (1.5, 1280, 800), (2.0, 1280, 800)])
async def test_the_parts_of_the_prepared_messages_stand_beside_each_other_at_every_scale(
    window: MainWindow, theme: Theme, qtbot: QtBot, serve: Serve, scale: float, width: int, height: int
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("files")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(
        source, "wirelens.demo.files.v1.FileService.Upload", Pattern.CLIENT_STREAMING
    ).session
    assert session is not None
    for _message in range(5):
        session.messages.add()
    theme.set_scale(scale)
    window.resize(width, height)
    prepared = window.tabs.currentWidget().findChild(PreparedList)
    assert isinstance(prepared, PreparedList)

    def is_clear() -> bool:
        parts = [
            part
            for part in prepared.children()
            if isinstance(part, QWidget) and part.isVisible() and not part.isWindow()
        ]
        places = [part.geometry() for part in parts]
        apart = not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
        buttons = [part for part in parts if isinstance(part, QPushButton)]
        whole = all(button.width() >= button.minimumSizeHint().width() for button in buttons)
        return apart and whole and all(prepared.rect().contains(place) for place in places)

    qtbot.waitUntil(is_clear)
    assert prepared.table.viewport().height() >= prepared.table.verticalHeader().defaultSectionSize()
