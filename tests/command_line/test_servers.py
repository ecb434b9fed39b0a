"""Servers of other kinds: without reflection, at a unix socket, with TLS and client certificates."""

import datetime
import ipaddress
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.command_line.outcome import Wirelens

from wirelens.bundled import protos

FIELDS = "wirelens.demo.fields.v1.FieldService"
TYPES = ["--proto", str(protos() / "wirelens/demo/fields/v1/fields.proto")]
ECHO = [f"{FIELDS}/Echo", "-d", '{"int32Value": 7}', "--output", "ndjson"]


class Echo(grpc.GenericRpcHandler):
    """Echoes FieldService/Echo; everything else, reflection included, is UNIMPLEMENTED."""

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if details.method != f"/{FIELDS}/Echo":
            return None

        async def echo(request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
            return request

        return grpc.unary_unary_rpc_method_handler(echo)  # type: ignore[arg-type]


@asynccontextmanager
async def serving(address: str, credentials: grpc.ServerCredentials | None = None) -> AsyncIterator[str]:
    """An Echo server; gives the port it serves at."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Echo(),))
    port = server.add_insecure_port(address) if credentials is None else server.add_secure_port(address, credentials)
    await server.start()
    try:
        yield str(port)
    finally:
        await server.stop(None)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key, as PEM files."""

    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "inner.example")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = [x509.DNSName("inner.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    made.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pkcs8 = serialization.PrivateFormat.PKCS8
    made.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()))
    return made


def server_credentials(made: Certificate, *, mutual: bool = False) -> grpc.ServerCredentials:
    pair = (made.key.read_bytes(), made.certificate.read_bytes())
    return grpc.ssl_server_credentials([pair], pair[1] if mutual else None, require_client_auth=mutual)


async def test_neither_version_of_reflection_names_the_way_out(wirelens: Wirelens) -> None:
    async with serving("127.0.0.1:0") as port:
        outcome = await wirelens("list", f"127.0.0.1:{port}")
        assert outcome.code == 64 + 12
        assert "--proto" in outcome.err
        outcome = await wirelens("call", f"127.0.0.1:{port}", *ECHO, *TYPES)
        assert outcome.out == '{"int32Value": 7}\n'


@pytest.mark.skipif(sys.platform == "win32", reason="grpcio has no unix sockets there")
async def test_a_unix_socket(wirelens: Wirelens, tmp_path: Path) -> None:
    async with serving(f"unix:{tmp_path}/s.sock"):
        outcome = await wirelens("call", f"unix:{tmp_path}/s.sock", *ECHO, *TYPES)
        assert (outcome.code, outcome.out) == (0, '{"int32Value": 7}\n')


async def test_tls_with_a_ca_of_ones_own(wirelens: Wirelens, certificate: Certificate) -> None:
    async with serving("127.0.0.1:0", server_credentials(certificate)) as port:
        ca = ["--cacert", str(certificate.certificate)]
        outcome = await wirelens("call", f"grpcs://127.0.0.1:{port}", *ECHO, *TYPES, *ca)
        assert (outcome.code, outcome.out) == (0, '{"int32Value": 7}\n')
        outcome = await wirelens("call", f"127.0.0.1:{port}", *ECHO, *TYPES, *ca, "--tls")
        assert outcome.code == 0


async def test_tls_under_another_name(wirelens: Wirelens, certificate: Certificate) -> None:
    async with serving("127.0.0.1:0", server_credentials(certificate)) as port:
        call = ["call", f"grpcs://localhost:{port}", *ECHO, *TYPES, "--cacert", str(certificate.certificate)]
        assert (await wirelens(*call)).code == 64 + 14  # the certificate is not localhost's
        assert (await wirelens(*call, "--server-name", "inner.example")).code == 0


async def test_a_client_certificate(wirelens: Wirelens, certificate: Certificate) -> None:
    async with serving("127.0.0.1:0", server_credentials(certificate, mutual=True)) as port:
        call = ["call", f"grpcs://127.0.0.1:{port}", *ECHO, *TYPES, "--cacert", str(certificate.certificate)]
        assert (await wirelens(*call)).code == 64 + 14
        both = ["--cert", str(certificate.certificate), "--key", str(certificate.key)]
        assert (await wirelens(*call, *both)).code == 0
        outcome = await wirelens(*call, *both[:2])
        assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)
        assert "--key" in outcome.err


async def test_plaintext_to_a_tls_port_and_the_reverse(wirelens: Wirelens, certificate: Certificate) -> None:
    async with serving("127.0.0.1:0", server_credentials(certificate)) as port:
        outcome = await wirelens("call", f"127.0.0.1:{port}", *ECHO, *TYPES, "--max-time", "5")
        assert outcome.code == 64 + 14
    async with serving("127.0.0.1:0") as port:
        outcome = await wirelens("call", f"grpcs://127.0.0.1:{port}", *ECHO, *TYPES, "--max-time", "5")
        assert outcome.code == 64 + 14


async def test_a_proxy_is_named_and_can_be_gone_around(
    wirelens: Wirelens, monkeypatch: pytest.MonkeyPatch, certificate: Certificate
) -> None:
    monkeypatch.setenv("http_proxy", "http://user:hunter2@127.0.0.1:1")
    call = ["call", "grpc://192.0.2.1:50051", *ECHO, *TYPES, "--max-time", "0.5"]
    outcome = await wirelens(*call)
    assert "through the proxy http://127.0.0.1:1" in outcome.err
    assert "hunter2" not in outcome.err
    assert "proxy" not in (await wirelens(*call, "--no-proxy")).err
    async with serving("127.0.0.1:0") as port:  # this machine is never reached through one
        assert (await wirelens("call", f"127.0.0.1:{port}", *ECHO, *TYPES)).code == 0
