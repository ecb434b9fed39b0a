"""How answers were compressed: told by what came, and what came is the message all the same."""

import gzip
import random
import tracemalloc
import zlib

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError
from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.calls.frame_server import Exchange, frame_server, message
from tests.engine.calls.serving import Service, connected, finished, received, serving

from wirelens.engine.calls.decompression import DecompressionError, decompressed
from wirelens.engine.calls.events import CompressedTotals
from wirelens.engine.connection.channels import Connection
from wirelens.engine.messages.wire.values import varint
from wirelens.engine.schema.services import Pattern

EACH_PATTERN = pytest.mark.parametrize("pattern", list(Pattern))
MOST = 10_000


def deflated(data: bytes, *, window: int = 15, level: int = 6) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, window)
    return packer.compress(data) + packer.flush()


# -- over real sockets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Echo", "Join", "Chat"])
@pytest.mark.parametrize(
    ("compression", "encoding"), [(grpc.Compression.Gzip, "gzip"), (grpc.Compression.Deflate, "deflate")]
)
async def test_the_encoding_of_a_real_servers_answers_is_named(
    service: Service, name: str, compression: grpc.Compression, encoding: str
) -> None:
    payload = b"x" * 5000
    async with serving(service, compression=compression) as address, connected(address) as connection:
        end, transcript = await finished(connection, name, payload, payload)
    assert end.status.ok
    assert b",".join(received(transcript)) == (payload if name == "Echo" else payload + b"," + payload)
    assert transcript.encodings is not None
    assert list(transcript.encodings) == [encoding]
    came = transcript.encodings[encoding]
    assert came.count == transcript.received_count
    assert came.size == transcript.received_bytes > 20 * came.sent_size > 0


async def test_answers_that_are_not_compressed_are_seen_to_be_so(connection: Connection) -> None:
    end, transcript = await finished(connection, "Echo", b"x" * 5000)
    assert end.status.ok
    assert transcript.encodings == {}


@EACH_PATTERN
async def test_one_call_may_have_both(pattern: Pattern) -> None:
    packed = gzip.compress(b"y" * 1000)

    async def answer(exchange: Exchange) -> None:
        exchange.headers(("grpc-encoding", "gzip"))
        plain = [message(b"plain"), message(b"")] if pattern.server_streams else []
        exchange.data(b"".join([*plain, message(packed, compressed=1)]))
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.ok
    assert received(transcript)[-1] == b"y" * 1000
    assert transcript.received_count == (3 if pattern.server_streams else 1)
    assert transcript.encodings == {"gzip": CompressedTotals(1, len(packed), 1000)}


@EACH_PATTERN
@pytest.mark.parametrize("cut", [1, 8, 15])
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_broken_stream_ends_the_call(pattern: Pattern, encoding: str, cut: int) -> None:
    pack = gzip.compress if encoding == "gzip" else deflated
    whole = pack(b"a message that is compressed" * 9)

    async def answer(exchange: Exchange) -> None:
        exchange.headers(("grpc-encoding", encoding))
        first = message(whole, compressed=1) if pattern.server_streams else b""
        exchange.data(first + message(whole[:-cut], compressed=1))
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
        assert (end.status.code_name, end.status.message) == (
            "INTERNAL",
            f"Decompression failed: the message is broken {encoding}",
        )
        assert transcript.received_count == pattern.server_streams  # what came before it is kept
        again, _ = await finished(connection, "Any", b"", pattern=pattern)  # the connection goes on
        assert again.status == end.status


@EACH_PATTERN
async def test_what_says_to_be_compressed_and_is_not_arrives_as_it_is(pattern: Pattern) -> None:
    """gRPC's library would end the call, but it does not tell of the flag when it leaves messages as they came."""

    async def answer(exchange: Exchange) -> None:
        exchange.headers(("grpc-encoding", "gzip"))
        exchange.data(message(b"not gzip", compressed=1))
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.ok
    assert received(transcript) == [b"not gzip"]
    assert transcript.encodings == {}


