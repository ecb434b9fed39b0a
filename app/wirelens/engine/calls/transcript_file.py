"""A call's record as a file: one JSON line for each event, and the schema as a descriptor set beside it.

The first line names format, version, method, pattern, target, start, schema file, how answers were compressed where
that was seen, and how many events follow; transcript_lines has these. Other tools need nothing of Wirelens to read it.
"""

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar, TypeVarTuple

from wirelens import __version__
from wirelens.engine.calls.events import CallFinished, CompressedTotals, Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_lines import Fields, LineError, add_line, line_of
from wirelens.engine.errors import StorageError, TranscriptError, WirelensError
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
from wirelens.engine.schema.export import descriptor_set, write_whole, writing_whole
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method

FORMAT = "wirelens-transcript"
VERSION = 1
SUFFIX = ".ndjson"
SCHEMA_SUFFIX = ".binpb"

Progress = Callable[[int, int], None]  # what is done, of how much

# At a time: short enough for a window that shares the interpreter's lock with the thread.
_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 256 * 1024
_WHOLE_SCHEMA = 4 * 2**20  # bytes of .proto descriptors up to which an Any of any type stays readable
_LONGEST_HEAD = 2**20
_ENCODING_NAME = re.compile(r"[a-z0-9-]{1,20}")
_UNKNOWN = 2

_Result = TypeVar("_Result")
_Given = TypeVarTuple("_Given")


@dataclass(frozen=True, slots=True)
class SavedCall:
    """A call read from its file.

    Attributes:
        target: the server's address, as it was shown.
        schema_path: the descriptor set beside it.
        problem: what is wrong with the file from some line on; the transcript then has what stands before.
    """

    path: Path
    schema_path: Path
    transcript: Transcript
    method: Method
    schema: Schema
    target: str
    started_at: datetime | None
    problem: TranscriptError | None = None


async def save_transcript(
    transcript: Transcript,
    method: Method,
    schema: Schema,
    path: Path,
    *,
    target: str,
    show_secrets: bool = False,
    on_progress: Progress | None = None,
) -> Path:
    """Writes the rows that are there now to `path`, and the schema beside it; returns the schema's path.

    Each stands there whole or not at all, and what was there before until then; cancelling leaves nothing. Work is
    done in a thread; `on_progress` is called on the event loop with rows. The schema's name is `path`'s with .binpb,
    counted up where that is taken by something else.

    Raises:
        StorageError: a file cannot be written; what was there before is then still there.
        TranscriptError: a message cannot be read from the spool.
    """
    encodings = None if transcript.encodings is None else dict(transcript.encodings)  # of the same moment as the rows
    row_count = len(transcript)
    schema_data = await _in_thread(_schema_data, method, schema)
    schema_path = await _in_thread(_schema_path, path, schema_data)
    head = _head(transcript, method, target, schema_path.name, row_count, encodings)
    with writing_whole(path) as file:
        await _in_thread(file.write, json.dumps(head).encode() + b"\n")
        row = 0
        while row < row_count:
            row = await _in_thread(_write_some, file, transcript, row, row_count, show_secrets)
            if on_progress is not None:
                on_progress(row, row_count)
        was_there = schema_path.exists()
        try:
            await _in_thread(write_whole, schema_path, schema_data)
        except asyncio.CancelledError:
            if not was_there:
                schema_path.unlink(missing_ok=True)
            raise
    return schema_path


async def open_transcript(path: Path, *, on_progress: Progress | None = None) -> SavedCall:
    """Reads what save_transcript() wrote; its owner closes the transcript. `on_progress` gets bytes.

    A file that is broken or cut off further down gives what stands before, with the `problem`.

    Raises:
        TranscriptError: this is no such file, it is of a later version, or cannot be read or kept.
        SchemaError: its schema is missing or cannot be used.
    """
    size, head = await _in_thread(_read_head, path)
    schema_path = path.with_name(head.schema)
    if not await _in_thread(schema_path.is_file):
        raise TranscriptError(
            "the schema of this transcript is missing",
            place=str(schema_path),
            next_step=f"put {head.schema} beside {path.name}",
        )
    schema = await load_descriptor_sets([schema_path])
    method = schema.method(head.method)
    reading = _Reading(path, head)
    try:
        while await _in_thread(reading.read_some):
            if on_progress is not None:
                on_progress(reading.offset, size)
    except BaseException:
        reading.transcript.close()
        raise
    finally:
        reading.close()
    return SavedCall(
        path, schema_path, reading.transcript, method, schema, head.target, head.started_at, reading.problem
    )


