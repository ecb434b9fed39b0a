"""`buf.validate.Violations`, the detail in which a server says which rules a request broke."""

import functools
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from wirelens.engine.messages.validation import BrokenRule

VIOLATIONS = "buf.validate.Violations"

_KINDS = {
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "string": FieldDescriptorProto.TYPE_STRING,
    "Type": FieldDescriptorProto.TYPE_ENUM,
}
# Of https://buf.build/bufbuild/protovalidate/docs/main:buf.validate what a violation is made of: name, type, number.
_MESSAGES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Violations": (("violations", "Violation", 1),),
    "Violation": (
        ("field", "FieldPath", 5),
        ("rule", "FieldPath", 6),
        ("rule_id", "string", 2),
        ("message", "string", 3),
        ("for_key", "bool", 4),
    ),
    "FieldPath": (("elements", "FieldPathElement", 1),),
    "FieldPathElement": (
        ("field_number", "int32", 1),
        ("field_name", "string", 2),
        ("field_type", "Type", 3),
        ("key_type", "Type", 4),
        ("value_type", "Type", 5),
        ("index", "uint64", 6),
        ("bool_key", "bool", 7),
        ("int_key", "int64", 8),
        ("uint_key", "uint64", 9),
        ("string_key", "string", 10),
    ),
}
_REPEATED = {"violations", "elements"}
_SUBSCRIPTS = ("index", "bool_key", "int_key", "uint_key", "string_key")


@functools.cache
def violations_descriptor() -> Descriptor:
    """The type, also where neither a schema nor the library of the rules is at hand."""
    file = FileDescriptorProto(name="buf/validate/violations.proto", package="buf.validate", syntax="proto2")
    file.dependency.append(descriptor_pb2.DESCRIPTOR.name)
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if name == "FieldPathElement":
            message.oneof_decl.add(name="subscript")
        for field_name, kind, number in fields:
            field = message.field.add(name=field_name, number=number)
            is_repeated = field_name in _REPEATED
            field.label = FieldDescriptorProto.LABEL_REPEATED if is_repeated else FieldDescriptorProto.LABEL_OPTIONAL
            field.type = _KINDS.get(kind, FieldDescriptorProto.TYPE_MESSAGE)
            if kind == "Type":
                field.type_name = ".google.protobuf.FieldDescriptorProto.Type"
            elif kind not in _KINDS:
                field.type_name = f".buf.validate.{kind}"
            if field_name in _SUBSCRIPTS:
                field.oneof_index = 0
    pool = DescriptorPool()
    pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName(VIOLATIONS)


def told_by(violations: Message) -> tuple[BrokenRule, ...]:
    """The broken rules that a server tells of; `violations` may be of any pool."""
    listed: Any = violations
    return tuple(_broken_rule(violation) for violation in listed.violations)


def _broken_rule(violation: Any) -> BrokenRule:
    steps: list[str | int | tuple[Any]] = []
    for element in violation.field.elements:
        steps.append(element.field_name)
        for name in _SUBSCRIPTS:
            if element.HasField(name):
                value = getattr(element, name)
                steps.append(value if name == "index" else (value,))
    return BrokenRule(tuple(steps), violation.message or violation.rule_id, violation.rule_id, violation.for_key)
