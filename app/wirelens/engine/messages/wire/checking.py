"""Whether protobuf would take bytes as a message of a type, and if not, where it stops and why."""

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.reading import FieldsByNumber, Reading, reading_of
from wirelens.engine.messages.wire.scanning import Buffer, RawField, Span, WireMistake, WireType, raw_fields
from wirelens.engine.messages.wire.values import must_be_utf8

_DEEPEST = 100  # messages within each other: upb's default limit


def find_mistake(buffer: Buffer, descriptor: Descriptor) -> WireMistake | None:
    """The first place that makes protobuf's parser refuse these bytes; None where it takes them.

    Every level is looked at, so the time is that of the whole message (some 1 µs a field): large ones belong in a
    thread. Required fields that are missing are no mistake of the bytes.
    """
    data = memoryview(buffer)
    return _find(data, Span(0, len(data)), descriptor, 0)


def _find(data: memoryview, span: Span, descriptor: Descriptor | None, depth: int) -> WireMistake | None:
    if depth > _DEEPEST:
        return WireMistake(span.start, span.end, f"message {depth} within another: protobuf's parser takes {_DEEPEST}")
    shapes = FieldsByNumber(descriptor)
    for raw in raw_fields(data, *span, is_unknown_group=descriptor is None):
        mistake = raw if raw is None or isinstance(raw, WireMistake) else _within(data, raw, shapes, depth)
        if mistake is not None:
            return mistake
    return None


def _within(data: memoryview, raw: RawField, shapes: FieldsByNumber, depth: int) -> WireMistake | None:
    shape = shapes[raw.number]
    reading = reading_of(shape, raw.wire_type)
    value = Span(raw.value_start, raw.value_end)
    if shape is not None and reading is Reading.MESSAGE:
        return _find(data, value, shape.descriptor.message_type, depth + 1)
    if raw.wire_type == WireType.SGROUP:
        return _find(data, value, None, depth + 1)
    if shape is not None and reading is Reading.PACKED:
        packed = PackedElements(data, shape, *value)
        packed.count_on()
        return packed.mistake
    if shape is not None and reading is Reading.STRING and must_be_utf8(shape.descriptor):
        try:
            str(data[value.start : value.end], "utf-8")
        except UnicodeDecodeError as error:
            at = value.start + error.start
            return WireMistake(at, value.end, "the text is no UTF-8 from here on")
    return None
