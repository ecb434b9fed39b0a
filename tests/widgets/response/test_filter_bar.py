"""The filter line by keyboard and mouse: results, mistakes in their place, completion, finding, keys, and its ends."""

import time
from types import SimpleNamespace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.answers import make, method, transcript_of

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation import timeline_filter
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.timeline_filter import TimelineFilter
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.filter_bar import FilterBar
from wirelens.widgets.response.filter_edit import FilterEdit
from wirelens.widgets.response.timeline_view import TimelineView
from wirelens.widgets.theme import Theme

W = TypeVar("W", bound=QWidget)


class Window:
    """The answers of a tab as a person sees them."""

    def __init__(self, view: ResponseView, session: CallSession, transcript: Transcript, qtbot: QtBot) -> None:
        self.view, self.session, self.transcript, self.qtbot = view, session, transcript, qtbot
        self.timeline: TimelineView = view.timeline

    def child(self, kind: type[W], name: str) -> W:
        found = self.view.findChild(kind, name)
        assert found is not None
        return found

    @property
    def edit(self) -> FilterEdit:
        return self.child(FilterEdit, "timelineFilter")

    def label(self, name: str) -> str:
        label = self.child(QLabel, name)
        return "" if label.isHidden() else label.text()

    @property
    def numbers(self) -> list[str]:
        """The cells of the first column."""
        model = self.timeline.timeline
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def ground(self, row: int) -> int:
        """The colour behind a row of the transcript."""
        place = self.timeline.timeline.index_row(row)
        assert place is not None
        area = self.timeline.visualRect(self.timeline.timeline.index(place, 0))
        return self.timeline.viewport().grab().toImage().pixel(area.left() + 1, area.top() + 3)

    def open(self) -> None:
        self.timeline.setFocus()
        self.qtbot.keyClick(self.timeline, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.edit, text)

    def shows(self, *numbers: str) -> None:
        """Waits until these messages are shown, and no others; events stand between them."""
        self.qtbot.waitUntil(lambda: [number for number in self.numbers if number] == list(numbers), timeout=5000)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, answers_schema: Schema) -> Window:
    async def connect() -> Connection:
        raise AssertionError("nobody asked for a call")

    session = CallSession(method(Pattern.SERVER_STREAMING), answers_schema, connect, BackgroundTasks())
    view = ResponseView(session, theme)
    view.resize(700, 640)
    qtbot.addWidget(view)
    answers = [make(answers_schema, "Answer", large=number, text=f"answer {number}") for number in range(1, 21)]
    transcript = transcript_of([make(answers_schema, "Ask", prompt="hi")], answers, status=Status(0))
    session.show_transcript(transcript)
    view.show()
    view.activateWindow()
    return Window(view, session, transcript, qtbot)


def test_typing_filters_and_says_how_many(window: Window) -> None:
    window.open()
    assert window.edit.isVisible()
    window.type("large > 18")
    window.shows("19", "20")
    assert len(window.numbers) == 5  # half-closed, headers and status stay
    window.qtbot.waitUntil(lambda: window.label("timelineFilterCount") == "2 of 21 messages")
    window.edit.clear()
    window.shows(*map(str, range(1, 21)))
    window.type("xyzzy")
    window.shows()
    window.qtbot.waitUntil(lambda: window.label("timelineFilterCount") == "No match in 21 messages")


def test_the_button_in_the_header_opens_the_line(window: Window) -> None:
    assert not window.edit.isVisible()
    button = window.child(QToolButton, "timelineFilterButton")
    assert window.timeline.rect().contains(button.geometry())
    window.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.edit.isVisible()
    assert window.edit.hasFocus()


def test_escape_clears_and_then_closes(window: Window) -> None:
    window.open()
    window.type('"answer 7"')
    window.shows("7")
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Escape)
    assert window.edit.text() == ""
    assert window.edit.isVisible()
    window.shows(*map(str, range(1, 21)))
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Escape)
    assert not window.edit.isVisible()
    assert window.timeline.hasFocus()


def test_closing_shows_everything_again(window: Window) -> None:
    window.open()
    window.type("large = 3")
    window.shows("3")
    window.qtbot.mouseClick(window.child(QToolButton, "timelineFilterClose"), Qt.MouseButton.LeftButton)
    window.shows(*map(str, range(1, 21)))


