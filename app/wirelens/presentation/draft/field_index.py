"""What the draft asks of a message type: its fields by every name they go by, their order, their oneofs."""

import enum
from dataclasses import dataclass, replace
from functools import lru_cache

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape, message_extensions, message_fields
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, WRAPPER_TYPES

STRING_TYPES = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})

TYPE_KEY = "@type"  # of an Any, in JSON and as the key of its first member; no field can be called so
CONTENT_KEY = "value"  # of an Any that holds a type with JSON of its own


class Structure(enum.Enum):
    """What one value (an element of a list, an entry of a map) is made of in ProtoJSON."""

    LEAF = "leaf"  # a scalar, an enum, a wrapper, a Timestamp: one JSON scalar
    MESSAGE = "message"  # an object with the message's fields
    ANY = "any"  # an object with the type of the message inside and its fields
    STRUCT = "struct"  # any JSON object: rows with keys
    LIST = "list"  # any JSON array, a ListValue: rows
    VALUE = "value"  # any JSON value: a scalar, null, or rows


_STRUCTURES = {
    "google.protobuf.Any": Structure.ANY,
    "google.protobuf.Struct": Structure.STRUCT,
    "google.protobuf.ListValue": Structure.LIST,
    "google.protobuf.Value": Structure.VALUE,
} | dict.fromkeys(STRING_TYPES | WRAPPER_TYPES, Structure.LEAF)
_JSON_ROWS = frozenset({"google.protobuf.Struct.FieldsEntry.value", "google.protobuf.ListValue.values"})
JSON_TREES = frozenset({Structure.STRUCT, Structure.LIST, Structure.VALUE})


def message_type(shape: FieldShape) -> Descriptor:
    """The type of a field that holds messages."""
    assert shape.message_type is not None, f"{shape.name} holds no messages"
    return shape.message_type


def structure_of(shape: FieldShape) -> Structure:
    """What one value of the field is made of."""
    if not shape.kind.is_message:
        return Structure.LEAF
    return _STRUCTURES.get(shape.message_name or "", Structure.MESSAGE)


def json_rows(descriptor: Descriptor, *, keyed: bool) -> FieldShape:
    """The field that holds the rows of a JSON object (`Struct.fields`, a map) or array (`ListValue.values`).

    `descriptor` is Struct, Value or ListValue, and says which pool they are taken from.
    """
    holder = "Struct" if keyed else "ListValue"
    return message_fields(descriptor.file.pool.FindMessageTypeByName(f"google.protobuf.{holder}"))[0]


def is_json_row(element: FieldShape) -> bool:
    """Whether the shape is of what a Struct or ListValue holds, not of a field that somebody declared."""
    return element.message_name == "google.protobuf.Value" and element.descriptor.full_name in _JSON_ROWS


def scalar_shape(shape: FieldShape) -> FieldShape:
    """The shape an editor works by: a wrapper is edited as what it wraps."""
    if shape.message_name in WRAPPER_TYPES:
        return message_fields(message_type(shape))[0]
    return shape


def field_key(shape: FieldShape) -> str:
    """The field's name within its message, `[package.extension]` for an extension."""
    return shape.json_name if shape.is_extension else shape.name


@dataclass(frozen=True)
class FieldIndex:
    """The fields of one message type, extensions last."""

    shapes: tuple[FieldShape, ...]
    by_key: dict[str, FieldShape]
    by_json_name: dict[str, FieldShape]  # every spelling that ProtoJSON accepts
    position: dict[str, int]
    oneofs: dict[str, tuple[str, ...]]  # oneof name -> keys of its members


def field_index(descriptor: Descriptor) -> FieldIndex:
    """The index of `descriptor`'s fields and of the extensions its pool knows by now."""
    return _index(descriptor, len(message_extensions(descriptor)))


@lru_cache(maxsize=512)
def _index(descriptor: Descriptor, _extension_count: int) -> FieldIndex:
    return _index_of((*message_fields(descriptor), *message_extensions(descriptor)))


def _index_of(shapes: tuple[FieldShape, ...]) -> FieldIndex:
    oneofs: dict[str, tuple[str, ...]] = {}
    for shape in shapes:
        if shape.oneof is not None:
            oneofs[shape.oneof] = (*oneofs.get(shape.oneof, ()), field_key(shape))
    return FieldIndex(
        shapes=shapes,
        by_key={field_key(shape): shape for shape in shapes},
        by_json_name={field_key(shape): shape for shape in shapes} | {shape.json_name: shape for shape in shapes},
        position={field_key(shape): position for position, shape in enumerate(shapes)},
        oneofs=oneofs,
    )


def has_own_json(descriptor: Descriptor) -> bool:
    """Whether an Any holds the type's JSON under `value`, because it is no object of the type's fields."""
    return descriptor.full_name in SPECIAL_TYPES


def any_index(any_type: Descriptor, content: Descriptor | None) -> FieldIndex:
    """The members of an Any that holds `content`, None for a type that is not known: its type goes first."""
    return _any_index(any_type, content, 0 if content is None else len(message_extensions(content)))


@lru_cache(maxsize=512)
def _any_index(any_type: Descriptor, content: Descriptor | None, _extension_count: int) -> FieldIndex:
    by_number = {shape.number: shape for shape in message_fields(any_type)}
    url = replace(by_number[1], name=TYPE_KEY, json_name=TYPE_KEY)
    if content is None:
        return _index_of((url,))
    if not has_own_json(content):
        inner = field_index(content)
        return replace(
            inner,
            shapes=(url, *inner.shapes),
            by_key={TYPE_KEY: url, **inner.by_key},
            by_json_name={TYPE_KEY: url, **inner.by_json_name},
            position={TYPE_KEY: -1, **inner.position},
        )
    value = replace(
        by_number[2],
        name=CONTENT_KEY,
        json_name=CONTENT_KEY,
        kind=FieldKind.MESSAGE,
        type_name=content.name,
        has_presence=True,
        is_required=True,
        default=None,
        message_name=content.full_name,
        message_type=content,
    )
    return _index_of((url, value))


def message_structure(descriptor: Descriptor) -> Structure:
    """The same for a message as a whole: a request may itself be of a well-known type."""
    return _STRUCTURES.get(descriptor.full_name, Structure.MESSAGE)


@lru_cache(maxsize=64)
def whole_shape(descriptor: Descriptor) -> FieldShape:
    """A message of a type with JSON of its own as if it stood in a field, which has no number and cannot be unset.

    No field declares it: the shape's `descriptor` is that of the type's first field.
    """
    return FieldShape(
        descriptor=descriptor.fields[0],
        name="request",
        json_name="request",
        number=0,
        kind=FieldKind.MESSAGE,
        type_name=descriptor.name,
        message_name=descriptor.full_name,
        message_type=descriptor,
    )
