"""Reads a transcript into curves, a stretch of rows at a time; runs in a thread and knows nothing of Qt."""

import array
import operator
import time
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.presentation.chart.chart_choice import Measure
from wirelens.presentation.chart.curve import Curve
from wirelens.presentation.chart.distribution import Distribution
from wirelens.presentation.chart.numeric_fields import MessageNumbers, NumericField

_ROWS = 4096  # taken at once: each step that holds the interpreter's lock stays well below a millisecond
_BYTES = 256 * 1024  # of messages taken at once, unless one is larger
_SORTED = 16384  # values sorted at once


class TrackKey(NamedTuple):
    """What a track follows: messages of one direction, measured by time, gap, size or a field at a path."""

    kind: EventKind
    measure: Measure
    path: str = ""


class Track:
    """One curve with how far it has been read, and how often its values are, once somebody asks."""

    def __init__(self, key: TrackKey, field: NumericField | None = None) -> None:
        self.key = key
        self.field = field
        self.curve = Curve()
        self.distribution = Distribution()
        self.next_row = 0
        self.unreadable = 0  # messages that are none of their type, or not kept
        self.problem = ""  # of the first of them
        self._sorted = 0
        self._last_time: float | None = None

    def sort_on(self) -> bool:
        """Take more values into the distribution; False if there are none left."""
        stop = min(self._sorted + _SORTED, self.curve.count)
        if stop > self._sorted:
            self.distribution.extend(self.curve.values[self._sorted : stop])
            self._sorted = stop
        return stop < self.curve.count

    @property
    def sorted_count(self) -> int:
        return self._sorted

    def take(self, times: Sequence[float], sizes: Sequence[int], rows: Sequence[int]) -> None:
        """Messages of this track's kind."""
        match self.key.measure:
            case Measure.ARRIVAL:
                self.curve.extend_counted(times, rows)
            case Measure.SIZE:
                self.curve.extend(times, array.array("d", sizes), rows)
            case Measure.GAP:
                self._take_gaps(times, rows)
            case Measure.FIELD:
                raise AssertionError("fields are read from payloads")

    def take_numbers(self, times: Sequence[float], numbers: Sequence[float | None], rows: Sequence[int]) -> None:
        """Values of the field; None where a message has none."""
        are_there = [number is not None for number in numbers]
        if not all(are_there):
            times, rows = list(compress(times, are_there)), list(compress(rows, are_there))
        self.curve.extend(times, array.array("d", [number for number in numbers if number is not None]), rows)

    def note_unreadable(self, count: int, problem: str) -> None:
        self.unreadable += count
        self.problem = self.problem or problem

    def _take_gaps(self, times: Sequence[float], rows: Sequence[int]) -> None:
        if not times:
            return
        before = [*times[:-1]] if self._last_time is None else [self._last_time, *times[:-1]]
        skipped = len(times) - len(before)
        self._last_time = times[-1]
        gaps = array.array("d", map(operator.sub, times[skipped:], before))
        self.curve.extend(times[skipped:], gaps, rows[skipped:])


class TrackReading:
    """The tracks of one call. One thread at a time reads on; what has been read may be looked at meanwhile."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.tracks: dict[TrackKey, Track] = {}

    def track(self, key: TrackKey, field: NumericField | None = None) -> Track:
        """The track of this key, made when it is first asked for."""
        if key not in self.tracks:
            self.tracks[key] = Track(key, field)
        return self.tracks[key]

    def progress(self, wanted: Sequence[Track], *, sorts: bool) -> float:
        """How much of the wanted tracks has been read, and sorted where that is wanted: from 0 to 1."""
        length = len(self.transcript)
        if not wanted or not length:
            return 1.0
        done = [track.next_row / length for track in wanted]
        if sorts:
            done += [track.sorted_count / track.curve.count for track in wanted if track.curve.count]
        return sum(done) / len(done)

    def read_on(self, wanted: Sequence[Track], *, sorts: bool, seconds: float) -> bool:
        """Read for about so long; True if more is there already."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if not self._read_stretch(wanted) and not (sorts and any(track.sort_on() for track in wanted)):
                return False
        return True

    def _read_stretch(self, wanted: Sequence[Track]) -> bool:
        """The tracks that lie furthest behind read on together, so that a message is parsed once for all of them."""
        length = len(self.transcript)
        start = min((track.next_row for track in wanted), default=length)
        if start >= length:
            return False
        tracks = [track for track in wanted if track.next_row == start]
        ahead = [track.next_row for track in wanted if track.next_row > start]
        stop = min(start + _ROWS, length, *ahead)
        block = self.transcript.columns(start, stop)
        if any(track.field is not None for track in tracks):
            stop = self.transcript.rows_within(start, stop, _BYTES)
        for kind in {track.key.kind for track in tracks}:
            asked = [track for track in tracks if track.key.kind is kind]
            are_wanted = [each == kind for each in block.kinds[: stop - start]]
            times = array.array("d", compress(block.times, are_wanted))
            rows = list(compress(range(start, stop), are_wanted))
            sizes = array.array("Q", compress(block.sizes, are_wanted))
            for track in asked:
                if track.field is None:
                    track.take(times, sizes, rows)
            self._read_fields([track for track in asked if track.field is not None], start, stop, times, rows)
        for track in tracks:
            track.next_row = stop
        return True

    def _read_fields(
        self, tracks: list[Track], start: int, stop: int, times: Sequence[float], rows: Sequence[int]
    ) -> None:
        if not tracks or not rows:
            return
        fields = [track.field for track in tracks if track.field is not None]
        reader = MessageNumbers(fields[0].owner, fields)
        run = self._payloads(start, stop, tracks)
        read = [
            (at, row, reader.numbers(payload))
            for at, row in zip(times, rows, strict=True)
            if (payload := run[row - start]) is not None
        ]
        good = [(at, row, numbers) for at, row, numbers in read if numbers is not None]
        for position, track in enumerate(tracks):
            if len(good) < len(read):
                track.note_unreadable(len(read) - len(good), "the bytes are no such message")
            numbers = [numbers[position] for _, _, numbers in good]
            track.take_numbers([at for at, _, _ in good], numbers, [row for _, row, _ in good])

    def _payloads(self, start: int, stop: int, tracks: list[Track]) -> Sequence[bytes | memoryview | None]:
        """The messages of a stretch, None for those that are not kept."""
        if stop - start > 1:
            try:
                return self.transcript.payloads(start, stop)
            except WirelensError:
                pass  # some are not: one by one it is seen which
        return [self._payload(row, tracks) for row in range(start, stop)]

    def _payload(self, row: int, tracks: list[Track]) -> bytes | memoryview | None:
        try:
            return self.transcript.payload_view(row)
        except WirelensError as error:
            if self.transcript.kind(row) == tracks[0].key.kind:
                for track in tracks:
                    track.note_unreadable(1, error.message)
            return None
