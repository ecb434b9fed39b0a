"""Makes an example keep the `buf.validate` rules: check, change what breaks one, check again."""

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.messages.fields import FieldShape, field_shape, is_map_field
from wirelens.engine.messages.message_plan import WRAPPER_TYPES, descriptor_of, set_fields
from wirelens.engine.messages.rule_values import moment_candidates, scalar_candidates, span_candidates
from wirelens.engine.messages.rules import field_rules, message_rules
from wirelens.engine.messages.validation import BrokenRule, Steps, broken_rules

if TYPE_CHECKING:
    from wirelens.engine.messages.examples import Filler
    from wirelens.engine.schema.schema import Schema

_MOST_CHECKS = 40
_LARGEST = 48 * 1024  # bytes of a message that is checked; the window waits for its example
_MOST_ELEMENTS = 50  # that are made for one list or map
_MOST_CANDIDATES = 24  # for one place
_SECOND = 10**9


def keep_rules(message: Message, schema: "Schema", filler: "Filler") -> None:
    """Change `message` until it keeps the rules of `schema`, or until nothing more is known to try."""
    repair = _Repair(schema, filler)
    for _ in range(_MOST_CHECKS):
        if type(message).IsInitialized(message) and type(message).ByteSize(message) > _LARGEST:
            return
        findings = broken_rules(message, schema)
        changed = [repair.change(message, broken) for broken in _one_for_each_place(findings.broken)]
        if not any(changed):
            return


def _one_for_each_place(broken: tuple[BrokenRule, ...]) -> list[BrokenRule]:
    """Deeper places first: a list that is made anew loses what its elements were given."""
    places = {(one.steps, one.for_key): one for one in reversed(broken)}
    return sorted(places.values(), key=lambda one: -len(one.steps))


