"""A call's record as a file: what is written is read again, and a broken file says where and why."""

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.calls.serving import events, finished, kinds

from wirelens.engine.calls.events import CallFinished, CompressedTotals, Event, HeadersReceived, MessageReceived, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.calls.transcript_file import SavedCall, open_transcript, save_transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import DescriptorSetError, StorageError, TranscriptError, UnknownSymbolError
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema, services_of

OK = Status(0)


def made_schema(package: str = "test", more: int = 0) -> Schema:
    """A service with one streaming method, and a file of so many more messages that it does not need."""
    file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    message = file.message_type.add(name="Text")
    message.field.add(name="text", number=1, type=FieldDescriptorProto.TYPE_STRING, label=1)
    service = file.service.add(name="Service")
    service.method.add(
        name="Count", input_type=f".{package}.Text", output_type=f".{package}.Text", server_streaming=True
    )
    files = {file.name: file.SerializeToString()}
    if more:
        other = FileDescriptorProto(name="other.proto", package="other", syntax="proto3")
        for number in range(more):
            other.message_type.add(name=f"Other{number}{'x' * 1000}")
        files[other.name] = other.SerializeToString()
    table = FileTable(files)
    return Schema(table, services_of(table, files), Origin("made"))


SCHEMA = made_schema()
METHOD = SCHEMA.method("test.Service/Count")


def conversation(count: int = 3, status: Status | None = OK) -> Transcript:
    transcript = Transcript(memory_limit=1000)
    transcript.start()
    transcript.add_sent(0.001, b"\x0a\x01?")
    transcript.add_half_closed(0.002)
    transcript.add_headers(HeadersReceived(0.003, (("h", "1"), ("h", "2"), ("h-bin", b"\x00\xff"))))
    for number in range(count):
        transcript.add_received(0.004 + number / 1000, b"\x0a\x05%05d" % number)
        if transcript.wants_spooling:
            transcript.spool()
    if status is not None:
        transcript.add_finished(CallFinished(9.5, status))
    return transcript


async def saved(transcript: Transcript, path: Path, **options: Any) -> Path:
    return await save_transcript(transcript, METHOD, SCHEMA, path, target="127.0.0.1:50051", **options)


async def again(transcript: Transcript, folder: Path, **options: Any) -> SavedCall:
    await saved(transcript, folder / "call.ndjson", **options)
    return await open_transcript(folder / "call.ndjson")


def rounded(event: Event) -> Event:
    """To the nanosecond, as the file has it."""
    return type(event)(round(event.at, 9), *[getattr(event, name) for name in event.__slots__[1:]])  # type: ignore[arg-type]


# -- there and back ----------------------------------------------------------------------------------------------


async def test_a_real_call_there_and_back(connection: Connection, tmp_path: Path) -> None:
    end, transcript = await finished(connection, "CountAndFail", b"5")
    await saved(transcript, tmp_path / "call.ndjson")
    call = await open_transcript(tmp_path / "call.ndjson")
    assert call.problem is None
    assert (call.method, call.target) == (METHOD, "127.0.0.1:50051")
    assert call.started_at == call.transcript.started_at == transcript.started_at
    assert call.transcript.finished is not None
    assert call.transcript.finished.status == end.status
    assert kinds(call.transcript) == kinds(transcript)
    assert list(map(rounded, events(call.transcript))) == list(map(rounded, events(transcript)))
    assert call.transcript.connected_at == transcript.connected_at is not None
    call.transcript.close()


@pytest.mark.parametrize(
    "encodings", [None, {}, {"gzip": CompressedTotals(2, 900, 14), "deflate": CompressedTotals(1, 5, 7)}]
)
async def test_how_answers_were_compressed_is_kept(
    tmp_path: Path, encodings: dict[str, CompressedTotals] | None
) -> None:
    transcript = conversation()
    transcript.encodings = encodings
    call = await again(transcript, tmp_path)
    assert call.problem is None
    assert call.transcript.encodings == encodings


