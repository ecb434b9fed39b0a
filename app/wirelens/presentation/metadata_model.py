"""The metadata of a request as a table: switched on or off, name, value, secret; the last row is empty, to type in."""

import enum
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wirelens.engine.connection.metadata import Metadata, is_sensitive, metadata_entry
from wirelens.engine.errors import MetadataError
from wirelens.presentation.history import History

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MASK = "•" * 12

COMMON_NAMES = (
    "accept-language",
    "authorization",
    "cookie",
    "grpc-trace-bin",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-api-key",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-correlation-id",
    "x-forwarded-for",
    "x-goog-api-key",
    "x-goog-request-params",
    "x-request-id",
    "x-tenant-id",
)


class MetadataColumn(enum.IntEnum):
    """The columns in their order."""

    ENABLED = 0
    NAME = 1
    VALUE = 2
    SECRET = 3


_HEADERS = ("", "name", "value", "")
_SPOKEN_HEADERS = ("switched on", "name", "value", "secret")


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """One row as typed. `is_kept` is False for a secret restored without its value."""

    name: str = ""
    value: str = ""
    is_enabled: bool = True
    is_marked_secret: bool = False
    is_kept: bool = True

    @property
    def is_secret(self) -> bool:
        """By its name, or because the person said so."""
        return self.is_marked_secret or is_sensitive(self.name)

    @property
    def mistake(self) -> str:
        """Why the row cannot be sent, as a sentence; empty where it can or is switched off."""
        try:
            self.entry()
        except MetadataError as error:
            return error.message + (f"; {error.next_step}" if error.next_step else "")
        return ""

    def entry(self) -> tuple[str, str | bytes] | None:
        """The pair to send, None for a row that is switched off.

        Raises:
            MetadataError: name or value cannot be sent.
        """
        if not self.is_enabled:
            return None
        if not self.is_kept:
            raise MetadataError(
                f"the value of {self.name} was not kept",
                place=f"metadata {self.name}",
                next_step="type it again, or switch the row off",
            )
        return metadata_entry(self.name, self.value)


