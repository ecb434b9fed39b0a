"""Changing a text document by no more than what differs, so that cursor, selection and scroll bar stay."""

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit


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
    cursor.setPosition(_units(before[:start]))
    cursor.setPosition(_units(before[: len(before) - end]), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text[start : len(text) - end])


def utf16_offset(text: str, offset: int) -> int:
    """A text document counts UTF-16 units where Python counts characters."""
    return _units(text[:offset])


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


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
