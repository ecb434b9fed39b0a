"""Edits of whole lines in a text editor: comment, move, duplicate, indent. Each is one change of the document."""

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.widgets.controls.text_marks import utf16_length

_STEP = "  "
_COMMENT = "//"


def selected_lines(editor: QPlainTextEdit) -> tuple[int, int]:
    """The first and last line that the selection touches; one that ends before a line's first letter leaves it out."""
    cursor = editor.textCursor()
    document = editor.document()
    first, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
    if last.blockNumber() > first.blockNumber() and cursor.selectionEnd() == last.position():
        last = last.previous()
    return first.blockNumber(), last.blockNumber()


def toggle_comment(editor: QPlainTextEdit) -> None:
    """Make the selected lines comments, or lines again where all of them are comments."""
    first, last = selected_lines(editor)
    blocks = [editor.document().findBlockByNumber(number) for number in range(first, last + 1)]
    filled = [block for block in blocks if block.text().strip()] or blocks
    is_comment = all(block.text().lstrip().startswith(_COMMENT) for block in filled)
    margin = min(len(block.text()) - len(block.text().lstrip()) for block in filled)
    edit = QTextCursor(editor.document())
    edit.beginEditBlock()
    for block in filled:
        if is_comment:
            text = block.text()
            start = len(text) - len(text.lstrip())
            edit.setPosition(block.position() + start)
            length = len(_COMMENT) + text[start + len(_COMMENT) :].startswith(" ")
            edit.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, length)
            edit.removeSelectedText()
        else:
            edit.setPosition(block.position() + margin)
            edit.insertText(f"{_COMMENT} ")
    edit.endEditBlock()


def indent(editor: QPlainTextEdit, *, out: bool = False) -> None:
    """Move the selected lines one step in, or out."""
    first, last = selected_lines(editor)
    edit = QTextCursor(editor.document())
    edit.beginEditBlock()
    for number in range(first, last + 1):
        block = editor.document().findBlockByNumber(number)
        edit.setPosition(block.position())
        text = block.text()
        if out:
            length = len(text[: len(_STEP)]) - len(text[: len(_STEP)].lstrip(" "))
            if text.startswith("\t"):
                length = 1
            edit.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, length)
            edit.removeSelectedText()
        elif text.strip():
            edit.insertText(_STEP)
    edit.endEditBlock()


def move_lines(editor: QPlainTextEdit, step: int) -> None:
    """Let the selected lines change places with the one above (-1) or below (1); the selection goes along."""
    first, last = selected_lines(editor)
    count = editor.document().blockCount()
    if (step < 0 and first == 0) or (step > 0 and last == count - 1):
        return
    own = _text(editor, first, last)
    cursor = editor.textCursor()
    position, anchor = cursor.position(), cursor.anchor()
    if step < 0:
        other = _text(editor, first - 1, first - 1)
        _replace(editor, first - 1, last, f"{own}\n{other}")
        distance = -(utf16_length(other) + 1)
    else:
        other = _text(editor, last + 1, last + 1)
        _replace(editor, first, last + 1, f"{other}\n{own}")
        distance = utf16_length(other) + 1
    end = editor.document().characterCount() - 1  # a selection may have ended at the beginning of the other line
    cursor.setPosition(min(anchor + distance, end))
    cursor.setPosition(min(position + distance, end), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.ensureCursorVisible()


def duplicate_lines(editor: QPlainTextEdit, step: int) -> None:
    """Repeat the selected lines; the selection is then in the lower copy (1) or the upper one (-1)."""
    first, last = selected_lines(editor)
    own = _text(editor, first, last)
    cursor = editor.textCursor()
    distance = utf16_length(own) + 1 if step > 0 else 0
    position, anchor = cursor.position(), cursor.anchor()
    edit = QTextCursor(editor.document().findBlockByNumber(first))
    edit.insertText(f"{own}\n")
    end = editor.document().characterCount() - 1
    cursor.setPosition(min(anchor + distance, end))
    cursor.setPosition(min(position + distance, end), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.ensureCursorVisible()


def _text(editor: QPlainTextEdit, first: int, last: int) -> str:
    document = editor.document()
    return "\n".join(document.findBlockByNumber(number).text() for number in range(first, last + 1))


def _replace(editor: QPlainTextEdit, first: int, last: int, text: str) -> None:
    end = editor.document().findBlockByNumber(last)
    cursor = QTextCursor(editor.document().findBlockByNumber(first))
    cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text)
