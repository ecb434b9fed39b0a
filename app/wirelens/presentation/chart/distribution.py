"""How often values are: exact percentiles and histograms of values that become more."""

import array
import itertools
import math
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

_RUN = 8192  # values that are sorted at once: a millisecond with the interpreter's lock held
_MERGED = 4  # such runs in a long one


class Distribution:
    """Sorted runs of values; none is thrown away, so that percentiles and counts are exact.

    A question costs a search in each run: some hundred for a million values. One thread writes, others may read.
    """

    def __init__(self) -> None:
        self._sorted: list[array.array[float]] = []  # replaced as a whole, never changed: readers keep theirs
        self._full: list[array.array[float]] = []
        self._short = 0  # full runs at the end that are not merged yet
        self._rest: list[float] = []  # fewer than a run, unsorted

    @property
    def count(self) -> int:
        """Values so far."""
        return sum(map(len, self._sorted))

    def extend(self, values: Sequence[float]) -> None:
        """Take in more values, all of them finite."""
        rest = [*self._rest, *values]
        whole = len(rest) // _RUN * _RUN
        for start in range(0, whole, _RUN):
            self._full.append(array.array("d", sorted(rest[start : start + _RUN])))
            self._short += 1
            if self._short == _MERGED:
                merged = sorted(itertools.chain.from_iterable(self._full[-_MERGED:]))
                self._full[-_MERGED:] = [array.array("d", merged)]
                self._short = 0
        self._rest = rest[whole:]
        last = [array.array("d", sorted(self._rest))] if self._rest else []
        self._sorted = [*self._full, *last]

    @property
    def least(self) -> float:
        """NaN where there is no value."""
        return min((run[0] for run in self._sorted), default=math.nan)

    @property
    def greatest(self) -> float:
        """NaN where there is no value."""
        return max((run[-1] for run in self._sorted), default=math.nan)

    def percentile(self, percent: float) -> float:
        """The least value that is not exceeded by so many percent of all (nearest rank); NaN where there is none."""
        runs = self._sorted
        count = sum(map(len, runs))
        if not count:
            return math.nan
        rank = max(math.ceil(count * percent / 100), 1)
        low, high = _ordinal(self.least), _ordinal(self.greatest)
        while low < high:  # between neighbouring floats there is no further one: at most 64 steps
            middle = (low + high) // 2
            value = _float(middle)
            if sum(bisect_right(run, value) for run in runs) >= rank:
                high = middle
            else:
                low = middle + 1
        return _float(low)

    def counts(self, edges: Sequence[float]) -> list[int]:
        """How many values are from each edge to before the next; the last edge belongs to the last bin."""
        runs = self._sorted
        below = [sum(bisect_left(run, edge) for run in runs) for edge in edges[:-1]]
        below.append(sum(bisect_right(run, edges[-1]) for run in runs))
        return [after - before for before, after in itertools.pairwise(below)]


def _ordinal(value: float) -> int:
    """The place of a float among all floats: integers in the same order."""
    (bits,) = struct.unpack("<q", struct.pack("<d", value + 0.0))
    return int(bits) if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _float(ordinal: int) -> float:
    bits = ordinal if ordinal >= 0 else -ordinal - 2**63
    (value,) = struct.unpack("<d", struct.pack("<q", bits))
    return float(value)
