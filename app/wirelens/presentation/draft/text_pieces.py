"""Long JSON read value by small value, and the next text, which hardly differs, by what differs.

Python's decoder keeps the interpreter to itself until it is done, which the window would feel. Here it gets objects
and arrays of some 2,000 characters. What was read of one text is the same objects in the next, so that a keystroke in
a megabyte makes a handful of new ones.
"""

import json
from typing import Any

from wirelens.engine.messages.json_comments import without_comments
from wirelens.engine.messages.json_text import skip_space
from wirelens.presentation.draft.json_values import JsonObject, Plain, scan_value
from wirelens.presentation.draft.text_difference import Difference

_PIECE = 2048  # characters


class TextPieces:
    """One text that was read: its value, and the objects and arrays it was read by."""

    def __init__(self, text: str, before: "TextPieces | None" = None) -> None:
        """Read `text`, which may have comments and trailing commas.

        Raises:
            JsonError: a comment is not closed; ValueError: `text` is no JSON otherwise;
            RecursionError: it is nested beyond what Python reads.
        """
        try:
            self._read(text, before)  # hardly any text has comments
        except ValueError:
            bare = without_comments(text)
            if bare is text:
                raise
            self._read(bare, before)

    def _read(self, text: str, before: "TextPieces | None") -> None:
        self.text = text
        self.spans: dict[int, tuple[int, Plain]] = {}  # start -> end and value
        self.difference = Difference(0, 0, len(text)) if before is None else Difference.between(before.text, text)
        self._known = {} if before is None else before.spans
        try:
            self.value, end = self._value(self._space_end(1 if text.startswith("\ufeff") else 0))
        except StopIteration as stop:
            raise json.JSONDecodeError("Expecting value", text, stop.value) from None
        finally:
            self._known = {}
        if (end := self._space_end(end)) != len(text):
            raise json.JSONDecodeError("Extra data", text, end)

    def _value(self, start: int) -> tuple[Plain, int]:
        """The value at `start` and where it ends."""
        if self.text[start : start + 1] not in ("{", "["):
            return scan_value(self.text, start)
        known = self._known_at(start)
        if known is not None:
            self.spans[start] = known
            return known[1], known[0]
        try:
            value, length = scan_value(self.text[start : start + _PIECE], 0)
        except (StopIteration, ValueError):
            return self._long_value(start)  # or a wrong one: its place is found there
        self.spans[start] = (start + length, value)
        return value, start + length

    def _known_at(self, start: int) -> tuple[int, Plain] | None:
        """The end and value of what begins at `start`, if it was read before and has not changed."""
        change = self.difference
        if start < change.start:
            found = self._known.get(start)
            return found if found is not None and found[0] <= change.start else None
        moved = change.end_after - change.end_before
        if start < change.end_after or (found := self._known.get(start - moved)) is None:
            return None
        return found[0] + moved, found[1]

    def _long_value(self, start: int) -> tuple[Plain, int]:
        text = self.text
        is_object = text[start] == "{"
        closing = "}" if is_object else "]"
        made: Any = JsonObject() if is_object else []
        position = self._space_end(start + 1)
        if text[position : position + 1] == closing:
            return made, position + 1
        while True:
            if is_object:
                if text[position : position + 1] != '"':
                    raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, position)
                name, position = scan_value(text, position)
                position = self._space_end(position)
                if text[position : position + 1] != ":":
                    raise json.JSONDecodeError("Expecting ':' delimiter", text, position)
                value, position = self._value(self._space_end(position + 1))
                made.append((name, value))
            else:
                value, position = self._value(position)
                made.append(value)
            position = self._space_end(position)
            character = text[position : position + 1]
            if character == closing:
                return made, position + 1
            if character != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
            position = self._space_end(position + 1)

    def _space_end(self, position: int) -> int:
        found = skip_space(self.text, position)
        assert found is not None
        return found.end()
