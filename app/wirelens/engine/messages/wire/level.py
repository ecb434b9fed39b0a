"""What the fields of one message amount to, by protobuf's rules of merging, read in slices and kept as spans.

Of a number sent several times the last counts, messages are merged, lists are joined, a member of a oneof clears the
others. https://protobuf.dev/programming-guides/encoding/#last-one-wins
"""

import collections
import itertools
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, overload

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.wire.packed import PackedElements
from wirelens.engine.messages.wire.reading import FieldsByNumber, Reading, reading_of
from wirelens.engine.messages.wire.scalars import Scalar, is_closed_enum, is_in_enum, scalar
from wirelens.engine.messages.wire.scanning import Buffer, RawField, Span, WireMistake, WireType, raw_fields

Spans: TypeAlias = tuple[Span, ...]  # of a message that was sent in pieces, to be read one after the other
_DEFAULT_KEYS: dict[FieldKind, Scalar] = {FieldKind.STRING: "", FieldKind.BOOL: False}


class ListContent(Sequence[Span]):
    """The values of a repeated field, packed or not, as the spans of their values."""

    def __init__(self) -> None:
        self._starts, self._ends = array("Q"), array("Q")
        self._runs: list[PackedElements | None] = []  # None: a run of the arrays above
        self._firsts: list[int] = []  # the position in the list of each run's first value
        self._offsets: list[int] = []  # where each run of None begins in the arrays
        self._length = 0

    def append(self, start: int, end: int) -> None:
        """Another value."""
        if not self._runs or self._runs[-1] is not None:
            self._begin(None)
        self._starts.append(start)
        self._ends.append(end)
        self._length += 1

    def extend(self, packed: PackedElements) -> None:
        """The values of a packed field, all of them counted."""
        self._begin(packed)
        self._length += len(packed)

    def _begin(self, run: PackedElements | None) -> None:
        self._runs.append(run)
        self._firsts.append(self._length)
        self._offsets.append(len(self._starts))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Span: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Span]: ...

    def __getitem__(self, index: int | slice) -> Span | Sequence[Span]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(f"value {index} of {self._length}")
        index %= self._length
        at = bisect_right(self._firsts, index) - 1
        run, within = self._runs[at], index - self._firsts[at]
        if run is not None:
            return run[within]
        within += self._offsets[at]
        return Span(self._starts[within], self._ends[within])

    def __iter__(self) -> Iterator[Span]:
        """All values in turn, which costs less than asking for each by its position."""
        last_firsts, last_offsets = [*self._firsts[1:], self._length], [*self._offsets[1:], len(self._starts)]
        for at, run in enumerate(self._runs):
            if run is not None:
                yield from run.spans(0, last_firsts[at] - self._firsts[at])
            else:
                for within in range(self._offsets[at], last_offsets[at]):
                    yield Span(self._starts[within], self._ends[within])

    def position(self, value: Span) -> int | None:
        """Where a value that was sent as these bytes stands in the list; values are in the order of their bytes."""
        at = bisect_left(self, value.start, key=lambda each: each.start)
        return at if at < self._length and self[at] == value else None


class MapContent:
    """The entries of a map; a value is where it was sent.

    A value without a span was left out: it is the default, or an empty message. A key that is no UTF-8 is bytes.
    """

    def __init__(self) -> None:
        self._keys: list[Scalar] = []  # in the order in which they came first
        self._values: dict[Scalar, Spans] = {}

    def put(self, key: Scalar, value: Spans) -> None:
        """Another entry; it replaces one with the same key."""
        if key not in self._values:
            self._keys.append(key)
        self._values[key] = value

    def __len__(self) -> int:
        return len(self._keys)

    def entries(self, first: int, last: int) -> list[tuple[Scalar, Spans]]:
        """Some of the entries, by the order in which their keys came first."""
        return [(key, self._values[key]) for key in self._keys[first:last]]

    def by_key(self) -> list[tuple[Scalar, Spans]]:
        """All entries in the order of their keys: numbers by size, texts by their UTF-8."""
        return sorted(self._values.items(), key=lambda entry: _sorted_as(entry[0]))


Content: TypeAlias = Span | list[Span] | ListContent | MapContent
"""What a field holds: a scalar's span, a message's spans, a list, a map."""


