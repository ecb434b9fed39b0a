"""Rules of the schema beside a draft: found in the background, placed in the form, no hindrance to sending."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from tests.engine.messages.ruled import PREDEFINED, RULED
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.rule_check import broken_rules_text


@pytest.fixture(scope="module")
def ruled_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "ruled" / "v1").mkdir(parents=True)
    return compiled(folder, {"ruled/v1/predefined.proto": PREDEFINED, "ruled/v1/ruled.proto": RULED})


@pytest.fixture
def ruled(qtbot: QtBot, ruled_schema: Schema) -> Callable[[str], Draft]:
    return lambda name: Draft(ruled_schema.descriptor(f"ruled.v1.{name}"), ruled_schema, delay_ms=0)


def settle(qtbot: QtBot, draft: Draft, *paths: str) -> None:
    """Wait until these and no others are the places of broken rules."""
    qtbot.waitUntil(lambda: sorted(one.field_path for one in draft.rules.broken) == sorted(paths))


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
    qtbot.waitUntil(lambda: bool(draft.rules.broken))
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
    qtbot.waitUntil(lambda: bool(draft.rules.problem))
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


def test_nothing_is_said_of_a_text_too_large_to_look_at(qtbot: QtBot, ruled: Callable[[str], Draft]) -> None:
    draft = ruled("Many")
    draft.set_json_text('{"tags": ["b"]}')
    qtbot.waitUntil(lambda: draft.rule_at(("tags", 0)) != "")
    draft.set_value(("tags", 0), "x" * 600_000)
    settle(qtbot, draft)


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
    qtbot.waitUntil(lambda: bool(draft.rules.broken))
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
    qtbot.waitUntil(lambda: bool(draft.rules.broken))
