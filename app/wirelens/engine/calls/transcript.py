"""The record of one call: append-only rows, one for each event, cheap enough for a flood of messages.

Times, sizes and numbers live in arrays; payloads in memory up to a limit, then in a spool file.
"""

import array
import asyncio
import bisect
import enum
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import NamedTuple

from wirelens.engine.calls.events import (
    CallFinished,
    Event,
    HalfClosed,
    HeadersReceived,
    MessageReceived,
    MessageSent,
)
from wirelens.engine.calls.spool import SpoolFile
from wirelens.engine.errors import TranscriptError

_MAPPED = 256 * 1024  # bytes of a message from which on it is mapped; a smaller one is copied sooner
_SPOOL_STEP = 256 * 1024  # once there is a file, this much is gathered before it is written
_OBJECT_COST = 64  # what a bytes object takes beside its bytes, so that many small ones count as well


class EventKind(enum.IntEnum):
    """What a row of a transcript is."""

    HEADERS = 0
    SENT = 1
    RECEIVED = 2
    HALF_CLOSED = 3
    FINISHED = 4


class Columns(NamedTuple):
    """Some rows of a transcript that follow one another.

    `kinds` are EventKinds, `times` seconds since the call began, `ends` where each payload ends counted from the
    first one's beginning, `numbers` are message numbers.
    """

    kinds: bytes
    times: list[float]
    ends: list[int]
    numbers: list[int]


