"""Searching a text with a find bar."""

import re
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.text_marks import set_marks, utf16_length
from wirelens.widgets.theme import Theme

_MARKED_AT_MOST = 1_000
_SETTLE_MS = 100


@dataclass(frozen=True, slots=True)
class _Match:
    """Positions as Qt counts them, in UTF-16 units."""

    start: int
    end: int


class TextFind(QObject):
    """Lets a FindBar search a QPlainTextEdit: case is ignored unless the query has a capital.

    Every match is marked, the current one strongly; a text that grows while the bar is open is searched again,
    with the person's cursor left where it is.
    """

    def __init__(self, bar: FindBar, editor: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(bar)
        self._bar = bar
        self._editor = editor
        self._theme = theme
        self._matches: list[_Match] = []
        self._current = -1
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._on_settled)
        bar.query_changed.connect(self._on_query_changed)
        bar.next_requested.connect(self.find_next)
        bar.previous_requested.connect(self.find_previous)
        bar.closed.connect(self._on_closed)
        editor.textChanged.connect(self._on_text_changed)
        theme.changed.connect(self._mark)

    def open(self) -> None:
        """Show the bar with the words selected in the text, if they are of one line."""
        selected = self._editor.textCursor().selectedText()
        self._bar.open("" if "\u2029" in selected else selected)

    def find_next(self) -> None:
        self._go(self._current + 1)

    def find_previous(self) -> None:
        self._go(max(self._current, 0) - 1)

    def _on_query_changed(self) -> None:
        self._matches = _matches(self._editor.toPlainText(), self._bar.query)
        here = self._editor.textCursor().selectionStart()
        self._current = -1
        if self._matches:
            self._go(next((index for index, match in enumerate(self._matches) if match.start >= here), 0))
        else:
            self._mark()

    def _on_text_changed(self) -> None:
        if self._bar.is_open and not self._settled.isActive():
            self._settled.start()

    def _on_settled(self) -> None:
        if not self._bar.is_open:
            return
        current = self._matches[self._current] if self._current >= 0 else None
        self._matches = _matches(self._editor.toPlainText(), self._bar.query)
        self._current = self._matches.index(current) if current in self._matches else -1
        self._mark()

    def _on_closed(self) -> None:
        self._settled.stop()
        self._matches, self._current = [], -1
        set_marks(self._editor, "find", [])
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self, index: int) -> None:
        if not self._matches:
            return
        self._current = index % len(self._matches)
        self._editor.setTextCursor(self._cursor(self._matches[self._current]))
        self._mark()

    def _mark(self) -> None:
        if self._bar.is_open:
            set_marks(self._editor, "find", [self._mark_at(index) for index in range(len(self._matches))])
            total = len(self._matches)
            self._bar.set_found(self._current + 1, total, more=total == _MARKED_AT_MOST)

    def _mark_at(self, index: int) -> QTextEdit.ExtraSelection:
        ground = QTextCharFormat()
        if index == self._current:
            ground.setBackground(self._theme.color("accent"))
            ground.setForeground(self._theme.color("on_accent"))
        else:
            ground.setBackground(self._theme.color("warn_ground"))
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._cursor(self._matches[index])
        mark.format = ground
        return mark

    def _cursor(self, match: _Match) -> QTextCursor:
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(match.start)
        cursor.setPosition(match.end, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _matches(text: str, query: str) -> list[_Match]:
    if not query:
        return []
    pattern = re.compile(re.escape(query), re.IGNORECASE if query == query.lower() else 0)
    result: list[_Match] = []
    counted, units = 0, 0
    for found in islice(pattern.finditer(text), _MARKED_AT_MOST):
        start = units + utf16_length(text[counted : found.start()])
        counted, units = found.end(), start + utf16_length(found[0])
        result.append(_Match(start, units))
    return result
