"""One message as JSON: read-only, coloured, made only when it is looked at; large ones are made beside the window."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QPushButton, QStackedLayout, QToolTip, QVBoxLayout, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.json_child import JsonMaking
from wirelens.presentation.amounts import size_text
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.file_failure import written
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.presentation.timeline_model import TimelineModel
from wirelens.widgets.controls.byte_copying import ask_for_file
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.json_highlighter import JsonHighlighter
from wirelens.widgets.theme import Theme, restyle

_AT_ONCE = 24 * 1024  # bytes of a message: some 5 ms
_OFFERED = 256 * 1024  # from here on the person is asked first
_FED_AT_ONCE = 64 * 1024  # characters put into the document in one turn of the event loop
_LONGEST_LINE = 10_000  # characters; a longer one is cut for the eye, never for the clipboard
_LINE_SHOWN = 2_000
_SHOWN = 8 * 2**20  # characters that are laid out
_WATCH_MS = 200


class JsonViewer(QWidget):
    """Shows a row of a timeline as ProtoJSON.

    `saved` tells of each file, with a sentence where it was not written. `tree_wanted` asks for the view that has what
    JSON lacks.
    """

    saved = Signal(str)
    tree_wanted = Signal()

    def __init__(
        self, timeline: TimelineModel, tasks: BackgroundTasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._tasks = tasks
        self._theme = theme
        self._row: int | None = None
        self._with_defaults = self._lacks_fields = False
        self._about = 0  # bytes of JSON that are expected
        making: set[asyncio.Task[None]] = set()
        self._making = making
        self._child = child = _Child()
        self.destroyed.connect(lambda: child.give_up())  # not of self, which is gone by then
        self.destroyed.connect(lambda: [task.cancel() for task in making])
        self._text = ""
        self._unfed = ""
        self._worker = ThreadWorker(self)
        self._watching = QTimer(self, interval=_WATCH_MS)
        self._watching.timeout.connect(self._say_progress)
        self._build(theme)
        self._feeding = QTimer(self, singleShot=True, interval=0)
        self._feeding.timeout.connect(self._feed)

    @property
    def text(self) -> str:
        """The whole JSON, empty where there is none yet."""
        return self._text

    @property
    def offer(self) -> str:
        """What is said in place of the JSON of a large message; empty where the JSON is shown."""
        is_offered = self._stack.currentWidget() is self._offer_state
        return self._offer_state.title if is_offered else ""

    @property
    def remark(self) -> str:
        """What is said of the JSON that is shown."""
        return self._remark.text

    def show_row(self, row: int, size: int, *, with_defaults: bool, lacks_fields: bool = False) -> None:
        """Show the message of a row; `size` is its bytes. One that `lacks_fields` in JSON says so."""
        self.clear()
        self._row, self._with_defaults, self._lacks_fields = row, with_defaults, lacks_fields
        if lacks_fields:
            self._remark.show_message(
                "warn", "This message has fields that the schema lacks. JSON cannot show them.", action="Show the tree"
            )
        else:
            self._remark.clear()
        if size > _OFFERED:
            self._about = self._timeline.estimated_json_size(row) or 0
            about = f"; as JSON it is about {size_text(self._about)}" if self._about else ""
            self._offer_state.set_text(
                f"This message is {size_text(size)}{about}", "It is made beside the window, and can be given up."
            )
            self._stack.setCurrentWidget(self._offer_state)
        elif size > _AT_ONCE:
            self._offer_making(True)
            task = self._tasks.start("format a message as JSON", self._make(row))
            self._making.add(task)
            task.add_done_callback(self._making.discard)
        else:
            try:
                self._set_text(self._timeline.as_json(row, emit_defaults=with_defaults))
            except WirelensError as error:
                self._set_text(f"// {error.one_line()}")

    def make(self) -> None:
        """Make the JSON of a large message in a process of its own."""
        making = self._begin()
        if making is None:
            return
        pieces = bytearray()

        def job() -> tuple[str, str]:
            text = _run(making, pieces.extend) or pieces.decode("utf-8", "replace")
            return text, _for_the_eye(text)

        self._worker.run(job, lambda made: self._end(making, lambda: self._set_text(*made)))

    def cancel(self) -> None:
        """Give up what is being made, and offer it again."""
        self._child.give_up()
        row = self._row
        if row is not None and self._timeline.transcript is not None:
            size = self._timeline.transcript.size(row)
            self.show_row(row, size, with_defaults=self._with_defaults, lacks_fields=self._lacks_fields)

    def save(self, path: Path) -> None:
        """Write the JSON to a file; where it is not there yet, it is made into the file without being shown."""
        if self._text:
            text = self._text

            def write() -> str:
                return written(path, lambda file: file.write(text.encode("utf-8", "surrogatepass")))

            self._worker.run(write, lambda failure: self._tell_saved(path, failure))
            return

        making = self._begin()
        if making is None:
            return

        def make() -> str:
            problems: list[str] = []
            failure = written(path, lambda file: problems.append(_run(making, file.write)))
            return failure or problems[0]

        def on_made(failure: str) -> None:
            self._tell_saved(path, failure)
            self._end(making, self.cancel)

        self._worker.run(make, on_made)

    def ask_where_to_save(self) -> None:
        """Ask for a file; the window goes on meanwhile."""
        if self._row is not None:
            ask_for_file(self, "Save as JSON", "message.json", self.save)

    def clear(self) -> None:
        """Show nothing; what is being made is given up."""
        for task in self._making:
            task.cancel()
        self._child.give_up()
        self._row = None
        self._offer_making(False)
        self._set_text("")

    def _begin(self) -> JsonMaking | None:
        if self._row is None:
            return None
        self._child.give_up()
        try:
            making = self._timeline.json_making(self._row, emit_defaults=self._with_defaults)
        except WirelensError as error:
            self._set_text(f"// {error.one_line()}")
            return None
        self._child.making = making
        self._offer_making(True)
        return making

    def _end(self, making: JsonMaking, then: Callable[[], object]) -> None:
        """What was given up meanwhile is not shown: something else is in its place."""
        if self._child.making is making:
            self._child.making = None
            self._offer_making(False)
            then()

    def _offer_making(self, is_making: bool) -> None:
        self._offer.setVisible(not is_making)
        self._offer_save.setVisible(not is_making)
        self._offer_cancel.setVisible(is_making and self._child.making is not None)
        if is_making:
            self._say_progress()
            self._stack.setCurrentWidget(self._offer_state)
            self._watching.start()
        else:
            self._watching.stop()

    def _say_progress(self) -> None:
        making = self._child.making
        done = making.size if making is not None else 0
        progress = f"{size_text(done)} of about {size_text(max(self._about, done))}" if done else ""
        self._offer_state.set_text("Making the JSON …", progress)

    def _tell_saved(self, path: Path, failure: str) -> None:
        sentence = failure or f"{path.name} was saved"
        QToolTip.showText(self.mapToGlobal(self.rect().center()), sentence, self)
        self.saved.emit(failure)

    def copy(self) -> None:
        """The selected text, or else all of it, lines cut for the eye in full."""
        if self.editor.textCursor().hasSelection():
            self.editor.copy()
        elif self._text:
            QGuiApplication.clipboard().setText(self._text)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the JSON."""
        menu.addAction("Copy\tCtrl+C").triggered.connect(self.copy)
        menu.addAction("Select all\tCtrl+A").triggered.connect(self.editor.selectAll)
        menu.addSeparator()
        save = menu.addAction("Save as JSON…")
        save.setEnabled(self._row is not None)
        save.triggered.connect(self.ask_where_to_save)

    def _open_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, self.editor.viewport().mapToGlobal(position))

    async def _make(self, row: int) -> None:
        try:
            text = await asyncio.to_thread(self._timeline.as_json, row, emit_defaults=self._with_defaults)
        except WirelensError as error:
            text = f"// {error.one_line()}"
        self._offer_making(False)
        self._set_text(text)

    def _set_text(self, text: str, for_the_eye: str | None = None) -> None:
        self._feeding.stop()
        self._text, self._unfed = text, _for_the_eye(text) if for_the_eye is None else for_the_eye
        self.editor.clear()
        self._stack.setCurrentWidget(self._page)
        self._feed()

    def _feed(self) -> None:
        part, self._unfed = self._unfed[:_FED_AT_ONCE], self._unfed[_FED_AT_ONCE:]
        cursor = QTextCursor(self.editor.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(part)
        if self._unfed:
            self._feeding.start()

    def _build(self, theme: Theme) -> None:
        self._page = QWidget(self)
        self.editor = QPlainTextEdit(self._page)
        self.editor.setObjectName("messageJson")
        self.editor.setAccessibleName("Message as JSON")
        self.editor.setReadOnly(True)
        self.editor.setUndoRedoEnabled(False)
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        restyle(self.editor, role="pane")
        theme.set_data_font(self.editor)
        self._highlighter = JsonHighlighter(self.editor, theme)
        self._find_bar = FindBar(theme, self._page)
        self._find = TextFind(self._find_bar, self.editor, theme)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._remark = InlineMessage(theme, self._page, can_dismiss=False)
        self._remark.acted.connect(self.tree_wanted)
        column.addWidget(self._find_bar)
        column.addWidget(self._remark)
        column.addWidget(self.editor, 1)
        self._offer = QPushButton("Show")
        self._offer.setAccessibleName("Show as JSON")
        self._offer.clicked.connect(self.make)
        self._offer_save = QPushButton("Save as JSON…")
        self._offer_save.clicked.connect(self.ask_where_to_save)
        self._offer_cancel = QPushButton("Cancel")
        self._offer_cancel.clicked.connect(self.cancel)
        buttons = [self._offer, self._offer_save, self._offer_cancel]
        self._offer_state = EmptyState(theme, "text", "", "", buttons, self)
        self._offer_making(False)
        self.editor.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.editor.customContextMenuRequested.connect(self._open_menu)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._offer_state)
        for keys, act in ((QKeySequence.StandardKey.Find, self._find.open), (QKeySequence.StandardKey.Copy, self.copy)):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        pass_focus_on(self, self.editor)


class _Child:
    """What a process is making for a view, which may go before it is made."""

    making: JsonMaking | None = None

    def give_up(self) -> None:
        if self.making is not None:
            self.making.kill()
            self.making = None


def _run(making: JsonMaking, take: Callable[[bytes], object]) -> str:
    """Why the JSON could not be made, as a comment of it; empty where it was."""
    try:
        making.run(take)
    except WirelensError as error:
        return f"// {error.one_line()}"
    return ""


def _for_the_eye(text: str) -> str:
    """A field of megabytes is one line of JSON, which no text widget can lay out in time; nor millions of lines."""
    if len(text) > _SHOWN:
        left_out = size_text(len(text) - _SHOWN)
        text = f"{text[:_SHOWN]}\n// … {left_out} more: copy or save it to have all of it"
    if len(text) <= _LONGEST_LINE:
        return text
    return "\n".join(map(_short, text.split("\n")))


def _short(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:_LINE_SHOWN]} … {len(line) - _LINE_SHOWN:,} more characters"
