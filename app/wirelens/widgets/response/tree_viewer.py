"""One message as a tree of typed fields."""

import time
from collections import deque
from collections.abc import Sequence

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHeaderView, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from wirelens.engine.messages.wire.reading import WireField
from wirelens.engine.messages.wire.scanning import Buffer, Span
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.filter_clauses import value_clause
from wirelens.presentation.message_focus import MessageFocus
from wirelens.presentation.message_nodes import NodeRole
from wirelens.presentation.message_tree_model import NAME, TYPE, VALUE, MessageTreeModel
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.trees import dress_tree
from wirelens.widgets.theme import Theme

Index = QModelIndex | QPersistentModelIndex

_COLORS = {
    NodeRole.STRING: "syntax_string",
    NodeRole.NUMBER: "syntax_number",
    NodeRole.KEYWORD: "syntax_keyword",
    NodeRole.SUMMARY: "muted",
    NodeRole.DEFAULT: "faint",
    NodeRole.UNKNOWN: "warn",
    NodeRole.MISTAKE: "bad",
}
_NAME_WIDTH = 184
_TYPE_WIDTH = 144
_NARROW = 440  # px of width under which the value needs the room of the type
_UNFOLDED_AT_MOST = 2_000  # rows
_CURRENT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
_SLICE = 0.004  # seconds of unfolding at a time
_OPENED_AT_MOST = 12  # children of a field that is open from the start
_OPENED_SIZE = 16 * 1024  # bytes of such a field: larger ones are not even read


