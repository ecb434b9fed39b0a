import asyncio
from collections.abc import AsyncIterator

import grpc
import grpc.aio
import pytest

from wirelens.engine.connection.stream_writing import write_message


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server that knows no method at all: it ends every stream at once with UNIMPLEMENTED."""
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def test_a_stream_that_the_server_ends_during_a_write_keeps_the_servers_status(address: str) -> None:
    codes = set()
    async with grpc.aio.insecure_channel(address) as channel:
        for round_ in range(300):
            rpc = channel.stream_stream("/no.such.Service/Method")()
            try:
                for _message in range(1 + round_ % 3):
                    await write_message(rpc, b"x" * 100)
            except (grpc.aio.BaseError, asyncio.InvalidStateError, grpc.RpcError):
                pass
            codes.add(await rpc.code())
    assert codes == {grpc.StatusCode.UNIMPLEMENTED}
