"""Messages of a transcript as text and as files: exact, in order, whole or not at all."""

import base64
import csv
import io
import json
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, decoder, make, transcript_of

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import StorageError
from wirelens.engine.message_export.destinations import (
    Destination,
    FileDestination,
    FolderDestination,
    TextDestination,
    TooLargeForText,
)
from wirelens.engine.message_export.export import LARGEST_DECODED, MessageExport
from wirelens.engine.message_export.formats import MessageFormat
from wirelens.engine.schema.schema import Schema

__all__ = ["answers_schema"]

BROKEN = b"\x0a\xff"


def export(
    schema: Schema,
    transcript: Transcript,
    wanted: MessageFormat,
    destination: Destination,
    rows: Sequence[int] | None = None,
) -> MessageExport:
    of = decoder(schema)
    types = {kind: of.descriptor(kind) for kind in (EventKind.SENT, EventKind.RECEIVED)}
    rows = range(len(transcript)) if rows is None else rows
    return MessageExport(transcript, rows, wanted, types, schema, destination)


def text_of(schema: Schema, transcript: Transcript, wanted: MessageFormat, rows: Sequence[int] | None = None) -> str:
    pieces: list[bytes] = []
    assert export(schema, transcript, wanted, TextDestination(2**20, pieces.append), rows).step(60)
    return b"".join(pieces).decode()


def no_matter(piece: bytes) -> None:
    """Where it is the figures that are asked for."""


@pytest.fixture
def transcript(answers_schema: Schema) -> Transcript:
    answers = [
        make(answers_schema, "Answer", large=2**63 - 1, larger=2**64 - 1, ratio=float("nan"), data=b"\x00\xff"),
        make(answers_schema, "Answer", text='a "quoted",\nline'),
        BROKEN,
    ]
    return transcript_of([make(answers_schema, "Ask", prompt="x")], answers)


def test_several_messages_are_a_json_array_and_one_is_itself(answers_schema: Schema, transcript: Transcript) -> None:
    told = json.loads(text_of(answers_schema, transcript, MessageFormat.JSON))
    assert told[:3] == [
        {"prompt": "x"},
        {"large": "9223372036854775807", "larger": "18446744073709551615", "data": "AP8=", "ratio": "NaN"},
        {"text": 'a "quoted",\nline'},
    ]
    assert told[3] == {"@why": "these bytes are no answers.test.Answer", "@bytes": base64.b64encode(BROKEN).decode()}
    assert text_of(answers_schema, transcript, MessageFormat.JSON, [0]) == '{\n  "prompt": "x"\n}'
    assert text_of(answers_schema, transcript, MessageFormat.JSON, [0, 4]).startswith('[\n  {\n    "prompt": "x"\n  },')


def test_ndjson_is_one_message_a_line(answers_schema: Schema, transcript: Transcript) -> None:
    lines = text_of(answers_schema, transcript, MessageFormat.NDJSON).split("\n")
    assert [json.loads(line).get("text") for line in lines] == [None, None, 'a "quoted",\nline', None]


def test_base64_and_hex_are_one_message_a_line(answers_schema: Schema, transcript: Transcript) -> None:
    messages = [transcript.payload(row) for row in (0, 3, 4, 5)]
    lines = text_of(answers_schema, transcript, MessageFormat.BASE64).split("\n")
    assert list(map(base64.b64decode, lines)) == messages
    lines = text_of(answers_schema, transcript, MessageFormat.HEX).split("\n")
    assert list(map(bytes.fromhex, lines)) == messages


def test_what_cannot_be_decoded_is_told(answers_schema: Schema, transcript: Transcript) -> None:
    for wanted in (MessageFormat.JSON, MessageFormat.NDJSON, MessageFormat.CSV):
        made = export(answers_schema, transcript, wanted, TextDestination(2**20, no_matter))
        assert made.step(60)
        assert (made.message_count, made.undecodable_count, made.missing_count) == (4, 1, 0)
        assert "1 message cannot be decoded" in made.notes()[0]


def test_what_is_no_longer_kept_is_left_out_and_told(answers_schema: Schema, transcript: Transcript) -> None:
    transcript.forget(4)
    made = export(answers_schema, transcript, MessageFormat.NDJSON, TextDestination(2**20, no_matter))
    assert made.step(60)
    assert (made.message_count, made.missing_count) == (2, 2)
    assert made.notes()[-1] == "2 messages left out: no longer kept."


