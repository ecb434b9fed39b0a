"""Text that is looked for in messages as a person reads them, without making JSON of any.

What is read of a message: the names of the fields that are set (as the .proto and as JSON have them), texts, names of
enum values, numbers, true and false, keys of maps, and well-known types as JSON has them. Bytes are searched for the
text itself, not for their base64. Upper and lower case are the same.

Texts stand in a serialized message as they are. So they are looked for in the bytes first, in many messages at once;
only what is written in another way (numbers, names) is looked for in every message, and only where this needle could
be part of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldKind, FieldShape, message_extensions, message_fields
from wirelens.engine.messages.json_writing import float_to_json, shortest_float
from wirelens.engine.messages.message_filter.comparison import as_text, json_text, special_text
from wirelens.engine.messages.message_filter.field_path import FieldPath, Step, Test, map_entries, step_check
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, WRAPPER_TYPES
from wirelens.engine.schema.schema import Schema

_NUMERIC = re.compile(r"[0-9.+\-e]+|[-infatyn]+")  # -Infinity and NaN too
_IN_TIMES = re.compile(r"[0-9.:+\-tzs]+")
_DEEPEST = 50  # Any within Any
_ANY, _NULL = "google.protobuf.Any", "google.protobuf.NullValue"
_NUMBER_OF_VALUE = "google.protobuf.Value.number_value"
_AS_JSON = frozenset(f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask"))

Checks: TypeAlias = tuple[Callable[[Any], bool], ...]


@dataclass(frozen=True, slots=True)
class _TypeChecks:
    """What is asked of a message of one type: in its texts, and in what its bytes do not show."""

    texts: Checks
    others: Checks


class TextNeedle:
    """One text, looked for in messages of one type."""

    def __init__(self, text: str, descriptor: Descriptor, schema: Schema) -> None:
        self._needle = text.lower()
        self._schema = schema
        self._depth = 0
        self._by_type: dict[str, _TypeChecks] = {}
        self._reach: dict[tuple[str, bool], bool] = {}
        self.descriptor = descriptor
        self.in_bytes = _bytes_pattern(self._needle)  # finds it in bytes whose ASCII letters were lowered

    @cached_property
    def is_always_in_bytes(self) -> bool:
        """Whether a message of the type that has the needle has it in its bytes."""
        return not self._reaches(self.descriptor, in_texts=False)  # a look at all types: left to who filters

    def found_in_texts(self, message: Message) -> bool:
        """Whether a text of the message has it; never where the message's bytes do not."""
        return self._found(message, self.descriptor, in_texts=True)

    def found_elsewhere(self, message: Message) -> bool:
        """Whether a name or a number of the message has it."""
        return self._found(message, self.descriptor, in_texts=False)

    # -- reading messages

    def _found(self, message: Message, descriptor: Descriptor, *, in_texts: bool) -> bool:
        checks = self._by_type.get(descriptor.full_name) or self._checks(descriptor)
        for check in checks.texts if in_texts else checks.others:  # noqa: SIM110 - any() takes twice as long
            if check(message):
                return True
        return False

    def _checks(self, descriptor: Descriptor) -> _TypeChecks:
        shapes = (*message_fields(descriptor), *message_extensions(descriptor))
        made = _TypeChecks(
            tuple(check for shape in shapes if (check := self._field_check(shape, descriptor, in_texts=True))),
            tuple(check for shape in shapes if (check := self._field_check(shape, descriptor, in_texts=False))),
        )
        self._by_type[descriptor.full_name] = made
        return made

    def _field_check(self, shape: FieldShape, owner: Descriptor, *, in_texts: bool) -> Test | None:
        if not in_texts and self._is_named(shape, owner):
            return FieldPath((Step(shape),)).presence()
        if shape.is_map:
            return self._map_check(shape, in_texts=in_texts)
        of_value = self._value_test(shape, in_texts=in_texts)
        if of_value is None:
            return None
        is_shown_as_default = shape.has_presence or shape.is_repeated or owner.full_name in WRAPPER_TYPES
        test: Test = of_value if is_shown_as_default or in_texts else _unless_default(of_value)
        return step_check(Step(shape), test)

    def _map_check(self, shape: FieldShape, *, in_texts: bool) -> Test | None:
        assert shape.key is not None
        assert shape.value is not None
        keys, values = (self._value_test(part, in_texts=in_texts) for part in (shape.key, shape.value))
        if keys is None and values is None:
            return None
        return lambda message: any(
            (keys is not None and keys(key)) or (values is not None and values(value))
            for key, value in map_entries(message, shape)
        )

    def _value_test(self, shape: FieldShape, *, in_texts: bool) -> Test | None:
        """Whether one value of a field reads so; None where none of them ever can."""
        if shape.kind.is_message:
            return self._message_test(shape, in_texts=in_texts)
        if in_texts:
            return self._text_test(shape.kind)
        return self._other_test(shape)

    def _text_test(self, kind: FieldKind) -> Test | None:
        needle, search = self._needle, self.in_bytes.search
        if kind is FieldKind.STRING:
            return lambda value: needle in as_text(value).lower()
        if kind is FieldKind.BYTES:
            return lambda value: search(value.lower()) is not None
        return None

    def _other_test(self, shape: FieldShape) -> Test | None:
        needle, kind = self._needle, shape.kind
        if kind in (FieldKind.STRING, FieldKind.BYTES):
            return None
        if kind is FieldKind.BOOL:
            shown = {value for value, text in ((True, "true"), (False, "false")) if needle in text}
            return shown.__contains__ if shown else None
        if kind is FieldKind.ENUM:
            return self._enum_test(shape)
        if not _NUMERIC.fullmatch(needle):
            return None
        if shape.descriptor.full_name == _NUMBER_OF_VALUE:
            return lambda value: needle in _dynamic_number(value)
        if kind is FieldKind.FLOAT:
            return lambda value: needle in json_text(float_to_json(shortest_float(value))).lower()
        if kind is FieldKind.DOUBLE:
            return lambda value: needle in json_text(float_to_json(value)).lower()
        return lambda value: needle in str(value)

    def _enum_test(self, shape: FieldShape) -> Test | None:
        needle = self._needle
        if shape.enum_name == _NULL:
            return (lambda _value: True) if needle in "null" else None
        shown = {value.number for value in shape.enum_values if needle in value.name.lower()}
        if needle.removeprefix("-").isdigit() or needle == "-":
            named = {value.number for value in shape.enum_values}
            return lambda value: value in shown or (value not in named and needle in str(value))
        return shown.__contains__ if shown else None

    def _message_test(self, shape: FieldShape, *, in_texts: bool) -> Test | None:
        descriptor, needle = shape.message_type, self._needle
        assert descriptor is not None
        if not self._reaches(descriptor, in_texts=in_texts):
            return None
        if descriptor.full_name == _ANY and not in_texts:
            return self._any
        found = partial(self._found, descriptor=descriptor, in_texts=in_texts)
        if descriptor.full_name in _AS_JSON:
            return lambda message: needle in text.lower() if (text := special_text(message)) else found(message)
        return found

    def _any(self, message: Any) -> bool:
        descriptor = self._schema.resolve_type_url(message.type_url) if message.type_url else None
        if descriptor is None or self._depth >= _DEEPEST:
            return False  # its bytes are searched as bytes
        try:
            inner = GetMessageClass(descriptor).FromString(message.value)
        except DecodeError:
            return False
        self._depth += 1
        try:
            return self._found(inner, descriptor, in_texts=False)
        finally:
            self._depth -= 1

    # -- what there is to be read of a type

    def _reaches(self, root: Descriptor, *, in_texts: bool) -> bool:
        """Whether a message of the type, or one within it, can have the needle in that way."""
        known = self._reach.get((root.full_name, in_texts))
        if known is not None:
            return known
        waiting, seen, result = [root], {root.full_name}, False
        while waiting and not result:
            descriptor = waiting.pop()
            result = self._has_own(descriptor, in_texts=in_texts)
            for shape in (*message_fields(descriptor), *message_extensions(descriptor)):
                inner = shape.value.message_type if shape.value is not None else shape.message_type
                if inner is not None and inner.full_name not in seen:
                    seen.add(inner.full_name)
                    waiting.append(inner)
        self._reach[root.full_name, in_texts] = result
        return result

    def _has_own(self, descriptor: Descriptor, *, in_texts: bool) -> bool:
        if descriptor.full_name in _AS_JSON:
            is_mask = descriptor.full_name.endswith("FieldMask")  # whose JSON has names in another case
            return not in_texts and (is_mask or _IN_TIMES.fullmatch(self._needle) is not None)
        if descriptor.full_name == _ANY and not in_texts:
            return True
        for shape in (*message_fields(descriptor), *message_extensions(descriptor)):
            if not in_texts and self._is_named(shape, descriptor):
                return True
            parts = (shape.key, shape.value) if shape.is_map else (shape,)
            for part in parts:
                if part is not None and not part.kind.is_message and self._value_test(part, in_texts=in_texts):
                    return True
        return False

    def _is_named(self, shape: FieldShape, owner: Descriptor) -> bool:
        """Whether the field's name has the needle; fields of well-known types are not named in JSON."""
        if owner.full_name in SPECIAL_TYPES:
            return False
        return self._needle in shape.path_name.lower() or self._needle in shape.json_name.lower()


def _unless_default(test: Test) -> Test:
    """A field without presence is not shown where it holds its default."""
    return lambda value: bool(value) and test(value)


def _dynamic_number(number: float) -> str:
    """The number of a google.protobuf.Value, whole ones without a fraction."""
    is_whole = number.is_integer() and abs(number) < 2**53
    return json_text(int(number) if is_whole else float_to_json(number)).lower()


def _bytes_pattern(needle: str) -> re.Pattern[bytes]:
    """Finds a lower-case needle in bytes whose ASCII letters are lower case."""
    parts: list[bytes] = []
    for character in needle:
        spellings = {character, character.upper(), character.title()}
        encoded = {re.escape(each.encode("utf-8", "surrogatepass").lower()) for each in spellings}
        parts.append(encoded.pop() if len(encoded) == 1 else b"(?:" + b"|".join(sorted(encoded)) + b")")
    return re.compile(b"".join(parts))
