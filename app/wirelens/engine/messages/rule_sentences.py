"""`buf.validate` rules in words: what a field asks of its value, before anything is checked."""

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from wirelens.engine.messages.rules import IGNORE_ALWAYS, field_rules, message_rules, predefined_rules

_MOST_VALUES = 12  # of a list that is read out
_SHAPES = {
    "email": "an e-mail address",
    "hostname": "a host name",
    "ip": "an IP address",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "uri": "a URI",
    "uri_ref": "a URI or a relative reference",
    "address": "a host name or IP address",
    "uuid": "a UUID",
    "tuuid": "a UUID without dashes",
    "ulid": "a ULID",
    "ip_with_prefixlen": "an IP address with its prefix length, such as 192.0.2.1/24",
    "ipv4_with_prefixlen": "an IPv4 address with its prefix length, such as 192.0.2.1/24",
    "ipv6_with_prefixlen": "an IPv6 address with its prefix length, such as 2001:db8::1/64",
    "ip_prefix": "an IP prefix, such as 192.0.2.0/24",
    "ipv4_prefix": "an IPv4 prefix, such as 192.0.2.0/24",
    "ipv6_prefix": "an IPv6 prefix, such as 2001:db8::/64",
    "host_and_port": "a host and port, such as example.com:443",
    "protobuf_fqn": "a full protobuf name, such as package.v1.Message",
    "protobuf_dot_fqn": "a full protobuf name with a dot in front, such as .package.v1.Message",
    "finite": "neither NaN nor infinite",
    "defined_only": "one of the named values",
    "unique": "all different",
    "lt_now": "in the past",
    "gt_now": "in the future",
}
_HEADERS = {1: "the name of an HTTP header", 2: "the value of an HTTP header"}
_AMOUNTS = ("at least", "more than", "at most", "less than")
_TIMES = ("not before", "after", "not after", "before")


def field_sentences(field: FieldDescriptor) -> tuple[str, ...]:
    """What the rules ask of the field: `1 to 64 characters`, `an e-mail address`; empty where they ask nothing."""
    rules = field_rules(field)
    return () if rules is None else tuple(_sentences(rules, field))


def message_sentences(descriptor: Descriptor) -> tuple[str, ...]:
    """What the rules ask of the message as a whole."""
    rules = message_rules(descriptor)
    if rules is None:
        return ()
    said = [*_custom(rules)]
    for group in getattr(rules, "oneof", ()):
        least = "exactly one" if group.required else "at most one"
        said.append(f"{least} of {', '.join(group.fields)}")
    return tuple(said)


def _sentences(rules: Any, field: FieldDescriptor) -> list[str]:
    ignore = getattr(rules, "ignore", 0)
    if ignore == IGNORE_ALWAYS:
        return ["not checked"]
    said = ["required"] if rules.required else []
    kind = rules.WhichOneof("type")
    if kind is not None:
        said += _kind_sentences(kind, getattr(rules, kind), field)
    said += _custom(rules)
    if ignore and said:
        said.append("checked only where it is set")
    return said


def _kind_sentences(kind: str, rules: Any, field: FieldDescriptor) -> list[str]:
    given: dict[str, Any] = {}
    added: list[str] = []
    for rule, value in rules.ListFields():
        if rule.is_extension:
            added += _predefined(rule, value)
        else:
            given[rule.name] = value
    if kind == "repeated":
        said = _counted(given, "min_items", "max_items", "", "element")
    elif kind == "map":
        said = _counted(given, "min_pairs", "max_pairs", "", "entry")
    else:
        said = _counted(given, "min_len", "max_len", "len", "byte" if kind == "bytes" else "character")
        said += _counted(given, "min_bytes", "max_bytes", "len_bytes", "byte")
    said += _bounds(given, _TIMES if kind == "timestamp" else _AMOUNTS)
    said += [_SHAPES[name] for name, value in given.items() if name in _SHAPES and value is True]
    if (header := given.get("well_known_regex")) in _HEADERS:
        said.append(_HEADERS[header])
    said += _texts(given)
    said += _values(given, _enum_namer(field) if kind == "enum" else _shown)
    if "within" in given:
        said.append(f"within {_shown(given['within'])} of now")
    for name, what in (("items", "each element"), ("keys", "each key"), ("values", "each value")):
        if name in given:
            part = _part(field, name)
            said += [f"{what}: {sentence}" for sentence in _sentences(given[name], part)]
    return said + added


