"""A message that as a whole has JSON of its own: its tree, its JSON and its bytes, at the edges."""

import json
from typing import Any

import pytest
from google.protobuf import any_pb2, struct_pb2
from pytestqt.qtbot import QtBot
from tests.presentation.draft.test_any_values import PERSON, PHONE, PREFIX

from wirelens.engine.errors import JsonError, MessageError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_kinds import JsonValueKind
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue

ANY = f"{PREFIX}google.protobuf.Any"


def draft_of(name: str, schema: Schema) -> Draft:
    return Draft(schema.descriptor(f"google.protobuf.{name}"), schema)


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


@pytest.mark.parametrize(
    ("name", "json_text", "data"),
    [
        ("Any", "{}", b""),
        ("Struct", "{}", b""),
        ("ListValue", "[]", b""),
        ("Value", "null", b"\x08\x00"),
        ("Timestamp", '"1970-01-01T00:00:00Z"', b""),
        ("Duration", '"0s"', b""),
        ("FieldMask", '""', b""),
        ("StringValue", '""', b""),
        ("BoolValue", "false", b""),
        ("UInt64Value", '"0"', b""),
    ],
)
def test_before_anything_is_typed(qtbot: QtBot, person_schema: Schema, name: str, json_text: str, data: bytes) -> None:
    draft = draft_of(name, person_schema)
    assert draft.json_text() == json_text
    assert draft.serialized() == data
    assert draft.mistakes == ()
    draft.reset(())
    assert draft.json_text() == json_text
    assert draft.mistakes == ()


