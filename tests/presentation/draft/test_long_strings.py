import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelens.presentation.draft.long_strings import LONGEST, LongStrings


def test_short_text_is_left_alone() -> None:
    text = json.dumps({"a": "b" * LONGEST})
    strings = LongStrings()
    assert strings.shorten(text) is text
    assert strings.expand(text) is text


@pytest.mark.parametrize("long", ["x" * 100_000, '\\"' * 50_000, "\\u00e4" * 20_000, "ä\\n" * 40_000])
def test_long_strings_are_cut_and_come_back(long: str) -> None:
    text = f'{{\n  "a": "{long}",\n  "b": ["{long}", 1]\n}}'
    strings = LongStrings()
    shown = strings.shorten(text)
    assert len(shown) < 400
    json.loads(shown)
    assert strings.expand(shown) == text


def test_editing_around_a_cut_keeps_it() -> None:
    strings = LongStrings()
    text = '{"a": "' + "x" * 100_000 + '", "name": "Ada"}'
    edited = strings.shorten(text).replace("Ada", "Grace")
    assert strings.expand(edited) == text.replace("Ada", "Grace")


def test_the_mark_of_a_string_stays_the_same() -> None:
    strings = LongStrings()
    text = '{"a": "' + "x" * 100_000 + '"}'
    shown = strings.shorten(text)
    strings.shorten(text.replace("x", "y"))
    assert strings.shorten(text + " ") == shown + " "


def test_places_behind_a_cut_are_found() -> None:
    strings = LongStrings()
    text = '{"a": "' + "x" * 100_000 + '", "b": 1, "c": "' + "y" * 20_000 + '", "d": 2}'
    shown = strings.shorten(text)
    for part in ('"a"', '"b"', '"d"'):
        assert strings.shown_offset(text.index(part)) == shown.index(part)
    assert shown[strings.shown_offset(50_000)] == "…"


@settings(deadline=None)  # the first long string is slow on a busy machine
@given(
    st.lists(st.one_of(st.text(max_size=5), st.text(min_size=1, max_size=3).map(lambda part: part * 9000)), max_size=4)
)
def test_any_text_comes_back(parts: list[str]) -> None:
    strings = LongStrings()
    for text in (json.dumps(parts), json.dumps(parts, ensure_ascii=False), '"'.join(parts), "\\".join(parts)):
        if "characters more" not in text:
            assert strings.expand(strings.shorten(text)) == text