def test_a_very_large_message_keeps_its_bytes(answers_schema: Schema) -> None:
    payload = make(answers_schema, "Answer", data=bytes(LARGEST_DECODED + 1)).SerializeToString()
    pieces: list[bytes] = []
    destination = TextDestination(2**26, pieces.append)
    made = export(answers_schema, transcript_of((), [payload]), MessageFormat.NDJSON, destination)
    assert made.step(60)
    assert base64.b64decode(json.loads(b"".join(pieces))["@bytes"]) == payload
    assert "above 8 MiB not decoded" in made.notes()[0]


def records(schema: Schema, messages: Sequence[Message | bytes], sent: Sequence[Message] = ()) -> list[dict[str, str]]:
    text = text_of(schema, transcript_of(sent, messages), MessageFormat.CSV)
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_column_for_each_scalar_field_that_is_set(answers_schema: Schema) -> None:
    inner = make(answers_schema, "Answer", large=-(2**63), ratio=float("-inf"))
    first: Any = make(answers_schema, "Answer", text="ä,b", inner=inner, mood=1, numbers=[1, 2])
    first.by_name["k"].text = "v"
    first.at.FromJsonString("2024-01-02T03:04:05.000000006Z")
    second = make(answers_schema, "Answer", data=b"\xff", known=False)
    told = records(answers_schema, [first, second], [make(answers_schema, "Ask", prompt="x")])
    assert list(told[0]) == [
        *("number", "direction", "time", "size"),
        *("prompt", "text", "numbers", "by_name", "data", "at", "inner.large", "inner.ratio", "mood", "known"),
    ]
    assert [(each["number"], each["direction"], each["time"]) for each in told] == [
        ("1", "sent", "0.000000"),
        ("1", "received", "0.030000"),
        ("2", "received", "0.040000"),
    ]
    assert told[1]["inner.large"] == "-9223372036854775808"
    assert told[1]["inner.ratio"] == "-Infinity"
    assert told[1]["by_name"] == '{"k": {"text": "v"}}'
    assert told[1]["numbers"] == "[1, 2]"
    assert told[1]["at"] == "2024-01-02T03:04:05.000000006Z"
    assert told[1]["mood"] == "MOOD_GOOD"
    assert told[2]["data"] == "/w=="
    assert told[2]["known"] == "false"


def test_csv_tells_an_unset_field_from_one_that_holds_its_default(answers_schema: Schema) -> None:
    told = records(
        answers_schema,
        [
            make(answers_schema, "Answer", large=5, known=True, inner=make(answers_schema, "Answer", text="deep")),
            make(answers_schema, "Answer"),
        ],
        [make(answers_schema, "Ask", prompt="x")],
    )
    assert told[2] == {**told[2], "large": "0", "known": "", "inner.text": "", "prompt": ""}
    assert told[0]["large"] == ""  # what was sent has no such field


def test_csv_keeps_what_cannot_be_decoded_in_a_column_of_its_own(answers_schema: Schema) -> None:
    told = records(answers_schema, [make(answers_schema, "Answer", text="x"), BROKEN])
    assert [(each["text"], each["unread"]) for each in told] == [("x", ""), ("", base64.b64encode(BROKEN).decode())]


def test_a_file_for_each_message(answers_schema: Schema, transcript: Transcript, tmp_path: Path) -> None:
    made = export(answers_schema, transcript, MessageFormat.FILES, FolderDestination(tmp_path / "all"))
    assert made.step(60)
    assert {path.name: path.read_bytes() for path in (tmp_path / "all").iterdir()} == {
        "000001-sent.bin": transcript.payload(0),
        "000001-received.bin": transcript.payload(3),
        "000002-received.bin": transcript.payload(4),
        "000003-received.bin": BROKEN,
    }
    assert list(tmp_path.iterdir()) == [tmp_path / "all"]


def test_grpc_frames_and_delimited_messages_can_be_read_again(answers_schema: Schema, tmp_path: Path) -> None:
    payloads = [b"", bytes(300), b"\x0a\x01x"]
    transcript = transcript_of((), payloads)
    path = tmp_path / "frames"
    assert export(answers_schema, transcript, MessageFormat.GRPC_FRAMES, FileDestination(path)).step(60)
    data, read = path.read_bytes(), []
    while data:
        compressed, length = struct.unpack_from(">BI", data)
        assert compressed == 0
        read.append(data[5 : 5 + length])
        data = data[5 + length :]
    assert read == payloads
    assert export(answers_schema, transcript, MessageFormat.VARINT_DELIMITED, FileDestination(path)).step(60)
    assert path.read_bytes() == b"\x00" + b"\xac\x02" + bytes(300) + b"\x03\x0a\x01x"