async def test_rows_and_encodings_of_a_call_that_goes_on_are_of_one_moment(tmp_path: Path) -> None:
    transcript = conversation(3, None)
    transcript.encodings = {"gzip": CompressedTotals(3, 900, 21)}
    async with asyncio.TaskGroup() as group:
        group.create_task(saved(transcript, tmp_path / "call.ndjson"))
        await asyncio.sleep(0)  # it has begun, and a thread makes the schema
        transcript.encodings["gzip"] = transcript.encodings["gzip"].with_one(300, 7)
        transcript.add_received(9.0, b"\x0a\x05later")
    call = await open_transcript(tmp_path / "call.ndjson")
    assert call.transcript.received_count == 3
    assert call.transcript.encodings == {"gzip": CompressedTotals(3, 900, 21)}


times = st.floats(0, 1e6)
names = st.sampled_from(["a", "token", "x-bin", "key-bin"])
pairs = st.tuples(names, st.text(max_size=5)).map(
    lambda pair: (pair[0], pair[1].encode()) if "-bin" in pair[0] else pair
)
metadata = st.lists(pairs, max_size=4).map(tuple)
rows = st.lists(
    st.one_of(
        st.tuples(st.just("add_sent"), times, st.binary(max_size=40)),
        st.tuples(st.just("add_received"), times, st.binary(max_size=40)),
        st.tuples(st.just("skip_received"), times, st.integers(0, 1000)),
        st.tuples(st.just("add_half_closed"), times),
        st.tuples(st.just("add_paused"), times),
        st.tuples(st.just("add_resumed"), times),
    ),
    max_size=30,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows, metadata, st.builds(Status, st.integers(0, 99), st.text(max_size=9), metadata, st.booleans()))
def test_whatever_happened_is_read_as_it_was(
    tmp_path: Path, found: list[tuple[Any, ...]], headers: Any, status: Status
) -> None:
    transcript = Transcript(memory_limit=100)
    transcript.add_headers(HeadersReceived(0.5, headers))
    for name, *arguments in found:
        getattr(transcript, name)(*arguments)
        if transcript.wants_spooling:
            transcript.spool()
    transcript.add_finished(CallFinished(1e6, status))
    call = asyncio.run(again(transcript, tmp_path, show_secrets=True))
    back = call.transcript
    assert call.problem is None
    assert kinds(back) == kinds(transcript)
    for row in range(len(transcript)):
        assert back.at(row) == pytest.approx(transcript.at(row), abs=1e-9)
        assert back.payload(row) == transcript.payload(row)
        assert back.message_number(row) == transcript.message_number(row)
    assert (back.headers, back.finished) == (transcript.headers, transcript.finished)
    counts = "sent_count", "sent_bytes", "received_count", "received_bytes", "skipped_count", "skipped_bytes"
    assert [getattr(back, name) for name in counts] == [getattr(transcript, name) for name in counts]
    back.close()
    transcript.close()


async def test_the_lines_are_for_other_tools_as_well(tmp_path: Path) -> None:
    await saved(conversation(2, Status(5, "none", (("t", "1"),))), tmp_path / "call.ndjson")
    head, *lines = [json.loads(line) for line in (tmp_path / "call.ndjson").read_text().splitlines()]
    assert (head["format"], head["version"], head["method"]) == ("wirelens-transcript", 1, "test.Service.Count")
    assert (head["pattern"], head["schema"], head["rows"]) == ("server_streaming", "call.binpb", 6)
    assert [line["kind"] for line in lines] == ["sent", "half_close", "headers", "message", "message", "status"]
    assert lines[2] == {"t_ms": 3.0, "kind": "headers", "metadata": [["h", "1"], ["h", "2"], ["h-bin", "AP8="]]}
    assert lines[3]["bytes"] == 7
    assert base64.b64decode(lines[3]["payload"]) == b"\x0a\x0500000"
    assert (lines[5]["code"], lines[5]["code_name"], lines[5]["message"]) == (5, "NOT_FOUND", "none")
    files = FileDescriptorSet.FromString((tmp_path / "call.binpb").read_bytes())
    assert [file.name for file in files.file] == ["test.proto"]


