"""What a form, an editor and the JSON reader must know of a message's fields, in plain data."""

import enum
from dataclasses import dataclass, field
from functools import lru_cache

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor


class FieldKind(enum.Enum):
    """What one value of a field is. Encodings of the same values (int32, sint32, sfixed32) are one kind."""

    BOOL = "bool"
    INT32 = "int32"
    INT64 = "int64"
    UINT32 = "uint32"
    UINT64 = "uint64"
    FLOAT = "float"
    DOUBLE = "double"
    STRING = "string"
    BYTES = "bytes"
    ENUM = "enum"
    MESSAGE = "message"
    GROUP = "group"

    @property
    def is_integer(self) -> bool:
        return self in INTEGER_RANGES

    @property
    def is_message(self) -> bool:
        """Whether values are messages, delimited one way or the other."""
        return self in (FieldKind.MESSAGE, FieldKind.GROUP)


INTEGER_RANGES = {
    FieldKind.INT32: (-(2**31), 2**31 - 1),
    FieldKind.INT64: (-(2**63), 2**63 - 1),
    FieldKind.UINT32: (0, 2**32 - 1),
    FieldKind.UINT64: (0, 2**64 - 1),
}

_KINDS_AND_NAMES = {
    FieldDescriptor.TYPE_BOOL: (FieldKind.BOOL, "bool"),
    FieldDescriptor.TYPE_INT32: (FieldKind.INT32, "int32"),
    FieldDescriptor.TYPE_SINT32: (FieldKind.INT32, "sint32"),
    FieldDescriptor.TYPE_SFIXED32: (FieldKind.INT32, "sfixed32"),
    FieldDescriptor.TYPE_INT64: (FieldKind.INT64, "int64"),
    FieldDescriptor.TYPE_SINT64: (FieldKind.INT64, "sint64"),
    FieldDescriptor.TYPE_SFIXED64: (FieldKind.INT64, "sfixed64"),
    FieldDescriptor.TYPE_UINT32: (FieldKind.UINT32, "uint32"),
    FieldDescriptor.TYPE_FIXED32: (FieldKind.UINT32, "fixed32"),
    FieldDescriptor.TYPE_UINT64: (FieldKind.UINT64, "uint64"),
    FieldDescriptor.TYPE_FIXED64: (FieldKind.UINT64, "fixed64"),
    FieldDescriptor.TYPE_FLOAT: (FieldKind.FLOAT, "float"),
    FieldDescriptor.TYPE_DOUBLE: (FieldKind.DOUBLE, "double"),
    FieldDescriptor.TYPE_STRING: (FieldKind.STRING, "string"),
    FieldDescriptor.TYPE_BYTES: (FieldKind.BYTES, "bytes"),
    FieldDescriptor.TYPE_ENUM: (FieldKind.ENUM, ""),
    FieldDescriptor.TYPE_MESSAGE: (FieldKind.MESSAGE, ""),
    FieldDescriptor.TYPE_GROUP: (FieldKind.GROUP, ""),
}


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One name of an enum; with `allow_alias` several names share a number."""

    name: str
    number: int
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field of a message, or one extension of it.

    `kind`, `integer_range`, `enum_values` and `message_name` speak of one value: an element where the field is
    repeated. A map is not `is_repeated`; its `kind` is MESSAGE (the entry) and its `key` and `value` say the rest.
    `type_name` is the type as the .proto writes it (`sint64`, `repeated User`, `map<string, int32>`), without packages
    and the messages around the field. `oneof` names a oneof that somebody wrote, not the hidden one of a proto3
    `optional`.
    `default` is None for messages, lists and maps, the number for enums.
    """

    descriptor: FieldDescriptor = field(repr=False)
    name: str
    json_name: str  # "[package.extension]" for extensions, as ProtoJSON writes them
    number: int
    kind: FieldKind
    type_name: str
    is_repeated: bool = False
    is_map: bool = False
    key: "FieldShape | None" = field(default=None, repr=False)
    value: "FieldShape | None" = field(default=None, repr=False)
    has_presence: bool = False
    is_required: bool = False
    is_extension: bool = False
    oneof: str | None = None
    default: bool | int | float | str | bytes | None = None
    deprecated: bool = False
    integer_range: tuple[int, int] | None = None
    enum_values: tuple[EnumValue, ...] = field(default=(), repr=False)
    enum_is_closed: bool = False  # only the named numbers are values (proto2, editions with CLOSED)
    message_name: str | None = None
    message_type: Descriptor | None = field(default=None, repr=False)

    @property
    def path_name(self) -> str:
        """What paths call the field: its name, `[package.extension]` for an extension."""
        return self.json_name if self.is_extension else self.name

    @property
    def enum_name(self) -> str | None:
        """The enum's full name, None for other kinds."""
        enum_type = self.descriptor.enum_type
        return None if enum_type is None else enum_type.full_name


