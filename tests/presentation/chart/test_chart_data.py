"""Reading a stream for its chart: in the background, only what is new, and only what somebody looks at."""

import csv
import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.waiting import until

from wirelens.engine.calls.transcript import Columns, EventKind, Transcript
from wirelens.engine.errors import StorageError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Form, Measure
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.chart.tracks import Track

__all__ = ["answers_schema"]

LARGE = FieldChoice(EventKind.RECEIVED, "large")
FIELD = ChartChoice(Measure.FIELD, Form.OVER_TIME, (LARGE,))


class WatchedTranscript(Transcript):
    """Notes which rows are read; a gate may hold a reader up."""

    def __init__(self) -> None:
        super().__init__(frame=0)
        self.rows_read: list[int] = []
        self.gate = threading.Event()
        self.gate.set()

    def columns(self, start: int, stop: int) -> Columns:
        assert self.gate.wait(10)
        self.rows_read += range(start, stop)
        return super().columns(start, stop)


@pytest.fixture
def data(qtbot: QtBot, answers_schema: Schema) -> Iterator[ChartData]:
    made = ChartData(decoder(answers_schema, Pattern.SERVER_STREAMING), ChartChoice())
    made.set_active(True)
    yield made
    made.deleteLater()


def values(track: Track) -> list[float]:
    return list(track.curve.values[: track.curve.count])


async def all_read(data: ChartData) -> list[Track]:
    await until(lambda: data.progress >= 1 and not data.is_reading, data.changed)
    return data.tracks()


def fill(transcript: Transcript, schema: Schema, numbers: Any, *, at: float = 0.0) -> None:
    for number in numbers:
        transcript.add_received(at + len(transcript) / 100, make(schema, "Answer", large=number).SerializeToString())


async def test_arrivals_gaps_and_sizes_are_those_of_the_received_messages(
    data: ChartData, answers_schema: Schema
) -> None:
    answers = [make(answers_schema, "Answer", text="x" * size) for size in (1, 5, 3)]
    transcript = transcript_of([make(answers_schema, "Ask", prompt="a question")], answers)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    (arrivals,) = await all_read(data)
    assert values(arrivals) == [1, 2, 3]
    assert list(arrivals.curve.times) == [transcript.at(row) for row in (3, 4, 5)]
    assert list(arrivals.curve.rows) == [3, 4, 5]
    data.set_choice(ChartChoice(Measure.GAP))
    (gaps,) = await all_read(data)
    assert values(gaps) == pytest.approx([0.01, 0.01])
    data.set_choice(ChartChoice(Measure.SIZE))
    (sizes,) = await all_read(data)
    assert values(sizes) == [3, 7, 5]
    assert data.message_count == 3


async def test_both_directions_are_followed_where_both_stream(data: ChartData, answers_schema: Schema) -> None:
    sent = [make(answers_schema, "Ask", count=number) for number in (5, 6)]
    received = [make(answers_schema, "Piece", delta=text) for text in ("a", "b", "c")]
    data.set_call(transcript_of(sent, received), decoder(answers_schema, Pattern.BIDI_STREAMING, "Piece"))
    received_track, sent_track = await all_read(data)
    assert (received_track.curve.count, sent_track.curve.count) == (3, 2)
    data.set_choice(ChartChoice(Measure.FIELD))  # answers have no number, so the first of the requests is meant
    (count,) = await all_read(data)
    assert (count.key.kind, count.key.path, values(count)) == (EventKind.SENT, "count", [5, 6])


async def test_of_a_client_stream_the_sent_messages_are_drawn(data: ChartData, answers_schema: Schema) -> None:
    sent = [make(answers_schema, "Ask", prompt="x" * number) for number in range(4)]
    transcript = transcript_of(sent, [make(answers_schema, "Answer")])
    data.set_call(transcript, decoder(answers_schema, Pattern.CLIENT_STREAMING))
    (arrivals,) = await all_read(data)
    assert (arrivals.key.kind, arrivals.curve.count) == (EventKind.SENT, 4)


