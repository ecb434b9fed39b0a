"""A text editor for JSON: line numbers, colours, matching brackets, indentation, mistakes marked where they are."""

import re
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from wirelens.engine.errors import JsonError
from wirelens.presentation.draft.long_strings import has_long_line
from wirelens.presentation.draft.text_check import TextWorker
from wirelens.presentation.draft.text_layout import indented_if_json
from wirelens.widgets.controls.text_marks import set_marks
from wirelens.widgets.json_highlighter import JsonHighlighter
from wirelens.widgets.request.editor_text import EditorText
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft
from wirelens.widgets.theme import Theme

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|(?P<bracket>[{}\[\]])')
_FARTHEST_BRACKET = 3000  # lines
_LAID_OUT_AT_ONCE = 32 * 1024  # characters; 5 ms
_PARTNERS = {"{": "}", "[": "]", "}": "{", "]": "["}


class JsonEditor(QPlainTextEdit):
    """Undo is the draft's, so the document keeps none of its own."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shown = EditorText(self)
        self._worker = TextWorker(self)
        self._has_mistakes = False
        self._gutter = _LineNumbers(self, theme)
        self.setProperty("role", "pane")
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = JsonHighlighter(self, theme)
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._gutter.on_update_request)
        self.cursorPositionChanged.connect(self._mark_brackets)
        theme.follow(self, self._dress)

    def mark_mistakes(self, mistakes: Sequence[JsonError], place: Callable[[int], int]) -> None:
        """Underline `mistakes`; `place` gives where in this editor's text an offset of theirs is."""
        if not mistakes and not self._has_mistakes:
            return
        self._has_mistakes = bool(mistakes)
        length = len(self.shown.text)
        marks = []
        for mistake in mistakes:
            start = min(place(mistake.offset), max(0, length - 1))
            cursor = QTextCursor(self.document())
            cursor.setPosition(self.shown.position(start))
            end = min(max(start + 1, place(mistake.offset + mistake.length)), length)
            cursor.setPosition(self.shown.position(end), QTextCursor.MoveMode.KeepAnchor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format = QTextCharFormat()
            mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            mark.format.setUnderlineColor(self._theme.color("bad"))
            mark.format.setToolTip(mistake.message)
            marks.append(mark)
        set_marks(self, "mistakes", marks)
        self._gutter.mark_lines({mistake.line for mistake in mistakes})

    def go_to(self, offset: int) -> None:
        """Put the cursor at a place of the text."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.shown.position(offset))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.InputMethod):
            self.shown.finish()
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._break_line()
        elif event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.textCursor().insertText("  ")
        elif event.text() in ("}", "]"):
            self._close_bracket(event)
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; JSON on one very long line is indented, since no editor bears such lines."""
        text = source.text().replace("\r\n", "\n").replace("\r", "\n")
        self.shown.finish()
        cursor = self.textCursor()
        if not has_long_line(text):
            self.shown.insert(cursor, text)
        elif len(text) <= _LAID_OUT_AT_ONCE:
            self.shown.insert(cursor, indented_if_json(text))
        else:
            self._worker.run(lambda: indented_if_json(text), lambda laid: self.shown.insert(cursor, laid))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab indents; Shift+Tab leaves, as Tab would trap the keyboard otherwise."""
        return False if forward else super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_gutter()

    def _break_line(self) -> None:
        """The next line begins where this one does, one step further in behind an opening bracket."""
        cursor = self.textCursor()
        line = cursor.block().text()
        place = cursor.positionInBlock()
        before, after = line[:place].rstrip(), line[place:].lstrip()
        indent = line[: len(line) - len(line.lstrip(" "))][:place]
        if before[-1:] in ("{", "["):
            inner = indent + "  "
            if after[:1] == _PARTNERS[before[-1]]:
                cursor.insertText(f"\n{inner}\n{indent}")
                cursor.movePosition(QTextCursor.MoveOperation.Up)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfLine)
                self.setTextCursor(cursor)
                return
            indent = inner
        cursor.insertText(f"\n{indent}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _close_bracket(self, event: QKeyEvent) -> None:
        """A closing bracket that begins its line goes one step back out."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if before and not before.strip() and len(before) >= 2 and not cursor.hasSelection():
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, 2)
            cursor.insertText(event.text())
        else:
            super().keyPressEvent(event)

    def _mark_brackets(self) -> None:
        pair = self._bracket_pair()
        marks = []
        for position in pair or ():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document())
            mark.cursor.setPosition(position)
            mark.cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            mark.format = QTextCharFormat()
            mark.format.setBackground(self._theme.color("selection"))
            marks.append(mark)
        set_marks(self, "brackets", marks)

    def _bracket_pair(self) -> tuple[int, int] | None:
        """Positions of the bracket beside the cursor and of its partner."""
        cursor = self.textCursor()
        block, place = cursor.block(), cursor.positionInBlock()
        for at in (place, place - 1):
            own = next((bracket for spot, bracket in _brackets(block) if spot == at), None)
            if own is None:
                continue
            partner = _partner(block, at, own)
            return None if partner is None else (block.position() + at, partner)
        return None

    def _fit_gutter(self) -> None:
        self.setViewportMargins(self._gutter.sizeHint().width(), 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self._gutter.sizeHint().width(), area.height()))

    def _dress(self) -> None:
        self.setFont(self._theme.data_font())
        self.setTabStopDistance(QFontMetrics(self.font()).horizontalAdvance("  "))
        self._fit_gutter()
        self._mark_brackets()


class _LineNumbers(QWidget):
    """The numbers at the left; red where a mistake is."""

    def __init__(self, editor: JsonEditor, theme: Theme) -> None:
        super().__init__(editor)
        self._editor = editor
        self._theme = theme
        self._marked: set[int] = set()

    def mark_lines(self, lines: set[int]) -> None:
        if lines != self._marked:
            self._marked = lines
            self.update()

    def on_update_request(self, area: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, area.y(), self.width(), area.height())

    def sizeHint(self) -> QSize:
        digits = max(2, len(str(self._editor.blockCount())))
        width = QFontMetrics(self._theme.data_font()).horizontalAdvance("0") * digits
        return QSize(width + self._theme.px(20), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        editor, theme = self._editor, self._theme
        painter = QPainter(self)
        painter.setFont(theme.data_font())
        block = editor.firstVisibleBlock()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = editor.blockBoundingRect(block).height()
            number = block.blockNumber() + 1
            painter.setPen(theme.color("bad" if number in self._marked else "faint"))
            area = QRect(0, round(top), self.width() - theme.px(8), round(height))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight, str(number))
            top += height
            block = block.next()


def _brackets(block: QTextBlock) -> Iterator[tuple[int, str]]:
    """The brackets of a line that are not within strings, which never span lines in JSON."""
    text = block.text()
    if len(text) > 20_000:
        return
    for found in _STRING_OR_BRACKET.finditer(text):
        if found["bracket"]:
            yield found.start(), found["bracket"]


def _partner(block: QTextBlock, place: int, bracket: str) -> int | None:
    """The position of the bracket that belongs to the one at `place`."""
    forward = bracket in "{["
    depth = 0
    spots = [spot for spot in _brackets(block) if (spot[0] >= place if forward else spot[0] <= place)]
    for _line in range(_FARTHEST_BRACKET):
        for at, other in spots if forward else reversed(spots):
            depth += 1 if (other in "{[") == forward else -1
            if depth == 0:
                return block.position() + at if other == _PARTNERS[bracket] else None
        block = block.next() if forward else block.previous()
        if not block.isValid():
            return None
        spots = list(_brackets(block))
    return None
