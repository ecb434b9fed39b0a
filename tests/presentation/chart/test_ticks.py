"""Round numbers along an axis, and the words for values."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelens.presentation.chart.ticks import Scale, Unit, moment_text, seconds_text


def words(scale: Scale, low: float, high: float, most: int = 5) -> list[str]:
    return [text for _, text in scale.ticks(low, high, most)]


@settings(deadline=None)
@given(
    st.sampled_from([unit for unit in Unit if unit is not Unit.ENUM]),
    st.floats(-1e12, 1e12),
    st.floats(1e-3, 1e12),
    st.integers(1, 12),
)
def test_ticks_are_few_inside_and_apart(unit: Unit, low: float, width: float, most: int) -> None:
    ticks = Scale(unit).ticks(low, low + width, most)
    places = [place for place, _ in ticks]
    room = width * 1e-6 + abs(low) * 1e-14
    assert len(places) <= most + 1
    assert all(low - room <= place <= low + width + room for place in places)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("unit", "low", "high", "shown"),
    [
        (Unit.SECONDS, 0, 3.5, ["0", "1 s", "2 s", "3 s"]),
        (Unit.SECONDS, 0, 0.0042, ["0", "1 ms", "2 ms", "3 ms", "4 ms"]),
        (Unit.SECONDS, 0, 8e-6, ["0", "2 µs", "4 µs", "6 µs", "8 µs"]),
        (Unit.SECONDS, 0.0, 7200, ["0", "30 min", "1 h", "90 min", "2 h"]),
        (Unit.BYTES, 0, 3000, ["0 B", "1 KiB", "2 KiB"]),
        (Unit.BYTES, 0, 100, ["0 B", "20 B", "40 B", "60 B", "80 B", "100 B"]),
        (Unit.RATE, 0, 25_000, ["0", "5k", "10k", "15k", "20k", "25k"]),
        (Unit.NUMBER, -0.2, 0.2, ["-0.2", "-0.1", "0", "0.1", "0.2"]),
        (Unit.WHOLE, 0, 2, ["0", "1", "2"]),
        (Unit.BOOL, -0.25, 1.25, ["false", "true"]),
        (Unit.MOMENT, 0, 86400 * 2, ["00:00", "12:00", "00:00", "12:00", "00:00"]),
    ],
)
def test_the_words_are_those_that_a_person_would_write(unit: Unit, low: float, high: float, shown: list[str]) -> None:
    assert words(Scale(unit), low, high) == shown


def test_an_enum_is_called_by_its_names_without_what_all_of_them_share() -> None:
    scale = Scale(Unit.ENUM, {0: "MOOD_NONE", 1: "MOOD_GOOD"})
    assert words(scale, -0.25, 2.25) == ["NONE", "GOOD", "2"]
    assert scale.text(1.0) == "MOOD_GOOD (1)"
    assert scale.text(7.0) == "7"


def test_a_logarithmic_axis_has_powers_of_ten_and_more_where_there_is_room() -> None:
    scale = Scale(Unit.SECONDS, is_log=True)
    assert words(scale, -6, 0, 4) == ["1 µs", "100 µs", "10 ms", "1 s"]
    assert words(scale, -3, -2, 5) == ["1 ms", "2 ms", "5 ms", "10 ms"]
    assert scale.value(scale.position(0.25)) == pytest.approx(0.25)
    assert math.isfinite(scale.position(0.0))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (1.5e-5, "15 µs"),
        (0.01234, "12.34 ms"),
        (-3.5, "-3.5 s"),
        (75, "1 min 15.0 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_a_duration_alone_has_its_unit(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_a_moment_is_said_in_utc_and_beyond_the_calendar_in_seconds() -> None:
    assert moment_text(0.5) == "1970-01-01 00:00:00.500000 UTC"
    assert moment_text(1e15) == "1,000,000,000,000,000 s"