async def test_only_what_is_new_is_read_as_the_stream_grows(data: ChartData, answers_schema: Schema) -> None:
    transcript = WatchedTranscript()
    fill(transcript, answers_schema, range(10_000))
    data.set_choice(FIELD)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    fill(transcript, answers_schema, range(10_000, 10_050))
    data.grow()
    await until(lambda: track.curve.count == 10_050, data.changed)
    assert values(track) == list(range(10_050))
    assert transcript.rows_read[-50:] == list(range(10_000, 10_050))
    assert len(transcript.rows_read) < 25_000  # a block may be looked at again where its messages were too many bytes


async def test_a_field_that_is_chosen_later_reads_alone(data: ChartData, answers_schema: Schema) -> None:
    answers = [make(answers_schema, "Answer", large=number, ratio=number / 2) for number in range(5)]
    data.set_choice(FIELD)
    data.set_call(transcript_of([], answers), decoder(answers_schema, Pattern.SERVER_STREAMING))
    await all_read(data)
    data.choose_field(FieldChoice(EventKind.RECEIVED, "ratio"), chosen=True)
    large, ratio = await all_read(data)
    assert values(large) == [0, 1, 2, 3, 4]
    assert values(ratio) == [0, 0.5, 1, 1.5, 2]
    data.choose_field(LARGE, chosen=False)
    assert [track.key.path for track in data.tracks()] == ["ratio"]


async def test_nothing_is_read_for_nobody(qtbot: QtBot, answers_schema: Schema) -> None:
    transcript = WatchedTranscript()
    fill(transcript, answers_schema, range(100))
    made = decoder(answers_schema, Pattern.SERVER_STREAMING)
    data = ChartData(made, ChartChoice())
    data.set_call(transcript, made)
    data.grow()
    assert not data.is_reading
    assert transcript.rows_read == []
    data.set_active(True)
    await all_read(data)
    assert transcript.rows_read == list(range(100))


async def test_reading_can_be_stopped_and_gone_on_with(data: ChartData, answers_schema: Schema) -> None:
    transcript = WatchedTranscript()
    fill(transcript, answers_schema, range(200))
    transcript.gate.clear()
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    assert data.is_reading
    data.cancel()
    transcript.gate.set()
    await until(lambda: not data.is_reading, data.changed)
    fill(transcript, answers_schema, range(200, 300))
    data.grow()
    assert data.is_cancelled
    assert data.progress == pytest.approx(2 / 3)
    data.resume()
    (track,) = await all_read(data)
    assert track.curve.count == 300


async def test_a_call_that_takes_another_ones_place_is_read_instead(data: ChartData, answers_schema: Schema) -> None:
    first, second = WatchedTranscript(), WatchedTranscript()
    fill(first, answers_schema, range(20_000))
    fill(second, answers_schema, range(3))
    first.gate.clear()
    made = decoder(answers_schema, Pattern.SERVER_STREAMING)
    data.set_choice(FIELD)
    data.set_call(first, made)
    data.set_call(second, made)
    first.gate.set()
    (track,) = await all_read(data)
    assert values(track) == [0, 1, 2]


