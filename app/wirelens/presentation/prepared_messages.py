"""The messages of a client stream that are ready to be sent: a list of which one at a time is edited in the draft."""

import enum
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from wirelens.engine.errors import MessageError, UsageError, WirelensError
from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.json_text import MessageSplitter
from wirelens.engine.messages.protojson import message_to_json
from wirelens.presentation.amounts import count_text
from wirelens.presentation.draft import Draft, outgoing, saved_state, text_check
from wirelens.presentation.draft.preview import preview
from wirelens.presentation.draft.snapshot import Snapshot, new_history
from wirelens.presentation.draft.snapshot_reading import SnapshotReader
from wirelens.presentation.history import History
from wirelens.presentation.later import Later, made

Index = QModelIndex | QPersistentModelIndex
Prepared: TypeAlias = History[Snapshot]  # a message with its undo; stands for it wherever it is moved

_NOWHERE = QModelIndex()
_ROW_TYPE = "application/x-wirelens-prepared-row"
_FRAME_MS = 33
_PRESENT = operator.attrgetter("present")
_SLOWEST = 3_600_000  # milliseconds between two messages


class PreparedColumn(enum.IntEnum):
    """The columns of the list."""

    NUMBER = 0
    PREVIEW = 1
    SENT = 2


@dataclass(frozen=True, slots=True, eq=False)
class _List:
    rows: tuple[Prepared, ...]
    current: int


@dataclass(frozen=True, slots=True)
class TakenMessages:
    """Messages with their numbers as they were at one moment, and what reads them by the schema of then."""

    snapshots: tuple[Snapshot, ...]
    numbers: Sequence[int]
    reader: SnapshotReader

    def payloads(self) -> list[bytes]:
        """The bytes of each.

        Raises:
            MessageError: something in one of them is no value; it names the message and the place in it.
        """
        return [self._payload(number, snapshot) for number, snapshot in zip(self.numbers, self.snapshots, strict=True)]

    def ndjson(self) -> str:
        """One line of ProtoJSON for each.

        Raises:
            MessageError: as `payloads`.
        """
        schema = self.reader.schema
        message_class = schema.message_class(self.reader.descriptor.full_name)
        messages = (message_class.FromString(payload) for payload in self.payloads())
        return "".join(message_to_json(message, schema, indent=None) + "\n" for message in messages)

    def _payload(self, number: int, snapshot: Snapshot) -> bytes:
        try:
            return _serialized(snapshot, self.reader)
        except WirelensError as error:
            place = f"message {number}" + (f": {error.place}" if error.place else "")
            raise MessageError(error.message, place=place, next_step=error.next_step) from None


