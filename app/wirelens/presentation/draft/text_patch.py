"""A field's edit put into the JSON text that somebody wrote: layout, order and comments around it stay.

The tree before and after the edit share what did not change, so the difference is found by identity; the text is
walked along it. Each single change (a value replaced, a member or element put in, taken out or moved, a key renamed)
is spliced in by the manner of its neighbours.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_comments import blanked, comment_spans, without_trailing_commas
from wirelens.engine.messages.json_text import skip_space
from wirelens.presentation.draft.field_index import field_key
from wirelens.presentation.draft.json_values import JsonObject, json_string, plain_text, read_plain
from wirelens.presentation.draft.tree import (
    Fragment,
    ListValue,
    MapValue,
    MessageValue,
    Value,
    read_field,
    value_text,
)

_MOST_STEPS = 50  # single changes of one edit; more is a new value, and written as one
_VERIFIED_UP_TO = 64 * 1024  # characters of the object or array that was changed; to read them again takes 3 ms

_LONG = 4096  # characters of a value whose end is remembered

_scan = json.JSONDecoder(parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]  # not in the stubs
_scan_string: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
_match_comma = re.compile(r"[ \t\r\n]*,[ \t\r\n]*").match
_FIRST_OF_ITS_LINE = re.compile(r'[ \t]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[ \t]*:[ \t]*)?')
_INDENT = re.compile(r"[ \t]*")
_FIRST_INDENT = re.compile(r"\n([ \t]+)\S")


class _CannotPatchError(Exception):
    """The change is none of those that can be spliced in."""


def patched(text: str, before: Value, after: Value) -> str | None:
    """`text`, which reads as `before`, changed where `after` differs; None where only writing it anew will do."""
    try:
        patch = _Patch(text)
        patch.change(patch.space_end(0), before, after)
    except (_CannotPatchError, JsonError, ValueError, IndexError, StopIteration, RecursionError):
        return None
    return patch.text


@dataclass(frozen=True, slots=True)
class _Item:
    """A member or element: `text[start:end]`; a member's name ends at `name_end`."""

    start: int
    name: str | None
    name_end: int
    value_start: int
    end: int


