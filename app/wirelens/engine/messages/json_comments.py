"""JSON with comments and trailing commas, as people write drafts, turned into JSON with every place where it was.

What JSON lacks is blanked out: `//` to the end of its line, `/* */` over any number of lines, and a comma between the
last member or element and its closing bracket. The rest is read by RFC 8259, and mistakes keep their places.
"""

import re
from collections.abc import Callable

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_text import LineIndex

_Search = Callable[[str, int], "re.Match[str] | None"]

_search_comment: _Search = re.compile(r"//|/\*").search
_search_last_comma: _Search = re.compile(r",(?=[ \t\r\n]*[}\]])").search
_match_string = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?').match  # one that is not closed ends with its line
_VISIBLE = re.compile(r"[^\n\r]")


def without_comments(text: str) -> str:
    """`text` with comments and trailing commas as spaces; the very same text where it has none.

    Raises:
        JsonError: a comment is not closed.
    """
    return without_trailing_commas(blanked(text, comment_spans(text)))


def comment_spans(text: str) -> list[tuple[int, int]]:
    """Where each comment begins and ends, a line's comment without its line break.

    Raises:
        JsonError: a comment is not closed.
    """
    spans: list[tuple[int, int]] = []
    if "/" not in text:  # by far quicker than the pattern
        return spans
    position = 0
    while found := _search_outside_strings(_search_comment, text, position):
        start = found.start()
        if found[0] == "//":
            end = text.find("\n", start)
            position = len(text) if end < 0 else end
        else:
            end = text.find("*/", start + 2)
            if end < 0:
                line, column = LineIndex(text).position(start)
                raise JsonError(
                    "this comment is not closed",
                    line=line,
                    column=column,
                    offset=start,
                    length=2,
                    next_step="close it with */",
                )
            position = end + 2
        spans.append((start, position))
    return spans


def without_trailing_commas(text: str) -> str:
    """A text without comments, its trailing commas as spaces."""
    commas: list[tuple[int, int]] = []
    position = 0
    while found := _search_outside_strings(_search_last_comma, text, position):
        start, position = found.span()
        before = start - 1
        while before >= 0 and text[before] in " \t\r\n":
            before -= 1
        if before >= 0 and text[before] not in ",:{[":  # a comma needs a value before it
            commas.append((start, position))
    return blanked(text, commas)


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with spaces in place of what stands in `spans`; line breaks stay."""
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts += (text[done:start], _VISIBLE.sub(" ", text[start:end]))
        done = end
    return "".join((*parts, text[done:])) if parts else text


def _search_outside_strings(search: _Search, text: str, position: int) -> "re.Match[str] | None":
    """The next match that no string holds, from a `position` outside of strings. No string goes over a line's end."""
    while found := search(text, position):
        place = found.start()
        outside = max(position, text.rfind("\n", position, place) + 1)
        while (quote := text.find('"', outside, place)) >= 0:
            string = _match_string(text, quote)
            assert string is not None
            outside = string.end()
        if outside <= place:
            return found
        position = outside
    return None
