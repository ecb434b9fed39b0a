"""A second look at bytes that the message classes will not hand out: map entries that are no UTF-8."""

from typing import Any

from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.message_plan import descriptor_of
from wirelens.engine.messages.wire.level import MapContent, MessageLevel, Spans, joined
from wirelens.engine.messages.wire.scalars import Scalar, scalar
from wirelens.engine.messages.wire.scanning import Span


def raw_map_entries(message: Message, shape: FieldShape) -> list[tuple[Any, Any]]:
    """The entries of a map by their keys, with strings that are no UTF-8 as bytes.

    A proto2 string may hold any bytes. A string field then hands out bytes, but a map raises for its every entry.
    """
    payload = type(message).SerializePartialToString(message)
    level = MessageLevel(payload, [Span(0, len(payload))], descriptor_of(message))
    level.advance()
    content = level.content(shape)
    if not isinstance(content, MapContent):
        return []
    return [(key, _value(level, shape, spans)) for key, spans in content.by_key()]


def _value(level: MessageLevel, shape: FieldShape, spans: Spans) -> Scalar | Message | None:
    assert shape.value is not None
    message_type = shape.value.descriptor.message_type
    if message_type is not None:
        return GetMessageClass(message_type).FromString(joined(level.data, spans))
    return scalar(level.data, shape.value, spans[-1]) if spans else shape.value.default
