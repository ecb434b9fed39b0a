import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_values import Number
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

Find = Callable[[str], Any]


def settle(qtbot: QtBot, draft: Draft) -> None:
    """Until the change of this turn has reached the form."""
    with qtbot.waitSignal(draft.changed, timeout=1000):
        pass


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def test_typing_in_the_form_shows_in_the_json(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    qtbot.keyClicks(field("field:id"), "9223372036854775807")
    qtbot.keyClicks(field("field:name"), "Ada")
    settle(qtbot, draft)
    assert json.loads(pages.json_page.editor.toPlainText()) == {"name": "Ada", "id": "9223372036854775807"}
    message = draft.message()
    assert message.id == 9223372036854775807  # type: ignore[attr-defined]


def test_json_shows_in_the_form(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    pages.json_page.editor.setPlainText('{"name": "Ada", "age": 36, "priority": "PRIORITY_HIGH", "active": true}')
    settle(qtbot, draft)
    assert field("field:name").toPlainText() == "Ada"
    assert field("field:age").text() == "36"
    assert field("field:priority").currentText() == "PRIORITY_HIGH = 2"
    assert field("field:active:true").isChecked()


def test_another_scale_does_not_write_what_was_shown_into_another_message(
    qtbot: QtBot, draft: Draft, pages: RequestPages, field: Find, theme: Theme
) -> None:
    draft.set_json_text('{"name": "Ada", "extra": {"a": 1}}')
    qtbot.waitUntil(lambda: field("field:name").text() == "Ada")
    draft.take_up(draft.read_history('{"name": "Grace", "extra": {"b": 2}}'))
    theme.set_scale(1.5)
    assert json.loads(draft.json_text()) == {"name": "Grace", "extra": {"b": 2}}
    assert not draft.can_undo()
    qtbot.waitUntil(lambda: field("field:name").text() == "Grace")


def test_unset_says_what_that_means(pages: RequestPages, field: Find) -> None:
    assert field("field:age").placeholderText() == "unset · means 0"
    assert field("field:shoe_size").placeholderText() == "unset · not sent"
    assert field("field:name").placeholderText() == 'unset · means ""'
    assert field("field:priority").lineEdit().placeholderText() == "unset · means PRIORITY_NONE"
    assert field("field:age").property("unset") == "true"


def test_a_number_out_of_range_is_said_under_its_editor(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.keyClicks(field("field:age"), "4294967296")
    settle(qtbot, draft)
    assert field("field:age").property("invalid") == "true"
    assert "4294967295 is the largest uint32" in field("mistake:age").text()
    qtbot.keyClick(field("field:age"), Qt.Key.Key_Backspace)
    settle(qtbot, draft)
    assert field("mistake:age").isHidden()


def test_the_cursor_stays_while_typing_in_the_middle(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_value(("age",), Number("19"))
    draft.set_value(("name",), "Aa")
    settle(qtbot, draft)
    age, name = field("field:age"), field("field:name")
    age.setCursorPosition(1)
    qtbot.keyClicks(age, "00")
    name.moveCursor(name.textCursor().MoveOperation.Right)
    qtbot.keyClicks(name, "d")
    settle(qtbot, draft)
    assert (age.text(), age.cursorPosition()) == ("1009", 3)
    assert (name.toPlainText(), name.textCursor().position()) == ("Ada", 2)


def test_text_that_reads_the_same_is_not_written_over(qtbot: QtBot, draft: Draft, field: Find) -> None:
    ratio = field("field:ratio")
    qtbot.keyClicks(ratio, "+.50")
    settle(qtbot, draft)
    assert ratio.text() == "+.50"
    assert written(draft) == {"ratio": 0.5}


@pytest.mark.parametrize(("typed", "kept"), [("nan", "NaN"), ("-inf", "-Infinity"), ("1e400", 1e400)])
def test_floats_beyond_numbers(qtbot: QtBot, draft: Draft, field: Find, typed: str, kept: object) -> None:
    qtbot.keyClicks(field("field:ratio"), typed)
    assert written(draft) == {"ratio": kept}
    assert bool(draft.mistake_at(("ratio",))) == (typed == "1e400")


def test_presence_is_switched_beside_the_editor(qtbot: QtBot, draft: Draft, field: Find) -> None:
    toggle = field("presence:shoe_size")
    assert not toggle.isChecked()
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert written(draft) == {"shoeSize": 0}
    assert field("field:shoe_size").text() == "0"
    qtbot.keyClicks(field("field:shoe_size"), "42")
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert written(draft) == {}
    assert field("field:shoe_size").text() == ""
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert field("field:shoe_size").text() in ("042", "420", "42")
    assert pages_have_no_toggle(field, "age")


def pages_have_no_toggle(field: Find, name: str) -> bool:
    with pytest.raises(AssertionError):
        field(f"presence:{name}")
    return True


def test_a_oneof_is_a_choice_that_keeps_what_was_typed(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("member:email"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(field("field:email"), "a@b.org")
    qtbot.mouseClick(field("member:badge"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"badge": "0"}
    qtbot.mouseClick(field("member:email"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"email": "a@b.org"}
    assert field("field:email").isVisible()
    assert not field("field:badge").isVisible()
    qtbot.mouseClick(field("member:contact:none"), Qt.MouseButton.LeftButton)
    assert written(draft) == {}


def test_rows_by_button(qtbot: QtBot, draft: Draft, field: Find) -> None:
    for text in ("a", "b"):
        qtbot.mouseClick(field("add:tags"), Qt.MouseButton.LeftButton)
        qtbot.keyClicks(QApplication.focusWidget(), text)
    assert written(draft) == {"tags": ["a", "b"]}
    qtbot.mouseClick(field("remove:tags[0]"), Qt.MouseButton.LeftButton)
    assert written(draft) == {"tags": ["b"]}
    assert field("field:tags[0]").toPlainText() == "b"


def test_rows_by_keyboard(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"tags": ["a", "b", "c"]}')
    settle(qtbot, draft)
    field("field:tags[0]").setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert written(draft) == {"tags": ["b", "a", "c"]}
    assert QApplication.focusWidget().objectName() == "field:tags[1]"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert written(draft) == {"tags": ["b", "a", "a", "c"]}
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert written(draft) == {"tags": ["b", "c", "a"]}


def test_map_rows_and_doubled_keys(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("add:scores"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(QApplication.focusWidget(), "go")
    qtbot.mouseClick(field("add:scores"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(QApplication.focusWidget(), "go")
    settle(qtbot, draft)
    assert field("field:scores[0]:key").property("invalid") == "true"
    assert field("mistake:scores[1]").text() == "another row has this key"
    qtbot.keyClicks(field("field:scores[1]:key"), "2")
    settle(qtbot, draft)
    assert written(draft) == {"scores": {"go": 0, "go2": 0}}
    assert field("mistake:scores[1]").isHidden()


def test_nested_messages_unfold_to_any_depth(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    place = "manager"
    for _ in range(6):
        head = field(f"field:{place}")
        if not head.isVisible() or field_is_folded(field, place):
            qtbot.mouseClick(head, Qt.MouseButton.LeftButton)
        place += ".manager"
        qtbot.waitUntil(lambda name=place: has(field, f"field:{name}"))
        pages.form.ensureWidgetVisible(field(f"field:{place}"))
    qtbot.keyClicks(field("field:manager.manager.manager.manager.name"), "x")
    assert written(draft) == {"manager": {"manager": {"manager": {"manager": {"name": "x"}}}}}


def has(field: Find, name: str) -> bool:
    try:
        field(name)
    except AssertionError:
        return False
    return True


def field_is_folded(field: Find, place: str) -> bool:
    return not has(field, f"field:{place}.name") or not field(f"field:{place}.name").isVisible()


def test_what_lies_too_deep_for_the_width_is_scrolled_to(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    assert pages.form.horizontalScrollBar().maximum() == 0
    pages.resize(320, 700)
    path = "manager"
    for _ in range(11):
        qtbot.waitUntil(lambda place=path: has(field, f"field:{place}"))
        pages.form.ensureWidgetVisible(field(f"field:{path}"))
        qtbot.keyClick(field(f"field:{path}"), Qt.Key.Key_Right)
        path += ".manager"
    name = field(f"field:{path.rpartition('.')[0]}.name")

    def is_in_sight() -> bool:
        pages.form.ensureWidgetVisible(name)
        right = name.mapTo(pages.form.viewport(), name.rect().topRight()).x()
        return pages.form.horizontalScrollBar().isVisible() and 0 < right < pages.form.viewport().width()

    qtbot.waitUntil(is_in_sight)


def test_looking_into_an_unset_message_sets_nothing(qtbot: QtBot, draft: Draft, field: Find) -> None:
    qtbot.mouseClick(field("field:manager"), Qt.MouseButton.LeftButton)
    assert field("field:manager.name").isVisible()
    assert written(draft) == {}


def test_messages_unfold_and_fold_by_keyboard(qtbot: QtBot, draft: Draft, field: Find) -> None:
    head = field("field:manager")
    for key, is_open in (
        (Qt.Key.Key_Right, True),
        (Qt.Key.Key_Right, True),
        (Qt.Key.Key_Left, False),
        (Qt.Key.Key_Return, True),
        (Qt.Key.Key_Space, False),
    ):
        qtbot.keyClick(head, key)
        assert field("field:manager.name").isVisible() == is_open


def test_an_enum_takes_names_numbers_and_numbers_without_a_name(qtbot: QtBot, draft: Draft, field: Find) -> None:
    priority = field("field:priority")
    line = priority.lineEdit()
    qtbot.keyClicks(line, "PRIORITY_LOW")
    assert written(draft) == {"priority": "PRIORITY_LOW"}
    line.selectAll()
    qtbot.keyClicks(line, "2")
    assert written(draft) == {"priority": "PRIORITY_HIGH"}
    line.selectAll()
    qtbot.keyClicks(line, "77")
    assert written(draft) == {"priority": 77}
    assert draft.message().priority == 77  # type: ignore[attr-defined]
    line.selectAll()
    qtbot.keyClicks(line, "URGENT")
    settle(qtbot, draft)
    assert field("mistake:priority").isVisible()
    assert line.text() == "URGENT"


def test_strings_grow_with_their_lines(qtbot: QtBot, draft: Draft, field: Find) -> None:
    name = field("field:name")
    before = name.height()
    qtbot.keyClicks(name, "one")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.keyClicks(name, "two")
    assert written(draft) == {"name": "one\ntwo"}
    assert name.height() > before


def test_a_text_as_no_document_would_keep_it(qtbot: QtBot, draft: Draft, field: Find) -> None:
    draft.set_value(("name",), "no\u00a0break")
    settle(qtbot, draft)
    qtbot.keyClicks(field("field:name"), "!")
    assert draft.value(("name",)) == "!no\u00a0break"


def test_tab_goes_through_the_rows_as_they_are_seen(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    qtbot.mouseClick(field("field:manager"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field("add:tags"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(pages.form.arranged):
        pass
    field("field:name").setFocus()
    seen = []
    for _ in range(14):
        seen.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    wanted = ["field:name", "field:id", "field:age", "presence:shoe_size", "field:shoe_size", "field:tags[0]"]
    assert seen[: len(wanted)] == wanted
    assert seen.index("add:tags") < seen.index("presence:manager") < seen.index("field:manager")
    assert seen.index("field:manager") < seen.index("field:manager.name")


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, draft: Draft, pages: RequestPages) -> None:
    draft.fill_example()
    with qtbot.waitSignal(pages.form.arranged):
        pass
    nameless = [
        widget
        for widget in pages.form.widget().findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not widget.accessibleName()
    ]
    assert nameless == []


def test_broken_json_greys_the_form_and_says_where(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    draft.set_value(("name",), "Ada")
    settle(qtbot, draft)
    draft.set_json_text('{"name": "Grace",\n "id": }')
    settle(qtbot, draft)
    message = pages.form.findChild(InlineMessage)
    assert message is not None
    assert message.text.startswith("The JSON has a mistake at 2:8")
    assert not field("field:name").isEnabled()
    assert field("field:name").toPlainText() == "Ada"
    message.acted.emit()
    assert pages.tabs.currentWidget() is pages.json_page
    assert pages.json_page.editor.textCursor().blockNumber() == 1
    draft.set_json_text('{"name": "Grace"}')
    settle(qtbot, draft)
    assert field("field:name").isEnabled()
    assert message.isHidden()


def test_a_name_that_is_no_field_is_said_above_the_form(qtbot: QtBot, pages: RequestPages, draft: Draft) -> None:
    draft.set_json_text('{"nmae": "Ada"}')
    settle(qtbot, draft)
    message = pages.form.findChild(InlineMessage)
    assert message is not None
    assert message.isVisible()
    assert "nmae" in message.text


def test_undo_in_an_editor_is_the_drafts(qtbot: QtBot, draft: Draft, pages: RequestPages, field: Find) -> None:
    for name, text in (("field:name", "Ada"), ("field:age", "36")):
        field(name).setFocus()
        qtbot.keyClicks(field(name), text)
    settle(qtbot, draft)
    qtbot.keyClick(field("field:age"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, draft)
    assert written(draft) == {"name": "Ada"}
    assert field("field:age").text() == ""
    field("field:name").setFocus()
    qtbot.keyClick(field("field:name"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, draft)
    assert written(draft) == {}
    qtbot.keyClick(
        field("field:name"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert written(draft) == {"name": "Ada"}


def test_a_field_can_be_copied_and_reset(qtbot: QtBot, draft: Draft, pages: RequestPages) -> None:
    from PySide6.QtWidgets import QMenu

    from wirelens.widgets.request.field_menu import add_field_actions

    def refused(path: Path, sentence: str) -> None:
        raise AssertionError(sentence)

    draft.set_json_text('{"manager": {"name": "Grace"}, "id": "7"}')
    for path, label, copied in (
        (("id",), "Copy value", "7"),
        (("id",), "Copy as JSON", '"7"'),
        (("manager", "name"), "Copy field path", "manager.name"),
    ):
        menu = QMenu(pages)
        add_field_actions(menu, draft, path, refused)
        next(action for action in menu.actions() if action.text() == label).trigger()
        assert QGuiApplication.clipboard().text() == copied
    menu = QMenu(pages)
    add_field_actions(menu, draft, ("manager",), refused)
    next(action for action in menu.actions() if action.text() == "Reset field").trigger()
    assert written(draft) == {"id": "7"}


def test_only_what_is_seen_is_built(qtbot: QtBot, theme: Theme, person: Descriptor, person_schema: Schema) -> None:
    draft = Draft(person, person_schema)
    draft.set_json_text(json.dumps({"numbers": list(range(5000))}))
    form = RequestForm(draft, theme)
    form.resize(480, 600)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.arranged):
        form.show()
    assert len(form.findChildren(QLineEdit)) < 150
    numbers = draft.value(("numbers",))
    assert isinstance(numbers, ListValue)
    assert len(numbers.items) == 5000

    def reached_the_end() -> bool:
        form.verticalScrollBar().setValue(form.verticalScrollBar().maximum())
        return form.findChild(QWidget, "field:numbers[199]") is not None

    qtbot.waitUntil(reached_the_end, timeout=5000)
    assert form.findChild(QWidget, "field:numbers[100]") is None
    assert form.findChild(QWidget, "field:numbers[200]") is None


def test_a_new_schema_builds_the_form_anew(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, newer_schema: Schema
) -> None:
    qtbot.keyClicks(field("field:name"), "Ada")
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    settle(qtbot, draft)
    qtbot.waitUntil(lambda: has(field, "field:years"))
    assert field("field:name").toPlainText() == "Ada"


def test_another_scale_lays_the_form_out_anew(
    qtbot: QtBot, theme: Theme, pages: RequestPages, draft: Draft, field: Find
) -> None:
    qtbot.keyClicks(field("field:name"), "Ada")
    before = field("field:name").height()
    theme.set_scale(2.0)
    qtbot.waitUntil(lambda: has(field, "field:name") and field("field:name").height() > 1.7 * before)
    assert field("field:name").toPlainText() == "Ada"
    theme.set_choice("dark")
    assert field("field:name").toPlainText() == "Ada"


@pytest.mark.parametrize("name", ["Everything", "Proto2Everything", "EditionsEverything"])
def test_every_kind_of_field_can_be_shown(qtbot: QtBot, theme: Theme, fields_schema: Schema, name: str) -> None:
    draft = Draft(fields_schema.descriptor(f"wirelens.demo.fields.v1.{name}"), fields_schema)
    draft.fill_example()
    before = draft.serialized()
    form = RequestForm(draft, theme)
    form.resize(480, 8000)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.arranged):
        form.show()
    form.refresh()
    assert draft.serialized() == before
    editors = [widget.objectName() for widget in form.findChildren(QWidget) if widget.isVisible()]
    shown = {re.split(r"[:.\[]", name)[1] for name in editors if ":" in name}
    assert [field.name for field in draft.descriptor.fields if field.name not in shown] == []
