"""Bytes as a face of the draft: what is typed there is kept, read, sent as it is, and taken back by undo."""

import json
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from tests.engine.messages.random_wire import damaged, payloads
from tests.presentation.draft.schemas import fields_schema

from wirelens.engine.errors import DecodeError, MessageError
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft

__all__ = ["fields_schema"]
_QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ADA = b"\x0a\x03Ada"


@pytest.fixture
def draft(qtbot: QtBot, person: Descriptor, person_schema: Schema) -> Draft:
    return Draft(person, person_schema, delay_ms=0)


def test_bytes_become_fields_and_json(draft: Draft) -> None:
    draft.set_wire(ADA + b"\x10\x2a")
    assert draft.value(("name",)) == "Ada"
    assert json.loads(draft.json_text()) == {"name": "Ada", "id": "42"}
    assert draft.form_is_current


def test_a_message_is_sent_byte_for_byte_as_typed(draft: Draft) -> None:
    odd = b"\x10\xaa\x00" + b"\x0a\x01x" + ADA + b"\xa2\x06\x02hi"  # not minimal, sent twice, unknown
    draft.set_wire(odd)
    assert draft.serialized() == odd
    assert draft.value(("name",)) == "Ada"


def test_an_edit_of_a_field_goes_on_from_the_bytes_and_keeps_unknown_fields(draft: Draft) -> None:
    draft.set_wire(ADA + b"\xa2\x06\x02hi")
    draft.set_value(("name",), "Eve")
    assert draft.wire is None
    assert draft.serialized() == b"\x0a\x03Eve\xa2\x06\x02hi"


def test_malformed_bytes_stay_and_are_not_sent(draft: Draft) -> None:
    draft.set_wire(ADA)
    draft.set_wire(ADA[:-1])
    assert draft.wire == ADA[:-1]
    assert draft.wire_mistake is not None
    assert draft.wire_mistake.start == 0
    assert not draft.form_is_current
    assert draft.value(("name",)) == "Ada"  # what it said before
    with pytest.raises(DecodeError, match="the length says 3 bytes, but 2 are left") as refused:
        draft.serialized()
    assert refused.value.place == "byte 0"
    draft.set_value(("name",), "lost")  # the form is greyed: nothing happens
    assert draft.wire == ADA[:-1]


def test_undo_goes_back_over_bytes(draft: Draft) -> None:
    draft.set_value(("name",), "Eve")
    draft.set_wire(b"\x0a\xff")
    draft.undo()
    assert draft.wire is None
    assert draft.value(("name",)) == "Eve"
    draft.redo()
    assert draft.wire == b"\x0a\xff"


def test_json_typed_over_malformed_bytes_goes_on(draft: Draft) -> None:
    draft.set_wire(b"\x0a\xff")
    draft.set_json_text('{"name": "Bob"}')
    assert draft.form_is_current
    assert draft.serialized() == b"\x0a\x03Bob"


@pytest.mark.parametrize("wire", [ADA + b"\xa2\x06\x02hi", ADA[:-1], b""])
def test_bytes_survive_the_session_file(
    draft: Draft, wire: bytes, person: Descriptor, person_schema: Schema, newer_schema: Schema
) -> None:
    draft.set_json_text('{"name": "before"}')
    draft.set_wire(wire)
    again = Draft(person, person_schema)
    again.restore(json.loads(json.dumps(draft.state())))
    assert again.wire == wire
    assert again.wire_mistake == draft.wire_mistake
    assert again.tree.text(0) == draft.tree.text(0)
    again.rebase(newer_schema.descriptor("draft.test.Person"), newer_schema)
    assert again.wire == wire


def test_a_state_touched_by_hand_does_not_raise(draft: Draft) -> None:
    draft.restore({"json": '{"name": "x"}', "wire": "no base64!"})
    assert draft.wire is None
    assert draft.value(("name",)) == "x"


def test_large_bytes_are_read_beside_the_window(qtbot: QtBot, draft: Draft) -> None:
    large = ADA * 5000
    draft.set_wire(large)
    assert draft.is_reading
    assert not draft.form_is_current
    qtbot.waitUntil(lambda: not draft.is_reading, timeout=5000)
    assert draft.value(("name",)) == "Ada"
    assert draft.serialized() == large
    draft.set_wire(large[:-1])
    qtbot.waitUntil(lambda: draft.wire_mistake is not None, timeout=5000)
    assert draft.wire == large[:-1]


async def test_whoever_sends_large_bytes_waits_until_they_are_read(draft: Draft) -> None:
    draft.set_wire(ADA * 5000)
    await draft.settled()
    assert not draft.is_reading


def check(data: bytes, descriptor: Descriptor, schema: Schema) -> None:
    draft = Draft(descriptor, schema)
    draft.set_wire(data)
    assert draft.wire == data
    message_class = schema.message_class(descriptor.full_name)
    try:
        sent = draft.serialized()
    except MessageError:
        assert draft.wire_mistake is not None
        return
    assert draft.wire_mistake is None
    assert sent == data
    again = Draft(descriptor, schema)
    again.set_message(draft.message())
    if not again.mistakes:  # else JSON cannot say it, a Timestamp out of range for one
        if not message_class.FromString(data).IsInitialized():
            return  # bytes may lack what proto2 requires, fields may not
        expected, found = message_class.FromString(data), message_class.FromString(again.serialized())
        assert message_to_json(found, schema) == message_to_json(expected, schema)
        empty_well_known(found)
        empty_well_known(expected)
        assert found == expected or "nan" in str(expected)


def empty_well_known(message: Any) -> None:
    """A field holds a Timestamp or Value as JSON does: unknown fields in it end once a field is edited."""
    if message.DESCRIPTOR.full_name.startswith("google.protobuf."):
        message.Clear()
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for each in value.values():
                    empty_well_known(each)
        else:
            for each in value if field.is_repeated else [value]:
                empty_well_known(each)


@_QUICK
@given(data=st.data())
def test_any_bytes_are_kept_and_a_message_is_the_same_through_the_fields(
    data: st.DataObject, person: Descriptor, person_schema: Schema, fields_schema: Schema, qtbot: QtBot
) -> None:
    schema = data.draw(st.sampled_from([person_schema, fields_schema]))
    descriptor = person if schema is person_schema else schema.descriptor("wirelens.demo.fields.v1.Everything")
    payload = data.draw(payloads(descriptor))
    if data.draw(st.booleans()):
        payload = data.draw(damaged(payload) | st.binary(max_size=30))
    check(payload, descriptor, schema)
