"""Messages to canonical ProtoJSON. Whatever a server sent is shown: nothing in a message makes this fail.

Where a value has no canonical JSON (an Any of a type that the schema lacks, a Timestamp outside its years, a string
that is no UTF-8) only that value is shown another way, and all around it stays as it should be.
"""

import base64
import math
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape, field_shape
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, WRAPPER_TYPES, descriptor_of, message_plan, set_fields
from wirelens.engine.messages.raw_fields import raw_map_entries

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

_DEEPEST = 100  # an Any's bytes may hold another Any, and so on, beyond what a parser's limit stops


class MessageWriter:
    """Turns messages into the values that Python's json writes."""

    def __init__(self, schema: "Schema", *, emit_defaults: bool = False, field_masks_as_objects: bool = False) -> None:
        self._schema = schema
        self._emit_defaults = emit_defaults
        self._field_masks_as_objects = field_masks_as_objects

    def value(self, message: Message, depth: int = 0) -> Any:
        """The JSON value of a message: an object of its fields, or what its well-known type says."""
        name = descriptor_of(message).full_name
        if name in SPECIAL_TYPES:
            return self._special(name, message, depth)
        return self._fields(message, depth)

    def members(self, message: Message) -> list[tuple[FieldShape, Any]]:
        """The set fields in the order of their declaration, extensions behind them, with the runtime's values."""
        plan = message_plan(descriptor_of(message))
        known: list[tuple[int, FieldShape, Any]] = []
        extensions: list[tuple[FieldShape, Any]] = []
        for descriptor, value in set_fields(message):
            if descriptor.is_extension:
                extensions.append((field_shape(descriptor), value))
            else:
                known.append((*plan.by_number[descriptor.number], value))
        if self._emit_defaults:
            present = {shape.number for _, shape, _ in known}
            for position, shape in enumerate(plan.shapes):
                if not shape.has_presence and shape.number not in present:
                    known.append((position, shape, getattr(message, shape.name)))
        known.sort(key=lambda each: each[0])
        return [*((shape, value) for _, shape, value in known), *extensions]

    def member(self, message: Message, shape: FieldShape, value: Any) -> Any:
        """The JSON value of one of the members."""
        return self._field(message, shape, value, 0)

    def _fields(self, message: Message, depth: int) -> dict[str, Any]:
        return {shape.json_name: self._field(message, shape, value, depth) for shape, value in self.members(message)}

    def _field(self, message: Message, shape: FieldShape, value: Any, depth: int) -> Any:
        if shape.is_map:
            return self._map(message, shape, value, depth)
        if shape.is_repeated:
            if shape.kind.is_message:
                return [self.value(each, depth + 1) for each in value]
            return [scalar_to_json(shape, each) for each in value]
        return self._single(shape, value, depth)

    def _single(self, shape: FieldShape, value: Any, depth: int) -> Any:
        return self.value(value, depth + 1) if shape.kind.is_message else scalar_to_json(shape, value)

    def _map(self, message: Message, shape: FieldShape, entries: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        """Entries in the order of their keys; the runtime's own order changes from run to run."""
        assert shape.value is not None
        try:
            pairs = [(key, entries[key]) for key in sorted(entries)]
        except (UnicodeDecodeError, TypeError):  # keys or values that are no UTF-8 come as bytes, or not at all
            pairs = raw_map_entries(message, shape)
        return {_key_text(key): self._single(shape.value, value, depth) for key, value in pairs}

    def _special(self, name: str, message: Any, depth: int) -> Any:
        if name in WRAPPER_TYPES:
            return scalar_to_json(message_plan(descriptor_of(message)).shapes[0], message.value)
        if name == "google.protobuf.Any":
            return self._any(message, depth)
        if name == "google.protobuf.Value":
            return self._struct_value(message, depth)
        if name == "google.protobuf.Struct":
            return {key: self.value(message.fields[key], depth + 1) for key in sorted(message.fields)}
        if name == "google.protobuf.ListValue":
            return [self.value(each, depth + 1) for each in message.values]
        if name == "google.protobuf.FieldMask" and self._field_masks_as_objects:
            return self._fields(message, depth)
        try:
            return message.ToJsonString()
        except (ValueError, OverflowError, ArithmeticError):
            return self._fields(message, depth)  # seconds outside the calendar, a path that is no identifier

    def _struct_value(self, message: Any, depth: int) -> Any:
        kind = message.WhichOneof("kind")
        if kind is None or kind == "null_value":
            return None
        held = getattr(message, kind)
        if kind == "number_value":
            return int(held) if held.is_integer() and 0 < abs(held) < 2**53 else float_to_json(held)
        return held if kind in ("bool_value", "string_value") else self.value(held, depth + 1)

    def _any(self, message: Any, depth: int) -> dict[str, Any]:
        """Its type's fields beside `@type`; bytes in base64 where the type is not known or the bytes are no such."""
        url: str = message.type_url
        if not url and not message.value:
            return {}
        as_bytes = {"@type": url, "value": base64.b64encode(message.value).decode()}
        descriptor = self._schema.resolve_type_url(url) if depth < _DEEPEST else None
        if descriptor is None:
            return as_bytes
        try:
            inner = GetMessageClass(descriptor).FromString(message.value)
        except DecodeError:
            return as_bytes
        try:
            if descriptor.full_name in SPECIAL_TYPES:
                return {"@type": url, "value": self.value(inner, depth + 1)}
            return {"@type": url, **self._fields(inner, depth + 1)}
        except RecursionError:
            return as_bytes  # each Any's bytes may nest as deep again


def scalar_to_json(shape: FieldShape, value: Any) -> Any:
    """One scalar or enum value as ProtoJSON has it: 64-bit integers as strings, bytes in base64."""
    kind = shape.kind
    if kind is FieldKind.STRING:
        return value if isinstance(value, str) else value.decode("utf-8", "replace")
    if kind in (FieldKind.INT64, FieldKind.UINT64):
        return str(value)
    if kind is FieldKind.ENUM:
        return _enum_to_json(shape, value)
    if kind is FieldKind.BYTES:
        return base64.b64encode(value).decode()
    if kind is FieldKind.DOUBLE:
        return float_to_json(value)
    if kind is FieldKind.FLOAT:
        return float_to_json(shortest_float(value))
    return value


def float_to_json(value: float) -> float | str:
    """A number, or the names that stand for what JSON has no number for."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def shortest_float(value: float) -> float:
    """The double with the fewest digits that is the same as a 32-bit float: 0.1, not 0.10000000149011612."""
    if not math.isfinite(value):
        return value
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        try:
            if struct.unpack("<f", struct.pack("<f", short))[0] == value:
                return short
        except OverflowError:
            pass  # rounded up beyond the largest float
    return float(f"{value:.9g}")


def _enum_to_json(shape: FieldShape, number: int) -> Any:
    if shape.enum_name == "google.protobuf.NullValue":
        return None
    enum_type = shape.descriptor.enum_type
    assert enum_type is not None
    named = enum_type.values_by_number.get(number)
    return number if named is None else named.name


def _key_text(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
