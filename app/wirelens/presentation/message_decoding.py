"""Bytes of a call's messages as messages, by the types of its method; only what somebody looks at is decoded."""

import enum
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as RuntimeDecodeError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.errors import DecodeError
from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method

_PARSED = 2**20  # bytes; some 4 ms
_LOOKED_INTO = 16 * 1024  # bytes in which the place of a mistake is found while the window waits


class Readability(enum.Enum):
    """How much of a message's bytes its type explains."""

    WHOLE = "whole"
    PARTLY = "partly"  # the message or one within it has fields that the schema lacks
    UNKNOWN = "unknown"  # all of its fields are such
    NONE = "none"  # protobuf does not take the bytes


class MessageDecoder:
    """Decodes what a method sends and receives. A reloaded schema means another decoder."""

    def __init__(self, method: Method, schema: Schema) -> None:
        self.method = method
        self.schema = schema

    def descriptor(self, kind: EventKind) -> Descriptor:
        """The type of the messages of SENT or RECEIVED rows.

        Raises:
            SchemaError: the schema cannot build it.
        """
        return self.schema.descriptor(self.method.request if kind is EventKind.SENT else self.method.response)

    def readability(self, kind: EventKind, payload: Buffer) -> Readability:
        """How much of these bytes the type explains; more than 1 MiB are not looked at and taken for all of it.

        Raises:
            SchemaError: the schema cannot build the type.
        """
        if len(payload) > _PARSED:
            return Readability.WHOLE
        try:
            message: Any = GetMessageClass(self.descriptor(kind)).FromString(bytes(payload))
        except RuntimeDecodeError:
            return Readability.NONE
        size = message.ByteSize()
        message.DiscardUnknownFields()
        known = message.ByteSize()
        if known == size:
            return Readability.WHOLE
        return Readability.PARTLY if known else Readability.UNKNOWN

    def message(self, kind: EventKind, payload: bytes) -> Message:
        """The message that these bytes are.

        Raises:
            DecodeError: they are no such message, or have more nested messages than protobuf's parser takes (100).
                It says where, unless there are many bytes.
        """
        descriptor = self.descriptor(kind)
        try:
            return GetMessageClass(descriptor).FromString(payload)
        except RuntimeDecodeError:
            mistake = find_mistake(payload, descriptor) if len(payload) <= _LOOKED_INTO else None
            raise DecodeError(
                f"these {len(payload)} bytes are no {descriptor.full_name}{f': {mistake.sentence}' if mistake else ''}",
                place=f"byte {mistake.start}" if mistake else "",
                next_step="Tree and Wire show how far they can be read; check that the schema is the server's",
            ) from None
