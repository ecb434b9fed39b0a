"""A received message as bytes, and how that is tied to its tree."""

from pathlib import Path

import pytest
from google.protobuf.message import Message
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from tests.presentation.answers import make, transcript_of
from tests.presentation.sessions import call
from tests.waiting import until
from tests.widgets.response.conftest import Show

from wirelens.engine.calls.events import Status
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.theme import Theme

Left = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, idle_session: CallSession) -> ResponseView:
    view = ResponseView(idle_session, theme)
    view.resize(700, 700)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    return view


def receive(view: ResponseView, session: CallSession, *received: Message | bytes) -> None:
    session.show_transcript(transcript_of(received=received, status=Status(0)))
    session.progressed.emit()


def click(qtbot: QtBot, view: ResponseView, offset: int) -> None:
    hex_view = view.viewers.wire.hex
    qtbot.mouseClick(hex_view.viewport(), Left, pos=hex_view.place_of(offset))


def answer(schema: Schema) -> Message:
    return make(
        schema, "Answer", text="hello", numbers=[1, 300, 2], by_name={"go": {"text": "x"}}, inner={"text": "deep"}
    )


def test_it_is_there_when_the_tab_opens(view: ResponseView) -> None:
    assert view.viewers.wire.hex.objectName() == "messageWire"
    assert view.viewers.wire.hex.accessibleName() == "Message as bytes"