class UnknownFields:
    """Fields that the schema does not have, or not so: number, wire type and value of each, compactly."""

    def __init__(self) -> None:
        self._numbers, self._wire_types = array("L"), array("B")
        self._starts, self._ends = array("Q"), array("Q")

    def append(self, number: int, wire_type: int, start: int, end: int) -> None:
        self._numbers.append(number)
        self._wire_types.append(wire_type)
        self._starts.append(start)
        self._ends.append(end)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> tuple[int, WireType, Span]:
        span = Span(self._starts[index], self._ends[index])
        return self._numbers[index], WireType(self._wire_types[index]), span

    def __iter__(self) -> Iterator[tuple[int, WireType, Span]]:
        return map(self.__getitem__, range(len(self)))


class MessageLevel:
    """One message's own fields; those of messages within it are further levels, over the spans that stand here.

    Reading goes on with each `advance`. Until it `is_whole`, what stands here is what was read so far: a value may
    still be replaced and a list may grow. Without a `descriptor` it is a group that the schema lacks.
    """

    def __init__(self, buffer: Buffer, spans: Sequence[Span], descriptor: Descriptor | None) -> None:
        self.data = memoryview(buffer)
        self.spans = tuple(spans)
        self.descriptor = descriptor
        self.unknown = UnknownFields()
        self.mistakes: list[WireMistake] = []
        self.is_whole = False
        self.size = sum(span.size for span in self.spans)  # bytes
        self._fields: dict[int, Content] = {}
        self._shapes = FieldsByNumber(descriptor)
        self._chosen: dict[str, int] = {}  # the member of each oneof that came last
        self._takers: dict[int, Callable[[RawField], None]] = {}  # by tag
        self._packed: PackedElements | None = None  # not counted yet
        self._done = 0
        self._position = (0, 0)
        self._work = self._read()

    def advance(self, steps: int | None = None) -> bool:
        """Read so many fields more (None: all that are left); some 1 µs each. True once the level is whole."""
        collections.deque(itertools.islice(self._work, steps), maxlen=0)
        return self.is_whole

    @property
    def bytes_read(self) -> int:
        """How many of `size` bytes are behind the reader."""
        if self.is_whole:
            return self.size
        start, position = self._position
        return self._done + position - start

    def content(self, shape: FieldShape) -> Content | None:
        """What a field holds; None where protobuf takes it for not set."""
        found = self._fields.get(shape.number)
        if isinstance(found, Span):
            return found if shape.has_presence or not self._is_zero(shape, found) else None
        return found if found is None or len(found) else None

    def extensions(self) -> list[FieldShape]:
        """The extensions that are set, by number."""
        shapes = [self._shapes[number] for number in sorted(self._fields)]
        return [
            shape for shape in shapes if shape is not None and shape.is_extension and self.content(shape) is not None
        ]

    # -- reading

    def _read(self) -> Iterator[None]:
        for span in self.spans:
            self._position = (span.start, span.start)
            for raw in raw_fields(self.data, span.start, span.end, is_unknown_group=self.descriptor is None):
                if raw is None:
                    yield None
                elif isinstance(raw, WireMistake):
                    self.mistakes.append(raw)
                else:
                    tag = raw.number << 3 | raw.wire_type
                    take = self._takers.get(tag) or self._make_taker(tag)
                    take(raw)
                    if self._packed is not None:
                        yield from self._count_packed(raw.number, self._packed)
                    self._position = (span.start, raw.end)
                    yield None
            self._done += span.size
            self._position = (0, 0)
        self.is_whole = True

    def _make_taker(self, tag: int) -> Callable[[RawField], None]:
        number, wire_type = tag >> 3, tag & 7
        shape = self._shapes[number]
        reading = reading_of(shape, wire_type)
        taker: Callable[[RawField], None]
        if shape is None or reading in (Reading.UNKNOWN, Reading.MISMATCH):
            taker = self._take_unknown
        elif shape.is_map:
            taker = self._map_taker(shape)
        elif reading is Reading.PACKED:
            taker = self._packed_taker(shape)
        elif shape.is_repeated:
            taker = self._list_taker(shape)
        else:
            taker = self._single_taker(shape)
        if shape is not None and is_closed_enum(shape) and reading is Reading.SCALAR:
            taker = self._only_in_enum(shape, taker)
        self._takers[tag] = taker
        return taker

    def _take_unknown(self, raw: RawField) -> None:
        self.unknown.append(raw.number, raw.wire_type, raw.value_start, raw.value_end)

    def _single_taker(self, shape: FieldShape) -> Callable[[RawField], None]:
        fields, number, is_message = self._fields, shape.number, shape.kind.is_message
        oneof = shape.descriptor.containing_oneof
        name = oneof.name if oneof is not None and not shape.is_extension else None

        def take(raw: RawField) -> None:
            if name is not None and self._chosen.get(name) != number:
                fields.pop(self._chosen.get(name, 0), None)
                self._chosen[name] = number
            value = Span(raw.value_start, raw.value_end)
            if is_message:
                held = fields.setdefault(number, [])
                assert isinstance(held, list)
                held.append(value)
            else:
                fields[number] = value

        return take

    def _list(self, shape: FieldShape) -> ListContent:
        held = self._fields.setdefault(shape.number, ListContent())
        assert isinstance(held, ListContent)
        return held

    def _list_taker(self, shape: FieldShape) -> Callable[[RawField], None]:
        append = self._list(shape).append
        return lambda raw: append(raw.value_start, raw.value_end)

    def _packed_taker(self, shape: FieldShape) -> Callable[[RawField], None]:
        def take(raw: RawField) -> None:
            self._packed = PackedElements(self.data, shape, raw.value_start, raw.value_end)

        return take

    def _count_packed(self, number: int, packed: PackedElements) -> Iterator[None]:
        while not packed.count_on(1):
            yield None
        if packed.mistake is not None:
            self.mistakes.append(packed.mistake)
        shape = self._shapes[number]
        assert shape is not None
        if is_closed_enum(shape):
            yield from self._sort_out(shape, packed)
        else:
            self._list(shape).extend(packed)
        self._packed = None

    def _sort_out(self, shape: FieldShape, packed: PackedElements) -> Iterator[None]:
        """Numbers that the enum lacks are unknown fields, each for itself; so each is looked at."""
        held = self._list(shape)
        for span in packed.spans(0, len(packed)):
            if is_in_enum(shape, scalar(self.data, shape, span)):
                held.append(*span)
            else:
                self.unknown.append(shape.number, WireType.VARINT, *span)
            yield None

    def _only_in_enum(self, shape: FieldShape, inner: Callable[[RawField], None]) -> Callable[[RawField], None]:
        def take(raw: RawField) -> None:
            is_value = is_in_enum(shape, scalar(self.data, shape, Span(raw.value_start, raw.value_end)))
            (inner if is_value else self._take_unknown)(raw)

        return take

    def _map_taker(self, shape: FieldShape) -> Callable[[RawField], None]:
        held = self._fields.setdefault(shape.number, MapContent())
        assert isinstance(held, MapContent)

        def take(raw: RawField) -> None:
            entry = map_entry(self.data, shape, Span(raw.value_start, raw.value_end))
            if isinstance(entry, WireMistake):
                self.mistakes.append(entry)
            elif entry is None:
                self._take_unknown(raw)
            else:
                held.put(*entry)

        return take

    def _is_zero(self, shape: FieldShape, value: Span) -> bool:
        """Whether a field without presence is as good as not sent; -0.0 is not."""
        if shape.kind in (FieldKind.STRING, FieldKind.BYTES):
            return not value.size
        if shape.kind in (FieldKind.FLOAT, FieldKind.DOUBLE):
            return not any(self.data[value.start : value.end])
        return not scalar(self.data, shape, value)


