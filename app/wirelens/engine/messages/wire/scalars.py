"""The values of scalar fields, from their bytes and the declared type.

https://protobuf.dev/programming-guides/encoding/
"""

import struct
from collections.abc import Callable
from typing import TypeAlias

from google.protobuf.descriptor import FieldDescriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.wire.scanning import Buffer, Span, read_varint

Scalar: TypeAlias = bool | int | float | str | bytes


def signed(bits: int) -> Callable[[int], int]:
    """What makes a signed number of so many of a varint's bits."""
    half, mask = 1 << (bits - 1), (1 << bits) - 1
    return lambda number: ((number & mask) ^ half) - half


def _zigzag(bits: int) -> Callable[[int], int]:
    mask = (1 << bits) - 1
    return lambda number: ((number & mask) >> 1) ^ -(number & 1)


VARINTS: dict[int, Callable[[int], int | bool]] = {
    FieldDescriptor.TYPE_INT32: signed(32),
    FieldDescriptor.TYPE_INT64: signed(64),
    FieldDescriptor.TYPE_UINT32: lambda number: number & 0xFFFFFFFF,
    FieldDescriptor.TYPE_UINT64: lambda number: number,
    FieldDescriptor.TYPE_SINT32: _zigzag(32),
    FieldDescriptor.TYPE_SINT64: _zigzag(64),
    FieldDescriptor.TYPE_BOOL: bool,
    FieldDescriptor.TYPE_ENUM: signed(32),
}
_FIXED = {
    FieldDescriptor.TYPE_DOUBLE: struct.Struct("<d"),
    FieldDescriptor.TYPE_FLOAT: struct.Struct("<f"),
    FieldDescriptor.TYPE_FIXED64: struct.Struct("<Q"),
    FieldDescriptor.TYPE_SFIXED64: struct.Struct("<q"),
    FieldDescriptor.TYPE_FIXED32: struct.Struct("<I"),
    FieldDescriptor.TYPE_SFIXED32: struct.Struct("<i"),
}


def scalar(buffer: Buffer, shape: FieldShape, value: Span) -> Scalar:
    """One value of `shape`'s declared type, as protobuf's Python classes give it.

    Integers are exact, an enum is its number, a string that is no UTF-8 is the bytes.
    """
    data = memoryview(buffer)
    declared = shape.descriptor.type
    if convert := VARINTS.get(declared):
        return convert(read_varint(data, value.start, value.end)[0])
    if fixed := _FIXED.get(declared):
        number: int | float = fixed.unpack_from(data, value.start)[0]
        return number
    content = bytes(data[value.start : value.end])
    if shape.kind is FieldKind.STRING:
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content
    return content


def is_closed_enum(shape: FieldShape) -> bool:
    """Whether only the numbers that the enum names are values of the field; others are unknown fields."""
    return shape.kind is FieldKind.ENUM and shape.enum_is_closed


def is_in_enum(shape: FieldShape, number: Scalar) -> bool:
    """Whether the enum of the field names the number."""
    enum_type = shape.descriptor.enum_type
    return enum_type is None or number in enum_type.values_by_number
