import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.presentation.draft.random_layouts import laid_out

from wirelens.engine.messages.json_comments import comment_spans, without_comments
from wirelens.presentation.draft.json_values import read_commented
from wirelens.presentation.draft.text_layout import indented_json, strict_json

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('a"\\/*,\u00a0\u2028'), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


def test_comments_stay_beside_what_they_stood_beside() -> None:
    text = '/* a */ {"a" :1, // one\n"b":[1,2,],\n// last\n"c":{ },"d":[ ]/* d */}'
    assert indented_json(text) == (
        '/* a */ {\n  "a": 1, // one\n  "b": [\n    1,\n    2,\n  ],\n  // last\n  "c": {},\n  "d": [] /* d */\n}'
    )


@given(value=_JSON, seed=st.integers())
def test_nothing_but_white_space_changes(value: Any, seed: int) -> None:
    text = laid_out(value, random.Random(seed))
    laid = indented_json(text)
    assert json.loads(without_comments(laid)) == value
    assert indented_json(laid) == laid
    comments, before = (
        ["".join(each[start:end].split()) for start, end in comment_spans(each)] for each in (laid, text)
    )
    assert comments == before
    if not comments and without_comments(text) is text:
        assert laid.count("\u00a0") == 0


@given(value=_JSON, seed=st.integers())
def test_what_leaves_the_window_is_json(value: Any, seed: int) -> None:
    text = laid_out(value, random.Random(seed))
    assert json.loads(strict_json(text)) == value == json.loads(json.dumps(value))
    assert read_commented(text) is not None or value is None


def test_json_leaves_as_it_was_typed_and_broken_text_too() -> None:
    for text in ('{"a":  1}', '{"a": ', "{} /* open"):
        assert strict_json(text) == text