def map_entry(data: memoryview, shape: FieldShape, entry: Span) -> tuple[Scalar, Spans] | WireMistake | None:
    """The key of a map's entry and where its value is.

    None where the entry has fields of its own that the schema lacks, or a number that a closed enum lacks: protobuf
    then takes the whole entry as an unknown field.
    """
    assert shape.key is not None
    assert shape.value is not None
    key: Scalar = _DEFAULT_KEYS.get(shape.key.kind, 0)
    value: Spans = ()
    is_known = True
    for raw in raw_fields(data, *entry):
        if isinstance(raw, WireMistake):
            return raw
        if raw is None:
            continue
        part = shape.key if raw.number == 1 else shape.value if raw.number == 2 else None
        if part is None or reading_of(part, raw.wire_type) in (Reading.UNKNOWN, Reading.MISMATCH):
            is_known = False
            continue
        span = Span(raw.value_start, raw.value_end)
        if part is shape.key:
            key = scalar(data, part, span)
        elif part.kind.is_message:
            value = (*value, span)
        elif is_closed_enum(part) and not is_in_enum(part, scalar(data, part, span)):
            is_known = False
        else:
            value = (span,)
    return (key, value) if is_known else None


def _sorted_as(key: Scalar) -> tuple[float, bytes]:
    if isinstance(key, (str, bytes)):
        return 0, key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass")
    return key, b""


def joined(buffer: Buffer, spans: Sequence[Span]) -> bytes:
    """The bytes of several spans one after the other: of a message in pieces, a message that protobuf takes alike."""
    data = memoryview(buffer)
    return b"".join(data[span.start : span.end] for span in spans)
