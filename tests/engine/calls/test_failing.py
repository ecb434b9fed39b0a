"""What goes wrong on the way: one CallFinished that says what happened, and nothing that was received is lost."""

import asyncio
import socket
import struct
import time

import grpc
import pytest
from tests.engine.calls.frame_server import Exchange, frame_server, message, raw_server
from tests.engine.calls.serving import Service, connected, events, finished, kinds, received, serving
from tests.engine.connection.certificates import Authority

from wirelens.engine.calls.events import CallFinished, HeadersReceived
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import TlsSettings
from wirelens.engine.errors import TlsSettingsError
from wirelens.engine.schema.services import Pattern

EACH_PATTERN = pytest.mark.parametrize("pattern", list(Pattern))
BOTH_WAYS = pytest.mark.parametrize("pattern", [Pattern.BIDI_STREAMING, Pattern.SERVER_STREAMING])
ONE_ANSWER = pytest.mark.parametrize("pattern", [Pattern.UNARY, Pattern.CLIENT_STREAMING])


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code.value[0]])
async def test_every_status_arrives_as_the_server_sent_it(connection: Connection, code: grpc.StatusCode) -> None:
    end, transcript = await finished(connection, "Refuse", bytes([code.value[0]]) + "why? für dich".encode())
    assert end.status.code == code.value[0]
    assert end.status.message == "why? für dich"
    assert ("why", "asked") in end.status.trailers
    assert isinstance(events(transcript)[-1], CallFinished)


async def test_a_status_with_a_long_story_arrives_whole(connection: Connection) -> None:
    for size in (10_000, 10_000, 10_000, 10_000, 60_000):  # grpcio by itself drops the first ones by chance
        end, _ = await finished(connection, "Refuse", bytes([5]) + b"m" * size)
        assert (end.status.code_name, len(end.status.message)) == ("NOT_FOUND", size)


async def test_an_unknown_method_is_unimplemented(connection: Connection) -> None:
    end, _ = await finished(connection, "NoSuchMethod", b"")
    assert end.status.code_name == "UNIMPLEMENTED"


@EACH_PATTERN
async def test_a_server_that_refuses_connections_is_told_fast(pattern: Pattern) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with connected(f"127.0.0.1:{port}") as connection:
        began = time.monotonic()
        end, transcript = await finished(connection, "Any", b"x", pattern=pattern)
        assert time.monotonic() - began < 2
    assert end.status.code_name == "UNAVAILABLE"
    assert "Connection refused" in end.status.message
    assert "start the server" in end.status.message
    assert kinds(transcript)[-1] is EventKind.FINISHED
    assert transcript.headers is None


@EACH_PATTERN
async def test_an_unknown_host_is_told(pattern: Pattern) -> None:
    async with connected("grpc://no-such-host.invalid:50051") as connection:
        end, _ = await finished(connection, "Any", b"x", pattern=pattern, deadline=5)
    assert end.status.code_name == "UNAVAILABLE"
    assert "how it is spelt" in end.status.message


async def test_a_missing_socket_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with connected(f"unix:{tmp_path_factory.mktemp('empty') / 'none.sock'}") as connection:
        end, _ = await finished(connection, "Any", b"x")
    assert "There is no such socket" in end.status.message


