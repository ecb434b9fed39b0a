"""Filter expressions as text: words, paths, comparisons, and what joins them; nothing here knows a schema.

    expression = all { "or" all }
    all        = one { ["and"] one }
    one        = "not" one | "(" expression ")" | path operator value | path | words | quoted text
    operator   = "=" "!=" "<" "<=" ">" ">=" "~" "!~", and ":" behind `direction`

`&&`, `||`, `!` and `==` are read as well. `and`, `or` and `not` in any case are those words; in quotes they are text.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from wirelens.engine.errors import FilterError

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")
JOINING = ("and", "or", "not")
_DEEPEST = 50
_SAME = {"==": "=", ":": "=", "&&": "and", "||": "or", "!": "not"}
_SPACE = re.compile(r"\s*")
_SYMBOL = re.compile(r"==|!=|<=|>=|!~|&&|\|\||[()=<>~]|!(?!=)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|' + r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
# A word ends at what could be the next token; brackets keep their quotes: labels["a b"].
_WORD = re.compile(
    r"(?:\[(?:\s*\"(?:[^\"\\]|\\.)*\"\s*|\s*'(?:[^'\\]|\\.)*'\s*|[^\]\"']*)\]|!(?![=~])|[^\s()=<>~\"'!&|]|&(?!&)|\|(?!\|))+"
)
_DIRECTION = re.compile(r"direction\s*:", re.IGNORECASE)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_SEGMENT = re.compile(r"\.?\[\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|([^\]]*?))\s*\]|\.?([^.\[\]]+)|\.$")


class TokenKind:
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    OPERATOR = "operator"
    JOINING = "joining"
    OPENING = "("
    CLOSING = ")"
    END = "end"


class Token(NamedTuple):
    """A piece of an expression: characters `start` to before `end`; `text` of a quoted one is what it stands for."""

    kind: str
    text: str
    start: int
    end: int


class Segment(NamedTuple):
    """One step of a path: a field's name, or what stands in brackets (`text` is "" in `[]`)."""

    text: str
    in_brackets: bool
    is_quoted: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """A bare word or quoted text: found where the message reads so; a bare word may also name a field."""

    token: Token


