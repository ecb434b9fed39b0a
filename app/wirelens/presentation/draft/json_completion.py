"""What can be typed at the cursor of a request's JSON, from the schema, and what accepting it changes."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.fields import FieldKind, FieldShape
from wirelens.engine.messages.message_plan import WRAPPER_TYPES
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.command_search import match_score
from wirelens.presentation.draft.field_index import (
    STRING_TYPES,
    Structure,
    field_index,
    message_type,
    scalar_shape,
    structure_of,
)
from wirelens.presentation.draft.json_cursor import Expects, JsonCursor, Word, cursor_at, members_of, string_value
from wirelens.presentation.draft.json_notes import Note, enum_note, field_note, type_note
from wirelens.presentation.draft.json_outline import JsonOutline
from wirelens.presentation.draft.json_types import FIELD_MASK, TYPE_KEY, JsonType, ObjectType, object_type, value_type
from wirelens.presentation.draft.json_values import json_string
from wirelens.presentation.draft.leaves import FLOATS, WIDE_INTEGERS

TYPE_URL_PREFIX = "type.googleapis.com/"
_LOOSELY_MATCHED = 500  # entries; among more, letters must stand together
_DEEPEST_PATH = 4  # messages of a field mask's path that are offered
_OPENINGS = {"google.protobuf.Struct": "{}", "google.protobuf.ListValue": "[]", "google.protobuf.Value": ""}


class EntryKind(enum.Enum):
    """What an entry is, for its mark in the list."""

    FIELD = "field"
    ENUM_VALUE = "enum value"
    KEYWORD = "keyword"
    TYPE = "type"
    PATH = "path"
    OPENING = "opening"


class Entry(NamedTuple):
    """Something that can be typed: `label` is shown and searched, `text` goes into the JSON.

    Behind `text` comes `opening`, with the cursor in its middle. `note` says in two words what choosing it means.
    """

    kind: EntryKind
    label: str
    detail: str
    text: str
    opening: str = ""
    note: str = ""
    is_deprecated: bool = False
    source: object = None  # what the note is asked of


@dataclass(frozen=True, slots=True)
class Change:
    """A replacement within one line; the cursor then stands `cursor` characters behind `start`."""

    line: int
    start: int
    end: int
    text: str
    cursor: int


@dataclass(frozen=True)
class Completions:
    """All that fits a place, and the word that it would replace."""

    cursor: JsonCursor
    word: Word
    entries: tuple[Entry, ...]

    def matching(self) -> list[Entry]:
        """The entries that go with what is typed already, best first."""
        typed = self.word.typed
        if typed and self.entries and self.entries[0].kind is EntryKind.TYPE:
            typed = "" if TYPE_URL_PREFIX.startswith(typed) else typed.rpartition("/")[2]
        return _matching(self.entries, typed)

    def says(self, entry: Entry) -> bool:
        """Whether `entry` is what is typed already."""
        typed = self.word.typed
        return typed == entry.label or (entry.kind is EntryKind.TYPE and typed.endswith(f"/{entry.label}"))

    def change(self, entry: Entry) -> Change:
        """What accepting `entry` does to the text."""
        word = self.word
        text, opening = entry.text, entry.opening
        if entry.kind is EntryKind.FIELD:
            if self.cursor.has_colon:
                opening = ""
            else:
                text += ": "
        elif entry.kind is EntryKind.PATH and not self.cursor.word.is_string:
            text, opening = "", json_string(text)
        half = len(opening) // 2 if entry.kind is not EntryKind.PATH else max(0, len(opening) - 1)
        before = ", " if self.cursor.needs_comma_before else ""
        after = "," if self.cursor.needs_comma_after and not self.cursor.has_colon else ""
        if entry.kind is EntryKind.PATH and self.cursor.word.is_string:
            before = after = ""
        whole = f"{before}{text}{opening}{after}"
        return Change(word.line, word.start, word.end, whole, len(before) + len(text) + half)


class JsonCompleter:
    """Answers for one message type of one schema."""

    def __init__(
        self, root: Descriptor, schema: Schema, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._root = root
        self._schema = schema
        self._clock = clock
        self._type_entries: tuple[Entry, ...] | None = None

    def completions(self, outline: JsonOutline, line: int, column: int) -> Completions | None:
        """What fits a place; None where nothing does, or the place is not known."""
        cursor = cursor_at(outline, line, column)
        if cursor is None or cursor.expects is Expects.NOTHING:
            return None
        word = cursor.word
        if cursor.expects is Expects.KEY:
            within = object_type(outline, cursor.frames, self._root, self._schema)
            entries = [] if within is None else self._key_entries(outline, cursor, within)
        else:
            found = value_type(outline, cursor.frames, cursor.key, self._root, self._schema)
            if found is None:
                return None
            if found.message is not None and found.message.full_name == FIELD_MASK:
                word = _last_path(outline, word)
            entries = self._value_entries(found, word)
        return Completions(cursor, word, tuple(entries)) if entries else None

    def note(self, entry: Entry) -> Note | None:
        """What the schema says of an entry."""
        source = entry.source
        if entry.kind is EntryKind.TYPE and isinstance(source, str):
            message = self._schema.resolve_type_url(source)
            return None if message is None else type_note(message, self._schema)
        if not isinstance(source, FieldShape):
            return source if isinstance(source, Note) else None
        if entry.kind is EntryKind.ENUM_VALUE:
            value = next(each for each in source.enum_values if each.name == entry.label)
            return enum_note(source, value, self._schema)
        return field_note(source, self._schema)

    # -- names of members

    def _key_entries(self, outline: JsonOutline, cursor: JsonCursor, within: ObjectType) -> list[Entry]:
        members = members_of(outline, cursor.frames[-1].opener)
        if cursor.has_colon:  # the name at the cursor itself
            own = outline.line(cursor.word.line)[cursor.word.start : cursor.word.end]
            members.pop(string_value(own) if cursor.word.is_string else own, None)
        entries: list[Entry] = []
        if within.is_any and TYPE_KEY not in members:
            note = Note(TYPE_KEY, "string", (), "The type of the message within: a URL that ends in its full name.")
            entries.append(Entry(EntryKind.FIELD, TYPE_KEY, "type URL", f'"{TYPE_KEY}"', '""', source=note))
        if within.packed_value is not None and "value" not in members:
            name = within.packed_value.full_name
            entries.append(Entry(EntryKind.FIELD, "value", name.rpartition(".")[2], '"value"', _opening_of(name)))
        if within.fields is not None:
            entries += _field_entries(within.fields, members)
        return entries

    # -- values

    def _value_entries(self, found: JsonType, word: Word) -> list[Entry]:
        if found.is_type_url:
            return list(self._types())
        entries: list[Entry] = []
        scalar = found.scalar
        message = found.message
        shape = found.shape
        if found.is_list or found.is_map or found.has_fields:
            opening = "[]" if found.is_list else "{}"
            type_name = shape.type_name if shape is not None else message.name if message is not None else ""
            entries.append(Entry(EntryKind.OPENING, f"{opening[0]} {opening[1]}", type_name, "", opening, source=shape))
        elif scalar is not None:
            entries += _scalar_entries(scalar)
        elif message is not None and message.full_name in WRAPPER_TYPES:
            entries += _scalar_entries(field_index(message).shapes[0])
        elif message is not None and message.full_name == "google.protobuf.Timestamp":
            now = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
            note = Note("now", "Timestamp", (), f"The time of this moment: {now}")
            entries.append(Entry(EntryKind.KEYWORD, "now", now, json_string(now), source=note))
        elif message is not None and message.full_name == FIELD_MASK:
            entries += self._path_entries(found, word)
        elif message is not None and message.full_name == "google.protobuf.Value":
            entries += [Entry(EntryKind.KEYWORD, each, "", each) for each in ("true", "false")]
        elif message is not None and message.full_name in _OPENINGS:
            opening = _OPENINGS[message.full_name]
            entries.append(Entry(EntryKind.OPENING, f"{opening[0]} {opening[1]}", message.name, "", opening))
        is_nullable = found.is_whole or (message is not None and message.full_name == "google.protobuf.Value")
        if is_nullable and not word.is_string and "null" not in (entry.label for entry in entries):
            entries.append(Entry(EntryKind.KEYWORD, "null", "unset", "null"))
        return entries

    def _types(self) -> tuple[Entry, ...]:
        if self._type_entries is None:
            self._type_entries = tuple(
                Entry(EntryKind.TYPE, name, "", f'"{TYPE_URL_PREFIX}{name}"', source=name)
                for name in self._schema.message_names()
            )
        return self._type_entries

    def _path_entries(self, found: JsonType, word: Word) -> list[Entry]:
        """Paths into the messages beside the mask, which by custom are what it speaks of."""
        if found.owner is None:
            return []
        entries: list[Entry] = []
        parents = word.typed.split(".")[:-1][:_DEEPEST_PATH]
        for beside in field_index(found.owner).shapes:
            if structure_of(beside) is not Structure.MESSAGE or beside.is_repeated or beside.is_map:
                continue
            message: Descriptor | None = message_type(beside)
            for parent in parents:
                shape = field_index(message).by_json_name.get(parent) if message is not None else None
                is_one = shape is not None and not shape.is_repeated and structure_of(shape) is Structure.MESSAGE
                message = message_type(shape) if shape is not None and is_one else None
            if message is None:
                continue
            for shape in field_index(message).shapes:
                path = ".".join((*parents, shape.json_name))
                entries.append(
                    Entry(EntryKind.PATH, path, f"of {beside.json_name}", path, "", "", shape.deprecated, shape)
                )
        return entries


def _field_entries(message: Descriptor, members: dict[str, str | None]) -> list[Entry]:
    """The fields that are not set yet; members of a oneof that has its choice already come last."""
    index = field_index(message)
    taken = {id(index.by_json_name[name]) for name in members if name in index.by_json_name}
    chosen = {shape.oneof: shape.json_name for shape in index.shapes if shape.oneof is not None and id(shape) in taken}
    entries: list[Entry] = []
    others: list[Entry] = []
    for shape in index.shapes:
        if id(shape) in taken:
            continue
        rival = chosen.get(shape.oneof) if shape.oneof is not None else None
        note = f"{rival} is set" if rival else ""
        entry = Entry(
            EntryKind.FIELD,
            shape.json_name,
            shape.type_name,
            json_string(shape.json_name),
            _opening(shape),
            note,
            shape.deprecated,
            shape,
        )
        (others if rival else entries).append(entry)
    return entries + others


def _opening(shape: FieldShape) -> str:
    """What a field's value begins and ends with."""
    if shape.is_map:
        return "{}"
    if shape.is_repeated:
        return "[]"
    scalar = scalar_shape(shape)
    if scalar.kind.is_message:
        return _opening_of(scalar.message_name or "")
    if scalar.enum_name == "google.protobuf.NullValue":
        return ""
    quoted = scalar.kind in WIDE_INTEGERS or scalar.kind in (FieldKind.STRING, FieldKind.BYTES, FieldKind.ENUM)
    return '""' if quoted else ""


