"""Brackets and their partners, with edits, against a plain reading of the whole text."""

import itertools
import time

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.presentation.draft.json_places import marked

from wirelens.presentation.draft.json_outline import JsonOutline, Place
from wirelens.presentation.draft.json_tokens import LineTokens, TokenKind, line_tokens

LINES = st.lists(st.text('{}[]:,"/*\\ a1', max_size=8), min_size=1, max_size=200)
EDITS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.text('{}[]"/*', max_size=6), max_size=90)),
    min_size=1,
    max_size=6,
)


def all_tokens(lines: list[str]) -> list[LineTokens]:
    found: list[LineTokens] = []
    within = False
    for line in lines:
        found.append(line_tokens(line, begins_in_comment=within))
        within = found[-1].ends_in_comment
    return found


def plain_opener(tokens: list[LineTokens], line: int, column: int) -> Place | None:
    stack: list[Place] = []
    for number in range(line + 1):
        for token in tokens[number].tokens:
            if number == line and token.end > column:
                continue
            if token.kind is TokenKind.OPEN:
                stack.append(Place(number, token))
            elif token.kind is TokenKind.CLOSE and stack:
                stack.pop()
    return stack[-1] if stack else None


def plain_closer(tokens: list[LineTokens], line: int, column: int) -> Place | None:
    depth = 1
    for number in range(line, len(tokens)):
        for token in tokens[number].tokens:
            if number == line and token.start < column:
                continue
            depth += (token.kind is TokenKind.OPEN) - (token.kind is TokenKind.CLOSE)
            if not depth:
                return Place(number, token)
    return None


@settings(max_examples=150, deadline=None)
@given(lines=LINES, edits=EDITS, place=st.tuples(st.integers(0, 10**6), st.integers(0, 10)))
def test_after_any_edits_it_is_as_if_read_anew(
    lines: list[str], edits: list[tuple[int, int, list[str]]], place: tuple[int, int]
) -> None:
    outline = JsonOutline(lines)
    lines = list(lines)
    for start, count, new in edits:
        first = start % (len(lines) + 1)
        removed = min(count % 4, len(lines) - first)
        if len(lines) - removed + len(new) == 0:
            continue
        outline.replace_lines(first, removed, new)
        lines[first : first + removed] = new
        tokens = all_tokens(lines)
        line, column = place[0] % len(lines), place[1]
        assert list(outline.lines()) == lines
        assert outline.line_count == len(lines)
        assert outline.tokens(line) == tokens[line]
        assert outline.opener(line, column) == plain_opener(tokens, line, column)
        assert outline.closer(line, column) == plain_closer(tokens, line, column)


@given(st.text())
def test_tokens_cover_all_but_white_space(line: str) -> None:
    for within in (False, True):
        tokens = line_tokens(line, begins_in_comment=within).tokens
        assert all(one.end <= two.start for one, two in itertools.pairwise(tokens))
        covered = {place for token in tokens for place in range(token.start, token.end)}
        assert all(line[place].isspace() for place in range(len(line)) if place not in covered)


def test_strings_and_comments_hold_no_brackets() -> None:
    outline, line, column = marked('{ // [\n "a": "[{", /* { \n [ */ |\n}')
    opener = outline.opener(line, column)
    assert opener is not None
    assert opener.line == 0
    partner = outline.partner(0, opener.token)
    assert partner is not None
    assert partner.line == 3


def test_a_bracket_of_another_kind_is_no_partner() -> None:
    outline, line, _column = marked("|{ ]")
    opener = outline.tokens(0)
    assert opener is not None
    assert outline.partner(line, opener.tokens[0]) is None


def test_a_key_in_a_megabyte_costs_no_more_than_its_surroundings() -> None:
    """The first answer waits for the sums of what stands before; each later one is for a changed line alone."""
    rows = ['    {"name": "somebody", "id": "1", "tags": ["one", "two"], "score": 0.5},'] * 15_000
    outline = JsonOutline(["{", '  "rows": [', *rows, "  ]", "}"])
    assert outline.closer(0, 1) is None
    while not outline.advance(0.004):
        pass
    started = time.perf_counter()
    for number in range(20):
        outline.replace_lines(7000, 1, [f'    {{"name": "{number}'])
        assert outline.opener(14_000, 0) is not None
    assert (time.perf_counter() - started) / 20 < 0.05  # one reading of it all takes longer
