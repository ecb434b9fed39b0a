"""The Wire page with the form and the JSON beside it."""

import base64
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.engine.messages.random_wire import damaged, payloads

from wirelens.engine.errors import MessageError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.request.wire_page import WirePage
from wirelens.widgets.theme import Theme

ADA = b"\x0a\x03Ada"
UNKNOWN = b"\xa2\x06\x02hi"
Key, Left = Qt.Key, Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot: QtBot, pages: RequestPages) -> WirePage:
    pages.resize(640, 700)
    pages.tabs.setCurrentWidget(pages.wire_page)
    pages.wire_page.hex.setFocus()
    return pages.wire_page


def shown(page: WirePage) -> bytes:
    return bytes(page.side.shown.data)


def put(qtbot: QtBot, draft: Draft, page: WirePage, text: str) -> None:
    draft.set_json_text(text)
    qtbot.waitUntil(lambda: shown(page) == draft.serialized())


def test_shows_what_would_be_sent_as_it_is_typed(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    put(qtbot, draft, page, '{"name": "Ada", "id": 42}')
    assert shown(page) == b"\x0a\x03Ada\x10\x2a"
    assert pages.tabs.note(page) == "7 B"
    qtbot.waitUntil(lambda: page.verdict == "7 B · 24 B as JSON")  # {"name":"Ada","id":"42"}
    draft.set_value(("name",), "Adam")
    qtbot.waitUntil(lambda: pages.tabs.note(page) == "8 B")
    draft.clear()
    qtbot.waitUntil(lambda: pages.tabs.note(page) == "")


def test_hex_digits_are_typed_and_the_form_follows(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    qtbot.keyClicks(page.hex, "0a034164610")
    qtbot.keyClicks(page.hex, "8")  # ends the byte that "0" began
    assert shown(page) == ADA + b"\x08"
    assert draft.wire_mistake is not None
    qtbot.keyClick(page.hex, Key.Key_Backspace)
    assert draft.value(("name",)) == "Ada"
    assert draft.serialized() == ADA
    qtbot.mouseClick(page.hex.viewport(), Left, pos=page.hex.place_of(2))
    qtbot.keyClicks(page.hex, "45")
    assert draft.value(("name",)) == "Eda"
    assert json.loads(draft.json_text()) == {"name": "Eda"}


def test_a_digit_typed_at_once_after_an_edit_elsewhere_keeps_that_edit(
    qtbot: QtBot, draft: Draft, page: WirePage
) -> None:
    put(qtbot, draft, page, '{"name": "Ada", "nick": "old"}')
    page.hex.select(2, 3)
    draft.set_value(("nick",), "new")  # the page shows it a moment later
    qtbot.keyClicks(page.hex, "45")
    assert draft.value(("name",)) == "Eda"
    assert draft.value(("nick",)) == "new"
    qtbot.keyClick(page.hex, Key.Key_Z, CTRL)
    page.hex.select(3, 4)
    qtbot.keyClicks(page.hex, "6f")
    assert draft.value(("name",)) == "Aoa"


def test_text_is_typed_over_in_the_ascii_column_and_inserted(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    page.take(ADA)
    qtbot.mouseClick(page.hex.viewport(), Left, pos=page.hex.place_of(2, "ascii"))
    qtbot.keyClicks(page.hex, "Eve")
    assert draft.value(("name",)) == "Eve"
    qtbot.keyClick(page.hex, Key.Key_Insert)
    assert page.hex.inserts
    umlaut = QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "ä")  # QTest types ASCII only
    QApplication.sendEvent(page.hex, umlaut)
    assert shown(page) == b"\x0a\x03Eve\xc3\xa4"
    qtbot.mouseClick(page.hex.viewport(), Left, pos=page.hex.place_of(1))
    qtbot.keyClick(page.hex, Key.Key_Delete)
    qtbot.keyClicks(page.hex, "05")
    assert draft.value(("name",)) == "Eveä"


def test_the_keyboard_alone_reaches_both_columns(qtbot: QtBot, page: WirePage) -> None:
    page.take(ADA)
    qtbot.keyClick(page.hex, Key.Key_Tab)
    assert page.hex.column == "ascii"
    qtbot.keyClick(page.hex, Key.Key_Tab)
    assert not page.hex.hasFocus()


def test_malformed_bytes_stay_are_said_and_taken_back(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    put(qtbot, draft, page, '{"name": "Ada"}')
    page.hex.select(1, 2)
    qtbot.keyClicks(page.hex, "09")
    assert shown(page) == b"\x0a\x09Ada"
    assert page.verdict == "byte 0 (hex 0): the length says 9 bytes, but 3 are left"
    pages.tabs.setCurrentWidget(pages.form)
    field: Any = pages.form.findChild(QWidget, "field:name")
    assert field.text() == "Ada"
    qtbot.waitUntil(lambda: not field.isEnabled())
    pages.tabs.setCurrentWidget(page)
    page.hex.setFocus()
    qtbot.keyClick(page.hex, Key.Key_Escape)
    assert shown(page) == ADA
    assert draft.form_is_current
    qtbot.keyClick(page.hex, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: shown(page) == b"\x0a\x09Ada")  # nothing is lost


def test_the_form_leads_to_the_mistake_in_the_bytes(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    draft.set_wire(ADA + b"\x10")
    pages.tabs.setCurrentWidget(pages.form)
    qtbot.waitUntil(lambda: "byte 5" in said_in(pages.form))
    button = next(each for each in pages.form.findChildren(QPushButton) if each.text() == "Show" and each.isVisible())
    qtbot.mouseClick(button, Left)
    assert pages.tabs.currentWidget() is page
    assert page.hex.selection == (5, 6)


def test_a_row_that_the_filter_hides_is_gone_to_from_its_bytes(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    put(qtbot, draft, page, '{"reports": [{"name": "a"}, {"phone": {}}]}')
    pages.tabs.setCurrentWidget(pages.form)
    pages.form.tools.open()
    qtbot.keyClicks(QApplication.focusWidget(), "mobile")
    hidden = "row:reports[0]"
    qtbot.waitUntil(lambda: pages.form.tools.is_searching)
    qtbot.waitUntil(lambda: not pages.form.tools.is_searching and pages.form.findChild(QWidget, hidden) is None)
    pages.tabs.setCurrentWidget(page)
    qtbot.mouseClick(page.hex.viewport(), Left, pos=page.hex.place_of(draft.serialized().index(b"a")))
    qtbot.waitUntil(lambda: draft.focus.path == ("reports", 0, "name"))
    pages.tabs.setCurrentWidget(pages.form)
    qtbot.waitUntil(lambda: pages.form.findChild(QWidget, hidden) is not None)


def said_in(widget: QWidget) -> str:
    from wirelens.widgets.controls.inline_message import InlineMessage

    return " ".join(each.text for each in widget.findChildren(InlineMessage) if each.isVisible())


def test_a_draft_that_is_no_message_says_so_with_a_way_to_the_mistake(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    draft.set_json_text('{"name": 5}')
    qtbot.waitUntil(lambda: "The draft is no message yet" in said_in(page))
    assert shown(page) == b""
    button = next(each for each in page.findChildren(QPushButton) if each.text() == "Show" and each.isVisible())
    qtbot.mouseClick(button, Left)
    assert pages.tabs.currentWidget() is pages.json_page


@pytest.mark.parametrize(
    "text",
    [
        "0a 03 41 64 61",
        "0x0a,0x03,0x41,0x64,0x61",
        base64.b64encode(ADA).decode(),
        "00 00 00 00 05 0a 03 41 64 61",  # as gRPC frames it
    ],
)
def test_a_message_is_pasted_in_any_spelling(qtbot: QtBot, draft: Draft, page: WirePage, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(page.hex, Key.Key_V, CTRL)
    assert shown(page) == ADA
    assert draft.value(("name",)) == "Ada"
    qtbot.keyClick(page.hex, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: shown(page) == b"")


def test_bytes_are_pasted_within_a_message(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    page.take(ADA + b"\x10\x01")
    page.hex.select(2, 5)
    QGuiApplication.clipboard().setText("45 76 65")
    qtbot.keyClick(page.hex, Key.Key_V, CTRL)
    assert draft.value(("name",)) == "Eve"
    assert page.hex.selection == (2, 5)


def test_a_paste_that_is_no_bytes_changes_nothing_and_says_why(qtbot: QtBot, page: WirePage) -> None:
    page.take(ADA)
    QGuiApplication.clipboard().setText("hello, world!")
    qtbot.keyClick(page.hex, Key.Key_V, CTRL)
    assert shown(page) == ADA
    assert page.verdict == "Not taken: the clipboard holds neither hex nor base64"


@pytest.mark.parametrize("content", [ADA, b"0a03 4164 61\n", b"\0\0\0\0\x05" + ADA])
def test_a_file_is_dropped(qtbot: QtBot, page: WirePage, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "message.bin").write_bytes(content)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "message.bin"))])
    held = Qt.KeyboardModifier.NoModifier
    page.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Left, held))
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Left, held))
    qtbot.waitUntil(lambda: shown(page) == ADA)


