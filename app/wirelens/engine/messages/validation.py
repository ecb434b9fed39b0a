"""Messages against the `buf.validate` rules of their schema, checked by the protovalidate library.

A broken rule is no mistake: the message can be sent, and the server decides. The library is imported when a schema
with rules is first asked about; that takes a tenth of a second, so `prepare` does it in a worker thread.

It keeps the interpreter to itself while it works: 0.2 µs a byte of the message when measured, 10 µs a broken rule.
What a window shows is therefore checked in a child process, see `rule_process`.
"""

import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import is_map_field
from wirelens.engine.messages.json_reading import Place, place_text
from wirelens.engine.messages.message_plan import descriptor_of, set_fields
from wirelens.engine.messages.rules import IGNORE_ALWAYS, field_rules, has_rules
from wirelens.engine.schema.schema import Schema

_ANY = "google.protobuf.Any"
_LONGEST_REASON = 160  # characters of what the library says
_DEEPEST_ANY = 100  # one within the other

# From the message down: a field's name, a position in a list, a map's key in a tuple of its own.
Steps: TypeAlias = tuple[str | int | tuple[Any], ...]


@dataclass(frozen=True, slots=True)
class TextMark:
    """Where JSON text shows a broken rule: characters from `offset` on, in `line` and `column` (1-based).

    `missing` is the path, from what is marked down, of what breaks the rule because it is not in the text.
    """

    offset: int
    length: int
    line: int
    column: int
    missing: str = ""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that a message breaks.

    `steps` lead to what breaks it, the message itself where there are none; a rule of a oneof has the oneof's name as
    last step. The steps of an Any lead on into the message inside. `for_key` tells that a map's key breaks the rule,
    not its value. `mark` is there where the message was read from JSON text.
    """

    steps: Steps
    sentence: str
    rule_id: str
    for_key: bool = False
    mark: TextMark | None = None

    @property
    def field_path(self) -> str:
        """The place as in JsonError: `user.tags[2]`, empty for the message itself."""
        return steps_text(self.steps)


def steps_text(steps: Steps) -> str:
    """Steps as people read them: `user.tags[2]`."""
    place: Place = None
    for step in steps:
        place = (place, (key_text(step[0]),) if isinstance(step, tuple) else step)
    return place_text(place)


def key_text(key: Any) -> str:
    """A map's key as JSON, which errors quote, writes it between its quotes."""
    return str(key).lower() if isinstance(key, bool) else str(key)


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """What a check found; `problem` says why it could not look at all rules, empty where it could."""

    broken: tuple[BrokenRule, ...] = ()
    problem: str = ""


NOTHING_FOUND = RuleFindings()


class _Checker:
    """The library's validator for one schema, with the rules it has compiled; it serves one thread at a time."""

    def __init__(self) -> None:
        from protovalidate import Validator

        self._validator = Validator()
        self._lock = threading.Lock()

    def check(self, message: Message) -> RuleFindings:
        try:
            with self._lock:
                found = self._validator.collect_violations(message)
        except Exception as error:  # rules come from any server, and the library says their faults in many ways
            return self._check_parts(message, _shortened(str(error).partition("\n")[0].strip()))
        return RuleFindings(tuple(_broken_rule(violation.proto) for violation in found))

    def _check_parts(self, message: Message, reason: str) -> RuleFindings:
        """What can be said of a message that cannot be checked as a whole: its parts may be sound, or all but one."""
        sound: list[BrokenRule] = []
        broken: list[BrokenRule] = []
        problem = ""
        faulty: list[FieldDescriptor] = []
        for field, value in set_fields(message):
            found = [(steps, self.check(part)) for steps, part in _parts_of(field, value)]
            said = next((findings.problem for _, findings in found if findings.problem), "")
            for steps, findings in found:
                (broken if said else sound).extend(_below(steps, findings.broken))
            if said:
                problem = problem or said
                faulty.append(field)
        rest = _without(message, faulty) if faulty else None
        if rest is not None:
            findings = self.check(rest)
            names = {_step(field) for field in faulty}
            # what is asked of the message as a whole may be about what was left out
            sound = [one for one in findings.broken if one.steps and one.steps[0] not in names]
        problem = problem or f"a rule of {descriptor_of(message).name} cannot be checked: {reason}"
        return RuleFindings((*sound, *broken), problem)


def _without(message: Message, fields: Iterable[FieldDescriptor]) -> Message | None:
    """A copy without some fields; None where it would not be a message then."""
    copy = type(message)()
    type(message).CopyFrom(copy, message)
    for field in fields:
        if field.is_extension:
            type(message).ClearExtension(copy, field)  # type: ignore[arg-type]  # the stubs know generated ones only
        else:
            type(message).ClearField(copy, field.name)
    return copy if type(copy).IsInitialized(copy) else None