async def test_credentials_are_not_written_unless_asked(tmp_path: Path) -> None:
    transcript = Transcript()
    secret = (("authorization", "Bearer hush"), ("token-bin", b"hush"), ("plain", "shown"))
    transcript.add_headers(HeadersReceived(0, secret))
    transcript.add_finished(CallFinished(1, Status(0, "", secret)))
    call = await again(transcript, tmp_path)
    assert "hush" not in (tmp_path / "call.ndjson").read_text()
    assert base64.b64encode(b"hush").decode() not in (tmp_path / "call.ndjson").read_text()
    assert call.transcript.headers is not None
    redacted = (("authorization", "<redacted>"), ("token-bin", "<redacted>"), ("plain", "shown"))
    assert call.transcript.headers.metadata == redacted
    call = await again(transcript, tmp_path, show_secrets=True)
    assert call.transcript.headers is not None
    assert call.transcript.headers.metadata == secret


async def test_messages_that_were_not_kept_keep_time_and_size(tmp_path: Path) -> None:
    transcript = Transcript(memory_limit=1000, keep_bytes=2**20)
    for number in range(3000):
        transcript.add_received(number, b"%04d" % number * 256)
        if transcript.wants_spooling:
            transcript.spool()
    transcript.add_finished(CallFinished(3000, OK))
    call = await again(transcript, tmp_path)
    back, first = call.transcript, transcript.first_kept_row
    assert back.first_kept_row == first > 1000
    assert (back.size(0), back.at(7), back.received_bytes) == (1024, 7, 3000 * 1024)
    assert [back.payload(row) for row in (first, 2999)] == [transcript.payload(row) for row in (first, 2999)]
    with pytest.raises(TranscriptError, match="no longer kept when the call was saved"):
        back.payload(first - 1)
    back.close()
    transcript.close()


async def test_a_call_that_still_runs_is_saved_as_far_as_it_is(tmp_path: Path) -> None:
    call = await again(conversation(status=None), tmp_path)
    assert call.problem is None
    assert call.transcript.finished is not None
    assert call.transcript.finished.status.message == "the call still ran when it was saved"
    assert call.transcript.received_count == 3


async def test_a_large_schema_is_saved_as_far_as_the_method_needs_it(tmp_path: Path) -> None:
    for more, expected in ((10, {"test.proto", "other.proto"}), (5000, {"test.proto"})):
        schema = made_schema(more=more)
        path = await save_transcript(conversation(), METHOD, schema, tmp_path / f"{more}.ndjson", target="")
        files = FileDescriptorSet.FromString(path.read_bytes())
        assert {file.name for file in files.file} == expected


# -- files ---------------------------------------------------------------------------------------------------------


async def test_a_schema_takes_the_place_of_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "call.binpb").write_bytes(b"somebody's own")
    schema_path = await saved(conversation(), tmp_path / "call.ndjson")
    assert schema_path.name == "call-2.binpb"
    assert (tmp_path / "call.binpb").read_bytes() == b"somebody's own"
    assert (await open_transcript(tmp_path / "call.ndjson")).schema.method("test.Service/Count") == METHOD
    assert await saved(conversation(), tmp_path / "call.ndjson") == schema_path  # its own it replaces
    assert (await saved(conversation(), tmp_path / "other.binpb")).name == "other-2.binpb"


async def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as refused:
        await saved(conversation(), tmp_path / "none" / "call.ndjson")
    assert refused.value.next_step == "choose a folder that is there"
    (tmp_path / "call.ndjson").write_text("before")
    (tmp_path / "call.binpb").mkdir()
    (tmp_path / "call-2.binpb").write_text("taken")
    await saved(conversation(), tmp_path / "call.ndjson")
    assert {path.name for path in tmp_path.iterdir()} == {"call.ndjson", "call.binpb", "call-2.binpb", "call-3.binpb"}


async def test_one_file_is_saved_twice_at_the_same_time(tmp_path: Path) -> None:
    first, second = conversation(5000), conversation(6000)
    await asyncio.gather(*(saved(transcript, tmp_path / "call.ndjson") for transcript in (first, second)))
    call = await open_transcript(tmp_path / "call.ndjson")
    assert call.problem is None
    assert call.transcript.received_count in (5000, 6000)
    for transcript in (first, second, call.transcript):
        transcript.close()
    assert {path.name for path in tmp_path.iterdir()} == {"call.ndjson", "call.binpb"}