@EACH_PATTERN
async def test_plaintext_to_a_tls_port_suggests_tls(
    pattern: Pattern, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server, port = await _tls_server(service, Authority(tmp_path_factory.mktemp("ca")))
    async with connected(f"127.0.0.1:{port}") as connection:
        end, _ = await finished(connection, "Any", b"1", pattern=pattern)
    await server.stop(None)
    assert end.status.code_name == "UNAVAILABLE"
    assert "--tls" in end.status.message


@EACH_PATTERN
async def test_tls_to_a_plaintext_port_suggests_plaintext(address: str, pattern: Pattern) -> None:
    async with connected(f"grpcs://{address}") as connection:
        end, _ = await finished(connection, "Any", b"1", pattern=pattern)
    assert end.status.code_name == "UNAVAILABLE"
    assert "--plaintext" in end.status.message


async def test_untrusted_certificates_are_told_by_their_reason(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority(tmp_path_factory.mktemp("ca"))
    server, port = await _tls_server(service, authority)
    ca = TlsSettings(ca_file=authority.ca_file)
    steps = {
        (f"grpcs://localhost:{port}", TlsSettings()): "--cacert",
        (f"grpcs://127.0.0.1:{port}", ca): "--server-name",
    }
    for (address, tls), step in steps.items():
        async with connected(address, tls=tls) as connection:
            end, _ = await finished(connection, "Echo", b"")
        assert end.status.code_name == "UNAVAILABLE"
        assert step in end.status.message
    async with connected(f"grpcs://localhost:{port}", tls=ca) as connection:
        for name in ("Echo", "Count"):
            end, _ = await finished(connection, name, b"1")
            assert end.status.ok
    await server.stop(None)


async def _tls_server(service: Service, authority: Authority) -> tuple[grpc.aio.Server, int]:
    issued = authority.issue("server")
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((service,))
    credentials = grpc.ssl_server_credentials([(issued.key_pem, issued.certificate_pem)])
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    return server, port


async def test_certificates_that_cannot_be_used_end_the_call_and_raise(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tls = TlsSettings(ca_file=tmp_path_factory.mktemp("ca") / "none.pem")
    async with connected("grpcs://localhost:1", tls=tls) as connection:
        with pytest.raises(TlsSettingsError):
            await finished(connection, "Echo", b"")


async def test_an_http_server_is_told() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with raw_server(serve) as address, connected(address) as connection:
        end, _ = await finished(connection, "Echo", b"")
    assert "does not speak gRPC" in end.status.message


async def test_a_servers_own_words_get_no_advice_from_us(connection: Connection) -> None:
    """A proxy in the middle passes on what its own channel said."""
    words = "failed to connect to all addresses; last error: Connection refused"
    end, _ = await finished(connection, "Refuse", bytes([14]) + words.encode())
    assert end.status.message == words
    words = "Received message larger than max (5 vs. 4)"
    end, _ = await finished(connection, "Refuse", bytes([8]) + words.encode())
    assert end.status.message == words


@EACH_PATTERN
async def test_metadata_that_grpc_refuses_is_told(connection: Connection, pattern: Pattern) -> None:
    end, _ = await finished(connection, "Any", b"", pattern=pattern, metadata=(("Upper Case", "x"),))
    assert end.status.code_name == "INTERNAL"
    assert "lower-case" in end.status.message


# -- what was received stays ---------------------------------------------------------------------------------


async def test_messages_before_an_error_are_kept(connection: Connection) -> None:
    end, transcript = await finished(connection, "CountAndFail", b"100")
    assert end.status.code_name == "DATA_LOSS"
    assert received(transcript) == [b"%d" % number for number in range(100)]


async def test_the_servers_status_survives_messages_that_are_still_being_sent(connection: Connection) -> None:
    for _ in range(20):
        end, transcript = await finished(connection, "Impatient", *[b"x" * 20_000] * 50)
        assert (end.status.code_name, end.status.message) == ("ABORTED", "enough")
        assert transcript.received_count == 1


@BOTH_WAYS
async def test_a_server_that_dies_in_mid_stream_leaves_what_it_sent(pattern: Pattern) -> None:
    transcript = Transcript()

    async def die(exchange: Exchange) -> None:
        exchange.headers(("h", "1"))
        for number in range(50):
            exchange.data(message(b"%d" % number))
        while transcript.received_count < 50:  # grpcio drops what it has not handed on when the connection breaks
            await transcript.grown(len(transcript))
        await exchange.die()

    async with frame_server(die) as address, connected(address) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=pattern, transcript=transcript)
    assert end.status.code_name == "UNAVAILABLE"
    assert received(transcript) == [b"%d" % number for number in range(50)]
    assert transcript.headers is not None


async def test_an_answer_beside_an_error_is_shown() -> None:
    async def both(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"half an answer"))
        exchange.trailers(9, ("grpc-message", "but%20not%20quite"))

    async with frame_server(both) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"")
    assert (end.status.code_name, end.status.message) == ("FAILED_PRECONDITION", "but not quite")
    assert received(transcript) == [b"half an answer"]


# -- headers and trailers ------------------------------------------------------------------------------------


@EACH_PATTERN
async def test_trailers_only_has_no_headers(pattern: Pattern) -> None:
    async def refuse(exchange: Exchange) -> None:
        exchange.trailers_only(7, ("grpc-message", "no"), ("t", "1"))

    async with frame_server(refuse) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "PERMISSION_DENIED"
    assert end.status.trailers == (("t", "1"),)
    assert transcript.headers is None
    assert EventKind.HEADERS not in kinds(transcript)


@EACH_PATTERN
async def test_headers_without_a_message_are_recorded(pattern: Pattern) -> None:
    async def headers_then_fail(exchange: Exchange) -> None:
        exchange.headers(("h", "1"))
        exchange.trailers(5)

    async with frame_server(headers_then_fail) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "NOT_FOUND"
    assert any(isinstance(event, HeadersReceived) and event.metadata == (("h", "1"),) for event in events(transcript))


@BOTH_WAYS
async def test_a_code_that_grpc_does_not_define_is_unknown(pattern: Pattern) -> None:
    async def strange(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"x"))
        exchange.trailers(77, ("grpc-message", "odd"), ("t", "1"))

    async with frame_server(strange) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert (end.status.code_name, end.status.message) == ("UNKNOWN", "odd")
    assert end.status.trailers == (("t", "1"),)
    assert received(transcript) == [b"x"]


# -- answers that do not keep their promise ------------------------------------------------------------------


@ONE_ANSWER
async def test_ok_without_an_answer_is_no_ok(pattern: Pattern) -> None:
    async def nothing(exchange: Exchange) -> None:
        exchange.headers()
        exchange.trailers(0, ("t", "1"))

    async with frame_server(nothing) as address, connected(address) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "INTERNAL"
    assert "exactly one" in end.status.message
    assert end.status.trailers == (("t", "1"),)


