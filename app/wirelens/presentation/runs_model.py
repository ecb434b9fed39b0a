"""The calls of a tab as a table, the newest first."""

import enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.presentation.amounts import size_text
from wirelens.presentation.run_words import file_words, run_duration, status_text, time_text
from wirelens.presentation.runs import Run, Runs

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RunColumn(enum.IntEnum):
    """The columns in their order."""

    NUMBER = 0
    TIME = 1
    STATUS = 2
    DURATION = 3
    MESSAGES = 4
    SIZE = 5
    NOTE = 6


_HEADERS = ("run", "time", "status", "duration", "messages", "size", "")
_LEFT = (RunColumn.TIME, RunColumn.STATUS, RunColumn.NOTE)


class RunsModel(QAbstractTableModel):
    """Follows a tab's Runs."""

    def __init__(self, runs: Runs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._rows: tuple[Run, ...] = ()
        runs.changed.connect(self._on_changed)
        self._on_changed()

    def run(self, row: int) -> Run:
        return self._rows[row]

    def row_of(self, run: Run | None) -> int:
        """Where a run stands, -1 where it does not."""
        return self._rows.index(run) if run in self._rows else -1

    def refresh(self) -> None:
        """What runs has gone on."""
        for row, run in enumerate(self._rows):
            if run.is_running or row == 0:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(RunColumn) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(RunColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._rows[index.row()], index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() in _LEFT else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole and section == RunColumn.NOTE:
            return "pinned, or from a file"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section in _LEFT else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, run: Run, column: int) -> str:
        match column:
            case RunColumn.NUMBER:
                return str(run.number)
            case RunColumn.TIME:
                return time_text(run.started_at)
            case RunColumn.STATUS:
                return status_text(run)
            case RunColumn.DURATION:
                return run_duration(run)
            case RunColumn.MESSAGES:
                return f"{run.transcript.received_count:,}"
            case RunColumn.SIZE:
                return size_text(run.transcript.received_bytes)
        return file_words(run) or ("pinned" if run.is_pinned else "")

    def _on_changed(self) -> None:
        self.beginResetModel()
        self._rows = tuple(reversed(self._runs.all))
        self.endResetModel()
