"""A field's edit put into the JSON text that somebody wrote: layout, order and comments around it stay.

The tree before and after the edit share what did not change, so the difference is found by identity; the text is
walked along it, and each single change is spliced in where it belongs.
"""

from collections.abc import Sequence
from typing import Any

from wirelens.engine.errors import JsonError
from wirelens.presentation.draft.field_index import field_key
from wirelens.presentation.draft.json_values import JsonObject, json_string, plain_text, read_plain
from wirelens.presentation.draft.text_splices import CannotSpliceError, Item, SplicedText
from wirelens.presentation.draft.tree import (
    Fragment,
    ListValue,
    MapValue,
    MessageValue,
    Value,
    read_field,
    value_text,
)

_VERIFIED_UP_TO = 64 * 1024  # characters of the object or array that was changed; to read them again takes 3 ms


def patched(text: str, before: Value, after: Value) -> str | None:
    """`text`, which reads as `before`, changed where `after` differs; None where only writing it anew will do."""
    try:
        patch = _Patch(text)
        patch.change(patch.spliced.space_end(0), before, after)
    except (CannotSpliceError, JsonError, ValueError, IndexError, StopIteration, RecursionError):
        return None
    return patch.spliced.text


class _Patch:
    """The way along the difference, through the text as it stands after the changes so far."""

    def __init__(self, text: str) -> None:
        self.spliced = SplicedText(text)
        self._verified_steps = 0

    def change(self, start: int, before: Any, after: Any) -> None:
        """Change the value that begins at `start` and reads as `before`."""
        if _is_same(before, after):
            return
        if isinstance(before, Fragment) and isinstance(after, Fragment):
            self.change(start, before.plain, after.plain)
            return
        if isinstance(before, MessageValue) and isinstance(after, MessageValue) and _have_same_fields(before, after):
            self._change_message(start, before, after)
        elif isinstance(before, MapValue) and isinstance(after, MapValue):
            self._change_rows(start, before.entries, after.entries, is_object=True)
        elif isinstance(before, ListValue) and isinstance(after, ListValue):
            self._change_rows(start, before.items, after.items, is_object=False)
        elif isinstance(before, JsonObject) and isinstance(after, JsonObject):
            self._change_rows(start, before, after, is_object=True)
        elif type(before) is list and type(after) is list:
            self._change_rows(start, before, after, is_object=False)
        else:
            self.spliced.replace(start, self.spliced.end_of_value(start), _written(after))
            return
        if self.spliced.steps > self._verified_steps:
            self._verify(start, after)
            self._verified_steps = self.spliced.steps

    def _change_message(self, start: int, before: MessageValue, after: MessageValue) -> None:
        old, new = before.fields, after.fields
        for key in old:
            if key in new and not _is_same(old[key], new[key]):
                self.change(self._start_of_field(start, before, key), old[key], new[key])
        placed = [key for key in old if key in new]
        keys = list(new)
        for key in keys:
            if key not in old:
                self._add_field(start, before, key, new[key], self._field_before(key, keys, placed))
                placed.append(key)
        for key in old:
            if key not in new:
                self.spliced.remove(start, self._index_of_field(start, before, key))

    @staticmethod
    def _field_before(key: str, keys: list[str], placed: list[str]) -> str | None:
        there = set(placed)
        return next((each for each in reversed(keys[: keys.index(key)]) if each in there), None)

    def _add_field(self, start: int, message: MessageValue, key: str, value: Value, after: str | None) -> None:
        index = message.index
        for item in self.spliced.items(start):
            shape = index.by_json_name.get(item.name or "")
            if shape is not None and field_key(shape) == key:  # a null, which means unset
                self.spliced.replace(item.value_start, item.end, _written(value))
                return
        place = 0 if after is None else self._index_of_field(start, message, after) + 1
        self.spliced.insert(start, place, json_string(index.by_key[key].json_name), _written(value))

    def _index_of_field(self, start: int, message: MessageValue, key: str) -> int:
        return next(n for n, item in enumerate(self.spliced.items(start)) if self._is_field(item, message, key))

    def _start_of_field(self, start: int, message: MessageValue, key: str) -> int:
        """Without looking for the end of a value that may be the whole of a long text."""
        for item in self.spliced.items(start, ends=False):
            if self._is_field(item, message, key):
                return item.value_start
        raise CannotSpliceError

    def _is_field(self, item: Item, message: MessageValue, key: str) -> bool:
        shape = message.index.by_json_name.get(item.name or "")
        if shape is None or field_key(shape) != key:
            return False
        return not self.spliced.bare.startswith("null", item.value_start) or read_field(shape, None) is not None

    def _change_rows(self, start: int, before: Sequence[Any], after: Sequence[Any], *, is_object: bool) -> None:
        most = min(len(before), len(after))
        first = next((n for n in range(most) if not _is_same(before[n], after[n])), most)
        last = next((n for n in range(most - first) if not _is_same(before[-1 - n], after[-1 - n])), most - first)
        old, new = before[first : len(before) - last], after[first : len(after) - last]
        if len(old) == len(new) > 1 and _are_same(old[1:], new[:-1]) and _is_same(old[0], new[-1]):
            self.spliced.move(start, first, first + len(old) - 1)
            return
        if len(old) == len(new) > 1 and _are_same(old[:-1], new[1:]) and _is_same(old[-1], new[0]):
            self.spliced.move(start, first + len(old) - 1, first)
            return
        both = min(len(old), len(new))
        for n in range(both):
            self._change_row(start, first + n, old[n], new[n], is_object=is_object)
        for n in range(both, len(new)):
            name, value = new[n] if is_object else (None, new[n])
            self.spliced.insert(start, first + n, "" if name is None else json_string(name), _written(value))
        for _ in range(both, len(old)):
            self.spliced.remove(start, first + both)

    def _change_row(self, start: int, index: int, before: Any, after: Any, *, is_object: bool) -> None:
        if not is_object:
            self.change(self.spliced.start_of_row(start, index), before, after)
            return
        if before[0] != after[0]:
            self.spliced.rename(start, index, json_string(after[0]))
        self.change(self.spliced.start_of_row(start, index), before[1], after[1])

    def _verify(self, start: int, after: Any) -> None:
        """Whether the object or array that was changed reads as it is meant; all around it is as it was."""
        piece = self.spliced.bare_value(start, _VERIFIED_UP_TO)
        if piece is not None and not _reads_as(read_plain(piece), after):
            raise CannotSpliceError


