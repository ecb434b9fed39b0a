"""A message filter over a transcript: in slices of time, from any thread, while the transcript grows.

Rows are numbers of transcript rows. Payloads are read a block at a time, and only where the filter asks for content.
"""

import array
import math
import time
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.calls.transcript import MESSAGE_KINDS, Columns, EventKind, Transcript
from wirelens.engine.errors import TranscriptError
from wirelens.engine.messages.message_filter.message_filter import LARGEST_READ, Batch, MessageFilter

_FEWEST, _MOST = 64, 1024  # rows judged between two looks at the clock
_BLOCK = 256 * 1024  # bytes of payloads that are read at once, beyond the first message
_STEP = 0.001  # seconds that such a batch should take
_SENT = (EventKind.SENT, EventKind.HALF_CLOSED)
_RECEIVED = (EventKind.RECEIVED, EventKind.HEADERS, EventKind.FINISHED)


@dataclass
class Found:
    """What one slice has brought.

    `rows` are those to be shown, in order: matches, and the events that stay beside them. Of these `match_count` are
    matches, out of `message_count` messages that were judged.
    """

    rows: "array.array[int]" = field(default_factory=lambda: array.array("I"))
    match_count: int = 0
    message_count: int = 0


class _Blocks:
    """Goes through a transcript's rows in batches that take about as long as asked."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.row = 0  # all rows below are done
        self._count = _FEWEST

    def next(self, length: int, *, with_bytes: bool) -> range:
        """The rows of the next batch: all of them kept, or none."""
        end = min(length, self.row + self._count)
        kept = self.transcript.first_kept_row
        if self.row < kept < end:
            end = kept
        if with_bytes:
            end = self.transcript.rows_within(self.row, end, _BLOCK)
        return range(self.row, end)

    def done(self, rows: range, seconds: float) -> None:
        self.row = rows.stop
        if seconds > _STEP:
            self._count = max(_FEWEST, self._count // 2)
        elif seconds < _STEP / 2:
            self._count = min(_MOST, self._count * 2)


class TranscriptFilter:
    """One filter going through one transcript, once."""

    def __init__(self, transcript: Transcript, message_filter: MessageFilter) -> None:
        self._filter = message_filter
        self._blocks = _Blocks(transcript)
        self._transcript = transcript
        self._message_at = -math.inf  # when the message before was

    @property
    def rows_done(self) -> int:
        return self._blocks.row

    def step(self, seconds: float) -> Found:
        """Go on for about so long, at most to where the transcript ends now."""
        found = Found()
        length, end = len(self._transcript), time.perf_counter() + seconds
        started = time.perf_counter()
        while self._blocks.row < length and started < end:
            rows = self._blocks.next(length, with_bytes=self._filter.asks_content)
            self._judge(rows, found)
            now = time.perf_counter()
            self._blocks.done(rows, now - started)
            started = now
        return found

    def _judge(self, rows: range, found: Found) -> None:
        columns = self._transcript.columns(rows.start, rows.stop)
        kinds = columns.kinds
        received, sent = _places(kinds, EventKind.RECEIVED), _places(kinds, EventKind.SENT)
        block = None
        if self._filter.asks_content:
            try:
                if columns.ends[-1] <= max(_BLOCK, LARGEST_READ):
                    block = self._transcript.joined_payloads(rows.start, rows.stop)
            except TranscriptError:
                pass  # not kept: see TranscriptCheck
        before = self._message_at
        batch = Batch(block, columns.ends, columns.times, lambda: _gaps(columns, before), columns.numbers)
        matches = self._filter.matches(batch, received, sent)
        if received or sent:
            self._message_at = columns.times[max([*received[-1:], *sent[-1:]])]
        found.message_count += len(received) + len(sent)
        found.match_count += len(matches)
        if len(received) + len(sent) < len(kinds):
            events = [place for place, kind in enumerate(kinds) if self._stays(kind, columns.times[place])]
            matches = sorted([*matches, *events])
        first = rows.start
        found.rows.extend([first + place for place in matches])

    def _stays(self, kind: int, at: float) -> bool:
        if kind in MESSAGE_KINDS:
            return False
        is_received = True if kind in _RECEIVED else False if kind in _SENT else None
        return self._filter.keeps_event(at, is_received)


def _places(kinds: bytes, wanted: EventKind) -> list[int]:
    """Where a kind stands among others; most batches are all of one."""
    count, kind = kinds.count(wanted), int(wanted)
    if count == len(kinds):
        return list(range(count))
    return [place for place, each in enumerate(kinds) if each == kind] if count else []


def _gaps(columns: Columns, before: float) -> list[float]:
    messages = (int(EventKind.SENT), int(EventKind.RECEIVED))
    gaps: list[float] = []
    for kind, at in zip(columns.kinds, columns.times, strict=True):
        gaps.append(at - before)
        if kind in messages:
            before = at
    return gaps


class TranscriptCheck:
    """Counts the messages whose content no filter can see: once for a transcript, whatever is looked for in it."""

    def __init__(self, transcript: Transcript, request: Descriptor, response: Descriptor) -> None:
        self._transcript = transcript
        self._blocks = _Blocks(transcript)
        self._classes = {EventKind.SENT: GetMessageClass(request), EventKind.RECEIVED: GetMessageClass(response)}
        self.undecodable_count = 0  # bytes that are no such message
        self.too_large_count = 0  # above LARGEST_READ
        self.missing_count = 0  # no longer kept, or the spool file cannot be read

    @property
    def rows_done(self) -> int:
        return self._blocks.row

    def step(self, seconds: float) -> None:
        """Go on for about so long, at most to where the transcript ends now."""
        length, end = len(self._transcript), time.perf_counter() + seconds
        started = time.perf_counter()
        while self._blocks.row < length and started < end:
            rows = self._blocks.next(length, with_bytes=True)
            self._check(rows)
            now = time.perf_counter()
            self._blocks.done(rows, now - started)
            started = now

    def _check(self, rows: range) -> None:
        columns = self._transcript.columns(rows.start, rows.stop)
        messages = sorted(_places(columns.kinds, EventKind.SENT) + _places(columns.kinds, EventKind.RECEIVED))
        if columns.ends[-1] > max(_BLOCK, LARGEST_READ):  # such a message is alone in its batch
            self.too_large_count += 1
            return
        try:
            block = self._transcript.joined_payloads(rows.start, rows.stop)
        except TranscriptError:
            self.missing_count += len(messages)
            return
        parse = {int(kind): message_class.FromString for kind, message_class in self._classes.items()}
        ends, kinds = columns.ends, columns.kinds
        for place in messages:
            start = ends[place - 1] if place else 0
            try:
                parse[kinds[place]](block[start : ends[place]])
            except DecodeError:
                self.undecodable_count += 1
