"""An Any in the draft: a message whose first field is its type, with all that other messages can."""

import json
from typing import Any

import pytest
from google.protobuf import any_pb2
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.preview import preview
from wirelens.presentation.draft.tree import AnyValue, MapValue, MessageValue

PREFIX = "type.googleapis.com/"
PERSON = f"{PREFIX}draft.test.Person"
PHONE = f"{PREFIX}draft.test.Phone"
TYPE = ("detail", "@type")


@pytest.fixture
def draft(person: Descriptor, person_schema: Schema, qtbot: QtBot) -> Draft:
    return Draft(person, person_schema)


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text()).get("detail")


def detail(draft: Draft) -> AnyValue:
    value = draft.value(("detail",))
    assert isinstance(value, AnyValue)
    return value


def content(draft: Draft, schema: Schema) -> Message:
    message: Any = draft.message()
    return schema.message_class(message.detail.type_url.rpartition("/")[2]).FromString(message.detail.value)


def test_unset_and_empty_are_told_apart(draft: Draft) -> None:
    assert not draft.message().HasField("detail")
    draft.make_present(("detail",))
    assert written(draft) == {}
    assert draft.message().HasField("detail")
    assert draft.mistakes == ()
    assert preview(detail(draft)) == "empty Any"


def test_the_type_stands_first_and_its_fields_follow_in_their_order(draft: Draft, person_schema: Schema) -> None:
    draft.make_present(("detail",))
    draft.set_value(TYPE, PERSON)
    draft.set_value(("detail", "nick"), "Countess")
    draft.set_value(("detail", "name"), "Ada")
    draft.add_row(("detail", "tags"))
    draft.choose_member(("detail",), "contact", "email")
    assert draft.json_text() == (
        '{\n  "detail": {\n    "@type": "type.googleapis.com/draft.test.Person",\n    "name": "Ada",\n'
        '    "tags": [\n      ""\n    ],\n    "email": "",\n    "nick": "Countess"\n  }\n}'
    )
    assert content(draft, person_schema).name == "Ada"  # type: ignore[attr-defined]
    assert preview(detail(draft)) == 'Person · name: "Ada", tags: [""], email: "", nick: "Countess"'


