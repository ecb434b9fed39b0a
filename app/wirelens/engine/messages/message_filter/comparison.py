"""Values of filter expressions bound to a field's type: whether one value of the field passes.

Integers are compared exactly in all their 64 bits; a float with the 32-bit float nearest to what is written.
"""

import math
import operator
import re
import struct
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from wirelens.engine.errors import FilterError
from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.json_writing import scalar_to_json
from wirelens.engine.messages.message_filter.expression import Comparison, Token, TokenKind
from wirelens.engine.messages.message_filter.field_path import Test, is_wrapper
from wirelens.engine.messages.message_plan import message_plan
from wirelens.engine.schema.near_names import did_you_mean

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED: dict[str, Callable[[Any, Any], bool]] = {  # with the wanted value first
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.gt,
    "<=": operator.ge,
    ">": operator.lt,
    ">=": operator.le,
}
_ORDERING = ("<", "<=", ">", ">=")
SIZE_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
TIME_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_AMOUNT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-zµ]*)", re.IGNORECASE)
_NAMED_NUMBERS = {"nan": math.nan, "infinity": math.inf, "inf": math.inf, "-infinity": -math.inf, "-inf": -math.inf}
_STAMP, _SPAN, _MASK, _DYNAMIC = (f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask", "Value"))
COMPARABLE_TYPES = frozenset({_STAMP, _SPAN, _MASK, _DYNAMIC})
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_PATTERN = 1000


def value_test(comparison: Comparison, leaf: FieldShape) -> Test:
    """Whether one value of a field passes a comparison.

    Raises:
        FilterError: the value does not go with the field's type.
    """
    if is_wrapper(leaf):
        assert leaf.message_type is not None
        inner = value_test(comparison, message_plan(leaf.message_type).shapes[0])
        return lambda message: inner(message.value)
    if comparison.operator in ("~", "!~"):
        return _pattern_test(comparison, leaf)
    match leaf.kind:
        case FieldKind.MESSAGE | FieldKind.GROUP:
            return _message_test(comparison, leaf)
        case FieldKind.STRING:
            return _compared(comparison, comparison.value.text, as_text)
        case FieldKind.BYTES:
            return _compared(comparison, _bytes(comparison.value, leaf))
        case FieldKind.BOOL:
            return _compared(comparison, _bool(comparison.value, leaf))
        case FieldKind.ENUM:
            return _compared(comparison, _enum_number(comparison.value, leaf))
        case _:
            return _number_test(comparison, leaf)


def as_text(value: Any) -> str:
    """A string field's value; proto2 hands out bytes where it is no UTF-8."""
    return value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")


def amount(comparison: Comparison, units: dict[str, float] | dict[str, int]) -> float:
    """A number with its unit, in the units' base: bytes, seconds.

    Raises:
        FilterError: it is no number, or its unit is missing or unknown.
    """
    value, unit_token = comparison.value, comparison.unit
    found = _AMOUNT.fullmatch(value.text) if value.kind == TokenKind.WORD else None
    unit = unit_token.text.lower() if unit_token is not None else found[2].lower() if found is not None else ""
    names = ", ".join(dict.fromkeys(units))
    if found is None:
        raise _wrong(value, f"{comparison.path.text} is compared with a number and a unit", f"units are {names}")
    number = float(found[1])
    if not unit and (units is SIZE_UNITS or number == 0):
        return number
    if unit not in units:
        sentence = f"there is no unit {unit}" if unit else "a unit is missing"
        raise _wrong(unit_token or value, sentence, f"units are {names}")
    return number * units[unit]


def whole_number(token: Token) -> int | None:
    """An integer as it is written, in decimal or with 0x."""
    if token.kind != TokenKind.WORD and not token.text:
        return None
    try:
        return int(token.text, 0 if token.text.lower().lstrip("+-").startswith("0x") else 10)
    except ValueError:
        return None


def _compared(comparison: Comparison, wanted: Any, seen_as: Callable[[Any], Any] | None = None) -> Test:
    if seen_as is not None:
        compare = COMPARE[comparison.operator]
        return lambda value: compare(seen_as(value), wanted)
    return partial(_TURNED[comparison.operator], wanted)  # the fastest that Python has: a million of them a call


def _number_test(comparison: Comparison, leaf: FieldShape) -> Test:
    wanted = _number(comparison.value)
    if wanted is None:
        raise _wrong(
            comparison.value, f"{leaf.path_name} is {_a(leaf.kind.value)}, and {comparison.value.text} is no number"
        )
    if math.isnan(wanted):
        if comparison.operator in _ORDERING:
            raise _wrong(comparison.value, "nothing is more or less than NaN", "compare with = or !=")
        is_wanted = comparison.operator == "="
        return lambda value: math.isnan(value) is is_wanted
    if leaf.kind is FieldKind.FLOAT and math.isfinite(wanted):
        wanted = _as_float(wanted)
    return _compared(comparison, wanted)


def _number(token: Token) -> int | float | None:
    text = token.text
    named = _NAMED_NUMBERS.get(text.lower())
    if named is not None:
        return named
    number = whole_number(token)
    if number is not None:
        return number
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if not exact.is_finite() or abs(exact.adjusted()) > 400:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _as_float(number: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", float(number)))[0])
    except OverflowError:
        return number  # beyond every float: more than each, or less


def _bytes(token: Token, leaf: FieldShape) -> bytes:
    digits = "".join(token.text.split())
    digits = digits[2:] if digits[:2].lower() == "0x" else digits
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise _wrong(
            token, f"{leaf.path_name} is bytes, and {token.text} is no hex", "write 0xC0FFEE, two digits a byte"
        ) from None


def _bool(token: Token, leaf: FieldShape) -> bool:
    if token.text.lower() not in ("true", "false"):
        raise _wrong(token, f"{leaf.path_name} is a bool: it is true or false")
    return token.text.lower() == "true"


def _enum_number(token: Token, leaf: FieldShape) -> int:
    number = whole_number(token)
    if number is not None:
        return number
    by_name = {value.name.lower(): value.number for value in reversed(leaf.enum_values)}
    by_name |= {value.name: value.number for value in leaf.enum_values}
    found = by_name.get(token.text, by_name.get(token.text.lower()))
    if found is None:
        names = [value.name for value in leaf.enum_values]
        step = did_you_mean(token.text, names) or f"its values are {', '.join(names[:6])}{' …' if names[6:] else ''}"
        raise _wrong(token, f"{leaf.type_name.removeprefix('repeated ')} has no value {token.text}", step)
    return found


def _message_test(comparison: Comparison, leaf: FieldShape) -> Test:
    value, name = comparison.value, leaf.message_name
    if name == _STAMP:
        return _compared(comparison, _moment(value), lambda message: (message.seconds, message.nanos))
    if name == _SPAN:
        return _compared(comparison, _span(comparison), lambda message: (message.seconds, message.nanos))
    if name == _MASK:
        return _compared(comparison, value.text, _mask_text)
    if name == _DYNAMIC:
        return _dynamic_test(comparison)
    raise _wrong(
        comparison.path,
        f"{leaf.path_name} is {_a(leaf.type_name.removeprefix('repeated '))}",
        "compare one of its fields; alone, its name asks whether it is set",
    )


def _mask_text(message: Any) -> str:
    try:
        return str(message.ToJsonString())
    except ValueError:  # a path that is no identifier
        return ",".join(message.paths)


def _moment(token: Token) -> tuple[int, int]:
    text = f"{token.text}T00:00:00Z" if _DATE.fullmatch(token.text) else token.text
    stamp = Timestamp()
    try:
        stamp.FromJsonString(text.upper())
    except ValueError:
        raise _wrong(
            token, f"{token.text} is no time", "write 2026-01-31 or 2026-01-31T12:00:00Z, in UTC or with +01:00"
        ) from None
    return stamp.seconds, stamp.nanos


def _span(comparison: Comparison) -> tuple[int, int]:
    span = Duration()
    token = comparison.value
    try:
        span.FromJsonString(token.text)
    except ValueError:
        nanos = round(Decimal(str(amount(comparison, TIME_UNITS))) * 10**9)
        seconds = int(Decimal(nanos) / 10**9)
        return seconds, nanos - seconds * 10**9
    return span.seconds, span.nanos


def _dynamic_test(comparison: Comparison) -> Test:
    """A google.protobuf.Value is compared as the kind that is written: a number, true, null, or else text."""
    token, compare = comparison.value, COMPARE[comparison.operator]
    number = _number(token) if token.kind == TokenKind.WORD else None
    wanted: Any
    if token.kind == TokenKind.WORD and token.text == "null":
        is_wanted = comparison.operator == "="
        return lambda message: (message.WhichOneof("kind") in (None, "null_value")) is is_wanted
    if token.kind == TokenKind.WORD and token.text in ("true", "false"):
        kind, wanted = "bool_value", token.text == "true"
    elif number is not None:
        kind, wanted = "number_value", number
    else:
        kind, wanted = "string_value", token.text
    differs = comparison.operator == "!="

    def passes(message: Any) -> bool:
        held = message.WhichOneof("kind")
        return bool(compare(getattr(message, kind), wanted)) if held == kind else differs

    return passes


def _pattern_test(comparison: Comparison, leaf: FieldShape) -> Test:
    pattern = checked_pattern(comparison.value)
    search, is_wanted = pattern.search, comparison.operator == "~"
    read = _reader(comparison, leaf)
    return lambda value: (search(read(value)) is not None) is is_wanted


def _reader(comparison: Comparison, leaf: FieldShape) -> Callable[[Any], str]:
    """One value as the text that a person reads."""
    if leaf.kind in (FieldKind.STRING, FieldKind.BYTES):
        return as_text
    if not leaf.kind.is_message:
        return lambda value: json_text(scalar_to_json(leaf, value))
    if leaf.message_name == _DYNAMIC:
        return lambda message: message.string_value if message.WhichOneof("kind") == "string_value" else ""
    if leaf.message_name in COMPARABLE_TYPES:
        return special_text
    raise _wrong(comparison.path, f"{leaf.path_name} is {_a(leaf.type_name.removeprefix('repeated '))}")


def json_text(value: Any) -> str:
    """A JSON scalar as it is written, a text without its quotation marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def special_text(message: Any) -> str:
    """A Timestamp, Duration or FieldMask as JSON has it, "" where it has none."""
    try:
        return str(message.ToJsonString())
    except (ValueError, OverflowError, ArithmeticError):
        return ""


def checked_pattern(token: Token) -> re.Pattern[str]:
    """A regular expression that ends in good time.

    Raises:
        FilterError: it is none; or it repeats what repeats itself, which can take longer than anybody lives.
    """
    if len(token.text) > _LONGEST_PATTERN:
        raise _wrong(token, f"a regular expression of more than {_LONGEST_PATTERN:,} characters")
    if _repeats_repetition(token.text):
        raise _wrong(
            token, "a repetition within a repetition, as in (a+)+, can take forever", "leave one of the two out"
        )
    try:
        return re.compile(token.text)
    except re.error as error:
        shift = error.pos if error.pos is not None else 0
        raise FilterError(
            f"no regular expression: {error.msg}",
            offset=min(token.start + shift + (token.kind == TokenKind.QUOTED), token.end - 1),
        ) from None
    except (OverflowError, RecursionError):
        raise _wrong(token, "a regular expression that is too large") from None


def _repeats_repetition(pattern: str) -> bool:
    plain = re.sub(r"\\.", "x", pattern, flags=re.DOTALL)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)
    open_groups = [False]  # whether something repeats without end in each
    position = 0
    while position < len(plain):
        character = plain[position]
        if character == "(":
            open_groups.append(False)
        elif character == ")" and len(open_groups) > 1:
            inner = open_groups.pop()
            if inner and _ENDLESS.match(plain, position + 1):
                return True
            open_groups[-1] = open_groups[-1] or inner
        elif _ENDLESS.match(plain, position):
            open_groups[-1] = True
        position += 1
    return False


_ENDLESS = re.compile(r"[*+]|\{\d*,\}|\{\d*,\d{3,}\}")


def _a(name: str) -> str:
    return f"an {name}" if name[0].lower() in "aeiou" and not name.startswith("u") else f"a {name}"


def _wrong(token: Token, sentence: str, next_step: str = "") -> FilterError:
    return FilterError(sentence, offset=token.start, length=max(1, token.end - token.start), next_step=next_step)
