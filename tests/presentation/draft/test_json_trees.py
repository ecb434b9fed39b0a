"""Struct, Value and ListValue in the draft: rows of JSON of any kind."""

import json
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import MessageError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_kinds import JsonValueKind, kind_of
from wirelens.presentation.draft.json_values import Number, Unfinished
from wirelens.presentation.draft.type_choices import TypeChoices, url_of

Kind = JsonValueKind


@pytest.fixture
def draft(fields_schema: Schema, qtbot: QtBot) -> Draft:
    return Draft(fields_schema.descriptor("wirelens.demo.fields.v1.Everything"), fields_schema)


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def test_a_struct_is_built_row_by_row(draft: Draft) -> None:
    draft.make_present(("struct",))
    assert written(draft) == {"struct": {}}
    for index, (key, kind) in enumerate(zip("abcdef", Kind, strict=True)):
        draft.add_row(("struct",))
        draft.set_key(("struct",), index, key)
        draft.set_json_kind(("struct", index), kind)
    assert written(draft) == {"struct": {"a": None, "b": False, "c": 0, "d": "0", "e": [], "f": {}}}
    draft.add_row(("struct", 4))
    draft.set_value(("struct", 4, 0), Number("1.50"))
    draft.duplicate_row(("struct", 4), 0)
    draft.add_row(("struct", 5))
    draft.set_json_kind(("struct", 5, 0), Kind.LIST)
    draft.add_row(("struct", 5, 0))
    draft.set_value(("struct", 5, 0, 0), "deep")
    assert '"e": [\n      1.50,\n      1.50\n    ]' in draft.json_text()
    assert written(draft)["struct"]["f"] == {"": ["deep"]}
    draft.move_row(("struct",), 0, 5)
    assert list(written(draft)["struct"]) == ["b", "c", "d", "e", "f", "a"]
    assert draft.mistakes == ()


def test_a_row_that_is_the_last_one_leaves_an_empty_list(draft: Draft) -> None:
    draft.set_json_text('{"struct": {"a": [1]}, "listValue": [1], "value": [[1]], "repeatedAny": [{}]}')
    draft.remove_row(("struct", 0), 0)
    draft.remove_row(("list_value",), 0)
    draft.remove_row(("value", 0), 0)
    draft.remove_row(("repeated_any",), 0)
    assert written(draft) == {"struct": {"a": []}, "listValue": [], "value": [[]]}
    draft.remove_row(("struct",), 0)
    assert written(draft)["struct"] == {}


def test_a_new_row_is_like_the_one_before(draft: Draft) -> None:
    draft.make_present(("list_value",))
    draft.add_row(("list_value",))
    draft.set_json_kind(("list_value", 0), Kind.NUMBER)
    draft.add_row(("list_value",))
    draft.add_row(("list_value",), 0)
    assert written(draft) == {"listValue": ["", 0, 0]}


def test_null_is_a_value_and_unset_is_not(draft: Draft) -> None:
    draft.make_present(("value",))
    assert written(draft) == {"value": None}
    message: Any = draft.message()
    assert message.value.WhichOneof("kind") == "null_value"
    draft.unset(("value",))
    assert not draft.message().HasField("value")
    draft.set_json_kind(("value",), Kind.STRING)
    assert written(draft) == {"value": ""}


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("12.50", Kind.STRING, '"12.50"'),
        ('"12.50"', Kind.NUMBER, "12.50"),
        ('"many"', Kind.NUMBER, "0"),
        ("true", Kind.STRING, '"true"'),
        ('"True"', Kind.BOOL, "true"),
        ('"x"', Kind.LIST, '["x"]'),
        ('"[1, {}]"', Kind.LIST, "[1, {}]"),
        ('"{\\"a\\": 1}"', Kind.OBJECT, '{"a": 1}'),
        ('"plain"', Kind.OBJECT, "{}"),
        ('{"a": 1, "b": [2]}', Kind.LIST, "[1, [2]]"),
        ("[1, [2]]", Kind.OBJECT, '{"0": 1, "1": [2]}'),
        ("[7]", Kind.NUMBER, "7"),
        ("[7, 8]", Kind.NUMBER, "0"),
        ("true", Kind.NUMBER, "1"),
        ("0.0", Kind.BOOL, "false"),
        ("3", Kind.LIST, "[3]"),
        ("3", Kind.OBJECT, "{}"),
        ("null", Kind.LIST, "[]"),
        ('{"a": 1}', Kind.NULL, "null"),
        ("null", Kind.STRING, '""'),
    ],
)
def test_another_kind_keeps_what_can_be_kept(draft: Draft, text: str, kind: Kind, wanted: str) -> None:
    draft.set_json_text(f'{{"listValue": [{text}]}}')
    draft.set_json_kind(("list_value", 0), kind)
    value = draft.value(("list_value", 0))
    assert value is not None
    assert kind_of(value) is kind
    assert json.dumps(written(draft)["listValue"][0]) == json.dumps(json.loads(wanted))
    assert wanted in " ".join(draft.json_text().split()) or kind in (Kind.LIST, Kind.OBJECT)
    draft.undo()
    assert draft.json_text() == f'{{"listValue": [{text}]}}'


