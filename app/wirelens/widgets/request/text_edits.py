"""Changing a text document by no more than what differs, so that cursor, selection and scroll bar stay."""

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.widgets.controls.text_marks import utf16_length


def raw_text(editor: QPlainTextEdit) -> str:
    """The text of an editor; unlike toPlainText it keeps no-break spaces."""
    return editor.document().toRawText().replace("\u2029", "\n")


def replace_text(editor: QPlainTextEdit, text: str) -> None:
    """Make `text` the editor's text by replacing the part that differs."""
    before = raw_text(editor)
    if before == text:
        return
    start = _common_start(before, text)
    end = _common_end(before, text, min(len(before), len(text)) - start)
    cursor = QTextCursor(editor.document())
    cursor.setPosition(utf16_length(before[:start]))
    cursor.setPosition(utf16_length(before[: len(before) - end]), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text[start : len(text) - end])


def _common_start(first: str, second: str) -> int:
    """How many characters two texts begin with in common; by halving, since comparing slices is quick."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(first: str, second: str, most: int) -> int:
    """The same from the end, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if first[len(first) - middle : len(first) - low] == second[len(second) - middle : len(second) - low]:
            low = middle
        else:
            high = middle - 1
    return low
