"""The wire room against protobuf itself: for any schema and any bytes the two must agree."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.messages.random_schemas import messages, schemas
from tests.engine.messages.random_wire import damaged, payloads

from wirelens.engine.messages.fields import FieldShape, field_shape, message_fields
from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.level import ListContent, MapContent, MessageLevel, joined
from wirelens.engine.messages.wire.places import WirePath, occurrences, place_at
from wirelens.engine.messages.wire.reading import read_fields
from wirelens.engine.messages.wire.scalars import scalar
from wirelens.engine.messages.wire.scanning import Span, WireMistake, WireType
from wirelens.engine.messages.wire.values import field_value, guess
from wirelens.engine.schema.schema import Schema

_THOROUGH = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
_DEMO_TYPES = ["Everything", "Proto2Everything", "EditionsEverything"]


@pytest.fixture(params=[*(f"wirelens.demo.fields.v1.{name}" for name in _DEMO_TYPES), "odd.v1.Old", "odd.v1.Enums"])
def descriptor(schema: Schema, request: pytest.FixtureRequest) -> Descriptor:
    """Groups, extensions, editions' DELIMITED, closed enums, maps of everything."""
    return schema.descriptor(request.param)


@st.composite
def _random_types(draw: st.DrawFn) -> Descriptor:
    return draw(schemas()).descriptor("random.M0")


def _parsed(payload: bytes, descriptor: Descriptor) -> Message | None:
    try:
        return GetMessageClass(descriptor).FromString(payload)
    except DecodeError:
        return None


def _agrees(payload: bytes, descriptor: Descriptor) -> None:
    message, mistake = _parsed(payload, descriptor), find_mistake(payload, descriptor)
    if mistake is not None and "the number 0" in mistake.sentence:
        message = None  # protobuf lets it pass in a type without fields, such as Empty, and refuses it elsewhere
    assert (mistake is None) == (message is not None), mistake
    _spans_cover(payload, descriptor)
    level = MessageLevel(payload, [Span(0, len(payload))], descriptor)
    while not level.advance(1):
        assert level.bytes_read <= level.size
    if message is not None:
        _same_message(level, message)


def _spans_cover(payload: bytes, descriptor: Descriptor | None) -> None:
    """The fields and a mistake behind them are all the bytes, without gaps."""
    position = 0
    for each in read_fields(payload, descriptor):
        assert each.start == position
        position = each.end
        if isinstance(each, WireMistake):
            assert each.sentence
            assert position == len(payload)
            continue
        parts = [each.tag, each.length, each.value, each.end_tag]
        assert b"".join(payload[slice(*part)] for part in parts if part is not None) == payload[slice(*each.span)]
        field_value(payload, each)
        if each.wire_type is WireType.LEN:
            assert guess(payload, each.value).sentence
    assert position == len(payload)


def _same_message(level: MessageLevel, message: Any) -> None:
    assert level.mistakes == []
    assert level.descriptor is not None
    present = {  # a repeated extension that was sent without elements is listed by protobuf, unlike any other list
        field.number: value for field, value in type(message).ListFields(message) if not field.is_repeated or len(value)
    }
    shapes = [*message_fields(level.descriptor), *level.extensions()]
    assert {shape.number for shape in shapes if level.content(shape) is not None} == set(present)
    for shape in shapes:
        content = level.content(shape)
        if isinstance(content, MapContent):
            _same_map(level, shape, content, message, present[shape.number])
        elif isinstance(content, ListContent):
            assert len(content) == len(present[shape.number])
            for span, value in zip(content, present[shape.number], strict=True):
                _same_value(level, shape, [span], value)
        elif content is not None:
            _same_value(level, shape, [content] if isinstance(content, Span) else content, present[shape.number])
    _same_unknown(level, UnknownFieldSet(message))


def _same_map(level: MessageLevel, shape: FieldShape, content: MapContent, message: Any, entries: Any) -> None:
    assert len(content) == len(entries)
    try:
        _ = [entries[key] for key in sorted(entries)]
    except (UnicodeDecodeError, TypeError):
        return  # protobuf hands out nothing of such a map
    assert shape.value is not None
    assert [key for key, _ in content.by_key()] == sorted(entries)
    for key, spans in content.entries(0, len(content)):
        if not spans and not shape.value.kind.is_message:
            assert entries[key] in (shape.value.default, False, 0, "", b"")
            continue
        try:
            value = entries[key]
        except UnicodeDecodeError:
            continue
        _same_value(level, shape.value, spans, value)


