"""Points over time that only ever become more, and the extremes of any stretch of them."""

import array
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import overload

_BLOCK = 64  # points, or blocks, of which the extremes are kept
_COARSE = 4 * _BLOCK  # points in a pixel's column from which on its edges may be off by part of a block
_TOLD_APART = 200  # points within reach of the pointer

Point = tuple[float, float]


class RowRuns(Sequence[int]):
    """Ascending rows, kept as runs of neighbours: a flood is one run, however long it is."""

    def __init__(self) -> None:
        self._count = 0
        self._points = array.array("Q")  # of each run the first point
        self._rows = array.array("Q")  # and its row

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, point: int) -> int: ...
    @overload
    def __getitem__(self, point: slice) -> list[int]: ...
    def __getitem__(self, point: int | slice) -> int | list[int]:
        if isinstance(point, slice):
            return [self[each] for each in range(*point.indices(self._count))]
        if not 0 <= point < self._count:
            raise IndexError(f"point {point} of {self._count}")
        run = bisect_right(self._points, point) - 1
        return self._rows[run] + point - self._points[run]

    def extend(self, rows: Sequence[int]) -> None:
        """Append rows, each greater than the one before."""
        if not rows:
            return
        if rows[-1] - rows[0] == len(rows) - 1:
            self._append(self._count, rows[0])
        else:
            for point, row in enumerate(rows, self._count):
                self._append(point, row)
        self._count += len(rows)

    def _append(self, point: int, row: int) -> None:
        if not self._points or self._rows[-1] + point - self._points[-1] != row:
            self._rows.append(row)
            self._points.append(point)