def test_an_any_in_an_any(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Any", person_schema)
    draft.set_value(("@type",), ANY)
    draft.set_value(("value", "@type"), ANY)
    draft.set_value(("value", "value", "@type"), PHONE)
    draft.set_value(("value", "value", "number"), "12")
    assert written(draft) == {"@type": ANY, "value": {"@type": ANY, "value": {"@type": PHONE, "number": "12"}}}
    outer = any_pb2.Any.FromString(draft.serialized())
    middle = any_pb2.Any.FromString(outer.value)
    inner = any_pb2.Any.FromString(middle.value)
    assert [outer.type_url, middle.type_url, inner.type_url] == [ANY, ANY, PHONE]
    assert inner.value == b"\n\x0212"
    again = draft_of("Any", person_schema)
    again.set_wire(draft.serialized())
    assert written(again) == written(draft)
    again.set_value(("value", "value", "mobile"), True)
    again.undo()
    assert again.serialized() == draft.serialized()


def test_null_is_a_value_and_its_bytes_say_so(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Value", person_schema)
    draft.set_json_text("[null]")
    draft.set_json_kind((0,), JsonValueKind.OBJECT)
    draft.set_json_kind((), JsonValueKind.NULL)
    assert draft.json_text() == "null"
    message = struct_pb2.Value.FromString(draft.serialized())
    assert message.WhichOneof("kind") == "null_value"
    draft.set_wire(struct_pb2.Value().SerializeToString())
    assert draft.serialized() == b""  # no kind at all: only the wire can say it
    assert draft.json_text() == "null"


def test_an_empty_list_stays_a_list(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("ListValue", person_schema)
    draft.add_row(())
    draft.add_row(())
    draft.set_json_kind((0,), JsonValueKind.LIST)
    assert written(draft) == [[], ""]
    draft.remove_row((), 1)
    draft.remove_row((), 0)
    assert draft.json_text() == "[]"
    assert isinstance(draft.tree, ListValue)
    draft.undo()
    assert written(draft) == [[]]


def test_comments_of_the_text_survive_edits_of_rows(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Struct", person_schema)
    draft.set_json_text('{\n  // first\n  "a": [1, 2], // rest\n  "b": {}\n}')
    draft.set_value((0, 1), "two")
    draft.set_key((), 1, "c")
    draft.add_row((1,))
    assert draft.json_text() == '{\n  // first\n  "a": [1, "two"], // rest\n  "c": {\n    "": ""\n  }\n}'
    draft.move_row((), 1, 0)
    assert list(json.loads(draft.strict_json())) == ["c", "a"]


@pytest.mark.parametrize(
    ("name", "text", "column"),
    [
        ("Struct", '{"a": 1, "a": 2}', 10),
        ("Value", '{"a": {"b": 1, "b": 2}}', 16),
        ("ListValue", '[{"a": 1, "a": 2}]', 11),
    ],
)
def test_a_key_that_is_given_twice_is_marked_where_it_stands(
    qtbot: QtBot, person_schema: Schema, name: str, text: str, column: int
) -> None:
    draft = draft_of(name, person_schema)
    draft.set_json_text(text)
    (mistake,) = draft.mistakes
    assert mistake.column == column
    assert draft.json_text() == text
    with pytest.raises(JsonError):
        draft.message()
    assert draft.place_of(mistake).has_row


@pytest.mark.parametrize(
    ("name", "text", "column"),
    [
        ("Value", "NaN", 1),
        ("Value", "[1, Infinity]", 5),
        ("Struct", '{"a": -Infinity}', 7),
        ("ListValue", "[NaN]", 2),
    ],
)
def test_what_is_no_number_of_json_is_refused_with_its_place(
    qtbot: QtBot, person_schema: Schema, name: str, text: str, column: int
) -> None:
    draft = draft_of(name, person_schema)
    before = draft.tree
    draft.set_json_text(text)
    assert draft.problem is not None
    assert (draft.problem.line, draft.problem.column) == (1, column)
    assert draft.tree is before
    with pytest.raises(JsonError):
        draft.serialized()


def test_a_number_beyond_a_double_is_refused_at_its_row(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Value", person_schema)
    draft.set_json_text('{"a": [1, 1e999]}')
    assert "double" in draft.mistake_at((0, 1))
    draft.set_json_text("1e999")
    assert "double" in draft.mistake_at(())


def test_what_is_half_typed_is_never_sent_and_comes_back_with_the_session(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Any", person_schema)
    draft.set_json_text(json.dumps({"@type": PERSON, "name": "Ada"}))
    draft.choose_member((), "contact", "email")
    draft.choose_member((), "contact", None)
    draft.set_value(("@type",), PHONE)
    draft.set_value(("number",), "12")
    again = draft_of("Any", person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert written(again) == {"@type": PHONE, "number": "12"}
    again.set_value(("@type",), PERSON)
    assert written(again) == {"@type": PERSON, "name": "Ada"}


def test_the_schema_is_reloaded_under_it(qtbot: QtBot, person_schema: Schema, newer_schema: Schema) -> None:
    draft = draft_of("Any", person_schema)
    draft.set_json_text(json.dumps({"@type": PERSON, "name": "Ada", "years": 36}))
    assert draft.mistakes
    draft.rebase(newer_schema.descriptor("google.protobuf.Any"), newer_schema)
    assert draft.mistakes == ()
    assert isinstance(draft.tree, AnyValue)
    assert str(draft.value(("years",))) == "36"
    draft = draft_of("Struct", person_schema)
    draft.set_json_text('{"a": 1}')
    draft.rebase(newer_schema.descriptor("google.protobuf.Struct"), newer_schema)
    assert isinstance(draft.tree, MapValue)
    draft.set_value((0,), True)
    assert written(draft) == {"a": True}


def test_bytes_that_are_none_of_it_are_kept_and_said(qtbot: QtBot, person_schema: Schema) -> None:
    draft = draft_of("Struct", person_schema)
    draft.set_json_text('{"a": 1}')
    draft.set_wire(b"\x0a\x7f")
    assert draft.wire_mistake is not None
    assert not draft.form_is_current
    draft.set_value((0,), "not taken")
    with pytest.raises(MessageError):
        draft.serialized()
    draft.revert_wire()
    assert written(draft) == {"a": 1}
