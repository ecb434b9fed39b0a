"""Values that should keep a field's `buf.validate` rules, the likeliest first; whether one does, a check says."""

import math
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from wirelens.engine.messages.fields import FieldKind, field_shape
from wirelens.engine.messages.pattern_text import matching_text

_MOST_REPEATED = 4096  # characters or bytes that are made up to fill a length
_SECOND = 10**9
_PAST, _FUTURE = 1577880000, 4102488000  # 2020-01-01T12:00:00Z and 2100-01-01T12:00:00Z
_INTEGERS = (1, 2, 10, 0, 3, 100, 1000, -1)
_WORDS = ("example", "a", "A", "1", "two words", "0", "true")


def scalar_candidates(field: FieldDescriptor, rules: Any, proposals: Sequence[Any], seed: int) -> Iterator[Any]:
    """Values for one scalar of `field` under `rules` (`buf.validate.FieldRules`, or None).

    `proposals` are values that the field's name suggests, of the field's type.
    """
    kind = rules.WhichOneof("type") if rules is not None else None
    given = _given(getattr(rules, kind)) if kind is not None else {}
    yield from _named(given, seed)
    what = field_shape(field).kind
    if what is FieldKind.STRING:
        yield from _texts(given, [str(one) for one in proposals], seed)
    elif what is FieldKind.BYTES:
        yield from _bytes(given, [one for one in proposals if isinstance(one, bytes)], seed)
    elif what is FieldKind.BOOL:
        yield from (True, False)
    elif what is FieldKind.ENUM:
        refused = set(given.get("not_in", ()))
        numbers = [value.number for value in field_shape(field).enum_values]
        yield from sorted((number for number in numbers if number not in refused), key=lambda number: number <= 0)
    elif what in (FieldKind.FLOAT, FieldKind.DOUBLE):
        yield from _numbers(given, [*proposals, *_INTEGERS], whole=False)
    else:
        low, high = field_shape(field).integer_range or (0, 0)
        for number in _numbers(given, [*proposals, *_INTEGERS], whole=True):
            if low <= number <= high:
                yield int(number)


def moment_candidates(rules: Any, proposal: int) -> Iterator[int]:
    """Nanoseconds since 1970 for a Timestamp under `buf.validate.TimestampRules`."""
    given = _given(rules)
    if "within" in given:
        yield time.time_ns()
    if given.get("lt_now"):
        yield from _numbers(given, [_PAST * _SECOND, proposal], whole=True)
    if given.get("gt_now"):
        yield from _numbers(given, [_FUTURE * _SECOND], whole=True)
    yield from _named(given, 0)
    yield from _numbers(given, [proposal, _PAST * _SECOND, _FUTURE * _SECOND], whole=True)


def span_candidates(rules: Any, proposal: int) -> Iterator[int]:
    """Nanoseconds for a Duration under `buf.validate.DurationRules`."""
    given = _given(rules)
    yield from _named(given, 0)
    yield from _numbers(given, [proposal, _SECOND, 60 * _SECOND, 1000 * _SECOND, 0], whole=True)


def _given(rules: Any) -> dict[str, Any]:
    return {rule.name: _plain(value) for rule, value in rules.ListFields() if not rule.is_extension}


def _plain(value: Any) -> Any:
    """Timestamps and Durations as nanoseconds, lists of them too."""
    if isinstance(value, Message):
        names = {field.name for field in value.DESCRIPTOR.fields}
        moment: Any = value
        return moment.seconds * _SECOND + moment.nanos if names == {"seconds", "nanos"} else value
    if isinstance(value, (str, bytes, bool, int, float)):
        return value
    return [_plain(one) for one in value]


def _named(given: dict[str, Any], seed: int) -> Iterator[Any]:
    """Values that the rules name themselves."""
    if "const" in given:
        yield given["const"]
    for name in ("example", "in"):
        values = given.get(name, [])
        for index in range(len(values)):
            yield values[(seed + index) % len(values)]


def _texts(given: dict[str, Any], proposals: Iterable[str], seed: int) -> Iterator[str]:
    yield from (text for name, text in _shaped_texts(seed) if given.get(name) is True)
    if "well_known_regex" in given:
        yield "x-example"
    if "pattern" in given:
        for turn in range(8):
            text = matching_text(given["pattern"], seed * 8 + turn)
            if text is not None:
                yield text
                yield _fitted(text, given)
    for text in (*proposals, *_WORDS):
        yield _fitted(text, given)
    yield from _WORDS


