from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.waiting import until

from wirelens import bundled
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.command_search import Candidate
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.source import SourceState
from wirelens.presentation.workspace import Workspace
from wirelens.widgets.controls.commands import Command, CommandGroup, Commands
from wirelens.widgets.palette_candidates import PaletteCandidates
from wirelens.widgets.window_actions import WindowActions


class Palette:
    """What is offered over a workspace with one file in it, and how often a tab was entered."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        self.workspace = workspace
        self.actions = WindowActions(window)
        self.entered = 0
        self.commands: dict[str, Commands] = {}
        self.candidates = PaletteCandidates(workspace, self.actions, self._enter, lambda: self.commands)

    def _enter(self) -> None:
        self.entered += 1

    def offered(self, text: str) -> list[Candidate]:
        return [candidate for candidate in self.candidates.everything() if candidate.text == text]


@pytest.fixture
async def palette(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Palette]:
    tasks = BackgroundTasks()
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    source = workspace.open_files([bundled.protos() / "wirelens/demo/users/v1/users.proto"])
    await until(lambda: source.state is SourceState.READY, source.changed)
    window = QWidget()
    qtbot.addWidget(window)
    yield Palette(workspace, window)
    await workspace.aclose()
    await tasks.cancel_all()


async def test_a_method_opens_once_or_in_a_new_tab(palette: Palette) -> None:
    for _ in range(2):
        next(method for method in palette.candidates.methods() if method.text == "GetUser").run()
    assert [tab.title for tab in palette.workspace.tabs] == ["GetUser"]
    next(method for method in palette.candidates.methods(new_tab=True) if method.text == "GetUser").run()
    assert [tab.title for tab in palette.workspace.tabs] == ["GetUser", "GetUser"]
    assert palette.entered == 3


async def test_an_open_tab_is_brought_to_the_front(palette: Palette) -> None:
    assert [candidate.detail for candidate in palette.offered("GetUser")] == [
        "wirelens.demo.users.v1.UserService · users.proto"
    ]
    for name in ("GetUser", "ListUsers"):
        palette.offered(name)[0].run()
    first, second = palette.workspace.tabs
    assert palette.workspace.current_tab is second
    tab, method = palette.offered("GetUser")
    assert (tab.detail, method.detail.partition(" · ")[2]) == ("open tab · users.proto", "users.proto")
    tab.run()
    assert palette.workspace.current_tab is first
    assert palette.workspace.tabs == [first, second]


async def test_actions_are_offered_with_their_keys_while_they_can_be_used(palette: Palette) -> None:
    (send,) = palette.offered("Send")
    assert send.detail == "Ctrl+Return"
    palette.actions.send.setEnabled(False)
    assert palette.offered("Send") == []
    assert palette.offered("Find an action or a method") == []  # it is open already
    assert len(palette.offered("Theme: Dark")) == 1


async def test_commands_of_the_call_in_front_are_offered_with_what_they_are_for(palette: Palette) -> None:
    ran: list[str] = []
    save = CommandGroup("Save as", [Command("CSV …", lambda: ran.append("csv"), "Ctrl+S")])
    palette.commands = {
        "message": [save, None, Command("Pin", list, enabled=False)],
        "view": [Command("Show Chart", lambda: ran.append("chart"))],
    }
    (csv,), (chart,) = palette.offered("Save as: CSV"), palette.offered("Show Chart")
    assert (csv.detail, chart.detail) == ("message · Ctrl+S", "view")
    assert palette.offered("Pin") == []
    csv.run()
    chart.run()
    assert ran == ["csv", "chart"]
