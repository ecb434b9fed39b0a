"""An address as people write it, understood: what grpcio dials, with TLS or without, and what a channel needs."""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from wirelens.engine.errors import AddressError, TlsSettingsError, UsageError

DEFAULT_MAX_MESSAGE_SIZE = 256 * 1024 * 1024
LARGEST_MAX_MESSAGE_SIZE = 2**31 - 1  # a channel option is a C int

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_RESOLVER = re.compile(r"(dns|ipv4|ipv6|unix|unix-abstract):", re.IGNORECASE)
_OUR_SCHEMES = {"grpc://": True, "grpcs://": False}  # to plaintext
_WEB_SCHEMES = {"http://": "grpc://", "https://": "grpcs://"}
_HOST = re.compile(r"[^\s/\\@?#:\[\]%,]+\Z")


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How TLS is to be done where it is not the ordinary way; the files are PEM.

    `ca_file` replaces the system's roots, `certificate_file` and `key_file` are the client's own,
    `server_name` is the name the server's certificate must carry instead of the host's.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None

    @property
    def is_empty(self) -> bool:
        return self == TlsSettings()

    def check(self, *, secure: bool) -> None:
        """Refuses what does not belong together, without touching a file.

        Raises:
            TlsSettingsError: half a client certificate, or TLS settings for a plaintext connection.
        """
        if not secure and not self.is_empty:
            raise TlsSettingsError(
                f"{self._first_given()} is given, but the connection is plaintext",
                next_step="switch TLS on (grpcs:// or --tls), or leave it out",
            )
        if self.certificate_file and not self.key_file:
            raise TlsSettingsError(
                "a client certificate is given without its private key",
                place=str(self.certificate_file),
                next_step="give the key as well (--key)",
            )
        if self.key_file and not self.certificate_file:
            raise TlsSettingsError(
                "a private key is given without its client certificate",
                place=str(self.key_file),
                next_step="give the certificate as well (--cert)",
            )

    def _first_given(self) -> str:
        if self.ca_file:
            return "a CA file"
        if self.certificate_file or self.key_file:
            return "a client certificate"
        return "a server name for TLS"


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to reach a server; two equal targets can share a connection.

    Attributes:
        address: as typed, trimmed.
        name: what grpcio dials (https://github.com/grpc/grpc/blob/master/doc/naming.md).
        secure: with TLS.
        is_local: loopback or a unix socket: no proxy, and plaintext unless asked otherwise.
        authority: sent as `:authority` instead of the address.
        max_message_size: bytes one received message may have after decompression.
    """

    address: str
    name: str
    secure: bool
    is_local: bool
    tls: TlsSettings = TlsSettings()
    authority: str | None = None
    use_proxy: bool = True
    max_message_size: int = DEFAULT_MAX_MESSAGE_SIZE

    @property
    def display(self) -> str:
        """The address without what only grpcio needs: `127.0.0.1:50061`."""
        rest = self.name
        if rest.startswith("dns:"):
            rest = rest.removeprefix("dns:").rpartition("/")[2]
        elif rest.startswith(("ipv4:", "ipv6:")):
            rest = rest[5:]
        return rest.replace("%25", "%")


@dataclass(frozen=True, slots=True)
class _Place:
    """An address without its scheme."""

    name: str
    is_local: bool


def parse_target(
    address: str,
    *,
    plaintext: bool | None = None,
    tls: TlsSettings = TlsSettings(),
    authority: str | None = None,
    use_proxy: bool = True,
    max_message_size: int = DEFAULT_MAX_MESSAGE_SIZE,
) -> Target:
    """Understands `host:port`, `grpc://host:port` (plaintext), `grpcs://host:port` (TLS), `unix:path`,
    `dns:///name:port`, `ipv4:127.0.0.1:50051`, `ipv6:[::1]:50051` and `[::1]:50051`.

    Args:
        plaintext: True or False decide for every address; with None the scheme decides, and without a scheme
            loopback addresses and unix sockets mean plaintext, all others TLS.

    Raises:
        AddressError: it names no server; says how it is written.
        TlsSettingsError: `tls` contradicts itself or a plaintext connection.
        UsageError: a message size or an authority that cannot be.
    """
    text = address.strip()
    if "@" in text and not text.lower().startswith("unix"):
        raise AddressError(  # not repeated: it may end in a log
            "an address holds no user name or password", next_step="send credentials as metadata, such as authorization"
        )
    scheme, rest = _split_scheme(text)
    place = _place(scheme, rest, text)
    if plaintext is None:
        plaintext = _OUR_SCHEMES.get(scheme, place.is_local)
    tls.check(secure=not plaintext)
    if not 1 <= max_message_size <= LARGEST_MAX_MESSAGE_SIZE:
        raise UsageError(
            f"a message size limit of {max_message_size} bytes cannot be",
            next_step=f"give 1 to {LARGEST_MAX_MESSAGE_SIZE}",
        )
    if authority is not None and (not authority or not authority.isascii() or re.search(r"[\s\x00-\x1f]", authority)):
        raise UsageError(f"{authority!r} cannot be an authority", next_step="give a host name, with or without a port")
    return Target(text, place.name, not plaintext, place.is_local, tls, authority, use_proxy, max_message_size)


def _split_scheme(text: str) -> tuple[str, str]:
    """`grpc://`, `grpcs://` or nothing, and what follows."""
    if not text:
        raise AddressError("the address is empty", next_step="write host:port, such as localhost:50051")
    match = _SCHEME.match(text)
    if not match or _RESOLVER.match(text):
        return "", text
    scheme, rest = match[0].lower(), text[match.end() :]
    if scheme in _OUR_SCHEMES:
        return scheme, rest.removesuffix("/")
    if scheme in _WEB_SCHEMES:
        host = re.split(r"[/?#]", rest, maxsplit=1)[0]
        port = "" if _port_of(host) else ":443" if scheme == "https://" else ":80"
        raise AddressError(
            f"{scheme} is the web's scheme, not gRPC's",
            place=text,
            next_step=f"write {_WEB_SCHEMES[scheme]}{host or 'host'}{port}",
        )
    raise AddressError(
        f"{scheme} is no scheme of gRPC",
        place=text,
        next_step="write host:port, grpc://host:port (plaintext) or grpcs://host:port (TLS)",
    )


def _port_of(host: str) -> str:
    match = re.search(r":(\d+)\Z", host)
    return match[1] if match and (host.count(":") == 1 or "]" in host) else ""


def _place(scheme: str, rest: str, text: str) -> _Place:
    match = _RESOLVER.match(rest)
    if not match or (match[1].lower() != "unix" and rest[match.end() :].isdigit()):
        return _host_place(scheme, rest, text)  # also a host that is called `dns`, as in a compose file
    resolver, path = match[1].lower(), rest[match.end() :]
    if resolver.startswith("unix"):
        return _unix_place(resolver, path, text)
    if resolver == "dns":
        authority, name = ("", path)
        if path.startswith("//"):
            authority, _, name = path[2:].partition("/")
        host, port = _host_and_port(name, text, f"dns:{f'//{authority}/' if path.startswith('//') else ''}")
        return _Place(f"dns://{authority}/{_joined(host, port)}", _is_loopback(host))
    return _literal_place(resolver, path, text)


def _host_place(scheme: str, rest: str, text: str) -> _Place:
    host, port = _host_and_port(rest, text, scheme)
    name = _joined(host, port)
    return _Place(f"ipv6:{name}" if ":" in host else f"dns:///{name}", _is_loopback(host))


def _literal_place(resolver: str, path: str, text: str) -> _Place:
    """`ipv4:` and `ipv6:` take addresses only, several with commas between."""
    names, local = [], True
    for part in path.split(","):
        host, port = _host_and_port(part, text, f"{resolver}:")
        if not _is_address(host, int(resolver[3:])):
            raise AddressError(
                f"{host!r} is no IPv{resolver[3:]} address",
                place=text,
                next_step=f"write dns:///{host}:{port}",
            )
        names.append(_joined(host, port))
        local = local and _is_loopback(host)
    return _Place(f"{resolver}:{','.join(names)}", local)


def _unix_place(resolver: str, path: str, text: str) -> _Place:
    if path.startswith("//"):  # unix:///absolute/path
        path = path[2:]
        if not path.startswith("/"):
            raise AddressError(
                "after unix:// the path of the socket is absolute", place=text, next_step=f"write unix:{path}"
            )
    if not path:
        raise AddressError("the path of the unix socket is missing", place=text, next_step="write unix:/path/of/socket")
    return _Place(f"{resolver}:{path}", True)


def _host_and_port(rest: str, text: str, prefix: str) -> tuple[str, int]:
    """Host (an IPv6 one without its brackets) and port. `prefix` goes before what a next step offers to write."""
    if rest.startswith("["):
        host, bracket, after = rest[1:].partition("]")
        if not bracket or not _is_ipv6(host):
            raise AddressError(
                f"{rest!r} holds no IPv6 address in its brackets", place=text, next_step="write [::1]:50051"
            )
        port = after.removeprefix(":")
        if after and not after.startswith(":"):
            raise AddressError(
                f"{after!r} cannot follow the host", place=text, next_step=f"write {prefix}[{host}]:50051"
            )
        return host, _port(port, text, f"{prefix}[{host}]")
    if rest.count(":") > 1:
        host, _, port = (rest, "", "50051") if _is_ipv6(rest) else rest.rpartition(":")
        raise AddressError(
            "an IPv6 address is written in brackets and followed by a port",
            place=text,
            next_step=f"write {prefix}[{host}]:{port}" if _is_ipv6(host) else "write [::1]:50051",
        )
    host, _, port = rest.partition(":")
    _check_host(host, text, prefix)
    if "/" in port and port.split("/", 1)[0].isdigit():
        raise AddressError(
            "an address ends with its port",
            place=text,
            next_step=f"write {prefix}{host}:{port.split('/', 1)[0]}; the method is named separately",
        )
    return _ascii_host(host, text), _port(port, text, f"{prefix}{host}")


def _check_host(host: str, text: str, prefix: str) -> None:
    if not host:
        raise AddressError("the host is missing", place=text, next_step=f"write {prefix}localhost:50051")
    if not _HOST.match(host):
        raise AddressError(
            f"{host!r} is no host name", place=text, next_step="write host:port, such as localhost:50051"
        )


def _ascii_host(host: str, text: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise AddressError(f"{host!r} is no host name", place=text) from error


def _port(port: str, text: str, before: str) -> int:
    if not port:
        raise AddressError("the port is missing", place=text, next_step=f"write {before}:50051, with the server's port")
    if not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= 65535:
        raise AddressError(f"{port!r} is no port", place=text, next_step="a port is a number from 1 to 65535")
    return int(port)


def _joined(host: str, port: int) -> str:
    """As a gRPC name carries it: an IPv6 zone's % is percent-encoded, names being URIs."""
    return f"[{host.replace('%', '%25')}]:{port}" if ":" in host else f"{host}:{port}"


def _is_ipv6(host: str) -> bool:
    return _is_address(host, 6)


def _is_address(host: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(host).version == version
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    """Whether a connection to `host` stays on this machine; dialling 0.0.0.0 or :: does, as servers' logs show them."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return parsed.is_loopback or parsed.is_unspecified or bool(mapped and mapped.is_loopback)
