"""Random texts and random edits: nothing typed is ever lost, and nothing raises but where it says so."""

import json
import math
import random
import string

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import MessageError
from wirelens.engine.messages.fields import message_fields
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.json_kinds import JsonValueKind, kind_of
from wirelens.presentation.draft.json_values import Number, leaf_text
from wirelens.presentation.draft.leaves import leaf_from_text, text_from_leaf
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue, MapValue, Value

_QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_NAMES = st.sampled_from(["name", "id", "shoeSize", "tags", "scores", "manager", "email", "nope", "avatar", "born", ""])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@_QUICK
@given(text=st.text(max_size=60) | _JSON.map(json.dumps) | _JSON.map(lambda value: json.dumps(value)[:-1]))
def test_any_text_is_kept_letter_for_letter(
    text: str, person: Descriptor, person_schema: Schema, newer_schema: Schema, qtbot: QtBot
) -> None:
    draft = Draft(person, person_schema)
    draft.set_json_text(text)
    assert draft.json_text() == text
    assert isinstance(draft.mistakes, tuple)
    try:
        draft.serialized()
    except MessageError:
        assert draft.mistakes
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.json_text() == text
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert draft.json_text() == text
    draft.undo()
    assert draft.json_text() == "{}"


@_QUICK
@given(members=st.dictionaries(_NAMES, _JSON, max_size=5), name=st.text(max_size=5))
def test_editing_a_field_loses_nothing_of_the_json_around_it(
    members: dict[str, object], name: str, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    draft = Draft(person, person_schema)
    draft.set_json_text(json.dumps(members))
    draft.set_value(("nick",), name)
    written = json.loads(draft.json_text())
    assert written.pop("nick") == name
    assert written == members


@_QUICK
@given(seed=st.integers())
def test_undo_and_redo_go_through_every_state(
    seed: int, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    chance = random.Random(seed)
    draft = Draft(person, person_schema)
    seen = [draft.json_text()]
    for _step in range(15):
        _random_edit(draft, chance)
        if draft.json_text() != seen[-1]:
            seen.append(draft.json_text())
    back = [draft.json_text()]
    while draft.can_undo():
        draft.undo()
        back.append(draft.json_text())
    assert back[-1] == "{}"
    assert set(back) <= set(seen)
    while draft.can_redo():
        draft.redo()
    assert draft.json_text() == seen[-1]


@pytest.mark.parametrize("field", ["id", "age", "ratio", "priority", "active", "shoe_size"])
@_QUICK
@given(text=st.text(alphabet=string.digits + "+-.eE_x∞naif ", max_size=12) | st.text(max_size=6))
def test_text_in_an_editor_comes_back_as_it_reads(field: str, text: str, person: Descriptor) -> None:
    shape = next(shape for shape in message_fields(person) if shape.name == field)
    leaf = leaf_from_text(shape, text)
    if leaf is None:
        assert not text.strip()
        return
    json.loads(leaf_text(leaf))
    again = leaf_from_text(shape, text_from_leaf(shape, leaf))
    assert again == leaf
    if isinstance(leaf, Number) and field == "ratio" and math.isfinite(float(leaf)):
        assert float(leaf) == float(text.strip())


_TYPES = st.sampled_from(
    [
        "type.googleapis.com/draft.test.Person",
        "draft.test.Phone",
        "a/google.protobuf.Struct",
        "a/google.protobuf.Value",
        "a/google.protobuf.Any",
        "a/google.protobuf.Int64Value",
        "a/google.rpc.ErrorInfo",
        "a/nobody.Knows",
        "",
    ]
)


@_QUICK
@given(members=st.dictionaries(_NAMES | st.just("value"), _JSON, max_size=4), types=st.lists(_TYPES, max_size=5))
def test_an_any_says_the_same_whatever_types_it_went_through(
    members: dict[str, object],
    types: list[str],
    person: Descriptor,
    person_schema: Schema,
    newer_schema: Schema,
    qtbot: QtBot,
) -> None:
    start = "type.googleapis.com/draft.test.Person"
    draft = Draft(person, person_schema)
    draft.set_json_text(json.dumps({"detail": {**members, "@type": start}}))
    draft.set_value(("id",), "1")
    draft.reset(("id",))
    draft.set_value(("detail", "nick"), "x")
    filled_in = _without_nulls(json.loads(draft.json_text()))
    for url in types:
        draft.set_value(("detail", "@type"), url or None)
        assert isinstance(draft.mistakes, tuple)
        again = Draft(person, person_schema)
        again.restore(json.loads(json.dumps(draft.state())))
        assert again.json_text() == draft.json_text()
        draft = again
    draft.set_value(("detail", "@type"), start)
    assert _without_nulls(json.loads(draft.json_text())) == filled_in
    text = draft.json_text()
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert json.loads(draft.json_text()) == json.loads(text)


def _without_nulls(value: object) -> object:
    """null is the same as leaving a field out, and not written again."""
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    return [_without_nulls(element) for element in value] if isinstance(value, list) else value


@_QUICK
@given(value=_JSON, kinds=st.lists(st.sampled_from(JsonValueKind), max_size=4), seed=st.integers())
def test_json_rows_hold_any_json_and_take_any_edit(
    value: object, kinds: list[JsonValueKind], seed: int, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    chance = random.Random(seed)
    draft = Draft(person, person_schema)
    draft.set_json_text(json.dumps({"extra": {"a": value}}))
    _look_at(draft.value(("extra",)))
    draft.set_value(("nick",), "x")
    assert json.loads(draft.json_text()) == {"extra": {"a": value}, "nick": "x"}
    for kind in kinds:
        path = _random_row(draft, ("extra", 0), chance)
        draft.set_json_kind(path, kind)
        changed = draft.value(path)
        assert changed is not None
        assert kind_of(changed) is kind
        if isinstance(changed, (ListValue, MapValue)):
            draft.duplicate_row(path, draft.add_row(path))
            draft.move_row(path, 0, 1)
            draft.remove_row(path, 0)
        json.loads(draft.json_text())
        if not draft.mistakes:
            assert draft.message().HasField("extra")
    while draft.can_undo():
        draft.undo()
    assert draft.json_text() == "{}"


def _look_at(value: Value | None) -> None:
    items = [item for _key, item in value.entries] if isinstance(value, MapValue) else ()
    for item in value.items if isinstance(value, ListValue) else items:
        _look_at(item)


def _random_row(draft: Draft, path: Path, chance: random.Random) -> Path:
    """Some row below `path`, or `path` itself."""
    while chance.random() < 0.7 and (count := row_count(draft.value(path))):
        path = (*path, chance.randrange(count))
    return path


def _random_edit(draft: Draft, chance: random.Random) -> None:
    path = chance.choice([(), ("manager",), ("manager", "manager")])
    kind = chance.randrange(7)
    if kind == 0:
        draft.set_value((*path, "name"), chance.choice(["", "Ada", "ä\u2028\u00a0"]))
    elif kind == 1:
        draft.add_row((*path, chance.choice(["tags", "scores", "reports"])))
    elif kind == 2 and draft.value((*path, "tags")) is not None:
        draft.remove_row((*path, "tags"), 0)
    elif kind == 3:
        draft.choose_member(path, "contact", chance.choice(["email", "phone", "badge", None]))
    elif kind == 4:
        draft.unset(("manager",))
    elif kind == 5:
        draft.make_present((*path, chance.choice(["shoe_size", "nick", "wrapped", "born", "extra"])))
    else:
        draft.set_json_text(draft.json_text().replace("\n", "") + " " * chance.randrange(3))
