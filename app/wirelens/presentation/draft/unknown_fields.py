"""Fields that the schema does not have: taken from a message into a draft's tree, and put back when it is sent."""

from typing import Any

from google.protobuf.message import Message

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.presentation.draft.field_index import field_index, field_key
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue, MapValue, MessageValue, Value, walk


def with_unknown_of(value: MessageValue, message: Message) -> MessageValue:
    """`value`, which was read from `message`'s JSON, with the unknown bytes of `message` at every depth."""
    fields = dict(value.fields)
    for shape in field_index(value.descriptor).shapes:
        key = field_key(shape)
        held = fields.get(key)
        if shape.descriptor.message_type is None or held is None:
            continue
        fields[key] = _below(shape, held, _field(message, shape))
    return MessageValue(
        value.descriptor, fields, kept=value.kept, strangers=value.strangers, unknown=_own_unknown(message)
    )


def put_unknown_into(message: Message, root: Value) -> None:
    """Add the unknown bytes that `root` holds to `message`, which was made from `root`'s JSON."""
    for path, value in walk(root):
        if isinstance(value, MessageValue) and value.unknown:
            holder = _descend(message, root, path)
            if holder is not None:
                holder.MergeFromString(value.unknown)


def _below(shape: FieldShape, value: Value, content: Any) -> Value:
    """The same for what one field holds: a message, or messages in a list or map."""
    if isinstance(value, MessageValue):
        return with_unknown_of(value, content)
    if isinstance(value, ListValue):
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


def _own_unknown(message: Message) -> bytes:
    bare = type(message)()
    bare.CopyFrom(message)
    for field, _content in message.ListFields():
        if field.is_extension:
            bare.ClearExtension(field)  # type: ignore[arg-type]  # the stubs know generated ones
        else:
            bare.ClearField(field.name)
    return bare.SerializePartialToString()


def _field(message: Message, shape: FieldShape) -> Any:
    if shape.is_extension:
        return message.Extensions[shape.descriptor]  # type: ignore[index]  # the stubs know generated ones
    return getattr(message, shape.name)


def _descend(message: Message, root: Value, path: Path) -> Message | None:
    """The message at `path`; None where JSON said otherwise in the meantime."""
    content: Any = message
    value: Value | None = root
    shape: FieldShape | None = None
    for step in path:
        if isinstance(step, str):
            assert isinstance(value, MessageValue)
            shape = field_index(value.descriptor).by_key[step]
            content, value = _field(content, shape), value.fields[step]
        elif isinstance(value, MapValue) and shape is not None and shape.key is not None:
            key, value = value.entries[step]
            content, shape = content[_map_key(shape.key, key)], shape.value
        elif isinstance(value, ListValue):
            content, value = content[step], value.items[step]
    return content if isinstance(content, Message) else None


def _map_key(shape: FieldShape, key: str) -> bool | int | str:
    if shape.kind is FieldKind.BOOL:
        return key == "true"
    return key if shape.kind is FieldKind.STRING else int(key)
