"""The `buf.validate` rules of a schema's messages, fields and oneofs, as the schema's own pool has them.

https://buf.build/docs/protovalidate says what each means. Options that a pool hands out are messages of the default
pool, which does not know the rules: there they are an unknown field, and their bytes are read anew with the type that
the schema itself has for them. So rules that the schema has added (predefined ones) are read too.
"""

from functools import lru_cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from wirelens.engine.schema.bundled_files import RULES_FILE
from wirelens.engine.schema.schema import Schema

IGNORE_ALWAYS = 3

_RULES = 1159  # of MessageOptions, OneofOptions and FieldOptions, as protobuf's registry of extensions gives it
_PREDEFINED = 1160  # of FieldOptions, on a field that is itself a rule


def has_rules(schema: Schema) -> bool:
    """Whether any file of the schema imports the rules; without that no option can hold one."""
    return any(name.endswith(RULES_FILE) for entry in schema.table.own_entries() for name in entry.dependencies)


# Bounded, since each descriptor keeps its whole pool alive.
@lru_cache(maxsize=2048)
def field_rules(field: FieldDescriptor) -> Any:
    """The field's `buf.validate.FieldRules`, None where it has none."""
    return _option(_pool(field), "FieldOptions", field.GetOptions(), _RULES) if field.has_options else None


@lru_cache(maxsize=512)
def message_rules(descriptor: Descriptor) -> Any:
    """The message's `buf.validate.MessageRules`, None where it has none."""
    if not descriptor.has_options:
        return None
    return _option(descriptor.file.pool, "MessageOptions", descriptor.GetOptions(), _RULES)


@lru_cache(maxsize=512)
def oneof_is_required(oneof: OneofDescriptor) -> bool:
    """Whether a rule wants one member of the oneof to be set."""
    if not oneof.has_options:
        return False
    rules = _option(oneof.containing_type.file.pool, "OneofOptions", oneof.GetOptions(), _RULES)
    return bool(getattr(rules, "required", False))


@lru_cache(maxsize=512)
def predefined_rules(rule: FieldDescriptor) -> Any:
    """What a field that extends the rules checks (`buf.validate.PredefinedRules`), None where it says nothing."""
    return _option(_pool(rule), "FieldOptions", rule.GetOptions(), _PREDEFINED) if rule.has_options else None


def _pool(field: FieldDescriptor) -> DescriptorPool:
    """The pool of the file that declares the field, which for an extension is not the extended message's."""
    pool: DescriptorPool = field.file.pool  # type: ignore[attr-defined]  # not in the stubs
    return pool


def _option(pool: DescriptorPool, extended: str, options: Message, number: int) -> Message | None:
    try:
        # an earlier protovalidate calls the type FieldConstraints: the extension knows it by any name
        extension = pool.FindExtensionByNumber(pool.FindMessageTypeByName(f"google.protobuf.{extended}"), number)
    except (KeyError, TypeError):
        return None
    if extension.message_type is None:
        return None
    # To a type without fields every field is unknown: its bytes are handed out as they are.
    unknown: Any = UnknownFieldSet(Empty.FromString(options.SerializePartialToString()))
    parts = [part.data for part in unknown if part.field_number == number and isinstance(part.data, bytes)]
    if not parts:
        return None
    try:
        return GetMessageClass(extension.message_type).FromString(b"".join(parts))
    except DecodeError:
        return None
