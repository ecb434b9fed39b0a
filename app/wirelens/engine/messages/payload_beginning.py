"""The beginning of a serialized message as a message of its own, however large the whole is.

https://protobuf.dev/programming-guides/encoding/ (tags, varints, length-delimited records).
"""

from google.protobuf.descriptor import Descriptor, FieldDescriptor

_VARINT, _FIXED64, _DELIMITED, _GROUP_START, _GROUP_END, _FIXED32 = range(6)
_DEEPEST = 20


def shortened_payload(payload: bytes, descriptor: Descriptor, budget: int) -> bytes:
    """The first fields of a message, in about `budget` bytes: texts and messages inside it are shortened too.

    What does not look like a message ends it; whoever parses the result learns whether it is one.
    """
    return _shortened(memoryview(payload), descriptor, budget, 0)


def _shortened(data: memoryview, descriptor: Descriptor, budget: int, depth: int) -> bytes:
    result = bytearray()
    position = 0
    while position < len(data) and len(result) < budget:
        start = position
        try:
            tag, position = _varint(data, position)
            number, wire_type = tag >> 3, tag & 7
            if wire_type == _VARINT:
                _, position = _varint(data, position)
            elif wire_type == _FIXED64:
                position += 8
            elif wire_type == _FIXED32:
                position += 4
            elif wire_type == _DELIMITED:
                length, position = _varint(data, position)
                record = data[position : position + length]
                position += length
                left = budget - len(result)
                if length > left:
                    field = descriptor.fields_by_number.get(number)
                    record = memoryview(_shortened_record(record, field, left, depth))
                result += _as_varint(tag) + _as_varint(len(record)) + record
                continue
            else:
                break  # groups are rare: what follows one is left out
        except IndexError:
            break
        if position <= len(data):
            result += data[start:position]
    return bytes(result)


def _shortened_record(record: memoryview, field: FieldDescriptor | None, budget: int, depth: int) -> bytes:
    if field is not None and field.message_type is not None:
        return _shortened(record, field.message_type, budget, depth + 1) if depth < _DEEPEST else b""
    if field is None or field.type == FieldDescriptor.TYPE_BYTES:
        return bytes(record[:budget])
    if field.type == FieldDescriptor.TYPE_STRING:
        end = budget
        while end > 0 and record[end] & 0xC0 == 0x80:  # not within a character
            end -= 1
        return bytes(record[:end])
    return _shortened_packed(record, field, budget)


def _shortened_packed(record: memoryview, field: FieldDescriptor, budget: int) -> bytes:
    width = {
        FieldDescriptor.TYPE_DOUBLE: 8,
        FieldDescriptor.TYPE_FIXED64: 8,
        FieldDescriptor.TYPE_SFIXED64: 8,
        FieldDescriptor.TYPE_FLOAT: 4,
        FieldDescriptor.TYPE_FIXED32: 4,
        FieldDescriptor.TYPE_SFIXED32: 4,
    }.get(field.type)
    end = budget
    if width is not None:
        end -= end % width
    else:
        while end > 0 and record[end - 1] & 0x80:  # not within a varint
            end -= 1
    return bytes(record[:end])


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    """The number at `position` and where it ends; IndexError where there is none."""
    number = shift = 0
    while shift < 70:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
    raise IndexError


def _as_varint(number: int) -> bytes:
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)
