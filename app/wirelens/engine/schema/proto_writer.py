"""Writes the elements of one file as .proto text: messages, enums, services, fields, with their comments.

Order matters to protoc: a map or group field makes a nested message where it stands, so bodies keep the order of
the source where its positions are known, and otherwise an order that gives the same descriptor again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    OneofDescriptorProto,
    ServiceDescriptorProto,
)
from google.protobuf.message import Message

from wirelens.engine.schema.comments import NO_COMMENT, Comment
from wirelens.engine.schema.proto_options import Option, OptionTexts, default_text, quoted
from wirelens.engine.schema.type_names import TypeNames

_WIDTH = 100  # options in brackets that would be longer get lines of their own
_MAX_FIELD_NUMBER = 2**29 - 1
_MAX_INT32 = 2**31 - 1
_SCALARS = {number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()}

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of a body that moves as one."""

    names: tuple[str, ...]  # what stands in it, by full name; the first one's place is its place
    write: Callable[[], list[str]]
    makes: tuple[str, ...] = ()  # messages that its map and group fields make


class ProtoWriter:
    """Writes one file's elements. `comment_of` and `position_of` look an element up by its full name."""

    def __init__(
        self,
        file: FileDescriptorProto,
        names: TypeNames,
        options: OptionTexts,
        comment_of: Callable[[str], Comment],
        positions: Mapping[str, Position],
    ) -> None:
        self._package = file.package
        self._is_proto3 = file.syntax == "proto3"
        self._is_edition = file.syntax == "editions"
        self._names = names
        self._options = options
        self._comment_of = comment_of
        self._positions = positions

    # -- whole elements, as lines -----------------------------------------------------------------------------

    def message(self, name: str, message: DescriptorProto) -> list[str]:
        opening = f"{_visibility(message)}message {message.name} {{"
        return self._block(name, opening, self._message_body(name, message))

    def enum(self, name: str, enum: EnumDescriptorProto) -> list[str]:
        ranges = [_range(one.start, one.end, _MAX_INT32) for one in enum.reserved_range]
        reserved = self._reserved(ranges, enum.reserved_name)
        lines = _joined(self.option_statements(enum.options, name), reserved)
        scope = name.rpartition(".")[0]
        items = [
            _Item((_below(scope, value.name),), _later(self.enum_value, _below(scope, value.name), value))
            for value in enum.value
        ]
        return self._block(name, f"{_visibility(enum)}enum {enum.name} {{", _joined(lines, self._written(items)))

    def enum_value(self, name: str, value: EnumValueDescriptorProto) -> list[str]:
        return self._statement(name, f"{value.name} = {value.number}", self._options.options(value.options, name))

    def service(self, name: str, service: ServiceDescriptorProto) -> list[str]:
        items = [
            _Item((f"{name}.{method.name}",), _later(self.method, f"{name}.{method.name}", method))
            for method in service.method
        ]
        lines = self.option_statements(service.options, name)
        return self._block(name, f"service {service.name} {{", _joined(lines, self._written(items)))

    def method(self, name: str, method: MethodDescriptorProto) -> list[str]:
        request = ("stream " if method.client_streaming else "") + self._type(method.input_type, name)
        response = ("stream " if method.server_streaming else "") + self._type(method.output_type, name)
        signature = f"rpc {method.name}({request}) returns ({response})"
        options = self.option_statements(method.options, name)
        if options or method.HasField("options"):  # empty braces leave options without content
            return self._block(name, f"{signature} {{", options)
        return self._statement(name, signature, ([], []))

    def field(
        self, name: str, field: FieldDescriptorProto, nested: Mapping[str, DescriptorProto], *, in_oneof: bool = False
    ) -> list[str]:
        """A field, map or group; `nested` are the messages of its scope by full name."""
        made = nested.get(field.type_name.lstrip("."))
        label = "" if in_oneof else self._label(field)
        options = self._field_options(name, field)
        if made is not None and made.options.map_entry and len(made.field) == 2:
            key, value = (self._type_of(one, name) for one in made.field)
            return self._statement(name, f"map<{key}, {value}> {field.name} = {field.number}", options)
        if field.type == FieldDescriptorProto.TYPE_GROUP and made is not None:
            opening = f"{label}group {made.name} = {field.number}{_inline(options[0])} {{"
            return self._block(name, opening, self._message_body(field.type_name.lstrip("."), made))
        return self._statement(name, f"{label}{self._type_of(field, name)} {field.name} = {field.number}", options)

    def oneof(
        self,
        name: str,
        oneof: OneofDescriptorProto,
        fields: Iterable[FieldDescriptorProto],
        nested: Mapping[str, DescriptorProto],
    ) -> list[str]:
        scope = name.rpartition(".")[0]
        lines = self.option_statements(oneof.options, name)
        items = [
            _Item(
                (f"{scope}.{field.name}",),
                _later(self.field, f"{scope}.{field.name}", field, nested, in_oneof=True),
            )
            for field in fields
        ]
        return self._block(name, f"oneof {oneof.name} {{", _joined(lines, self._written(items)))

    def extend(
        self, scope: str, fields: Sequence[FieldDescriptorProto], nested: Mapping[str, DescriptorProto]
    ) -> list[str]:
        """Extensions of one message that stand together."""
        extendee = self._type(fields[0].extendee, _below(scope, fields[0].name))
        items = [
            _Item((_below(scope, field.name),), _later(self.field, _below(scope, field.name), field, nested))
            for field in fields
        ]
        return [f"extend {extendee} {{", *_indented(self._written(items)), "}"]

    def option_statements(self, options: Message, scope: str) -> list[str]:
        """`option name = value;` for each, and a comment for those that nothing explains."""
        known, unknown = self._options.options(options, scope)
        lines = [line for option in known for line in option.lines("option ", ";")]
        return [*_unknown_remark(unknown), *lines]

    # -- bodies ------------------------------------------------------------------------------------------------

    def body(
        self,
        scope: str,
        *,
        messages: Sequence[DescriptorProto],
        enums: Sequence[EnumDescriptorProto],
        extensions: Sequence[FieldDescriptorProto],
        fields: Sequence[_Item] = (),
        services: Sequence[ServiceDescriptorProto] = (),
    ) -> list[str]:
        """What stands in a file or message, in an order that gives the same descriptor again."""
        nested = {_below(scope, message.name): message for message in messages}
        fields_and_extensions = [*fields, *self._extension_items(scope, extensions, nested)]
        made = {name for item in fields_and_extensions for name in item.makes}
        message_items = {
            name: _Item((name,), _later(self.message, name, message))
            for name, message in nested.items()
            if name not in made
        }
        others = [
            _Item((_below(scope, service.name),), _later(self.service, _below(scope, service.name), service))
            for service in services
        ]
        others += [
            _Item((_below(scope, enum.name),), _later(self.enum, _below(scope, enum.name), enum)) for enum in enums
        ]
        items = [*others, *self._merged(nested, message_items, fields_and_extensions)]
        if all(item.names[0] in self._positions for item in items):
            items.sort(key=lambda item: self._positions[item.names[0]])
        return self._written(items)

    def _merged(self, nested: Iterable[str], messages: Mapping[str, _Item], fields: Sequence[_Item]) -> list[_Item]:
        """Messages before fields, except where a field makes a message that comes first."""
        merged: list[_Item] = []
        waiting = list(fields)
        for name in nested:
            if name in messages:
                merged.append(messages[name])
                continue
            while any(name in item.makes for item in waiting):
                merged.append(waiting.pop(0))
        return [*merged, *waiting]

    def _message_body(self, name: str, message: DescriptorProto) -> list[str]:
        nested = {f"{name}.{one.name}": one for one in message.nested_type}
        ranges = [_range(one.start, one.end - 1, _MAX_FIELD_NUMBER) for one in message.reserved_range]
        lines = self._reserved(ranges, message.reserved_name)
        for extensions in message.extension_range:
            options, unknown = self._options.options(extensions.options, name)
            lines += _unknown_remark(unknown)
            numbers = _range(extensions.start, extensions.end - 1, _MAX_FIELD_NUMBER)
            lines += f"extensions {numbers}{_inline(options)};".split("\n")
        body = self.body(
            name,
            messages=message.nested_type,
            enums=message.enum_type,
            extensions=message.extension,
            fields=self._field_items(name, message, nested),
        )
        return _joined(_joined(self.option_statements(message.options, name), lines), body)

    def _field_items(self, scope: str, message: DescriptorProto, nested: Mapping[str, DescriptorProto]) -> list[_Item]:
        """The fields of a message, those of a oneof as one."""
        items: list[_Item] = []
        oneofs: dict[int, list[FieldDescriptorProto]] = {}
        for field in message.field:
            if _in_real_oneof(field) and field.oneof_index < len(message.oneof_decl):
                oneofs.setdefault(field.oneof_index, []).append(field)
        for field in message.field:
            name = f"{scope}.{field.name}"
            if not _in_real_oneof(field) or field.oneof_index >= len(message.oneof_decl):
                items.append(_Item((name,), _later(self.field, name, field, nested), _made_by([field], nested)))
            elif field.oneof_index in oneofs:
                members = oneofs.pop(field.oneof_index)
                oneof = message.oneof_decl[field.oneof_index]
                oneof_name = f"{scope}.{oneof.name}"
                names = (oneof_name, *(f"{scope}.{member.name}" for member in members))
                write = _later(self.oneof, oneof_name, oneof, members, nested)
                items.append(_Item(names, write, _made_by(members, nested)))
        return items

    def _extension_items(
        self, scope: str, extensions: Sequence[FieldDescriptorProto], nested: Mapping[str, DescriptorProto]
    ) -> list[_Item]:
        """Extensions of the same message that follow each other, as one."""
        blocks: list[list[FieldDescriptorProto]] = []
        for field in extensions:
            last = blocks[-1] if blocks else None
            # A group makes a message where it stands, so it keeps a block of its own.
            alone = last is None or bool(_made_by([*last, field], nested))
            if last is not None and not alone and self._adjoin(scope, last[-1], field):
                last.append(field)
            else:
                blocks.append([field])
        return [
            _Item(
                tuple(_below(scope, field.name) for field in block),
                _later(self.extend, scope, block, nested),
                _made_by(block, nested),
            )
            for block in blocks
        ]

    def _adjoin(self, scope: str, before: FieldDescriptorProto, after: FieldDescriptorProto) -> bool:
        """Whether two extensions extend the same, with no other element between them as far as that is known."""
        if before.extendee != after.extendee:
            return False
        first = self._positions.get(_below(scope, before.name))
        last = self._positions.get(_below(scope, after.name))
        if first is None or last is None:
            return True
        return not any(first < position < last for position in self._positions.values())

    def _written(self, items: Sequence[_Item]) -> list[str]:
        """Items one after the other, with blank lines around what is long or has comments before it."""
        lines: list[str] = []
        was_long = False
        for item in items:
            written = item.write()
            comment = self._comment_of(item.names[0]) if item.names else NO_COMMENT
            is_long = len(written) > 1 and written[-1].startswith("}")
            if lines and (is_long or was_long or comment.leading or comment.detached):
                lines.append("")
            lines += written
            was_long = is_long
        return lines

    # -- parts of statements -----------------------------------------------------------------------------------

    def _label(self, field: FieldDescriptorProto) -> str:
        if field.label == FieldDescriptorProto.LABEL_REPEATED:
            return "repeated "
        if self._is_edition or (self._is_proto3 and not field.proto3_optional):
            return ""
        return "required " if field.label == FieldDescriptorProto.LABEL_REQUIRED else "optional "

    def _type_of(self, field: FieldDescriptorProto, scope: str) -> str:
        return self._type(field.type_name, scope) if field.type_name else _SCALARS.get(field.type, "bytes")

    def _type(self, name: str, scope: str) -> str:
        return self._names.relative(name[1:], scope, self._package) if name.startswith(".") else name

    def _field_options(self, name: str, field: FieldDescriptorProto) -> tuple[list[Option], list[int]]:
        known, unknown = self._options.options(field.options, name)
        first = []
        if field.HasField("default_value"):
            first.append(Option("default", (default_text(field),)))
        if field.json_name and not field.extendee and field.json_name != json_name_of(field.name):
            first.append(Option("json_name", (quoted(field.json_name),)))
        return [*first, *known], unknown

    def _reserved(self, ranges: Sequence[str], names: Sequence[str]) -> list[str]:
        lines = [f"reserved {', '.join(ranges)};"] if ranges else []
        if names:
            # Editions write reserved names as identifiers, older syntaxes as strings.
            lines.append(f"reserved {', '.join(names if self._is_edition else map(quoted, names))};")
        return lines

    # -- comments around -----------------------------------------------------------------------------------------

    def _statement(self, name: str, text: str, options: tuple[list[Option], list[int]]) -> list[str]:
        known, unknown = options
        lines = f"{text}{_inline(known)};".split("\n")
        comment = self._comment_of(name)
        trailing = comment_lines(comment.trailing)
        if len(trailing) == 1:
            lines[-1] += f"  {trailing[0]}"
            trailing = []
        return [*before(comment), *_unknown_remark(unknown), *lines, *trailing]

    def _block(self, name: str, opening: str, body: Sequence[str]) -> list[str]:
        comment = self._comment_of(name)
        head = opening.split("\n")
        trailing = comment_lines(comment.trailing)
        if not body and not trailing:
            return [*before(comment), *head[:-1], f"{head[-1]}}}"]
        inside = [*trailing, *([""] if trailing and body else []), *body]
        return [*before(comment), *head, *_indented(inside), "}"]


