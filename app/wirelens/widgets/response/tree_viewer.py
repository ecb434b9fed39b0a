"""One message as a tree of typed fields."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHeaderView, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import size_text
from wirelens.presentation.filter_clauses import value_clause
from wirelens.presentation.message_nodes import NodeRole
from wirelens.presentation.message_tree_model import NAME, TYPE, VALUE, MessageTreeModel
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
_UNFOLDED_AT_MOST = 500  # rows
_OPENED_AT_MOST = 12  # children of a field that is open from the start
_OPENED_SIZE = 16 * 1024  # bytes of such a field: larger ones are not even read


class TreeViewer(QTreeView):
    """What the person has unfolded stays so from message to message."""

    filter_wanted = Signal(str)  # a clause that a message with the current row's value matches

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._restores = False
        self._descriptor: Descriptor | None = None
        self._place = 0  # of the scroll bar, before rows were replaced
        self.fields = MessageTreeModel(self)
        self.setModel(self.fields)
        self.setObjectName("messageTree")
        self.setAccessibleName("Message as a tree")
        self.setItemDelegate(_FieldDelegate(theme, self))
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        dress_tree(self, theme)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        self.fields.rowsAboutToBeRemoved.connect(self._keep_place)
        self.fields.level_read.connect(self._on_level_read)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_value)
        theme.follow(self, self._dress)

    def show_message(self, payload: Buffer, descriptor: Descriptor, schema: Schema, *, with_defaults: bool) -> None:
        """Replace what is shown; scrolling and unfolding stay where they can. The message is read while it is shown."""
        place = self.verticalScrollBar().value()
        self._descriptor = descriptor
        self.fields.set_message(payload, descriptor, schema, with_defaults=with_defaults)
        self._restore(QModelIndex(), place)

    def clear(self) -> None:
        self.fields.clear()

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

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the current row."""
        value = menu.addAction("Copy the value\tCtrl+C")
        value.triggered.connect(self.copy_value)
        self._theme.set_icon(value, "copy")
        path = menu.addAction("Copy the path")
        path.triggered.connect(self.copy_path)
        for action in (value, path):
            action.setEnabled(self.currentIndex().isValid())
        if self.currentIndex().isValid() and not self.fields.can_copy(self.currentIndex()):
            value.setEnabled(False)
            value.setText(f"Too large to copy: {size_text(self.fields.size(self.currentIndex()))}")
        clause = self._clause()
        by = menu.addAction("Filter by this value")
        by.setEnabled(clause is not None)
        by.setToolTip(clause or "")
        by.triggered.connect(lambda: self.filter_wanted.emit(clause))
        self._theme.set_icon(by, "search")
        menu.addSeparator()
        menu.addAction("Unfold all below").triggered.connect(self.unfold_below)
        menu.addAction("Fold all").triggered.connect(self.collapseAll)

    def _clause(self) -> str | None:
        index = self.currentIndex()
        if not index.isValid() or self._descriptor is None or not self.fields.can_copy(index):
            return None
        return value_clause(self.fields.path(index), self.fields.value_to_copy(index), self._descriptor)

    def unfold_below(self) -> None:
        """Unfold the current row and what is below it, level by level, up to a few hundred rows."""
        waiting, room = [self.currentIndex().siblingAtColumn(NAME)], _UNFOLDED_AT_MOST
        while waiting and room > 0:
            index = waiting.pop(0)
            if index.isValid():
                self.expand(index)
            count = self.fields.rowCount(index)
            room -= count
            below = (self.fields.index(row, NAME, index) for row in range(count))
            waiting += [child for child in below if self.fields.hasChildren(child)]

    def _restore(self, parent: QModelIndex, place: int) -> None:
        depth, above = 0, parent
        while above.isValid():
            depth, above = depth + 1, above.parent()
        self._restores = True
        self._unfold(parent, depth)
        self._restores = False
        self.verticalScrollBar().setValue(place)

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
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(self.viewport().mapToGlobal(position))

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
