"""From a field's path to the bytes that hold it, and from a byte to the path of what it belongs to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.wire.level import Spans, map_entry
from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.reading import Part, Reading, WireField, read_fields
from wirelens.engine.messages.wire.scalars import Scalar, is_closed_enum, is_in_enum, scalar
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireMistake


@dataclass(frozen=True, slots=True)
class MapKey:
    """The step of a path into a map: the key as JSON writes it between its quotes."""

    text: str


WirePath: TypeAlias = tuple[str | int | MapKey, ...]
"""Field names (`WireField.path_name`), positions in lists, keys of maps: ("user", "tags", 0)."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Bytes that hold what a path names: a whole field, or `element` of the packed list in it."""

    field: WireField
    element: Span | None = None

    @property
    def value(self) -> Span:
        """The value alone."""
        return self.element or self.field.value


@dataclass(frozen=True, slots=True)
class BytePlace:
    """What a byte is: `part` of `field`, the innermost that the schema can tell, whose path is `path`.

    Within a map's entry, `path` is the entry's and `field` its key or value. `element` is the number of a packed list.
    Bytes that cannot be read have a `mistake` in place of a field, and the path of the message that it is in.
    """

    path: WirePath
    field: WireField | None
    part: Part | None
    element: Span | None = None
    mistake: WireMistake | None = None


def occurrences(buffer: Buffer, descriptor: Descriptor, path: WirePath) -> list[Occurrence]:
    """Where the bytes of `path` are; none where they were not sent.

    There are several for a list, for a message that was sent in pieces (all count) and for a scalar or a map's key
    that was sent again (the last counts). The time is that of the levels on the way: up to where the path leads.
    """
    data = memoryview(buffer)
    return _occurrences(data, (Span(0, len(data)),), descriptor, path)


def _occurrences(
    data: memoryview, spans: Sequence[Span], descriptor: Descriptor | None, path: WirePath
) -> list[Occurrence]:
    if not path:
        return []
    name, *rest = path
    readable = (each for each in _fields(data, spans, descriptor) if isinstance(each, WireField))
    found = [field for field in _without_cleared(readable) if field.path_name == name]
    shape = found[0].shape if found and found[0].is_known else None
    if not rest:
        return [Occurrence(field) for field in found]
    if shape is None or not (shape.is_map or shape.is_repeated):
        inner = found[0].message_type if found else None
        return _occurrences(data, [field.value for field in found], inner, tuple(rest)) if inner is not None else []
    step, *rest = rest
    if shape.is_map:
        return _in_map(data, shape, found, step, tuple(rest))
    at = _element(data, found, step) if isinstance(step, int) else None
    if at is None or not rest:
        return [at] if at is not None else []
    return _occurrences(data, [at.value], at.field.message_type, tuple(rest))


def _in_map(
    data: memoryview, shape: FieldShape, found: list[WireField], step: str | int | MapKey, rest: WirePath
) -> list[Occurrence]:
    entries = [(field, map_entry(data, shape, field.value)) for field in found]
    known = [(field, entry) for field, entry in entries if isinstance(entry, tuple)]
    if isinstance(step, int):
        chosen = known[step : step + 1]
    else:
        chosen = [(field, entry) for field, entry in known if MapKey(key_text(entry[0])) == step]
    if not rest or not chosen:
        return [Occurrence(field) for field, _ in chosen]
    inner = shape.value.descriptor.message_type if shape.value is not None else None
    last: tuple[Scalar, Spans] = chosen[-1][1]
    return _occurrences(data, last[1], inner, rest) if inner is not None else []


def _element(data: memoryview, found: list[WireField], index: int) -> Occurrence | None:
    for field in found:
        if field.reading is Reading.PACKED and field.shape is not None:
            values = _packed_values(data, field.shape, field)
            if index < len(values):
                return Occurrence(field, values[index])
            index -= len(values)
        elif index == 0:
            return Occurrence(field)
        else:
            index -= 1
    return None


def place_at(buffer: Buffer, descriptor: Descriptor | None, offset: int) -> BytePlace:
    """What the byte at `offset` is; the time is that of the bytes before it.

    Raises:
        IndexError: there is no such byte.
    """
    data = memoryview(buffer)
    if not 0 <= offset < len(data):
        raise IndexError(f"byte {offset} of {len(data)}")
    return _place(data, [Span(0, len(data))], descriptor, offset, ())


