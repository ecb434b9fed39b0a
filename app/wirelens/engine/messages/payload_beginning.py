"""The beginning of a serialized message as a message of its own, however large the whole is."""

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.wire.reading import FieldsByNumber, Reading, reading_of, wire_type_of
from wirelens.engine.messages.wire.scanning import Buffer, RawField, WireMistake, WireType, raw_fields
from wirelens.engine.messages.wire.values import varint

_DEEPEST = 20
_WIDTHS = {WireType.I64: 8, WireType.I32: 4}


def shortened_payload(payload: Buffer, descriptor: Descriptor, budget: int) -> bytes:
    """The first fields of a message, in about `budget` bytes: texts and messages inside it are shortened too.

    What does not look like a message ends it; whoever parses the result learns whether it is one.
    """
    return _shortened(memoryview(payload), descriptor, budget, 0)


def _shortened(data: memoryview, descriptor: Descriptor, budget: int, depth: int) -> bytes:
    result = bytearray()
    shapes = FieldsByNumber(descriptor)
    for raw in raw_fields(data, 0, len(data)):
        if raw is None or isinstance(raw, WireMistake):
            break  # also a group so large that its end is not looked for
        left = budget - len(result)
        if raw.end - raw.start <= left or raw.wire_type not in (WireType.LEN, WireType.SGROUP):
            result += data[raw.start : raw.end]
        else:
            value = _shortened_value(data, raw, shapes[raw.number], left, depth)
            tag = data[raw.start : raw.tag_end]
            if raw.wire_type == WireType.LEN:
                result += bytes(tag) + varint(len(value)) + value
            else:
                result += bytes(tag) + value + data[raw.value_end : raw.end]
        if len(result) >= budget:
            break
    return bytes(result)


def _shortened_value(data: memoryview, raw: RawField, shape: FieldShape | None, budget: int, depth: int) -> bytes:
    value = data[raw.value_start : raw.value_end]
    reading = reading_of(shape, raw.wire_type)
    if shape is not None and reading is Reading.MESSAGE:
        message_type = shape.descriptor.message_type
        assert message_type is not None
        return _shortened(value, message_type, budget, depth + 1) if depth < _DEEPEST else b""
    if raw.wire_type == WireType.SGROUP:
        return b""
    if shape is not None and reading is Reading.PACKED:
        return _shortened_packed(value, shape, budget)
    end = min(budget, len(value))
    if shape is not None and shape.descriptor.type == FieldDescriptor.TYPE_STRING:
        while 0 < end < len(value) and value[end] & 0xC0 == 0x80:  # not within a character
            end -= 1
    return bytes(value[:end])


def _shortened_packed(value: memoryview, shape: FieldShape, budget: int) -> bytes:
    end = min(budget, len(value))
    width = _WIDTHS.get(wire_type_of(shape))
    if width is not None:
        end -= end % width
    else:
        while end > 0 and value[end - 1] & 0x80:  # not within a varint
            end -= 1
    return bytes(value[:end])
