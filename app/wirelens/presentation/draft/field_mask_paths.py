"""The paths of a FieldMask: which message they speak of, which of its fields they name, and how JSON writes them.

https://protobuf.dev/reference/protobuf/google.protobuf/#field-mask: names as in the .proto, dots between them, no
step behind a list or map. JSON has them in lowerCamelCase, which some names do not survive.
"""

import re
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft import edits
from wirelens.presentation.draft.field_index import Structure, field_index, has_own_json, message_type, structure_of
from wirelens.presentation.draft.paths import Path, is_row
from wirelens.presentation.draft.tree import AnyValue, MessageValue, Value


@dataclass(frozen=True)
class Subject:
    """A message that a mask may speak of: the field beside the mask that holds it, or what holds the mask."""

    name: str
    descriptor: Descriptor
    path: Path | None  # where its value stands; None where the mask speaks of many, as for a list's elements


def subjects(descriptor: Descriptor, root: Value, path: Path) -> list[Subject]:
    """What the mask at `path` may speak of, likely ones first: messages beside it, then the message around it.

    None where the mask is all there is, as a request or within an Any: nobody says whose fields it names.
    """
    place = path
    while is_row(place):
        place = place[:-1]
    holder_path = place[:-1]
    held = edits.value_at(root, holder_path)
    if not place or (isinstance(held, AnyValue) and held.content is not None and has_own_json(held.content)):
        return []
    index = edits.index_at(descriptor, root, holder_path)
    holder = held.descriptor if isinstance(held, MessageValue) else descriptor
    if holder_path and not isinstance(held, MessageValue):
        holder = message_type(edits.shape_at(descriptor, root, holder_path))
    single, many = [], []
    for key, shape in index.by_key.items():
        if shape.is_map or structure_of(shape) is not Structure.MESSAGE:
            continue
        if shape.is_repeated:
            many.append(Subject(key, message_type(shape), None))
        else:
            single.append(Subject(key, message_type(shape), (*holder_path, key)))
    return [*single, *many, Subject(holder.name, holder, holder_path)]


def paths_from_json(text: str) -> list[str]:
    """The paths as the .proto names fields, of a FieldMask as JSON writes it."""
    return [_snake(part.strip()) for part in text.split(",") if part.strip()]


def json_from_paths(paths: list[str]) -> str:
    """A FieldMask as JSON writes it."""
    return ",".join(_camel(path) for path in paths)


def can_be_written(path: str) -> bool:
    """Whether JSON's form of the path leads back to it: `with_2_digits` and `Name` do not survive it."""
    written = _camel(path)
    return "_" not in written and _snake(written) == path


def shape_of(descriptor: Descriptor, path: str) -> FieldShape | None:
    """The field that `path` names, None where it names none."""
    holder: Descriptor | None = descriptor
    shape: FieldShape | None = None
    for step in path.split("."):
        shape = field_index(holder).by_key.get(step) if holder is not None else None
        if shape is None:
            return None
        holder = message_type(shape) if can_be_entered(shape) else None
    return shape


def can_be_entered(shape: FieldShape) -> bool:
    """Whether a path may go on behind the field."""
    return shape.kind.is_message and not shape.is_map and not shape.is_repeated


def strange_paths(descriptor: Descriptor, text: str) -> list[str]:
    """The paths that name no field of the message; `*`, which many services take for all, is none of these."""
    return [path for path in paths_from_json(text) if path != "*" and shape_of(descriptor, path) is None]


def paths_of_set_fields(value: Value | None) -> list[str]:
    """What is set: the fields of nested messages one by one, lists, maps and empty messages as a whole."""
    found: list[str] = []
    for key, field in value.fields.items() if isinstance(value, MessageValue) else ():
        below = paths_of_set_fields(field) if isinstance(field, MessageValue) else []
        found += [f"{key}.{path}" for path in below] or [key]
    return found


def is_covered(paths: list[str], path: str) -> bool:
    """Whether one of `paths` is `path` or lies around it."""
    return any(path == each or path.startswith(f"{each}.") for each in paths)


def is_touched(paths: list[str], path: str) -> bool:
    """Whether one of `paths` lies within `path`."""
    return any(each.startswith(f"{path}.") for each in paths)


def with_path(paths: list[str], path: str) -> list[str]:
    """The mask with `path`; what lies within it needs no mention any more."""
    return [each for each in paths if each != path and not each.startswith(f"{path}.")] + [path]


def without_path(paths: list[str], path: str) -> list[str]:
    """The mask without `path` and what lies within it."""
    return [each for each in paths if each != path and not each.startswith(f"{path}.")]


def _camel(path: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), path)


def _snake(path: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", path)
