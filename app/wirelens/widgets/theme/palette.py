"""The colours of one look as a typed record of roles, read from resources/themes; no widget names a colour itself."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from wirelens.engine.schema.services import Pattern

PATTERN_ROLES = {
    Pattern.UNARY: "unary",
    Pattern.SERVER_STREAMING: "server_streaming",
    Pattern.CLIENT_STREAMING: "client_streaming",
    Pattern.BIDI_STREAMING: "bidi",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Hex colours by what they say. `…_ground` is the tint behind text of that role; `…_text` is a pattern's
    colour where it is read as words, which needs more contrast than a drawn mark does."""

    # surfaces, from back to front, and what lies under the pointer
    canvas: str
    panel: str
    sunk: str
    hover: str
    pressed: str
    # `line` parts areas, `edge` outlines a control
    line: str
    edge: str
    # words; `faint` only for what is said elsewhere too
    text: str
    muted: str
    faint: str
    # the one accent: fill and focus; `link` is the accent as words; `selection` tints rows, `text_selection` words
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    link: str
    selection: str
    text_selection: str
    # verdicts
    good: str
    good_ground: str
    bad: str
    bad_ground: str
    warn: str
    warn_ground: str
    # the four patterns
    unary: str
    unary_text: str
    unary_ground: str
    server_streaming: str
    server_streaming_text: str
    server_streaming_ground: str
    client_streaming: str
    client_streaming_text: str
    client_streaming_ground: str
    bidi: str
    bidi_text: str
    bidi_ground: str
    # data
    syntax_key: str
    syntax_string: str
    syntax_number: str
    syntax_keyword: str
    syntax_comment: str
    # scroll bars and tool tips
    handle: str
    handle_hover: str
    tooltip: str
    tooltip_text: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a theme file: one JSON object with every role and nothing else (ValueError otherwise)."""
        roles: dict[str, str] = json.loads(path.read_text("utf-8"))
        names = {field.name for field in fields(cls)}
        if missing := names - roles.keys():
            raise ValueError(f"{path.name} lacks the role {sorted(missing)[0]}")
        if unknown := roles.keys() - names:
            raise ValueError(f"{path.name} has a role nobody uses: {sorted(unknown)[0]}")
        return cls(**roles)

    def role(self, name: str) -> str:
        """The hex colour of a role; KeyError for a name that is none."""
        if name not in self.__dataclass_fields__:
            raise KeyError(name)
        value: str = getattr(self, name)
        return value
