import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

Find = Callable[[str], Any]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def settle(qtbot: QtBot, draft: Draft) -> None:
    with qtbot.waitSignal(draft.changed, timeout=1000):
        pass


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def menu_by_keyboard(qtbot: QtBot, widget: QWidget) -> QMenu:
    """The menu that Shift+F10 opens at the widget, once it is there."""
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_F10, SHIFT)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(qtbot: QtBot, menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text().split("\t")[0] == text)
    assert action.isEnabled()
    menu.setActiveAction(action)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


@pytest.mark.parametrize("name", ["field:id", "field:name", "field:manager", "presence:shoe_size", "add:tags"])
def test_every_row_has_a_menu_by_keyboard(qtbot: QtBot, field: Find, name: str) -> None:
    QGuiApplication.clipboard().setText("1")
    menu = menu_by_keyboard(qtbot, field(name))
    assert {"Copy field path", "Paste JSON"} <= {action.text() for action in menu.actions()}
    menu.close()


def test_json_is_pasted_into_a_field_by_menu(qtbot: QtBot, draft: Draft, field: Find) -> None:
    QGuiApplication.clipboard().setText('{"name": "Grace", "age": 85}')
    choose(qtbot, menu_by_keyboard(qtbot, field("field:manager")), "Paste JSON")
    assert written(draft) == {"manager": {"name": "Grace", "age": 85}}
    draft.undo()
    assert written(draft) == {}


def test_json_that_does_not_fit_is_refused_at_the_field(qtbot: QtBot, draft: Draft, field: Find) -> None:
    QGuiApplication.clipboard().setText('{"age": -5}')
    choose(qtbot, menu_by_keyboard(qtbot, field("field:manager")), "Paste JSON")
    assert "0 is the smallest uint32" in field("mistake:manager").text()
    assert written(draft) == {}
    assert not draft.can_undo()
    qtbot.keyClicks(field("field:name"), "x")
    settle(qtbot, draft)
    assert field("mistake:manager").isHidden()


def test_lines_pasted_into_a_row_become_rows(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("add:tags"), Qt.MouseButton.LeftButton)
    QGuiApplication.clipboard().setText("a\nb\nc\n")
    qtbot.keyClick(field("field:tags[0]"), Qt.Key.Key_V, CTRL)
    assert written(draft) == {"tags": ["a", "b", "c"]}
    assert QApplication.focusWidget().objectName() == "field:tags[2]"
    draft.undo()
    assert written(draft) == {"tags": [""]}


