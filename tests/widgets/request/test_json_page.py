import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from wirelens.presentation.draft import Draft
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

Find = Callable[[str], Any]


@pytest.fixture
def editor(pages: RequestPages) -> JsonEditor:
    pages.tabs.setCurrentWidget(pages.json_page)
    pages.json_page.editor.setFocus()
    return pages.json_page.editor


def underlined(editor: JsonEditor) -> list[str]:
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    return [mark.cursor.selectedText() for mark in editor.extraSelections() if mark.format.underlineStyle() == wave]


def pasted(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def write(qtbot: QtBot, draft: Draft, editor: JsonEditor, text: str) -> None:
    editor.setPlainText(text)
    with qtbot.waitSignal(draft.changed):
        pass


def test_a_mistake_is_underlined_where_it_is_and_said_below(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor
) -> None:
    write(qtbot, draft, editor, '{"name": "🙂", "nmae": 1,\n "age": -1}')
    assert underlined(editor) == ['"nmae"', "-1"]
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    assert verdict.text().startswith("1:15  Person has no field 'nmae'; did you mean name?")
    assert "2 mistakes" in verdict.text()
    editor.moveCursor(QTextCursor.MoveOperation.End)
    assert "0 is the smallest uint32" in verdict.text()
    write(qtbot, draft, editor, '{"name": "🙂"}')
    assert underlined(editor) == []
    assert verdict.text() == ""


def test_what_was_found_in_a_longer_text_is_not_marked_behind_the_end(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor, theme: Theme, qtlog: Any
) -> None:
    write(qtbot, draft, editor, '{"name": "tat",\n"nick": "tatat"}')
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    pages.json_page.find_bar.open("t")
    editor.setPlainText('{"name": "t"}')
    theme.set_choice("dark")
    pages.json_page.find_bar.next_requested.emit()
    assert editor.textCursor().selectedText() == "t"
    assert [record.message for record in qtlog.records if "out of range" in record.message] == []


def test_show_puts_the_cursor_on_the_mistake(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor
) -> None:
    write(qtbot, draft, editor, '{"name": "🙂", "age": -1}')
    button = next(each for each in pages.json_page.findChildren(QPushButton) if each.text() == "Show")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.toPlainText()[editor.textCursor().position() - 1 :].lstrip().startswith("-1")


def test_broken_text_stays_and_its_end_is_marked(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    write(qtbot, draft, editor, '{"name": "Ada"')
    assert editor.toPlainText() == '{"name": "Ada"'
    assert len(underlined(editor)) == 1


def test_the_cursor_stays_when_the_form_is_edited(qtbot: QtBot, draft: Draft, editor: JsonEditor, field: Find) -> None:
    draft.set_json_text('{\n  "name": "Ada",\n  "tags": [\n    "a"\n  ]\n}')
    with qtbot.waitSignal(draft.changed):
        pass
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index('"a"'))
    editor.setTextCursor(cursor)
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("name",), "Ada Lovelace 🙂")
    assert editor.toPlainText()[editor.textCursor().position() - 1 :].startswith('"a"')
    assert json.loads(editor.toPlainText())["name"] == "Ada Lovelace 🙂"
    cursor.setPosition(5)
    editor.setTextCursor(cursor)
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("tags", 0), "b")
    assert editor.textCursor().position() == 5


def test_undo_in_the_text_is_the_drafts(qtbot: QtBot, draft: Draft, editor: JsonEditor, field: Find) -> None:
    draft.set_value(("name",), "Ada")
    write(qtbot, draft, editor, '{"name": "Ada", "id": 1}')
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert draft.json_text() == '{\n  "name": "Ada"\n}'
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert draft.json_text() == "{}"


def test_format(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    write(qtbot, draft, editor, '{"name":"Ada","tags":["a"]}')
    qtbot.keyClick(editor, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(draft.changed):
        pass
    assert editor.toPlainText() == '{\n  "name": "Ada",\n  "tags": [\n    "a"\n  ]\n}'


def test_find(qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor) -> None:
    write(qtbot, draft, editor, '{"name": "Ada"}')
    qtbot.keyClick(editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = pages.json_page.find_bar
    assert bar.isVisible()
    qtbot.keyClicks(bar.query_edit, "ada")
    assert editor.textCursor().selectedText() == "Ada"


def test_lines_are_indented_as_they_are_typed(qtbot: QtBot, editor: JsonEditor) -> None:
    editor.setPlainText("{}")
    cursor = editor.textCursor()
    cursor.setPosition(1)
    editor.setTextCursor(cursor)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, '"tags": [')
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, '"a"')
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "]")
    assert editor.toPlainText() == '{\n  "tags": [\n    "a"\n  ]\n}'


def test_brackets_find_their_partners(qtbot: QtBot, editor: JsonEditor) -> None:
    text = '{\n  "a": "}]",\n  "b": [1]\n}'
    editor.setPlainText(text)
    for place, partner in ((0, text.rindex("}")), (len(text), 0), (text.index("[1"), text.index("]\n"))):
        cursor = editor.textCursor()
        cursor.setPosition(place)
        editor.setTextCursor(cursor)
        marked = {mark.cursor.selectionStart() for mark in editor.extraSelections() if mark.cursor.hasSelection()}
        assert partner in marked


