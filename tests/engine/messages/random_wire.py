"""Bytes that may be a message: fields of a type in any order, number and encoding, strangers among them, damaged."""

import struct
from typing import Any

from google.protobuf.descriptor import Descriptor
from hypothesis import strategies as st

from wirelens.engine.messages.fields import FieldKind, FieldShape, message_extensions, message_fields
from wirelens.engine.messages.wire.reading import wire_type_of
from wirelens.engine.messages.wire.scanning import WireType

_DEEPEST = 3
_NUMBERS = st.sampled_from([0, 1, 2, 3, 127, 128, 2**31, 2**32 + 1, 2**63, 2**64 - 1]) | st.integers(0, 2**64 - 1)
_TEXTS = st.text(max_size=5).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=5)


def varint(number: int, padding: int = 0) -> bytes:
    """A varint with `padding` bytes more than it needs."""
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    for _ in range(padding):
        result[-1] |= 0x80
        result.append(0)
    return bytes(result)


def tagged(number: int, wire_type: WireType, value: bytes, padding: int = 0) -> bytes:
    """A whole field; `value` is without length and end tag."""
    tag = varint(number << 3 | wire_type, padding)
    if wire_type is WireType.LEN:
        return tag + varint(len(value), padding) + value
    if wire_type is WireType.SGROUP:
        return tag + value + varint(number << 3 | WireType.EGROUP)
    return tag + value


@st.composite
def payloads(draw: st.DrawFn, descriptor: Descriptor, depth: int = 0) -> bytes:
    """Fields of the type, most of them encoded as declared."""
    shapes = [*message_fields(descriptor), *message_extensions(descriptor)]
    few = draw(st.lists(st.sampled_from(shapes), max_size=3)) if shapes else []  # so that fields come again
    parts = []
    for _ in range(draw(st.integers(0, 6 if depth == 0 else 3))):
        kind = draw(st.integers(0, 9))
        if few and kind < 8:
            parts.append(_field(draw, draw(st.sampled_from(few)), depth))
        elif few and kind == 8:
            parts.append(_stranger(draw, draw(st.sampled_from(few)).number))
        else:
            parts.append(_stranger(draw, draw(st.integers(1, 20) | st.just(2**29 - 1))))
    return b"".join(parts)


@st.composite
def damaged(draw: st.DrawFn, payload: bytes) -> bytes:
    """The same bytes with some cut off, changed or put in."""
    content = bytearray(payload)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        match draw(st.integers(0, 2)):
            case 0:
                del content[at : at + draw(st.integers(1, 3))]
            case 1:
                content[at:at] = draw(st.binary(min_size=1, max_size=11) | st.sampled_from([b"\xff" * 10, b"\x0c"]))
            case _:
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
    return bytes(content)


def _field(draw: st.DrawFn, shape: FieldShape, depth: int) -> bytes:
    wire_type = wire_type_of(shape)
    padding = draw(st.sampled_from([0, 0, 0, 1]))
    if shape.is_repeated and wire_type in (WireType.VARINT, WireType.I64, WireType.I32) and draw(st.booleans()):
        values = b"".join(_value(draw, shape, depth) for _ in range(draw(st.integers(0, 4))))
        return tagged(shape.number, WireType.LEN, values, padding)
    return tagged(shape.number, wire_type, _value(draw, shape, depth), padding)


def _value(draw: st.DrawFn, shape: FieldShape, depth: int) -> bytes:
    wire_type = wire_type_of(shape)
    if shape.kind.is_message:
        descriptor: Any = shape.descriptor.message_type
        return draw(payloads(descriptor, depth + 1)) if depth < _DEEPEST else b""
    if wire_type is WireType.LEN:
        return draw(_TEXTS if draw(st.integers(0, 3)) == 0 else st.sampled_from([b"", b"a", "ä€".encode()]))
    if wire_type is WireType.VARINT:
        if shape.kind is FieldKind.ENUM and draw(st.booleans()):
            number = draw(st.sampled_from([value.number for value in shape.enum_values])) % 2**64
        else:
            number = draw(_NUMBERS)
        return varint(number, draw(st.sampled_from([0, 0, 1])) if number < 2**32 else 0)
    return draw(_fixed(8 if wire_type is WireType.I64 else 4))


def _fixed(width: int) -> st.SearchStrategy[bytes]:
    minus_zero = struct.pack("<d" if width == 8 else "<f", -0.0)
    return st.sampled_from([bytes(width), minus_zero]) | st.binary(min_size=width, max_size=width)


def _stranger(draw: st.DrawFn, number: int) -> bytes:
    match draw(st.sampled_from([each for each in WireType if each is not WireType.EGROUP])):
        case WireType.VARINT:
            return tagged(number, WireType.VARINT, varint(draw(_NUMBERS)))
        case WireType.I64:
            return tagged(number, WireType.I64, draw(_fixed(8)))
        case WireType.I32:
            return tagged(number, WireType.I32, draw(_fixed(4)))
        case WireType.LEN:
            return tagged(number, WireType.LEN, draw(_TEXTS))
        case _:
            inner = b"\x08\x01" * draw(st.integers(0, 2)) + b"\x13\x14" * draw(st.integers(0, 1))
            return tagged(number, WireType.SGROUP, inner)