def test_lines_pasted_into_a_text_that_is_being_written_stay_text(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("add:tags"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(field("field:tags[0]"), "x")
    QGuiApplication.clipboard().setText("a\nb")
    qtbot.keyClick(field("field:tags[0]"), Qt.Key.Key_V, CTRL)
    assert written(draft) == {"tags": ["xa\nb"]}


def test_lines_pasted_at_the_button_are_added(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"scores": {"go": 1}}')
    settle(qtbot, draft)
    QGuiApplication.clipboard().setText("a\t1\nb=2\nc: 3")
    field("add:scores").setFocus()
    qtbot.keyClick(field("add:scores"), Qt.Key.Key_V, CTRL)
    assert written(draft) == {"scores": {"go": 1, "a": 1, "b": 2, "c": 3}}
    QGuiApplication.clipboard().setText("d=4\nnonsense")
    qtbot.keyClick(field("add:scores"), Qt.Key.Key_V, CTRL)
    assert "line 2 has no key" in field("mistake:scores").text()


def test_set_to_default_and_reset(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.keyClicks(field("field:shoe_size"), "42")
    choose(qtbot, menu_by_keyboard(qtbot, field("field:shoe_size")), "Set to default")
    assert written(draft) == {"shoeSize": 0}
    choose(qtbot, menu_by_keyboard(qtbot, field("field:shoe_size")), "Reset field")
    assert written(draft) == {}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_set_by_menu(qtbot: QtBot, draft: Draft, field: Find, word: str) -> None:
    choose(qtbot, menu_by_keyboard(qtbot, field("field:ratio")), f"Set to {word}")
    settle(qtbot, draft)
    assert written(draft) == {"ratio": word}
    assert field("field:ratio").text() == word


def drag(qtbot: QtBot, handle: QWidget, to: QWidget, y: int) -> None:
    start = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(handle, start + QPoint(0, 20))
    qtbot.mouseMove(handle, handle.mapFromGlobal(to.mapToGlobal(QPoint(4, y))))


def test_a_row_is_dragged_to_its_place(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"tags": ["a", "b", "c", "d"]}')
    with qtbot.waitSignal(pages.form.arranged):
        settle(qtbot, draft)
    qtbot.waitUntil(lambda: pages.form.is_built)
    handle = field("row:tags[0]").findChild(QWidget, "row:tags[0]")
    drag(qtbot, handle, field("field:tags[2]"), 2)
    assert field("dropLine").isVisible()
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert written(draft) == {"tags": ["b", "a", "c", "d"]}
    assert not field("dropLine").isVisible()
    draft.undo()
    assert written(draft) == {"tags": ["a", "b", "c", "d"]}


def test_escape_leaves_a_dragged_row_where_it_was(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"tags": ["a", "b", "c"]}')
    with qtbot.waitSignal(pages.form.arranged):
        settle(qtbot, draft)
    qtbot.waitUntil(lambda: pages.form.is_built)
    handle = field("row:tags[0]").findChild(QWidget, "row:tags[0]")
    drag(qtbot, handle, field("field:tags[2]"), 20)
    qtbot.keyClick(handle, Qt.Key.Key_Escape)
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert written(draft) == {"tags": ["a", "b", "c"]}


def test_rows_move_across_pages_by_keyboard(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    draft.set_json_text(json.dumps({"tags": [str(number) for number in range(201)]}))
    settle(qtbot, draft)
    qtbot.mouseClick(pages.form.findChild(QWidget, "later:tags"), Qt.MouseButton.LeftButton)
    field("field:tags[200]").setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert written(draft)["tags"][199:] == ["200", "199"]
    assert QApplication.focusWidget().objectName() == "field:tags[199]"


def test_presence_has_three_looks(qtbot: QtBot, draft: Draft, field: Find) -> None:
    toggle = field("presence:shoe_size")
    looks, names = [], []
    for text in ("{}", '{"shoeSize": 0}', '{"shoeSize": 1}'):
        draft.set_json_text(text)
        if text != "{}":
            settle(qtbot, draft)
        looks.append(toggle.grab().toImage())
        names.append(toggle.accessibleName())
    assert names == ["shoe_size is unset", "shoe_size is set to its default, 0", "shoe_size is set"]
    assert looks[0] != looks[1] != looks[2] != looks[0]
    assert "Click to unset" in toggle.toolTip()


def test_a_row_of_an_enum_is_removed_while_the_focus_is_in_it(
    qtbot: QtBot, theme: Theme, fields_schema: Schema
) -> None:
    """A combo box says its text once more when it loses the focus: there is no row any more that could take it."""
    draft = Draft(fields_schema.descriptor("wirelens.demo.fields.v1.Everything"), fields_schema, delay_ms=0)
    draft.set_json_text('{"repeatedPriority": ["PRIORITY_LOW"]}')
    form = RequestForm(draft, theme)
    form.resize(480, 9000)
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    qtbot.waitUntil(lambda: form.findChild(QWidget, "field:repeated_priority[0]") is not None)
    combo = form.findChild(QComboBox, "field:repeated_priority[0]")
    assert combo is not None
    line = combo.lineEdit()
    assert line is not None
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "PRIORITY_HIGH = 3")
    assert written(draft) == {"repeatedPriority": ["PRIORITY_HIGH"]}
    draft.clear()  # as undo or the JSON page may
    settle(qtbot, draft)
    assert written(draft) == {}
