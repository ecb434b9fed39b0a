"""The numbers in a message type: which paths lead to one, and how one is read from a message."""

import enum
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as RuntimeDecodeError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.field_access import presence_check, value_getter
from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape, message_extensions, message_fields
from wirelens.engine.messages.message_plan import message_plan
from wirelens.engine.messages.wire.scanning import Buffer, RawField, raw_fields

_DEEPEST = 4  # levels of messages that are offered; a path that is typed may go deeper
_MOST = 500  # offered
_LARGE = 256 * 1024  # bytes of a message from which on only the fields of the path are parsed
_NANOS = 10**9
_STEP = re.compile(r'(\w+|\[[\w.]+\])(?:\[(?:(-?\d+)|"((?:[^"\\]|\\.)*)")\])?')
_COUNT = "length"  # of a list or a map: `tags.length`
_LENGTH_STEP = (f".{_COUNT}", _COUNT, None, None)
_OPAQUE = frozenset(f"google.protobuf.{name}" for name in ("Any", "FieldMask", "Struct", "Value", "ListValue", "Empty"))
_MOMENTS = {"google.protobuf.Timestamp": "MOMENT", "google.protobuf.Duration": "DURATION"}
_LENGTHY = (FieldKind.STRING, FieldKind.BYTES)

# Numbers that say which one it is, or when, and not how much.
_NAMING = re.compile(r"(.*_)?(id|uid|seq|sequence|index|offset|cursor|version|revision|timestamp|ts)|number|time|epoch")

Reader = Callable[[Message], int | float | None]
Reading: TypeAlias = Callable[[Any], Any]  # one step of the way there


class NumberKind(enum.Enum):
    """What the number at the end of a path is."""

    WHOLE = "whole"
    REAL = "real"
    BOOL = "bool"
    ENUM = "enum"
    DURATION = "duration"  # nanoseconds
    MOMENT = "moment"  # nanoseconds since 1970
    COUNT = "count"  # elements of a list or a map


@dataclass(frozen=True, slots=True)
class NumericField:
    """A path to a number. Values that are not there (an unset submessage or `optional`, an index beyond the end) are
    None; a proto3 field without presence is 0 where it was not sent, as everywhere."""

    path: str
    kind: NumberKind
    type_name: str
    owner: Descriptor = field(repr=False, compare=False)
    _read: Reader = field(repr=False, compare=False)
    _first_number: int = field(repr=False, compare=False)
    names: Mapping[int, str] = field(default_factory=dict, repr=False, compare=False)  # of an enum

    @property
    def is_measure(self) -> bool:
        """Whether it says how much of something there is, by its kind and its name (`id` and `sequence` do not)."""
        name = self.path.rpartition(".")[2].strip("]")
        is_amount = self.kind in (NumberKind.WHOLE, NumberKind.REAL, NumberKind.DURATION)
        return is_amount and _NAMING.fullmatch(name) is None

    def exact(self, message: Message) -> int | float | None:
        """The number as the message has it; nanoseconds for durations and moments."""
        return self._read(message)

    def number(self, message: Message) -> float | None:
        """The same as what is drawn: seconds for durations and moments, the nearest float for large integers."""
        value = self._read(message)
        if value is None:
            return None
        if self.kind in (NumberKind.DURATION, NumberKind.MOMENT):
            return value / _NANOS
        return float(value)

    def exact_text(self, value: float) -> str:
        """An `exact` number in words, every digit of it."""
        match self.kind:
            case NumberKind.BOOL:
                return "true" if value else "false"
            case NumberKind.ENUM:
                name = self.names.get(int(value))
                return f"{name} ({value})" if name else f"{value}"
            case NumberKind.DURATION:
                return f"{_decimal(int(value))} s"
            case NumberKind.MOMENT:
                return f"{_decimal(int(value))} s since 1970"
        return f"{value:,}" if isinstance(value, int) else repr(value)


