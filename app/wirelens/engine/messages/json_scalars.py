"""Single values between JSON and protobuf: exact, or refused with the reason.

https://protobuf.dev/programming-guides/json/ says what is accepted. Where Python's json_format takes more and loses
something by it (characters dropped from base64, fractions from enum numbers), these say what would be lost.
"""

import base64
import binascii
import math
import re
import struct
from datetime import datetime

from google.protobuf.message import Message

from wirelens.engine.messages.fields import INTEGER_RANGES, FieldKind, FieldShape
from wirelens.engine.messages.json_text import JsonKind, JsonNode
from wirelens.engine.schema.near_names import did_you_mean, suggestion


class ScalarError(ValueError):
    """A JSON value that a field cannot hold: why, and what to write instead."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_LONGEST_EXPONENT = 6  # digits; anything longer is zero or beyond every range
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_-]")


def scalar_value(shape: FieldShape, node: JsonNode) -> bool | int | float | str | bytes:
    """What a node is as one value of a scalar or enum field.

    Raises:
        ScalarError: the field cannot hold it, or not exactly.
    """
    kind = shape.kind
    if kind is FieldKind.STRING:
        return string_value(node)
    if kind in INTEGER_RANGES:
        return integer_value(shape, node)
    if kind is FieldKind.BOOL:
        if node.kind is not JsonKind.BOOL:
            raise ScalarError(f"{shape_type(shape)} is true or false, not {described(node)}", _unquoted_hint(node))
        return node.value is True
    if kind is FieldKind.ENUM:
        return enum_value(shape, node)
    if kind is FieldKind.BYTES:
        return bytes_value(node)
    return float_value(shape, node)


def string_value(node: JsonNode) -> str:
    """The text of a string that can be UTF-8."""
    if node.kind is not JsonKind.STRING or not isinstance(node.value, str):
        raise ScalarError(f"string takes a string, not {described(node)}", "put it in double quotes")
    if not node.value.isascii() and _SURROGATE.search(node.value):
        raise ScalarError("half of a surrogate pair is no character, and has no UTF-8", "write both halves, or none")
    return node.value


def integer_value(shape: FieldShape, node: JsonNode) -> int:
    """A whole number within the field's range, quoted or not; a fraction or exponent only where nothing is lost."""
    literal = _number_literal(shape, node, "a whole number")
    number = whole_number(literal)
    if number is None:
        raise ScalarError(f"{_short(literal)} is no whole number, and {shape_type(shape)} holds only these")
    low, high = shape.integer_range or INTEGER_RANGES[FieldKind.INT32]
    if number > high:
        raise ScalarError(f"{_short(literal)} is too large: {high} is the largest {shape_type(shape)}")
    if number < low:
        raise ScalarError(f"{_short(literal)} is too small: {low} is the smallest {shape_type(shape)}")
    return int(number)


def whole_number(literal: str) -> int | float | None:
    """The integer that a JSON number is, exactly; ±infinity beyond any range, None where it has a fraction."""
    found = _NUMBER.fullmatch(literal)
    if found is None:
        return None
    sign, whole, fraction, exponent_text = found[1], found[2], found[3] or "", found[4] or "0"
    digits = (whole + fraction).strip("0")
    if not digits:
        return 0
    exponent_digits = exponent_text.lstrip("+-").lstrip("0")
    if len(exponent_digits) > _LONGEST_EXPONENT:
        return None if exponent_text.startswith("-") else math.copysign(math.inf, -1.0 if sign else 1.0)
    trailing = len(whole + fraction) - len((whole + fraction).rstrip("0"))
    shift = int(exponent_text) - len(fraction) + trailing
    if shift < 0:
        return None
    if len(digits) + shift > 20:
        return math.copysign(math.inf, -1.0 if sign else 1.0)
    return int(sign + digits) * int(10**shift)


def float_value(shape: FieldShape, node: JsonNode) -> float:
    """A number, or one of "NaN", "Infinity", "-Infinity"; rounded to the field's type, never to infinity."""
    if node.kind is JsonKind.STRING and node.value in ("NaN", "Infinity", "-Infinity"):
        return float(str(node.value))
    literal = _number_literal(shape, node, "a number")
    number = float(literal)
    try:
        if math.isinf(number):
            raise OverflowError
        if shape.kind is FieldKind.FLOAT:
            struct.pack("<f", number)
    except OverflowError:
        largest = "3.4028235e+38" if shape.kind is FieldKind.FLOAT else "1.7976931348623157e+308"
        quoted = '"-Infinity"' if number < 0 else '"Infinity"'
        raise ScalarError(
            f"{_short(literal)} is beyond {shape_type(shape)}, which ends at {largest}",
            f"write {quoted} if that is meant",
        ) from None
    return number