async def test_progress_and_cancelling(tmp_path: Path) -> None:
    transcript = conversation(20_000)
    told: list[tuple[int, int]] = []
    await saved(transcript, tmp_path / "call.ndjson", on_progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (20_004, 20_004)
    assert len(told) > 5
    told.clear()
    call = await open_transcript(tmp_path / "call.ndjson", on_progress=lambda done, total: told.append((done, total)))
    assert len(told) > 5
    assert 0 < told[0][0] < told[-1][0] <= told[-1][1] == (tmp_path / "call.ndjson").stat().st_size
    call.transcript.close()
    before = (tmp_path / "call.ndjson").read_bytes()

    async def cancelled_while(work: Callable[[Callable[[int, int], None]], Any]) -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work(lambda _done, _total: task.cancel()))
        assert task.cancelled()

    await cancelled_while(lambda progress: saved(conversation(9), tmp_path / "call.ndjson", on_progress=progress))
    await cancelled_while(lambda progress: open_transcript(tmp_path / "call.ndjson", on_progress=progress))
    assert (tmp_path / "call.ndjson").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
    transcript.close()


# -- files that are not right ----------------------------------------------------------------------------------------


async def broken(tmp_path: Path, change: Callable[[list[bytes]], None]) -> SavedCall:
    """A file of a conversation whose lines were changed."""
    path = tmp_path / "call.ndjson"
    transcript = conversation()
    transcript.encodings = {"gzip": CompressedTotals(3, 900, 21)}
    await saved(transcript, path)
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))
    return await open_transcript(path)


def line(**fields: object) -> bytes:
    return json.dumps({"t_ms": 1, **fields}).encode() + b"\n"


@pytest.mark.parametrize(
    ("put", "cause"),
    [
        (b"{\n", "no JSON"),
        (b'{"t_ms":1', "no JSON"),
        (b"[1]\n", "no JSON object"),
        (b"\xff\xfe\n", "no JSON"),
        (b"[" * 100_000 + b"\n", "no JSON"),
        (line(kind="noise"), "'noise'"),
        (b'{"kind":"half_close"}\n', "t_ms is missing"),
        (b'{"kind":"half_close","t_ms":1e999}\n', "t_ms is no number"),
        (b'{"kind":"half_close","t_ms":' + b"9" * 400 + b"}\n", "t_ms is no number"),
        (line(kind="message", bytes=3, payload="AAAA" * 2), "6 bytes where 3"),
        (line(kind="message", bytes=3, payload="A!"), "no base64"),
        (line(kind="message", payload="AAAA"), "bytes is missing"),
        (line(kind="message", bytes=-1), "bytes is no whole number"),
        (line(kind="message", bytes=2**60), "bytes is no whole number"),
        (line(kind="message", bytes=1, payload="AA==", number=1), "message 1 comes after message 2"),
        (line(kind="headers", metadata=[["a"]]), "no list of pairs"),
        (line(kind="headers", metadata=[["a-bin", "!"]]), "metadata a-bin is no base64"),
        (line(kind="status", code=True, message=""), "code is no whole number"),
        (line(kind="status", code=0), "message is missing"),
    ],
)
async def test_a_broken_line_is_named_and_what_stands_before_is_there(tmp_path: Path, put: bytes, cause: str) -> None:
    call = await broken(tmp_path, lambda lines: lines.__setitem__(6, put))  # the third message
    assert call.problem is not None
    assert cause in call.problem.message
    assert call.problem.place.endswith("call.ndjson:7")
    assert "5 events before" in call.problem.next_step
    assert call.transcript.received_count == 2
    assert call.transcript.payload(4) == b"\x0a\x0500001"
    assert call.transcript.finished is not None
    assert cause in call.transcript.finished.status.message


async def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    call = await broken(tmp_path, lambda lines: lines.__delitem__(slice(-2, None)))
    assert call.problem is not None
    assert "cut off: 5 of 7 events" in call.problem.message
    assert call.transcript.encodings is None  # it was told of all three messages
    call = await broken(tmp_path, lambda lines: lines.__setitem__(-1, lines[-1][:20]))
    assert call.problem is not None
    assert call.problem.message == "the line is cut off"
    assert call.transcript.received_count == 3


