"""The four patterns and what belongs to a call, against a real server."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise

import grpc
import pytest
from tests.engine.calls.frame_server import Exchange, frame_server, raw_server
from tests.engine.calls.serving import Service, connected, events, finished, kinds, method, received, sent, serving

from wirelens.engine.calls.call import Call, CallRequest, Compression
from wirelens.engine.calls.events import CallFinished, HalfClosed, HeadersReceived, MessageReceived, MessageSent
from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.errors import CallStateError
from wirelens.engine.schema.services import Pattern

SENT, HEADERS, RECEIVED = EventKind.SENT, EventKind.HEADERS, EventKind.RECEIVED
HALF_CLOSED, FINISHED = EventKind.HALF_CLOSED, EventKind.FINISHED


async def test_unary(connection: Connection) -> None:
    end, transcript = await finished(connection, "Echo", b"hello")
    assert end.status.ok
    assert kinds(transcript) == [SENT, HALF_CLOSED, HEADERS, RECEIVED, FINISHED]
    assert received(transcript) == [b"hello"]
    assert transcript.finished is end


async def test_server_streaming(connection: Connection) -> None:
    end, transcript = await finished(connection, "Count", b"3")
    assert end.status.ok
    assert kinds(transcript) == [SENT, HALF_CLOSED, HEADERS, RECEIVED, RECEIVED, RECEIVED, FINISHED]
    assert received(transcript) == [b"0", b"1", b"2"]


async def test_client_streaming(connection: Connection) -> None:
    end, transcript = await finished(connection, "Join", b"a", b"b", b"c")
    assert end.status.ok
    rows = kinds(transcript)
    # That the request side is closed is known once that has gone out; the answer may be faster.
    assert [row for row in rows if row in (SENT, HALF_CLOSED)] == [SENT, SENT, SENT, HALF_CLOSED]
    assert [row for row in rows if row not in (SENT, HALF_CLOSED)] == [HEADERS, RECEIVED, FINISHED]
    assert received(transcript) == [b"a,b,c"]


async def test_bidi_streaming_converses(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Chat")))
    transcript = call.transcript
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for number, text in enumerate([b"one", b"two", b"three"], start=1):
            await call.send(text)
            while transcript.received_count < number:
                await transcript.grown(len(transcript))
            assert received(transcript)[-1] == text  # the answer is here before the next is sent
        assert call.can_send
        assert not call.is_finished
        call.half_close()
        assert not call.can_send
    assert running.result().status.ok
    assert sent(transcript) == received(transcript) == [b"one", b"two", b"three"]


@pytest.mark.parametrize(("name", "pattern"), [("Join", Pattern.CLIENT_STREAMING), ("Chat", Pattern.BIDI_STREAMING)])
async def test_a_request_stream_may_be_empty(connection: Connection, name: str, pattern: Pattern) -> None:
    end, transcript = await finished(connection, name, pattern=pattern)
    assert end.status.ok
    assert transcript.sent_count == 0


async def test_empty_messages_are_messages(connection: Connection) -> None:
    end, transcript = await finished(connection, "Chat", b"", b"")
    assert end.status.ok
    assert received(transcript) == [b"", b""]
    assert transcript.received_bytes == 0
    assert transcript.received_count == 2


async def test_events_come_one_by_one_with_rising_times(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Join")))
    await call.send(b"x")
    call.half_close()
    seen = [event async for event in call.events()]
    assert [type(event) for event in seen] == [MessageSent, HalfClosed, HeadersReceived, MessageReceived, CallFinished]
    assert all(0 <= earlier.at <= later.at < 5 for earlier, later in pairwise(seen))
    assert seen == events(call.transcript)


async def test_leaving_the_events_early_cancels(connection: Connection, service: Service) -> None:
    call = Call(connection, CallRequest(method("CountAndHang")))
    await call.send(b"2")
    stream = call.events()
    async for event in stream:
        if isinstance(event, MessageReceived):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert call.transcript.finished is not None
    assert call.transcript.finished.status.code_name == "CANCELLED"
    async with asyncio.timeout(5):
        await service.cancelled.wait()


@pytest.mark.parametrize("name", ["Echo", "Count", "Join", "Chat"])
async def test_request_metadata_keeps_duplicates_and_bytes(connection: Connection, service: Service, name: str) -> None:
    metadata = (("a", "1"), ("a", "2"), ("b-bin", b"\x00\xff"), ("b-bin", b"\x01"), ("a-b.c_d", "x y"))
    end, _ = await finished(connection, name, b"1", metadata=metadata)
    assert end.status.ok
    for key in ("a", "b-bin", "a-b.c_d"):
        assert [value for name, value in service.seen if name == key] == [v for n, v in metadata if n == key]


async def test_response_metadata_keeps_duplicates_and_bytes(connection: Connection) -> None:
    end, transcript = await finished(connection, "Annotated", b"x")
    assert transcript.headers is not None
    assert transcript.headers.metadata == (("h", "1"), ("h", "2"), ("h-bin", b"\x00\xff"))
    assert end.status.trailers == (("t", "1"), ("t", "2"), ("t-bin", b"\xff\x00"), ("t-bin", b""))


async def test_headers_are_told_before_the_first_message(connection: Connection, service: Service) -> None:
    call = Call(connection, CallRequest(method("Early")))
    await call.send(b"")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(call.run())
        while call.transcript.headers is None:
            await call.transcript.grown(len(call.transcript))
        assert call.transcript.headers.metadata == (("ready", "yes"),)
        assert call.transcript.received_count == 0
        service.release.set()
    assert received(call.transcript) == [b"late"]


@pytest.mark.parametrize("name", ["Echo", "Count", "Join", "Chat"])
@pytest.mark.parametrize("compression", list(Compression))
async def test_requests_are_compressed(
    connection: Connection, service: Service, name: str, compression: Compression
) -> None:
    payload = b"1" if name == "Count" else b"x" * 10_000
    end, transcript = await finished(connection, name, payload, compression=compression)
    assert end.status.ok
    assert transcript.sent_bytes == len(payload)


async def test_sizes_of_compressed_answers_are_those_of_the_messages(service: Service) -> None:
    async with serving(service, compression=grpc.Compression.Gzip) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Echo", b"x" * 100_000)
        assert end.status.ok
        assert transcript.received_bytes == 100_000


async def test_a_unix_socket(service: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    address = f"unix:{tmp_path_factory.mktemp('socket') / 'app.sock'}"
    async with serving(service, address), connected(address) as connection:
        for name in ("Echo", "Count"):
            end, _ = await finished(connection, name, b"1")
            assert end.status.ok


@pytest.mark.parametrize("name", ["Echo", "Count"])
async def test_the_authority_is_what_was_asked_for(name: str) -> None:
    blocks = []

    async def answer(exchange: Exchange) -> None:
        blocks.append(exchange.header_block)
        exchange.trailers_only(0)

    async with frame_server(answer) as address, connected(address, authority="shop.example") as connection:
        await finished(connection, name, b"")
    assert b"shop.example" in blocks[0]
    assert address.encode() not in blocks[0]


async def test_a_second_message_on_a_one_request_pattern_is_refused(connection: Connection) -> None:
    for name in ("Echo", "Count"):
        call = Call(connection, CallRequest(method(name)))
        with pytest.raises(CallStateError, match="exactly one message"):
            call.half_close()
        await call.send(b"1")
        assert not call.can_send
        with pytest.raises(CallStateError, match="exactly one message"):
            await call.send(b"2")
        call.half_close()  # it has happened by itself
        assert (await call.run()).status.ok
        with pytest.raises(CallStateError, match="finished"):
            await call.send(b"3")


async def test_nothing_is_sent_after_half_close(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Chat")))
    call.half_close()
    call.half_close()
    with pytest.raises(CallStateError, match="half-closed"):
        await call.send(b"late")
    assert (await call.run()).status.ok


async def test_a_call_runs_once(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Echo")))
    await call.send(b"")
    await call.run()
    with pytest.raises(CallStateError, match="once"):
        await call.run()
    with pytest.raises(CallStateError, match="once"):
        _ = [event async for event in call.events()]
    assert kinds(call.transcript).count(FINISHED) == 1


async def test_run_waits_for_the_one_message(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Echo")))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await asyncio.sleep(0)
        await call.send(b"now")
    assert running.result().status.ok


@pytest.mark.parametrize("name", ["Hang", "CountAndHang", "Deaf"])
async def test_the_deadline_ends_a_call(connection: Connection, name: str) -> None:
    end, transcript = await finished(connection, name, b"2", deadline=0.2)
    assert end.status.code_name == "DEADLINE_EXCEEDED"
    assert 0.19 <= end.at < 2
    assert transcript.received_count == (2 if name == "CountAndHang" else 0)


@pytest.mark.parametrize("name", ["Echo", "Count", "Chat"])
async def test_wait_for_ready_waits_for_a_server_that_comes_later(service: Service, name: str) -> None:
    was_tried = asyncio.Event()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        was_tried.set()

    async with AsyncExitStack() as stack, asyncio.timeout(10), asyncio.TaskGroup() as group:
        async with raw_server(hang_up) as address:
            connection = await stack.enter_async_context(connected(address))
            running = group.create_task(finished(connection, name, b"1", wait_for_ready=True))
            await was_tried.wait()
        assert not running.done()
        async with serving(service, address):
            end, _ = await running
    assert end.status.ok


async def test_many_calls_share_a_connection(connection: Connection) -> None:
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(finished(connection, "Count", b"100")) for _ in range(20)]
        running += [group.create_task(finished(connection, "Chat", *[b"x"] * 20)) for _ in range(20)]
    assert [task.result()[1].received_count for task in running] == [100] * 20 + [20] * 20


async def test_a_call_over_an_unprepared_connection_prepares_it() -> None:
    connection = Connection(parse_target("grpcs://127.0.0.1:1"))
    end, _ = await finished(connection, "Echo", b"")
    assert end.status.code_name == "UNAVAILABLE"
    await connection.close()
