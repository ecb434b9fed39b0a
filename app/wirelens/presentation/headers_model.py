"""Initial metadata and trailers of a call as one table."""

import enum
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.metadata import REDACTED, is_sensitive, value_as_text
from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.plain_text import tool_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class HeadersColumn(enum.IntEnum):
    """The columns in their order."""

    PART = 0
    NAME = 1
    VALUE = 2
    SIZE = 3


_HEADERS = ("part", "name", "value", "size")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Pair(NamedTuple):
    part: str
    name: str
    value: str | bytes


class HeadersModel(QAbstractTableModel):
    """A row for each pair, in the server's order; `-bin` values in base64, secrets hidden until asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Pair] = []
        self._transcript: Transcript | None = None
        self._shows_secrets = False

    def set_transcript(self, transcript: Transcript | None) -> None:
        """Show what the call has received so far; call it again when it has received more."""
        rows = _rows(transcript) if transcript is not None else []
        if transcript is self._transcript and rows == self._rows:
            return
        self.beginResetModel()
        self._transcript, self._rows = transcript, rows
        self.endResetModel()

    def set_shows_secrets(self, shows: bool) -> None:
        self.beginResetModel()
        self._shows_secrets = shows
        self.endResetModel()

    @property
    def transcript(self) -> Transcript | None:
        """The call that is shown."""
        return self._transcript

    @property
    def has_secrets(self) -> bool:
        return any(is_sensitive(name) for _, name, _value in self._rows)

    @property
    def summary(self) -> str:
        """How many pairs there are, and how large their names and values are together."""
        size = sum(len(name) + _size(value) for _, name, value in self._rows)
        return f"{count_text(len(self._rows), 'pair')}, {size_text(size)}" if self._rows else ""

    def line(self, row: int) -> str:
        """`name: value` as it is copied, also of a secret: who copies it has asked for it."""
        return f"{self.name(row)}: {self.value(row)}"

    def name(self, row: int) -> str:
        return self._rows[row].name

    def value(self, row: int) -> str:
        return value_as_text(self._rows[row].value)

    def value_bytes(self, row: int) -> bytes:
        """The value as it was sent, which of a `-bin` name is not its base64."""
        value = self._rows[row].value
        return value if isinstance(value, bytes) else value.encode("latin-1", "replace")

    def is_binary(self, row: int) -> bool:
        return isinstance(self._rows[row].value, bytes)

    def is_hidden(self, row: int) -> bool:
        """Whether the value is a secret that is not shown."""
        return is_sensitive(self.name(row)) and not self._shows_secrets

    def as_text(self) -> str:
        """All pairs, a line each; of a secret that is hidden only the name."""
        return "\n".join(f"{self.name(row)}: {self._shown(row)}" for row in range(len(self._rows)))

    def as_json(self, rows: Iterable[int] | None = None) -> str:
        """`{"headers": [[name, value], …], "trailers": …}` in their order; a secret that is hidden stays so."""
        parts: dict[str, list[list[str]]] = {}
        for row in range(len(self._rows)) if rows is None else rows:
            parts.setdefault(self._rows[row].part, []).append([self.name(row), self._shown(row)])
        return json.dumps(parts, indent=2, ensure_ascii=False)

    def _shown(self, row: int) -> str:
        return REDACTED if self.is_hidden(row) else self.value(row)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HeadersColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == HeadersColumn.SIZE else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == HeadersColumn.SIZE:
            return _RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        part, name, value = self._rows[index.row()]
        text = (part, name, self._shown(index.row()), size_text(_size(value)))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(text) if index.column() == HeadersColumn.VALUE else None
        return text


def _size(value: str | bytes) -> int:
    return len(value) if isinstance(value, bytes) else len(value.encode("latin-1", "replace"))


def _rows(transcript: Transcript) -> list[_Pair]:
    headers = transcript.headers.metadata if transcript.headers is not None else ()
    trailers = transcript.finished.status.trailers if transcript.finished is not None else ()
    return [
        _Pair(part, name, value)
        for part, pairs in (("headers", headers), ("trailers", trailers))
        for name, value in pairs
    ]
