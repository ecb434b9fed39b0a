"""The rows of a message's tree, each with what it shows; a row makes its children when it is asked for them."""

import base64
import functools
import json
from collections.abc import Callable
from enum import Enum
from typing import Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape, message_fields
from wirelens.engine.messages.json_writing import scalar_to_json, shortest_float
from wirelens.engine.messages.message_plan import WRAPPER_TYPES
from wirelens.engine.messages.preview import message_preview
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.raw_fields import raw_map_entries
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text, size_text

_LONGEST = 300  # characters of a value on its line
_PAGE = 500  # elements of a list that are shown without being folded into pages
_SAID_IN_ONE_LINE = WRAPPER_TYPES | {f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask")}
_WIRE_TYPES = {0: "varint", 1: "64 bits", 2: "bytes", 3: "group", 5: "32 bits"}


class NodeRole(Enum):
    """What a value is; widgets have a colour for each."""

    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"  # true, false, names of enums
    SUMMARY = "summary"  # what is in a message or list, said in one line
    DEFAULT = "default"  # not sent
    UNKNOWN = "unknown"  # not in the schema


class MessageNode:
    """One row. `make_children` is None for a leaf; a value that costs time is given as a function."""

    def __init__(
        self,
        name: str,
        value: str | Callable[[], str],
        type_name: str,
        role: NodeRole,
        path: str,
        *,
        copy: Callable[[], str],
        make_children: Callable[[], list["MessageNode"]] | None = None,
        documentation: str = "",
        says_all: bool = False,
    ) -> None:
        self.name = name
        self._value = value
        self.type_name = type_name
        self.role = role
        self.path = path
        self.value_to_copy = copy
        self.documentation = documentation
        self.says_all = says_all  # its own line tells all that is below it
        self.parent: MessageNode | None = None
        self.row = 0
        self._make_children = make_children

    @functools.cached_property
    def value(self) -> str:
        return self._value if isinstance(self._value, str) else self._value()

    @property
    def has_children(self) -> bool:
        return self._make_children is not None

    @functools.cached_property
    def children(self) -> list["MessageNode"]:
        made = self._make_children() if self._make_children is not None else []
        for row, child in enumerate(made):
            child.parent, child.row = self, row
        return made


def root_node(message: Message, schema: Schema | None, *, with_defaults: bool = False) -> MessageNode:
    """The invisible row above a message's fields."""
    return _NodeMaker(schema, with_defaults).message("", "", "", message)


class _NodeMaker:
    """Makes rows with what all rows of one tree have in common."""

    def __init__(self, schema: Schema | None, with_defaults: bool) -> None:
        self._schema = schema
        self._with_defaults = with_defaults

    def message(self, name: str, path: str, type_name: str, message: Message, documentation: str = "") -> MessageNode:
        has_children = bool(message.ByteSize()) or (self._with_defaults and bool(message.DESCRIPTOR.fields))
        return MessageNode(
            name,
            lambda: _clipped(message_preview(message, _LONGEST)),
            type_name or message.DESCRIPTOR.name,
            NodeRole.SUMMARY,
            path,
            copy=lambda: self._json(message),
            make_children=(lambda: self._fields(message, path)) if has_children else None,
            documentation=documentation,
            says_all=message.DESCRIPTOR.full_name in _SAID_IN_ONE_LINE,
        )

    def _fields(self, message: Any, path: str) -> list[MessageNode]:
        present = {
            descriptor.number: value for descriptor, value in message.ListFields() if not descriptor.is_extension
        }
        rows: list[MessageNode] = []
        if message.DESCRIPTOR.full_name == "google.protobuf.Any":
            rows += self._any(message, path)
        for shape in message_fields(message.DESCRIPTOR):
            if shape.number in present:
                rows.append(self._field(message, shape, present[shape.number], path))
            elif self._with_defaults:
                rows.append(self._unset(message, shape, path))
        for descriptor, value in message.ListFields():
            if descriptor.is_extension:
                rows.append(self._field(message, field_shape(descriptor), value, path))
        return rows + self._unknown(UnknownFieldSet(message), path)

    def _field(self, message: Message, shape: FieldShape, value: Any, path: str) -> MessageNode:
        name = shape.json_name if shape.is_extension else shape.name
        path = f"{path}.{name}" if path else name
        documentation = self._documentation(shape)
        if shape.is_map:
            return self._map(message, shape, value, path, documentation)
        if shape.is_repeated:
            return self._list(name, shape, value, path, documentation)
        return self._single(name, shape, value, path, _type_words(shape), documentation)

    def _single(
        self, name: str, shape: FieldShape, value: Any, path: str, type_name: str, documentation: str = ""
    ) -> MessageNode:
        if shape.kind.is_message:
            return self.message(name, path, type_name, value, documentation)
        text, role = _scalar(shape, value)
        return MessageNode(
            name, text, type_name, role, path, copy=lambda: _copied(shape, value), documentation=documentation
        )

    def _list(self, name: str, shape: FieldShape, values: Any, path: str, documentation: str) -> MessageNode:
        element_type = shape.type_name.removeprefix("repeated ")

        def rows(start: int, end: int) -> list[MessageNode]:
            return [
                self._single(f"[{at}]", shape, values[at], f"{path}[{at}]", element_type) for at in range(start, end)
            ]

        return MessageNode(
            name,
            count_text(len(values), "element"),
            _type_words(shape),
            NodeRole.SUMMARY,
            path,
            copy=lambda: json.dumps([self._plain(shape, value) for value in values], indent=2, ensure_ascii=False),
            make_children=lambda: _in_pages(rows, len(values), path),
            documentation=documentation,
        )

    def _map(self, message: Message, shape: FieldShape, entries: Any, path: str, documentation: str) -> MessageNode:
        key_shape, value_shape = shape.key, shape.value
        assert key_shape is not None
        assert value_shape is not None

        def pairs() -> list[tuple[Any, Any]]:
            try:
                return [(key, entries[key]) for key in sorted(entries)]
            except (UnicodeDecodeError, TypeError):  # keys or values that are no UTF-8
                return raw_map_entries(message, shape)

        def rows() -> list[MessageNode]:
            found = pairs()

            def some(start: int, end: int) -> list[MessageNode]:
                made = []
                for key, value in found[start:end]:
                    word = _scalar(key_shape, key)[0]
                    made.append(self._single(word, value_shape, value, f"{path}[{word}]", value_shape.type_name))
                return made

            return _in_pages(some, len(found), path)

        return MessageNode(
            shape.name,
            f"{len(entries):,} entries" if len(entries) != 1 else "1 entry",
            _type_words(shape),
            NodeRole.SUMMARY,
            path,
            copy=lambda: json.dumps(
                {_copied(key_shape, key): self._plain(value_shape, value) for key, value in pairs()},
                indent=2,
                ensure_ascii=False,
            ),
            make_children=rows,
            documentation=documentation,
        )

    def _unset(self, message: Message, shape: FieldShape, path: str) -> MessageNode:
        path = f"{path}.{shape.name}" if path else shape.name
        if shape.has_presence or shape.kind.is_message or shape.is_repeated:
            text = "not sent" if shape.has_presence else "empty"
        else:
            text = _scalar(shape, getattr(message, shape.name))[0]
        return MessageNode(
            shape.name,
            text,
            _type_words(shape),
            NodeRole.DEFAULT,
            path,
            copy=lambda: "" if shape.has_presence else text,
            documentation=self._documentation(shape),
        )

    def _any(self, message: Any, path: str) -> list[MessageNode]:
        """What is in an Any, as its type; nothing where the schema lacks the type or the bytes are no such message."""
        descriptor = self._schema.resolve_type_url(message.type_url) if self._schema is not None else None
        if descriptor is None:
            return []
        try:
            inner = GetMessageClass(descriptor).FromString(message.value)
        except DecodeError:
            return []
        return [self.message("@value", f"{path}.@value" if path else "@value", descriptor.full_name, inner)]

    def _unknown(self, fields: Any, path: str) -> list[MessageNode]:
        rows = []
        for field in fields:
            name = f"#{field.field_number}"
            here = f"{path}.{name}" if path else name
            data, wire_type = field.data, _WIRE_TYPES.get(field.wire_type, "?")
            if field.wire_type == 3:
                inner = data
                rows.append(
                    MessageNode(
                        name,
                        "not in the schema",
                        wire_type,
                        NodeRole.UNKNOWN,
                        here,
                        copy=lambda: "",
                        make_children=lambda inner=inner, here=here: self._unknown(inner, here),  # type: ignore[misc]  # its defaults are untyped
                    )
                )
                continue
            text = _bytes_words(data) if isinstance(data, bytes) else str(data)
            copied = base64.b64encode(data).decode() if isinstance(data, bytes) else str(data)
            rows.append(
                MessageNode(
                    name,
                    text,
                    f"{wire_type}, not in the schema",
                    NodeRole.UNKNOWN,
                    here,
                    copy=lambda copied=copied: copied,  # type: ignore[misc]  # its defaults are untyped
                )
            )
        return rows

    def _documentation(self, shape: FieldShape) -> str:
        return self._schema.comment(shape.descriptor.full_name) if self._schema is not None else ""

    def _plain(self, shape: FieldShape, value: Any) -> Any:
        return json.loads(self._json(value)) if shape.kind.is_message else scalar_to_json(shape, value)

    def _json(self, message: Message) -> str:
        if self._schema is None:
            return message_preview(message, 2**31)
        return message_to_json(message, self._schema)


def _in_pages(rows: Callable[[int, int], list[MessageNode]], count: int, path: str) -> list[MessageNode]:
    """A long list in pages of equal size: a view that gets all rows at once would take seconds to lay them out."""
    if count <= _PAGE:
        return rows(0, count)
    size = _PAGE
    while count > size * _PAGE:
        size *= _PAGE
    return [_page(rows, start, min(start + size, count), path) for start in range(0, count, size)]


def _page(rows: Callable[[int, int], list[MessageNode]], start: int, end: int, path: str) -> MessageNode:
    def below() -> list[MessageNode]:
        return _in_pages(lambda first, last: rows(start + first, start + last), end - start, path)

    return MessageNode(f"{start:,} … {end - 1:,}", "", "", NodeRole.SUMMARY, path, copy=lambda: "", make_children=below)


def _type_words(shape: FieldShape) -> str:
    return f"{shape.type_name} · oneof {shape.oneof}" if shape.oneof else shape.type_name


def _scalar(shape: FieldShape, value: Any) -> tuple[str, NodeRole]:
    """A value on one line; integers in all their digits."""
    match shape.kind:
        case FieldKind.STRING:
            text = value if isinstance(value, str) else value.decode("utf-8", "replace")
            return _clipped(json.dumps(text[: _LONGEST + 1], ensure_ascii=False)), NodeRole.STRING
        case FieldKind.BYTES:
            return _bytes_words(value), NodeRole.STRING
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


def _bytes_words(value: bytes) -> str:
    shown = value[:16].hex(" ")
    return f"{shown}{' …' if len(value) > 16 else ''}  {size_text(len(value))}".strip()


def _copied(shape: FieldShape, value: Any) -> str:
    """A scalar as it is pasted elsewhere: without quotes, an enum by its name, bytes in base64."""
    plain = scalar_to_json(shape, value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "null" if plain is None else str(plain)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
