"""The record of one call: append-only rows, one for each event, cheap enough for a flood of messages.

Times, sizes and numbers live in arrays; payloads in a store of their own, in memory up to a limit, then on disk.
"""

import array
import asyncio
import bisect
import enum
import itertools
import operator
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import NamedTuple

from wirelens.engine.calls.events import (
    CallFinished,
    CompressedTotals,
    Event,
    HalfClosed,
    HeadersReceived,
    MessageReceived,
    MessageSent,
    ReadingPaused,
    ReadingResumed,
)
from wirelens.engine.calls.payload_store import PayloadStore


class EventKind(enum.IntEnum):
    """What a row of a transcript is."""

    HEADERS = 0
    SENT = 1
    RECEIVED = 2
    HALF_CLOSED = 3
    FINISHED = 4
    PAUSED = 5
    RESUMED = 6


MESSAGE_KINDS = (EventKind.SENT, EventKind.RECEIVED)


class Columns(NamedTuple):
    """Some rows of a transcript that follow one another.

    `kinds` are EventKinds, `times` seconds since the call began, `ends` where each payload ends counted from the
    first one's beginning, `numbers` are message numbers.
    """

    kinds: bytes
    times: list[float]
    ends: list[int]
    numbers: list[int]

    @property
    def sizes(self) -> list[int]:
        """Message bytes, 0 where the row is no message."""
        return list(map(operator.sub, self.ends, itertools.chain((0,), self.ends)))


