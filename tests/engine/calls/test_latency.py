"""Where a call's time went, over real connections: what was not seen is not there."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import grpc
import pytest
from tests.engine.calls.frame_server import Exchange, frame_server, message
from tests.engine.calls.serving import Service, connected, finished, method, serving

from wirelens.engine.calls import core_call
from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.events import CallFinished, HeadersReceived, Status
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.latency import Latency, Phase, PhaseName, latency
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.channels import Connection

CONNECT, SEND, HEADERS = PhaseName.CONNECT, PhaseName.SEND, PhaseName.HEADERS
FIRST, LAST, END = PhaseName.FIRST_MESSAGE, PhaseName.LAST_MESSAGE, PhaseName.END


def names(found: Latency) -> list[PhaseName]:
    return [phase.name for phase in found.phases]


async def test_the_first_call_connects_and_the_second_finds_it_done(connection: Connection) -> None:
    _, transcript = await finished(connection, "Count", b"3")
    first = latency(transcript)
    assert names(first) == [CONNECT, SEND, HEADERS, FIRST, LAST, END]
    assert not first.was_connected
    assert first.phases[0].seconds > 0
    assert all(before.end == after.start for before, after in pairwise(first.phases))
    assert (first.phases[0].start, first.phases[-1].end) == (0.0, transcript.finished and transcript.finished.at)
    _, transcript = await finished(connection, "Echo", b"x")
    second = latency(transcript)
    assert names(second) == [CONNECT, SEND, HEADERS, FIRST, END]
    assert second.was_connected
    assert second.phase(CONNECT) == Phase(CONNECT, 0.0, 0.0)


async def test_a_server_that_is_slow_to_connect_makes_connecting_long(service: Service) -> None:
    """The server begins to listen after the call began."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    async with connected(address) as connection:
        call = Call(connection, CallRequest(method("Echo"), wait_for_ready=True))
        await call.send(b"x")
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(call.run())
            end, _ = await finished(connection, "Echo", b"x")  # fails, and with that the first attempt has
            assert end.status.code_name == "UNAVAILABLE"
            assert latency(call.transcript).phases == ()
            async with serving(service, address):
                assert (await running).status.ok
    found = latency(call.transcript)
    connect = found.phase(CONNECT)
    assert connect is not None
    assert connect.seconds > sum(phase.seconds for phase in found.phases[1:])


async def test_what_never_came_is_absent() -> None:
    async with connected("127.0.0.1:1") as connection:
        _, transcript = await finished(connection, "Echo", b"x")
    assert names(latency(transcript)) == [END]

    async def trailers_only(exchange: Exchange) -> None:
        exchange.trailers_only(5)

    async with frame_server(trailers_only) as address, connected(address) as connection:
        _, transcript = await finished(connection, "Echo", b"x")
    begun = [CONNECT, SEND] if transcript.connected_at is not None else [PhaseName.CONNECT_AND_SEND]  # if it was seen
    assert names(latency(transcript)) == [*begun, END]


async def test_a_slow_first_message_is_told_from_slow_headers() -> None:
    async def slow(exchange: Exchange) -> None:
        await exchange.request_ended.wait()
        exchange.headers(("a", "1"))
        await asyncio.sleep(0.2)  # the delay that is measured
        exchange.data(message(b"x"))
        exchange.trailers(0)

    async with frame_server(slow) as address, connected(address) as connection:
        _, transcript = await finished(connection, "Echo", b"x")
    found = latency(transcript)
    first, headers = found.phase(FIRST), found.phase(HEADERS)
    assert first is not None
    assert headers is not None
    assert first.seconds > 0.15 > headers.seconds


async def test_grpc_aio_tells_no_moment_of_connecting(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_call, "is_available", lambda: False)
    _, transcript = await finished(connection, "Echo", b"x")
    assert names(latency(transcript))[:2] == [PhaseName.CONNECT_AND_SEND, HEADERS]
    _, transcript = await finished(connection, "Echo", b"x")
    assert names(latency(transcript))[:2] == [CONNECT, SEND]
    assert latency(transcript).was_connected


def test_times_of_two_threads_never_make_a_phase_negative() -> None:
    transcript = Transcript()
    transcript.connected_at = 0.5
    transcript.add_sent(0.4, b"")
    transcript.add_headers(HeadersReceived(0.3, ()))
    transcript.add_received(0.6, b"")
    transcript.add_finished(CallFinished(0.7, Status(0)))
    found = latency(transcript)
    assert [phase.seconds >= 0 for phase in found.phases] == [True] * 5
    assert found.phases[0] == Phase(CONNECT, 0.0, 0.4)