# Bounded, since each descriptor keeps its whole pool alive: a schema that was reloaded must be let go some day.
@lru_cache(maxsize=512)
def message_fields(descriptor: Descriptor) -> tuple[FieldShape, ...]:
    """The fields of a message in the order of their declaration; extensions are `message_extensions`."""
    hidden = _hidden_oneofs(descriptor)
    return tuple(_field_shape(field, hidden) for field in descriptor.fields)


def message_extensions(descriptor: Descriptor) -> tuple[FieldShape, ...]:
    """The extensions of a message that its pool knows, by number.

    A pool that loads its files when they are asked for knows only those of files already in use.
    """
    if not descriptor.is_extendable:
        return ()
    extensions = descriptor.file.pool.FindAllExtensions(descriptor)
    return tuple(field_shape(extension) for extension in sorted(extensions, key=lambda each: each.number))


@lru_cache(maxsize=512)
def field_shape(field: FieldDescriptor) -> FieldShape:
    """The shape of a single field or extension."""
    owner = field.containing_type
    return _field_shape(field, frozenset() if owner is None or field.is_extension else _hidden_oneofs(owner))


@lru_cache(maxsize=512)
def enum_values(descriptor: EnumDescriptor) -> tuple[EnumValue, ...]:
    """An enum's values in the order of their declaration."""
    return tuple(
        EnumValue(value.name, value.number, value.has_options and value.GetOptions().deprecated)
        for value in descriptor.values
    )


def is_map_field(field: FieldDescriptor) -> bool:
    """Whether the field is declared as `map<…>`."""
    entry = field.message_type
    return entry is not None and entry.has_options and bool(entry.GetOptions().map_entry)


def _field_shape(field: FieldDescriptor, hidden_oneofs: frozenset[str]) -> FieldShape:
    kind, type_name = _KINDS_AND_NAMES[field.type]
    message_type, enum_type = field.message_type, field.enum_type
    is_map = is_map_field(field)
    key = value = None
    if is_map and message_type is not None:
        key = _field_shape(message_type.fields_by_name["key"], frozenset())
        value = _field_shape(message_type.fields_by_name["value"], frozenset())
        type_name = f"map<{key.type_name}, {value.type_name}>"
    elif message_type is not None:
        type_name = _name_seen_from(field, message_type)
    elif enum_type is not None:
        type_name = _name_seen_from(field, enum_type)
    is_list = field.is_repeated and not is_map
    oneof = field.containing_oneof
    return FieldShape(
        descriptor=field,
        name=field.name,
        json_name=f"[{field.full_name}]" if field.is_extension else field.json_name,
        number=field.number,
        kind=kind,
        type_name=f"repeated {type_name}" if is_list else type_name,
        is_repeated=is_list,
        is_map=is_map,
        key=key,
        value=value,
        has_presence=field.has_presence,
        is_required=field.is_required,
        is_extension=field.is_extension,
        oneof=oneof.name if oneof is not None and oneof.name not in hidden_oneofs else None,
        default=None if field.is_repeated or kind.is_message else field.default_value,
        deprecated=field.has_options and field.GetOptions().deprecated,
        integer_range=INTEGER_RANGES.get(kind),
        enum_values=() if enum_type is None else enum_values(enum_type),
        enum_is_closed=enum_type is not None and enum_type.is_closed,
        message_name=None if message_type is None else message_type.full_name,
        message_type=message_type,
    )


def _name_seen_from(field: FieldDescriptor, referred: Descriptor | EnumDescriptor) -> str:
    """A message's or enum's name without its package, and without the messages around the field."""
    scope = field.containing_type
    while scope is not None:
        if referred.full_name.startswith(f"{scope.full_name}."):
            return referred.full_name.removeprefix(f"{scope.full_name}.")
        scope = scope.containing_type
    package = referred.file.package
    return referred.full_name.removeprefix(f"{package}.") if package else referred.full_name


def _hidden_oneofs(descriptor: Descriptor) -> frozenset[str]:
    """The oneofs that protoc made for `optional` fields of proto3; nobody wrote them.

    Python's descriptors don't tell them apart, the message's proto does; it is asked only where a name looks like one.
    """
    if not any(oneof.name.startswith("_") and len(oneof.fields) == 1 for oneof in descriptor.oneofs):
        return frozenset()
    proto = descriptor_pb2.DescriptorProto()
    descriptor.CopyToProto(proto)
    return frozenset(proto.oneof_decl[field.oneof_index].name for field in proto.field if field.proto3_optional)
