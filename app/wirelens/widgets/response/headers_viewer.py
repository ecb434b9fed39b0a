"""Initial metadata and trailers, as the server sent them."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.encoding_words import encoding_name
from wirelens.presentation.headers_model import HeadersColumn, HeadersModel
from wirelens.presentation.message_nodes import NodeContent
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.response.content_viewer import ContentViewer
from wirelens.widgets.theme import Theme, restyle

_PART_WIDTH = 96
_NAME_WIDTH = 200
_SIZE_WIDTH = 80
_ENCODING_HINT = (
    "gRPC's library keeps the header grpc-encoding to itself; this was seen by the messages.\n"
    "Status tells their sizes before and after."
)
_MESSAGES = {"grpc-status-details-bin": "google.rpc.Status"}  # the type of what is known to be a message


class HeadersViewer(QWidget):
    """A table to read and copy from; values of secrets are shown when asked for.

    Enter or a double click opens a value below: bytes in hex, or as the message that they are.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._schema: Schema | None = None
        self.headers = HeadersModel(self)
        self._splitter = Splitter(Qt.Orientation.Vertical, self)
        self.table = QTableView(self._splitter)
        self.table.setObjectName("headersTable")
        self.table.setAccessibleName("Headers and trailers")
        self.table.setModel(self.headers)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        dress_table(self.table, theme)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(HeadersColumn.VALUE, QHeaderView.ResizeMode.Stretch)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self._nothing = QLabel("The server sent no headers and no trailers.")
        restyle(self._nothing, role="muted")
        self._content: ContentViewer | None = None
        self._splitter.addWidget(self.table)
        self.table.activated.connect(lambda index: self.open_value(index.row()))
        self._summary = QLabel(self)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setToolTip("Names and values before HPACK.")
        restyle(self._summary, role="muted")
        self._encoding = ElidedLabel(parent=self)
        self._encoding.setObjectName("encodingLabel")
        restyle(self._encoding, role="muted")
        self._copy_all = QPushButton("Copy all")
        restyle(self._copy_all, role="link")
        self._copy_all.clicked.connect(self.copy_all)
        self._reveal = QPushButton("Show hidden values")
        self._reveal.setCheckable(True)
        restyle(self._reveal, role="link")
        self._reveal.toggled.connect(self._on_reveal)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self.copy_lines)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._nothing)
        self._foot.addWidget(self._summary)
        self._foot.addWidget(self._encoding)
        self._foot.addStretch(1)
        self._foot.addWidget(self._reveal)
        self._foot.addWidget(self._copy_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._splitter, 1)
        column.addLayout(self._foot)
        column.addStretch(0)
        pass_focus_on(self, self.table)
        theme.follow(self, self._dress)

    @property
    def content(self) -> ContentViewer:
        """Made when it is first wanted."""
        if self._content is None:
            self._content = ContentViewer(self._theme, self._splitter)
            self._content.hide()
            self._content.closed.connect(self.close_value)
            self._splitter.addWidget(self._content)
        return self._content

    def show_call(self, transcript: Transcript | None, schema: Schema) -> None:
        """Show what the call has received by now."""
        if transcript is not self.headers.transcript:
            self.close_value()
        self._schema = schema
        self.headers.set_transcript(transcript)
        self._summary.setText(self.headers.summary)
        for widget in (self._summary, self._copy_all):
            widget.setVisible(bool(self.headers.rowCount()))
        encoding = encoding_name(transcript) if transcript is not None and transcript.encodings else ""
        self._encoding.setText(f"Encoding: {encoding}")
        self._encoding.set_whole(f"Answers compressed with {encoding}\n{_ENCODING_HINT}")
        self._encoding.setVisible(bool(encoding))
        self._reveal.setVisible(self.headers.has_secrets)
        is_empty = transcript is not None and transcript.finished is not None and not self.headers.rowCount()
        self._nothing.setVisible(is_empty)
        self._splitter.setHidden(is_empty)

    def copy_lines(self) -> None:
        """The selected rows as `name: value` lines."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        if rows:
            QGuiApplication.clipboard().setText("\n".join(map(self.headers.line, rows)))

    def copy_value(self) -> None:
        """The current row's value."""
        row = self.table.currentIndex().row()
        if row >= 0:
            QGuiApplication.clipboard().setText(self.headers.value(row))

    def copy_all(self) -> None:
        """All pairs as `name: value` lines; secrets only where they are shown."""
        QGuiApplication.clipboard().setText(self.headers.as_text())

    def copy_json(self, *, everything: bool = True) -> None:
        """All pairs, or the selected ones, as JSON; secrets only where they are shown."""
        chosen = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(self.headers.as_json(None if everything else chosen))

    def open_value(self, row: int) -> None:
        """Show the value of a row below; not that of a hidden one."""
        if self._schema is None or self.headers.is_hidden(row):
            return
        name, value = self.headers.name(row), self.headers.value_bytes(row)
        content = NodeContent.BYTES if self.headers.is_binary(row) else NodeContent.TEXT
        self.content.show()
        self.content.show_content(name, value, content, self._schema)
        if name in _MESSAGES and not self.content.has_choice:
            self.content.decode_as(_MESSAGES[name])

    def close_value(self) -> None:
        """Give the room back to the table."""
        if self._content is None:
            return
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.content.isAncestorOf(focused)
        self.content.hide()
        self.content.clear()
        if had_focus:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the current row, and with all."""
        row = self.table.currentIndex().row()
        for text, act in (
            ("Copy the value", self.copy_value),
            ("Copy as name: value\tCtrl+C", self.copy_lines),
            ("Copy as JSON", lambda: self.copy_json(everything=False)),
        ):
            action = menu.addAction(text)
            action.triggered.connect(act)
            action.setEnabled(row >= 0)
        view = menu.addAction("View the value\tEnter")
        view.setEnabled(row >= 0 and not self.headers.is_hidden(row))
        view.triggered.connect(lambda: self.open_value(row))
        menu.addSeparator()
        menu.addAction("Copy all").triggered.connect(self.copy_all)
        menu.addAction("Copy all as JSON").triggered.connect(lambda: self.copy_json())

    def _on_reveal(self, shows: bool) -> None:
        self._reveal.setText("Hide values" if shows else "Show hidden values")
        self.headers.set_shows_secrets(shows)
        if not shows:
            self.close_value()

    def _open_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, self.table.viewport().mapToGlobal(position))

    def _dress(self) -> None:
        px = self._theme.px
        header = self.table.horizontalHeader()
        header.resizeSection(HeadersColumn.PART, px(_PART_WIDTH))
        header.resizeSection(HeadersColumn.NAME, px(_NAME_WIDTH))
        header.resizeSection(HeadersColumn.SIZE, px(_SIZE_WIDTH))
        self._foot.setContentsMargins(px(16), px(8), px(16), px(8))
        self._foot.setSpacing(px(16))
