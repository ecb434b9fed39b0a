"""A glance at a message too large to be decoded for one line in a list: its small fields, and the sizes of the others.

https://protobuf.dev/programming-guides/encoding/
"""

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.preview import message_preview
from wirelens.presentation.amounts import size_text

_SMALL_FIELD = 512  # bytes
_ENOUGH = 2048  # bytes of small fields
_LONGEST_VARINT = 10


def large_message_preview(payload: bytes, descriptor: Descriptor, limit: int = 200) -> str:
    """`name: "Ada", avatar: 8.4 MiB`: costs the same for a message of any size, since large fields are stepped over."""
    small = bytearray()
    large: list[str] = []
    for number, start, end in _fields(payload):
        if end - start > _SMALL_FIELD:
            field = descriptor.fields_by_number.get(number)
            large.append(f"{field.name if field is not None else f'#{number}'}: {size_text(end - start)}")
        else:
            small += payload[start:end]
        if len(small) > _ENOUGH or len(large) > limit // 8:
            break
    shown = [message_preview(message, limit)] if small and (message := _parsed(bytes(small), descriptor)) else []
    return ", ".join([*shown, *large]) if shown or large else size_text(len(payload))


def _parsed(payload: bytes, descriptor: Descriptor) -> Message | None:
    try:
        return GetMessageClass(descriptor).FromString(payload)
    except DecodeError:
        return None


def _fields(payload: bytes) -> list[tuple[int, int, int]]:
    """The first top-level fields: number, where the tag begins, where the value ends; up to what makes no sense."""
    found: list[tuple[int, int, int]] = []
    position, size = 0, 0
    while position < len(payload) and len(found) < _ENOUGH and size <= _ENOUGH:
        start = position
        tag, position = _varint(payload, position)
        match tag & 7 if tag > 0 else None:
            case 0:  # varint
                _, position = _varint(payload, position)
            case 1:  # eight bytes
                position += 8
            case 2:  # a length and so many bytes
                length, position = _varint(payload, position)
                position += max(length, 0)
            case 5:  # four bytes
                position += 4
            case _:
                break  # nonsense, or a group: rare, and its end is not worth looking for here
        if position > len(payload):
            break
        found.append((tag >> 3, start, position))
        if position - start <= _SMALL_FIELD:
            size += position - start
    return found


def _varint(payload: bytes, position: int) -> tuple[int, int]:
    """The value and where it ends; -1 where there is none."""
    value = 0
    for shift in range(_LONGEST_VARINT):
        if position >= len(payload):
            return -1, position
        byte = payload[position]
        position += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, position
    return -1, position
