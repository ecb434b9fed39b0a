"""The record of a call: rows that never change, payloads that move to disk, readers woken once a frame."""

import asyncio
import os
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.calls.serving import finished, received

from wirelens.engine.calls import spool
from wirelens.engine.calls.events import (
    CallFinished,
    HalfClosed,
    HeadersReceived,
    MessageReceived,
    MessageSent,
    Status,
)
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import TranscriptError

OK = Status(0)


def filled(transcript: Transcript, count: int, size: int = 100) -> list[bytes]:
    payloads = [b"%d" % number * size for number in range(count)]
    for number, payload in enumerate(payloads):
        transcript.add_received(number / 1000, payload)
        if transcript.wants_spooling:
            transcript.spool()
    return payloads


def test_rows_are_the_events_in_their_order() -> None:
    transcript = Transcript()
    headers = HeadersReceived(0.2, (("h", "1"),))
    end = CallFinished(0.5, OK)
    transcript.start()
    transcript.add_sent(0.1, b"request")
    transcript.add_half_closed(0.15)
    transcript.add_headers(headers)
    transcript.add_received(0.3, b"")
    transcript.add_received(0.4, b"second")
    transcript.add_finished(end)
    assert [transcript.event(row) for row in range(len(transcript))] == [
        MessageSent(0.1, b"request"),
        HalfClosed(0.15),
        headers,
        MessageReceived(0.3, b""),
        MessageReceived(0.4, b"second"),
        end,
    ]
    assert [transcript.message_number(row) for row in range(6)] == [1, 0, 0, 1, 2, 0]
    assert [transcript.size(row) for row in range(6)] == [7, 0, 0, 0, 6, 0]
    assert transcript.at(4) == 0.4
    assert (transcript.sent_count, transcript.received_count) == (1, 2)
    assert (transcript.sent_bytes, transcript.received_bytes) == (7, 6)
    assert transcript.headers is headers
    assert transcript.finished is end
    assert transcript.started_at is not None
    assert transcript.started_at.utcoffset() is not None


@pytest.mark.parametrize("row", [-1, 1, 100])
def test_there_are_no_other_rows(row: int) -> None:
    transcript = Transcript()
    transcript.add_received(0, b"x")
    for read in (transcript.kind, transcript.at, transcript.size, transcript.payload, transcript.event):
        with pytest.raises(IndexError):
            read(row)


@given(st.lists(st.tuples(st.sampled_from(["sent", "received", "half"]), st.binary(max_size=300)), max_size=60))
def test_payloads_are_the_same_in_memory_and_on_disk(rows: list[tuple[str, bytes]]) -> None:
    transcript = Transcript(memory_limit=500)
    expected = []
    for kind, payload in rows:
        if kind == "sent":
            transcript.add_sent(0, payload)
        elif kind == "received":
            transcript.add_received(0, payload)
        else:
            transcript.add_half_closed(0)
        expected.append(b"" if kind == "half" else payload)
        if transcript.wants_spooling:
            transcript.spool()
    assert [transcript.payload(row) for row in range(len(transcript))] == expected
    transcript.close()


# -- the spool file ------------------------------------------------------------------------------------------


@pytest.fixture
def spool_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def open_spools(folder: Path) -> int:
    links = [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]
    return sum(str(folder) in os.readlink(link) for link in links if link.is_symlink())


linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")


@linux
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=200)), max_size=40), st.data())
def test_a_run_of_rows_is_what_its_rows_are_one_by_one(rows: list[tuple[bool, bytes]], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(rows)))
    stop = data.draw(st.integers(start, len(rows)))
    transcript = Transcript(memory_limit=500)
    for number, (is_sent, payload) in enumerate(rows):
        (transcript.add_sent if is_sent else transcript.add_received)(number / 10, payload)
        if transcript.wants_spooling:
            transcript.spool()
    run = range(start, stop)
    assert transcript.payloads(start, stop) == [transcript.payload(row) for row in run]
    block = transcript.columns(start, stop)
    assert list(block.kinds) == [transcript.kind(row) for row in run]
    assert list(block.times) == [transcript.at(row) for row in run]
    assert list(block.sizes) == [transcript.size(row) for row in run]
    transcript.close()


def test_a_run_of_rows_that_are_not_there_or_not_kept_is_refused() -> None:
    transcript = Transcript()
    filled(transcript, 5)
    for start, stop in ((-1, 2), (2, 1), (0, 6)):
        with pytest.raises(IndexError):
            transcript.payloads(start, stop)
        with pytest.raises(IndexError):
            transcript.columns(start, stop)
    transcript.forget(3)
    with pytest.raises(TranscriptError, match="no longer kept"):
        transcript.payloads(2, 5)
    assert len(transcript.payloads(3, 5)) == 2
    assert len(transcript.columns(0, 5).times) == 5


