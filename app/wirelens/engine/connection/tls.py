"""TLS credentials from a person's files, checked before grpcio sees them: it aborts the whole process on a bad pair."""

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc

from wirelens.engine.connection.target import TlsSettings
from wirelens.engine.errors import TlsSettingsError

# Where systems keep their bundle; OpenSSL's own default comes first and obeys SSL_CERT_FILE.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
)


@dataclass(frozen=True, slots=True)
class _ClientCertificate:
    chain: bytes
    key: bytes


def load_credentials(settings: TlsSettings) -> grpc.ChannelCredentials:
    """Reads and checks the files; blocking, so it is called in a thread.

    Raises:
        TlsSettingsError: a file that is missing, unreadable, no PEM, or a certificate and key that do not match.
    """
    settings.check(secure=True)
    roots = _read_ca(settings.ca_file) if settings.ca_file else system_roots()
    client = None
    if settings.certificate_file and settings.key_file:
        client = _read_client_certificate(settings.certificate_file, settings.key_file)
    return grpc.ssl_channel_credentials(
        root_certificates=roots,
        private_key=client.key if client else None,
        certificate_chain=client.chain if client else None,
    )


def system_roots() -> bytes | None:
    """The system's root certificates as PEM; None where none are found: grpcio then takes those it brings along."""
    if os.environ.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"):
        return None  # grpcio reads it itself
    cafile = ssl.get_default_verify_paths().cafile
    for path in (cafile, *_BUNDLES):
        if path and (bundle := _bundle(Path(path))):
            return bundle
    context = ssl.create_default_context()  # Windows keeps them in its certificate store
    certificates = context.get_ca_certs(binary_form=True)
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in certificates).encode() or None


def _bundle(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if b"-----BEGIN CERTIFICATE-----" in content else None


def _read(path: Path, what: str) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TlsSettingsError(f"{what} cannot be read: {reason}", place=str(path)) from error


def _read_ca(path: Path) -> bytes:
    content = _read(path, "the CA file")
    if b"-----BEGIN" not in content:
        raise TlsSettingsError("the CA file is no PEM file", place=str(path), next_step=_to_pem(path))
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=content.decode("ascii", errors="ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise TlsSettingsError(
            f"the CA file holds no certificate that can be read ({error})", place=str(path)
        ) from error
    return content


def _read_client_certificate(certificate_file: Path, key_file: Path) -> _ClientCertificate:
    chain = _read(certificate_file, "the client certificate")
    key = _read(key_file, "the private key")
    if b"-----BEGIN CERTIFICATE-----" not in chain:
        raise TlsSettingsError(
            "the client certificate is no PEM certificate",
            place=str(certificate_file),
            next_step=_to_pem(certificate_file),
        )
    if b"PRIVATE KEY-----" not in key:
        raise TlsSettingsError(
            "the file holds no private key in PEM form",
            place=str(key_file),
            next_step="convert it with: openssl pkey -in FILE -out key.pem",
        )
    _check_pair(certificate_file, key_file)
    return _ClientCertificate(chain, key)


def _check_pair(certificate_file: Path, key_file: Path) -> None:
    def refuse_password() -> str:
        raise TlsSettingsError(
            "the private key is locked with a password, which gRPC cannot ask for",
            place=str(key_file),
            next_step="unlock a copy with: openssl pkey -in FILE -out key.pem",
        )

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(certificate_file.expanduser(), key_file.expanduser(), password=refuse_password)
    except ssl.SSLError as error:
        if error.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
            raise TlsSettingsError(
                "the private key does not belong to the client certificate",
                place=f"{certificate_file}, {key_file}",
                next_step="choose the two files that were made together",
            ) from error
        reason = error.reason or str(error)
        raise TlsSettingsError(
            f"the client certificate and its key cannot be read ({reason})", place=f"{certificate_file}, {key_file}"
        ) from error
    except OSError as error:
        raise TlsSettingsError(
            f"the client certificate and its key cannot be read: {error}", place=f"{certificate_file}, {key_file}"
        ) from error


def _to_pem(path: Path) -> str:
    return f"a DER file is converted with: openssl x509 -inform der -in {path.name} -out {path.stem}.pem"
