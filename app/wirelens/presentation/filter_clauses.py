"""Parts of filter expressions made of what a person points at: a value in a message, a row of a timeline."""

import base64
import binascii
import json
import re

from google.protobuf.descriptor import Descriptor

from wirelens.engine.calls.transcript import MESSAGE_KINDS, EventKind, Transcript
from wirelens.engine.errors import FilterError
from wirelens.engine.messages.fields import FieldKind
from wirelens.engine.messages.message_filter.comparison import COMPARABLE_TYPES
from wirelens.engine.messages.message_filter.expression import Token, TokenKind, quoted, segments, tokens
from wirelens.engine.messages.message_filter.field_path import FieldPath, bound_path
from wirelens.engine.messages.message_filter.message_filter import FACTS
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, WRAPPER_TYPES, message_plan

_MOST_BYTES = 64  # of a value that is written into an expression
_WORD = re.compile(r"[\w+\-.:]+")
_OPEN_TYPES = SPECIAL_TYPES - WRAPPER_TYPES - COMPARABLE_TYPES  # their paths in a tree are not those of an expression


def value_clause(path: str, copied: str, descriptor: Descriptor) -> str | None:
    """`path = value` for a row of a message's tree, with any element for a list's; a message without one value: `path`.

    Args:
        path: as the tree has it: `user.tags[2]`.
        copied: the row's value as it is copied: bytes in base64, JSON of a message.

    None where an expression cannot say it: unknown fields, what an Any holds, very long values.
    """
    try:
        bound = bound_path(segments(Token(TokenKind.WORD, path, 0, len(path))), descriptor)
    except FilterError:
        return None
    owners = {step.shape.descriptor.containing_type for step in bound.steps}
    if any(owner is not None and owner.full_name in _OPEN_TYPES for owner in owners):
        return None
    name = _name(bound)
    value = _value(bound, copied)
    return name if value is None else f"{name} = {value}" if value else None


def row_clauses(transcript: Transcript, row: int, gap: float | None) -> list[str]:
    """What may be asked of a message like this one: its direction, at least its size, at least its gap in seconds."""
    kind = transcript.kind(row)
    if kind not in MESSAGE_KINDS:
        return []
    clauses = [f"direction: {'received' if kind is EventKind.RECEIVED else 'sent'}", f"size >= {transcript.size(row)}B"]
    if gap is not None:
        clauses.append(f"gap >= {gap * 1000:.1f}ms")
    return clauses


def joined(expression: str, more: str) -> str:
    """Both expressions at once; `more` alone where the first cannot be read."""
    before = expression.strip()
    if not before or before == more:
        return more
    try:
        has_or = any(token.kind == TokenKind.JOINING and token.text == "or" for token in tokens(before))
    except FilterError:
        return more
    return f"({before}) and {more}" if has_or else f"{before} and {more}"


def _name(bound: FieldPath) -> str:
    parts: list[str] = []
    for step in bound.steps:
        shape = step.shape
        key = ""
        if shape.is_map and step.key is not None:
            text = str(step.key).lower() if isinstance(step.key, bool) else str(step.key)
            key = f"[{text}]" if re.fullmatch(r"[\w\-]+", text) else f"[{quoted(text)}]"
        elif shape.is_map or (shape.is_repeated and step.index is not None):
            key = "[]"
        parts.append(f"{shape.path_name}{key}")
    whole = ".".join(parts)
    return f".{whole}" if whole.lower() in FACTS else whole


def _value(bound: FieldPath, copied: str) -> str | None:
    """The value as an expression writes it; "" where it is too long, None where there is no one value."""
    leaf, last = bound.leaf, bound.steps[-1]
    if (last.shape.is_repeated and last.index is None) or (last.shape.is_map and last.key is None):
        return None
    if leaf.message_name in WRAPPER_TYPES and leaf.message_type is not None:
        leaf, copied = message_plan(leaf.message_type).shapes[0], _from_json(copied)
    elif leaf.message_name in COMPARABLE_TYPES:
        copied = _from_json(copied)
        return _written(copied) if copied else None
    elif leaf.kind.is_message:
        return None
    if leaf.kind is FieldKind.BYTES:
        try:
            raw = base64.b64decode(copied, validate=True)
        except binascii.Error:
            return ""
        return f"0x{raw.hex()}" if len(raw) <= _MOST_BYTES else ""
    if leaf.kind is FieldKind.STRING:
        return quoted(copied) if len(copied) <= 4 * _MOST_BYTES else ""
    return _written(copied)


def _from_json(text: str) -> str:
    """What a well-known type's JSON says, without quotation marks."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text if not isinstance(value, dict) else ""


def _written(text: str) -> str:
    return text if _WORD.fullmatch(text) else quoted(text)
