"""The JSON editor by keyboard and mouse: completion, documentation, folding, pairs, edits of lines."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from wirelens.presentation.draft import Draft
from wirelens.widgets.request.completion_list import CompletionList
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.request.json_gutter import JsonGutter
from wirelens.widgets.request.note_card import NoteCard
from wirelens.widgets.request.request_pages import RequestPages

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CONTROL_SHIFT = Modifier.ControlModifier | Modifier.ShiftModifier
NESTED = '{\n  "tags": [\n    "a",\n    "b"\n  ],\n  "manager": {\n    "name": "Ada"\n  }\n}'


@pytest.fixture
def editor(pages: RequestPages) -> JsonEditor:
    pages.tabs.setCurrentWidget(pages.json_page)
    pages.json_page.editor.setFocus()
    return pages.json_page.editor


@pytest.fixture
def completions(pages: RequestPages, editor: JsonEditor) -> CompletionList:
    return editor.assist.list


def put(editor: JsonEditor, marked: str) -> None:
    """Make `marked` the text, the cursor at its `|`; between two of them stands the selection."""
    parts = marked.split("|")
    editor.setPlainText("".join(parts))
    cursor = editor.textCursor()
    cursor.setPosition(len(parts[0]))
    if len(parts) == 3:
        cursor.setPosition(len(parts[0]) + len(parts[1]), cursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def shown(editor: JsonEditor) -> str:
    """The text with the cursor as `|`."""
    text, place = editor.toPlainText(), editor.textCursor().position()
    return f"{text[:place]}|{text[place:]}"


def visible_lines(editor: JsonEditor) -> list[int]:
    document = editor.document()
    return [number for number in range(document.blockCount()) if document.findBlockByNumber(number).isVisible()]


def labels(completions: CompletionList) -> list[str]:
    return [entry.label for entry in completions.entries] if completions.is_open else []


# -- completion


def test_a_field_is_offered_while_it_is_typed_and_inserted_with_what_belongs_to_it(
    qtbot: QtBot, draft: Draft, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, "{|}")
    qtbot.keyClicks(editor, '"na')
    assert completions.isVisible()
    assert labels(completions)[0] == "name"
    qtbot.keyClick(editor, Key.Key_Return)
    assert shown(editor) == '{"name": "|"}'
    assert not completions.is_open
    qtbot.keyClicks(editor, 'Ada"')
    assert shown(editor) == '{"name": "Ada"|}'
    assert draft.value(("name",)) == "Ada"


def test_an_enum_is_offered_at_once_behind_its_field(
    qtbot: QtBot, draft: Draft, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, "{|}")
    qtbot.keyClicks(editor, '"prio')
    qtbot.keyClick(editor, Key.Key_Tab)
    assert labels(completions) == ["PRIORITY_NONE", "PRIORITY_LOW", "PRIORITY_HIGH"]
    qtbot.keyClick(editor, Key.Key_Down)
    qtbot.keyClick(editor, Key.Key_Down)
    qtbot.keyClick(editor, Key.Key_Return)
    assert shown(editor) == '{"priority": "PRIORITY_HIGH"|}'


def test_control_space_asks_and_escape_closes_the_list_only(
    qtbot: QtBot, pages: RequestPages, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, "{|}")
    heard: list[int] = []  # keys that the editor leaves to others
    pages.keyPressEvent = lambda event: heard.append(event.key())  # type: ignore[method-assign]
    qtbot.keyClick(editor, Key.Key_Space, Modifier.ControlModifier)
    assert "name" in labels(completions)
    qtbot.keyClick(editor, Key.Key_Escape)
    assert not completions.is_open
    assert Key.Key_Escape not in heard
    qtbot.keyClick(editor, Key.Key_Escape)
    assert Key.Key_Escape in heard
    assert shown(editor) == "{|}"


def test_the_list_follows_what_is_typed_and_closes_where_nothing_fits(
    qtbot: QtBot, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, "{|}")
    qtbot.keyClicks(editor, '"s')
    assert {"shoeSize", "scores"} <= set(labels(completions))
    qtbot.keyClicks(editor, "co")
    assert labels(completions)[0] == "scores"
    qtbot.keyClicks(editor, "zzz")
    assert not completions.is_open
    for _ in range(3):
        qtbot.keyClick(editor, Key.Key_Backspace)
    qtbot.keyClicks(editor, "r")
    assert labels(completions)[0] == "scores"


def test_a_click_accepts(qtbot: QtBot, editor: JsonEditor, completions: CompletionList) -> None:
    put(editor, "{|}")
    qtbot.keyClicks(editor, '"a')
    row = labels(completions).index("active")
    area = completions.list.visualRect(completions.list.model().index(row, 0))
    qtbot.mouseClick(completions.list.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert shown(editor) == '{"active": |}'
    assert editor.hasFocus()


def test_the_choice_is_explained_beside_the_list(qtbot: QtBot, editor: JsonEditor, completions: CompletionList) -> None:
    put(editor, "{|}")
    qtbot.keyClicks(editor, '"nam')
    card = editor.assist.card
    assert card.isVisible()
    assert "The name in full." in card.text
    assert not card.geometry().intersects(completions.geometry())
    qtbot.keyClick(editor, Key.Key_Escape)
    assert not card.isVisible()


def test_what_is_written_in_full_takes_enter_for_a_new_line(
    qtbot: QtBot, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, '{"active": |}')
    qtbot.keyClicks(editor, "true")
    assert not completions.is_open
    qtbot.keyClick(editor, Key.Key_Return)
    assert shown(editor) == '{"active": true\n|}'


def test_the_list_goes_with_the_editors_focus_and_place(
    qtbot: QtBot, pages: RequestPages, editor: JsonEditor, completions: CompletionList
) -> None:
    put(editor, '{,\n"id": 1}|')
    elsewhere = editor.cursorRect().center()
    for leave in (
        lambda: qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=elsewhere),
        lambda: pages.tabs.setCurrentWidget(pages.form),
    ):
        pages.tabs.setCurrentWidget(pages.json_page)
        editor.setFocus()
        put(editor, '{|,\n"id": 1}')
        qtbot.keyClick(editor, Key.Key_Space, Modifier.ControlModifier)
        assert completions.is_open
        leave()
        assert not completions.is_open


# -- documentation


def hover(editor: JsonEditor, word: str) -> NoteCard:
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index(word) + 1)
    point = editor.cursorRect(cursor).center() + QPoint(1, 0)
    place = editor.viewport().mapToGlobal(point)
    QApplication.sendEvent(editor.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, place))
    return editor.assist.card


def test_the_mouse_asks_for_documentation(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, '|{"age": 1, "priority": "PRIORITY_HIGH", "nothing": 2}')
    card = hover(editor, "age")
    assert card.isVisible()
    assert "age  uint32" in card.text
    assert "field 3 · 0 to 4294967295" in card.text
    assert "Priority = 2" in hover(editor, "PRIORITY_HIGH").text
    qtbot.mouseMove(editor.viewport(), QPoint(300, 300))
    assert not card.isVisible()


def test_a_mistake_under_the_mouse_is_said_first(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    put(editor, '|{"age": -17}')
    with qtbot.waitSignal(draft.changed):
        pass
    lines = hover(editor, "-17").text.split("\n")
    assert "smallest" in lines[0]
    assert lines[1] == "age  uint32"


def test_the_keyboard_asks_for_documentation(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, '{"na|me": "Ada"}')
    card = editor.assist.card
    qtbot.keyClick(editor, Key.Key_Space, CONTROL_SHIFT)
    assert "The name in full." in card.text
    assert card.isVisible()
    qtbot.keyClick(editor, Key.Key_Escape)
    assert not card.isVisible()


# -- folding


def test_keys_fold_and_unfold(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, NESTED.replace('"a"', '|"a"'))
    qtbot.keyClick(editor, Key.Key_BracketLeft, CONTROL_SHIFT)
    assert visible_lines(editor) == [0, 1, 5, 6, 7, 8]
    assert editor.folding.placeholder_text(1) == "… 3 lines ],"
    assert editor.textCursor().blockNumber() == 1
    assert editor.toPlainText() == NESTED
    qtbot.keyClick(editor, Key.Key_Down)
    assert editor.textCursor().blockNumber() == 5
    qtbot.keyClick(editor, Key.Key_Up)
    assert editor.textCursor().blockNumber() == 1
    qtbot.keyClick(editor, Key.Key_BracketRight, CONTROL_SHIFT)
    assert visible_lines(editor) == list(range(9))


def test_all_is_folded_and_unfolded(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "|" + NESTED)
    modifiers = CONTROL_SHIFT | Modifier.AltModifier
    qtbot.keyClick(editor, Key.Key_BracketLeft, modifiers)
    assert visible_lines(editor) == [0, 1, 5, 8]
    qtbot.keyClick(editor, Key.Key_BracketRight, modifiers)
    assert visible_lines(editor) == list(range(9))


MANY = '{\n  "tags": [\n' + '    "a",\n' * 20_000 + '    "b"\n  ]\n}'


def test_many_lines_are_folded_in_slices(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "|" + MANY)
    qtbot.waitUntil(lambda: editor.folding.fold(1))
    assert editor.folding.is_laying_out
    qtbot.waitUntil(lambda: not editor.folding.is_laying_out)
    assert visible_lines(editor) == [0, 1, 20_004]
    assert editor.folding.unfold(1)
    qtbot.waitUntil(lambda: not editor.folding.is_laying_out)
    assert visible_lines(editor) == list(range(20_005))
    assert editor.viewport().updatesEnabled()


def test_who_goes_on_while_many_lines_are_folded_finds_them_folded(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "|" + MANY)
    qtbot.waitUntil(lambda: editor.folding.fold(1))
    qtbot.keyClick(editor, Key.Key_Down)
    assert not editor.folding.is_laying_out
    assert visible_lines(editor) == [0, 1, 20_004]
    editor.folding.unfold(1)
    editor.folding.fold(1)
    editor.setPlainText("{}")
    assert visible_lines(editor) == [0]
    assert not editor.folding.is_laying_out
    assert editor.viewport().updatesEnabled()


def test_the_gutter_folds_and_a_click_on_the_dots_unfolds(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "|" + NESTED)
    gutter = editor.findChild(JsonGutter)
    assert gutter is not None
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=gutter.fold_mark(1).center())
    assert editor.folding.folded == [1]
    cursor = editor.textCursor()
    cursor.setPosition(NESTED.index("[") + 1)
    behind = editor.cursorRect(cursor).center() + QPoint(30, 0)
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=behind)
    assert editor.folding.folded == []
    assert visible_lines(editor) == list(range(9))


def test_folds_survive_edits_elsewhere(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    put(editor, NESTED.replace("{\n", "{|\n", 1))
    editor.folding.fold(1)
    editor.folding.fold(5)
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.keyClicks(editor, '"name": "x",')
    assert editor.folding.folded == [2, 6]
    assert visible_lines(editor) == [0, 1, 2, 6, 9]
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("manager", "name"), "Grace")
    assert "Grace" in editor.toPlainText()
    assert editor.folding.folded == [2, 6]
    assert visible_lines(editor) == [0, 1, 2, 6, 9]


def test_what_is_rewritten_as_it_was_stays_folded(editor: JsonEditor) -> None:
    put(editor, "|" + NESTED)
    editor.folding.fold(5)
    cursor = editor.textCursor()
    cursor.select(cursor.SelectionType.Document)
    cursor.insertText(NESTED)
    assert editor.folding.folded == [5]
    assert visible_lines(editor) == [0, 1, 2, 3, 4, 5, 8]


def test_lines_that_come_into_a_fold_are_hidden(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    put(editor, "|" + NESTED)
    editor.folding.fold(1)
    with qtbot.waitSignal(draft.changed):
        draft.add_row(("tags",), 1, "new")
    assert '"new"' in editor.toPlainText()
    assert visible_lines(editor) == [0, 1, 6, 7, 8, 9]


def test_what_is_searched_or_wrong_is_unfolded(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor
) -> None:
    put(editor, "|" + NESTED.replace('"Ada"', "17"))
    with qtbot.waitSignal(draft.changed):
        pass
    editor.folding.fold_all()
    gutter = editor.findChild(JsonGutter)
    assert gutter is not None
    assert 5 in gutter.marked_lines
    pages.json_page.show_mistake()
    assert editor.folding.folded == [1]
    qtbot.keyClick(editor, Key.Key_F, Modifier.ControlModifier)
    qtbot.keyClicks(pages.json_page.find_bar.query_edit, '"b"')
    assert editor.folding.folded == []


# -- pairs


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("|", "{", "{|}"),
        ("|", "{}", "{}|"),
        ('{"a": |}', "[", '{"a": [|]}'),
        ('{"a": |}', '"', '{"a": "|"}'),
        ('{"a": |}', '"b"', '{"a": "b"|}'),
        ('{"a": |}', '"b\\""', '{"a": "b\\""|}'),
        ('{"a": "|"}', "{", '{"a": "{|"}'),
        ('{"a": |1}', "[", '{"a": [|1}'),
        ('{"a": "b|}', '"', '{"a": "b"|}'),
        ("{|}", "}", "{}|}"),
        ('{"a": "b|"}', '"', '{"a": "b"|"}'),
        ("// |", '{"', '// {"|'),
        ("/* |", '{"', '/* {"|'),
        ("{} // a\n|", "[", "{} // a\n[|]"),
        ('{"a": |b|}', "[", '{"a": [b|]}'),
        ('{"a": |b|}', '"', '{"a": "b|"}'),
    ],
)
def test_pairs(qtbot: QtBot, editor: JsonEditor, before: str, typed: str, after: str) -> None:
    put(editor, before)
    for letter in typed:
        qtbot.keyClicks(editor, letter)
        editor.assist.put_away()
    assert shown(editor) == after


def test_backspace_takes_back_a_pair_that_came_by_itself_only(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "|")
    qtbot.keyClicks(editor, "[")
    qtbot.keyClick(editor, Key.Key_Backspace)
    assert shown(editor) == "|"
    put(editor, "[|]")
    qtbot.keyClick(editor, Key.Key_Backspace)
    assert shown(editor) == "|]"


# -- lines


@pytest.mark.parametrize(
    ("before", "key", "modifiers", "after"),
    [
        ("{\n  |1,\n\n  2|\n}", Key.Key_Slash, Modifier.ControlModifier, "{\n  // 1,\n\n  // 2\n}"),
        ("{\n  // |1,\n  //2|\n}", Key.Key_Slash, Modifier.ControlModifier, "{\n  1,\n  2\n}"),
        ("a\n|b\nc|\nd", Key.Key_Up, Modifier.AltModifier, "b\nc\na\nd"),
        ("a\n|b\nc|\nd", Key.Key_Down, Modifier.AltModifier, "a\nd\nb\nc"),
        ("|a\nb", Key.Key_Up, Modifier.AltModifier, "a\nb"),
        ("a\n|b", Key.Key_Down, Modifier.AltModifier, "a\nb"),
        ("a\n|b", Key.Key_Down, Modifier.AltModifier | Modifier.ShiftModifier, "a\nb\nb"),
        ("|a\nb", Key.Key_Tab, Modifier.NoModifier, "  a\nb"),
        ("|a\nb|\nc", Key.Key_Tab, Modifier.NoModifier, "  a\n  b\nc"),
        ("|  a\n b|\nc", Key.Key_Backtab, Modifier.ShiftModifier, "a\nb\nc"),
    ],
)
def test_edits_of_lines(
    qtbot: QtBot, draft: Draft, editor: JsonEditor, before: str, key: Key, modifiers: Modifier, after: str
) -> None:
    put(editor, before)
    qtbot.keyClick(editor, key, modifiers)
    assert editor.toPlainText() == after
    assert draft.json_text() == after
    assert editor.hasFocus()


def test_moved_lines_stay_selected(qtbot: QtBot, editor: JsonEditor) -> None:
    put(editor, "a\n|b\nc|\nd 🙂")
    for key in (Key.Key_Down, Key.Key_Up, Key.Key_Up):
        qtbot.keyClick(editor, key, Modifier.AltModifier)
        assert editor.textCursor().selectedText() == "b\u2029c"
    assert editor.toPlainText() == "b\nc\na\nd 🙂"


# -- brackets and colours


def test_partners_of_brackets_are_not_found_in_comments(editor: JsonEditor, ask_colour: Callable[[int], str]) -> None:
    put(editor, "|{ // }\n /* } */ \n}")
    marked = {mark.cursor.selectionStart() for mark in editor.extraSelections() if mark.cursor.hasSelection()}
    assert marked == {0, len(editor.toPlainText()) - 1}


@pytest.fixture
def ask_colour(qtbot: QtBot, editor: JsonEditor) -> Callable[[int], str]:
    def ask(position: int) -> str:
        block = editor.document().findBlock(position)
        place = position - block.position()
        qtbot.waitUntil(lambda: bool(block.layout().formats()))
        for span in block.layout().formats():
            if span.start <= place < span.start + span.length:
                return span.format.foreground().color().name()
        return ""

    return ask


def test_comments_have_their_colour_over_several_lines(
    pages: RequestPages, theme: object, editor: JsonEditor, ask_colour: Callable[[int], str]
) -> None:
    text = '{ // "a": 1\n"b": "// no", /* "c"\n"d": 1 */ "e": 2 }'
    put(editor, "|" + text)
    comment = ask_colour(text.index('"a"'))
    assert comment
    assert ask_colour(text.index('"c"')) == comment
    assert ask_colour(text.index('"d"')) == comment
    assert ask_colour(text.index("// no")) != comment
    assert ask_colour(text.index('"e"')) not in ("", comment)


def test_all_that_covers_the_window_is_a_part_of_it(pages: RequestPages, editor: JsonEditor) -> None:
    put(editor, "{|}")
    editor.assist.open()
    area: QWidget = editor.assist.list
    assert area.window() is pages.window()
    assert pages.rect().contains(area.geometry())
