"""How answers were compressed. gRPC's library keeps `grpc-encoding` and compressed sizes to itself, so it is told to
hand compressed messages over as they came, and they are decompressed here.

It then still refuses an encoding that it does not know, and a compressed message of a call that named none. What is
left is gzip and deflate (https://github.com/grpc/grpc/blob/master/doc/compression.md). The library does not say which
messages were flagged as compressed, so they are told by what they are: by their first bytes and, where a message of
protobuf may begin so too, by the checksum at their end. Mistakes of a server are not seen for it: a message that is
flagged and not compressed arrives as it is, and so does broken deflate that happens to read as a message; one that is
compressed and not flagged is decompressed.
"""

import itertools
import zlib
from collections.abc import Iterator

from wirelens.engine.calls.ending import INTERNAL, RESOURCE_EXHAUSTED
from wirelens.engine.messages.wire.scanning import WireMistake, raw_fields

_GZIP = b"\x1f\x8b"  # no message of protobuf begins with a tag of wire type 7
# The headers that RFC 1950 allows without a preset dictionary. A message may begin so too.
_ZLIB = frozenset(
    bytes((method, flags))
    for method in range(0x08, 0x80, 0x10)
    for flags in range(256)
    if (method << 8 | flags) % 31 == 0 and not flags & 0x20
)
_ZLIB_OF_GRPC = 0x78  # what servers write; smaller windows are only allowed
BEGINNINGS = _ZLIB | {_GZIP}  # the first two bytes of what may be compressed
_GZIP_BITS, _ZLIB_BITS = 31, 15  # zlib's wbits
_PIECE = 16 * 1024  # bytes in at a time, at most a thousand times as many out
_MUCH, _ENOUGH = 2**20, 2**24  # bytes out
_FIELDS = 10_000  # of a message that are looked at: bytes of deflate seldom read as more than a few


class DecompressionError(Exception):
    """A message that cannot be decompressed: the status that the call ends with."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


def decompressed(raw: bytes, most: int) -> tuple[bytes, str | None]:
    """A message and the name of its encoding, None where it is not compressed.

    Args:
        raw: as it came.
        most: bytes that a message may have after decompression. One that is larger is given up at that size.

    Raises:
        DecompressionError: it is larger, or broken.
    """
    beginning = raw[:2]
    if beginning not in BEGINNINGS:
        return raw, None
    is_gzip = beginning == _GZIP
    encoding, bits = ("gzip", _GZIP_BITS) if is_gzip else ("deflate", _ZLIB_BITS)
    try:
        found = _inflated(raw, bits, most, is_message=False if is_gzip else None)
    except zlib.error:
        if is_gzip or (raw[0] == _ZLIB_OF_GRPC and not _is_message(raw)):
            raise DecompressionError(INTERNAL, f"Decompression failed: the message is broken {encoding}") from None
        found = None
    return (raw, None) if found is None else (found, encoding)


def _inflated(raw: bytes, bits: int, most: int, *, is_message: bool | None) -> bytes | None:
    """What `raw` decompresses to; None where it becomes too large and may be a message as it is.

    The letters "888…" behind a suitable tag decompress to ten times as many, without an end. So `is_message` may be
    None, for not known; it is asked for once there is much, and of a message nothing is kept until the end has come.

    Raises:
        DecompressionError: it is no message, and becomes too large.
        zlib.error: it is not compressed, or broken.
    """
    found, size = [], 0
    for piece in _pieces(raw, bits):
        size += len(piece)
        if is_message is None and size > min(_MUCH, most):
            is_message = _is_message(raw)
        if size > most and not is_message:
            raise _too_large(most)
        if size > max(most, _ENOUGH):
            return None
        if not is_message:
            found.append(piece)
    if size > most:  # its end tells that it was compressed, though it is a message as well
        raise _too_large(most)
    return b"".join(_pieces(raw, bits) if is_message else found)


def _too_large(most: int) -> DecompressionError:
    return DecompressionError(RESOURCE_EXHAUSTED, f"Decompressed message larger than max (limit: {most})")


def _pieces(raw: bytes, bits: int) -> Iterator[bytes]:
    """What `raw` decompresses to, some at a time: other threads run in between, and nothing is made beyond need.

    Raises:
        zlib.error: it is broken, has no end, or goes on behind it.
    """
    stream, view = zlib.decompressobj(bits), memoryview(raw)
    for start in range(0, len(raw), _PIECE):
        yield stream.decompress(view[start : start + _PIECE])
        if stream.eof and (stream.unused_data or start + _PIECE < len(raw)):
            raise zlib.error("it goes on behind its end")
    if not stream.eof:
        raise zlib.error("it has no end")


def _is_message(raw: bytes) -> bool:
    """Whether it reads as a message of some type, as far as its first fields tell."""
    fields = itertools.islice(raw_fields(memoryview(raw), 0, len(raw)), _FIELDS)
    return not any(isinstance(field, WireMistake) for field in fields)