def _place(
    data: memoryview, spans: Sequence[Span], descriptor: Descriptor | None, offset: int, path: WirePath
) -> BytePlace:
    """`spans` are the pieces of one message; the byte is in the last."""
    before: list[WireField] = []
    for each in _fields(data, spans, descriptor):
        if not (each.start <= offset < each.end and spans[-1].start <= each.start):
            if isinstance(each, WireField):
                before.append(each)
            continue
        if isinstance(each, WireMistake):
            return BytePlace(path, None, None, mistake=each)
        return _place_in_field(data, before, each, offset, (*path, each.path_name))
    raise AssertionError("a byte of a message is in a field or in what cannot be read")


def _place_in_field(
    data: memoryview, before: list[WireField], field: WireField, offset: int, path: WirePath
) -> BytePlace:
    part, shape = field.part_at(offset), field.shape
    same = [each for each in _without_cleared([*before, field])[:-1] if each.number == field.number and each.is_known]
    pieces = [each.value for each in (*same, field)]
    if shape is None or not field.is_known:
        return BytePlace(path, field, part)
    if shape.is_map:
        entry = map_entry(data, shape, field.value)
        if not isinstance(entry, tuple):
            return BytePlace(path, field, part)
        path = (*path, MapKey(key_text(entry[0])))
        return _place_in_entry(data, field, offset, path) if part is Part.VALUE else BytePlace(path, field, part)
    if shape.is_repeated:
        pieces = [field.value]
        index = sum(_count(data, each) for each in same)
        if field.reading is Reading.PACKED:
            return _place_in_packed(data, shape, field, offset, (path, index))
        path = (*path, index)
    if field.message_type is None or part is not Part.VALUE:
        return BytePlace(path, field, part)
    return _place(data, pieces, field.message_type, offset, path)


def _place_in_entry(data: memoryview, entry: WireField, offset: int, path: WirePath) -> BytePlace:
    values: list[Span] = []
    for field in read_fields(data, entry.message_type, *entry.value):
        assert isinstance(field, WireField), "the entry has been read"
        inner = field.message_type
        if inner is not None:
            values.append(field.value)
        if field.start <= offset < field.end:
            part = field.part_at(offset)
            if inner is None or part is not Part.VALUE:
                return BytePlace(path, field, part)
            return _place(data, values, inner, offset, path)
    raise AssertionError("the byte is in the entry")


def _place_in_packed(
    data: memoryview, shape: FieldShape, field: WireField, offset: int, beginning: tuple[WirePath, int]
) -> BytePlace:
    path, first = beginning
    part = field.part_at(offset)
    if part is not Part.VALUE:
        return BytePlace(path, field, part)
    packed = PackedElements(data, shape, *field.value)
    packed.count_on()
    if packed.mistake is not None and offset >= packed.mistake.start:
        return BytePlace(path, field, part, mistake=packed.mistake)
    index = packed.index_at(offset)
    element = packed[index]
    if is_closed_enum(shape):
        values = _packed_values(data, shape, field)
        if element not in values:
            return BytePlace(path, field, part, element)
        index = values.index(element)
    return BytePlace((*path, first + index), field, part, element)


def _count(data: memoryview, field: WireField) -> int:
    if field.reading is Reading.PACKED and field.shape is not None:
        return len(_packed_values(data, field.shape, field))
    return 1


def _packed_values(data: memoryview, shape: FieldShape, field: WireField) -> Sequence[Span]:
    """The elements that are values of the list: numbers that a closed enum lacks are not."""
    packed = PackedElements(data, shape, *field.value)
    if not is_closed_enum(shape):
        return packed
    return [span for span in packed.spans(0, len(packed)) if is_in_enum(shape, scalar(data, shape, span))]


def _fields(
    data: memoryview, spans: Sequence[Span], descriptor: Descriptor | None
) -> Iterator[WireField | WireMistake]:
    for span in spans:
        yield from read_fields(data, descriptor, *span)


def _without_cleared(fields: Iterable[WireField]) -> list[WireField]:
    """The fields of a message without members of a oneof that a later member has cleared."""
    kept = list(fields)
    chosen: dict[str, tuple[int, int]] = {}  # the member that came last, and where its run begins
    for index, field in enumerate(kept):
        oneof = _oneof(field)
        if oneof is not None and chosen.get(oneof, (0, 0))[0] != field.number:
            chosen[oneof] = (field.number, index)
    if not chosen:
        return kept
    return [field for index, field in enumerate(kept) if (oneof := _oneof(field)) is None or index >= chosen[oneof][1]]


def _oneof(field: WireField) -> str | None:
    return field.shape.oneof if field.shape is not None and field.is_known else None


def key_text(key: Scalar) -> str:
    """A map's key as JSON writes it between its quotes."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
