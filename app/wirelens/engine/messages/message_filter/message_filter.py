"""A filter expression bound to the messages of a method: judges them in batches.

A message of the other direction than a field belongs to does not have that field. What does not decode matches
nothing that asks for its content. Events that are no messages (headers, half-close, status) stay beside the matches
unless the expression excludes them by what is known of them: their time and direction.
"""

import bisect
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.errors import FilterError
from wirelens.engine.messages.message_filter.comparison import (
    COMPARE,
    SIZE_UNITS,
    TIME_UNITS,
    amount,
    value_test,
    whole_number,
)
from wirelens.engine.messages.message_filter.expression import (
    Comparison,
    Expression,
    Joined,
    Not,
    TokenKind,
    Words,
    parsed,
    segments,
)
from wirelens.engine.messages.message_filter.field_path import FieldPath, bound_path
from wirelens.engine.messages.message_filter.text_needle import TextNeedle
from wirelens.engine.messages.message_plan import message_plan
from wirelens.engine.schema.schema import Schema

FACTS = {
    "direction": "received or sent",
    "size": "bytes of the message: 10KB, 2MiB",
    "gap": "time since the message before: 100ms",
    "at": "time since the call began: 5s",
    "number": "its number among the messages of its direction",
}
LARGEST_READ = 8 * 2**20  # bytes; the interpreter stands still while a message is parsed, this one for some 40 ms
_UNITS = frozenset({*SIZE_UNITS, *TIME_UNITS})
_DIRECTIONS = {"received": True, "sent": False}

Rows: TypeAlias = list[int]
# Which of some rows of a batch pass, in their order.
Select: TypeAlias = Callable[["Batch", Rows], Rows]
# Whether an event that is no message may stay: given its time and whether it was received (None: neither).
Judge: TypeAlias = Callable[[float, bool | None], bool]


@dataclass
class Batch:
    """Some messages that follow one another, all of one direction or of both.

    Args:
        block: the payloads one behind the other, None where they cannot be read.
        ends: where each payload ends in the block.
        times: seconds since the call began.
        find_gaps: gives the seconds since the message before, infinite for the first; asked when they are wanted.
        numbers: counted from 1 in each direction.
    """

    block: bytes | None
    ends: Sequence[int]
    times: Sequence[float]
    find_gaps: Callable[[], Sequence[float]]
    numbers: Sequence[int]

    def __post_init__(self) -> None:
        self._messages: dict[int, Message | None] = {}

    @functools.cached_property
    def gaps(self) -> Sequence[float]:
        return self.find_gaps()

    @functools.cached_property
    def lowered(self) -> bytes:
        """The block with its ASCII letters in lower case."""
        return (self.block or b"").lower()

    @functools.cached_property
    def starts(self) -> Sequence[int]:
        """Where each payload begins in the block."""
        return [0, *self.ends[:-1]]

    def messages(self, rows: Rows, message_class: type[Message]) -> list[Message | None]:
        """The parsed messages of some rows; None for what is no such message, too large or not kept."""
        if self.block is None:
            return [None] * len(rows)
        known, parse = self._messages, message_class.FromString
        if not known:
            known.update(zip(rows, self._parsed(rows, parse), strict=True))
        else:
            missing = [row for row in rows if row not in known]
            known.update(zip(missing, self._parsed(missing, parse), strict=True))
        return [known[row] for row in rows]

    def _parsed(self, rows: Rows, parse: Callable[[bytes], Message]) -> list[Message | None]:
        block, starts, ends = self.block, self.starts, self.ends
        assert block is not None
        try:
            return [parse(block[starts[row] : ends[row]]) for row in rows]
        except DecodeError:
            return [_parsed_or_none(parse, block[starts[row] : ends[row]]) for row in rows]


def _parsed_or_none(parse: Callable[[bytes], Message], payload: bytes) -> Message | None:
    try:
        return parse(payload)
    except DecodeError:
        return None


@dataclass(frozen=True)
class _Part:
    """A piece of the compiled filter, for each direction; `cost` orders what is asked first."""

    received: Select
    sent: Select
    judge: Judge
    cost: int = 0


class MessageFilter:
    """What a blank expression is not: see `compiled_filter`.

    `asks_content` says whether payloads have to be read at all; `note` what a person may have meant otherwise.
    """

    def __init__(self, text: str, part: _Part, *, asks_content: bool, note: str = "") -> None:
        self.text = text
        self.asks_content = asks_content
        self.note = note
        self._part = part

    def matches(self, batch: Batch, received: Rows, sent: Rows) -> Rows:
        """Which rows of a batch match, in their order; each row is in one of the two lists, which are in order."""
        found = self._part.received(batch, received) if received else []
        if sent:
            found = sorted([*found, *self._part.sent(batch, sent)])
        return found

    def keeps_event(self, at: float, is_received: bool | None) -> bool:
        """Whether an event that is no message stays in sight; `is_received` is None where it has no direction."""
        return self._part.judge(at, is_received)


