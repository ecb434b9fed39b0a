"""grpcio's words about connections that cannot be made, from real servers that are as the sentence says."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from tests.engine.connection.certificates import Authority, Issued

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.faults import connection_fault
from wirelens.engine.connection.target import TlsSettings, parse_target


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
        credentials = grpc.ssl_server_credentials(
            [(issued.key_pem, issued.certificate_pem)], roots, clients is not None
        )
        port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    yield port
    await server.stop(None)


async def sentence(address: str, tls: TlsSettings | None = None) -> str:
    connection = Connection(parse_target(address, tls=tls or TlsSettings()))
    await connection.prepare()
    try:
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await connection.aio_channel.unary_unary("/none.Such/Method")(b"", timeout=5)
    finally:
        await connection.close()
    fault = connection_fault(ended.value.details() or "")
    assert fault is not None, ended.value.details()
    assert fault.next_step
    return fault.sentence


async def test_an_unknown_authority_and_an_expired_certificate_are_told_apart(authority: Authority) -> None:
    async with serving(authority.issue("server")) as port:
        said = await sentence(
            f"grpcs://localhost:{port}", TlsSettings(ca_file=Authority(Path(authority.ca_file).parent, "other").ca_file)
        )
    assert said.startswith("the server's certificate is not trusted: ")
    async with serving(authority.issue("old", days=-1)) as port:
        said = await sentence(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert said == "the server's certificate is not trusted: certificate has expired"


async def test_a_certificate_for_another_name(authority: Authority) -> None:
    async with serving(authority.issue("server", ["other.example"])) as port:
        said = await sentence(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert said == "the server's certificate is for another name"


async def test_tls_to_a_plaintext_server(authority: Authority) -> None:
    async with serving(None) as port:
        said = await sentence(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert said == "the server does not speak TLS there"


async def test_plaintext_to_a_tls_server(authority: Authority) -> None:
    async with serving(authority.issue("server")) as port:
        said = await sentence(f"127.0.0.1:{port}")
    assert said == "the server closed the connection before a call could be made"


async def test_a_server_that_wants_a_client_certificate(authority: Authority) -> None:
    async with serving(authority.issue("server"), clients=authority) as port:
        said = await sentence(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
    assert said == "the server closed the connection before a call could be made"


async def test_nobody_there(tmp_path: Path) -> None:
    assert await sentence("127.0.0.1:1") == "nothing listens there (connection refused)"
    assert await sentence(f"unix:{tmp_path}/none.sock") == "there is no such socket"
    assert await sentence("grpc://no-such-host.invalid:80") == "the host name is not known"


def test_other_statuses_are_left_as_they_are() -> None:
    assert connection_fault("the database is down") is None
    assert connection_fault("Stream removed (Socket closed)") is None
    assert connection_fault("") is None