class MessageNumbers:
    """Reads several numbers of one type from the bytes of messages, each of which is parsed once.

    Large messages are not parsed whole: only the fields that the paths begin with.
    """

    def __init__(self, descriptor: Descriptor, fields: list[NumericField]) -> None:
        self._parse = GetMessageClass(descriptor).FromString
        self._fields = fields
        self._wanted = {each._first_number for each in fields}

    def message(self, payload: Buffer) -> Message | None:
        """The message with the wanted fields at least, None where the bytes are none of its type."""
        try:
            if len(payload) >= _LARGE:
                payload = self._cut_down(memoryview(payload))
            return self._parse(bytes(payload))
        except RuntimeDecodeError:
            return None

    def numbers(self, payload: Buffer) -> list[float | None] | None:
        """A number for each field, None for one that is not there; None for all if the bytes are no such message."""
        message = self.message(payload)
        return None if message is None else [each.number(message) for each in self._fields]

    def _cut_down(self, data: memoryview) -> bytes:
        kept = []
        for each in raw_fields(data, 0, len(data)):
            if isinstance(each, RawField):
                if each.number in self._wanted:
                    kept.append(data[each.start : each.end])
            elif each is not None:
                raise RuntimeDecodeError(each.sentence)
        return b"".join(kept)


def numeric_fields(descriptor: Descriptor) -> list[NumericField]:
    """The numbers that are offered, nearest first: of lists the first element and the length, of maps the length."""
    found: list[NumericField] = []
    level: list[tuple[str, Descriptor, tuple[Descriptor, ...]]] = [("", descriptor, ())]
    for _ in range(_DEEPEST):
        below: list[tuple[str, Descriptor, tuple[Descriptor, ...]]] = []
        for prefix, owner, above in level:
            for shape in (*message_fields(owner), *message_extensions(owner)):
                step = f"{prefix}{shape.path_name}"
                many = shape.is_repeated or shape.is_map
                texts = [f"{step}[0]", f"{step}.{_COUNT}"] if shape.is_repeated else [step]
                if shape.is_map:
                    texts = [f"{step}.{_COUNT}"]
                found += filter(None, (numeric_field(descriptor, text) for text in texts))
                inner = shape.message_type
                if inner is not None and not shape.is_map and _is_looked_into(inner) and inner not in (*above, owner):
                    below.append((f"{step}[0]." if many else f"{step}.", inner, (*above, owner)))
            if len(found) >= _MOST:
                return found[:_MOST]
        level = below
    return found


def numeric_field(descriptor: Descriptor, path: str) -> NumericField | None:
    """The number that a path leads to, or None.

    `usage.total`, `points[2].x`, `scores["anna"]`, `tags.length`, `usage.[package.extension]`.
    """
    steps = list(_steps(path))
    if not steps or "".join(text for text, *_ in steps) != path:
        return None
    readers: list[Reading] = []
    owner: Descriptor | None = descriptor
    first_number = 0
    for position, (_, name, index, key) in enumerate(steps):
        last = position == len(steps) - 1
        shape = _field_of(owner, name) if owner is not None else None
        if shape is None:
            return None
        first_number = first_number or shape.number
        is_whole = index is None and key is None and (shape.is_repeated or shape.is_map)
        if is_whole and steps[position + 1 :] == [_LENGTH_STEP]:
            readers.append(_length_reader(shape))
            return NumericField(path, NumberKind.COUNT, shape.type_name, descriptor, _chain(readers), first_number)
        made = _reader(shape, index, key)
        if made is None:
            return None
        reader, value = made
        readers.append(reader)
        if last:
            return _leaf(path, value, descriptor, readers, first_number)
        owner = value.message_type
    return None


def _steps(path: str) -> Iterator[tuple[str, str, int | None, str | None]]:
    """Each step with the dot before it, its name, and its index or key."""
    position = 0
    while position < len(path):
        dot = "." if position and path[position] == "." else ""
        found = _STEP.match(path, position + len(dot))
        if found is None or (position and not dot and not found[1].startswith("[")):
            return
        key = re.sub(r"\\(.)", r"\1", found[3]) if found[3] is not None else None
        yield dot + found[0], found[1], None if found[2] is None else int(found[2]), key
        position = found.end()


