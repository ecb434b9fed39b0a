"""Which elements of two lists stand for each other."""

from collections.abc import Generator, Iterator, Sequence

MOST_CELLS = 250_000  # of the table behind a longest common subsequence: some 50 ms

Pair = tuple[int | None, int | None]


def aligned(left: Sequence[bytes], right: Sequence[bytes]) -> Generator[None, None, tuple[list[Pair], bool]]:
    """Pairs of places in both lists, from the beginning on; None where the other list has an element more.

    Elements that are the same are paired along a longest common subsequence; what stands between them is paired by
    its order. Where that would take too long, everything between the same beginning and the same end is paired by its
    order, and the second result is False. Yields now and then, for who works in slices.
    """
    start = _same_at_the_beginning(left, right)
    end = _same_at_the_end(left, right, start)
    left_end, right_end = len(left) - end, len(right) - end
    pairs: list[Pair] = [(at, at) for at in range(start)]
    is_exact = (left_end - start) * (right_end - start) <= MOST_CELLS
    at_left = at_right = start
    if is_exact:
        common = yield from _common(left[start:left_end], right[start:right_end])
        for one, other in common:
            pairs += _in_order(at_left, start + one, at_right, start + other)
            pairs.append((start + one, start + other))
            at_left, at_right = start + one + 1, start + other + 1
    pairs += _in_order(at_left, left_end, at_right, right_end)
    pairs += [(left_end + at, right_end + at) for at in range(end)]
    return pairs, is_exact


def _same_at_the_beginning(left: Sequence[bytes], right: Sequence[bytes]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _same_at_the_end(left: Sequence[bytes], right: Sequence[bytes], start: int) -> int:
    count, most = 0, min(len(left), len(right)) - start
    while count < most and left[-1 - count] == right[-1 - count]:
        count += 1
    return count


def by_place(left: int, right: int) -> Iterator[Pair]:
    """Pairs of lists of so many elements by their order alone."""
    return _in_order(0, left, 0, right)


def _in_order(left: int, left_end: int, right: int, right_end: int) -> Iterator[Pair]:
    for at in range(max(left_end - left, right_end - right)):
        yield left + at if left + at < left_end else None, right + at if right + at < right_end else None


def _common(left: Sequence[bytes], right: Sequence[bytes]) -> Generator[None, None, list[tuple[int, int]]]:
    """A longest common subsequence as pairs of places."""
    rows = [[0] * (len(right) + 1)]  # rows[i][j]: how much the last i of the left and the last j of the right share
    for one in reversed(left):
        below, row = rows[-1], [0]
        for at, other in enumerate(reversed(right)):
            row.append(below[at] + 1 if one == other else max(below[at + 1], row[at]))
        rows.append(row)
        yield None
    pairs, at_left, at_right = list[tuple[int, int]](), 0, 0
    while at_left < len(left) and at_right < len(right):
        rest_left, rest_right = len(left) - at_left, len(right) - at_right
        if left[at_left] == right[at_right]:
            pairs.append((at_left, at_right))
            at_left, at_right = at_left + 1, at_right + 1
        elif rows[rest_left - 1][rest_right] >= rows[rest_left][rest_right - 1]:
            at_left += 1
        else:
            at_right += 1
    return pairs
