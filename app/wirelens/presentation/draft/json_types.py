"""Which type the schema gives to a place in a JSON text."""

import itertools
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.message_plan import SPECIAL_TYPES
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.field_index import (
    Structure,
    field_index,
    message_structure,
    message_type,
    scalar_shape,
)
from wirelens.presentation.draft.json_cursor import Frame, members_of, string_value
from wirelens.presentation.draft.json_outline import JsonOutline

ANY = "google.protobuf.Any"
FIELD_MASK = "google.protobuf.FieldMask"
TYPE_KEY = "@type"


@dataclass(frozen=True)
class JsonType:
    """The type of one value: a field's, or a message's.

    With `is_whole` it is what stands behind the field's name: all of a list or map; else one element or entry.
    `owner` is the message that has the field.
    """

    shape: FieldShape | None = None
    descriptor: Descriptor | None = None
    is_whole: bool = False
    is_type_url: bool = False
    owner: Descriptor | None = None

    @property
    def is_list(self) -> bool:
        return self.is_whole and self.shape is not None and self.shape.is_repeated and not self.shape.is_map

    @property
    def is_map(self) -> bool:
        return self.is_whole and self.shape is not None and self.shape.is_map

    @property
    def message(self) -> Descriptor | None:
        """The type of a value that is one message."""
        if self.is_list or self.is_map:
            return None
        if self.descriptor is not None:
            return self.descriptor
        return message_type(self.shape) if self.shape is not None and self.shape.kind.is_message else None

    @property
    def scalar(self) -> FieldShape | None:
        """The shape of a value that is one scalar; a wrapper is what it wraps."""
        if self.is_list or self.is_map or self.shape is None:
            return None
        shape = scalar_shape(self.shape)
        return None if shape.kind.is_message else shape

    @property
    def has_fields(self) -> bool:
        """Whether JSON writes it as an object with the message's fields."""
        return self.message is not None and message_structure(self.message) is Structure.MESSAGE


@dataclass(frozen=True)
class ObjectType:
    """What the members of an object are: fields of `fields`, of an Any, of a map."""

    fields: Descriptor | None = None
    is_any: bool = False
    entry: FieldShape | None = None
    packed_value: Descriptor | None = None  # of an Any: a well-known type, which JSON puts below "value"

    def member(self, key: str) -> JsonType | None:
        """The type of a member's value, None where the schema says nothing of it."""
        if self.is_any and key == TYPE_KEY:
            return JsonType(is_type_url=True)
        if self.packed_value is not None:
            return JsonType(descriptor=self.packed_value) if key == "value" else None
        if self.entry is not None:
            return JsonType(self.entry)
        if self.fields is None:
            return None
        shape = field_index(self.fields).by_json_name.get(key)
        return None if shape is None else JsonType(shape, is_whole=True, owner=self.fields)


def object_type(outline: JsonOutline, frames: tuple[Frame, ...], root: Descriptor, schema: Schema) -> ObjectType | None:
    """What the innermost of `frames` holds; None where it is no object, or one that the schema says nothing of."""
    if not frames or frames[-1].bracket != "{":
        return None
    return _object_of(outline, frames[-1], _type_of_frame(outline, frames, root, schema), schema)


def value_type(
    outline: JsonOutline, frames: tuple[Frame, ...], key: str | None, root: Descriptor, schema: Schema
) -> JsonType | None:
    """The type of a value below the innermost of `frames`: the member `key` of an object, an element of a list."""
    if not frames:
        return JsonType(descriptor=root)
    around = _type_of_frame(outline, frames, root, schema)
    if frames[-1].bracket == "{":
        within = _object_of(outline, frames[-1], around, schema)
        return None if within is None or key is None else within.member(key)
    if around is None or not around.is_list:
        return None
    return JsonType(around.shape, owner=around.owner)


def _type_of_frame(
    outline: JsonOutline, frames: tuple[Frame, ...], root: Descriptor, schema: Schema
) -> JsonType | None:
    """The type of what begins with the innermost bracket."""
    found: JsonType | None = JsonType(descriptor=root)
    for frame, inner in itertools.pairwise(frames):
        if found is None:
            return None
        if frame.bracket == "[":
            found = JsonType(found.shape, owner=found.owner) if found.is_list else None
            continue
        within = _object_of(outline, frame, found, schema)
        found = None if within is None or inner.key is None else within.member(inner.key)
    return found


def _object_of(outline: JsonOutline, frame: Frame, found: JsonType | None, schema: Schema) -> ObjectType | None:
    if found is None or found.is_list:
        return None
    if found.is_map and found.shape is not None:
        return ObjectType(entry=found.shape.value)
    message = found.message
    if message is None:
        return None
    if message.full_name == ANY:
        url = members_of(outline, frame.opener).get(TYPE_KEY)
        packed = schema.resolve_type_url(string_value(url)) if url else None
        if packed is not None and packed.full_name in SPECIAL_TYPES:
            return ObjectType(is_any=True, packed_value=packed)
        return ObjectType(fields=packed, is_any=True)
    return ObjectType(fields=message) if found.has_fields else None
