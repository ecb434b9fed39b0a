"""Ctrl+V in the rows of a list or map: several lines become several rows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from wirelens.widgets.request.field_menu import has_lines


class PasteKeys(QObject):
    """Hands several lines to `take`, once for the editor of a row and once for what adds rows.

    Within a text of several lines' own (one that is being written, with nothing or a part of it selected) they stay
    part of the text.
    """

    def __init__(self, editor: QWidget, take: Callable[[], None]) -> None:
        super().__init__(editor)
        self._take = take
        editor.installEventFilter(self)
        for line in editor.findChildren(QLineEdit):
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not event.matches(QKeySequence.StandardKey.Paste):
            return False
        if not has_lines() or (isinstance(watched, QPlainTextEdit) and _is_being_written(watched)):
            return False
        if event.type() == QEvent.Type.KeyPress:
            self._take()
        event.accept()
        return True


def _is_being_written(editor: QPlainTextEdit) -> bool:
    whole = editor.document().characterCount() - 1
    cursor = editor.textCursor()
    return whole > 0 and cursor.selectionEnd() - cursor.selectionStart() < whole
