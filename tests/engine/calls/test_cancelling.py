"""Cancelling at each phase of a call, and that a call leaves nothing behind however it ends."""

import asyncio
import contextlib
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.engine.calls.frame_server import Exchange, frame_server, raw_server
from tests.engine.calls.serving import Service, connected, finished, kinds, method

from wirelens.engine.calls import core_call
from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import CallStateError
from wirelens.engine.schema.services import Pattern

EACH_PATTERN = pytest.mark.parametrize("pattern", list(Pattern))
STREAMS = pytest.mark.parametrize("name", ["CountAndHang", "Chat"])
BY = pytest.mark.parametrize("by", ["cancel()", "the task"])


@contextlib.asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """The address of a server that accepts connections and never says anything: no call gets past connecting."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()  # grpcio keeps an attempt to connect for up to 20 s after its channel is closed

    async with raw_server(serve) as address:
        yield address


async def cancelled_after(
    connection: Connection,
    name: str,
    by: str,
    phase: Callable[[Call], Awaitable[object]],
    *messages: bytes,
    pattern: Pattern | None = None,
) -> Transcript:
    """Starts a call, cancels it once `phase` has been reached, and returns its transcript after its end."""
    call = Call(connection, CallRequest(method(name, pattern)))
    for message in messages:
        await call.send(message)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await phase(call)
        if by == "the task":
            running.cancel()
        else:
            call.cancel()
    assert running.cancelled() is (by == "the task")
    end = call.transcript.finished
    assert end is not None
    assert (end.status.code_name, end.status.message) == ("CANCELLED", "cancelled on this side")
    assert kinds(call.transcript).count(EventKind.FINISHED) == 1
    assert call.is_finished
    assert not call.can_send
    return call.transcript


async def at_once(call: Call) -> None:
    """The task has been made and has not run."""


async def a_turn_later(call: Call) -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def after_two_messages(call: Call) -> None:
    while call.transcript.received_count < 2:
        await call.transcript.grown(len(call.transcript))


async def test_before_it_runs(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Echo")))
    await call.send(b"")
    call.cancel()
    end = await call.run()
    assert end.status.code_name == "CANCELLED"
    assert kinds(call.transcript) == [EventKind.FINISHED]


@EACH_PATTERN
async def test_as_it_starts(connection: Connection, pattern: Pattern) -> None:
    transcript = await cancelled_after(connection, "Any", "cancel()", a_turn_later, b"1", pattern=pattern)
    assert EventKind.RECEIVED not in kinds(transcript)


@BY
async def test_while_it_waits_for_its_message(connection: Connection, by: str) -> None:
    transcript = await cancelled_after(connection, "Echo", by, a_turn_later)
    assert kinds(transcript) == [EventKind.FINISHED]


@EACH_PATTERN
@BY
async def test_while_it_connects(pattern: Pattern, by: str) -> None:
    async with silent_server() as address, connected(address) as connection:
        transcript = await cancelled_after(connection, "Any", by, a_turn_later, b"1", pattern=pattern)
    assert kinds(transcript) == [EventKind.FINISHED]  # nothing was sent


@EACH_PATTERN
@BY
async def test_before_the_headers(pattern: Pattern, by: str) -> None:
    """Needs no lock that the reader holds while it waits for the headers."""
    arrived = asyncio.Event()

    async def wait(exchange: Exchange) -> None:
        arrived.set()
        await asyncio.Event().wait()

    async with frame_server(wait) as address, connected(address) as connection:
        transcript = await cancelled_after(connection, "Any", by, lambda call: arrived.wait(), b"1", pattern=pattern)
    assert EventKind.HEADERS not in kinds(transcript)


@STREAMS
@BY
async def test_in_mid_stream(connection: Connection, service: Service, name: str, by: str) -> None:
    messages = [b"x", b"y"] if name == "Chat" else [b"2"]
    transcript = await cancelled_after(connection, name, by, after_two_messages, *messages)
    assert transcript.received_count == 2
    async with asyncio.timeout(5):
        await service.cancelled.wait()  # the server hears of it


@contextlib.asynccontextmanager
async def deaf_server() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The address of a server that reads nothing of a request, and when HTTP/2's window is full."""
    is_full = asyncio.Event()

    async def ignore(exchange: Exchange) -> None:
        await exchange.window_filled.wait()
        is_full.set()
        await asyncio.Event().wait()

    async with frame_server(ignore) as address:
        yield address, is_full