class Curve:
    """Values at times that never go back, each with the transcript's row that it comes from.

    One thread writes, any other may read meanwhile: a point is complete before `count` counts it. Values that are no
    finite numbers are no points; they interrupt the line, and `unplotted` counts them.
    """

    def __init__(self) -> None:
        self.count = 0
        self.unplotted = 0
        self.first_unplotted = -1  # its row in the transcript
        self.times = array.array("d")
        self.values: Sequence[float] = array.array("d")
        self.rows = RowRuns()
        self._breaks = array.array("Q")  # points before which the line is interrupted
        self._least = (array.array("d"), array.array("d"))  # of each full block, and of each full block of blocks
        self._greatest = (array.array("d"), array.array("d"))

    def extend(self, times: Sequence[float], values: Sequence[float], rows: Sequence[int]) -> None:
        """Append points, a time, a value and a row each."""
        if not all(map(math.isfinite, values)):
            times, values, rows = self._finite(times, values, rows)
        assert isinstance(self.values, array.array)
        self.values.extend(values)
        self._add(times, rows)

    def extend_counted(self, times: Sequence[float], rows: Sequence[int]) -> None:
        """Append points whose values are their own numbers, from 1 on: of these none needs to be kept."""
        self.values = range(1, self.count + len(times) + 1)
        self._add(times, rows)

    def _add(self, times: Sequence[float], rows: Sequence[int]) -> None:
        self.times.extend(times)
        self.rows.extend(rows)
        self._keep_extremes()
        self.count += len(times)

    def _finite(
        self, times: Sequence[float], values: Sequence[float], rows: Sequence[int]
    ) -> tuple[Sequence[float], Sequence[float], Sequence[int]]:
        at = self.count
        are_finite = list(map(math.isfinite, values))
        for is_finite, row in zip(are_finite, rows, strict=True):
            if is_finite:
                at += 1
                continue
            if not self.unplotted:
                self.first_unplotted = row
            self.unplotted += 1
            if not self._breaks or self._breaks[-1] != at:
                self._breaks.append(at)
        left = tuple(list(compress(column, are_finite)) for column in (times, values, rows))
        return left[0], left[1], left[2]  # type: ignore[return-value]  # the third are rows

    def _keep_extremes(self) -> None:
        below = below_greatest = self.values
        for least, greatest in zip(self._least, self._greatest, strict=True):
            for start in range(len(least) * _BLOCK, len(below) - _BLOCK + 1, _BLOCK):
                greatest.append(max(below_greatest[start : start + _BLOCK]))
                least.append(min(below[start : start + _BLOCK]))
            below, below_greatest = least, greatest

    # -- reading

    def stretch(self, start: float, end: float) -> range:
        """The points from one time to another, both included."""
        return range(bisect_left(self.times, start, 0, self.count), bisect_right(self.times, end, 0, self.count))

    def extremes(self, points: range) -> tuple[float, float] | None:
        """The least and the greatest value of neighbouring points, None where there are none."""
        if not points:
            return None
        parts = list(self._parts(points.start, points.stop))
        return min(least for least, _ in parts), max(greatest for _, greatest in parts)

    def _parts(self, start: int, stop: int, level: int = -1) -> Iterable[Point]:
        """Extremes of pieces: those of whole blocks are known, only the ends are looked through."""
        least = self.values if level < 0 else self._least[level]
        greatest = self.values if level < 0 else self._greatest[level]
        first, last = -(-start // _BLOCK), stop // _BLOCK
        if level + 1 < len(self._least) and last - first > 1:
            yield from self._parts(first, last, level + 1)
            ends = ((start, first * _BLOCK), (last * _BLOCK, stop))
        else:
            ends = ((start, stop),)  # type: ignore[assignment]
        for begin, end in ends:
            if begin < end:
                yield min(least[begin:end]), max(greatest[begin:end])

    def line(self, start: float, end: float, columns: int) -> list[list[Point]]:
        """The line between two times, in pieces, with at most four points for each of so many columns of pixels.

        Those four are a column's first, least, greatest and last: drawn, they look as all of its points would. The
        neighbours just outside belong to it, so that the line runs off the edges.
        """
        inside = self.stretch(start, end)
        points = range(max(inside.start - 1, 0), min(inside.stop + 1, self.count))
        if len(points) <= 2 * columns:
            lines = self._whole(points)
        else:
            lines = self._cut_down(inside, points, start, (end - start) / columns, columns)
        return [line for line in lines if line]

    def _whole(self, points: range) -> list[list[Point]]:
        lines: list[list[Point]] = []
        begin = points.start
        for stop in (*self._breaks_in(points), points.stop):
            lines.append(list(zip(self.times[begin:stop], self.values[begin:stop], strict=True)))
            begin = stop
        return lines

    def _cut_down(self, inside: range, points: range, start: float, width: float, columns: int) -> list[list[Point]]:
        times, values = self.times, self.values
        breaks = self._breaks_in(points)
        line: list[Point] = []
        lines = [line]
        if points.start < inside.start:
            line.append((times[points.start], values[points.start]))
        begin = inside.start
        for column in range(1, columns + 1):
            if begin == inside.stop:
                break
            edge = start + column * width
            stop = bisect_left(times, edge, begin, inside.stop) if column < columns else inside.stop
            if stop == begin:
                continue
            if breaks and breaks[0] <= begin:
                while breaks and breaks[0] < stop:
                    breaks.pop(0)
                line = []
                lines.append(line)
            line += self._column(begin, stop, edge - width / 2)
            begin = stop
        if points.stop > inside.stop:
            line.append((times[inside.stop], values[inside.stop]))
        return lines

    def _column(self, begin: int, stop: int, middle: float) -> list[Point]:
        values = self.values
        if stop - begin == 1:
            return [(self.times[begin], values[begin])]
        if stop - begin >= _COARSE:
            # The extremes of whole blocks cost next to nothing; the two at the ends are shared with the neighbours.
            low, high = begin // _BLOCK, -(-stop // _BLOCK)
            if high > len(self._least[0]):
                high = len(self._least[0])
            tail = values[high * _BLOCK : stop]
            least = min(min(self._least[0][low:high]), min(tail, default=math.inf))
            greatest = max(max(self._greatest[0][low:high]), max(tail, default=-math.inf))
        else:
            piece = values[begin:stop]
            least, greatest = min(piece), max(piece)
        return [(middle, values[begin]), (middle, least), (middle, greatest), (middle, values[stop - 1])]

    def _breaks_in(self, points: range) -> list[int]:
        breaks = self._breaks
        return list(breaks[bisect_right(breaks, points.start) : bisect_left(breaks, points.stop)])

    def nearest(self, start: float, end: float, distance: "Distance") -> int | None:
        """The point between two times that is nearest by `distance`, which is given a time and a value.

        Of more points than can be told apart on a screen, the nearest of their extremes.
        """
        points = self.stretch(start, end)
        looked_at = list(points) if len(points) <= _TOLD_APART else sorted(self._outstanding(points))
        return min(looked_at, key=lambda at: distance(self.times[at], self.values[at]), default=None)

    def _outstanding(self, points: range) -> set[int]:
        found = {points.start, points.stop - 1}
        step = -(-len(points) // _TOLD_APART)
        for begin in range(points.start, points.stop, step):
            stop = min(begin + step, points.stop)
            piece = self.values[begin:stop]
            found.add(begin + piece.index(min(piece)))
            found.add(begin + piece.index(max(piece)))
        return found

    def point_of(self, row: int) -> int | None:
        """The point that comes from a row of the transcript, None if none does."""
        at = bisect_left(self.rows, row, 0, self.count)
        return at if at < self.count and self.rows[at] == row else None


class Distance:
    """How far a point of the chart is from a place, in pixels squared.

    Args:
        time, value: the place.
        time_scale, value_scale: pixels for each unit of time and of value.
    """

    def __init__(self, time: float, value: float, time_scale: float, value_scale: float) -> None:
        self._time, self._value, self._time_scale, self._value_scale = time, value, time_scale, value_scale

    def __call__(self, time: float, value: float) -> float:
        return ((time - self._time) * self._time_scale) ** 2 + ((value - self._value) * self._value_scale) ** 2