@EACH_PATTERN
async def test_what_is_compressed_and_does_not_say_so_is_decompressed(pattern: Pattern) -> None:
    """The other side of it."""
    packed = gzip.compress(b"y" * 1000)

    async def answer(exchange: Exchange) -> None:
        exchange.headers()
        exchange.data(message(packed))
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.ok
    assert received(transcript) == [b"y" * 1000]
    assert transcript.encodings == {"gzip": CompressedTotals(1, len(packed), 1000)}


@pytest.mark.parametrize("length", [2**20, 3 * 2**20])
async def test_a_message_that_reads_like_deflate_without_an_end_arrives(service: Service, length: int) -> None:
    """It would have over ten times its size, and so be over the limit."""
    message = b"\x08\x1d\x12" + varint(length) + b"8" * length
    options = [("grpc.max_receive_message_length", -1)]
    async with (
        serving(service, options=options) as address,
        connected(address, max_message_size=4 * 2**20) as connection,
    ):
        end, transcript = await finished(connection, "Echo", message)
    assert end.status.ok
    assert received(transcript) == [message]
    assert transcript.encodings == {}
    transcript.close()


@EACH_PATTERN
@pytest.mark.parametrize(
    ("encoding", "reason"), [("snappy", "grpc-encoding"), (None, "no encoding")], ids=["unknown", "none named"]
)
async def test_what_cannot_be_decompressed_is_refused(pattern: Pattern, encoding: str | None, reason: str) -> None:
    async def answer(exchange: Exchange) -> None:
        exchange.headers(*([("grpc-encoding", encoding)] if encoding else []))
        exchange.data(message(b"\xff\x06\x00\x00sNaPpY", compressed=1))
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert not end.status.ok
    assert transcript.received_count == 0
    if pattern.server_streams:
        assert reason in end.status.message


@EACH_PATTERN
@pytest.mark.parametrize("pack", [gzip.compress, deflated], ids=["gzip", "deflate"])
async def test_a_small_message_that_becomes_large_is_held_to_the_limit(pattern: Pattern, pack: object) -> None:
    bomb = pack(bytes(100 * 2**20))  # type: ignore[operator]
    assert len(bomb) < 2**18

    async def answer(exchange: Exchange) -> None:
        exchange.headers(("grpc-encoding", "gzip" if pack is gzip.compress else "deflate"))
        framed = message(bomb, compressed=1)
        for start in range(0, len(framed), 16_384):
            exchange.data(framed[start : start + 16_384])
        exchange.trailers(0)

    async with frame_server(answer) as address, connected(address, max_message_size=2**20) as connection:
        end, transcript = await finished(connection, "Any", b"", pattern=pattern)
    assert end.status.code_name == "RESOURCE_EXHAUSTED"
    assert end.status.message == (
        "Decompressed message larger than max (limit: 1048576). "
        "The limit for received messages is 1 MiB: raise it (--max-message-size BYTES)"
    )
    assert transcript.received_count == 0


# -- one message -------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.binary(max_size=MOST), st.integers(9, 15), st.integers(0, 9))
def test_what_was_compressed_comes_out_as_it_was(data: bytes, window: int, level: int) -> None:
    assert decompressed(gzip.compress(data, level), MOST) == (data, "gzip")
    assert decompressed(deflated(data, window=window, level=level), MOST) == (data, "deflate")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_message_begins_like_gzip(rest: bytes) -> None:
    with pytest.raises(DecodeError):
        Struct.FromString(b"\x1f\x8b" + rest)