def test_another_type_keeps_what_was_filled_in_for_this_one(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Ada", "manager": {"id": "1"}}}))
    draft.choose_member(("detail",), "contact", "email")
    draft.choose_member(("detail",), "contact", None)
    draft.set_value(TYPE, PHONE)
    assert written(draft) == {"@type": PHONE}
    draft.set_value(("detail", "number"), "12")
    draft.set_value(TYPE, PERSON)
    assert written(draft) == {"@type": PERSON, "name": "Ada", "manager": {"id": "1"}}
    assert draft.kept(("detail", "email")) == ""
    draft.set_value(TYPE, None)
    assert written(draft) == {}
    draft.set_value(TYPE, PHONE)
    assert written(draft) == {"@type": PHONE, "number": "12"}


def test_each_step_of_another_type_can_be_undone(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Ada"}}))
    draft.set_value(TYPE, PHONE)
    draft.set_value(("detail", "number"), "12")
    draft.undo()
    assert written(draft) == {"@type": PHONE}
    draft.undo()
    assert written(draft) == {"@type": PERSON, "name": "Ada"}
    draft.redo()
    draft.redo()
    assert written(draft) == {"@type": PHONE, "number": "12"}


def test_a_type_changed_in_the_json_keeps_what_was_filled_in_for_others(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Ada"}}))
    draft.set_value(TYPE, PHONE)
    draft.set_json_text(json.dumps({"detail": {"@type": f"{PREFIX}google.protobuf.Empty"}}))
    draft.set_value(TYPE, PERSON)
    assert written(draft) == {"@type": PERSON, "name": "Ada"}


@pytest.mark.parametrize("url", ["draft.test.Person", "example.com/types/draft.test.Person", "/draft.test.Person"])
def test_other_prefixes_stay_as_typed(draft: Draft, person_schema: Schema, url: str) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": url, "name": "Ada"}}))
    draft.set_value(("detail", "age"), draft.value(("detail", "age")))
    draft.set_value(("detail", "nick"), "x")
    assert written(draft)["@type"] == url
    assert detail(draft).content is not None
    message: Any = draft.message()
    assert message.detail.type_url == url
    draft.set_value(TYPE, PERSON)
    assert written(draft) == {"@type": PERSON, "name": "Ada", "nick": "x"}


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("StringValue", ""),
        ("Int64Value", "0"),
        ("Timestamp", "1970-01-01T00:00:00Z"),
        ("Duration", "0s"),
        ("FieldMask", ""),
        ("Struct", {}),
        ("ListValue", []),
        ("Value", None),
        ("Any", {}),
    ],
)
def test_types_with_json_of_their_own_have_one_member(
    draft: Draft, person_schema: Schema, name: str, start: object
) -> None:
    url = f"{PREFIX}google.protobuf.{name}"
    draft.make_present(("detail",))
    draft.set_value(TYPE, url)
    assert written(draft) == {"@type": url, "value": start}
    assert draft.mistakes == ()
    assert content(draft, person_schema) is not None
    draft.set_value(("detail", "value"), None)
    assert "value" in draft.mistake_at(("detail",))


def test_an_any_in_an_any_in_an_any(draft: Draft) -> None:
    draft.make_present(("detail",))
    path: tuple[str, ...] = ("detail",)
    for _level in range(3):
        draft.set_value((*path, "@type"), f"{PREFIX}google.protobuf.Any")
        path = (*path, "value")
    draft.set_value((*path, "@type"), PHONE)
    draft.set_value((*path, "number"), "1")
    inner = written(draft)["value"]["value"]["value"]
    assert inner == {"@type": PHONE, "number": "1"}
    draft.set_value((*path, "mobile"), "maybe")
    assert draft.mistakes[0].field_path == "detail.value.value.value.mobile"
    assert draft.mistake_at((*path, "mobile"))


def test_mistakes_within_are_said_at_their_fields(draft: Draft) -> None:
    text = {"detail": {"@type": PERSON, "age": -1, "scores": {"a": "x"}, "extra": {"k": [1e999]}, "nmae": ""}}
    draft.set_json_text(json.dumps(text).replace("Infinity", "1e999"))
    assert "uint32" in draft.mistake_at(("detail", "age"))
    assert draft.mistake_at(("detail", "scores", 0))
    assert "double" in draft.mistake_at(("detail", "extra", 0, 0))
    assert draft.homeless_mistake is not None
    assert draft.homeless_mistake.field_path == "detail.nmae"


def test_a_type_that_is_not_known_is_said_at_the_type_and_its_json_stays(draft: Draft) -> None:
    draft.set_json_text('{"detail": {"@type": "a.b/draft.test.Persn", "name": "Ada"}}')
    assert "draft.test.Person" in draft.mistake_at(TYPE)
    assert detail(draft).content is None
    draft.set_value(("id",), "1")
    assert written(draft) == {"@type": "a.b/draft.test.Persn", "name": "Ada"}
    draft.set_value(TYPE, "a.b/draft.test.Person")
    assert written(draft) == {"@type": "a.b/draft.test.Person", "name": "Ada"}
    assert draft.value(("detail", "name")) == "Ada"
    assert draft.mistakes == ()


def test_bytes_of_an_unknown_type_are_sent(draft: Draft) -> None:
    draft.set_json_text('{"detail": {"@type": "a.b/nobody.Knows", "value": "CAE="}}')
    message: Any = draft.message()
    assert (message.detail.type_url, message.detail.value) == ("a.b/nobody.Knows", b"\x08\x01")
    draft.set_value(TYPE, PHONE)
    assert written(draft) == {"@type": PHONE}
    draft.set_value(TYPE, "a.b/nobody.Knows")
    assert written(draft) == {"@type": "a.b/nobody.Knows", "value": "CAE="}


@pytest.mark.parametrize("member", ["5", "null", "{}", '["a"]'])
def test_a_type_that_is_no_text_is_kept_and_marked(draft: Draft, member: str) -> None:
    text = f'{{"detail": {{"@type": {member}, "name": "Ada"}}}}'
    draft.set_json_text(text)
    assert draft.mistakes
    assert detail(draft).content is None
    assert draft.json_text() == text
    draft.set_value(TYPE, PERSON)
    assert written(draft) == {"@type": PERSON, "name": "Ada"}


def test_what_is_no_any_stays_in_its_place(draft: Draft) -> None:
    draft.set_json_text('{"detail": [1]}')
    assert draft.mistake_at(("detail",))
    draft.set_value(("id",), "1")
    assert written(draft) == [1]


def test_unknown_fields_inside_are_sent_again(person: Descriptor, person_schema: Schema, qtbot: QtBot) -> None:
    inner = person_schema.message_class("draft.test.Person")(name="Ada")  # type: ignore[call-arg]
    inner.MergeFromString(b"\xf0\x80\x01\x07")
    outer = person_schema.message_class("google.protobuf.Any")(  # type: ignore[call-arg]
        type_url=PERSON, value=inner.SerializeToString()
    )
    message: Any = person_schema.message_class("draft.test.Person")()
    message.detail.type_url = f"{PREFIX}google.protobuf.Any"
    message.detail.value = outer.SerializeToString()
    draft = Draft(person, person_schema)
    draft.set_message(message)
    draft.set_value(("detail", "value", "name"), "Grace")
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    for each in (draft, again):
        sent: Any = each.message()
        middle = type(outer).FromString(sent.detail.value)
        received: Any = type(inner).FromString(middle.value)  # type: ignore[attr-defined]
        assert received.name == "Grace"
        assert b"\xf0\x80\x01\x07" in received.SerializeToString()


def test_a_state_has_what_was_filled_in_for_other_types(
    draft: Draft, person: Descriptor, person_schema: Schema
) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Ada"}}))
    draft.set_value(TYPE, PHONE)
    draft.set_value(("detail", "number"), "1")
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.json_text() == draft.json_text()
    again.set_value(TYPE, PERSON)
    assert written(again) == {"@type": PERSON, "name": "Ada"}


@pytest.mark.parametrize("types", [None, 5, [[1]], [[["detail"], "{"]], [[["detail"], "[]"]], [[["nope"], "{}"]]])
def test_a_state_touched_by_hand_does_no_harm(
    draft: Draft, person: Descriptor, person_schema: Schema, types: object
) -> None:
    draft.restore({"json": '{"detail": {}}', "types": types})
    assert draft.json_text() == '{\n  "detail": {}\n}'


def test_a_newer_schema_reads_the_content_anew(draft: Draft, newer_schema: Schema) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "age": 3, "name": "Ada"}}))
    draft.set_value(("detail", "nick"), "x")
    draft.set_value(TYPE, PHONE)
    draft.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    draft.set_value(TYPE, PERSON)
    assert detail(draft).content is newer_schema.descriptor("draft.test.Person")
    assert written(draft) == {"@type": PERSON, "name": "Ada", "nick": "x", "age": 3}
    assert draft.homeless_mistake is not None
    assert "age" in draft.homeless_mistake.message


