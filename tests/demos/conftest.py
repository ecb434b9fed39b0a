"""Demo servers in this process and a client that knows only what reflection-like schemas tell."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import status_pb2

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.demos.service import DemoService, MessageTypes
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema


@dataclass
class Answer:
    """All of one call's answer."""

    code: str
    message: str
    replies: list[Any]
    headers: list[tuple[str, str | bytes]]
    trailers: dict[str, str | bytes]

    @property
    def reply(self) -> Any:
        assert self.code == "OK", f"{self.code}: {self.message}"
        assert len(self.replies) == 1
        return self.replies[0]

    @property
    def details(self) -> dict[str, bytes]:
        """Status details by their short type name."""
        raw = self.trailers.get("grpc-status-details-bin", b"")
        assert isinstance(raw, bytes)
        return {
            detail.type_url.rpartition(".")[2]: detail.value for detail in status_pb2.Status.FromString(raw).details
        }


class Client:
    """Calls methods of one service of a schema; requests are JSON-like dicts or messages."""

    def __init__(self, schema: Schema, service: str, address: str, channel: grpc.aio.Channel) -> None:
        self.schema = schema
        self.types = MessageTypes(schema, service.rpartition(".")[0])
        self.address = address
        self.channel = channel
        self._service = service

    def start(self, method: str, *, metadata: Sequence[tuple[str, str | bytes]] = (), timeout: float = 20) -> Any:
        """Starts a call of any pattern as a stream both ways, which is the same on the wire."""
        described = self.schema.method(f"{self._service}/{method}")
        call = self.channel.stream_stream(
            described.path,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.schema.message_class(described.response).FromString,
        )
        return call(metadata=tuple(metadata), timeout=timeout)

    def message(self, method: str, request: Any) -> Any:
        if not isinstance(request, dict):
            return request
        described = self.schema.method(f"{self._service}/{method}")
        message = self.schema.message_class(described.request)()
        return json_format.ParseDict(request, message, descriptor_pool=self.schema.pool)

    async def call(self, method: str, *requests: Any, metadata: Sequence[tuple[str, str | bytes]] = ()) -> Answer:
        """Sends all requests, half-closes and reads to the end."""
        call = self.start(method, metadata=metadata)
        replies: list[Any] = []
        try:
            for request in requests:
                await call.write(self.message(method, request))
            await call.done_writing()
        except (grpc.aio.AioRpcError, grpc.aio.UsageError):
            pass  # ended by the server: its status says why
        try:
            while (reply := await call.read()) is not grpc.aio.EOF:
                replies.append(reply)
        except grpc.aio.AioRpcError:
            pass
        return Answer(
            (await call.code()).name,
            await call.details() or "",
            replies,
            [(key, value) for key, value in await call.initial_metadata()],
            dict(await call.trailing_metadata()),
        )


Serve = Callable[..., Awaitable[Client]]


@pytest.fixture(scope="session")
def load_schema() -> Callable[[str], Awaitable[Schema]]:
    """The schema that a demo's server loads, once for all tests."""
    loaded: dict[str, Schema] = {}

    async def load(name: str) -> Schema:
        if name not in loaded:
            root = bundled.protos()
            loaded[name] = await load_proto_files([root / proto for proto in DEMOS[name].protos], [root])
        return loaded[name]

    return load


@pytest.fixture
async def serve(
    load_schema: Callable[[str], Awaitable[Schema]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Serve]:
    """Starts a demo by name, or with a service made by the test, and gives its client."""
    async with AsyncExitStack() as stack:

        async def start(name: str, make: Callable[[MessageTypes], DemoService] | None = None) -> Client:
            schema = await load_schema(name)
            if make is not None:
                demo = DEMOS[name]
                changed = type(demo)(demo.proto, demo.service, lambda types, options: make(types))
                monkeypatch.setitem(DEMOS, name, changed)
            return await stack.enter_async_context(_served(name, schema))

        yield start


@asynccontextmanager
async def _served(name: str, schema: Schema) -> AsyncIterator[Client]:
    server = await start_demo(name, schema, Options())
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
    channel = grpc.aio.insecure_channel(server.address, options=options)
    try:
        yield Client(schema, DEMOS[name].service, server.address, channel)
    finally:
        await channel.close()
        await server.stop(0)
