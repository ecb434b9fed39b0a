"""What the schema says of a word in a JSON text: of a field, an enum's value, a message type."""

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import EnumValue, FieldShape
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_cursor import cursor_at, string_value
from wirelens.presentation.draft.json_outline import JsonOutline
from wirelens.presentation.draft.json_tokens import Token
from wirelens.presentation.draft.json_types import TYPE_KEY, JsonType, object_type, value_type


@dataclass(frozen=True, slots=True)
class Note:
    """A name with its type, a few facts, and the comment of the .proto."""

    name: str
    type_name: str = ""
    facts: tuple[str, ...] = ()
    comment: str = ""
    is_deprecated: bool = False


def field_note(shape: FieldShape, schema: Schema) -> Note:
    """What is said of a field."""
    facts = [f"field {shape.number}"]
    if shape.oneof is not None:
        facts.append(f"one of {shape.oneof}")
    if shape.is_required:
        facts.append("required")
    if shape.deprecated:
        facts.append("deprecated")
    if shape.descriptor.has_default_value:
        names = [value.name for value in shape.enum_values if value.number == shape.default]
        facts.append(f"default {names[0] if names else repr(shape.default)}")
    if shape.integer_range is not None:
        facts.append("{} to {}".format(*shape.integer_range))
    comment = schema.comment(shape.descriptor.full_name)
    return Note(shape.json_name, shape.type_name, tuple(facts), comment, shape.deprecated)


def enum_note(shape: FieldShape, value: EnumValue, schema: Schema) -> Note:
    """What is said of a value of the field's enum."""
    facts = ["deprecated"] if value.deprecated else []
    aliases = [each.name for each in shape.enum_values if each.number == value.number and each.name != value.name]
    if aliases:
        facts.append(f"also {', '.join(aliases)}")
    enum_name = shape.enum_name or ""
    comment = schema.comment(f"{enum_name}.{value.name}")
    return Note(value.name, f"{enum_name.rpartition('.')[2]} = {value.number}", tuple(facts), comment, value.deprecated)


def type_note(message: Descriptor, schema: Schema) -> Note:
    """What is said of a message type."""
    count = len(message.fields)
    facts = (f"{count} field{'' if count == 1 else 's'}", message.file.name)
    return Note(message.full_name, "message", facts, schema.comment(message.full_name))


def note_at(
    outline: JsonOutline, line: int, column: int, root: Descriptor, schema: Schema
) -> tuple[Token, Note] | None:
    """What is known of the word at a place, with the word; None where the schema says nothing of it.

    Of a value that is no name of an enum or type, what is known of its field.
    """
    known = outline.tokens(line)
    if known is None:
        return None
    token = next((each for each in known.tokens if each.is_value and each.start <= column < each.end), None)
    if token is None:
        return None
    cursor = cursor_at(outline, line, token.start)
    if cursor is None:
        return None
    text = outline.line(line)[token.start : token.end]
    word = string_value(text) if token.is_string else text
    note = _key_note(outline, line, token, word, root, schema)
    if note is None:
        found = value_type(outline, cursor.frames, cursor.key, root, schema)
        note = None if found is None else _value_note(found, word, schema)
    return None if note is None else (token, note)


def _key_note(
    outline: JsonOutline, line: int, token: Token, word: str, root: Descriptor, schema: Schema
) -> Note | None:
    following = next(outline.after(line, token.end), None)
    if following is None or outline.text_of(following) != ":":
        return None
    cursor = cursor_at(outline, line, token.start)
    assert cursor is not None
    within = object_type(outline, cursor.frames, root, schema)
    found = within.member(word) if within is not None else None
    if found is None:
        return None
    if found.is_type_url:
        return Note(TYPE_KEY, "string", (), "The type of the message within: a URL that ends in its full name.")
    if found.is_whole and found.shape is not None:
        return field_note(found.shape, schema)
    return None


def _value_note(found: JsonType, word: str, schema: Schema) -> Note | None:
    if found.is_type_url:
        message = schema.resolve_type_url(word)
        return None if message is None else type_note(message, schema)
    scalar = found.scalar
    if scalar is not None:
        value = next((each for each in scalar.enum_values if word in (each.name, str(each.number))), None)
        if value is not None:
            return enum_note(scalar, value, schema)
    return None if found.shape is None else field_note(found.shape, schema)
