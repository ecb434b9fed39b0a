"""A real gRPC server whose methods take and give bare bytes, and short ways to call it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.events import CallFinished, Event
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.services import Method, Pattern


class Service(grpc.GenericRpcHandler):
    """Echo in each pattern, and what the tests need beside it. `seen` is the metadata of the last request.

    `called` tells the name of each method that is called, as it is.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str | bytes]] = []
        self.called: asyncio.Queue[str] = asyncio.Queue()
        self.cancelled = asyncio.Event()
        self.release = asyncio.Event()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        self.seen = [(name, value) for name, value in handler_call_details.invocation_metadata or ()]
        name = str(handler_call_details.method).rpartition("/")[2]
        self.called.put_nowait(name)
        makers = {
            "Echo": grpc.unary_unary_rpc_method_handler(self._echo),
            "Annotated": grpc.unary_unary_rpc_method_handler(self._annotated),
            "Refuse": grpc.unary_unary_rpc_method_handler(self._refuse),
            "Detailed": grpc.unary_unary_rpc_method_handler(self._detailed),
            "Hang": grpc.unary_unary_rpc_method_handler(self._hang),
            "Count": grpc.unary_stream_rpc_method_handler(self._count),
            "CountAndHang": grpc.unary_stream_rpc_method_handler(self._count_and_hang),
            "CountAndFail": grpc.unary_stream_rpc_method_handler(self._count_and_fail),
            "Early": grpc.unary_stream_rpc_method_handler(self._early_headers),
            "Join": grpc.stream_unary_rpc_method_handler(self._join),
            "Deaf": grpc.stream_unary_rpc_method_handler(self._deaf),
            "Chat": grpc.stream_stream_rpc_method_handler(self._chat),
            "Impatient": grpc.stream_stream_rpc_method_handler(self._impatient),
        }
        return makers.get(name)

    async def _echo(self, request: bytes, context: Any) -> bytes:
        return request

    async def _annotated(self, request: bytes, context: Any) -> bytes:
        await context.send_initial_metadata((("h", "1"), ("h", "2"), ("h-bin", b"\x00\xff")))
        context.set_trailing_metadata((("t", "1"), ("t", "2"), ("t-bin", b"\xff\x00"), ("t-bin", b"")))
        return request

    async def _refuse(self, request: bytes, context: Any) -> bytes:
        code = next(code for code in grpc.StatusCode if code.value[0] == request[0])
        await context.abort(code, request[1:].decode(), (("why", "asked"),))
        return b""

    async def _detailed(self, request: bytes, context: Any) -> bytes:
        packed = any_pb2.Any()
        packed.Pack(error_details_pb2.ErrorInfo(reason="REAL"))
        content = status_pb2.Status(code=5, message="none", details=[packed]).SerializeToString()
        await context.abort(grpc.StatusCode.NOT_FOUND, "none", (("grpc-status-details-bin", content),))
        return b""

    async def _hang(self, request: bytes, context: Any) -> bytes:
        await self._wait()
        return request

    async def _count(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        for number in range(int(request)):
            yield b"%d" % number

    async def _count_and_hang(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        try:
            for number in range(int(request)):
                yield b"%d" % number
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _count_and_fail(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        for number in range(int(request)):
            yield b"%d" % number
        await context.abort(grpc.StatusCode.DATA_LOSS, "lost the rest")

    async def _early_headers(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        await context.send_initial_metadata((("ready", "yes"),))
        await self.release.wait()
        yield b"late"

    async def _join(self, requests: AsyncIterator[bytes], context: Any) -> bytes:
        return b",".join([request async for request in requests])

    async def _deaf(self, requests: AsyncIterator[bytes], context: Any) -> bytes:
        await self._wait()
        return b""

    async def _chat(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        try:
            async for request in requests:
                yield request
        finally:
            self.cancelled.set()  # grpcio's server only ends the requests when the client cancels

    async def _impatient(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        async for request in requests:
            yield request
            await context.abort(grpc.StatusCode.ABORTED, "enough")

    async def _wait(self) -> None:
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


PATTERNS = {
    "Count": Pattern.SERVER_STREAMING,
    "CountAndHang": Pattern.SERVER_STREAMING,
    "CountAndFail": Pattern.SERVER_STREAMING,
    "Early": Pattern.SERVER_STREAMING,
    "Join": Pattern.CLIENT_STREAMING,
    "Deaf": Pattern.CLIENT_STREAMING,
    "Chat": Pattern.BIDI_STREAMING,
    "Impatient": Pattern.BIDI_STREAMING,
}


@contextlib.asynccontextmanager
async def serving(service: Service, address: str = "127.0.0.1:0", **options: Any) -> AsyncIterator[str]:
    """The address of a server of `service`."""
    server = grpc.aio.server(**options)
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port(address)
    await server.start()
    yield f"127.0.0.1:{port}" if address.endswith(":0") else address
    await server.stop(None)


@contextlib.asynccontextmanager
async def connected(address: str, **options: Any) -> AsyncIterator[Connection]:
    connection = Connection(parse_target(address, **options))
    try:
        yield connection
    finally:
        await connection.close()


def method(name: str, pattern: Pattern | None = None) -> Method:
    return Method("test.Service", name, pattern or PATTERNS.get(name, Pattern.UNARY), "", "")


async def finished(
    connection: Connection,
    name: str,
    *messages: bytes,
    pattern: Pattern | None = None,
    transcript: Transcript | None = None,
    **options: Any,
) -> tuple[CallFinished, Transcript]:
    """Calls a method from its start to its end."""
    call = Call(connection, CallRequest(method(name, pattern), **options), transcript=transcript)
    for message in messages[: len(messages) if call.request.method.pattern.client_streams else 1]:
        await call.send(message)
    if call.request.method.pattern.client_streams:
        call.half_close()
    async with asyncio.timeout(10):
        return await call.run(), call.transcript


def kinds(transcript: Transcript) -> list[EventKind]:
    return [transcript.kind(row) for row in range(len(transcript))]


def events(transcript: Transcript) -> list[Event]:
    return [transcript.event(row) for row in range(len(transcript))]


def received(transcript: Transcript) -> list[bytes]:
    rows = range(len(transcript))
    return [transcript.payload(row) for row in rows if transcript.kind(row) is EventKind.RECEIVED]


def sent(transcript: Transcript) -> Sequence[bytes]:
    rows = range(len(transcript))
    return [transcript.payload(row) for row in rows if transcript.kind(row) is EventKind.SENT]
