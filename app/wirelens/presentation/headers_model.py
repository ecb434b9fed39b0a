"""Initial metadata and trailers of a call as one table."""

import enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.metadata import REDACTED, is_sensitive, value_as_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class HeadersColumn(enum.IntEnum):
    """The columns in their order."""

    PART = 0
    NAME = 1
    VALUE = 2


_HEADERS = ("part", "name", "value")


class HeadersModel(QAbstractTableModel):
    """A row for each pair, in the server's order; `-bin` values in base64, secrets hidden until asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str, str]] = []
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
    def has_secrets(self) -> bool:
        return any(is_sensitive(name) for _, name, _ in self._rows)

    def line(self, row: int) -> str:
        """`name: value` as it is copied, also of a secret: who copies it has asked for it."""
        _, name, value = self._rows[row]
        return f"{name}: {value}"

    def value(self, row: int) -> str:
        return self._rows[row][HeadersColumn.VALUE]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HeadersColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        part, name, value = self._rows[index.row()]
        hidden = is_sensitive(name) and not self._shows_secrets
        text = (part, name, REDACTED if hidden else value)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return text if index.column() == HeadersColumn.VALUE else None
        return text


def _rows(transcript: Transcript) -> list[tuple[str, str, str]]:
    headers = transcript.headers.metadata if transcript.headers is not None else ()
    trailers = transcript.finished.status.trailers if transcript.finished is not None else ()
    return [
        (part, name, value_as_text(value))
        for part, pairs in (("headers", headers), ("trailers", trailers))
        for name, value in pairs
    ]
