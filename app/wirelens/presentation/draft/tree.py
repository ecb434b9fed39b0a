"""The request being edited as a tree of field states, pure Python and never changed in place.

A node holds what ProtoJSON says of a field, whether or not protobuf would take it, and beside it what JSON cannot
say: values kept of oneof members and fields that are unset now, and unknown fields. Messages read their fields when
first asked, so a large draft costs what is looked at. Since nodes do not change, an undo step is a reference, and
threads may write them down while the window goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeAlias, cast

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import (
    CONTENT_KEY,
    TYPE_KEY,
    FieldIndex,
    Structure,
    any_index,
    field_index,
    field_key,
    has_own_json,
    json_rows,
    message_structure,
    message_type,
    structure_of,
    whole_shape,
)
from wirelens.presentation.draft.json_values import (
    JsonObject,
    Plain,
    Unfinished,
    bracketed,
    json_string,
    leaf_text,
    plain_text,
    read_plain,
)
from wirelens.presentation.draft.leaves import default_leaf
from wirelens.presentation.draft.paths import Path

_taking = threading.Lock()  # what was read becomes what a node holds; never kept while reading
_REMEMBERED_TEXT = 4096  # characters: what a node keeps of its JSON; longer texts are joined anew from these


class Fragment:
    """JSON that does not fit where it stands, or has no other node: a null that is a value."""

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


class _ReadLater:
    """What nodes share that are read from JSON when first asked: until then the JSON is all they are.

    Any thread may ask. Of two that read a node at the same time the first gives what it holds from then on; none sees
    it half read.
    """

    __slots__ = ("_source", "_text", "_unread")

    def __init__(self) -> None:
        self._unread: tuple[list[Any], Self | None] | None = None  # the JSON, and the node that was there before
        self._source: list[Any] | None = None
        self._text: tuple[int, str] | None = None

    @property
    def may_hold_more_than_json(self) -> bool:
        """False where nothing below can be lost by writing JSON, without reading on for the answer."""
        unread = self._unread
        return unread is None or unread[1] is not None

    def text(self, depth: int) -> str:
        """The node as JSON."""
        remembered, unread = self._text, self._unread
        if remembered is not None and remembered[0] == depth:
            return remembered[1]
        text = self._written(depth) if unread is None else plain_text(unread[0], depth)
        self._text = (depth, text) if len(text) <= _REMEMBERED_TEXT else None
        return text

    def _read_later(self, plain: list[Any], previous: object) -> None:
        self._source = plain
        before: Self | None = None
        if isinstance(previous, type(self)):
            same = cast(Self, previous)
            unread = same._unread
            before = same if unread is None else unread[1]
        self._unread = (plain, before)

    def _written(self, depth: int) -> str:
        raise NotImplementedError


class ListValue(_ReadLater):
    """The elements of a repeated field, or of a google.protobuf.ListValue."""

    __slots__ = ("_element", "_items")

    def __init__(self, items: tuple[Value, ...] = ()) -> None:
        super().__init__()
        self._items = items
        self._element: FieldShape | None = None

    @classmethod
    def read(cls, element: FieldShape, plain: list[Any], previous: Value | None = None) -> ListValue:
        """The list that `plain` writes, of values of the shape `element`; as `MessageValue.read` says."""
        if isinstance(previous, ListValue) and previous._source is plain and previous._element is element:
            return previous
        made = cls()
        made._element = element
        made._read_later(plain, previous)
        return made

    @property
    def items(self) -> tuple[Value, ...]:
        unread, element = self._unread, self._element
        if unread is not None and element is not None:
            plain, previous = unread
            before = previous.items if previous is not None else ()
            items = tuple(
                read_element(element, item, before[index] if index < len(before) else None)
                for index, item in enumerate(plain)
            )
            with _taking:
                if self._unread is unread:
                    self._items, self._unread = items, None
        return self._items

    def _written(self, depth: int) -> str:
        parts = [value_text(item, depth + 1) for item in self._items]
        return bracketed("[", parts, "]", depth) if parts else "[]"


class MapValue(_ReadLater):
    """The entries of a map field or of a Struct in their order; keys are text as typed, and may come twice."""

    __slots__ = ("_element", "_entries")

    def __init__(self, entries: tuple[tuple[str, Value], ...] = ()) -> None:
        super().__init__()
        self._entries = entries
        self._element: FieldShape | None = None

    @classmethod
    def read(cls, element: FieldShape, plain: JsonObject, previous: Value | None = None) -> MapValue:
        """The map that `plain` writes, with values of the shape `element`; as `MessageValue.read` says."""
        if isinstance(previous, MapValue) and previous._source is plain and previous._element is element:
            return previous
        made = cls()
        made._element = element
        made._read_later(plain, previous)
        return made

    @property
    def entries(self) -> tuple[tuple[str, Value], ...]:
        unread, element = self._unread, self._element
        if unread is not None and element is not None:
            plain, previous = unread
            before = dict(previous.entries) if previous is not None else {}
            entries = tuple((key, read_element(element, item, before.get(key))) for key, item in plain)
            with _taking:
                if self._unread is unread:
                    self._entries, self._unread = entries, None
        return self._entries

    def _written(self, depth: int) -> str:
        parts = [f"{json_string(key)}: {value_text(value, depth + 1)}" for key, value in self._entries]
        return bracketed("{", parts, "}", depth) if parts else "{}"


class MessageValue(_ReadLater):
    """The fields of one message.

    `fields` has the set ones by key in the order they are written; `kept` what fields held that are unset now;
    `strangers` are JSON members that name no field, or one that was named before; `unknown` are the bytes of
    fields the schema does not have.
    """

    __slots__ = ("_fields", "_kept", "_strangers", "_unknown", "descriptor")

    def __init__(
        self,
        descriptor: Descriptor,
        fields: Mapping[str, Value] | None = None,
        *,
        kept: Mapping[str, Value] | None = None,
        strangers: tuple[tuple[str, Plain], ...] = (),
        unknown: bytes = b"",
    ) -> None:
        super().__init__()
        self.descriptor = descriptor
        self._fields: Mapping[str, Value] = fields or {}
        self._kept: Mapping[str, Value] = kept or {}
        self._strangers = strangers
        self._unknown = unknown

    @classmethod
    def read(cls, descriptor: Descriptor, plain: JsonObject, previous: Value | None = None) -> MessageValue:
        """The message that `plain` writes; what JSON cannot say is taken over from `previous`.

        It is `previous` itself where that was read from the very same object.
        """
        if isinstance(previous, MessageValue) and previous._source is plain and previous.descriptor is descriptor:
            return previous
        made = cls(descriptor)
        made._read_later(plain, previous)
        return made

    @property
    def index(self) -> FieldIndex:
        """Every field there may be."""
        return field_index(self.descriptor)

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

    def with_fields(self, fields: Mapping[str, Value], kept: Mapping[str, Value] | None = None) -> MessageValue:
        """This message with other fields."""
        return MessageValue(
            self.descriptor,
            fields,
            kept=self.kept if kept is None else kept,
            strangers=self.strangers,
            unknown=self.unknown,
        )

    def with_unknown(self, unknown: bytes) -> MessageValue:
        """This message with other unknown fields."""
        return MessageValue(self.descriptor, self.fields, kept=self.kept, strangers=self.strangers, unknown=unknown)

    def _written(self, depth: int) -> str:
        by_key = self.index.by_key
        parts = [
            f"{json_string(by_key[key].json_name)}: {value_text(value, depth + 1)}"
            for key, value in self._fields.items()
        ]
        parts += [f"{json_string(name)}: {plain_text(plain, depth + 1)}" for name, plain in self._strangers]
        return bracketed("{", parts, "}", depth) if parts else "{}"

    def _expand(self) -> None:
        """Read the fields from JSON, once."""
        unread = self._unread
        if unread is None:
            return
        plain, previous = unread
        before: Mapping[str, Value] = previous.fields if previous else {}
        by_json_name = self.index.by_json_name
        fields: dict[str, Value] = {}
        strangers: list[tuple[str, Plain]] = []
        for name, member in plain:
            shape = by_json_name.get(name)
            key = name if shape is None else field_key(shape)
            if shape is None or key in fields:
                strangers.append((name, member))
            elif (value := read_field(shape, member, before.get(key))) is not None:
                fields[key] = value
        kept = {key: value for key, value in previous.kept.items() if key not in fields} if previous is not None else {}
        with _taking:
            if self._unread is not unread:
                return
            self._fields, self._strangers = fields, tuple(strangers)
            if previous is not None:
                self._kept, self._unknown = kept, previous.unknown
            self._unread = None


class AnyValue(MessageValue):
    """A google.protobuf.Any: a message whose first field, `@type`, decides about the others.

    `descriptor` is the type inside, Any itself while none is known; the fields are the content's (the one field
    `value` where its type has JSON of its own), and of a type that is not known all members but `@type` are
    `strangers`. `others` has what was filled in for other types, by their names. `unknown` is within the content;
    `around` are the unknown fields of the Any itself, which stay whatever its type becomes.
    """

    __slots__ = ("any_type", "around", "content", "others")

    def __init__(
        self,
        any_type: Descriptor,
        fields: Mapping[str, Value] | None = None,
        *,
        kept: Mapping[str, Value] | None = None,
        strangers: tuple[tuple[str, Plain], ...] = (),
        unknown: bytes = b"",
        others: Mapping[str, AnyValue] | None = None,
        around: bytes = b"",
    ) -> None:
        url = (fields or {}).get(TYPE_KEY)
        self.any_type = any_type
        self.content = known_type(any_type, url if type(url) is str else "")
        self.others: Mapping[str, AnyValue] = others or {}
        self.around = around
        super().__init__(self.content or any_type, fields, kept=kept, strangers=strangers, unknown=unknown)

    @classmethod
    def read(cls, descriptor: Descriptor, plain: JsonObject, previous: Value | None = None) -> AnyValue:
        """The Any that `plain` writes; `descriptor` is Any's own."""
        if isinstance(previous, AnyValue) and previous._source is plain and previous.any_type is descriptor:
            return previous
        url = next((value for name, value in plain if name == TYPE_KEY), None)
        made = cls(descriptor, {TYPE_KEY: url} if type(url) is str else None)
        if isinstance(previous, AnyValue):
            others = dict(previous.others)
            filled_in_before = others.pop(made.type_name, None)
            made.others, made.around = others, previous.around
            if previous.type_name != made.type_name:
                if previous.content is not None and previous.is_filled_in:  # not each letter of a name being typed
                    others[previous.type_name] = previous.bare()
                previous = filled_in_before
        made._read_later(plain, previous)
        return made

    @property
    def may_hold_more_than_json(self) -> bool:
        return bool(self.around) or super().may_hold_more_than_json

    @property
    def is_filled_in(self) -> bool:
        """Whether there is anything beside the type."""
        return bool(self.strangers or self.kept or self.unknown or len(self.fields) > 1)

    @property
    def index(self) -> FieldIndex:
        return any_index(self.any_type, self.content)

    @property
    def type_url(self) -> str:
        """As typed, empty where none is given."""
        url = self.fields.get(TYPE_KEY)
        return url if isinstance(url, str) else ""

    @property
    def type_name(self) -> str:
        """The full name of the type inside, known or not."""
        return type_name_of(self._type_url_unread())

    def with_fields(self, fields: Mapping[str, Value], kept: Mapping[str, Value] | None = None) -> AnyValue:
        url = fields.get(TYPE_KEY)
        if type_name_of(url if type(url) is str else "") != self.type_name:
            return self._of_type(url)
        return self._with(fields=fields, kept=self.kept if kept is None else kept)

    def with_unknown(self, unknown: bytes) -> AnyValue:
        return self._with(unknown=unknown)

    def with_around(self, around: bytes) -> AnyValue:
        """The same with other unknown fields beside its type and its content."""
        return self._with(around=around)

    def with_others(self, others: Mapping[str, AnyValue]) -> AnyValue:
        """The same with other things filled in for other types."""
        return self._with(others=others)

    def bare(self) -> AnyValue:
        """What is filled in for its own type alone."""
        return self._with(others={}, around=b"") if self.others or self.around else self

    def _with(self, **changes: Any) -> AnyValue:
        same = {name: getattr(self, name) for name in ("fields", "kept", "strangers", "unknown", "others", "around")}
        return AnyValue(self.any_type, **(same | changes))

    def _type_url_unread(self) -> str:
        """The URL without reading the other fields for it."""
        url = self._fields.get(TYPE_KEY)
        return url if type(url) is str else ""

    def _of_type(self, url: Value | None) -> AnyValue:
        """The Any with another type: as it was filled in before, else with what was given for a type not known."""
        given = JsonObject([(TYPE_KEY, url)] if isinstance(url, (bool, str)) else [])
        others = dict(self.others)
        made = AnyValue.read(self.any_type, given)
        before = others.pop(made.type_name, None)
        fitting = made.index.by_json_name
        if before is not None:
            made = AnyValue.read(self.any_type, JsonObject([*given, *_members(before)]), before)
        elif self.content is None and any(name in fitting for name, _member in self.strangers):
            made = AnyValue.read(self.any_type, JsonObject([*given, *self.strangers]))
            others.pop(self.type_name, None)
            return made._with(others=others, around=self.around)
        elif made.content is not None and has_own_json(made.content):
            content = empty_element(made.index.by_key[CONTENT_KEY])
            made = AnyValue(self.any_type, {**made.fields, CONTENT_KEY: content})
        if self.is_filled_in:
            others[self.type_name] = self.bare()
        return made._with(others=others, around=self.around)