@BY
async def test_while_a_message_waits_for_flow_control(by: str) -> None:
    outcomes: list[str] = []

    async def send_until_refused(call: Call) -> None:
        try:
            for _ in range(100):
                await call.send(b"x" * 2**20)
        except CallStateError as error:
            outcomes.append(error.message)

    async with deaf_server() as (address, is_full), connected(address) as connection:
        call = Call(connection, CallRequest(method("Deaf")))
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(call.run())
            sending = group.create_task(send_until_refused(call))
            await is_full.wait()
            assert call.transcript.sent_count < 100
            assert not sending.done()
            running.cancel() if by == "the task" else call.cancel()
    assert outcomes == ["the call ended before this message was sent"]
    assert call.transcript.finished is not None
    assert call.transcript.finished.status.code_name == "CANCELLED"
    call.transcript.close()


async def test_cancelling_the_wait_of_a_send_leaves_the_call_alone() -> None:
    async with deaf_server() as (address, is_full), connected(address) as connection:
        call = Call(connection, CallRequest(method("Deaf")))
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(call.run())
            sending = group.create_task(call.send(b"x" * 2**25))
            await is_full.wait()
            assert not sending.done()
            sending.cancel()
            await asyncio.wait([sending])
            assert not call.is_finished
            call.cancel()


async def test_after_its_end_nothing_changes(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Count")))
    await call.send(b"3")
    end = await call.run()
    call.cancel()
    call.half_close()
    assert call.transcript.finished is end
    assert end.status.ok


async def test_closing_the_connection_cancels_and_awaits_its_calls(address: str, service: Service) -> None:
    connection_closed = False
    names = ["Hang", "CountAndHang", "Deaf", "Chat"]
    async with connected(address) as connection:
        calls = [Call(connection, CallRequest(method(name))) for name in names]
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            for call in calls:
                await call.send(b"1")
                group.create_task(call.run())
            assert sorted([await service.called.get() for _ in calls]) == sorted(names)
            await connection.close()
            connection_closed = True
            assert all(call.is_finished for call in calls)
    assert connection_closed
    assert {call.transcript.finished.status.code_name for call in calls if call.transcript.finished} == {"CANCELLED"}
    late = Call(connection, CallRequest(method("Echo")))
    await late.send(b"")
    with pytest.raises(CallStateError, match="closed"):
        await late.run()
    assert late.is_finished


# -- nothing is left -----------------------------------------------------------------------------------------


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def memory() -> int:
    """Resident bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def reader_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("read /")]


async def settled(is_settled: Callable[[], bool]) -> bool:
    """Sockets close, tasks and threads end a moment after the call."""
    for _ in range(200):
        if is_settled():
            return True
        gc.collect()
        await asyncio.sleep(0.01)
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
@pytest.mark.parametrize("core", [True, False], ids=["core", "grpc.aio"])
async def test_no_task_thread_or_file_is_left(address: str, core: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_call, "is_available", lambda: core)
    async with connected(address) as warm:
        await finished(warm, "Echo", b"")
    gc.collect()
    tasks, files = len(asyncio.all_tasks()), open_files()
    async with connected(address) as connection:
        for name in ("CountAndHang", "Chat", "Hang", "Deaf"):
            await cancelled_after(connection, name, "the task", a_turn_later, b"2")
            await cancelled_after(connection, name, "cancel()", a_turn_later, b"2")
        await finished(connection, "CountAndFail", b"3")
        await finished(connection, "Nope", b"")
        assert await settled(lambda: not reader_threads())
    assert await settled(lambda: len(asyncio.all_tasks()) <= tasks)
    assert await settled(lambda: open_files() <= files)


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
@STREAMS
async def test_a_thousand_cancelled_streams_stay_flat(connection: Connection, name: str) -> None:
    messages = [b"x", b"y"] if name == "Chat" else [b"2"]

    async def some(count: int) -> int:
        for _ in range(count // 20):
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(cancelled_after(connection, name, "cancel()", after_two_messages, *messages))
        gc.collect()
        return memory()

    before = await some(200)
    assert await some(1000) - before < 6 * 2**20  # this process serves as well; 6 KiB a call would show a leak
    assert await settled(lambda: not reader_threads())
