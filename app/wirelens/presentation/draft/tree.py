"""The request being edited as a tree of field states, pure Python and never changed in place.

A node holds what ProtoJSON says of a field, whether or not protobuf would take it, and beside it what JSON cannot
say: values kept of oneof members and fields that are unset now, and unknown fields. Messages read their fields when
first asked, so a large draft costs what is looked at. Since nodes do not change, an undo step is a reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import Structure, field_index, field_key, message_type, structure_of
from wirelens.presentation.draft.json_values import (
    JsonObject,
    Plain,
    Unfinished,
    bracketed,
    json_string,
    leaf_text,
    plain_text,
)
from wirelens.presentation.draft.leaves import default_leaf
from wirelens.presentation.draft.paths import Path

_REMEMBERED_TEXT = 4096  # characters: what a node keeps of its JSON; longer texts are joined anew from these


class Fragment:
    """JSON with rules of its own (Any, Struct, Value, ListValue), or JSON that does not fit where it stands."""

    __slots__ = ("plain",)

    def __init__(self, plain: Plain) -> None:
        self.plain = plain

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fragment) and plain_text(self.plain) == plain_text(other.plain)

    def __hash__(self) -> int:
        return hash(plain_text(self.plain))

    def text(self, depth: int) -> str:
        """The fragment as JSON."""
        return plain_text(self.plain, depth)


class ListValue:
    """The elements of a repeated field."""

    __slots__ = ("_text", "items")

    def __init__(self, items: tuple[Value, ...] = ()) -> None:
        self.items = items
        self._text: tuple[int, str] | None = None

    def text(self, depth: int) -> str:
        """The list as JSON."""
        if self._text is not None and self._text[0] == depth:
            return self._text[1]
        parts = [value_text(item, depth + 1) for item in self.items]
        text = bracketed("[", parts, "]", depth) if parts else "[]"
        self._text = (depth, text) if len(text) <= _REMEMBERED_TEXT else None
        return text


class MapValue:
    """The entries of a map field in their order; keys are text as typed, and may come twice."""

    __slots__ = ("_text", "entries")

    def __init__(self, entries: tuple[tuple[str, Value], ...] = ()) -> None:
        self.entries = entries
        self._text: tuple[int, str] | None = None

    def text(self, depth: int) -> str:
        """The map as JSON."""
        if self._text is not None and self._text[0] == depth:
            return self._text[1]
        parts = [f"{json_string(key)}: {value_text(value, depth + 1)}" for key, value in self.entries]
        text = bracketed("{", parts, "}", depth) if parts else "{}"
        self._text = (depth, text) if len(text) <= _REMEMBERED_TEXT else None
        return text


class MessageValue:
    """The fields of one message.

    `fields` has the set ones by key in the order they are written; `kept` what fields held that are unset now;
    `strangers` are JSON members that name no field, or one that was named before; `unknown` are the bytes of
    fields the schema does not have.
    """

    __slots__ = ("_fields", "_kept", "_plain", "_previous", "_source", "_strangers", "_text", "_unknown", "descriptor")

    def __init__(
        self,
        descriptor: Descriptor,
        fields: Mapping[str, Value] | None = None,
        *,
        kept: Mapping[str, Value] | None = None,
        strangers: tuple[tuple[str, Plain], ...] = (),
        unknown: bytes = b"",
    ) -> None:
        self.descriptor = descriptor
        self._fields: Mapping[str, Value] = fields or {}
        self._kept: Mapping[str, Value] = kept or {}
        self._strangers = strangers
        self._unknown = unknown
        self._plain: JsonObject | None = None
        self._source: JsonObject | None = None
        self._previous: MessageValue | None = None
        self._text: tuple[int, str] | None = None

    @classmethod
    def read(cls, descriptor: Descriptor, plain: JsonObject, previous: Value | None = None) -> MessageValue:
        """The message that `plain` writes; what JSON cannot say is taken over from `previous`.

        It is `previous` itself where that was read from the very same object.
        """
        if isinstance(previous, MessageValue) and previous._source is plain and previous.descriptor is descriptor:
            return previous
        made = cls(descriptor)
        made._plain = made._source = plain
        if isinstance(previous, MessageValue):
            made._previous = previous if previous._plain is None else previous._previous
        return made

    @property
    def fields(self) -> Mapping[str, Value]:
        self._expand()
        return self._fields

    @property
    def kept(self) -> Mapping[str, Value]:
        self._expand()
        return self._kept

    @property
    def strangers(self) -> tuple[tuple[str, Plain], ...]:
        self._expand()
        return self._strangers

    @property
    def unknown(self) -> bytes:
        self._expand()
        return self._unknown

    @property
    def may_hold_more_than_json(self) -> bool:
        """False where nothing below can be lost by writing JSON, without reading the fields for the answer."""
        return self._plain is None or self._previous is not None

    def with_fields(self, fields: Mapping[str, Value], kept: Mapping[str, Value] | None = None) -> MessageValue:
        """This message with other fields."""
        return MessageValue(
            self.descriptor,
            fields,
            kept=self.kept if kept is None else kept,
            strangers=self.strangers,
            unknown=self.unknown,
        )

    def text(self, depth: int) -> str:
        """The message as JSON."""
        if self._text is not None and self._text[0] == depth:
            return self._text[1]
        text = self._written(depth)
        self._text = (depth, text) if len(text) <= _REMEMBERED_TEXT else None
        return text

    def _written(self, depth: int) -> str:
        if self._plain is not None:
            return plain_text(self._plain, depth)
        by_key = field_index(self.descriptor).by_key
        parts = [
            f"{json_string(by_key[key].json_name)}: {value_text(value, depth + 1)}"
            for key, value in self._fields.items()
        ]
        parts += [f"{json_string(name)}: {plain_text(plain, depth + 1)}" for name, plain in self._strangers]
        return bracketed("{", parts, "}", depth) if parts else "{}"

    def _expand(self) -> None:
        """Read the fields from JSON, once."""
        if self._plain is None:
            return
        plain, previous = self._plain, self._previous
        self._plain = self._previous = None
        before: Mapping[str, Value] = previous.fields if previous else {}
        by_json_name = field_index(self.descriptor).by_json_name
        fields: dict[str, Value] = {}
        strangers: list[tuple[str, Plain]] = []
        for name, member in plain:
            shape = by_json_name.get(name)
            key = name if shape is None else field_key(shape)
            if shape is None or key in fields:
                strangers.append((name, member))
            elif (value := read_field(shape, member, before.get(key))) is not None:
                fields[key] = value
        self._fields, self._strangers = fields, tuple(strangers)
        if previous is not None:
            self._kept = {key: value for key, value in previous.kept.items() if key not in fields}
            self._unknown = previous.unknown


Value: TypeAlias = bool | str | MessageValue | ListValue | MapValue | Fragment


def value_text(value: Value, depth: int = 0) -> str:
    """`value` as indented JSON."""
    if isinstance(value, (bool, str)):
        return leaf_text(value)
    return value.text(depth)


def read_field(shape: FieldShape, plain: Plain, previous: Value | None = None) -> Value | None:
    """What a field holds after JSON said `plain`: null means unset, save for the enum made of null."""
    if plain is None:
        if shape.is_repeated or shape.is_map:
            return None
        if shape.message_name == "google.protobuf.Value":
            return Fragment(None)
        return "NULL_VALUE" if shape.enum_name == "google.protobuf.NullValue" else None
    if shape.is_map and shape.value is not None:
        if not isinstance(plain, JsonObject):
            return Fragment(plain)
        before = dict(previous.entries) if isinstance(previous, MapValue) else {}
        return MapValue(tuple((key, read_element(shape.value, item, before.get(key))) for key, item in plain))
    if shape.is_repeated:
        if not isinstance(plain, list) or isinstance(plain, JsonObject):
            return Fragment(plain)
        items = previous.items if isinstance(previous, ListValue) else ()
        return ListValue(
            tuple(
                read_element(shape, item, items[index] if index < len(items) else None)
                for index, item in enumerate(plain)
            )
        )
    return read_element(shape, plain, previous)


def read_element(shape: FieldShape, plain: Plain, previous: Value | None = None) -> Value:
    """One value of a field: the field's own, an element of its list, a value of its map."""
    structure = structure_of(shape)
    if structure is Structure.MESSAGE and isinstance(plain, JsonObject):
        return MessageValue.read(message_type(shape), plain, previous)
    if isinstance(previous, Unfinished) and type(plain) is str and plain == str(previous):
        return previous
    if structure is Structure.LEAF and isinstance(plain, (bool, str)):
        return plain
    return Fragment(plain)


