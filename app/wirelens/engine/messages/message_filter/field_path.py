"""Paths of filter expressions bound to a message type: `user.tags[2]`, `labels["team"]`, `items[].price`.

A list without brackets, or with empty ones, stands for any of its elements; so does a map for any of its values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from wirelens.engine.errors import FilterError
from wirelens.engine.messages.field_access import presence_check, value_getter
from wirelens.engine.messages.fields import INTEGER_RANGES, FieldKind, FieldShape, message_extensions
from wirelens.engine.messages.message_filter.expression import Segment
from wirelens.engine.messages.message_plan import WRAPPER_TYPES, message_plan
from wirelens.engine.messages.raw_fields import raw_map_entries
from wirelens.engine.schema.near_names import did_you_mean

Test: TypeAlias = Callable[[Any], bool]

_VALUE, _STRUCT, _LIST = (f"google.protobuf.{name}" for name in ("Value", "Struct", "ListValue"))


@dataclass(frozen=True, slots=True)
class Step:
    """A field, and of a list or map which of its values: `index`, `key`, or any where both are None."""

    shape: FieldShape
    index: int | None = None
    key: Any = None


@dataclass(frozen=True, slots=True)
class FieldPath:
    """The way from a message to the values of a field, by at least one step."""

    steps: tuple[Step, ...]

    @property
    def leaf(self) -> FieldShape:
        """The shape of one value at the end."""
        shape = self.steps[-1].shape
        return shape.value if shape.is_map and shape.value is not None else shape

    def matcher(self, test: Test) -> Callable[[Message], bool]:
        """Whether any value at the end of the path passes `test`. What is not there passes nothing.

        A field without presence always has a value where the message around it is there.
        """
        check = test
        for step in reversed(self.steps):
            check = step_check(step, check)
        return check

    def presence(self) -> Callable[[Message], bool]:
        """Whether what the path names is set: sent, and not the default where that cannot be told apart."""
        last = self.steps[-1]
        check = _is_set(last)
        for step in reversed(self.steps[:-1]):
            check = step_check(step, check)
        return check


def bound_path(segments: Sequence[Segment], descriptor: Descriptor) -> FieldPath:
    """The path in a message type; names are those of the .proto or of JSON.

    Raises:
        FilterError: there is no such field, or what stands in brackets does not go with it. It names what is near.
    """
    return _Binder(segments, descriptor).path()


class _Binder:
    def __init__(self, segments: Sequence[Segment], descriptor: Descriptor) -> None:
        self._segments = list(segments)
        self._at = 0
        self._type: Descriptor | None = descriptor
        self._steps: list[Step] = []

    def path(self) -> FieldPath:
        while self._at < len(self._segments):
            self._advance(self._segments[self._at])
        return FieldPath(tuple(self._steps))

    def _advance(self, segment: Segment) -> None:
        descriptor = self._type
        if descriptor is None:
            raise self._wrong(segment, f"{self._steps[-1].shape.path_name} has nothing below it")
        # Struct, Value and ListValue are read as the JSON that they stand for.
        if descriptor.full_name == _VALUE:
            is_element = segment.in_brackets and not segment.is_quoted and _is_index(segment.text)
            self._enter(_field(descriptor, "list_value" if is_element else "struct_value"), None)
        elif descriptor.full_name == _STRUCT:
            self._at += 1
            self._enter(_field(descriptor, "fields"), segment if segment.text else None)
        elif descriptor.full_name == _LIST:
            self._at += 1
            self._enter(_field(descriptor, "values"), segment)
        else:
            self._name(segment, descriptor)

    def _name(self, segment: Segment, descriptor: Descriptor) -> None:
        shape = _found(segment, descriptor)
        if shape is None:
            if segment.in_brackets and not self._is_extension_name(segment):
                raise self._wrong(segment, "brackets stand behind a list or a map")
            raise self._unknown(segment, descriptor)
        self._at += 1
        selector = None
        if (shape.is_repeated or shape.is_map) and self._at < len(self._segments):
            following = self._segments[self._at]
            if following.in_brackets:
                selector = following
                self._at += 1
        self._enter(shape, selector)

    def _unknown(self, segment: Segment, descriptor: Descriptor) -> FilterError:
        what, wanted, shapes = "field", segment.text, message_plan(descriptor).shapes
        if segment.in_brackets and (extensions := message_extensions(descriptor)):
            what, wanted, shapes = "extension", f"[{segment.text}]", extensions
        names = [each.path_name for each in shapes]
        return FilterError(
            f"{descriptor.name} has no {what} {wanted}",
            offset=segment.start,
            length=segment.end - segment.start,
            next_step=did_you_mean(wanted, names) or _few(names, what),
        )

    def _is_extension_name(self, segment: Segment) -> bool:
        return not segment.is_quoted and "." in segment.text

    def _enter(self, shape: FieldShape, selector: Segment | None) -> None:
        value = shape
        step = Step(shape)
        if shape.is_map:
            assert shape.key is not None
            assert shape.value is not None
            value = shape.value
            if selector is not None and (selector.text or selector.is_quoted):
                step = Step(shape, key=self._key(shape.key, selector))
        elif shape.is_repeated and selector is not None and selector.text:
            if not _is_index(selector.text) or selector.is_quoted:
                raise self._wrong(selector, f"{shape.path_name} is a list: [2] or [] goes with it")
            step = Step(shape, index=int(selector.text))
        self._steps.append(step)
        self._type = value.message_type

    def _key(self, key: FieldShape, selector: Segment) -> Any:
        text = selector.text
        if key.kind is FieldKind.STRING:
            return text
        if key.kind is FieldKind.BOOL and text in ("true", "false"):
            return text == "true"
        if key.kind is not FieldKind.BOOL:
            try:
                number = int(text)
            except ValueError:
                number = None
            low, high = INTEGER_RANGES[key.kind]
            if number is not None and low <= number <= high:
                return number
        raise self._wrong(selector, f"a key of this map is {_a(key.type_name)}")

    def _wrong(self, segment: Segment, sentence: str) -> FilterError:
        return FilterError(sentence, offset=segment.start, length=segment.end - segment.start)


def _found(segment: Segment, descriptor: Descriptor) -> FieldShape | None:
    if not segment.in_brackets:
        return message_plan(descriptor).by_json_name.get(segment.text)
    names = (shape for shape in message_extensions(descriptor) if shape.json_name == f"[{segment.text}]")
    return next(names, None)


def _field(descriptor: Descriptor, name: str) -> FieldShape:
    return message_plan(descriptor).by_json_name[name]


def _is_index(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def _few(names: Sequence[str], what: str) -> str:
    if not names:
        return f"it has no {what}s"
    shown = ", ".join(names[:6])
    return f"its {what}s are {shown}{' …' if len(names) > 6 else ''}"


def step_check(step: Step, check: Test) -> Callable[[Any], bool]:
    """Whether any of the step's values passes `check`, asked of the message around them."""
    shape, get = step.shape, value_getter(step.shape)
    if shape.is_map:
        key = step.key
        if key is not None:
            return lambda message: any(check(value) for held, value in map_entries(message, shape) if held == key)
        return lambda message: any(check(value) for _key, value in map_entries(message, shape))
    if shape.is_repeated:
        index = step.index
        if index is not None:
            return lambda message: len(values := get(message)) > index and check(values[index])
        return lambda message: any(map(check, get(message)))
    if shape.has_presence:
        has = presence_check(shape)
        return lambda message: has(message) and check(get(message))
    return lambda message: check(get(message))


def _is_set(step: Step) -> Callable[[Any], bool]:
    shape, get = step.shape, value_getter(step.shape)
    if shape.is_map:
        if step.key is None:
            return lambda message: len(get(message)) > 0
        return step_check(step, lambda _value: True)
    if shape.is_repeated:
        least = step.index or 0
        return lambda message: len(get(message)) > least
    if shape.has_presence:
        return presence_check(shape)
    return lambda message: bool(get(message))


def map_entries(message: Any, shape: FieldShape) -> list[tuple[Any, Any]]:
    """The entries of a map field; keys and texts that are no UTF-8 come as bytes."""
    try:
        return list(value_getter(shape)(message).items())
    except (UnicodeDecodeError, TypeError):
        return raw_map_entries(message, shape)


def is_wrapper(shape: FieldShape) -> bool:
    """Whether a value is one of google.protobuf's wrappers, which stand for what is in them."""
    return shape.message_name in WRAPPER_TYPES
