"""How often values are: exact, however many there are and in whatever pieces they come."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelens.presentation.chart.distribution import Distribution

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def of(values: Sequence[float], *, step: int = 50) -> Distribution:
    distribution = Distribution()
    for start in range(0, len(values), step):
        distribution.extend(values[start : start + step])
    return distribution


def nearest_rank(values: Sequence[float], percent: float) -> float:
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=200), st.sampled_from([0, 1, 50, 90, 99, 100]))
def test_a_percentile_is_a_value_of_its_rank(values: list[float], percent: float) -> None:
    assert of(values).percentile(percent) == nearest_rank(values, percent)


@settings(deadline=None)
@given(st.lists(NUMBERS, max_size=200), st.lists(NUMBERS, min_size=2, max_size=10, unique=True))
def test_each_bin_has_what_belongs_into_it(values: list[float], edges: list[float]) -> None:
    edges.sort()
    counts = of(values).counts(edges)
    for at, count in enumerate(counts):
        is_last = at == len(counts) - 1
        assert count == sum(edges[at] <= v < edges[at + 1] or (is_last and v == edges[-1]) for v in values)


def test_it_holds_for_as_many_as_need_several_runs() -> None:
    numbers = random.Random(1)
    values = [numbers.expovariate(1) - 0.5 for _ in range(100_000)]
    distribution = of(values, step=7001)
    assert distribution.count == 100_000
    assert (distribution.least, distribution.greatest) == (min(values), max(values))
    for percent in (50, 90, 99, 99.9):
        assert distribution.percentile(percent) == nearest_rank(values, percent)
    assert sum(distribution.counts([-1.0, 0.0, 1.0, 100.0])) == 100_000


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(Distribution().percentile(50))
    assert Distribution().counts([0.0, 1.0]) == [0]


@pytest.mark.parametrize("value", [0.0, -0.0, -1.5, 2.0**60])
def test_values_that_are_all_equal_have_one_percentile(value: float) -> None:
    distribution = of([value] * 20_000, step=6000)
    assert [distribution.percentile(percent) for percent in (50, 90, 99)] == [value] * 3
