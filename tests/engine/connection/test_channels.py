"""A connection's channels: opened when used, through a proxy or not, all closed at the end."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import grpc
import grpc.aio
import pytest

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.errors import CallStateError


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server that knows no method."""
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(None)


@pytest.fixture
async def tunnels(port: int) -> AsyncIterator[list[str]]:
    """A CONNECT proxy before that server, announced in the environment; gives the names it was asked for."""
    asked: list[str] = []

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split()[1].decode())
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(reader, server_writer))
            group.create_task(_copy(server_reader, writer))

    proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"http://me:hunter2@127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        yield asked
    proxy.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65536):
        writer.write(content)
    writer.close()


async def code_of(connection: Connection) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await connection.aio_channel.unary_unary("/none.Such/Method")(b"", timeout=5)
    return ended.value.code()


async def test_a_proxy_is_used_and_shown_without_its_password(tunnels: list[str]) -> None:
    connection = Connection(parse_target("grpc://server.test:50051"))
    shown = connection.proxy()
    assert shown is not None
    assert shown.startswith("http://127.0.0.1:")
    assert "hunter2" not in shown
    assert await code_of(connection) is grpc.StatusCode.UNIMPLEMENTED
    assert tunnels == ["server.test:50051"]
    await connection.close()


async def test_loopback_ignores_proxies(tunnels: list[str], port: int) -> None:
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    assert connection.proxy() is None
    assert await code_of(connection) is grpc.StatusCode.UNIMPLEMENTED
    assert tunnels == []
    await connection.close()


async def test_a_proxy_can_be_switched_off(tunnels: list[str]) -> None:
    connection = Connection(parse_target("grpc://server.test:50051", use_proxy=False))
    assert connection.proxy() is None
    assert await code_of(connection) is grpc.StatusCode.UNAVAILABLE
    assert tunnels == []
    await connection.close()


@pytest.mark.parametrize(
    ("exempt", "used"), [("server.test", False), (" .test, other", False), ("10.0.0.0/8", True), ("", True)]
)
async def test_no_proxy_names_hosts_by_suffix(exempt: str, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "127.0.0.1:3128")
    monkeypatch.setenv("no_proxy", exempt)
    assert bool(Connection(parse_target("grpc://server.test:50051")).proxy()) is used


async def test_no_proxy_names_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("grpc_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv("no_grpc_proxy", "10.0.0.0/8")
    assert Connection(parse_target("grpc://10.1.2.3:50051")).proxy() is None
    assert Connection(parse_target("grpc://11.1.2.3:50051")).proxy() == "http://127.0.0.1:3128"


async def test_each_channel_is_opened_once_and_only_when_used(port: int) -> None:
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    assert connection.aio_channel is connection.aio_channel
    assert connection.sync_channel is connection.sync_channel
    await connection.close()


async def test_a_closed_connection_is_not_used_again(port: int) -> None:
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    await connection.close()
    await connection.close()
    assert connection.is_closed
    with pytest.raises(CallStateError, match="closed"):
        _ = connection.aio_channel
    with pytest.raises(CallStateError, match="closed"):
        _ = connection.sync_channel


async def test_a_server_that_comes_up_later_is_found_soon() -> None:
    """grpcio alone would wait a second and more before it tries again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    assert await code_of(connection) is grpc.StatusCode.UNAVAILABLE
    server = grpc.aio.server()
    assert server.add_insecure_port(f"127.0.0.1:{port}") == port
    await server.start()
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await connection.aio_channel.unary_unary("/none.Such/Method")(b"", timeout=3, wait_for_ready=True)
    assert ended.value.code() is grpc.StatusCode.UNIMPLEMENTED
    await connection.close()
    await server.stop(None)


@pytest.mark.parametrize("channel", ["aio_channel", "sync_channel"])
async def test_a_server_may_send_four_mebibytes_ahead_and_no_more_when_the_reader_is_busy(channel: str) -> None:
    told: asyncio.Queue[dict[int, int]] = asyncio.Queue()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        head = await reader.readexactly(9)  # SETTINGS: RFC 9113, 6.5
        assert head[3] == 4
        settings = await reader.readexactly(int.from_bytes(head[:3], "big"))
        told.put_nowait(dict(struct.iter_unpack(">HI", settings)))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    connection = Connection(parse_target(f"127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    if channel == "aio_channel":
        connection.aio_channel.get_state(try_to_connect=True)
    else:
        connection.sync_channel.subscribe(lambda _state: None, try_to_connect=True)
    async with asyncio.timeout(10):
        assert (await told.get())[0x4] == 4 * 2**20  # SETTINGS_INITIAL_WINDOW_SIZE
    await connection.close()
    server.close()
