"""A server that writes HTTP/2 frames as a test dictates them: what no honest gRPC server would send.

https://www.rfc-editor.org/rfc/rfc9113 (frames), rfc7541 (headers; only literals, nothing is decoded).
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_WINDOW = 65_535  # bytes of DATA that a client may send on a stream until a WINDOW_UPDATE, which never comes here


def message(payload: bytes, *, length: int | None = None, compressed: int = 0) -> bytes:
    """A length-prefixed gRPC message; `length` is what the prefix claims, if not the truth."""
    return struct.pack(">BI", compressed, len(payload) if length is None else length) + payload


class Exchange:
    """One request and what is answered to it. `header_block` is what the client sent, as HPACK."""

    def __init__(self, writer: asyncio.StreamWriter, stream: int, header_block: bytes) -> None:
        self.header_block = header_block
        self._writer = writer
        self._stream = stream
        self.request_ended = asyncio.Event()
        self.window_filled = asyncio.Event()  # what the client sends from now on waits for flow control
        self._read = 0

    def headers(self, *fields: tuple[str, str]) -> None:
        self._fields([(":status", "200"), ("content-type", "application/grpc"), *fields], 0)

    def data(self, content: bytes) -> None:
        self._write(_DATA, 0, content)

    def trailers(self, status: int | str, *fields: tuple[str, str]) -> None:
        self._fields([("grpc-status", str(status)), *fields], _END_STREAM)

    def trailers_only(self, status: int | str, *fields: tuple[str, str]) -> None:
        first = [(":status", "200"), ("content-type", "application/grpc")]
        self._fields([*first, ("grpc-status", str(status)), *fields], _END_STREAM)

    def raw_headers(self, *fields: tuple[str, str], end: bool = False) -> None:
        self._fields(list(fields), _END_STREAM if end else 0)

    def reset(self, error: int) -> None:
        self._write(_RST_STREAM, 0, struct.pack(">I", error))

    async def die(self) -> None:
        """Closes the socket once what was written is on its way."""
        await self._writer.drain()
        self._writer.close()

    def count(self, size: int) -> None:
        """So many bytes of DATA have come."""
        self._read += size
        if self._read >= _WINDOW:
            self.window_filled.set()

    def _fields(self, fields: list[tuple[str, str]], flags: int) -> None:
        block = b"".join(
            bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode() for name, value in fields
        )
        self._write(_HEADERS, flags | _END_HEADERS, block)

    def _write(self, kind: int, flags: int, payload: bytes) -> None:
        self._writer.write(frame(kind, flags, self._stream, payload))


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


Script = Callable[[Exchange], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw_server(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The address of a server that hands each connection to `serve`; at the end all of them are cut and awaited."""
    open_connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
    is_over = False

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if is_over:  # it came at the last moment
            writer.transport.abort()
            return
        task: asyncio.Task[None] = asyncio.current_task()  # type: ignore[assignment]
        open_connections[task] = writer
        try:
            await serve(reader, writer)
        except* (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test has ended
        finally:
            writer.transport.abort()
            del open_connections[task]

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        is_over = True
        # What asyncio is just accepting gets to `accept` first: Server.close() would lose it, socket and all.
        asyncio.get_running_loop().remove_reader(server.sockets[0].fileno())
        for _turn in range(4):
            await asyncio.sleep(0)
        server.close()
        while open_connections:
            tasks = list(open_connections)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for _turn in range(4):  # in which asyncio closes the sockets of what was aborted
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def frame_server(script: Script) -> AsyncIterator[str]:
    """The address of a server that runs `script` for each request as soon as its headers are there."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.TaskGroup() as group:
            await _read(reader, writer, script, group)

    async with raw_server(serve) as address:
        yield address


async def _read(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, script: Script, group: asyncio.TaskGroup
) -> None:
    exchanges: dict[int, Exchange] = {}
    await reader.readexactly(len(_PREFACE))
    writer.write(frame(_SETTINGS, 0, 0))
    scripts: list[asyncio.Task[None]] = []
    try:
        while True:
            head = await reader.readexactly(9)
            length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big")
            payload = await reader.readexactly(length)
            if kind == _SETTINGS and not flags & _ACK:
                writer.write(frame(_SETTINGS, _ACK, 0))
            elif kind == _PING and not flags & _ACK:
                writer.write(frame(_PING, _ACK, 0, payload))
            elif kind == _HEADERS:
                exchanges[stream] = Exchange(writer, stream, payload)
                scripts.append(group.create_task(_run(script, exchanges[stream])))
            elif kind == _DATA:
                exchanges[stream].count(length)
            if kind in (_HEADERS, _DATA) and flags & _END_STREAM:
                exchanges[stream].request_ended.set()
    finally:
        for task in scripts:
            task.cancel()


async def _run(script: Script, exchange: Exchange) -> None:
    await script(exchange)