def _members(value: AnyValue) -> list[tuple[str, Plain]]:
    """What an Any says beside its type."""
    plain = read_plain(value_text(value))
    return [member for member in plain if member[0] != TYPE_KEY] if isinstance(plain, JsonObject) else []


def type_name_of(url: str) -> str:
    """The full name in a type URL."""
    return url.rpartition("/")[2]


def known_type(any_type: Descriptor, url: str) -> Descriptor | None:
    """The message type that a type URL names, by the schema that `any_type` is of; None where it is not known."""
    name = type_name_of(url)
    try:
        return any_type.file.pool.FindMessageTypeByName(name) if name else None
    except (KeyError, TypeError, ValueError):
        return None


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
        return MapValue.read(shape.value, plain, previous) if isinstance(plain, JsonObject) else Fragment(plain)
    if shape.is_repeated:
        if isinstance(plain, list) and not isinstance(plain, JsonObject):
            return ListValue.read(shape, plain, previous)
        return Fragment(plain)
    return read_element(shape, plain, previous)


def read_element(shape: FieldShape, plain: Plain, previous: Value | None = None) -> Value:
    """One value of a field: the field's own, an element of its list, a value of its map."""
    structure = structure_of(shape)
    if isinstance(previous, Unfinished) and type(plain) is str and plain == str(previous):
        return previous
    if isinstance(plain, JsonObject):
        if structure is Structure.MESSAGE:
            return MessageValue.read(message_type(shape), plain, previous)
        if structure is Structure.ANY:
            return AnyValue.read(message_type(shape), plain, previous)
        if structure in (Structure.STRUCT, Structure.VALUE):
            return MapValue.read(_json_element(shape, keyed=True), plain, previous)
    elif isinstance(plain, list):
        if structure in (Structure.LIST, Structure.VALUE):
            return ListValue.read(_json_element(shape, keyed=False), plain, previous)
    elif plain is not None and structure in (Structure.LEAF, Structure.VALUE):
        return plain
    return Fragment(plain)


