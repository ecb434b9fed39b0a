"""Many messages handed over at once: they go out without a turn of the loop for each, and can be taken back."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.engine.calls.serving import connected, kinds, method, received, sent
from tests.engine.calls.test_cancelling import deaf_server

from wirelens.engine.calls import core_call
from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import CallStateError

MEBIBYTE = b"x" * 2**20


@pytest.fixture(autouse=True, params=["core", "loop"])
def _driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "loop":
        monkeypatch.setattr(core_call, "is_available", lambda: False)


@pytest.fixture
async def talking(connection: Connection) -> AsyncIterator[Call]:
    """A bidirectional call that runs."""
    call = Call(connection, CallRequest(method("Chat")))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(call.run())
        await asyncio.sleep(0)
        yield call
        call.half_close() if call.can_send else None
    call.transcript.close()


async def test_all_go_out_in_their_order_with_what_is_sent_around_them(talking: Call) -> None:
    messages = [b"%d" % number for number in range(500)]
    talking.send_all([b"before"])
    outgoing = talking.send_all(messages)
    await talking.send(b"after")
    await outgoing.wait()
    assert outgoing.taken == 500
    assert outgoing.is_done
    talking.half_close()
    await talking.wait_ended()
    assert sent(talking.transcript) == [b"before", *messages, b"after"]
    assert received(talking.transcript) == [b"before", *messages, b"after"]
    assert EventKind.HALF_CLOSED in kinds(talking.transcript)


async def test_nothing_at_all_is_soon_sent(talking: Call) -> None:
    outgoing = talking.send_all([])
    await outgoing.wait()
    assert outgoing.is_done
    assert talking.transcript.sent_count == 0


async def test_the_request_side_closes_behind_what_waits(talking: Call) -> None:
    outgoing = talking.send_all([b"1", b"2", b"3"])
    talking.half_close()
    with pytest.raises(CallStateError, match="half-closed"):
        talking.send_all([b"4"])
    await outgoing.wait()
    await talking.wait_ended()
    assert received(talking.transcript) == [b"1", b"2", b"3"]
    assert talking.transcript.finished is not None
    assert talking.transcript.finished.status.ok


async def test_progress_ends_with_all_of_them(talking: Call) -> None:
    outgoing = talking.send_all([b"x"] * 300)
    told = [taken async for taken in outgoing.progress(0.001)]
    assert told == sorted(told)
    assert told[-1] == 300


async def test_what_waits_is_taken_back_and_what_grpc_has_is_not() -> None:
    async with deaf_server() as (address, is_full), connected(address) as connection:
        call = Call(connection, CallRequest(method("Deaf")))
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(call.run())
            await asyncio.sleep(0)
            outgoing = call.send_all([MEBIBYTE] * 100)
            behind = call.send_all([b"behind"])
            await is_full.wait()
            outgoing.withdraw()
            assert outgoing.taken < outgoing.given < 100
            assert not outgoing.is_done  # flow control holds back what was given already
            assert behind.given == 0
            call.cancel()
            for each in (outgoing, behind):
                with pytest.raises(CallStateError, match="ended before"):
                    await each.wait()
        assert call.transcript.sent_count == outgoing.taken
        call.transcript.close()


async def test_the_end_of_the_call_ends_the_wait_and_says_how_many_went_out(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Impatient")))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(call.run())
        await asyncio.sleep(0)
        outgoing = call.send_all([MEBIBYTE] * 100)
        with pytest.raises(CallStateError, match="ended before"):
            await outgoing.wait()
    assert call.transcript.finished is not None
    assert call.transcript.finished.status.code_name == "ABORTED"
    assert outgoing.taken == call.transcript.sent_count < 100
    assert [taken async for taken in outgoing.progress(0.01)] == [outgoing.taken]
    with pytest.raises(CallStateError, match="finished"):
        call.send_all([b"late"])
    call.transcript.close()


async def test_what_the_end_of_a_call_has_dropped_is_not_taken_back(connection: Connection) -> None:
    call = Call(connection, CallRequest(method("Chat")))
    outgoing = call.send_all([b"1", b"2"])
    call.cancel()
    await call.run()
    outgoing.withdraw()
    assert not outgoing.is_done
    with pytest.raises(CallStateError, match="ended before"):
        await outgoing.wait()
    assert outgoing.taken == 0
    call.transcript.close()
