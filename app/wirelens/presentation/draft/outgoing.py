"""From a state of a draft to the message that is sent."""

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import EncodeError, Message

from wirelens.engine.errors import MessageError
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_values import Unfinished
from wirelens.presentation.draft.paths import path_text
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.draft.tree import walk
from wirelens.presentation.draft.unknown_fields import put_unknown_into
from wirelens.presentation.draft.wire_reading import checked_message


def message_of(
    snapshot: Snapshot, text: str, descriptor: Descriptor, schema: Schema, known: bytes | None = None
) -> Message:
    """The message that `snapshot`, whose JSON is `text`, stands for; `known` are its bytes where they were made before.

    Raises:
        MessageError: something in it is no value; it names the place.
    """
    if snapshot.wire is not None:
        return checked_message(snapshot.wire, descriptor, schema)
    if snapshot.problem is not None:
        raise snapshot.problem
    for path, value in walk(snapshot.tree):
        if isinstance(value, Unfinished):
            raise MessageError(value.sentence, place=path_text(path))
    if known is not None:
        message = schema.message_class(descriptor.full_name)()
        message.MergeFromString(known)
    else:
        message = message_from_json(text, descriptor, schema, comments=True)
    if snapshot.is_read:
        put_unknown_into(message, snapshot.tree)
    return message


def serialized(
    snapshot: Snapshot, text: str, descriptor: Descriptor, schema: Schema, known: bytes | None = None
) -> bytes:
    """The bytes that `snapshot` stands for; bytes that were typed, and are a message, are sent as they were typed.

    Raises:
        MessageError: as `message_of`, or a required field is unset; it names the place.
    """
    message = message_of(snapshot, text, descriptor, schema, known)
    if snapshot.wire is not None:
        return snapshot.wire
    try:
        return message.SerializeToString()
    except EncodeError:
        missing = message.FindInitializationErrors()  # type: ignore[attr-defined]  # not in the stubs
        raise MessageError(
            f"required {'field' if len(missing) == 1 else 'fields'} not set: {', '.join(missing)}",
            place=missing[0] if missing else "",
            next_step="set it in the form",
        ) from None