def enum_value(shape: FieldShape, node: JsonNode) -> int:
    """An enum's number, from a name or a number; of a closed enum only the numbers that have names."""
    enum_type = shape_type(shape)
    if node.kind is JsonKind.STRING and isinstance(node.value, str):
        for value in shape.enum_values:
            if value.name == node.value:
                return value.number
        if not _NUMBER.fullmatch(node.value):
            raise ScalarError(f"{enum_type} has no value {_short(node.value)!r}", _enum_hint(shape, node.value))
    elif node.kind is not JsonKind.NUMBER:
        raise ScalarError(f"{enum_type} takes a name or a number, not {described(node)}", _enum_hint(shape, ""))
    literal = str(node.value)
    number = whole_number(literal)
    if number is None:
        raise ScalarError(f"{_short(literal)} is no whole number, and {enum_type} has only these")
    if not -(2**31) <= number < 2**31:
        raise ScalarError(f"{_short(literal)} is beyond the numbers of enums, which are int32")
    if shape.enum_is_closed and all(value.number != number for value in shape.enum_values):
        raise ScalarError(f"{enum_type} has no value with number {literal}, and is closed", _enum_hint(shape, ""))
    return int(number)


def bytes_value(node: JsonNode) -> bytes:
    """The bytes of base64, in the standard or the URL-safe alphabet, padded or not."""
    if node.kind is not JsonKind.STRING or not isinstance(node.value, str):
        raise ScalarError(f"bytes takes a string in base64, not {described(node)}")
    digits = node.value.rstrip("=")
    padding = len(node.value) - len(digits)
    wrong = _NOT_BASE64.search(digits)
    if wrong is not None:
        raise ScalarError(
            f"{wrong[0]!r}, character {wrong.start() + 1} of the string, is no digit of base64",
            "bytes are written in base64",
        )
    if len(digits) % 4 == 1:
        raise ScalarError("base64 ends in the middle of a byte; a digit is missing or too many")
    if padding and padding != -len(digits) % 4:
        raise ScalarError(f"base64 of this length ends in {-len(digits) % 4} '=', not {padding}")
    try:
        standard = digits.replace("-", "+").replace("_", "/")
        return base64.b64decode(standard + "=" * (-len(digits) % 4), validate=True)
    except binascii.Error as error:
        raise ScalarError(f"no base64: {error}") from None


def map_key(shape: FieldShape, node: JsonNode) -> bool | int | str:
    """A map's key from a member's name, which in JSON is a string always."""
    if shape.kind is FieldKind.STRING:
        return string_value(node)
    if shape.kind is FieldKind.BOOL:
        if node.value not in ("true", "false"):
            raise ScalarError(f'keys of this map are "true" and "false", not {_short(str(node.value))!r}')
        return node.value == "true"
    if whole_number(str(node.value)) is None:
        raise ScalarError(f"keys of this map are whole numbers ({shape_type(shape)}), not {_short(str(node.value))!r}")
    return integer_value(shape, node)


_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_DURATION = re.compile(r"-?(\d+)(?:\.(\d+))?s", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9_*`\[\]\"-]+(?:\.[A-Za-z0-9_*`\[\]\"-]+)*", re.ASCII)
_LONGEST_DURATION = 315_576_000_000  # whole seconds, some 10,000 years (google/protobuf/duration.proto)
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # years 1 to 9999 (google/protobuf/timestamp.proto)


def read_timestamp(message: Message, node: JsonNode) -> None:
    """Fill a google.protobuf.Timestamp from RFC 3339."""
    example = 'like "2026-01-31T12:30:00Z"'
    if node.kind is not JsonKind.STRING:
        raise ScalarError(f"Timestamp takes a date and time in RFC 3339, not {described(node)}", example)
    text = str(node.value)
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise ScalarError(f"{_short(text)!r} is no date and time in RFC 3339", _timestamp_hint(text) or example)
    if len(found[2] or "") > 9:
        raise ScalarError("Timestamp holds nanoseconds, nine digits after the point")
    try:
        datetime.fromisoformat(found[1])
    except ValueError:
        raise ScalarError(f"{text!r} is a date or time that does not exist") from None
    try:
        message.FromJsonString(text)  # type: ignore[attr-defined]  # known by its name
    except ValueError:
        raise ScalarError(f"{text!r} is outside the years 0001 to 9999 in UTC") from None
    if not _FIRST_SECOND <= message.seconds <= _LAST_SECOND:  # type: ignore[attr-defined]  # known by its name
        raise ScalarError(f"{text!r} is outside the years 0001 to 9999 in UTC")


def read_duration(message: Message, node: JsonNode) -> None:
    """Fill a google.protobuf.Duration from seconds with an `s` behind them."""
    example = 'seconds with an s, like "1.5s"'
    if node.kind is not JsonKind.STRING:
        raise ScalarError(f"Duration takes a string, not {described(node)}", example)
    text = str(node.value)
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ScalarError(f"{_short(text)!r} is no duration", example)
    if len(found[2] or "") > 9:
        raise ScalarError("Duration holds nanoseconds, nine digits after the point")
    digits = found[1].lstrip("0")
    seconds = int(digits or "0") if len(digits) <= 12 else _LONGEST_DURATION + 1
    nanos = int((found[2] or "0").ljust(9, "0"))
    if seconds > _LONGEST_DURATION:
        raise ScalarError(f"{_short(text)!r} is too long: {_LONGEST_DURATION}.999999999s is the longest Duration")
    sign = -1 if text.startswith("-") else 1
    message.seconds, message.nanos = sign * seconds, sign * nanos  # type: ignore[attr-defined]  # known by its name


