"""Two messages field by field: what differs, and what does not.

Both are read from their bytes, level by level, so that a message of any size can be compared in slices, and what no
parser takes (unknown fields, strings that are no UTF-8, bytes after a mistake) is compared as well.
"""

import enum
import itertools
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.alignment import aligned, by_place
from wirelens.engine.messages.fields import FieldKind, FieldShape, message_fields
from wirelens.engine.messages.message_plan import WRAPPER_TYPES
from wirelens.engine.messages.preview import payload_preview
from wirelens.engine.messages.value_words import (
    bytes_words,
    first_difference,
    is_same_number,
    scalar_words,
    text_words,
)
from wirelens.engine.messages.wire.level import Content, ListContent, MapContent, MessageLevel, Spans, joined
from wirelens.engine.messages.wire.scalars import Scalar, scalar
from wirelens.engine.messages.wire.scanning import Buffer, Span, WireType
from wirelens.engine.schema.schema import Schema

MOST_DIFFERENCES = 10_000
MOST_SAME = 5_000  # rows of what does not differ
_DEEPEST = 60  # messages within messages; deeper ones are compared as bytes
_TEXT = 200  # characters of a message on its line
_FIELDS_AT_ONCE = 250
_ALIGNED = 50_000  # elements of a list of which the same ones are looked for
_ONE_LINE = WRAPPER_TYPES | {f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask")}
_ANY = "google.protobuf.Any"
_TEXT_KINDS = (FieldKind.STRING, FieldKind.BYTES)

_SpanPair: TypeAlias = tuple[int | None, int | None, Span | None, Span | None]  # two places in lists, and what is there
Steps: TypeAlias = Generator[None, None, bool]  # gives whether there was no difference


class DiffKind(enum.Enum):
    """How two values stand to each other; the value is the sign for it."""

    SAME = ""
    CHANGED = "≠"
    ADDED = "+"  # only on the right
    REMOVED = "−"  # only on the left


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One field, element, map entry or message of either side, or of both.

    Attributes:
        depth: how many messages, lists and maps it stands in.
        path: `user.tags[2]`; of a list's element by its place on the right, where it has one there.
        left, right: the values on one line; empty where that side has none, and for messages that differ within.
        has_rows: whether what it holds follows in rows of its own.
    """

    kind: DiffKind
    depth: int
    name: str
    path: str
    type_name: str
    left: str
    right: str
    has_rows: bool = False


@dataclass(frozen=True, slots=True)
class ComparedMessage:
    """A message as it came, and its type. The bytes must stay as they are; nothing of them is copied."""

    payload: Buffer
    descriptor: Descriptor
    schema: Schema


@dataclass(frozen=True, slots=True)
class _Part:
    """A message within one side; without a descriptor it is a group that the schema lacks."""

    data: memoryview
    spans: Spans
    descriptor: Descriptor
    schema: Schema

    @property
    def size(self) -> int:
        return sum(span.size for span in self.spans)

    def words(self) -> str:
        spans = self.spans
        payload = self.data[slice(*spans[0])] if len(spans) == 1 else joined(self.data, spans)
        return payload_preview(payload, self.descriptor, _TEXT)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a field holds on one side; `content` is None where it is not set."""

    part: _Part
    shape: FieldShape
    content: Content | None

    def message(self, spans: Spans) -> _Part:
        assert self.shape.message_type is not None
        return _Part(self.part.data, spans, self.shape.message_type, self.part.schema)

    def bytes(self, span: Span) -> memoryview:
        return self.part.data[slice(*span)]


class _Place(NamedTuple):
    """The part of a row that does not depend on the values."""

    depth: int
    name: str
    path: str
    type_name: str


class MessageDifference:
    """Compares two messages, also of two types: fields belong together by their names.

    Lists are compared element by element: the same ones are paired first, where the lists are not too long. Maps are
    compared by key, an Any by its content where its type is known. `rows` is complete once `step` has said so.
    """

    def __init__(self, left: ComparedMessage, right: ComparedMessage) -> None:
        self.rows: list[DiffRow] = []
        self.difference_count = 0  # rows without rows below them
        self._same_count = self._same_left_out = 0
        self._is_cut = False
        self._by_order = 0
        sides = [
            _Part(memoryview(each.payload), (Span(0, len(each.payload)),), each.descriptor, each.schema)
            for each in (left, right)
        ]
        self._work = self._compare(sides[0], sides[1])

    def step(self, seconds: float) -> bool:
        """Go on for so long; True once all is compared."""
        until = time.perf_counter() + seconds
        return all(time.perf_counter() < until for _ in self._work)

    def notes(self) -> list[str]:
        """What was not compared to the end, a sentence each."""
        notes = []
        if self._is_cut:
            notes.append(f"More than {MOST_DIFFERENCES:,} differences: what follows was not compared.")
        if self._same_left_out:
            notes.append(f"{self._same_left_out:,} more values that are the same are not listed.")
        if self._by_order:
            lists = "A list is" if self._by_order == 1 else f"{self._by_order:,} lists are"
            notes.append(f"{lists} too long to look for elements that moved: compared by their places.")
        return notes

    # -- rows

    def _compare(self, left: _Part, right: _Part) -> Generator[None, None, None]:
        yield from self._messages(left, right, 0, "")

    def _add(self, kind: DiffKind, place: _Place, left: str, right: str) -> bool:
        """A row that holds no others; gives whether both sides are the same."""
        is_same = kind is DiffKind.SAME
        if is_same and self._same_count >= MOST_SAME:
            self._same_left_out += 1
            return True
        self._same_count += is_same
        self.difference_count += not is_same
        self._is_cut = self._is_cut or self.difference_count >= MOST_DIFFERENCES
        self.rows.append(DiffRow(kind, *place, left, right))
        return is_same

    def _group(self, kind: DiffKind, place: _Place, left: str, right: str, below: Steps) -> Steps:
        """A row, and what it holds below it; it has changed where any of that has."""
        row = len(self.rows)
        self.rows.append(DiffRow(kind, *place, left, right))
        is_same = yield from below
        has_rows = len(self.rows) > row + 1
        if not is_same and kind is DiffKind.SAME:
            kind = DiffKind.CHANGED
        self.rows[row] = DiffRow(kind, *place, left, right, has_rows)
        if not has_rows:
            self.difference_count += kind is not DiffKind.SAME  # it is there, but empty
        return kind is DiffKind.SAME

    # -- messages

    def _messages(self, left: _Part | None, right: _Part | None, depth: int, path: str) -> Steps:
        """The fields of a message; of one side only, where the other has none."""
        levels: list[MessageLevel | None] = []
        for part in (left, right):
            level = MessageLevel(part.data, part.spans, part.descriptor) if part is not None else None
            while level is not None and not level.advance(_FIELDS_AT_ONCE):
                yield None
            levels.append(level)
        is_same = True
        for name, (one, other) in _fields(left, levels[0], right, levels[1]):
            if self._is_cut:
                return False
            is_same = (yield from self._field(name, one, other, depth, path)) and is_same
        is_same = (yield from self._any_content(left, levels[0], right, levels[1], depth, path)) and is_same
        return (yield from self._unread(left, levels[0], right, levels[1], depth, path)) and is_same

    def _field(self, name: str, left: _Held | None, right: _Held | None, depth: int, path: str) -> Steps:
        """One field; None where the side has no such message or its type no such field."""
        shape = _shape(left, right)
        place = _Place(depth, name, f"{path}.{name}" if path else name, shape.type_name)
        contents = [each.content for each in (left, right) if each is not None and each.content is not None]
        if not contents:
            return True
        if left is not None and right is not None and not _is_alike(left.shape, right.shape):
            kind = DiffKind.CHANGED
            if len(contents) == 1:
                kind = DiffKind.ADDED if left.content is None else DiffKind.REMOVED
            place = place._replace(type_name=f"{left.shape.type_name} ≠ {right.shape.type_name}")
            return self._add(kind, place, _summary(left), _summary(right))
        if not isinstance(contents[0], ListContent | MapContent):
            return (yield from self._value(place, left, _spans(left), right, _spans(right)))
        counts = _count_words(left), _count_words(right)
        kind = DiffKind.ADDED if not counts[0] else DiffKind.SAME if counts[1] else DiffKind.REMOVED
        values = self._elements if isinstance(contents[0], ListContent) else self._entries
        return (yield from self._group(kind, place, *counts, values(left, right, depth + 1, place.path)))

    def _value(
        self, place: _Place, left: _Held | None, one: Spans | None, right: _Held | None, other: Spans | None
    ) -> Steps:
        """A scalar or a message; the spans are None where it is not set on that side."""
        shape = _shape(left, right)
        if shape.message_type is None:
            return (yield from self._scalar(place, left, one, right, other))
        parts = (
            left.message(one) if left is not None and one is not None else None,
            right.message(other) if right is not None and other is not None else None,
        )
        kind = DiffKind.SAME if all(parts) else DiffKind.REMOVED if parts[0] else DiffKind.ADDED
        is_one_line = shape.message_type.full_name in _ONE_LINE or place.depth >= _DEEPEST
        if not is_one_line and any(part.size for part in parts if part is not None):
            return (yield from self._group(kind, place, "", "", self._messages(*parts, place.depth + 1, place.path)))
        if parts[0] and parts[1] and joined(parts[0].data, parts[0].spans) != joined(parts[1].data, parts[1].spans):
            kind = DiffKind.CHANGED
        return self._add(kind, place, _words(parts[0]), _words(parts[1]))

    def _scalar(
        self, place: _Place, left: _Held | None, one: Spans | None, right: _Held | None, other: Spans | None
    ) -> Steps:
        held = (left, right)
        values = _scalar_of(left, one), _scalar_of(right, other)
        words = ["", ""]
        is_same, difference = False, 0
        if isinstance(values[0], memoryview) and isinstance(values[1], memoryview):
            found = yield from first_difference(values[0], values[1])
            is_same, difference = found is None, found or 0
        for at, (side, value) in enumerate(zip(held, values, strict=True)):
            words[at] = _scalar_words(side, value, difference)
        if values[0] is None or values[1] is None:
            kind = DiffKind.ADDED if values[0] is None else DiffKind.REMOVED
        else:
            if not isinstance(values[0], memoryview) and not isinstance(values[1], memoryview):
                is_same = is_same_number(values[0], values[1]) and words[0] == words[1]
            kind = DiffKind.SAME if is_same else DiffKind.CHANGED
        yield None
        return self._add(kind, place, words[0], words[1])

    # -- many values

    def _elements(self, left: _Held | None, right: _Held | None, depth: int, path: str) -> Steps:
        values = _list_of(left), _list_of(right)
        pairs: Iterable[_SpanPair]
        if left is not None and right is not None and max(map(len, values)) <= _ALIGNED:
            spans = list(values[0]), list(values[1])
            keys = [[bytes(held.bytes(span)) for span in spans[at]] for at, held in enumerate((left, right))]
            places, is_exact = yield from aligned(keys[0], keys[1])
            self._by_order += not is_exact
            pairs = (
                (at, to, spans[0][at] if at is not None else None, spans[1][to] if to is not None else None)
                for at, to in places
            )
        else:
            self._by_order += left is not None and right is not None
            pairs = _by_order(*values)
        type_name = _shape(left, right).type_name.removeprefix("repeated ")
        is_same = True
        for at, to, one, other in pairs:
            if self._is_cut:
                return False
            index = to if to is not None else at
            name = f"[{at} → {to}]" if at is not None and to is not None and at != to else f"[{index}]"
            place = _Place(depth, name, f"{path}[{index}]", type_name)
            same = yield from self._value(place, left, one and (one,), right, other and (other,))
            is_same = is_same and same
        return is_same

    def _entries(self, left: _Held | None, right: _Held | None, depth: int, path: str) -> Steps:
        one, other = _map_of(left), _map_of(right)
        key_shape, value_shape = _shape(left, right).key, _shape(left, right).value
        assert key_shape is not None
        assert value_shape is not None
        is_same = True
        for key in dict.fromkeys((*one, *other)):
            if self._is_cut:
                return False
            word = _key_words(key_shape, key)
            place = _Place(depth, word, f"{path}[{word}]", value_shape.type_name)
            sides = _entry(left) if key in one else None, _entry(right) if key in other else None
            same = yield from self._value(place, sides[0], one.get(key), sides[1], other.get(key))
            is_same = is_same and same
        return is_same

    # -- what is beside the fields

    def _any_content(
        self,
        left: _Part | None,
        left_level: MessageLevel | None,
        right: _Part | None,
        right_level: MessageLevel | None,
        depth: int,
        path: str,
    ) -> Steps:
        """What is in an Any, as its type, where each side knows that."""
        one, other = _unpacked(left, left_level), _unpacked(right, right_level)
        if one is None and other is None:
            return True
        at = f"{path}.@value" if path else "@value"
        is_one_type = one is not None and other is not None and one.descriptor.full_name == other.descriptor.full_name
        is_same = True
        pairs = [(one, other)] if is_one_type else [(one, None), (None, other)]
        for pair in pairs:
            part = pair[0] or pair[1]
            if part is None:
                continue
            kind = DiffKind.SAME if is_one_type else DiffKind.REMOVED if pair[0] else DiffKind.ADDED
            place = _Place(depth, "@value", at, part.descriptor.full_name)
            is_same = (yield from self._group(kind, place, "", "", self._messages(*pair, depth + 1, at))) and is_same
        return is_same

    def _unread(
        self,
        left: _Part | None,
        left_level: MessageLevel | None,
        right: _Part | None,
        right_level: MessageLevel | None,
        depth: int,
        path: str,
    ) -> Steps:
        """Fields that the schema lacks, by their numbers, and bytes that cannot be read."""
        one, other = _unknown(left, left_level), _unknown(right, right_level)
        is_same = True
        for number in sorted({*one, *other}):
            values = one.get(number, []), other.get(number, [])
            for at, to in by_place(*map(len, values)):
                if self._is_cut:
                    return False
                mine = values[0][at] if at is not None else None
                theirs = values[1][to] if to is not None else None
                name = f"#{number}" if max(map(len, values)) == 1 else f"#{number}[{to if to is not None else at}]"
                place = _Place(depth, name, f"{path}.{name}" if path else name, "not in the schema")
                is_same = (yield from self._add_raw(mine, theirs, place)) and is_same
        mistakes = [[each.sentence for each in level.mistakes] if level else [] for level in (left_level, right_level)]
        for at, to in by_place(*map(len, mistakes)):
            words = [mistakes[side][place] if place is not None else "" for side, place in enumerate((at, to))]
            kind = DiffKind.SAME if words[0] == words[1] else DiffKind.CHANGED
            if not all(words):
                kind = DiffKind.ADDED if not words[0] else DiffKind.REMOVED
            is_same = self._add(kind, _Place(depth, "unreadable", path, ""), words[0], words[1]) and is_same
        return is_same

    def _add_raw(
        self, left: tuple[WireType, memoryview] | None, right: tuple[WireType, memoryview] | None, place: _Place
    ) -> Steps:
        difference = 0
        if left is None or right is None:
            kind = DiffKind.ADDED if left is None else DiffKind.REMOVED
        else:
            found = yield from first_difference(left[1], right[1])
            kind = DiffKind.SAME if found is None and left[0] is right[0] else DiffKind.CHANGED
            difference = found or 0
        words = [bytes_words(each[1], difference) if each is not None else "" for each in (left, right)]
        return self._add(kind, place, words[0], words[1])


def _fields(
    left: _Part | None, left_level: MessageLevel | None, right: _Part | None, right_level: MessageLevel | None
) -> Iterator[tuple[str, tuple[_Held | None, _Held | None]]]:
    """The fields of both sides by their names, in the order of the left one's declaration."""
    sides: list[dict[str, _Held]] = []
    for part, level in ((left, left_level), (right, right_level)):
        held: dict[str, _Held] = {}
        if part is not None and level is not None:
            for shape in (*message_fields(part.descriptor), *level.extensions()):
                held[shape.path_name] = _Held(part, shape, level.content(shape))
            if _unpacked(part, level) is not None:
                held.pop("value")  # it follows as what it is
        sides.append(held)
    for name in dict.fromkeys((*sides[0], *sides[1])):
        yield name, (sides[0].get(name), sides[1].get(name))


def _shape(left: _Held | None, right: _Held | None) -> FieldShape:
    held = left or right
    assert held is not None, "a field is one of one side at least"
    return held.shape


def _is_alike(left: FieldShape, right: FieldShape) -> bool:
    """Whether values of two fields can be compared as such."""
    if (left.is_map, left.is_repeated) != (right.is_map, right.is_repeated):
        return False
    if left.is_map:
        assert left.key is not None and right.key is not None  # noqa: PT018 - both or none
        assert left.value is not None and right.value is not None  # noqa: PT018
        return _is_alike(left.key, right.key) and _is_alike(left.value, right.value)
    if left.kind.is_message or right.kind.is_message:
        return left.kind.is_message and right.kind.is_message
    return left.kind is right.kind or (left.kind.is_integer and right.kind.is_integer)


def _spans(held: _Held | None) -> Spans | None:
    if held is None or held.content is None:
        return None
    return (held.content,) if isinstance(held.content, Span) else tuple(held.content)  # type: ignore[arg-type]


def _scalar_of(held: _Held | None, spans: Spans | None) -> "Scalar | memoryview | None":
    """A scalar, texts and bytes where they stand; what is not set is its default, where there is no presence."""
    if held is None:
        return None
    is_text = held.shape.kind in _TEXT_KINDS
    if spans:
        return held.bytes(spans[-1]) if is_text else scalar(held.part.data, held.shape, spans[-1])
    if spans is None and (held.shape.has_presence or held.shape.is_repeated):
        return None
    default = held.shape.default
    if is_text:
        return memoryview(default.encode() if isinstance(default, str) else default or b"")  # type: ignore[arg-type]
    return default


def _by_order(left: Sequence[Span], right: Sequence[Span]) -> Iterator[_SpanPair]:
    """The values of two long lists by their places."""
    for at, (one, other) in enumerate(itertools.zip_longest(left, right)):
        yield (at if one else None), (at if other else None), one, other


def _list_of(held: _Held | None) -> "ListContent | tuple[Span, ...]":
    return held.content if held is not None and isinstance(held.content, ListContent) else ()


def _map_of(held: _Held | None) -> dict[Scalar, Spans]:
    return dict(held.content.by_key()) if held is not None and isinstance(held.content, MapContent) else {}


def _entry(held: _Held | None) -> _Held | None:
    """A map as what holds one of its values."""
    if held is None:
        return None
    assert held.shape.value is not None
    return _Held(held.part, held.shape.value, held.content)


def _count_words(held: _Held | None) -> str:
    """How many values a list or map has, empty where it has none."""
    if held is None or not isinstance(held.content, ListContent | MapContent):
        return ""
    count = len(held.content)
    if isinstance(held.content, ListContent):
        return f"{count:,} element" if count == 1 else f"{count:,} elements"
    return f"{count:,} entry" if count == 1 else f"{count:,} entries"


def _words(part: _Part | None) -> str:
    return part.words() if part is not None else ""


def _summary(held: _Held) -> str:
    """What a field holds that cannot be compared with the other side's."""
    content = held.content
    if content is None:
        return ""
    if isinstance(content, ListContent | MapContent):
        return _count_words(held)
    if held.shape.message_type is not None:
        return held.message(tuple(content)).words()  # type: ignore[arg-type]
    return _scalar_words(held, _scalar_of(held, _spans(held)), 0)


def _scalar_words(held: _Held | None, value: "Scalar | memoryview | None", difference: int) -> str:
    if held is None or value is None:
        return ""
    if isinstance(value, memoryview):
        is_text = held.shape.kind is FieldKind.STRING
        return text_words(value, difference) if is_text else bytes_words(value, difference)
    return scalar_words(held.shape, value)


def _key_words(shape: FieldShape, key: Scalar) -> str:
    if isinstance(key, str | bytes):
        return text_words(memoryview(key.encode() if isinstance(key, str) else key), 0)
    return scalar_words(shape, key)


def _unpacked(part: _Part | None, level: MessageLevel | None) -> _Part | None:
    """The message in an Any; None where it is none, or of a type that the schema lacks."""
    if part is None or level is None or part.descriptor.full_name != _ANY:
        return None
    type_url, value = (level.content(shape) for shape in message_fields(part.descriptor))
    if not isinstance(type_url, Span):
        return None
    inner = part.schema.resolve_type_url(bytes(part.data[slice(*type_url)]).decode("utf-8", "replace"))
    if inner is None:
        return None
    return _Part(part.data, (value,) if isinstance(value, Span) else (), inner, part.schema)


def _unknown(part: _Part | None, level: MessageLevel | None) -> dict[int, list[tuple[WireType, memoryview]]]:
    found: dict[int, list[tuple[WireType, memoryview]]] = {}
    if part is not None and level is not None:
        for number, wire_type, span in level.unknown:
            found.setdefault(number, []).append((wire_type, part.data[slice(*span)]))
    return found