def test_a_type_that_goes_and_comes_with_the_schema(
    draft: Draft, person: Descriptor, person_schema: Schema, fields_schema: Schema
) -> None:
    text = json.dumps({"any": {"@type": PERSON, "name": "Ada"}})
    everything = fields_schema.descriptor("wirelens.demo.fields.v1.Everything")
    other = Draft(everything, fields_schema)
    other.set_json_text(text)
    assert "draft.test.Person" in other.mistake_at(("any", "@type"))
    assert other.json_text() == text


def test_nothing_is_read_before_it_is_asked_for(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "manager": {"name": "Ada"}}}))
    assert not detail(draft).may_hold_more_than_json
    assert detail(draft).type_name == "draft.test.Person"
    assert not detail(draft).may_hold_more_than_json
    manager = detail(draft).fields["manager"]
    assert isinstance(manager, MessageValue)
    assert not manager.may_hold_more_than_json


def test_lists_and_maps_are_read_when_asked_for_as_well(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"extra": {"a": {"b": [1]}}}))
    extra = draft.value(("extra",))
    assert isinstance(extra, MapValue)
    assert not extra.may_hold_more_than_json
    (_key, inner), *_rest = extra.entries
    assert isinstance(inner, MapValue)
    assert not inner.may_hold_more_than_json


STRANGE = b"\x9a\x06\x02hi\xa0\x06\x07"  # fields 99 and 100, which no Any has


def strange_fields(message: Any) -> list[tuple[int, object]]:
    return [(field.field_number, field.data) for field in UnknownFieldSet(message)]


def with_strange_any(draft: Draft, inner: dict[str, Any]) -> bytes:
    """The bytes of a message whose Any, holding `inner`, has fields that no Any has."""
    draft.set_json_text(json.dumps({"detail": inner}))
    message: Any = draft.message()
    message.detail.MergeFromString(STRANGE)
    return bytes(message.SerializeToString())


