"""A second look at bytes that the message classes will not hand out: map entries that are no UTF-8."""

from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from wirelens.engine.messages.fields import FieldShape


def raw_map_entries(message: Message, shape: FieldShape) -> list[tuple[Any, Any]]:
    """The entries of a map by their keys, with strings that are no UTF-8 as bytes.

    A proto2 string may hold any bytes. A string field then hands out bytes, but a map raises for its every entry.
    """
    entry_type = shape.descriptor.message_type
    assert entry_type is not None
    entries: dict[Any, Any] = {}
    # To a type without fields, every field is unknown: its bytes are handed out as they are.
    unknown: Any = UnknownFieldSet(Empty.FromString(type(message).SerializePartialToString(message)))
    for raw in unknown:
        if raw.field_number == shape.number:
            entry: Any = GetMessageClass(entry_type).FromString(raw.data)
            entries[entry.key] = entry.value
    return sorted(entries.items(), key=lambda pair: _as_bytes(pair[0]))


def _as_bytes(key: Any) -> bytes:
    return key if isinstance(key, bytes) else str(key).encode()
