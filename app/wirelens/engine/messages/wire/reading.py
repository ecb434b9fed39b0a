"""The fields of one message as spans with what the schema says of them, read as far as somebody asks."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape, message_fields
from wirelens.engine.messages.wire.scalars import is_closed_enum, is_in_enum, scalar
from wirelens.engine.messages.wire.scanning import Buffer, RawField, Span, WireMistake, WireType, raw_fields

_WIRE_TYPES = {
    FieldDescriptor.TYPE_DOUBLE: WireType.I64,
    FieldDescriptor.TYPE_FIXED64: WireType.I64,
    FieldDescriptor.TYPE_SFIXED64: WireType.I64,
    FieldDescriptor.TYPE_FLOAT: WireType.I32,
    FieldDescriptor.TYPE_FIXED32: WireType.I32,
    FieldDescriptor.TYPE_SFIXED32: WireType.I32,
    FieldDescriptor.TYPE_STRING: WireType.LEN,
    FieldDescriptor.TYPE_BYTES: WireType.LEN,
    FieldDescriptor.TYPE_MESSAGE: WireType.LEN,
    FieldDescriptor.TYPE_GROUP: WireType.SGROUP,
}


class Reading(enum.Enum):
    """How a field's value is to be read."""

    SCALAR = "scalar"  # a number, bool or enum of the declared type
    STRING = "string"
    BYTES = "bytes"
    PACKED = "packed list"
    MESSAGE = "message"  # also a group, and the entry of a map
    # The schema has the number, but not with this wire type, or the closed enum lacks the value: protobuf takes the
    # field as unknown.
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"  # the schema does not have the number


class Part(enum.Enum):
    """What a byte of a field belongs to."""

    TAG = "tag"
    LENGTH = "length"
    VALUE = "value"
    END_TAG = "end tag"  # of a group


@dataclass(frozen=True, slots=True)
class WireField:
    """One field on the wire; places are bytes from the beginning of the buffer.

    `shape` is what the schema says of the number, extensions included; None where it says nothing. `overlong` names
    the varints that would fit into fewer bytes, which is legal.
    """

    start: int
    tag_end: int
    value_start: int
    value_end: int
    end: int
    number: int
    wire_type: WireType
    shape: FieldShape | None
    reading: Reading
    overlong: tuple[Part, ...] = ()

    @property
    def span(self) -> Span:
        """The whole field, with its tag and length."""
        return Span(self.start, self.end)

    @property
    def tag(self) -> Span:
        return Span(self.start, self.tag_end)

    @property
    def length(self) -> Span | None:
        """The length before a LEN value."""
        return Span(self.tag_end, self.value_start) if self.wire_type is WireType.LEN else None

    @property
    def value(self) -> Span:
        """The value alone; of a group, what is between its tags."""
        return Span(self.value_start, self.value_end)

    @property
    def end_tag(self) -> Span | None:
        """The tag that ends a group."""
        return Span(self.value_end, self.end) if self.wire_type is WireType.SGROUP else None

    @property
    def path_name(self) -> str:
        """What paths call the field: `tags`, `[package.extension]`, `#12` where only the number is known."""
        return self.shape.path_name if self.is_known and self.shape is not None else f"#{self.number}"

    @property
    def is_known(self) -> bool:
        """Whether protobuf takes it as a field of the schema."""
        return self.reading not in (Reading.UNKNOWN, Reading.MISMATCH)

    @property
    def message_type(self) -> Descriptor | None:
        """The type of the message in the value, where the schema says that there is one."""
        return self.shape.descriptor.message_type if self.is_known and self.shape is not None else None

    def part_at(self, offset: int) -> Part:
        """What the byte at `offset`, which is one of this field's, belongs to."""
        if offset < self.tag_end:
            return Part.TAG
        if offset < self.value_start:
            return Part.LENGTH
        return Part.VALUE if offset < self.value_end else Part.END_TAG


