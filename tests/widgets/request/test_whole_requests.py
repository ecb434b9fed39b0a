"""A request that is itself an Any, a Struct, a Value, a ListValue or a scalar's wrapper: all that its fields can do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

LEFT = Qt.MouseButton.LeftButton
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
EVERYTHING = "type.googleapis.com/wirelens.demo.fields.v1.Everything"
POINT = "type.googleapis.com/wirelens.demo.fields.v1.Point"


class Window:
    """The pages of one request, with a draft of a well-known type."""

    def __init__(self, qtbot: QtBot, theme: Theme, schema: Schema, name: str) -> None:
        self.qtbot = qtbot
        self.draft = Draft(schema.descriptor(f"google.protobuf.{name}"), schema, delay_ms=0)
        self.pages = RequestPages(self.draft, theme)
        self.pages.resize(620, 700)
        qtbot.addWidget(self.pages)
        with qtbot.waitActive(self.pages), qtbot.waitSignal(self.pages.form.arranged):
            self.pages.show()
            self.pages.activateWindow()
        qtbot.waitUntil(lambda: self.pages.form.is_built)

    def settle(self) -> None:
        """Until the form has heard of the last edit and is built."""
        with self.qtbot.waitSignal(self.draft.changed, timeout=1000):
            pass
        self.qtbot.waitUntil(lambda: self.pages.form.is_built)

    def read(self, message: object) -> None:
        self.draft.set_json_text(json.dumps(message))
        self.settle()

    def find(self, name: str) -> Any:
        found: QWidget | None = self.pages.form.findChild(QWidget, name)
        assert found is not None, f"the form has no {name}"
        return found

    def shows(self, name: str) -> bool:
        found = self.pages.form.findChild(QWidget, name)
        return found is not None and found.isVisible()

    @property
    def written(self) -> Any:
        return json.loads(self.draft.json_text())

    def menu(self, name: str) -> QMenu:
        """The context menu at a part of the form."""
        widget: Any = self.find(name)
        target = widget.viewport() if isinstance(widget, QPlainTextEdit) else widget
        place = QPoint(3, 3)
        QApplication.sendEvent(
            target, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, target.mapToGlobal(place))
        )
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def act(self, name: str, text: str) -> None:
        """Choose from the context menu at a part of the form."""
        menu = self.menu(name)
        action = next(action for action in menu.actions() if action.text().partition("\t")[0] == text)
        assert action.isEnabled(), text
        menu.close()
        action.trigger()


@pytest.fixture
def open_request(qtbot: QtBot, theme: Theme, fields_schema: Schema) -> Callable[[str], Window]:
    return lambda name: Window(qtbot, theme, fields_schema, name)


def test_a_struct_is_filled_in_and_undone_by_keyboard(qtbot: QtBot, open_request: Callable[[str], Window]) -> None:
    window = open_request("Struct")
    qtbot.keyClick(window.find("add:"), Qt.Key.Key_Space)
    qtbot.keyClicks(QApplication.focusWidget(), "name")
    qtbot.keyClicks(window.find("field:[0]"), "Ada")
    qtbot.keyClick(window.find("field:[0]"), Qt.Key.Key_D, CONTROL)
    window.settle()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QLineEdit)
    focused.selectAll()
    qtbot.keyClicks(focused, "also")
    assert window.written == {"name": "Ada", "also": "Ada"}
    qtbot.keyClick(focused, Qt.Key.Key_Up, ALT)
    assert list(window.written) == ["also", "name"]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete, ALT)
    assert window.written == {"name": "Ada"}
    for _step in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Z, CONTROL)
    window.settle()
    assert window.written == {"name": "Ada", "also": "Ada"}
    assert window.find("field:[1]:key").text() == "also"
    assert window.find("field:").text() == "2 rows"


def test_the_json_page_and_the_form_of_a_struct_follow_each_other(open_request: Callable[[str], Window]) -> None:
    window = open_request("Struct")
    editor = window.pages.json_page.editor
    text = '{\n  // stays\n  "a": [1, 2],\n  "b": true\n}'
    editor.setPlainText(text)
    window.settle()
    assert window.find("field:[0]:key").text() == "a"
    window.find("field:[1]:key").setFocus()
    window.qtbot.keyClicks(window.find("field:[1]:key"), "b")
    window.settle()
    assert editor.toPlainText() == text.replace('"b"', '"bb"')
    editor.setPlainText(text[:-2])
    window.settle()
    assert not window.find("row:").isEnabled()
    assert window.find("field:[1]:key").text() == "bb"


def test_doubled_keys_of_a_struct_are_marked_at_their_rows(open_request: Callable[[str], Window]) -> None:
    window = open_request("Struct")
    window.draft.set_json_text('{"a": 1, "b": 2, "a": 3}')
    window.settle()
    assert window.find("field:[0]:key").property("invalid") == "true"
    assert window.find("mistake:[2]").text() == "another row has this key"
    assert window.shows("field:[1]")
    assert window.find("field:[1]:key").property("invalid") != "true"


def test_a_value_goes_through_its_kinds_and_back(qtbot: QtBot, open_request: Callable[[str], Window]) -> None:
    window = open_request("Value")
    kinds = window.find("field::kind")
    assert kinds.currentText() == "null"
    kinds.setFocus()
    qtbot.keyClick(kinds, Qt.Key.Key_End)
    window.settle()
    assert window.written == {}
    assert window.shows("add:")
    for _step in range(2):
        qtbot.keyClick(kinds, Qt.Key.Key_Up)
    window.settle()
    assert window.written == ""
    assert not window.shows("add:")
    qtbot.keyClicks(window.find("field:"), "text")
    assert window.written == "text"
    window.read("text ")
    qtbot.keyClick(kinds, Qt.Key.Key_Home)
    window.settle()
    assert window.written is None
    qtbot.keyClick(kinds, Qt.Key.Key_Z, CONTROL)
    window.settle()
    assert window.written == "text "
    assert window.find("field:").toPlainText() == "text "


@pytest.mark.parametrize("typed", ["NaN", "-inf"])
def test_no_number_of_json_is_refused_at_its_place(
    qtbot: QtBot, open_request: Callable[[str], Window], typed: str
) -> None:
    window = open_request("Value")
    window.read(1)
    number = window.find("field:")
    number.selectAll()
    qtbot.keyClicks(number, typed)
    window.settle()
    assert "finite" in window.find("mistake:").text()
    assert number.text() == typed
    window.read([1])
    number = window.find("field:[0]")
    number.selectAll()
    qtbot.keyClicks(number, typed)
    window.settle()
    assert "finite" in window.find("mistake:[0]").text()


def test_an_any_changes_its_type_and_back(qtbot: QtBot, open_request: Callable[[str], Window]) -> None:
    window = open_request("Any")
    line = window.find("field:@type")
    line.setFocus()
    qtbot.keyClicks(line, "fields.v1.Point")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.settle()
    qtbot.keyClicks(window.find("field:x"), "3")
    assert window.written == {"@type": POINT, "x": 3}
    line.selectAll()
    qtbot.keyClicks(line, "google.protobuf.Value")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.settle()
    assert window.find("field:value:kind").currentText() == "null"
    line.selectAll()
    qtbot.keyClicks(line, "google.protobuf.Any")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.settle()
    inner = window.find("field:value.@type")
    inner.setFocus()
    qtbot.keyClicks(inner, POINT)
    qtbot.keyClick(inner, Qt.Key.Key_Return)
    window.settle()
    qtbot.keyClicks(window.find("field:value.y"), "4")
    assert window.written["value"] == {"@type": POINT, "y": 4}
    line.selectAll()
    qtbot.keyClicks(line, POINT)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    window.settle()
    assert window.written == {"@type": POINT, "x": 3}
    qtbot.keyClick(line, Qt.Key.Key_Z, CONTROL)
    window.settle()
    assert window.written["value"] == {"@type": POINT, "y": 4}


def test_an_any_of_a_type_not_known_shows_its_json(open_request: Callable[[str], Window]) -> None:
    window = open_request("Any")
    window.read({"@type": "x.y/not.Known", "value": "AQI="})
    (text,) = [each for each in window.pages.form.findChildren(FragmentEditor) if each.isVisible()]
    assert json.loads(text.toPlainText()) == {"@type": "x.y/not.Known", "value": "AQI="}
    assert "not.Known" in window.find("note:").text()


def test_a_member_that_the_any_has_not_is_said_above_the_form(open_request: Callable[[str], Window]) -> None:
    window = open_request("Any")
    window.read({"@type": POINT, "z": 3})
    words = " ".join(label.text() for label in window.pages.form.findChildren(QLabel) if label.isVisible())
    assert "z" in words
    assert "Point" in words
    window.read({"@type": POINT, "x": "three"})
    assert window.find("mistake:x").text()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("Struct", [1]), ("ListValue", {}), ("Any", 5), ("Timestamp", {}), ("Int32Value", "x"), ("BoolValue", 1)],
)
def test_json_of_another_kind_is_marked_at_the_request(
    open_request: Callable[[str], Window], name: str, wrong: object
) -> None:
    window = open_request(name)
    window.read(wrong)
    assert window.find("mistake:").text()
    assert window.draft.problem is None
    assert window.find("row:").isEnabled()


def test_a_cleared_number_is_missing_and_reset_gives_the_default(
    qtbot: QtBot, open_request: Callable[[str], Window]
) -> None:
    window = open_request("Int64Value")
    line = window.find("field:")
    assert line.text() == "0"
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    window.settle()
    assert window.find("mistake:").text()
    assert line.text() == ""
    window.act("field:", "Reset request")
    window.settle()
    assert window.written == "0"
    assert window.draft.mistakes == ()


def test_a_request_is_copied_pasted_and_reset(open_request: Callable[[str], Window]) -> None:
    window = open_request("Struct")
    window.read({"a": [1, "x"]})
    window.act("row:", "Copy as JSON")
    assert json.loads(QGuiApplication.clipboard().text()) == {"a": [1, "x"]}
    menu = window.menu("row:")
    can_be_chosen = {action.text(): action.isEnabled() for action in menu.actions()}
    menu.close()
    assert can_be_chosen["Copy field path"] is False  # the request as a whole has none
    window.act("row:[0]", "Copy field path")
    assert QGuiApplication.clipboard().text() == "[0]"
    QGuiApplication.clipboard().setText('{"b": {"c": null}}')
    window.act("row:", "Paste JSON")
    window.settle()
    assert window.written == {"b": {"c": None}}
    QGuiApplication.clipboard().setText("[1, 2]")
    window.act("row:", "Paste JSON")
    assert window.written == {"b": {"c": None}}
    assert "Not pasted" in window.find("mistake:").text()
    QGuiApplication.clipboard().setText('{"d": NaN}')
    window.act("row:[0]", "Paste JSON")
    assert window.written == {"b": {"c": None}}
    assert "NaN" in window.find("mistake:[0]").text()
    window.act("row:", "Reset request")
    window.settle()
    assert window.written == {}
    window.draft.undo()
    window.settle()
    assert window.written == {"b": {"c": None}}


def test_a_pasted_any_is_checked_by_its_type(open_request: Callable[[str], Window]) -> None:
    window = open_request("Any")
    QGuiApplication.clipboard().setText(json.dumps({"@type": POINT, "x": "three"}))
    window.act("row:", "Paste JSON")
    assert "Not pasted" in window.find("mistake:").text()
    assert window.written == {}
    QGuiApplication.clipboard().setText(json.dumps({"@type": POINT, "x": 3}))
    window.act("row:", "Paste JSON")
    window.settle()
    assert window.find("field:x").text() == "3"


def test_names_are_found_at_any_depth_of_json(open_request: Callable[[str], Window]) -> None:
    window = open_request("Struct")
    window.read({"first": {"inner": [{"wanted": 1}]}, "second": 2})
    window.pages.form.tools.open()
    field_filter = window.pages.form.tools.findChild(QLineEdit)
    assert field_filter is not None
    window.qtbot.keyClicks(field_filter, "wanted")
    window.qtbot.waitUntil(lambda: not window.shows("field:[1]:key"))
    window.qtbot.waitUntil(lambda: window.shows("field:[0][0][0][0]:key"))
    assert window.find("field:[0][0][0][0]:key").text() == "wanted"
    field_filter.selectAll()
    window.qtbot.keyClick(field_filter, Qt.Key.Key_Delete)
    window.qtbot.waitUntil(lambda: window.shows("field:[1]:key"))


def test_collapsing_all_leaves_the_request_itself_open(open_request: Callable[[str], Window]) -> None:
    window = open_request("ListValue")
    window.read([[1], [[2]]])
    window.qtbot.waitUntil(lambda: window.shows("field:[0][0]"))
    window.pages.form.collapse_all()
    assert window.shows("field:[0]:kind")
    assert not window.shows("field:[0][0]")


@pytest.mark.parametrize(
    ("name", "value", "deepest"),
    [
        ("Struct", {"a": {"b": [{"c": [1]}]}, "d": 1, "e": {}}, "field:[0][0][0][0][0]:kind"),
        ("Value", [1, 2, 3, [[4]]], "field:[3][0][0]:kind"),
        (
            "Any",
            {"@type": EVERYTHING, "any": {"@type": POINT, "x": 1}, "struct": {"a": [[1]]}},
            "field:struct[0][0][0]:kind",
        ),
    ],
)
def test_expanding_all_goes_through_json_and_anys(
    open_request: Callable[[str], Window], name: str, value: object, deepest: str
) -> None:
    window = open_request(name)
    window.read(value)
    window.pages.form.collapse_all()
    assert not window.shows(deepest)
    window.pages.resize(620, 9000)
    window.pages.form.expand_all()
    window.qtbot.waitUntil(lambda: window.shows(deepest))
    window.qtbot.waitUntil(lambda: name != "Any" or window.shows("field:any.x"))


def test_a_mask_that_is_the_request_speaks_of_no_message(qtbot: QtBot, open_request: Callable[[str], Window]) -> None:
    window = open_request("FieldMask")
    qtbot.keyClicks(window.find("field:"), "a.b,cD")
    window.settle()
    assert window.written == "a.b,cD"
    assert not window.shows("field::strange")
    assert not window.shows("field::fields")
    assert window.draft.mistakes == ()


def test_empty_has_nothing_to_fill_in(qtbot: QtBot, theme: Theme, fields_schema: Schema) -> None:
    draft = Draft(fields_schema.descriptor("google.protobuf.Empty"), fields_schema)
    form = RequestForm(draft, theme)
    qtbot.addWidget(form)
    form.show()
    words = [label.text() for label in form.findChildren(QLabel) if label.isVisible()]
    assert "Empty has no fields" in words
    assert draft.serialized() == b""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Struct", {"a": [1, "x", True, None], "b": {}}),
        ("Value", [[], {"k": 1}]),
        ("Any", {"@type": POINT, "x": 1}),
        ("Timestamp", "2026-11-26T10:00:00Z"),
        ("Duration", "5s"),
        ("FieldMask", "a"),
        ("BytesValue", "AA=="),
        ("BoolValue", True),
    ],
)
def test_everything_that_takes_focus_has_a_name(
    open_request: Callable[[str], Window], name: str, value: object
) -> None:
    window = open_request(name)
    window.read(value)
    widgets = window.pages.form.widget().findChildren(QWidget)
    stops = [each for each in widgets if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible()]
    assert stops
    assert [each for each in stops if not each.accessibleName()] == []
