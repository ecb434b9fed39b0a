"""Fields that the schema does not have: taken from a message into a draft's tree, and put back when it is sent."""

from typing import Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.field_index import TYPE_KEY, field_key, has_own_json
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, MessageValue, Value


def with_unknown_of(value: MessageValue, message: Message) -> MessageValue:
    """`value`, which was read from `message`'s JSON, with the unknown bytes of `message` at every depth."""
    if isinstance(value, AnyValue):
        value = value.with_around(_own_unknown(message))
    content = _content(value, message)
    if content is None:
        return value
    fields = dict(value.fields)
    for shape, held in _messages_of(value):
        fields[field_key(shape)] = _with_unknown_below(shape, held, _field(value, content, shape))
    return value.with_fields(fields).with_unknown(_own_unknown(content))


def put_unknown_into(message: Message, root: Value) -> None:
    """Add the unknown bytes that `root` holds to `message`, which was made from `root`'s JSON."""
    if isinstance(root, MessageValue):
        _put(message, root)


def _put(message: Message, value: MessageValue) -> bool:
    """Gives whether there was anything to add."""
    if not value.may_hold_more_than_json:
        return False
    is_added_around = isinstance(value, AnyValue) and bool(value.around)
    if isinstance(value, AnyValue) and value.around:
        message.MergeFromString(value.around)
    content = _content(value, message)
    if content is None:
        return is_added_around
    was_added = bool(value.unknown)
    if value.unknown:
        content.MergeFromString(value.unknown)
    for shape, held in _messages_of(value):
        was_added = _put_below(shape, held, _field(value, content, shape)) or was_added
    if was_added and isinstance(value, AnyValue):
        message.value = content.SerializePartialToString(deterministic=True)  # type: ignore[attr-defined]  # an Any
    return was_added or is_added_around


def _put_below(shape: FieldShape, value: Value, content: Any) -> bool:
    if isinstance(value, MessageValue):
        return isinstance(content, Message) and _put(content, value)
    if isinstance(value, ListValue) and value.may_hold_more_than_json and shape.is_repeated:
        pairs = zip(value.items, content, strict=False)
        return sum(_put(inner, item) for item, inner in pairs if isinstance(item, MessageValue)) > 0
    if isinstance(value, MapValue) and value.may_hold_more_than_json and shape.key is not None:
        entries = [(_map_key(shape.key, key), item) for key, item in value.entries if isinstance(item, MessageValue)]
        return sum(_put(content[key], item) for key, item in entries) > 0
    return False


def _with_unknown_below(shape: FieldShape, value: Value, content: Any) -> Value:
    """The same for what one field holds: a message, or messages in a list or map."""
    if isinstance(value, MessageValue):
        return with_unknown_of(value, content)
    if isinstance(value, ListValue) and shape.is_repeated:
        pairs = zip(value.items, content, strict=True)
        return ListValue(tuple(with_unknown_of(i, m) if isinstance(i, MessageValue) else i for i, m in pairs))
    if isinstance(value, MapValue) and shape.key is not None:
        entries = []
        for key, item in value.entries:
            if isinstance(item, MessageValue):
                item = with_unknown_of(item, content[_map_key(shape.key, key)])
            entries.append((key, item))
        return MapValue(tuple(entries))
    return value


def _messages_of(value: MessageValue) -> list[tuple[FieldShape, Value]]:
    """The set fields that hold messages; a Struct is none that could hold more than JSON says."""
    by_key = value.index.by_key
    held = [(by_key[key], field) for key, field in value.fields.items() if key != TYPE_KEY]
    return [(shape, field) for shape, field in held if shape.message_type is not None]


def _content(value: MessageValue, message: Message) -> Message | None:
    """The message whose fields `value` has: `message`, or what is inside of it; None where nobody can tell."""
    if not isinstance(value, AnyValue):
        return message
    if value.content is None:
        return None
    try:
        return GetMessageClass(value.content).FromString(message.value)  # type: ignore[attr-defined]  # an Any
    except DecodeError:
        return None


def _own_unknown(message: Message) -> bytes:
    bare = type(message)()
    bare.CopyFrom(message)
    for field, _content in message.ListFields():
        if field.is_extension:
            bare.ClearExtension(field)  # type: ignore[arg-type]  # the stubs know generated ones
        else:
            bare.ClearField(field.name)
    return bare.SerializePartialToString()


def _field(value: MessageValue, message: Message, shape: FieldShape) -> Any:
    if isinstance(value, AnyValue) and value.content is not None and has_own_json(value.content):
        return message  # its one member stands for all of it
    if shape.is_extension:
        return message.Extensions[shape.descriptor]  # type: ignore[index]  # the stubs know generated ones
    return getattr(message, shape.name)


def _map_key(shape: FieldShape, key: str) -> bool | int | str:
    if shape.kind is FieldKind.BOOL:
        return key == "true"
    return key if shape.kind is FieldKind.STRING else int(key)