class _Repair:
    """Remembers for each place how much was tried there."""

    def __init__(self, schema: "Schema", filler: "Filler") -> None:
        self._schema = schema
        self._filler = filler
        self._tried: dict[tuple[Steps, bool], int] = {}

    def change(self, message: Message, broken: BrokenRule) -> bool:
        """Try the next thing at one place; False where there is none left."""
        key = (broken.steps, broken.for_key)
        attempt = self._tried.get(key, 0)
        self._tried[key] = attempt + 1
        if not broken.steps:
            return self._change_fields(message, None, broken.rule_id, attempt)
        found = _located(message, broken.steps)
        if found is None:
            return False
        holder, name, subscript = found
        field = descriptor_of(holder).fields_by_name.get(name)
        if field is None:
            return self._choose_member(holder, name, attempt)
        if subscript is not None:
            return self._change_element(holder, field, subscript, attempt, broken)
        if is_map_field(field) or field.is_repeated:
            return attempt < 3 and self._resize(holder, field, attempt)
        return self._set_value(holder, field, attempt, broken.rule_id)

    # -- messages and oneofs

    def _change_fields(self, message: Message, rules: Any, rule_id: str, attempt: int) -> bool:
        """Something for a rule of a message as a whole: what it says of groups, then the fields that it speaks of.

        Args:
            rules: those of the field that holds the message, None where none does.
        """
        if attempt == 0 and self._choose_fields(message):
            return True
        fields = _spoken_of(message, [message_rules(descriptor_of(message)), rules], rule_id)
        if attempt == 0 and len(fields) == 2 and _exchange(message, *fields):
            return True
        if attempt > 2:
            return False
        cleared = [_clear(message, field) for field in fields if attempt <= 1]
        if any(cleared):
            return True
        filled = [self._fill(message, field) for field in fields]
        return any(filled)

    def _choose_fields(self, message: Message) -> bool:
        """Groups of fields of which one may be set: keep the first, or set the first that can be."""
        rules = message_rules(descriptor_of(message))
        changed = False
        for group in getattr(rules, "oneof", ()):
            fields = [field for name in group.fields if (field := descriptor_of(message).fields_by_name.get(name))]
            present = [field for field in fields if any(field is one for one, _ in set_fields(message))]
            for field in present[1:]:
                changed |= _clear(message, field)
            if not present and group.required and fields:
                changed |= self._fill(message, fields[0])
        return changed

    def _choose_member(self, holder: Message, oneof: str, attempt: int) -> bool:
        found = descriptor_of(holder).oneofs_by_name.get(oneof)
        return found is not None and attempt < len(found.fields) and self._fill(holder, found.fields[attempt])

    # -- single values

    def _set_value(self, holder: Message, field: FieldDescriptor, attempt: int, rule_id: str) -> bool:
        is_required = rule_id == "required"
        rules = field_rules(field)
        candidates: list[Any] = []
        if field.message_type is None or field.message_type.full_name in WRAPPER_TYPES:
            candidates = self._candidates(field, rules)
            if attempt < len(candidates):
                _assign(holder, field, candidates[attempt])
                return True
        elif is_required:
            return attempt == 0 and self._fill(holder, field)
        else:
            value: Any = getattr(holder, field.name)
            if self._change_message(value, field, rules, attempt):
                return True
            if self._change_fields(value, rules, rule_id, attempt):
                return True
        if field.has_presence and not is_required and _clear(holder, field):
            return True  # an unset field keeps most rules
        if candidates and attempt == len(candidates):
            _assign(holder, field, candidates[0])  # nothing keeps the rules: the likeliest value is the best guess
        return False

    def _change_message(self, value: Any, field: FieldDescriptor, rules: Any, attempt: int) -> bool:
        """Try the next value of a well-known type."""
        name = descriptor_of(value).full_name
        kind = rules.WhichOneof("type") if rules is not None else None
        if kind == "timestamp" and name == "google.protobuf.Timestamp":
            moment = self._filler.moment(field_shape(field)) * _SECOND
            return _assign_span(value, list(islice(moment_candidates(rules.timestamp, moment), 12)), attempt)
        if kind == "duration" and name == "google.protobuf.Duration":
            return _assign_span(value, list(islice(span_candidates(rules.duration, 30 * _SECOND), 12)), attempt)
        if kind == "field_mask" and name == "google.protobuf.FieldMask" and attempt == 0:
            allowed = list(getattr(rules.field_mask, "in")) or list(rules.field_mask.const.paths)
            refused = set(rules.field_mask.not_in)
            paths = allowed[:1] or [path for path in value.paths if path not in refused]
            value.paths[:] = paths
            return bool(paths)
        if kind == "any" and name == "google.protobuf.Any":
            return self._change_any(value, getattr(rules.any, "in"), attempt)
        return False

    def _change_any(self, value: Any, allowed: Any, attempt: int) -> bool:
        descriptor = self._schema.resolve_type_url(allowed[attempt]) if attempt < len(allowed) else None
        if descriptor is None:
            return False
        inner = GetMessageClass(descriptor)()
        self._filler.fill(inner, ())
        keep_rules(inner, self._schema, self._filler)
        value.type_url, value.value = allowed[attempt], inner.SerializePartialToString()
        return True

    def _fill(self, holder: Message, field: FieldDescriptor) -> bool:
        """Set a field to something, as an example would."""
        shape = field_shape(field)
        if shape.is_map or shape.is_repeated:
            return self._resize(holder, field, 0)
        if not shape.kind.is_message or shape.message_name in WRAPPER_TYPES:
            candidates = [one for one in self._candidates(field, field_rules(field)) if one]
            if candidates:
                _assign(holder, field, candidates[0])
            return bool(candidates)
        inner: Any = getattr(holder, field.name)
        type(inner).SetInParent(inner)
        self._filler.fill_value(inner, shape, (descriptor_of(holder).full_name,))
        return True

    def _candidates(self, field: FieldDescriptor, rules: Any, name: str = "") -> list[Any]:
        shape = field_shape(field)
        if shape.message_name in WRAPPER_TYPES:
            assert field.message_type is not None
            shape = field_shape(field.message_type.fields_by_name["value"])
        proposals = [self._proposal(shape, name or field.name, turn) for turn in range(3)]
        found = scalar_candidates(
            shape.descriptor, rules, [one for one in proposals if one is not None], self._filler.seed
        )
        return list(islice(dict.fromkeys(found), _MOST_CANDIDATES))

    def _proposal(self, shape: FieldShape, name: str, turn: int) -> Any:
        return self._filler.with_seed(self._filler.seed + turn).scalar(shape, "", name=name)

    # -- lists and maps

    def _resize(self, holder: Message, field: FieldDescriptor, attempt: int) -> bool:
        """Give a list or map as many elements as the rules ask for, all different where they ask for that."""
        rules = field_rules(field)
        is_map = is_map_field(field)
        limits = getattr(rules, "map" if is_map else "repeated", None)
        least = getattr(limits, "min_pairs" if is_map else "min_items", 0)
        most_name = "max_pairs" if is_map else "max_items"
        most = getattr(limits, most_name) if limits is not None and limits.HasField(most_name) else _MOST_ELEMENTS
        count = min(max(least, 1) + attempt, most, _MOST_ELEMENTS)
        if is_map:
            return self._resize_map(holder, field, limits, count, most)
        values: Any = getattr(holder, field.name)
        if field.message_type is not None:
            before = len(values)
            del values[most:]
            while len(values) < count:
                self._filler.fill_value(values.add(), field_shape(field), (descriptor_of(holder).full_name,))
            return len(values) != before
        kept = list(dict.fromkeys(values))[:most]
        candidates = [
            *self._candidates(field, limits.items if limits is not None else None),
            *(self._numbered(field, index) for index in range(_MOST_ELEMENTS)),
        ]
        for value in dict.fromkeys(candidates):
            if len(kept) >= count:
                break
            if value is not None and value not in kept:
                kept.append(value)
        changed = kept != list(values)
        values[:] = kept
        return changed

    def _resize_map(self, holder: Message, field: FieldDescriptor, limits: Any, count: int, most: int) -> bool:
        assert field.message_type is not None
        entries: Any = getattr(holder, field.name)
        before = len(entries)
        for key in list(entries)[most:]:
            del entries[key]
        key_field = field.message_type.fields_by_name["key"]
        keys = self._candidates(key_field, limits.keys if limits is not None else None, "key")
        for key in (*keys, *(self._numbered(key_field, index) for index in range(_MOST_ELEMENTS))):
            if len(entries) >= count:
                break
            if key is not None and key not in entries:
                self._set_entry(entries, key, field, limits)
        return len(entries) != before

    def _set_entry(self, entries: Any, key: Any, field: FieldDescriptor, limits: Any) -> None:
        assert field.message_type is not None
        value_field = field.message_type.fields_by_name["value"]
        if value_field.message_type is not None:
            self._filler.fill_value(entries[key], field_shape(value_field), (value_field.message_type.full_name,))
            return
        candidates = self._candidates(value_field, limits.values if limits is not None else None, field.name)
        entries[key] = candidates[0] if candidates else value_field.default_value

    def _numbered(self, field: FieldDescriptor, index: int) -> Any:
        """Something that differs from index to index."""
        shape = field_shape(field)
        if shape.kind.is_integer:
            return index + 1
        return {"string": f"{re.sub('s$', '', field.name)}-{index + 1}", "bytes": f"example-{index}".encode()}.get(
            shape.kind.value
        )

    def _change_element(
        self, holder: Message, field: FieldDescriptor, subscript: Any, attempt: int, broken: BrokenRule
    ) -> bool:
        container: Any = getattr(holder, field.name)
        if not isinstance(subscript, tuple):
            rules = field_rules(field)
            items = rules.repeated.items if rules is not None else None
            if field.message_type is not None:
                return self._change_inside(container[subscript], field, items, attempt, broken.rule_id)
            candidates = self._candidates(field, items)
            if attempt >= len(candidates):
                return False
            container[subscript] = candidates[attempt]
            return True
        return self._change_entry(container, field, subscript[0], attempt, broken)

    def _change_entry(self, entries: Any, field: FieldDescriptor, key: Any, attempt: int, broken: BrokenRule) -> bool:
        assert field.message_type is not None
        rules = field_rules(field)
        limits = rules.map if rules is not None else None
        if broken.for_key:
            candidates = self._candidates(
                field.message_type.fields_by_name["key"], limits.keys if limits is not None else None, "key"
            )
            free = [one for one in candidates if one not in entries]
            if attempt >= len(free):
                return False
            self._set_entry(entries, free[attempt], field, limits)
            del entries[key]
            return True
        value_field = field.message_type.fields_by_name["value"]
        item_rules = limits.values if limits is not None else None
        if value_field.message_type is not None:
            return self._change_inside(entries[key], value_field, item_rules, attempt, broken.rule_id)
        candidates = self._candidates(value_field, item_rules, field.name)
        if attempt >= len(candidates):
            return False
        entries[key] = candidates[attempt]
        return True

    def _change_inside(self, value: Any, field: FieldDescriptor, rules: Any, attempt: int, rule_id: str) -> bool:
        """Change a message that is an element: a wrapper or other well-known type by its rules."""
        if descriptor_of(value).full_name in WRAPPER_TYPES:
            candidates = self._candidates(field, rules)
            if attempt < len(candidates):
                value.value = candidates[attempt]
            return attempt < len(candidates)
        if self._change_message(value, field, rules, attempt):
            return True
        return self._change_fields(value, rules, rule_id, attempt)