def before(comment: Comment) -> list[str]:
    """What is written above an element: comments that stand alone, then its own."""
    lines: list[str] = []
    for detached in comment.detached:
        lines += [*comment_lines(detached), ""]
    return [*lines, *comment_lines(comment.leading)]


def comment_lines(text: str) -> list[str]:
    """A comment with its `//` again."""
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return [f"//{line}".rstrip() if line[:1] in ("", " ", "/") else f"// {line}".rstrip() for line in lines]


def json_name_of(name: str) -> str:
    """The JSON name that protoc gives a field by itself: lowerCamelCase."""
    parts = name.split("_")
    return parts[0] + "".join(part[:1].upper() + part[1:] for part in parts[1:])


def syntax_statement(file: FileDescriptorProto) -> str:
    if file.syntax == "editions":
        return f'edition = "{Edition.Name(file.edition).removeprefix("EDITION_")}";'
    return f'syntax = "{file.syntax or "proto2"}";'


def _in_real_oneof(field: FieldDescriptorProto) -> bool:
    return field.HasField("oneof_index") and not field.proto3_optional


def _made_by(fields: Iterable[FieldDescriptorProto], nested: Mapping[str, DescriptorProto]) -> tuple[str, ...]:
    """The nested messages that map and group fields make."""
    made = []
    for field in fields:
        name = field.type_name.lstrip(".")
        message = nested.get(name)
        if message is not None and (field.type == FieldDescriptorProto.TYPE_GROUP or message.options.map_entry):
            made.append(name)
    return tuple(made)


