"""Repairs of single file descriptors from outside: text that is no UTF-8, and types named relative to their place.

protobuf's Python classes hand invalid text of descriptor.proto out as bytes, and protoc itself puts some into
descriptors: comments of a .proto in another encoding. Node.js' reflection sends relative type names.
"""

import functools
from collections.abc import Callable, Iterable, Iterator

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto, FeatureSet, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass


def with_valid_text(data: bytes) -> bytes:
    """A serialized FileDescriptorProto whose texts are valid; what is no UTF-8 becomes replacement characters.

    Raises:
        google.protobuf.message.DecodeError: the bytes are no such message.
    """
    try:
        _strict_file_class().FromString(data)
    except DecodeError:
        file = FileDescriptorProto.FromString(data)
        _replace_invalid_text(file)
        return file.SerializePartialToString()
    return data


@functools.cache
def _strict_file_class() -> type[Message]:
    """FileDescriptorProto as an edition that verifies UTF-8; parsing by it is a check at the speed of C."""
    file = FileDescriptorProto.FromString(descriptor_pb2.DESCRIPTOR.serialized_pb)
    file.syntax, file.edition = "editions", descriptor_pb2.Edition.EDITION_2023
    features = file.options.features
    features.field_presence = FeatureSet.EXPLICIT
    features.enum_type = FeatureSet.CLOSED
    features.utf8_validation = FeatureSet.VERIFY
    features.repeated_field_encoding = FeatureSet.EXPANDED
    features.json_format = FeatureSet.LEGACY_BEST_EFFORT
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        waiting.extend(message.nested_type)
        for field in message.field:  # editions say both of these by features
            field.options.ClearField("packed")
            if field.label == FieldDescriptorProto.LABEL_REQUIRED:
                field.label = FieldDescriptorProto.LABEL_OPTIONAL
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(FileDescriptorProto.DESCRIPTOR.full_name))


def _replace_invalid_text(message: Message) -> None:
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                _replace_invalid_text(inner)
        elif field.type == field.TYPE_STRING and field.is_repeated:
            value[:] = [_valid(text) for text in value]
        elif field.type == field.TYPE_STRING:
            setattr(message, field.name, _valid(value))


def _valid(text: str | bytes) -> str:
    return text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text


# -- names of types ------------------------------------------------------------------------------------------


def references(file: FileDescriptorProto) -> Iterator[str]:
    """The full names of all types that the fields, extensions and methods of a file name, relative ones apart."""
    for owner, attribute, _scope in _type_names(file):
        name: str = getattr(owner, attribute)
        if name.startswith("."):
            yield name[1:]


def names_are_full(file: FileDescriptorProto) -> bool:
    """Whether every type is named from the root, as protoc does it: `.package.Message`."""
    return all(getattr(owner, attribute).startswith(".") for owner, attribute, _scope in _type_names(file))


def complete_names(file: FileDescriptorProto, is_type: Callable[[str], bool]) -> None:
    """Makes relative type names full, looked up from their scope outwards; what is not found is left as it is.

    `is_type` knows messages and enums of all files; messages that map fields of this file make are known besides.
    """
    entries = set(_map_entries(file))
    for owner, attribute, scope in _type_names(file):
        name: str = getattr(owner, attribute)
        if name.startswith("."):
            continue
        found = f"{scope}.{name}" if scope else name
        while scope and not is_type(found) and found not in entries:
            scope = scope.rpartition(".")[0]
            found = f"{scope}.{name}" if scope else name
        if is_type(found) or found in entries:
            setattr(owner, attribute, f".{found}")


def _map_entries(file: FileDescriptorProto) -> Iterator[str]:
    waiting = [(file.package, message) for message in file.message_type]
    while waiting:
        outer, message = waiting.pop()
        name = f"{outer}.{message.name}" if outer else message.name
        if message.options.map_entry:
            yield name
        waiting.extend((name, nested) for nested in message.nested_type)


def _type_names(file: FileDescriptorProto) -> Iterator[tuple[Message, str, str]]:
    """Where types are named: the descriptor, its attribute, and the scope in which the name stands."""

    def of_fields(fields: Iterable[FieldDescriptorProto], scope: str) -> Iterator[tuple[Message, str, str]]:
        for field in fields:
            if field.type_name:
                yield field, "type_name", scope
            if field.extendee:
                yield field, "extendee", scope

    yield from of_fields(file.extension, file.package)
    waiting: list[tuple[str, DescriptorProto]] = [(file.package, message) for message in file.message_type]
    while waiting:
        outer, message = waiting.pop()
        scope = f"{outer}.{message.name}" if outer else message.name
        yield from of_fields(message.field, scope)
        yield from of_fields(message.extension, scope)
        waiting.extend((scope, nested) for nested in message.nested_type)
    for service in file.service:
        for method in service.method:
            yield method, "input_type", file.package
            yield method, "output_type", file.package
