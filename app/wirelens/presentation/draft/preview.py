"""What a part of a draft holds, on one line."""

from collections.abc import Iterator

from wirelens.presentation.draft.field_index import TYPE_KEY
from wirelens.presentation.draft.json_values import json_string, leaf_text, plain_text
from wirelens.presentation.draft.tree import AnyValue, Fragment, ListValue, MapValue, MessageValue, Value


def preview(value: Value | None, limit: int = 120) -> str:
    """`value` on one line, cut at about `limit` characters: `name: "Ada", tags: ["a"]`."""
    parts: list[str] = []
    length = 0
    for part in _parts(value, depth=0):
        parts.append(part)
        length += len(part)
        if length > limit:
            return "".join(parts)[:limit].rstrip() + "…"
    return "".join(parts)


def any_words(value: AnyValue) -> str:
    """What an Any is, before what it holds: the name of its type, without its package where that is known."""
    if value.content is not None:
        return value.content.name
    return value.type_name or ("no type" if value.strangers else "empty Any")


def _parts(value: Value | None, depth: int) -> Iterator[str]:
    if isinstance(value, (bool, str)):
        yield json_string(value[:200]) if isinstance(value, str) and type(value) is str else leaf_text(value)
    elif isinstance(value, MessageValue):
        yield from _message_parts(value, depth)
    elif isinstance(value, ListValue):
        yield "["
        for index, item in enumerate(value.items):
            yield ", " if index else ""
            yield from _parts(item, depth + 1)
        yield "]"
    elif isinstance(value, MapValue):
        yield "{"
        for index, (key, item) in enumerate(value.entries):
            yield f"{', ' if index else ''}{json_string(key)}: "
            yield from _parts(item, depth + 1)
        yield "}"
    elif isinstance(value, Fragment):
        yield " ".join(plain_text(value.plain).split())


def _message_parts(value: MessageValue, depth: int) -> Iterator[str]:
    fields = [(key, field) for key, field in value.fields.items() if key != TYPE_KEY]
    if isinstance(value, AnyValue):
        yield any_words(value)
        if fields or value.strangers:
            yield " " if depth else " · "
    has_braces = depth > 0 and not (isinstance(value, AnyValue) and not fields)
    yield "{" if has_braces else ""
    for index, (key, field) in enumerate(fields):
        yield f"{', ' if index else ''}{key}: "
        yield from _parts(field, depth + 1)
    if isinstance(value, AnyValue) and value.content is None:
        yield ", ".join(f"{name}: {' '.join(plain_text(plain).split())}" for name, plain in value.strangers)
    yield "}" if has_braces else ""