def _located(message: Message, steps: Steps) -> tuple[Message, str, Any] | None:
    """The message that holds what `steps` lead to, the field or oneof there, and a position or key in a tuple."""
    holder: Any = message
    rest = list(steps)
    while rest:
        if descriptor_of(holder).full_name == "google.protobuf.Any":
            return None  # what is packed was made to keep the rules when it was packed
        name = rest.pop(0)
        subscript = rest.pop(0) if rest and not isinstance(rest[0], str) else None
        if not rest:
            return (holder, name, subscript) if isinstance(name, str) and _has(holder, name, subscript) else None
        if not isinstance(name, str) or not _has(holder, name, subscript):
            return None
        holder = getattr(holder, name)
        if subscript is not None:
            holder = holder[subscript[0] if isinstance(subscript, tuple) else subscript]
    return None


def _has(holder: Message, name: str, subscript: Any) -> bool:
    """Whether there is such a field and such an element; what was repaired before may have taken it away."""
    descriptor: Descriptor = descriptor_of(holder)
    if name not in descriptor.fields_by_name:
        return subscript is None and name in descriptor.oneofs_by_name
    if subscript is None:
        return True
    container: Any = getattr(holder, name)
    return subscript[0] in container if isinstance(subscript, tuple) else subscript < len(container)