class Transcript:
    """What happened in one call; rows are events in their order.

    One writer at a time (the call, on the loop or in its reader thread) and any number of readers in any thread:
    a row is complete before `len` counts it and never changes afterwards.

    Args:
        memory_limit: bytes of payloads kept in memory before they move to a spool file.
        keep_payloads: False keeps sizes and times only; payload() then raises.
        frame: seconds that grown() leaves between two wake-ups.
    """

    def __init__(self, *, memory_limit: int = 4 * 2**20, keep_payloads: bool = True, frame: float = 1 / 60) -> None:
        self.started_at: datetime | None = None
        self.headers: HeadersReceived | None = None
        self.finished: CallFinished | None = None
        self._keep_payloads = keep_payloads
        self._frame = frame
        self._length = 0
        self._kinds = array.array("B")
        self._times = array.array("d")
        self._ends = array.array("Q")  # where each row's payload ends in the sequence of all payloads
        self._numbers = array.array("I")
        self._sent_count = self._received_count = 0
        self._sent_bytes = self._received_bytes = 0
        # Payloads not yet in the spool file: rows from _tail_row on, one entry a row (b"" where it is no message).
        self._tail: list[bytes] = []
        self._tail_row = 0
        self._forgotten = 0  # nobody asks for payloads of rows below
        self._tail_limit = memory_limit
        self._kept_cost = self._spooled_cost = 0  # of all that was ever kept; each has one writer
        self._spool: SpoolFile | None = None
        self._spooling = threading.Lock()  # held by who writes the file
        self._moving = threading.Lock()  # held for the moments in which payloads change their place, and by readers
        self._is_spooling = False
        self._closed = False
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
            TranscriptError: payloads are not kept, the transcript is closed, or the spool file cannot be read.
        """
        found = self._payload(row, SpoolFile.read)
        return found if isinstance(found, bytes) else bytes(found)

    def payload_view(self, row: int) -> bytes | memoryview:
        """The same, but a large message in the spool file is mapped instead of copied: 100 MB cost nothing.

        Raises:
            TranscriptError: as payload().
        """
        is_mapped = self.size(row) >= _MAPPED and not self._forgotten  # what is forgotten may be cut from the file
        return self._payload(row, SpoolFile.view if is_mapped else SpoolFile.read)

    def _payload(self, row: int, read: Callable[[SpoolFile, int, int], bytes | memoryview]) -> bytes | memoryview:
        size = self.size(row)
        if not size:
            return b""
        with self._moving:
            self._check_kept(row)
            if row >= self._tail_row:
                return self._tail[row - self._tail_row]
            assert self._spool is not None
            return read(self._spool, self._start(row), size)

    def _check_kept(self, row: int) -> None:
        if not self._keep_payloads:
            raise TranscriptError("the messages of this call were counted, not kept")
        if self._closed or row < self._forgotten:
            raise TranscriptError("the messages of this call are no longer kept")

    def columns(self, start: int, stop: int) -> "Columns":
        """What is known of rows `start` to before `stop` without their payloads: many at once cost little each."""
        base = self._start(self._checked(start))
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

    def payloads(self, start: int, stop: int) -> bytes:
        """The payloads of rows `start` to before `stop`, one behind the other: see the ends in columns().

        Raises:
            TranscriptError: as payload().
        """
        first, base = self._checked(start), self._start(start)
        parts: list[bytes] = []
        with self._moving:
            self._check_kept(first)
            if first < self._tail_row:
                assert self._spool is not None
                in_file = min(stop, self._tail_row)
                if size := self._ends[in_file - 1] - base:
                    parts.append(self._spool.read(base, size))
                first = in_file
            parts += self._tail[first - self._tail_row : stop - self._tail_row]
        return b"".join(parts)

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
            case EventKind.FINISHED:
                assert self.finished is not None
                return self.finished

    @property
    def sent_count(self) -> int:
        return self._sent_count

    @property
    def received_count(self) -> int:
        return self._received_count

    @property
    def sent_bytes(self) -> int:
        return self._sent_bytes

    @property
    def received_bytes(self) -> int:
        return self._received_bytes

    async def grown(self, beyond: int) -> int:
        """Waits until there are more than `beyond` rows or the call has finished, and returns how many there are.

        However fast messages come, two wake-ups are a frame apart; the end of the call is told at once.
        """
        loop = asyncio.get_running_loop()
        wait = self._last_wake + self._frame - loop.time()
        if wait > 0 and self.finished is None:
            await self._woken(self._end_wakers, lambda: self.finished is not None, timeout=wait)
        if self.finished is None:
            await self._woken(self._wakers, lambda: self._length > beyond or self.finished is not None)
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
        self._received_count += 1
        self._received_bytes += len(payload)
        self._append(EventKind.RECEIVED, at, payload, self._received_count)

    def add_half_closed(self, at: float) -> None:
        self._append(EventKind.HALF_CLOSED, at, b"", 0)

    def add_finished(self, finished: CallFinished) -> None:
        assert self.finished is None, "a call finishes once"
        self.finished = finished
        self._append(EventKind.FINISHED, finished.at, b"", 0)
        if self._end_wakers:
            self._wake(self._end_wakers)

    def _append(self, kind: EventKind, at: float, payload: bytes, number: int) -> None:
        size = len(payload)
        self._kinds.append(kind)
        self._times.append(at)
        self._ends.append(self._ends[-1] + size if self._length else size)
        self._numbers.append(number)
        if self._keep_payloads and not self._closed:
            self._tail.append(payload)
            self._kept_cost += size + _OBJECT_COST
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
        return self._kept_cost - self._spooled_cost > self._tail_limit

    def spool(self) -> None:
        """Moves the payloads in memory to the spool file; blocking (disk). Events may be added meanwhile.

        Raises:
            TranscriptError: the file cannot be written; what is in memory stays readable.
        """
        with self._spooling:
            with self._moving:
                if self._closed:
                    return
                self._is_spooling = True
                spool = self._spool = self._spool or SpoolFile()
                payloads, kept_cost = self._tail[:], self._kept_cost
                first = max(self._forgotten, self._tail_row)
                start = self._start(first)
                if first == self._forgotten:  # all that the file holds is forgotten
                    spool.restart(start)
            try:
                spool.write(start, payloads[first - self._tail_row :])
            except TranscriptError:
                self._spooled(spool, 0, self._spooled_cost)
                raise
            self._spooled(spool, len(payloads), kept_cost)

    def forget(self, before: int) -> None:
        """The payloads of rows below `before` will not be asked for again: while a reader keeps up with a stream,
        however long, next to nothing of it goes to the disk."""
        self._forgotten = max(self._forgotten, min(before, self._length))

    def _start(self, row: int) -> int:
        """Where a row's payload begins in the sequence of all payloads."""
        return self._ends[row - 1] if row else 0

    def _spooled(self, spool: SpoolFile, count: int, cost: int) -> None:
        """The first `count` payloads of the tail stand in the file now."""
        with self._moving:
            self._is_spooling = False
            if self._closed:
                spool.close()
                return
            del self._tail[:count]
            self._tail_row += count
            self._spooled_cost = cost
            self._tail_limit = min(self._tail_limit, _SPOOL_STEP)

    def close(self) -> None:
        """Drops the payloads and the spool file; times, sizes, headers and status stay."""
        with self._moving:
            self._closed = True
            self._tail.clear()
            spool, self._spool = self._spool, None
            if spool is not None and not self._is_spooling:  # else who writes it closes it
                spool.close()
