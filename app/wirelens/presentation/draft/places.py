"""From the field path of a mistake in JSON text to the place in the form that it belongs to."""

import re
from dataclasses import dataclass

from wirelens.presentation.draft.field_index import field_key
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, MessageValue, Value

_STEP = re.compile(
    r'\["(?P<key>.*?)"\](?=[.\[]|$)'  # a map's key, as it is
    r"|\[(?P<index>\d+)\]"
    r"|\.?(?P<name>\[[\w.]+\]|[^.\[]+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Place:
    """A path of the form; not `has_row` where the mistake is about something that the form has no row for."""

    path: Path
    has_row: bool


def place_in_form(tree: Value, field_path: str) -> Place:
    """Where `labels["team"].id` is in the form: `labels[0].id`, as far as there are such fields."""
    path: Path = ()
    value: Value | None = tree
    for found in _STEP.finditer(field_path):
        if not isinstance(value, (MessageValue, ListValue, MapValue)):
            break  # a fragment: its editor says what is wrong within it
        step = _form_step(value, found)
        if step is None:
            return Place(path, has_row=False)
        path = (*path, step)
        value = _below(value, step)
    is_one_row = isinstance(tree, AnyValue) or not isinstance(tree, MessageValue)
    return Place(path, has_row=bool(path) or is_one_row)


def _form_step(value: MessageValue | ListValue | MapValue, found: re.Match[str]) -> str | int | None:
    if isinstance(value, MessageValue):
        name = found["name"]
        shape = value.index.by_json_name.get(name or "")
        return field_key(shape) if shape is not None else None
    if isinstance(value, MapValue):
        key = found["key"]
        if key is None:
            return None
        cut = key.removesuffix("…")
        # of two rows with one key the mistake is the later one's; a long key is cut in the path
        rows = [
            index
            for index, (text, _item) in enumerate(value.entries)
            if text == key or (key.endswith("…") and text.startswith(cut))
        ]
        return rows[-1] if rows else None
    return int(found["index"]) if found["index"] is not None else None


def _below(value: MessageValue | ListValue | MapValue, step: str | int) -> Value | None:
    if isinstance(value, MessageValue):
        return value.fields.get(str(step))
    if isinstance(value, ListValue) and isinstance(step, int) and step < len(value.items):
        return value.items[step]
    if isinstance(value, MapValue) and isinstance(step, int) and step < len(value.entries):
        return value.entries[step][1]
    return None