def test_a_very_long_line_is_indented_when_pasted(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    data = QMimeData()
    data.setText(json.dumps({"numbers": list(range(3000))}))
    editor.selectAll()
    editor.insertFromMimeData(data)
    assert editor.blockCount() > 3000
    assert json.loads(draft.json_text()) == {"numbers": list(range(3000))}


def test_long_bytes_are_cut_in_the_text_and_whole_in_the_draft(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("avatar",), "QUJD" * 50_000)
    assert len(editor.toPlainText()) < 200
    cursor = editor.textCursor()
    cursor.setPosition(1)
    editor.setTextCursor(cursor)
    qtbot.keyClicks(editor, '"name": "Ada",')
    assert draft.message().avatar == b"ABC" * 50_000  # type: ignore[attr-defined]
    assert draft.value(("name",)) == "Ada"


def test_the_keyboard_is_not_trapped(qtbot: QtBot, editor: JsonEditor) -> None:
    editor.setPlainText("")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == "  "
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert not editor.hasFocus()


def test_no_break_spaces_survive_the_editor(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    typed = '{"name": "a\u00a0b"}'
    editor.setPlainText(typed)
    assert draft.json_text() == typed


def test_colours_go_to_the_lines_in_sight_only(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    editor.setPlainText(json.dumps({"numbers": list(range(2000))}, indent=2))
    qtbot.waitUntil(lambda: bool(editor.document().firstBlock().next().layout().formats()))
    assert not editor.document().lastBlock().previous().layout().formats()
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.waitUntil(lambda: bool(editor.document().lastBlock().previous().previous().layout().formats()))


def test_line_ends_of_other_systems_are_lines_like_any(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    draft.set_json_text('{\r\n  "name": "Ada",\r\n  "agee": 1\r\n}')
    for _ in range(2):
        with qtbot.waitSignal(draft.changed):
            draft.changed.emit()
    assert editor.toPlainText() == '{\n  "name": "Ada",\n  "agee": 1\n}'
    assert underlined(editor) == ['"agee"']


def test_a_long_text_is_written_when_the_page_is_looked_at(qtbot: QtBot, pages: RequestPages, draft: Draft) -> None:
    editor = pages.json_page.editor
    names = [f"name {number}" for number in range(20_000)]
    with qtbot.waitSignal(draft.changed):
        draft.set_json_text(json.dumps({"nicknames": names}, indent=1))
    assert "name 0" not in editor.toPlainText()
    pages.tabs.setCurrentWidget(pages.json_page)
    qtbot.waitUntil(lambda: editor.toPlainText() == draft.json_text())


ENDS_OF_LINES = '{\u2029\n  // \u2028 here\n  "name": "a\u2028b\u2029c\ufdd0\ufdd1\u00a0d"\n}'


def test_characters_that_a_document_takes_for_line_ends_survive_an_edit(
    qtbot: QtBot, draft: Draft, editor: JsonEditor
) -> None:
    draft.set_json_text(ENDS_OF_LINES)
    qtbot.waitUntil(lambda: editor.shown.text == ENDS_OF_LINES)
    assert editor.blockCount() == 4
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(editor, " ")
    assert draft.json_text() == ENDS_OF_LINES + " "


@pytest.mark.parametrize("times", [1, 10_000])
def test_they_are_pasted_and_copied_as_they_are(qtbot: QtBot, draft: Draft, editor: JsonEditor, times: int) -> None:
    text = ENDS_OF_LINES * times
    editor.selectAll()
    editor.insertFromMimeData(pasted(text))
    assert draft.json_text() == text
    editor.shown.finish()
    editor.selectAll()
    editor.copy()
    assert QGuiApplication.clipboard().text() == text
    qtbot.keyClicks(editor, "x")
    assert draft.json_text() == "x"


def test_a_paste_right_after_typing_is_undone_by_itself(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    editor.selectAll()
    qtbot.keyClicks(editor, "typed")
    typed = draft.json_text()
    editor.selectAll()
    editor.insertFromMimeData(pasted('{"name": "pasted"}'))
    qtbot.keyClicks(editor, " //")
    assert draft.json_text() == '{"name": "pasted"} //'
    draft.undo()
    assert draft.json_text() == '{"name": "pasted"}'
    draft.undo()
    assert draft.json_text() == typed == "typed"
    draft.undo()
    assert draft.json_text() == "{}", "what was typed is one step"


@pytest.mark.parametrize("button", ["Replace", "Replace all"])
def test_what_is_replaced_right_after_typing_is_undone_by_itself(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor, button: str
) -> None:
    editor.selectAll()
    qtbot.keyClicks(editor, "say so")
    qtbot.keyClick(editor, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    bar = pages.json_page.find_bar
    qtbot.keyClicks(bar.query_edit, "say")
    bar.replacement_edit.setText("do")
    found = next(each for each in bar.findChildren(QPushButton) if each.text() == button)
    qtbot.waitUntil(found.isEnabled)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: draft.json_text() == "do so")
    draft.undo()
    assert draft.json_text() == "say so"
