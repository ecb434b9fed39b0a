"""Reading and checking a draft's JSON, at once where it is short and in a worker thread where it would be felt."""

import bisect
import json
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.protojson import MOST_MISTAKES, checked_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_values import Plain, read_commented
from wirelens.presentation.draft.text_difference import Difference
from wirelens.presentation.draft.text_pieces import TextPieces
from wirelens.presentation.draft.tree import MessageValue, Value, read_whole

READ_AT_ONCE = 256 * 1024  # characters; 10 ms a million when measured
CHECK_AT_ONCE = 4 * 1024  # characters; the check is Python, 1 ms a thousand when measured


@dataclass(frozen=True)
class Reading:
    """What came of a text: the tree, or the mistake that keeps it from being JSON of the message's form."""

    tree: Value | None
    problem: JsonError | None


@dataclass(frozen=True)
class Checked:
    """A text's mistakes; a text without any has its message's bytes where they were worth making beforehand."""

    mistakes: tuple[JsonError, ...]
    serialized: bytes | None = None


def read_text(text: str, descriptor: Descriptor, schema: Schema, previous: Value | None) -> Reading:
    """Read `text` into a tree; what JSON cannot say is taken over from `previous`."""
    return _reading(text, read_commented, descriptor, schema, previous)


def check_text(text: str, descriptor: Descriptor, schema: Schema, *, serialize: bool = False) -> Checked:
    """Everything ProtoJSON finds wrong in `text`."""
    message, mistakes = checked_from_json(text, descriptor, schema, comments=True)
    return Checked(tuple(mistakes), message.SerializePartialToString() if serialize and not mistakes else None)


class LongTextReader:
    """Reads and checks one long text after another, each by what differs from the last. It belongs to one thread."""

    def __init__(self, descriptor: Descriptor, schema: Schema) -> None:
        self._descriptor = descriptor
        self._schema = schema
        self._pieces: TextPieces | None = None
        self._checked: tuple[TextPieces, tuple[JsonError, ...]] | None = None

    def read(self, text: str, previous: Value | None) -> Reading:
        """As `read_text`."""
        reading = _reading(text, self._read_pieces, self._descriptor, self._schema, previous)
        if isinstance(reading.tree, MessageValue):
            _ = reading.tree.fields  # read here what the form asks for first
        return reading

    def check(self, text: str) -> Checked:
        """As `check_text`, but without what is inside of objects that were checked before and have not changed.

        Bytes come only of a text that was checked as a whole.
        """
        try:
            self._read_pieces(text)
        except (JsonError, ValueError, RecursionError):
            self._pieces = None
        pieces = self._pieces
        unchanged = _without_what_is_known(pieces, *self._checked) if pieces and self._checked else None
        if unchanged is None:
            checked = check_text(text, self._descriptor, self._schema, serialize=True)
        else:
            checked = check_text(unchanged, self._descriptor, self._schema)
        if pieces is not None:
            self._checked = (pieces, checked.mistakes)
        return checked

    def _read_pieces(self, text: str) -> Plain:
        self._pieces = TextPieces(text, self._pieces)
        return self._pieces.value


def _without_what_is_known(now: TextPieces, then: TextPieces, mistakes: tuple[JsonError, ...]) -> str | None:
    """The text with empty objects and arrays, as long as they were, in place of those that are known to be right.

    None where more than one of them has changed, or something around them: what they are may then be another thing.
    """
    change = Difference.between(then.text, now.text)
    starts = list(then.spans)
    index = bisect.bisect_left(starts, change.start) - 1
    if len(mistakes) >= MOST_MISTAKES or index < 0:
        return None
    edited = starts[index]
    end = then.spans[edited][0]
    moved = change.end_after - change.end_before
    if not (edited < change.start and change.end_before < end and now.spans.get(edited, (0,))[0] == end + moved):
        return None
    wrong = {edited}
    for mistake in mistakes:
        before = bisect.bisect_right(starts, mistake.offset) - 1
        wrong.add(starts[max(before, 0)])
    parts: list[str] = []
    done = 0
    for start in starts:
        if start in wrong:
            continue
        end = then.spans[start][0]
        if start > edited:
            start, end = start + moved, end + moved
        inside = now.text[start + 1 : end - 1]
        blank = "\n".join(" " * len(line) for line in inside.split("\n")) if "\n" in inside else " " * len(inside)
        parts += (now.text[done : start + 1], blank)
        done = end - 1
    return "".join((*parts, now.text[done:]))


def _reading(
    text: str, read: Callable[[str], Plain], descriptor: Descriptor, schema: Schema, previous: Value | None
) -> Reading:
    try:
        plain = read(text)
    except JsonError as error:
        return Reading(None, error)
    except (ValueError, RecursionError) as error:
        return Reading(None, _syntax_problem(text, descriptor, schema, error))
    tree = read_whole(descriptor, plain, previous)
    if tree is not None:
        return Reading(tree, None)
    problem = JsonError(f"{descriptor.name} is a JSON object, in {{ }}", line=1, column=1, offset=0, length=len(text))
    return Reading(None, problem)


def _syntax_problem(text: str, descriptor: Descriptor, schema: Schema, error: Exception) -> JsonError:
    """The mistake in the engine's words where the text is short enough to be read again for them."""
    if len(text) <= READ_AT_ONCE:
        _message, found = checked_from_json(text, descriptor, schema, comments=True)
        if found:
            return found[0]
    if isinstance(error, json.JSONDecodeError):
        return JsonError(error.msg, line=error.lineno, column=error.colno, offset=error.pos)
    sentence = str(error) if isinstance(error, ValueError) else "nested deeper than can be read"
    return JsonError(sentence, line=1, column=1, offset=0)