def read_field_mask(message: Message, node: JsonNode) -> None:
    """Fill a google.protobuf.FieldMask from paths in lowerCamelCase with commas between them."""
    example = 'like "name,address.city"'
    if node.kind is not JsonKind.STRING:
        example = _field_mask_from_object(node) or example
        raise ScalarError(f"FieldMask takes one string with commas between the paths, not {described(node)}", example)
    text = str(node.value)
    for path in text.split(",") if text else ():
        if "_" in path and _PATH.fullmatch(path):
            camel = _camel_case(path)
            raise ScalarError(f"paths of a FieldMask are in lowerCamelCase in JSON, not {path!r}", f"write {camel}")
        if not _PATH.fullmatch(path):
            raise ScalarError(f"{_short(path)!r} is no path of fields" if path else "a path of the FieldMask is empty")
    try:
        message.FromJsonString(text)  # type: ignore[attr-defined]  # known by its name
    except ValueError as error:
        raise ScalarError(f"{_short(text)!r} is no FieldMask: {_reason(error)}", example) from None


def _field_mask_from_object(node: JsonNode) -> str:
    """What to write in place of `{"paths": […]}`, which grpcurl and older libraries take."""
    lists = [value for name, value in node.members if name.value == "paths"]
    paths = [str(element.value) for value in lists for element in value.elements]
    return f'write "{_short(",".join(map(_camel_case, paths)))}"' if paths else ""


def _camel_case(path: str) -> str:
    return re.sub(r"_+([A-Za-z0-9]?)", lambda found: found[1].upper(), path)


def struct_number(node: JsonNode) -> float:
    """A number inside a Struct, which is a double: a whole number that a double cannot hold is refused."""
    literal = str(node.value)
    number = float(literal)
    if math.isinf(number):
        raise ScalarError(f"{_short(literal)} is beyond double, which is what Struct and Value hold")
    if literal.lstrip("-").isdigit() and len(literal) > 15 and whole_number(f"{number:.0f}") != whole_number(literal):
        raise ScalarError(
            f"Struct and Value hold numbers as double: {_short(literal)} would become {number:.0f}",
            "put it in quotes to send it as a string",
        )
    return number


def described(node: JsonNode) -> str:
    """A value in a sentence: short ones as written, others by their kind."""
    if node.kind is JsonKind.NUMBER:
        return _short(str(node.value))
    if node.kind is JsonKind.BOOL:
        return "true" if node.value else "false"
    if node.kind is JsonKind.STRING and isinstance(node.value, str) and len(node.value) <= 40:
        return f"the string {node.value!r}"
    return str(node.kind.value)


def shape_type(shape: FieldShape) -> str:
    """The type of one value of the field."""
    type_name: str = shape.type_name
    return type_name.removeprefix("repeated ")


def _number_literal(shape: FieldShape, node: JsonNode, wanted: str) -> str:
    literal = node.value
    if node.kind is JsonKind.NUMBER and isinstance(literal, str):
        return literal
    if node.kind is not JsonKind.STRING or not isinstance(literal, str):
        raise ScalarError(f"{shape_type(shape)} takes {wanted}, not {described(node)}")
    if not _NUMBER.fullmatch(literal):
        hint = ""
        if shape.kind in (FieldKind.FLOAT, FieldKind.DOUBLE):
            hint = {"nan": 'write "NaN"', "inf": 'write "Infinity"', "-inf": 'write "-Infinity"'}.get(
                literal.lower().replace("inity", ""), ""
            )
        raise ScalarError(f"{shape_type(shape)} takes {wanted}, not {described(node)}", hint)
    return literal


def _unquoted_hint(node: JsonNode) -> str:
    return f"write {node.value} without quotes" if node.value in ("true", "false") else ""


def _enum_hint(shape: FieldShape, typed: str) -> str:
    names = [value.name for value in shape.enum_values]
    ending = [name for name in names if typed and name.upper().endswith(f"_{typed.upper()}")]
    if ending:
        return suggestion(ending[:1])
    shown = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
    return did_you_mean(typed[:100], names) or f"it has {shown}"


def _timestamp_hint(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f'the time belongs to it: "{text}T00:00:00Z"'
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ t]\d\d:\d\d:\d\d.*", text):
        return "a capital T stands between date and time, and Z or an offset at the end"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", text):
        return f'the zone is missing: "{text}Z" for UTC'
    return ""


def _reason(error: ValueError) -> str:
    return str(error).rstrip(".")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
