"""JSON text laid out anew, letter for letter but for the white space: comments and the spelling of values stay."""

import re

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_comments import without_comments
from wirelens.presentation.draft.json_values import editable, plain_text, read_commented, read_plain

_TOKEN = re.compile(
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")'
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)|(?P<colon>:)"
    r'|(?P<word>[^\s,:{}\[\]"/]+)',
    re.DOTALL,
)


def indented_json(text: str) -> str:
    """JSON with each member and element on a line of its own, comments beside what they stood beside."""
    parts: list[str] = []
    depth = 0
    gap = ""  # what belongs before the next token, unless it says otherwise
    end = 0
    kind = last = ""
    for token in _TOKEN.finditer(text):
        last, kind = kind, str(token.lastgroup)
        written = token[0]
        has_break = "\n" in text[end : token.start()]
        end = token.end()
        line = "\n" + "  " * depth
        if kind == "comment":
            parts.append(("" if not parts else line if has_break else " ") + written.rstrip())
            gap = line if written.startswith("//") else " "
            continue
        if last == "comment" and has_break and kind != "close":
            gap = line
        if kind == "open":
            depth += 1
            parts.append(gap + written)
            gap = "\n" + "  " * depth
        elif kind == "close":
            depth -= 1
            parts.append(written if last == "open" else "\n" + "  " * depth + written)
            gap = ""
        elif kind in ("comma", "colon"):
            parts.append((gap if last == "comment" and "\n" in gap else "") + written)
            gap = line if kind == "comma" else " "
        else:
            parts.append(gap + (editable(written) if kind == "string" else written))
            gap = ""
    return "".join(parts)


def indented_if_json(text: str) -> str:
    """The same where `text` is JSON, else as it is."""
    try:
        read_commented(text)
    except (JsonError, ValueError, RecursionError):
        return text
    return indented_json(text)


def strict_json(text: str) -> str:
    """`text` as JSON that anybody reads: written anew where it has comments or trailing commas, else as it is."""
    try:
        bare = without_comments(text)
        return text if bare is text else plain_text(read_plain(bare))
    except (JsonError, ValueError, RecursionError):
        return text