def _have_same_fields(first: MessageValue, second: MessageValue) -> bool:
    """An Any of another type has others; it is written anew, and only it."""
    return first.index is second.index and first.strangers == second.strangers


def _is_same(first: Any, second: Any) -> bool:
    if first is second:
        return True
    return type(first) is type(second) and bool(first == second)


def _are_same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return all(_is_same(one, other) for one, other in zip(first, second, strict=True))


def _written(value: Any) -> str:
    return plain_text(value) if value is None or isinstance(value, list) else value_text(value)


def _reads_as(plain: Any, value: Any) -> bool:
    """Whether JSON says what `value` holds, as far as JSON can say it."""
    if isinstance(value, MessageValue):
        return isinstance(plain, JsonObject) and _members_read_as(plain, value)
    if isinstance(value, Fragment):
        return plain_text(plain) == plain_text(value.plain)
    if value is None or isinstance(value, list):
        return plain_text(plain) == plain_text(value)
    if isinstance(value, ListValue):
        return (
            type(plain) is list
            and len(plain) == len(value.items)
            and all(_reads_as(item, other) for item, other in zip(plain, value.items, strict=True))
        )
    if isinstance(value, MapValue):
        return (
            isinstance(plain, JsonObject)
            and [key for key, _item in plain] == [key for key, _item in value.entries]
            and all(_reads_as(item, other) for (_, item), (_, other) in zip(plain, value.entries, strict=True))
        )
    if plain is None:
        return bool(value == "NULL_VALUE")
    return not isinstance(plain, list) and plain_text(plain) == _written(value)


def _members_read_as(plain: JsonObject, value: MessageValue) -> bool:
    by_json_name = value.index.by_json_name
    found: dict[str, Any] = {}
    strangers = []
    for name, member in plain:
        shape = by_json_name.get(name)
        if shape is None or field_key(shape) in found:
            strangers.append((name, member))
        elif member is not None or read_field(shape, None) is not None:
            found[field_key(shape)] = member
    return (
        found.keys() == value.fields.keys()
        and tuple(strangers) == value.strangers
        and all(_reads_as(member, value.fields[key]) for key, member in found.items())
    )
