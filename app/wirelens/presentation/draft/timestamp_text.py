"""Timestamps as ProtoJSON writes them (RFC 3339): the parts of one, a step of a part, another zone.

A leap of a part carries into the others as a calendar does; nanoseconds and the offset as typed stay.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_FORM = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")
_LENGTHS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


@dataclass(frozen=True)
class Moment:
    """A date and time in its zone; `fraction` is what is written behind the seconds, with its point."""

    time: datetime
    fraction: str = ""

    @property
    def text(self) -> str:
        """As ProtoJSON takes it."""
        offset = self.time.strftime("%z")
        zone = "Z" if self.time.utcoffset() == timedelta(0) else f"{offset[:3]}:{offset[3:5]}"
        bare = self.time.replace(tzinfo=None).isoformat(timespec="seconds")
        return f"{bare}{self.fraction}{zone}"

    def in_zone(self, zone: tzinfo | None) -> "Moment":
        """The same moment in another zone, None for the local one; as it is where that would leave the calendar."""
        try:
            return replace(self, time=self.time.astimezone(zone))
        except (OverflowError, ValueError, OSError):
            return self

    def on(self, year: int, month: int, day: int) -> "Moment":
        """The same time of another day."""
        return replace(self, time=self.time.replace(year=year, month=month, day=day))


def moment_from(text: str) -> Moment | None:
    """The moment that `text` writes, None where it is none (yet)."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    zone: tzinfo = UTC
    if found[8] != "Z":
        minutes = int(found[8][1:3]) * 60 + int(found[8][4:6])
        zone = timezone(timedelta(minutes=-minutes if found[8].startswith("-") else minutes))
    try:
        time = datetime(*(int(found[part]) for part in range(1, 7)), tzinfo=zone)  # type: ignore[misc,arg-type]  # six
    except ValueError:
        return None
    return Moment(time, found[7] or "")


def on_day(text: str, day: date) -> str:
    """The same time of another day, letter for letter; where `text` is none, the day's beginning in UTC."""
    return f"{day.isoformat()}{text[10:] if _FORM.fullmatch(text) else 'T00:00:00Z'}"


def now(clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Moment:
    """The present moment in UTC, to the microsecond."""
    time = clock()
    return Moment(time.replace(microsecond=0), f".{time.microsecond:06}")


def stepped(text: str, position: int, by: int) -> str:
    """`text` with the part at `position` of its letters `by` steps later; as it is beyond the years 1 to 9999."""
    found, moment = _FORM.fullmatch(text), moment_from(text)
    if found is None or moment is None:
        return text
    spans = {name: found.span(index) for index, name in enumerate(_PARTS, 1)}
    part = next((name for name, (start, end) in spans.items() if start <= position <= end), "")
    time = moment.time
    try:
        if part == "zone":
            return moment.in_zone(timezone((time.utcoffset() or timedelta(0)) + timedelta(minutes=30 * by))).text
        if part == "year":
            return moment.on(time.year + by, time.month, _last_day(time.year + by, time.month, time.day)).text
        if part == "month":
            year, month = divmod(time.year * 12 + time.month - 1 + by, 12)
            return moment.on(year, month + 1, _last_day(year, month + 1, time.day)).text
        return replace(moment, time=time + _LENGTHS.get(part, timedelta(seconds=1)) * by).text
    except (OverflowError, ValueError):
        return text


def _last_day(year: int, month: int, day: int) -> int:
    """`day`, or the month's last where it has no such."""
    while day > 28:
        try:
            datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            day -= 1
        else:
            break
    return day
