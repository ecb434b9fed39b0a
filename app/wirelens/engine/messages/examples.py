"""Messages to begin with: filled so that a first Send has a chance, with no more than is required, or empty."""

import json
import re
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.example_repair import keep_rules
from wirelens.engine.messages.example_values import example_flag, example_number, example_text, snake_case
from wirelens.engine.messages.fields import FieldKind, FieldShape, message_fields
from wirelens.engine.messages.message_plan import WRAPPER_TYPES, descriptor_of, set_fields
from wirelens.engine.messages.protojson import message_from_json

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

_FIELD_MASK = "google.protobuf.FieldMask"
_DEEPEST = 6  # levels of messages that are filled
_DEEPEST_REQUIRED = 90  # levels of messages that require each other
_MOST_FIELDS = 300  # of one example; beyond it only required fields are filled
_EXAMPLE = re.compile(r"\bExample:\s*")
_NOT_FOR_REQUESTS = re.compile(
    r"(?i)(?:^|[.]\s)\W*(?:output[ -]only|read[ -]only|set by the server|assigned by the server)\b"
)
_SET_BY_SERVERS = re.compile(r"(create|update|delete|modif)(d|e|ied|y)?_?(time|at|date|timestamp)|etag|uid")
_CREATING = re.compile(r"(Create|Insert|Add|Register)(?=[A-Z])")
_CHANGING = re.compile(r"(Update|Patch|Replace|Modify|Edit)(?=[A-Z])")
_MOMENTS = (1769862600, 1772265600, 1774979100)  # 2026-01-31T12:30:00Z and later


def empty_message(descriptor: Descriptor, schema: "Schema") -> Message:
    """A message with no field set."""
    return GetMessageClass(descriptor)()


def example_message(descriptor: Descriptor, schema: "Schema", *, seed: int = 0) -> Message:
    """A message with values that mean something, by the fields' comments, names and types; the same for each seed.

    A comment that says `Example: VALUE`, VALUE being JSON, decides (null leaves the field unset). Lists and maps get
    one or two elements, oneofs their first member, a type inside itself ends there. Tokens, filters and what the
    server sets are left out, since any value would be wrong. The message serialises: required fields are set.

    Rules of `buf.validate` decide over all of that, comments too. Where no value is found that keeps them, the
    message breaks them; `broken_rules` tells which. Only a moment that has to be near now differs from call to call.
    """
    message = GetMessageClass(descriptor)()
    if _CHANGING.match(descriptor.name):
        seed += 1  # other values than what is created with the same seed, which may have to be unique
    filler = Filler(schema, seed)
    filler.fill(message, ())
    keep_rules(message, schema, filler)
    return message


def minimal_message(descriptor: Descriptor, schema: "Schema") -> Message:
    """A message with no more than what is required: fields that proto2 requires, and what rules do not let be unset."""
    message = GetMessageClass(descriptor)()
    filler = Filler(schema, 0)
    filler.fill_required(message, ())
    keep_rules(message, schema, filler)
    return message


