"""Reflection with servers that are not reached: what went wrong and what to do, from real servers."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from tests.engine.connection.certificates import Authority, Issued

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import TlsSettings, parse_target
from wirelens.engine.errors import ReflectionError
from wirelens.engine.schema.reflection import load_by_reflection


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@contextlib.asynccontextmanager
async def serving(issued: Issued | None, *, clients: Authority | None = None) -> AsyncIterator[int]:
    """A server's port: plaintext without a certificate; with `clients` it wants a certificate of theirs."""
    server = grpc.aio.server()
    if issued is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        roots = clients.ca_file.read_bytes() if clients else None
        pair = (issued.key_pem, issued.certificate_pem)
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair], roots, clients is not None))
    await server.start()
    yield port
    await server.stop(None)


async def refusal(address: str, tls: TlsSettings | None = None) -> ReflectionError:
    connection = Connection(parse_target(address, tls=tls or TlsSettings()))
    try:
        with pytest.raises(ReflectionError) as refused:
            await load_by_reflection(connection)
    finally:
        await connection.close()
    assert refused.value.code is grpc.StatusCode.UNAVAILABLE
    assert refused.value.message.startswith("no connection: ")
    return refused.value


async def test_a_certificate_that_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    async with serving(authority.issue("server")) as port:
        other = Authority(tmp_path, "other")
        error = await refusal(f"grpcs://localhost:{port}", TlsSettings(ca_file=other.ca_file))
    assert "CERTIFICATE_VERIFY_FAILED" in error.message
    assert "--cacert" in error.next_step


async def test_a_certificate_for_another_name(authority: Authority) -> None:
    async with serving(authority.issue("server", ["other.example"])) as port:
        error = await refusal(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert "--server-name" in error.next_step


async def test_tls_to_a_plaintext_server(authority: Authority) -> None:
    async with serving(None) as port:
        error = await refusal(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert "grpc://" in error.next_step


async def test_plaintext_to_a_tls_server(authority: Authority) -> None:
    async with serving(authority.issue("server")) as port:
        error = await refusal(f"127.0.0.1:{port}")
    assert error.message == "no connection: Socket closed"
    assert "grpcs://" in error.next_step


async def test_a_server_that_wants_a_client_certificate(authority: Authority) -> None:
    async with serving(authority.issue("server"), clients=authority) as port:
        error = await refusal(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert "--cert" in error.next_step


async def test_nobody_there() -> None:
    error = await refusal("127.0.0.1:1")
    assert error.one_line().startswith("127.0.0.1:1: no connection: Connection refused (nothing listens there: ")
    assert "spelt" in (await refusal("grpc://no-such-host.invalid:80")).next_step
