"""Messages as records of a table: which columns there are, and what stands in them.

Each message's record begins with its number, direction, time in seconds since the call began, and size in bytes. Then
comes a column for each path of a single scalar field that is set in any of the messages (`user.address.city`), in the
order of declaration. Lists, maps, Any, Struct, Value and ListValue are one column each, in JSON; a Timestamp, Duration,
FieldMask or wrapper is the text that ProtoJSON has for it. Integers have all their digits, bytes are base64, an enum is
its name, and NaN, Infinity and -Infinity are these words. A field that is not set is empty; one that has no presence
says its default then, where the message that it belongs to is set. What could not be read as a message has its bytes
in base64 in the last column, `unread`, which is there only then.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from wirelens.engine.messages.fields import FieldShape, field_shape, message_fields
from wirelens.engine.messages.json_writing import MessageWriter, scalar_to_json
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, descriptor_of, message_plan, set_fields
from wirelens.engine.schema.schema import Schema

FIRST_COLUMNS = ("number", "direction", "time", "size")
UNREAD = "unread"
MOST_COLUMNS = 1_000
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # one for all: json.dumps would make one for each value
_DEEPEST = 20  # messages below these are JSON in one column: a type may hold itself


class _Column(NamedTuple):
    place: tuple[int, ...]  # of the fields that lead there, in their declarations
    holder: str  # the path of the message it belongs to
    shape: FieldShape | None  # what it is without a value; None where it is nothing then


class CsvColumns:
    """The columns that messages need: `add` all of them first, then ask for each one's `record`."""

    def __init__(self, schema: Schema) -> None:
        self._writer = MessageWriter(schema)
        self._columns: dict[str, _Column] = {}
        self._names: list[str] | None = None
        self._defaults: dict[str, str] = {}
        self.left_out = 0  # paths beyond MOST_COLUMNS that were met

    def add(self, message: Message) -> None:
        """Make room for the fields that are set in a message."""
        for path, column, _value, _holders in self._cells(message):
            if path in self._columns:
                continue
            if len(self._columns) >= MOST_COLUMNS:
                self.left_out += 1
            else:
                self._columns[path] = column

    @property
    def names(self) -> list[str]:
        """The fields' columns in their order."""
        if self._names is None:
            self._names = sorted(self._columns, key=lambda path: self._columns[path].place)
        return self._names

    def record(self, message: Message) -> list[str]:
        """What stands under `names` for a message."""
        cells: dict[str, str] = {}
        holders = {""}
        for path, _column, value, above in self._cells(message):
            cells[path] = value
            holders.update(above)
        columns = self._columns
        type_name = descriptor_of(message)
        return [
            cells[path]
            if path in cells
            else self._unset(path)
            if columns[path].holder in holders and _has_field(type_name, path)
            else ""
            for path in self.names
        ]

    def _unset(self, path: str) -> str:
        """What stands for a field that is not set, in a message that is."""
        found = self._defaults.get(path)
        if found is None:
            shape = self._columns[path].shape
            found = self._defaults[path] = "" if shape is None else _default(shape)
        return found

    def _cells(self, message: Message) -> Iterator[tuple[str, _Column, str, tuple[str, ...]]]:
        descriptor = descriptor_of(message)
        if descriptor.full_name in SPECIAL_TYPES:
            yield "value", _Column((0,), "", None), _text(self._writer.value(message)), ()
            return
        yield from self._fields(message, "", (), ())

    def _fields(
        self, message: Message, above: str, place: tuple[int, ...], holders: tuple[str, ...]
    ) -> Iterator[tuple[str, _Column, str, tuple[str, ...]]]:
        plan = message_plan(descriptor_of(message))
        if above:
            holders = (*holders, above)
        is_empty = True
        for descriptor, value in set_fields(message):
            is_empty = False
            if descriptor.is_extension:
                shape, here = field_shape(descriptor), (*place, len(plan.shapes) + descriptor.number)
            else:
                position, shape = plan.by_number[descriptor.number]
                here = (*place, position)
            path = f"{above}.{shape.path_name}" if above else shape.path_name
            column = _Column(here, above, shape)
            if shape.is_repeated or shape.is_map or not shape.kind.is_message:
                yield path, column, _text(self._plain(message, shape, value)), holders
            elif shape.message_name in SPECIAL_TYPES or len(here) > _DEEPEST:
                yield path, column, _text(self._writer.value(value)), holders
            else:
                yield from self._fields(value, path, here, holders)
        if above and is_empty:  # there is nothing in it, but it is there
            yield above, _Column(place, "", None), "{}", holders

    def _plain(self, message: Message, shape: FieldShape, value: Any) -> Any:
        if shape.is_map or shape.is_repeated:
            return self._writer.member(message, shape, value)
        return scalar_to_json(shape, value)


def _has_field(descriptor: Descriptor, path: str) -> bool:
    """Whether a type has the first field of a path: what is sent and what is received may be of different types."""
    first = path if path.startswith("[") else path.partition(".")[0]
    return any(shape.name == first for shape in message_fields(descriptor))


def _default(shape: FieldShape) -> str:
    if shape.has_presence or shape.kind.is_message or shape.is_repeated or shape.is_map:
        return ""
    return _text(scalar_to_json(shape, shape.default))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return _as_json(value)