async def _in_thread(work: Callable[[*_Given], _Result], *given: *_Given) -> _Result:
    """Waits for the thread's end also when cancelled: it has the file in its hands."""
    future = asyncio.get_running_loop().run_in_executor(None, work, *given)
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError:
        await asyncio.wait([future])
        future.exception()
        raise
    return future.result()


# -- writing -----------------------------------------------------------------------------------------------------


def _schema_data(method: Method, schema: Schema) -> bytes:
    """All of a schema that is not large, so that every Any stays readable; else what the method needs."""
    own_file = schema.file_of(method.service)
    is_small = sum(map(len, schema.files.values())) <= _WHOLE_SCHEMA
    return descriptor_set(schema, None if is_small or own_file is None else [own_file]).SerializeToString()


def _schema_path(path: Path, data: bytes) -> Path:
    """Never the place of a file that is not this transcript's."""
    replaced = ""
    if path.is_file():
        try:
            replaced = _read_head(path)[1].schema
        except WirelensError:
            pass
    number = 1
    while True:
        name = f"{path.stem}{f'-{number}' if number > 1 else ''}{SCHEMA_SUFFIX}"
        beside = path.with_name(name)
        if name != path.name:
            try:
                if name == replaced or not beside.exists() or (beside.is_file() and beside.read_bytes() == data):
                    return beside
            except OSError as error:
                raise StorageError(f"cannot be looked at: {error.strerror or error}", place=str(beside)) from error
        number += 1


def _head(
    transcript: Transcript,
    method: Method,
    target: str,
    schema: str,
    row_count: int,
    encodings: dict[str, CompressedTotals] | None,
) -> dict[str, object]:
    head: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "written_by": f"wirelens {__version__}",
        "method": method.full_name,
        "pattern": method.pattern.value,
        "target": target,
        "started_at": transcript.started_at.isoformat() if transcript.started_at is not None else None,
        "schema": schema,
        "rows": row_count,
    }
    if transcript.connected_at is not None:
        head |= {"connected_ms": transcript.connected_at * 1000, "was_connected": transcript.was_connected}
    if transcript.skipped_count:
        head |= {"skipped_count": transcript.skipped_count, "skipped_bytes": transcript.skipped_bytes}
    if encodings is not None:
        head["encodings"] = {
            name: {"count": totals.count, "sent_bytes": totals.sent_size, "bytes": totals.size}
            for name, totals in encodings.items()
        }
    return head


def _write_some(file: IO[bytes], transcript: Transcript, first: int, row_count: int, show_secrets: bool) -> int:
    """Writes the lines of some rows and gives the row to go on with."""
    beyond, size = first, 0
    while beyond < row_count and beyond - first < _ROWS_AT_ONCE and size < _BYTES_AT_ONCE:
        size += transcript.size(beyond)
        beyond += 1
    kept, payloads = _kept_payloads(transcript, first, beyond)
    there = itertools.chain(itertools.repeat(None, kept - first), payloads)
    lines = [line_of(transcript, first + at, payload, show_secrets=show_secrets) for at, payload in enumerate(there)]
    file.write("".join(lines).encode())
    return beyond


def _kept_payloads(transcript: Transcript, first: int, beyond: int) -> tuple[int, list[bytes]]:
    """From which of the rows on there are payloads, and these. A call that runs may give older ones up meanwhile."""
    while True:
        kept = min(max(first, transcript.first_kept_row), beyond)
        try:
            return kept, transcript.payloads(kept, beyond)
        except TranscriptError:
            if transcript.first_kept_row <= kept:
                raise


# -- reading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line."""

    method: str
    target: str
    schema: str
    started_at: datetime | None
    row_count: int
    skipped: tuple[int, int]
    connected_at: float | None
    was_connected: bool
    encodings: dict[str, CompressedTotals] | None


