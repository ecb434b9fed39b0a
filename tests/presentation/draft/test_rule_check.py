"""Rules of the schema beside a draft: found in the background, placed in the form, no hindrance to sending."""

import itertools
import json
import time
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from tests.engine.messages.ruled import PREDEFINED, RULED, slow_json
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.places import place_in_form
from wirelens.presentation.draft.rule_check import LARGEST_TEXT, broken_rules_text


@pytest.fixture(scope="module")
def ruled_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "ruled" / "v1").mkdir(parents=True)
    return compiled(folder, {"ruled/v1/predefined.proto": PREDEFINED, "ruled/v1/ruled.proto": RULED})


@pytest.fixture
def ruled(qtbot: QtBot, ruled_schema: Schema) -> Callable[[str], Draft]:
    return lambda name: Draft(ruled_schema.descriptor(f"ruled.v1.{name}"), ruled_schema, delay_ms=0)


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Wait for what a child says, which takes its time where much else is going on."""
    qtbot.waitUntil(condition, timeout=20_000)


def settle(qtbot: QtBot, draft: Draft, *paths: str) -> None:
    """Wait until these and no others are the places of broken rules."""
    wait(qtbot, lambda: sorted(one.field_path for one in draft.rules.broken) == sorted(paths))


def test_a_broken_rule_is_said_at_its_field_and_gone_when_it_is_kept(
    qtbot: QtBot, ruled: Callable[[str], Draft]
) -> None:
    draft = ruled("Many")
    draft.set_json_text('{"tags": ["aa", "b"], "stock": {"long": 1, "ab": 0}, "choices": [{}]}')
    settle(qtbot, draft, "tags[1]", 'stock["long"]', 'stock["ab"]', "choices[0].way")
    assert draft.rule_at(("tags", 1)) == "must be at least 2 characters"
    assert draft.rule_at(("stock", 0)) == "the key must be at most 3 characters"
    assert draft.rule_at(("stock", 1)) == "must be greater than 0"
    assert draft.rule_at(("choices", 0, "way")) == "exactly one field is required in oneof"
    assert draft.rule_at(("tags", 0)) == ""
    assert draft.mistakes == ()
    assert draft.serialized(), "it can be sent all the same"
    draft.set_value(("tags", 1), "bb")
    settle(qtbot, draft, 'stock["long"]', 'stock["ab"]', "choices[0].way")
    assert draft.rule_at(("tags", 1)) == ""


def test_unset_fields_and_several_rules_of_one_field(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Others")
    draft.set_json_text('{"color": 0}')
    settle(qtbot, draft, "color", "texts", "present")
    assert draft.rule_at(("present",)) == "value is required"
    draft = ruled("Texts")
    draft.set_json_text('{"shaped": "q"}')
    wait(qtbot, lambda: bool(draft.rules.broken))
    assert draft.rule_at(("shaped",)).count("; ") == 3


def test_rules_of_the_request_as_a_whole_have_no_row(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Pair")
    draft.set_json_text('{"low": 5, "high": 2, "left": "a"}')
    settle(qtbot, draft, "")
    assert draft.rules.homeless == ("low must not be above high",)
    assert broken_rules_text(draft.rules.broken) == "1 rule broken; low must not be above high"
    outer = ruled("All")
    outer.set_json_text('{"pair": {"low": 5, "high": 2, "left": "a"}}')
    settle(qtbot, outer, "pair")
    assert outer.rule_at(("pair",)) == "low must not be above high"
    assert outer.rules.homeless == ()


def test_mistakes_come_first(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Numbers")
    broken = '{"between": 9, "fixed": 7, "listed": 8, "open": 3, "finite": 1, "yes": true, "notListed": 1}'
    draft.set_json_text(broken)
    settle(qtbot, draft, "between")
    draft.set_json_text('{"between": 9, "nothing": 1}')
    settle(qtbot, draft)
    assert draft.mistakes
    draft.set_json_text(broken)
    settle(qtbot, draft, "between")


def test_a_rule_that_cannot_be_checked_is_said(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Wrong")
    draft.set_json_text('{"sound": "a"}')
    wait(qtbot, lambda: bool(draft.rules.problem))
    assert "cannot be checked" in draft.rules.problem
    assert draft.serialized()


def test_a_draft_without_rules_is_left_alone(qtbot: QtBot, person_schema: Schema) -> None:
    draft = Draft(person_schema.descriptor("draft.test.Person"), person_schema, delay_ms=0)
    told: list[object] = []
    draft.rules.changed.connect(lambda: told.append(1))
    with qtbot.waitSignal(draft.changed):
        draft.set_json_text('{"name": "Ada"}')
    assert told == []
    assert draft.rules.broken == ()


def test_a_text_too_large_to_look_at_is_said(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Many")
    draft.set_json_text('{"tags": ["b"]}')
    wait(qtbot, lambda: draft.rule_at(("tags", 0)) != "")
    draft.set_value(("tags", 0), "x" * LARGEST_TEXT)
    wait(qtbot, lambda: "left to the server" in draft.rules.problem)
    assert draft.rules.broken == ()
    draft.set_value(("tags", 0), "b")
    wait(qtbot, lambda: draft.rule_at(("tags", 0)) != "")
    assert draft.rules.problem == ""


def test_all_broken_rules_of_a_large_request_are_told(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Many")
    draft.set_json_text(json.dumps({"choices": [{"byName": "long enough"}] * 8_000 + [{"byName": "x"}, {}]}))
    settle(qtbot, draft, "tags", "stock", "choices[8000].by_name", "choices[8001].way")
    assert draft.rule_at(("choices", 8_000, "by_name")) == "must be at least 2 characters"


def test_what_was_found_in_a_large_request_stays_while_it_is_typed_in(
    qtbot: QtBot, ruled: Callable[[str], Draft]
) -> None:
    draft = ruled("Many")
    text = json.dumps({"choices": [{"byName": "long enough"}] * 8_000 + [{"byName": "x"}]}, indent=1)
    draft.set_json_text(text)
    settle(qtbot, draft, "tags", "stock", "choices[8000].by_name")
    found: list[int] = []
    draft.rules.changed.connect(lambda: found.append(len(draft.rules.broken)))
    draft.set_json_text(text.replace("{", "{ ", 1))
    assert draft.is_reading
    wait(qtbot, lambda: draft.rules.notes_in(draft.json_text()) is not None)
    assert set(found) == {3}


def test_a_long_check_is_spoken_of_and_an_edit_ends_it(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Slow")
    with qtbot.waitSignal(draft.rules.changed, timeout=20_000):
        draft.set_json_text(slow_json(8_000))
    assert draft.rules.is_checking
    assert draft.serialized(), "it can be sent meanwhile"
    draft.set_json_text('{"numbers": [-1]}')
    settle(qtbot, draft, "")
    assert draft.rules.homeless == ("sums must not be negative",)
    assert not draft.rules.is_checking


def test_a_draft_that_is_closed_in_mid_check_leaves_it(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft, other = ruled("Slow"), ruled("Pair")
    with qtbot.waitSignal(draft.rules.changed, timeout=20_000):
        draft.set_json_text(slow_json(8_000))
    shiboken6.delete(draft)
    other.set_json_text('{"low": 5, "high": 2, "left": "a"}')
    settle(qtbot, other, "")


def test_what_is_packed_in_an_any_is_said_at_its_field(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Packed")
    draft.set_json_text(
        '{"any": {"@type": "type.googleapis.com/ruled.v1.Texts", "email": "nobody", "ip": "::1"},'
        ' "many": [{"@type": "type.googleapis.com/ruled.v1.Choice"}]}'
    )
    wait(qtbot, lambda: bool(draft.rules.broken))
    assert draft.rule_at(("any", "email")) == "must be a valid email address"
    assert draft.rule_at(("any", "ip")) == ""
    assert draft.rule_at(("many", 0, "way")) == "exactly one field is required in oneof"


def test_places_in_the_text(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Many")
    text = '{"tags": ["aa", "b"], // two\n "stock": {"long": 0},\n "choices": [{}]}'
    draft.set_json_text(text)
    settle(qtbot, draft, "tags[1]", 'stock["long"]', 'stock["long"]', "choices[0].way")
    notes = draft.rules.notes_in(text)
    assert notes is not None
    assert [(text[note.offset : note.offset + note.length], note.line, note.sentence) for note in notes] == [
        ('"b"', 1, "must be at least 2 characters"),
        ('"long"', 2, "the key must be at most 3 characters"),
        ("0", 2, "must be greater than 0"),
        ("{", 3, "way: exactly one field is required in oneof"),
    ]
    assert draft.rules.notes_in(text + " ") is None, "another text has other places"


def test_many_keys_of_a_large_map_are_placed_without_a_pause(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Many")
    stock = {f"{index:x}": int(index < 19_000) for index in range(4_000)} | {f"k{index}": 1 for index in range(20_000)}
    draft.set_json_text(json.dumps({"tags": ["aa", "bb"], "stock": stock}))
    ticks = [time.perf_counter()]
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    wait(qtbot, lambda: draft.is_checked and not draft.is_reading)
    timer.start()
    wait(qtbot, lambda: len(draft.rules.broken) == 500)
    assert sum(draft.rule_at(("stock", row)) != "" for row in range(24_000)) == 500
    gaps = [later - sooner for sooner, later in itertools.pairwise(ticks[1:])]
    begun = time.perf_counter()
    for one in draft.rules.broken:
        place_in_form(draft.tree, one.field_path)
    assert max(gaps) < (time.perf_counter() - begun) / 2, "they are not found in one go"


def test_a_newer_schema_brings_its_rules(
    qtbot: QtBot, ruled_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bare = compiled(
        tmp_path_factory.mktemp("bare"),
        {"bare.proto": 'syntax = "proto3"; package ruled.v1; message Pair { int32 low = 1; int32 high = 2; }'},
    )
    draft = Draft(bare.descriptor("ruled.v1.Pair"), bare, delay_ms=0)
    draft.set_json_text('{"low": 5, "high": 2}')
    draft.rebase(ruled_schema.descriptor("ruled.v1.Pair"), ruled_schema)
    wait(qtbot, lambda: bool(draft.rules.broken))
    draft.rebase(bare.descriptor("ruled.v1.Pair"), bare)
    settle(qtbot, draft)


def test_examples_keep_the_rules_and_can_be_undone(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Texts")
    draft.set_value(("name",), "mine")
    for fill in (draft.fill_example, draft.fill_minimal):
        fill()
        settle(qtbot, draft)
        assert draft.value(("email",)) == "ada@example.com"
    draft.undo()
    draft.undo()
    assert draft.value(("name",)) == "mine"
    wait(qtbot, lambda: bool(draft.rules.broken))
