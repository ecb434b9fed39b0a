"""Certificates: what is broken is refused by name before grpcio sees it, and what is right reaches a real server."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import grpc.aio
import pytest
from cryptography.hazmat.primitives import serialization
from tests.engine.connection.certificates import Authority, Issued

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import TlsSettings, parse_target
from wirelens.engine.connection.tls import system_roots
from wirelens.engine.errors import TlsSettingsError


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def client(authority: Authority) -> Issued:
    return authority.issue("client", ())


@contextlib.asynccontextmanager
async def serving(authority: Authority, issued: Issued, *, client_certificate: bool = False) -> AsyncIterator[int]:
    """The port of a TLS server that knows no method: UNIMPLEMENTED shows that it was reached."""
    server = grpc.aio.server()
    roots = authority.ca_file.read_bytes() if client_certificate else None
    pair = (issued.key_pem, issued.certificate_pem)
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair], roots, client_certificate))
    await server.start()
    yield port
    await server.stop(None)


async def reached(address: str, tls: TlsSettings, *, authority: str | None = None) -> bool:
    connection = Connection(parse_target(address, tls=tls, authority=authority))
    await connection.prepare()
    try:
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await connection.aio_channel.unary_unary("/none.Such/Method")(b"", timeout=5)
    finally:
        await connection.close()
    assert ended.value.code() in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNAVAILABLE), ended.value
    return ended.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_server_is_trusted_by_its_own_ca_only(authority: Authority) -> None:
    async with serving(authority, authority.issue("server")) as port:
        assert await reached(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))
        assert not await reached(f"grpcs://localhost:{port}", TlsSettings())


async def test_the_systems_roots_are_used_and_obey_ssl_cert_file(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    assert system_roots() == authority.ca_file.read_bytes()
    async with serving(authority, authority.issue("server")) as port:
        assert await reached(f"grpcs://localhost:{port}", TlsSettings())


async def test_an_expired_certificate_is_not_accepted(authority: Authority) -> None:
    async with serving(authority, authority.issue("expired", days=-1)) as port:
        assert not await reached(f"grpcs://localhost:{port}", TlsSettings(ca_file=authority.ca_file))


async def test_a_certificate_for_another_name_needs_the_server_name(authority: Authority) -> None:
    ca = authority.ca_file
    async with serving(authority, authority.issue("other", ["other.example"])) as port:
        address = f"grpcs://localhost:{port}"
        assert not await reached(address, TlsSettings(ca_file=ca))
        assert await reached(address, TlsSettings(ca_file=ca, server_name="other.example"))
        # as in grpcurl: the authority is the name that TLS checks, unless there is a server name
        assert await reached(address, TlsSettings(ca_file=ca), authority="other.example")
        assert not await reached(address, TlsSettings(ca_file=ca), authority="third.example")
        assert await reached(address, TlsSettings(ca_file=ca, server_name="other.example"), authority="third.example")


async def test_a_client_certificate_is_shown_to_a_server_that_asks(authority: Authority, client: Issued) -> None:
    ca, (chain, key) = authority.ca_file, (client.certificate_file, client.key_file)
    async with serving(authority, authority.issue("server"), client_certificate=True) as port:
        assert await reached(f"grpcs://localhost:{port}", TlsSettings(ca, chain, key))
        assert not await reached(f"grpcs://localhost:{port}", TlsSettings(ca_file=ca))


async def refusal(tls: TlsSettings) -> TlsSettingsError:
    connection = Connection(parse_target("grpcs://localhost:1", tls=tls))
    try:
        with pytest.raises(TlsSettingsError) as refused:
            await connection.prepare()
    finally:
        await connection.close()
    return refused.value


async def test_broken_ca_missing_file(tmp_path: Path) -> None:
    error = await refusal(TlsSettings(ca_file=tmp_path / "none.pem"))
    assert error.message == "the CA file cannot be read: No such file or directory"
    assert error.place == str(tmp_path / "none.pem")


async def test_broken_ca_folder(tmp_path: Path) -> None:
    assert "cannot be read" in (await refusal(TlsSettings(ca_file=tmp_path))).message


async def test_broken_ca_der(tmp_path: Path, authority: Authority) -> None:
    der = tmp_path / "ca.der"
    der.write_bytes(authority.issued.certificate.public_bytes(serialization.Encoding.DER))
    error = await refusal(TlsSettings(ca_file=der))
    assert "no PEM" in error.message
    assert "openssl x509 -inform der" in error.next_step


async def test_broken_ca_damaged(tmp_path: Path, authority: Authority) -> None:
    damaged = tmp_path / "ca.pem"
    damaged.write_text(authority.ca_file.read_text().replace("A", "B", 20).replace("M", "", 1))
    assert "no certificate that can be read" in (await refusal(TlsSettings(ca_file=damaged))).message


async def test_broken_ca_is_a_key(client: Issued) -> None:
    assert "no certificate that can be read" in (await refusal(TlsSettings(ca_file=client.key_file))).message


async def test_broken_client_key_of_another_certificate(authority: Authority, client: Issued) -> None:
    other = authority.issue("another client", ())
    error = await refusal(TlsSettings(certificate_file=client.certificate_file, key_file=other.key_file))
    assert "does not belong" in error.message
    assert str(other.key_file) in error.place


async def test_broken_client_swapped_files(client: Issued) -> None:
    error = await refusal(TlsSettings(certificate_file=client.key_file, key_file=client.certificate_file))
    assert "no PEM certificate" in error.message


async def test_broken_client_key_file_holds_a_certificate(client: Issued) -> None:
    error = await refusal(TlsSettings(certificate_file=client.certificate_file, key_file=client.certificate_file))
    assert "no private key" in error.message


async def test_broken_client_damaged_certificate(tmp_path: Path, client: Issued) -> None:
    damaged = tmp_path / "client.pem"
    damaged.write_text(client.certificate_file.read_text().replace("M", "?", 1))
    error = await refusal(TlsSettings(certificate_file=damaged, key_file=client.key_file))
    assert "cannot be read" in error.message


async def test_broken_client_key_with_a_password(tmp_path: Path, client: Issued) -> None:
    locked = tmp_path / "locked.key"
    encryption = serialization.BestAvailableEncryption(b"secret")
    locked.write_bytes(
        client.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    )
    error = await refusal(TlsSettings(certificate_file=client.certificate_file, key_file=locked))
    assert "locked with a password" in error.message
    assert "openssl pkey" in error.next_step


async def test_certificates_are_read_once(tmp_path: Path, authority: Authority) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.ca_file.read_bytes())
    async with serving(authority, authority.issue("server")) as port:
        connection = Connection(parse_target(f"grpcs://localhost:{port}", tls=TlsSettings(ca_file=ca)))
        await connection.prepare()
        ca.unlink()
        await connection.prepare()
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await connection.aio_channel.unary_unary("/none.Such/Method")(b"", timeout=5)
        await connection.close()
    assert ended.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_secure_channel_needs_its_certificates_first() -> None:
    connection = Connection(parse_target("grpcs://localhost:1"))
    with pytest.raises(RuntimeError, match="prepare"):
        _ = connection.aio_channel
