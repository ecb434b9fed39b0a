"""Writes the messages in some rows of a transcript, piece by piece, so that a window can go on meanwhile."""

import base64
import csv
import io
import json
import struct
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import TranscriptError
from wirelens.engine.message_export.csv_columns import FIRST_COLUMNS, MOST_COLUMNS, UNREAD, CsvColumns
from wirelens.engine.message_export.destinations import Destination
from wirelens.engine.message_export.formats import MessageFormat
from wirelens.engine.messages.json_writing import MessageWriter
from wirelens.engine.messages.wire.values import varint
from wirelens.engine.schema.schema import Schema

LARGEST_DECODED = 8 * 2**20  # bytes; the interpreter stands still while a message is parsed, this one for some 40 ms
_BLOCK = 3 * 2**18  # bytes written as text at a time; divisible by three, as base64 wants it
_GATHERED = 64 * 1024  # bytes that are handed on together
_INDENT = 2
_WORDS = {EventKind.SENT: "sent", EventKind.RECEIVED: "received"}


class MessageExport:
    """The export of the messages among `rows`; rows that are none are passed over.

    A message that cannot be decoded, or is too large to be, keeps its place in JSON, NDJSON and CSV with its bytes in
    base64; one that is no longer kept is left out. `notes` tells of each. Several threads may not step at once.

    Args:
        rows: rows of the transcript in order; they are asked for one after the other.
        types: the message types of SENT and of RECEIVED rows.
    """

    def __init__(
        self,
        transcript: Transcript,
        rows: Sequence[int],
        wanted: MessageFormat,
        types: Mapping[EventKind, Descriptor],
        schema: Schema,
        destination: Destination,
    ) -> None:
        self._transcript = transcript
        self._rows = rows
        self._wanted = wanted
        self._types = types
        self._schema = schema
        self._destination = destination
        self._writer = MessageWriter(schema)
        self._work = self._steps()
        self._columns_left_out = 0
        self.steps_done = 0
        self.steps_total = len(rows) * (2 if wanted is MessageFormat.CSV else 1)
        self.message_count = 0  # written so far
        self.undecodable_count = 0  # of these, those that are no messages of their type
        self.too_large_count = 0  # and those that are not decoded for their size
        self.missing_count = 0  # left out: no longer kept

    def step(self, seconds: float) -> bool:
        """Go on for so long; True once all is done. An error leaves nothing behind.

        Raises:
            WirelensError: the destination does not take it.
        """
        until = time.perf_counter() + seconds
        try:
            for _ in self._work:
                if time.perf_counter() >= until:
                    return False
            self._destination.finish()
        except BaseException:
            self._destination.abandon()
            raise
        return True

    def abandon(self) -> None:
        """Stop for good, and leave nothing behind."""
        self._work.close()
        self._destination.abandon()

    def notes(self) -> list[str]:
        """What is not as one would expect, a sentence each."""
        notes = []
        where = "with its bytes" if self._wanted is not MessageFormat.CSV else f"in the column “{UNREAD}”"
        if self.undecodable_count:
            notes.append(f"{_count(self.undecodable_count)} cannot be decoded: each stands there {where}.")
        if self.too_large_count:
            limit = LARGEST_DECODED // 2**20
            notes.append(f"{_count(self.too_large_count)} above {limit} MiB not decoded: each stands there {where}.")
        if self.missing_count:
            notes.append(f"{_count(self.missing_count)} left out: no longer kept.")
        if self._columns_left_out:
            notes.append(f"Fields beyond the first {MOST_COLUMNS:,} columns are left out.")
        return notes

    # -- inside

    def _steps(self) -> Generator[None, None, None]:
        write: dict[MessageFormat, Callable[[], Iterator[None]]] = {
            MessageFormat.JSON: self._write_json,
            MessageFormat.NDJSON: self._write_ndjson,
            MessageFormat.CSV: self._write_csv,
            MessageFormat.FILES: self._write_files,
        }
        yield from write.get(self._wanted, self._write_bytes)()

    def _messages(self) -> Iterator[tuple[int, bytes | None]]:
        """Each row with its bytes, None where it is to be passed over."""
        transcript = self._transcript
        for row in self._rows:
            payload = None
            if transcript.kind(row) in _WORDS:
                try:
                    payload = transcript.payload(row)
                    self.message_count += 1
                except TranscriptError:
                    self.missing_count += 1
            yield row, payload
            self.steps_done += 1

    def _decoded(self, row: int, payload: bytes) -> Message | str:
        """The message, or why there is none."""
        descriptor = self._types[self._transcript.kind(row)]
        if len(payload) > LARGEST_DECODED:
            self.too_large_count += 1
            return f"{len(payload)} bytes are too many to be decoded here"
        try:
            return GetMessageClass(descriptor).FromString(payload)
        except DecodeError:
            self.undecodable_count += 1
            return f"these bytes are no {descriptor.full_name}"

    def _json(self, row: int, payload: bytes, indent: int | None) -> Iterator[bytes]:
        """In pieces: Python's quick encoder would hold the interpreter for as long as a large message takes."""
        decoded = self._decoded(row, payload)
        if isinstance(decoded, str):
            yield f'{{"@why": {json.dumps(decoded)}, "@bytes": "'.encode()
            for start in range(0, len(payload), _BLOCK):
                yield base64.b64encode(payload[start : start + _BLOCK])
            yield b'"}'
            return
        value = self._writer.value(decoded)
        if len(payload) < _GATHERED:
            yield json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "replace")
            return
        pieces, size = list[str](), 0
        for piece in json.JSONEncoder(indent=indent, ensure_ascii=False).iterencode(value):
            pieces.append(piece)
            size += len(piece)
            if size >= _GATHERED:
                yield "".join(pieces).encode("utf-8", "replace")
                pieces, size = [], 0
        yield "".join(pieces).encode("utf-8", "replace")

    def _write_json(self) -> Iterator[None]:
        """One message as itself: only the second tells that it is to be an array."""
        write, first = self._destination.write, list[bytes]()
        count = 0
        for row, payload in self._messages():
            yield None
            if payload is None:
                continue
            count += 1
            if count == 1:
                for piece in self._json(row, payload, _INDENT):
                    first.append(piece)
                    yield None
                continue
            if count == 2:
                write(b"[\n  ")
                yield from self._indented(first)
                first.clear()
            write(b",\n  ")
            yield from self._indented(self._json(row, payload, _INDENT))
        for piece in first:
            write(piece)
        write(b"\n]" if count > 1 else b"")

    def _indented(self, pieces: "list[bytes] | Iterator[bytes]") -> Iterator[None]:
        """JSON has line breaks between its values only, never in them."""
        for piece in pieces:
            self._destination.write(piece.replace(b"\n", b"\n  "))
            yield None

    def _write_ndjson(self) -> Iterator[None]:
        for row, payload in self._messages():
            if payload is not None:
                for piece in self._json(row, payload, None):
                    self._destination.write(piece)
                    yield None
                self._destination.write(b"\n")
            yield None

    def _write_csv(self) -> Iterator[None]:
        columns, has_unread = CsvColumns(self._schema), False
        for row, payload in self._messages():
            if payload is not None:
                decoded = self._decoded(row, payload)
                if isinstance(decoded, str):
                    has_unread = True
                else:
                    columns.add(decoded)
            yield None
        self._columns_left_out = columns.left_out
        self.message_count = self.undecodable_count = self.too_large_count = self.missing_count = 0
        names = [*FIRST_COLUMNS, *columns.names]
        yield from self._write_record([*names, UNREAD] if has_unread else names)
        for row, payload in self._messages():
            if payload is not None:
                yield from self._write_record(self._record(row, payload, columns, has_unread))
            yield None

    def _record(self, row: int, payload: bytes, columns: CsvColumns, has_unread: bool) -> list[str]:
        transcript = self._transcript
        record = [
            str(transcript.message_number(row)),
            _WORDS[transcript.kind(row)],
            f"{transcript.at(row):.6f}",
            str(len(payload)),
        ]
        decoded = self._decoded(row, payload)
        if isinstance(decoded, str):
            return [*record, *("" for _ in columns.names), base64.b64encode(payload).decode()]
        record += columns.record(decoded)
        return [*record, ""] if has_unread else record

    def _write_record(self, record: list[str]) -> Iterator[None]:
        line = io.StringIO()
        csv.writer(line).writerow(record)
        self._destination.write(line.getvalue().encode("utf-8", "replace"))
        yield None

    def _write_files(self) -> Iterator[None]:
        transcript = self._transcript
        for row, payload in self._messages():
            if payload is not None:
                direction = _WORDS[transcript.kind(row)]
                self._destination.write(payload, f"{transcript.message_number(row):06d}-{direction}.bin")
            yield None

    def _write_bytes(self) -> Iterator[None]:
        """Nothing of the messages is read."""
        for _row, payload in self._messages():
            if payload is not None:
                if self._wanted is MessageFormat.GRPC_FRAMES:
                    self._destination.write(struct.pack(">BI", 0, len(payload)))
                elif self._wanted is MessageFormat.VARINT_DELIMITED:
                    self._destination.write(varint(len(payload)))
                for start in range(0, len(payload), _BLOCK):
                    self._destination.write(self._spelled(payload[start : start + _BLOCK]))
                    yield None
                if self._wanted.is_text:
                    self._destination.write(b"\n")
            yield None

    def _spelled(self, data: bytes) -> bytes:
        match self._wanted:
            case MessageFormat.BASE64:
                return base64.b64encode(data)
            case MessageFormat.HEX:
                return data.hex().encode()
        return data


def _count(count: int) -> str:
    return f"{count:,} message" if count == 1 else f"{count:,} messages"