class Transcript:
    """What happened in one call; rows are events in their order.

    One writer at a time (the call, on the loop or in its reader thread) and any number of readers in any thread:
    a row is complete before `len` counts it and never changes afterwards. Messages that were read but not taken
    (Flow) have no row: they are counted, with their bytes.

    Attributes:
        connected_at: seconds until the connection was there; None where that was not seen.
        was_connected: whether it was there before the call.
        encodings: the answers that came compressed, by the name of the encoding; None where that was not seen.

    Args:
        memory_limit: bytes of payloads kept in memory before they move to a spool file.
        keep_bytes: how many bytes of the newest payloads are kept, None for all. Older ones raise from payload();
            with 0 all do.
        frame: seconds that grown() leaves between two wake-ups.
    """

    def __init__(self, *, memory_limit: int = 4 * 2**20, keep_bytes: int | None = None, frame: float = 1 / 60) -> None:
        self.started_at: datetime | None = None
        self.connected_at: float | None = None
        self.was_connected = False
        self.encodings: dict[str, CompressedTotals] | None = None
        self.headers: HeadersReceived | None = None
        self.finished: CallFinished | None = None
        self._frame = frame
        self._length = 0
        self._kinds = array.array("B")
        self._times = array.array("d")
        self._ends = array.array("Q")  # where each row's payload ends in the sequence of all payloads
        self._numbers = array.array("I")
        self._sent_count = self._received_count = 0
        self._sent_bytes = self._received_bytes = 0
        self._skipped_count = self._skipped_bytes = self._skipped_told = 0
        self._first_received_at: float | None = None
        self._last_received_row = -1
        self._last_skipped_at: float | None = None
        self._paused_at: float | None = None
        self._paused_seconds = 0.0  # of the pauses that are over
        self._pauses: dict[int, float] = {}  # their lengths by the row that ends them
        self._payloads = PayloadStore(self._ends, memory_limit=memory_limit, keep_bytes=keep_bytes)
        self._waiting = threading.Lock()
        self._wakers: list[Callable[[], None]] = []
        self._end_wakers: list[Callable[[], None]] = []
        self._last_wake = 0.0

    # -- reading ---------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._length

    def kind(self, row: int) -> EventKind:
        return EventKind(self._kinds[self._checked(row)])

    def at(self, row: int) -> float:
        """Seconds since the call was started."""
        return self._times[self._checked(row)]

    def size(self, row: int) -> int:
        """Message bytes of a row, 0 where it is no message."""
        return self._ends[self._checked(row)] - self._start(row)

    def message_number(self, row: int) -> int:
        """Counted from 1 among the received messages, or among the sent ones; 0 where the row is no message."""
        return self._numbers[self._checked(row)]

    def payload(self, row: int) -> bytes:
        """The message of a row as bytes, b"" where it is no message.

        Raises:
            TranscriptError: the message is not kept, the transcript is closed, or the spool file cannot be read.
        """
        return self._payloads.read(self._checked(row))

    def payload_view(self, row: int) -> bytes | memoryview:
        """The same, but a large message in the spool file is mapped instead of copied: 100 MB cost nothing.

        Raises:
            TranscriptError: as payload().
        """
        return self._payloads.view(self._checked(row))

    def payloads(self, start: int, stop: int) -> list[bytes]:
        """The messages of rows `start` to before `stop`: many at once cost a fraction of one by one.

        All of them are copied: see to it, by rows_within(), that they are not too many.

        Raises:
            TranscriptError: as payload(), for any of them.
        """
        return self._payloads.run(*self._checked_range(start, stop))

    def joined_payloads(self, start: int, stop: int) -> bytes:
        """The same, one behind the other: see the ends in columns().

        Raises:
            TranscriptError: as payloads().
        """
        return self._payloads.joined(*self._checked_range(start, stop))

    @property
    def first_kept_row(self) -> int:
        """payload() raises for messages in the rows below; it grows where only the newest are kept."""
        return min(self._payloads.first_kept_row, self._length)

    @property
    def spooled_bytes(self) -> int:
        """Bytes of disk that the messages take at present."""
        return self._payloads.spooled_bytes

    def paused_for(self, row: int) -> float:
        """Seconds of the pause that a RESUMED row ends, 0 for any other."""
        return self._pauses.get(self._checked(row), 0.0)

    def columns(self, start: int, stop: int) -> "Columns":
        """What is known of rows `start` to before `stop` without their payloads: many at once cost little each."""
        self._checked_range(start, stop)
        base = self._start(start)
        ends = self._ends[start:stop]
        return Columns(
            bytes(self._kinds[start:stop]),
            self._times[start:stop].tolist(),
            [end - base for end in ends],
            self._numbers[start:stop].tolist(),
        )

    def rows_within(self, start: int, stop: int, size: int) -> int:
        """The largest row up to `stop` so that the payloads from `start` to before it take at most `size` bytes.

        At least one row follows `start`, however large its payload is.
        """
        base = self._start(self._checked(start))
        return max(start + 1, bisect.bisect_right(self._ends, base + size, start, stop))

    def messages_within(self, start: int, stop: int) -> tuple[int, int]:
        """How many messages are among the rows `start` to before `stop`, and their bytes; a million cost 1 ms."""
        if start >= stop:
            return 0, 0
        kinds = bytes(self._kinds[self._checked(start) : self._checked(stop - 1) + 1])
        count = kinds.count(EventKind.SENT) + kinds.count(EventKind.RECEIVED)
        return count, self._ends[stop - 1] - self._start(start)

    def last_row_of(self, kinds: Collection[EventKind], before: int) -> int | None:
        """The last row below `before` that is of one of these kinds; of a million it is found within a millisecond."""
        rows = bytes(self._kinds[:before])
        found = max(rows.rfind(kind) for kind in kinds)
        return found if found >= 0 else None

    def event(self, row: int) -> Event:
        """The row as an event of its own.

        Raises:
            TranscriptError: as payload().
        """
        at = self.at(row)
        match self.kind(row):
            case EventKind.SENT:
                return MessageSent(at, self.payload(row))
            case EventKind.RECEIVED:
                return MessageReceived(at, self.payload(row))
            case EventKind.HALF_CLOSED:
                return HalfClosed(at)
            case EventKind.HEADERS:
                assert self.headers is not None
                return self.headers
            case EventKind.PAUSED:
                return ReadingPaused(at)
            case EventKind.RESUMED:
                return ReadingResumed(at, self.paused_for(row))
            case EventKind.FINISHED:
                assert self.finished is not None
                return self.finished

    @property
    def sent_count(self) -> int:
        return self._sent_count

    @property
    def received_count(self) -> int:
        """How many messages were read, those without a row included."""
        return self._received_count

    @property
    def sent_bytes(self) -> int:
        return self._sent_bytes

    @property
    def received_bytes(self) -> int:
        return self._received_bytes

    @property
    def skipped_count(self) -> int:
        """How many of the received messages have no row, because they were not to be taken."""
        return self._skipped_count

    @property
    def skipped_bytes(self) -> int:
        return self._skipped_bytes

    @property
    def last_received_row(self) -> int | None:
        """The row of the newest answer, None where there is none."""
        return self._last_received_row if self._last_received_row >= 0 else None

    @property
    def first_received_at(self) -> float | None:
        """When the first message came, with a row or without."""
        return self._first_received_at

    @property
    def last_received_at(self) -> float | None:
        """When the newest message came, with a row or without."""
        row = self.last_received_row
        found = [at for at in (None if row is None else self._times[row], self._last_skipped_at) if at is not None]
        return max(found, default=None)

    @property
    def is_paused(self) -> bool:
        """Whether reading is paused; a call that has ended is not."""
        return self._paused_at is not None and self.finished is None

    @property
    def paused_seconds(self) -> float:
        """All pauses together; of the one that lasts only after its end."""
        return self._paused_seconds

    async def grown(self, beyond: int, *, apart: float = 0.0) -> int:
        """Waits until there are more than `beyond` rows or the call has finished, and returns how many there are.
        Also returns when messages without a row were counted.

        However fast messages come, two wake-ups are a frame apart, or `apart` seconds where that is more; the end of
        the call is told at once.
        """
        loop = asyncio.get_running_loop()
        wait = self._last_wake + max(self._frame, apart) - loop.time()
        if wait > 0 and self.finished is None:
            await self._woken(self._end_wakers, lambda: self.finished is not None, timeout=wait)
        if self.finished is None:
            told = self._skipped_told
            await self._woken(
                self._wakers,
                lambda: self._length > beyond or self.finished is not None or self._skipped_count != told,
            )
        self._skipped_told = self._skipped_count
        self._last_wake = loop.time()
        return self._length

    async def _woken(
        self, wakers: list[Callable[[], None]], already: Callable[[], bool], *, timeout: float | None = None
    ) -> None:
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:  # called by the writer, in whatever thread it is
            try:
                loop.call_soon_threadsafe(woken.set)
            except RuntimeError:
                pass  # the loop is closed: nobody waits any more

        with self._waiting:
            wakers.append(wake)
        try:
            if not already():  # looked at after the waker stands in the list, so that no growth is missed
                async with asyncio.timeout(timeout):
                    await woken.wait()
        except TimeoutError:
            pass
        finally:
            with self._waiting:
                if wake in wakers:
                    wakers.remove(wake)

    def _checked_range(self, start: int, stop: int) -> tuple[int, int]:
        if not 0 <= start <= stop <= self._length:
            raise IndexError(f"rows {start} to {stop} of {self._length}")
        return start, stop

    def _checked(self, row: int) -> int:
        if not 0 <= row < self._length:
            raise IndexError(f"row {row} of {self._length}")
        return row

    # -- writing ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.started_at = datetime.now(UTC)

    def add_headers(self, headers: HeadersReceived) -> None:
        self.headers = headers
        self._append(EventKind.HEADERS, headers.at, b"", 0)

    def add_sent(self, at: float, payload: bytes) -> None:
        self._sent_count += 1
        self._sent_bytes += len(payload)
        self._append(EventKind.SENT, at, payload, self._sent_count)

    def add_received(self, at: float, payload: bytes) -> None:
        if not self._received_count:
            self._first_received_at = at
        self._received_count += 1
        self._received_bytes += len(payload)
        self._append(EventKind.RECEIVED, at, payload, self._received_count)
        self._last_received_row = self._length - 1

    def skip_received(self, at: float, size: int, count: int = 1) -> None:
        """`count` messages of `size` bytes together came, of which only this much is kept."""
        if not self._received_count:
            self._first_received_at = at
        self._received_count += count
        self._received_bytes += size
        self._skipped_bytes += size
        self._last_skipped_at = at
        self._skipped_count += count
        if self._wakers:
            self._wake(self._wakers)

    def add_unkept(self, kind: EventKind, at: float, size: int) -> None:
        """A SENT or RECEIVED row of a record whose message was not kept, nor any before it."""
        if kind is EventKind.SENT:
            self._sent_count += 1
            self._sent_bytes += size
            number = self._sent_count
        else:
            if not self._received_count:
                self._first_received_at = at
            self._received_count += 1
            self._received_bytes += size
            number = self._received_count
            self._last_received_row = self._length
        self._append(kind, at, b"", number, size)
        self._payloads.forget(self._length, "this message was no longer kept when the call was saved")

    def add_paused(self, at: float) -> None:
        self._paused_at = at
        self._append(EventKind.PAUSED, at, b"", 0)

    def add_resumed(self, at: float) -> None:
        length = at - self._paused_at if self._paused_at is not None else 0.0
        self._paused_at = None
        self._paused_seconds += length
        self._pauses[self._length] = length
        self._append(EventKind.RESUMED, at, b"", 0)

    def add_half_closed(self, at: float) -> None:
        self._append(EventKind.HALF_CLOSED, at, b"", 0)

    def add_finished(self, finished: CallFinished) -> None:
        assert self.finished is None, "a call finishes once"
        if self._paused_at is not None:
            self._paused_seconds += finished.at - self._paused_at
        self.finished = finished
        self._append(EventKind.FINISHED, finished.at, b"", 0)
        if self._end_wakers:
            self._wake(self._end_wakers)

    def _append(self, kind: EventKind, at: float, payload: bytes, number: int, unkept: int = 0) -> None:
        size = len(payload) + unkept
        self._kinds.append(kind)
        self._times.append(at)
        self._ends.append(self._ends[-1] + size if self._length else size)
        try:
            self._numbers.append(number)
        except OverflowError:  # four thousand million messages, of which few can have been taken
            self._numbers = array.array("Q", self._numbers)
            self._numbers.append(number)
        self._payloads.add(payload)
        self._length += 1  # last: only now is there such a row
        if self._wakers:
            self._wake(self._wakers)

    def _wake(self, wakers: list[Callable[[], None]]) -> None:
        with self._waiting:
            waking, wakers[:] = wakers[:], []
        for wake in waking:
            wake()

    @property
    def wants_spooling(self) -> bool:
        """Whether enough has gathered in memory to be written to the file; the writer then calls spool()."""
        return self._payloads.wants_spooling

    def spool(self) -> None:
        """Moves the payloads in memory to the spool file; blocking (disk). Events may be added meanwhile.

        Raises:
            TranscriptError: the file cannot be written; what is in memory stays readable.
        """
        self._payloads.spool()

    def forget(self, before: int) -> None:
        """The payloads of rows below `before` will not be asked for again: while a reader keeps up with a stream,
        however long, next to nothing of it goes to the disk."""
        self._payloads.forget(min(before, self._length))

    def _start(self, row: int) -> int:
        """Where a row's payload begins in the sequence of all payloads."""
        return self._ends[row - 1] if row else 0

    def close(self) -> None:
        """Drops the payloads and the spool file; times, sizes, headers and status stay."""
        self._payloads.close()
