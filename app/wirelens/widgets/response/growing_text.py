"""The text itself: appended to at its end, the end kept in sight, and never longer than Qt lays out at ease."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wirelens.presentation.reply_text import Piece, Voice
from wirelens.presentation.text_look import TextLook
from wirelens.widgets.theme import Theme

SHOWN_AT_MOST = 2_000_000  # characters
_LONGEST_LINE = 8_000  # characters; Qt lays a paragraph out again with every piece it gets
_CUT_AT_ONCE = 200_000  # characters at the beginning that give way to new ones
_CARET = 7
_WHEEL_STEP = 120


class GrowingText(QPlainTextEdit):
    """Prose, the prompt greyed; a caret in the accent's colour stands at its end while more is to come.

    Its end stays in sight until somebody scrolls up, and again from when they are back at the end. Of a very long text
    the beginning is dropped: `dropped` counts its characters.

    `menu_wanted` asks for what else can be done, to be added to the context menu.
    """

    menu_wanted = Signal(object)  # a QMenu

    def __init__(self, look: TextLook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._theme = theme
        self.dropped = 0
        self._replies: dict[int, int] = {}  # where each begins
        self._is_live = False
        self._prompts: list[tuple[int, int]] = []  # where they stand, to be greyed anew by another theme
        self._line_length = 0
        self._follows = True
        self._moves_itself = False
        self.setObjectName("messageText")
        self.setAccessibleName("Messages as text")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setProperty("role", "pane")
        self.setPlaceholderText("Waiting for the first piece of text …")
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._stay_at_end)  # the first text may come before the lines have their width
        look.changed.connect(self._dress)
        theme.follow(self, self._dress)

    def append(self, pieces: Sequence[Piece]) -> None:
        own = self.textCursor()
        selection = own.anchor(), own.position()
        self._moves_itself = True
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for piece in pieces:
            start = cursor.position()
            is_prompt = piece.voice is Voice.PROMPT
            if not is_prompt:
                self._replies.setdefault(piece.reply, start)
            cursor.insertText(self._with_breaks(piece.text), self._prompt_format if is_prompt else QTextCharFormat())
            if is_prompt:
                self._prompts.append((start, cursor.position()))
        cursor.endEditBlock()
        if selection[0] != selection[1]:
            self._select_again(*selection)
        if self.document().characterCount() > SHOWN_AT_MOST:
            self._drop_the_beginning()
        self._moves_itself = False
        self._stay_at_end()

    def clear_text(self) -> None:
        self.clear()
        self._prompts.clear()
        self._replies.clear()
        self.dropped = 0
        self._line_length = 0
        self._follows = True

    def go_to_reply(self, number: int) -> None:
        """Bring the beginning of a reply into sight; one whose beginning was dropped is the first that is there."""
        place = self._replies.get(number)
        if place is not None:
            cursor = self.textCursor()
            cursor.setPosition(min(place, self.document().characterCount() - 1))
            self._follows = False
            self.setTextCursor(cursor)
            self.verticalScrollBar().setValue(cursor.block().firstLineNumber())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setParent(self, menu.windowFlags())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        self.menu_wanted.emit(menu)
        menu.popup(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the size of the text, as everywhere; Qt's own would be forgotten with the next change of theme."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() // _WHEEL_STEP
            if steps:
                self._look.step(1 if steps > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._moves_itself = True
        super().resizeEvent(event)
        self._moves_itself = False
        self._stay_at_end()

    def set_live(self, is_live: bool) -> None:
        if is_live != self._is_live:
            self._is_live = is_live
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_live and self.document().characterCount() > 1:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            place = self.cursorRect(cursor)
            width = self._theme.px(_CARET)
            painter = QPainter(self.viewport())
            painter.fillRect(QRect(place.left() + 1, place.top(), width, place.height()), self._theme.color("accent"))

    def _on_scrolled(self, value: int) -> None:
        if not self._moves_itself:
            self._follows = value >= self.verticalScrollBar().maximum()

    def _stay_at_end(self) -> None:
        if self._follows and not self._moves_itself:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _select_again(self, anchor: int, position: int) -> None:
        """What is inserted where a selection ends would join it."""
        own = self.textCursor()
        if (own.anchor(), own.position()) == (anchor, position):
            return
        place = self.verticalScrollBar().value()
        own.setPosition(anchor)
        own.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(own)
        self.verticalScrollBar().setValue(place)

    def _with_breaks(self, text: str) -> str:
        """A flood without a single line break is broken here and there, for Qt's sake."""
        if self._line_length + len(text) <= _LONGEST_LINE:
            self._line_length = len(text) - text.rfind("\n") - 1 if "\n" in text else self._line_length + len(text)
            return text
        lines = []
        for line in text.split("\n"):
            rest, room = line, _LONGEST_LINE - self._line_length
            while len(rest) > room:
                end = rest.rfind(" ", 0, max(room, 0)) + 1 or max(room, 0)
                lines.append(rest[:end])
                rest, room = rest[end:], _LONGEST_LINE
            lines.append(rest)
            self._line_length = 0
        self._line_length = len(lines[-1])
        return "\n".join(lines)

    def _drop_the_beginning(self) -> None:
        """Some paragraphs at once; the text stands still under who does not read these."""
        bar = self.verticalScrollBar()
        lines, at_line = bar.maximum(), bar.value()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.document().findBlock(_CUT_AT_ONCE).position(), QTextCursor.MoveMode.KeepAnchor)
        length = cursor.position()
        if not length:
            return
        cursor.removeSelectedText()
        self.dropped += length
        self._prompts = [(max(start - length, 0), end - length) for start, end in self._prompts if end > length]
        self._replies = {number: max(start - length, 0) for number, start in self._replies.items()}
        bar.setValue(at_line - (lines - bar.maximum()))

    def _dress(self) -> None:
        wraps = QPlainTextEdit.LineWrapMode.WidgetWidth if self._look.wraps else QPlainTextEdit.LineWrapMode.NoWrap
        self.setLineWrapMode(wraps)
        font = self._theme.label_font(size="title")
        font.setPointSizeF(font.pointSizeF() * self._look.percent / 100)
        self.setFont(font)
        self._prompt_format = QTextCharFormat()
        self._prompt_format.setForeground(self._theme.color("muted"))
        cursor = QTextCursor(self.document())
        for start, end in self._prompts:
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self._prompt_format)