def _read_head(path: Path) -> tuple[int, _Head]:
    """The file's size, and its first line."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEAD)
            return path.stat().st_size, _head_of(line)
    except OSError as error:
        raise TranscriptError(f"the transcript cannot be read: {error.strerror or error}", place=str(path)) from error
    except LineError as error:
        raise TranscriptError(str(error), place=f"{path}:1", next_step=error.next_step) from None


def _head_of(line: bytes) -> _Head:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise LineError("this is no transcript of a call", next_step="wirelens call --save FILE writes one")
    version = head.get("version")
    if not isinstance(version, int) or version < 1:
        raise LineError("the transcript has no version")
    if version > VERSION:
        raise LineError(f"this transcript has version {version}, written by a newer Wirelens", next_step="update it")
    reader = Fields(head)
    schema = reader.text("schema")
    if schema != Path(schema).name or "\\" in schema or schema in ("", ".", ".."):
        raise LineError(f"the schema is to stand beside the transcript, and {schema!r} is no file's name")
    started = reader.text("started_at", optional=True)
    try:
        started_at = datetime.fromisoformat(started) if started else None
    except ValueError:
        raise LineError(f"started_at is no time: {started!r}") from None
    connected = reader.number("connected_ms", optional=True)
    return _Head(
        method=reader.text("method"),
        target=reader.text("target"),
        schema=schema,
        started_at=started_at,
        row_count=reader.count("rows"),
        skipped=(reader.count("skipped_count", optional=True), reader.count("skipped_bytes", optional=True)),
        connected_at=None if connected is None else connected / 1000,
        was_connected=head.get("was_connected") is True,
        encodings=None if head.get("encodings") is None else _encodings(head["encodings"]),
    )


def _encodings(found: object) -> dict[str, CompressedTotals]:
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise LineError("encodings is no object of objects")
    encodings = {}
    for name, each in found.items():
        if not _ENCODING_NAME.fullmatch(name):
            raise LineError(f"encodings has {name[:40]!r}, which is no name of one")
        reader = Fields(each)
        encodings[name] = CompressedTotals(reader.count("count"), reader.count("sent_bytes"), reader.count("bytes"))
    return encodings


class _Reading:
    """The lines behind the first, read into a transcript some at a time. For one thread at a time."""

    def __init__(self, path: Path, head: _Head) -> None:
        self.transcript = Transcript()
        self.problem: TranscriptError | None = None
        self.offset = 0  # bytes that are read
        self._path = path
        self._head = head
        self._number = 1  # of the line that was read last
        self._file: IO[bytes] | None = None
        self.transcript.started_at = head.started_at
        self.transcript.connected_at = head.connected_at
        self.transcript.was_connected = head.was_connected
        self.transcript.encodings = head.encodings

    def read_some(self) -> bool:
        """Reads on; False when that was the end.

        Raises:
            TranscriptError: what was read cannot be kept.
        """
        transcript = self.transcript
        try:
            if self._file is None:
                self._file = self._path.open("rb")
                self._file.readline()
            lines = itertools.islice(self._file, _ROWS_AT_ONCE)
            size = 0
            for line in lines:
                self._number += 1
                add_line(transcript, line)
                if transcript.wants_spooling:
                    transcript.spool()
                size += len(line)
                if size >= _BYTES_AT_ONCE:
                    break
            self.offset += size
            if not size:
                self._end()
            return bool(size)
        except OSError as error:
            self._break_off(f"the transcript cannot be read: {error.strerror or error}")
        except LineError as error:
            self._break_off(str(error))
        return False

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _end(self) -> None:
        transcript, head = self.transcript, self._head
        count, size = head.skipped
        if count > transcript.skipped_count or size > transcript.skipped_bytes:
            at = transcript.at(len(transcript) - 1) if len(transcript) else 0.0
            transcript.skip_received(
                at, max(size - transcript.skipped_bytes, 0), max(count - transcript.skipped_count, 0)
            )
        if len(transcript) < head.row_count:
            self._break_off(f"the file is cut off: {len(transcript):,} of {head.row_count:,} events are there")
        elif transcript.finished is None:
            self._finish("the call still ran when it was saved")

    def _break_off(self, cause: str) -> None:
        self.problem = TranscriptError(
            cause,
            place=f"{self._path}:{self._number}",
            next_step=f"the {len(self.transcript):,} events before can be read",
        )
        self.transcript.encodings = None  # they were told of all messages
        self._finish(f"how the call ended is not known: line {self._number} of its file: {cause}")

    def _finish(self, why: str) -> None:
        """A record without an end gets one that says so, since whoever reads it waits for one."""
        transcript = self.transcript
        if transcript.finished is None:
            at = transcript.at(len(transcript) - 1) if len(transcript) else 0.0
            transcript.add_finished(CallFinished(at, Status(_UNKNOWN, why)))