def test_a_byte_selects_its_row_in_the_tree(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    message = answer(answers_schema)
    data = message.SerializeToString()
    receive(view, idle_session, message)
    viewers = view.viewers
    viewers.show_view(ViewName.WIRE)
    for byte, path in (
        (b"deep", "inner.text"),
        (b"\xac\x02", "numbers[1]"),
        (b"go", 'by_name["go"]'),
    ):
        click(qtbot, view, data.index(byte))
        assert viewers.focus.path == path
        assert viewers.tree.fields.path(viewers.tree.currentIndex()) == path
        assert viewers.wire.hex.selection == (data.index(byte), data.index(byte) + 1), "what was clicked stays selected"
    viewers.show_view(ViewName.TREE)
    assert viewers.tree.fields.path(viewers.tree.currentIndex()) == 'by_name["go"]'
    assert viewers.tree.isExpanded(viewers.tree.currentIndex().parent())


def test_a_row_selects_its_bytes_with_tag_and_length(
    view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    message = answer(answers_schema)
    data = message.SerializeToString()
    receive(view, idle_session, message)
    viewers = view.viewers
    viewers.show_view(ViewName.TREE)
    viewers.tree.go_to_path("inner.text")
    viewers.show_view(ViewName.WIRE)
    deep = data.index(b"deep")
    assert viewers.wire.hex.selection == (deep - 2, deep + 4)
    assert viewers.wire.words.text.startswith("inner.text · tag")
    for path, expected in (
        ("numbers[1]", b"\xac\x02"),
        ("numbers", b"\x22\x04\x01\xac\x02\x02"),
        ("text", b"\x0a\x05hello"),
    ):
        viewers.tree.go_to_path(path)
        assert bytes(viewers.wire.hex.selected_bytes) == expected


def test_the_field_is_found_again_in_the_next_message(
    view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    first, second = answer(answers_schema), make(answers_schema, "Answer", inner={"text": "other"})
    receive(view, idle_session, first, second)
    viewers = view.viewers
    viewers.show_view(ViewName.WIRE)
    viewers.tree.go_to_path("inner.text")
    assert bytes(viewers.wire.hex.selected_bytes) == b"\x0a\x05other"
    view.timeline.setCurrentIndex(view.timeline.model().index(2, 0))
    assert bytes(viewers.wire.hex.selected_bytes) == b"\x0a\x04deep"
    viewers.tree.go_to_path("text")
    view.timeline.setCurrentIndex(view.timeline.model().index(3, 0))
    assert viewers.focus.path == "text"
    assert viewers.focus.spans == (), "the second has no such field"


def test_bytes_that_are_no_message_open_here_with_the_reason(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession
) -> None:
    receive(view, idle_session, b"\x10\x05\x0a\x04caf\xe9")
    viewers = view.viewers
    assert viewers.current is ViewName.WIRE
    problem = viewers.wire.problem
    assert problem.isVisible()
    assert problem.text == "8 bytes that are no answers.test.Answer: the text is no UTF-8 from here on"
    viewers.wire.show_mistake()
    assert bytes(viewers.wire.hex.selected_bytes) == b"\xe9"
    viewers.show_view(ViewName.TREE)
    tree = viewers.tree.fields
    row = tree.find_path("text")
    assert row.siblingAtColumn(1).data() == '"caf\\xe9"'
    assert "not UTF-8" in row.siblingAtColumn(2).data()


def test_the_person_may_overrule_that(view: ResponseView, idle_session: CallSession) -> None:
    view.viewers.show_view(ViewName.TREE)
    receive(view, idle_session, b"\xff")
    assert view.viewers.current is ViewName.TREE


def test_unknown_fields_are_named_and_told(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    data = make(answers_schema, "Answer", text="x").SerializeToString() + b"\xf2\x06\x06\x0a\x04abcd\xf8\x06\x2a"
    receive(view, idle_session, data)
    view.viewers.show_view(ViewName.WIRE)
    click(qtbot, view, data.index(b"abcd"))
    assert "#110" in view.viewers.wire.words.text
    assert "not in the schema" in view.viewers.wire.words.text
    assert view.viewers.focus.path == "#110"
    click(qtbot, view, len(data) - 1)
    assert view.viewers.focus.path == "#111"


def test_json_says_that_it_lacks_unknown_fields_and_leads_to_them(
    view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    known = make(answers_schema, "Answer", text="x", inner={"text": "y"}).SerializeToString()
    receive(view, idle_session, known)
    viewers = view.viewers
    assert viewers.current is ViewName.JSON
    assert viewers.json.remark == ""
    receive(view, idle_session, known + b"\xf8\x06\x2a")
    assert "fields that the schema lacks" in viewers.json.remark
    viewers.json.tree_wanted.emit()
    assert viewers.current is ViewName.TREE
    assert viewers.tree.fields.find_path("#111").isValid()


def test_a_message_of_unknown_fields_alone_opens_as_a_tree(view: ResponseView, idle_session: CallSession) -> None:
    receive(view, idle_session, b"\xf8\x06\x2a")
    assert view.viewers.current is ViewName.TREE


def test_sizes_of_fields_are_shown_and_lead_to_them(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    receive(view, idle_session, answer(answers_schema))
    wire = view.viewers.wire
    view.viewers.show_view(ViewName.WIRE)
    wire.by_size.click()
    model = wire.sizes.model()
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    names = [model.index(row, 0).data() for row in range(4)]
    assert set(names) == {"text", "numbers", "by_name", "inner"}
    place = wire.sizes.visualRect(model.index(names.index("text"), 0)).center()
    qtbot.mouseClick(wire.sizes.viewport(), Left, pos=place)
    assert bytes(wire.hex.selected_bytes) == b"\x0a\x05hello"
    assert view.viewers.focus.path == "text"


def test_sizes_of_bytes_that_are_no_message_are_those_that_can_be_read(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession
) -> None:
    receive(view, idle_session, b"\x10\x05\x0a\x04caf\xe9")
    wire = view.viewers.wire
    wire.by_size.click()
    model = wire.sizes.model()
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    assert [model.index(0, column).data() for column in range(4)] == ["text", "6", "75%", "–"]


def test_bytes_are_searched_and_offsets_gone_to_by_keyboard(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    message = make(answers_schema, "Answer", more=[{"text": f"line {number}"} for number in range(300)])
    data = message.SerializeToString()
    receive(view, idle_session, message)
    view.viewers.show_view(ViewName.WIRE)
    wire = view.viewers.wire
    wire.hex.setFocus()
    qtbot.keyClick(wire.hex, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert wire.find_bar.isVisible()
    qtbot.keyClicks(wire.find_bar.query_edit, "line 29")
    qtbot.waitUntil(lambda: wire.find_bar.count_text == "1 of 11")
    assert bytes(wire.hex.selected_bytes) == b"line 29"
    qtbot.waitUntil(lambda: view.viewers.focus.path == "more[29].text")
    qtbot.keyClick(wire.find_bar.query_edit, Qt.Key.Key_Return)
    assert wire.hex.selection.start == data.index(b"line 290")
    qtbot.keyClicks(wire.find_bar.query_edit, "!")
    qtbot.waitUntil(lambda: wire.find_bar.count_text == "No matches")
    wire.hex.setFocus()
    qtbot.keyClick(wire.hex, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(wire.offset_edit, "0x10")
    qtbot.keyClick(wire.offset_edit, Qt.Key.Key_Return)
    assert wire.hex.cursor_offset == 16
    assert "byte 16 (hex 10)" in wire.summary
    wire.go_to_offset("999999")
    assert wire.hex.cursor_offset == 16
    assert wire.offset_edit.property("invalid")


async def test_a_large_message_is_tied_too_and_saved_without_a_wait(qtbot: QtBot, show: Show, tmp_path: Path) -> None:
    session, view = show("One")
    await call(session, prompt="p" * 100, size=3 * 2**20)
    viewers = view.viewers
    assert viewers.current is ViewName.TREE
    viewers.tree.go_to_path("data")
    viewers.show_view(ViewName.WIRE)
    assert viewers.wire.hex.selection == (102, 102 + 1 + 4 + 3 * 2**20)
    wire = viewers.wire
    menu = QMenu(wire)
    wire.hex.copying.add_actions(menu, wire.shown.view_between(0, wire.shown.size))
    assert [action.isEnabled() for action in menu.actions()] == [True] * 5
    done: list[str] = []
    wire.hex.copying.done.connect(done.append)
    wire.hex.copying.save(wire.shown.view_between(0, wire.shown.size), tmp_path / "whole.bin")
    assert not done
    await until(lambda: bool(done), wire.hex.copying.done)
    assert done == [""]
    assert session.transcript is not None
    assert (tmp_path / "whole.bin").read_bytes() == session.transcript.payload(3)
    wire.hex.copying.save(wire.hex.selected_bytes, tmp_path / "nowhere" / "part.bin")
    await until(lambda: len(done) == 2, wire.hex.copying.done)
    assert done[1] == "part.bin: No such file or directory"


def test_the_selection_is_copied_as_hex(
    qtbot: QtBot, view: ResponseView, idle_session: CallSession, answers_schema: Schema
) -> None:
    receive(view, idle_session, answer(answers_schema))
    viewers = view.viewers
    viewers.show_view(ViewName.WIRE)
    viewers.tree.go_to_path("text")
    qtbot.keyClick(viewers.wire.hex, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0a 05 68 65 6c 6c 6f"
