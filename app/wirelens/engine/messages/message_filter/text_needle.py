"""Text that is looked for in messages as a person reads them, without making JSON of any.

What is read of a message: the names of the fields that are set (as the .proto and as JSON have them), texts, names of
enum values, numbers, true and false, keys of maps, and well-known types as JSON has them. Bytes are searched for the
text itself, not for their base64. Upper and lower case are the same.

Texts stand in a serialized message as they are, so a message without the needle in its bytes is out at once, unless
the needle could also be part of a name or a number of this type.
"""

import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape, message_fields
from wirelens.engine.messages.json_writing import float_to_json, shortest_float
from wirelens.engine.messages.message_filter.comparison import as_text, json_text, special_text
from wirelens.engine.messages.message_filter.field_path import map_entries
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, set_fields
from wirelens.engine.schema.schema import Schema

_NUMERIC = re.compile(r"[0-9.+\-e]+|nan|[-infty]*")
_IN_TIMES = re.compile(r"[0-9.:+\-tzs]+")
_DEEPEST = 50  # Any within Any
_ANY, _VALUE = "google.protobuf.Any", "google.protobuf.Value"

Check = Callable[[Message, Any], bool]  # of a message around a field, and the field's value


class TextNeedle:
    """One text, looked for in messages of one type."""

    def __init__(self, text: str, descriptor: Descriptor, schema: Schema) -> None:
        self._needle = text.lower()
        self._schema = schema
        self._checks: dict[str, dict[int, Check]] = {}
        self._depth = 0
        self.descriptor = descriptor
        self.in_bytes = _bytes_pattern(self._needle)  # finds it in bytes that were lowered (ASCII letters)
        self.is_always_in_bytes = not self._may_be_written_otherwise(descriptor)

    def found_in(self, message: Message) -> bool:
        """Whether the message reads so somewhere."""
        return self._message(message, type(message).DESCRIPTOR)  # type: ignore[arg-type]  # the stubs' other class

    # -- reading messages

    def _message(self, message: Any, descriptor: Descriptor) -> bool:
        checks = self._checks.get(descriptor.full_name)
        if checks is None:
            checks = self._checks[descriptor.full_name] = {}
        for field, value in set_fields(message):
            check = checks.get(field.number)
            if check is None:
                check = checks[field.number] = self._check(field_shape(field))
            if check(message, value):
                return True
        return False

    def _check(self, shape: FieldShape) -> Check:
        owner = shape.descriptor.containing_type
        is_named = owner is not None and owner.full_name not in SPECIAL_TYPES
        if is_named and self._is_in_name(shape):
            return lambda _message, _value: True
        if shape.is_map:
            assert shape.key is not None
            assert shape.value is not None
            key, held = self._of_value(shape.key), self._of_value(shape.value)
            return lambda message, _value: any(key(name) or held(value) for name, value in map_entries(message, shape))
        of_value = self._of_value(shape)
        if shape.is_repeated:
            return lambda _message, values: any(map(of_value, values))
        return lambda _message, value: of_value(value)

    def _is_in_name(self, shape: FieldShape) -> bool:
        return self._needle in shape.name.lower() or self._needle in shape.json_name.lower()

    def _of_value(self, shape: FieldShape) -> Callable[[Any], bool]:
        """Whether one value of a field reads so."""
        needle, kind = self._needle, shape.kind
        if kind is FieldKind.STRING:
            return lambda value: needle in as_text(value).lower()
        if kind is FieldKind.BYTES:
            pattern = self.in_bytes
            return lambda value: pattern.search(value.lower()) is not None
        if kind is FieldKind.ENUM:
            numbers = {value.number for value in shape.enum_values if needle in value.name.lower()}
            named = {value.number for value in shape.enum_values}
            return lambda value: value in numbers or (value not in named and needle in str(value))
        if kind.is_message:
            return self._of_message(shape)
        if kind is FieldKind.BOOL:
            return lambda value: needle in ("true" if value else "false")
        if kind is FieldKind.FLOAT:
            return lambda value: needle in json_text(float_to_json(shortest_float(value))).lower()
        if kind is FieldKind.DOUBLE:
            return lambda value: needle in json_text(float_to_json(value)).lower()
        return lambda value: needle in str(value)

    def _of_message(self, shape: FieldShape) -> Callable[[Any], bool]:
        descriptor, needle = shape.message_type, self._needle
        assert descriptor is not None
        if descriptor.full_name == _ANY:
            return self._any
        if descriptor.full_name == _VALUE:
            return lambda message: self._dynamic(message, descriptor)
        if descriptor.full_name in _TIMES or descriptor.full_name == "google.protobuf.FieldMask":
            return lambda message: (
                needle in special_text(message).lower()
                or (not special_text(message) and self._message(message, descriptor))
            )
        return lambda message: self._message(message, descriptor)

    def _any(self, message: Any) -> bool:
        if self._needle in message.type_url.lower():
            return True
        descriptor = self._schema.resolve_type_url(message.type_url) if message.type_url else None
        if descriptor is None or self._depth >= _DEEPEST:
            return self.in_bytes.search(message.value.lower()) is not None
        try:
            inner = GetMessageClass(descriptor).FromString(message.value)
        except DecodeError:
            return False
        self._depth += 1
        try:
            return self._message(inner, descriptor)
        finally:
            self._depth -= 1

    def _dynamic(self, message: Any, descriptor: Descriptor) -> bool:
        kind = message.WhichOneof("kind")
        if kind == "number_value":
            held = message.number_value
            whole = held.is_integer() and abs(held) < 2**53
            return self._needle in json_text(int(held) if whole else float_to_json(held)).lower()
        if kind in (None, "null_value"):
            return self._needle in "null"
        return self._message(message, descriptor)

    # -- what the bytes do not show

    def _may_be_written_otherwise(self, root: Descriptor) -> bool:
        """Whether a message of the type may read so without having the text in its bytes."""
        waiting, seen = [root], {root.full_name}
        while waiting:
            descriptor = waiting.pop()
            if descriptor.full_name == _ANY or descriptor.is_extendable:
                return True  # what is in it depends on the message
            if descriptor.full_name == _VALUE and self._needle in "null":
                return True
            for shape in message_fields(descriptor):
                if self._is_written_otherwise(shape, descriptor):
                    return True
                below = [part.message_type for part in (shape, shape.value) if part is not None]
                for inner in below:
                    if inner is not None and inner.full_name not in seen:
                        seen.add(inner.full_name)
                        waiting.append(inner)
        return False

    def _is_written_otherwise(self, shape: FieldShape, owner: Descriptor) -> bool:
        if owner.full_name not in SPECIAL_TYPES and not owner.GetOptions().map_entry and self._is_in_name(shape):
            return True
        return any(self._is_value_written_otherwise(part, owner) for part in (shape.key, shape.value, shape) if part)

    def _is_value_written_otherwise(self, shape: FieldShape, owner: Descriptor) -> bool:
        needle, kind = self._needle, shape.kind
        if kind in (FieldKind.STRING, FieldKind.BYTES):
            return False
        if kind.is_message:
            return shape.message_name == "google.protobuf.FieldMask"  # its JSON has names in another case
        if kind is FieldKind.BOOL:
            return needle in "true" or needle in "false"
        if kind is FieldKind.ENUM:
            is_number = needle.lstrip("-").isdigit()
            return is_number or any(needle in value.name.lower() for value in shape.enum_values)
        is_time = owner.full_name in _TIMES
        return (_IN_TIMES if is_time else _NUMERIC).fullmatch(needle) is not None


_TIMES = ("google.protobuf.Timestamp", "google.protobuf.Duration")


def _bytes_pattern(needle: str) -> re.Pattern[bytes]:
    """Finds a lower-case needle in bytes whose ASCII letters are lower case."""
    parts: list[bytes] = []
    for character in needle:
        spellings = {character, character.upper(), character.title()}
        encoded = {re.escape(each.encode("utf-8", "surrogatepass").lower()) for each in spellings}
        parts.append(encoded.pop() if len(encoded) == 1 else b"(?:" + b"|".join(sorted(encoded)) + b")")
    return re.compile(b"".join(parts))
