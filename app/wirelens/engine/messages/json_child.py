"""The JSON of a large message, made in a child process of this program: `wirelens --json-child`.

Parsing 100 MB holds the interpreter's lock for half a second and writing it as JSON takes a minute; neither happens in
the window's process. What the child writes comes piece by piece, so that one sees how far it is and can give it up.
"""

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as RuntimeDecodeError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.bundled import start_child
from wirelens.engine.errors import DecodeError
from wirelens.engine.messages.json_writing import MessageWriter
from wirelens.engine.messages.message_plan import SPECIAL_TYPES, descriptor_of
from wirelens.engine.messages.payload_beginning import shortened_payload
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema

_SAMPLE = 16 * 1024  # bytes; some 5 ms
_READ = 256 * 1024  # bytes of JSON that are handed over at a time
_LENGTH = struct.Struct("<Q")


def estimated_json_size(payload: Buffer, descriptor: Descriptor, schema: Schema) -> int | None:
    """About how many bytes the JSON of a message has, judged by its beginning; None where that is no message."""
    beginning = shortened_payload(payload, descriptor, _SAMPLE)
    try:
        message = GetMessageClass(descriptor).FromString(beginning)
    except RuntimeDecodeError:
        return None
    sample = len(message_to_json(message, schema).encode())
    return round(sample * len(payload) / len(beginning)) if beginning else sample


class JsonMaking:
    """One message being written as ProtoJSON; `run` belongs in a thread, `kill` may come from any."""

    def __init__(self, payload: Buffer, descriptor: Descriptor, schema: Schema, *, emit_defaults: bool = False) -> None:
        self._payload, self._descriptor, self._schema = payload, descriptor, schema
        self._emit_defaults = emit_defaults
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_killed = False
        self.size = 0  # bytes of JSON that there are so far

    def kill(self) -> None:
        """Give it up."""
        with self._lock:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()

    @property
    def is_killed(self) -> bool:
        return self._is_killed

    def run(self, take: Callable[[bytes], object]) -> None:
        """Make the JSON, as UTF-8 with two spaces of indentation, and hand it over piece by piece.

        Raises:
            DecodeError: the bytes are no such message, or the making was given up or has failed.
        """
        process = self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        # In a thread of its own: the child may write before it has read all.
        feeding = threading.Thread(target=self._feed, args=(process,), daemon=True)
        feeding.start()
        with process.stdout:
            while piece := process.stdout.read(_READ):
                self.size += len(piece)
                take(piece)
        feeding.join()
        if process.wait() != 0:
            name = self._descriptor.full_name
            reason = "was given up" if self._is_killed else f"failed: these bytes may be no {name}"
            raise DecodeError(f"making the JSON {reason}", next_step="Tree and Wire show what can be read")

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_killed:
                raise DecodeError("making the JSON was given up")
            try:
                self._process = start_child("--json-child")
            except OSError as error:
                raise DecodeError(f"making the JSON could not be started: {error.strerror}") from error
            return self._process

    def _feed(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        head = json.dumps({"type": self._descriptor.full_name, "defaults": self._emit_defaults}).encode()
        parts: list[Buffer] = [head, self._payload]
        for name, file in self._schema.files.items():
            parts += (name.encode(), file)
        try:
            with process.stdin as pipe:
                for part in parts:
                    pipe.write(_LENGTH.pack(len(part)))
                    pipe.write(part)
        except OSError:
            pass  # the child has ended, and how is what counts


def main() -> int:
    """The child: message and schema on standard input, JSON on standard output."""
    parts = _parts(sys.stdin.buffer.read())
    head = json.loads(bytes(next(parts)))
    payload = next(parts)
    files = {bytes(name).decode(): bytes(next(parts)) for name in parts}
    schema = Schema(FileTable(files), (), Origin("descriptor set"))
    try:
        message = schema.message_class(head["type"]).FromString(bytes(payload))
    except RuntimeDecodeError:
        return 1
    for piece in json_pieces(message, schema, emit_defaults=head["defaults"]):
        sys.stdout.buffer.write(piece.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
    return 0


def json_pieces(message: Message, schema: Schema, *, emit_defaults: bool = False) -> Iterator[str]:
    """What `message_to_json` makes, field by field and element by element."""
    writer = MessageWriter(schema, emit_defaults=emit_defaults)
    members = [] if descriptor_of(message).full_name in SPECIAL_TYPES else writer.members(message)
    if not members:
        yield message_to_json(message, schema, emit_defaults=emit_defaults)
        return
    opening = "{"
    for shape, value in members:
        yield f"{opening}\n  {_text(shape.json_name)}: "
        opening = ","
        if shape.is_repeated and shape.kind.is_message and len(value):
            before = "["
            for element in value:
                yield f"{before}\n    {_text(writer.value(element, 1), 4)}"
                before = ","
            yield "\n  ]"
        else:
            yield _text(writer.member(message, shape, value), 2)
    yield "\n}"


def _text(value: object, indentation: int = 0) -> str:
    """Within JSON's texts there are no line breaks, so that each one here begins a line of the whole."""
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n" + " " * indentation)


def _parts(data: bytes) -> Iterator[memoryview]:
    view, position = memoryview(data), 0
    while position < len(view):
        (length,) = _LENGTH.unpack_from(view, position)
        position += _LENGTH.size
        yield view[position : position + length]
        position += length