def compiled_filter(text: str, request: Descriptor, response: Descriptor, schema: Schema) -> MessageFilter | None:
    """The filter that an expression means for the messages of a method; None where it is blank.

    Raises:
        FilterError: it cannot be read, or names what the types do not have.
    """
    expression = parsed(text, _UNITS)
    if expression is None:
        return None
    compiler = _Compiler(request, response, schema)
    part = compiler.part(expression, negated=False)
    return MessageFilter(text, part, asks_content=compiler.asks_content, note=compiler.note)


class _Compiler:
    """Negation is moved inwards to what can be asked of a message, so that content which cannot be read fails both
    what asks for it and its opposite."""

    def __init__(self, request: Descriptor, response: Descriptor, schema: Schema) -> None:
        self._types = {True: response, False: request}
        self._schema = schema
        self.asks_content = False
        self.note = ""

    def part(self, expression: Expression, *, negated: bool) -> _Part:
        match expression:
            case Not(inner):
                return self.part(inner, negated=not negated)
            case Joined(parts, is_all):
                made = sorted((self.part(each, negated=negated) for each in parts), key=lambda part: part.cost)
                return _all_of(made) if is_all is not negated else _any_of(made)
            case Words():
                return self._words(expression, negated)
            case Comparison():
                return self._comparison(expression, negated)

    # -- words

    def _words(self, words: Words, negated: bool) -> _Part:
        token = words.token
        if token.kind == TokenKind.WORD:
            if self._may_be_path(token.text):
                self.note = f'{token.text} is a field: found where it is set. "{token.text}" finds the text.'
                return self._content(lambda received: self._presence(words, received), negated, cost=3)
            self._refuse_colon(words)
        if not token.text:
            raise FilterError("there is no text between the quotation marks", offset=token.start, length=2)
        self.asks_content = True
        sides = {received: self._needle(token.text, received, negated) for received in (True, False)}
        return _Part(sides[True], sides[False], _stays, cost=2)

    def _may_be_path(self, text: str) -> bool:
        """Whether a bare word names a field: then it asks whether that is set."""
        if text.startswith("["):
            return True
        first = text.removeprefix(".").partition(".")[0].partition("[")[0]
        return any(first in message_plan(descriptor).by_json_name for descriptor in self._types.values())

    def _refuse_colon(self, words: Words) -> None:
        name, colon, rest = words.token.text.partition(":")
        if colon and (name.lower() in FACTS or self._may_be_path(name)):
            raise FilterError(
                "a field is compared with =",
                offset=words.token.start + len(name),
                next_step=f'write {name} = {rest or "…"}, or "{words.token.text}" to find this text',
            )

    def _presence(self, words: Words, received: bool) -> Callable[[Message], bool]:
        return bound_path(segments(words.token), self._types[received]).presence()

    def _needle(self, text: str, received: bool, negated: bool) -> Select:
        needle = TextNeedle(text, self._types[received], self._schema)
        message_class = GetMessageClass(self._types[received])
        in_texts, elsewhere = needle.found_in_texts, needle.found_elsewhere

        def select(batch: Batch, rows: Rows) -> Rows:
            hits = _rows_with(needle, batch)
            reads_all = negated or not needle.is_always_in_bytes
            asked = rows if reads_all else [row for row in rows if row in hits]
            return [
                row
                for row, message in zip(asked, batch.messages(asked, message_class), strict=True)
                if message is not None and ((row in hits and in_texts(message)) or elsewhere(message)) is not negated
            ]

        return select

    # -- comparisons

    def _comparison(self, comparison: Comparison, negated: bool) -> _Part:
        name = comparison.path.text.lower()
        if name in FACTS:
            return self._fact(name, comparison, negated)

        def matcher(received: bool) -> Callable[[Message], bool]:
            path = self._bound(comparison, received)
            return path.matcher(value_test(comparison, path.leaf))

        return self._content(matcher, negated, cost=1)

    def _bound(self, comparison: Comparison, received: bool) -> FieldPath:
        steps = segments(comparison.path)
        if not steps:
            raise FilterError("a field is missing", offset=comparison.path.start)
        return bound_path(steps, self._types[received])

    def _content(self, make: Callable[[bool], Callable[[Message], bool]], negated: bool, cost: int) -> _Part:
        """What is asked of parsed messages; it has to make sense in one direction at least."""
        self.asks_content = True
        sides: dict[bool, Select] = {}
        mistakes: list[FilterError] = []
        for received in (True, False):
            try:
                check = make(received)
            except FilterError as mistake:
                mistakes.append(mistake)
                check = _nothing
            sides[received] = _parsed_rows(GetMessageClass(self._types[received]), check, negated)
        if len(mistakes) == len(sides):
            raise _nearest(mistakes)
        return _Part(sides[True], sides[False], _stays, cost)

    def _fact(self, name: str, comparison: Comparison, negated: bool) -> _Part:
        if comparison.operator not in COMPARE:
            raise _wrong_operator(comparison, "=, !=, <, <=, > or >=")
        if name == "direction":
            return _direction(comparison, negated)
        compare = COMPARE[comparison.operator]
        wanted: float
        if name == "number":
            number = whole_number(comparison.value)
            if number is None:
                raise FilterError(
                    "number is compared with a whole number",
                    offset=comparison.value.start,
                    length=comparison.value.end - comparison.value.start,
                )
            wanted = number
        else:
            wanted = amount(comparison, SIZE_UNITS if name == "size" else TIME_UNITS)

        def passes(value: float) -> bool:
            return compare(value, wanted) is not negated

        judge = (lambda at, _received: passes(at)) if name == "at" else _stays
        select = _FACT_SELECTS[name](passes)
        return _Part(select, select, judge)