def test_an_object_becomes_text_and_an_object_again(draft: Draft) -> None:
    draft.set_json_text('{"value": {"a": [1.0, null], "b": "ä"}}')
    draft.set_json_kind(("value",), Kind.STRING)
    assert json.loads(written(draft)["value"]) == {"a": [1.0, None], "b": "ä"}
    draft.set_json_kind(("value",), Kind.OBJECT)
    assert written(draft) == {"value": {"a": [1.0, None], "b": "ä"}}


def test_what_is_wrong_within_is_said_at_its_row(draft: Draft) -> None:
    struct = '{"a": [1, 9007199254740993], "b": 1, "b": 2}'
    draft.set_json_text(f'{{"struct": {struct}, "dynamicValues": {{"x": {{"y": 1e999}}}}}}')
    assert "9007199254740992" in draft.mistake_at(("struct", 0, 1))
    assert "double" in draft.mistake_at(("dynamic_values", 0, 0))
    assert "twice" in draft.mistake_at(("struct", 2))


def test_a_number_that_json_has_not_is_never_sent(draft: Draft) -> None:
    draft.set_json_text('{"listValue": [1]}')
    draft.set_value(("list_value", 0), Unfinished("NaN", "number", "JSON has no NaN"))
    assert kind_of(draft.value(("list_value", 0)) or "") is Kind.NUMBER
    assert draft.mistake_at(("list_value", 0)) == "JSON has no NaN"
    with pytest.raises(MessageError, match="JSON has no NaN"):
        draft.serialized()
    again = Draft(draft.descriptor, draft.schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.mistake_at(("list_value", 0)) == "JSON has no NaN"


def test_json_set_at_a_place_is_read_there(draft: Draft) -> None:
    draft.make_present(("struct",))
    draft.set_plain(("struct",), [])
    assert draft.mistake_at(("struct",))
    draft.set_json_text('{"struct": {"a": 1}, "repeatedAny": [{}]}')
    draft.set_plain(("struct", 0), [Number("1")])
    assert kind_of(draft.value(("struct", 0)) or "") is Kind.LIST
    draft.set_plain(("struct",), None)
    assert written(draft) == {"repeatedAny": [{}]}


def test_names_are_found_by_what_they_begin_with_first() -> None:
    choices = TypeChoices(["shop.OrderLine", "order.v1.Thing", "shop.Order", "shop.PreOrder", "Order"])
    assert choices.matches("order") == ["shop.Order", "Order", "shop.OrderLine", "shop.PreOrder", "order.v1.Thing"]
    assert choices.matches("type.googleapis.com/shop.Order")[0] == "shop.Order"
    assert choices.matches("") == ["shop.OrderLine", "order.v1.Thing", "shop.Order", "shop.PreOrder", "Order"]
    assert choices.matches("zzz") == []


def test_a_chosen_type_takes_the_prefix_that_stands_there() -> None:
    assert url_of("a.B", "") == "type.googleapis.com/a.B"
    assert url_of("a.B", "example.com/x.Y") == "example.com/a.B"
    assert url_of("a.B", "x.Y") == "type.googleapis.com/a.B"


def test_the_types_to_choose_from_are_the_schemas_and_googles(person: Descriptor, person_schema: Schema) -> None:
    names = person_schema.message_names()
    assert {"draft.test.Person", "google.rpc.ErrorInfo", "google.protobuf.Duration"} <= set(names)
