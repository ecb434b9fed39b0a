"""The faults demo: each fault as it is asked for, by fields and by metadata."""

import hashlib
import time
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from tests.engine.calls.serving import connected

from wirelens.demos.faults import FaultService
from wirelens.engine.calls.call import Call, CallRequest

CODES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
async def test_fail_ends_with_the_code_that_was_asked_for(serve: Any, code: grpc.StatusCode) -> None:
    faults = await serve("faults")
    answer = await faults.call("Fail", {"code": code.value[0], "message": "100 % ä 中\n🙂"})
    assert (answer.code, answer.message, answer.replies) == (code.name, "100 % ä 中\n🙂", [])


async def test_fail_carries_details_of_any_type(serve: Any) -> None:
    faults = await serve("faults")
    own = {"@type": "type.googleapis.com/wirelens.demo.faults.v1.FaultReport", "method": "mine"}
    answer = await faults.call("Fail", {"code": "INTERNAL", "details": [own], "samples": list(range(1, 14))})
    assert answer.code == "INTERNAL"
    assert error_details_pb2.RetryInfo.FromString(answer.details["RetryInfo"]).retry_delay.nanos == 500_000_000
    assert {"BadRequest", "Help", "LocalizedMessage", "DebugInfo", "Mystery", "FaultReport"} <= set(answer.details)
    no_status = await faults.call("Fail", {"code": 3, "samples": ["SAMPLE_DETAIL_NO_STATUS"]})
    assert no_status.trailers["grpc-status-details-bin"] == b"\xff\xfeno status at all"


async def test_code_0_does_not_fail_and_an_unknown_code_is_refused(serve: Any) -> None:
    faults = await serve("faults")
    assert "nothing failed" in (await faults.call("Fail", {})).reply.message
    assert (await faults.call("Fail", {"code": 77})).code == "INVALID_ARGUMENT"


async def test_delay_waits(serve: Any) -> None:
    faults = await serve("faults")
    started = time.monotonic()
    reply = (await faults.call("Delay", {"delay": "0.05s"})).reply
    assert time.monotonic() - started >= 0.05
    assert reply.elapsed.ToMilliseconds() >= 49
    assert (await faults.call("Delay", {"delay": "-1s"})).code == "INVALID_ARGUMENT"


async def test_flood_sends_as_many_as_asked_or_until_it_is_cancelled(serve: Any) -> None:
    faults = await serve("faults")
    answer = await faults.call("Flood", {"count": "100", "size": 300})
    assert [reply.number for reply in answer.replies] == list(range(1, 101))
    assert {len(reply.payload) for reply in answer.replies} == {300}
    endless = faults.start("Flood")
    await endless.write(faults.types.FloodRequest())
    for _ in range(500):
        await endless.read()
    endless.cancel()
    assert await endless.code() is grpc.StatusCode.CANCELLED


async def test_flood_keeps_its_interval(serve: Any) -> None:
    faults = await serve("faults")
    started = time.monotonic()
    assert len((await faults.call("Flood", {"count": "4", "interval": "0.02s"})).replies) == 4
    assert time.monotonic() - started >= 0.06


async def test_large_answers_with_one_message_of_that_size(serve: Any) -> None:
    faults = await serve("faults")
    payload = (await faults.call("Large", {"bytes": "5000001"})).reply.payload
    assert len(payload) == 5_000_001
    assert hashlib.sha256(payload[:256]).digest() == hashlib.sha256(bytes(range(256))).digest()
    assert (await faults.call("Large", {"bytes": "-1"})).code == "INVALID_ARGUMENT"


async def test_die_sends_its_messages_first(serve: Any) -> None:
    deaths: list[float] = []
    faults = await serve("faults", lambda types: FaultService(types, die=lambda: deaths.append(time.monotonic())))
    answer = await faults.call("Die", {"afterMessages": 3})
    assert [reply.messages_left for reply in answer.replies] == [2, 1, 0]
    assert len(deaths) == 1


async def test_trailers_only_sends_no_headers(serve: Any) -> None:
    faults = await serve("faults")
    answer = await faults.call("TrailersOnly", {"message": "gone"})
    assert (answer.code, answer.message, answer.headers) == ("UNAVAILABLE", "gone", [])


async def test_metadata_is_obeyed_on_every_method(serve: Any) -> None:
    faults = await serve("faults")
    early = await faults.call("Flood", {"count": "2"}, metadata=[("fail-early", "14")])
    assert (early.code, early.replies) == ("UNAVAILABLE", [])
    late = await faults.call("Flood", {"count": "2"}, metadata=[("fail-late", "data_loss")])
    assert (late.code, len(late.replies)) == ("DATA_LOSS", 2)
    unary = await faults.call("Delay", {}, metadata=[("fail-late", "DATA_LOSS")])
    assert (unary.code, unary.replies) == ("DATA_LOSS", [])


async def test_headers_and_trailers_are_sent_as_the_metadata_says(serve: Any) -> None:
    faults = await serve("faults")
    asked = [
        ("reply-with-headers", "a: 1; b-bin: AQID"),
        ("reply-with-headers", "a: 2"),
        ("reply-with-trailers", "tail: x"),
        ("fail-late", "5"),
    ]
    answer = await faults.call("Delay", {}, metadata=asked)
    # gRPC keeps the order among pairs of one name only.
    assert sorted(answer.headers) == [("a", "1"), ("a", "2"), ("b-bin", b"\x01\x02\x03")]
    assert answer.trailers["tail"] == "x"
    assert answer.code == "NOT_FOUND"


@pytest.mark.parametrize("more", [(), ("a: 1",), (";",), ("", "a: 1")], ids=repr)
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_answers_are_compressed_as_the_metadata_says(serve: Any, encoding: str, more: tuple[str, ...]) -> None:
    faults = await serve("faults")
    headers = [("reply-with-headers", each) for each in more]
    async with connected(faults.address) as connection:
        for name, request in (("Large", {"bytes": "4096"}), ("Flood", {"count": "2", "size": 4096})):
            method = faults.schema.method(f"wirelens.demo.faults.v1.FaultService/{name}")
            call = Call(connection, CallRequest(method, metadata=(("reply-compressed", encoding.upper()), *headers)))
            await call.send(faults.message(name, request).SerializeToString())
            assert (await call.run()).status.ok
            encodings = call.transcript.encodings
            assert encodings is not None
            assert list(encodings) == [encoding]
            assert encodings[encoding].size == call.transcript.received_bytes > 2 * encodings[encoding].sent_size


@pytest.mark.parametrize(
    "wish",
    [
        ("fail-early", "soon"),
        ("fail-early", "99"),
        ("reply-with-headers", "no colon"),
        ("fail-late", "-1"),
        ("reply-compressed", "brotli"),
    ],
)
async def test_metadata_that_cannot_be_obeyed_is_refused(serve: Any, wish: tuple[str, str]) -> None:
    faults = await serve("faults")
    answer = await faults.call("Delay", {}, metadata=[wish])
    assert answer.code == "INVALID_ARGUMENT"
    assert wish[0] in answer.message