def test_a_mistake_is_said_in_place_and_what_was_shown_stays(window: Window) -> None:
    window.open()
    window.type("large = 3 ")
    window.shows("3")
    before = window.edit.grab().toImage()
    window.type("and inner.rato = 4")
    window.qtbot.waitUntil(lambda: bool(window.label("timelineFilterMistake")))
    assert window.label("timelineFilterMistake") == "Answer has no field rato; did you mean ratio?"
    assert "column 21" in window.child(QLabel, "timelineFilterMistake").accessibleName()
    assert window.edit.grab().toImage() != before
    window.shows("3")
    for _ in range(len("and inner.rato = 4")):
        window.qtbot.keyClick(window.edit, Qt.Key.Key_Backspace)
    window.qtbot.waitUntil(lambda: not window.label("timelineFilterMistake"))


def test_a_mistake_is_not_said_while_something_is_offered_that_mends_it(window: Window) -> None:
    window.open()
    window.type("inner.rat")
    with window.qtbot.waitSignal(window.session.timeline_filter.changed):
        pass
    assert window.session.timeline_filter.mistake is not None
    assert window.label("timelineFilterMistake") == ""
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Escape)
    assert "no field rat" in window.label("timelineFilterMistake")


def test_a_word_that_is_a_field_is_said_to_be_one(window: Window) -> None:
    window.open()
    window.type("inner ")
    window.shows()
    assert window.label("timelineFilterNote") == 'inner is a field: found where it is set. "inner" finds the text.'


def test_what_does_not_decode_is_said(window: Window) -> None:
    window.transcript.add_received(9.0, b"\xff")
    window.session.progressed.emit()
    window.open()
    window.type("large = 3")
    window.qtbot.waitUntil(lambda: window.label("timelineFilterNote") == "Not looked into: 1 does not decode.")


def test_where_it_is_narrow_there_is_room_to_type(qtbot: QtBot, theme: Theme) -> None:
    bar = FilterBar(TimelineFilter(), theme)
    qtbot.addWidget(bar)
    bar.open()
    after = bar.findChild(QToolButton, "timelineFilterNext")
    close = bar.findChild(QToolButton, "timelineFilterClose")
    assert after is not None
    assert close is not None
    for width, has_room in ((500, True), (260, False), (500, True)):
        bar.resize(width, bar.sizeHint().height())
        qtbot.waitUntil(lambda has_room=has_room: after.isVisible() is has_room)
        assert bar.edit.width() >= 80
        assert close.geometry().right() <= width


def test_what_fits_is_offered_and_accepted_with_tab(window: Window) -> None:
    window.open()
    window.type("wrapp")
    assert window.edit.list.is_open
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Tab)
    assert window.edit.text() == "wrapped"
    window.type(" or moo")
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Tab)
    window.type(" =")
    assert [entry.label for entry in window.edit.list.entries] == ["MOOD_NONE", "MOOD_GOOD"]
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Down)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Down)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    assert window.edit.text() == "wrapped or mood =MOOD_GOOD "
    assert not window.edit.list.is_open


def test_enter_does_not_accept_what_nobody_chose(window: Window) -> None:
    window.open()
    window.type("answer 7 or tex")
    assert window.edit.list.is_open
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    assert window.edit.text() == "answer 7 or tex"
    assert not window.edit.list.is_open


def test_escape_closes_the_list_before_it_clears(window: Window) -> None:
    window.open()
    window.type("tex")
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Escape)
    assert (window.edit.text(), window.edit.list.is_open) == ("tex", False)


def test_ctrl_space_offers_operators(window: Window) -> None:
    window.open()
    window.type("large ")
    assert not window.edit.list.is_open
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert ">=" in [entry.label for entry in window.edit.list.entries]


