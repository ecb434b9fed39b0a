"""The timeline over real transcripts: what rows say, and that only rows that are asked for cost anything."""

import array
import time

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, rows, transcript_of

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import DecodeError, TranscriptError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.timeline_model import TimelineColumn, TimelineModel

__all__ = ["answers_schema"]


def line(model: TimelineModel, row: int) -> list[str]:
    return [model.data(model.index(row, column)) for column in TimelineColumn]


@pytest.fixture
def model(qtmodeltester: ModelTester, answers_schema: Schema) -> TimelineModel:
    model = TimelineModel()
    model.set_transcript(None, decoder(answers_schema))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    return model


def test_every_event_of_a_call_is_a_row(model: TimelineModel, answers_schema: Schema) -> None:
    transcript = transcript_of(
        [make(answers_schema, "Ask", prompt="hi")],
        [make(answers_schema, "Answer", text="ho", large=2**63 - 1)],
        status=Status(0),
        headers=(("answered-by", "me"),),
    )
    model.set_transcript(transcript, decoder(answers_schema))
    assert [line(model, row) for row in range(model.rowCount())] == [
        ["", "0.0", "", "↑", "4 B", 'prompt: "hi"'],
        ["", "10.0", "", "↑", "", "half-closed"],
        ["", "20.0", "", "↓", "", "headers · answered-by me"],
        ["1", "30.0", "+30.0", "↓", "14 B", 'text: "ho", large: 9223372036854775807'],
        ["", "40.0", "", "■", "", "OK"],
    ]


def test_requests_of_a_stream_are_numbered(model: TimelineModel, answers_schema: Schema) -> None:
    asks = [make(answers_schema, "Ask", prompt=text) for text in "ab"]
    model.set_transcript(transcript_of(asks), decoder(answers_schema, Pattern.CLIENT_STREAMING))
    assert [line(model, row)[0] for row in range(2)] == ["1", "2"]


def test_an_error_says_code_and_message_on_one_line(model: TimelineModel, answers_schema: Schema) -> None:
    model.set_transcript(transcript_of(status=Status(5, "no\nsuch thing")), decoder(answers_schema))
    last = model.rowCount() - 1
    assert model.preview(last) == "NOT_FOUND · no such thing"
    assert not model.is_ok(last)
    assert model.is_ok(0)


def test_secrets_among_headers_are_not_in_a_preview(model: TimelineModel, answers_schema: Schema) -> None:
    transcript = transcript_of(headers=(("set-cookie", "abc"), ("trace-bin", b"\x01")))
    model.set_transcript(transcript, decoder(answers_schema))
    assert model.preview(rows(transcript, EventKind.HEADERS)[0]) == "headers · set-cookie <redacted>, trace-bin AQ=="


def test_bytes_that_are_no_such_message_are_a_row_like_others(model: TimelineModel, answers_schema: Schema) -> None:
    transcript = transcript_of(received=[b"\xff\xff\xff"])
    model.set_transcript(transcript, decoder(answers_schema))
    row = rows(transcript, EventKind.RECEIVED)[0]
    assert model.preview(row) == "3 bytes that are no Answer"
    with pytest.raises(DecodeError):
        model.as_json(row)


def test_rows_come_in_batches(model: TimelineModel, answers_schema: Schema, qtbot: QtBot) -> None:
    transcript = transcript_of()
    model.set_transcript(transcript, decoder(answers_schema))
    for _ in range(1000):
        transcript.add_received(1.0, b"")
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    assert model.rowCount() == 2
    assert model.grow() == 1000
    assert model.grow() == 0
    assert inserted == [(2, 1001)]
    assert line(model, 1001)[0] == "1,000"


