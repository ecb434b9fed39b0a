"""What to do next, from sentences that grpcio 1.85 was seen to write."""

import pytest

from wirelens.engine.connection.next_steps import step_after_no_connection
from wirelens.engine.connection.target import parse_target

FAILED = "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: "
TLS = FAILED + "Tls handshake failed (TSI_PROTOCOL_FAILURE): SSL_ERROR_SSL: error:1000007d:SSL routines:"


@pytest.mark.parametrize(
    ("secure", "message", "step"),
    [
        (False, FAILED + "Failed to connect to remote host: Connection refused", "start the server"),
        (True, FAILED + "Failed to connect to remote host: Connection refused", "start the server"),
        (False, FAILED + "Failed to connect to remote host: connect: Network is unreachable (101)", "check host"),
        (False, FAILED + "Failed to connect to remote host: Timeout occurred: connection timed out", "check host"),
        (False, FAILED + "Socket closed", "--tls"),
        (True, FAILED + "Socket closed", "--cert"),
        (True, FAILED + "Handshake read failed (recvmsg:Connection reset by peer (104))", "--cert"),
        (
            False,
            FAILED + "Failed parsing HTTP/2 (Expected SETTINGS frame as the first frame, got frame type 0)",
            "--tls",
        ),
        (
            False,
            FAILED + "Failed parsing HTTP/2 (Expected SETTINGS frame as the first frame, got frame type 80) "
            "(Trying to connect an http1.x server (HTTP status 400))",
            "does not speak gRPC",
        ),
        (True, TLS + "OPENSSL_internal:WRONG_VERSION_NUMBER: Invalid certificate verification context", "--plaintext"),
        (True, TLS + "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: self signed certificate: OK", "--cacert"),
        (True, TLS + "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate", "--cacert"),
        (True, TLS + "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: certificate has expired: OK", "expired"),
        (True, TLS + "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: certificate is not yet valid", "clocks"),
        (
            True,
            FAILED
            + "Custom verification check failed with error: UNAUTHENTICATED: Hostname Verification Check failed.",
            "--server-name",
        ),
        (True, FAILED + "Cannot check peer: missing selected ALPN property.", "HTTP/2"),
        (
            False,
            "errors resolving nope.invalid:1: [field:hostname lookup error:address lookup failed for nope.invalid:1: "
            "Domain name not found]",
            "how it is spelt",
        ),
        (
            False,
            "failed to connect to all addresses; last error: FAILED_PRECONDITION: unix:/none.sock: connect failed: "
            "addr: unix:/none.sock error: No such file or directory",
            "no such socket",
        ),
        (False, "failed to connect to all addresses; last error: something new", ""),
        (False, "the server is being restarted, its last error was Connection refused", ""),
    ],
)
def test_each_sentence_has_its_step(secure: bool, message: str, step: str) -> None:
    target = parse_target("127.0.0.1:1", plaintext=not secure)
    found = step_after_no_connection(message, target, None)
    assert step in found if step else found == ""


def test_a_proxy_is_named_where_the_connection_goes_through_it() -> None:
    target = parse_target("grpc://server.test:1")
    found = step_after_no_connection(FAILED + "Connection refused", target, "http://proxy.test:3128")
    assert "http://proxy.test:3128" in found
    assert "--no-proxy" in found
    found = step_after_no_connection(FAILED + "HTTP proxy returned response code 403", target, "http://proxy.test:3128")
    assert found.startswith("The proxy refuses")
