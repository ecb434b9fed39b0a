"""Where a value stands in a draft: field names and positions, and how that is written for people."""

from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]


def is_row(path: Path) -> bool:
    """Whether a row of a list or map is what stands there."""
    return bool(path) and isinstance(path[-1], int)


def always_holds(path: Path) -> bool:
    """Whether what stands there cannot be unset: a row, or the message as a whole."""
    return not path or is_row(path)


def path_text(path: Path) -> str:
    """As errors and object names write it: `user.tags[0]`. A map entry is named by its position."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
