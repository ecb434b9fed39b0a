"""The filter of a timeline in the background: results as found, growth, stop, restart, and what is kept."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.timeline_filter import TimelineFilter

__all__ = ["answers_schema"]


@pytest.fixture
def filtered(qtbot: QtBot) -> Iterator[TimelineFilter]:
    made = TimelineFilter(frame_ms=1)
    yield made
    made.deleteLater()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=10_000)


def settled(qtbot: QtBot, filtered: TimelineFilter) -> list[int]:
    """The rows that it shows once it has seen all."""
    wait(qtbot, lambda: not filtered.is_running and filtered.rows_done == filtered.rows_total)
    with qtbot.waitSignal(filtered.progressed, timeout=50, raising=False):
        pass
    return list(filtered.rows or ())


def numbered(schema: Schema, count: int) -> Transcript:
    answers = [make(schema, "Answer", large=number, text=f"answer {number}") for number in range(count)]
    return transcript_of([make(schema, "Ask", prompt="hi")], answers, status=Status(0))


def test_matches_come_with_the_events_beside_them(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 100), decoder(answers_schema))
    assert filtered.rows is None
    filtered.set_expression("large >= 98")
    assert settled(qtbot, filtered) == [1, 2, 101, 102, 103]
    assert (filtered.match_count, filtered.message_count) == (2, 101)
    assert [row for row in range(104) if filtered.is_match(row)] == [101, 102]


def test_it_follows_a_call_that_grows(filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot) -> None:
    transcript = transcript_of()
    filtered.set_call(transcript, decoder(answers_schema))
    filtered.set_expression('"even"')
    assert settled(qtbot, filtered) == [0, 1]
    rows = filtered.rows
    for number in range(10):
        transcript.add_received(
            1.0, make(answers_schema, "Answer", text="odd" if number % 2 else "even").SerializeToString()
        )
    filtered.grow()
    assert settled(qtbot, filtered) == [0, 1, 2, 4, 6, 8, 10]
    assert rows is filtered.rows  # whoever shows it has only to look for more


def test_the_first_results_are_there_before_the_last(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    transcript = Transcript(frame=0)
    payload = make(answers_schema, "Answer", large=7, text="x" * 50).SerializeToString()
    for number in range(60_000):
        transcript.add_received(number / 1000, payload)
    filtered.set_call(transcript, decoder(answers_schema))
    seen: list[tuple[int, int]] = []
    filtered.progressed.connect(lambda: seen.append((filtered.rows_done, filtered.match_count)))
    filtered.set_expression("large = 7")
    wait(qtbot, lambda: filtered.match_count == 60_000)
    assert 0 < seen[0][1] < 60_000
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_it_can_be_stopped_and_goes_on(filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot) -> None:
    transcript = Transcript(frame=0)
    payload = make(answers_schema, "Answer", large=7).SerializeToString()
    for number in range(60_000):
        transcript.add_received(number / 1000, payload)
    filtered.set_call(transcript, decoder(answers_schema))
    filtered.set_expression("large = 7")
    with qtbot.waitSignal(filtered.progressed):
        pass
    filtered.stop()
    assert filtered.is_stopped
    assert not filtered.is_running
    with qtbot.waitSignal(filtered.progressed, timeout=300, raising=False):
        pass
    found = filtered.match_count
    assert 0 < found < 60_000
    filtered.grow()
    with qtbot.waitSignal(filtered.progressed, timeout=100, raising=False) as told:
        pass
    assert not told.signal_triggered
    filtered.go_on()
    wait(qtbot, lambda: filtered.match_count == 60_000)


def test_another_expression_starts_anew_and_keeps_what_is_shown_until_it_has_results(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 100), decoder(answers_schema))
    filtered.set_expression("large = 3")
    assert settled(qtbot, filtered) == [1, 2, 6, 103]
    with qtbot.waitSignal(filtered.rows_replaced):
        filtered.set_expression("large = 4")
        assert list(filtered.rows or ()) == [1, 2, 6, 103]
    assert settled(qtbot, filtered) == [1, 2, 7, 103]
    with qtbot.waitSignal(filtered.rows_replaced):
        filtered.set_expression(" ")
    assert filtered.rows is None


def test_results_that_come_too_late_are_not_shown(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 100), decoder(answers_schema))
    filtered.set_expression("large < 50")
    filtered.set_expression("large = 4")
    assert settled(qtbot, filtered) == [1, 2, 7, 103]
    assert (filtered.match_count, filtered.message_count) == (1, 101)


def test_a_mistake_leaves_the_expression_before_in_force(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 10), decoder(answers_schema))
    filtered.set_expression("large = 3")
    settled(qtbot, filtered)
    filtered.set_expression("large = 3 and lrge")
    assert filtered.mistake is None  # a word that names no field is text
    filtered.set_expression("large = 3 and lrge = 4")
    assert filtered.mistake is not None
    assert "did you mean large" in filtered.mistake.one_line()
    settled(qtbot, filtered)
    filtered.remember()
    assert filtered.recent == []
    filtered.set_expression("large = 5")
    assert filtered.mistake is None
    assert settled(qtbot, filtered) == [1, 2, 8, 13]


def test_going_from_match_to_match_passes_over_events_and_goes_round(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 10), decoder(answers_schema))
    assert filtered.match_after(None) is None
    filtered.set_expression("large = 3 or large = 7")
    settled(qtbot, filtered)
    assert [filtered.match_after(row) for row in (None, 0, 6, 7, 10, 13)] == [6, 6, 10, 10, 6, 6]
    assert [filtered.match_before(row) for row in (None, 13, 10, 7, 6, 0)] == [10, 10, 6, 6, 10, 10]
    filtered.set_expression("large = 99")
    settled(qtbot, filtered)
    assert filtered.match_after(None) is None


def test_finding_shows_every_row(filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot) -> None:
    filtered.set_call(numbered(answers_schema, 10), decoder(answers_schema))
    filtered.set_expression("large = 3")
    settled(qtbot, filtered)
    assert filtered.subset is filtered.rows
    with qtbot.waitSignal(filtered.rows_replaced):
        filtered.set_finds(True)
    assert filtered.subset is None
    assert filtered.is_match(6)


def test_what_cannot_be_looked_into_is_said(filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot) -> None:
    transcript = transcript_of(received=[b"\xff", make(answers_schema, "Answer", text="x"), b"\x0a"])
    filtered.set_call(transcript, decoder(answers_schema))
    filtered.set_expression("not left = z")
    wait(qtbot, lambda: filtered.note == "Not looked into: 2 do not decode.")
    assert settled(qtbot, filtered) == [0, 1, 3]
    filtered.set_expression("size < 2B")
    assert filtered.note == ""
    assert settled(qtbot, filtered) == [0, 1, 2, 4]


def test_a_closed_transcript_ends_it_quietly(filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot) -> None:
    transcript = numbered(answers_schema, 50)
    filtered.set_call(transcript, decoder(answers_schema))
    transcript.close()
    filtered.set_expression("large = 3")
    wait(qtbot, lambda: filtered.note == "Not looked into: 51 not kept.")
    assert settled(qtbot, filtered) == [1, 2, 53]


def test_the_next_call_is_filtered_by_the_same_expression(
    filtered: TimelineFilter, answers_schema: Schema, qtbot: QtBot
) -> None:
    filtered.set_call(numbered(answers_schema, 50), decoder(answers_schema))
    filtered.set_expression("large = 3")
    settled(qtbot, filtered)
    with qtbot.waitSignal(filtered.rows_replaced):
        filtered.set_call(numbered(answers_schema, 5), decoder(answers_schema, Pattern.SERVER_STREAMING))
    assert settled(qtbot, filtered) == [1, 2, 6, 8]
    filtered.set_call(None, decoder(answers_schema))
    assert list(filtered.rows or ()) == []


def test_recent_expressions_are_kept(filtered: TimelineFilter, answers_schema: Schema) -> None:
    filtered.set_call(None, decoder(answers_schema))
    for text in ("a", "b", "a", "  "):
        filtered.set_expression(text)
        filtered.remember()
    filtered.set_finds(True)
    other = TimelineFilter()
    other.restore(filtered.state())
    assert other.recent == ["a", "b"]
    assert other.finds
    assert other.expression == ""
    other.restore({"recent": [1, "x"], "finds": "yes"})
    assert (other.recent, other.finds) == (["x"], False)
    other.deleteLater()


def test_a_filter_that_goes_away_while_it_works_harms_nobody(answers_schema: Schema, qtbot: QtBot) -> None:
    made = TimelineFilter(frame_ms=1)
    made.set_call(numbered(answers_schema, 5000), decoder(answers_schema))
    made.set_expression('"99" or numbers[] > 3')
    gone = []
    made.destroyed.connect(lambda: gone.append(True))
    made.deleteLater()
    del made
    wait(qtbot, lambda: bool(gone))