@ONE_ANSWER
async def test_two_answers_are_no_ok_and_both_are_shown(pattern: Pattern) -> None:
    async def twice(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"one") + message(b"two"))
        exchange.trailers(0)

    async with frame_server(twice) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "INTERNAL"
    assert "2 messages" in end.status.message
    assert received(transcript) == [b"one", b"two"]


@EACH_PATTERN
@pytest.mark.parametrize("claimed", [100, 2**31, 2**32 - 1])
async def test_a_length_prefix_that_lies_is_no_ok(pattern: Pattern, claimed: int) -> None:
    async def lie(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"short", length=claimed))
        exchange.trailers(0)

    async with frame_server(lie) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert transcript.received_count == 0
    if not pattern.server_streams or claimed > 2**28:
        assert not end.status.ok


async def test_a_message_that_is_cut_by_the_end_of_the_connection_is_an_error() -> None:
    transcript = Transcript()

    async def cut(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"whole") + message(b"cut", length=1000))
        await transcript.grown(3)  # sent, half-closed, headers
        await exchange.die()

    async with frame_server(cut) as address, connected(address) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=Pattern.SERVER_STREAMING, transcript=transcript)
    assert end.status.code_name == "UNAVAILABLE"
    assert received(transcript) == [b"whole"]


@EACH_PATTERN
@pytest.mark.parametrize(
    "content",
    [b"\x00", b"\xff\x00\x00\x00\x01x", message(b"\x1f\x8bnot gzip", compressed=1)],
    ids=["cut", "flag", "compressed"],
)
async def test_garbage_ends_the_call_once(pattern: Pattern, content: bytes) -> None:
    async def garbage(exchange: Exchange) -> None:
        exchange.headers(("grpc-encoding", "gzip"))
        exchange.data(content)
        exchange.trailers(0)

    async with frame_server(garbage) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert kinds(transcript).count(EventKind.FINISHED) == 1
    if not pattern.server_streams:
        assert not end.status.ok


@EACH_PATTERN
async def test_an_http_error_page_is_told(pattern: Pattern) -> None:
    async def page(exchange: Exchange) -> None:
        exchange.raw_headers((":status", "502"), ("content-type", "text/html"))
        exchange.data(b"<html>Bad gateway</html>")
        exchange.raw_headers(("x", "y"), end=True)

    async with frame_server(page) as address, connected(address) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name in ("UNAVAILABLE", "UNKNOWN")
    assert "502" in end.status.message or "text/html" in end.status.message


@EACH_PATTERN
@pytest.mark.parametrize("error", [2, 7, 8, 11])
async def test_a_reset_stream_ends_with_a_status(pattern: Pattern, error: int) -> None:
    async def reset(exchange: Exchange) -> None:
        await exchange.request_ended.wait()
        exchange.headers()
        exchange.reset(error)

    async with frame_server(reset) as address, connected(address) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=pattern, deadline=5)
    assert end.status.code_name in ("INTERNAL", "UNAVAILABLE", "CANCELLED", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED")
    assert end.status.message != "cancelled on this side"


# -- the limit for received messages -------------------------------------------------------------------------


@EACH_PATTERN
async def test_a_message_over_the_limit_offers_to_raise_it(pattern: Pattern) -> None:
    async def large(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(b"x" * 10) + message(b"x" * 2000))
        exchange.trailers(0)

    async with frame_server(large) as address, connected(address, max_message_size=1024) as connection:
        end, _ = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "RESOURCE_EXHAUSTED"
    assert "1024 bytes" in end.status.message
    assert "--max-message-size" in end.status.message


async def test_the_limit_counts_after_decompression(service: Service) -> None:
    async with (
        serving(service, compression=grpc.Compression.Gzip) as address,
        connected(address, max_message_size=50_000) as connection,
    ):
        end, _ = await finished(connection, "Echo", b"x" * 100_000)
    assert end.status.code_name == "RESOURCE_EXHAUSTED"
    assert "raise it" in end.status.message


async def test_messages_over_grpcios_own_limit_arrive(service: Service) -> None:
    """4 MiB is where other tools stop (bloomrpc#121, bruno#7718)."""
    options = [("grpc.max_receive_message_length", -1)]
    async with serving(service, options=options) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Echo", b"x" * (9 * 2**20))
        assert end.status.ok
        assert transcript.received_bytes == 9 * 2**20
        transcript.close()


async def test_the_limit_of_256_mib_is_named_as_such() -> None:
    async def claim(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(struct.pack(">BI", 0, 2**28 + 1) + b"x")

    async with frame_server(claim) as address, connected(address) as connection:
        for pattern in (Pattern.UNARY, Pattern.SERVER_STREAMING):
            end, _ = await finished(connection, "Any", b"", pattern=pattern, deadline=5)
            assert end.status.code_name == "RESOURCE_EXHAUSTED"
            assert "256 MiB" in end.status.message