def _part(field: FieldDescriptor, name: str) -> FieldDescriptor:
    """The field that the rules of a list's elements, a map's keys or its values are about."""
    if name == "items" or field.message_type is None:
        return field
    found: FieldDescriptor | None = field.message_type.fields_by_name.get("key" if name == "keys" else "value")
    return found or field


def _counted(given: dict[str, Any], least: str, most: str, exactly: str, unit: str) -> list[str]:
    low, high = given.get(least), given.get(most)
    if exactly in given:
        low = high = given[exactly]
    if low is None and high is None:
        return []
    if low is None:
        return [f"at most {_count(high, unit)}"]
    if high is None:
        return [f"at least {_count(low, unit)}"]
    return [f"exactly {_count(low, unit)}" if low == high else f"{low} to {_count(high, unit)}"]


def _count(number: Any, unit: str) -> str:
    if number == 1:
        return f"1 {unit}"
    return f"{number} {unit[:-1]}ies" if unit.endswith("y") else f"{number} {unit}s"


def _bounds(given: dict[str, Any], words: tuple[str, str, str, str]) -> list[str]:
    low = next(((words[index], given[name]) for index, name in ((0, "gte"), (1, "gt")) if name in given), None)
    high = next(((words[index], given[name]) for index, name in ((2, "lte"), (3, "lt")) if name in given), None)
    if low is None or high is None:
        return [f"{word} {_shown(value)}" for word, value in (bound for bound in (low, high) if bound is not None)]
    (low_word, low_value), (high_word, high_value) = low, high
    if _order(high_value) < _order(low_value):  # the rules then mean what lies outside
        return [f"{high_word} {_shown(high_value)} or {low_word} {_shown(low_value)}"]
    if (low_word, high_word) == (_AMOUNTS[0], _AMOUNTS[2]):
        return [f"{_shown(low_value)} to {_shown(high_value)}"]
    return [f"{low_word} {_shown(low_value)} and {high_word} {_shown(high_value)}"]


def _order(value: Any) -> Any:
    return (value.seconds, value.nanos) if hasattr(value, "seconds") else value


def _texts(given: dict[str, Any]) -> Iterable[str]:
    for name, words in (
        ("pattern", "matches the pattern"),
        ("prefix", "begins with"),
        ("suffix", "ends with"),
        ("contains", "contains"),
        ("not_contains", "does not contain"),
    ):
        if name in given:
            yield f"{words} {given[name] if name == 'pattern' else _shown(given[name])}"


def _values(given: dict[str, Any], show: Callable[[Any], str]) -> Iterable[str]:
    if "const" in given:
        yield f"always {show(given['const'])}"
    for name, words in (("in", "one of"), ("not_in", "none of"), ("example", "such as")):
        values = list(given.get(name, ()))
        if values:
            more = ", …" if len(values) > _MOST_VALUES else ""
            yield f"{words} {', '.join(map(show, values[:_MOST_VALUES]))}{more}"


def _custom(rules: Any) -> Iterable[str]:
    """Rules in CEL: by the message that they would give, else by what they compute."""
    for rule in rules.cel:
        yield rule.message or rule.expression
    yield from getattr(rules, "cel_expression", ())


def _predefined(rule: FieldDescriptor, value: Any) -> list[str]:
    """A rule that the schema has added to the standard ones."""
    if value is False:
        return []
    definition = predefined_rules(rule)
    said = [one.message for one in getattr(definition, "cel", ()) if one.message]
    if said and value is True:
        return said
    return [f"{rule.name}: {_shown(value)}", *said] if not isinstance(value, bool) else [rule.name]


def _enum_namer(field: FieldDescriptor) -> Callable[[Any], str]:
    enum: EnumDescriptor | None = field.enum_type

    def named(number: Any) -> str:
        value = enum.values_by_number.get(number) if enum is not None else None
        return value.name if value is not None else str(number)

    return named


def _shown(value: Any) -> str:
    if isinstance(value, Message):
        return str(MessageToDict(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bytes):
        return f"0x{value.hex()}" if value else "no bytes"
    if isinstance(value, float):
        return f"{value:.9g}"
    return str(value) if isinstance(value, int) else str(list(value))
