"""Round numbers along an axis, and the words for what is charted."""

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from wirelens.presentation.amounts import size_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_STEPS = (60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 43200.0, 86400.0)  # seconds from a minute on
_TIME_UNITS = ((1.0, "s", 1.0), (1e-3, "ms", 1e3), (0.0, "µs", 1e6))  # from so many seconds on

_FEW_BYTES = 50  # a step up to which is decimal
_SMALLEST = 1e-7  # seconds; less than any clock tells apart


class Unit(enum.Enum):
    """What the numbers along an axis are."""

    SECONDS = "seconds"
    BYTES = "bytes"
    MESSAGES = "messages"
    RATE = "messages per second"
    NUMBER = "number"
    WHOLE = "whole number"
    BOOL = "bool"
    ENUM = "enum"
    MOMENT = "moment"  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit, with the names of an enum's numbers; a logarithmic axis has powers of ten as its positions."""

    unit: Unit
    names: Mapping[int, str] = field(default_factory=dict)
    is_log: bool = False

    def position(self, value: float) -> float:
        """Where a value is along the axis."""
        return math.log10(max(value, _SMALLEST)) if self.is_log else value

    def value(self, position: float) -> float:
        return 10.0**position if self.is_log else position

    def ticks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        """At most so many positions between two, with their words."""
        if not high > low or most < 1:
            return [(low, self._short([low], 1.0)[0])]
        if self.is_log:
            return [(place, self._short([10.0**place], 10.0**place)[0]) for place in _log_places(low, high, most)]
        step = self._step((high - low) / most)
        first = math.ceil(low / step - 1e-9)
        places = [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
        return list(zip(places, self._short(places, step), strict=True))

    def text(self, value: float) -> str:
        """A value as it is read alone, with its unit."""
        match self.unit:
            case Unit.SECONDS:
                return seconds_text(value)
            case Unit.BYTES:
                return f"{size_text(round(value))} ({round(value):,} B)" if value >= 1024 else size_text(round(value))
            case Unit.RATE:
                return f"{_plain(value)} /s"
            case Unit.BOOL:
                return "true" if value else "false"
            case Unit.ENUM:
                name = self.names.get(int(value))
                return f"{name} ({int(value)})" if name else f"{int(value)}"
            case Unit.MOMENT:
                return moment_text(value)
        return _plain(value)

    def _step(self, least: float) -> float:
        if self.unit in (Unit.BOOL, Unit.ENUM, Unit.WHOLE, Unit.MESSAGES) and least <= 1:
            return 1.0
        if self.unit is Unit.BYTES:
            return max(_nice(least), 1.0) if least <= _FEW_BYTES else 2.0 ** math.ceil(math.log2(least))
        if self.unit in (Unit.MOMENT, Unit.SECONDS) and least > 30:
            return next((step for step in _TIME_STEPS if step >= least), _nice(least / 86400) * 86400)
        return _nice(least)

    def _short(self, values: Sequence[float], step: float) -> list[str]:
        match self.unit:
            case Unit.SECONDS:
                return _time_words(values, step)
            case Unit.BYTES:
                return [size_text(round(value)).replace(".0 ", " ") for value in values]
            case Unit.BOOL:
                return [{0: "false", 1: "true"}.get(round(value), "") for value in values]
            case Unit.ENUM:
                shared = _shared_beginning(list(self.names.values()))
                numbers = map(round, values)
                return [self.names[each][shared:] if each in self.names else f"{each}" for each in numbers]
            case Unit.MOMENT:
                return [_short_moment(value, step) for value in values]
        return [_short_number(value, step) for value in values]


def _nice(least: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def _log_places(low: float, high: float, most: int) -> list[float]:
    """Powers of ten, fewer or also their 2 and 5 as there is room."""
    steps = max(math.ceil((high - low) / most), 1)
    powers = range(math.floor(low), math.floor(high) + 1)
    factors = (1, 2, 5) if (high - low) * 3 <= most else (1, 3) if (high - low) * 2 <= most else (1,)
    places = [power + math.log10(factor) for power in powers if power % steps == 0 for factor in factors]
    return [place for place in places if low <= place <= high]


def nice_width(least: float) -> float:
    """The next rounder width of a bin: 1, 2 or 5 times a power of ten."""
    return _nice(least)


def seconds_text(seconds: float) -> str:
    """A duration with four figures: `12.34 ms`, `-3.5 s`, `2 h 03 min`."""
    size = abs(seconds)
    if size >= 3600:
        minutes = int(size) // 60
        return f"{'-' if seconds < 0 else ''}{minutes // 60:,} h {minutes % 60:02d} min"
    if size >= 60:
        return f"{'-' if seconds < 0 else ''}{int(size) // 60} min {size % 60:04.1f} s"
    unit, factor = ("s", 1.0) if size >= 1 else ("ms", 1e3) if size >= 1e-3 or not size else ("µs", 1e6)
    return f"{seconds * factor:.4g} {unit}"


def moment_text(seconds: float) -> str:
    """A moment in UTC to the microsecond, which is what a float of its size holds."""
    try:
        return f"{(_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat(sep=' ')} UTC"
    except OverflowError:
        return f"{seconds:,.0f} s"


def _plain(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.6g}" if 1e-4 <= abs(value) < 1e6 else f"{value:.6g}" if abs(value) < 1e-4 else f"{value:,.1f}"


def _time_words(values: Sequence[float], step: float) -> list[str]:
    if step >= 30:
        return [
            "0" if not value else f"{value / 3600:g} h" if not value % 3600 else f"{value / 60:g} min"
            for value in values
        ]
    longest = max(map(abs, values), default=0.0)
    _, unit, factor = next(row for row in _TIME_UNITS if longest >= row[0])
    shown = [f"{round(value * factor, 6):g}" for value in values]
    return [f"{value} {unit}" if value != "0" else "0" for value in shown]


def _shared_beginning(names: list[str]) -> int:
    """The length of `STATUS_` where all names begin with it."""
    if len(names) < 2:
        return 0
    first, last = min(names), max(names)  # what these two share, all that lie between them share
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    return first[:same].rfind("_") + 1


def _short_number(value: float, step: float) -> str:
    for size, sign in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size and step >= size / 100 and abs(value) < 1e15:
            return f"{round(value / size, 6):g}{sign}"
    if abs(value) >= 1e15 or 0 < step < 1e-4:
        return f"{value:.3g}"
    decimals = max(-math.floor(math.log10(step) + 1e-9), 0)
    return f"{value:,.{decimals}f}" if round(value, decimals) else "0"


def _short_moment(value: float, step: float) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=round(value, 6))
    except OverflowError:
        return f"{value:.3g} s"
    if step >= 86400:
        return moment.strftime("%Y-%m-%d")
    if step >= 60:
        return moment.strftime("%H:%M")
    return moment.strftime("%H:%M:%S") + (f"{moment.microsecond / 1e6:.3f}"[1:] if step < 1 else "")
