"""Messages against the `buf.validate` rules of their schema, checked by the protovalidate library.

A broken rule is no mistake: the message can be sent, and the server decides. The library is imported when a schema
with rules is first asked about; that takes a tenth of a second, so `prepare` does it in a worker thread.
"""

import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from google.protobuf.message import Message

from wirelens.engine.messages.fields import is_map_field
from wirelens.engine.messages.json_reading import Place, place_text
from wirelens.engine.messages.message_plan import descriptor_of, set_fields
from wirelens.engine.messages.rules import has_rules
from wirelens.engine.schema.schema import Schema

# Bytes of a message. The library keeps the interpreter to itself: 0.2 µs a byte when measured, 10 µs a broken rule.
LARGEST = 48 * 1024
LARGEST_FOR_ALL = 8 * 1024  # above it only the first broken rule is looked for


# From the message down: a field's name, a position in a list, a map's key in a tuple of its own.
Steps: TypeAlias = tuple[str | int | tuple[Any], ...]


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that a message breaks.

    `steps` lead to what breaks it, the message itself where there are none; a rule of a oneof has the oneof's name as
    last step. `for_key` tells that a map's key breaks the rule, not its value.
    """

    steps: Steps
    sentence: str
    rule_id: str
    for_key: bool = False

    @property
    def field_path(self) -> str:
        """The place as in JsonError: `user.tags[2]`, empty for the message itself."""
        place: Place = None
        for step in self.steps:
            # JSON, which errors quote, writes the keys true and false
            is_flag = isinstance(step, tuple) and isinstance(step[0], bool)
            place = (place, (str(step[0]).lower(),) if is_flag and isinstance(step, tuple) else step)
        return place_text(place)


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

    def check(self, message: Message, *, first_only: bool) -> RuleFindings:
        try:
            with self._lock:
                found = self._validator.collect_violations(message, fail_fast=first_only)
        except Exception as error:  # rules come from any server, and the library says their faults in many ways
            return self._check_parts(message, str(error).partition("\n")[0].strip(), first_only=first_only)
        told = f"of a message over {LARGEST_FOR_ALL // 1024} KB only the first broken rule is told"
        return RuleFindings(
            tuple(_broken_rule(violation.proto) for violation in found), told if found and first_only else ""
        )

    def _check_parts(self, message: Message, reason: str, *, first_only: bool) -> RuleFindings:
        """What is within a message that cannot be checked as a whole: its parts may be sound."""
        broken: list[BrokenRule] = []
        problem = ""
        for steps, part in _parts(message):
            findings = self.check(part, first_only=first_only)
            broken += [replace(one, steps=(*steps, *one.steps)) for one in findings.broken]
            problem = problem or findings.problem
        problem = problem or f"a rule of {descriptor_of(message).name} cannot be checked: {reason}"
        return RuleFindings(tuple(broken), problem)


def _parts(message: Message) -> Iterator[tuple[Steps, Message]]:
    """The messages in the fields of a message, with where they are."""
    for field, value in set_fields(message):
        name = f"[{field.full_name}]" if field.is_extension else field.name
        if is_map_field(field):
            yield from (((name, (key,)), value[key]) for key in value if isinstance(value[key], Message))
        elif field.message_type is not None and field.is_repeated:
            yield from (((name, index), part) for index, part in enumerate(value))
        elif field.message_type is not None:
            yield (name,), value


_checkers: "weakref.WeakKeyDictionary[Schema, _Checker]" = weakref.WeakKeyDictionary()
_checkers_lock = threading.Lock()


def prepare(schema: Schema) -> None:
    """Do what the first check of a schema would otherwise wait for; nothing where it has no rules."""
    if has_rules(schema):
        _checker(schema)


def broken_rules(message: Message, schema: Schema) -> RuleFindings:
    """The rules of `schema` that `message`, a message of it, breaks.

    Never raises: a rule whose definition is broken is told in `problem`, and what its message holds is checked part by
    part then; the other rules of that one message are not. `problem` also tells of a message over LARGEST, and of one
    that lacks required fields. Of a message over LARGEST_FOR_ALL the first broken rule stands for all.
    """
    if not has_rules(schema):
        return NOTHING_FOUND
    if not type(message).IsInitialized(message):
        return RuleFindings(problem="rules are checked as soon as all required fields are set")
    size = type(message).ByteSize(message)
    if size > LARGEST:
        return RuleFindings(problem=f"the rules of messages over {LARGEST // 1024} KB are left to the server")
    return _checker(schema).check(message, first_only=size > LARGEST_FOR_ALL)


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
