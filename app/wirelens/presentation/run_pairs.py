"""The answers of two calls paired by their numbers, as a table: which are the same, byte by byte."""

import array
import enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.presentation.amounts import duration_text, size_text
from wirelens.presentation.runs import Run

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROWS_AT_ONCE = 5_000
_COMPARED_AT_MOST = 4 * 2**20  # bytes that are looked at while the window waits


class PairColumn(enum.IntEnum):
    """The columns in their order."""

    NUMBER = 0
    FIRST_AT = 1
    FIRST_SIZE = 2
    SECOND_AT = 3
    SECOND_SIZE = 4
    VERDICT = 5


class RunPairs(QAbstractTableModel):
    """A row for each number that either call has an answer of. The rows are found in slices, so that a million cost
    the window nothing; messages are compared when they are looked at."""

    def __init__(self, first: Run, second: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = (first, second)
        self._answers = (array.array("Q"), array.array("Q"))  # their rows in the transcripts
        self._read = [0, 0]
        self._count = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._read_on)
        self._timer.start()

    @property
    def is_complete(self) -> bool:
        """Whether all answers that were there are paired."""
        return not self._timer.isActive()

    def rows(self, place: int) -> tuple[int | None, int | None]:
        """The rows of both transcripts, None where one has no such answer."""
        first, second = (answers[place] if place < len(answers) else None for answers in self._answers)
        return first, second

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(PairColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_left = index.column() == PairColumn.VERDICT
            side = Qt.AlignmentFlag.AlignLeft if is_left else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == PairColumn.VERDICT else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        first, second = (f"run {run.number}" for run in self._runs)
        return ("#", f"{first} at", f"{first} size", f"{second} at", f"{second} size", "message")[section]

    def verdict(self, place: int) -> str:
        """`same`, `different`, or where there is only one."""
        rows = self.rows(place)
        (one, other), (first, second) = (run.transcript for run in self._runs), rows
        if first is None or second is None:
            return f"only in run {self._runs[first is None].number}"
        size = one.size(first)
        if size != other.size(second):
            return "different"
        if size > _COMPARED_AT_MOST:
            return "of one size"
        try:
            return "same" if one.payload(first) == other.payload(second) else "different"
        except WirelensError as error:
            return error.message

    def _text(self, place: int, column: int) -> str:
        transcripts, rows = [run.transcript for run in self._runs], self.rows(place)
        match column:
            case PairColumn.NUMBER:
                return f"{place + 1:,}"
            case PairColumn.FIRST_AT | PairColumn.FIRST_SIZE:
                return _cell(transcripts[0], rows[0], column == PairColumn.FIRST_SIZE)
            case PairColumn.SECOND_AT | PairColumn.SECOND_SIZE:
                return _cell(transcripts[1], rows[1], column == PairColumn.SECOND_SIZE)
        return self.verdict(place)

    def _read_on(self) -> None:
        is_read = True
        for side, run in enumerate(self._runs):
            transcript, start = run.transcript, self._read[side]
            beyond = min(start + _ROWS_AT_ONCE, len(transcript))
            received = (row for row in range(start, beyond) if transcript.kind(row) is EventKind.RECEIVED)
            self._answers[side].extend(received)
            self._read[side] = beyond
            is_read = is_read and beyond == len(transcript)
        count = max(map(len, self._answers))
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        if is_read:
            self._timer.stop()
            if self._count:
                self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(PairColumn) - 1))


def _cell(transcript: Transcript, row: int | None, is_size: bool) -> str:
    if row is None:
        return ""
    return size_text(transcript.size(row)) if is_size else duration_text(transcript.at(row))
