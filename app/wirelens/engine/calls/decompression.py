"""How answers were compressed. gRPC's library keeps `grpc-encoding` and compressed sizes to itself, so it is told to
hand compressed messages over as they came, and they are decompressed here.

It then still refuses an encoding that it does not know, and a compressed message of a call that named none. What is
left is gzip and deflate (https://github.com/grpc/grpc/blob/master/doc/compression.md), told by their own first bytes
and checksums: the library does not say which messages were flagged as compressed. So one that was flagged and is
neither arrives as it is, where the library would have ended the call.
"""

import zlib

from wirelens.engine.calls.ending import INTERNAL, RESOURCE_EXHAUSTED

_GZIP = b"\x1f\x8b"  # no message of protobuf begins with a tag of wire type 7
# The headers that RFC 1950 allows without a preset dictionary. A message may begin so too; its end then tells.
_ZLIB = frozenset(
    bytes((method, flags))
    for method in range(0x08, 0x80, 0x10)
    for flags in range(256)
    if (method << 8 | flags) % 31 == 0 and not flags & 0x20
)
BEGINNINGS = _ZLIB | {_GZIP}  # the first two bytes of what may be compressed
_GZIP_BITS, _ZLIB_BITS = 31, 15  # zlib's wbits


class DecompressionError(Exception):
    """A message that cannot be decompressed: the status that the call ends with, worded as gRPC's library would."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


def decompressed(raw: bytes, most: int) -> tuple[bytes, str | None]:
    """A message and the name of its encoding, None where it is not compressed.

    Args:
        raw: as it came.
        most: bytes that a message may have after decompression.

    Raises:
        DecompressionError: it is larger, or broken.
    """
    beginning = raw[:2]
    if beginning not in BEGINNINGS:
        return raw, None
    is_gzip = beginning == _GZIP
    stream = zlib.decompressobj(_GZIP_BITS if is_gzip else _ZLIB_BITS)
    try:
        payload = stream.decompress(raw, most + 1)
    except zlib.error:
        payload = b""
    if len(payload) > most:
        raise DecompressionError(RESOURCE_EXHAUSTED, f"Decompressed message larger than max (limit: {most})")
    if stream.eof and not stream.unused_data:
        return payload, "gzip" if is_gzip else "deflate"
    if is_gzip:
        raise DecompressionError(INTERNAL, "Decompression failed: the message is no whole gzip stream")
    return raw, None
