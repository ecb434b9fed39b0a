"""A filter over a transcript: while it grows, from memory and from the spool file, and what it cannot look into."""

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message_factory import GetMessageClass
from tests.presentation.draft.schemas import compiled

from wirelens.engine.calls.events import CallFinished, HeadersReceived, Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_filter import Found, TranscriptCheck, TranscriptFilter
from wirelens.engine.messages.message_filter.message_filter import LARGEST_READ, MessageFilter, compiled_filter
from wirelens.engine.schema.schema import Schema

FOREVER = 60.0
PROTO = 'syntax = "proto3"; package rows.test; message Row { int64 id = 1; string name = 2; }'


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("rows"), {"rows.proto": PROTO})


def row_type(schema: Schema) -> Descriptor:
    return schema.descriptor("rows.test.Row")


def row(schema: Schema, number: int, name: str = "") -> bytes:
    return GetMessageClass(row_type(schema))(id=number, name=name).SerializeToString()


def filter_of(schema: Schema, expression: str) -> MessageFilter:
    made = compiled_filter(expression, row_type(schema), row_type(schema), schema)
    assert made is not None
    return made


def found(transcript: Transcript, schema: Schema, expression: str) -> Found:
    return TranscriptFilter(transcript, filter_of(schema, expression)).step(FOREVER)


@pytest.mark.parametrize("memory_limit", [2**30, 1000])
def test_rows_are_found_in_memory_and_in_the_spool_file(schema: Schema, memory_limit: int) -> None:
    transcript = Transcript(memory_limit=memory_limit)
    for number in range(5000):
        transcript.add_received(number / 1000, row(schema, number, f"row {number} Ü"))
        if transcript.wants_spooling and number < 4900:
            transcript.spool()
    assert list(found(transcript, schema, "id >= 4990").rows) == list(range(4990, 5000))
    assert list(found(transcript, schema, '"row 777 ü"').rows) == [777]
    text = found(transcript, schema, '"row 99"')
    assert list(text.rows) == [99, *range(990, 1000)]
    assert (text.match_count, text.message_count) == (11, 5000)
    assert list(found(transcript, schema, "at < 3ms and number != 2").rows) == [0, 2]
    assert len(found(transcript, schema, "gap > 0.5ms").rows) == 5000
    transcript.close()


def test_events_stay_in_their_places_and_are_no_matches(schema: Schema) -> None:
    transcript = Transcript()
    transcript.add_sent(0.0, row(schema, 1))
    transcript.add_half_closed(0.1)
    transcript.add_headers(HeadersReceived(0.2, ()))
    transcript.add_received(0.3, row(schema, 2))
    transcript.add_received(1.0, row(schema, 3))
    transcript.add_finished(CallFinished(9.0, Status(0)))
    both = found(transcript, schema, "id = 3 or id = 1")
    assert list(both.rows) == [0, 1, 2, 4, 5]
    assert (both.match_count, both.message_count) == (2, 3)
    assert list(found(transcript, schema, "direction: received").rows) == [2, 3, 4, 5]
    assert list(found(transcript, schema, "at < 1s").rows) == [0, 1, 2, 3]
    assert list(found(transcript, schema, "gap > 500ms").rows) == [0, 1, 2, 4, 5]  # infinite before the first


def test_it_goes_on_where_a_growing_transcript_went_on(schema: Schema) -> None:
    transcript = Transcript()
    going = TranscriptFilter(transcript, filter_of(schema, "gap >= 550ms"))
    assert list(going.step(FOREVER).rows) == []
    transcript.add_received(0.0, b"")
    transcript.add_received(0.1, b"")
    assert list(going.step(FOREVER).rows) == [0]
    transcript.add_headers(HeadersReceived(0.2, ()))
    transcript.add_received(0.6, b"")
    assert list(going.step(FOREVER).rows) == [2]  # the message before was seen in the step before
    transcript.add_received(1.3, b"")
    assert list(going.step(FOREVER).rows) == [4]
    assert going.rows_done == 5


def test_a_slice_ends_in_time_and_the_next_goes_on(schema: Schema) -> None:
    transcript = Transcript()
    for number in range(20_000):
        transcript.add_received(number / 1000, row(schema, number))
    going = TranscriptFilter(transcript, filter_of(schema, "id >= 0"))
    rows: list[int] = []
    slices = 0
    while going.rows_done < len(transcript):
        rows += going.step(0.001).rows
        slices += 1
    assert rows == list(range(20_000))
    assert slices > 3


def test_what_cannot_be_looked_into_is_counted(schema: Schema) -> None:
    transcript = Transcript()
    transcript.add_sent(0.0, b"\xff")
    transcript.add_headers(HeadersReceived(0.0, ()))
    transcript.add_received(0.0, row(schema, 3, "x"))
    transcript.add_received(0.0, b"\x0a")
    transcript.add_received(0.0, row(schema, 4, "x" * LARGEST_READ))
    transcript.add_received(0.0, row(schema, 5))
    check = TranscriptCheck(transcript, row_type(schema), row_type(schema))
    check.step(FOREVER)
    assert (check.undecodable_count, check.too_large_count, check.missing_count) == (2, 1, 0)
    assert list(found(transcript, schema, "id != 3").rows) == [1, 5]
    assert list(found(transcript, schema, "not id = 3").rows) == [1, 5]
    assert list(found(transcript, schema, "size > 1MiB").rows) == [1, 4]


@pytest.mark.parametrize("is_closed", [True, False])
def test_messages_that_are_not_kept_match_by_their_facts_only(schema: Schema, is_closed: bool) -> None:
    transcript = Transcript(keep_bytes=None if is_closed else 0)
    transcript.add_received(0.0, row(schema, 3))
    if is_closed:
        transcript.close()
    assert list(found(transcript, schema, "id = 3").rows) == []
    assert list(found(transcript, schema, '"x" or size = 2').rows) == [0]
    check = TranscriptCheck(transcript, row_type(schema), row_type(schema))
    check.step(FOREVER)
    assert check.missing_count == 1


def test_where_only_the_newest_are_kept_every_one_of_them_is_looked_into(schema: Schema) -> None:
    payloads = [row(schema, number, "x" * 100) for number in range(1, 501)]
    transcript = Transcript(keep_bytes=sum(map(len, payloads[-137:])))
    for payload in payloads:
        transcript.add_received(0.0, payload)
    first = transcript.first_kept_row
    assert 350 < first < 370
    assert list(found(transcript, schema, "id > 0").rows) == list(range(first, 500))
    check = TranscriptCheck(transcript, row_type(schema), row_type(schema))
    check.step(FOREVER)
    assert check.missing_count == first
