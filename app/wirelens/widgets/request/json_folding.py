"""Folding of objects and lists in the JSON editor: the lines are hidden, `{ … 12 lines }` stands for them."""

import math
import time
from collections import deque

from PySide6.QtCore import QObject, QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QTextBlock
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.presentation.draft.json_outline import Place
from wirelens.presentation.draft.json_tokens import Token, TokenKind
from wirelens.widgets.request.document_outline import DocumentOutline
from wirelens.widgets.theme import Theme

_DEEP_FOLDING = 4000  # lines; in a longer text "fold all" leaves alone what lies deeper than the first level
_MANY = 500  # hidden lines that keep the scroll bar
_LINES = 64  # shown or hidden between two looks at the clock
_TURN = 0.004  # seconds of that in one turn of the event loop
_NOTHING_MORE = (TokenKind.COMMA, TokenKind.COMMENT)


class JsonFolding(QObject):
    """A fold is known by the line where its bracket stands, and goes with that line through edits elsewhere.

    A cursor that gets into a fold, by a search or by a mistake that is shown, unfolds it. Many lines go and come in
    slices, while the picture of the text stands still.
    """

    def __init__(self, editor: QPlainTextEdit, lines: DocumentOutline, theme: Theme) -> None:
        super().__init__(editor)
        self._editor = editor
        self._lines = lines
        self._theme = theme
        self._folds: dict[int, int] = {}  # line of the bracket -> last line hidden
        self._waiting: deque[tuple[int, int, bool]] = deque()  # first and last line to show or hide
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._lay_out)
        lines.changed.connect(self._on_lines_changed)
        lines.rewritten.connect(self._on_lines_rewritten)
        editor.cursorPositionChanged.connect(self._on_cursor_moved)

    @property
    def folded(self) -> list[int]:
        """The lines, 0-based, whose brackets are folded."""
        return sorted(self._folds)

    @property
    def is_laying_out(self) -> bool:
        """Whether lines are still to be shown or hidden."""
        return bool(self._waiting)

    def last_line(self, line: int) -> int:
        """The last line hidden behind a folded one; the line itself where nothing is."""
        return self._folds.get(line, line)

    def can_fold(self, line: int) -> bool:
        """Whether a bracket stays open at the end of the line."""
        return line + 1 < self._lines.outline.line_count and self._open_bracket(line) is not None

    def fold(self, line: int) -> bool:
        """Fold what begins in a line; False where nothing does."""
        self._finish()
        last = self._end_of(line)
        if last is None or line in self._folds:
            return False
        self._folds[line] = last
        self._move_cursor_out(line, last)
        self._show(line + 1, last, visible=False)
        self._lay_out()
        return True

    def unfold(self, line: int) -> bool:
        """Unfold what begins in a line."""
        self._finish()
        last = self._folds.pop(line, None)
        if last is None:
            return False
        self._show(line + 1, last, visible=True)
        self._lay_out()
        return True

    def toggle(self, line: int) -> bool:
        return self.unfold(line) or self.fold(line)

    def fold_at(self, line: int, column: int) -> bool:
        """Fold what begins in a line, else the innermost of what is around the place."""
        if self.fold(line):
            return True
        opener = self._lines.outline.opener(line, column)
        while opener is not None and (opener.line == line or not self.fold(opener.line)):
            opener = self._lines.outline.opener(opener.line, opener.token.start)
        return opener is not None

    def fold_all(self) -> None:
        """Fold all that is within the outermost bracket, and in a text of moderate length what is within that."""
        self._finish()
        outline = self._lines.outline
        is_deep = outline.line_count <= _DEEP_FOLDING
        outermost = next(outline.after(0, 0), None)
        if outermost is None or outermost.token.kind is not TokenKind.OPEN:
            return
        if is_deep:
            heads = [line for line in range(outline.line_count) if line != outermost.line and self.can_fold(line)]
        else:
            inside = outline.inside(outermost, outline.line_count)
            heads = [place.line for place in inside if place.token.kind is TokenKind.OPEN]
        new = {line: last for line in heads if line not in self._folds and (last := self._end_of(line)) is not None}
        self._folds.update(new)
        hidden = -1
        for line in sorted(new):
            if new[line] > hidden:
                self._move_cursor_out(line, new[line])
                self._show(line + 1, new[line], visible=False)
                hidden = new[line]
        self._lay_out()

    def unfold_all(self) -> None:
        self._finish()
        folds, self._folds = self._folds, {}
        shown = -1
        for line in sorted(folds):
            if folds[line] > shown:
                self._show(line + 1, folds[line], visible=True)
                shown = folds[line]
        self._lay_out()

    def reveal(self, line: int) -> None:
        """Unfold whatever hides a line."""
        for head in [head for head, last in self._folds.items() if head < line <= last]:
            self.unfold(head)

    def hidden_in(self, line: int, lines: set[int]) -> bool:
        """Whether one of `lines` is hidden behind the folded `line`."""
        last = self._folds.get(line)
        return last is not None and any(line < each <= last for each in lines)

    # -- on screen

    def paint(self, painter: QPainter) -> None:
        """Draw what stands for the hidden lines behind each folded one in sight."""
        theme = self._theme
        painter.setFont(theme.data_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line, area in self._placeholders():
            painter.setPen(theme.color("edge"))
            painter.setBrush(theme.color("sunk"))
            painter.drawRoundedRect(area, theme.px(4), theme.px(4))
            painter.setPen(theme.color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._words(line))
            painter.setPen(theme.color("text"))
            rest = area.translated(area.width() + theme.px(4), 0)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._tail(line))

    def placeholder_at(self, point: QPoint) -> int | None:
        """The folded line whose placeholder is at a point of the viewport."""
        return next((line for line, area in self._placeholders() if area.contains(point)), None)

    def placeholder_text(self, line: int) -> str:
        """What stands behind a folded line: `… 12 lines },`."""
        return f"{self._words(line)} {self._tail(line)}".rstrip() if line in self._folds else ""

    def _placeholders(self) -> list[tuple[int, QRectF]]:
        if not self._folds:
            return []
        editor, px = self._editor, self._theme.px
        metrics = QFontMetrics(self._theme.data_font())
        found = []
        block = editor.firstVisibleBlock()
        offset = editor.contentOffset()
        bottom = editor.viewport().height()
        while block.isValid():
            geometry = editor.blockBoundingGeometry(block).translated(offset)
            if geometry.top() > bottom:
                break
            line = block.blockNumber()
            if line in self._folds and block.isVisible():
                right = geometry.left() + block.layout().lineAt(0).naturalTextRect().right()
                width = metrics.horizontalAdvance(self._words(line)) + px(12)
                found.append((line, QRectF(right + px(4), geometry.top() + 1.5, width, geometry.height() - 3)))
                block = editor.document().findBlockByNumber(self._folds[line])
            block = block.next()
        return found

    def _words(self, line: int) -> str:
        count = self._folds[line] - line
        return f"… {count:,} line{'' if count == 1 else 's'}"

    def _tail(self, line: int) -> str:
        """The closing bracket and what is behind it, where their line is hidden as well."""
        outline = self._lines.outline
        bracket = self._open_bracket(line)
        closer = None if bracket is None else outline.closer(line, bracket.end)
        if closer is None or closer.line != self._folds[line]:
            return ""
        return outline.line(closer.line)[closer.token.start :].rstrip()

    # -- inside

    def _open_bracket(self, line: int) -> Token | None:
        """The first bracket of a line that the line does not close."""
        tokens = self._lines.outline.tokens(line)
        stack: list[Token] = []
        for token in () if tokens is None else tokens.tokens:
            if token.kind is TokenKind.OPEN:
                stack.append(token)
            elif token.kind is TokenKind.CLOSE and stack:
                stack.pop()
        return stack[0] if stack else None

    def _end_of(self, line: int) -> int | None:
        """The last line to hide: the closing bracket's, unless more than a comma follows there."""
        bracket = self._open_bracket(line)
        outline = self._lines.outline
        closer: Place | None = None if bracket is None else outline.closer(line, bracket.end)
        if closer is None or closer.line == line:
            return None
        tokens = outline.tokens(closer.line)
        behind = [] if tokens is None else [each for each in tokens.tokens if each.start > closer.token.start]
        last = closer.line if all(each.kind in _NOTHING_MORE for each in behind) else closer.line - 1
        return last if last > line else None

    def _show(self, first: int, last: int, *, visible: bool) -> None:
        """Show or hide lines, at the next `_lay_out`; what another fold hides stays hidden."""
        self._waiting.append((first, last, visible))

    def _work_off(self, seconds: float) -> None:
        """Show and hide what is waiting, for about that long."""
        enough = time.perf_counter() + seconds
        layout = self._editor.document().documentLayout()
        while self._waiting and time.perf_counter() < enough:
            number, last, visible = self._waiting.popleft()
            block = self._editor.document().findBlockByNumber(number)
            stop = number + _LINES
            while block.isValid() and number <= min(last, stop):
                _set_visible(block, visible)
                inner = self._folds.get(number) if visible else None
                if inner is not None:
                    number = inner + 1
                    block = self._editor.document().findBlockByNumber(number)
                else:
                    if not visible:
                        layout.blockBoundingRect(block)  # Qt asks for it when it paints, of all hidden lines at once
                    block = block.next()
                    number += 1
            if block.isValid() and number <= last:
                self._waiting.appendleft((number, last, visible))

    def _finish(self) -> None:
        """Somebody goes on before all lines have come or gone."""
        if self._waiting:
            self._work_off(math.inf)
            self._lay_out()

    def _move_cursor_out(self, line: int, last: int) -> None:
        cursor = self._editor.textCursor()
        document = self._editor.document()
        numbers = (document.findBlock(each).blockNumber() for each in (cursor.position(), cursor.anchor()))
        if any(line < number <= last for number in numbers):
            block = document.findBlockByNumber(line)
            cursor.setPosition(block.position() + block.length() - 1)
            self._editor.setTextCursor(cursor)

    def _settle(self) -> None:
        self._work_off(math.inf)
        self._soon.stop()
        self._editor.viewport().setUpdatesEnabled(True)

    def _on_cursor_moved(self) -> None:
        self._finish()
        block = self._editor.textCursor().block()
        if not block.isVisible():
            self.reveal(block.blockNumber())

    def _on_lines_changed(self, first: int, went: int, came: int) -> None:
        is_amid = bool(self._waiting)  # then which lines are hidden is anybody's guess
        self._waiting.clear()
        if not self._folds and not is_amid:
            return
        before, self._folds = self._folds, {}
        broken: list[tuple[int, int]] = []
        for head, last in before.items():
            if last < first:
                self._folds[head] = last
            elif head >= first + went:
                self._folds[head + came - went] = last + came - went
            elif head == first and went == came == 1 and self._end_of(head) == last:
                self._folds[head] = last
            elif head < first and last >= first + went - 1 and self._end_of(head) == last + came - went:
                self._folds[head] = last + came - went  # changed within, from elsewhere
            else:
                broken.append((head, last))
        for head, last in broken:
            self._show(min(head, first), max(last, first) + max(0, came - went), visible=True)
        if is_amid:
            self._show(0, self._editor.blockCount(), visible=True)
        for head, last in self._folds.items() if broken or is_amid else ():
            self._show(head + 1, last, visible=False)
        self._settle()

    def _on_lines_rewritten(self, first: int, came: int) -> None:
        """New lines of the document are visible ones."""
        for head, last in self._folds.items():
            if head < first + came and last >= first:
                self._show(max(head + 1, first), min(last, first + came - 1), visible=False)
        self._settle()
        if self._folds:
            self._lay_out()

    def _lay_out(self) -> None:
        self._work_off(_TURN)
        # A scroll bar that goes changes the width, and Qt lays out all lines anew for that, hidden ones in one piece.
        hides_many = any(last - head > _MANY for head, last in self._folds.items())
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if hides_many else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if policy != self._editor.verticalScrollBarPolicy():
            self._editor.setVerticalScrollBarPolicy(policy)
        self._editor.viewport().setUpdatesEnabled(not self._waiting)
        if self._waiting:
            self._soon.start()
            return
        self._soon.stop()
        layout = self._editor.document().documentLayout()
        layout.documentSizeChanged.emit(layout.documentSize())
        self._editor.viewport().update()


def _set_visible(block: QTextBlock, visible: bool) -> None:
    if block.isVisible() != visible:
        block.setVisible(visible)
        block.setLineCount(1 if visible else 0)
