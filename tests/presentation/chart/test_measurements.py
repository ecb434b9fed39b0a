"""Which streams are measurements: by their type, and where that holds words too, by their first answers."""

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.presentation.draft.schemas import compiled

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Measure
from wirelens.presentation.chart.measurements import MeasurementProbe, Measurements, measurements

__all__ = ["answers_schema"]

TYPES = """
syntax = "proto3";
package measured.test;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";

message Nested { string host = 1; Load load = 2; bool busy = 3; }
message Load { google.protobuf.DoubleValue cpu = 1; google.protobuf.Duration response_time = 2; }
message Many { int32 a = 1; int32 b = 2; int32 c = 3; int32 d = 4; int32 e = 5; int32 f = 6; int32 g = 7; int32 h = 8;
  int32 i = 9; }
message Talkative { double value = 1; string a = 2; string b = 3; string c = 4; string d = 5; }
message Named { int64 id = 1; fixed64 user_id = 2; uint32 number = 3; int64 sent_ts = 4; bool done = 5; }
message Chunk { int64 size = 1; bytes data = 2; }
message List { double value = 1; repeated double values = 2; }
message Map { double value = 1; map<string, double> values = 2; }
message Open { double value = 1; google.protobuf.Any any = 2; }
message Endless { double value = 1; Endless inner = 2; }
message Empty {}
"""


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("measured"), {"measured.proto": TYPES})


def test_a_few_numbers_beside_moments_states_and_names_are_measurements(types: Schema, answers_schema: Schema) -> None:
    nested = measurements(types.descriptor("measured.test.Nested"))
    assert nested == Measurements(("load.cpu.value", "load.response_time"), has_words=True)
    reading = measurements(answers_schema.descriptor("answers.test.Reading"))
    assert reading == Measurements(("level",), has_words=False)
    assert measurements(answers_schema.descriptor("answers.test.Quote")) == Measurements(("bid", "ask"), has_words=True)


@pytest.mark.parametrize("name", ["Many", "Talkative", "Named", "Chunk", "List", "Map", "Open", "Endless", "Empty"])
def test_what_says_more_or_less_is_none(types: Schema, name: str) -> None:
    assert measurements(types.descriptor(f"measured.test.{name}")) is None


def probe(
    schema: Schema, transcript: Transcript, answer: str, pattern: Pattern = Pattern.SERVER_STREAMING
) -> MeasurementProbe:
    made = MeasurementProbe(transcript, decoder(schema, pattern, answer))
    made.grow()
    return made


def quotes(schema: Schema, *symbols: str) -> list[Message]:
    return [make(schema, "Quote", symbol=symbol, bid=1.0) for symbol in symbols]


def test_a_type_without_words_is_known_before_anything_has_come(answers_schema: Schema) -> None:
    found = probe(answers_schema, transcript_of(), "Reading")
    assert (found.is_settled, found.tells_measurements) == (True, True)
    assert found.chart_choice == ChartChoice(Measure.FIELD, fields=(FieldChoice(EventKind.RECEIVED, "level"),))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_call_that_ended_too_soon_for_a_curve_tells_none(answers_schema: Schema, count: int) -> None:
    transcript = transcript_of([], [make(answers_schema, "Reading")] * count)
    found = probe(answers_schema, transcript, "Reading")
    assert found.tells_measurements
    transcript.add_finished(CallFinished(1.0, Status(0)))
    assert found.tells_measurements == (count == 3)


def test_words_have_to_stay_the_same_in_the_first_answers(answers_schema: Schema) -> None:
    transcript = transcript_of([], quotes(answers_schema, "A", "A"))
    found = probe(answers_schema, transcript, "Quote")
    assert (found.is_settled, found.tells_measurements, found.chart_choice) == (False, False, ChartChoice())
    transcript.add_received(0.06, quotes(answers_schema, "A")[0].SerializeToString())
    found.grow()
    assert (found.is_settled, found.tells_measurements) == (True, True)
    assert [field.path for field in found.chart_choice.fields] == ["bid", "ask"]
    other = probe(answers_schema, transcript_of([], quotes(answers_schema, "A", "B", "A", "B")), "Quote")
    assert (other.is_settled, other.tells_measurements) == (True, False)


def test_a_slow_stream_is_left_as_it_is(answers_schema: Schema) -> None:
    transcript = transcript_of([], quotes(answers_schema, "A", "A"))
    transcript.add_received(1.0, quotes(answers_schema, "A")[0].SerializeToString())
    found = probe(answers_schema, transcript, "Quote")
    assert (found.is_settled, found.tells_measurements) == (True, False)


def test_what_cannot_be_read_or_is_no_server_stream_tells_none(answers_schema: Schema) -> None:
    broken = probe(answers_schema, transcript_of([], [b"\xff\xff"]), "Quote")
    assert (broken.is_settled, broken.tells_measurements) == (True, False)
    for pattern in (Pattern.UNARY, Pattern.CLIENT_STREAMING, Pattern.BIDI_STREAMING):
        assert not probe(answers_schema, transcript_of(), "Reading", pattern).tells_measurements
