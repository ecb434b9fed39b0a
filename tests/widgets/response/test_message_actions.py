"""What one does with the messages of a timeline, by keyboard, mouse and menu, over a real call."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from tests.presentation.answers import make
from tests.presentation.sessions import call
from tests.waiting import until
from tests.widgets.response.conftest import Show

from wirelens.engine.message_export.formats import MessageFormat
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.comparison import DifferenceColumn
from wirelens.presentation.message_exporter import ExportState
from wirelens.widgets.controls.commands import usable
from wirelens.widgets.response import ResponseView

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
FIRST = 3  # the row of the first answer of a server stream: sent, half-closed, headers come before


class Driven:
    """A response with a finished call of five answers (`large` 0 to 4), driven as a person would."""

    def __init__(self, qtbot: QtBot, session: CallSession, view: ResponseView) -> None:
        self.qtbot, self.session, self.view = qtbot, session, view
        self.timeline = view.timeline

    def click(self, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = self.timeline.visualRect(self.timeline.model().index(row, 5)).center()
        self.qtbot.mouseClick(self.timeline.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
        self.qtbot.keyClick(self.timeline, key, modifier)

    def menu(self) -> dict[str, QMenu | bool]:
        """The texts of the context menu: whether each may be chosen, or the menu below it."""
        menu = QMenu(self.timeline)
        self.timeline.fill_menu(menu)
        return {
            action.text(): action.menu() if isinstance(action.menu(), QMenu) else action.isEnabled()  # type: ignore[misc]
            for action in menu.actions()
            if action.text()
        }

    def choose(self, *texts: str) -> None:
        """Choose an entry of the context menu by its text without its key."""
        menu = QMenu(self.timeline)
        self.timeline.fill_menu(menu)
        for text in texts:
            action = next(each for each in menu.actions() if each.text().partition("\t")[0] == text)
            below = action.menu()
            if isinstance(below, QMenu):
                menu = below
            else:
                action.trigger()

    def differences(self) -> list[tuple[str, ...]]:
        model = self.session.comparison.model
        return [
            tuple(model.data(model.index(row, column)) for column in DifferenceColumn)
            for row in range(model.rowCount())
        ]

    async def copied(self) -> str:
        """What is on the clipboard once nothing is being copied any more."""
        exporter = self.session.exporter
        await until(lambda: exporter.state is not ExportState.RUNNING, exporter.changed)
        return QGuiApplication.clipboard().text()


@pytest.fixture
async def driven(qtbot: QtBot, show: Show) -> Driven:
    session, view = show("Many")
    await call(session, count=5, prompt="go")
    view.resize(640, 620)
    view.timeline.setFocus()
    driven = Driven(qtbot, session, view)
    await until(lambda: view.timeline.timeline.rowCount() == FIRST + 6, session.progressed)
    view.activateWindow()
    return driven


async def test_rows_are_picked_by_mouse_and_keyboard_and_summed_up(driven: Driven) -> None:
    driven.click(FIRST + 1)
    driven.click(FIRST + 3, CTRL)
    assert driven.timeline.selected_rows() == [FIRST + 1, FIRST + 3]
    assert driven.session.selection.summary == "2 selected, 4 B"
    driven.press(Qt.Key.Key_Down, SHIFT)
    assert driven.timeline.selected_rows()[-1] == FIRST + 4
    driven.press(Qt.Key.Key_A)
    assert driven.session.selection.summary == "6 selected, 14 B"


async def test_one_message_is_copied_as_json_and_several_as_ndjson(driven: Driven) -> None:
    driven.click(FIRST + 1)
    driven.press(Qt.Key.Key_C)
    assert await driven.copied() == '{\n  "large": "1"\n}'
    driven.click(FIRST + 3, SHIFT)
    driven.press(Qt.Key.Key_C)
    assert await driven.copied() == '{"large": "1"}\n{"large": "2"}\n{"large": "3"}'
    driven.choose("Copy as", "JSON")
    assert json.loads(await driven.copied()) == [{"large": "1"}, {"large": "2"}, {"large": "3"}]
    driven.choose("Copy as", "base64")
    assert await driven.copied() == "EAE=\nEAI=\nEAM="
    driven.choose("Copy as", "CSV")
    assert [row["large"] for row in csv.DictReader((await driven.copied()).splitlines())] == ["1", "2", "3"]


async def test_hex_is_for_one_message(driven: Driven) -> None:
    driven.click(FIRST + 2)
    driven.choose("Copy as", "hex")
    assert await driven.copied() == "1002"
    driven.click(FIRST, SHIFT)
    menu = QMenu(driven.timeline)
    driven.timeline.fill_menu(menu)
    assert "hex" not in [action.text() for action in menu.findChild(QMenu, "copyAsMenu").actions()]  # type: ignore[union-attr]


async def test_while_the_newest_is_followed_it_is_meant(driven: Driven) -> None:
    driven.timeline.follow()
    driven.press(Qt.Key.Key_C)
    assert await driven.copied() == '{\n  "large": "4"\n}'


async def test_events_are_no_messages(driven: Driven) -> None:
    driven.click(1)
    QGuiApplication.clipboard().setText("before")
    driven.press(Qt.Key.Key_C)
    assert await driven.copied() == "before"
    for text, enabled in driven.menu().items():
        if text.partition("\t")[0] in ("Use as request", "Pin", "Compare with the one before"):
            assert enabled is False


async def test_a_selection_survives_a_filter_and_only_what_is_shown_is_copied(driven: Driven) -> None:
    driven.press(Qt.Key.Key_A)
    driven.session.timeline_filter.set_expression("large >= 3")
    await until(lambda: driven.session.selection.message_count == 2, driven.session.selection.changed)
    driven.press(Qt.Key.Key_C)
    assert await driven.copied() == '{"large": "3"}\n{"large": "4"}'
    driven.session.timeline_filter.set_expression("")
    assert driven.session.selection.message_count == 6


@pytest.fixture
def dialog(driven: Driven) -> Iterator[None]:
    yield
    for each in driven.view.window().findChildren(QFileDialog):
        each.close()


def choose_file(driven: Driven, path: Path) -> None:
    dialog = driven.view.window().findChild(QFileDialog, "saveMessagesDialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()


async def test_messages_are_saved_to_a_file_by_key(driven: Driven, tmp_path: Path, dialog: None) -> None:
    driven.click(FIRST)
    driven.click(FIRST + 2, SHIFT)
    driven.press(Qt.Key.Key_S)
    choose_file(driven, tmp_path / "messages.csv")
    exporter = driven.session.exporter
    await until(lambda: exporter.state is ExportState.DONE, exporter.changed)
    assert [row["large"] for row in csv.DictReader((tmp_path / "messages.csv").read_text().splitlines())] == [
        "0",
        "1",
        "2",
    ]
    assert driven.view.export_message.text == "3 messages saved to messages.csv."


async def test_each_message_is_saved_to_a_file_of_its_own(driven: Driven, tmp_path: Path, dialog: None) -> None:
    driven.press(Qt.Key.Key_A)
    driven.choose("Save as", "One file for each message …")
    choose_file(driven, tmp_path / "all")
    exporter = driven.session.exporter
    await until(lambda: exporter.state is ExportState.DONE, exporter.changed)
    received = [f"00000{number}-received.bin" for number in range(1, 6)]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted([*received, "000001-sent.bin"])


async def test_a_place_that_cannot_be_written_is_said_in_place(driven: Driven, tmp_path: Path, dialog: None) -> None:
    driven.press(Qt.Key.Key_A)
    driven.choose("Save as", "NDJSON …")
    choose_file(driven, tmp_path / "no" / "messages")
    exporter = driven.session.exporter
    await until(lambda: exporter.state is ExportState.FAILED, exporter.changed)
    assert "cannot be written" in driven.view.export_message.text
    assert driven.view.export_message.isVisible()


async def test_a_long_copy_shows_its_progress_and_is_cancelled(driven: Driven, qtbot: QtBot) -> None:
    transcript = driven.session.transcript
    assert transcript is not None
    payload = transcript.payload(FIRST + 4)
    for number in range(150_000):
        transcript.add_received(9.0 + number, payload)
    driven.timeline.grow()
    driven.press(Qt.Key.Key_A)
    driven.choose("Copy as", "NDJSON")
    exporter = driven.session.exporter
    await until(lambda: exporter.is_told, exporter.changed)
    said = driven.view.export_message
    assert said.isVisible()
    assert said.text.startswith("Writing the messages as NDJSON: ")
    cancel = next(button for button in said.findChildren(QPushButton) if button.text() == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert exporter.state is ExportState.NONE
    assert not said.isVisible()


async def test_a_sent_message_becomes_the_draft_again(driven: Driven) -> None:
    session = driven.session
    session.draft.set_message(make(session.schema, "Ask", prompt="something else"))
    driven.click(0)
    driven.press(Qt.Key.Key_U)
    assert session.draft.message() == make(session.schema, "Ask", prompt="go", count=5)
    session.draft.undo()
    assert session.draft.message() == make(session.schema, "Ask", prompt="something else")


async def test_what_does_not_fit_the_request_is_said(driven: Driven) -> None:
    driven.click(FIRST + 1)
    driven.choose("Use as request")
    assert driven.view.problem.isVisible()
    labels = [label.text() for label in driven.view.problem.findChildren(QLabel)]
    assert "large: Ask has no such field." in labels


async def test_two_messages_are_compared(driven: Driven, qtbot: QtBot) -> None:
    driven.click(FIRST)
    driven.click(FIRST + 4, CTRL)
    driven.press(Qt.Key.Key_M)
    viewers = driven.view.viewers
    assert viewers.tabs.tabText(viewers.tabs.currentIndex()) == "Compare"
    assert viewers.compare.isVisible()
    assert driven.differences() == [("≠", "large", "0", "4")]
    qtbot.mouseClick(viewers.compare.findChild(QToolButton, "compareSwap"), Qt.MouseButton.LeftButton)
    assert driven.differences() == [("≠", "large", "4", "0")]
    driven.press(Qt.Key.Key_F7, Qt.KeyboardModifier.NoModifier)
    assert viewers.compare.table.currentIndex().row() == 0
    viewers.compare.table.clearSelection()
    viewers.compare.table.setCurrentIndex(QModelIndex())
    steps = dict(usable(driven.view.commands()["compare"]))
    assert (steps["Next difference"].key, steps["Previous difference"].key) == ("F7", "Shift+F7")
    steps["Next difference"].run()
    assert viewers.compare.table.currentIndex().row() == 0
    viewers.compare.table.setFocus()
    qtbot.keyClick(viewers.compare.table, Qt.Key.Key_C, CTRL)
    assert await driven.copied() == "≠\tlarge\t4\t0"


async def test_differences_alone_are_shown_where_that_is_wanted(driven: Driven, qtbot: QtBot) -> None:
    driven.click(FIRST + 1)
    driven.choose("Compare with the one before")
    compare = driven.view.viewers.compare
    assert len(driven.differences()) == 1
    driven.click(FIRST + 1)
    driven.session.comparison.compare(*(driven.session.comparison.left,) * 2)  # type: ignore[arg-type]
    only = compare.findChild(QCheckBox, "compareOnlyDifferences")
    assert isinstance(only, QCheckBox)
    qtbot.mouseClick(only, Qt.MouseButton.LeftButton, pos=QPoint(8, only.height() // 2))
    assert driven.session.comparison.model.only_differences
    assert driven.differences() == []
    assert not compare.findChild(QToolButton, "compareNext").isEnabled()  # type: ignore[union-attr]


async def test_a_pinned_message_stays_beside_what_is_looked_at(driven: Driven, qtbot: QtBot) -> None:
    bar = driven.view.pinned_bar
    assert not bar.isVisible()
    driven.click(FIRST + 1)
    driven.press(Qt.Key.Key_P, CTRL | SHIFT)
    assert bar.isVisible()
    assert bar.findChild(QLabel, "pinnedLabel").text() == "#2 ↓"  # type: ignore[union-attr]
    compare = bar.findChild(QPushButton, "pinnedCompare")
    assert compare is not None
    qtbot.mouseClick(compare, Qt.MouseButton.LeftButton)
    assert driven.differences() == [("≠", "large", "1", "4")]  # beside the newest, since it is itself looked at
    driven.click(FIRST + 3)
    assert driven.differences() == [("≠", "large", "1", "3")]
    driven.timeline.follow()
    assert driven.differences() == [("≠", "large", "1", "4")]
    driven.session.timeline_filter.set_expression("large > 2")
    await until(lambda: driven.timeline.timeline.is_subset, driven.session.timeline_filter.rows_replaced)
    assert bar.isVisible()
    qtbot.mouseClick(bar.findChild(QToolButton, "pinnedUnpin"), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert driven.timeline.timeline.pinned_row is None


async def test_a_pinned_message_is_compared_with_the_next_call(driven: Driven) -> None:
    driven.click(FIRST + 4)
    driven.press(Qt.Key.Key_P, CTRL | SHIFT)
    driven.press(Qt.Key.Key_P, CTRL | SHIFT)
    assert driven.session.comparison.pinned is None
    driven.press(Qt.Key.Key_P, CTRL | SHIFT)
    driven.choose("Compare with the one before")
    driven.view.messages.compare_with_pinned()
    await call(driven.session, count=2)
    driven.view.viewers.refresh()
    assert driven.view.pinned_bar.isVisible()
    assert driven.timeline.timeline.pinned_row is None  # its call is gone
    assert driven.differences() == [("≠", "large", "4", "1")]


def test_every_button_of_the_comparison_has_a_name(driven: Driven) -> None:
    for button in driven.view.viewers.compare.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.toolTip()
    assert driven.view.viewers.compare.table.accessibleName()


def test_with_nothing_to_compare_it_is_said_what_to_press(driven: Driven) -> None:
    driven.click(1)
    driven.press(Qt.Key.Key_M)
    words = " ".join(label.text() for label in driven.view.viewers.compare.findChildren(QLabel))
    assert "Ctrl+M" in words


def test_every_format_can_be_chosen(driven: Driven) -> None:
    driven.click(FIRST)
    menu = QMenu(driven.timeline)
    driven.timeline.fill_menu(menu)
    offered = {
        action.text().partition("\t")[0].removesuffix(" …").lower()
        for name in ("copyAsMenu", "saveAsMenu")
        for action in menu.findChild(QMenu, name).actions()  # type: ignore[union-attr]
    }
    assert offered == {each.value.lower() for each in MessageFormat}