def _field_of(descriptor: Descriptor, name: str) -> FieldShape | None:
    """The field or the extension that paths call so."""
    if not name.startswith("["):
        shape = message_plan(descriptor).by_json_name.get(name)
        return shape if shape is not None and shape.name == name else None
    try:
        extension = descriptor.file.pool.FindExtensionByName(name[1:-1])
    except KeyError:
        return None
    owner = extension.containing_type
    return field_shape(extension) if owner is not None and owner.full_name == descriptor.full_name else None


def _reader(shape: FieldShape, index: int | None, key: str | None) -> tuple[Reading, FieldShape] | None:
    """How one step is taken from a message, and what is there then; None for an index or key that cannot be."""
    get = value_getter(shape)
    if shape.is_map:
        assert shape.key is not None
        assert shape.value is not None
        wanted = _map_key(shape.key, index, key)
        return None if wanted is None else (_map_reader(get, wanted), shape.value)
    if key is not None or shape.is_repeated != (index is not None):
        return None
    if index is not None:
        return _element_reader(get, index), shape
    if shape.has_presence or shape.kind.is_message:
        return _present_reader(get, presence_check(shape)), shape
    return get, shape


def _map_key(shape: FieldShape, index: int | None, key: str | None) -> Any:
    if shape.kind is FieldKind.STRING:
        return key
    if shape.kind is FieldKind.BOOL:
        return {"true": True, "false": False}.get(key or "")
    return index


def _map_reader(get: Reading, key: Any) -> Reading:
    def read(message: Any) -> Any:
        entries = get(message)
        return entries[key] if key in entries else None  # noqa: SIM401 - get() of a map of messages refuses a default

    return read


def _element_reader(get: Reading, index: int) -> Reading:
    def read(message: Any) -> Any:
        elements = get(message)
        return elements[index] if -len(elements) <= index < len(elements) else None

    return read


def _present_reader(get: Reading, is_set: Callable[[Any], bool]) -> Reading:
    return lambda message: get(message) if is_set(message) else None


def _length_reader(shape: FieldShape) -> Reading:
    get = value_getter(shape)
    return lambda message: len(get(message))


def _chain(readers: list[Reading]) -> Reader:
    if len(readers) == 1:
        return readers[0]

    def read(message: Message) -> int | float | None:
        value: Any = message
        for reader in readers:
            value = reader(value)
            if value is None:
                return None
        return value  # type: ignore[no-any-return]

    return read


def _leaf(
    path: str, shape: FieldShape, owner: Descriptor, readers: list[Reading], first_number: int
) -> NumericField | None:
    inner = shape.message_type
    if inner is not None:
        kind = _MOMENTS.get(inner.full_name)
        if kind is None:
            return None
        readers.append(lambda moment: moment.seconds * _NANOS + moment.nanos)
        return NumericField(path, NumberKind[kind], shape.type_name, owner, _chain(readers), first_number)
    if shape.kind in _LENGTHY:
        return None
    names = {each.number: each.name for each in reversed(shape.enum_values)}
    return NumericField(path, _number_kind(shape), shape.type_name, owner, _chain(readers), first_number, names)


def _number_kind(shape: FieldShape) -> NumberKind:
    if shape.kind is FieldKind.BOOL:
        return NumberKind.BOOL
    if shape.kind is FieldKind.ENUM:
        return NumberKind.ENUM
    return NumberKind.WHOLE if shape.kind.is_integer else NumberKind.REAL


def _is_looked_into(descriptor: Descriptor) -> bool:
    return descriptor.full_name not in _OPAQUE and descriptor.full_name not in _MOMENTS


def _decimal(nanoseconds: int) -> str:
    whole, rest = divmod(abs(nanoseconds), _NANOS)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")
    return f"{'-' if nanoseconds < 0 else ''}{whole:,}{fraction}"
