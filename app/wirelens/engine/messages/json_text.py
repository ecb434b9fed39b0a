"""JSON text with the place of everything in it, and several messages in one text.

Python's own reader forgets where values stood, rounds numbers and gives up on deep nesting; a form that marks
mistakes while somebody types needs the places, and 64-bit numbers need every digit.
"""

import bisect
import enum
import re
from dataclasses import dataclass

skip_space = re.compile(r"[ \t\n\r]*").match  # white space as JSON knows it; matches always


class JsonKind(enum.Enum):
    """The kinds of JSON values; the values are how a sentence names one."""

    OBJECT = "an object"
    ARRAY = "an array"
    STRING = "a string"
    NUMBER = "a number"
    BOOL = "a boolean"
    NULL = "null"


class JsonNode:
    """One value of a JSON text and where it stands: `text[offset:end]`.

    `value` is the decoded text of a string (a lone surrogate stays what it is), the literal of a number exactly as
    written, True or False; None for the others. `members` are an object's names and values in their order, doubles
    included; `elements` an array's.
    """

    __slots__ = ("elements", "end", "kind", "members", "offset", "value")

    def __init__(self, kind: JsonKind, offset: int, end: int, value: str | bool | None = None) -> None:
        self.kind = kind
        self.offset = offset
        self.end = end
        self.value = value
        self.members: list[tuple[JsonNode, JsonNode]] = _NO_MEMBERS
        self.elements: list[JsonNode] = _NO_ELEMENTS

    def __repr__(self) -> str:
        return f"<{self.kind.value} at {self.offset}:{self.end}>"


_NO_MEMBERS: list[tuple[JsonNode, JsonNode]] = []
_NO_ELEMENTS: list[JsonNode] = []


class JsonDocument:
    """A text, its value, and the lines and columns of offsets in it."""

    def __init__(self, text: str, root: JsonNode) -> None:
        self.text = text
        self.root = root
        self._lines = LineIndex(text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1; columns count characters (code points)."""
        return self._lines.position(offset)


class LineIndex:
    """Lines and columns of offsets in a text; lines are found at the first question."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(frozen=True, slots=True)
class TextSlice:
    """One message's text, and where it began in the whole input (line and column from 1, offset in characters)."""

    text: str
    line: int
    column: int
    offset: int = 0


_next_edge = re.compile(r'[ \t\n\r"{}\[\]]').search  # what ends a number or word, or begins another value
_next_bracket = re.compile(r'["{}\[\]]').search
_next_in_string = re.compile(r'["\\\n]').search


class MessageSplitter:
    """Cuts text into JSON values as it arrives: concatenated, one a line, or pretty-printed over many.

    Nothing is judged here: a slice may be broken JSON, and its reader says why. A string that goes over the end of
    its line cannot be JSON, so its slice ends there instead of swallowing what follows.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []  # what has come of the value that is not complete
        self._depth = 0
        self._in_string = False
        self._after_backslash = False
        self._line, self._column, self._offset = 1, 1, 0
        self._start = (1, 1, 0)  # of the value that is not complete

    def feed(self, text: str) -> list[TextSlice]:
        """The values that `text` completes."""
        position = 0
        if self._offset == 0 and text.startswith("\ufeff"):
            self._offset = position = 1
        complete: list[TextSlice] = []
        while position < len(text):
            if not self._parts:
                space = skip_space(text, position)
                assert space is not None
                self._advance(space[0])
                position = space.end()
                self._start = (self._line, self._column, self._offset)
            end, is_complete = self._scan(text, position)
            self._parts.append(text[position:end])
            self._advance(text[position:end])
            position = end
            if is_complete:
                complete.extend(self.close())
        return complete

    def close(self) -> list[TextSlice]:
        """What is left when the input has ended: a number or word, or a value that was never completed."""
        text = "".join(self._parts)
        self._parts.clear()
        self._depth, self._in_string, self._after_backslash = 0, False, False
        return [TextSlice(text, *self._start)] if text else []

    def _scan(self, text: str, position: int) -> tuple[int, bool]:
        """Up to where `text` belongs to the present value, and whether that completes it."""
        start = position
        while position < len(text):
            if self._in_string:
                position, is_complete = self._scan_string(text, position)
                if is_complete:
                    return position, True
                continue
            edge = (_next_bracket if self._depth else _next_edge)(text, position)
            if edge is None:
                break
            if self._depth == 0 and (edge.start() > start or self._parts):
                return edge.start(), True
            position = edge.end()
            if edge[0] == '"':
                self._in_string = True
            else:
                self._depth = max(0, self._depth + (1 if edge[0] in "{[" else -1))
                if self._depth == 0:
                    return position, True
        return len(text), False

    def _scan_string(self, text: str, position: int) -> tuple[int, bool]:
        """Where the string, or `text`, ends, and whether the value does."""
        if self._after_backslash:
            self._after_backslash = False
            position += 1
        found = _next_in_string(text, position)
        if found is None:
            return len(text), False
        if found[0] == "\\":
            self._after_backslash = True
            return found.end(), False
        self._in_string = False
        return found.end(), self._depth == 0 or found[0] == "\n"

    def _advance(self, text: str) -> None:
        breaks = text.count("\n")
        self._offset += len(text)
        if breaks:
            self._line += breaks
            self._column = len(text) - text.rfind("\n")
        else:
            self._column += len(text)


def split_messages(text: str) -> list[TextSlice]:
    """The JSON values of a text that holds several: concatenated JSON or NDJSON."""
    splitter = MessageSplitter()
    return [*splitter.feed(text), *splitter.close()]
