"""The form of an Any: its type found and chosen, its fields below, by mouse and by keyboard."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMenu, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.request_pages import RequestPages

Find = Callable[[str], Any]
PREFIX = "type.googleapis.com/"
LEFT = Qt.MouseButton.LeftButton

HOLDER = """
syntax = "proto3";
package any.test;
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
message Holder {
  google.protobuf.Any one = 1;
  repeated google.protobuf.Any many = 2;
  map<string, google.protobuf.Any> named = 3;
}
message Card { string holder = 1; uint32 number = 2; oneof kind { string credit = 3; string debit = 4; } }
message CardReader { string place = 1; }
"""


@pytest.fixture(scope="session")
def holder_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("holder"), {"holder.proto": HOLDER})


@pytest.fixture
def person(holder_schema: Schema) -> Descriptor:
    return holder_schema.descriptor("any.test.Holder")


@pytest.fixture
def person_schema(holder_schema: Schema) -> Schema:
    return holder_schema


def settle(qtbot: QtBot, draft: Draft) -> None:
    with qtbot.waitSignal(draft.changed, timeout=1000):
        pass


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def shown(types: QListView) -> list[str]:
    model = types.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def exists(pages: RequestPages, name: str) -> bool:
    found: QWidget | None = pages.form.findChild(QWidget, name)
    return found is not None and found.isVisible()


def set_one(qtbot: QtBot, draft: Draft, one: object) -> None:
    draft.set_json_text(json.dumps({"one": one}))
    settle(qtbot, draft)


def test_a_type_is_found_by_typing_and_filled_in(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    assert field("field:one").text() == "unset · not sent"
    qtbot.mouseClick(field("presence:one"), LEFT)
    assert written(draft) == {"one": {}}
    assert field("field:one").text() == "empty Any"
    line: QLineEdit = field("field:one.@type")
    line.setFocus()
    qtbot.keyClicks(line, "card")
    types: QListView = field("types:one.@type")
    assert types.isVisible()
    assert shown(types)[:2] == ["any.test.Card", "any.test.CardReader"]
    assert written(draft) == {"one": {}}
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not types.isVisible()
    settle(qtbot, draft)
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.Card"}}
    assert QApplication.focusWidget() is line
    assert line.text() == f"{PREFIX}any.test.Card"
    qtbot.waitUntil(lambda: exists(pages, "field:one.holder"))
    qtbot.keyClicks(field("field:one.holder"), "Ada")
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"}}
    settle(qtbot, draft)
    assert field("field:one").text() == "Card · 1 field set"


def test_a_type_is_chosen_with_the_mouse(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("presence:one"), LEFT)
    qtbot.mouseClick(field("field:one.@type:choose"), LEFT)
    types: QListView = field("types:one.@type")
    names = shown(types)
    assert names[:3] == ["any.test.Holder", "any.test.Card", "any.test.CardReader"]
    assert "google.rpc.ErrorInfo" in names
    qtbot.mouseClick(types.viewport(), LEFT, pos=types.visualRect(types.model().index(2, 0)).center())
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.CardReader"}}
    settle(qtbot, draft)
    qtbot.mouseClick(field("field:one.@type:choose"), LEFT)
    assert types.isVisible()
    qtbot.waitUntil(lambda: types.y() > 0)
    qtbot.mouseClick(field("field:one.@type:choose"), LEFT)
    assert not types.isVisible()


def test_a_name_is_typed_and_the_row_pressed(qtbot: QtBot, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {})
    line = field("field:one.@type")
    line.setFocus()
    qtbot.keyClicks(line, "cardr")
    types: QListView = field("types:one.@type")
    qtbot.mousePress(types.viewport(), LEFT, pos=types.visualRect(types.model().index(0, 0)).center())
    assert types.isVisible()
    assert written(draft) == {"one": {}}
    qtbot.mouseRelease(types.viewport(), LEFT, pos=types.visualRect(types.model().index(0, 0)).center())
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.CardReader"}}
    assert QApplication.focusWidget() is line


def test_enter_takes_the_first_that_fits(qtbot: QtBot, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {"@type": "our.org/any.test.Card"})
    line = field("field:one.@type")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "errorinfo")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert written(draft) == {"one": {"@type": "our.org/google.rpc.ErrorInfo"}}


@pytest.mark.parametrize("url", ["any.test.Card", "example.com/any.test.Card", "example.com/any.test.Crad"])
def test_a_type_url_is_kept_as_typed(qtbot: QtBot, draft: Draft, field: Find, url: str) -> None:
    set_one(qtbot, draft, {})
    line = field("field:one.@type")
    line.setFocus()
    qtbot.keyClicks(line, url)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert written(draft) == {"one": {"@type": url}}
    settle(qtbot, draft)
    assert line.text() == url


def test_esc_gives_the_search_up(qtbot: QtBot, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card"})
    line = field("field:one.@type")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "zzz")
    assert not field("types:one.@type").isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == f"{PREFIX}any.test.Card"
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.Card"}}


def test_what_is_typed_is_taken_when_the_line_is_left_or_the_message_is_sent(
    qtbot: QtBot, draft: Draft, field: Find
) -> None:
    set_one(qtbot, draft, {})
    line = field("field:one.@type")
    line.setFocus()
    qtbot.keyClicks(line, "any.test.Card")
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert written(draft) == {"one": {"@type": "any.test.Card"}}
    line.selectAll()
    qtbot.keyClicks(line, "any.test.CardReader")
    field("field:one").setFocus()
    assert written(draft) == {"one": {"@type": "any.test.CardReader"}}
    line.setFocus()
    line.clear()
    qtbot.keyClicks(line, " ")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert written(draft) == {"one": {}}


def test_switching_the_type_and_back_keeps_what_was_typed(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "number": 7})
    assert field("field:one.number").text() == "7"
    line = field("field:one.@type")
    for name, there, gone in (("CardReader", "place", "number"), ("Card", "number", "place")):
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, name)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        settle(qtbot, draft)
        qtbot.waitUntil(lambda name=there: exists(pages, f"field:one.{name}"))
        qtbot.waitUntil(lambda name=gone: not exists(pages, f"field:one.{name}"))
    assert field("field:one.number").text() == "7"
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, draft)
    assert "number" not in written(draft)["one"]


def test_an_any_in_an_any_and_a_type_with_json_of_its_own(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    qtbot.mouseClick(field("presence:one"), LEFT)
    path = "one"
    for name in ("protobuf.Any", "protobuf.Any", "StringValue"):
        qtbot.waitUntil(lambda at=path: exists(pages, f"field:{at}.@type"))
        line = field(f"field:{path}.@type")
        line.setFocus()
        qtbot.keyClicks(line, name)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        settle(qtbot, draft)
        path += ".value"
        qtbot.waitUntil(lambda at=path: exists(pages, f"field:{at}"))
        if not exists(pages, f"field:{path}.@type") and name != "StringValue":
            qtbot.keyClick(field(f"field:{path}"), Qt.Key.Key_Right)
    qtbot.keyClicks(field("field:one.value.value.value"), "deep")
    assert written(draft)["one"]["value"]["value"] == {"@type": f"{PREFIX}google.protobuf.StringValue", "value": "deep"}
    inner: Any = draft.message()
    assert inner.one.type_url == f"{PREFIX}google.protobuf.Any"


def test_a_type_that_the_schema_lacks_is_edited_as_json(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    set_one(qtbot, draft, {"@type": "a.b/no.Such", "value": "CAE="})
    assert "does not know no.Such" in field("note:one").text()
    text = field("text:one")
    text.setPlainText('{"@type": "a.b/no.Such", "value": "CAI="}')
    assert written(draft)["one"]["value"] == "CAI="
    text.setPlainText('{"@type": "a.b/no.Such", ')
    settle(qtbot, draft)
    assert "line 1" in field("mistake:one").text()
    assert field("text:one") is text
    assert text.isVisible()
    assert not field("field:one.@type").isEnabled()
    text.setPlainText('{"@type": "any.test.Card", "holder": "Ada"}')
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: exists(pages, "field:one.holder"))
    assert field("field:one.@type").isEnabled()
    assert text.isHidden()


def test_json_that_names_no_type_is_taken_over_by_the_one_that_is_chosen(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    set_one(qtbot, draft, {"holder": "Ada"})
    assert "has no type" in field("note:one").text()
    line = field("field:one.@type")
    line.setFocus()
    qtbot.keyClicks(line, "card")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert written(draft) == {"one": {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"}}


def test_a_type_without_fields_says_so(qtbot: QtBot, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}google.protobuf.Empty"})
    assert field("note:one").text() == "Empty has no fields"


def test_the_whole_as_json_text_and_back(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"})
    switch = field("field:one:json")
    qtbot.mouseClick(switch, LEFT)
    assert switch.isChecked()
    qtbot.waitUntil(lambda: bool(json_editors(pages)))
    (text,) = json_editors(pages)
    assert json.loads(text.toPlainText()) == written(draft)["one"]
    text.setPlainText('{"@type": "any.test.CardReader", "place": "till"')
    settle(qtbot, draft)
    assert exists(pages, "mistake:one")
    assert not switch.isEnabled()
    assert text.toPlainText().endswith('"till"')
    text.setPlainText('{"@type": "any.test.CardReader", "place": "till"}')
    settle(qtbot, draft)
    qtbot.mouseClick(switch, LEFT)
    qtbot.waitUntil(lambda: exists(pages, "field:one.place"))
    assert field("field:one.place").toPlainText() == "till"


def json_editors(pages: RequestPages) -> list[FragmentEditor]:
    return [editor for editor in pages.form.findChildren(FragmentEditor) if editor.isVisible()]


def test_mistakes_are_said_at_the_fields_within(qtbot: QtBot, draft: Draft, field: Find) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "number": -1})
    assert "uint32" in field("mistake:one.number").text()
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Crad"})
    assert "any.test.Card" in field("mistake:one.@type").text()


def test_rows_of_anys_and_entries_of_anys(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    qtbot.keyClick(field("field:many"), Qt.Key.Key_Right)
    qtbot.mouseClick(field("add:many"), LEFT)
    qtbot.waitUntil(lambda: exists(pages, "field:many[0].@type"))
    line = field("field:many[0].@type")
    line.setFocus()
    qtbot.keyClicks(line, "cardreader")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, draft)
    qtbot.keyClick(line, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    one = {"@type": f"{PREFIX}any.test.CardReader"}
    assert written(draft) == {"many": [one, one]}
    qtbot.keyClick(field("field:named"), Qt.Key.Key_Right)
    qtbot.mouseClick(field("add:named"), LEFT)
    qtbot.keyClicks(QApplication.focusWidget(), "k")
    assert written(draft)["named"] == {"k": {}}
    qtbot.waitUntil(lambda: exists(pages, "field:named[0].@type"))


def test_a_path_and_the_json_of_a_field_within_are_copied(
    qtbot: QtBot, draft: Draft, field: Find, pages: RequestPages
) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"})
    for label, copied in (
        ("Copy field path", "one.holder"),
        ("Copy as JSON", '"Ada"'),
        ("Copy value", "Ada"),
    ):
        menu = opened_menu(qtbot, field("row:one.holder"))
        next(action for action in menu.actions() if action.text() == label).trigger()
        menu.close()
        assert QGuiApplication.clipboard().text() == copied


def opened_menu(qtbot: QtBot, row: QWidget) -> QMenu:
    before = set(row.findChildren(QMenu))
    place = QPoint(2, 2)
    QApplication.sendEvent(row, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, row.mapToGlobal(place)))
    return next(menu for menu in row.findChildren(QMenu) if menu not in before)


def test_thousands_of_types_come_as_one_scrolls(qtbot: QtBot, draft: Draft, field: Find, person_schema: Schema) -> None:
    names = [f"company.team{number % 50}.v1.Message{number}" for number in range(20_000)]
    set_one(qtbot, draft, {})
    with patch.object(Schema, "message_names", lambda _schema: names):
        line = field("field:one.@type")
        line.setFocus()
        qtbot.keyClick(line, Qt.Key.Key_Down)
        types: QListView = field("types:one.@type")
        assert types.isVisible()
        assert types.model().rowCount() < 1000
        for _page in range(30):
            qtbot.keyClick(line, Qt.Key.Key_PageDown)
        assert types.currentIndex().row() == 240
        assert types.model().rowCount() < 1000
        types.scrollToBottom()
        qtbot.waitUntil(lambda: types.model().canFetchMore(types.rootIndex()))
        line.selectAll()
        qtbot.keyClicks(line, "message19999")
        assert shown(types) == ["company.team49.v1.Message19999"]


def test_a_newer_schema_keeps_the_any(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, tmp_path: Any
) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"})
    source = HOLDER.replace("string holder = 1;", "string holder = 1; string pin = 9;")
    newer = compiled(tmp_path, {"holder.proto": source})
    draft.rebase(newer.descriptor("any.test.Holder"), newer)
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: exists(pages, "field:one.pin"))
    assert field("field:one.holder").toPlainText() == "Ada"


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, draft: Draft, pages: RequestPages) -> None:
    set_one(qtbot, draft, {"@type": f"{PREFIX}any.test.Card", "holder": "Ada"})
    nameless = [
        widget
        for widget in pages.form.widget().findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not widget.accessibleName()
    ]
    assert nameless == []