def test_a_large_message_is_glanced_at(model: TimelineModel, answers_schema: Schema) -> None:
    large = make(answers_schema, "Answer", text="x", data=bytes(10 * 2**20))
    transcript = transcript_of(received=[large])
    model.set_transcript(transcript, decoder(answers_schema))
    row = rows(transcript, EventKind.RECEIVED)[0]
    transcript.payload(row)
    started = time.perf_counter()
    assert model.preview(row) == f'text: "x", data: 0x{"00" * 16}…'
    assert time.perf_counter() - started < 0.05


def test_a_closed_transcript_says_so_in_its_rows(model: TimelineModel, answers_schema: Schema) -> None:
    transcript = transcript_of(received=[make(answers_schema, "Answer", text="x")])
    model.set_transcript(transcript, decoder(answers_schema))
    transcript.close()
    row = rows(transcript, EventKind.RECEIVED)[0]
    assert "no longer kept" in model.preview(row)
    with pytest.raises(TranscriptError):
        model.as_json(row)


class CountingDecoder(MessageDecoder):
    decoded = 0

    def descriptor(self, kind: EventKind) -> Descriptor:
        self.decoded += 1
        return super().descriptor(kind)


def test_only_rows_that_are_looked_at_are_decoded(answers_schema: Schema) -> None:
    model = TimelineModel()  # without the tester, which would look at every row
    base = decoder(answers_schema, Pattern.SERVER_STREAMING)
    counting = CountingDecoder(base.method, base.schema)
    transcript = Transcript(frame=0)
    payload = make(answers_schema, "Answer", large=7).SerializeToString()
    for row in range(100_000):
        transcript.add_received(row / 1000, payload)
    model.set_transcript(transcript, counting)
    assert counting.decoded == 0
    for _ in range(3):
        for row in range(99_980, 100_000):
            assert line(model, row)[5] == "large: 7"
    assert counting.decoded == 20
    for row in range(5_000):
        model.preview(row)
    assert len(model._previews) < 1_000


def test_what_screen_readers_and_headers_say(model: TimelineModel, answers_schema: Schema) -> None:
    model.set_transcript(transcript_of(), decoder(answers_schema))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(0, TimelineColumn.DIRECTION), role) == "half-closed"
    words = [model.headerData(column, Qt.Orientation.Horizontal) for column in TimelineColumn]
    assert words == ["#", "time, ms", "gap, ms", "", "size", "message"]


def test_some_rows_of_the_transcript_are_shown_and_more_when_they_are_found(
    model: TimelineModel, answers_schema: Schema
) -> None:
    answers = [make(answers_schema, "Answer", large=number) for number in range(1, 101)]
    transcript = transcript_of([], answers)
    model.set_transcript(transcript, decoder(answers_schema, Pattern.SERVER_STREAMING))
    model.preview(11)
    rows = array.array("I", [0, 11, 51])
    model.show_subset(rows)
    assert model.is_subset
    assert [line(model, row)[0] for row in range(model.rowCount())] == ["", "10", "50"]
    assert line(model, 1)[2] == "+10.0"  # since the message before, shown or not
    assert [model.transcript_row(row) for row in range(3)] == [0, 11, 51]
    assert [model.index_row(row) for row in (0, 11, 12, 51, 101)] == [0, 1, None, 2, None]
    assert [model.index_row_from(row) for row in (0, 1, 12, 52)] == [0, 1, 2, 3]
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    rows.extend([60, 101])
    assert model.rowCount() == 3
    assert model.index_row(60) is None
    assert model.grow() == 2
    assert inserted == [(3, 4)]
    assert model.index_row(101) == 4
    model.show_subset(None)
    assert model.rowCount() == len(transcript)
    assert model.index_row(101) == 101


def test_another_call_shows_all_of_its_rows(model: TimelineModel, answers_schema: Schema) -> None:
    model.set_transcript(transcript_of(), decoder(answers_schema))
    model.show_subset(array.array("I", [1]))
    model.set_transcript(transcript_of([], [b""]), decoder(answers_schema))
    assert not model.is_subset
    assert model.rowCount() == 3
