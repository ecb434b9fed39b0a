"""Where request messages come from: `-d JSON`, `-d @FILE`, or live from standard input with `-d -`."""

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from google.protobuf.message import EncodeError

from wirelens.engine.errors import JsonError, MessageError, UsageError, WirelensError
from wirelens.engine.messages.json_text import MessageSplitter, TextSlice
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method

_CHUNK = 64 * 1024
_CHUNKS_AHEAD = 16


class RequestMessages:
    """The request messages of one call, serialized, as they become available.

    What stands in the argument or in a file is checked wholly before anything is sent; standard input is read as it
    comes, or to its end where the method takes one message only.
    """

    def __init__(self, data: str | None, method: Method, schema: Schema) -> None:
        self._data = data
        self._method = method
        self._schema = schema
        self._descriptor = schema.descriptor(method.request)
        self._ready: list[bytes] = []

    async def prepare(self) -> None:
        """Reads and checks what can be read before the call begins.

        Raises:
            UsageError: a file that cannot be read, or several messages for a method that takes one.
            MessageError: a mistake in a message, with its place.
        """
        if self._is_live:
            return
        if self._data == "-":
            text = "".join([chunk async for chunk in _standard_input()])
            self._ready = list(self._parsed_wholly(text, "<stdin>"))
        elif self._data is not None and self._data.startswith("@"):
            text = await asyncio.to_thread(_read_file, Path(self._data[1:]))
            self._ready = list(self._parsed_wholly(text, self._data[1:]))
        else:
            self._ready = list(self._parsed_wholly(self._data or "", "-d"))
        if self._method.pattern.client_streams:
            return
        if len(self._ready) > 1:
            raise UsageError(
                f"{len(self._ready)} messages are given, and {self._method.full_name} takes one request message",
                place="-d",
            )
        if not self._ready:
            self._ready = [self._serialized_empty()]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not self._is_live:
            for payload in self._ready:
                yield payload
            return
        splitter = MessageSplitter()
        async for chunk in _standard_input():
            for piece in splitter.feed(chunk):
                yield self._serialized(piece, "<stdin>")
        for piece in splitter.close():
            yield self._serialized(piece, "<stdin>")

    @property
    def _is_live(self) -> bool:
        return self._data == "-" and self._method.pattern.client_streams

    def _parsed_wholly(self, text: str, source: str) -> Iterator[bytes]:
        splitter = MessageSplitter()
        for piece in [*splitter.feed(text), *splitter.close()]:
            yield self._serialized(piece, source)

    def _serialized(self, piece: TextSlice, source: str) -> bytes:
        try:
            message = message_from_json(piece.text, self._descriptor, self._schema)
        except JsonError as error:
            raise _with_place(error, piece, source) from None
        try:
            payload: bytes = message.SerializeToString()
        except EncodeError as error:  # proto2: a required field is not set
            raise MessageError(str(error), place=f"{source}:{piece.line}:{piece.column}") from None
        return payload

    def _serialized_empty(self) -> bytes:
        return self._serialized(TextSlice("{}", 1, 1), "-d")


def _with_place(error: JsonError, piece: TextSlice, source: str) -> WirelensError:
    """The same mistake with its place in the whole source, which began before this message."""
    line = piece.line + error.line - 1
    column = error.column + (piece.column - 1 if error.line == 1 else 0)
    path = f" {error.field_path}" if error.field_path else ""
    return MessageError(error.message, place=f"{source}:{line}:{column}{path}", next_step=error.next_step)


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror or error}", place=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"is not UTF-8 text: {error}", place=str(path)) from error


async def _standard_input() -> AsyncIterator[str]:
    """Standard input's text as it comes, at most some chunks ahead of whoever takes it."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes | OSError] = asyncio.Queue()
    room = threading.Semaphore(_CHUNKS_AHEAD)

    def read() -> None:
        # On a daemon thread and below sys.stdin's lock: nothing can interrupt a read from a terminal.
        while True:
            room.acquire()
            try:
                chunk: bytes | OSError = os.read(sys.stdin.fileno(), _CHUNK)
            except OSError as error:
                chunk = error
            try:
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            except RuntimeError:  # the loop is closed: the call has ended before its input
                return
            if not chunk or isinstance(chunk, OSError):
                return

    threading.Thread(target=read, name="standard input", daemon=True).start()
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    while True:
        chunk = await chunks.get()
        room.release()
        if isinstance(chunk, OSError):
            raise UsageError(f"cannot be read: {chunk.strerror}", place="<stdin>")
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise UsageError(f"is not UTF-8 text: {error}", place="<stdin>") from error
        if text:
            yield text
        if not chunk:
            return
