"""Initial metadata and trailers, as the server sent them."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
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
from wirelens.presentation.headers_model import HeadersColumn, HeadersModel
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme, restyle

_PART_WIDTH = 84
_NAME_WIDTH = 200


class HeadersViewer(QWidget):
    """A table to read and copy from; values of secrets are shown when asked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.headers = HeadersModel(self)
        self.table = QTableView(self)
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
        self._reveal = QPushButton("Show hidden values")
        self._reveal.setCheckable(True)
        restyle(self._reveal, role="link")
        self._reveal.toggled.connect(self._on_reveal)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self.copy_lines)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._nothing)
        self._foot.addWidget(self._reveal)
        self._foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(self._foot)
        column.addStretch(0)
        pass_focus_on(self, self.table)
        theme.follow(self, self._dress)

    def show_call(self, transcript: Transcript | None) -> None:
        """Show what the call has received by now."""
        self.headers.set_transcript(transcript)
        self._reveal.setVisible(self.headers.has_secrets)
        is_empty = transcript is not None and transcript.finished is not None and not self.headers.rowCount()
        self._nothing.setVisible(is_empty)
        self.table.setHidden(is_empty)

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

    def _on_reveal(self, shows: bool) -> None:
        self._reveal.setText("Hide values" if shows else "Show hidden values")
        self.headers.set_shows_secrets(shows)

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in (("Copy the value", self.copy_value), ("Copy as name: value\tCtrl+C", self.copy_lines)):
            action = menu.addAction(text)
            action.triggered.connect(act)
            action.setEnabled(self.table.currentIndex().isValid())
        menu.popup(self.table.viewport().mapToGlobal(position))

    def _dress(self) -> None:
        px = self._theme.px
        header = self.table.horizontalHeader()
        header.resizeSection(HeadersColumn.PART, px(_PART_WIDTH))
        header.resizeSection(HeadersColumn.NAME, px(_NAME_WIDTH))
        self._foot.setContentsMargins(px(16), px(8), px(16), px(8))
