"""The fields demo: every kind of field comes back as it was sent, by a real server."""

from typing import Any

import grpc

from wirelens.engine.messages.examples import example_message


async def test_an_example_of_everything_comes_back(serve: Any) -> None:
    fields = await serve("fields")
    for method, type_name in (
        ("Echo", "Everything"),
        ("EchoProto2", "Proto2Everything"),
        ("EchoEditions", "EditionsEverything"),
    ):
        name = f"wirelens.demo.fields.v1.{type_name}"
        request = example_message(fields.schema.descriptor(name), fields.schema)
        assert (await fields.call(method, request)).reply == request


async def test_the_largest_integers_survive(serve: Any) -> None:
    fields = await serve("fields")
    request = {
        "int64Value": "9223372036854775807",
        "uint64Value": "18446744073709551615",
        "sfixed64Value": str(-(2**63)),
    }
    reply = (await fields.call("Echo", request)).reply
    assert (reply.int64_value, reply.uint64_value, reply.sfixed64_value) == (2**63 - 1, 2**64 - 1, -(2**63))


async def test_presence_groups_extensions_and_unknown_fields_survive(serve: Any) -> None:
    fields = await serve("fields")
    everything = (await fields.call("Echo", {"optionalInt32": 0, "choiceNothing": {}, "priority": 99})).reply
    assert everything.HasField("optional_int32")
    assert everything.WhichOneof("choice") == "choice_nothing"
    assert everything.priority == 99
    request = {
        "requiredText": "",
        "requiredNumber": "0",
        "detail": {"number": 3},
        "[wirelens.demo.fields.v1.extension_number]": "5",
        "[wirelens.demo.fields.v1.Proto2Everything.nested_extension]": "x",
    }
    sent = fields.message("EchoProto2", request)
    sent.MergeFromString(b"\xf0\x80\x01\x07")  # field 2046, which nobody knows
    reply = (await fields.call("EchoProto2", sent)).reply
    assert reply.SerializeToString(deterministic=True) == sent.SerializeToString(deterministic=True)


async def test_the_stream_answers_each_message_before_the_next(serve: Any) -> None:
    fields = await serve("fields")
    call = fields.start("EchoStream")
    for number in range(3):
        await call.write(fields.types.Everything(int32_value=number))
        assert (await call.read()).int32_value == number
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert await call.code() is grpc.StatusCode.OK