class TreeViewer(QTreeView):
    """What the person has unfolded stays so from message to message, and so does the field that they are at.

    `content_wanted` asks for the viewer of a row's bytes or text. `unfolding` tells how many rows were unfolded and
    whether that was all: while a large part is being unfolded, and at its end.
    """

    content_wanted = Signal(QModelIndex)
    filter_wanted = Signal(str)  # a clause that a message with the current row's value matches
    unfolding = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, focus: MessageFocus | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._focus = focus or MessageFocus(self)
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._restores = False
        self._descriptor: Descriptor | None = None
        self._place = 0  # of the scroll bar, before rows were replaced
        self._to_unfold: deque[QPersistentModelIndex] = deque()
        self._unfolded = 0  # rows
        self._unfold_on = QTimer(self, singleShot=True, interval=0)
        self._unfold_on.timeout.connect(self._unfold_slice)
        self.fields = MessageTreeModel(self)
        self.setModel(self.fields)
        self.setObjectName("messageTree")
        self.setAccessibleName("Message as a tree")
        self.setItemDelegate(_FieldDelegate(theme, self))
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)  # see _on_double_clicked
        dress_tree(self, theme)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        self.fields.rowsAboutToBeRemoved.connect(self._keep_place)
        self.fields.level_read.connect(self._on_level_read)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        self.doubleClicked.connect(self._on_double_clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_value)
        theme.follow(self, self._dress)

    def show_message(
        self, payload: Buffer, descriptor: Descriptor | None, schema: Schema, *, with_defaults: bool
    ) -> None:
        """Replace what is shown; scrolling and unfolding stay where they can. The message is read while it is shown."""
        place = self.verticalScrollBar().value()
        self._descriptor = descriptor
        self._stop_unfolding()
        self.fields.set_message(payload, descriptor, schema, with_defaults=with_defaults)
        self._restore(QModelIndex(), place)

    def clear(self) -> None:
        self._stop_unfolding()
        self.fields.clear()

    def go_to_field(self, fields: Sequence[WireField], element: Span | None = None) -> None:
        """Go to the row of a field of the wire; `fields` are those around it and itself, the outermost first."""
        index = self.fields.find_field(fields, element)
        if index.isValid():
            self.setCurrentIndex(index)

    def go_to_path(self, path: str) -> None:
        """Go to the row of that path, or the nearest above it that there is."""
        index = self.fields.find_path(path)
        if index.isValid():
            self.setCurrentIndex(index)

    def copy_value(self) -> None:
        """The value of the current row, in full; nothing where it is too large for that."""
        index = self.currentIndex()
        if index.isValid() and self.fields.can_copy(index):
            QGuiApplication.clipboard().setText(self.fields.value_to_copy(index))

    def copy_path(self) -> None:
        """Where the current row is in the message: `user.tags[2]`."""
        index = self.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(self.fields.path(index))

    def copy_json(self) -> None:
        """The value of the current row as JSON; nothing where it is too large for that."""
        index = self.currentIndex()
        if index.isValid() and self.fields.can_copy(index):
            QGuiApplication.clipboard().setText(self.fields.json_to_copy(index))

    def copy_base64(self) -> None:
        """The bytes of the current row's value, as they are on the wire, in base64."""
        index = self.currentIndex()
        if index.isValid() and self.fields.can_copy(index):
            QGuiApplication.clipboard().setText(self.fields.base64_to_copy(index))

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the current row."""
        index = self.currentIndex()
        is_there = index.isValid()
        value = menu.addAction("Copy the value\tCtrl+C")
        value.triggered.connect(self.copy_value)
        self._theme.set_icon(value, "copy")
        path = menu.addAction("Copy the path")
        path.triggered.connect(self.copy_path)
        path.setEnabled(is_there)
        json = menu.addAction("Copy as JSON")
        json.triggered.connect(self.copy_json)
        base64 = menu.addAction("Copy as base64")
        base64.triggered.connect(self.copy_base64)
        can_copy = is_there and self.fields.can_copy(index)
        for action in (value, json):
            action.setEnabled(can_copy)
        base64.setEnabled(can_copy and bool(self.fields.spans(index)))
        if is_there and not can_copy:
            value.setText(f"Too large to copy: {size_text(self.fields.size(index))}")
        if is_there and self.fields.content(index) is not None:
            menu.addSeparator()
            menu.addAction("View the content\tEnter").triggered.connect(lambda: self.content_wanted.emit(index))
        menu.addSeparator()
        clause = self._clause()
        by = menu.addAction("Filter by this value")
        by.setEnabled(clause is not None)
        by.setToolTip(clause or "")
        by.triggered.connect(lambda: self.filter_wanted.emit(clause))
        self._theme.set_icon(by, "search")
        menu.addSeparator()
        menu.addAction("Unfold all below\t*").triggered.connect(self.unfold_below)
        menu.addAction("Fold all").triggered.connect(self.collapseAll)

    def _clause(self) -> str | None:
        index = self.currentIndex()
        if not index.isValid() or self._descriptor is None or not self.fields.can_copy(index):
            return None
        return value_clause(self.fields.path(index), self.fields.value_to_copy(index), self._descriptor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if self.fields.content(index) is not None:
                self.content_wanted.emit(index)
            else:
                self.setExpanded(index.siblingAtColumn(NAME), not self.isExpanded(index.siblingAtColumn(NAME)))
            event.accept()
        elif event.key() == Qt.Key.Key_Asterisk:  # Qt's own would unfold a million rows at once
            self.unfold_below()
            event.accept()
        else:
            super().keyPressEvent(event)

    def unfold_below(self) -> None:
        """Unfold the current row and what is below it, level by level, up to two thousand rows, in slices."""
        self._stop_unfolding()
        self._to_unfold.append(QPersistentModelIndex(self.currentIndex().siblingAtColumn(NAME)))
        self._unfold_slice()

    def _unfold_slice(self) -> None:
        enough = time.perf_counter() + _SLICE
        while self._to_unfold and self._unfolded < _UNFOLDED_AT_MOST:
            waiting = self._to_unfold.popleft()
            index = self.fields.index(waiting.row(), NAME, waiting.parent())  # invalid where nothing is current: all
            if index.isValid():
                self.expand(index)
            count = self.fields.rowCount(index)
            self._unfolded += count
            below = (self.fields.index(row, NAME, index) for row in range(count))
            self._to_unfold.extend(QPersistentModelIndex(child) for child in below if self.fields.hasChildren(child))
            if time.perf_counter() > enough:
                self._unfold_on.start()
                self.unfolding.emit(f"Unfolding: {count_text(self._unfolded, 'row')} so far …")
                return
        is_all = not self._to_unfold
        self.unfolding.emit("" if is_all else f"{count_text(self._unfolded, 'row')} unfolded; more are folded below.")
        self._to_unfold.clear()

    def _stop_unfolding(self) -> None:
        self._unfold_on.stop()
        self._to_unfold.clear()
        self._unfolded = 0

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._restores:
            self._focus.move(self.fields.path(current), self.fields.spans(current))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        """Unfold a message, view bytes: what can be both (bytes that may be a message) is viewed."""
        if self.fields.content(index) is not None:
            self.content_wanted.emit(index)
        else:
            name = index.siblingAtColumn(NAME)
            self.setExpanded(name, not self.isExpanded(name))

    def _restore(self, parent: QModelIndex, place: int) -> None:
        depth, above = 0, parent
        while above.isValid():
            depth, above = depth + 1, above.parent()
        self._restores = True
        self._unfold(parent, depth)
        found = self.fields.find_path(self._focus.path) if self._focus.path else QModelIndex()
        is_field = found.isValid() and self.fields.path(found) == self._focus.path
        if is_field:
            self.selectionModel().setCurrentIndex(found, _CURRENT_ROW)
        self._restores = False
        self.verticalScrollBar().setValue(place)
        if self._focus.path:
            self._focus.move(self._focus.path, self.fields.spans(found) if is_field else ())

    def _keep_place(self) -> None:
        self._place = self.verticalScrollBar().value()

    def _on_level_read(self, index: QModelIndex) -> None:
        self._restore(index, self._place)

    def _unfold(self, parent: QModelIndex, depth: int) -> None:
        for row in range(self.fields.rowCount(parent)):
            index = self.fields.index(row, 0, parent)
            if not self.fields.hasChildren(index):
                continue
            path = self.fields.path(index)
            is_open = path in self._opened
            is_small = self.fields.size(index) <= _OPENED_SIZE
            if depth == 0 and is_small and path not in self._closed and not self.fields.says_all(index):
                is_open = is_open or self.fields.rowCount(index) <= _OPENED_AT_MOST
            if is_open:
                self.setExpanded(index, True)
                self._unfold(index, depth + 1)

    def _on_expanded(self, index: QModelIndex) -> None:
        if not self._restores:
            self._opened.add(self.fields.path(index))
            self._closed.discard(self.fields.path(index))

    def _on_collapsed(self, index: QModelIndex) -> None:
        if not self._restores:
            self._closed.add(self.fields.path(index))
            self._opened.discard(self.fields.path(index))

    def _open_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, self.viewport().mapToGlobal(position))

    def _dress(self) -> None:
        self.setFont(self._theme.data_font())
        self.header().resizeSection(NAME, self._theme.px(_NAME_WIDTH))
        self.header().resizeSection(TYPE, self._theme.px(_TYPE_WIDTH))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setColumnHidden(TYPE, self.width() < self._theme.px(_NARROW))


class _FieldDelegate(QStyledItemDelegate):
    """Gives each value the colour of what it is."""

    def __init__(self, theme: Theme, parent: TreeViewer) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colors: dict[NodeRole, QColor] = {}
        theme.follow(self, self._dress)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        role = index.data(MessageTreeModel.ROLE_ROLE)
        if index.column() == VALUE:
            color = self._colors[role]
        elif index.column() == TYPE:
            color = self._muted
        else:
            color = self._colors[role] if role in (NodeRole.UNKNOWN, NodeRole.MISTAKE) else self._text
        palette: QPalette = option.palette
        palette.setColor(QPalette.ColorRole.Text, color)
        palette.setColor(QPalette.ColorRole.HighlightedText, color)

    def _dress(self) -> None:
        self._colors = {role: self._theme.color(name) for role, name in _COLORS.items()}
        self._muted, self._text = self._theme.color("muted"), self._theme.color("text")
