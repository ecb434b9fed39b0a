"""Values on one line for people who compare two: exact, and of long ones the part in which they differ."""

import json
import math
from collections.abc import Generator

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.json_writing import shortest_float
from wirelens.engine.messages.wire.scalars import Scalar

_SHOWN = 120  # bytes of a long text or of bytes
_BEFORE = 24  # of these, before the first difference
_BLOCK = 2**20


def scalar_words(shape: FieldShape, value: Scalar) -> str:
    """A scalar that is no text and no bytes: integers in all their digits, an enum as its name and number."""
    match shape.kind:
        case FieldKind.BOOL:
            return "true" if value else "false"
        case FieldKind.ENUM:
            enum_type = shape.descriptor.enum_type
            named = enum_type.values_by_number.get(int(value)) if enum_type is not None else None
            return f"{named.name} ({int(value)})" if named is not None else str(value)
        case FieldKind.FLOAT:
            return _number(shortest_float(float(value)))
        case FieldKind.DOUBLE:
            return _number(float(value))
    return str(value)


def is_same_number(left: Scalar, right: Scalar) -> bool:
    """Whether two numbers are the same; NaN is the same as NaN, and -0.0 is not the same as 0.0."""
    if isinstance(left, float) and isinstance(right, float):
        if math.isnan(left) or math.isnan(right):
            return math.isnan(left) and math.isnan(right)
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return left == right


def first_difference(left: memoryview, right: memoryview) -> Generator[None, None, int | None]:
    """The first byte in which they differ, None where they are the same; yields once a megabyte."""
    for start in range(0, max(len(left), len(right), 1), _BLOCK):
        one, other = bytes(left[start : start + _BLOCK]), bytes(right[start : start + _BLOCK])
        if one != other:
            return start + _common_length(one, other)
        yield None
    return None


def _common_length(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def text_words(data: memoryview, difference: int) -> str:
    """A string's UTF-8 as JSON has it, around the byte in which it differs from another."""
    start = max(0, difference - _BEFORE) if len(data) > _SHOWN else 0
    while start < len(data) and start and data[start] & 0xC0 == 0x80:  # not within a character
        start += 1
    end = min(len(data), start + _SHOWN)
    while end < len(data) and end > start and data[end] & 0xC0 == 0x80:
        end -= 1
    words = json.dumps(bytes(data[start:end]).decode("utf-8", "replace"), ensure_ascii=False)
    return f"{'…' if start else ''}{words}{'…' if end < len(data) else ''}"


def bytes_words(data: memoryview, difference: int = 0) -> str:
    """The size, and hexadecimal digits around the byte in which they differ from others."""
    shown = _SHOWN // 4
    start = max(0, difference - _BEFORE // 4) if len(data) > shown else 0
    size = f"{len(data):,} byte" if len(data) == 1 else f"{len(data):,} bytes"
    if not data:
        return size
    where = f" from {start:,}" if start else ""
    return f"{size}{where} 0x{bytes(data[start : start + shown]).hex()}{'…' if start + shown < len(data) else ''}"


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
