"""Values of fields as a row of the tree says them: on one line, exact, and with nothing put right in silence."""

import json
from typing import Any

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.json_writing import scalar_to_json, shortest_float
from wirelens.presentation.amounts import size_text
from wirelens.presentation.message_nodes import NodeRole

LONGEST = 300  # characters of a value on its line


def scalar_words(shape: FieldShape, value: Any) -> tuple[str, NodeRole]:
    """A value on one line; integers in all their digits."""
    match shape.kind:
        case FieldKind.STRING:
            if isinstance(value, bytes):
                return broken_text(value), NodeRole.MISTAKE
            return clipped(json.dumps(value[: LONGEST + 1], ensure_ascii=False)), NodeRole.STRING
        case FieldKind.BYTES:
            return bytes_words(value, len(value)), NodeRole.STRING
        case FieldKind.BOOL:
            return ("true" if value else "false"), NodeRole.KEYWORD
        case FieldKind.ENUM:
            return _enum_words(shape, value), NodeRole.KEYWORD
        case FieldKind.FLOAT:
            return repr(shortest_float(value)), NodeRole.NUMBER
        case _:
            return repr(value), NodeRole.NUMBER


def _enum_words(shape: FieldShape, number: int) -> str:
    enum_type = shape.descriptor.enum_type
    named = enum_type.values_by_number.get(number) if enum_type is not None else None
    return f"{named.name} = {number}" if named is not None else f"{number} (not in the enum)"


def bytes_words(head: bytes, size: int) -> str:
    """The size, which a narrow column keeps, and the first bytes."""
    return f"{size_text(size)}  {head[:16].hex(' ')}{' …' if size > 16 else ''}".strip()


def copied_text(shape: FieldShape, value: Any) -> str:
    """A scalar as it is pasted elsewhere: without quotes, an enum by its name, bytes in base64."""
    if shape.kind is FieldKind.STRING and isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    plain = scalar_to_json(shape, value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "null" if plain is None else str(plain)


def clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def broken_text(content: bytes) -> str:
    """A text that is no UTF-8, with `\\xff` for each byte that is none."""
    text = content[: 4 * LONGEST].decode("utf-8", "backslashreplace")
    return clipped('"' + text.replace("\n", "\\n").replace("\r", "\\r").replace('"', '\\"') + '"')


def first_bad_byte(content: bytes) -> int | None:
    """Where a text stops being UTF-8; None where it is UTF-8 to its end."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None
