"""Searching a text with a find bar."""

import bisect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from wirelens.presentation.text_search import TextMatch, TextQuery, with_replacements
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.text_marks import character_count, set_marks, utf16_length
from wirelens.widgets.theme import Theme

_FOUND_AT_MOST = 1_000
_SETTLE_MS = 100
_SHORT = 32 * 1024  # characters; what is longer is searched in a thread, for words 2 ms
_AT_ONCE = 0.003  # seconds for a regular expression in a short text before that is done too
_PATIENCE = 1.0  # seconds of work for a search in the thread
_MARGIN = 400  # positions around what is in sight whose marks are there before they are scrolled to


@dataclass(frozen=True, slots=True)
class _Match:
    """Positions as Qt counts them, in UTF-16 units."""

    start: int
    end: int
    match: TextMatch = field(compare=False)


@dataclass(slots=True)
class _Ticket:
    """One search; it is wanted until another takes its place."""

    is_wanted: bool = True


class TextFind(QObject):
    """Lets a FindBar search a QPlainTextEdit, and replace in it where the bar can.

    Every match in sight is marked, the current one strongly; a text that grows while the bar is open is searched again,
    with the person's cursor left where it is. A long text is searched in a thread. `insert` puts a text in the place of
    what a cursor selects, where an editor has a better way for long ones than QTextCursor.
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
        self._marked: tuple[int, int, int] | None = None  # first match, the one behind the last, the current one
        self._worker = ThreadWorker(self)
        self._ticket: _Ticket | None = None  # of a search in the thread
        self._when_found: list[Callable[[], None]] = []
        self._area: QTextCursor | None = None  # what was selected when the bar was opened
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._on_settled)
        self._scrolled = QTimer(self, singleShot=True, interval=0)
        self._scrolled.timeout.connect(self._mark_what_is_in_sight)
        bar.query_changed.connect(self._on_query_changed)
        bar.next_requested.connect(self.find_next)
        bar.previous_requested.connect(self.find_previous)
        bar.replace_requested.connect(self.replace)
        bar.replace_all_requested.connect(self.replace_all)
        bar.closed.connect(self._on_closed)
        editor.textChanged.connect(self._on_text_changed)
        editor.updateRequest.connect(self._on_update_request)
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
        self._once_found(lambda: self._go(self._current + 1))

    def find_previous(self) -> None:
        self._once_found(lambda: self._go(max(self._current, 0) - 1))

    def replace(self) -> None:
        """Replace the current match and go on to the next; without a current one go to the next."""
        self._once_found(self._replace_current)

    def replace_all(self) -> None:
        """Replace every match, as one change of the text."""
        if self._bar.problem_text:
            return
        replacement = self._bar.replacement

        def prepare(found: list[_Match], text: str) -> str:
            return with_replacements(text, [each.match for each in found], replacement) if found else ""

        revision = self._editor.document().revision()

        def put_in(found: list[_Match], replaced: str) -> None:
            if found and self._editor.document().revision() == revision:
                cursor = self._cursor(found[0])
                cursor.setPosition(found[0].start)
                cursor.setPosition(found[-1].end, QTextCursor.MoveMode.KeepAnchor)
                self._insert(cursor, replaced)
            self._search(self._take_found)

        self._search(put_in, None, prepare)

    def _replace_current(self) -> None:
        if self._current < 0 or self._bar.problem_text:
            self._go(self._current + 1)
            return
        match = self._matches[self._current]
        cursor = self._cursor(match)
        if _text_of(cursor) != match.match.text:  # the text has changed since
            self._on_settled()
            return
        self._insert(cursor, match.match.replaced(self._bar.replacement))
        self._editor.setTextCursor(cursor)
        self._on_query_changed()

    # -- searching

    def _search(
        self,
        take: Callable[[list[_Match], Any], None],
        most: int | None = _FOUND_AT_MOST,
        prepare: Callable[[list[_Match], str], Any] = lambda _found, _text: None,
    ) -> None:
        """Have `take` what is found now, and what `prepare` makes of that and the text, in the thread if need be."""
        self._forget_search()
        text = self._editor.document().toRawText().replace("\u2029", "\n")
        start, end = 0, len(text)
        if self._bar.in_selection and self._area is not None:
            start = character_count(text, self._area.selectionStart())
            end = character_count(text, self._area.selectionEnd())
        query = self._bar.text_query

        def search(seconds: float | None) -> tuple[list[_Match], Any]:
            found = _matches(query, text, start, end, most, seconds)
            return found, prepare(found, text)

        if end - start <= _SHORT or not query.text:
            try:
                result = search(_AT_ONCE if query.is_pattern else None)
            except TimeoutError:
                pass
            else:
                take(*result)
                return
        ticket = self._ticket = _Ticket()
        self._bar.set_searching()

        def job() -> tuple[list[_Match], Any] | None:
            try:
                return search(_PATIENCE) if ticket.is_wanted else None
            except TimeoutError:
                return None

        def deliver(result: tuple[list[_Match], Any] | None) -> None:
            if not ticket.is_wanted:
                return
            self._ticket = None
            waiting, self._when_found = self._when_found, []
            if result is None:
                self._take_nothing()
                return
            found, prepared = result
            length = self._editor.document().characterCount() - 1  # the text may have become shorter
            take(found[: bisect.bisect_right(found, length, key=lambda match: match.end)], prepared)
            for act in waiting:
                act()

        self._worker.run(job, deliver)

    def _forget_search(self) -> None:
        if self._ticket is not None:
            self._ticket.is_wanted = False
            self._ticket = None

    def _once_found(self, act: Callable[[], None]) -> None:
        """What was found before the text changed may lie behind its end."""
        if self._settled.isActive():
            self._settled.stop()
            self._on_settled()
        if self._ticket is not None:
            self._when_found.append(act)
        else:
            act()

    def _take_nothing(self) -> None:
        """The search was given up."""
        self._matches, self._current = [], -1
        self._mark()
        self._bar.set_too_slow()

    def _take_found(self, found: list[_Match], _prepared: None) -> None:
        """Leave the cursor where it is."""
        current = self._matches[self._current] if self._current >= 0 else None
        self._matches = found
        self._current = found.index(current) if current in found else -1
        self._mark()

    def _take_first(self, found: list[_Match], _prepared: None) -> None:
        """Go to the first that is not before the cursor."""
        self._matches, self._current = found, -1
        here = self._editor.textCursor().selectionStart()
        if found:
            self._go(next((index for index, match in enumerate(found) if match.start >= here), 0))
        else:
            self._mark()

    def _on_query_changed(self) -> None:
        self._when_found.clear()
        self._search(self._take_first)

    def _on_text_changed(self) -> None:
        if self._bar.is_open and not self._settled.isActive():
            self._settled.start()

    def _on_theme_changed(self) -> None:
        if not self._settled.isActive():  # all is marked anew then
            self._mark()

    def _on_settled(self) -> None:
        if not self._bar.is_open:
            return
        if self._ticket is not None:  # a text that grows all the time would have no search come to its end
            self._settled.start()
            return
        self._search(self._take_found)

    def _on_closed(self) -> None:
        self._settled.stop()
        self._forget_search()
        self._when_found.clear()
        self._matches, self._current, self._area = [], -1, None
        set_marks(self._editor, "find", [])
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- marks

    def _go(self, index: int) -> None:
        if not self._matches:
            return
        self._current = index % len(self._matches)
        self._editor.setTextCursor(self._cursor(self._matches[self._current]))
        self._mark()

    def _mark(self) -> None:
        if self._bar.is_open:
            self._marked = None
            self._mark_what_is_in_sight()
            total = len(self._matches)
            self._bar.set_found(self._current + 1, total, more=total == _FOUND_AT_MOST)

    def _on_update_request(self, _area: QRect, dy: int) -> None:
        if self._matches and (dy or self._marked is not None):
            self._scrolled.start()

    def _mark_what_is_in_sight(self) -> None:
        """A thousand marks would take 30 ms, and as long again at each step to the next match."""
        if not self._bar.is_open:
            return
        editor = self._editor
        start = editor.firstVisibleBlock().position() - _MARGIN
        corner = QPoint(editor.viewport().width(), editor.viewport().height())
        end = editor.cursorForPosition(corner).position() + _MARGIN
        first = bisect.bisect_left(self._matches, start, key=lambda match: match.end)
        length = editor.document().characterCount() - 1
        last = bisect.bisect_right(self._matches, end, key=lambda match: match.start)
        last = min(last, bisect.bisect_right(self._matches, length, key=lambda match: match.end))
        if self._marked != (first, last, self._current):
            self._marked = (first, last, self._current)
            set_marks(editor, "find", [self._mark_at(index) for index in range(first, last)])

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


def _matches(
    query: TextQuery, text: str, start: int, end: int, most: int | None, seconds: float | None
) -> list[_Match]:
    result: list[_Match] = []
    counted, units = 0, 0
    for match in query.matches(text, start, end, most, seconds):
        first = units + utf16_length(text[counted : match.start])
        counted, units = match.end, first + utf16_length(match.text)
        result.append(_Match(first, units, match))
    return result
