"""One line that tells messages apart in a list: `id: 42, name: "Ada"`."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape
from wirelens.engine.messages.json_writing import shortest_float
from wirelens.engine.messages.message_plan import WRAPPER_TYPES, message_plan

_DEEPEST = 20
_SORTED_ENTRIES = 50  # maps up to this size are shown in the order of their keys
_TEXT_TYPES = frozenset(f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask"))


def message_preview(message: Message, limit: int = 200) -> str:
    """The first fields that are set, on one line of at most `limit` characters, with … where something is left out.

    It stops as soon as the line is full, so that a message of any size costs the same; nothing in a message, broken
    UTF-8 and control characters included, leads to an error or to a second line.
    """
    pieces: list[str] = []
    length = 0
    for piece in _message(message, limit, 0, outermost=True):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            return f"{''.join(pieces)[: max(limit - 1, 0)]}…"
    return "".join(pieces) or "{}"


def _message(message: Any, limit: int, depth: int, *, outermost: bool = False) -> Iterator[str]:
    """The text of a message in pieces, so that whoever has enough takes no more."""
    name = message.DESCRIPTOR.full_name
    if name in _TEXT_TYPES:
        try:
            yield message.ToJsonString()
            return
        except (ValueError, OverflowError, ArithmeticError):
            pass  # outside the calendar; its fields say what it is
    if name in WRAPPER_TYPES:
        yield _scalar(message_plan(message.DESCRIPTOR).shapes[0], message.value, limit)
        return
    if name == "google.protobuf.Any":
        type_name = message.type_url.rpartition("/")[2][:limit]
        yield _escaped(f"{type_name} in {len(message.value)} bytes") if type_name else "{}"
        return
    if name == "google.protobuf.Value":
        yield from _struct_value(message, limit, depth)
        return
    if name == "google.protobuf.Struct":
        yield from _map(_value_shape(message, "fields"), message.fields, limit, depth)
        return
    if name == "google.protobuf.ListValue":
        yield from _list(_value_shape(message, "values"), message.values, limit, depth)
        return
    if not outermost:
        yield "{"
    if depth > _DEEPEST:
        yield "…"
    else:
        yield from _fields(message, limit, depth)
    if not outermost:
        yield "}"


def _fields(message: Message, limit: int, depth: int) -> Iterator[str]:
    for index, (descriptor, value) in enumerate(message.ListFields()):
        shape = field_shape(descriptor)
        name = shape.json_name if shape.is_extension else shape.name
        yield f", {name}: " if index else f"{name}: "
        if shape.is_map:
            yield from _map(shape, value, limit, depth)
        elif shape.is_repeated:
            yield from _list(shape, value, limit, depth)
        else:
            yield from _single(shape, value, limit, depth)


def _single(shape: FieldShape, value: Any, limit: int, depth: int) -> Iterator[str]:
    if shape.kind.is_message:
        yield from _message(value, limit, depth + 1)
    else:
        yield _scalar(shape, value, limit)


def _list(shape: FieldShape, values: Any, limit: int, depth: int) -> Iterator[str]:
    yield "["
    for index, value in enumerate(itertools.islice(values, limit)):
        if index:
            yield ", "
        yield from _single(shape, value, limit, depth)
    yield "]" if len(values) <= limit else ", …]"


def _map(shape: FieldShape, entries: Mapping[Any, Any], limit: int, depth: int) -> Iterator[str]:
    assert shape.key is not None
    assert shape.value is not None
    yield "{"
    try:
        keys = sorted(entries) if len(entries) <= _SORTED_ENTRIES else itertools.islice(entries, limit)
        for index, key in enumerate(keys):
            yield f"{', ' if index else ''}{_scalar(shape.key, key, limit)}: "
            yield from _single(shape.value, entries[key], limit, depth)
    except (UnicodeDecodeError, TypeError):
        yield "…"  # strings that are no UTF-8; the views show them
    yield "}"


def _struct_value(message: Any, limit: int, depth: int) -> Iterator[str]:
    kind = message.WhichOneof("kind")
    if kind is None or kind == "null_value":
        yield "null"
        return
    yield from _single(_value_shape(message, kind), getattr(message, kind), limit, depth)


def _value_shape(message: Message, name: str) -> FieldShape:
    return message_plan(message.DESCRIPTOR).by_json_name[name]


def _scalar(shape: FieldShape, value: Any, limit: int) -> str:
    kind = shape.kind
    if kind is FieldKind.STRING:
        text = value[:limit] if isinstance(value, str) else value[:limit].decode("utf-8", "replace")
        return f'"{_escaped(text)}{"…" if len(value) > limit else ""}"'
    if kind is FieldKind.BYTES:
        return _bytes(value, limit)
    if kind is FieldKind.BOOL:
        return "true" if value else "false"
    if kind is FieldKind.ENUM:
        enum_type = shape.descriptor.enum_type
        named = None if enum_type is None else enum_type.values_by_number.get(value)
        return str(value) if named is None else str(named.name)
    if kind is FieldKind.FLOAT:
        return repr(shortest_float(value))
    return repr(value)


def _bytes(value: bytes, limit: int) -> str:
    """As text where it reads as such, else the first bytes in hex; always with the size."""
    head = value[:limit]
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = ""
    if text and all(character.isprintable() or character in "\n\t" for character in text):
        return f'{len(value)} bytes "{_escaped(text)}{"…" if len(value) > limit else ""}"'
    shown = head[:16].hex()
    return f"{len(value)} bytes{' 0x' if shown else ''}{shown}{'…' if len(value) > 16 else ''}"


def _escaped(text: str) -> str:
    """Text that stays on its line and shows what cannot be seen."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(map(_escaped_character, text))


def _escaped_character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character) or f"\\u{ord(character):04x}"
