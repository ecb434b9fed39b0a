"""The kinds of JSON value that a google.protobuf.Value may be, and how one becomes another."""

import enum

from wirelens.presentation.draft.json_values import (
    JsonObject,
    Number,
    Plain,
    Unfinished,
    plain_text,
    read_plain,
)
from wirelens.presentation.draft.leaves import tidied_number
from wirelens.presentation.draft.tree import Fragment, ListValue, MapValue, Value, value_text

NUMBER_NOTATION = "number"  # of an Unfinished that was typed as a number of JSON
_NO_NUMBERS = frozenset({"nan", "inf", "infinity", "∞"})


class JsonValueKind(enum.Enum):
    """What a Value holds."""

    NULL = "null"
    BOOL = "bool"
    NUMBER = "number"
    STRING = "string"
    LIST = "list"
    OBJECT = "object"


def kind_of(value: Value) -> JsonValueKind:
    """The kind that `value`, read as a Value, is of."""
    if isinstance(value, bool):
        return JsonValueKind.BOOL
    if isinstance(value, Number) or (isinstance(value, Unfinished) and value.notation == NUMBER_NOTATION):
        return JsonValueKind.NUMBER
    if isinstance(value, str):
        return JsonValueKind.STRING
    if isinstance(value, ListValue):
        return JsonValueKind.LIST
    return JsonValueKind.OBJECT if isinstance(value, MapValue) else JsonValueKind.NULL


def empty_value(kind: JsonValueKind) -> Value:
    """What there is of a kind before anything is typed."""
    empty: dict[JsonValueKind, Value] = {
        JsonValueKind.BOOL: False,
        JsonValueKind.NUMBER: Number("0"),
        JsonValueKind.STRING: "",
        JsonValueKind.LIST: ListValue(),
        JsonValueKind.OBJECT: MapValue(),
    }
    return empty.get(kind, Fragment(None))


def plain_of_kind(value: Value, kind: JsonValueKind) -> Plain:
    """`value` as JSON of another kind, keeping what can be kept.

    Text that is JSON of the wanted kind is read, and what becomes text is written as JSON; a list and an object hand
    on their values, a single value becomes the one element of a list, and the one element of a list that value.
    """
    plain = read_plain(value_text(value))
    if isinstance(value, Unfinished):
        plain = str(value)
    if isinstance(plain, str) and type(plain) is str and kind is not JsonValueKind.STRING:
        return _from_text(plain, kind)
    if kind is JsonValueKind.STRING:
        return _as_text(plain)
    if kind is JsonValueKind.LIST:
        return _as_list(plain)
    if kind is JsonValueKind.OBJECT:
        rows = _as_list(plain) if isinstance(plain, list) else []
        return JsonObject((str(index), item) for index, item in enumerate(rows))
    if isinstance(plain, list) and not isinstance(plain, JsonObject) and len(plain) == 1:
        (plain,) = _as_list(plain)
    if kind is JsonValueKind.NUMBER:
        return plain if isinstance(plain, Number) else Number("1" if plain is True else "0")
    if kind is JsonValueKind.BOOL:
        return plain if isinstance(plain, bool) else isinstance(plain, Number) and float(plain) != 0
    return None


def number_from_text(text: str) -> Number | Unfinished:
    """The number that was typed, digit for digit; what JSON has no number for waits with a sentence that says so."""
    text = text.strip()
    number = tidied_number(text)
    if number is not None:
        return Number(number)
    if text.lstrip("+-").lower() in _NO_NUMBERS:
        sentence = f"JSON has no {text}: numbers in Struct and Value are finite; as a string it can be sent"
        return Unfinished(text, NUMBER_NOTATION, sentence)
    return Unfinished(text, NUMBER_NOTATION, "not a number, like -1.5 or 2e10" if text else "a number is missing")


def _from_text(text: str, kind: JsonValueKind) -> Plain:
    try:
        read = read_plain(text)
    except (ValueError, RecursionError):
        read = None
    if kind is JsonValueKind.OBJECT:
        return read if isinstance(read, JsonObject) else JsonObject()
    if kind is JsonValueKind.LIST:
        if isinstance(read, list) and not isinstance(read, JsonObject):
            return read
        return [text] if text else []
    if kind is JsonValueKind.NUMBER:
        number = tidied_number(text.strip())
        return Number("0" if number is None else number)
    return text.strip().lower() == "true" if kind is JsonValueKind.BOOL else None


def _as_text(plain: Plain) -> str:
    if plain is None:
        return ""
    return str(plain) if isinstance(plain, str) else plain_text(plain)


def _as_list(plain: Plain) -> list[Plain]:
    if isinstance(plain, JsonObject):
        return [item for _name, item in plain]
    if isinstance(plain, list):
        return [*plain]
    return [] if plain is None else [plain]
