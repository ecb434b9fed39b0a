"""Struct, Value and ListValue as rows of the form: keys, kinds, values, to any depth, by mouse and by keyboard."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.element_row import ElementRow
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.request_pages import RequestPages

Find = Callable[[str], Any]
LEFT = Qt.MouseButton.LeftButton
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier

NOTES = """
syntax = "proto3";
package rows.test;
import "google/protobuf/struct.proto";
message Notes {
  google.protobuf.Struct object = 1;
  google.protobuf.ListValue list = 2;
  google.protobuf.Value value = 3;
  repeated google.protobuf.Value many = 4;
  map<string, google.protobuf.Struct> named = 5;
}
"""


@pytest.fixture(scope="session")
def notes_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("notes"), {"notes.proto": NOTES})


@pytest.fixture
def person(notes_schema: Schema) -> Descriptor:
    return notes_schema.descriptor("rows.test.Notes")


@pytest.fixture
def person_schema(notes_schema: Schema) -> Schema:
    return notes_schema


def settle(qtbot: QtBot, draft: Draft) -> None:
    with qtbot.waitSignal(draft.changed, timeout=1000):
        pass


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def read(qtbot: QtBot, draft: Draft, message: object) -> None:
    draft.set_json_text(json.dumps(message))
    settle(qtbot, draft)


def exists(pages: RequestPages, name: str) -> bool:
    found: QWidget | None = pages.form.findChild(QWidget, name)
    return found is not None and found.isVisible()


def choose(qtbot: QtBot, kinds: QComboBox, wanted: str) -> None:
    """By keyboard: up to the first kind, down to the wanted one."""
    kinds.setFocus()
    qtbot.keyClick(kinds, Qt.Key.Key_Home)
    for _step in range(kinds.findText(wanted)):
        qtbot.keyClick(kinds, Qt.Key.Key_Down)
    assert kinds.currentText() == wanted


def test_an_object_is_written_by_keyboard(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    qtbot.keyClick(field("presence:object"), Qt.Key.Key_Space)
    assert written(draft) == {"object": {}}
    assert field("field:object").text() == "0 rows"
    qtbot.waitUntil(lambda: exists(pages, "add:object"))
    qtbot.keyClick(field("add:object"), Qt.Key.Key_Space)
    qtbot.keyClicks(QApplication.focusWidget(), "name")
    qtbot.keyClicks(field("field:object[0]"), "Ada")
    qtbot.keyClick(field("field:object[0]"), Qt.Key.Key_D, CONTROL)
    focused = QApplication.focusWidget()
    focused.selectAll()  # type: ignore[attr-defined]  # the key's line
    qtbot.keyClicks(focused, "tags")
    settle(qtbot, draft)
    choose(qtbot, field("field:object[1]:kind"), "list")
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: exists(pages, "add:object[1]"))
    assert written(draft) == {"object": {"name": "Ada", "tags": ["Ada"]}}
    qtbot.keyClick(field("add:object[1]"), Qt.Key.Key_Space)
    qtbot.keyClicks(QApplication.focusWidget(), "Lovelace")
    assert written(draft)["object"]["tags"] == ["Ada", "Lovelace"]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, ALT)
    assert written(draft)["object"]["tags"] == ["Lovelace", "Ada"]
    assert QApplication.focusWidget().objectName() == "field:object[1][0]"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete, ALT)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete, ALT)
    assert written(draft)["object"] == {"name": "Ada", "tags": []}


def test_each_kind_has_its_editor(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"list": [None]})
    kinds = field("field:list[0]:kind")
    assert kinds.currentText() == "null"
    choose(qtbot, kinds, "number")
    settle(qtbot, draft)
    number = field("field:list[0]")
    number.selectAll()
    qtbot.keyClicks(number, "-1.250")
    assert "-1.250" in draft.json_text()
    choose(qtbot, kinds, "bool")
    settle(qtbot, draft)
    assert written(draft) == {"list": [True]}
    qtbot.waitUntil(lambda: exists(pages, "field:list[0]:false"))
    qtbot.mouseClick(field("field:list[0]:false"), LEFT)
    assert written(draft) == {"list": [False]}
    choose(qtbot, kinds, "string")
    settle(qtbot, draft)
    assert field("field:list[0]").toPlainText() == "false"
    choose(qtbot, kinds, "object")
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: exists(pages, "rows:list[0]"))
    assert written(draft) == {"list": [{}]}
    choose(qtbot, kinds, "null")
    settle(qtbot, draft)
    assert not exists(pages, "rows:list[0]")
    assert written(draft) == {"list": [None]}


@pytest.mark.parametrize("typed", ["NaN", "-Infinity", "inf"])
def test_what_json_has_no_number_for_is_refused_with_a_sentence(
    qtbot: QtBot, draft: Draft, field: Find, typed: str
) -> None:
    read(qtbot, draft, {"list": [1]})
    number = field("field:list[0]")
    number.selectAll()
    qtbot.keyClicks(number, typed)
    settle(qtbot, draft)
    assert "finite" in field("mistake:list[0]").text()
    assert number.text() == typed
    assert field("field:list[0]:kind").currentText() == "number"
    number.selectAll()
    qtbot.keyClicks(number, "9007199254740993")
    settle(qtbot, draft)
    assert "9007199254740992" in field("mistake:list[0]").text()
    number.selectAll()
    qtbot.keyClicks(number, "12345678901234567890e3")
    settle(qtbot, draft)
    assert field("mistake:list[0]").isHidden()
    assert draft.json_text().count("12345678901234567890e3") == 1
    number.clear()
    qtbot.keyClicks(number, " ")
    settle(qtbot, draft)
    assert field("mistake:list[0]").text() == "a number is missing"


def test_a_value_is_unset_null_or_of_a_kind(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    kinds = field("field:value:kind")
    assert kinds.currentIndex() == -1
    assert kinds.property("unset") == "true"
    qtbot.mouseClick(field("presence:value"), LEFT)
    assert written(draft) == {"value": None}
    assert kinds.currentText() == "null"
    choose(qtbot, kinds, "string")
    qtbot.waitUntil(lambda: exists(pages, "field:value"))
    qtbot.keyClicks(field("field:value"), "x")
    assert written(draft) == {"value": "x"}
    qtbot.mouseClick(field("presence:value"), LEFT)
    settle(qtbot, draft)
    assert written(draft) == {}
    assert kinds.currentIndex() == -1
    qtbot.mouseClick(field("presence:value"), LEFT)
    assert written(draft) == {"value": "x"}


def test_rows_nest_to_any_depth_and_are_built_when_unfolded(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    deep: object = "bottom"
    for _level in range(20):
        deep = [deep]
    read(qtbot, draft, {"value": deep})
    path = "value"
    qtbot.waitUntil(lambda: pages.form.is_built)
    built = len(pages.form.findChildren(ElementRow))
    assert built < 20
    for _level in range(20):
        if not exists(pages, f"field:{path}[0]:kind"):
            head = field(f"field:{path}")
            pages.form.ensureWidgetVisible(head)
            qtbot.keyClick(head, Qt.Key.Key_Right)
        path += "[0]"
        qtbot.waitUntil(lambda at=path: exists(pages, f"field:{at}:kind"))
    pages.form.ensureWidgetVisible(field(f"field:{path}"))
    qtbot.keyClicks(field(f"field:{path}"), "!")
    assert "!bottom" in draft.json_text()


def test_a_long_list_comes_in_pages(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"list": list(range(450)), "object": {f"k{index}": index for index in range(300)}})
    qtbot.keyClick(field("field:list"), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: exists(pages, "field:list[0]"))
    assert len(pages.form.findChildren(ElementRow)) < 200
    later = next(
        button
        for button in pages.form.findChildren(QWidget)
        if button.accessibleName() == "Later rows of list" and button.isVisible()
    )
    qtbot.mouseClick(later, LEFT)
    qtbot.waitUntil(lambda: exists(pages, "field:list[200]"))
    assert field("field:list[200]").text() == "200"


def test_doubled_keys_are_marked(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"object": {"a": 1, "a": 2}}')
    settle(qtbot, draft)
    assert field("field:object[0]:key").property("invalid") == "true"
    assert field("mistake:object[1]").text() == "another row has this key"


def test_mistakes_are_said_at_their_rows(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"object": {"a": [1, 1e999]}}')
    settle(qtbot, draft)
    assert "double" in field("mistake:object[0][1]").text()


def test_what_is_no_object_is_edited_as_the_text_it_is(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    read(qtbot, draft, {"object": [1]})
    qtbot.keyClick(field("field:object"), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(texts(pages)))
    (text,) = texts(pages)
    text.setPlainText('{"a": 1}')
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: exists(pages, "field:object[0]:key"))
    assert written(draft) == {"object": {"a": 1}}


def texts(pages: RequestPages) -> list[FragmentEditor]:
    return [editor for editor in pages.form.findChildren(FragmentEditor) if editor.isVisible()]


@pytest.mark.parametrize(("name", "before", "after"), [("object", {"a": 1}, {"b": [2]}), ("list", [1], [{}, None])])
def test_text_in_place_of_rows_and_back(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, name: str, before: object, after: object
) -> None:
    read(qtbot, draft, {name: before})
    switch = field(f"field:{name}:json")
    qtbot.mouseClick(switch, LEFT)
    qtbot.waitUntil(lambda: bool(texts(pages)))
    (text,) = texts(pages)
    assert json.loads(text.toPlainText()) == before
    text.setPlainText(json.dumps(after)[:-1])
    settle(qtbot, draft)
    assert exists(pages, f"mistake:{name}")
    assert not switch.isEnabled()
    text.setPlainText(json.dumps(after))
    settle(qtbot, draft)
    assert written(draft) == {name: after}
    assert not exists(pages, f"mistake:{name}")
    qtbot.mouseClick(switch, LEFT)
    qtbot.waitUntil(lambda: exists(pages, f"rows:{name}"))
    assert texts(pages) == []


def test_elements_of_values_and_entries_of_structs(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    read(qtbot, draft, {"many": [1, [2]], "named": {"n": {"k": True}}})
    qtbot.waitUntil(lambda: exists(pages, "field:many[1][0]") and exists(pages, "field:named[0][0]:true"))
    assert exists(pages, "field:many[1]:json")
    assert not exists(pages, "field:many[1][0]:json")
    qtbot.mouseClick(field("remove:many[0]"), LEFT)
    qtbot.mouseClick(field("field:named[0][0]:false"), LEFT)
    assert written(draft) == {"many": [[2]], "named": {"n": {"k": False}}}


def test_undo_goes_back_through_the_kinds(qtbot: QtBot, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"list": ["12"]})
    kinds = field("field:list[0]:kind")
    kinds.setFocus()
    qtbot.keyClick(kinds, Qt.Key.Key_Up)
    settle(qtbot, draft)
    assert written(draft) == {"list": [12]}
    qtbot.keyClick(kinds, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, draft)
    assert written(draft) == {"list": ["12"]}
    assert kinds.currentText() == "string"
    assert field("field:list[0]").toPlainText() == "12"


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, draft: Draft, pages: RequestPages) -> None:
    read(qtbot, draft, {"object": {"a": [1, "x", True]}, "value": {"b": None}})
    qtbot.waitUntil(lambda: pages.form.is_built)
    nameless = [
        widget
        for widget in pages.form.widget().findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not widget.accessibleName()
    ]
    assert nameless == []


def test_going_through_the_kinds_with_the_arrow_keys_loses_nothing(qtbot: QtBot, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"list": [{"a": [1.50, None]}, "many words"]})
    for row, kind in (("list[0]", "object"), ("list[1]", "string")):
        kinds = field(f"field:{row}:kind")
        kinds.setFocus()
        qtbot.keyClick(kinds, Qt.Key.Key_Home)
        assert kinds.currentText() == "null"
        for _step in range(5):
            qtbot.keyClick(kinds, Qt.Key.Key_Down)
        choose(qtbot, kinds, kind)
    assert written(draft) == {"list": [{"a": [1.50, None]}, "many words"]}
