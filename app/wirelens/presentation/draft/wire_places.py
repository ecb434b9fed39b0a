"""Between the form's places and the wire's.

The form counts the entries of a map, the wire names them by key. JSON has the rows of a Struct, ListValue or Value as
they are, on the wire there are fields around them (`fields`, `values`, `struct_value`); an Any has its type in
`type_url` and all its content in the one field `value`.
"""

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.wire.places import MapKey, WirePath
from wirelens.presentation.draft.edits import element_shape, rows_shape
from wirelens.presentation.draft.field_index import (
    JSON_TREES,
    TYPE_KEY,
    Structure,
    field_index,
    message_structure,
    message_type,
    structure_of,
    whole_shape,
)
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, MessageValue, Value

_TYPE_URL, _CONTENT = "type_url", "value"  # the fields of an Any


def wire_path(descriptor: Descriptor, tree: Value, path: Path) -> WirePath:
    """The path that `occurrences` takes, of a place in the form of a `descriptor`.

    It ends at a map that has no such entry any more, and at the content of an Any.
    """
    found: WirePath = ()
    at = _Cursor(descriptor, tree)
    for step in path:
        if isinstance(at.value, AnyValue):
            return (*found, _TYPE_URL if step == TYPE_KEY else _CONTENT)
        named: MapKey | str | int = step
        if isinstance(at.value, MapValue) and isinstance(step, int):
            if step >= len(at.value.entries):
                return found
            named = MapKey(at.value.entries[step][0])
        found = (*found, *at.fields_around_rows(), named)
        if not at.go(step):
            return found
    return found


def form_path(descriptor: Descriptor, tree: Value, path: WirePath) -> Path:
    """The place in the form of what `place_at` found, as far as the form goes.

    It ends at what the form edits as one value (a Timestamp, a wrapper, the content of an Any), and where the draft
    has no such place.
    """
    found: Path = ()
    at = _Cursor(descriptor, tree)
    for step in path:
        if isinstance(at.value, AnyValue):
            return (*found, TYPE_KEY) if step == _TYPE_URL else found
        if isinstance(step, str) and step in at.fields_around_rows():
            continue
        to: str | int | None = step if not isinstance(step, MapKey) else _position(at.value, step)
        if to is None or not at.go(to):
            return found
        found = (*found, to)
    return found


class _Cursor:
    """A place in the form, with the field that it is of; the message as a whole is of none."""

    def __init__(self, descriptor: Descriptor, tree: Value) -> None:
        self.value = tree
        self._descriptor = descriptor
        has_own_json = message_structure(descriptor) is not Structure.MESSAGE
        self._shape: FieldShape | None = whole_shape(descriptor) if has_own_json else None
        self._is_row = False

    def go(self, step: str | int) -> bool:
        """One step down; False where nothing is there."""
        below = _below(self.value, step)
        if below is None:
            return False
        if isinstance(step, int) and self._shape is not None:
            self._shape = element_shape(rows_shape(self._shape, self.value, is_row=self._is_row))
        elif isinstance(step, str):
            holder = self._descriptor if self._shape is None else message_type(self._shape)
            self._shape = field_index(holder).by_key[step]
        self.value, self._is_row = below, isinstance(step, int)
        return True

    def fields_around_rows(self) -> tuple[str, ...]:
        """What stands on the wire between a field and the rows of the JSON that it holds."""
        shape = self._shape
        if shape is None or structure_of(shape) not in JSON_TREES:
            return ()
        if (shape.is_map or shape.is_repeated) and not self._is_row:
            return ()
        rows = ("fields",) if isinstance(self.value, MapValue) else ("values",)
        if structure_of(shape) is not Structure.VALUE:
            return rows
        return ("struct_value" if isinstance(self.value, MapValue) else "list_value", *rows)


def _position(value: Value | None, key: MapKey) -> int | None:
    entries = value.entries if isinstance(value, MapValue) else ()
    return next((index for index, (text, _item) in enumerate(entries) if text == key.text), None)


def _below(value: Value | None, step: str | int) -> Value | None:
    if isinstance(value, MessageValue) and isinstance(step, str):
        return value.fields.get(step)
    if isinstance(value, ListValue) and isinstance(step, int) and step < len(value.items):
        return value.items[step]
    if isinstance(value, MapValue) and isinstance(step, int) and step < len(value.entries):
        return value.entries[step][1]
    return None