def _shaped_texts(seed: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(seed)
    identity = uuid.UUID(int=chance.getrandbits(128), version=4)
    host = ("example.com", "example.org", "example.net")[seed % 3]
    number = seed % 250 + 1
    yield "email", f"{('ada', 'grace', 'alan')[seed % 3]}@{host}"
    yield "hostname", host
    yield "address", host
    yield "ip", f"192.0.2.{number}"
    yield "ipv4", f"192.0.2.{number}"
    yield "ipv6", f"2001:db8::{number:x}"
    yield "uri", f"https://{host}/"
    yield "uri_ref", "/example"
    yield "uuid", str(identity)
    yield "tuuid", identity.hex
    yield "ulid", "01" + "".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24))
    yield "ip_with_prefixlen", f"192.0.2.{number}/24"
    yield "ipv4_with_prefixlen", f"192.0.2.{number}/24"
    yield "ipv6_with_prefixlen", f"2001:db8::{number:x}/64"
    yield "ip_prefix", "192.0.2.0/24"
    yield "ipv4_prefix", "192.0.2.0/24"
    yield "ipv6_prefix", "2001:db8::/64"
    yield "host_and_port", f"{host}:443"
    yield "protobuf_fqn", "example.v1.Message"
    yield "protobuf_dot_fqn", ".example.v1.Message"


def _fitted(text: str, given: dict[str, Any]) -> str:
    """`text` with the beginning, end and length that the rules ask for."""
    prefix, suffix = given.get("prefix", ""), given.get("suffix", "")
    contained = given.get("contains", "")
    middle = text if contained in text else contained + text
    middle = middle.removeprefix(prefix).removesuffix(suffix)
    most = given.get("len", given.get("max_len", math.inf))
    most_bytes = given.get("len_bytes", given.get("max_bytes", math.inf))
    least = max(given.get("len", given.get("min_len", 0)), given.get("len_bytes", given.get("min_bytes", 0)))
    room = min(most, most_bytes, _MOST_REPEATED) - len(prefix) - len(suffix)
    if len(middle.encode()) > room and most_bytes < math.inf:
        middle = middle.encode("ascii", errors="ignore").decode()
    middle = _as_long(middle, min(least, _MOST_REPEATED) - len(prefix) - len(suffix), room)
    return f"{prefix}{middle}{suffix}"


def _as_long(text: str, least: int, most: float) -> str:
    if len(text) > most:
        cut = text[: max(int(most), 0)]
        words = cut.rsplit(" ", 1)[0].rstrip() if " " in cut else cut.rstrip()
        text = words if len(words) >= least else cut
    while 0 <= len(text) < least:
        text += (" " + text if text else "x")[: least - len(text)]
    return text


def _bytes(given: dict[str, Any], proposals: Iterable[bytes], seed: int) -> Iterator[bytes]:
    if given.get("ipv4") or given.get("ip"):
        yield bytes((192, 0, 2, seed % 250 + 1))
    if given.get("ipv6"):
        yield bytes((0x20, 0x01, 0x0D, 0xB8, *(0,) * 11, seed % 250 + 1))
    if given.get("uuid"):
        yield uuid.UUID(int=random.Random(seed).getrandbits(128), version=4).bytes
    if "pattern" in given and (text := matching_text(given["pattern"], seed)) is not None:
        yield text.encode()
    prefix, suffix, contained = (given.get(name, b"") for name in ("prefix", "suffix", "contains"))
    least = min(given.get("len", given.get("min_len", 0)), _MOST_REPEATED) - len(prefix) - len(suffix)
    most = given.get("len", given.get("max_len", _MOST_REPEATED)) - len(prefix) - len(suffix)
    for data in (*proposals, b"example"):
        middle = data if contained in data else contained + data
        middle = (middle * (max(least, 0) // max(len(middle), 1) + 1))[: max(most, 0)] if middle else b""
        if len(middle) > max(least, len(data), len(contained)):
            middle = middle[: max(least, len(data), len(contained))]
        yield prefix + middle + suffix


def _numbers(given: dict[str, Any], proposals: Sequence[Any], *, whole: bool) -> Iterator[Any]:
    """Proposals that lie within the bounds, then the bounds themselves and what is next to them."""
    step: Any = 1 if whole else 0.5
    low = given["gte"] if "gte" in given else given["gt"] + step if "gt" in given else None
    high = given["lte"] if "lte" in given else given["lt"] - step if "lt" in given else None
    refused = set(given.get("not_in", ()))
    is_outside = low is not None and high is not None and high < low
    within = [one for one in proposals if _is_between(one, low, high, is_outside=is_outside)]
    near: list[Any] = []
    if low is not None:
        near += [low, low + step]
    if high is not None:
        near += [high, high - step]
    if low is not None and high is not None and not is_outside:
        near.append((low + high) // 2 if whole else (low + high) / 2)
    if not whole:
        near += [(given.get("gt", 0.0) + given.get("lt", 1.0)) / 2]
    steps = islice((near[0] + turn * step for turn in range(2, 8)), 6) if near else ()
    yield from (one for one in (*within, *near, *steps, *proposals) if one not in refused)


def _is_between(number: Any, low: Any, high: Any, *, is_outside: bool) -> bool:
    above, below = low is None or number >= low, high is None or number <= high
    return above or below if is_outside else above and below
