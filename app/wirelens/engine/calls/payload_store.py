"""The messages of a call as bytes: the newest in memory, those before in a spool, the oldest given up where that is
wanted."""

import array
import bisect
import threading
from collections.abc import Callable

from wirelens.engine.calls.spool import Spool
from wirelens.engine.errors import TranscriptError

_MAPPED = 256 * 1024  # bytes of a message from which on it is mapped; a smaller one is copied sooner
_SPOOL_STEP = 256 * 1024  # once there is a file, this much is gathered before it is written
_OBJECT_COST = 64  # what a bytes object takes beside its bytes, so that many small ones count as well

_COUNTED = "the messages of this call were counted, not kept"
_NO_LONGER = "the messages of this call are no longer kept"


class PayloadStore:
    """One payload for each row of a transcript, b"" where the row is no message. Written by the transcript's writer.

    Args:
        ends: where each row's payload ends in the sequence of all payloads; grows with the transcript.
        memory_limit: bytes in memory before they move to the spool.
        keep_bytes: how many of the newest bytes to keep, 0 for none at all, None for all.
    """

    def __init__(self, ends: "array.array[int]", *, memory_limit: int, keep_bytes: int | None) -> None:
        self._ends = ends
        self._keep_bytes = keep_bytes
        # Payloads not yet in the spool: rows from _tail_row on.
        self._tail: list[bytes] = []
        self._tail_row = 0
        self._forgotten = 0  # nobody asks for payloads of rows below
        self._why_forgotten = _NO_LONGER
        self._tail_limit = memory_limit
        self._kept_cost = self._spooled_cost = 0  # of all that was ever kept; each has one writer
        self._spool: Spool | None = None
        self._spooling = threading.Lock()  # held by who writes the file
        self._moving = threading.Lock()  # held for the moments in which payloads change their place, and by readers
        self._is_spooling = False
        self._closed = False

    # -- reading

    @property
    def first_kept_row(self) -> int:
        """Rows below have lost their payloads, or never had them kept."""
        if self._keep_bytes == 0 or self._closed:
            return len(self._ends)
        return max(self._forgotten, self._first_within())

    @property
    def spooled_bytes(self) -> int:
        """Bytes of disk that the spool takes."""
        with self._moving:
            return self._spool.size if self._spool is not None else 0

    def read(self, row: int) -> bytes:
        """
        Raises:
            TranscriptError: the payload is not kept, or the spool cannot be read.
        """
        found = self._payload(row, Spool.read)
        return found if isinstance(found, bytes) else bytes(found)

    def view(self, row: int) -> bytes | memoryview:
        """The same; a large payload in the spool is mapped instead of copied."""
        size = self._ends[row] - self._start(row)
        is_mapped = size >= _MAPPED and not self._forgotten  # what is forgotten may be cut from the file
        return self._payload(row, Spool.view if is_mapped else Spool.read)

    def run(self, first: int, beyond: int) -> list[bytes]:
        """The payloads of the rows from `first` to before `beyond`, in one go.

        Raises:
            TranscriptError: as read(), for any of them.
        """
        if first >= beyond:
            return []
        with self._moving:
            self._check(first)
            middle = min(max(first, self._tail_row), beyond)
            found: list[bytes] = []
            if first < middle:
                start = self._start(first)
                size = self._start(middle) - start
                data = self._spool.read(start, size) if size and self._spool is not None else b""
                ends = [self._start(row) - start for row in range(first, middle + 1)]
                found = [data[ends[at] : ends[at + 1]] for at in range(middle - first)]
            return found + self._tail[middle - self._tail_row : beyond - self._tail_row]

    def joined(self, first: int, beyond: int) -> bytes:
        """The same, one behind the other."""
        if first >= beyond:
            return b""
        with self._moving:
            self._check(first)
            middle = min(max(first, self._tail_row), beyond)
            start = self._start(first)
            size = self._start(middle) - start
            data = self._spool.read(start, size) if size and self._spool is not None else b""
            return b"".join((data, *self._tail[middle - self._tail_row : beyond - self._tail_row]))

    def _payload(self, row: int, read: Callable[[Spool, int, int], bytes | memoryview]) -> bytes | memoryview:
        start = self._start(row)
        size = self._ends[row] - start
        if not size:
            return b""
        with self._moving:
            self._check(row)
            if row >= self._tail_row:
                return self._tail[row - self._tail_row]
            assert self._spool is not None
            return read(self._spool, start, size)

    def _check(self, row: int) -> None:
        if self._keep_bytes == 0:
            raise TranscriptError(_COUNTED)
        if self._closed:
            raise TranscriptError(_NO_LONGER)
        if row < self._forgotten:
            raise TranscriptError(self._why_forgotten)
        if self._keep_bytes is not None and row < self._first_within():
            kept = f"{self._keep_bytes / 2**20:g} MiB"
            raise TranscriptError(
                f"only the last {kept} of this call's messages are kept, and this one is older",
                next_step="keep more or all of them (Options)",
            )

    def _start(self, row: int) -> int:
        """Where a row's payload begins in the sequence of all payloads."""
        return self._ends[row - 1] if row else 0

    def _first_within(self) -> int:
        """The first row that lies wholly within the newest bytes that are kept; the newest message always does."""
        if self._keep_bytes is None or not (length := len(self._ends)):
            return 0
        total = self._ends[length - 1]
        if total <= self._keep_bytes:
            return 0
        newest = bisect.bisect_left(self._ends, total, 0, length)
        return min(newest, bisect.bisect_left(self._ends, total - self._keep_bytes, 0, length) + 1)

    # -- writing

    def add(self, payload: bytes) -> None:
        """The payload of the row whose end was added last."""
        if self._keep_bytes != 0 and not self._closed:
            self._tail.append(payload)
            self._kept_cost += len(payload) + _OBJECT_COST

    @property
    def wants_spooling(self) -> bool:
        return self._kept_cost - self._spooled_cost > self._tail_limit

    def spool(self) -> None:
        """Moves what is in memory to the spool, as far as it is still wanted; blocking (disk). Payloads may be added
        meanwhile.

        Raises:
            TranscriptError: the file cannot be written; what is in memory stays readable.
        """
        with self._spooling:
            with self._moving:
                if self._closed:
                    return
                self._is_spooling = True
                spool = self._spool = self._spool or Spool(self._keep_bytes)
                payloads, kept_cost = self._tail[:], self._kept_cost
                lost = max(self._forgotten, self._first_within())
                first = min(max(lost, self._tail_row), self._tail_row + len(payloads))
                start = self._start(first)
                if first <= lost:  # all that the spool holds is lost
                    spool.restart(start)
                else:
                    spool.drop_before(self._start(lost))
            try:
                spool.write(start, payloads[first - self._tail_row :])
            except TranscriptError:
                self._spooled(spool, 0, self._spooled_cost)
                raise
            self._spooled(spool, len(payloads), kept_cost)

    def forget(self, before: int, why: str = _NO_LONGER) -> None:
        """The payloads of rows below `before` will not be asked for again."""
        self._forgotten = max(self._forgotten, min(before, len(self._ends)))
        self._why_forgotten = why

    def close(self) -> None:
        with self._moving:
            self._closed = True
            self._tail.clear()
            spool, self._spool = self._spool, None
            if spool is not None and not self._is_spooling:  # else who writes it closes it
                spool.close()

    def _spooled(self, spool: Spool, count: int, cost: int) -> None:
        """The first `count` payloads of the tail stand in the spool now."""
        with self._moving:
            self._is_spooling = False
            if self._closed:
                spool.close()
                return
            del self._tail[:count]
            self._tail_row += count
            self._spooled_cost = cost
            self._tail_limit = min(self._tail_limit, _SPOOL_STEP)
