"""Where two texts differ, as one stretch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """`before[start:end_before]` became `after[start:end_after]`; all else is the same."""

    start: int
    end_before: int
    end_after: int

    @classmethod
    def between(cls, before: str, after: str) -> "Difference":
        """The shortest stretch that differs; empty at the end where nothing does."""
        start = _common_start(before, after)
        end = _common_end(before, after, min(len(before), len(after)) - start)
        return cls(start, len(before) - end, len(after) - end)


def _common_start(first: str, second: str) -> int:
    """How many characters two texts begin with in common; by halving, since comparing slices is quick."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(first: str, second: str, most: int) -> int:
    """The same from the end, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if first[len(first) - middle : len(first) - low] == second[len(second) - middle : len(second) - low]:
            low = middle
        else:
            high = middle - 1
    return low
