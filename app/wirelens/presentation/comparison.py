"""Two messages beside each other: any two, or one that is pinned and the one that is looked at."""

import enum
from dataclasses import dataclass
from functools import partial
from typing import Any

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.messages.message_diff import ComparedMessage, DiffKind, DiffRow, MessageDifference
from wirelens.engine.messages.preview import payload_preview
from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.thread_worker import ThreadWorker

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SLICE = 0.003  # seconds of work between two turns of the window: both need the interpreter's lock
_ARROWS = {EventKind.SENT: "↑", EventKind.RECEIVED: "↓"}
_WORDS = {
    DiffKind.SAME: "the same",
    DiffKind.CHANGED: "changed",
    DiffKind.ADDED: "only on the right",
    DiffKind.REMOVED: "only on the left",
}


@dataclass(frozen=True, eq=False)
class MessageReference:
    """A message of a call, to be looked at also when its call is gone.

    `label` names it among others: `#17 ↓`, with the call in front of it where there are several.
    """

    transcript: Transcript
    row: int
    payload: Buffer
    descriptor: Descriptor
    schema: Schema
    label: str

    @classmethod
    def of(cls, transcript: Transcript, row: int, decoder: MessageDecoder, call: str = "") -> "MessageReference":
        """The message of a row; `call` names the call where several are compared.

        Raises:
            WirelensError: the message is not kept, or the schema cannot build its type.
        """
        kind = transcript.kind(row)
        label = f"#{transcript.message_number(row):,} {_ARROWS[kind]}"
        descriptor = decoder.descriptor(kind)
        payload = transcript.payload_view(row)
        return cls(transcript, row, payload, descriptor, decoder.schema, f"{call} {label}".strip())

    @property
    def preview(self) -> str:
        """The message on one line."""
        return payload_preview(self.payload, self.descriptor)

    @property
    def compared(self) -> ComparedMessage:
        return ComparedMessage(self.payload, self.descriptor, self.schema)

    def is_at(self, transcript: Transcript | None, row: int | None) -> bool:
        """Whether it is the message of this row."""
        return self.transcript is transcript and self.row == row


class Comparison(QObject):
    """What is compared, and what comes out; messages that cost time are compared in the background.

    A pair that was asked for stays until another is, or until a message is picked while one is pinned: then the pinned
    one is compared with whatever is looked at.
    """

    changed = Signal()  # what is compared, and whether it is being compared
    pin_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = DifferenceModel(self)
        self.pinned: MessageReference | None = None
        self.left: MessageReference | None = None
        self.right: MessageReference | None = None
        self.is_running = False
        self.difference_count = 0
        self.notes: list[str] = []
        self._is_asked_for = False
        self._going: MessageDifference | None = None
        self._worker = ThreadWorker(self)
        self._waits = False  # for the thread, which compares an older pair

    @property
    def has_any(self) -> bool:
        """Whether there is anything to show."""
        return self.left is not None or self.pinned is not None

    @property
    def follows(self) -> bool:
        """Whether the pinned message is compared with what is looked at."""
        return self.pinned is not None and not self._is_asked_for

    @property
    def summary(self) -> str:
        """How many differences there are, in words; empty while they are being looked for."""
        if self.left is None or self.right is None or self.is_running:
            return ""
        return count_text(self.difference_count, "difference") if self.difference_count else "No difference"

    def compare(self, left: MessageReference, right: MessageReference) -> None:
        """Compare these two until something else is asked for."""
        self._is_asked_for = True
        self._show(left, right)

    def swap(self) -> None:
        """Left is right and right is left."""
        if self.left is not None and self.right is not None:
            self._is_asked_for = self._is_asked_for or not self.follows
            self._show(self.right, self.left)

    def pin(self, reference: MessageReference) -> None:
        """Keep a message beside those that are looked at."""
        self.pinned = reference
        self._is_asked_for = False
        self._show(reference, None)
        self.pin_changed.emit()

    def unpin(self) -> None:
        """Let go of the pinned message."""
        if self.pinned is None:
            return
        self.pinned = None
        if not self._is_asked_for:
            self._show(None, None)
        self.pin_changed.emit()

    def look_at(self, reference: MessageReference | None) -> None:
        """This message is looked at now: compare the pinned one with it, unless two others were asked for."""
        if self.follows and (self.left is not self.pinned or not _is_same(self.right, reference)):
            self._show(self.pinned, reference)

    def follow(self) -> None:
        """Compare with the pinned message again."""
        self._is_asked_for = False

    # -- inside

    def _show(self, left: MessageReference | None, right: MessageReference | None) -> None:
        self.left, self.right = left, right
        self._going, self.is_running = None, False
        self.model.set_labels(left.label if left is not None else "left", right.label if right is not None else "right")
        if left is None or right is None:
            self.model.set_rows([])
            self.notes, self.difference_count = [], 0
            self.changed.emit()
            return
        going = self._going = MessageDifference(left.compared, right.compared)
        self.is_running = True
        if going.step(_SLICE):
            self._finish(going)
        else:
            self.changed.emit()
            self._work()

    def _work(self) -> None:
        if self._going is not None and not self._waits:
            self._waits = True
            self._worker.run(partial(self._going.step, _SLICE), partial(self._on_worked, self._going))

    def _on_worked(self, going: MessageDifference, is_done: bool) -> None:
        self._waits = False
        if going is self._going and is_done:
            self._finish(going)
        self._work()

    def _finish(self, going: MessageDifference) -> None:
        self._going, self.is_running = None, False
        self.notes, self.difference_count = going.notes(), going.difference_count
        self.model.set_rows(going.rows)
        self.changed.emit()


