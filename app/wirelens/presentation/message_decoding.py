"""Bytes of a call's messages as messages, by the types of its method; only what somebody looks at is decoded."""

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as RuntimeDecodeError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.errors import DecodeError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method


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

    def message(self, kind: EventKind, payload: bytes) -> Message:
        """The message that these bytes are.

        Raises:
            DecodeError: they are no such message; protobuf's parser also refuses more than 100 nested levels.
        """
        message_class = GetMessageClass(self.descriptor(kind))
        try:
            return message_class.FromString(payload)
        except RuntimeDecodeError:
            name = message_class.DESCRIPTOR.full_name
            raise DecodeError(
                f"these {len(payload)} bytes are no {name}",
                next_step="check that the schema is the server's, and reload it",
            ) from None
