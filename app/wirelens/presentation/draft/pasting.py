"""What is on the clipboard as a value of a field: JSON for any place, lines for the rows of lists and maps.

Nothing here changes a draft; what does not fit is refused with a sentence for the place where it was pasted.
"""

import json
import re

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.protojson import checked_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import edits
from wirelens.presentation.draft.bytes_text import Notation, text_from_bytes
from wirelens.presentation.draft.field_index import CONTENT_KEY, TYPE_KEY, Structure, structure_of
from wirelens.presentation.draft.json_values import json_string, read_plain
from wirelens.presentation.draft.leaves import leaf_from_text
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.presentation.draft.text_check import READ_AT_ONCE
from wirelens.presentation.draft.tree import AnyValue, MapValue, Value, read_element, read_field

_CHECKED_FIRST = READ_AT_ONCE // 4  # characters; a longer text is checked in the background, as a typed one is
_SEPARATOR = re.compile(r"\t|\s*[=:]\s*")


class PasteError(ValueError):
    """What is on the clipboard does not fit; the message is a sentence for people."""


def value_from_json(descriptor: Descriptor, schema: Schema, root: Value, path: Path, text: str) -> Value | None:
    """The value that `text` writes for the field, list, map or row at `path` of `root`, a `descriptor`; None is unset.

    Raises:
        PasteError: it is no JSON, or none of the field's type; says where and why.
    """
    if not text.strip():
        raise PasteError("There is no text on the clipboard.")
    try:
        plain = read_plain(text)
    except json.JSONDecodeError as error:
        raise PasteError(f"Not pasted: no JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        sentence = str(error) if isinstance(error, ValueError) else "nested deeper than can be read"
        raise PasteError(f"Not pasted: {sentence}") from None
    shape = edits.shape_at(descriptor, root, path)
    if always_holds(path) and plain is None and structure_of(shape) is not Structure.VALUE:
        raise PasteError(f"Not pasted: {'a row' if path else shape.type_name} cannot be null")
    if len(text) <= _CHECKED_FIRST:
        _check(descriptor, schema, root, path, text)
    return read_element(shape, plain) if always_holds(path) else read_field(shape, plain)


def rows_from_lines(shape: FieldShape, text: str) -> tuple[tuple[str, Value], ...]:
    """(key, value) for each line, for the rows of a list (whose keys are empty) or a map.

    A scalar stands as its editor takes it (bytes as text), a message as JSON on one line. A map's line is
    `key<TAB>value`, `key=value` or `key: value`. What is no value of the type is kept as typed, to be marked.

    Raises:
        PasteError: a line has no key, or is no JSON where it has to be; says which.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise PasteError("There is no text on the clipboard.")
    element = shape.value if shape.is_map else shape
    assert element is not None
    rows: list[tuple[str, Value]] = []
    for number, line in enumerate(lines, 1):
        key = ""
        if shape.is_map:
            if not line.strip():
                continue
            found = _SEPARATOR.search(line) if "\t" not in line else re.search("\t", line)
            if found is None:
                raise PasteError(f"Not pasted: line {number} has no key; write key=value, key: value or key⇥value")
            key, line = line[: found.start()].strip(), line[found.end() :]
        if not line.strip() and element.kind is not FieldKind.STRING and not shape.is_map:
            continue
        rows.append((key, _value_of_line(element, line, number)))
    return tuple(rows)


def _value_of_line(element: FieldShape, line: str, number: int) -> Value:
    structure = structure_of(element)
    if structure is Structure.VALUE:
        try:
            return read_element(element, read_plain(line))
        except (ValueError, RecursionError):
            return line
    if structure is not Structure.LEAF:
        try:
            return read_element(element, read_plain(line))
        except (ValueError, RecursionError):
            raise PasteError(f"Not pasted: line {number} is no JSON, which {element.type_name} needs") from None
    if element.kind is FieldKind.BYTES:
        return text_from_bytes(line.encode(errors="replace"), Notation.BASE64)
    leaf = leaf_from_text(element, line)
    return "" if leaf is None else leaf


def _check(descriptor: Descriptor, schema: Schema, root: Value, path: Path, text: str) -> None:
    """Read the text as the only member of the message that holds it, where ProtoJSON says what is wrong with it."""
    if not path:
        _refuse_mistakes(text, "", "", descriptor, schema)
        return
    depth = max((index for index, step in enumerate(path) if isinstance(step, str)), default=-1)
    if depth < 0:
        return  # a row of a request that is JSON itself
    field = edits.shape_at(descriptor, root, path[: depth + 1])
    below = len(path) - depth - 1
    if isinstance(edits.value_at(root, path[:depth]), AnyValue) and path[depth] in (TYPE_KEY, CONTENT_KEY):
        return  # an Any's type, or content that has JSON of its own
    if below > 1 or (below and not (field.is_map or field.is_repeated)):
        return  # a row of a Struct or ListValue, which takes any JSON
    holder = field.descriptor.containing_type
    assert holder is not None, "a field, also an extension, belongs to a message"
    before, behind = f"{{{json_string(field.json_name)}: ", "}"
    if depth + 1 < len(path):
        key = json_string(_any_key(field)) + ": " if field.is_map else ""
        before, behind = (f"{before}{{{key}", "}}") if field.is_map else (f"{before}[", "]}")
    _refuse_mistakes(text, before, behind, holder, schema)


def _refuse_mistakes(text: str, before: str, behind: str, holder: Descriptor, schema: Schema) -> None:
    _message, mistakes = checked_from_json(before + text + behind, holder, schema, comments=True)
    if mistakes:
        first = mistakes[0]
        column = first.column - len(before) if first.line == 1 else first.column
        where = f" at line {first.line}, column {max(column, 1)}" if "\n" in text.strip() or len(text) > 40 else ""
        raise PasteError(f"Not pasted: {first.message}{where}" + (f"; {first.next_step}" if first.next_step else ""))


def _any_key(field: FieldShape) -> str:
    return edits.free_key(field.key, MapValue()) if field.key is not None else ""
