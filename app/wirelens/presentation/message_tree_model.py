"""A message as a tree of fields: typed, exact, and read only as deep as somebody opens it."""

import base64
from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from wirelens.engine.messages.wire.level import Spans
from wirelens.engine.messages.wire.reading import WireField
from wirelens.engine.messages.wire.scanning import Buffer, Span
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_nodes import MessageNode, NodeContent
from wirelens.presentation.message_rows import root_node
from wirelens.presentation.node_search import node_at, node_by_path

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADERS = ("field", "value", "type")
NAME, VALUE, TYPE = range(3)
_SLICE = 0.003  # seconds that reading takes at a time
_COPIED_AT_MOST = 2**20  # bytes of a message or list; its JSON takes some 0.2 s


class MessageTreeModel(QAbstractItemModel):
    """Columns are name, value and type. Children of a row are read when the view first asks for them.

    A message with more fields of its own than can be read in a few milliseconds is read on in the background, slice by
    slice; its rows so far end with one that says how far it is. Then all its rows are replaced and `level_read` says
    below which index.
    """

    level_read = Signal(QModelIndex)
    ROLE_ROLE = Qt.ItemDataRole.UserRole + 1  # what a value is, as a word of NodeRole, for its colour

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: MessageNode | None = None
        self._payload: Buffer = b""
        self._nodes: dict[int, MessageNode] = {}  # by what an index carries; a stale index finds nothing here
        self._unfinished: list[MessageNode] = []
        self._reading = QTimer(self)
        self._reading.timeout.connect(self._read_on)

    def set_message(
        self,
        payload: Buffer,
        descriptor: Descriptor | None,
        schema: Schema | None = None,
        *,
        with_defaults: bool = False,
    ) -> None:
        """Show the message that `payload` is; `with_defaults` also shows fields without presence that were not sent.

        Without a `descriptor` all fields are unknown ones, and bytes that could be messages are unfolded as such.
        """
        root = root_node(payload, descriptor, schema, with_defaults=with_defaults, patience=_SLICE)
        self._set_root(root, payload)

    def clear(self) -> None:
        """Show nothing, and let the message go."""
        self._set_root(None, b"")

    def _set_root(self, root: MessageNode | None, payload: Buffer) -> None:
        self.beginResetModel()
        self._payload = payload
        self._reading.stop()
        self._unfinished.clear()
        self._nodes.clear()
        self._root = root
        self.endResetModel()

    @property
    def is_empty(self) -> bool:
        return self._root is None or not self._children(self._root)

    def path(self, index: Index) -> str:
        """`user.tags[2]`, `labels["team"]`: where a row is in the message."""
        node = self._node(index)
        return node.path if node is not None else ""

    def value_to_copy(self, index: Index) -> str:
        """A row's value in full: a text without its quotes, bytes in base64, a message as JSON."""
        node = self._node(index)
        return node.value_to_copy() if node is not None else ""

    def json_to_copy(self, index: Index) -> str:
        """The same as JSON: a text within its quotes, an enum by its name."""
        node = self._node(index)
        return node.json_to_copy() if node is not None else ""

    def base64_to_copy(self, index: Index) -> str:
        """The bytes of the value as they are on the wire, in base64."""
        return base64.b64encode(b"".join(self.value_bytes(index))).decode()

    def value_bytes(self, index: Index) -> list[memoryview]:
        """The bytes of the value, not copied: the pieces that it was sent in."""
        data = memoryview(self._payload)
        return [data[slice(*span)] for span in self.spans(index)]

    def spans(self, index: Index) -> Spans:
        """Where the value is in the message; none where it was not sent."""
        node = self._node(index)
        return node.spans if node is not None else ()

    def content(self, index: Index) -> NodeContent | None:
        """What the bytes of a row are that has a viewer of its own: a text, or bytes."""
        node = self._node(index)
        return node.content if node is not None else None

    def find_path(self, path: str) -> QModelIndex:
        """The row of that path, or the nearest above it that there is."""
        found = node_by_path(self._root, path) if self._root is not None else None
        return self._index_of(found, NAME) if found is not None else QModelIndex()

    def find_field(self, fields: Sequence[WireField], element: Span | None = None) -> QModelIndex:
        """The row of the innermost of these fields of the wire, or the nearest above it that there is."""
        found = node_at(self._root, fields, element) if self._root is not None else None
        return self._index_of(found, NAME) if found is not None else QModelIndex()

    def can_copy(self, index: Index) -> bool:
        """False for a message or list so large that the window would stand still for its JSON."""
        node = self._node(index)
        return node is not None and node.size <= _COPIED_AT_MOST

    def size(self, index: Index) -> int:
        """Bytes of a message or list on the wire, or a bound of it."""
        node = self._node(index)
        return node.size if node is not None else 0

    def says_all(self, index: Index) -> bool:
        """Whether a row's own line tells all that is below it: a Timestamp, a wrapper."""
        node = self._node(index)
        return node is not None and node.says_all

    # -- Qt's questions

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        holder = self._node(parent)
        children = self._children(holder) if holder is not None else []
        if not (0 <= row < len(children) and 0 <= column < len(_HEADERS)):
            return QModelIndex()
        return self._index_of(children[row], column)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() is another one
        node = self._node(index) if index.isValid() else None
        if node is None or node.parent is None or node.parent is self._root:
            return QModelIndex()
        return self._index_of(node.parent, 0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        node = self._node(parent) if parent.column() <= 0 else None
        return len(self._children(node)) if node is not None else 0

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
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            return ", ".join(filter(None, (node.name, node.value, node.type_name)))
        return None

    # -- reading large messages

    def _children(self, node: MessageNode) -> list[MessageNode]:
        children = node.children
        if not node.is_whole and node not in self._unfinished:
            self._unfinished.append(node)
            self._reading.start()
        return children

    def _read_on(self) -> None:
        if not self._unfinished:
            self._reading.stop()
            return
        node = self._unfinished[0]
        index = self._index_of(node, 0) if node is not self._root else QModelIndex()
        if not node.read_on(_SLICE):
            progress = node.children[-1]
            progress.forget_value()
            shown = self._index_of(progress, VALUE)
            self.dataChanged.emit(shown, shown)
            return
        self._unfinished.pop(0)
        self.beginRemoveRows(index, 0, len(node.children) - 1)
        node.set_children([])
        self.endRemoveRows()
        made = node.make_children()
        if made:  # else all that was sent is as good as not sent
            self.beginInsertRows(index, 0, len(made) - 1)
            node.set_children(made)
            self.endInsertRows()
        self.level_read.emit(index)

    def _index_of(self, node: MessageNode, column: int) -> QModelIndex:
        self._nodes[id(node)] = node
        return self.createIndex(node.row, column, id(node))

    def _node(self, index: Index) -> MessageNode | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root