class PreparedMessages(QAbstractTableModel):
    """At least one message; the one at `current` is what the draft holds, the others keep their undo beside it.

    Edits of the list have an undo of their own. `current_changed` comes when another message is edited.
    """

    current_changed = Signal()
    plan_changed = Signal()  # pace, or whether half-close follows
    MISTAKE_ROLE = Qt.ItemDataRole.UserRole

    def __init__(self, draft: Draft, parent: Any = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._edits = History(_List((draft.history,), 0))
        self._sent: dict[Prepared, int] = {}  # how often, in the present call
        self._newly_sent: tuple[int, int] | None = None  # the first and the last row to tell of
        self._tell_sent = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._tell_sent.timeout.connect(self._on_tell_sent)
        self._seed = 0
        self._pace_text = ""
        self._then_half_close = True
        draft.changed.connect(self._on_draft_changed)

    # -- what there is

    @property
    def current(self) -> int:
        return self._edits.present.current

    @property
    def _rows(self) -> tuple[Prepared, ...]:
        return self._edits.present.rows

    @property
    def can_undo(self) -> bool:
        return self._edits.can_undo

    @property
    def can_redo(self) -> bool:
        return self._edits.can_redo

    def __len__(self) -> int:
        return len(self._rows)

    def sent_count(self, row: int) -> int:
        """How often the message at `row` went out in the present call."""
        return self._sent.get(self._rows[row], 0)

    def serialized_of(self, key: Prepared) -> bytes:
        """The bytes of the message that `key` stands for; the error names the place in it.

        Raises:
            MessageError: something in it is no value.
        """
        return _serialized(key.present, self._draft.reader)

    def taken(self, rows: Iterable[int] | None = None) -> "TakenMessages":
        """Messages as they are now, all of them by default; a thread may write them while the list goes on."""
        if rows is None:
            return TakenMessages(self.snapshots, range(1, len(self._rows) + 1), self._draft.reader)
        chosen = tuple(rows)
        snapshots = tuple(self._rows[row].present for row in chosen)
        return TakenMessages(snapshots, [row + 1 for row in chosen], self._draft.reader)

    # -- the list

    def show(self, row: int) -> None:
        """Edit the message at `row`."""
        before = self.current
        if 0 <= row < len(self._rows) and row != before:
            self._edits.present = _List(self._rows, row)
            self._take_up()
            self._tell(before)

    def add(self) -> None:
        """Add an example behind the current message and edit it."""
        self._seed += 1
        message = example_message(self._draft.descriptor, self._draft.schema, seed=self._seed)
        self._insert(self.current + 1, [self._draft.new_history(message)])

    def duplicate(self, row: int) -> None:
        """Repeat the message at `row` below itself and edit the copy."""
        present = self._rows[row].present
        self._insert(row + 1, [new_history(present)])

    def read(self, text: str) -> list[Prepared]:
        """The messages of a text that holds several, NDJSON or concatenated JSON; a broken one keeps its text.

        Changes nothing, and may run in a thread.
        """
        splitter = MessageSplitter()
        return [self._draft.read_history(piece.text) for piece in (*splitter.feed(text), *splitter.close())]

    def add_histories(self, histories: list[Prepared]) -> None:
        """Add messages that were read before behind the current one."""
        if histories:
            self._insert(self.current + 1, histories)

    def replace_all(self, histories: list[Prepared]) -> None:
        """Have these messages in place of all there are."""
        if histories:
            self._change(histories, 0)

    def move(self, row: int, to: int) -> None:
        """Move the message at `row` so that it stands at `to`."""
        if row == to or not (0 <= row < len(self._rows) and 0 <= to < len(self._rows)):
            return  # a row may be dropped when the list has become a shorter one
        current = self._rows[self.current]
        rows = list(self._rows)
        rows.insert(to, rows.pop(row))
        self._change(rows, rows.index(current))

    def remove(self, chosen: Iterable[int]) -> None:
        """Remove messages; all of them cannot be removed, since the draft is always one."""
        gone = {row for row in chosen if 0 <= row < len(self._rows)}
        rows = [prepared for row, prepared in enumerate(self._rows) if row not in gone]
        if not rows or not gone:
            return
        current = self.current
        while current in gone:
            current += 1
        place = current - sum(1 for row in gone if row < current)
        self._change(rows, min(place, len(rows) - 1))

    def undo(self) -> None:
        """Take the last edit of the list back; edits within a message are the draft's."""
        self._replace(self._edits.undo)

    def redo(self) -> None:
        self._replace(self._edits.redo)

    # -- sending

    @property
    def pace_text(self) -> str:
        """Milliseconds between two messages when all are sent, as typed; empty for none."""
        return self._pace_text

    def set_pace_text(self, text: str) -> None:
        if text != self._pace_text:
            self._pace_text = text
            self.plan_changed.emit()

    def pace(self) -> float:
        """Seconds between two messages when all are sent.

        Raises:
            UsageError: what was typed is no number of milliseconds.
        """
        text = self._pace_text.strip().removesuffix("ms").strip()
        try:
            milliseconds = float(text or "0")
        except ValueError:
            milliseconds = math.nan
        if not 0 <= milliseconds <= _SLOWEST:
            raise UsageError(
                f"the pace {self._pace_text.strip()!r} is no number of milliseconds",
                place="pace",
                next_step="type one such as 250, or leave it empty to send without a pause",
            )
        return milliseconds / 1000

    @property
    def then_half_close(self) -> bool:
        """Whether the request side is closed when all have been sent."""
        return self._then_half_close

    def set_then_half_close(self, close: bool) -> None:
        if close != self._then_half_close:
            self._then_half_close = close
            self.plan_changed.emit()

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """Each message as it is now; a hundred thousand take some milliseconds."""
        return tuple(map(_PRESENT, self._rows))

    @property
    def keys(self) -> Sequence[Prepared]:
        """What stands for each message."""
        return self._rows

    def key(self, row: int) -> Prepared:
        """Stands for the message at `row` wherever it is moved."""
        return self._rows[row]

    def mark_sent(self, keys: Sequence[Prepared], first: int) -> None:
        """These messages, of which the first stood at row `first` when they were to be sent, have gone out once
        more."""
        if not keys:
            return
        for key in keys:
            self._sent[key] = self._sent.get(key, 0) + 1
        last = first + len(keys) - 1
        if self._rows[first : last + 1] != tuple(keys):  # they have been moved since
            first, last = 0, len(self._rows) - 1
        before = self._newly_sent or (first, last)
        self._newly_sent = min(first, before[0]), max(last, before[1])
        if not self._tell_sent.isActive():
            self._tell_sent.start()

    def _on_tell_sent(self) -> None:
        """Once a frame: thousands may go out in a second."""
        if self._newly_sent is not None:
            first, last = self._newly_sent
            self._newly_sent = None
            last = min(last, len(self._rows) - 1)
            if first <= last:
                self.dataChanged.emit(self.index(first, PreparedColumn.SENT), self.index(last, PreparedColumn.SENT))

    def forget_sent(self) -> None:
        """A new call begins."""
        if self._sent:
            self._sent.clear()
            last = len(self._rows) - 1
            self.dataChanged.emit(self.index(0, PreparedColumn.SENT), self.index(last, PreparedColumn.SENT))

    # -- keeping

    def rebase(self) -> None:
        """The draft has a newer schema: read the messages that are not in it by that schema too."""
        for prepared in self._rows:
            if prepared is not self._draft.history:
                self._draft.refit(prepared)
        self._edits.forget()
        self._tell_all()

    def state(self) -> dict[str, Any]:
        """For the session file; a single message is the draft's own."""
        plan = {"pace": self._pace_text, "then_half_close": self._then_half_close}
        if len(self._rows) == 1:
            return plan
        messages = Later(partial(_states, self.snapshots))
        return {**plan, "current": self.current, "messages": messages}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave; what is no message is left out. Leaves the draft as it was where none is."""
        self._pace_text = str(state.get("pace", ""))
        self._then_half_close = state.get("then_half_close") is not False
        messages = made(state.get("messages"))
        states = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
        histories = [self._draft.restored_history(one) for one in states]
        if not histories:
            return
        current = state.get("current")
        self._change(histories, min(max(current, 0), len(histories) - 1) if isinstance(current, int) else 0)
        self._edits.forget()

    # -- Qt's model

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(PreparedColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = index.row(), index.column()
        snapshot = self._shown(row)
        if role == self.MISTAKE_ROLE:
            return snapshot.problem is not None or snapshot.wire_mistake is not None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(row)
        sent = self.sent_count(row)
        if role == Qt.ItemDataRole.ToolTipRole and column == PreparedColumn.SENT and sent:
            return f"Sent {count_text(sent, 'time')} in this call"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if column == PreparedColumn.NUMBER:
            return str(row + 1)
        if column == PreparedColumn.PREVIEW:
            return _preview(snapshot)
        if not sent:
            return ""
        return "sent" if sent == 1 else f"sent {sent} ×"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("#", "message", "")[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled)

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_ROW_TYPE]

    def mimeData(self, indexes: Iterable[Index]) -> QMimeData:
        data = QMimeData()
        data.setData(_ROW_TYPE, str(min(index.row() for index in indexes)).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """A row that was dragged, let go between two others or behind the last."""
        if not data.hasFormat(_ROW_TYPE):
            return False
        dragged = int(bytes(data.data(_ROW_TYPE).data()))
        before = len(self._rows) if row < 0 else row
        self.move(dragged, before - 1 if dragged < before else before)
        return False  # moved already: the view must not remove anything

    # -- inside

    def _shown(self, row: int) -> Snapshot:
        """A long message that has met a newer schema is shown as it was read before."""
        prepared = self._rows[row]
        if prepared.present.weight <= text_check.READ_AT_ONCE:
            prepared.present = self._draft.reader.up_to_date(prepared.present)
        return prepared.present

    def _said(self, row: int) -> str:
        words = f"message {row + 1}: {_preview(self._shown(row))}"
        return f"{words}, sent" if self.sent_count(row) else words

    def _insert(self, place: int, new: list[Prepared]) -> None:
        self._change([*self._rows[:place], *new, *self._rows[place:]], place)

    def _change(self, rows: Iterable[Prepared], current: int) -> None:
        state = _List(tuple(rows), current)
        self._replace(lambda: self._edits.record(state))

    def _replace(self, edit: Callable[[], None]) -> None:
        self.beginResetModel()
        edit()
        self.endResetModel()
        self._take_up()
        self.current_changed.emit()

    def _take_up(self) -> None:
        self._draft.take_up(self._rows[self.current])

    def _tell(self, *rows: int) -> None:
        for row in (*rows, self.current):
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(PreparedColumn) - 1))
        self.current_changed.emit()

    def _tell_all(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(PreparedColumn) - 1))

    def _on_draft_changed(self) -> None:
        place = self.index(self.current, PreparedColumn.PREVIEW)
        self.dataChanged.emit(place, place)


def _states(snapshots: Sequence[Snapshot]) -> list[dict[str, Any]]:
    return [saved_state.written(one, one.json_text()) for one in snapshots]


def _serialized(snapshot: Snapshot, reader: SnapshotReader) -> bytes:
    current = reader.up_to_date(snapshot)
    return outgoing.serialized(current, current.json_text(), reader.descriptor, reader.schema)


def _preview(snapshot: Snapshot) -> str:
    """On one line; broken text and bytes as they are, since the tree would show what they said before."""
    if snapshot.wire is not None and (snapshot.wire_mistake is not None or not snapshot.is_read):
        return snapshot.wire[:40].hex(" ") + ("…" if len(snapshot.wire) > 40 else "")
    if snapshot.problem is None and snapshot.is_read:
        return preview(snapshot.tree) or "{}"
    text = " ".join((snapshot.text or "")[:400].split())
    return text if len(text) <= 120 else f"{text[:120]}…"