def test_payloads_beyond_the_limit_go_to_a_file_that_vanishes(spool_folder: Path) -> None:
    transcript = Transcript(memory_limit=20_000)
    payloads = filled(transcript, 100)
    assert not transcript.wants_spooling
    assert open_spools(spool_folder) == 1
    assert list(spool_folder.iterdir()) == []  # nobody else sees it, and it is gone if we are killed
    assert [transcript.payload(row) for row in range(100)] == payloads
    transcript.close()
    assert open_spools(spool_folder) == 0


@linux
def test_a_large_message_in_the_file_is_mapped_and_outlives_it(spool_folder: Path) -> None:
    transcript = Transcript(memory_limit=1000)
    payloads = filled(transcript, 4, size=300_000)
    assert open_spools(spool_folder) == 1
    views = [transcript.payload_view(row) for row in range(4)]
    assert isinstance(views[2], memoryview)
    assert views == payloads
    assert [transcript.payload(row) for row in range(4)] == payloads
    transcript.close()
    assert views[2] == payloads[2]
    with pytest.raises(TranscriptError):
        transcript.payload_view(2)


def test_a_large_message_is_not_copied_to_be_written_with_others(spool_folder: Path) -> None:
    transcript = Transcript()
    payloads = [b"small", b"x" * 8 * 2**20, b"", b"y" * 5 * 2**20, *[b"z"] * 1000]
    transcript.add_headers(HeadersReceived(0.0, ()))
    for payload in payloads:
        transcript.add_received(0.1, payload)
    tracemalloc.start()
    try:
        transcript.spool()
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**20
    assert transcript.payloads(1, len(transcript)) == payloads
    transcript.close()


def test_what_a_reader_forgets_is_never_mapped(spool_folder: Path) -> None:
    """The file is cut then, and mapped bytes that are no longer in it would end the program."""
    transcript = Transcript(memory_limit=1000)
    filled(transcript, 2, size=300_000)
    transcript.forget(1)
    view = transcript.payload_view(1)
    transcript.close()
    assert isinstance(view, bytes)
    assert view == b"1" * 300_000


def test_below_the_limit_there_is_no_file(spool_folder: Path) -> None:
    transcript = Transcript()
    filled(transcript, 100)
    assert open_spools(spool_folder) == 0
    transcript.close()


def test_many_tiny_messages_count_as_more_than_their_bytes() -> None:
    transcript = Transcript(memory_limit=1000)
    for _ in range(20):
        transcript.add_received(0, b"xy")
    assert transcript.wants_spooling


def test_after_closing_figures_stay_and_payloads_are_gone() -> None:
    transcript = Transcript(memory_limit=20_000)
    filled(transcript, 100)
    transcript.add_finished(CallFinished(1.0, OK))
    transcript.close()
    transcript.close()
    assert transcript.received_count == 100
    assert transcript.size(50) == 200
    assert transcript.event(100) == CallFinished(1.0, OK)
    with pytest.raises(TranscriptError, match="no longer kept"):
        transcript.payload(50)
    transcript.add_received(2.0, b"late")  # a call that is still running does not mind
    assert not transcript.wants_spooling
    transcript.spool()


def test_payloads_that_are_only_counted() -> None:
    transcript = Transcript(memory_limit=10, keep_bytes=0)
    filled(transcript, 100)
    assert not transcript.wants_spooling
    assert transcript.received_bytes == 19_000
    with pytest.raises(TranscriptError, match="counted, not kept"):
        transcript.payload(0)


def test_a_full_disk_keeps_what_is_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    transcript = Transcript(memory_limit=1000)
    transcript.add_received(0, b"x" * 2000)
    monkeypatch.setattr(spool.os, "pwrite", _no_space)
    with pytest.raises(TranscriptError, match="No space left") as full:
        transcript.spool()
    assert "free some disk space" in full.value.next_step
    assert transcript.payload(0) == b"x" * 2000
    transcript.close()


def _no_space(*arguments: object) -> int:
    raise OSError(28, "No space left on device")


async def test_a_full_disk_ends_the_call_and_says_so(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool.os, "pwrite", _no_space)
    for name, messages in (("Count", [b"100000"]), ("Chat", [b"x" * 1000] * 50)):
        end, transcript = await finished(connection, name, *messages, transcript=Transcript(memory_limit=10_000))
        assert end.status.code_name == "CANCELLED"
        assert "No space left" in end.status.message
        assert "free some disk space" in end.status.message
        assert transcript.payload(len(transcript) - 2)
        transcript.close()


async def test_no_memory_for_a_message_ends_the_call_and_says_so(connection: Connection) -> None:
    class Full(Transcript):
        def add_received(self, at: float, payload: bytes) -> None:
            if payload == b"2":
                raise MemoryError
            super().add_received(at, payload)

    end, transcript = await finished(connection, "Count", b"5", transcript=Full())
    assert end.status.code_name == "CANCELLED"
    assert "MemoryError" in end.status.message
    assert received(transcript) == [b"0", b"1"]


def test_no_folder_for_the_file_is_an_error_with_a_next_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    transcript = Transcript(memory_limit=10)
    transcript.add_received(0, b"x" * 100)
    with pytest.raises(TranscriptError) as refused:
        transcript.spool()
    assert "TMPDIR" in refused.value.next_step
    assert transcript.payload(0) == b"x" * 100