@pytest.mark.parametrize("number", [2, 16])
@pytest.mark.parametrize("first", [b"\x78\x9c\x01", b"\x78\xda\x01", b"\x08\x1d", b"\x18\x19", b"\x78\x01"])
@settings(deadline=None)
@given(text=st.binary(max_size=10_000) | st.text(max_size=1000).map(str.encode))
def test_messages_that_begin_like_deflate_stay(first: bytes, number: int, text: bytes) -> None:
    """78 9c 01 is the number 156 in field 15."""
    message = first + varint(number << 3 | 2) + varint(len(text)) + text
    assert decompressed(message, len(message)) == (message, None)


@pytest.mark.parametrize("length", [2**15, 2**17, 2**20], ids=["little", "much", "more"])
def test_messages_that_could_be_decompressed_without_an_end_stay(length: int) -> None:
    """08 1d 12 is the number 29 in field 1 and a text in field 2, and a header of deflate with its first letters."""
    message = b"\x08\x1d\x12" + varint(length) + b"8" * length
    stream = zlib.decompressobj()
    assert len(stream.decompress(message)) > len(message) * 10
    assert not stream.eof
    for most in (len(message), 2 * len(message), 2**28):
        assert decompressed(message, most) == (message, None)


def test_a_message_that_could_become_larger_than_the_limit_stays() -> None:
    message = b"\x08\x1d\x12" + varint(20 * 2**20) + b"8" * (20 * 2**20)
    assert len(zlib.decompressobj().decompress(message, 2**25 + 1)) > 2**25
    assert decompressed(message, 2**25) == (message, None)


BROKEN = {
    "gzip": [
        gzip.compress(b"x") + b"more",
        gzip.compress(b"x") * 2,
        gzip.compress(b"a message " * 10)[:-1],
        gzip.compress(bytes(10**8))[:-1],
        b"\x1f\x8b",
        b"\x1f\x8b not gzip",
    ],
    "deflate": [
        deflated(b"a message " * 10)[:-1],
        deflated(b"a message " * 10)[:-9],
        deflated(b"a message " * 10)[:-1] + b"\0",
        deflated(b"a message") + b"more",
        deflated(random.Random(1).randbytes(50_000))[:-1],
        deflated(bytes(16), level=0)[:-1],
    ],
}


@pytest.mark.parametrize(("encoding", "data"), [(name, data) for name, all_of in BROKEN.items() for data in all_of])
def test_what_begins_like_a_stream_and_is_neither_that_nor_a_message_is_broken(encoding: str, data: bytes) -> None:
    with pytest.raises(DecompressionError) as refused:
        decompressed(data, 2**28)
    assert (refused.value.code, refused.value.details) == (
        13,
        f"Decompression failed: the message is broken {encoding}",
    )


def test_half_a_stream_of_a_window_that_no_server_takes_stays() -> None:
    """Its first bytes are those of many messages, also of broken ones."""
    half = deflated(b"a message " * 10, window=9)[:-1]
    assert decompressed(half, MOST) == (half, None)


def test_a_bomb_is_given_up_early() -> None:
    for pack in (gzip.compress, deflated):
        bomb = pack(bytes(2**26))
        tracemalloc.start()
        with pytest.raises(DecompressionError, match=r"larger than max \(limit: 10000000\)"):
            decompressed(bomb, 10_000_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 60_000_000


@pytest.mark.parametrize("packed", ["58c3636020000000210001", "2815010200fdff001300150014"])
def test_what_is_a_message_as_well_is_held_to_the_limit_too(packed: str) -> None:
    raw = bytes.fromhex(packed)
    payload = zlib.decompress(raw)
    Empty.FromString(raw)
    assert decompressed(raw, len(payload)) == (payload, "deflate")
    with pytest.raises(DecompressionError) as refused:
        decompressed(raw, len(payload) - 1)
    assert refused.value.code == 8


def test_the_limit_is_a_messages_largest_size() -> None:
    for pack in (gzip.compress, deflated):
        assert decompressed(pack(bytes(MOST)), MOST)[0] == bytes(MOST)
        with pytest.raises(DecompressionError) as refused:
            decompressed(pack(bytes(MOST + 1)), MOST)
        assert refused.value.code == 8
