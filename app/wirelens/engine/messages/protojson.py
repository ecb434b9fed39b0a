"""ProtoJSON both ways: what the JSON view shows and takes, what the headless command prints and reads.

https://protobuf.dev/programming-guides/json/
"""

import json
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.json_parser import parse_json
from wirelens.engine.messages.json_reading import MessageReader
from wirelens.engine.messages.json_text import JsonDocument
from wirelens.engine.messages.json_writing import MessageWriter

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

MOST_MISTAKES = 100  # more marks than that help nobody


def message_to_json(
    message: Message,
    schema: "Schema",
    *,
    emit_defaults: bool = False,
    indent: int | None = 2,
    field_masks_as_objects: bool = False,
) -> str:
    """A message as canonical ProtoJSON; never fails, whatever the message holds.

    64-bit integers are strings, so that no reader rounds them. An Any of a type that the schema lacks is shown as
    `{"@type": …, "value": …}` with its bytes in base64. Fields that the schema lacks are not in JSON at all.

    Args:
        emit_defaults: show fields without presence that are not set too.
        indent: spaces for each level; None for one line.
        field_masks_as_objects: a FieldMask as `{"paths": […]}`, which is not canonical, but what some readers want.
    """
    writer = MessageWriter(schema, emit_defaults=emit_defaults, field_masks_as_objects=field_masks_as_objects)
    value = writer.value(message)
    return json.dumps(value, indent=indent, ensure_ascii=False)


def message_from_json(text: str, descriptor: Descriptor, schema: "Schema", *, comments: bool = False) -> Message:
    """The message that a text of ProtoJSON is. Required fields of proto2 may be missing; serialising tells.

    Args:
        comments: take comments and trailing commas too, as a draft may have them.

    Raises:
        JsonError: the first mistake, with its place.
    """
    return message_from_document(parse_json(text, comments=comments), descriptor, schema)


def message_from_document(document: JsonDocument, descriptor: Descriptor, schema: "Schema") -> Message:
    """As `message_from_json`, of a text that was parsed already.

    Raises:
        JsonError: the first mistake, with its place.
    """
    message = GetMessageClass(descriptor)()
    reader = MessageReader(document, schema)
    reader.read(message)
    if reader.mistakes:
        raise reader.mistakes[0]
    return message


def checked_from_json(
    text: str, descriptor: Descriptor, schema: "Schema", *, comments: bool = False
) -> tuple[Message, list[JsonError]]:
    """What could be read of a text, and every mistake that can be found in the order of the text.

    Text that is no JSON has one mistake. The message is what was written only where there is none.

    Args:
        comments: take comments and trailing commas too, as a draft may have them.
    """
    message = GetMessageClass(descriptor)()
    try:
        document = parse_json(text, comments=comments)
    except JsonError as error:
        return message, [error]
    reader = MessageReader(document, schema, most_mistakes=MOST_MISTAKES)
    reader.read(message)
    return message, sorted(reader.mistakes, key=lambda mistake: mistake.offset)