async def test_the_end_is_when_it_came_and_not_when_a_busy_loop_heard_of_it() -> None:
    """As in a window that builds its views at the first answer."""
    release = threading.Event()

    def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
        release.wait()
        return request

    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(answer)}
    with ThreadPoolExecutor(1) as threads:
        server = grpc.server(threads, handlers=[grpc.method_handlers_generic_handler("test.Service", handlers)])
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        async with connected(address) as connection:
            call = Call(connection, CallRequest(method("Echo")))
            await call.send(b"x")
            before = time.monotonic()
            async with asyncio.timeout(10), asyncio.TaskGroup() as group:
                running = group.create_task(call.run())
                await call.transcript.grown(0)
                reader = next(thread for thread in threading.enumerate() if thread.name == "read /test.Service/Echo")
                release.set()
                reader.join(10)  # the loop hears nothing meanwhile
                ended = time.monotonic()
                while time.monotonic() < ended + 0.1:
                    pass
            end = await running
        server.stop(None)
    assert end.status.ok
    assert before + end.at < ended + 0.05
    assert end.at >= call.transcript.at(len(call.transcript) - 2)


@pytest.mark.parametrize("way", ["core", "loop"])
async def test_rows_of_this_side_may_come_after_the_status_and_the_end_is_last(
    connection: Connection, service: Service, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(core_call, "is_available", lambda: way == "core")
    for name in ("Impatient", "Chat", "CountAndFail"):
        _, transcript = await finished(connection, name, *[b"3"] * 5)
        times = [transcript.at(row) for row in range(len(transcript))]
        assert times[-1] == max(times)
    for _ in range(30):
        call = Call(connection, CallRequest(method("CountAndHang")))
        await call.send(b"1")
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(call.run())
            while not call.transcript.received_count:
                await call.transcript.grown(len(call.transcript))
            call.flow.pause()
            call.cancel()
            call.flow.resume()  # the rows of both may come after the status
        times = [call.transcript.at(row) for row in range(len(call.transcript))]
        assert times[-1] == max(times)


@pytest.mark.parametrize("how", ["deadline", "cancel"])
async def test_a_connection_that_comes_after_the_end_was_not_for_the_call(how: str) -> None:
    """The server greets the client only once the call has ended, and the loop hears of both later."""
    ended, greeted = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                ended.wait(10)
                connection.sendall(b"\0\0\0\4\0\0\0\0\0")  # SETTINGS, without any
                greeted.wait(10)

        serving_it = threads.submit(greet)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        async with connected(address) as connection:
            call = Call(connection, CallRequest(method("Echo"), deadline=0.3 if how == "deadline" else None))
            await call.send(b"x")
            async with asyncio.timeout(10), asyncio.TaskGroup() as group:
                running = group.create_task(call.run())
                reader = None
                while reader is None:
                    await asyncio.sleep(0)
                    reader = next((each for each in threading.enumerate() if each.name.startswith("read /test")), None)
                if how == "cancel":
                    call.cancel()
                reader.join(10)
                ended.set()
                watch = next((each for each in threading.enumerate() if each.name == "watch channel"), None)
                assert watch is not None
                watch.join(10)  # it has seen the connection
                greeted.set()
            end = await running
        serving_it.result()
    assert end.status.code_name == ("DEADLINE_EXCEEDED" if how == "deadline" else "CANCELLED")
    assert call.transcript.connected_at is None
    assert latency(call.transcript).phases[-1].end == end.at


@pytest.mark.parametrize("way", ["core", "loop"])
async def test_answers_that_are_only_counted_come_before_the_end(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Cancelling marks a call of grpc.aio as done before the answers that it has are read."""
    monkeypatch.setattr(core_call, "is_available", lambda: way == "core")
    for count in range(1, 30):
        call = Call(connection, CallRequest(method("Count")), flow=Flow(count_only=True))
        await call.send(b"500")
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(call.run())
            while call.transcript.received_count < count:
                await call.transcript.grown(len(call.transcript))
            call.cancel()
        transcript = call.transcript
        assert transcript.finished is not None
        assert transcript.last_received_at is not None
        assert transcript.last_received_at <= transcript.finished.at