def test_finding_goes_from_match_to_match_among_all_rows(window: Window) -> None:
    window.open()
    find = window.child(QPushButton, "timelineFilterWay:find")
    window.qtbot.mouseClick(find, Qt.MouseButton.LeftButton)
    window.edit.setFocus()
    window.type("large = 18 or large = 20")
    window.qtbot.waitUntil(lambda: window.label("timelineFilterCount") == "2 of 21 messages")
    window.shows(*map(str, range(1, 21)))
    grounds = {number: window.ground(number + 2) for number in (17, 18, 19, 20)}
    assert grounds[18] == grounds[20] != grounds[17] == grounds[19]
    picked: list[int | None] = []
    window.timeline.row_chosen.connect(picked.append)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert picked == [20, 22, 20, 22]
    window.timeline.setFocus()
    window.qtbot.keyClick(window.timeline, Qt.Key.Key_F3)
    window.qtbot.keyClick(window.timeline, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    window.qtbot.mouseClick(window.child(QToolButton, "timelineFilterPrevious"), Qt.MouseButton.LeftButton)
    assert picked[4:] == [20, 22, 20]


def test_a_selection_survives_the_filter_and_its_end(window: Window) -> None:
    window.timeline.choose(7)  # number 5
    window.open()
    window.type("large <= 5")
    window.shows("1", "2", "3", "4", "5")
    assert window.timeline.selected_rows() == [7]
    window.edit.clear()
    window.type("large = 1")
    window.shows("1")
    assert window.timeline.selected_rows() == []
    assert window.timeline.current_row == 7
    assert '"large": "5"' in window.view.viewers.json.text
    window.edit.clear()
    window.shows(*map(str, range(1, 21)))
    assert window.timeline.selected_rows() == [7]


def test_a_filtered_stream_is_followed(window: Window, answers_schema: Schema) -> None:
    window.open()
    window.type("size > 10B")
    window.qtbot.waitUntil(lambda: window.session.timeline_filter.rows_done == len(window.transcript))
    window.shows(*map(str, range(1, 21)))
    assert window.timeline.follows
    for number in range(200):
        text = "an answer" if number % 2 else "nothing"
        window.transcript.add_received(9.0, make(answers_schema, "Answer", text=text).SerializeToString())
    window.session.progressed.emit()
    window.qtbot.waitUntil(lambda: len([number for number in window.numbers if number]) == 120)
    bar = window.timeline.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    assert not window.timeline.follows


def test_a_value_in_the_tree_becomes_a_filter(window: Window) -> None:
    window.timeline.choose(7)
    window.view.viewers.show_view(ViewName.TREE)
    tree = window.view.viewers.tree
    tree.setCurrentIndex(tree.fields.index(1, 0))
    menu = QMenu(tree)
    tree.fill_menu(menu)
    action = next(each for each in menu.actions() if each.text() == "Filter by this value")
    assert action.isEnabled()
    action.trigger()
    assert window.edit.isVisible()
    assert window.edit.text() == "large = 5"
    window.shows("5")


def test_a_row_of_the_timeline_becomes_a_filter(window: Window) -> None:
    window.timeline.choose(7)
    menu = QMenu(window.timeline)
    window.timeline.fill_menu(menu)
    by = next(each for each in menu.actions() if each.text() == "Filter by this row").menu()
    assert isinstance(by, QMenu)
    assert [each.text() for each in by.actions()] == ["direction: received", "size >= 12B", "gap >= 10.0ms"]
    by.actions()[1].trigger()
    assert window.edit.text() == "size >= 12B"
    by.actions()[0].trigger()
    assert window.edit.text() == "size >= 12B and direction: received"


def test_recent_filters_are_offered_again(window: Window) -> None:
    window.open()
    window.type("large = 3")
    window.shows("3")
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Return)
    window.qtbot.keyClick(window.edit, Qt.Key.Key_Escape)
    menu = window.child(QToolButton, "timelineFilterRecent").menu()
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions()] == ["large = 3"]
    menu.actions()[0].trigger()
    assert window.edit.text() == "large = 3"
    window.shows("3")


def test_a_long_way_shows_progress_and_can_be_stopped(
    window: Window, answers_schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = SimpleNamespace(monotonic=lambda: time.monotonic() * 1000)
    monkeypatch.setattr(timeline_filter, "time", hurried)  # half a second of waiting is over at once
    payload = make(answers_schema, "Answer", numbers=range(40)).SerializeToString()
    for number in range(150_000):
        window.transcript.add_received(9.0 + number / 1000, payload)
    window.session.progressed.emit()
    window.open()
    window.type("numbers[] = 99")
    stop = window.child(QToolButton, "timelineFilterStop")
    window.qtbot.waitUntil(stop.isVisible)
    assert "so far" in window.label("timelineFilterCount")
    window.qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert "stopped at" in window.label("timelineFilterCount")
    assert window.session.timeline_filter.is_stopped
    window.qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not window.session.timeline_filter.is_stopped


def test_another_call_is_filtered_by_the_same_expression(window: Window, answers_schema: Schema) -> None:
    window.open()
    window.type("large = 3")
    window.shows("3")
    session = window.session
    answers = [make(answers_schema, "Answer", large=number % 4) for number in range(1, 9)]
    session.show_transcript(transcript_of([], answers))
    window.shows("3", "7")