async def test_an_event_after_the_end(tmp_path: Path) -> None:
    call = await broken(tmp_path, lambda lines: lines.append(lines[-1]))
    assert call.problem is not None
    assert "after the call's end" in call.problem.message
    assert call.transcript.finished == CallFinished(9.5, OK)


def head_with(**fields: object) -> bytes:
    head = {
        "format": "wirelens-transcript",
        "version": 1,
        "schema": "a.binpb",
        "method": "a.B/C",
        "target": "",
        "rows": 0,
    }
    return json.dumps(head | fields).encode() + b"\n"


@pytest.mark.parametrize(
    ("head", "cause", "next_step"),
    [
        (b"", "no transcript of a call", "--save"),
        (b"some text\n", "no transcript of a call", "--save"),
        (b'{"format": "other"}\n', "no transcript of a call", "--save"),
        (b'{"format": "wirelens-transcript", "version": 2}\n', "version 2, written by a newer Wirelens", "update"),
        (b'{"format": "wirelens-transcript"}\n', "no version", ""),
        (b'{"format": "wirelens-transcript", "version": 1}\n', "schema is missing", ""),
        (b'{"format": "wirelens-transcript", "version": 1, "schema": "../x.binpb"}\n', "no file's name", ""),
        (head_with(encodings=["gzip"]), "encodings is no object of objects", ""),
        (head_with(encodings={"": {"count": 1}}), "encodings has '', which is no name", ""),
        (head_with(encodings={"\u202e" * 9000: {}}), "which is no name", ""),
        (head_with(encodings={"gzip": 3}), "encodings is no object of objects", ""),
        (head_with(encodings={"gzip": {"count": -1}}), "count is no whole number", ""),
        (head_with(encodings={"gzip": {"count": 1, "bytes": 2}}), "sent_bytes is missing", ""),
    ],
)
async def test_a_file_of_something_else(tmp_path: Path, head: bytes, cause: str, next_step: str) -> None:
    (tmp_path / "call.ndjson").write_bytes(head)
    with pytest.raises(TranscriptError) as refused:
        await open_transcript(tmp_path / "call.ndjson")
    assert cause in refused.value.message
    assert next_step in refused.value.next_step
    assert refused.value.place.endswith("call.ndjson:1")


async def test_what_is_missing_beside_it(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="No such file"):
        await open_transcript(tmp_path / "none.ndjson")
    schema_path = await saved(conversation(), tmp_path / "call.ndjson")
    schema_path.write_bytes(b"no set")
    with pytest.raises(DescriptorSetError, match="no descriptor set"):
        await open_transcript(tmp_path / "call.ndjson")
    schema_path.write_bytes(schema_path.read_bytes())
    await save_transcript(conversation(), METHOD, made_schema("other"), tmp_path / "wrong.ndjson", target="")
    with pytest.raises(UnknownSymbolError, match=r"test\.Service"):
        await open_transcript(tmp_path / "wrong.ndjson")
    schema_path.unlink()
    with pytest.raises(TranscriptError) as refused:
        await open_transcript(tmp_path / "call.ndjson")
    assert refused.value.next_step == "put call.binpb beside call.ndjson"


_FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from tests.engine.calls.test_transcript_file import StorageError, conversation, saved
transcript = conversation(20_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    asyncio.run(saved(transcript, Path(sys.argv[3]) / "call.ndjson"))
except StorageError as error:
    print(error.one_line())
print(transcript.payload(19_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_full_disk_leaves_no_half_a_file(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(root / "app"), str(root), str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "File too large" in done.stdout, done.stderr
    assert "18997" in done.stdout
    assert list(tmp_path.iterdir()) == []


async def test_what_is_opened_may_be_looked_at_row_by_row(tmp_path: Path) -> None:
    transcript = conversation(5000)
    call = await again(transcript, tmp_path)
    transcript.close()
    rows = [row for row in range(len(call.transcript)) if call.transcript.kind(row) is EventKind.RECEIVED]
    event = call.transcript.event(rows[4321])
    assert isinstance(event, MessageReceived)
    assert call.schema.message_class(call.method.response).FromString(event.payload).text == "04321"  # type: ignore[attr-defined]
    call.transcript.close()
