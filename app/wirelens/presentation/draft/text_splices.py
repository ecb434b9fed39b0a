"""A JSON text that somebody wrote, changed at one place at a time by the manner of what stands around it.

A value is replaced, a member or element put in, taken out or moved, a key renamed; layout, order and comments stay.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wirelens.engine.messages.json_comments import blanked, comment_spans, without_trailing_commas
from wirelens.engine.messages.json_text import skip_space

_MOST_STEPS = 50  # single changes of one edit; more is a new value, and written as one
_LONG = 4096  # characters of a value whose end is remembered

_scan = json.JSONDecoder(parse_int=str, parse_float=str).scan_once  # type: ignore[attr-defined]  # not in the stubs
_scan_string: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
_match_comma = re.compile(r"[ \t\r\n]*,[ \t\r\n]*").match
_FIRST_OF_ITS_LINE = re.compile(r'[ \t]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[ \t]*:[ \t]*)?')
_INDENT = re.compile(r"[ \t]*")
_FIRST_INDENT = re.compile(r"\n([ \t]+)\S")


class CannotSpliceError(Exception):
    """The change is none of those that can be spliced in."""


@dataclass(frozen=True, slots=True)
class Item:
    """A member or element: `text[start:end]`; a member's name ends at `name_end`."""

    start: int
    name: str | None
    name_end: int
    value_start: int
    end: int


