"""The editor's text and the document are the same, whoever writes, and however long it is."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from wirelens.presentation.draft import Draft
from wirelens.widgets.request.editor_text import EditorText
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.request.request_pages import RequestPages

_MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_TYPED = st.text(st.sampled_from('a{}[]",:/* \n\t1é🙂\u00a0'), max_size=8)
LONG = "".join(f'"line {n}": "{n * 7919 % 1000}",\n' for n in range(12_000))


@pytest.fixture
def editor(pages: RequestPages) -> JsonEditor:
    pages.tabs.setCurrentWidget(pages.json_page)
    pages.json_page.editor.setFocus()
    return pages.json_page.editor


@pytest.fixture
def area(qtbot: QtBot) -> QPlainTextEdit:
    area = QPlainTextEdit()
    qtbot.addWidget(area)
    return area


def in_document(editor: QPlainTextEdit) -> str:
    return editor.document().toRawText().replace("\u2029", "\n")


def pasted(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


@_MANY
@given(seed=st.integers(), parts=st.lists(_TYPED, max_size=10))
def test_the_text_follows_whatever_is_done_to_the_document(
    seed: int, parts: list[str], area: QPlainTextEdit, qtbot: QtBot
) -> None:
    chance = random.Random(seed)
    area.clear()
    shown = EditorText(area)
    for part in parts:
        cursor = QTextCursor(area.document())
        length = len(shown.text)
        cursor.setPosition(shown.position(chance.randint(0, length)))  # never amid a pair of surrogates
        cursor.setPosition(shown.position(chance.randint(0, length)), QTextCursor.MoveMode.KeepAnchor)
        kind = chance.randrange(4)
        if kind == 0:
            cursor.insertText(part)
        elif kind == 1:
            shown.replace(part * 2)
            assert shown.text == part * 2
        elif kind == 2:
            area.setPlainText(part)
        else:
            shown.insert(QTextCursor(area.document()), part)
        assert shown.text == in_document(area)
        for offset in range(len(shown.text) + 1):
            position = shown.position(offset)
            assert len(in_document(area).encode("utf-16-le")[: 2 * position].decode("utf-16-le", "ignore")) == offset


def test_a_long_text_comes_in_slices_and_is_known_at_once(area: QPlainTextEdit, qtbot: QtBot) -> None:
    shown = EditorText(area)
    shown.replace(LONG)
    assert shown.text == LONG
    assert 0 < len(in_document(area)) < len(LONG)
    qtbot.waitUntil(lambda: in_document(area) == LONG)
    shown.replace("")
    assert shown.text == ""
    qtbot.waitUntil(lambda: in_document(area) == "")


def test_another_text_may_come_before_the_first_is_fed(area: QPlainTextEdit, qtbot: QtBot) -> None:
    shown = EditorText(area)
    shown.replace(LONG)
    shown.replace(LONG[:1000] + LONG[2000:])
    qtbot.waitUntil(lambda: in_document(area) == LONG[:1000] + LONG[2000:])
    assert shown.text == LONG[:1000] + LONG[2000:]


@pytest.mark.parametrize("place", [0, 500])
def test_who_types_while_a_long_text_comes_loses_nothing(area: QPlainTextEdit, qtbot: QtBot, place: int) -> None:
    shown = EditorText(area)
    seen: list[str] = []
    shown.edited.connect(lambda: seen.append(shown.text))
    shown.replace(LONG)
    cursor = QTextCursor(area.document())
    cursor.setPosition(place)
    cursor.insertText("typed")
    assert seen == [LONG[:place] + "typed" + LONG[place:]]
    assert in_document(area) == seen[0]


def test_a_document_that_is_set_anew_gets_nothing_of_the_old(area: QPlainTextEdit, qtbot: QtBot) -> None:
    shown = EditorText(area)
    shown.replace(LONG)
    area.setPlainText("new")
    assert shown.text == in_document(area) == "new"


def test_a_long_paste_is_in_the_draft_at_once_and_typing_goes_on_behind_it(
    qtbot: QtBot, draft: Draft, editor: JsonEditor
) -> None:
    text = "{" + LONG + '"name": "Ada"}'
    editor.selectAll()
    editor.insertFromMimeData(pasted(text))
    assert draft.json_text() == text
    qtbot.keyClicks(editor, " // end")
    assert draft.json_text() == in_document(editor) == text + " // end"
    draft.undo()
    qtbot.waitUntil(lambda: in_document(editor) == draft.json_text())


def test_a_very_long_line_is_indented_beside_the_window(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    value = {"tags": ["x" * 20] * 20_000}
    editor.selectAll()
    with qtbot.waitSignal(editor.shown.edited):
        editor.insertFromMimeData(pasted(json.dumps(value)))
    assert json.loads(draft.json_text()) == value
    qtbot.waitUntil(lambda: editor.blockCount() > 20_000)
    assert in_document(editor) == draft.json_text()


@_MANY
@given(steps=st.lists(st.tuples(st.integers(0, 40), _TYPED), max_size=6))
def test_random_text_typed_and_pasted_is_never_lost(
    steps: list[tuple[int, str]], qtbot: QtBot, draft: Draft, editor: JsonEditor
) -> None:
    editor.setPlainText("{}")
    for place, text in steps:
        before = in_document(editor)
        cursor = editor.textCursor()
        cursor.setPosition(editor.shown.position(min(place, len(before))))
        editor.setTextCursor(cursor)
        editor.insertFromMimeData(pasted(text))
        assert draft.json_text() == in_document(editor)
        assert len(in_document(editor)) == len(before) + len(text)
        qtbot.keyClicks(editor, "x/")
        assert draft.json_text() == in_document(editor)
        assert isinstance(draft.mistakes, tuple)


def test_an_edited_field_leaves_comments_in_the_editor(qtbot: QtBot, draft: Draft, editor: JsonEditor) -> None:
    editor.setPlainText('{\n  // who\n  "name": "Ada", /* 🙂 */\n}')
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("name",), "Grace")
    assert in_document(editor) == '{\n  // who\n  "name": "Grace", /* 🙂 */\n}'
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(draft.changed):
        pass
    assert in_document(editor) == '{\n  // who\n  "name": "Ada", /* 🙂 */\n}'