def _spoken_of(message: Message, rules: list[Any], rule_id: str) -> list[FieldDescriptor]:
    """The fields of `message` that the rule in CEL with this id names."""
    expressions: list[str] = []
    for one in rules:
        if one is not None:
            expressions += [rule.expression for rule in one.cel if rule.id == rule_id]
            expressions += getattr(one, "cel_expression", ())
    names = dict.fromkeys(name for text in expressions for name in re.findall(r"\bthis\.(\w+)", text))
    by_name = descriptor_of(message).fields_by_name
    return [by_name[name] for name in names if name in by_name]


def _exchange(message: Message, first: FieldDescriptor, second: FieldDescriptor) -> bool:
    """Exchange the values of two fields, which are often a beginning and an end."""
    one, other = getattr(message, first.name), getattr(message, second.name)
    if first.type != second.type or first.is_repeated or second.is_repeated or one == other:
        return False
    if isinstance(one, Message):
        if descriptor_of(one) is not descriptor_of(other):
            return False
        kept = type(one).FromString(one.SerializePartialToString())
        type(one).CopyFrom(one, other)
        type(other).CopyFrom(other, kept)
    else:
        setattr(message, first.name, other)
        setattr(message, second.name, one)
    return True


def _clear(holder: Message, field: FieldDescriptor) -> bool:
    """Unset a field; whether it was set."""
    was_set = any(one is field for one, _ in set_fields(holder))
    type(holder).ClearField(holder, field.name)
    return was_set


def _assign(holder: Message, field: FieldDescriptor, value: Any) -> None:
    if field.message_type is not None:
        wrapper: Any = getattr(holder, field.name)
        wrapper.value = value
        type(wrapper).SetInParent(wrapper)
    else:
        setattr(holder, field.name, value)


def _assign_span(value: Any, candidates: list[int], attempt: int) -> bool:
    """Set a Timestamp or Duration to nanoseconds; a Duration's parts have one sign, a Timestamp's nanos none."""
    if attempt >= len(candidates):
        return False
    total = candidates[attempt]
    if descriptor_of(value).name == "Duration":
        sign = -1 if total < 0 else 1
        value.seconds, value.nanos = sign * (abs(total) // _SECOND), sign * (abs(total) % _SECOND)
    else:
        value.seconds, value.nanos = divmod(total, _SECOND)
    return True