def test_it_works_in_slices_and_says_how_far_it_is(answers_schema: Schema) -> None:
    transcript = transcript_of((), [make(answers_schema, "Answer", large=number) for number in range(500)])
    pieces: list[bytes] = []
    made = export(answers_schema, transcript, MessageFormat.CSV, TextDestination(2**20, pieces.append))
    slices = 1
    while not made.step(0):
        slices += 1
        assert made.steps_done <= made.steps_total
    assert slices > 100
    assert made.steps_done == made.steps_total == 2 * len(transcript)
    assert len(b"".join(pieces).split(b"\r\n")) == 501


def test_too_much_text_is_refused(answers_schema: Schema) -> None:
    transcript = transcript_of((), [bytes(2**20)] * 3)
    pieces: list[bytes] = []
    with pytest.raises(TooLargeForText, match="more than 2 MiB of text"):
        export(answers_schema, transcript, MessageFormat.HEX, TextDestination(2**21, pieces.append)).step(60)
    assert sum(map(len, pieces)) <= 2**21


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("size", [3, 2**16 - 2, 2**16 - 1, 2**16, 2**16 + 1, 200_000])
def test_only_the_end_of_the_last_line_is_left_out(size: int, end: bytes) -> None:
    pieces: list[bytes] = []
    destination = TextDestination(2**20, pieces.append)
    for piece in (b"first\r\n", b"x" * size + end, b""):
        destination.write(piece)
    destination.finish()
    assert b"".join(pieces) == b"first\r\n" + b"x" * size


def test_a_file_is_there_whole_or_not_at_all(answers_schema: Schema, transcript: Transcript, tmp_path: Path) -> None:
    path = tmp_path / "messages.ndjson"
    path.write_text("before")
    made = export(answers_schema, transcript, MessageFormat.NDJSON, FileDestination(path))
    assert not made.step(0)
    made.abandon()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    assert export(answers_schema, transcript, MessageFormat.NDJSON, FileDestination(path)).step(60)
    assert len(path.read_text().splitlines()) == 4


def test_an_abandoned_folder_leaves_nothing(answers_schema: Schema, transcript: Transcript, tmp_path: Path) -> None:
    made = export(answers_schema, transcript, MessageFormat.FILES, FolderDestination(tmp_path / "all"))
    assert not made.step(0)
    made.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(
    answers_schema: Schema, transcript: Transcript, tmp_path: Path
) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "mine").write_text("kept")
    with pytest.raises(StorageError, match="a folder of this name"):
        export(answers_schema, transcript, MessageFormat.FILES, FolderDestination(tmp_path / "all")).step(60)
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_says_so(answers_schema: Schema, transcript: Transcript, tmp_path: Path) -> None:
    places: dict[MessageFormat, Destination] = {
        MessageFormat.NDJSON: FileDestination(tmp_path / "no" / "file"),
        MessageFormat.FILES: FolderDestination(tmp_path / "no" / "folder"),
    }
    for wanted, destination in places.items():
        made = export(answers_schema, transcript, wanted, destination)
        with pytest.raises(StorageError) as told:
            made.step(60)
        assert told.value.next_step == "choose a folder that is there"


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file can grow beyond 50,000 bytes."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("wanted", [MessageFormat.GRPC_FRAMES, MessageFormat.FILES])
def test_a_disk_that_is_full_leaves_what_was_there(
    answers_schema: Schema, tmp_path: Path, little_room: None, wanted: MessageFormat
) -> None:
    path = tmp_path / "messages"
    path.mkdir() if wanted.is_folder else path.write_text("before")
    destination = FolderDestination(path) if wanted.is_folder else FileDestination(path)
    made = export(answers_schema, transcript_of((), [b"small", bytes(100_000)]), wanted, destination)
    with pytest.raises(StorageError, match="File too large"):
        made.step(60)
    assert list(tmp_path.iterdir()) == [path]
    assert list(path.iterdir()) == [] if wanted.is_folder else path.read_text() == "before"
