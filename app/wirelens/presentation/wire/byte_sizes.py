"""How large a message is as protobuf and as ProtoJSON, field by field."""

import enum
import json
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.messages.fields import message_extensions, message_fields
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.wire.reading import read_fields
from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.messages.wire.sizes import LevelSizes
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_WRITTEN_AS_JSON = 256 * 1024  # bytes of a message; writing that takes some 0.3 s


@dataclass(frozen=True, slots=True)
class SizedField:
    """One field of the message; `json_size` is 0 where JSON has no such field."""

    path_name: str
    count: int
    size: int
    json_size: int


@dataclass(frozen=True, slots=True)
class MessageSizes:
    """Sizes in bytes; JSON's is that of one line without blanks. `fields` has the largest first."""

    size: int
    json_size: int
    fields: tuple[SizedField, ...]


def sizes_of(data: bytes, descriptor: Descriptor, schema: Schema) -> MessageSizes:
    """The sizes of a message that protobuf takes. It is written as JSON for that: some 1 ms a KiB."""
    level = LevelSizes()
    level.add(read_fields(data, descriptor))
    message = schema.message_class(descriptor.full_name).FromString(data)
    value = json.loads(message_to_json(message, schema, indent=None))
    shapes = (*message_fields(descriptor), *message_extensions(descriptor))
    json_names = {shape.path_name: shape.json_name for shape in shapes}
    members = value if isinstance(value, dict) else {}

    def member_size(path_name: str) -> int:
        name = json_names.get(path_name)
        return _size({name: members[name]}) - 2 if name in members else 0

    fields = tuple(
        SizedField(each.path_name, each.count, each.size, member_size(each.path_name)) for each in level.by_size
    )
    return MessageSizes(len(data), _size(value), fields)


def sizes_of_received(data: Buffer, descriptor: Descriptor, schema: Schema) -> MessageSizes:
    """The sizes of a message that may be too large to be written as JSON, or none that protobuf takes.

    Those as JSON are left out then. Some 3 µs a field.
    """
    if len(data) <= _WRITTEN_AS_JSON:
        try:
            return sizes_of(bytes(data), descriptor, schema)
        except DecodeError:
            pass  # what can be read of it is counted all the same
    level = LevelSizes()
    level.add(read_fields(data, descriptor))
    fields = tuple(SizedField(each.path_name, each.count, each.size, 0) for each in level.by_size)
    return MessageSizes(len(data), 0, fields)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


class SizeColumn(enum.IntEnum):
    """The columns of the table."""

    FIELD = 0
    BYTES = 1
    SHARE = 2
    JSON = 3


_TITLES = {
    SizeColumn.FIELD: "field",
    SizeColumn.BYTES: "bytes",
    SizeColumn.SHARE: "share",
    SizeColumn.JSON: "as JSON",
}


class FieldSizesModel(QAbstractTableModel):
    """The fields of a message by size. SHARE_ROLE gives a row's part of the whole, 0 to 1, for its bar."""

    SHARE_ROLE = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sizes = MessageSizes(0, 0, ())

    def set_sizes(self, sizes: MessageSizes) -> None:
        self.beginResetModel()
        self._sizes = sizes
        self.endResetModel()

    def path_name(self, row: int) -> str:
        """What paths call the field of a row."""
        return self._sizes.fields[row].path_name

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._sizes.fields)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(SizeColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[SizeColumn(section)]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._sizes.fields):
            return None
        field = self._sizes.fields[index.row()]
        share = field.size / self._sizes.size
        if role == self.SHARE_ROLE:
            return share
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == SizeColumn.FIELD:
            return f"{field.path_name}, {count_text(field.size, 'byte')}, {share:.0%}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{field.path_name}: sent {count_text(field.count, 'time')}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match SizeColumn(index.column()):
            case SizeColumn.FIELD:
                return field.path_name
            case SizeColumn.BYTES:
                return f"{field.size:,}"
            case SizeColumn.SHARE:
                return f"{share:.0%}"
            case SizeColumn.JSON:
                return f"{field.json_size:,}" if field.json_size else "–"


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Figures stand under each other."""
    is_figure = column in (SizeColumn.BYTES, SizeColumn.JSON)
    return (Qt.AlignmentFlag.AlignRight if is_figure else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
