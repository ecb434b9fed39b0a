"""ProtoJSON to messages: a JSON document and a message type side by side, with a place for every mistake.

https://protobuf.dev/programming-guides/json/ is the measure, as Python's json_format keeps it; what json_format takes
and loses in silence (one field under two names, extra members beside a well-known type in an Any) is a mistake here.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.fields import FieldShape, field_shape
from wirelens.engine.messages.json_scalars import (
    ScalarError,
    bytes_value,
    described,
    map_key,
    read_duration,
    read_field_mask,
    read_timestamp,
    scalar_value,
    string_value,
    struct_number,
)
from wirelens.engine.messages.json_text import JsonDocument, JsonKind, JsonNode
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, MessagePlan, descriptor_of, message_plan
from wirelens.engine.schema.near_names import did_you_mean

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

DEEPEST = 100  # nested messages that protobuf's parsers take (upb, C++ and Java by default)
_MOST_SUGGESTIONS = 10  # of near names in one text; each compares with every name there is
_MOST_STEPS_SHOWN = 20
_MOST_NAMES_COMPARED = 3000  # similarity is measured name by name

# Where a value stands in the message: the place of what holds it, and a field's name, a position or a map's key.
Place: TypeAlias = "tuple[Place, str | int | tuple[object]] | None"


class TooManyMistakesError(Exception):
    """The reader has collected as many mistakes as it was asked for."""


class MessageReader:
    """Fills one message from one document and collects the mistakes it finds; a message with mistakes is no use."""

    def __init__(self, document: JsonDocument, schema: "Schema", *, most_mistakes: int = 1) -> None:
        self.mistakes: list[JsonError] = []
        self._document = document
        self._schema = schema
        self._most_mistakes = most_mistakes
        self._suggestions_left = _MOST_SUGGESTIONS

    def read(self, message: Message) -> None:
        """Fill `message` from the document's root."""
        try:
            self._message(self._document.root, message, None, 0)
        except TooManyMistakesError:
            pass

    def _mistake(self, node: JsonNode, place: Place, text: str, next_step: str = "") -> None:
        line, column = self._document.position(node.offset)
        self.mistakes.append(
            JsonError(
                text,
                line=line,
                column=column,
                offset=node.offset,
                length=max(1, self._marked_length(node)),
                field_path=place_text(place),
                next_step=next_step,
            )
        )
        if len(self.mistakes) >= self._most_mistakes:
            raise TooManyMistakesError

    def _marked_length(self, node: JsonNode) -> int:
        """An object or array is marked at its bracket only; a mark over all of it would say nothing."""
        return 1 if node.kind in (JsonKind.OBJECT, JsonKind.ARRAY) else node.end - node.offset

    def _message(self, node: JsonNode, message: Message, place: Place, depth: int) -> None:
        if depth > DEEPEST:
            self._mistake(
                node,
                place,
                f"nested more than {DEEPEST} messages deep, which protobuf's parsers refuse",
                "a map's entry, and each Struct, Value and list inside a Struct, counts as a message too",
            )
            return
        name = descriptor_of(message).full_name
        if name in SPECIAL_TYPES:
            self._special(name, node, message, place, depth)
        elif node.kind is not JsonKind.OBJECT:
            self._mistake(
                node, place, f"{descriptor_of(message).name} is a JSON object, in {{ }}, not {described(node)}"
            )
        else:
            self._members(node, message, place, depth)

    def _members(
        self, node: JsonNode, message: Message, place: Place, depth: int, ignored: JsonNode | None = None
    ) -> None:
        """Fields from the members of an object; `ignored` is the name node of a member that is no field (@type)."""
        plan = message_plan(descriptor_of(message))
        seen: dict[int, JsonNode] = {}
        oneofs: dict[str, tuple[str, JsonNode]] = {}
        for name_node, value_node in node.members:
            if name_node is ignored:
                continue
            name = str(name_node.value)
            shape = plan.by_json_name.get(name) or self._extension(name, plan)
            if shape is None:
                self._unknown_field(name_node, name, plan, place)
                continue
            if shape.number in seen:
                self._given_twice(name_node, name, seen[shape.number], place)
                continue
            seen[shape.number] = name_node
            here = (place, shape.json_name if shape.is_extension else shape.name)
            if shape.oneof is not None and not self._means_unset(value_node, shape):
                if shape.oneof in oneofs:
                    other, other_node = oneofs[shape.oneof]
                    line, _ = self._document.position(other_node.offset)
                    self._mistake(
                        name_node,
                        here,
                        f"{shape.name} and {other} (line {line}) are of the oneof {shape.oneof}, which holds only one",
                        "delete one of them",
                    )
                    continue
                oneofs[shape.oneof] = (shape.name, name_node)
            self._field(value_node, message, shape, here, depth)

    def _field(self, node: JsonNode, message: Message, shape: FieldShape, place: Place, depth: int) -> None:
        if self._means_unset(node, shape):
            return
        if shape.is_map:
            self._map(node, _container(message, shape), shape, place, depth)
        elif shape.is_repeated:
            self._list(node, _container(message, shape), shape, place, depth)
        elif shape.kind.is_message:
            inner: Message = _container(message, shape)
            type(inner).SetInParent(inner)
            self._message(node, inner, place, depth + 1)
        else:
            value = self._scalar(node, shape, place)
            if value is not None:
                _assign(message, shape, value)

    def _means_unset(self, node: JsonNode, shape: FieldShape) -> bool:
        """null is the same as leaving the field out, but where null is a value."""
        if node.kind is not JsonKind.NULL:
            return False
        return shape.is_map or shape.is_repeated or not _takes_null(shape)

    def _scalar(self, node: JsonNode, shape: FieldShape, place: Place) -> Any:
        if node.kind is JsonKind.NULL and _takes_null(shape):
            return 0
        try:
            return scalar_value(shape, node)
        except ScalarError as error:
            self._mistake(node, place, error.message, error.next_step)
            return None

    def _list(self, node: JsonNode, container: Any, shape: FieldShape, place: Place, depth: int) -> None:
        if node.kind is not JsonKind.ARRAY:
            next_step = "put it in [ ]" if node.kind is not JsonKind.OBJECT or shape.kind.is_message else ""
            self._mistake(node, place, f"{shape.name} is repeated: it takes an array, not {described(node)}", next_step)
            return
        for index, element in enumerate(node.elements):
            here = (place, index)
            if element.kind is JsonKind.NULL and not _takes_null(shape):
                self._mistake(element, here, "null cannot be an element of a repeated field", "delete it")
            elif shape.kind.is_message:
                self._message(element, container.add(), here, depth + 1)
            else:
                value = self._scalar(element, shape, here)
                if value is not None:
                    container.append(value)

    def _map(self, node: JsonNode, container: Any, shape: FieldShape, place: Place, depth: int) -> None:
        assert shape.key is not None
        assert shape.value is not None
        if node.kind is not JsonKind.OBJECT:
            self._mistake(node, place, f"{shape.name} is a map: it takes an object, in {{ }}, not {described(node)}")
            return
        seen: dict[object, JsonNode] = {}
        for key_node, value_node in node.members:
            here: Place = (place, (key_node.value,))
            try:
                key = map_key(shape.key, key_node)
            except ScalarError as error:
                self._mistake(key_node, here, error.message, error.next_step)
                continue
            if key in seen:
                self._given_twice(key_node, str(key_node.value), seen[key], place, what="the key")
                continue
            seen[key] = key_node
            if value_node.kind is JsonKind.NULL and not _takes_null(shape.value):
                self._mistake(value_node, here, "null cannot be a value of a map", "delete the entry")
            elif shape.value.kind.is_message:
                self._message(value_node, container[key], here, depth + 2)
            else:
                value = self._scalar(value_node, shape.value, here)
                if value is not None:
                    container[key] = value

    def _extension(self, name: str, plan: MessagePlan) -> FieldShape | None:
        """The field of a name like `[package.extension]`."""
        if not (name.startswith("[") and name.endswith("]") and plan.descriptor.is_extendable):
            return None
        try:
            extension: FieldDescriptor = self._schema.pool.FindExtensionByName(name[1:-1])
        except KeyError:
            return None
        owner = extension.containing_type
        return field_shape(extension) if owner is not None and owner.full_name == plan.descriptor.full_name else None

    def _unknown_field(self, node: JsonNode, name: str, plan: MessagePlan, place: Place) -> None:
        here = (place, name)
        descriptor = plan.descriptor
        if name.startswith("[") and name.endswith("]"):
            known = [f"[{each.full_name}]" for each in descriptor.file.pool.FindAllExtensions(descriptor)]
            text = f"{descriptor.name} has no extension {_shortened(name)}"
            self._mistake(node, here, text, self._did_you_mean(name, known))
            return
        next_step = self._did_you_mean(name, plan.json_names)
        if not next_step:
            shown = ", ".join(plan.json_names[:8]) + (", …" if len(plan.json_names) > 8 else "")
            next_step = f"its fields: {shown}" if shown else "it has no fields"
        self._mistake(node, here, f"{descriptor.name} has no field {_shortened(name)!r}", next_step)

    def _did_you_mean(self, name: str, names: Iterable[str]) -> str:
        self._suggestions_left -= 1
        return did_you_mean(name[:100], names) if self._suggestions_left >= 0 else ""

    def _given_twice(self, node: JsonNode, name: str, first: JsonNode, place: Place, what: str = "the field") -> None:
        line, column = self._document.position(first.offset)
        also = f" as {_shortened(str(first.value))}" if first.value != name else ""
        self._mistake(
            node,
            (place, name) if what == "the field" else (place, (name,)),
            f"{what} {_shortened(name)} is given twice, first{also} on line {line}, column {column}",
            "delete one of them",
        )

    # Well-known types, whose JSON is not their fields.

    def _special(self, name: str, node: JsonNode, message: Message, place: Place, depth: int) -> None:
        if name == "google.protobuf.Any":
            self._any(node, message, place, depth)
        elif name == "google.protobuf.Struct":
            self._struct(node, message, place, depth)
        elif name == "google.protobuf.Value":
            self._value(node, message, place, depth)
        elif name == "google.protobuf.ListValue":
            self._list_value(node, message, place, depth)
        elif name in _TEXT_READERS:
            try:
                _TEXT_READERS[name](message, node)
            except ScalarError as error:
                self._mistake(node, place, error.message, error.next_step)
        else:
            self._wrapper(node, message, place)

    def _wrapper(self, node: JsonNode, message: Message, place: Place) -> None:
        if node.kind is JsonKind.OBJECT:
            name = descriptor_of(message).name
            self._mistake(node, place, f"{name} is written as its value alone in JSON", "write what `value` would hold")
            return
        value = self._scalar(node, message_plan(descriptor_of(message)).by_json_name["value"], place)
        if value is not None:
            message.value = value  # type: ignore[attr-defined]  # known by its name

    def _struct(self, node: JsonNode, message: Message, place: Place, depth: int) -> None:
        if node.kind is not JsonKind.OBJECT:
            self._mistake(node, place, f"Struct is a JSON object, in {{ }}, not {described(node)}")
            return
        seen: dict[str, JsonNode] = {}
        fields: Any = message.fields  # type: ignore[attr-defined]  # known by its name
        for key_node, value_node in node.members:
            here: Place = (place, (key_node.value,))
            try:
                key = string_value(key_node)
            except ScalarError as error:
                self._mistake(key_node, here, error.message, error.next_step)
                continue
            if key in seen:
                self._given_twice(key_node, key, seen[key], place, what="the key")
                continue
            seen[key] = key_node
            self._message(value_node, fields[key], here, depth + 2)

    def _list_value(self, node: JsonNode, message: Message, place: Place, depth: int) -> None:
        if node.kind is not JsonKind.ARRAY:
            self._mistake(node, place, f"ListValue is a JSON array, in [ ], not {described(node)}")
            return
        values: Any = message.values  # type: ignore[attr-defined]  # known by its name
        for index, element in enumerate(node.elements):
            self._message(element, values.add(), (place, index), depth + 1)

    def _value(self, node: JsonNode, message: Any, place: Place, depth: int) -> None:
        try:
            if node.kind is JsonKind.NULL:
                message.null_value = 0
            elif node.kind is JsonKind.BOOL:
                message.bool_value = node.value
            elif node.kind is JsonKind.NUMBER:
                message.number_value = struct_number(node)
            elif node.kind is JsonKind.STRING:
                message.string_value = string_value(node)
            else:
                inner = message.struct_value if node.kind is JsonKind.OBJECT else message.list_value
                type(inner).SetInParent(inner)
                self._message(node, inner, place, depth + 1)
        except ScalarError as error:
            self._mistake(node, place, error.message, error.next_step)

    def _any(self, node: JsonNode, message: Any, place: Place, depth: int) -> None:
        if node.kind is not JsonKind.OBJECT:
            self._mistake(node, place, f'Any is a JSON object with "@type", not {described(node)}')
            return
        if not node.members:
            return
        types = [member for member in node.members if member[0].value == "@type"]
        if not types:
            example = '"@type": "type.googleapis.com/package.Message"'
            self._mistake(node, place, 'Any needs "@type", the name of the type inside', f"like {example}")
            return
        if len(types) > 1:
            self._given_twice(types[1][0], "@type", types[0][0], place)
            return
        name_node, url_node = types[0]
        try:
            url = string_value(url_node)
        except ScalarError as error:
            self._mistake(url_node, (place, "@type"), error.message, error.next_step)
            return
        descriptor = self._schema.resolve_type_url(url)
        if descriptor is None:
            self._any_of_unknown_type(node, name_node, url_node, message, place)
            return
        inner = GetMessageClass(descriptor)()
        self._inside_any(node, name_node, inner, place, depth + 1)
        message.type_url = url
        message.value = type(inner).SerializePartialToString(inner, deterministic=True)

    def _inside_any(self, node: JsonNode, type_node: JsonNode, inner: Message, place: Place, depth: int) -> None:
        """The message inside: its fields beside @type, or one member `value` for types with JSON of their own."""
        others = [member for member in node.members if member[0] is not type_node]
        name = descriptor_of(inner).full_name
        if name == "google.protobuf.Empty" and [member[0].value for member in others] == ["value"]:
            pass  # Go writes Empty so; Python and C++ write it without a value
        elif name not in SPECIAL_TYPES:
            if depth > DEEPEST:
                self._message(node, inner, place, depth)
            else:
                self._members(node, inner, place, depth, ignored=type_node)
            return
        values = [member for member in others if member[0].value == "value"]
        for name_node, _ in others:
            if name_node.value != "value":
                text = f'beside "@type", an Any that holds {descriptor_of(inner).name} has only "value"'
                self._mistake(name_node, (place, str(name_node.value)), text)
        if not values:
            text = f'an Any that holds {descriptor_of(inner).name} needs "value" beside "@type"'
            self._mistake(node, place, text)
        elif len(values) > 1:
            self._given_twice(values[1][0], "value", values[0][0], place)
        else:
            self._message(values[0][1], inner, (place, "value"), depth)

    def _any_of_unknown_type(
        self, node: JsonNode, type_node: JsonNode, url_node: JsonNode, message: Any, place: Place
    ) -> None:
        """Bytes in base64 under `value`, as such an Any is shown; anything else cannot be turned into bytes."""
        others = [member for member in node.members if member[0] is not type_node]
        if [member[0].value for member in others] == ["value"] and others[0][1].kind is JsonKind.STRING:
            try:
                message.value = bytes_value(others[0][1])
                message.type_url = str(url_node.value)
                return
            except ScalarError:
                pass  # then it was meant as the value of a type that is not known
        url = str(url_node.value)
        name = url.rpartition("/")[2]
        names = self._schema.message_names()
        if len(names) > _MOST_NAMES_COMPARED:
            last = f".{name.rpartition('.')[2]}".lower()
            names = [each for each in names if each.lower().endswith(last)]
        self._mistake(
            url_node,
            (place, "@type"),
            f"the schema has no type {_shortened(name)!r}",
            self._did_you_mean(name, names) or 'give its bytes in base64 as the one member "value"',
        )


