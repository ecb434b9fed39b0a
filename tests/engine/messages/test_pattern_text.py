import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.engine.messages.pattern_text import matching_text

PATTERNS = [
    "^[A-Z]{2}-[0-9]{3}$",
    r"^projects/[^/]+/locations/(eu|us)-\w+\d?$",
    r"^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)$",
    r"^(?P<name>[a-zA-Z_]\w*)(\.(?P<rest>\w+))*$",
    "^$",
    "a|b|",
    r"^\+[1-9]\d{1,14}$",
    "^.{3,}$",
    r"^[\w.\-]+@[\w\-]+\.[a-z]{2,}$",
    r"^[^\s\x00-\x1f]+$",
    "^#[0-9a-fA-F]{6}$",
    "(?i)^hello$",
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$",
    r"^[]x]+$",
    "^a??b*?c+?$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("seed", range(5))
def test_the_text_matches(pattern: str, seed: int) -> None:
    text = matching_text(pattern, seed)
    assert text is not None
    assert re.search(pattern, text), text
    assert matching_text(pattern, seed) == text


def test_classes_by_name_are_those_of_re2() -> None:
    assert re.fullmatch("[a-z][0-9]", matching_text("[[:alpha:]][[:digit:]]") or "")


def test_seeds_differ() -> None:
    assert len({matching_text("^[a-z]{12}$", seed) for seed in range(5)}) == 5


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "a{", "a{9999}", r"\pL", "(?=a)", "\\", "[[:nothing:]]", "(" * 500]
)
def test_what_is_no_pattern_or_beyond_the_reader_gives_nothing(pattern: str) -> None:
    assert matching_text(pattern) is None


@given(st.text(alphabet="ab[](){}|*+?^$.-\\d1,:", max_size=12))
def test_any_text_is_read_or_refused(pattern: str) -> None:
    text = matching_text(pattern)
    assert text is None or isinstance(text, str)


def test_a_range_that_ends_with_no_character_is_refused() -> None:
    assert matching_text("[1-\\b]") is None