def _json_element(shape: FieldShape, *, keyed: bool) -> FieldShape:
    """The shape of what a Struct, ListValue or Value holds: Values."""
    rows = json_rows(message_type(shape), keyed=keyed)
    return rows.value if rows.value is not None else rows


def empty_element(shape: FieldShape) -> Value:
    """What a new row of a list or map, or a field that is made present, holds before anything is typed."""
    structure = structure_of(shape)
    if structure is Structure.LEAF:
        return default_leaf(shape)
    if structure is Structure.MESSAGE:
        return MessageValue(message_type(shape))
    if structure is Structure.ANY:
        return AnyValue(message_type(shape))
    empty: dict[Structure, Value] = {Structure.STRUCT: MapValue(), Structure.LIST: ListValue()}
    return empty.get(structure, Fragment(None))


def read_whole(descriptor: Descriptor, plain: Plain, previous: Value | None = None) -> Value | None:
    """The message that as a whole is what `plain` writes; None where that is no object, which most types must be."""
    if message_structure(descriptor) is not Structure.MESSAGE:
        return read_element(whole_shape(descriptor), plain, previous)
    return MessageValue.read(descriptor, plain, previous) if isinstance(plain, JsonObject) else None


def empty_whole(descriptor: Descriptor) -> Value:
    """A message before anything is set in it."""
    if message_structure(descriptor) is not Structure.MESSAGE:
        return empty_element(whole_shape(descriptor))
    return MessageValue(descriptor)


def default_words(shape: FieldShape, value: Value | None) -> str | None:
    """What the value of a singular field is in a word where it is the field's default, else None."""
    if isinstance(value, MessageValue):
        has_more = value.unknown or (isinstance(value, AnyValue) and value.around)
        return None if value.fields or value.strangers or has_more else "an empty message"
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
    elif isinstance(value, ListValue) and value.may_hold_more_than_json:
        for index, item in enumerate(value.items):
            if not isinstance(item, (bool, str)) or isinstance(item, Unfinished):
                yield from walk(item, (*path, index))
    elif isinstance(value, MapValue) and value.may_hold_more_than_json:
        for index, (_key_text, item) in enumerate(value.entries):
            yield from walk(item, (*path, index))
