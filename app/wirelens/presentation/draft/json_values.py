"""JSON as plain Python values that lose nothing: numbers keep their digits, objects their order and their doubles.

The draft's tree is read from these and written back through them; they are what a field holds before protobuf has
its say, so that text which is no valid value yet still has a place.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from wirelens.engine.messages.json_comments import without_comments


class Number(str):
    """A JSON number as it was written: 64-bit integers and long fractions keep every digit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Number({str.__repr__(self)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Unfinished(str):
    """What was typed into an editor and cannot be turned into a value yet, with the sentence that says why.

    JSON shows it as a string; unlike any other string it is never sent, even where it could be read as a value
    (half a hex digit pair may well be valid base64). `notation` names the editor's own way of writing: "hex".
    """

    notation: str
    sentence: str

    def __new__(cls, text: str, notation: str, sentence: str) -> "Unfinished":
        made = super().__new__(cls, text)
        made.notation = notation
        made.sentence = sentence
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unfinished) and str.__eq__(self, other) and self.notation == other.notation

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class JsonObject(list[tuple[str, Any]]):
    """The members of a JSON object in their order; a name may come twice."""

    __slots__ = ()


Leaf: TypeAlias = bool | str | None
Plain: TypeAlias = Leaf | list[Any] | JsonObject


def _refuse(word: str) -> Plain:
    raise ValueError(f"{word} is not JSON")  # Python reads NaN and Infinity without quotes, JSON does not


# Reads the value at a place and says where it ends; StopIteration where there is none.
scan_value: Callable[[str, int], tuple[Plain, int]]

_DECODER = json.JSONDecoder(object_pairs_hook=JsonObject, parse_int=Number, parse_float=Number, parse_constant=_refuse)
scan_value = _DECODER.scan_once  # type: ignore[attr-defined]  # not in the stubs
_LONG = 65_536
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")

# A text document takes the line separators for line breaks and U+00A0 for a space, and surrogates are no text at all.
_FRAGILE = re.compile("[\u00a0\u2028\u2029\ufdd0\ufdd1\ufeff\x7f-\x9f\ud800-\udfff]")


def read_plain(text: str) -> Plain:
    """The value that `text` holds.

    Raises:
        ValueError: `text` is no JSON; RecursionError: it is nested beyond what Python reads.
    """
    value: Plain = _DECODER.decode(text.removeprefix("\ufeff"))
    return value


def read_commented(text: str) -> Plain:
    """The value of a text that may have comments and trailing commas.

    Raises:
        JsonError: a comment is not closed; ValueError: `text` is no JSON otherwise; RecursionError: as `read_plain`.
    """
    try:
        return read_plain(text)  # hardly any text has comments, and looking for them takes longer than reading
    except ValueError:
        bare = without_comments(text)
        if bare is text:
            raise
    return read_plain(bare)


def is_number(text: str) -> bool:
    """Whether `text` is a number as JSON writes them (no sign in front but minus, no leading zeros)."""
    return _NUMBER.fullmatch(text) is not None


def json_string(text: str) -> str:
    """`text` as a JSON string, readable where it can be, escaped where an editor would change it."""
    return _long_json_string(str(text)) if len(text) > _LONG else _json_string(str(text))


def _json_string(text: str) -> str:
    return editable(json.dumps(text, ensure_ascii=False))


def editable(quoted: str) -> str:
    """A JSON string with those characters escaped that an editor would change."""
    if quoted.isascii() and "\x7f" not in quoted:
        return quoted
    return _FRAGILE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


# A file's bytes stay the same while the fields around them are edited; a text knows its hash.
_long_json_string = lru_cache(maxsize=8)(_json_string)


def leaf_text(leaf: Leaf) -> str:
    """A scalar as JSON text."""
    if isinstance(leaf, Number):
        return str(leaf)
    if isinstance(leaf, str):
        return json_string(leaf)
    return {True: "true", False: "false", None: "null"}[leaf]


def plain_text(plain: Plain, depth: int = 0) -> str:
    """`plain` as indented JSON, its first line where it stands and its other lines `depth` steps in."""
    if isinstance(plain, JsonObject):
        members = [f"{json_string(name)}: {plain_text(value, depth + 1)}" for name, value in plain]
        return bracketed("{", members, "}", depth) if members else "{}"
    if isinstance(plain, list):
        elements: list[Any] = plain
        return bracketed("[", [plain_text(value, depth + 1) for value in elements], "]", depth) if elements else "[]"
    return leaf_text(plain)


def bracketed(opening: str, parts: list[str], closing: str, depth: int) -> str:
    """`parts` on lines of their own between two brackets, `depth` steps of two spaces in."""
    inner = "\n" + "  " * (depth + 1)
    return f"{opening}{inner}{(',' + inner).join(parts)}\n{'  ' * depth}{closing}"
