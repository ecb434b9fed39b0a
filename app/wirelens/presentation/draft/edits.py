"""Edits of a draft's tree by path; each gives a new tree that shares what did not change."""

import itertools
from collections.abc import Callable, Sequence
from typing import TypeAlias

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.field_index import (
    FieldIndex,
    Structure,
    field_index,
    json_rows,
    message_structure,
    message_type,
    structure_of,
    whole_shape,
)
from wirelens.presentation.draft.json_kinds import empty_value, kind_of
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import (
    AnyValue,
    ListValue,
    MapValue,
    MessageValue,
    Value,
    empty_element,
    empty_whole,
)

Change: TypeAlias = Callable[[Value | None], Value | None]


def value_at(root: Value, path: Path) -> Value | None:
    """What stands at `path`, None where nothing is set."""
    value: Value | None = root
    for step in path:
        value = _child(value, step)
    return value


def shape_at(descriptor: Descriptor, root: Value, path: Path) -> FieldShape:
    """The field that `path` leads to; for a position in a list or map, the shape of its values.

    An empty path leads to the message as a whole, where its type has JSON of its own.

    `root`, of the type `descriptor`, says which types its Anys hold and what its JSON values are.

    Raises:
        KeyError: the type has no such field.
    """
    shape = whole_shape(descriptor) if message_structure(descriptor) is not Structure.MESSAGE else None
    value: Value | None = root
    is_row = False
    for step in path:
        if isinstance(step, int):
            assert shape is not None
            shape = element_shape(rows_shape(shape, value, is_row=is_row))
        else:
            shape = _index(value, descriptor if shape is None else message_type(shape)).by_key[step]
        value, is_row = _child(value, step), isinstance(step, int)
    assert shape is not None
    return shape


def has_rows(root: Value, path: Path) -> bool:
    """Whether the rows that `path` goes through, or ends at, are there."""
    lengths = [length for length, step in enumerate(path, 1) if isinstance(step, int)]
    return all(value_at(root, path[:length]) is not None for length in lengths)


def index_at(descriptor: Descriptor, root: Value, path: Path) -> FieldIndex:
    """The fields of the message at `path`."""
    return _index(value_at(root, path), message_type(shape_at(descriptor, root, path)) if path else descriptor)


def rows_shape(shape: FieldShape, value: Value | None, *, is_row: bool) -> FieldShape:
    """The list or map whose rows are below what a field holds: its own, or that of a Struct, ListValue or Value.

    `is_row`: the value is itself a row of the list or map `shape`.
    """
    if not is_row and (shape.is_map or shape.is_repeated):
        return shape
    structure = structure_of(shape)
    keyed = structure is Structure.STRUCT or (structure is Structure.VALUE and not isinstance(value, ListValue))
    return json_rows(message_type(shape), keyed=keyed)


def element_shape(rows: FieldShape) -> FieldShape:
    """The shape of one row's value in a list or map."""
    return rows.value if rows.value is not None else rows


def new_row(rows: FieldShape, value: Value | None, index: int) -> Value:
    """What a row holds that is put in before `index`; a JSON value is text to begin with, or like the one before it."""
    element = element_shape(rows)
    if structure_of(element) is not Structure.VALUE:
        return empty_element(element)
    before = _child(value, index - 1) if index else None
    return "" if before is None else empty_value(kind_of(before))


def changed(descriptor: Descriptor, root: Value, path: Path, change: Change, *, keep: bool = False) -> Value:
    """`root`, a `descriptor`, with what stands at `path` passed through `change` (None is unset, on both sides).

    Messages on the way that are unset become present, and the message as a whole cannot be unset: it is emptied.
    `keep` remembers the value of a field that is unset by it.

    Raises:
        KeyError: the type has no such field, or an Any on the way holds no type that has it.
    """
    if path and isinstance(root, MessageValue):
        return _changed_message(root, path, change, keep)
    result = _changed(root, whole_shape(descriptor), path, change, keep) if path else change(root)
    return empty_whole(descriptor) if result is None else result


def _changed_message(root: MessageValue, path: Path, change: Change, keep: bool) -> MessageValue:
    key = path[0]
    assert isinstance(key, str)
    shape = root.index.by_key[key]
    return with_field(root, key, _changed(root.fields.get(key), shape, path[1:], change, keep), keep=keep)


def with_field(message: MessageValue, key: str, value: Value | None, *, keep: bool = False) -> MessageValue:
    """`message` with one field set or, by None, unset. Setting a oneof's member keeps what the others held."""
    fields, kept = dict(message.fields), dict(message.kept)
    before = fields.get(key)
    if value is None:
        fields.pop(key, None)
        if keep and before is not None:
            kept[key] = before
        return message.with_fields(fields, kept)
    kept.pop(key, None)
    index = message.index
    for rival in index.oneofs.get(index.by_key[key].oneof or "", ()):
        if rival != key and rival in fields:
            kept[rival] = fields.pop(rival)
    fields[key] = value
    if before is None:
        fields = _in_declaration_order(fields, key, index.position)
    return message.with_fields(fields, kept)