def test_a_file_that_cannot_be_read_is_said(qtbot: QtBot, page: WirePage, tmp_path: Path) -> None:
    page.take_file(tmp_path / "none.bin")
    qtbot.waitUntil(lambda: "none.bin: No such file" in page.verdict)


def test_unknown_fields_are_shown_and_kept_when_a_field_is_edited(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    page.take(UNKNOWN + ADA)
    page.hex.select(3, 4)
    qtbot.keyClick(page.hex, Key.Key_Right)
    assert "not in the schema" in page.words.text
    draft.set_value(("name",), "Eve")
    qtbot.waitUntil(lambda: shown(page) == b"\x0a\x03Eve" + UNKNOWN)


def test_a_byte_leads_to_its_field_in_the_form(qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage) -> None:
    put(qtbot, draft, page, '{"manager": {"tags": ["a", "b"], "reports": [{"name": "Bob"}]}, "scores": {"x": 1}}')
    qtbot.mouseClick(page.hex.viewport(), Left, pos=page.hex.place_of(shown(page).index(b"Bob") + 1))
    assert draft.focus.path == ("manager", "reports", 0, "name")
    assert page.words.text.startswith("manager.reports[0].name · value, 3 bytes")
    pages.tabs.setCurrentWidget(pages.form)
    qtbot.waitUntil(lambda: focused_name() == "field:manager.reports[0].name")
    row = pages.form.findChild(QWidget, "row:manager.reports[0].name")
    assert row is not None
    assert row.property("in_focus") == "true"
    other: Any = pages.form.findChild(QWidget, "field:name")
    other.setFocus()
    assert not row.property("in_focus")


def focused_name() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def test_a_field_of_the_form_leads_to_its_bytes(
    qtbot: QtBot, draft: Draft, pages: RequestPages, page: WirePage
) -> None:
    put(qtbot, draft, page, '{"name": "Ada", "tags": ["one", "two"], "scores": {"x": 1}}')
    pages.tabs.setCurrentWidget(pages.form)
    for name, text in (
        ("field:tags[1]", b"\x2a\x03two"),
        ("field:name", ADA),
        ("field:scores[0]", b"\x32\x05\x0a\x01x\x10\x01"),
    ):
        widget: Any = pages.form.findChild(QWidget, name)
        widget.setFocus()
        pages.tabs.setCurrentWidget(page)
        start, end = page.hex.selection
        assert shown(page)[start:end] == text
        pages.tabs.setCurrentWidget(pages.form)


def test_sizes_are_listed_and_a_row_selects_its_bytes(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    put(qtbot, draft, page, '{"name": "Ada", "tags": ["one", "twenty"], "id": 1}')
    button = page.findChild(QPushButton, "wireSizesButton")
    assert button is not None
    qtbot.mouseClick(button, Left)
    table = page.sizes
    assert table.isVisible()
    model = table.model()
    rows = [[model.index(row, column).data() for column in range(4)] for row in range(model.rowCount())]
    assert rows == [["tags", "13", "65%", "23"], ["name", "5", "25%", "12"], ["id", "2", "10%", "8"]]
    qtbot.mouseClick(table.viewport(), Left, pos=table.visualRect(model.index(0, 0)).center())
    start, end = page.hex.selection
    assert shown(page)[start:end] == b"\x2a\x03one\x2a\x06twenty"


def test_a_large_draft_is_made_beside_the_window(qtbot: QtBot, draft: Draft, page: WirePage) -> None:
    draft.set_json_text(json.dumps({"tags": ["x" * 10] * 5000}))
    qtbot.waitUntil(lambda: page.side.shown.size == 60_000, timeout=10_000)
    qtbot.waitUntil(lambda: "as JSON" in page.verdict, timeout=10_000)


def test_another_schema_is_another_type_of_the_bytes(
    qtbot: QtBot, draft: Draft, page: WirePage, newer_schema: Schema
) -> None:
    page.take(ADA)
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    qtbot.waitUntil(lambda: page.side.shown.descriptor is draft.descriptor)
    assert shown(page) == ADA


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_pasted_or_typed_is_kept_and_never_raises(
    data: st.DataObject, person: Descriptor, person_schema: Schema, theme: Theme, qtbot: QtBot
) -> None:
    payload = data.draw(payloads(person))
    if data.draw(st.booleans()):
        payload = data.draw(damaged(payload) | st.binary(max_size=20))
    draft = Draft(person, person_schema, delay_ms=0)
    page = WirePage(draft, theme)
    try:
        QGuiApplication.clipboard().setText(payload.hex(data.draw(st.sampled_from([" ", ","]))))
        page.paste_message()
        qtbot.keyClicks(page.hex, data.draw(st.text("0123abcf xyz", max_size=6)))
        qtbot.keyClick(
            page.hex, data.draw(st.sampled_from([Key.Key_Delete, Key.Key_Backspace, Key.Key_Tab, Key.Key_End]))
        )
        qtbot.keyClicks(page.hex, data.draw(st.text("0123abcf xyz", max_size=6)))
        assert draft.wire is None or draft.wire == shown(page)
        with contextlib.suppress(MessageError):
            assert draft.serialized() == shown(page)
            assert draft.wire_mistake is None
    finally:
        page.close()
        page.deleteLater()