async def test_a_call_over_the_limit_is_spooled(connection: Connection) -> None:
    end, transcript = await finished(connection, "Count", b"5000", transcript=Transcript(memory_limit=50_000))
    assert end.status.ok
    rows = [row for row in range(len(transcript)) if transcript.kind(row) is EventKind.RECEIVED]
    assert [transcript.payload(row) for row in rows] == [b"%d" % number for number in range(5000)]
    transcript.close()
    end, transcript = await finished(
        connection, "Join", *[b"x" * 10_000] * 50, transcript=Transcript(memory_limit=50_000)
    )
    assert end.status.ok
    assert transcript.payload(0) == b"x" * 10_000  # what was sent as well
    transcript.close()


def test_numbers_of_messages_know_no_end() -> None:
    transcript = Transcript()
    transcript.add_received(0, b"first")
    transcript.skip_received(1, 0, 2**32)
    transcript.add_received(2, b"next")
    assert [transcript.message_number(row) for row in range(2)] == [1, 2**32 + 2]
    assert transcript.received_count == 2**32 + 2


# -- threads -------------------------------------------------------------------------------------------------


def test_rows_read_while_a_thread_writes_are_whole() -> None:
    transcript = Transcript(memory_limit=20_000)
    count = 20_000

    def write() -> None:
        for number in range(count):
            transcript.add_received(float(number), b"%d" % number * 3)
            if transcript.wants_spooling:
                transcript.spool()
        transcript.add_finished(CallFinished(0, OK))

    thread = threading.Thread(target=write)
    thread.start()
    checked = 0
    while transcript.finished is None or checked < count:
        for row in {checked, len(transcript) - 1, len(transcript) // 2}:
            if 0 <= row < min(len(transcript), count):
                assert transcript.payload(row) == b"%d" % row * 3
                assert transcript.at(row) == row
                assert transcript.message_number(row) == row + 1
        checked = min(checked + 7, count)
    thread.join()
    transcript.close()


def test_closing_while_a_thread_writes_is_harmless() -> None:
    for _ in range(20):
        transcript = Transcript(memory_limit=1000)
        thread = threading.Thread(target=filled, args=(transcript, 500))
        thread.start()
        transcript.close()
        thread.join()
        assert transcript.received_count == 500


# -- waiting -------------------------------------------------------------------------------------------------


async def test_growth_is_told_when_it_happens() -> None:
    transcript = Transcript()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(transcript.grown(0))
        await asyncio.sleep(0)
        assert not waiting.done()
        transcript.add_received(0, b"x")
    assert waiting.result() == 1


async def test_growth_that_happened_before_is_told_at_once() -> None:
    transcript = Transcript(frame=100)
    transcript.add_received(0, b"x")
    async with asyncio.timeout(5):
        assert await transcript.grown(0) == 1


async def test_the_end_is_told_at_once_however_long_the_frame() -> None:
    transcript = Transcript(frame=100)
    transcript.add_received(0, b"x")
    await transcript.grown(0)
    transcript.add_received(0, b"y")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(transcript.grown(1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()  # the frame is not over
        transcript.add_finished(CallFinished(0, OK))
    assert waiting.result() == 3
    assert await transcript.grown(3) == 3


async def test_a_flood_wakes_once_a_frame() -> None:
    transcript = Transcript(frame=0.02)

    def write() -> None:
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            transcript.add_received(0, b"x")
        transcript.add_finished(CallFinished(0, OK))

    thread = threading.Thread(target=write)
    thread.start()
    wakes, length = 0, 0
    while transcript.finished is None:
        length = await transcript.grown(length)
        wakes += 1
    thread.join()
    assert len(transcript) > 1000
    assert 2 <= wakes <= 13


async def test_several_can_wait() -> None:
    transcript = Transcript(frame=0)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = [group.create_task(transcript.grown(0)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        transcript.add_received(0, b"x")
    assert [task.result() for task in waiting] == [1, 1, 1]


async def test_who_stops_waiting_is_forgotten() -> None:
    transcript = Transcript()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await transcript.grown(0)
    transcript.add_received(0, b"x")
    async with asyncio.timeout(5):
        assert await transcript.grown(0) == 1


def test_messages_are_counted_and_found_without_going_through_the_rows() -> None:
    transcript = Transcript()
    transcript.add_sent(0.0, b"abc")
    transcript.add_half_closed(0.1)
    for size in (1, 2, 4):
        transcript.add_received(0.2, bytes(size))
    assert transcript.messages_within(0, 5) == (4, 10)
    assert transcript.messages_within(1, 4) == (2, 3)
    assert transcript.messages_within(3, 3) == (0, 0)
    assert transcript.last_row_of([EventKind.RECEIVED], 4) == 3
    assert transcript.last_row_of([EventKind.RECEIVED], 2) is None
    assert transcript.last_row_of([EventKind.SENT, EventKind.RECEIVED], 2) == 0
