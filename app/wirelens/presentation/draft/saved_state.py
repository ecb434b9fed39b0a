"""A draft as the session file keeps it: the text, and beside it what JSON cannot say."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor

from wirelens.presentation.draft import edits
from wirelens.presentation.draft.field_index import FieldIndex
from wirelens.presentation.draft.json_values import JsonObject, Unfinished, read_plain
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.draft.tree import AnyValue, MessageValue, Value, read_field, value_text, walk

# What a state from elsewhere (another schema, a file touched by hand) may lack or twist.
_DOES_NOT_FIT = (KeyError, IndexError, TypeError, ValueError, AssertionError, AttributeError, binascii.Error)


def written(snapshot: Snapshot, text: str) -> dict[str, Any]:
    """The state of a draft whose JSON text is `text`."""
    state: dict[str, Any] = {"json": text, "as_typed": snapshot.text is not None}
    if snapshot.wire is not None:
        state["wire"] = base64.b64encode(snapshot.wire).decode()
    if snapshot.problem is not None or not snapshot.is_read:
        state["good_json"] = value_text(snapshot.tree)
    state.update(_extras(snapshot.tree))
    return state


def json_text_of(state: dict[str, Any]) -> str:
    """The text as it stood in the JSON editor."""
    text = state.get("json")
    return text if isinstance(text, str) else "{}"


def good_text_of(state: dict[str, Any]) -> str:
    """The text that the form showed: an older one where the JSON was broken."""
    text = state.get("good_json")
    return text if isinstance(text, str) else json_text_of(state)


def is_as_typed(state: dict[str, Any]) -> bool:
    """Whether the text is the person's own, to be kept letter for letter."""
    return state.get("as_typed") is True


def wire_of(state: dict[str, Any]) -> bytes | None:
    """The bytes as typed; None where fields or JSON were edited last."""
    encoded = state.get("wire")
    try:
        return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else None
    except binascii.Error:
        return None


def with_extras(descriptor: Descriptor, tree: Value, state: dict[str, Any]) -> Value:
    """`tree`, a `descriptor`, with what `state` holds beside the JSON, as far as there is still a place for it."""
    puts: dict[str, Callable[..., Value]] = {
        "unfinished": _put_unfinished,
        "unknown": _put_unknown,
        "kept": _put_kept,
        "types": _put_other_type,
        "around": _put_around,
    }
    for name, put in puts.items():
        rows = state.get(name)
        for row in rows if isinstance(rows, list) else []:
            try:
                if edits.value_at(tree, _path(row[0])) is not None:
                    tree = put(descriptor, tree, *row)
            except _DOES_NOT_FIT:
                continue
    return tree


def _extras(tree: Value) -> dict[str, list[Any]]:
    """What the text does not say, in rows that begin with a path: unfinished values, unknown fields, members of oneofs
    that are kept, what was filled into Anys for types that they do not hold now, and the unknown fields of these."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for path, value in walk(tree):
        if isinstance(value, MessageValue):
            for key, kept in value.kept.items():
                found["kept"].append([list(path), key, _dumped(kept)])
            if value.unknown:
                found["unknown"].append([list(path), base64.b64encode(value.unknown).decode()])
            if isinstance(value, AnyValue):
                found["types"] += [[list(path), value_text(other)] for other in value.others.values()]
                if value.around:
                    found["around"].append([list(path), base64.b64encode(value.around).decode()])
        elif isinstance(value, Unfinished):
            found["unfinished"].append([list(path), _dumped(value)])
    return {name: rows for name, rows in found.items() if rows}


def _dumped(value: Value) -> str | dict[str, str]:
    if isinstance(value, Unfinished):
        return {"text": str(value), "notation": value.notation, "sentence": value.sentence}
    return value_text(value)


def _put_unfinished(descriptor: Descriptor, tree: Value, path: list[Any], dumped: dict[str, str]) -> Value:
    value = Unfinished(dumped["text"], dumped["notation"], dumped["sentence"])
    return edits.changed(descriptor, tree, _path(path), lambda before: before if before is None else value)


def _put_unknown(descriptor: Descriptor, tree: Value, path: list[Any], encoded: str) -> Value:
    unknown = base64.b64decode(encoded, validate=True)

    def put(message: Value | None) -> Value | None:
        if not isinstance(message, MessageValue):
            return message
        return message.with_unknown(unknown)

    return edits.changed(descriptor, tree, _path(path), put)


def _put_kept(descriptor: Descriptor, tree: Value, path: list[Any], key: str, dumped: str | dict[str, str]) -> Value:
    def put(message: Value | None) -> Value | None:
        if not isinstance(message, MessageValue):
            return message
        value = _loaded(message.index, key, dumped)
        return message if value is None else message.with_fields(message.fields, {**message.kept, key: value})

    return edits.changed(descriptor, tree, _path(path), put)


def _put_other_type(descriptor: Descriptor, tree: Value, path: list[Any], dumped: str) -> Value:
    plain = read_plain(dumped)

    def put(value: Value | None) -> Value | None:
        if not isinstance(value, AnyValue) or not isinstance(plain, JsonObject):
            return value
        other = AnyValue.read(value.any_type, plain)
        return value.with_others({**value.others, other.type_name: other})

    return edits.changed(descriptor, tree, _path(path), put)


def _put_around(descriptor: Descriptor, tree: Value, path: list[Any], encoded: str) -> Value:
    around = base64.b64decode(encoded, validate=True)

    def put(value: Value | None) -> Value | None:
        return value.with_around(around) if isinstance(value, AnyValue) else value

    return edits.changed(descriptor, tree, _path(path), put)


def _loaded(index: FieldIndex, key: str, dumped: str | dict[str, str]) -> Value | None:
    if isinstance(dumped, dict):
        return Unfinished(dumped["text"], dumped["notation"], dumped["sentence"])
    try:
        return read_field(index.by_key[key], read_plain(dumped))
    except (ValueError, RecursionError):
        return None


def _path(steps: list[Any]) -> Path:
    if not all(isinstance(step, (str, int)) for step in steps):
        raise ValueError("a path is made of names and positions")
    return tuple(steps)
