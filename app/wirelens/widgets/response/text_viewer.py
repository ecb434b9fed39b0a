"""A stream read as growing text: only what is new is appended, so that nothing flickers and no time is lost."""

from collections import deque
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.errors import WirelensError
from wirelens.presentation.amounts import count_text
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.reply_export import copied_text, save_text
from wirelens.presentation.reply_statistics import ReplyStatistics
from wirelens.presentation.reply_text import Piece, ReplyText
from wirelens.presentation.text_look import TextLook
from wirelens.widgets.controls.clipboard import copy_utf8
from wirelens.widgets.controls.commands import Command, Commands, add_commands
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.response.growing_text import SHOWN_AT_MOST, GrowingText
from wirelens.widgets.response.reply_line import ReplyLine
from wirelens.widgets.theme import Theme

_CATCH_UP_MS = {True: 30, False: 10}  # while the call runs, and when nothing else is to be done
_FED_AT_ONCE = 4_000  # characters; a prompt or a piece may be a whole book
_NOT_WORTH_IT = 200_000  # characters that wait: while still more is read, nobody can follow what would be shown


class TextViewer(QWidget):
    """Shows the ReplyText of a call, its figures below. `text_found` comes once it is known which field holds the text,
    `row_wanted` when somebody wants to see the message in a row of the transcript."""

    text_found = Signal()
    row_wanted = Signal(int)

    def __init__(self, tasks: BackgroundTasks, look: TextLook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._theme = theme
        self._look = look
        self.reply: ReplyText | None = None
        self._transcript: Transcript | None = None
        self._decoder: MessageDecoder | None = None
        self._chosen: str | None = None
        self._unfed: deque[Piece] = deque()
        self._unfed_length = self._left_out = 0
        self.message = InlineMessage(theme, self)
        self.editor = GrowingText(look, theme, self)
        self.editor.menu_wanted.connect(self.fill_menu)
        self.line = ReplyLine(theme, self)
        self.line.row_wanted.connect(self.row_wanted)
        self.line.reply_chosen.connect(self.editor.go_to_reply)
        tools = QMenu(self.line.tools)
        tools.aboutToShow.connect(tools.clear)
        tools.aboutToShow.connect(lambda: self.fill_menu(tools))
        self.line.tools.setMenu(tools)
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
        column.addWidget(self.message)
        column.addWidget(self.editor, 1)
        column.addWidget(self.line)
        pass_focus_on(self, self.editor)

    @property
    def is_text(self) -> bool:
        """Whether the messages are known to be pieces of one text."""
        return self.reply is not None and self.reply.field is not None

    @property
    def is_probing(self) -> bool:
        """Whether it is not known yet if there is a text."""
        return self.reply is not None and not self.reply.is_settled

    @property
    def final_reply(self) -> ReplyStatistics | None:
        """The only reply of a call that has ended and was read to its end; None for any other."""
        reply, transcript = self.reply, self._transcript
        if reply is None or transcript is None or transcript.finished is None or not reply.is_at_end:
            return None
        return reply.replies[0] if len(reply.replies) == 1 else None

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
        self._take(reply.take())
        if self._unfed and not (more and self._unfed_length > _NOT_WORTH_IT):
            self.editor.append(self._cut(_FED_AT_ONCE))
        is_live = self._transcript is not None and self._transcript.finished is None
        self.editor.set_live(is_live)
        if more or self._unfed:
            self._catching_up.start(_CATCH_UP_MS[is_live])
        self.line.set_replies(reply.replies, at_once=not is_live and not more, note=self._note())
        if not had_text and reply.field is not None:
            self.text_found.emit()

    # -- what can be done with the text

    def fill_menu(self, menu: QMenu) -> None:
        """Add what can be done with the text to a menu."""
        add_commands(menu, self.commands(), self._theme)

    def commands(self) -> Commands:
        """The same as a list."""
        look, reply, number = self._look, self.reply, self.line.reply_number
        has_text = reply is not None and bool(reply.replies)
        alone = Command("Copy the reply alone", lambda: self.copy_text(number), enabled=has_text)
        return [
            Command("Copy the whole text", self.copy_text, enabled=has_text),
            *([alone] if number is not None else []),
            Command("Save as text …", self.choose_file, enabled=has_text),
            None,
            Command("Find …", self._find.open, "Ctrl+F"),
            Command("Wrap long lines", lambda: look.set_wraps(not look.wraps), checked=look.wraps),
            None,
            Command("Larger text", lambda: look.step(1), "Ctrl+wheel"),
            Command("Smaller text", lambda: look.step(-1)),
            Command(f"Normal size ({look.percent} % now)", lambda: look.set_percent(100)),
        ]

    def copy_text(self, number: int | None = None) -> None:
        """Put the whole text on the clipboard, or one reply alone."""
        reply = self.reply
        if reply is not None:
            self._tasks.start("copy the text", self._copy(reply, number))

    def choose_file(self) -> None:
        """Ask where the text is to be saved."""
        dialog = QFileDialog(self.window(), "Save the text")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Text (*.txt)", "All files (*)"])
        dialog.setDefaultSuffix("txt")
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.selectFile(f"{self._decoder.method.name if self._decoder is not None else 'reply'}.txt")
        dialog.filesSelected.connect(lambda names: self.save_text(Path(names[0])))
        dialog.open()

    def save_text(self, path: Path) -> None:
        """Write the whole text into a file; what became of it is said above the text."""
        reply = self.reply
        if reply is not None:
            self._tasks.start("save the text", self._save(reply, path))

    async def _copy(self, reply: ReplyText, number: int | None) -> None:
        try:
            copy_utf8(await copied_text(reply, number))
        except WirelensError as error:
            self.message.show_error(error)

    async def _save(self, reply: ReplyText, path: Path) -> None:
        try:
            length = await save_text(reply, path)
        except WirelensError as error:
            self.message.show_error(error)
        else:
            self.message.show_message("good", f"Saved {count_text(length, 'character')}.", place=str(path))

    # -- inside

    def _begin(self) -> None:
        self._catching_up.stop()
        self._unfed.clear()
        self._unfed_length = self._left_out = 0
        self.message.clear()
        self.editor.clear_text()
        self.line.clear()
        transcript, decoder = self._transcript, self._decoder
        if transcript is None or decoder is None:
            self.reply = None
            return
        self.reply = ReplyText(transcript, decoder, self._chosen)
        self.grow()

    def _take(self, pieces: list[Piece]) -> None:
        """What would be dropped again before it is seen is left out at once."""
        self._unfed.extend(pieces)
        self._unfed_length += sum(len(piece.text) for piece in pieces)
        too_many = self._unfed_length - SHOWN_AT_MOST
        if too_many > 0:
            self._cut(too_many)
            self._left_out += too_many

    def _cut(self, length: int) -> list[Piece]:
        """The next characters, at most so many."""
        cut: list[Piece] = []
        room = length
        while self._unfed and room:
            piece = self._unfed.popleft()
            if len(piece.text) > room:
                self._unfed.appendleft(Piece(piece.voice, piece.text[room:], piece.reply))
                piece = Piece(piece.voice, piece.text[:room], piece.reply)
            cut.append(piece)
            room -= len(piece.text)
        self._unfed_length -= length - room
        return cut

    def _note(self) -> str:
        """What is not as one would think."""
        notes = []
        if missing := self.editor.dropped + self._left_out:
            notes.append(f"The first {missing:,} characters are not shown; copying and saving have them.")
        if self._transcript is not None and self._transcript.skipped_count:
            notes.append("Only the messages that were taken have their text here, and count.")
        return "\n".join(notes)
