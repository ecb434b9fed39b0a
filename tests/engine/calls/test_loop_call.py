"""The way of calling for a grpcio that lacks the parts below its public surface: all over grpc.aio."""

import asyncio

import pytest
from tests.engine.calls.serving import PATTERNS, Service, connected, finished, kinds, method, received

from wirelens.engine.calls import core_call
from wirelens.engine.calls.call import Call, CallRequest, Compression
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection

SENT, HEADERS, RECEIVED = EventKind.SENT, EventKind.HEADERS, EventKind.RECEIVED
HALF_CLOSED, FINISHED = EventKind.HALF_CLOSED, EventKind.FINISHED


@pytest.fixture(autouse=True)
def _without_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_call, "is_available", lambda: False)


def test_the_tested_grpcio_has_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert core_call.is_available()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Echo", [SENT, HALF_CLOSED, HEADERS, RECEIVED, FINISHED]),
        ("Count", [SENT, HALF_CLOSED, HEADERS, RECEIVED, FINISHED]),
        ("Join", [SENT, HALF_CLOSED, HEADERS, RECEIVED, FINISHED]),
    ],
)
async def test_patterns(connection: Connection, name: str, rows: list[EventKind]) -> None:
    end, transcript = await finished(connection, name, b"1", metadata=(("a", "1"),), compression=Compression.GZIP)
    assert end.status.ok
    assert kinds(transcript) == rows
    assert transcript.encodings is None  # grpc.aio decompresses and does not tell


async def test_bidi(connection: Connection) -> None:
    end, transcript = await finished(connection, "Chat", b"1", b"2", b"3")
    assert end.status.ok
    assert received(transcript) == [b"1", b"2", b"3"]
    assert transcript.sent_count == 3


async def test_statuses_and_trailers(connection: Connection) -> None:
    end, _ = await finished(connection, "Refuse", b"\x05not here")
    assert (end.status.code_name, end.status.message) == ("NOT_FOUND", "not here")
    assert ("why", "asked") in end.status.trailers
    end, transcript = await finished(connection, "CountAndFail", b"10")
    assert end.status.code_name == "DATA_LOSS"
    assert transcript.received_count == 10


async def test_the_servers_status_survives_messages_that_are_still_being_sent(connection: Connection) -> None:
    for _ in range(20):
        end, _ = await finished(connection, "Impatient", *[b"x" * 20_000] * 50)
        assert (end.status.code_name, end.status.message) == ("ABORTED", "enough")


@pytest.mark.parametrize("name", ["Hang", "CountAndHang", "Deaf", "Chat"])
@pytest.mark.parametrize("by_task", [True, False])
async def test_cancelling(connection: Connection, name: str, by_task: bool) -> None:
    call = Call(connection, CallRequest(method(name)))
    await call.send(b"1")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        await call.transcript.grown(0)
        running.cancel() if by_task else call.cancel()
    assert call.transcript.finished is not None
    assert call.transcript.finished.status.message == "cancelled on this side"


async def test_a_server_that_is_not_there() -> None:
    for name in (*PATTERNS, "Echo"):
        async with connected("127.0.0.1:1") as connection:
            end, _ = await finished(connection, name, b"1")
        assert end.status.code_name == "UNAVAILABLE"
        assert "start the server" in end.status.message


async def test_the_deadline(connection: Connection) -> None:
    end, _ = await finished(connection, "Deaf", b"1", deadline=0.1)
    assert end.status.code_name == "DEADLINE_EXCEEDED"


async def test_messages_are_spooled(connection: Connection, service: Service) -> None:
    end, transcript = await finished(
        connection, "Chat", *[b"x" * 1000] * 100, transcript=Transcript(memory_limit=10_000)
    )
    assert end.status.ok
    assert received(transcript) == [b"x" * 1000] * 100
    transcript.close()
