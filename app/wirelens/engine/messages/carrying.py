"""A message made into one of another type, as far as the fields of both are the same."""

import json
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldShape, field_shape, message_fields
from wirelens.engine.messages.json_writing import MessageWriter
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, descriptor_of, set_fields
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema


def carried_over(message: Message, schema: Schema, descriptor: Descriptor) -> tuple[Message, list[str]]:
    """`message` as a `descriptor`, and a sentence for each of its fields that has no place there.

    A message of the very type is taken with all that is in it. Of another, the fields with the same name and type are;
    a message in a field is looked into in the same way where its type is another one.

    Args:
        schema: both types are of it.
    """
    if descriptor_of(message).full_name == descriptor.full_name:
        return GetMessageClass(descriptor).FromString(message.SerializePartialToString()), []
    left_out: list[str] = []
    carrier = _Carrier(schema, left_out)
    fields = carrier.fields(message, descriptor, "")
    return message_from_json(json.dumps(fields), descriptor, schema), left_out


class _Carrier:
    def __init__(self, schema: Schema, left_out: list[str]) -> None:
        self._writer = MessageWriter(schema)
        self._left_out = left_out

    def fields(self, message: Message, descriptor: Descriptor, path: str) -> dict[str, Any]:
        """ProtoJSON of the fields that fit."""
        there = {shape.name: shape for shape in message_fields(descriptor)}
        chosen: dict[str, str] = {}  # of each oneof
        made: dict[str, Any] = {}
        for shape, value in _set(message):
            at = f"{path}.{shape.path_name}" if path else shape.path_name
            target = there.get(shape.path_name)
            if target is None:
                self._left_out.append(f"{at}: {descriptor.name} has no such field.")
                continue
            if target.oneof is not None and chosen.setdefault(target.oneof, target.name) != target.name:
                self._left_out.append(f"{at}: {chosen[target.oneof]} is set in the same oneof.")
                continue
            if _is_same_type(shape, target):
                made[target.json_name] = self._writer.member(message, shape, value)
            elif _may_be_looked_into(shape) and _may_be_looked_into(target):
                assert target.message_type is not None
                made[target.json_name] = self.fields(value, target.message_type, at)
            else:
                self._left_out.append(f"{at}: it is {target.type_name} there, not {shape.type_name}.")
        return made


def _set(message: Message) -> Iterator[tuple[FieldShape, Any]]:
    for descriptor, value in set_fields(message):
        yield field_shape(descriptor), value


def _is_same_type(one: FieldShape, other: FieldShape) -> bool:
    if (one.is_map, one.is_repeated, one.kind) != (other.is_map, other.is_repeated, other.kind):
        return False
    if one.key is not None and other.key is not None and one.value is not None and other.value is not None:
        return _is_same_type(one.key, other.key) and _is_same_type(one.value, other.value)
    return (one.message_name, one.enum_name) == (other.message_name, other.enum_name)


def _may_be_looked_into(shape: FieldShape) -> bool:
    is_single = not shape.is_repeated and not shape.is_map
    return is_single and shape.kind.is_message and shape.message_name not in SPECIAL_TYPES