def _step(field: FieldDescriptor) -> str:
    return f"[{field.full_name}]" if field.is_extension else field.name


def _parts_of(field: FieldDescriptor, value: Any) -> Iterator[tuple[Steps, Message]]:
    """The messages in a field of a message, with where they are."""
    name = _step(field)
    if is_map_field(field):
        yield from (((name, (key,)), value[key]) for key in value if isinstance(value[key], Message))
    elif field.message_type is not None and field.is_repeated:
        yield from (((name, index), part) for index, part in enumerate(value))
    elif field.message_type is not None:
        yield (name,), value


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"


def _below(steps: Steps, broken: Iterable[BrokenRule]) -> Iterator[BrokenRule]:
    """What is broken within the message that `steps` lead to, seen from further up."""
    return (replace(one, steps=(*steps, *one.steps)) for one in broken)


def _anys(message: Message) -> Iterator[tuple[Steps, Message]]:
    """Every Any in a message, with where it is; those that the rules tell to ignore are left out."""
    if descriptor_of(message).full_name == _ANY:
        yield (), message
        return
    waiting: list[tuple[Steps, Message]] = [((), message)]
    while waiting:
        around, holder = waiting.pop()
        for field, value in set_fields(holder):
            if not (field.is_extension or _holds_any(field)) or field.message_type is None:
                continue
            if getattr(field_rules(field), "ignore", 0) == IGNORE_ALWAYS:
                continue
            for steps, part in _parts_of(field, value):
                here = ((*around, *steps), part)
                if descriptor_of(part).full_name == _ANY:
                    yield here
                else:
                    waiting.append(here)


@lru_cache(maxsize=2048)
def _holds_any(field: FieldDescriptor) -> bool:
    """Whether an Any can be in the field, however deep, so that a message without any is not walked through."""
    if field.message_type is None:
        return False
    seen: set[str] = set()
    waiting: list[Descriptor] = [field.message_type]
    while waiting:
        descriptor = waiting.pop()
        if descriptor.full_name == _ANY or descriptor.is_extendable:
            return True
        if descriptor.full_name not in seen:
            seen.add(descriptor.full_name)
            waiting += [each.message_type for each in descriptor.fields if each.message_type is not None]
    return False


_checkers: "weakref.WeakKeyDictionary[Schema, _Checker]" = weakref.WeakKeyDictionary()
_checkers_lock = threading.Lock()


def prepare(schema: Schema) -> None:
    """Do what the first check of a schema would otherwise wait for; nothing where it has no rules."""
    if has_rules(schema):
        _checker(schema)


def broken_rules(message: Message, schema: Schema) -> RuleFindings:
    """The rules of `schema` that `message`, a message of it, breaks; what is packed in an Any is looked at too.

    Never raises: a rule whose definition is broken is told in `problem`. The other rules of its message are not checked
    then, nor those of the messages around it that are about a message as a whole; all others are. `problem` also tells
    of a message that lacks required fields.
    """
    if not has_rules(schema):
        return NOTHING_FOUND
    if not type(message).IsInitialized(message):
        return RuleFindings(problem="rules are checked as soon as all required fields are set")
    return _broken_rules(message, schema, 0)


def _broken_rules(message: Message, schema: Schema, depth: int) -> RuleFindings:
    findings = _checker(schema).check(message)
    broken, problem = list(findings.broken), findings.problem
    for steps, packed in _anys(message) if depth < _DEEPEST_ANY else ():
        inner = _unpacked(packed, schema)
        if inner is not None:
            found = _broken_rules(inner, schema, depth + 1)
            broken += _below(steps, found.broken)
            problem = problem or found.problem
    return RuleFindings(tuple(broken), problem)


def _unpacked(packed: Any, schema: Schema) -> Message | None:
    """The message in an Any; None where its type is not known, or its bytes are no whole message of it."""
    descriptor = schema.resolve_type_url(packed.type_url) if packed.type_url else None
    if descriptor is None:
        return None
    try:
        inner = GetMessageClass(descriptor).FromString(packed.value)
    except DecodeError:
        return None
    return inner if type(inner).IsInitialized(inner) else None


def _checker(schema: Schema) -> _Checker:
    with _checkers_lock:
        if schema not in _checkers:
            _checkers[schema] = _Checker()
        return _checkers[schema]


def _broken_rule(violation: Any) -> BrokenRule:
    steps: list[str | int | tuple[Any]] = []
    for element in violation.field.elements if violation.field is not None else ():
        steps.append(element.field_name)
        if element.subscript is not None:
            key = element.subscript.value
            steps.append(key if element.subscript.field == "index" else (key,))
    sentence = violation.message or violation.rule_id or "breaks a rule of the schema"
    return BrokenRule(tuple(steps), sentence, violation.rule_id, bool(violation.for_key))