@pytest.mark.parametrize(
    "inner",
    [
        {},
        {"@type": PHONE, "number": "1"},
        {"@type": "x.y/not.Known", "value": "AQI="},
        {"@type": f"{PREFIX}google.protobuf.Int32Value", "value": 7},
        {"@type": f"{PREFIX}google.protobuf.Any", "value": {"@type": PHONE}},
    ],
)
def test_fields_that_no_any_has_are_kept_through_form_json_and_wire(draft: Draft, inner: dict[str, Any]) -> None:
    data = with_strange_any(draft, inner)
    draft.set_wire(data)
    assert draft.serialized() == data
    draft.set_value(("name",), "Ada")
    message: Any = draft.message()
    assert strange_fields(message.detail) == [(99, b"hi"), (100, 7)]
    assert written(draft) == inner
    draft.set_json_text(draft.json_text().replace("Ada", "Grace"))
    message = draft.message()
    assert (message.name, strange_fields(message.detail)) == ("Grace", [(99, b"hi"), (100, 7)])
    draft.set_value(TYPE, PERSON)
    draft.set_value(("detail", "name"), "Hopper")
    message = draft.message()
    assert strange_fields(message.detail) == [(99, b"hi"), (100, 7)]
    draft.set_json_text(
        draft.json_text().replace("test.Person", "test.Phone").replace('"name": "Hopper"', '"number": "2"')
    )
    message = draft.message()
    assert strange_fields(message.detail) == [(99, b"hi"), (100, 7)]
    draft.reset(("detail",))
    message = draft.message()
    assert not message.HasField("detail")
    draft.undo()
    message = draft.message()
    assert strange_fields(message.detail) == [(99, b"hi"), (100, 7)]


def test_they_are_kept_at_any_depth_and_with_the_session(
    draft: Draft, person: Descriptor, person_schema: Schema, qtbot: QtBot
) -> None:
    draft.set_json_text(json.dumps({"reports": [{"detail": {"@type": PERSON, "detail": {"@type": PHONE}}}]}))
    message: Any = draft.message()
    held = person_schema.message_class("draft.test.Person").FromString(message.reports[0].detail.value)
    held.detail.MergeFromString(STRANGE)  # type: ignore[attr-defined]
    message.reports[0].detail.value = held.SerializeToString()
    draft.set_wire(message.SerializeToString())
    draft.set_value(("reports", 0, "detail", "detail", "number"), "12")
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    for each in (draft, again):
        sent: Any = each.message()
        inner: Any = person_schema.message_class("draft.test.Person").FromString(sent.reports[0].detail.value)
        assert strange_fields(inner.detail) == [(99, b"hi"), (100, 7)]
        assert inner.detail.value == b"\n\x0212"


def test_an_any_that_is_the_request_keeps_them_too(person_schema: Schema, qtbot: QtBot) -> None:
    draft = Draft(person_schema.descriptor("google.protobuf.Any"), person_schema)
    draft.set_wire(any_pb2.Any(type_url=PHONE).SerializeToString() + STRANGE)
    draft.set_value(("number",), "12")
    assert strange_fields(draft.message()) == [(99, b"hi"), (100, 7)]
    draft.set_json_text(json.dumps({"@type": PERSON}))
    assert strange_fields(draft.message()) == [(99, b"hi"), (100, 7)]


def test_a_type_that_is_changed_in_the_text_is_remembered_as_one_that_was_chosen(draft: Draft) -> None:
    filled_in = {"@type": PERSON, "name": "Ada", "tags": ["x"]}
    draft.set_json_text(json.dumps({"detail": filled_in}))
    draft.choose_member(("detail",), "contact", "email")
    draft.choose_member(("detail",), "contact", None)
    for url in (PERSON[:-1], PERSON[:-6], PHONE[:-1], PHONE):  # letter by letter
        draft.set_json_text(json.dumps({"detail": {"@type": url, "number": "12"}}))
        assert detail(draft).type_url == url
    assert written(draft) == {"@type": PHONE, "number": "12"}
    draft.set_value(TYPE, PERSON)
    assert written(draft) == filled_in
    assert draft.kept(("detail", "email")) == ""
    draft.set_value(TYPE, PHONE)
    assert written(draft) == {"@type": PHONE, "number": "12"}


def test_a_type_that_comes_back_in_the_text_brings_what_json_cannot_say_and_no_more(draft: Draft) -> None:
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Ada", "tags": ["x"]}}))
    draft.choose_member(("detail",), "contact", "email")
    draft.choose_member(("detail",), "contact", None)
    draft.set_json_text(json.dumps({"detail": {"@type": PHONE, "number": "12"}}))
    assert detail(draft).type_name == "draft.test.Phone"  # the form looks at each state
    draft.set_json_text(json.dumps({"detail": {"@type": PERSON, "name": "Grace"}}))
    assert written(draft) == {"@type": PERSON, "name": "Grace"}  # the text is the person's own
    assert draft.kept(("detail", "email")) == ""
