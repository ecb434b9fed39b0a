"""The explorer's tree: sources, their services and methods, as an item model over the workspace.

The model keeps plain nodes and rebuilds one source's branch when its schema changes; a filter decides which
services and methods become nodes at all, so that thousands of methods cost nothing while they are filtered out.
"""

import enum
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.schema.services import Method, Service
from wirelens.presentation.plain_text import tool_tip
from wirelens.presentation.source import Source, SourceKind, SourceState
from wirelens.presentation.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

# What most servers carry beside their own services: under one folded node, out of the way.
_INFRASTRUCTURE = ("grpc.health.", "grpc.reflection.", "grpc.channelz.")


class NodeKind(enum.Enum):
    GROUP = "group"
    SOURCE = "source"
    INFRASTRUCTURE = "infrastructure"
    SERVICE = "service"
    METHOD = "method"
    NOTE = "note"  # a sentence in the tree: no services, nothing matches


class ExplorerRole(enum.IntEnum):
    """What the view asks of an index beside its text."""

    NODE = Qt.ItemDataRole.UserRole
    KEY = Qt.ItemDataRole.UserRole + 1  # names a node across rebuilds: the view keeps what is unfolded by it


@dataclass(eq=False)
class Node:
    """One row of the tree."""

    kind: NodeKind
    text: str
    key: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    source: Source | None = None
    service: Service | None = None
    method: Method | None = None
    detail: str = ""  # said faintly at the right of the row
    documentation: str = ""
    # What an index carries. Never used twice and no pointer: Qt may still ask with an index of a tree that is gone.
    identity: int = field(default_factory=itertools.count(1).__next__)

    @property
    def row(self) -> int:
        return self.parent.children.index(self) if self.parent is not None else 0

    @property
    def unfolds_itself(self) -> bool:
        return self.kind in (NodeKind.GROUP, NodeKind.SOURCE, NodeKind.SERVICE)

    def add(self, child: "Node") -> "Node":
        child.parent = self
        self.children.append(child)
        return child


