"""Addresses as people write them."""

from pathlib import Path

import pytest

from wirelens.engine.connection.target import DEFAULT_MAX_MESSAGE_SIZE, TlsSettings, parse_target
from wirelens.engine.errors import AddressError, TlsSettingsError, UsageError


@pytest.mark.parametrize(
    ("address", "name", "secure", "local", "display"),
    [
        ("localhost:50051", "dns:///localhost:50051", False, True, "localhost:50051"),
        ("  127.0.0.1:1 ", "dns:///127.0.0.1:1", False, True, "127.0.0.1:1"),
        ("api.Localhost:80", "dns:///api.Localhost:80", False, True, "api.Localhost:80"),
        ("0.0.0.0:50051", "dns:///0.0.0.0:50051", False, True, "0.0.0.0:50051"),
        ("[::1]:50051", "ipv6:[::1]:50051", False, True, "[::1]:50051"),
        ("[::ffff:127.0.0.1]:1", "ipv6:[::ffff:127.0.0.1]:1", False, True, "[::ffff:127.0.0.1]:1"),
        ("[2001:db8::1]:443", "ipv6:[2001:db8::1]:443", True, False, "[2001:db8::1]:443"),
        ("[fe80::1%eth0]:443", "ipv6:[fe80::1%25eth0]:443", True, False, "[fe80::1%eth0]:443"),
        ("Example.COM:443", "dns:///Example.COM:443", True, False, "Example.COM:443"),
        ("my_service:50051", "dns:///my_service:50051", True, False, "my_service:50051"),
        ("dns:50051", "dns:///dns:50051", True, False, "dns:50051"),
        ("bücher.example:443", "dns:///xn--bcher-kva.example:443", True, False, "xn--bcher-kva.example:443"),
        ("grpc://example.com:80", "dns:///example.com:80", False, False, "example.com:80"),
        ("GRPC://example.com:80/", "dns:///example.com:80", False, False, "example.com:80"),
        ("grpcs://localhost:443", "dns:///localhost:443", True, True, "localhost:443"),
        ("grpcs://[::1]:443", "ipv6:[::1]:443", True, True, "[::1]:443"),
        ("dns:///example.com:443", "dns:///example.com:443", True, False, "example.com:443"),
        ("dns:///localhost:50051", "dns:///localhost:50051", False, True, "localhost:50051"),
        ("dns:localhost:50051", "dns:///localhost:50051", False, True, "localhost:50051"),
        ("dns://8.8.8.8/example.com:443", "dns://8.8.8.8/example.com:443", True, False, "example.com:443"),
        ("ipv4:127.0.0.1:50051", "ipv4:127.0.0.1:50051", False, True, "127.0.0.1:50051"),
        ("ipv4:10.0.0.1:1,10.0.0.2:2", "ipv4:10.0.0.1:1,10.0.0.2:2", True, False, "10.0.0.1:1,10.0.0.2:2"),
        ("ipv6:[::1]:50051", "ipv6:[::1]:50051", False, True, "[::1]:50051"),
        ("unix:/run/My App.sock", "unix:/run/My App.sock", False, True, "unix:/run/My App.sock"),
        ("unix:/run/a@b.sock", "unix:/run/a@b.sock", False, True, "unix:/run/a@b.sock"),
        ("unix:relative.sock", "unix:relative.sock", False, True, "unix:relative.sock"),
        ("unix:///run/app.sock", "unix:/run/app.sock", False, True, "unix:/run/app.sock"),
        ("unix-abstract:app", "unix-abstract:app", False, True, "unix-abstract:app"),
    ],
)
def test_each_form_is_understood(address: str, name: str, secure: bool, local: bool, display: str) -> None:
    target = parse_target(address)
    assert (target.name, target.secure, target.is_local, target.display) == (name, secure, local, display)
    assert target.address == address.strip()
    assert target.max_message_size == DEFAULT_MAX_MESSAGE_SIZE


