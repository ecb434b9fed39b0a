"""The JSON reader: RFC 8259, and comments only where asked for, with a sentence and a place for every mistake."""

import json
import re
from typing import NoReturn

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_comments import without_comments
from wirelens.engine.messages.json_text import JsonDocument, JsonKind, JsonNode, LineIndex, skip_space


def parse_json(text: str, *, comments: bool = False) -> JsonDocument:
    """Read one JSON value; a byte order mark before it is passed over.

    Args:
        comments: take `//` and `/* */` comments and trailing commas too, as a draft may have them.

    Raises:
        JsonError: the text is not JSON; says what stands there and what to write instead.
    """
    bare = without_comments(text) if comments else text
    return JsonDocument(text, _Parser(bare, comments=comments).root())


_SPACE = r"[ \t\n\r]*"
_PLAIN_STRING = r'"([^"\\\x00-\x1f]*)"'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_match_plain_string = re.compile(_PLAIN_STRING).match
_match_number = re.compile(_NUMBER).match
_match_word = re.compile(r"[^\s,:\[\]{}\"']+").match

# Most of a large text is members and elements that are plain scalars behind a comma: these take them in one step.
_PLAIN_VALUE = rf"(?:{_PLAIN_STRING}|({_NUMBER})(?=[ \t\n\r,}}\]])|(true|false|null)(?=[ \t\n\r,}}\]]))"
_match_next_member = re.compile(rf"{_SPACE},{_SPACE}{_PLAIN_STRING}{_SPACE}:{_SPACE}{_PLAIN_VALUE}").match
_match_next_element = re.compile(rf"{_SPACE},{_SPACE}{_PLAIN_VALUE}").match
_WORDS = {"true": (JsonKind.BOOL, True), "false": (JsonKind.BOOL, False), "null": (JsonKind.NULL, None)}
_WORD_HINTS = {
    "nan": 'write "NaN" in quotes',
    "infinity": 'write "Infinity" in quotes',
    "-infinity": 'write "-Infinity" in quotes',
    "inf": 'write "Infinity" in quotes',
    "-inf": 'write "-Infinity" in quotes',
    "+infinity": 'write "Infinity" in quotes',
    "-nan": 'write "NaN" in quotes',
    "true": "write true",
    "false": "write false",
    "null": "write null",
    "none": "write null",
    "nil": "write null",
    "undefined": "write null, or leave the field out",
}
_ESCAPES = json.JSONDecoder()


