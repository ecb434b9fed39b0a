"""A stream read as growing text: only what is new is appended, so that nothing flickers and no time is lost."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.reply_text import Piece, ReplyText, Voice
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.theme import Theme

_LONGEST_LINE = 8_000  # characters; Qt lays a paragraph out again with every piece it gets
_CATCH_UP_MS = {True: 30, False: 10}  # while the call runs, and when nothing else is to be done
_FED_AT_ONCE = 4_000  # characters; a prompt or a piece may be a whole book
_CARET = 7


class TextViewer(QWidget):
    """Shows the ReplyText of a call. `text_found` comes once it is known which field holds the text."""

    text_found = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.reply: ReplyText | None = None
        self._transcript: Transcript | None = None
        self._decoder: MessageDecoder | None = None
        self._chosen: str | None = None
        self._unfed: list[Piece] = []
        self.editor = _GrowingText(theme, self)
        self._find_bar = FindBar(theme, self)
        self._find = TextFind(self._find_bar, self.editor, theme)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find.open)
        self._catching_up = QTimer(self, singleShot=True)
        self._catching_up.timeout.connect(self.grow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._find_bar)
        column.addWidget(self.editor, 1)
        pass_focus_on(self, self.editor)

    @property
    def is_text(self) -> bool:
        """Whether the messages are known to be pieces of one text."""
        return self.reply is not None and self.reply.field is not None

    @property
    def is_probing(self) -> bool:
        """Whether it is not known yet if there is a text."""
        return self.reply is not None and not self.reply.is_settled

    def set_call(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Begin with another call; a field that the person chose stays chosen."""
        self._transcript, self._decoder = transcript, decoder
        self._begin()

    def choose_field(self, name: str) -> None:
        """Read the text from this field from now on."""
        self._chosen = name
        self._begin()

    def grow(self) -> None:
        """Read what has come since, for a few milliseconds; the rest soon after."""
        reply = self.reply
        if reply is None or self._catching_up.isActive():
            return
        had_text = reply.field is not None
        more = reply.advance()
        self._unfed += reply.take()
        if self._unfed:
            part, self._unfed = _cut(self._unfed, _FED_AT_ONCE)
            self.editor.append(part)
        is_live = self._transcript is not None and self._transcript.finished is None
        self.editor.set_live(is_live)
        if more or self._unfed:
            self._catching_up.start(_CATCH_UP_MS[is_live])
        if not had_text and reply.field is not None:
            self.text_found.emit()

    def _begin(self) -> None:
        self._catching_up.stop()
        self._unfed = []
        self.editor.clear_text()
        transcript, decoder = self._transcript, self._decoder
        if transcript is None or decoder is None:
            self.reply = None
            return
        self.reply = ReplyText(transcript, decoder, self._chosen)
        self.grow()


def _cut(pieces: list[Piece], length: int) -> tuple[list[Piece], list[Piece]]:
    """The first `length` characters, and the rest."""
    for at, piece in enumerate(pieces):
        if len(piece.text) > length:
            first, rest = Piece(piece.voice, piece.text[:length]), Piece(piece.voice, piece.text[length:])
            return [*pieces[:at], first], [rest, *pieces[at + 1 :]]
        length -= len(piece.text)
    return pieces, []


class _GrowingText(QPlainTextEdit):
    """Prose, the prompt greyed; a caret in the accent's colour stands at its end while more is to come.

    Its end stays in sight until somebody scrolls up, and again from when they are back at the end.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
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
        theme.follow(self, self._dress)

    def append(self, pieces: list[Piece]) -> None:
        own = self.textCursor()
        selection = own.anchor(), own.position()
        self._moves_itself = True
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for piece in pieces:
            start = cursor.position()
            is_prompt = piece.voice is Voice.PROMPT
            cursor.insertText(self._with_breaks(piece.text), self._prompt_format if is_prompt else QTextCharFormat())
            if is_prompt:
                self._prompts.append((start, cursor.position()))
        cursor.endEditBlock()
        if selection[0] != selection[1]:
            self._select_again(*selection)
        self._moves_itself = False
        self._stay_at_end()

    def clear_text(self) -> None:
        self.clear()
        self._prompts.clear()
        self._line_length = 0
        self._follows = True

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

    def _dress(self) -> None:
        self.setFont(self._theme.label_font(size="title"))
        self._prompt_format = QTextCharFormat()
        self._prompt_format.setForeground(self._theme.color("muted"))
        cursor = QTextCursor(self.document())
        for start, end in self._prompts:
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self._prompt_format)
