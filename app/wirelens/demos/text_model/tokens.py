"""Text into the words and marks that the model counts, and back into text."""

import re
from collections.abc import Iterable, Iterator

PARAGRAPH = "\n\n"
OPENING = "“"
CLOSING = "”"
DASH = "—"

SENTENCE_ENDS = frozenset((".", "!", "?", PARAGRAPH))

_ABBREVIATIONS = r"(?:Mrs?|Messrs|Dr|St|Col|Capt|Esq|Hon|Rev|Ms)\."
_TOKEN = re.compile(
    rf"{_ABBREVIATIONS}|&c\.|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?|[^\W\d_]+(?:['’-][^\W\d_]+)*|--+|[—“”]|\.\.\.+|[^\w\s]|\n\s*\n"
)
_NO_SPACE_BEFORE = frozenset((",", ";", ":", ".", "!", "?", ")", "]", CLOSING, DASH, PARAGRAPH, "..."))
_NO_SPACE_AFTER = frozenset(("(", "[", OPENING, DASH, PARAGRAPH))


def split_text(text: str) -> list[str]:
    """Words and marks of a text. Straight quotes become “ or ” in turn, `--` a dash, an empty line a paragraph."""
    found: list[str] = []
    is_open = False
    for token in _TOKEN.findall(text):
        if token == '"':
            token = CLOSING if is_open else OPENING
        elif token.startswith("--"):
            token = DASH
        elif token.startswith("\n"):
            token, is_open = PARAGRAPH, False
        elif token.startswith("..."):
            token = "..."
        if token in (OPENING, CLOSING):
            is_open = token == OPENING
        found.append(token)
    return found


def starts_sentence(before: str, before_that: str = "") -> bool:
    """Whether the word after these two tokens begins a sentence (and would be capitalised for that alone).

    After `?”` and `!”` it may be either (`“Indeed!” said he`), so the answer is no.
    """
    if before == CLOSING:
        return before_that == "."
    if before == OPENING:
        return before_that not in (",", ";", DASH)
    return before in SENTENCE_ENDS


def join_tokens(tokens: Iterable[str]) -> Iterator[str]:
    """Each token with the space that belongs before it: joined they are the text."""
    before = ""
    for token in tokens:
        spaced = before and token not in _NO_SPACE_BEFORE and before not in _NO_SPACE_AFTER
        yield f" {token}" if spaced else token
        before = token


def capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]