def _is_same(one: MessageReference | None, other: MessageReference | None) -> bool:
    if one is None or other is None:
        return one is other
    return other.is_at(one.transcript, one.row) and one.schema is other.schema


class DifferenceColumn(enum.IntEnum):
    """The columns in their order."""

    SIGN = 0
    FIELD = 1
    LEFT = 2
    RIGHT = 3


class DifferenceModel(QAbstractTableModel):
    """The rows of a comparison; those that are the same can be left out."""

    KIND_ROLE = Qt.ItemDataRole.UserRole + 1  # a DiffKind
    DEPTH_ROLE = Qt.ItemDataRole.UserRole + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[DiffRow] = []
        self._rows: list[DiffRow] = []
        self._labels = ("left", "right")
        self._only_differences = False

    def set_labels(self, left: str, right: str) -> None:
        """What the two messages are called in the heading."""
        if (left, right) != self._labels:
            self._labels = (left, right)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, DifferenceColumn.LEFT, DifferenceColumn.RIGHT)

    @property
    def only_differences(self) -> bool:
        return self._only_differences

    def set_rows(self, rows: list[DiffRow]) -> None:
        self._all = rows
        self._show()

    def set_only_differences(self, only: bool) -> None:
        """Leave out what is the same."""
        if only != self._only_differences:
            self._only_differences = only
            self._show()

    def row(self, row: int) -> DiffRow:
        return self._rows[row]

    def row_of(self, path: str) -> int | None:
        """Where a field stands, None where it does not."""
        return next((at for at, row in enumerate(self._rows) if row.path == path), None)

    def next_difference(self, row: int, step: int) -> int | None:
        """The next row from `row` on, or the one before (`step` -1), in which a value differs; around the end."""
        count = len(self._rows)
        for distance in range(1, count + 1):
            at = (row + step * distance) % count
            if self._rows[at].kind is not DiffKind.SAME and not self._rows[at].has_rows:
                return at
        return None

    def as_text(self) -> str:
        """The rows that are shown, one a line: sign, path, the values of both sides, apart by tabs."""
        return "\n".join(
            "\t".join((row.kind.value or "=", row.path or row.name, row.left, row.right)) for row in self._rows
        )

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(DifferenceColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("", "field", *self._labels)[section]
        if role == Qt.ItemDataRole.AccessibleTextRole and section == DifferenceColumn.SIGN:
            return "difference"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (row.kind.value, row.name, row.left, row.right)[index.column()]
            case self.KIND_ROLE:
                return row.kind
            case self.DEPTH_ROLE:
                return row.depth
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == DifferenceColumn.SIGN:
                return _WORDS[row.kind]
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == DifferenceColumn.FIELD:
                return row.path
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.path}\n{row.type_name}" if index.column() == DifferenceColumn.FIELD else None
        return None

    def _show(self) -> None:
        self.beginResetModel()
        rows = self._all
        self._rows = [row for row in rows if row.kind is not DiffKind.SAME] if self._only_differences else rows
        self.endResetModel()
