"""Options of descriptors as .proto text: standard ones, features of editions, and custom ones the source explains."""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, text_encoding, text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from wirelens.engine.schema.type_names import TypeNames

# protoc makes these itself; they are never written.
_NEVER_WRITTEN = {"uninterpreted_option", "map_entry"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its name as written (`deprecated`, `(google.api.http)`) and its value, one line or several."""

    name: str
    value: tuple[str, ...]

    def lines(self, opening: str = "", closing: str = "") -> list[str]:
        lines = [f"{opening}{self.name} = {self.value[0]}", *self.value[1:]]
        lines[-1] += closing
        return lines


class OptionTexts:
    """Writes the options messages of one source."""

    def __init__(self, pool: DescriptorPool, names: TypeNames) -> None:
        self._pool = pool
        self._names = names

    def options(self, options: Message, scope: str) -> tuple[list[Option], list[int]]:
        """The options in field order, and the numbers of those that nothing explains."""
        found: list[Option] = []
        known = self._in_own_pool(options)
        fields = list(known.ListFields())
        standard = {field.number: (field, value) for field, value in options.ListFields()}
        missing = _unknown_numbers(known)
        # A server's own descriptor.proto may be older than the one we have.
        fields += [standard[number] for number in missing if number in standard]
        unknown = [number for number in missing if number not in standard]
        for field, value in fields:
            if field.name not in _NEVER_WRITTEN or field.is_extension:
                found.extend(self._of_field(field, value, scope, ""))
                unknown += [number for message in _messages_in(field, value) for number in _unknown_numbers(message)]
        return found, sorted(set(unknown))

    def _in_own_pool(self, options: Message) -> Message:
        """The options as the source's pool understands them: with its extensions."""
        try:
            descriptor = self._pool.FindMessageTypeByName(options.DESCRIPTOR.full_name)
            return GetMessageClass(descriptor).FromString(options.SerializePartialToString())
        except (KeyError, TypeError, DecodeError):
            return options

    def _of_field(self, field: FieldDescriptor, value: Any, scope: str, prefix: str) -> list[Option]:
        name = f"{prefix}({self._names.option(field.full_name, scope)})" if field.is_extension else prefix + field.name
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.FeatureSet":
            return self._features(value, scope, f"{name}.")
        values = value if field.is_repeated else [value]
        return [Option(name, value_text(field, one)) for one in values]

    def _features(self, features: Message, scope: str, prefix: str) -> list[Option]:
        """`features.field_presence = EXPLICIT`, and below `features.(pb.cpp)` in the same way."""
        found: list[Option] = []
        for field, value in features.ListFields():
            if field.is_extension and field.message_type is not None and not field.is_repeated:
                extension = f"{prefix}({self._names.option(field.full_name, scope)})."
                for inner, inner_value in value.ListFields():
                    found.extend(self._of_field(inner, inner_value, scope, extension))
            else:
                found.extend(self._of_field(field, value, scope, prefix))
        return found


def _unknown_numbers(message: Message) -> list[int]:
    """The numbers of fields that the message's type does not know."""
    unknown: Any = UnknownFieldSet(message)  # iterable, though its stub does not say so
    return sorted({field.field_number for field in unknown})


def _messages_in(field: FieldDescriptor, value: Any) -> Iterator[Message]:
    """The messages that an option's value is made of."""
    if field.message_type is None or field.message_type.GetOptions().map_entry:
        return
    for message in value if field.is_repeated else [value]:
        yield message
        for inner, inner_value in message.ListFields():
            yield from _messages_in(inner, inner_value)


def value_text(field: FieldDescriptor, value: Any) -> tuple[str, ...]:
    """One value in option syntax; a message as its text format in braces, several lines."""
    if field.message_type is not None:
        inside = text_format.MessageToString(value, as_utf8=True, indent=2).splitlines()
        return ("{", *inside, "}") if inside else ("{}",)
    if field.enum_type is not None:
        by_number = field.enum_type.values_by_number.get(value)
        return (by_number.name if by_number is not None else str(value),)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return (quoted_bytes(value),)
    if isinstance(value, str | bytes):
        return (quoted(value),)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (_shortest(value) if field.type == FieldDescriptor.TYPE_FLOAT else str(value),)


def _shortest(value: float) -> str:
    """A single-precision number with no more digits than it has."""
    if not math.isfinite(value):
        return str(value)
    candidates = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next(text for text in candidates if struct.pack("f", float(text)) == struct.pack("f", value))


def quoted(text: str | bytes) -> str:
    """A string literal; an option's text that is no UTF-8 comes as bytes and is escaped."""
    if isinstance(text, bytes):
        return quoted_bytes(text)
    return f'"{text_encoding.CEscape(text.encode(), as_utf8=True)}"'


def quoted_bytes(data: bytes) -> str:
    """A string literal of any bytes."""
    return f'"{text_encoding.CEscape(data, as_utf8=False)}"'


def default_text(field: descriptor_pb2.FieldDescriptorProto) -> str:
    """A field's default as it is written; bytes are kept escaped in the descriptor already."""
    if field.type == descriptor_pb2.FieldDescriptorProto.TYPE_STRING:
        return quoted(field.default_value)
    if field.type == descriptor_pb2.FieldDescriptorProto.TYPE_BYTES:
        return f'"{field.default_value}"'
    return field.default_value
