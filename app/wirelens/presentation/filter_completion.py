"""What can be typed at the cursor of a filter expression: fields, facts of a message, values, and what joins them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.errors import FilterError
from wirelens.engine.messages.fields import FieldKind, FieldShape, message_extensions
from wirelens.engine.messages.message_filter.comparison import COMPARABLE_TYPES
from wirelens.engine.messages.message_filter.expression import (
    JOINING,
    OPERATORS,
    Token,
    TokenKind,
    segments,
    tokens,
)
from wirelens.engine.messages.message_filter.field_path import FieldPath, bound_path
from wirelens.engine.messages.message_filter.message_filter import FACTS
from wirelens.engine.messages.message_plan import WRAPPER_TYPES, message_plan
from wirelens.presentation.draft.json_completion import Entry, EntryKind

_ORDERED = {"<", "<=", ">", ">="}
_WORDS = {
    "=": "equals",
    "!=": "differs",
    "<": "less",
    "<=": "at most",
    ">": "more",
    ">=": "at least",
    "~": "matches a regular expression",
    "!~": "does not match",
}
_JOINING_WORDS = {"and": "both", "or": "one of them", "not": "the opposite"}


@dataclass(frozen=True, slots=True)
class FilterCompletions:
    """Entries that may take the place of characters `start` to before `end`, those that begin so first."""

    start: int
    end: int
    typed: str
    entries: tuple[Entry, ...]


class FilterCompleter:
    """Answers for the messages of one method."""

    def __init__(self, request: Descriptor, response: Descriptor) -> None:
        self._types = (response,) if request is response else (response, request)

    def completions(self, text: str, cursor: int) -> FilterCompletions:
        """What fits at the cursor, none within quotation marks."""
        try:
            before = tokens(text[:cursor])[:-1]
        except FilterError:  # within a quoted text
            return FilterCompletions(cursor, cursor, "", ())
        touching = bool(before) and before[-1].end == cursor
        word = before.pop() if touching and before[-1].kind in (TokenKind.WORD, TokenKind.JOINING) else None
        if word is None and touching and before[-1].kind == TokenKind.QUOTED:
            return FilterCompletions(cursor, cursor, "", ())
        typed = word.text if word is not None else ""
        start = word.start if word is not None else cursor
        if before and before[-1].kind == TokenKind.OPERATOR:
            path = before[-2] if len(before) > 1 else None
            entries = self._values(path) if path is not None else iter(())
        elif word is None and before and before[-1].kind == TokenKind.WORD:
            entries = self._behind_word(before[-1])
        else:
            parent, typed = _split(typed)
            start = cursor - len(typed)
            entries = self._fields(parent, start - len(parent)) if parent else self._beginnings(before)
        return FilterCompletions(start, cursor, typed, _matching(entries, typed))

    # -- what there is

    def _beginnings(self, before: Sequence[Token]) -> Iterator[Entry]:
        taken: set[str] = set()
        for shape, owner in self._shapes():
            name = shape.path_name
            if name not in taken:
                taken.add(name)
                yield _field_entry(shape, owner.name if owner is not self._types[0] else "", dotted=name in FACTS)
        for name, words in FACTS.items():
            yield Entry(EntryKind.KEYWORD, name, words, f"{name}: " if name == "direction" else f"{name} ")
        joins = bool(before) and before[-1].kind in (TokenKind.WORD, TokenKind.QUOTED, TokenKind.CLOSING)
        for word in JOINING if joins else JOINING[-1:]:
            yield Entry(EntryKind.KEYWORD, word, _JOINING_WORDS[word], f"{word} ")

    def _shapes(self) -> Iterator[tuple[FieldShape, Descriptor]]:
        for descriptor in self._types:
            for shape in (*message_plan(descriptor).shapes, *message_extensions(descriptor)):
                yield shape, descriptor

    def _fields(self, parent: str, start: int) -> Iterator[Entry]:
        path = self._bound(Token(TokenKind.WORD, parent.rstrip("."), start, start + len(parent)))
        inner = path.leaf.message_type if path is not None else None
        if inner is not None and inner.full_name not in (WRAPPER_TYPES | COMPARABLE_TYPES):
            for shape in (*message_plan(inner).shapes, *message_extensions(inner)):
                yield _field_entry(shape)

    def _behind_word(self, word: Token) -> Iterator[Entry]:
        is_fact = word.text.lower() in FACTS
        path = None if is_fact else self._bound(word)
        if path is not None or is_fact:
            for operator in _operators(path.leaf if path is not None else None, word.text.lower()):
                yield Entry(EntryKind.OPENING, operator, _WORDS[operator], f"{operator} ")
        for name in JOINING[:2]:
            yield Entry(EntryKind.KEYWORD, name, _JOINING_WORDS[name], f"{name} ")

    def _values(self, path: Token) -> Iterator[Entry]:
        if path.text.lower() == "direction":
            for word in ("received", "sent"):
                yield Entry(EntryKind.ENUM_VALUE, word, "", f"{word} ")
            return
        bound = self._bound(path)
        if bound is None:
            return
        leaf = bound.leaf
        if leaf.message_name in WRAPPER_TYPES and leaf.message_type is not None:
            leaf = message_plan(leaf.message_type).shapes[0]
        for value in leaf.enum_values:
            yield Entry(
                EntryKind.ENUM_VALUE, value.name, str(value.number), f"{value.name} ", is_deprecated=value.deprecated
            )
        if leaf.kind is FieldKind.BOOL:
            for word in ("true", "false"):
                yield Entry(EntryKind.ENUM_VALUE, word, "", f"{word} ")

    def _bound(self, path: Token) -> FieldPath | None:
        for descriptor in self._types:
            try:
                steps = segments(path)
                return bound_path(steps, descriptor) if steps else None
            except FilterError:
                continue
        return None


def joined(expression: str, more: str) -> str:
    """Both expressions at once."""
    before = expression.strip()
    if not before:
        return more
    try:
        has_or = any(token.kind == TokenKind.JOINING and token.text == "or" for token in tokens(before))
    except FilterError:
        return more
    return f"({before}) and {more}" if has_or else f"{before} and {more}"


def _split(typed: str) -> tuple[str, str]:
    """The path up to its last dot, and what is typed behind it; brackets, also those still open, may hold dots."""
    depth = split = 0
    for place, letter in enumerate(typed):
        if letter in "[]":
            depth += 1 if letter == "[" else -1
        elif letter == "." and depth == 0 and place > 0:
            split = place + 1
    return typed[:split], typed[split:]


def _field_entry(shape: FieldShape, owner: str = "", *, dotted: bool = False) -> Entry:
    name = f".{shape.path_name}" if dotted else shape.path_name
    text = f"{name}[" if shape.is_map else f"{name}[]" if shape.is_repeated else name
    detail = f"{shape.type_name}, {owner}" if owner else shape.type_name
    return Entry(EntryKind.FIELD, name, detail, text, is_deprecated=shape.deprecated)


def _operators(leaf: FieldShape | None, name: str) -> Iterator[str]:
    for operator in OPERATORS:
        if name == "direction" and operator not in ("=", "!="):
            continue
        if leaf is None and operator in ("~", "!~"):
            continue
        if leaf is not None and leaf.kind in (FieldKind.BOOL, FieldKind.ENUM) and operator in _ORDERED:
            continue
        if leaf is not None and leaf.kind.is_message and leaf.message_name not in (WRAPPER_TYPES | COMPARABLE_TYPES):
            continue
        yield operator


def _matching(entries: Iterator[Entry], typed: str) -> tuple[Entry, ...]:
    wanted = typed.lower()
    found = [entry for entry in entries if wanted.lstrip(".") in entry.label.lower()]
    if not wanted:
        return tuple(found)
    return tuple(sorted(found, key=lambda entry: not entry.label.lower().startswith(wanted)))
