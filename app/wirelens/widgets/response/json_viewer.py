"""One message as JSON: read-only, coloured, made only when it is looked at; large ones are made beside the window."""

import asyncio

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.presentation.amounts import size_text
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.timeline_model import TimelineModel
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.json_highlighter import JsonHighlighter
from wirelens.widgets.theme import Theme, restyle

_AT_ONCE = 24 * 1024  # bytes of a message: some 5 ms
_OFFERED = 256 * 1024  # from here on the person is asked first
_FED_AT_ONCE = 64 * 1024  # characters put into the document in one turn of the event loop
_LONGEST_LINE = 10_000  # characters; a longer one is cut for the eye, never for the clipboard
_LINE_SHOWN = 2_000


class JsonViewer(QWidget):
    """Shows a row of a timeline as ProtoJSON."""

    def __init__(
        self, timeline: TimelineModel, tasks: BackgroundTasks, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._tasks = tasks
        self._row: int | None = None
        self._with_defaults = False
        making: set[asyncio.Task[None]] = set()
        self._making = making
        self.destroyed.connect(lambda: [task.cancel() for task in making])  # not of self, which is gone by then
        self._text = ""
        self._unfed = ""
        self._build(theme)
        self._feeding = QTimer(self, singleShot=True, interval=0)
        self._feeding.timeout.connect(self._feed)

    @property
    def text(self) -> str:
        """The whole JSON, empty where there is none yet."""
        return self._text

    def show_row(self, row: int, size: int, *, with_defaults: bool) -> None:
        """Show the message of a row; `size` is its bytes."""
        self.clear()
        self._row, self._with_defaults = row, with_defaults
        if size > _OFFERED:
            self._offer_state.set_text(
                f"A message of {size_text(size)}", "As JSON it is larger still, and takes a moment."
            )
            self._stack.setCurrentWidget(self._offer_state)
        elif size > _AT_ONCE:
            self.make()
        else:
            try:
                self._set_text(self._timeline.as_json(row, emit_defaults=with_defaults))
            except WirelensError as error:
                self._set_text(f"// {error.one_line()}")

    def make(self) -> None:
        """Make the JSON of a message too large to be made at once."""
        if self._row is not None:
            self._offer_state.set_text("Making the JSON …")
            self._offer.hide()
            self._stack.setCurrentWidget(self._offer_state)
            task = self._tasks.start("format a message as JSON", self._make(self._row))
            self._making.add(task)
            task.add_done_callback(self._making.discard)

    def clear(self) -> None:
        """Show nothing; what is being made is given up."""
        for task in self._making:
            task.cancel()
        self._row = None
        self._offer.show()
        self._set_text("")

    def copy(self) -> None:
        """The selected text, or else all of it, lines cut for the eye in full."""
        if self.editor.textCursor().hasSelection():
            self.editor.copy()
        elif self._text:
            QGuiApplication.clipboard().setText(self._text)

    async def _make(self, row: int) -> None:
        try:
            text = await asyncio.to_thread(self._timeline.as_json, row, emit_defaults=self._with_defaults)
        except WirelensError as error:
            text = f"// {error.one_line()}"
        self._set_text(text)

    def _set_text(self, text: str) -> None:
        self._feeding.stop()
        self._text, self._unfed = text, _with_short_lines(text)
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
        column.addWidget(self._find_bar)
        column.addWidget(self.editor, 1)
        self._offer = QPushButton("Show as JSON")
        self._offer.clicked.connect(self.make)
        self._offer_state = EmptyState(theme, "text", "", "", [self._offer], self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._offer_state)
        for keys, act in ((QKeySequence.StandardKey.Find, self._find.open), (QKeySequence.StandardKey.Copy, self.copy)):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        pass_focus_on(self, self.editor)


def _with_short_lines(text: str) -> str:
    """A field of megabytes is one line of JSON, which no text widget can lay out in time."""
    if len(text) <= _LONGEST_LINE:
        return text
    return "\n".join(map(_short, text.split("\n")))


def _short(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:_LINE_SHOWN]} … {len(line) - _LINE_SHOWN:,} more characters"
