"""Marks in a text from several hands: mistakes and found words share one editor without wiping each other out."""

from collections.abc import Sequence

from PySide6.QtGui import QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

_OWNER = QTextFormat.Property.UserProperty.value + 1


def set_marks(editor: QPlainTextEdit, owner: str, marks: Sequence[QTextEdit.ExtraSelection]) -> None:
    """Replace what `owner` has marked in `editor`; what others have marked stays."""
    kept = [mark for mark in editor.extraSelections() if mark.format.stringProperty(_OWNER) != owner]
    for mark in marks:
        mark.format.setProperty(_OWNER, owner)
    editor.setExtraSelections([*kept, *marks])


def marks_of(editor: QPlainTextEdit, owner: str) -> list[QTextEdit.ExtraSelection]:
    """What `owner` has marked in `editor`; the marks have moved with the text."""
    return [mark for mark in editor.extraSelections() if mark.format.stringProperty(_OWNER) == owner]


def utf16_length(text: str) -> int:
    """How long a text document takes `text` to be: it counts UTF-16 units where Python counts characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def character_count(text: str, units: int) -> int:
    """How many characters the first UTF-16 `units` of `text` are."""
    if text.isascii():
        return min(units, len(text))
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