class Filler:
    """Fills messages from the outside in and stops at types it is already inside of.

    Args:
        seed: which of the values that a name suggests.
    """

    def __init__(self, schema: "Schema", seed: int) -> None:
        self._schema = schema
        self._seed = seed
        self._fields_left = _MOST_FIELDS

    @property
    def seed(self) -> int:
        return self._seed

    def with_seed(self, seed: int) -> "Filler":
        """One that takes other values."""
        return Filler(self._schema, seed)

    def fill_required(self, message: Message, inside: tuple[str, ...]) -> None:
        """Set the fields without which `message` does not serialise."""
        inside = (*inside, descriptor_of(message).full_name)
        for shape in message_fields(descriptor_of(message)):
            if shape.is_required and len(inside) <= _DEEPEST_REQUIRED:
                if shape.kind.is_message:
                    container: Any = getattr(message, shape.name)
                    type(container).SetInParent(container)
                    self.fill_required(container, inside)
                else:
                    self._set_field(message, shape, inside)

    def fill(self, message: Message, inside: tuple[str, ...]) -> None:
        """Set the fields of `message`, which is part of messages of the types `inside`."""
        descriptor = descriptor_of(message)
        inside = (*inside, descriptor.full_name)
        chosen: set[str] = set()
        for shape in message_fields(descriptor):
            if shape.oneof in chosen:
                continue
            self._fields_left -= 1
            if self._set_field(message, shape, inside) and shape.oneof is not None:
                chosen.add(shape.oneof)
        self._fill_field_masks(message)

    def _set_field(self, message: Message, shape: FieldShape, inside: tuple[str, ...]) -> bool:
        """Whether the field was set."""
        comment = self._schema.comment(shape.descriptor.full_name)
        if not shape.is_required:
            if self._fields_left < 0 or shape.deprecated or _NOT_FOR_REQUESTS.search(comment):
                return False
            given = self._from_comment(message, shape, comment)
            if given is not None:
                return given
            name = snake_case(shape.name)
            if _SET_BY_SERVERS.fullmatch(name):
                return False
            if name == "id" and len(inside) == 2 and _CREATING.match(inside[0].rpartition(".")[2]):
                return False  # of what is created: the server will give it one
        if shape.is_map:
            return self._set_map(getattr(message, shape.name), shape, inside)
        if shape.kind.is_message:
            return self._set_message(message, shape, inside)
        value = self.scalar(shape, comment)
        if value is None:
            if not shape.is_required:
                return False
            value = shape.default
        if shape.is_repeated:
            values = [value, self.with_seed(self._seed + 1).scalar(shape, comment)][: 1 + self._seed % 2]
            getattr(message, shape.name).extend(one for one in values if one is not None)
        else:
            setattr(message, shape.name, value)
        return True

    def _from_comment(self, message: Message, shape: FieldShape, comment: str) -> bool | None:
        """Take the value that the comment names; None where it names none that fits."""
        found = _EXAMPLE.search(comment)
        if found is None:
            return None
        try:
            value, end = json.JSONDecoder().raw_decode(comment, found.end())
        except (ValueError, RecursionError):
            return None
        if value is None:
            return False
        text = comment[found.end() : end]
        if shape.is_repeated and not isinstance(value, list):
            text = f"[{text}]"
        descriptor: Any = descriptor_of(message)
        try:
            part = message_from_json(f'{{"{shape.json_name}": {text}}}', descriptor, self._schema)
        except JsonError:
            return None
        type(message).MergeFrom(message, part)
        return bool(set_fields(part))

    def _set_message(self, message: Message, shape: FieldShape, inside: tuple[str, ...]) -> bool:
        if not shape.is_required and not self._may_enter(shape.message_name or "", inside):
            return False
        if len(inside) > _DEEPEST_REQUIRED:
            return False  # a type that requires itself has no valid message; serialising says so
        container: Any = getattr(message, shape.name)
        if shape.is_repeated:
            self.fill_value(container.add(), shape, inside)
        else:
            type(container).SetInParent(container)
            if not self.fill_value(container, shape, inside) and not shape.is_required:
                type(message).ClearField(message, shape.name)
                return False
        return True

    def _may_enter(self, name: str, inside: tuple[str, ...]) -> bool:
        return name not in inside and len(inside) < _DEEPEST and self._fields_left > 0

    def fill_value(self, message: Any, shape: FieldShape, inside: tuple[str, ...]) -> bool:
        """Fill one message; False where it had better be left out."""
        name = descriptor_of(message).full_name
        if name == "google.protobuf.Timestamp":
            message.seconds = self.moment(shape)
        elif name == "google.protobuf.Duration":
            message.seconds = int(example_number(f"{shape.name}_seconds", self._seed) or 30)
        elif name == _FIELD_MASK:
            return False  # filled when its neighbours are
        elif name == "google.protobuf.Struct":
            message.fields["key"].string_value = "value"
        elif name == "google.protobuf.Value":
            message.string_value = example_text(shape.name, "", self._seed) or "value"
        elif name == "google.protobuf.ListValue":
            message.values.add().string_value = "first"
            message.values.add().number_value = 2
        elif name == "google.protobuf.Any":
            return self._fill_any(message)
        elif name in WRAPPER_TYPES:
            value = self.scalar(message_fields(descriptor_of(message))[0], "", name=shape.name)
            if value is None:
                return False
            message.value = value
        else:
            self.fill(message, inside)
        return True

    def _fill_any(self, message: Any) -> bool:
        url = "type.googleapis.com/google.protobuf.StringValue"
        descriptor = self._schema.resolve_type_url(url)
        if descriptor is None:
            return False
        inner: Any = GetMessageClass(descriptor)()
        inner.value = "any message of the schema"
        message.type_url = url
        message.value = inner.SerializeToString()
        return True

    def moment(self, shape: FieldShape) -> int:
        """Seconds since 1970 for a Timestamp; ends come a day after beginnings."""
        is_end = re.match(r"(end|expir|until|due|to_|finish|deadline)", snake_case(shape.name))
        return _MOMENTS[self._seed % len(_MOMENTS)] + (86_400 if is_end else 0)

    def _set_map(self, container: Any, shape: FieldShape, inside: tuple[str, ...]) -> bool:
        assert shape.key is not None
        assert shape.value is not None
        key: Any = "key"
        if shape.key.kind is not FieldKind.STRING:
            key = True if shape.key.kind is FieldKind.BOOL else self._seed % 100 + 1
        if shape.value.kind.is_message:
            if not self._may_enter(shape.value.message_name or "", inside):
                return False
            self.fill_value(container[key], shape.value, inside)
            return True
        value = self.scalar(shape.value, "", name="value")
        container[key] = shape.value.default if value is None else value
        return True

    def scalar(self, shape: FieldShape, comment: str, name: str = "") -> Any:
        """A value for the field, None to leave it unset."""
        name = name or shape.name
        kind = shape.kind
        if kind is FieldKind.STRING:
            return example_text(name, comment, self._seed)
        if kind is FieldKind.BYTES:
            return None if example_text(name, "", self._seed) is None else b"Hello from Wirelens"
        if kind is FieldKind.BOOL:
            return example_flag(name)
        if kind is FieldKind.ENUM:
            return self._enum_number(shape)
        number = example_number(name, self._seed)
        if number is None or shape.integer_range is None:
            return number
        low, high = shape.integer_range
        return min(max(int(number), low), high)

    def _enum_number(self, shape: FieldShape) -> int:
        """A value that says something: not 0, which mostly means unspecified, and none that is deprecated."""
        telling = [value.number for value in shape.enum_values if value.number > 0 and not value.deprecated]
        return telling[self._seed % len(telling)] if telling else shape.enum_values[0].number

    def _fill_field_masks(self, message: Message) -> None:
        """A mask names the fields of the one message beside it: `update_mask` beside `user`."""
        masks: list[FieldShape] = []
        others: list[FieldShape] = []
        for shape in message_fields(descriptor_of(message)):
            if shape.message_name == _FIELD_MASK and not shape.is_repeated:
                masks.append(shape)
            elif shape.kind is FieldKind.MESSAGE and shape.has_presence and type(message).HasField(message, shape.name):
                others.append(shape)
        if (
            len(masks) != 1
            or len(others) != 1
            or type(message).HasField(message, masks[0].name)
            or masks[0].oneof is not None
        ):
            return
        beside: Message = getattr(message, others[0].name)
        names = [descriptor.name for descriptor, _ in set_fields(beside)]
        names = [name for name in names if name != "id" and re.fullmatch(r"[a-z]+(_[a-z]+)*", name)]
        if names and others[0].message_name not in WRAPPER_TYPES:
            getattr(message, masks[0].name).paths.extend(names[:2])
