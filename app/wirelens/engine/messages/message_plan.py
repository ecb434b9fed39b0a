"""What reading and writing JSON look up for each message type, found once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from wirelens.engine.messages.fields import FieldShape, message_fields

WRAPPER_TYPES = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
# Types whose JSON is not an object of their fields.
SPECIAL_TYPES = WRAPPER_TYPES | {
    f"google.protobuf.{name}" for name in ("Any", "Duration", "FieldMask", "ListValue", "Struct", "Timestamp", "Value")
}


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """A message type's fields by the names JSON has for them, without extensions."""

    descriptor: Descriptor
    shapes: tuple[FieldShape, ...]
    by_json_name: dict[str, FieldShape]  # the JSON name and the name of the .proto
    json_names: tuple[str, ...]
    by_number: dict[int, tuple[int, FieldShape]]  # with the position in the declaration


@lru_cache(maxsize=512)
def message_plan(descriptor: Descriptor) -> MessagePlan:
    """The plan of a message type."""
    shapes = message_fields(descriptor)
    by_json_name = {shape.name: shape for shape in shapes}
    by_json_name.update({shape.json_name: shape for shape in shapes})
    return MessagePlan(
        descriptor=descriptor,
        shapes=shapes,
        by_json_name=by_json_name,
        json_names=tuple(shape.json_name for shape in shapes),
        by_number={shape.number: (position, shape) for position, shape in enumerate(shapes)},
    )


# A message's fields come before the methods of its class: where a field is called DESCRIPTOR or ListFields,
# `message.ListFields` is that field's value. The class is asked instead.


def descriptor_of(message: Message) -> Descriptor:
    """The type of a message, whatever its fields are called."""
    descriptor: Any = type(message).DESCRIPTOR
    return descriptor  # type: ignore[no-any-return]  # the stubs name upb's class beside it


def set_fields(message: Message) -> list[tuple[FieldDescriptor, Any]]:
    """The set fields and extensions of a message with their values, by number."""
    return list(type(message).ListFields(message))
