"""Durations in the unit a person thinks in, exact to the nanosecond; the draft keeps seconds, as ProtoJSON does.

https://protobuf.dev/programming-guides/json/ and google/protobuf/duration.proto say what a Duration may be.
"""

import enum
import re
from fractions import Fraction

LONGEST = 315_576_000_000  # whole seconds, either way; nanoseconds may come on top

_NANOS = 10**9
_AMOUNT = re.compile(r"([+-]?)((?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40}))\s*([a-zµμ]*)", re.ASCII | re.IGNORECASE)
_PARTS = re.compile(r"([+-]?)((?:\d{1,20}(?:\.\d{1,20})?(?:h|min|m|s|ms|us|µs|μs|ns)){2,})")  # 1h30m, as Go writes it
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|min|ms|m|us|µs|μs|s|ns)")
_JSON = re.compile(r"(-?)(\d{1,20})(?:\.(\d{1,9}))?s", re.ASCII)


class Unit(enum.Enum):
    """A unit by its sign."""

    NANOSECONDS = "ns"
    MICROSECONDS = "µs"
    MILLISECONDS = "ms"
    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"

    @property
    def nanoseconds(self) -> int:
        """How many of them one is."""
        return _LENGTHS[self]


_LENGTHS = {
    Unit.NANOSECONDS: 1,
    Unit.MICROSECONDS: 10**3,
    Unit.MILLISECONDS: 10**6,
    Unit.SECONDS: _NANOS,
    Unit.MINUTES: 60 * _NANOS,
    Unit.HOURS: 3600 * _NANOS,
}
_SIGNS = {unit.value: unit for unit in Unit} | {
    "us": Unit.MICROSECONDS,
    "μs": Unit.MICROSECONDS,  # the Greek letter, beside the micro sign
    "m": Unit.MINUTES,
    "": None,
}


class DurationError(ValueError):
    """Text that is no duration; the message is a sentence for people."""


def nanoseconds_from(text: str, unit: Unit) -> tuple[int, Unit]:
    """What `text` says in `unit`, or in the unit that it names itself (`90s`, `-1.5 h`, `1h30m`).

    Raises:
        DurationError: it is no amount, finer than nanoseconds, or beyond what a Duration holds.
    """
    text = text.strip()
    if (parts := _PARTS.fullmatch(text)) is not None:
        named = [(Fraction(part), _SIGNS[sign]) for part, sign in _PART.findall(parts[2])]
        amount = sum((number * unit_of.nanoseconds for number, unit_of in named if unit_of is not None), Fraction(0))
        sign = parts[1]
    else:
        found = _AMOUNT.fullmatch(text)
        named_unit = _SIGNS.get(found[3].lower(), unit) if found is not None else None
        if found is None or (found[3] and found[3].lower() not in _SIGNS):
            raise DurationError(f"{text[:40]!r} is no duration; write a number, or one with its unit, like 1.5s or 2h")
        unit = named_unit or unit
        amount, sign = Fraction(found[2]) * unit.nanoseconds, found[1]
    if amount.denominator != 1:
        raise DurationError("Duration holds nanoseconds, and nothing finer")
    if amount >= (LONGEST + 1) * _NANOS:
        raise DurationError(f"too long: {LONGEST:,} s (some 10,000 years) is the longest Duration, either way")
    return (-int(amount) if sign == "-" else int(amount)), unit


def nanoseconds_from_json(text: str) -> int | None:
    """What a Duration in ProtoJSON is; None where the text is none."""
    found = _JSON.fullmatch(text)
    if found is None:
        return None
    nanoseconds = int(found[2]) * _NANOS + int((found[3] or "0").ljust(9, "0"))
    return -nanoseconds if found[1] else nanoseconds


def json_from_nanoseconds(nanoseconds: int) -> str:
    """A Duration as ProtoJSON writes it."""
    return f"{_decimal(Fraction(nanoseconds, _NANOS))}s"


def amount_in(nanoseconds: int, unit: Unit) -> str | None:
    """The amount in `unit` to the last digit; None where that has no end, as 1 s in hours."""
    return _decimal(Fraction(nanoseconds, unit.nanoseconds))


def natural_unit(nanoseconds: int) -> Unit:
    """The largest unit of which it is a whole number; seconds for nothing at all."""
    if not nanoseconds:
        return Unit.SECONDS
    return next(unit for unit in reversed(Unit) if nanoseconds % unit.nanoseconds == 0)


def _decimal(amount: Fraction) -> str | None:
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    places = 0
    while (amount * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(amount * 10**places))).rjust(places + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
