"""What the bytes in sight are, found without reading more of a message than leads there."""

import enum
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind
from wirelens.engine.messages.wire.reading import Part, Reading, WireField, read_fields
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireMistake, WireType, raw_fields

_STRIDE = 1024  # bytes between two fields whose places are remembered; what is shorter is read whole each time
_AT_ONCE = 500  # fields that are passed over while somebody waits: less than 1 ms
_DEEPEST = 100  # messages within each other that protobuf reads


class ByteRole(enum.IntEnum):
    """What a byte says, for its colour."""

    UNREAD = 0
    TAG = 1
    LENGTH = 2
    NUMBER = 3
    TEXT = 4
    BYTES = 5
    WORD = 6  # a bool or an enum
    UNKNOWN = 7
    MISTAKE = 8


@dataclass(frozen=True, slots=True)
class ByteSpan:
    """Bytes that are one `part` of `field`, or that cannot be read (`mistake`).

    `holders` are the fields whose messages it is in, the outermost first.
    """

    start: int
    end: int
    role: ByteRole
    holders: tuple[WireField, ...]
    field: WireField | None = None
    part: Part | None = None
    mistake: WireMistake | None = None


class SpanIndex:
    """Finds the spans of any stretch of a message's bytes.

    A message is read up to the stretch that is asked for, those within it only where they are in the stretch, and the
    places of some fields on the way are remembered. What is not read yet is left out: `advance` reads on.
    """

    def __init__(self, buffer: Buffer, descriptor: Descriptor | None) -> None:
        self._data = memoryview(buffer)
        self._root = _Level(self._data, descriptor, 0, len(self._data))
        self._levels: dict[tuple[int, int], _Level] = {}
        self._missing: list[tuple[_Level, int]] = []
        self._at_once = 0

    def spans(self, first: int, last: int) -> list[ByteSpan]:
        """The spans with bytes from `first` to before `last`, as far as they have been read, by their start."""
        self._missing, self._at_once = [], _AT_ONCE
        found = self._within(self._root, (), first, last)
        return sorted((span for span in found if span.end > first and span.start < last), key=lambda span: span.start)

    @property
    def is_missing_some(self) -> bool:
        """Whether the last `spans` left something out that `advance` has not read since."""
        return bool(self._missing)

    def advance(self, fields: int) -> bool:
        """Read so many fields more of what `spans` left out, some 1 µs each; True while more is left."""
        for level, offset in self._missing:
            fields = level.read_on(offset, fields)
        self._missing = [(level, offset) for level, offset in self._missing if not level.is_read_to(offset)]
        return bool(self._missing)

    def _within(self, level: "_Level", holders: tuple[WireField, ...], first: int, last: int) -> Iterator[ByteSpan]:
        self._at_once = level.read_on(last, self._at_once)
        if not level.is_read_to(last):
            self._missing.append((level, last))
        position = level.mark_before(first)
        fields = read_fields(self._data, level.descriptor, position, level.end)
        while position < last and level.is_read_to(position + 1):
            each = next(fields, None)
            if each is None:
                return
            position = each.end
            if position <= first:
                continue
            if isinstance(each, WireMistake):
                yield ByteSpan(each.start, each.end, ByteRole.MISTAKE, holders, mistake=each)
            else:
                yield from self._of_field(each, holders, first, last)

    def _of_field(self, field: WireField, holders: tuple[WireField, ...], first: int, last: int) -> Iterator[ByteSpan]:
        yield ByteSpan(*field.tag, ByteRole.TAG, holders, field, Part.TAG)
        if field.length is not None:
            yield ByteSpan(*field.length, ByteRole.LENGTH, holders, field, Part.LENGTH)
        if holds_message(field) and len(holders) < _DEEPEST:
            if field.value_start < last and field.value_end > first:
                level = self._level(field.message_type, field.value)
                yield from self._within(level, (*holders, field), first, last)
        elif field.value.size:
            yield ByteSpan(*field.value, _role(field), holders, field, Part.VALUE)
        if field.end_tag is not None:
            yield ByteSpan(*field.end_tag, ByteRole.TAG, holders, field, Part.END_TAG)

    def _level(self, descriptor: Descriptor | None, span: Span) -> "_Level":
        if span.size <= _STRIDE:
            level = _Level(self._data, descriptor, *span)
            level.read_on(span.end, span.size)
            return level
        if span not in self._levels:
            self._levels[span] = _Level(self._data, descriptor, *span)
        return self._levels[span]


def holds_message(field: WireField) -> bool:
    """Whether the value is made of fields: a message, or a group that the schema lacks."""
    return field.message_type is not None or field.wire_type is WireType.SGROUP


class _Level:
    """One message's bytes, read from their beginning up to `_position`."""

    def __init__(self, data: memoryview, descriptor: Descriptor | None, start: int, end: int) -> None:
        self.descriptor, self.end = descriptor, end
        self._marks = array("Q", [start])  # places where a field begins
        self._position = start
        self._work = raw_fields(data, start, end)

    def is_read_to(self, offset: int) -> bool:
        return self._position >= min(offset, self.end)

    def mark_before(self, offset: int) -> int:
        return self._marks[max(bisect_right(self._marks, offset) - 1, 0)]

    def read_on(self, offset: int, fields: int) -> int:
        """Read up to `offset`, but no more than so many fields; gives how many of these are left."""
        while fields > 0 and not self.is_read_to(offset):
            fields -= 1
            raw = next(self._work)
            if raw is None:
                continue
            if raw.start >= self._marks[-1] + _STRIDE:
                self._marks.append(raw.start)
            self._position = raw.end
        return fields


def _role(field: WireField) -> ByteRole:
    if field.shape is None or not field.is_known:
        return ByteRole.UNKNOWN
    if field.reading is Reading.STRING:
        return ByteRole.TEXT
    if field.reading is Reading.BYTES:
        return ByteRole.BYTES
    return ByteRole.WORD if field.shape.kind in (FieldKind.BOOL, FieldKind.ENUM) else ByteRole.NUMBER