async def test_what_cannot_be_read_is_counted_and_passed_over(data: ChartData, answers_schema: Schema) -> None:
    answers = [make(answers_schema, "Answer", large=1), b"\xff\xff\xff", make(answers_schema, "Answer", large=3)]
    data.set_choice(FIELD)
    data.set_call(transcript_of([], answers), decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    assert values(track) == [1, 3]
    assert (track.unreadable, track.problem) == (1, "the bytes are no such message")


async def test_messages_that_are_not_kept_are_said_to_be_so(data: ChartData, answers_schema: Schema) -> None:
    transcript = Transcript(keep_bytes=0)
    fill(transcript, answers_schema, range(1, 6))
    data.set_choice(FIELD)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    assert (track.curve.count, track.unreadable) == (0, 5)
    assert "not kept" in track.problem


async def test_what_was_forgotten_in_part_is_read_from_where_it_is_kept(
    data: ChartData, answers_schema: Schema
) -> None:
    transcript = Transcript()
    fill(transcript, answers_schema, range(1, 11))
    transcript.forget(4)
    data.set_choice(FIELD)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    assert values(track) == [5, 6, 7, 8, 9, 10]
    assert track.unreadable == 4


async def test_large_numbers_are_exact_where_they_are_asked_for(data: ChartData, answers_schema: Schema) -> None:
    answers = [make(answers_schema, "Answer", large=2**53 + number) for number in (1, 2)]
    data.set_choice(FIELD)
    data.set_call(transcript_of([], answers), decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    assert [data.exact_text(track, row) for row in track.curve.rows] == [f"{2**53 + 1:,}", f"{2**53 + 2:,}"]


async def test_percentiles_are_there_once_a_histogram_is_wanted(data: ChartData, answers_schema: Schema) -> None:
    transcript = Transcript()
    fill(transcript, answers_schema, range(1, 40_001))
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    data.set_choice(FIELD)
    (track,) = await all_read(data)
    assert track.distribution.count == 0
    data.set_choice(replace(FIELD, form=Form.SUMMED))
    await all_read(data)
    assert [track.distribution.percentile(percent) for percent in (50, 90, 99)] == [20_000, 36_000, 39_600]


async def test_all_points_are_written_as_csv(data: ChartData, answers_schema: Schema, tmp_path: Path) -> None:
    transcript = Transcript()
    fill(transcript, answers_schema, (number * 3 for number in range(9000)))
    path = tmp_path / "points.csv"
    path.write_text("what was there")
    outcomes: list[object] = []
    data.saved.connect(outcomes.append)
    data.set_active(False)  # nothing is read yet: it is read for the file
    data.set_choice(FIELD)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    data.save_points(path)
    assert data.is_saving
    await until(lambda: outcomes, data.saved)
    assert outcomes == [path]
    assert not data.is_saving
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9000
    assert rows[8999] == {
        "series": "large", "direction": "received", "number": "9000", "time_s": "89.99", "value": "26997.0",
    }  # fmt: skip
    assert [each.name for each in tmp_path.iterdir()] == ["points.csv"]


async def test_a_file_that_cannot_be_written_says_so(data: ChartData, answers_schema: Schema, tmp_path: Path) -> None:
    transcript = Transcript()
    fill(transcript, answers_schema, range(5))
    outcomes: list[Any] = []
    data.saved.connect(outcomes.append)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    data.save_points(tmp_path / "nowhere" / "points.csv")
    await until(lambda: outcomes, data.saved)
    assert isinstance(outcomes[0], StorageError)
    assert "No such file" in outcomes[0].message


async def test_writing_can_be_given_up_and_leaves_the_old_file(
    data: ChartData, answers_schema: Schema, tmp_path: Path
) -> None:
    transcript = WatchedTranscript()
    fill(transcript, answers_schema, range(5))
    transcript.gate.clear()
    path = tmp_path / "points.csv"
    path.write_text("what was there")
    data.set_active(False)
    data.set_call(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    data.save_points(path)
    data.stop_saving()
    transcript.gate.set()
    await until(lambda: not data.is_saving, data.changed)
    assert path.read_text() == "what was there"
    assert [each.name for each in tmp_path.iterdir()] == ["points.csv"]


async def test_what_is_no_finite_number_is_counted(data: ChartData, answers_schema: Schema) -> None:
    answers = [make(answers_schema, "Answer", ratio=ratio) for ratio in (1, math.nan, math.inf, 2)]
    data.set_choice(ChartChoice(Measure.FIELD, fields=(FieldChoice(EventKind.RECEIVED, "ratio"),)))
    data.set_call(transcript_of([], answers), decoder(answers_schema, Pattern.SERVER_STREAMING))
    (track,) = await all_read(data)
    assert values(track) == [1, 2]
    assert track.curve.unplotted == 2