@pytest.mark.parametrize(
    ("address", "message", "next_step"),
    [
        ("", "the address is empty", "localhost:50051"),
        ("   ", "the address is empty", "localhost:50051"),
        ("localhost", "the port is missing", "write localhost:50051"),
        ("localhost:", "the port is missing", "write localhost:50051"),
        ("grpcs://example.com", "the port is missing", "write grpcs://example.com:50051"),
        ("dns:///example.com", "the port is missing", "write dns:///example.com:50051"),
        ("[::1]", "the port is missing", "write [::1]:50051"),
        ("::1", "in brackets", "write [::1]:50051"),
        ("fe80::1:50051", "in brackets", "write [fe80::1]:50051"),
        ("a:b:c", "in brackets", "write [::1]:50051"),
        ("[::1", "no IPv6 address in its brackets", "[::1]:50051"),
        ("[example.com]:1", "no IPv6 address in its brackets", "[::1]:50051"),
        ("[::1]50051", "cannot follow the host", "write [::1]:50051"),
        (":50051", "the host is missing", "localhost:50051"),
        ("local host:50051", "no host name", "host:port"),
        ("localhost:http", "no port", "1 to 65535"),
        ("localhost:0", "no port", "1 to 65535"),
        ("localhost:65536", "no port", "1 to 65535"),
        ("localhost:٣", "no port", "1 to 65535"),
        ("localhost:-1", "no port", "1 to 65535"),
        ("localhost:50051/pkg.Service/Method", "ends with its port", "write localhost:50051;"),
        ("https://example.com/path?x=1", "the web's scheme", "write grpcs://example.com:443"),
        ("http://localhost:8080", "the web's scheme", "write grpc://localhost:8080"),
        ("ftp://example.com:21", "no scheme of gRPC", "grpcs://host:port"),
        ("unix:", "path of the unix socket is missing", "unix:/path/of/socket"),
        ("unix://relative.sock", "absolute", "write unix:relative.sock"),
        ("ipv4:example.com:1", "no IPv4 address", "write dns:///example.com:1"),
        ("ipv6:127.0.0.1:1", "no IPv6 address", "write dns:///127.0.0.1:1"),
        ("\udcff.example:1", "no host name", ""),
    ],
)
def test_what_names_no_server_is_refused_with_what_to_write(address: str, message: str, next_step: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_target(address)
    assert message in refused.value.message
    assert next_step in refused.value.next_step


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(AddressError) as refused:
        parse_target("user:hunter2@example.com:443")
    assert "hunter2" not in refused.value.one_line()
    with pytest.raises(AddressError) as refused:
        parse_target("grpcs://user@example.com:443")
    assert "metadata" in refused.value.next_step


def test_plaintext_and_tls_can_be_asked_for_whatever_the_address_says() -> None:
    assert parse_target("localhost:1", plaintext=False).secure
    assert not parse_target("example.com:1", plaintext=True).secure
    assert not parse_target("grpcs://example.com:1", plaintext=True).secure
    assert parse_target("unix:/run/app.sock", plaintext=False).secure


def test_tls_settings_for_a_plaintext_connection_are_an_error_not_ignored() -> None:
    for tls in (TlsSettings(ca_file=Path("ca.pem")), TlsSettings(server_name="example.com")):
        with pytest.raises(TlsSettingsError, match="plaintext") as refused:
            parse_target("localhost:50051", tls=tls)
        assert "--tls" in refused.value.next_step
        assert parse_target("grpcs://localhost:50051", tls=tls).tls == tls


def test_half_a_client_certificate_is_refused() -> None:
    with pytest.raises(TlsSettingsError, match="without its private key"):
        parse_target("example.com:1", tls=TlsSettings(certificate_file=Path("client.pem")))
    with pytest.raises(TlsSettingsError, match="without its client certificate"):
        parse_target("example.com:1", tls=TlsSettings(key_file=Path("client.key")))


@pytest.mark.parametrize("size", [0, -1, 2**31])
def test_a_message_size_that_cannot_be_is_refused(size: int) -> None:
    with pytest.raises(UsageError, match="message size"):
        parse_target("localhost:1", max_message_size=size)


@pytest.mark.parametrize("authority", ["", "a b", "a\r\nx: y", "bücher"])
def test_an_authority_that_cannot_be_sent_is_refused(authority: str) -> None:
    with pytest.raises(UsageError, match="authority"):
        parse_target("localhost:1", authority=authority)


def test_equal_targets_compare_equal() -> None:
    assert parse_target("localhost:1") == parse_target(" localhost:1")
    assert parse_target("localhost:1") != parse_target("localhost:1", authority="other")
