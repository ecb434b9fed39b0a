"""One line that tells messages apart in a list: `id: 42, name: "Ada"`."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape
from wirelens.engine.messages.json_writing import shortest_float
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, WRAPPER_TYPES, descriptor_of, message_plan, set_fields
from wirelens.engine.messages.payload_beginning import shortened_payload
from wirelens.engine.messages.wire.scanning import Buffer

_DEEPEST = 20
_SHOWN_WHOLE = 16 * 1024  # bytes; parsing takes some 0.1 ms, and a screen has fifty lines
_SORTED_ENTRIES = 50  # maps up to this size are shown in the order of their keys
_BYTES_IN_HEX = 16


def message_preview(message: Message, limit: int = 200) -> str:
    """The first fields that are set, on one line of at most `limit` characters, with … where something is left out.

    It stops as soon as the line is full, so that many fields and long lists cost nothing; nothing in a message,
    broken UTF-8 and control characters included, leads to an error or to a second line.
    """
    return _Previewer(limit).line(message)


def payload_preview(payload: Buffer, descriptor: Descriptor, limit: int = 200) -> str:
    """The preview of a message that nobody has parsed: of large ones only the beginning is looked at.

    Python's message classes copy a field's value out before any of it can be seen, and parsing 100 MB takes seconds,
    so a list of messages asks this instead. Bytes that are no such message are said to be so.
    """
    is_whole = len(payload) <= _SHOWN_WHOLE
    beginning = bytes(payload) if is_whole else shortened_payload(payload, descriptor, limit * 4)
    try:
        message = GetMessageClass(descriptor).FromString(beginning)
    except DecodeError:
        return f"{len(payload)} bytes that are no {descriptor.name}"
    if is_whole:
        return message_preview(message, limit)
    text = _Previewer(limit - 1, is_whole=False).line(message)
    return text if text.endswith("…") else f"{text}…"


class _Previewer:
    """Makes text of messages in pieces, so that whoever has enough takes no more.

    `is_whole` is False where long texts and bytes may have been cut before, so that their sizes say nothing.
    """

    def __init__(self, limit: int, *, is_whole: bool = True) -> None:
        self._limit = limit
        self._is_whole = is_whole

    def line(self, message: Message) -> str:
        """As much of the message as there is room for."""
        pieces: list[str] = []
        length = 0
        for piece in self._message(message, 0, outermost=True):
            pieces.append(piece)
            length += len(piece)
            if length > self._limit:
                return f"{''.join(pieces)[: max(self._limit - 1, 0)]}…"
        return "".join(pieces) or "{}"

    def _message(self, message: Any, depth: int, *, outermost: bool = False) -> Iterator[str]:
        name = descriptor_of(message).full_name
        if name in SPECIAL_TYPES:
            yield from self._special(name, message, depth)
            return
        yield "" if outermost else "{"
        if depth > _DEEPEST:
            yield "…"
        else:
            yield from self._fields(message, depth)
        yield "" if outermost else "}"

    def _fields(self, message: Message, depth: int) -> Iterator[str]:
        for index, (descriptor, value) in enumerate(set_fields(message)):
            shape = field_shape(descriptor)
            name = shape.path_name
            yield f", {name}: " if index else f"{name}: "
            if shape.is_map:
                yield from self._map(shape, value, depth)
            elif shape.is_repeated:
                yield from self._list(shape, value, depth)
            else:
                yield from self._single(shape, value, depth)

    def _single(self, shape: FieldShape, value: Any, depth: int) -> Iterator[str]:
        if shape.kind.is_message:
            yield from self._message(value, depth + 1)
        else:
            yield self._scalar(shape, value)

    def _list(self, shape: FieldShape, values: Any, depth: int) -> Iterator[str]:
        yield "["
        for index, value in enumerate(itertools.islice(values, self._limit)):
            if index:
                yield ", "
            yield from self._single(shape, value, depth)
        yield "]" if len(values) <= self._limit else ", …]"

    def _map(self, shape: FieldShape, entries: Mapping[Any, Any], depth: int) -> Iterator[str]:
        assert shape.key is not None
        assert shape.value is not None
        yield "{"
        try:
            is_short = len(entries) <= _SORTED_ENTRIES
            for index, key in enumerate(sorted(entries) if is_short else itertools.islice(entries, self._limit)):
                yield f"{', ' if index else ''}{self._scalar(shape.key, key)}: "
                yield from self._single(shape.value, entries[key], depth)
        except (UnicodeDecodeError, TypeError):
            yield "…"  # strings that are no UTF-8; the views show them
        yield "}"

    def _special(self, name: str, message: Any, depth: int) -> Iterator[str]:
        """Well-known types as JSON has them; an Any by its type, since opening it takes a schema."""
        plan = message_plan(descriptor_of(message))
        if name in WRAPPER_TYPES:
            yield self._scalar(plan.shapes[0], message.value)
        elif name == "google.protobuf.Any":
            type_name = message.type_url.rpartition("/")[2][: self._limit]
            yield _escaped(f"{type_name} in {len(message.value)} bytes") if type_name else "{}"
        elif name == "google.protobuf.Value":
            kind = message.WhichOneof("kind")
            if kind is None or kind == "null_value":
                yield "null"
            else:
                yield from self._single(plan.by_json_name[kind], getattr(message, kind), depth)
        elif name == "google.protobuf.Struct":
            yield from self._map(plan.shapes[0], message.fields, depth)
        elif name == "google.protobuf.ListValue":
            yield from self._list(plan.shapes[0], message.values, depth)
        else:
            try:
                yield message.ToJsonString()
            except (ValueError, OverflowError, ArithmeticError):
                yield "{"  # outside the calendar; its fields say what it is
                yield from self._fields(message, depth)
                yield "}"

    def _scalar(self, shape: FieldShape, value: Any) -> str:
        kind = shape.kind
        if kind is FieldKind.STRING:
            head = value[: self._limit]
            text = head if isinstance(head, str) else head.decode("utf-8", "replace")
            return f'"{_escaped(text)}{"…" if len(value) > self._limit else ""}"'
        if kind is FieldKind.BYTES:
            return self._bytes(value)
        if kind is FieldKind.BOOL:
            return "true" if value else "false"
        if kind is FieldKind.ENUM:
            enum_type = shape.descriptor.enum_type
            named = None if enum_type is None else enum_type.values_by_number.get(value)
            return str(value) if named is None else str(named.name)
        return repr(shortest_float(value)) if kind is FieldKind.FLOAT else repr(value)

    def _bytes(self, value: bytes) -> str:
        """As text where it reads as such, else the first bytes in hex; with the size where that is known."""
        head = value[: self._limit]
        try:
            text = head.decode()
        except UnicodeDecodeError:
            text = ""
        is_text = bool(text) and all(character.isprintable() or character in "\n\t" for character in text)
        shown = _escaped(text) if is_text else head[:_BYTES_IN_HEX].hex()
        more = "…" if len(value) > (self._limit if is_text else _BYTES_IN_HEX) else ""
        content = f'"{shown}{more}"' if is_text else f"0x{shown}{more}"
        if not value:
            return "0 bytes"
        return f"{len(value)} bytes {content}" if self._is_whole else content


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
