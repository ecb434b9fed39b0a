"""A reader who keeps up lets a stream of any length go by without filling the disk, and never loses a row."""

import pytest

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.errors import TranscriptError


def add(transcript: Transcript, first: int, last: int) -> None:
    for number in range(first, last):
        transcript.add_received(number, b"%08d" % number)
        if transcript.wants_spooling:
            transcript.spool()


def test_next_to_nothing_of_what_was_read_and_forgotten_reaches_the_disk() -> None:
    transcript = Transcript(memory_limit=1000)
    for number in range(5000):
        add(transcript, number, number + 1)
        assert transcript.payload(number) == b"%08d" % number
        transcript.forget(number + 1)
    assert transcript.spooled_bytes == 8  # the one message that came before the last was read
    assert transcript.received_count == 5000
    transcript.close()


def test_a_reader_who_falls_behind_finds_everything_and_the_space_comes_back() -> None:
    transcript = Transcript(memory_limit=1000)
    add(transcript, 0, 3000)
    assert transcript.spooled_bytes > 20_000
    for row in range(3000):
        assert transcript.payload(row) == b"%08d" % row
        transcript.forget(row + 1)
    add(transcript, 3000, 3100)
    assert transcript.spooled_bytes < 1000
    assert [transcript.payload(row) for row in (3000, 3099)] == [b"00003000", b"00003099"]
    transcript.close()


def test_rows_that_are_half_forgotten_keep_their_other_half() -> None:
    transcript = Transcript(memory_limit=1000)
    for number in range(1000):
        add(transcript, number, number + 1)
        transcript.forget(number - 7)
        assert transcript.payload(max(number - 7, 0)) == b"%08d" % max(number - 7, 0)
    transcript.close()


def test_a_forgotten_payload_is_refused_its_time_and_size_stay() -> None:
    transcript = Transcript()
    add(transcript, 0, 3)
    transcript.forget(2)
    with pytest.raises(TranscriptError, match="no longer kept"):
        transcript.payload(1)
    assert (transcript.at(1), transcript.size(1)) == (1, 8)
    assert transcript.payload(2) == b"00000002"
    transcript.close()
