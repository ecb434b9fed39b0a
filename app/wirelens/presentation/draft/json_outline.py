"""Which bracket belongs to which, in a JSON text of any size that is broken most of the time.

The lines are kept in blocks. Of each block is known how many brackets it leaves open and how many it closes that were
opened before, so that a search for a partner passes over whole blocks. A changed line costs its own block anew.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wirelens.presentation.draft.json_tokens import LONGEST_LINE, PARTNERS, LineTokens, Token, TokenKind, line_tokens

_BLOCK_LINES = 64
_BLOCK_CHARACTERS = 8192
_BLOCKS_AT_ONCE = 32  # summed up while somebody waits for an answer; some 3 ms
_REMEMBERED_BLOCKS = 64  # whose tokens are kept
_NO_BRACKET = re.compile(r'"[^"\\\n]*(?:\\.?[^"\\\n]*)*"?|//[^\n]*|[^{}\[\]"/]+|/')


class Place(NamedTuple):
    """A token and its line, 0-based."""

    line: int
    token: Token


@dataclass(slots=True)
class _Block:
    lines: list[str]
    begins_in_comment: bool = False
    ends_in_comment: bool = False
    closes: int = -1  # brackets that were opened before this block; -1 until it is summed up
    opens: int = 0  # brackets that are still open behind it
    tokens: list[LineTokens] | None = field(default=None, repr=False)


class JsonOutline:
    """The lines of one text. Searches give None where there is no answer, or none yet: see `advance`."""

    def __init__(self, lines: Sequence[str] = ("",)) -> None:
        self._blocks: list[_Block] = []
        self._count = 0
        self._known = 0  # blocks, from the first, whose sums are right
        self._allowance = 0  # how many more may be summed up for the present question
        self._remembered: list[_Block] = []
        self.replace_lines(0, 0, lines)

    @property
    def line_count(self) -> int:
        return self._count

    def lines(self, first: int = 0) -> Iterator[str]:
        """The lines from `first` on."""
        index, offset = self._find(first)
        yield from self._blocks[index].lines[offset:]
        for block in self._blocks[index + 1 :]:
            yield from block.lines

    def line(self, number: int) -> str:
        block, offset = self._find(number)
        return self._blocks[block].lines[offset]

    def replace_lines(self, first: int, removed: int, lines: Sequence[str]) -> None:
        """Put `lines` in the place of `removed` lines from `first` on."""
        if self._blocks and removed == len(lines) == 1:
            index, offset = self._find(first)
            block = self._blocks[index]
            block.lines[offset] = lines[0]
            self._forget(block)
            self._known = min(self._known, index)
            return
        if not self._blocks:
            start, kept_before, kept_after, stop = 0, [], [], 0
        else:
            start, offset = self._find(first)
            kept_before = self._blocks[start].lines[:offset]
            stop, end = self._find(first + removed)
            kept_after = self._blocks[stop].lines[end:]
            stop += 1
        self._blocks[start:stop] = _blocks([*kept_before, *lines, *kept_after])
        self._count += len(lines) - removed
        self._known = min(self._known, start)

    def advance(self, seconds: float) -> bool:
        """Sum up blocks for about that long; True once nothing is left to do."""
        enough = time.perf_counter() + seconds
        while self._known < len(self._blocks):
            self._allowance = 1
            self._sum_up(self._known + 1)
            if time.perf_counter() > enough:
                return self._known == len(self._blocks)
        return True

    def tokens(self, line: int) -> LineTokens | None:
        """The tokens of a line; None while what stands before it is not known."""
        index, offset = self._asked(line)
        if not self._is_known(index):
            return None
        return self._tokens_of(self._blocks[index])[offset]

    def opener(self, line: int, column: int) -> Place | None:
        """The bracket that is open at a place: the innermost one around it."""
        index, offset = self._asked(line)
        if not self._is_known(index):
            return None
        missing = 1
        while True:
            block = self._blocks[index]
            lines = self._tokens_of(block)
            first = line - offset
            for number in range(offset, -1, -1):
                for token in reversed(lines[number].tokens):
                    if first + number == line and token.end > column:
                        continue
                    if token.kind is TokenKind.CLOSE:
                        missing += 1
                    elif token.kind is TokenKind.OPEN:
                        missing -= 1
                        if not missing:
                            return Place(first + number, token)
            line, column = first, 0
            while True:
                index -= 1
                if index < 0:
                    return None
                block = self._blocks[index]
                line -= len(block.lines)
                if block.opens >= missing:
                    break
                missing += block.closes - block.opens
            offset = len(block.lines) - 1
            line, column = line + offset, LONGEST_LINE + 1

    def closer(self, line: int, column: int) -> Place | None:
        """The bracket that closes what is open at a place (the column behind an opening bracket: its partner)."""
        index, offset = self._asked(line)
        if not self._is_known(index):
            return None
        missing = 1
        while True:
            first = line - offset
            for number, tokens in enumerate(self._tokens_of(self._blocks[index])[offset:], first + offset):
                for token in tokens.tokens:
                    if number == line and token.start < column:
                        continue
                    if token.kind is TokenKind.OPEN:
                        missing += 1
                    elif token.kind is TokenKind.CLOSE:
                        missing -= 1
                        if not missing:
                            return Place(number, token)
            while True:
                first += len(self._blocks[index].lines)
                index += 1
                if not self._is_known(index):
                    return None
                block = self._blocks[index]
                if block.closes >= missing:
                    break
                missing += block.opens - block.closes
            line, column, offset = first, 0, 0

    def partner(self, line: int, token: Token) -> Place | None:
        """The bracket that belongs to the bracket `token`, if it is of the same kind."""
        found = self.closer(line, token.end) if token.kind is TokenKind.OPEN else self.opener(line, token.start)
        if found is None or self.text_of(found) != PARTNERS[self.line(line)[token.start]]:
            return None
        return found

    def text_of(self, place: Place) -> str:
        return self.line(place.line)[place.token.start : place.token.end]

    def before(self, line: int, column: int, most_lines: int = 200) -> Iterator[Place]:
        """The tokens that end at or before a place, the nearest first, without comments."""
        for number in range(line, max(-1, line - most_lines), -1):
            tokens = self.tokens(number)
            if tokens is None:
                return
            for token in reversed(tokens.tokens):
                if token.kind is not TokenKind.COMMENT and (number < line or token.end <= column):
                    yield Place(number, token)

    def after(self, line: int, column: int, most_lines: int = 200) -> Iterator[Place]:
        """The tokens that begin at or behind a place, the nearest first, without comments."""
        for number in range(line, min(self._count, line + most_lines)):
            tokens = self.tokens(number)
            if tokens is None:
                return
            for token in tokens.tokens:
                if token.kind is not TokenKind.COMMENT and (number > line or token.start >= column):
                    yield Place(number, token)

    def inside(self, opener: Place, most_blocks: int = 24) -> Iterator[Place]:
        """The tokens of a bracket's own level, each bracket within it by its two ends, without comments.

        Blocks that lie deeper as a whole are passed over; it ends early where more than `most_blocks` would have to
        be looked through.
        """
        index, offset = self._asked(opener.line)
        line, column = opener.line, opener.token.end
        depth = 0
        for _ in range(most_blocks):
            if not self._is_known(index):
                return
            first = line - offset
            for number, tokens in enumerate(self._tokens_of(self._blocks[index])[offset:], first + offset):
                for token in tokens.tokens:
                    if token.kind is TokenKind.COMMENT or (number == line and token.start < column):
                        continue
                    if token.kind is TokenKind.CLOSE:
                        depth -= 1
                        if depth < 0:
                            return
                    if depth == 0:
                        yield Place(number, token)
                    if token.kind is TokenKind.OPEN:
                        depth += 1
            while True:
                first += len(self._blocks[index].lines)
                index += 1
                if not self._is_known(index):
                    return
                block = self._blocks[index]
                if not depth or block.closes >= depth:
                    break
                depth += block.opens - block.closes
            line, column, offset = first, 0, 0

    # -- blocks

    def _find(self, line: int) -> tuple[int, int]:
        """The block of a line, and the line's place in it; for the line behind the last one the end of the last."""
        for index, block in enumerate(self._blocks):
            if line < len(block.lines):
                return index, line
            line -= len(block.lines)
        return len(self._blocks) - 1, len(self._blocks[-1].lines) + line

    def _asked(self, line: int) -> tuple[int, int]:
        """As `_find`, at the beginning of a question."""
        self._allowance = _BLOCKS_AT_ONCE
        return self._find(line)

    def _is_known(self, index: int) -> bool:
        """Whether a block is summed up, with all before it; a few that are not are done at once."""
        if index >= len(self._blocks):
            return False
        if index >= self._known:
            self._sum_up(index + 1)
        return index < self._known

    def _sum_up(self, stop: int) -> None:
        within = self._blocks[self._known - 1].ends_in_comment if self._known else False
        while self._known < stop:
            block = self._blocks[self._known]
            if block.closes < 0 or block.begins_in_comment != within:
                if not self._allowance:
                    return
                self._allowance -= 1
                self._forget(block)
                block.begins_in_comment = within
                _sum_up(block)
            within = block.ends_in_comment
            self._known += 1

    def _tokens_of(self, block: _Block) -> list[LineTokens]:
        if block.tokens is None:
            block.tokens = _tokens(block)
            self._remembered.append(block)
            if len(self._remembered) > _REMEMBERED_BLOCKS:
                self._remembered.pop(0).tokens = None
        return block.tokens

    def _forget(self, block: _Block) -> None:
        block.closes = -1
        if block.tokens is not None:
            block.tokens = None
            self._remembered = [each for each in self._remembered if each is not block]


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    start = length = 0
    for index, line in enumerate(lines):
        length += len(line)
        if index + 1 - start >= _BLOCK_LINES or length > _BLOCK_CHARACTERS:
            blocks.append(_Block(lines[start : index + 1]))
            start, length = index + 1, 0
    if start < len(lines) or not blocks:
        blocks.append(_Block(lines[start:]))
    return blocks


def _tokens(block: _Block) -> list[LineTokens]:
    result = []
    within = block.begins_in_comment
    for line in block.lines:
        tokens = line_tokens(line, begins_in_comment=within)
        within = tokens.ends_in_comment
        result.append(tokens)
    return result


def _sum_up(block: _Block) -> None:
    text = "\n".join(block.lines)
    if block.begins_in_comment or "/*" in text or len(text) > LONGEST_LINE:
        block.tokens = None
        found = _tokens(block)
        block.ends_in_comment = found[-1].ends_in_comment
        brackets = "".join(
            line[token.start]
            for line, tokens in zip(block.lines, found, strict=True)
            for token in tokens.tokens
            if token.kind in (TokenKind.OPEN, TokenKind.CLOSE)
        )
    else:
        block.ends_in_comment = False
        brackets = _NO_BRACKET.sub("", text)
    closes = opens = 0
    for bracket in brackets:
        if bracket in "{[":
            opens += 1
        elif opens:
            opens -= 1
        else:
            closes += 1
    block.closes, block.opens = closes, opens
