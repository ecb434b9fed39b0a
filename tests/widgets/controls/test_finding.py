"""The find bar, and a text searched with it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTextEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.controls.text_marks import set_marks
from wirelens.widgets.theme import Theme


class Pane(QWidget):
    """A text with its find bar, as the viewers have it."""

    def __init__(self, theme: Theme, text: str, *, can_replace: bool = False) -> None:
        super().__init__()
        self.editor = QPlainTextEdit(text)
        self.bar = FindBar(theme, can_replace=can_replace)
        self.find = TextFind(self.bar, self.editor, theme)
        column = QVBoxLayout(self)
        column.addWidget(self.editor)
        column.addWidget(self.bar)

    @property
    def selected(self) -> tuple[int, str]:
        cursor = self.editor.textCursor()
        return cursor.selectionStart(), cursor.selectedText()


def pane_with(theme: Theme, qtbot: QtBot, text: str) -> Pane:
    pane = Pane(theme, text)
    qtbot.addWidget(pane)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def test_typing_goes_to_the_first_match_and_enter_round_all_of_them(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "the lighthouse, The keeper, the sea")
    pane.find.open()

    qtbot.keyClicks(pane.bar.query_edit, "the")
    assert (pane.selected, pane.bar.count_text) == ((0, "the"), "1 of 3")
    qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Return)
    assert (pane.selected, pane.bar.count_text) == ((16, "The"), "2 of 3")
    qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Return)
    qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Return)
    assert pane.selected == (0, "the")
    qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)

    assert pane.selected == (28, "the")


def test_a_capital_asks_for_just_that_case(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "the lighthouse, The keeper")

    pane.bar.open("The")

    assert (pane.selected, pane.bar.count_text) == ((16, "The"), "1 of 1")


def test_what_is_not_there_is_said_and_marked(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "the lighthouse")

    pane.bar.open("nowhere")

    assert pane.bar.count_text == "No matches"
    assert pane.bar.query_edit.property("invalid") == "true"
    pane.bar.query_edit.setText("")
    assert pane.bar.count_text == ""
    assert pane.bar.query_edit.property("invalid") == ""


def test_letters_outside_the_first_plane_do_not_shift_matches(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "🔍🔍 안녕 wire 🔍 wire")

    pane.bar.open("wire")
    pane.find.find_next()

    assert pane.selected[1] == "wire"
    pane.bar.query_edit.setText("🔍")
    assert pane.bar.count_text.endswith("of 3")


def test_the_words_selected_in_the_text_are_what_is_looked_for(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "one two\none")
    cursor = pane.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    pane.editor.setTextCursor(cursor)

    pane.find.open()

    assert pane.bar.query == "one"
    assert pane.bar.count_text == "1 of 2"


def test_a_text_that_grows_is_searched_again_and_the_cursor_stays(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "a sea.")
    pane.bar.open("sea")
    before = pane.selected

    pane.editor.appendPlainText("the sea, the sea")

    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 3")
    assert pane.selected == before


def test_escape_closes_the_bar_wipes_its_marks_and_returns_to_the_text(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "the sea")
    pane.bar.open("sea")
    assert pane.editor.extraSelections()

    with qtbot.waitSignal(pane.bar.closed):
        qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Escape)

    assert pane.bar.isHidden()
    assert not pane.editor.extraSelections()
    with qtbot.assertNotEmitted(pane.bar.closed):
        pane.bar.close_bar()


def test_counting_stops_at_a_thousand_and_says_so(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "a " * 1_500)

    pane.bar.open("a")

    assert pane.bar.count_text == "1 of 1000+"


@pytest.mark.parametrize("query", ["(", "a.c", "\\"])
def test_a_query_is_words_and_no_pattern(theme: Theme, qtbot: QtBot, query: str) -> None:
    pane = pane_with(theme, qtbot, "abc ( a.c \\")

    pane.bar.open(query)

    assert pane.bar.count_text == "1 of 1"


def test_marks_of_several_hands_live_side_by_side(theme: Theme, qtbot: QtBot) -> None:
    editor = QPlainTextEdit("the sea")
    qtbot.addWidget(editor)

    def mark(position: int) -> QTextEdit.ExtraSelection:
        result = QTextEdit.ExtraSelection()
        result.format = QTextCharFormat()
        result.cursor = QTextCursor(editor.document())
        result.cursor.setPosition(position)
        return result

    set_marks(editor, "mistakes", [mark(1)])
    set_marks(editor, "find", [mark(2), mark(3)])
    set_marks(editor, "find", [mark(4)])
    assert sorted(one.cursor.position() for one in editor.extraSelections()) == [1, 4]
    set_marks(editor, "mistakes", [])

    assert [one.cursor.position() for one in editor.extraSelections()] == [4]


@pytest.fixture
def replacing(theme: Theme, qtbot: QtBot) -> Pane:
    pane = Pane(theme, "one 🙂 two\nOne two\ntwo", can_replace=True)
    qtbot.addWidget(pane)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def press(qtbot: QtBot, pane: Pane, name: str) -> None:
    button = next(each for each in pane.bar.findChildren(QPushButton) if each.text() == name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_match_after_the_other_is_replaced(replacing: Pane, qtbot: QtBot) -> None:
    replacing.find.open(replacing=True)
    qtbot.keyClicks(replacing.bar.query_edit, "two")
    qtbot.keyClicks(replacing.bar.replacement_edit, "2")
    replacing.bar.replacement_edit.setFocus()
    qtbot.keyClick(replacing.bar.replacement_edit, Qt.Key.Key_Return)
    assert replacing.editor.toPlainText() == "one 🙂 2\nOne two\ntwo"
    assert replacing.selected[1] == "two"
    press(qtbot, replacing, "Replace")
    assert replacing.editor.toPlainText() == "one 🙂 2\nOne 2\ntwo"
    assert replacing.bar.count_text == "1 of 1"


def test_all_matches_are_replaced_as_one_change(replacing: Pane, qtbot: QtBot) -> None:
    replacing.find.open(replacing=True)
    qtbot.keyClicks(replacing.bar.query_edit, "two")
    replacing.bar.replacement_edit.setText("🙂two")
    with qtbot.waitSignal(replacing.editor.textChanged):
        press(qtbot, replacing, "Replace all")
    assert replacing.editor.toPlainText() == "one 🙂 🙂two\nOne 🙂two\n🙂two"
    replacing.editor.undo()
    assert replacing.editor.toPlainText() == "one 🙂 two\nOne two\ntwo"


def test_more_than_is_marked_is_replaced(replacing: Pane, qtbot: QtBot) -> None:
    replacing.editor.setPlainText("a " * 1_500)
    replacing.bar.open("a", replacing=True)
    qtbot.keyClicks(replacing.bar.replacement_edit, "b")
    press(qtbot, replacing, "Replace all")
    assert replacing.editor.toPlainText() == "b " * 1_500


def test_ways_to_search(replacing: Pane, qtbot: QtBot) -> None:
    replacing.editor.setPlainText("one ones One")
    replacing.bar.open("one", replacing=True)
    assert replacing.bar.count_text.endswith("of 3")
    qtbot.mouseClick(replacing.bar.choice("Match case"), Qt.MouseButton.LeftButton)
    assert replacing.bar.count_text.endswith("of 2")
    qtbot.mouseClick(replacing.bar.choice("Whole word"), Qt.MouseButton.LeftButton)
    assert replacing.bar.count_text.endswith("of 1")


def test_regular_expressions_with_groups_and_their_mistakes(replacing: Pane, qtbot: QtBot) -> None:
    qtbot.mouseClick(replacing.bar.choice("Regular expression"), Qt.MouseButton.LeftButton)
    replacing.bar.open(r"(\w+) two", replacing=True)
    replacing.bar.replacement_edit.setText(r"\2")
    assert "group" in replacing.bar.problem_text
    replacing.bar.replacement_edit.setText(r"two \1")
    assert replacing.bar.problem_text == ""
    press(qtbot, replacing, "Replace all")
    assert replacing.editor.toPlainText() == "one 🙂 two\ntwo One\ntwo"
    replacing.bar.query_edit.setText("(")
    assert replacing.bar.problem_text
    assert replacing.bar.count_text == ""
    assert replacing.bar.query_edit.property("invalid") == "true"


def test_only_the_selected_lines(replacing: Pane, qtbot: QtBot) -> None:
    cursor = replacing.editor.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(len("one 🙂 two\nOne two") + 1, QTextCursor.MoveMode.KeepAnchor)
    replacing.editor.setTextCursor(cursor)
    replacing.find.open(replacing=True)
    qtbot.mouseClick(replacing.bar.choice("In the selection only"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(replacing.bar.query_edit, "two")
    qtbot.keyClicks(replacing.bar.replacement_edit, "2")
    press(qtbot, replacing, "Replace all")
    assert replacing.editor.toPlainText() == "one 🙂 2\nOne 2\ntwo"


def test_a_bar_of_a_viewer_only_finds(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "the sea")
    pane.find.open()
    assert not pane.bar.replacement_edit.isVisible()
    assert not any(button.isCheckable() for button in pane.bar.findChildren(QToolButton))


# -- what takes longer than a moment

LONG = "one two\n" * 20_000


def test_a_long_text_is_searched_beside_the_window(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, LONG)
    pane.bar.open("two")
    assert pane.bar.count_text == "Searching…"
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1000+")
    assert pane.selected == (4, "two")
    assert pane.find is not None


def test_next_waits_for_what_is_being_searched(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, LONG)
    pane.bar.open("two")
    for _ in range(2):
        qtbot.keyClick(pane.bar.query_edit, Qt.Key.Key_Return)
    assert pane.bar.count_text == "Searching…"
    qtbot.waitUntil(lambda: pane.bar.count_text == "3 of 1000+")
    assert pane.selected == (20, "two")


def test_the_last_query_counts(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, LONG + "three")
    for query in ("one", "two", "three"):
        pane.bar.query_edit.clear()
        pane.bar.open(query)
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1")
    assert pane.selected == (len(LONG), "three")


def test_a_bar_that_is_closed_while_it_searches_marks_nothing(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, LONG)
    pane.bar.open("two")
    pane.bar.close_bar()
    pane.bar.open("one")
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1000+")
    assert pane.selected == (0, "one")


def test_marks_follow_what_is_scrolled_to(theme: Theme, qtbot: QtBot) -> None:
    pane = pane_with(theme, qtbot, "one two\n" * 900)
    pane.bar.open("two")
    marked = [mark.cursor.selectionStart() for mark in pane.editor.extraSelections()]
    assert marked[0] == 4
    assert len(marked) < 900
    pane.editor.verticalScrollBar().setValue(pane.editor.verticalScrollBar().maximum())
    last = len("one two\n") * 899 + 4
    qtbot.waitUntil(lambda: last in [mark.cursor.selectionStart() for mark in pane.editor.extraSelections()])


def test_every_match_of_a_long_text_is_replaced(theme: Theme, qtbot: QtBot) -> None:
    pane = Pane(theme, LONG, can_replace=True)
    qtbot.addWidget(pane)
    pane.show()
    pane.bar.open("two", replacing=True)
    pane.bar.replacement_edit.setText("2")
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1000+")
    press(qtbot, pane, "Replace all")
    qtbot.waitUntil(lambda: pane.editor.toPlainText() == "one 2\n" * 20_000)
    qtbot.waitUntil(lambda: pane.bar.count_text == "No matches")


def test_replace_all_changes_nothing_in_a_text_that_was_changed_meanwhile(theme: Theme, qtbot: QtBot) -> None:
    pane = Pane(theme, LONG, can_replace=True)
    qtbot.addWidget(pane)
    pane.show()
    pane.bar.open("two", replacing=True)
    pane.bar.replacement_edit.setText("2")
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1000+")
    press(qtbot, pane, "Replace all")
    pane.editor.setPlainText("two of them")
    qtbot.waitUntil(lambda: pane.bar.count_text == "– of 1")
    assert pane.editor.toPlainText() == "two of them"


ENDLESS = "(a|aa)+$"


def test_an_expression_without_end_leaves_the_window_alone_and_is_given_up(theme: Theme, qtbot: QtBot) -> None:
    pane = Pane(theme, "a" * 60 + "z", can_replace=True)
    qtbot.addWidget(pane)
    pane.show()
    pane.bar.choice("Regular expression").setChecked(True)
    pane.bar.open(ENDLESS)
    assert pane.bar.count_text == "Searching…"
    qtbot.waitUntil(lambda: "too long" in pane.bar.problem_text, timeout=20_000)  # it counts what the processor works
    assert pane.bar.count_text == ""
    pane.bar.query_edit.setText("z")
    assert pane.bar.problem_text == ""
    qtbot.waitUntil(lambda: pane.bar.count_text == "1 of 1")