class MetadataModel(QAbstractTableModel):
    """The rows of one request, with undo. `changed` follows every edit, also those that add or remove rows."""

    MISTAKE_ROLE = Qt.ItemDataRole.UserRole + 1  # a sentence, empty where nothing is wrong
    SECRET_ROLE = Qt.ItemDataRole.UserRole + 2  # whether the row's value is hidden
    PLACEHOLDER_ROLE = Qt.ItemDataRole.UserRole + 3  # whether the text stands in for something that is missing

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[MetadataRow] = []
        self._history = History[tuple[MetadataRow, ...]](())

    # -- what is sent

    def metadata(self) -> Metadata:
        """The pairs of the rows that are switched on, in their order.

        Raises:
            MetadataError: a row cannot be sent; it names the row.
        """
        entries = (row.entry() for row in self._rows)
        return tuple(entry for entry in entries if entry is not None)

    @property
    def rows(self) -> tuple[MetadataRow, ...]:
        return tuple(self._rows)

    @property
    def enabled_count(self) -> int:
        return sum(row.is_enabled for row in self._rows)

    # -- edits

    def add_row(self, row: MetadataRow, before: int | None = None) -> int:
        """Insert `row`, by default as the last; gives its position."""
        return self._insert([row], before)

    def add_lines(self, lines: list[str] | tuple[str, ...], before: int | None = None) -> int:
        """Add a row for each `name: value` line (also as grpcurl's `-H 'name: value'`); gives how many there were."""
        rows = [row for line in lines if (row := _row_of_line(line)) is not None]
        if rows:
            self._insert(rows, before)
        return len(rows)

    def duplicate_row(self, position: int) -> None:
        """gRPC allows a name any number of times."""
        if position < len(self._rows):
            self.add_row(self._rows[position], position + 1)

    def remove_row(self, position: int) -> None:
        if 0 <= position < len(self._rows):
            self.beginRemoveRows(QModelIndex(), position, position)
            del self._rows[position]
            self.endRemoveRows()
            self._record()

    def set_metadata(self, lines: list[str]) -> None:
        """Replace all rows by those of `name: value` lines."""
        self._replace([row for line in lines if (row := _row_of_line(line)) is not None])

    def can_undo(self) -> bool:
        return self._history.can_undo

    def can_redo(self) -> bool:
        return self._history.can_redo

    def undo(self) -> None:
        """Take the last edit back."""
        self._history.undo()
        self._show_present()

    def redo(self) -> None:
        """Make the edit that was taken back last again."""
        self._history.redo()
        self._show_present()

    # -- keeping

    def take_over(self, rows: Iterable[MetadataRow]) -> None:
        """Replace all rows by these of another model, secret values included: they stay in memory."""
        self._replace(list(rows))

    def state(self) -> list[dict[str, Any]]:
        """For the session file: secret values are left out, and the row says so."""
        return [_saved(row) for row in self._rows]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Take over what `state` gave."""
        self._replace([_restored(saved) for saved in state])

    # -- Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(MetadataColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.AccessibleTextRole:
            return _SPOKEN_HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() > len(self._rows):
            return None
        if index.row() == len(self._rows):
            return self._empty_row_data(MetadataColumn(index.column()), role)
        row, column = self._rows[index.row()], MetadataColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(row, column)
            case Qt.ItemDataRole.EditRole:
                return {MetadataColumn.NAME: row.name, MetadataColumn.VALUE: row.value}.get(column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row, column)
            case Qt.ItemDataRole.CheckStateRole if column is MetadataColumn.ENABLED:
                return Qt.CheckState.Checked if row.is_enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return row.mistake or _TIPS.get(column)
            case self.MISTAKE_ROLE:
                return row.mistake if _is_at_fault(row, column) else ""
            case self.SECRET_ROLE:
                return row.is_secret
            case self.PLACEHOLDER_ROLE:
                return column is MetadataColumn.VALUE and not row.is_kept
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        position, column = index.row(), MetadataColumn(index.column())
        if position == len(self._rows):
            if role != Qt.ItemDataRole.EditRole or not str(value).strip():
                return False
            self._fill_empty_row(_edited(MetadataRow(), column, str(value)), column)
            return True
        row = self._rows[position]
        edit: Hashable = None
        if role == Qt.ItemDataRole.EditRole:
            new = _edited(row, column, str(value))
            edit = (position, column)
        elif role == Qt.ItemDataRole.CheckStateRole and column is MetadataColumn.ENABLED:
            new = replace(row, is_enabled=Qt.CheckState(value) is Qt.CheckState.Checked)
        elif role == self.SECRET_ROLE:
            new = replace(row, is_marked_secret=bool(value))
        else:
            return False
        if new != row:
            self._rows[position] = new
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(MetadataColumn) - 1))
            self._record(edit)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        match MetadataColumn(index.column()):
            case MetadataColumn.NAME | MetadataColumn.VALUE:
                flags |= Qt.ItemFlag.ItemIsEditable
            case MetadataColumn.ENABLED if index.row() < len(self._rows):
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def _empty_row_data(self, column: MetadataColumn, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and column is MetadataColumn.NAME:
            return "name"
        if role == Qt.ItemDataRole.DisplayRole and column is MetadataColumn.VALUE:
            return "value"
        if role == Qt.ItemDataRole.AccessibleTextRole and column in (MetadataColumn.NAME, MetadataColumn.VALUE):
            return f"{_SPOKEN_HEADERS[column]} of a new row"
        if role == Qt.ItemDataRole.EditRole:
            return ""
        if role == self.PLACEHOLDER_ROLE:
            return True
        return None

    def _fill_empty_row(self, row: MetadataRow, column: MetadataColumn) -> None:
        """What was the empty row stays in its place, so that Tab goes on in it; another comes below."""
        position = len(self._rows)
        self.beginInsertRows(QModelIndex(), position + 1, position + 1)
        self._rows.append(row)
        self.endInsertRows()
        self.dataChanged.emit(self.index(position, 0), self.index(position, len(MetadataColumn) - 1))
        self._record((position, column))

    def _insert(self, rows: list[MetadataRow], before: int | None) -> int:
        position = len(self._rows) if before is None else before
        self.beginInsertRows(QModelIndex(), position, position + len(rows) - 1)
        self._rows[position:position] = rows
        self.endInsertRows()
        self._record()
        return position

    def _record(self, edit: Hashable = None) -> None:
        self._history.record(tuple(self._rows), edit)
        self.changed.emit()

    def _show_present(self) -> None:
        """Only the rows that differ are told of, so that the view keeps its current cell."""
        old, new = self._rows, list(self._history.present)
        if old == new:
            return
        above = _alike(old, new)
        below = _alike(old[above:][::-1], new[above:][::-1])
        gone, come = len(old) - above - below, len(new) - above - below
        edited = min(gone, come)
        old[above : above + edited] = new[above : above + edited]
        if edited:
            self.dataChanged.emit(self.index(above, 0), self.index(above + edited - 1, len(MetadataColumn) - 1))
        first = above + edited
        if gone > come:
            self.beginRemoveRows(QModelIndex(), first, above + gone - 1)
            del old[first : above + gone]
            self.endRemoveRows()
        elif come > gone:
            self.beginInsertRows(QModelIndex(), first, above + come - 1)
            old[first:first] = new[first : above + come]
            self.endInsertRows()
        self.changed.emit()

    def _replace(self, rows: list[MetadataRow]) -> None:
        """Rows that come from elsewhere; there is nothing before them to go back to."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self._history = History(tuple(rows))
        self.changed.emit()


