"""Whatever is typed and pasted: nothing raises, no letter is lost, and draft, outline and editor say the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.widgets.request.test_json_editor import visible_lines

from wirelens.presentation.draft import Draft
from wirelens.widgets.controls.text_marks import character_count
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.request.request_pages import RequestPages

Key, Modifier = Qt.Key, Qt.KeyboardModifier
LETTERS = '{}[]:,"\\/*-.@ aenptu01_é🙂\u00a0'
TYPED = st.text(LETTERS, min_size=1, max_size=30)
KEYS = st.sampled_from(
    [
        (Key.Key_Return, Modifier.NoModifier),
        (Key.Key_Tab, Modifier.NoModifier),
        (Key.Key_Escape, Modifier.NoModifier),
        (Key.Key_Backspace, Modifier.NoModifier),
        (Key.Key_Delete, Modifier.NoModifier),
        (Key.Key_Left, Modifier.NoModifier),
        (Key.Key_Right, Modifier.NoModifier),
        (Key.Key_Up, Modifier.NoModifier),
        (Key.Key_Down, Modifier.NoModifier),
        (Key.Key_Home, Modifier.NoModifier),
        (Key.Key_End, Modifier.ControlModifier),
        (Key.Key_Up, Modifier.ShiftModifier),
        (Key.Key_Left, Modifier.ShiftModifier),
        (Key.Key_Down, Modifier.AltModifier),
        (Key.Key_Up, Modifier.AltModifier),
        (Key.Key_Down, Modifier.AltModifier | Modifier.ShiftModifier),
        (Key.Key_Slash, Modifier.ControlModifier),
        (Key.Key_Space, Modifier.ControlModifier),
        (Key.Key_Space, Modifier.ControlModifier | Modifier.ShiftModifier),
        (Key.Key_BracketLeft, Modifier.ControlModifier | Modifier.ShiftModifier),
        (Key.Key_BracketRight, Modifier.ControlModifier | Modifier.ShiftModifier),
        (Key.Key_BracketLeft, Modifier.ControlModifier | Modifier.ShiftModifier | Modifier.AltModifier),
        (Key.Key_Z, Modifier.ControlModifier),
    ]
)
PASTED = st.sampled_from(
    ['{\n  "manager": {\n    "name": "a"\n  }\n}', '"tags": ["a",\r\n"b"]', "🙂\n/* {", "*/ }", '"name": "x', "\n\n"]
)
SPOKEN = {Key.Key_Return: "\r", Key.Key_Tab: "\t", Key.Key_Backspace: "\b", Key.Key_Escape: "\x1b"}
QUIET = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def editor(pages: RequestPages) -> JsonEditor:
    pages.tabs.setCurrentWidget(pages.json_page)
    pages.json_page.editor.setFocus()
    return pages.json_page.editor


def press(editor: JsonEditor, key: int, modifiers: Qt.KeyboardModifier, text: str = "") -> None:
    """As the keyboard does; QTest types ASCII only."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(editor, QKeyEvent(kind, key, modifiers, text))


def type_text(editor: JsonEditor, text: str) -> None:
    for letter in text:
        press(editor, ord(letter.upper()) if letter.isascii() else 0, Modifier.NoModifier, letter)


def paste(editor: JsonEditor, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    editor.insertFromMimeData(data)


def holds(text: str, letters: str) -> bool:
    """Whether `letters` are in `text` in their order."""
    left = iter(text)
    return all(letter in left for letter in letters)


def texts(draft: Draft, editor: JsonEditor) -> tuple[str, str, str]:
    raw = editor.document().toRawText().replace("\u2029", "\n")
    return raw, draft.json_text(), "\n".join(editor.outline.lines())


@QUIET
@given(typed=TYPED)
def test_no_letter_that_is_typed_gets_lost(qtbot: QtBot, draft: Draft, editor: JsonEditor, typed: str) -> None:
    editor.setPlainText("")
    type_text(editor, typed)
    text, *others = texts(draft, editor)
    assert others == [text, text]
    before = text[: character_count(text, editor.textCursor().position())]
    letters = typed.replace(" ", "")  # a bracket that begins its line takes a step of indentation back
    assert holds(before, letters)


@QUIET
@given(
    steps=st.lists(st.one_of(TYPED, KEYS, PASTED.map(lambda text: ("paste", text))), min_size=1, max_size=40),
)
def test_any_keys_and_pastes_leave_all_in_step(
    qtbot: QtBot, pages: RequestPages, draft: Draft, editor: JsonEditor, steps: list[object]
) -> None:
    editor.setPlainText('{\n  "tags": [\n    "a"\n  ]\n}')
    for step in steps:
        if isinstance(step, str):
            type_text(editor, step)
        elif isinstance(step, tuple) and step[0] == "paste":
            paste(editor, step[1])
        elif isinstance(step, tuple):
            key, modifiers = step
            press(editor, key, modifiers, SPOKEN.get(key, ""))
            if key == Key.Key_Z:
                pages.json_page.refresh()  # as the event loop does before the next key
        text, *others = texts(draft, editor)
        assert others == [text, text]
        assert editor.textCursor().block().isVisible()
        hidden = {
            line for head in editor.folding.folded for line in range(head + 1, editor.folding.last_line(head) + 1)
        }
        assert set(visible_lines(editor)) == set(range(editor.blockCount())) - hidden
    editor.folding.unfold_all()
    assert len(visible_lines(editor)) == editor.blockCount()