class _Parser:
    """Reads with a stack of its own, so that no depth of nesting is too much."""

    def __init__(self, text: str, *, comments: bool) -> None:
        self._text = text
        self._comments = comments  # they are blank by now; a sentence about others is to say what there is
        self._position = 1 if text.startswith("\ufeff") else 0
        self._open: list[JsonNode] = []

    def root(self) -> JsonNode:
        root = self._value("a value")
        while self._open:
            container = self._open[-1]
            if container.kind is JsonKind.OBJECT:
                self._next_member(container)
            else:
                self._next_element(container)
        self._skip()
        if self._position < len(self._text):
            if self._text[self._position] in "}]":
                self._fail(f"this {self._text[self._position]} closes nothing")
            self._fail_at_unexpected("the end of the text", "one message is read here")
        return root

    def _skip(self) -> str:
        """Pass over white space; the character that follows, empty at the end."""
        found = skip_space(self._text, self._position)
        assert found is not None
        self._position = found.end()
        return self._text[self._position : self._position + 1]

    def _next_member(self, container: JsonNode) -> None:
        if container.members:
            self._plain_members(container.members)
        character = self._skip()
        if character == "}":
            return self._close(container)
        if container.members:
            if character != ",":
                self._fail_at_unexpected("a comma or }")
            comma = self._position
            self._position += 1
            if self._skip() == "}":
                self._position = comma
                self._fail("a comma before } is not JSON", next_step="delete the comma")
        else:
            container.members = []
        if self._skip() != '"':
            self._fail_at_unexpected("a field name in double quotes" if container.members else "a field name or }")
        name = self._string()
        if self._skip() != ":":
            self._fail_at_unexpected(f"a colon after the name {_shortened(self._text[name.offset : name.end])}")
        self._position += 1
        container.members.append((name, self._value("a value")))
        return None

    def _plain_members(self, members: list[tuple[JsonNode, JsonNode]]) -> None:
        text = self._text
        while found := _match_next_member(text, self._position):
            start, end = found.span(1)
            name = JsonNode(JsonKind.STRING, start - 1, end + 1, found[1])
            members.append((name, _plain_value(found, 2)))
            self._position = found.end()

    def _plain_elements(self, elements: list[JsonNode]) -> None:
        text = self._text
        while found := _match_next_element(text, self._position):
            elements.append(_plain_value(found, 1))
            self._position = found.end()

    def _next_element(self, container: JsonNode) -> None:
        if container.elements:
            self._plain_elements(container.elements)
        character = self._skip()
        if character == "]":
            return self._close(container)
        if container.elements:
            if character != ",":
                self._fail_at_unexpected("a comma or ]")
            comma = self._position
            self._position += 1
            if self._skip() == "]":
                self._position = comma
                self._fail("a comma before ] is not JSON", next_step="delete the comma")
        else:
            container.elements = []
        container.elements.append(self._value("a value" if container.elements else "a value or ]"))
        return None

    def _close(self, container: JsonNode) -> None:
        self._position += 1
        container.end = self._position
        self._open.pop()

    def _value(self, expected: str) -> JsonNode:
        """The value that stands next; of an object or array only its beginning, the rest is read in turn."""
        character = self._skip()
        start = self._position
        if character == '"':
            return self._string()
        if character in ("{", "["):
            node = JsonNode(JsonKind.OBJECT if character == "{" else JsonKind.ARRAY, start, start + 1)
            self._open.append(node)
            self._position += 1
            return node
        word = _match_word(self._text, start)
        if word is None:
            self._fail_at_unexpected(expected)
        if word[0] in _WORDS:
            kind, value = _WORDS[word[0]]
            self._position = word.end()
            return JsonNode(kind, start, self._position, value)
        number = _match_number(self._text, start)
        if number is None or number.end() != word.end():
            self._fail_at_unexpected(expected)
        self._position = number.end()
        return JsonNode(JsonKind.NUMBER, start, self._position, number[0])

    def _string(self) -> JsonNode:
        start = self._position
        plain = _match_plain_string(self._text, start)
        if plain is not None:
            self._position = plain.end()
            return JsonNode(JsonKind.STRING, start, self._position, plain[1])
        try:
            value, end = _ESCAPES.raw_decode(self._text, start)
        except json.JSONDecodeError as error:
            self._fail_in_string(start, error)
        self._position = end
        return JsonNode(JsonKind.STRING, start, end, value)

    def _fail_in_string(self, start: int, error: json.JSONDecodeError) -> NoReturn:
        if error.msg.startswith("Unterminated"):
            self._position = start
            self._fail("this string has no closing quote", length=max(1, len(self._text) - start))
        self._position = error.pos
        if error.msg.startswith("Invalid control"):
            character = self._text[error.pos]
            if character in "\n\r":
                self._fail("a string cannot go over the end of its line", next_step='close it with ", or write \\n')
            escape = {"\t": "\\t"}.get(character, f"\\u{ord(character):04x}")
            self._fail(f"a control character (U+{ord(character):04X}) inside a string", next_step=f"write {escape}")
        backslash = self._text.rfind("\\", start, error.pos + 1)
        self._position = max(backslash, start)
        shown = self._text[self._position : self._position + 2]
        if shown == "\\u":
            self._fail(
                "\\u needs four hex digits", length=min(6, len(self._text) - self._position), next_step="like \\u00e9"
            )
        self._fail(f"{shown} is no escape of JSON", length=len(shown), next_step="a backslash itself is written \\\\")

    def _fail_at_unexpected(self, expected: str, next_step: str = "") -> NoReturn:
        """Say what stands here instead of what should, in the words of whoever wrote it."""
        text, start = self._text, self._position
        if start >= len(text):
            self._fail_at_end(expected)
        character = text[start]
        if self._comments and character == "#":
            self._fail("# begins no comment", next_step="write // in its place")
        if text.startswith(("//", "/*", "#"), start):
            self._fail("JSON has no comments", length=2 if character == "/" else 1, next_step="delete the comment")
        if character == "'":
            self._fail("JSON writes strings in double quotes", next_step="write \" in place of '")
        if character in "“”„«»‘’":  # what word processors make of quotes
            self._fail(f"{character} is no quote of JSON", next_step='write " in its place')
        if not character.isprintable() or character.isspace():
            self._fail(f"{expected} is expected here, not the invisible character U+{ord(character):04X}")
        word = _match_word(text, start)
        if word is None:
            self._fail(f"{expected} is expected here, not {character}", next_step=next_step)
        shown, length = _shortened(word[0]), len(word[0])
        if "name" in expected and "colon" not in expected:
            quoted = json.dumps(word[0], ensure_ascii=False)
            self._fail(f"{expected} is expected here, not {shown}", length=length, next_step=f"write {quoted}")
        hint = _WORD_HINTS.get(word[0].lower(), "")
        if hint and "value" in expected:
            self._fail(f"{shown} is no value of JSON", length=length, next_step=hint)
        if "value" in expected and word[0][0] in "+-.0123456789":
            self._fail(f"{shown} is no number of JSON", length=length, next_step=_number_hint(word[0]))
        if "value" in expected:
            self._fail(f"{shown} is no value of JSON", length=length, next_step="strings stand in double quotes")
        self._fail(f"{expected} is expected here, not {shown}", length=length, next_step=next_step)

    def _fail_at_end(self, expected: str) -> NoReturn:
        if not self._open:
            self._position = 0
            self._fail("there is no JSON here", next_step="{} is a message without any field set")
        container = self._open[-1]
        line, column = LineIndex(self._text).position(container.offset)
        opening, closing = ("{", "}") if container.kind is JsonKind.OBJECT else ("[", "]")
        self._position = len(self._text.rstrip(" \t\n\r")) - 1
        self._fail(
            f"the text ends where {expected} is expected: the {opening} of line {line}, column {column} is not closed",
            next_step=f"close it with {closing}",
        )

    def _fail(self, message: str, *, length: int = 1, next_step: str = "") -> NoReturn:
        line, column = LineIndex(self._text).position(self._position)
        raise JsonError(
            message, line=line, column=column, offset=self._position, length=length, next_step=next_step
        ) from None


def _plain_value(found: re.Match[str], group: int) -> JsonNode:
    """The scalar in one of three groups: a string, a number or a word."""
    if found[group] is not None:
        start, end = found.span(group)
        return JsonNode(JsonKind.STRING, start - 1, end + 1, found[group])
    if found[group + 1] is not None:
        return JsonNode(JsonKind.NUMBER, *found.span(group + 1), found[group + 1])
    kind, value = _WORDS[found[group + 2]]
    return JsonNode(kind, *found.span(group + 2), value)


def _number_hint(word: str) -> str:
    digits = word.lstrip("+-")
    if word.startswith("+"):
        return "a number has no + in front"
    if digits[:2].lower() in ("0x", "0b", "0o"):
        return "numbers are written in decimal"
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        return "a number has no zeros in front"
    if digits.startswith("."):
        return "a digit stands before the decimal point"
    if re.search(r"\.(?![0-9])", digits):
        return "a digit stands after the decimal point"
    if re.fullmatch(r"[0-9_]+", digits):
        return "digits are written without _ between them"
    return ""


def _shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
