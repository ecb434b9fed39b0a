"""Where the JSON text of a message shows the rules that the message breaks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.json_text import JsonDocument, JsonKind, JsonNode
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, message_plan
from wirelens.engine.messages.validation import BrokenRule, Steps, TextMark, key_text, steps_text
from wirelens.engine.schema.schema import Schema

_ANY = "google.protobuf.Any"


def marked(
    broken: Iterable[BrokenRule], document: JsonDocument, descriptor: Descriptor, schema: Schema
) -> Iterator[BrokenRule]:
    """The broken rules with their marks in `document`, which holds the message of type `descriptor`.

    A value is marked itself, an object or list by its name. What is not in the text is marked at what it belongs into.
    """
    for one in broken:
        yield replace(one, mark=_mark(one, document, descriptor, schema))


def _mark(broken: BrokenRule, document: JsonDocument, descriptor: Descriptor, schema: Schema) -> TextMark:
    node, name, missing = _walked(broken.steps, document.root, descriptor, schema)
    is_container = node.kind in (JsonKind.OBJECT, JsonKind.ARRAY)
    shown = name if name is not None and (is_container or broken.for_key) else node
    length = 1 if shown.kind in (JsonKind.OBJECT, JsonKind.ARRAY) else shown.end - shown.offset
    line, column = document.position(shown.offset)
    return TextMark(shown.offset, max(1, length), line, column, steps_text(missing))


def _walked(
    steps: Steps, node: JsonNode, descriptor: Descriptor | None, schema: Schema
) -> tuple[JsonNode, JsonNode | None, Steps]:
    """As far as the steps lead in the text: the value there, its member's name, and the steps that are left."""
    name: JsonNode | None = None
    for index, step in enumerate(steps):
        found: tuple[JsonNode | None, JsonNode] | None = None
        if isinstance(step, int):
            if node.kind is JsonKind.ARRAY and step < len(node.elements):
                found = None, node.elements[step]
        elif isinstance(step, tuple):
            found = _member(node, {key_text(step[0])})
        else:
            holder = _type_inside(node, descriptor, schema)
            shape = message_plan(holder).by_json_name.get(step) if holder is not None else None
            found = _member(node, {step} if shape is None else {shape.name, shape.json_name})
            if found is not None and shape is not None:
                inner = shape.value if shape.value is not None else shape
                descriptor = inner.descriptor.message_type
            else:
                descriptor = _extension_type(step, schema)
        if found is None:
            return node, name, steps[index:]
        name, node = found
    return node, name, ()


def _type_inside(node: JsonNode, descriptor: Descriptor | None, schema: Schema) -> Descriptor | None:
    """The type whose fields the members of an object are: of an Any, the one that is packed."""
    if descriptor is None:
        return None
    if descriptor.full_name == _ANY:
        found = _member(node, {"@type"})
        url = found[1].value if found is not None else None
        return schema.resolve_type_url(url) if isinstance(url, str) else None
    return None if descriptor.full_name in SPECIAL_TYPES else descriptor


def _extension_type(step: str, schema: Schema) -> Descriptor | None:
    try:
        found: Descriptor | None = schema.pool.FindExtensionByName(step.strip("[]")).message_type
    except KeyError:
        return None
    return found


def _member(node: JsonNode, names: set[str]) -> tuple[JsonNode, JsonNode] | None:
    if node.kind is not JsonKind.OBJECT:
        return None
    return next((member for member in node.members if member[0].value in names), None)