@dataclass(frozen=True, slots=True)
class Comparison:
    """A path, an operator of OPERATORS, and a value; `unit` is a word behind a number: `10 KB`."""

    path: Token
    operator: str
    operator_token: Token
    value: Token
    unit: Token | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """What the inner expression does not match."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Joined:
    """All of the parts, or at least one of them."""

    parts: tuple["Expression", ...]
    is_all: bool


Expression: TypeAlias = Words | Comparison | Not | Joined


def tokens(text: str) -> list[Token]:
    """The tokens of an expression, with an END behind the last.

    Raises:
        FilterError: a quotation mark that is not closed.
    """
    found: list[Token] = []
    position = _after_space(text, 0)
    while position < len(text):
        token = _token(text, position, found[-1] if found else None)
        found.append(token)
        position = _after_space(text, token.end)
    found.append(Token(TokenKind.END, "", len(text), len(text)))
    return found


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space is not None else position


def _token(text: str, start: int, before: Token | None) -> Token:
    if _DIRECTION.match(text, start):
        return Token(TokenKind.WORD, text[start : start + len("direction")], start, start + len("direction"))
    if text[start] == ":" and before is not None and before.text.lower() == "direction":
        return Token(TokenKind.OPERATOR, ":", start, start + 1)
    symbol = _SYMBOL.match(text, start)
    if symbol is not None:
        return _symbol(symbol[0], start, symbol.end())
    if text[start] in "\"'":
        quoted = _QUOTED.match(text, start)
        if quoted is None:
            raise FilterError(
                "this quotation mark is not closed", offset=start, next_step=f"end the text with another {text[start]}"
            )
        inner = quoted[1] if quoted[1] is not None else quoted[2]
        return Token(TokenKind.QUOTED, unescaped(inner), start, quoted.end())
    word = _WORD.match(text, start)
    assert word is not None, "every other character can begin a word"
    kind = TokenKind.JOINING if word[0].lower() in JOINING else TokenKind.WORD
    return Token(kind, word[0].lower() if kind == TokenKind.JOINING else word[0], start, word.end())


def _symbol(symbol: str, start: int, end: int) -> Token:
    meant = _SAME.get(symbol, symbol)
    if meant in JOINING:
        return Token(TokenKind.JOINING, meant, start, end)
    if symbol in "()":
        return Token(symbol, symbol, start, end)
    return Token(TokenKind.OPERATOR, symbol, start, end)


def unescaped(text: str) -> str:
    r"""What stands between quotation marks: `\n`, `\t`, `\r`; any other character behind a `\` is itself.

    A regular expression keeps its `\d` and `\.`: see quoted_pattern.
    """
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def quoted_pattern(source: str) -> str:
    """A quoted regular expression as it stands, but for escaped quotation marks."""
    mark, inner = source[0], source[1:-1]
    return inner.replace(f"\\{mark}", mark)


def quoted(text: str) -> str:
    """`text` as quoted text of an expression."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def segments(path: Token) -> list[Segment]:
    """The steps of a path: `user.tags[2]`, `labels["team"].size`, `[package.extension]`, `user.[package.extension]`.

    Raises:
        FilterError: what stands there is no path.
    """
    found: list[Segment] = []
    position = 0
    while position < len(path.text):
        match = _SEGMENT.match(path.text, position)
        if match is None or match[0] == ".":
            at = path.start + position
            raise FilterError("a path is made of names, dots and brackets", offset=at, length=path.end - at)
        in_quotes = match[1] if match[1] is not None else match[2]
        start, end = path.start + match.start(), path.start + match.end()
        if match[4] is not None:
            name = match[4]
            found.append(Segment(name, False, False, end - len(name), end))
        else:
            is_quoted = in_quotes is not None
            found.append(Segment(unescaped(in_quotes) if is_quoted else match[3], True, is_quoted, start, end))
        position = match.end()
    return found


def parsed(text: str, units: frozenset[str] = frozenset()) -> Expression | None:
    """The expression that `text` is, None where it is blank.

    Args:
        units: words that, behind a number, belong to it.

    Raises:
        FilterError: it cannot be read.
    """
    reader = _Reader(text, units)
    return reader.whole()


class _Reader:
    def __init__(self, text: str, units: frozenset[str]) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._units = units
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression | None:
        if self._next.kind == TokenKind.END:
            return None
        result = self._any()
        if self._next.kind == TokenKind.CLOSING:
            raise _mistake("this bracket was not opened", self._next)
        return result

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is_joining(self, word: str) -> bool:
        return self._next.kind == TokenKind.JOINING and self._next.text == word

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._is_joining("or"):
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), is_all=False)

    def _all(self) -> Expression:
        parts = [self._one()]
        while self._is_joining("and") or not self._is_end_of_all():
            if self._is_joining("and"):
                self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), is_all=True)

    def _is_end_of_all(self) -> bool:
        return self._next.kind in (TokenKind.END, TokenKind.CLOSING) or self._is_joining("or")

    def _one(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _mistake(f"more than {_DEEPEST} brackets within one another", self._next)
        token = self._take()
        result = self._begun_by(token)
        self._depth -= 1
        return result

    def _begun_by(self, token: Token) -> Expression:
        if token.kind == TokenKind.JOINING and token.text == "not":
            return Not(self._one())
        if token.kind == TokenKind.OPENING:
            inner = self._any()
            if self._next.kind != TokenKind.CLOSING:
                raise _mistake("this bracket is not closed", token)
            self._take()
            return inner
        if token.kind == TokenKind.WORD and self._next.kind == TokenKind.OPERATOR:
            return self._comparison(token)
        if token.kind in (TokenKind.WORD, TokenKind.QUOTED):
            if self._next.kind == TokenKind.OPERATOR:
                raise _mistake("a field stands before this, without quotation marks", self._next)
            return Words(token)
        raise self._missing(token)

    def _comparison(self, path: Token) -> Comparison:
        operator = self._take()
        value = self._take()
        if value.kind not in (TokenKind.WORD, TokenKind.QUOTED):
            is_word = value.kind == TokenKind.JOINING and value.text.isalpha()
            step = f'as text write "{value.text}"' if is_word else ""
            place = value if value.start < value.end else operator
            raise FilterError(
                f"a value is missing behind {operator.text}",
                offset=place.start,
                length=max(1, place.end - place.start),
                next_step=step,
            )
        if operator.text in ("~", "!~") and value.kind == TokenKind.QUOTED:
            value = value._replace(text=quoted_pattern(self._text[value.start : value.end]))
        unit = None
        if self._next.kind == TokenKind.WORD and self._next.text.lower() in self._units and is_number(value):
            unit = self._take()
        return Comparison(path, _SAME.get(operator.text, operator.text), operator, value, unit)

    def _missing(self, token: Token) -> FilterError:
        if token.kind == TokenKind.OPERATOR:
            return _mistake(f"a field stands before {token.text}", token)
        last = self._tokens[self._at - 2] if self._at > 1 else token
        if token.kind == TokenKind.END:
            return _mistake(f"something is missing behind {self._text[last.start : last.end]}", last)
        return _mistake(f"something is missing before {self._text[token.start : token.end]}", token)


def is_number(token: Token) -> bool:
    """Whether a value is written as a plain number."""
    return token.kind == TokenKind.WORD and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", token.text) is not None


def _mistake(sentence: str, token: Token) -> FilterError:
    return FilterError(sentence, offset=token.start, length=max(1, token.end - token.start))