def _of_sizes(passes: Callable[[float], bool]) -> Select:
    def select(batch: Batch, rows: Rows) -> Rows:
        starts, ends = batch.starts, batch.ends
        return [row for row in rows if passes(ends[row] - starts[row])]

    return select


def _of_gaps(passes: Callable[[float], bool]) -> Select:
    def select(batch: Batch, rows: Rows) -> Rows:
        gaps = batch.gaps
        return [row for row in rows if passes(gaps[row])]

    return select


def _of_times(passes: Callable[[float], bool]) -> Select:
    def select(batch: Batch, rows: Rows) -> Rows:
        times = batch.times
        return [row for row in rows if passes(times[row])]

    return select


def _of_numbers(passes: Callable[[float], bool]) -> Select:
    def select(batch: Batch, rows: Rows) -> Rows:
        numbers = batch.numbers
        return [row for row in rows if passes(numbers[row])]

    return select


_FACT_SELECTS: dict[str, Callable[[Callable[[float], bool]], Select]] = {
    "size": _of_sizes,
    "gap": _of_gaps,
    "at": _of_times,
    "number": _of_numbers,
}


def _direction(comparison: Comparison, negated: bool) -> _Part:
    if comparison.operator not in ("=", "!="):
        raise _wrong_operator(comparison, "direction: received or direction: sent")
    value = comparison.value
    wanted = _DIRECTIONS.get(value.text.lower())
    if wanted is None:
        raise FilterError(
            f"there is no direction {value.text}",
            offset=value.start,
            length=max(1, value.end - value.start),
            next_step="it is received or sent",
        )
    is_received = wanted is not (negated is not (comparison.operator == "!="))
    chosen: dict[bool, Select] = {True: lambda _batch, rows: rows, False: lambda _batch, _rows: []}
    return _Part(
        chosen[is_received], chosen[not is_received], lambda _at, received: received is None or received is is_received
    )


def _wrong_operator(comparison: Comparison, next_step: str) -> FilterError:
    token = comparison.operator_token
    return FilterError(
        f"{comparison.path.text} cannot be compared with {token.text}",
        offset=token.start,
        length=token.end - token.start,
        next_step=f"write {next_step}",
    )


def _nearest(mistakes: list[FilterError]) -> FilterError:
    """The mistake of the type that came closest to making sense: the one found furthest to the right."""
    return max(mistakes, key=lambda mistake: (mistake.offset, "did you mean" in mistake.next_step))


def _stays(_at: float, _received: bool | None) -> bool:
    return True


def _nothing(_message: Any) -> bool:
    return False


def _parsed_rows(message_class: type[Message], check: Callable[[Message], bool], negated: bool) -> Select:
    def select(batch: Batch, rows: Rows) -> Rows:
        messages = batch.messages(rows, message_class)
        return [
            row
            for row, message in zip(rows, messages, strict=True)
            if message is not None and check(message) is not negated
        ]

    return select


def _all_of(parts: Sequence[_Part]) -> _Part:
    def both(selects: Sequence[Select]) -> Select:
        def select(batch: Batch, rows: Rows) -> Rows:
            for each in selects:
                if not rows:
                    break
                rows = each(batch, rows)
            return rows

        return select

    return _Part(
        both([part.received for part in parts]),
        both([part.sent for part in parts]),
        lambda at, received: all(part.judge(at, received) for part in parts),
        max(part.cost for part in parts),
    )


def _any_of(parts: Sequence[_Part]) -> _Part:
    def either(selects: Sequence[Select]) -> Select:
        def select(batch: Batch, rows: Rows) -> Rows:
            left, found = rows, set[int]()
            for each in selects:
                found.update(each(batch, left))
                left = [row for row in rows if row not in found]
                if not left:
                    break
            return sorted(found)

        return select

    return _Part(
        either([part.received for part in parts]),
        either([part.sent for part in parts]),
        lambda at, received: any(part.judge(at, received) for part in parts),
        max(part.cost for part in parts),
    )


def _rows_with(needle: TextNeedle, batch: Batch) -> set[int]:
    """The rows that have the needle in their bytes: one search over all of them."""
    found: set[int] = set()
    block, ends, position = batch.lowered, batch.ends, 0
    search = needle.in_bytes.search
    while hit := search(block, position):
        row = bisect.bisect_right(ends, hit.start())
        found.add(row)  # also where it ends in the next message: whoever reads the texts sees that
        position = ends[row]
    return found
