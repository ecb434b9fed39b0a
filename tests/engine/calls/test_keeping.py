"""What is kept of a call: all, or the newest bytes; and what a full disk leaves."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.engine.calls.serving import finished

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import TranscriptError

MIB = 2**20


def fill(transcript: Transcript, count: int, size: int) -> list[bytes]:
    payloads = [number.to_bytes(4, "big") * (size // 4) for number in range(count)]
    for number, payload in enumerate(payloads):
        transcript.add_received(number / 1000, payload)
        if transcript.wants_spooling:
            transcript.spool()
    return payloads


@pytest.mark.parametrize("memory_limit", [1000, 3 * MIB, 100 * MIB])
def test_only_the_newest_bytes_are_kept(memory_limit: int) -> None:
    transcript = Transcript(memory_limit=memory_limit, keep_bytes=2 * MIB)
    payloads = fill(transcript, 10_000, 1024)
    first = transcript.first_kept_row
    assert first == 10_000 - 2 * 1024
    assert all(transcript.payload(row) == payloads[row] for row in range(first, 10_000))
    assert transcript.payloads(first, 10_000) == payloads[first:]
    with pytest.raises(TranscriptError, match=r"only the last 2 MiB .* this one is older"):
        transcript.payload(first - 1)
    with pytest.raises(TranscriptError, match="only the last 2 MiB"):
        transcript.payloads(first - 1, first + 1)
    assert (transcript.at(5), transcript.size(5), transcript.message_number(5)) == (0.005, 1024, 6)
    transcript.close()


def test_a_long_stream_takes_little_more_of_the_disk_than_is_kept() -> None:
    transcript = Transcript(memory_limit=1000, keep_bytes=8 * MIB)
    most = 0
    for number in range(500):
        transcript.add_received(number, bytes(200_000))
        if transcript.wants_spooling:
            transcript.spool()
            most = max(most, transcript.spooled_bytes)
    assert 8 * MIB <= most <= 11 * MIB
    transcript.close()


def test_the_newest_message_is_kept_however_large() -> None:
    transcript = Transcript(memory_limit=1000, keep_bytes=MIB)
    transcript.add_received(0, b"small")
    transcript.add_received(1, b"x" * 3 * MIB)
    transcript.add_half_closed(2)
    transcript.spool()
    assert transcript.first_kept_row == 1
    assert bytes(transcript.payload_view(1)) == b"x" * 3 * MIB
    transcript.add_received(3, b"y")
    assert transcript.payload(3) == b"y"
    with pytest.raises(TranscriptError, match="older"):
        transcript.payload(1)
    transcript.close()


def test_what_is_mapped_stays_readable_when_newer_messages_take_its_place() -> None:
    transcript = Transcript(memory_limit=1000, keep_bytes=2 * MIB)
    transcript.add_received(0, b"x" * MIB)
    transcript.spool()
    view = transcript.payload_view(0)
    fill(transcript, 50, MIB // 2)
    assert bytes(view) == b"x" * MIB
    transcript.close()


@pytest.mark.parametrize("memory_limit", [500, 100 * MIB])
def test_a_run_of_messages_is_what_they_are_one_by_one(memory_limit: int) -> None:
    transcript = Transcript(memory_limit=memory_limit)
    transcript.add_sent(0, b"question")
    transcript.add_half_closed(0)
    fill(transcript, 300, 16)
    transcript.add_received(9, b"")
    length = len(transcript)
    for first, beyond in [(0, length), (0, 1), (3, 3), (5, 250), (length - 1, length)]:
        assert transcript.payloads(first, beyond) == [transcript.payload(row) for row in range(first, beyond)]
    with pytest.raises(IndexError):
        transcript.payloads(0, length + 1)
    transcript.close()


async def test_a_call_that_keeps_only_its_newest(connection: Connection) -> None:
    end, transcript = await finished(
        connection, "Chat", *[b"%03d" % number * 10_000 for number in range(100)],
        transcript=Transcript(memory_limit=100_000, keep_bytes=MIB),
    )  # fmt: skip
    assert end.status.ok
    rows = [row for row in range(len(transcript)) if transcript.kind(row) is EventKind.RECEIVED]
    assert transcript.payload(rows[-1]) == b"099" * 10_000
    with pytest.raises(TranscriptError, match="only the last 1 MiB"):
        transcript.payload(rows[0])
    transcript.close()


# -- a disk that is full: a real limit, in a process of its own ---------------------------------------------------

_FULL_DISK = """
import asyncio, resource, sys
sys.path[:0] = sys.argv[1:3]
from tests.engine.calls.serving import Service, connected, finished, kinds, received, serving
from wirelens.engine.calls import core_call
from wirelens.engine.calls.transcript import EventKind, Transcript

async def main():
    if sys.argv[3] == "loop":
        core_call.is_available = lambda: False
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    async with serving(Service()) as address, connected(address) as connection:
        messages = [b"%05d" % number * 1000 for number in range(200)]
        end, transcript = await finished(connection, "Chat", *messages, transcript=Transcript(memory_limit=20_000))
        assert (end.status.code_name, end.status.ok) == ("CANCELLED", False), end
        assert "the messages cannot be kept on disk: File too large" in end.status.message, end
        assert "free some disk space" in end.status.message, end
        here = received(transcript)
        assert here == messages[:len(here)]
        # Sent and received ones share the disk, in whatever order they came; what filled it is all there.
        gone_out = [transcript.payload(row) for row in range(len(transcript)) if transcript.kind(row) is EventKind.SENT]
        assert gone_out == messages[:len(gone_out)]
        assert sum(map(len, here + gone_out)) == transcript.received_bytes + transcript.sent_bytes > 280_000
        transcript.close()
        end, transcript = await finished(connection, "Echo", b"next")
        assert end.status.ok and received(transcript) == [b"next"]
        transcript.close()
    print("kept", len(here))

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
@pytest.mark.parametrize("driver", ["core", "loop"])
def test_a_full_disk_ends_the_call_and_leaves_what_came(driver: str) -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(root / "app"), str(root), driver],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kept ")
