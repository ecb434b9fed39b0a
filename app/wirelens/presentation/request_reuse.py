"""A message of a call as the next request: into the draft of its tab, or of a new one."""

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import DecodeError
from wirelens.engine.messages.carrying import carried_over
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method
from wirelens.presentation.draft import Draft
from wirelens.presentation.message_decoding import MessageDecoder

LARGEST_REQUEST = 2 * 2**20  # bytes; a draft of more would hold the window up


def use_as_request(draft: Draft, transcript: Transcript, row: int, decoder: MessageDecoder) -> list[str]:
    """Put the message of a row into the draft, as one step of its undo; a sentence for each field that did not fit.

    Raises:
        DecodeError: it is no message, or too large a one.
        WirelensError: it is not kept, or the schema cannot build its type.
    """
    size = transcript.size(row)
    if size > LARGEST_REQUEST:
        raise DecodeError(
            f"a message of {size:,} bytes is too large to be edited as a request",
            next_step=f"at most {LARGEST_REQUEST // 2**20} MiB can be",
        )
    message = decoder.message(transcript.kind(row), transcript.payload(row))
    made, left_out = carried_over(message, decoder.schema, draft.descriptor)
    draft.set_message(made)
    return left_out


def methods_taking(schema: Schema, message_type: str) -> list[Method]:
    """The methods of a schema whose requests are of a type."""
    return [method for service in schema.services for method in service.methods if method.request == message_type]


def type_of(decoder: MessageDecoder, kind: EventKind) -> str:
    """The full name of the type of SENT or RECEIVED rows."""
    return decoder.method.request if kind is EventKind.SENT else decoder.method.response