def empty_element(shape: FieldShape) -> Value:
    """What a new row of a list or map, or a field that is made present, holds before anything is typed."""
    structure = structure_of(shape)
    if structure is Structure.MESSAGE:
        return MessageValue(message_type(shape))
    if structure is Structure.FRAGMENT:
        empty: dict[str, Plain] = {"google.protobuf.ListValue": [], "google.protobuf.Value": None}
        return Fragment(empty.get(shape.message_name or "", JsonObject()))
    return default_leaf(shape)


def default_words(shape: FieldShape, value: Value | None) -> str | None:
    """What the value of a singular field is in a word where it is the field's default, else None."""
    if isinstance(value, MessageValue):
        return None if value.fields or value.strangers or value.unknown else "an empty message"
    if structure_of(shape) is not Structure.LEAF or not isinstance(value, (bool, str)):
        return None
    default = default_leaf(shape)
    if str(value) != str(default) or isinstance(value, bool) != isinstance(default, bool):
        return None
    return leaf_text(value)


def walk(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """`value` and everything below it that may hold more than its JSON, with the path of each."""
    yield path, value
    if isinstance(value, MessageValue) and value.may_hold_more_than_json:
        for key, field in value.fields.items():
            yield from walk(field, (*path, key))
    elif isinstance(value, ListValue):
        for index, item in enumerate(value.items):
            if not isinstance(item, (bool, str)) or isinstance(item, Unfinished):
                yield from walk(item, (*path, index))
    elif isinstance(value, MapValue):
        for index, (_key_text, item) in enumerate(value.entries):
            yield from walk(item, (*path, index))


def preview(value: Value | None, limit: int = 120) -> str:
    """`value` on one line, cut at about `limit` characters: `name: "Ada", tags: ["a"]`."""
    parts: list[str] = []
    length = 0
    for part in _preview_parts(value, depth=0):
        parts.append(part)
        length += len(part)
        if length > limit:
            return "".join(parts)[:limit].rstrip() + "…"
    return "".join(parts)


def _preview_parts(value: Value | None, depth: int) -> Iterator[str]:
    if isinstance(value, (bool, str)):
        yield json_string(value[:200]) if isinstance(value, str) and type(value) is str else leaf_text(value)
    elif isinstance(value, MessageValue):
        yield "{" if depth else ""
        for index, (key, field) in enumerate(value.fields.items()):
            yield f"{', ' if index else ''}{key}: "
            yield from _preview_parts(field, depth + 1)
        yield "}" if depth else ""
    elif isinstance(value, ListValue):
        yield "["
        for index, item in enumerate(value.items):
            yield ", " if index else ""
            yield from _preview_parts(item, depth + 1)
        yield "]"
    elif isinstance(value, MapValue):
        yield "{"
        for index, (key, item) in enumerate(value.entries):
            yield f"{', ' if index else ''}{json_string(key)}: "
            yield from _preview_parts(item, depth + 1)
        yield "}"
    elif isinstance(value, Fragment):
        yield " ".join(plain_text(value.plain).split())
