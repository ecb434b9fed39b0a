"""Schemas and messages that nobody thought of, for properties that must hold for all of them."""

import math
import string
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FeatureSet,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from wirelens.engine.messages.fields import FieldKind, FieldShape, message_fields
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema

_WELL_KNOWN = {
    "google/protobuf/timestamp.proto": ["Timestamp"],
    "google/protobuf/duration.proto": ["Duration"],
    "google/protobuf/struct.proto": ["Struct", "Value", "ListValue"],
    "google/protobuf/wrappers.proto": ["Int64Value", "UInt32Value", "StringValue", "BytesValue", "FloatValue"],
    "google/protobuf/any.proto": ["Any"],
    "google/protobuf/empty.proto": ["Empty"],
}  # fmt: skip
_SCALARS = [number for number in range(1, 19) if number not in (10, 11, 14)]  # no group, message or enum
_KEYS = [number for number in _SCALARS if number not in (1, 2, 12)]  # no float, double or bytes
_NAME = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8).filter(lambda name: name.strip("_") == name)
_DEEPEST = 3  # beyond it only required fields are set; none of them is a message
_REPEATED, _OPTIONAL, _REQUIRED = 3, 1, 2
_NEVER_PACKED = (9, 11, 12)  # string, message, bytes


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of one file: some messages `random.M0`, `random.M1`, … that refer to each other, and an enum."""
    syntax = draw(st.sampled_from(["proto2", "proto3", "editions"]))
    file = FileDescriptorProto(name="random.proto", package="random", syntax=syntax)
    if syntax == "editions":
        file.edition = draw(st.sampled_from([Edition.EDITION_2023, Edition.EDITION_2024]))
    file.dependency.extend(_WELL_KNOWN)
    numbers = [0, *draw(st.lists(st.integers(-(2**31), 2**31 - 1).filter(bool), max_size=3, unique=True))]
    values = [EnumValueDescriptorProto(name=f"VALUE_{index}", number=number) for index, number in enumerate(numbers)]
    file.enum_type.append(EnumDescriptorProto(name="E", value=values))
    count = draw(st.integers(1, 3))
    for index in range(count):
        file.message_type.append(_message(draw, f"M{index}", count, file.syntax))
    return Schema(FileTable({file.name: file.SerializeToString()}), [], Origin("descriptor set"))


def _message(draw: st.DrawFn, name: str, count: int, syntax: str) -> DescriptorProto:
    message = DescriptorProto(name=name)
    # JSON names of proto3 must differ, and they differ where the names without underscores do.
    names = draw(st.lists(_NAME, min_size=1, max_size=6, unique_by=lambda each: each.replace("_", "")))
    has_oneof = draw(st.booleans())
    if has_oneof:
        message.oneof_decl.add(name="choice")
    for index, field_name in enumerate(names):
        field = message.field.add(name=field_name, number=draw(st.integers(1, 500)) * 10 + index, label=_OPTIONAL)
        shape = draw(st.sampled_from(["single", "repeated", "map", "oneof"]))
        if shape == "map":
            _make_map(draw, message, field, count)
            continue
        _set_type(draw, field, count)
        if shape == "repeated":
            field.label = _REPEATED
        elif shape == "oneof" and has_oneof:
            field.oneof_index = 0
        elif syntax == "proto2" and draw(st.integers(0, 5)) == 0 and field.type != 11:
            field.label = _REQUIRED
        if syntax == "editions":
            _set_features(draw, field)
    if has_oneof and not any(field.HasField("oneof_index") for field in message.field):
        del message.oneof_decl[:]
    return message


def _set_type(draw: st.DrawFn, field: FieldDescriptorProto, count: int) -> None:
    kind = draw(st.sampled_from(["scalar", "scalar", "enum", "message", "well-known"]))
    if kind == "scalar":
        field.type = draw(st.sampled_from(_SCALARS))  # type: ignore[assignment]
    elif kind == "enum":
        field.type, field.type_name = FieldDescriptorProto.TYPE_ENUM, ".random.E"
    else:
        own = [f".random.M{index}" for index in range(count)]
        known = [f".google.protobuf.{name}" for names in _WELL_KNOWN.values() for name in names]
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = draw(st.sampled_from(own if kind == "message" else known))


def _set_features(draw: st.DrawFn, field: FieldDescriptorProto) -> None:
    """What editions say by features: groups by any name, unpacked lists, fields without presence."""
    features = field.options.features
    is_message = field.type == FieldDescriptorProto.TYPE_MESSAGE
    if is_message and draw(st.booleans()):
        features.message_encoding = FeatureSet.DELIMITED
    elif field.label == _REPEATED:
        if field.type not in _NEVER_PACKED and draw(st.booleans()):
            features.repeated_field_encoding = FeatureSet.EXPANDED
    elif not is_message and not field.HasField("oneof_index") and draw(st.booleans()):
        features.field_presence = FeatureSet.IMPLICIT


def _make_map(draw: st.DrawFn, message: DescriptorProto, field: FieldDescriptorProto, count: int) -> None:
    camel = "".join(part.capitalize() for part in field.name.split("_"))
    entry = message.nested_type.add(name=f"{camel}Entry")
    entry.options.map_entry = True
    key_type: Any = draw(st.sampled_from(_KEYS))
    entry.field.add(name="key", number=1, label=_OPTIONAL, type=key_type)
    value = entry.field.add(name="value", number=2, label=_OPTIONAL)
    _set_type(draw, value, count)
    field.label, field.type = _REPEATED, FieldDescriptorProto.TYPE_MESSAGE
    field.type_name = f".random.{message.name}.{entry.name}"


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NUMBER = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBER | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
)


@st.composite
def messages(draw: st.DrawFn, schema: Schema, descriptor: Descriptor, depth: int = 0) -> Message:
    """A message with some fields set; the well-known types within what JSON can say."""
    message = GetMessageClass(descriptor)()
    for shape in message_fields(descriptor):
        if not shape.is_required and (depth >= _DEEPEST or draw(st.booleans())):
            continue
        if shape.is_map:
            _fill_map(draw, schema, message, shape, depth)
        elif shape.is_repeated:
            for _ in range(draw(st.integers(0, 2))):
                container = getattr(message, shape.name)
                if shape.kind.is_message:
                    container.add().CopyFrom(_value(draw, schema, shape, depth))
                else:
                    container.append(_value(draw, schema, shape, depth))
        elif shape.kind.is_message:
            getattr(message, shape.name).CopyFrom(_value(draw, schema, shape, depth))
        else:
            setattr(message, shape.name, _value(draw, schema, shape, depth))
    return message


def _fill_map(draw: st.DrawFn, schema: Schema, message: Message, shape: FieldShape, depth: int) -> None:
    assert shape.key is not None
    assert shape.value is not None
    container = getattr(message, shape.name)
    for _ in range(draw(st.integers(0, 2))):
        key = _value(draw, schema, shape.key, depth)
        value = _value(draw, schema, shape.value, depth)
        if shape.value.kind.is_message:
            container[key].CopyFrom(value)
        else:
            container[key] = value


def _value(draw: st.DrawFn, schema: Schema, shape: FieldShape, depth: int) -> Any:
    if shape.integer_range is not None:
        return draw(st.integers(*shape.integer_range))
    if shape.kind is FieldKind.ENUM:
        named = st.sampled_from([value.number for value in shape.enum_values])
        return draw(named if shape.enum_is_closed else named | st.integers(-(2**31), 2**31 - 1))
    if shape.kind.is_message:
        assert shape.descriptor.message_type is not None
        return _message_value(draw, schema, shape.descriptor.message_type, depth)
    strategies: dict[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.BOOL: st.booleans(),
        FieldKind.FLOAT: st.floats(width=32).map(_plain_nan),
        FieldKind.DOUBLE: st.floats().map(_plain_nan),
        FieldKind.STRING: _TEXT,
        FieldKind.BYTES: st.binary(max_size=8),
    }
    return draw(strategies[shape.kind])


def _plain_nan(number: float) -> float:
    """JSON has one NaN; the many that floats have are not told apart."""
    return math.nan if math.isnan(number) else number


def _message_value(draw: st.DrawFn, schema: Schema, descriptor: Descriptor, depth: int) -> Any:
    message: Any = GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = draw(st.integers(-62135596800, 253402300799)), draw(st.integers(0, 999999999))
    elif descriptor.full_name == "google.protobuf.Duration":
        sign = draw(st.sampled_from([-1, 1]))
        message.seconds = sign * draw(st.integers(0, 315575999999))
        message.nanos = sign * draw(st.integers(0, 999999999))
    elif descriptor.full_name == "google.protobuf.Value":
        _set_value(message, draw(_JSON))
    elif descriptor.full_name == "google.protobuf.Struct":
        for key, value in draw(st.dictionaries(_TEXT, _JSON, max_size=2)).items():
            _set_value(message.fields[key], value)
    elif descriptor.full_name == "google.protobuf.ListValue":
        for value in draw(st.lists(_JSON, max_size=2)):
            _set_value(message.values.add(), value)
    elif descriptor.full_name == "google.protobuf.Any":
        if depth < _DEEPEST:
            name = draw(st.sampled_from(["random.M0", "google.protobuf.Value", "google.protobuf.Any"]))
            inner = _message_value(draw, schema, schema.descriptor(name), depth + 1)
            message.type_url, message.value = (
                f"type.googleapis.com/{name}",
                inner.SerializePartialToString(deterministic=True),
            )
    else:
        message = draw(messages(schema, descriptor, depth + 1))
    return message


def _set_value(message: Any, value: Any) -> None:
    if value is None:
        message.null_value = 0
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, float):
        message.number_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, list):
        message.list_value.SetInParent()
        for element in value:
            _set_value(message.list_value.values.add(), element)
    else:
        message.struct_value.SetInParent()
        for key, element in value.items():
            _set_value(message.struct_value.fields[key], element)
