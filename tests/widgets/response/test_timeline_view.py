"""The timeline: it follows the newest row until the person looks at an older one; what is copied."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from tests.presentation.answers import decoder, make, transcript_of

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.widgets.response.timeline_view import TimelineView
from wirelens.widgets.theme import Theme


@pytest.fixture
def transcript(answers_schema: Schema) -> Transcript:
    answers = [make(answers_schema, "Answer", large=number) for number in range(100)]
    return transcript_of([make(answers_schema, "Ask", prompt="x")], answers)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, answers_schema: Schema, transcript: Transcript) -> TimelineView:
    view = TimelineView(theme)
    view.resize(560, 200)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.setFocus()
    view.set_transcript(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    return view


def grow(view: TimelineView, transcript: Transcript, count: int = 10) -> None:
    for _ in range(count):
        transcript.add_received(5.0, b"")
    view.grow()


def at_end(view: TimelineView) -> bool:
    bar = view.verticalScrollBar()
    return bar.value() == bar.maximum()


def test_it_follows_the_newest_until_somebody_scrolls_up(view: TimelineView, transcript: Transcript) -> None:
    assert at_end(view)
    grow(view, transcript)
    assert view.follows
    assert at_end(view)
    view.verticalScrollBar().setValue(100)
    place = view.verticalScrollBar().value()
    grow(view, transcript)
    assert not view.follows
    assert view.verticalScrollBar().value() == place


def test_scrolling_back_to_the_end_follows_again(view: TimelineView, transcript: Transcript) -> None:
    view.verticalScrollBar().setValue(0)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    grow(view, transcript)
    assert at_end(view)


def test_end_goes_back_to_the_newest(view: TimelineView, transcript: Transcript, qtbot: QtBot) -> None:
    view.selectRow(3)
    assert not view.follows
    with qtbot.waitSignal(view.row_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_End)
    assert chosen.args == [None]
    grow(view, transcript)
    assert at_end(view)
    assert view.selected_rows() == []


def test_a_selection_survives_growth(view: TimelineView, transcript: Transcript) -> None:
    view.selectRow(5)
    grow(view, transcript, 1000)
    assert view.selected_rows() == [5]


def test_a_row_is_chosen_whatever_keys_are_held(view: TimelineView, qtbot: QtBot) -> None:
    """As by Ctrl and an arrow in the chart."""
    view.choose(3)
    qtbot.keyPress(view, Qt.Key.Key_F12, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.ControlModifier
    try:
        view.choose(5)
    finally:
        qtbot.keyRelease(view, Qt.Key.Key_F12)
    assert view.selected_rows() == [5]
    assert view.current_row == 5


def test_arrow_keys_pick_rows(view: TimelineView, qtbot: QtBot) -> None:
    view.selectRow(5)
    with qtbot.waitSignal(view.row_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen.args == [6]


def test_rows_are_copied_as_they_stand(view: TimelineView) -> None:
    view.selectRow(4)
    view.copy_previews()
    assert QGuiApplication.clipboard().text() == "large: 1"


def test_too_many_rows_are_not_copied_as_they_stand(view: TimelineView, transcript: Transcript, qtbot: QtBot) -> None:
    grow(view, transcript, 10_000)
    view.selectAll()
    with qtbot.waitSignal(view.problem) as told:
        view.copy_previews()
    assert "too many for the clipboard" in str(told.args)


def test_a_pinned_row_is_marked_and_said(view: TimelineView) -> None:
    before = view.grab().toImage()
    view.set_pinned_row(view.timeline.rowCount() - 1)
    assert view.grab().toImage() != before
    number = view.timeline.index(view.timeline.rowCount() - 1, 0)
    assert view.timeline.data(number, Qt.ItemDataRole.AccessibleTextRole) == "100, pinned"


def test_the_menu_offers_what_is_possible(view: TimelineView, transcript: Transcript) -> None:
    menu = QMenu(view)
    view.selectRow(1)  # half-closed
    view.fill_menu(menu)
    enabled = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert enabled == {
        "Copy the line": True,
        "Save the transcript …": True,
        "Filter or find …": True,
        "Filter by this row": False,
        "Follow the newest": True,
    }


def test_every_kind_of_row_can_be_painted(qtbot: QtBot, theme: Theme, answers_schema: Schema) -> None:
    view = TimelineView(theme)
    qtbot.addWidget(view)
    view.set_transcript(transcript_of(received=[b"\xff"], status=Status(5, "no")), decoder(answers_schema))
    view.selectRow(0)
    view.resize(500, 300)
    assert not view.grab().isNull()


def test_everything_can_be_selected_without_a_current_row(view: TimelineView, qtbot: QtBot) -> None:
    chosen: list[object] = []
    view.row_chosen.connect(chosen.append)
    assert not view.currentIndex().isValid()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_rows() == list(range(view.timeline.rowCount()))
    assert -1 not in chosen


def test_selecting_very_many_rows_costs_next_to_nothing(
    view: TimelineView, transcript: Transcript, qtbot: QtBot
) -> None:
    grow(view, transcript, 100_000)
    asked = 0
    count = type(view.timeline).columnCount

    def counted(*arguments: object) -> int:
        nonlocal asked
        asked += 1
        return count(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(view.timeline), "columnCount", counted)
        qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        view.grab()
    assert view.selection().ranges == ((0, len(transcript)),)
    assert asked < 10_000


def test_large_numbers_of_few_rows_have_room(view: TimelineView, transcript: Transcript) -> None:
    """Of messages that were not taken only every thousandth, say, is a row."""
    before = view.columnWidth(0)
    grow(view, transcript)
    assert view.columnWidth(0) == before
    transcript.skip_received(6.0, 10, 20_000)
    grow(view, transcript)
    assert view.columnWidth(0) > before
