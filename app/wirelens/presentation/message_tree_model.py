"""A decoded message as a tree of fields: typed, exact, and made only as deep as somebody opens it."""

from typing import Any

from google.protobuf.message import Message
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_nodes import MessageNode, root_node

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADERS = ("field", "value", "type")
NAME, VALUE, TYPE = range(3)


class MessageTreeModel(QAbstractItemModel):
    """Columns are name, value and type. Children of a row are made when the view first asks for them."""

    ROLE_ROLE = Qt.ItemDataRole.UserRole + 1  # what a value is, as a word of NodeRole, for its colour

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: MessageNode | None = None
        self._nodes: dict[int, MessageNode] = {}  # by what an index carries; a stale index finds nothing here

    def set_message(
        self, message: Message | None, schema: Schema | None = None, *, with_defaults: bool = False
    ) -> None:
        """Show `message`; `with_defaults` also shows fields without presence that were not sent."""
        self.beginResetModel()
        self._nodes.clear()
        self._root = root_node(message, schema, with_defaults=with_defaults) if message is not None else None
        self.endResetModel()

    @property
    def is_empty(self) -> bool:
        return self._root is None or not self._root.children

    def path(self, index: Index) -> str:
        """`user.tags[2]`, `labels["team"]`: where a row is in the message."""
        node = self._node(index)
        return node.path if node is not None else ""

    def value_to_copy(self, index: Index) -> str:
        """A row's value in full: a text without its quotes, bytes in base64, a message as JSON."""
        node = self._node(index)
        return node.value_to_copy() if node is not None else ""

    def says_all(self, index: Index) -> bool:
        """Whether a row's own line tells all that is below it: a Timestamp, a wrapper."""
        node = self._node(index)
        return node is not None and node.says_all

    # -- Qt's questions

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        holder = self._node(parent)
        if holder is None or not (0 <= row < len(holder.children) and 0 <= column < len(_HEADERS)):
            return QModelIndex()
        return self._index_of(holder.children[row], column)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() is another one
        node = self._node(index) if index.isValid() else None
        if node is None or node.parent is None or node.parent is self._root:
            return QModelIndex()
        return self._index_of(node.parent, 0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        node = self._node(parent) if parent.column() <= 0 else None
        return len(node.children) if node is not None else 0

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        node = self._node(parent) if parent.column() <= 0 else None
        return node is not None and node.has_children

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._node(index) if index.isValid() else None
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (node.name, node.value, node.type_name)[index.column()]
        if role == self.ROLE_ROLE:
            return node.role
        if role == Qt.ItemDataRole.ToolTipRole:
            return node.documentation or None
        return None

    def _index_of(self, node: MessageNode, column: int) -> QModelIndex:
        self._nodes[id(node)] = node
        return self.createIndex(node.row, column, id(node))

    def _node(self, index: Index) -> MessageNode | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root
