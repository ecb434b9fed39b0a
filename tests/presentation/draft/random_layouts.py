"""The same JSON as different people lay it out: indentation, comments, trailing commas, one line or many."""

import json
import random
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_COMMENTS = ["// note", '// "quoted", {', "/* why */", "/* over\n   lines */", "/* a // b */", "// c:\\d /* e"]


def laid_out(value: object, chance: random.Random) -> str:
    """`value` with white space and comments of `chance`; strings may hold what looks like a comment."""
    style = chance.choice(["compact", "one line", "lines", "four", "tabs", "wild"])
    separators = (",", ":") if style == "compact" else (", ", ": ")
    indent: int | str | None = {"lines": 2, "four": 4, "tabs": "\t", "wild": 2}.get(style)
    text = json.dumps(value, indent=indent, separators=(",", ": ") if indent else separators, ensure_ascii=False)
    if style == "wild":
        text = _wild(text, chance)
    if chance.random() < 0.5:
        text = _with_comments(text, chance)
    return text


def _wild(text: str, chance: random.Random) -> str:
    gaps = ["", " ", "\n", "\n  ", "  \n\t", "\r\n"]
    return "".join(token + chance.choice(gaps) for token in _TOKEN.findall(text))


def _with_comments(text: str, chance: random.Random) -> str:
    parts: list[str] = []
    done = 0
    last = ""
    for found in _TOKEN.finditer(text):
        gap = text[done : found.start()]
        if found[0] in "}]" and last not in ("{", "[", ",", "") and chance.random() < 0.3:
            parts.append(",")
        if chance.random() < 0.15:
            comment = chance.choice(_COMMENTS)
            gap = f" {comment}\n{gap}" if comment.startswith("//") else f"{gap}{comment} "
        parts += (gap, found[0])
        done, last = found.end(), found[0]
    return "".join(parts)
