from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wirelens.presentation.command_search import Candidate
from wirelens.widgets.command_palette import CommandPalette
from wirelens.widgets.theme import Theme


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def palette(qtbot: QtBot, theme: Theme, ran: list[str]) -> Iterator[CommandPalette]:
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    palette = CommandPalette(theme, window)
    names = ["Reload the schema", "Close the tab", "GetUser", "Generate"]
    palette.open_with([Candidate(name, "detail", lambda name=name: ran.append(name)) for name in names], "What to do")
    yield palette
    palette.hide()


def test_enter_runs_the_best_match_after_the_palette_has_closed(
    qtbot: QtBot, palette: CommandPalette, ran: list[str]
) -> None:
    qtbot.keyClicks(palette.query, "gu")
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert ran == ["GetUser"]
    assert not palette.isVisible()


def test_arrows_move_through_the_matches_and_around(qtbot: QtBot, palette: CommandPalette, ran: list[str]) -> None:
    qtbot.keyClick(palette.query, Qt.Key.Key_Down)
    qtbot.keyClick(palette.query, Qt.Key.Key_Up)
    qtbot.keyClick(palette.query, Qt.Key.Key_Up)
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert ran == ["Generate"]


def test_a_click_runs_what_it_hits(qtbot: QtBot, palette: CommandPalette, ran: list[str]) -> None:
    row = palette.list.model().index(1, 0)
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=palette.list.visualRect(row).center())
    assert ran == ["Close the tab"]


def test_nothing_that_fits_is_said_and_enter_does_nothing(
    qtbot: QtBot, palette: CommandPalette, ran: list[str]
) -> None:
    qtbot.keyClicks(palette.query, "zzzz")
    assert not palette.list.isVisible()
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert ran == []
    assert palette.isVisible()
    qtbot.keyClick(palette.query, Qt.Key.Key_Escape)
    assert not palette.isVisible()