def _inline(options: Sequence[Option]) -> str:
    """Options in brackets behind a field, on lines of their own where they are long."""
    if not options:
        return ""
    lines = [option.lines() for option in options]
    short = ", ".join(" ".join(part.strip() for part in one) for one in lines)
    if len(short) <= _WIDTH - 40 and all(len(one) == 1 for one in lines):
        return f" [{short}]"
    for one in lines[:-1]:
        one[-1] += ","
    return "\n".join([" [", *(f"  {line}" for one in lines for line in one), "]"])


def _range(first: int, last: int, most: int) -> str:
    if last >= most:
        return f"{first} to max"
    return str(first) if first == last else f"{first} to {last}"


def _unknown_remark(numbers: Sequence[int]) -> list[str]:
    if not numbers:
        return []
    return [f"// Not shown: options that this schema does not explain ({', '.join(map(str, numbers))})."]


def _visibility(element: DescriptorProto | EnumDescriptorProto) -> str:
    """`export` or `local` of edition 2024; protobuf before 32 does not know it."""
    return {1: "local ", 2: "export "}.get(getattr(element, "visibility", 0), "")


def _below(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    return [*first, *([""] if first and second else []), *second]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _later(write: Callable[..., list[str]], *arguments: object, **named: object) -> Callable[[], list[str]]:
    return lambda: write(*arguments, **named)