_TEXT_READERS: dict[str, Callable[[Message, JsonNode], None]] = {
    "google.protobuf.Timestamp": read_timestamp,
    "google.protobuf.Duration": read_duration,
    "google.protobuf.FieldMask": read_field_mask,
}


def place_text(place: Place) -> str:
    """A place as people read it: `user.tags[2]`, `labels["a"].name`; a very deep one without its middle."""
    steps: list[str] = []
    while place is not None:
        place, step = place
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif isinstance(step, tuple):
            steps.append(f'["{_shortened(str(step[0]))}"]')
        else:
            steps.append(f".{_shortened(step)}")
    if len(steps) > _MOST_STEPS_SHOWN:
        half = _MOST_STEPS_SHOWN // 2
        steps[half:-half] = ["…"]
    return "".join(reversed(steps)).removeprefix(".")


def _takes_null(shape: FieldShape) -> bool:
    return shape.message_name == "google.protobuf.Value" or shape.enum_name == "google.protobuf.NullValue"


def _container(message: Message, shape: FieldShape) -> Any:
    """The list, map or message that a field holds."""
    if not shape.is_extension:
        return getattr(message, shape.name)
    extensions: Any = message.Extensions
    return extensions[shape.descriptor]


def _assign(message: Message, shape: FieldShape, value: Any) -> None:
    if shape.is_extension:
        extensions: Any = message.Extensions
        extensions[shape.descriptor] = value
    else:
        setattr(message, shape.name, value)


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
