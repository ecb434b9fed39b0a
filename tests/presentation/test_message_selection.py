"""Selected rows as ranges, and what they are together."""

import array

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import transcript_of
from tests.waiting import until

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.message_selection import MessageSelection, SelectedRows


@pytest.fixture
def transcript() -> Transcript:
    """A half-close, headers, ten messages of 1 to 10 bytes, a status."""
    return transcript_of((), [bytes(size) for size in range(1, 11)], status=Status(0, ""))


def test_ranges_are_a_sequence_of_rows() -> None:
    rows = SelectedRows([(2, 4), (7, 8)])
    assert (len(rows), list(rows), rows[2], rows[-1], list(rows[1:])) == (3, [2, 3, 7], 7, 7, [3, 7])
    subset = SelectedRows([(0, 2), (3, 4)], array.array("I", [5, 9, 11, 20]))
    assert (list(subset), subset[2]) == ([5, 9, 20], 20)
    with pytest.raises(IndexError):
        rows[3]


def test_messages_and_their_bytes_are_counted_and_events_are_not(qtbot: QtBot, transcript: Transcript) -> None:
    selection = MessageSelection()
    with qtbot.waitSignal(selection.changed):
        selection.set_rows(transcript, SelectedRows([(0, 4), (11, 13)]))
    assert (selection.message_count, selection.size) == (3, 1 + 2 + 10)
    assert selection.summary == "3 selected, 13 B"
    assert selection.message_rows(2) == [2, 3]
    selection.set_rows(transcript, SelectedRows([(2, 3)]))
    assert selection.summary == ""


async def test_many_rows_of_a_filter_are_counted_in_the_background(qtbot: QtBot) -> None:
    transcript = transcript_of((), [b"xy"] * 20_000)
    selection = MessageSelection()
    subset = array.array("I", range(2, len(transcript), 2))
    selection.set_rows(transcript, SelectedRows([(0, len(subset))], subset))
    assert not selection.is_counted
    assert selection.summary == "10,000 selected, …"
    await until(lambda: selection.is_counted, selection.changed)
    assert selection.summary == "10,000 selected, 19.5 KiB"


def test_other_rows_end_the_counting(qtbot: QtBot, transcript: Transcript) -> None:
    selection = MessageSelection()
    many = array.array("I", [5] * 10_000)
    selection.set_rows(transcript, SelectedRows([(0, len(many))], many))
    selection.set_rows(transcript, SelectedRows([(2, 4)]))
    assert (selection.is_counted, selection.summary) == (True, "2 selected, 3 B")
