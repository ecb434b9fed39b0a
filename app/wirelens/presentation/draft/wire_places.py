"""Between the form's places and the wire's: the form counts the entries of a map, the wire names them by key."""

from wirelens.engine.messages.wire.places import MapKey, WirePath
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue, MapValue, MessageValue, Value


def wire_path(tree: Value, path: Path) -> WirePath:
    """The path that `occurrences` takes, of a place in the form; it ends at a map that has no such entry any more."""
    found: WirePath = ()
    value: Value | None = tree
    for step in path:
        named: MapKey | str | int = step
        if isinstance(value, MapValue) and isinstance(step, int):
            if step >= len(value.entries):
                return found
            named = MapKey(value.entries[step][0])
        found = (*found, named)
        value = _below(value, step)
    return found


def form_path(tree: Value, path: WirePath) -> Path:
    """The place in the form of what `place_at` found, as far as the form goes.

    It ends at what the form edits as one value (a Timestamp, a wrapper, an Any), and where the draft has no such place.
    """
    found: Path = ()
    value: Value | None = tree
    for step in path:
        at: str | int | None = step if not isinstance(step, MapKey) else _position(value, step)
        value = _below(value, at) if at is not None else None
        if at is None or value is None:
            return found
        found = (*found, at)
    return found


def _position(value: Value | None, key: MapKey) -> int | None:
    entries = value.entries if isinstance(value, MapValue) else ()
    return next((index for index, (text, _item) in enumerate(entries) if text == key.text), None)


def _below(value: Value | None, step: str | int) -> Value | None:
    if isinstance(value, MessageValue) and isinstance(step, str):
        return value.fields.get(step)
    if isinstance(value, ListValue) and isinstance(step, int) and step < len(value.items):
        return value.items[step]
    if isinstance(value, MapValue) and isinstance(step, int) and step < len(value.entries):
        return value.entries[step][1]
    return None
