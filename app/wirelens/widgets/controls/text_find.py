"""Searching a text with a find bar."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from wirelens.presentation.text_search import TextMatch
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.text_marks import character_count, set_marks, utf16_length
from wirelens.widgets.theme import Theme

_MARKED_AT_MOST = 1_000
_SETTLE_MS = 100


@dataclass(frozen=True, slots=True)
class _Match:
    """Positions as Qt counts them, in UTF-16 units."""

    start: int
    end: int
    match: TextMatch = field(compare=False)


class TextFind(QObject):
    """Lets a FindBar search a QPlainTextEdit, and replace in it where the bar can.

    Every match is marked, the current one strongly; a text that grows while the bar is open is searched again,
    with the person's cursor left where it is. `insert` puts a text in the place of what a cursor selects, where an
    editor has a better way for long ones than QTextCursor.
    """

    def __init__(
        self,
        bar: FindBar,
        editor: QPlainTextEdit,
        theme: Theme,
        insert: Callable[[QTextCursor, str], None] = QTextCursor.insertText,
    ) -> None:
        super().__init__(bar)
        self._insert = insert
        self._bar = bar
        self._editor = editor
        self._theme = theme
        self._matches: list[_Match] = []
        self._current = -1
        self._area: QTextCursor | None = None  # what was selected when the bar was opened
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._on_settled)
        bar.query_changed.connect(self._on_query_changed)
        bar.next_requested.connect(self.find_next)
        bar.previous_requested.connect(self.find_previous)
        bar.replace_requested.connect(self.replace)
        bar.replace_all_requested.connect(self.replace_all)
        bar.closed.connect(self._on_closed)
        editor.textChanged.connect(self._on_text_changed)
        theme.changed.connect(self._on_theme_changed)

    def open(self, *, replacing: bool = False) -> None:
        """Show the bar with the words selected in the text, if they are of one line; else these lines are the area
        that "in the selection only" speaks of."""
        cursor = self._editor.textCursor()
        selected = cursor.selectedText()
        is_area = "\u2029" in selected
        self._area = QTextCursor(cursor) if is_area else None
        self._bar.open("" if is_area else selected, replacing=replacing)

    def find_next(self) -> None:
        self._catch_up()
        self._go(self._current + 1)

    def find_previous(self) -> None:
        self._catch_up()
        self._go(max(self._current, 0) - 1)

    def replace(self) -> None:
        """Replace the current match and go on to the next; without a current one go to the next."""
        self._catch_up()
        if self._current < 0 or self._bar.problem_text:
            self.find_next()
            return
        match = self._matches[self._current]
        cursor = self._cursor(match)
        if _text_of(cursor) != match.match.text:  # the text has changed since
            self._on_settled()
            return
        self._insert(cursor, match.match.replaced(self._bar.replacement))
        self._editor.setTextCursor(cursor)
        self._on_query_changed()

    def replace_all(self) -> None:
        """Replace every match, as one change of the text."""
        if self._bar.problem_text:
            return
        found, text = self._search(None)
        if not found:
            return
        parts: list[str] = []
        done = found[0].match.start
        for match in found:
            parts += (text[done : match.match.start], match.match.replaced(self._bar.replacement))
            done = match.match.end
        cursor = self._cursor(found[0])
        cursor.setPosition(found[0].start)
        cursor.setPosition(found[-1].end, QTextCursor.MoveMode.KeepAnchor)
        self._insert(cursor, "".join(parts))
        self._matches, self._current = self._search(_MARKED_AT_MOST)[0], -1
        self._mark()

    def _search(self, most: int | None) -> tuple[list[_Match], str]:
        """What is found now, and the text it was found in."""
        text = self._editor.document().toRawText().replace("\u2029", "\n")
        start, end = 0, len(text)
        if self._bar.in_selection and self._area is not None:
            start = character_count(text, self._area.selectionStart())
            end = character_count(text, self._area.selectionEnd())
        result: list[_Match] = []
        counted, units = 0, 0
        for match in self._bar.text_query.matches(text, start, end, most):
            first = units + utf16_length(text[counted : match.start])
            counted, units = match.end, first + utf16_length(match.text)
            result.append(_Match(first, units, match))
        return result, text

    def _on_query_changed(self) -> None:
        self._matches = self._search(_MARKED_AT_MOST)[0]
        here = self._editor.textCursor().selectionStart()
        self._current = -1
        if self._matches:
            self._go(next((index for index, match in enumerate(self._matches) if match.start >= here), 0))
        else:
            self._mark()

    def _on_text_changed(self) -> None:
        if self._bar.is_open and not self._settled.isActive():
            self._settled.start()

    def _catch_up(self) -> None:
        """What was found before the text changed may lie behind its end."""
        if self._settled.isActive():
            self._settled.stop()
            self._on_settled()

    def _on_theme_changed(self) -> None:
        if not self._settled.isActive():  # all is marked anew then
            self._mark()

    def _on_settled(self) -> None:
        if not self._bar.is_open:
            return
        current = self._matches[self._current] if self._current >= 0 else None
        self._matches = self._search(_MARKED_AT_MOST)[0]
        self._current = self._matches.index(current) if current in self._matches else -1
        self._mark()

    def _on_closed(self) -> None:
        self._settled.stop()
        self._matches, self._current, self._area = [], -1, None
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


def _text_of(cursor: QTextCursor) -> str:
    return cursor.selectedText().replace("\u2029", "\n")
