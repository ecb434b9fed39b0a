"""Bytes as typed or pasted, read as the message that they are or with the mistake that keeps them from being one."""

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as RuntimeDecodeError
from google.protobuf.message import Message

from wirelens.engine.errors import DecodeError
from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.engine.schema.schema import Schema

WIRE_READ_AT_ONCE = 4 * 1024  # bytes; reading goes through JSON, some 1 ms a thousand


def message_from_wire(data: bytes, descriptor: Descriptor, schema: Schema) -> Message | WireMistake:
    """The message that `data` is, or the first place that keeps it from being one."""
    try:
        return schema.message_class(descriptor.full_name).FromString(data)
    except RuntimeDecodeError:
        found = find_mistake(data, descriptor)
        return found or WireMistake(0, len(data), f"protobuf takes these bytes for no {descriptor.name}")


def checked_message(data: bytes, descriptor: Descriptor, schema: Schema) -> Message:
    """The same where only a message will do.

    Raises:
        DecodeError: says at which byte it stops being one.
    """
    found = message_from_wire(data, descriptor, schema)
    if isinstance(found, WireMistake):
        raise DecodeError(
            f"the bytes are no {descriptor.name}: {found.sentence}",
            place=f"byte {found.start}",
            next_step="mend them on the Wire page, or revert",
        )
    return found
