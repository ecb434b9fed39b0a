"""Which messages of a call are selected: how many, and how large they are together."""

import array
import bisect
import itertools
from collections.abc import Iterator, Sequence
from typing import overload

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.calls.transcript import MESSAGE_KINDS, Transcript
from wirelens.presentation.amounts import size_text

_ROWS_AT_ONCE = 4_000  # that are counted one by one in a turn of the event loop: some 4 ms


class SelectedRows(Sequence[int]):
    """Rows of a transcript in order, of which a million cost what their few ranges do.

    Args:
        ranges: first row and the one behind the last of each, in order and apart from each other.
        subset: the rows of the transcript that the ranges speak of; None: all of them.
    """

    def __init__(self, ranges: Sequence[tuple[int, int]] = (), subset: "array.array[int] | None" = None) -> None:
        self.ranges = tuple(ranges)
        self.subset = subset
        self._counts = list(itertools.accumulate((end - start for start, end in self.ranges), initial=0))

    def __len__(self) -> int:
        return self._counts[-1]

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"row {index} of {len(self)}")
        index %= len(self)
        at = bisect.bisect_right(self._counts, index) - 1
        place = self.ranges[at][0] + index - self._counts[at]
        return place if self.subset is None else self.subset[place]

    def __iter__(self) -> Iterator[int]:
        places = itertools.chain.from_iterable(range(start, end) for start, end in self.ranges)
        return places if self.subset is None else map(self.subset.__getitem__, places)


class MessageSelection(QObject):
    """What a timeline has selected. Of rows that follow one another the messages are counted at once, of others in the
    background; `changed` comes again when that is done."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transcript: Transcript | None = None
        self.rows = SelectedRows()
        self.message_count = self.size = 0  # as far as they are counted; bytes
        self._uncounted: Iterator[int] | None = None
        self._counting = QTimer(self, singleShot=True, interval=0)
        self._counting.timeout.connect(self._count_on)

    @property
    def is_counted(self) -> bool:
        return self._uncounted is None

    @property
    def summary(self) -> str:
        """`3 selected, 412 B`; empty where less than two messages are."""
        if self.message_count < 2:
            return ""
        size = size_text(self.size) if self.is_counted else "…"
        return f"{self.message_count if self.is_counted else len(self.rows):,} selected, {size}"

    def set_rows(self, transcript: Transcript | None, rows: SelectedRows) -> None:
        """Select other rows."""
        self.transcript, self.rows = transcript, rows
        self.message_count = self.size = 0
        self._uncounted = None
        self._counting.stop()
        if transcript is not None and rows.subset is None:
            for start, end in rows.ranges:
                count, size = transcript.messages_within(start, end)
                self.message_count += count
                self.size += size
        elif transcript is not None:
            self._uncounted = iter(rows)
            self._count_on()
            return
        self.changed.emit()

    def message_rows(self, limit: int) -> list[int]:
        """The first `limit` selected rows that are messages."""
        transcript = self.transcript
        if transcript is None:
            return []
        return list(itertools.islice((row for row in self.rows if is_message(transcript, row)), limit))

    def _count_on(self) -> None:
        transcript, uncounted = self.transcript, self._uncounted
        if transcript is None or uncounted is None:
            return
        some = list(itertools.islice(uncounted, _ROWS_AT_ONCE))
        for row in some:
            if is_message(transcript, row):
                self.message_count += 1
                self.size += transcript.size(row)
        if len(some) == _ROWS_AT_ONCE:
            self._counting.start()
        else:
            self._uncounted = None
        self.changed.emit()


def is_message(transcript: Transcript, row: int) -> bool:
    """Whether a row is a message, and not another event."""
    return transcript.kind(row) in MESSAGE_KINDS