def with_item(value: ListValue | MapValue, index: int, item: Value | None) -> ListValue | MapValue:
    """The list or map with another value at `index`, or without it."""
    if isinstance(value, ListValue):
        new = () if item is None else (item,)
        return ListValue((*value.items[:index], *new, *value.items[index + 1 :]))
    entries = () if item is None else ((value.entries[index][0], item),)
    return MapValue((*value.entries[:index], *entries, *value.entries[index + 1 :]))


def with_inserted(value: ListValue | MapValue, index: int, item: Value, key: str = "") -> ListValue | MapValue:
    """The list or map with a new row before `index`."""
    if isinstance(value, ListValue):
        return ListValue((*value.items[:index], item, *value.items[index:]))
    return MapValue((*value.entries[:index], (key, item), *value.entries[index:]))


def with_spliced(
    value: ListValue | MapValue, index: int, rows: Sequence[tuple[str, Value]], replaced: int
) -> ListValue | MapValue:
    """The list or map with `rows` (key and value) in place of the `replaced` ones from `index` on."""
    if isinstance(value, ListValue):
        items = tuple(item for _key, item in rows)
        return ListValue((*value.items[:index], *items, *value.items[index + replaced :]))
    return MapValue((*value.entries[:index], *rows, *value.entries[index + replaced :]))


def with_moved(value: ListValue | MapValue, index: int, to: int) -> ListValue | MapValue:
    """The list or map with the row at `index` moved so that it stands at `to`."""
    if isinstance(value, ListValue):
        items = list(value.items)
        items.insert(to, items.pop(index))
        return ListValue(tuple(items))
    entries = list(value.entries)
    entries.insert(to, entries.pop(index))
    return MapValue(tuple(entries))


def with_key(value: MapValue, index: int, key: str) -> MapValue:
    """The map with another key in the row at `index`."""
    return MapValue((*value.entries[:index], (key, value.entries[index][1]), *value.entries[index + 1 :]))


def row_count(value: Value | None) -> int:
    """How many rows a list or map has; an unset one has none."""
    if isinstance(value, ListValue):
        return len(value.items)
    return len(value.entries) if isinstance(value, MapValue) else 0


def free_key(shape: FieldShape, value: Value | None) -> str:
    """A key of the map's key type that no row has yet, as near to empty as it can be."""
    taken = {key for key, _item in value.entries} if isinstance(value, MapValue) else set()
    if shape.kind is FieldKind.BOOL:
        return "true" if "false" in taken and "true" not in taken else "false"
    if shape.kind is not FieldKind.STRING:
        return next(key for key in map(str, itertools.count()) if key not in taken)
    return next(key for key in ("", *(f"key{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _child(value: Value | None, step: str | int) -> Value | None:
    if isinstance(value, MessageValue) and isinstance(step, str):
        return value.fields.get(step)
    if isinstance(value, ListValue) and isinstance(step, int):
        return value.items[step] if step < len(value.items) else None
    if isinstance(value, MapValue) and isinstance(step, int):
        return value.entries[step][1] if step < len(value.entries) else None
    return None


def _changed(
    value: Value | None, shape: FieldShape, path: Path, change: Change, keep: bool, *, is_row: bool = False
) -> Value | None:
    if not path:
        return change(value)
    step = path[0]
    if isinstance(step, int):
        assert isinstance(value, (ListValue, MapValue)), "rows are inserted before they are changed"
        element = element_shape(rows_shape(shape, value, is_row=is_row))
        return with_item(value, step, _changed(_child(value, step), element, path[1:], change, keep, is_row=True))
    holder = value if isinstance(value, MessageValue) else empty_element(shape)
    assert isinstance(holder, MessageValue)
    return _changed_message(holder, path, change, keep)


def _index(value: Value | None, descriptor: Descriptor) -> FieldIndex:
    return value.index if isinstance(value, AnyValue) else field_index(descriptor)


def _in_declaration_order(fields: dict[str, Value], key: str, position: dict[str, int]) -> dict[str, Value]:
    """`fields` with its last key moved before the first that is declared after it; the others stay as written."""
    value = fields.pop(key)
    ordered: dict[str, Value] = {}
    for name, field in fields.items():
        if key not in ordered and position[name] > position[key]:
            ordered[key] = value
        ordered[name] = field
    ordered.setdefault(key, value)
    return ordered
