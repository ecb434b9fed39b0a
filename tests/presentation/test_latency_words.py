"""Where a call's time went, in words: what was seen, what was not, and nothing that was not."""

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, make, transcript_of

from wirelens.engine.calls.call import Compression
from wirelens.engine.calls.events import CallFinished, CompressedTotals, Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.latency_words import Waterfall, waterfall

__all__ = ["answers_schema"]


def rows(drawn: Waterfall) -> dict[str, str]:
    return {row.name: row.said for row in drawn.rows}


def answered(schema: Schema, count: int = 3) -> Transcript:
    pieces: list[Message | bytes] = [make(schema, "Piece", delta="x") for _ in range(count)]
    made = transcript_of([make(schema, "Ask", prompt="?")], pieces, status=Status(0), headers=(("a", "b"),))
    made.connected_at = 0.0
    return made


def test_every_phase_that_was_seen_has_its_bar(answers_schema: Schema) -> None:
    drawn = waterfall(answered(answers_schema))
    assert rows(drawn) == {
        "connect": "0.00 ms",
        "send": "0.00 ms",
        "first headers": "20.0 ms",
        "first message": "10.0 ms",
        "last message": "20.0 ms",
        "status": "10.0 ms",
    }
    ends = [row.end for row in drawn.rows]
    assert ends[-1] == 1.0
    assert [row.start for row in drawn.rows[1:]] == pytest.approx(ends[:-1])
    assert drawn.total == "60.0 ms"


def test_a_connection_that_was_there_says_so(answers_schema: Schema) -> None:
    transcript = answered(answers_schema, 1)
    transcript.was_connected = True
    (connect, *_), names = waterfall(transcript).rows, rows(waterfall(transcript))
    assert (connect.said, connect.explanation) == ("none", "the connection was there before the call")
    assert "last message" not in names  # the first is the last


def test_what_was_not_seen_is_said_with_its_reason(answers_schema: Schema) -> None:
    transcript = Transcript(frame=0)
    assert set(rows(waterfall(transcript)).values()) == {"not yet"}
    refused = Transcript(frame=0)
    refused.add_sent(0.01, b"")
    refused.add_finished(CallFinished(0.02, Status(16, "no")))
    drawn = {row.name: row for row in waterfall(refused).rows}
    assert drawn["first headers"].end is None
    assert drawn["first headers"].sentence == (
        "first headers: not seen, the server sent its status alone, without headers before it"
    )
    assert drawn["first message"].explanation == "no answer came"
    assert drawn["connect and send"].said == "10.0 ms"
    assert drawn["status"].said == "10.0 ms"


def test_sizes_are_said_to_be_what_they_are(answers_schema: Schema) -> None:
    transcript = answered(answers_schema)

    def said(**encodings: CompressedTotals) -> list[str]:
        transcript.encodings = encodings
        return waterfall(transcript, Compression.GZIP).bytes_words.split(" · ")

    sent = "3 B sent (before gzip compression)"
    assert said() == [sent, "9 B received, not compressed"]
    assert said(gzip=CompressedTotals(3, 2000, 9)) == [sent, "9 B received, compressed with gzip to 2.0 KiB"]
    assert said(deflate=CompressedTotals(1, 2, 3)) == [
        sent,
        "9 B received, 1 of 3 messages compressed with deflate from 3 B to 2 B",
    ]
    transcript.encodings = None
    assert (
        waterfall(transcript).bytes_words == "3 B sent · 9 B received, after decompression; the encoding was not seen"
    )
    assert waterfall(answered(answers_schema, 0)).bytes_words == "3 B sent · 0 B received"