_TIPS = {
    MetadataColumn.ENABLED: "Send this row",
    MetadataColumn.SECRET: "A secret is hidden and never written to a file",
}


def _alike(rows: list[MetadataRow], others: list[MetadataRow]) -> int:
    """How many rows both lists begin with."""
    pairs = enumerate(zip(rows, others, strict=False))
    return next((at for at, (row, other) in pairs if row != other), min(len(rows), len(others)))


def _shown(row: MetadataRow, column: MetadataColumn) -> str | None:
    if column is MetadataColumn.NAME:
        return row.name
    if column is not MetadataColumn.VALUE:
        return None
    if not row.is_kept:
        return "value not kept: type it again"
    return _MASK if row.is_secret and row.value else row.value


def _spoken(row: MetadataRow, column: MetadataColumn) -> str:
    """A cell for who does not see it: what is drawn as a tick, a lock or in red is said."""
    match column:
        case MetadataColumn.ENABLED:
            return "switched on" if row.is_enabled else "switched off"
        case MetadataColumn.SECRET:
            return "secret" if row.is_secret else "not secret"
    text = "hidden" if column is MetadataColumn.VALUE and row.is_secret and row.is_kept else _shown(row, column) or ""
    return f"{text}: {row.mistake}" if _is_at_fault(row, column) else text


def _is_at_fault(row: MetadataRow, column: MetadataColumn) -> bool:
    """Whether the row's mistake is to be seen in this column: in the name unless the name alone would do."""
    if column not in (MetadataColumn.NAME, MetadataColumn.VALUE) or not row.mistake:
        return False
    name_is_right = not replace(row, value="", is_kept=True).mistake
    return (column is MetadataColumn.VALUE) == name_is_right


def _edited(row: MetadataRow, column: MetadataColumn, text: str) -> MetadataRow:
    if column is MetadataColumn.NAME:
        return replace(row, name=text.strip())
    return replace(row, value=text, is_kept=row.is_kept or bool(text))


def _row_of_line(line: str) -> MetadataRow | None:
    """A `name: value` line as a row; None for a blank one. A line without a colon is a name."""
    text = line.strip().rstrip("\\").strip()
    for option in ("-H", "--header"):
        if text.startswith((f"{option} ", f"{option}=")):
            text = text[len(option) + 1 :].strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    name, _, value = text.partition(":")
    return MetadataRow(name.strip(), value.strip()) if name.strip() else None


def _saved(row: MetadataRow) -> dict[str, Any]:
    saved: dict[str, Any] = {"name": row.name, "enabled": row.is_enabled}
    if row.is_marked_secret:
        saved["secret"] = True
    if not row.is_secret:
        saved["value"] = row.value
    return saved


def _restored(saved: dict[str, Any]) -> MetadataRow:
    row = MetadataRow(
        name=str(saved.get("name", "")),
        value=str(saved.get("value", "")),
        is_enabled=bool(saved.get("enabled", True)),
        is_marked_secret=bool(saved.get("secret", False)),
    )
    return replace(row, is_kept=False) if row.is_secret and "value" not in saved else row
