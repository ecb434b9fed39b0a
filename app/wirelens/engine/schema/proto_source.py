""".proto source from a schema: one symbol for people to read, or a whole file for protoc to take again."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from wirelens.engine.errors import SchemaError, UnknownSymbolError
from wirelens.engine.schema.comments import EDITION, NO_COMMENT, PACKAGE, SYNTAX, Comment
from wirelens.engine.schema.near_names import did_you_mean
from wirelens.engine.schema.proto_options import OptionTexts, quoted
from wirelens.engine.schema.proto_writer import ProtoWriter, before, syntax_statement
from wirelens.engine.schema.type_names import TypeNames

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

Write = Callable[[], list[str]]


class ProtoPrinter:
    """Finds what is asked for and writes it."""

    def __init__(self, schema: "Schema") -> None:
        self._schema = schema
        self._names = TypeNames(schema.table)
        self._options = OptionTexts(schema.pool, self._names)

    def symbol_source(self, symbol: str) -> str:
        """One symbol as .proto source with its comments.

        Raises:
            UnknownSymbolError: there is none of that name.
        """
        owner = self._schema.file_of(symbol)
        if owner is not None:
            file = self._file(owner)
            for name, write in _symbols(file, self._writer(file)):
                if name == symbol:
                    return "\n".join(write()) + "\n"
        service = next((service for service in self._schema.services if service.full_name == symbol), None)
        if service is not None and service.error is not None:
            raise SchemaError(service.error, place=symbol)
        table = self._schema.table
        known = [n for e in table.entries.values() for n in (*e.definitions, *e.messages, *e.enums)]
        known += [method.full_name for service in self._schema.services for method in service.methods]
        raise UnknownSymbolError(f"there is no symbol {symbol}", next_step=did_you_mean(symbol, known))

    def file_source(self, name: str) -> str:
        """A whole file.

        Raises:
            UnknownSymbolError: there is no such file.
        """
        by_path = self._schema.file_comments(name).by_path
        file = self._file(name)
        writer = self._writer(file)
        syntax = by_path.get(SYNTAX) or by_path.get(EDITION) or NO_COMMENT
        parts = [[*before(syntax), syntax_statement(file)]]
        if file.package:
            parts.append([*before(by_path.get(PACKAGE, NO_COMMENT)), f"package {file.package};"])
        parts.append(_imports(file))
        parts.append(writer.option_statements(file.options, file.package))
        parts.append(
            writer.body(
                file.package,
                messages=file.message_type,
                enums=file.enum_type,
                extensions=file.extension,
                services=file.service,
            )
        )
        return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"

    def _file(self, name: str) -> FileDescriptorProto:
        """The file as the pool has it, so that its imports hold; as it was sent where the pool cannot use it."""
        table = self._schema.table
        file = table.mended(name) or table.original(name)
        assert file is not None
        return file

    def _writer(self, file: FileDescriptorProto) -> ProtoWriter:
        comments = self._schema.file_comments(file.name).by_name
        positions = {name: comment.position for name, comment in comments.items()}
        return ProtoWriter(file, self._names, self._options, self._comment, positions)

    def _comment(self, name: str) -> Comment:
        return self._schema.comment_at(name)


def _imports(file: FileDescriptorProto) -> list[str]:
    lines = []
    for index, name in enumerate(file.dependency):
        kind = "public " if index in file.public_dependency else "weak " if index in file.weak_dependency else ""
        lines.append(f"import {kind}{quoted(name)};")
    lines += [f"import option {quoted(name)};" for name in getattr(file, "option_dependency", ())]
    return lines


def _symbols(file: FileDescriptorProto, writer: ProtoWriter) -> Iterator[tuple[str, Write]]:
    """Every symbol of a file by its full name, and how to write it."""
    prefix = f"{file.package}." if file.package else ""
    messages = {prefix + message.name: message for message in file.message_type}
    for service in file.service:
        name = prefix + service.name
        yield name, _later(writer.service, name, service)
        for method in service.method:
            yield f"{name}.{method.name}", _later(writer.method, f"{name}.{method.name}", method)
    for name, message in messages.items():
        yield from _in_message(name, message, writer)
    for enum in file.enum_type:
        yield from _in_enum(prefix, enum, writer)
    yield from _extensions(file.package, file.extension, messages, writer)


def _in_message(name: str, message: DescriptorProto, writer: ProtoWriter) -> Iterator[tuple[str, Write]]:
    yield name, _later(writer.message, name, message)
    nested = {f"{name}.{one.name}": one for one in message.nested_type}
    for field in message.field:
        in_oneof = field.HasField("oneof_index") and not field.proto3_optional
        full_name = f"{name}.{field.name}"
        yield full_name, _later(writer.field, full_name, field, nested, in_oneof=in_oneof)
    for index, oneof in enumerate(message.oneof_decl):
        members = [field for field in message.field if field.HasField("oneof_index") and field.oneof_index == index]
        yield f"{name}.{oneof.name}", _later(writer.oneof, f"{name}.{oneof.name}", oneof, members, nested)
    for nested_name, one in nested.items():
        yield from _in_message(nested_name, one, writer)
    for enum in message.enum_type:
        yield from _in_enum(f"{name}.", enum, writer)
    yield from _extensions(name, message.extension, nested, writer)


def _in_enum(prefix: str, enum: EnumDescriptorProto, writer: ProtoWriter) -> Iterator[tuple[str, Write]]:
    yield prefix + enum.name, _later(writer.enum, prefix + enum.name, enum)
    for value in enum.value:
        for name in (f"{prefix}{enum.name}.{value.name}", prefix + value.name):
            yield name, _later(writer.enum_value, prefix + value.name, value)


def _extensions(
    scope: str, fields: Iterable[FieldDescriptorProto], nested: dict[str, DescriptorProto], writer: ProtoWriter
) -> Iterator[tuple[str, Write]]:
    for field in fields:
        yield f"{scope}.{field.name}" if scope else field.name, _later(writer.extend, scope, [field], nested)


def _later(write: Callable[..., list[str]], *arguments: object, **named: object) -> Write:
    return lambda: write(*arguments, **named)
