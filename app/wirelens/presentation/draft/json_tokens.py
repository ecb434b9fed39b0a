"""The tokens of one line of JSON as it is being typed: broken, half a word, with comments.

Strings and words never go over the end of a line, only `/* */` does; so a line needs no more than to be told whether
it begins within such a comment.
"""

import enum
import re
from typing import NamedTuple


class TokenKind(enum.Enum):
    """What a token is; brackets are named by the letter itself in `Token.text_of`."""

    OPEN = "open"
    CLOSE = "close"
    COLON = "colon"
    COMMA = "comma"
    STRING = "string"
    HALF_STRING = "half string"  # not closed on its line
    WORD = "word"  # numbers, keywords, and names that lack their quotes
    COMMENT = "comment"


class Token(NamedTuple):
    """`start` and `end` count characters of the line."""

    kind: TokenKind
    start: int
    end: int

    @property
    def is_string(self) -> bool:
        return self.kind in (TokenKind.STRING, TokenKind.HALF_STRING)

    @property
    def is_value(self) -> bool:
        """Whether it is a value in itself, or the name of a member."""
        return self.is_string or self.kind is TokenKind.WORD


class LineTokens(NamedTuple):
    """The tokens of a line, and whether it ends within a `/* */`."""

    tokens: tuple[Token, ...]
    ends_in_comment: bool


LONGEST_LINE = 20_000  # characters; what comes after has no tokens
PARTNERS = {"{": "}", "[": "]", "}": "{", "]": "["}

_TOKEN = re.compile(
    r'(?P<STRING>"(?:[^"\\]|\\.)*")'
    r'|(?P<HALF_STRING>".*)'
    r"|(?P<OPEN>[{\[])"
    r"|(?P<CLOSE>[}\]])"
    r"|(?P<COLON>:)"
    r"|(?P<COMMA>,)"
    r"|(?P<COMMENT>//.*|/\*(?:(?!\*/).)*(?P<end>\*/)?)"
    r'|(?P<WORD>[^\s"{}\[\]:,/]+|/)'
)
_KINDS = {kind.name: kind for kind in TokenKind}


def line_tokens(line: str, *, begins_in_comment: bool = False) -> LineTokens:
    """The tokens of `line`, comments among them."""
    tokens: list[Token] = []
    position = 0
    if begins_in_comment:
        end = line.find("*/")
        position = len(line) if end < 0 else end + 2
        tokens.append(Token(TokenKind.COMMENT, 0, position))
        if end < 0:
            return LineTokens(tuple(tokens), True)
    ends_in_comment = False
    for found in _TOKEN.finditer(line, position, LONGEST_LINE):
        name = found.lastgroup
        if name == "end" or name == "COMMENT":
            name = "COMMENT"
            ends_in_comment = found["end"] is None and line.startswith("/*", found.start())
        assert name is not None
        tokens.append(Token(_KINDS[name], found.start(), found.end()))
    return LineTokens(tuple(tokens), ends_in_comment)
