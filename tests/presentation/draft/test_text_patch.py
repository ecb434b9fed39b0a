"""Edits of fields within JSON that somebody laid out: only what was meant changes."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from tests.presentation.draft.random_layouts import laid_out

from wirelens.engine.messages.json_comments import comment_spans
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft, text_check
from wirelens.presentation.draft.json_values import JsonObject, Number, read_commented
from wirelens.presentation.draft.text_patch import patched
from wirelens.presentation.draft.tree import Fragment, ListValue, MapValue, MessageValue, Value, value_text

_MANY = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TYPED = """\
{
    // who
    "name": "Ada", // the first
    "shoe_size":1,

    /* tags
       here */
    "tags": [
        "a", // one
        "b",
    ],
    "manager": {"name": "Bob", "tags": ["x"]}, // boss
}
"""


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    draft = Draft(person, person_schema, delay_ms=0)
    draft.set_json_text(TYPED)
    assert draft.mistakes == ()
    return draft


@pytest.mark.parametrize(
    ("act", "old", "new"),
    [
        (lambda d: d.set_value(("name",), "Grace"), '"Ada"', '"Grace"'),
        (lambda d: d.set_value(("shoe_size",), Number("2")), ":1,", ":2,"),
        (lambda d: d.set_value(("id",), "5"), "the first\n", 'the first\n    "id": "5",\n'),
        (lambda d: d.set_value(("nick",), "n"), "// boss\n", '// boss\n    "nick": "n",\n'),
        (lambda d: d.reset(("name",)), '    "name": "Ada", // the first\n', ""),
        (lambda d: d.unset(("manager",)), '    "manager": {"name": "Bob", "tags": ["x"]}, // boss\n', ""),
        (lambda d: d.set_value(("manager", "id"), "1"), '"Bob", ', '"Bob", "id": "1", '),
        (lambda d: d.set_value(("manager", "manager", "name"), "Z"), '["x"]}', '["x"], "manager": {"name": "Z"}}'),
        (lambda d: d.add_row(("manager", "tags"), 0, "w"), '["x"]', '["w", "x"]'),
        (lambda d: d.add_row(("tags",), 1, "c"), "// one\n", '// one\n        "c",\n'),
        (lambda d: d.add_row(("tags",), None, "c"), '"b",\n', '"b",\n        "c",\n'),
        (lambda d: d.add_row(("tags",), 0, "c"), '"tags": [\n', '"tags": [\n        "c",\n'),
        (lambda d: d.remove_row(("tags",), 0), '        "a", // one\n', ""),
        (lambda d: d.remove_row(("tags",), 1), '        "b",\n', ""),
        (lambda d: d.move_row(("tags",), 0, 1), '"a", // one\n        "b",', '"b",\n        "a", // one'),
        (
            lambda d: d.set_value(("extra",), Fragment(JsonObject([("k", [True])]))),
            "// boss\n",
            '// boss\n    "extra": {\n        "k": [\n            true\n        ]\n    },\n',
        ),
    ],
)
def test_only_what_was_meant_changes(draft: Draft, act: Callable[[Draft], object], old: str, new: str) -> None:
    act(draft)
    assert TYPED.count(old) == 1
    assert draft.json_text() == TYPED.replace(old, new)
    draft.undo()
    assert draft.json_text() == TYPED
    draft.redo()
    assert draft.json_text() == TYPED.replace(old, new)


@pytest.mark.parametrize(
    ("text", "act", "expected"),
    [
        ('{"name":"A","age":3}', lambda d: d.set_value(("id",), "1"), '{"name":"A","id":"1","age":3}'),
        ('{"name":"A","age":3}', lambda d: d.reset(("name",)), '{"age":3}'),
        ('{"name":"A","age":3}', lambda d: d.reset(("age",)), '{"name":"A"}'),
        ('{"name": "A"}', lambda d: d.reset(("name",)), "{}"),
        ('{"name": null, "age": 1}', lambda d: d.set_value(("name",), "B"), '{"name": "B", "age": 1}'),
        ('{"name": null, "age": 1}', lambda d: d.set_value(("age",), Number("2")), '{"name": null, "age": 2}'),
        ('{"manager": {}}', lambda d: d.set_value(("manager", "name"), "B"), '{"manager": {"name": "B"}}'),
        ("{ // soon\n}", lambda d: d.set_value(("name",), "B"), '{ // soon\n  "name": "B"\n}'),
        ("{ /* soon */ }", lambda d: d.set_value(("name",), "B"), '{ /* soon */\n  "name": "B"\n}'),
        ('{\n  "name": "A" // a\n}', lambda d: d.set_value(("id",), "1"), '{\n  "name": "A", // a\n  "id": "1"\n}'),
        ('{\n  "name": "A", // a\n  "id": "1"\n}', lambda d: d.reset(("id",)), '{\n  "name": "A" // a\n}'),
        (
            '{"email": "a@b", "nick": "n"}',
            lambda d: d.choose_member((), "contact", "badge"),
            '{"badge": "0", "nick": "n"}',
        ),
        (
            '{"scores": {"a": 1, /* best */ "b": 2}}',
            lambda d: d.set_key(("scores",), 1, "c"),
            '{"scores": {"a": 1, /* best */ "c": 2}}',
        ),
        (
            '{"byRole": {"x": {"age": 1 /* young */}}}',
            lambda d: d.set_value(("by_role", 0, "age"), Number("2")),
            '{"byRole": {"x": {"age": 2 /* young */}}}',
        ),
        (
            '{"extra": {"a": [1, 2], /* c */ "b": {}}}',
            lambda d: d.set_plain(("extra",), read_commented('{"a": [1, 3], "b": {}}')),
            '{"extra": {"a": [1, 3], /* c */ "b": {}}}',
        ),
        (
            '{"detail": {"name": "Ada", /* who */ "@type": "x/draft.test.Person"}}',
            lambda d: d.set_value(("detail", "nick"), "n"),
            '{"detail": {"name": "Ada", /* who */ "@type": "x/draft.test.Person", "nick": "n"}}',
        ),
        (
            '{"detail": {"@type": "x/google.protobuf.Int64Value", /* n */ "value": "1"}}',
            lambda d: d.set_value(("detail", "value"), "2"),
            '{"detail": {"@type": "x/google.protobuf.Int64Value", /* n */ "value": "2"}}',
        ),
        (
            '{"detail": {"@type": "x/draft.test.Person", /* gone */ "name": "Ada"} /* stays */}',
            lambda d: d.set_value(("detail", "@type"), "y/draft.test.Person"),
            '{"detail": {"@type": "y/draft.test.Person", /* gone */ "name": "Ada"} /* stays */}',
        ),
        (
            '{"id": "1", "detail": {"@type": "x/draft.test.Person", "name": "Ada"} /* stays */} // too',
            lambda d: d.set_value(("detail", "@type"), "x/draft.test.Phone"),
            '{"id": "1", "detail": {"@type": "x/draft.test.Phone"} /* stays */} // too',
        ),
        ('{"nmae": 1, "id": "1"}', lambda d: d.set_value(("id",), "2"), '{"nmae": 1, "id": "2"}'),
        ("\ufeff{\"id\": '1'}".replace("'", '"'), lambda d: d.set_value(("id",), "2"), '\ufeff{"id": "2"}'),
    ],
)
def test_the_manner_of_the_neighbours_is_taken_over(
    draft: Draft, text: str, act: Callable[[Draft], object], expected: str
) -> None:
    draft.set_json_text(text)
    act(draft)
    assert draft.json_text() == expected


def test_a_whole_new_message_is_written_anew(draft: Draft) -> None:
    draft.clear()
    assert draft.json_text() == "{}"
    draft.undo()
    assert draft.json_text() == TYPED


def test_a_text_that_cannot_be_patched_is_written_from_the_fields(draft: Draft) -> None:
    draft.set_json_text('{"age": 1, "age": 2}')  # without the first, the second would become the field
    draft.reset(("age",))
    assert json.loads(draft.json_text()) == {"age": 2}


_TEXT = st.text(st.sampled_from('ab"\\/*,{}[]: é🙂\u00a0'), max_size=6)


def _person(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    inner = _person(depth - 1) if depth else st.just({})
    fields = {
        "name": _TEXT,
        "shoe_size": st.integers(0, 9),
        "tags": st.lists(_TEXT, max_size=4),
        "scores": st.dictionaries(_TEXT, st.integers(0, 9), max_size=3),
        "manager": inner,
        "reports": st.lists(inner, max_size=3),
        "byRole": st.dictionaries(_TEXT, inner, max_size=2),
        "email": _TEXT,
        "extra": st.dictionaries(_TEXT, st.lists(_TEXT, max_size=2), max_size=2),
        "nope": st.none() | _TEXT,
        "nick": st.none(),
    }
    names = st.lists(st.sampled_from(list(fields)), unique=True, max_size=6)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: fields[name] for name in chosen}))


@_MANY
@given(value=_person(2), seed=st.integers(0, 10**9))
def test_any_edit_in_any_layout_reads_back_and_keeps_the_comments_elsewhere(
    value: dict[str, Any], seed: int, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    chance = random.Random(seed)
    draft = Draft(person, person_schema)
    draft.set_json_text(laid_out(value, chance))
    assert draft.problem is None
    for _ in range(4):
        text, tree = draft.json_text(), draft.tree
        removes = _random_edit(draft, chance)
        edited = patched(text, tree, draft.tree)
        assert edited is not None, "the whole text was written anew"
        assert draft.json_text() == edited
        meant = _plain(_read(value_text(draft.tree), draft))
        assert _plain(_read(edited, draft)) == meant
        kept = _comments(edited)
        if not removes:
            assert kept == _comments(text)
        else:
            assert _is_part_of(kept, _comments(text))
    while draft.can_undo():
        draft.undo()
    assert draft.json_text() == "{}"


@_MANY
@given(value=_person(2), seed=st.integers(0, 10**9))
def test_what_was_written_from_the_fields_stays_as_it_would_be_written(
    value: dict[str, Any], seed: int, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    chance = random.Random(seed)
    draft = Draft(person, person_schema)
    value.pop("nope", None)
    draft.set_json_text(json.dumps(value))
    draft.clear() if draft.mistakes else draft.set_message(draft.message())
    for _ in range(6):
        text, tree = draft.json_text(), draft.tree
        _random_edit(draft, chance)
        assert patched(text, tree, draft.tree) == draft.json_text() == value_text(_expanded(draft.tree))


def _read(text: str, draft: Draft) -> Value:
    tree = text_check.read_text(text, draft.descriptor, draft.schema, None).tree
    assert tree is not None
    return tree


def _plain(value: Any) -> object:
    """All that a tree says, its fields in no order."""
    if isinstance(value, MessageValue):
        return {key: _plain(field) for key, field in value.fields.items()}, value.strangers
    if isinstance(value, ListValue):
        return [_plain(item) for item in value.items]
    if isinstance(value, MapValue):
        return [(key, _plain(item)) for key, item in value.entries]
    return value_text(value)


def _expanded(value: Value) -> Value:
    """`value` with every field read, so that its text is written from them."""
    if isinstance(value, MessageValue):
        return MessageValue(
            value.descriptor,
            {key: _expanded(field) for key, field in value.fields.items()},
            kept=value.kept,
            strangers=value.strangers,
        )
    if isinstance(value, ListValue):
        return ListValue(tuple(_expanded(item) for item in value.items))
    if isinstance(value, MapValue):
        return MapValue(tuple((key, _expanded(item)) for key, item in value.entries))
    return value


def _comments(text: str) -> list[str]:
    return sorted(text[start:end] for start, end in comment_spans(text))


def _is_part_of(few: list[str], many: list[str]) -> bool:
    return all(few.count(each) <= many.count(each) for each in few)


def _random_edit(draft: Draft, chance: random.Random) -> bool:
    """Edit something; whether that takes away what may have comments in it or beside it."""
    path = _random_message(draft, chance)
    kind = chance.randrange(8)
    if kind == 0:
        draft.set_value((*path, "name"), chance.choice(["", "Ada", 'ä\u2028\u00a0"//', "/* x"]))
        return False
    if kind == 1:
        key = chance.choice(["shoe_size", "nick", "wrapped", "born", "extra", "manager", "age"])
        if draft.value((*path, key)) is None:
            draft.make_present((*path, key))
        return False
    if kind == 2:
        field = (*path, chance.choice(["tags", "scores", "reports", "by_role", "numbers"]))
        if isinstance(draft.value(field) or ListValue(), (ListValue, MapValue)):
            draft.add_row(field, chance.randrange(_rows(draft, field) + 1))
        return False
    rows = [(*path, key) for key in ("tags", "scores", "reports", "by_role") if _rows(draft, (*path, key))]
    if kind in (3, 4, 5) and rows:
        field = chance.choice(rows)
        index, count = chance.randrange(_rows(draft, field)), _rows(draft, field)
        if kind == 3:
            draft.remove_row(field, index)
        elif kind == 4:
            draft.move_row(field, index, chance.randrange(count))
        else:
            draft.duplicate_row(field, index)
            return False
        return True
    if kind == 6:
        draft.choose_member(path, "contact", chance.choice(["email", "phone", "badge", None]))
    else:
        draft.unset((*path, chance.choice(["manager", "tags", "scores", "name", "shoe_size", "extra"])))
    return True


def _rows(draft: Draft, path: tuple[str | int, ...]) -> int:
    value = draft.value(path)
    return len(value.items if isinstance(value, ListValue) else value.entries if isinstance(value, MapValue) else ())


def _random_message(draft: Draft, chance: random.Random) -> tuple[str | int, ...]:
    path: tuple[str | int, ...] = ()
    for _ in range(chance.randrange(3)):
        steps: list[tuple[str | int, ...]] = [(*path, "manager")]
        for key in ("reports", "by_role"):
            steps += [(*path, key, index) for index in range(_rows(draft, (*path, key)))]
        present = [step for step in steps if isinstance(draft.value(step), MessageValue)]
        if present:
            path = chance.choice(present)
    return path
