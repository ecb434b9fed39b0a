"""What a person can do when a server could not be reached, read from the sentence that grpcio ends the call with."""

import re
from dataclasses import dataclass

from wirelens.engine.connection.target import Target


@dataclass(frozen=True, slots=True)
class _Step:
    """`pattern` is what grpcio's sentence holds, `secure` whether the connection is TLS (None: either)."""

    pattern: str
    secure: bool | None
    advice: str


# The first that fits counts. Sentences are those of grpcio 1.85 (BoringSSL's names of reasons in capitals).
_STEPS = (
    _Step(
        r"HTTP proxy returned", None, "The proxy refuses: ask for the address to be allowed, or go without (--no-proxy)"
    ),
    _Step(
        r"WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER",
        True,
        "The server does not speak TLS on this port: connect with plaintext (grpc:// or --plaintext)",
    ),
    _Step(r"certificate has expired", True, "The server's certificate has expired: it must be renewed there"),
    _Step(r"not yet valid", True, "The server's certificate is not valid yet: check the clocks of both machines"),
    _Step(
        r"CERTIFICATE_VERIFY_FAILED",
        True,
        "No authority that is trusted here has signed the server's certificate: give its CA (--cacert FILE)",
    ),
    _Step(
        r"Hostname Verification|Peer name .* is not in peer certificate",
        True,
        "The server's certificate is for another name: connect by that name, or give it (--server-name NAME)",
    ),
    _Step(r"ALPN", True, "The server speaks TLS, but offers no HTTP/2, which gRPC needs: check the port"),
    _Step(r"CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA", True, "The server wants another client certificate"),
    _Step(
        r"got frame type 0\b",  # a TLS alert, read as a frame
        False,
        "If the server speaks TLS on this port, connect with TLS (grpcs:// or --tls)",
    ),
    _Step(r"http1\.x server|Expected SETTINGS frame", None, "What answers there does not speak gRPC: check the port"),
    _Step(
        r"Socket closed|reset by peer|EOF|Broken pipe|GOAWAY",
        False,
        "If the server speaks TLS on this port, connect with TLS (grpcs:// or --tls)",
    ),
    _Step(
        r"Socket closed|reset by peer|EOF|Broken pipe",
        True,
        "If the server asks for a client certificate, give one (--cert FILE --key FILE)",
    ),
    _Step(r"unix:.*No such file", None, "There is no such socket: start the server, or check the path"),
    _Step(r"Connection refused", None, "Nothing listens there: start the server, or check host and port"),
    _Step(
        r"errors resolving|DNS resolution|lookup error|Domain name not found",
        None,
        "The host's name is not known: check how it is spelt, and the network",
    ),
    _Step(r"timed? ?out|unreachable|No route", None, "The server cannot be reached: check host, port and network"),
)


def reason_for_no_connection(message: str) -> str:
    """The last error alone, without the addresses that were tried: `message` itself where it is no such sentence."""
    found = re.search(r"last error: \w+: (?:(?:ipv[46]|unix):\S*: )?(.+)", message, re.DOTALL)
    return found.group(1).removesuffix(": OK").removeprefix("Failed to connect to remote host: ") if found else message


def step_after_no_connection(message: str, target: Target, proxy: str | None) -> str:
    """One sentence, "" where nothing is known to help. `proxy` is the one that the connection goes through."""
    if not re.search(r"failed to connect|errors? resolving|DNS resolution", message, re.IGNORECASE):
        return ""
    advice = next(
        (
            step.advice
            for step in _STEPS
            if step.secure in (None, target.secure) and re.search(step.pattern, message, re.IGNORECASE)
        ),
        "",
    )
    if proxy and "roxy" not in advice:
        return f"The connection goes through the proxy {proxy}: --no-proxy goes without. {advice}".rstrip()
    return advice
