"""What the bytes of a value say, by the declared type, and what bytes without a declared type may be."""

import enum
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.wire.reading import Part, Reading, WireField, wire_type_of
from wirelens.engine.messages.wire.scalars import VARINTS, Scalar, is_in_enum, scalar, signed
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireMistake, WireType, raw_fields, read_varint

_GUESSED_FROM = 4096  # bytes


@dataclass(frozen=True, slots=True)
class WireValue:
    """A value and what is to be said of it; `remarks` are phrases such as `not UTF-8 from its byte 3 on`."""

    value: Scalar
    remarks: tuple[str, ...] = ()


def field_value(buffer: Buffer, field: WireField, element: Span | None = None) -> WireValue | None:
    """The value of a field by its declared type, or of an element of a packed list; None for messages and lists.

    A value that the schema does not know is what its wire type says: a number without a sign, or bytes.
    """
    data = memoryview(buffer)
    shape, span = field.shape, element or field.value
    remarks = []
    if Part.VALUE in field.overlong:
        remarks.append("in more bytes than it needs")
    if not field.is_known or shape is None:
        return _undeclared(data, field, remarks)
    if field.reading is Reading.MESSAGE or (field.reading is Reading.PACKED and element is None):
        return None
    value = scalar(data, shape, span)
    if shape.kind is FieldKind.STRING and isinstance(value, bytes):
        remarks.append(f"not UTF-8 from its byte {_first_bad_byte(value)} on")
    elif shape.kind is FieldKind.ENUM and not is_in_enum(shape, value):
        remarks.append("not in the enum")
    if shape.descriptor.type in VARINTS and not _fits(shape, read_varint(data, *span)[0]):
        remarks.append("more bits than the type has: protobuf drops the upper ones")
    return WireValue(value, tuple(remarks))


def _undeclared(data: memoryview, field: WireField, remarks: list[str]) -> WireValue | None:
    if field.reading is Reading.MISMATCH and field.shape is not None:
        is_sent_so = field.wire_type is wire_type_of(field.shape)
        reason = "not in the enum" if is_sent_so else f"{field.shape.type_name} is not sent as {field.wire_type.name}"
        remarks.append(f"{reason}, so protobuf takes it as unknown")
    start, end = field.value
    match field.wire_type:
        case WireType.VARINT:
            return WireValue(read_varint(data, start, end)[0], tuple(remarks))
        case WireType.I64 | WireType.I32:
            return WireValue(int.from_bytes(data[start:end], "little"), tuple(remarks))
        case WireType.LEN:
            return WireValue(bytes(data[start:end]), tuple(remarks))
        case _:
            return None


def _fits(shape: FieldShape, number: int) -> bool:
    declared = shape.descriptor.type
    if declared == FieldDescriptor.TYPE_BOOL:
        return number <= 1
    if declared in (FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_SINT32):
        return number < 2**32
    if declared in (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_ENUM):
        return -(2**31) <= signed(64)(number) < 2**31
    return True


def _first_bad_byte(content: bytes) -> int:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    raise AssertionError("asked of good text")


# Bounded, since each descriptor keeps its whole pool alive.
@lru_cache(maxsize=512)
def must_be_utf8(field: FieldDescriptor) -> bool:
    """Whether protobuf refuses a message in which this string is no UTF-8 (proto3, or `utf8_validation = VERIFY`).

    Descriptors do not tell, so protobuf itself is asked with such a message.
    """
    owner = field.containing_type
    if owner is None or field.type != FieldDescriptor.TYPE_STRING:
        return False
    tag = field.number << 3 | WireType.LEN
    try:
        GetMessageClass(owner).FromString(varint(tag) + b"\x01\xff")
    except DecodeError:
        return True
    return False


def varint(number: int) -> bytes:
    """A number of 0 and above as the shortest varint."""
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)


class GuessKind(enum.Enum):
    """What bytes that nobody declared may be."""

    EMPTY = "empty"
    TEXT = "text"
    MESSAGE = "message"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Guess:
    """What bytes look like; `sentence` says no more than is known."""

    kind: GuessKind
    sentence: str


def guess(buffer: Buffer, value: Span) -> Guess:
    """What the LEN value of a field without a declared type may be, judged by its first 4,096 bytes at most."""
    data = memoryview(buffer)
    if not value.size:
        return Guess(GuessKind.EMPTY, "empty: a text, bytes or a message without fields")
    is_whole = value.size <= _GUESSED_FROM
    text = _as_text(bytes(data[value.start : min(value.end, value.start + _GUESSED_FROM)]), is_whole)
    numbers = _as_message(data, value)
    begins = "" if is_whole else " at its beginning"
    if text is not None:
        also = "; it could be a message as well" if numbers and is_whole else ""
        return Guess(GuessKind.TEXT, f"reads as text{begins}{also}")
    if numbers:
        shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
        return Guess(GuessKind.MESSAGE, f"could be a message{begins}, with field{'s' * (len(numbers) > 1)} {shown}")
    return Guess(GuessKind.BYTES, "bytes that read neither as text nor as a message")


def _as_text(content: bytes, is_whole: bool) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if is_whole or error.start < len(content) - 3:  # else a character is cut
            return None
        text = content[: error.start].decode()
    return text if all(character.isprintable() or character in "\n\r\t" for character in text) else None


def _as_message(data: memoryview, value: Span) -> list[int]:
    """The numbers of the fields that the bytes have if they are a message; none where they are not."""
    numbers: dict[int, Any] = {}
    for raw in raw_fields(data, *value):
        if raw is None or raw.start >= value.start + _GUESSED_FROM:
            break
        if isinstance(raw, WireMistake):
            return []
        numbers[raw.number] = None
    return list(numbers)
