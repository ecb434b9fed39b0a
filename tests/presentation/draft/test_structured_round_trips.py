"""Any, Struct, Value and ListValue through a real server: fields, JSON, bytes, Echo, and back into a draft."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from pytestqt.qtbot import QtBot

from wirelens.bundled import protos
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_kinds import JsonValueKind
from wirelens.presentation.draft.json_values import Number
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, MessageValue, Value

PREFIX = "type.googleapis.com/"
EVERYTHING = "wirelens.demo.fields.v1.Everything"
POINT = f"{PREFIX}wirelens.demo.fields.v1.Point"


@pytest.fixture(scope="module")
async def channel() -> AsyncIterator[grpc.aio.Channel]:
    root = protos()
    schema = await load_proto_files([root / proto for proto in DEMOS["fields"].protos], [root])
    server = await start_demo("fields", schema, Options())
    channel = grpc.aio.insecure_channel(server.address)
    try:
        yield channel
    finally:
        await channel.close()
        await server.stop(0)


@pytest.fixture
def new_draft(fields_schema: Schema, qtbot: QtBot) -> Callable[[], Draft]:
    return lambda: Draft(fields_schema.descriptor(EVERYTHING), fields_schema)


async def echoed(channel: grpc.aio.Channel, draft: Draft) -> Message:
    call = channel.unary_unary("/wirelens.demo.fields.v1.FieldService/Echo")
    message = draft.schema.message_class(EVERYTHING).FromString(await call(draft.serialized(), timeout=20))
    assert message == draft.message()
    return message


def read_all(value: Value | None) -> None:
    """Look at every node, as a form does that is unfolded: its JSON is then written from the fields."""
    if isinstance(value, MessageValue):
        for field in value.fields.values():
            read_all(field)
    elif isinstance(value, ListValue):
        for item in value.items:
            read_all(item)
    elif isinstance(value, MapValue):
        for _key, item in value.entries:
            read_all(item)


@pytest.mark.parametrize(
    "request_json",
    [
        {"any": {"@type": f"{PREFIX}google.protobuf.StringValue", "value": "in an Any"}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Struct", "value": {"a": [1, None, {"b": True}], "c": ""}}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Struct", "value": {}}},
        {"any": {"@type": f"{PREFIX}google.protobuf.ListValue", "value": [1.5, [], "x"]}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Value", "value": None}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Timestamp", "value": "2026-02-28T23:59:59.999999999Z"}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Int64Value", "value": "9223372036854775807"}},
        {"any": {"@type": "wirelens.demo.fields.v1.Point", "x": 3, "y": -4}},
        {"any": {"@type": "example.com/of/ours/wirelens.demo.fields.v1.Point", "x": 3}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Any", "value": {"@type": POINT, "x": 1}}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Any", "value": {}}},
        {"any": {"@type": f"{PREFIX}{EVERYTHING}", "any": {"@type": POINT}, "struct": {"deep": [{}]}}},
        {"any": {"@type": f"{PREFIX}google.rpc.BadRequest", "fieldViolations": [{"field": "f", "reason": "r"}]}},
        {"any": {"@type": f"{PREFIX}google.rpc.RetryInfo", "retryDelay": "1.500s"}},
        {"any": {"@type": f"{PREFIX}google.protobuf.Empty"}},
        {"any": {"@type": "nobody.knows/some.Type", "value": "CAESAWE="}},
        {"any": {}},
        {"repeatedAny": [{"@type": POINT, "y": 1}, {}, {"@type": "x/y.Z", "value": ""}]},
        {"struct": {}},
        {"struct": {"n": None, "b": False, "i": 0, "f": -1.5e300, "s": "ä🙂", "l": [[], [1]], "o": {"": {}}}},
        {"value": None},
        {"value": True},
        {"value": 0},
        {"value": "text"},
        {"value": []},
        {"value": {"a": None}},
        {"listValue": []},
        {"listValue": [None, True, 2, "3", [4], {"5": 6}]},
        {"dynamicValues": {"a": None, "b": [1], "c": {"d": "e"}}},
    ],
    ids=lambda request: json.dumps(request)[:60],
)
async def test_equal_at_every_station(
    request_json: dict[str, Any], channel: grpc.aio.Channel, new_draft: Callable[[], Draft]
) -> None:
    draft = new_draft()
    draft.set_json_text(json.dumps(request_json))
    assert draft.mistakes == ()
    straight = draft.serialized()
    read_all(draft.tree)
    draft.set_value(("int32_value",), Number("1"))
    draft.reset(("int32_value",))
    assert json.loads(draft.json_text()) == request_json
    assert type(draft.message()).FromString(straight) == draft.message()
    reply = await echoed(channel, draft)
    back = new_draft()
    back.set_message(reply)
    read_all(back.tree)
    assert json.loads(back.json_text()) == request_json
    assert back.message() == reply


async def test_an_any_filled_in_by_its_fields(channel: grpc.aio.Channel, new_draft: Callable[[], Draft]) -> None:
    draft = new_draft()
    draft.make_present(("any",))
    draft.set_value(("any", "@type"), f"{PREFIX}google.protobuf.Any")
    draft.set_value(("any", "value", "@type"), f"{PREFIX}google.rpc.ErrorInfo")
    draft.set_value(("any", "value", "reason"), "STOCKOUT")
    place: Path = ("any", "value", "metadata")
    draft.add_row(place)
    draft.set_key(place, 0, "zone")
    draft.set_value((*place, 0), "eu")
    reply: Any = await echoed(channel, draft)
    any_class: Any = draft.schema.message_class("google.protobuf.Any")
    info: Any = draft.schema.message_class("google.rpc.ErrorInfo").FromString(
        any_class.FromString(reply.any.value).value
    )
    assert (info.reason, dict(info.metadata)) == ("STOCKOUT", {"zone": "eu"})


async def test_json_put_together_row_by_row(channel: grpc.aio.Channel, new_draft: Callable[[], Draft]) -> None:
    draft = new_draft()
    draft.make_present(("struct",))
    for index, kind in enumerate(JsonValueKind):
        draft.add_row(("struct",), value="")
        draft.set_key(("struct",), index, kind.value)
        draft.set_json_kind(("struct", index), kind)
    draft.add_row(("struct", 4))
    draft.set_value(("struct", 4, 0), Number("0.1"))
    reply: Any = await echoed(channel, draft)
    fields = reply.struct.fields
    assert {name: value.WhichOneof("kind") for name, value in fields.items()} == {
        "null": "null_value",
        "bool": "bool_value",
        "number": "number_value",
        "string": "string_value",
        "list": "list_value",
        "object": "struct_value",
    }
    assert fields["list"].list_value.values[0].number_value == 0.1


async def test_unknown_fields_in_an_any_come_back(channel: grpc.aio.Channel, new_draft: Callable[[], Draft]) -> None:
    draft = new_draft()
    message: Any = draft.schema.message_class(EVERYTHING)()
    message.any.type_url = POINT
    message.any.value = b"\xf0\x80\x01\x07"
    draft.set_message(message)
    draft.set_value(("any", "y"), Number("2"))
    reply: Any = await echoed(channel, draft)
    assert b"\xf0\x80\x01\x07" in reply.any.value
    again = draft.value(("any",))
    assert isinstance(again, AnyValue)
    assert again.unknown == b"\xf0\x80\x01\x07"