def _opening_of(message_name: str) -> str:
    return '""' if message_name in STRING_TYPES else _OPENINGS.get(message_name, "{}")


def _scalar_entries(shape: FieldShape) -> list[Entry]:
    if shape.kind is FieldKind.BOOL:
        return [Entry(EntryKind.KEYWORD, word, "", word) for word in ("true", "false")]
    if shape.kind in FLOATS:
        return [Entry(EntryKind.KEYWORD, word, "", f'"{word}"') for word in ("NaN", "Infinity", "-Infinity")]
    if shape.enum_name == "google.protobuf.NullValue":
        return [Entry(EntryKind.KEYWORD, "null", "NULL_VALUE", "null")]
    return [
        Entry(
            EntryKind.ENUM_VALUE,
            value.name,
            str(value.number),
            json_string(value.name),
            is_deprecated=value.deprecated,
            source=shape,
        )
        for value in shape.enum_values
    ]


def _last_path(outline: JsonOutline, word: Word) -> Word:
    """The path at the cursor, of the several that a mask's string may hold."""
    if not word.is_string:
        return word
    line = outline.line(word.line)
    typed = word.typed.rpartition(",")[2]
    quote_or_comma = line.rfind(",", word.start, word.start + 1 + len(word.typed))
    start = max(word.start, quote_or_comma) + 1
    end = word.end - 1 if word.is_closed else word.end
    return replace(word, start=start, end=max(start, end), typed=typed)


def _matching(entries: Sequence[Entry], typed: str) -> list[Entry]:
    if not typed:
        return list(entries)
    wanted = typed.lower()
    ranked: list[tuple[int, int]] = []
    for order, entry in enumerate(entries):
        label = entry.label.lower()
        place = label.find(wanted)
        if place == 0:
            ranked.append((0 if entry.label.startswith(typed) else 1, order))
        elif place > 0:
            ranked.append((3 if label[place - 1].isalnum() else 2, order))
        elif entry.kind is EntryKind.ENUM_VALUE and entry.detail == typed:
            ranked.append((0, order))
        elif len(entries) <= _LOOSELY_MATCHED and match_score(typed, entry.label) is not None:
            ranked.append((4, order))
    ranked.sort()
    return [entries[order] for _rank, order in ranked]
