"""Looking for bytes or text in bytes, and going to an offset, by what a person types."""

import re
from collections.abc import Sequence

from wirelens.engine.messages.wire.scanning import Buffer

_CHUNK = 2**20  # bytes searched between two chances for the other threads
_HEX = re.compile(r"(?:(?:0[xX]|\\x)?[0-9a-fA-F]{2}[\s,:]*)+")
_SIGNS = re.compile(r"0[xX]|\\x|[\s,:]")


def needles_of(query: str) -> tuple[bytes, ...]:
    """What a query may mean: text, the bytes that it writes in hex, or either. `"…"` is text alone."""
    if len(query) > 2 and query[0] == query[-1] == '"':
        return (query[1:-1].encode("utf-8", "surrogatepass"),)
    text = query.encode("utf-8", "surrogatepass")
    if not _HEX.fullmatch(query.strip()):
        return (text,) if text else ()
    return (bytes.fromhex(_SIGNS.sub("", query)), text)


def find_bytes(buffer: Buffer, needles: Sequence[bytes], most: int) -> list[tuple[int, int]]:
    """The places, as (start, end), at which one of the needles stands, the first `most`; some 1 s a GB."""
    data = memoryview(buffer)
    found: list[tuple[int, int]] = []
    for needle in needles:
        found += ((start, start + len(needle)) for start in _places(data, needle, most))
    return sorted(set(found))[:most]


def offset_of(text: str) -> int | None:
    """`7936` or `0x1f00` as a number; None where it is neither."""
    try:
        return int(text.strip().replace(",", ""), 0)
    except ValueError:
        return None


def _places(data: memoryview, needle: bytes, most: int) -> list[int]:
    places: list[int] = []
    overlap = len(needle) - 1
    for begin in range(0, len(data), _CHUNK):
        chunk = bytes(data[begin : begin + _CHUNK + overlap])
        at = chunk.find(needle)
        while at >= 0 and at < _CHUNK:
            places.append(begin + at)
            if len(places) == most:
                return places
            at = chunk.find(needle, at + len(needle))
    return places
