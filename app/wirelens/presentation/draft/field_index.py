"""What the draft asks of a message type: its fields by every name they go by, their order, their oneofs."""

import enum
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape, message_extensions, message_fields

STRING_TYPES = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
WRAPPER_TYPES = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
FRAGMENT_TYPES = frozenset(f"google.protobuf.{name}" for name in ("Any", "Struct", "Value", "ListValue"))


class Structure(enum.Enum):
    """What one value (an element of a list, an entry of a map) is made of in ProtoJSON."""

    LEAF = "leaf"  # a scalar, an enum, a wrapper, a Timestamp: one JSON scalar
    MESSAGE = "message"  # an object with the message's fields
    FRAGMENT = "fragment"  # JSON with rules of its own: Any, Struct, Value, ListValue


def message_type(shape: FieldShape) -> Descriptor:
    """The type of a field that holds messages."""
    descriptor = shape.descriptor.message_type
    assert descriptor is not None, f"{shape.name} holds no messages"
    return descriptor


def structure_of(shape: FieldShape) -> Structure:
    """What one value of the field is made of."""
    if not shape.kind.is_message:
        return Structure.LEAF
    if shape.message_name in STRING_TYPES or shape.message_name in WRAPPER_TYPES:
        return Structure.LEAF
    if shape.message_name in FRAGMENT_TYPES:
        return Structure.FRAGMENT
    return Structure.MESSAGE


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
    shapes = (*message_fields(descriptor), *message_extensions(descriptor))
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


def message_structure(descriptor: Descriptor) -> Structure:
    """The same for a message as a whole: a request may itself be of a well-known type."""
    name = descriptor.full_name
    if name in STRING_TYPES or name in WRAPPER_TYPES or name in FRAGMENT_TYPES:
        return Structure.FRAGMENT
    return Structure.MESSAGE
