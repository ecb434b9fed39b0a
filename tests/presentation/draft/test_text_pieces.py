"""Long texts are read and checked by what differs, to the same effect as at once."""

import json
import random
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.presentation.draft.random_layouts import laid_out

from wirelens.engine.errors import JsonError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_values import Number, Plain, plain_text, read_commented
from wirelens.presentation.draft.text_check import LongTextReader, check_text
from wirelens.presentation.draft.text_difference import Difference
from wirelens.presentation.draft.text_pieces import TextPieces
from wirelens.presentation.draft.tree import ListValue, MessageValue

_MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_ROW = {"name": 'somebody {[\\"', "tags": ["x" * 60] * 8, "scores": {"a": 1}}


def _text(chance: random.Random, rows: int = 12) -> str:
    value = {"name": "Ada", "reports": [_ROW | {"age": n} for n in range(rows)], "byRole": {"a": {}, "b": _ROW}}
    return laid_out(value, chance)


def _edited(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.choice([0, 0, 0, 1, 1, 5, 3000]))
    new = chance.choice(["", "x", "1", '"', ",", "{", "}", "]", " ", "//", '"age": 1, ', "/* c */", "{},"])
    return text[:start] + new + text[end:]


def _read(text: str, before: TextPieces | None) -> TextPieces | None:
    try:
        return TextPieces(text, before)
    except (JsonError, ValueError):
        return None


@_MANY
@given(seed=st.integers())
def test_reading_by_pieces_gives_what_reading_at_once_gives(seed: int) -> None:
    chance = random.Random(seed)
    text = _text(chance)
    before = None
    for _ in range(12):
        pieces = _read(text, before)
        expected: Plain | str
        try:
            expected = plain_text(read_commented(text))
        except (JsonError, ValueError):
            expected = "broken"
        assert (plain_text(pieces.value) if pieces is not None else "broken") == expected
        before = pieces or before
        text = _edited(text if chance.random() < 0.5 or before is None else before.text, chance)


@pytest.mark.parametrize(
    "broken", ['{"a": [1, 2', '{"a": tru}', '{"a" 1}', "{a: 1}", '{"a": 1} 2', "[1 2]", "", "[1,]1"]
)
@pytest.mark.parametrize("padding", ["", " " * 3000])
def test_mistakes_have_the_place_that_the_decoder_gives(broken: str, padding: str) -> None:
    text = broken.replace(" ", f" {padding}", 1)
    with pytest.raises(json.JSONDecodeError) as found:
        TextPieces(text)
    with pytest.raises(json.JSONDecodeError) as expected:
        read_commented(text)
    assert (found.value.msg, found.value.pos) == (expected.value.msg, expected.value.pos)


def test_what_did_not_change_is_the_same_object() -> None:
    text = json.dumps([{"n": n, "text": "x" * 100} for n in range(100)])
    before = TextPieces(text)
    after = TextPieces(text.replace('"n": 50', '"n": 5000'), before)
    one: Any = before.value
    other: Any = after.value
    assert other[50][0] == ("n", Number("5000"))
    assert [n for n in range(100) if one[n] is not other[n]] == [50]


def test_messages_that_did_not_change_are_the_same_in_the_next_tree(person: Descriptor, person_schema: Schema) -> None:
    reader = LongTextReader(person, person_schema)
    text = json.dumps({"reports": [{"name": f"n{n}", "nick": "x" * 30} for n in range(200)]})
    one = reader.read(text, None).tree
    assert isinstance(one, MessageValue)
    before = one.fields["reports"]
    assert isinstance(before, ListValue)
    assert len(before.items) == 200  # what was never looked at is read anew
    other = reader.read(text.replace('"n7"', '"n7!"'), one).tree
    assert isinstance(other, MessageValue)
    after = other.fields["reports"]
    assert isinstance(after, ListValue)
    assert [n for n in range(200) if before.items[n] is not after.items[n]] == [7]


@_MANY
@given(seed=st.integers())
def test_checking_what_differs_finds_what_checking_all_finds(
    seed: int, person: Descriptor, person_schema: Schema
) -> None:
    chance = random.Random(seed)
    reader = LongTextReader(person, person_schema)
    text = _text(chance)
    words = ["age", "name", "tags", "reports", "x", "1", '"a"', "byRole"]
    for _ in range(12):
        found, expected = reader.check(text).mistakes, check_text(text, person, person_schema).mistakes
        assert [vars(each) for each in found] == [vars(each) for each in expected]
        word = chance.choice(words)
        places = [n for n in range(len(text)) if text.startswith(word, n)]
        if places and chance.random() < 0.7:
            place = chance.choice(places)
            text = text[:place] + chance.choice([*words, "-1", "null"]) + text[place + len(word) :]
        else:
            text = _edited(text, chance)


def test_an_edit_within_one_object_is_checked_by_itself(person: Descriptor, person_schema: Schema) -> None:
    reader = LongTextReader(person, person_schema)
    text = json.dumps({"reports": [{"age": n, "name": "x" * 50} for n in range(100)]})
    whole = reader.check(text)
    assert whole.serialized is not None
    part = reader.check(text.replace('"age": 50,', '"age": -50,'))
    assert [each.field_path for each in part.mistakes] == ["reports[50].age"]
    assert reader.check(text).serialized is None  # so it did not read the others


@given(before=st.text("ab"), after=st.text("ab"))
def test_a_difference_is_as_short_as_it_can_be(before: str, after: str) -> None:
    found = Difference.between(before, after)
    assert before[: found.start] + after[found.start : found.end_after] + before[found.end_before :] == after
    if before == after:
        assert found.start == found.end_before == found.end_after
    else:
        one, other = before[found.start : found.end_before], after[found.start : found.end_after]
        assert not one or not other or (one[0] != other[0] and one[-1] != other[-1])