class FieldsByNumber(dict[int, FieldShape | None]):
    """The fields of a message type by number; extensions are looked up in its pool when their number is met.

    Make one for each pass: a pool that loads its files when they are asked for may learn of extensions between two.
    """

    def __init__(self, descriptor: Descriptor | None) -> None:
        super().__init__({shape.number: shape for shape in message_fields(descriptor)} if descriptor else {})
        self._extended = descriptor if descriptor is not None and descriptor.is_extendable else None

    def __missing__(self, number: int) -> FieldShape | None:
        shape = None
        if self._extended is not None:
            try:
                shape = field_shape(self._extended.file.pool.FindExtensionByNumber(self._extended, number))
            except KeyError:
                pass
        self[number] = shape
        return shape


def read_fields(
    buffer: Buffer, descriptor: Descriptor | None, start: int = 0, end: int | None = None
) -> Iterator[WireField | WireMistake]:
    """The fields of the one message that is in `buffer` from `start` to before `end`, without those below it.

    Nothing is copied and each field is read when it is asked for, so that a large message can be taken in slices
    (`itertools.islice`). Where bytes cannot be read, a WireMistake comes last, behind all the fields before it.

    Args:
        descriptor: the message's type; None where nothing is known of it.
    """
    data = memoryview(buffer)
    shapes = FieldsByNumber(descriptor)
    known: dict[tuple[int, int], tuple[WireType, FieldShape | None, Reading]] = {}  # by number and wire type
    for raw in raw_fields(data, start, len(data) if end is None else end):
        if raw is None:
            continue
        if isinstance(raw, WireMistake):
            yield raw
            return
        key = (raw.number, raw.wire_type)
        if key not in known:
            shape = shapes[raw.number]
            known[key] = (WireType(raw.wire_type), shape, reading_of(shape, raw.wire_type))
        yield _annotated(data, raw, *known[key])


def reading_of(shape: FieldShape | None, wire_type: int) -> Reading:
    """How a value of this wire type is read where the schema says `shape`."""
    if shape is None:
        return Reading.UNKNOWN
    declared = wire_type_of(shape)
    if wire_type == declared:
        if shape.kind.is_message:
            return Reading.MESSAGE
        if shape.kind is FieldKind.STRING:
            return Reading.STRING
        return Reading.BYTES if shape.kind is FieldKind.BYTES else Reading.SCALAR
    # Readers take a list of numbers either way, however it is declared.
    is_packed = wire_type == WireType.LEN and shape.is_repeated and declared is not WireType.SGROUP
    return Reading.PACKED if is_packed else Reading.MISMATCH


def wire_type_of(shape: FieldShape) -> WireType:
    """The wire type of one value of the field."""
    return _WIRE_TYPES.get(shape.descriptor.type, WireType.VARINT)


def _annotated(
    data: memoryview, raw: RawField, wire_type: WireType, shape: FieldShape | None, reading: Reading
) -> WireField:
    start, tag_end, number, _, value_start, value_end, end = raw
    overlong: tuple[Part, ...] = ()
    if data[tag_end - 1] == 0:  # a tag of one byte is never 0
        overlong = (Part.TAG,)
    if wire_type is WireType.LEN:
        if data[value_start - 1] == 0 and value_start - tag_end > 1:
            overlong += (Part.LENGTH,)
    elif wire_type is WireType.VARINT:
        if data[value_end - 1] == 0 and value_end - value_start > 1:
            overlong += (Part.VALUE,)
        if reading is Reading.SCALAR and shape is not None and is_closed_enum(shape):
            number_sent = scalar(data, shape, Span(value_start, value_end))
            reading = reading if is_in_enum(shape, number_sent) else Reading.MISMATCH
    elif wire_type is WireType.SGROUP and data[end - 1] == 0:
        overlong += (Part.END_TAG,)
    return WireField(start, tag_end, value_start, value_end, end, number, wire_type, shape, reading, overlong)
