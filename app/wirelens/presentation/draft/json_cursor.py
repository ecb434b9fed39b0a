"""What stands at the cursor of a JSON text that is being typed: the brackets around it, and what is expected there."""

import enum
import re
from dataclasses import dataclass

from wirelens.presentation.draft.json_outline import JsonOutline, Place
from wirelens.presentation.draft.json_tokens import LONGEST_LINE, TokenKind

_REST_OF_A_WORD = re.compile(r'[^\s"\\{}\[\]:,/]*"?')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_DEEPEST = 110  # brackets; protobuf itself reads 100


class Expects(enum.Enum):
    """What may be typed at a place."""

    KEY = "key"
    VALUE = "value"
    NOTHING = "nothing"  # within a comment, or where a colon or a comma comes first


@dataclass(frozen=True, slots=True)
class Frame:
    """A bracket around the cursor, and the name of the member it is the value of: None in a list, and outermost."""

    opener: Place
    bracket: str
    key: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What is typed already, in one line.

    `typed` is what stands before the cursor, without its quote. `start` to `end` is what a better word would replace.
    """

    line: int
    start: int
    end: int
    typed: str
    is_string: bool
    is_closed: bool  # with a quote behind the cursor


@dataclass(frozen=True, slots=True)
class JsonCursor:
    """The brackets around the cursor, outermost first, and what belongs at it.

    `key` is the member whose value is expected, None in a list. A comma that is missing before or behind the word is
    said; `has_colon` where the key at the cursor has its value already.
    """

    frames: tuple[Frame, ...]
    expects: Expects
    key: str | None
    word: Word
    needs_comma_before: bool = False
    needs_comma_after: bool = False
    has_colon: bool = False


def string_value(text: str) -> str:
    """The value of a JSON string, its closing quote missing or not; escapes that are none stay."""
    inner = text[1:]
    if inner.endswith('"') and not _is_escaped(inner, len(inner) - 1):
        inner = inner[:-1]

    def unescaped(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        return _ESCAPES.get(found[2], found[2])

    return _ESCAPE.sub(unescaped, inner) if "\\" in inner else inner


def key_before(outline: JsonOutline, line: int, column: int) -> str | None:
    """The name in front of the value that begins at a place."""
    before = outline.before(line, column)
    colon = next(before, None)
    if colon is None or colon.token.kind is not TokenKind.COLON:
        return None
    name = next(before, None)
    if name is None or not name.token.is_value:
        return None
    text = outline.text_of(name)
    return string_value(text) if name.token.is_string else text


def frames_at(outline: JsonOutline, line: int, column: int) -> tuple[Frame, ...]:
    """The brackets around a place, outermost first."""
    frames: list[Frame] = []
    while len(frames) < _DEEPEST:
        opener = outline.opener(line, column)
        if opener is None:
            break
        line, column = opener.line, opener.token.start
        frames.append(Frame(opener, outline.text_of(opener), key_before(outline, line, column)))
    return tuple(reversed(frames))


def cursor_at(outline: JsonOutline, line: int, column: int) -> JsonCursor | None:
    """What stands at a place; None where that is not known (yet), as in a line of enormous length."""
    text = outline.line(line)
    known = outline.tokens(line)
    if known is None or column > LONGEST_LINE:
        return None
    frames = frames_at(outline, line, column)
    word = Word(line, column, column, "", False, False)
    for token in known.tokens:
        if token.start >= column:
            break
        if token.kind is TokenKind.COMMENT and (token.end > column or text.startswith("//", token.start)):
            return JsonCursor(frames, Expects.NOTHING, None, word)
        if token.kind is TokenKind.COMMENT and token.end == column and known.ends_in_comment:
            return JsonCursor(frames, Expects.NOTHING, None, word)
        if token.kind is TokenKind.WORD and token.end >= column:
            word = Word(line, token.start, token.end, text[token.start : column], False, False)
        elif token.is_string and (token.end > column or token.kind is TokenKind.HALF_STRING):
            rest = _REST_OF_A_WORD.match(text, column)
            assert rest is not None
            is_closed = token.kind is TokenKind.STRING and rest.end() == token.end
            end = token.end if is_closed else column
            word = Word(line, token.start, end, string_value(text[token.start : column]), True, is_closed)
    before = outline.before(line, word.start)
    last = next(before, None)
    following = next(outline.after(line, max(word.end, column), 50), None)
    has_colon = following is not None and following.token.kind is TokenKind.COLON
    is_followed = following is not None and (following.token.is_value or following.token.kind is TokenKind.OPEN)
    bracket = frames[-1].bracket if frames else ""
    expects, key, needs_comma = Expects.VALUE, None, False
    if last is None:
        pass
    elif last.token.kind is TokenKind.COLON:
        key = key_before(outline, line, word.start)
    elif last.token.kind in (TokenKind.OPEN, TokenKind.COMMA):
        expects = Expects.KEY if bracket == "{" else Expects.VALUE
    elif not bracket:
        expects = Expects.NOTHING  # behind the message
    elif last.token.is_value and bracket == "{" and _is_key(outline, last):
        expects = Expects.NOTHING
    else:
        needs_comma = True
        expects = Expects.KEY if bracket == "{" else Expects.VALUE
        if last.line == line and not word.typed and not word.is_string:
            expects = Expects.NOTHING  # a value just ended here
    return JsonCursor(
        frames,
        expects,
        key,
        word,
        needs_comma_before=needs_comma,
        needs_comma_after=is_followed and bool(bracket),
        has_colon=has_colon and expects is Expects.KEY,
    )


def members_of(outline: JsonOutline, opener: Place) -> dict[str, str | None]:
    """The members of the object that `opener` begins: name -> the value's text where it is one word or string.

    Of an object of enormous length only the beginning is looked through.
    """
    members: dict[str, str | None] = {}
    name: str | None = None
    behind_colon = False
    for place in outline.inside(opener):
        kind = place.token.kind
        if kind is TokenKind.COLON:
            behind_colon = name is not None
            if name is not None:
                members.setdefault(name, None)
        elif kind is TokenKind.COMMA:
            name, behind_colon = None, False
        elif place.token.is_value and behind_colon and name is not None:
            members[name] = outline.text_of(place)
            name, behind_colon = None, False
        elif place.token.is_value:
            text = outline.text_of(place)
            name = string_value(text) if place.token.is_string else text
    return members


def _is_key(outline: JsonOutline, place: Place) -> bool:
    """Whether a string is in the place of a member's name."""
    before = next(outline.before(place.line, place.token.start), None)
    if before is None or before.token.kind is TokenKind.COLON:
        return False
    return before.token.kind in (TokenKind.OPEN, TokenKind.COMMA)


def _is_escaped(text: str, place: int) -> bool:
    backslashes = len(text[:place]) - len(text[:place].rstrip("\\"))
    return backslashes % 2 == 1
