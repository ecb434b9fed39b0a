"""Reading as the person wants it: paused, sampled, counted, stopped; over both ways of driving a call."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc._cython.cygrpc import ExecuteBatchError  # type: ignore[attr-defined]  # not in the hints
from tests.engine.calls.serving import Service, connected, finished, kinds, method, received, serving

from wirelens.engine.calls import core_call
from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.events import ReadingResumed
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection

RECEIVED, FINISHED = EventKind.RECEIVED, EventKind.FINISHED
PAUSED, RESUMED = EventKind.PAUSED, EventKind.RESUMED


@pytest.fixture(params=["core", "loop"], autouse=True)
def _driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "loop":
        monkeypatch.setattr(core_call, "is_available", lambda: False)


class Tap(Service):
    """`Flood` gives messages of 8 KiB as long as somebody reads; `given` counts them. `Feed` gives what is put in."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.feed: asyncio.Queue[bytes | None] = asyncio.Queue()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        match str(handler_call_details.method).rpartition("/")[2]:
            case "Flood":
                return grpc.unary_stream_rpc_method_handler(self._flood)
            case "Feed":
                return grpc.unary_stream_rpc_method_handler(self._feed)
        return super().service(handler_call_details)

    async def _flood(self, request: bytes, context: Any) -> None:
        try:
            while True:
                await context.write(bytes(8192))
                self.given += 1
        except ExecuteBatchError:
            pass  # nobody reads any more; grpcio would log it

    async def _feed(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        while (payload := await self.feed.get()) is not None:
            yield payload


@pytest.fixture
def service() -> Tap:
    return Tap()


def streaming(connection: Connection, name: str, flow: Flow, deadline: float | None = None) -> Call:
    stream = method(name, method("Count").pattern)
    return Call(connection, CallRequest(stream, deadline=deadline), flow=flow, transcript=Transcript(frame=0))


async def until(transcript: Transcript, kind: EventKind, count: int = 1) -> None:
    """Waits until there are so many rows of a kind."""
    length = 0
    while kinds(transcript).count(kind) < count:
        length = await transcript.grown(length)


async def given_during(connection: Connection, service: Tap, trips: int) -> int:
    """How many messages the server gives while so many other calls go to it and back: they are the clock."""
    before = service.given
    for _ in range(trips):
        await finished(connection, "Echo", b"x")
    return service.given - before


# -- pausing ---------------------------------------------------------------------------------------------------


async def test_a_pause_reaches_the_server(connection: Connection, service: Tap) -> None:
    flow = Flow()
    call = streaming(connection, "Flood", flow)
    await call.send(b"")
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await until(call.transcript, RECEIVED, 100)
        flow.pause()
        await until(call.transcript, PAUSED)
        while await given_during(connection, service, 20):
            pass  # what HTTP/2's windows and the server's own buffers hold
        stood = call.transcript.received_count
        assert await given_during(connection, service, 50) == 0
        assert call.transcript.received_count == stood
        assert flow.is_paused
        flow.resume()
        await until(call.transcript, RECEIVED, stood + 1000)
        assert await given_during(connection, service, 50) > 0
        call.cancel()
    assert running.result().status.message == "cancelled on this side"
    call.transcript.close()


async def test_a_pause_is_two_rows_with_its_length_and_loses_nothing(connection: Connection, service: Tap) -> None:
    flow = Flow()
    call = streaming(connection, "Feed", flow)
    await call.send(b"")
    for payload in (b"1", b"2"):
        service.feed.put_nowait(payload)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await until(call.transcript, RECEIVED, 2)
        flow.pause()
        await until(call.transcript, PAUSED)
        assert call.transcript.is_paused
        for payload in (b"3", b"4", b"5", None):
            service.feed.put_nowait(payload)
        await finished(connection, "Echo", b"x")
        # The third where it was asked for before, which the reader does just behind the row of the second.
        assert received(call.transcript) in ([b"1", b"2"], [b"1", b"2", b"3"])
        assert not running.done()
        flow.resume()
    assert running.result().status.ok
    transcript = call.transcript
    assert received(transcript) == [b"1", b"2", b"3", b"4", b"5"]
    rows = kinds(transcript)
    start, end = rows.index(PAUSED), rows.index(RESUMED)
    length = transcript.at(end) - transcript.at(start)
    assert transcript.event(end) == ReadingResumed(transcript.at(end), length)
    assert transcript.paused_for(end) == transcript.paused_seconds == length > 0
    assert abs(flow.paused_seconds - length) < 0.1
    assert not transcript.is_paused
    times = [transcript.at(row) for row in range(len(transcript))]
    assert times == sorted(times)


async def test_a_call_may_begin_paused(connection: Connection, service: Tap) -> None:
    flow = Flow()
    flow.pause()
    call = streaming(connection, "Count", flow)
    await call.send(b"3")
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await until(call.transcript, PAUSED)
        await finished(connection, "Echo", b"x")
        assert call.transcript.received_count == 0
        flow.resume()
    assert running.result().status.ok
    assert received(call.transcript) == [b"0", b"1", b"2"]


async def test_pausing_and_resuming_many_times_keeps_every_message(connection: Connection) -> None:
    flow = Flow()
    call = streaming(connection, "Count", flow)
    await call.send(b"5000")
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for number in range(50):
            await until(call.transcript, RECEIVED, number * 50)
            flow.pause()
            if number % 2:
                await asyncio.sleep(0)
            flow.resume()
    assert running.result().status.ok
    assert received(call.transcript) == [b"%d" % number for number in range(5000)]


@pytest.mark.parametrize("name", ["Flood", "Feed"])
async def test_cancelling_a_paused_call(connection: Connection, service: Tap, name: str) -> None:
    flow = Flow()
    call = streaming(connection, name, flow)
    await call.send(b"")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        flow.pause()
        await until(call.transcript, PAUSED)
        call.cancel()
    assert running.result().status.message == "cancelled on this side"
    assert not flow.is_paused
    assert not call.transcript.is_paused
    assert call.transcript.paused_seconds > 0
    flow.resume()  # late, and harmless
    call.transcript.close()


async def test_the_deadline_holds_while_paused(connection: Connection) -> None:
    flow = Flow()
    flow.pause()
    call = streaming(connection, "Flood", flow, deadline=0.2)
    await call.send(b"")
    async with asyncio.timeout(5):
        end = await call.run()
    assert end.status.code_name == "DEADLINE_EXCEEDED"
    call.transcript.close()


async def test_closing_the_connection_ends_a_paused_call(address: str) -> None:
    flow = Flow()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group, connected(address) as connection:
        call = streaming(connection, "Flood", flow)
        await call.send(b"")
        running = group.create_task(call.run())
        await until(call.transcript, RECEIVED)
        flow.pause()
        await until(call.transcript, PAUSED)
    assert running.result().status.message == "cancelled on this side"
    call.transcript.close()


async def test_a_server_that_dies_while_reading_is_paused(service: Tap) -> None:
    flow = Flow()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        async with serving(service) as address, connected(address) as connection:
            call = streaming(connection, "Feed", flow)
            await call.send(b"")
            running = group.create_task(call.run())
            service.feed.put_nowait(b"1")
            await until(call.transcript, RECEIVED)
            flow.pause()
            await until(call.transcript, PAUSED)
        end = await running
    assert not end.status.ok
    assert received(call.transcript) == [b"1"]


async def test_messages_go_out_while_reading_is_paused(connection: Connection) -> None:
    flow = Flow()
    flow.pause()
    call = Call(connection, CallRequest(method("Chat")), flow=flow, transcript=Transcript(frame=0))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for text in (b"1", b"2", b"3"):
            await call.send(text)
        call.half_close()
        await until(call.transcript, EventKind.HALF_CLOSED)
        assert call.transcript.received_count == 0
        flow.resume()
    assert running.result().status.ok
    assert received(call.transcript) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("name", ["Echo", "Join"])
async def test_a_single_answer_is_always_read(connection: Connection, name: str) -> None:
    flow = Flow(count_only=True, stop_after=1)
    flow.pause()
    call = Call(connection, CallRequest(method(name)), flow=flow)
    await call.send(b"1")
    if name == "Join":
        call.half_close()
    async with asyncio.timeout(5):
        assert (await call.run()).status.ok
    assert received(call.transcript) == [b"1"]
    assert PAUSED not in kinds(call.transcript)


# -- some of them ----------------------------------------------------------------------------------------------


async def made(connection: Connection, flow: Flow, count: int = 100) -> Transcript:
    call = streaming(connection, "Count", flow)
    await call.send(b"%d" % count)
    async with asyncio.timeout(10):
        assert (await call.run()).status.ok
    return call.transcript


async def test_every_tenth_with_its_own_number(connection: Connection) -> None:
    transcript = await made(connection, Flow(take_every=10))
    assert received(transcript) == [b"%d" % number for number in range(0, 100, 10)]
    rows = [row for row in range(len(transcript)) if transcript.kind(row) is RECEIVED]
    assert [transcript.message_number(row) for row in rows] == list(range(1, 101, 10))
    assert (transcript.received_count, transcript.received_bytes) == (100, 190)
    assert (transcript.skipped_count, transcript.skipped_bytes) == (90, 171)


async def test_counted_only(connection: Connection) -> None:
    transcript = await made(connection, Flow(count_only=True))
    assert RECEIVED not in kinds(transcript)
    assert transcript.headers is not None  # which a message alone proves
    assert (transcript.received_count, transcript.skipped_count) == (100, 100)
    assert transcript.first_received_at is not None
    assert transcript.last_received_at is not None
    assert transcript.first_received_at <= transcript.last_received_at


async def test_counting_wakes_who_follows_the_call() -> None:
    transcript = Transcript(frame=0)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(transcript.grown(0))
        await asyncio.sleep(0)
        transcript.skip_received(0.1, 5)
    assert waiting.result() == 0


async def test_wishes_change_while_the_call_runs(connection: Connection, service: Tap) -> None:
    flow = Flow(count_only=True)
    call = streaming(connection, "Feed", flow)
    transcript = call.transcript
    await call.send(b"")
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for payload in (b"1", b"2"):
            service.feed.put_nowait(payload)
        while transcript.received_count < 2:
            await transcript.grown(len(transcript))
        flow.ask_for()
        for payload in (b"3", b"4", None):
            service.feed.put_nowait(payload)
    assert running.result().status.ok
    assert received(transcript) == [b"3", b"4"]
    assert transcript.skipped_count == 2


# -- enough ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Count", "CountAndHang"])
@pytest.mark.parametrize("every", [1, 2])
async def test_stopping_after_some(connection: Connection, name: str, every: int) -> None:
    call = streaming(connection, name, Flow(stop_after=7, take_every=every))
    await call.send(b"100000" if name == "Count" else b"7")
    async with asyncio.timeout(10):
        end = await call.run()
    assert (end.status.code_name, end.status.title) == ("CANCELLED", "STOPPED")
    assert end.status.message == "stopped on this side after 7 messages, as asked"
    assert not end.status.is_fault
    assert call.transcript.received_count == 7
    assert len(received(call.transcript)) == (7 if every == 1 else 4)


async def test_a_stream_that_ends_sooner_keeps_its_own_status(connection: Connection) -> None:
    assert (await made(connection, Flow(stop_after=101))).received_count == 100


async def test_stopping_a_conversation(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Chat")), flow=Flow(stop_after=1))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await call.send(b"only")
    assert running.result().status.message == "stopped on this side after 1 message, as asked"


async def test_enough_may_be_said_when_it_is_there_already(connection: Connection, service: Tap) -> None:
    flow = Flow()
    call = streaming(connection, "Feed", flow)
    await call.send(b"")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for payload in (b"1", b"2"):
            service.feed.put_nowait(payload)
        await until(call.transcript, RECEIVED, 2)
        flow.ask_for(stop_after=2)
    assert running.result().status.as_asked


async def test_a_person_who_cancels_first_has_cancelled(connection: Connection) -> None:
    call = streaming(connection, "CountAndHang", Flow(stop_after=5))
    await call.send(b"2")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await until(call.transcript, RECEIVED, 2)
        call.cancel()
    assert not running.result().status.as_asked


@pytest.mark.parametrize("wish", [{"take_every": 0}, {"stop_after": 0}, {"stop_after": -1}])
def test_wishes_that_cannot_be_meant(wish: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Flow(**wish)  # type: ignore[arg-type]
