"""How a field or an extension is read from a message of protobuf's runtime."""

import operator
from collections.abc import Callable
from typing import Any

from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldShape


def value_getter(shape: FieldShape) -> Callable[[Any], Any]:
    """Reads the value: the default where it is unset, the container of a list or map."""
    if shape.is_extension:
        return lambda message: message.Extensions[shape.descriptor]
    return operator.attrgetter(shape.name)


def presence_check(shape: FieldShape) -> Callable[[Any], bool]:
    """Whether the field, which has presence, is set; the class is asked, since a field may be called HasField."""
    if shape.is_extension:
        return lambda message: bool(type(message).HasExtension(message, shape.descriptor))
    owner = shape.descriptor.containing_type
    assert owner is not None
    has_field: Any = GetMessageClass(owner).HasField
    name = shape.name
    return lambda message: bool(has_field(message, name))
