"""Why there is no connection, out of grpcio's own words: a sentence, and what a person can do about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionFault:
    """A known reason, and the next step."""

    sentence: str
    next_step: str


_NAME_THE_AUTHORITY = "name the authority that issued it: --cacert, or the lock beside the address"
_CHECK_SECURITY = "is it plaintext or TLS as you chose, and does it want a client certificate (--cert and --key)?"

# The first that matches counts. Seen with grpcio 1.85 against servers that are as the sentence says (test_faults.py).
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"CERTIFICATE_VERIFY_FAILED(?:: (?P<why>[^:]+))?",
        "the server's certificate is not trusted",
        _NAME_THE_AUTHORITY,
    ),
    (
        r"Hostname Verification Check failed",
        "the server's certificate is for another name",
        "say which with --server-name, or with the lock beside the address",
    ),
    (
        r"WRONG_VERSION_NUMBER",
        "the server does not speak TLS there",
        "for plaintext put grpc:// before the address",
    ),
    (r"[Tt]ls handshake failed|Ssl handshake failed", "the TLS handshake failed", _CHECK_SECURITY),
    (r"Connection refused", "nothing listens there (connection refused)", "is the server running, and on this port?"),
    (
        r"errors resolving|[Aa]ddress lookup failed|DNS resolution failed|Domain name not found",
        "the host name is not known",
        "is it spelled right, and are you on its network?",
    ),
    (r"No such file or directory", "there is no such socket", "is the server running, and is the path right?"),
    (
        r"No route to host|[Nn]etwork is unreachable|[Tt]imed out|Timeout occurred|FD Shutdown",
        "the host does not answer",
        "is the address right, and does a firewall or a proxy stand between?",
    ),
    (
        r"failed to connect.*(?:Socket closed|onnection reset|Broken pipe|Endpoint closing)",
        "the server closed the connection before a call could be made",
        _CHECK_SECURITY,
    ),
)


def connection_fault(details: str) -> ConnectionFault | None:
    """What the details of a status UNAVAILABLE mean; None where they are not about making the connection."""
    for pattern, sentence, next_step in _KNOWN:
        found = re.search(pattern, details)
        if found is not None:
            why = found.groupdict().get("why")
            return ConnectionFault(f"{sentence}: {why.strip()}" if why else sentence, next_step)
    return None
