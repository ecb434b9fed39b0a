"""Points that only become more, and what of them is drawn: every extreme, at every zoom."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelens.presentation.chart.curve import Curve, Distance

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def curve_of(values: list[float], *, step: int = 7) -> Curve:
    """Values a hundredth of a second apart, taken in pieces, from every second row of a transcript."""
    curve = Curve()
    for start in range(0, len(values), step):
        piece = values[start : start + step]
        numbers = range(start, start + len(piece))
        curve.extend([number / 100 for number in numbers], piece, [2 * number for number in numbers])
    return curve


def noise(count: int) -> list[float]:
    numbers = random.Random(4)
    return [numbers.gauss(0, 1) for _ in range(count)]


@settings(deadline=None)
@given(st.lists(NUMBERS, max_size=300), st.data())
def test_the_extremes_of_any_stretch_are_those_of_its_points(values: list[float], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    found = curve_of(values).extremes(range(start, stop))
    assert found == ((min(values[start:stop]), max(values[start:stop])) if start < stop else None)


def test_the_extremes_of_many_points_are_found_by_their_blocks() -> None:
    values = noise(20_000)
    curve = curve_of(values, step=997)
    for start, stop in ((0, 20_000), (1, 19_999), (63, 65), (64, 8192), (4000, 12_345)):
        assert curve.extremes(range(start, stop)) == (min(values[start:stop]), max(values[start:stop]))


@pytest.mark.parametrize("columns", [50, 333, 1000])
def test_a_line_that_is_cut_down_keeps_every_columns_extremes(columns: int) -> None:
    values = noise(50_000)
    curve = curve_of(values, step=4096)
    points = list(itertools.chain(*curve.line(0, 500, columns)))
    assert len(points) <= 4 * columns + 2
    assert (min(value for _, value in points), max(value for _, value in points)) == (min(values), max(values))
    assert [time for time, _ in points] == sorted(time for time, _ in points)
    width = 500 / columns
    for column in range(columns):
        inside = values[math.ceil(column * width * 100) : math.floor((column + 1) * width * 100)]
        drawn = [value for time, value in points if column * width <= time < (column + 1) * width]
        assert min(drawn) <= min(inside)
        assert max(drawn) >= max(inside)


def test_a_single_peak_is_seen_at_any_zoom_that_has_it() -> None:
    values = [1.0] * 100_000
    values[70_001] = 99.0
    curve = curve_of(values, step=4096)
    for start, end in ((0.0, 1000.0), (600.0, 800.0), (700.0, 700.02)):
        assert max(value for line in curve.line(start, end, 400) for _, value in line) == 99.0
    assert max(value for line in curve.line(0, 699, 400) for _, value in line) == 1.0


def test_few_points_are_drawn_as_they_are_with_their_neighbours() -> None:
    curve = curve_of([5.0, 6.0, 7.0, 8.0])
    assert curve.line(0.01, 0.02, 100) == [[(0.0, 5.0), (0.01, 6.0), (0.02, 7.0), (0.03, 8.0)]]
    assert curve.line(5, 6, 100) == [[(0.03, 8.0)]]
    assert Curve().line(0, 1, 100) == []


def test_what_is_no_finite_number_interrupts_the_line_and_is_counted() -> None:
    curve = curve_of([1.0, math.nan, 2.0, math.inf, -math.inf, 3.0, 4.0], step=2)
    assert curve.line(0, 1, 100) == [[(0.0, 1.0)], [(0.02, 2.0)], [(0.05, 3.0), (0.06, 4.0)]]
    assert (curve.count, curve.unplotted, curve.first_unplotted) == (4, 3, 2)
    assert curve.extremes(range(4)) == (1.0, 4.0)


def test_a_line_that_is_cut_down_is_interrupted_too() -> None:
    values = noise(10_000)
    values[5000] = math.nan
    lines = curve_of(values, step=1000).line(0, 100, 100)
    assert len(lines) == 2
    assert lines[0][-1][0] <= 50 <= lines[1][0][0] + 1


def test_points_are_found_by_their_row() -> None:
    curve = curve_of([1.0, 2.0, 3.0])
    assert [curve.point_of(row) for row in range(6)] == [0, None, 1, None, 2, None]


def test_the_nearest_of_many_points_is_an_outstanding_one() -> None:
    values = [0.0] * 10_000
    values[5_000] = 10.0
    curve = curve_of(values, step=4096)
    assert curve.nearest(40, 60, Distance(50.5, 9.0, 1, 10)) == 5000
    assert curve.nearest(49.99, 50.01, Distance(50.0, 0.0, 1000, 10)) in (4999, 5001)
    assert curve.nearest(200, 300, Distance(250, 0, 1, 1)) is None


@given(st.lists(st.sets(st.integers(0, 60), min_size=1), max_size=6))
def test_the_rows_of_points_are_told_however_they_follow_one_another(pieces: list[set[int]]) -> None:
    rows = [100 * number + row for number, piece in enumerate(pieces) for row in sorted(piece)]
    curve = Curve()
    for number, piece in enumerate(pieces):
        curve.extend(
            [float(row) for row in sorted(piece)], [0.0] * len(piece), [100 * number + row for row in sorted(piece)]
        )
    assert list(curve.rows) == rows
    assert [curve.point_of(row) for row in rows] == list(range(len(rows)))
    assert curve.point_of(10_000) is None
    with pytest.raises(IndexError):
        curve.rows[len(rows)]


def test_counted_points_are_their_own_numbers() -> None:
    curve = Curve()
    for start in range(0, 500, 100):
        curve.extend_counted([number / 10 for number in range(start, start + 100)], range(start, start + 100))
    assert curve.count == 500
    assert curve.values[0] == 1
    assert curve.values[499] == 500
    assert curve.extremes(range(10, 200)) == (11, 200)
    assert curve.line(0, 5, 1000) == [[(number / 10, number + 1) for number in range(52)]]
