"""The timeline: a table over a call's transcript in which a million rows cost what ten do."""

import array
import bisect
import enum
from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wirelens.engine.calls.transcript import MESSAGE_KINDS, EventKind, Transcript
from wirelens.engine.connection.metadata import REDACTED, is_sensitive, value_as_text
from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.json_child import JsonMaking, estimated_json_size
from wirelens.engine.messages.preview import payload_preview
from wirelens.engine.messages.protojson import message_to_json
from wirelens.presentation.amounts import duration_text, size_text
from wirelens.presentation.message_decoding import MessageDecoder

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

_PREVIEWS_KEPT = 512  # some screens full


class TimelineColumn(enum.IntEnum):
    """The columns in their order."""

    NUMBER = 0
    TIME = 1
    GAP = 2
    DIRECTION = 3
    SIZE = 4
    PREVIEW = 5


_HEADERS = ("#", "time, ms", "gap, ms", "", "size", "message")
_DIRECTIONS = {
    EventKind.SENT: "↑",
    EventKind.HALF_CLOSED: "↑",
    EventKind.HEADERS: "↓",
    EventKind.RECEIVED: "↓",
    EventKind.PAUSED: "‖",
    EventKind.RESUMED: "‖",
    EventKind.FINISHED: "■",
}
_WORDS = {
    EventKind.SENT: "sent",
    EventKind.HALF_CLOSED: "half-closed",
    EventKind.HEADERS: "headers received",
    EventKind.RECEIVED: "received",
    EventKind.PAUSED: "reading paused",
    EventKind.RESUMED: "reading resumed",
    EventKind.FINISHED: "finished",
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_ALIGNMENTS = (_RIGHT, _RIGHT, _RIGHT, _CENTRE, _RIGHT, _LEFT)


class TimelineModel(QAbstractTableModel):
    """Rows are events. Only rows that are asked for are read, decoded and worded, and the last few are remembered.

    It may show some of a transcript's rows only. `transcript_row` and `index_row` are the way between the rows of Qt's
    indexes and those of the transcript; every other method speaks of rows of the transcript.
    """

    KIND_ROLE = Qt.ItemDataRole.UserRole + 1  # an EventKind

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transcript: Transcript | None = None
        self._decoder: MessageDecoder | None = None
        self._count = 0  # rows that Qt knows of
        self._subset: array.array[int] | None = None  # rows of the transcript, in order; whoever set it appends to it
        self._previews: OrderedDict[int, str] = OrderedDict()
        self.pinned_row: int | None = None  # of the transcript

    @property
    def transcript(self) -> Transcript | None:
        return self._transcript

    def set_transcript(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Show another call, or the same one with other types; all of its rows."""
        self.beginResetModel()
        self._transcript, self._decoder = transcript, decoder
        self._subset = None
        self._count = self._length()
        self._previews.clear()
        self.endResetModel()

    def show_subset(self, rows: "array.array[int] | None") -> None:
        """Show these rows of the transcript only, None for all; where `rows` has grown, grow() shows more of them."""
        if rows is self._subset:
            return
        self.beginResetModel()
        self._subset = rows
        self._count = self._length()
        self.endResetModel()

    @property
    def subset(self) -> "array.array[int] | None":
        """The rows of the transcript that are shown; None: all of them."""
        return self._subset

    @property
    def is_subset(self) -> bool:
        """Whether only some rows of the transcript are shown."""
        return self._subset is not None

    def transcript_row(self, index_row: int) -> int:
        """The row of the transcript that stands in a row of the table."""
        return index_row if self._subset is None else self._subset[index_row]

    def index_row(self, transcript_row: int) -> int | None:
        """Where a row of the transcript stands in the table, None where it is not shown (yet)."""
        place = self.index_row_from(transcript_row)
        return place if place < self._count and self.transcript_row(place) == transcript_row else None

    def index_row_from(self, transcript_row: int) -> int:
        """Where the first row stands that is not before a row of the transcript; one too far where there is none."""
        if self._subset is None:
            return min(max(transcript_row, 0), self._count)
        return bisect.bisect_left(self._subset, transcript_row, 0, self._count)

    def grow(self) -> int:
        """Show what has come since; gives how many rows that is. Meant for once a frame."""
        length = self._length()
        added = length - self._count
        if added > 0:
            self.beginInsertRows(QModelIndex(), self._count, length - 1)
            self._count = length
            self.endInsertRows()
        return added

    def _length(self) -> int:
        if self._subset is not None:
            return len(self._subset)
        return len(self._transcript) if self._transcript is not None else 0

    # -- what a row says

    def kind(self, row: int) -> EventKind:
        assert self._transcript is not None
        return self._transcript.kind(row)

    def is_ok(self, row: int) -> bool:
        """False for the row of a status that says that something has gone wrong."""
        finished = self._transcript.finished if self._transcript is not None else None
        return self.kind(row) is not EventKind.FINISHED or finished is None or not finished.status.is_fault

    def text(self, row: int, column: int) -> str:
        """What stands in a cell."""
        transcript = self._transcript
        assert transcript is not None
        match column:
            case TimelineColumn.NUMBER:
                number = transcript.message_number(row)
                return f"{number:,}" if number and self._counts(transcript.kind(row)) else ""
            case TimelineColumn.TIME:
                return f"{transcript.at(row) * 1000:,.1f}"
            case TimelineColumn.GAP:
                gap = self.gap(row)
                return f"+{gap * 1000:,.1f}" if gap is not None else ""
            case TimelineColumn.DIRECTION:
                return _DIRECTIONS[transcript.kind(row)]
            case TimelineColumn.SIZE:
                return size_text(transcript.size(row)) if transcript.kind(row) in MESSAGE_KINDS else ""
            case _:
                return self.preview(row)

    def preview(self, row: int) -> str:
        """One line that tells the row from others."""
        known = self._previews.get(row)
        if known is not None:
            self._previews.move_to_end(row)
            return known
        made = self._make_preview(row)
        self._previews[row] = made
        if len(self._previews) > _PREVIEWS_KEPT:
            self._previews.popitem(last=False)
        return made

    def gap(self, row: int) -> float | None:
        """Seconds since the message before, in whichever direction; None for the first, and for what is no message."""
        transcript = self._transcript
        if transcript is None or transcript.kind(row) not in MESSAGE_KINDS:
            return None
        before = row - 1  # only a few rows of a call are no messages
        while before >= 0 and transcript.kind(before) not in MESSAGE_KINDS:
            before -= 1
        return transcript.at(row) - transcript.at(before) if before >= 0 else None

    def message_row(self, row: int) -> bool:
        """Whether a row is a message."""
        return self.kind(row) in MESSAGE_KINDS

    def as_json(self, row: int, *, emit_defaults: bool = False) -> str:
        """A message row as ProtoJSON.

        Raises:
            WirelensError: the message is not kept, or is none of its type.
        """
        assert self._transcript is not None
        assert self._decoder is not None
        message = self._decoder.message(self.kind(row), self._transcript.payload(row))
        return message_to_json(message, self._decoder.schema, emit_defaults=emit_defaults)

    def estimated_json_size(self, row: int) -> int | None:
        """About how many bytes a message has as JSON; None where its beginning is no message or nothing is kept."""
        assert self._transcript is not None
        assert self._decoder is not None
        try:
            payload, descriptor = self._transcript.payload_view(row), self._decoder.descriptor(self.kind(row))
        except WirelensError:
            return None
        return estimated_json_size(payload, descriptor, self._decoder.schema)

    def json_making(self, row: int, *, emit_defaults: bool = False) -> JsonMaking:
        """A large message row as ProtoJSON, to be made in a process of its own.

        Raises:
            WirelensError: the message is not kept, or its type cannot be built.
        """
        assert self._transcript is not None
        assert self._decoder is not None
        descriptor = self._decoder.descriptor(self.kind(row))
        payload = self._transcript.payload_view(row)
        return JsonMaking(payload, descriptor, self._decoder.schema, emit_defaults=emit_defaults)

    # -- Qt's questions

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(TimelineColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.transcript_row(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, index.column())
            case Qt.ItemDataRole.TextAlignmentRole:
                return _ALIGNMENTS[index.column()]
            case self.KIND_ROLE:
                return self.kind(row)
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == TimelineColumn.DIRECTION:
                return _WORDS[self.kind(row)]
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == TimelineColumn.NUMBER:
                number = self.text(row, TimelineColumn.NUMBER)
                return f"{number}, pinned" if row == self.pinned_row else number
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole and section == TimelineColumn.DIRECTION:
            return "what happened"  # an arrow in each row, which says more than its heading could
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[section]
        return None

    # -- inside

    def _counts(self, kind: EventKind) -> bool:
        """A single request is not counted: there is no second one."""
        assert self._decoder is not None
        return kind is EventKind.RECEIVED or self._decoder.method.pattern.client_streams

    def _make_preview(self, row: int) -> str:
        transcript, decoder = self._transcript, self._decoder
        assert transcript is not None
        assert decoder is not None
        match transcript.kind(row):
            case EventKind.HEADERS:
                pairs = transcript.headers.metadata if transcript.headers is not None else ()
                words = ", ".join(
                    f"{name} {REDACTED if is_sensitive(name) else value_as_text(value)}" for name, value in pairs
                )
                return f"headers · {words}" if words else "headers"
            case EventKind.HALF_CLOSED:
                return "half-closed"
            case EventKind.PAUSED:
                return "reading paused"
            case EventKind.RESUMED:
                return f"reading resumed · after {duration_text(transcript.paused_for(row))}"
            case EventKind.FINISHED:
                assert transcript.finished is not None
                status = transcript.finished.status
                return " · ".join(filter(None, (status.title, " ".join(status.message.split()))))
            case kind:
                try:
                    return payload_preview(transcript.payload_view(row), decoder.descriptor(kind))
                except WirelensError as error:
                    return error.message