class ExplorerModel(QAbstractItemModel):
    """Item model over `Workspace.sources` and its demos; one column."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._root = Node(NodeKind.GROUP, "", "")
        self._nodes: dict[int, Node] = {}
        self._words: list[str] = []
        self._watched: set[Source] = set()
        workspace.sources_changed.connect(self._rebuild)
        self._rebuild()

    # -- what the view asks ----------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node = self._node(parent)
        if column != 0 or not 0 <= row < len(node.children):
            return QModelIndex()
        return self.createIndex(row, 0, node.children[row].identity)

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        return self._index_of(self._node(child).parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.text
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(self._tool_tip(node))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(node)
            case ExplorerRole.NODE:
                return node
            case ExplorerRole.KEY:
                return node.key
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled
        if self._node(index).kind is not NodeKind.NOTE:
            flags |= Qt.ItemFlag.ItemIsSelectable
        return flags

    # -- the filter ------------------------------------------------------------------------------------------

    @property
    def filter_text(self) -> str:
        return " ".join(self._words)

    def set_filter(self, text: str) -> None:
        """Show the services and methods in whose full name every word occurs, upper or lower case alike."""
        words = text.lower().split()
        if words != self._words:
            self._words = words
            self._rebuild()

    def index_of_method(self, source: Source, full_name: str) -> QModelIndex:
        """The method's row, invalid while it is filtered out or unknown."""
        for node in self._walk(self._root):
            if node.source is source and node.method is not None and node.method.full_name == full_name:
                return self._index_of(node)
        return QModelIndex()

    # -- building --------------------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._root = Node(NodeKind.GROUP, "", "")
        demos = [demo.source for demo in self._workspace.demos if demo.source.state is not SourceState.IDLE]
        if demos:
            group = self._root.add(Node(NodeKind.GROUP, "Demo servers", "demos", detail=str(len(demos))))
            for source in demos:
                self._fill(group.add(self._source_node(source)))
        for source in self._workspace.sources:
            self._fill(self._root.add(self._source_node(source)))
        if self._words:
            self._drop_empty(self._root)
            if not self._root.children:
                self._root.add(Node(NodeKind.NOTE, "No service or method matches", "no-match"))
        self._nodes = {node.identity: node for node in self._walk(self._root)}
        self.endResetModel()
        self._watch_sources()

    def _watch_sources(self) -> None:
        for source in self._workspace.all_sources():
            if source not in self._watched:
                self._watched.add(source)
                source.schema_changed.connect(self._rebuild)
                source.changed.connect(self._on_source_changed)
                source.destroyed.connect(lambda _object=None, source=source: self._watched.discard(source))

    def _on_source_changed(self) -> None:
        """A state or a progress: the row is painted again; one that comes or goes, or says other things, is rebuilt."""
        source = self.sender()
        node = next(
            (node for node in self._walk(self._root) if node.kind is NodeKind.SOURCE and node.source is source), None
        )
        if not isinstance(source, Source):
            return
        shown = node is not None
        wanted = source.settings.kind is not SourceKind.DEMO or source.state is not SourceState.IDLE
        if (
            node is None
            or shown != wanted
            or self._notes(source) != [child.text for child in node.children if child.kind is NodeKind.NOTE]
        ):
            self._rebuild()
            return
        fresh = self._source_node(source)
        node.text, node.detail = fresh.text, fresh.detail
        index = self._index_of(node)
        self.dataChanged.emit(index, index)

    def _source_node(self, source: Source) -> Node:
        detail = ""
        if source.settings.kind is SourceKind.DEMO:
            detail = source.settings.address[source.settings.address.rfind(":") :]
        if source.state is SourceState.LOADING and source.progress is not None:
            detail = f"{source.progress[0]} of {source.progress[1]}"
        return Node(NodeKind.SOURCE, source.title, source.key, source=source, detail=detail)

    def _fill(self, node: Node) -> None:
        source = node.source
        assert source is not None
        if source.schema is not None:
            own = [s for s in source.schema.services if not s.full_name.startswith(_INFRASTRUCTURE)]
            rest = [s for s in source.schema.services if s.full_name.startswith(_INFRASTRUCTURE)]
            names = Counter(service.name for service in own)
            for service in own:
                # Two of the same name, in v1 and v2, are told apart by their package.
                self._add_service(node, source, service, service.name if names[service.name] == 1 else "")
            if rest:
                beside = Node(NodeKind.INFRASTRUCTURE, "gRPC's own services", f"{node.key}/grpc", source=source)
                for service in rest:
                    self._add_service(beside, source, service)
                if beside.children:
                    node.add(beside)
        if not self._words:
            for note in self._notes(source):
                node.add(Node(NodeKind.NOTE, note, f"{node.key}/note", source=source))

    def _notes(self, source: Source) -> list[str]:
        if self._words:
            return []
        notes = []
        if source.state is SourceState.READY and source.schema is not None:
            if not source.schema.services:
                notes.append("No services: its types can still be used")
            if left_out := source.schema.origin.left_out:
                notes.append("1 file left out" if len(left_out) == 1 else f"{len(left_out)} files left out")
        return notes

    def _add_service(self, parent: Node, source: Source, service: Service, text: str = "") -> None:
        methods = service.methods
        if self._words and not self._matches(service.full_name):
            methods = tuple(method for method in methods if self._matches(method.full_name))
            if not methods:
                return
        node = parent.add(
            Node(
                NodeKind.SERVICE,
                text or service.full_name,
                f"{parent.key}/{service.full_name}",
                source=source,
                service=service,
                documentation=service.documentation,
                detail="" if service.error is None else "unreadable",
            )
        )
        for method in methods:
            node.add(
                Node(
                    NodeKind.METHOD,
                    method.name,
                    f"{node.key}/{method.name}",
                    source=source,
                    service=service,
                    method=method,
                    documentation=method.documentation,
                )
            )

    def _matches(self, full_name: str) -> bool:
        lowered = full_name.lower()
        return all(word in lowered for word in self._words)

    def _drop_empty(self, node: Node) -> None:
        for child in node.children:
            self._drop_empty(child)
        node.children = [
            child for child in node.children if child.children or child.kind in (NodeKind.SERVICE, NodeKind.METHOD)
        ]

    # -- texts -----------------------------------------------------------------------------------------------

    def _tool_tip(self, node: Node) -> str:
        if node.method is not None:
            method = node.method
            head = f"{method.full_name}\n{method.pattern.label}: {method.request} → {method.response}"
            return f"{head}\n\n{method.documentation}".strip()
        if node.service is not None:
            why = f"\n\n{node.service.error}" if node.service.error else ""
            return f"{node.service.full_name}{why}\n\n{node.service.documentation}".strip()
        if node.kind is NodeKind.NOTE and node.source is not None and node.source.schema is not None:
            return "\n".join(node.source.schema.origin.details)
        if node.source is not None:
            error = node.source.error
            return error.one_line() if error is not None else node.source.settings.address or node.source.title
        return ""

    def _spoken(self, node: Node) -> str:
        if node.method is not None:
            return f"{node.text}, {node.method.pattern.label} method"
        if node.kind is NodeKind.SOURCE and node.source is not None:
            return f"{node.text}, {node.source.state.value}"
        return node.text

    # -- nodes and indexes -----------------------------------------------------------------------------------

    def _node(self, index: Index) -> Node:
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def _index_of(self, node: Node | None) -> QModelIndex:
        if node is None or node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node.identity)

    def _walk(self, node: Node) -> Iterator[Node]:
        for child in node.children:
            yield child
            yield from self._walk(child)