def _same_value(level: MessageLevel, shape: FieldShape, spans: Sequence[Span], value: Any) -> None:
    if shape.kind.is_message:
        inner = MessageLevel(level.data, spans, shape.descriptor.message_type)
        inner.advance()
        _same_message(inner, value)
        assert GetMessageClass(value.DESCRIPTOR).FromString(joined(inner.data, inner.spans)) == value or _has_nan(value)
        return
    read = scalar(level.data, shape, spans[-1])
    if isinstance(value, float) and math.isnan(value):
        assert isinstance(read, float)
        assert math.isnan(read)
    else:
        assert (read, type(read)) == (value, type(value))
        assert not isinstance(value, float) or math.copysign(1, value) == math.copysign(1, float(read))


def _has_nan(message: Message) -> bool:
    return message != message


def _same_unknown(level: MessageLevel, unknown: Any) -> None:
    assert len(level.unknown) == len(unknown)
    for (number, wire_type, span), other in zip(level.unknown, unknown, strict=True):
        assert (number, wire_type) == (other.field_number, other.wire_type)
        if wire_type is WireType.SGROUP:
            inner = MessageLevel(level.data, [span], None)
            inner.advance()
            _same_unknown(inner, other.data)
        elif wire_type is WireType.LEN:
            assert level.data[slice(*span)] == other.data or _is_entry(level, number)
        elif wire_type is not WireType.VARINT:
            assert int.from_bytes(level.data[slice(*span)], "little") == other.data


def _is_entry(level: MessageLevel, number: int) -> bool:
    """protobuf writes an entry anew that it takes as unknown; here it stays as it was."""
    assert level.descriptor is not None
    field = level.descriptor.fields_by_number.get(number)
    return field is not None and field_shape(field).is_map


@_THOROUGH
@given(st.data())
def test_any_fields_of_a_type_mean_what_protobuf_takes_them_for(descriptor: Descriptor, data: st.DataObject) -> None:
    _agrees(data.draw(payloads(descriptor)), descriptor)


@_THOROUGH
@given(st.data())
def test_damaged_bytes_are_refused_where_protobuf_refuses_them(descriptor: Descriptor, data: st.DataObject) -> None:
    _agrees(data.draw(damaged(data.draw(payloads(descriptor)))), descriptor)


@_THOROUGH
@given(st.data(), _random_types())
def test_the_same_holds_for_any_schema(data: st.DataObject, descriptor: Descriptor) -> None:
    payload = data.draw(payloads(descriptor))
    _agrees(payload, descriptor)
    _agrees(data.draw(damaged(payload)), descriptor)


@_THOROUGH
@given(st.data(), schemas())
def test_what_protobuf_writes_is_read(data: st.DataObject, schema: Schema) -> None:
    descriptor = schema.descriptor("random.M0")
    message = data.draw(messages(schema, descriptor))
    _agrees(message.SerializePartialToString(), descriptor)


@_THOROUGH
@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing(schema: Schema, payload: bytes) -> None:
    for name in _DEMO_TYPES:
        _agrees(payload, schema.descriptor(f"wirelens.demo.fields.v1.{name}"))
    _spans_cover(payload, None)


@_THOROUGH
@given(st.data(), st.sampled_from(["odd.v1.Node", "odd.v1.Loose", "odd.v1.Enums", "odd.v1.Names"]))
def test_each_byte_has_a_place_that_leads_back_to_it(schema: Schema, data: st.DataObject, name: str) -> None:
    descriptor = schema.descriptor(name)
    payload = data.draw(payloads(descriptor) | payloads(descriptor).flatmap(damaged))
    for offset in range(len(payload)):
        place = place_at(payload, descriptor, offset)
        if place.field is None:
            assert place.mistake is not None
            assert place.mistake.start <= offset < place.mistake.end
            continue
        assert place.field.start <= offset < place.field.end
        assert place.part is place.field.part_at(offset)
        # Cut behind the field, nothing can come later that replaces it.
        top = next(each for each in read_fields(payload, descriptor) if each.start <= offset < each.end)
        found = occurrences(payload[: top.end], descriptor, place.path)
        spans = [each.value if each.element is not None else each.field.span for each in found]
        if place.mistake is None and not _in_value_message(place.path):
            assert any(span.start <= offset < span.end for span in spans), (place, found)
        if place.element is not None and isinstance(place.path[-1], int):
            assert place.element in spans


def _in_value_message(path: WirePath) -> bool:
    """google.protobuf.Value is a oneof: within one, a member may be cleared by the next."""
    return any(step in path for step in ("value", "values", "list", "object"))


@_THOROUGH
@given(st.data())
def test_places_are_told_for_every_type(descriptor: Descriptor, data: st.DataObject) -> None:
    payload = data.draw(payloads(descriptor) | payloads(descriptor).flatmap(damaged))
    for offset in range(len(payload)):
        place = place_at(payload, descriptor, offset)
        assert place.field is not None or place.mistake is not None
        occurrences(payload, descriptor, place.path)