class _Patch:
    """The text as it stands after the changes so far, and what it is without comments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._steps = self._verified_steps = 0
        self._look()

    def _look(self) -> None:
        """`_spaced` has no comments, `_bare` no trailing commas either; places are the same in all three."""
        self._ends: dict[int, int] = {}
        self._comments = comment_spans(self.text)
        self._spaced = blanked(self.text, self._comments)
        self._bare = without_trailing_commas(self._spaced)

    def space_end(self, position: int) -> int:
        """Where the white space that begins at `position` ends."""
        if position == 0 and self.text.startswith("\ufeff"):
            position = 1
        found = skip_space(self._bare, position)
        assert found is not None
        return found.end()

    # -- walking along the difference

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
            self._replace(start, self._end_of_value(start), _written(after))
            return
        if self._steps > self._verified_steps:
            self._verify(start, after)
            self._verified_steps = self._steps

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
                self._remove(start, self._index_of_field(start, before, key))

    @staticmethod
    def _field_before(key: str, keys: list[str], placed: list[str]) -> str | None:
        there = set(placed)
        return next((each for each in reversed(keys[: keys.index(key)]) if each in there), None)

    def _add_field(self, start: int, message: MessageValue, key: str, value: Value, after: str | None) -> None:
        index = message.index
        for item in self._items(start):
            shape = index.by_json_name.get(item.name or "")
            if shape is not None and field_key(shape) == key:  # a null, which means unset
                self._replace(item.value_start, item.end, _written(value))
                return
        place = 0 if after is None else self._index_of_field(start, message, after) + 1
        self._insert(start, place, json_string(index.by_key[key].json_name), _written(value))

    def _index_of_field(self, start: int, message: MessageValue, key: str) -> int:
        return next(n for n, item in enumerate(self._items(start)) if self._is_field(item, message, key))

    def _start_of_field(self, start: int, message: MessageValue, key: str) -> int:
        """Without looking for the end of a value that may be the whole of a long text."""
        for item in self._items(start, ends=False):
            if self._is_field(item, message, key):
                return item.value_start
        raise _CannotPatchError

    def _is_field(self, item: _Item, message: MessageValue, key: str) -> bool:
        shape = message.index.by_json_name.get(item.name or "")
        if shape is None or field_key(shape) != key:
            return False
        return not self._bare.startswith("null", item.value_start) or read_field(shape, None) is not None

    def _change_rows(self, start: int, before: Sequence[Any], after: Sequence[Any], *, is_object: bool) -> None:
        most = min(len(before), len(after))
        first = next((n for n in range(most) if not _is_same(before[n], after[n])), most)
        last = next((n for n in range(most - first) if not _is_same(before[-1 - n], after[-1 - n])), most - first)
        old, new = before[first : len(before) - last], after[first : len(after) - last]
        if len(old) == len(new) > 1 and _are_same(old[1:], new[:-1]) and _is_same(old[0], new[-1]):
            self._move(start, first, first + len(old) - 1)
            return
        if len(old) == len(new) > 1 and _are_same(old[:-1], new[1:]) and _is_same(old[-1], new[0]):
            self._move(start, first + len(old) - 1, first)
            return
        both = min(len(old), len(new))
        for n in range(both):
            self._change_row(start, first + n, old[n], new[n], is_object=is_object)
        for n in range(both, len(new)):
            name, value = new[n] if is_object else (None, new[n])
            self._insert(start, first + n, "" if name is None else json_string(name), _written(value))
        for _ in range(both, len(old)):
            self._remove(start, first + both)

    def _change_row(self, start: int, index: int, before: Any, after: Any, *, is_object: bool) -> None:
        if not is_object:
            self.change(self._start_of_row(start, index), before, after)
            return
        if before[0] != after[0]:
            item = self._item(start, index)
            self._splice((item.start, item.name_end, json_string(after[0])))
        self.change(self._start_of_row(start, index), before[1], after[1])

    # -- where things are

    def _items(self, start: int, *, ends: bool = True) -> Iterator[_Item]:
        """The members or elements of the object or array that begins at `start`, one after the other.

        Without `ends` the end of one is looked for only when the next is asked for.
        """
        bare = self._bare
        is_object = bare[start] == "{"
        position = self.space_end(start + 1)
        while bare[position] not in "}]":
            name, name_end, value_start = None, position, position
            if is_object:
                name, name_end = _scan_string(bare, position + 1)
                value_start = self.space_end(self.space_end(name_end) + 1)
            if not ends:
                yield _Item(position, name, name_end, value_start, value_start)
            end = self._end_of_value(value_start)
            if ends:
                yield _Item(position, name, name_end, value_start, end)
            position = self.space_end(end)
            if bare[position] == ",":
                position = self.space_end(position + 1)

    def _end_of_value(self, start: int) -> int:
        end = self._ends.get(start)
        if end is None:
            _value, end = _scan(self._bare, start)
            if end - start > _LONG:
                self._ends[start] = end
        assert isinstance(end, int)
        return end

    def _item(self, start: int, index: int) -> _Item:
        return next(item for n, item in enumerate(self._items(start)) if n == index)

    def _start_of_row(self, start: int, index: int) -> int:
        """Past as many rows as there may be, so with as little work for each as can be."""
        bare = self._bare
        is_object = bare[start] == "{"
        position = self.space_end(start + 1)
        for n in range(index + 1):
            if is_object:
                _name, position = _scan_string(bare, position + 1)
                position = self.space_end(self.space_end(position) + 1)
            if n < index:
                _value, position = _scan(bare, position)
                comma = _match_comma(bare, position)
                if comma is None:
                    raise _CannotPatchError
                position = comma.end()
        return position

    def _line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def _line_end(self, position: int) -> int:
        """The end of the line, behind a comment that begins on it."""
        end = self.text.find("\n", position)
        end = len(self.text) if end < 0 else end
        return next((stop for begin, stop in self._comments if begin < end < stop), end)

    def _begins_line(self, position: int) -> bool:
        return not self._bare[self._line_start(position) : position].strip()

    def _is_alone_on_line(self, start: int) -> bool:
        """Whether the value at `start`, or the member it belongs to, is the first thing on its line."""
        return _FIRST_OF_ITS_LINE.fullmatch(self._bare, self._line_start(start), start) is not None

    def _indent(self, position: int) -> str:
        found = _INDENT.match(self.text, self._line_start(position))
        assert found is not None
        return found[0]

    def _unit(self) -> str:
        """One step of this text's indentation."""
        found = _FIRST_INDENT.search(self._bare)
        return found[1] if found is not None else "  "

    def _comma_after(self, position: int) -> int | None:
        """The comma behind the value that ends at `position`, a trailing one too."""
        found = skip_space(self._spaced, position)
        assert found is not None
        return found.end() if self._spaced[found.end()] == "," else None

    def _is_last(self, item: _Item) -> bool:
        return self._bare[self.space_end(item.end)] != ","

    def _has_comment(self, start: int, end: int) -> bool:
        return self._spaced[start:end] != self.text[start:end]

    # -- single changes

    def _replace(self, start: int, end: int, written: str) -> None:
        self._splice((start, end, self._laid_out(written, start)))

    def _laid_out(self, written: str, start: int) -> str:
        """A value for the place `start`: over several lines only where its neighbours are on lines of their own."""
        if "\n" not in written:
            return written
        if self._is_alone_on_line(start):
            return _indented(written, self._indent(start), self._unit())
        return _on_one_line(written)

    def _insert(self, start: int, index: int, name: str, written: str, *, moved_with: str | None = None) -> None:
        """Put a member or element before the one at `index`, or at the end.

        One that is moved stays as it is written; `moved_with` is the comment behind it.
        """
        items = []
        for item in self._items(start):
            items.append(item)
            if len(items) > index:
                break
        if not items:
            self._fill(start, name, written)
            return
        neighbour = items[index - 1] if index else items[0]
        is_block = self._begins_line(neighbour.start)
        indent = self._indent(neighbour.start)
        tail = moved_with if moved_with and is_block else ""
        if moved_with is None:
            written = _indented(written, indent, self._unit()) if is_block else _on_one_line(written)
            written = name + self._colon(neighbour) * bool(name) + written
        if index == 0:
            self._insert_first(start, items[0], f"{written},", tail, f"\n{indent}" if is_block else "")
            return
        comma = self._comma_after(neighbour.end)
        end = neighbour.end if comma is None else comma + 1
        if is_block:
            line_end = self._line_end(end)
            place = end if self._spaced[end:line_end].strip() else line_end
            separator = f"\n{indent}"
        else:
            place, separator = end, self._gap(items, index)
        tail = self._ended(tail, place)
        if comma is None:
            self._splice((neighbour.end, neighbour.end, ","), (place, place, f"{separator}{written}{tail}"))
        else:
            self._splice((place, place, f"{separator}{written},{tail}"))

    def _insert_first(self, start: int, first: _Item, written: str, tail: str, separator: str) -> None:
        if not separator:
            self._splice((first.start, first.start, f"{written}{self._gap([first], 0)}"))
            return
        line_end = self._line_end(start + 1)
        place = start + 1 if self._spaced[start + 1 : line_end].strip() else line_end
        self._splice((place, place, f"{separator}{written}{self._ended(tail, place)}"))

    def _ended(self, tail: str, place: int) -> str:
        """A comment that comes to `place`, where more may follow on the line."""
        rest = self._spaced[place : self._line_end(place)]
        return f"{tail}\n{self._indent(place)}" if "//" in tail and rest.strip() else tail

    def _fill(self, start: int, name: str, written: str) -> None:
        """Put the first member or element into empty brackets."""
        close = self.space_end(start + 1)
        inside = self.text[start + 1 : close]
        outer = self._indent(start)
        inner = outer + self._unit()
        is_block = self._is_alone_on_line(start) or "\n" in inside
        member = (
            name + ": " * bool(name) + (_indented(written, inner, self._unit()) if is_block else _on_one_line(written))
        )
        if not self._has_comment(start + 1, close):
            self._splice((start + 1, close, f"\n{inner}{member}\n{outer}" if is_block else member))
            return
        place = start + 1 + len(inside.rstrip())
        if is_block:
            end = place if "\n" in self.text[place:close] else close
            self._splice((place, end, f"\n{inner}{member}" + ("" if end == place else f"\n{outer}")))
        else:
            self._splice((place, place, f" {member}"))

    def _colon(self, neighbour: _Item) -> str:
        colon = self.text[neighbour.name_end : neighbour.value_start]
        return colon if colon.strip() == ":" and "\n" not in colon else ": "

    def _gap(self, items: list[_Item], index: int) -> str:
        """What stands between a comma and what follows, in one line."""
        pairs = [(index - 2, index - 1), (index - 1, index)] if index else []
        for left, right in pairs:
            if left >= 0 and right < len(items):
                comma = self._comma_after(items[left].end)
                gap = self.text[items[left].end if comma is None else comma + 1 : items[right].start]
                if not gap.strip(" \t"):
                    return gap
        if items and (comma := self._comma_after(items[-1].end)) is not None and not self._is_last(items[-1]):
            gap = self.text[comma + 1 : self.space_end(comma + 1)]
            return gap if not gap.strip(" \t") else " "
        return " "

    def _remove(self, start: int, index: int) -> None:
        """Take out a member or element with its comma, and its line where it has one to itself."""
        items = []
        for item in self._items(start):
            items.append(item)
            if len(items) > index:
                break
        item = items[index]
        is_last = self._is_last(item)
        comma = self._comma_after(item.end)
        end = item.end if comma is None else comma + 1
        if is_last and index == 0:
            close = self.space_end(item.end)
            if not self._has_comment(start + 1, close):
                self._splice((start + 1, close, ""))
                return
        has_lines = self._has_lines(start, item, end)
        comma_before = self._comma_after(items[index - 1].end) if index and is_last and comma is None else None
        if has_lines:
            first, last = self._line_start(item.start), min(self._line_end(end) + 1, len(self.text))
        elif not is_last:
            first, last = item.start, self._end_of_gap(end)
        else:
            first, last = len(self.text[: item.start].rstrip(" \t")), end
            if comma_before is not None and not self._has_comment(comma_before, first):
                first, comma_before = comma_before, None
        before = [] if comma_before is None else [(comma_before, comma_before + 1, "")]
        self._splice(*before, (first, last, ""))

    def _has_lines(self, start: int, item: _Item, end: int) -> bool:
        """Whether there is nothing else, but for comments, on the lines of an item that goes on to `end`."""
        line = self._line_start(item.start)
        if line <= start or not self._begins_line(item.start) or self._spaced[end : self._line_end(end)].strip():
            return False
        return not any(begin < line < stop for begin, stop in self._comments)

    def _end_of_gap(self, position: int) -> int:
        found = _INDENT.match(self.text, position)
        assert found is not None
        return found.end()

    def _move(self, start: int, index: int, to: int) -> None:
        """Move a member or element as it is written, a comment behind it on its line too."""
        item = self._item(start, index)
        written = self.text[item.start : item.end]
        comma = self._comma_after(item.end)
        end = item.end if comma is None else comma + 1
        rest = self.text[end : self._line_end(end)] if self._has_lines(start, item, end) else ""
        self._remove(start, index)
        self._insert(start, to, "", written, moved_with=rest)

    def _splice(self, *changes: tuple[int, int, str]) -> None:
        """Put other text in place of `text[start:end]`, at several places in their order."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _CannotPatchError
        is_bare = self._bare is self.text
        for start, end, text in reversed(changes):
            self.text = self.text[:start] + text + self.text[end:]
        if is_bare:  # and what is put in has neither comments nor trailing commas
            self._bare = self._spaced = self.text
            self._ends.clear()
        else:
            self._look()

    def _verify(self, start: int, after: Any) -> None:
        """Whether the object or array that was changed reads as it is meant; all around it is as it was."""
        piece = self._bare[start : start + _VERIFIED_UP_TO]
        try:
            _value, end = _scan(piece, 0)
        except (ValueError, StopIteration):
            if start + len(piece) < len(self._bare):
                return  # too large to be read again
            raise
        if not _reads_as(read_plain(piece[:end]), after):
            raise _CannotPatchError


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


def _indented(written: str, indent: str, unit: str) -> str:
    """JSON as it is written anew, its further lines moved in; strings have no line breaks."""
    if unit != "  ":
        written = re.sub(r"\n((?:  )+)", lambda found: "\n" + unit * (len(found[1]) // 2), written)
    return written.replace("\n", f"\n{indent}")


def _on_one_line(written: str) -> str:
    return re.sub(r"\n *", " ", re.sub(r"(?<=[\[{])\n *|\n *(?=[\]}])", "", written))


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
        and tuple(strangers) == value.strangers
        and all(_reads_as(member, value.fields[key]) for key, member in found.items())
    )