class SplicedText:
    """The text as it stands after the changes so far, and what it is without comments.

    Places are offsets in `text`; an object or array is named by where it begins.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps = 0  # changes so far
        self._look()

    def _look(self) -> None:
        """`_spaced` has no comments, `_bare` no trailing commas either; places are the same in all three."""
        self._ends: dict[int, int] = {}
        self._comments = comment_spans(self.text)
        self._spaced = blanked(self.text, self._comments)
        self.bare = without_trailing_commas(self._spaced)

    def space_end(self, position: int) -> int:
        """Where the white space that begins at `position` ends."""
        if position == 0 and self.text.startswith("\ufeff"):
            position = 1
        found = skip_space(self.bare, position)
        assert found is not None
        return found.end()

    # -- where things are

    def items(self, start: int, *, ends: bool = True) -> Iterator[Item]:
        """The members or elements of the object or array that begins at `start`, one after the other.

        Without `ends` the end of one is looked for only when the next is asked for.
        """
        bare = self.bare
        is_object = bare[start] == "{"
        position = self.space_end(start + 1)
        while bare[position] not in "}]":
            name, name_end, value_start = None, position, position
            if is_object:
                name, name_end = _scan_string(bare, position + 1)
                value_start = self.space_end(self.space_end(name_end) + 1)
            if not ends:
                yield Item(position, name, name_end, value_start, value_start)
            end = self.end_of_value(value_start)
            if ends:
                yield Item(position, name, name_end, value_start, end)
            position = self.space_end(end)
            if bare[position] == ",":
                position = self.space_end(position + 1)

    def end_of_value(self, start: int) -> int:
        """Where the value that begins at `start` ends."""
        end = self._ends.get(start)
        if end is None:
            _value, end = _scan(self.bare, start)
            if end - start > _LONG:
                self._ends[start] = end
        assert isinstance(end, int)
        return end

    def bare_value(self, start: int, longest: int) -> str | None:
        """The value that begins at `start`, without comments and trailing commas; None where it is too long.

        Raises:
            ValueError, StopIteration: it is no JSON.
        """
        piece = self.bare[start : start + longest]
        try:
            _value, end = _scan(piece, 0)
        except (ValueError, StopIteration):
            if start + len(piece) < len(self.bare):
                return None
            raise
        return piece[:end]

    def item(self, start: int, index: int) -> Item:
        """The member or element at `index`."""
        return next(item for n, item in enumerate(self.items(start)) if n == index)

    def start_of_row(self, start: int, index: int) -> int:
        """Where the value at `index` begins; past as many as may be, so with as little work for each as can be."""
        bare = self.bare
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
                    raise CannotSpliceError
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
        return not self.bare[self._line_start(position) : position].strip()

    def _is_alone_on_line(self, start: int) -> bool:
        """Whether the value at `start`, or the member it belongs to, is the first thing on its line."""
        return _FIRST_OF_ITS_LINE.fullmatch(self.bare, self._line_start(start), start) is not None

    def _indent(self, position: int) -> str:
        found = _INDENT.match(self.text, self._line_start(position))
        assert found is not None
        return found[0]

    def _unit(self) -> str:
        """One step of this text's indentation."""
        found = _FIRST_INDENT.search(self.bare)
        return found[1] if found is not None else "  "

    def _comma_after(self, position: int) -> int | None:
        """The comma behind the value that ends at `position`, a trailing one too."""
        found = skip_space(self._spaced, position)
        assert found is not None
        return found.end() if self._spaced[found.end()] == "," else None

    def _is_last(self, item: Item) -> bool:
        return self.bare[self.space_end(item.end)] != ","

    def _has_comment(self, start: int, end: int) -> bool:
        return self._spaced[start:end] != self.text[start:end]

    # -- single changes

    def rename(self, start: int, index: int, name: str) -> None:
        """Give the member at `index` another name, as JSON writes it."""
        item = self.item(start, index)
        self._splice((item.start, item.name_end, name))

    def replace(self, start: int, end: int, written: str) -> None:
        """Put the value `written` in place of the one from `start` to `end`."""
        self._splice((start, end, self._laid_out(written, start)))

    def _laid_out(self, written: str, start: int) -> str:
        """A value for the place `start`: over several lines only where its neighbours are on lines of their own."""
        if "\n" not in written:
            return written
        if self._is_alone_on_line(start):
            return _indented(written, self._indent(start), self._unit())
        return _on_one_line(written)

    def insert(self, start: int, index: int, name: str, written: str, *, moved_with: str | None = None) -> None:
        """Put a member or element before the one at `index`, or at the end.

        One that is moved stays as it is written; `moved_with` is the comment behind it.
        """
        items = []
        for item in self.items(start):
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

    def _insert_first(self, start: int, first: Item, written: str, tail: str, separator: str) -> None:
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

    def _colon(self, neighbour: Item) -> str:
        colon = self.text[neighbour.name_end : neighbour.value_start]
        return colon if colon.strip() == ":" and "\n" not in colon else ": "

    def _gap(self, items: list[Item], index: int) -> str:
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

    def remove(self, start: int, index: int) -> None:
        """Take out a member or element with its comma, and its line where it has one to itself."""
        items = []
        for item in self.items(start):
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

    def _has_lines(self, start: int, item: Item, end: int) -> bool:
        """Whether there is nothing else, but for comments, on the lines of an item that goes on to `end`."""
        line = self._line_start(item.start)
        if line <= start or not self._begins_line(item.start) or self._spaced[end : self._line_end(end)].strip():
            return False
        return not any(begin < line < stop for begin, stop in self._comments)

    def _end_of_gap(self, position: int) -> int:
        found = _INDENT.match(self.text, position)
        assert found is not None
        return found.end()

    def move(self, start: int, index: int, to: int) -> None:
        """Move a member or element as it is written, a comment behind it on its line too."""
        item = self.item(start, index)
        written = self.text[item.start : item.end]
        comma = self._comma_after(item.end)
        end = item.end if comma is None else comma + 1
        rest = self.text[end : self._line_end(end)] if self._has_lines(start, item, end) else ""
        self.remove(start, index)
        self.insert(start, to, "", written, moved_with=rest)

    def _splice(self, *changes: tuple[int, int, str]) -> None:
        """Put other text in place of `text[start:end]`, at several places in their order."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise CannotSpliceError
        is_bare = self.bare is self.text
        for start, end, text in reversed(changes):
            self.text = self.text[:start] + text + self.text[end:]
        if is_bare:  # and what is put in has neither comments nor trailing commas
            self.bare = self._spaced = self.text
            self._ends.clear()
        else:
            self._look()


def _indented(written: str, indent: str, unit: str) -> str:
    """JSON as it is written anew, its further lines moved in; strings have no line breaks."""
    if unit != "  ":
        written = re.sub(r"\n((?:  )+)", lambda found: "\n" + unit * (len(found[1]) // 2), written)
    return written.replace("\n", f"\n{indent}")


def _on_one_line(written: str) -> str:
    return re.sub(r"\n *", " ", re.sub(r"(?<=[\[{])\n *|\n *(?=[\]}])", "", written))
