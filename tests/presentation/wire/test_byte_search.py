"""Looking for bytes and going to an offset."""

import pytest

from wirelens.presentation.wire.byte_search import find_bytes, needles_of, offset_of


@pytest.mark.parametrize(
    ("query", "needles"),
    [
        ("", ()),
        ("Ada", (b"Ada",)),
        ("né", ("né".encode(),)),
        ("0a ff", (b"\x0a\xff", b"0a ff")),
        ("0x0A,0xff", (b"\x0a\xff", b"0x0A,0xff")),
        ("cafe", (b"\xca\xfe", b"cafe")),
        ('"cafe"', (b"cafe",)),
        ("0a f", (b"0a f",)),
    ],
)
def test_a_query_is_text_or_hex_or_what_could_be_either(query: str, needles: tuple[bytes, ...]) -> None:
    assert needles_of(query) == needles


def test_places_are_found_in_order_also_across_the_chunks_of_a_large_message() -> None:
    data = bytearray(3 * 2**20)
    for at in (0, 2**20 - 2, 2 * 2**20 - 1, len(data) - 4):
        data[at : at + 4] = b"Ada!"
    found = find_bytes(memoryview(data), [b"Ada!", b"!"], 100)
    places = (0, 2**20 - 2, 2 * 2**20 - 1, len(data) - 4)
    assert found == sorted([(at, at + 4) for at in places] + [(at + 3, at + 4) for at in places])
    assert find_bytes(memoryview(data), [b"Ada!"], 2) == [(0, 4), (2**20 - 2, 2**20 + 2)]


@pytest.mark.parametrize(
    ("text", "offset"), [("7936", 7936), ("0x1F00", 7936), (" 1,024 ", 1024), ("", None), ("x", None)]
)
def test_offsets_are_decimal_or_hex(text: str, offset: int | None) -> None:
    assert offset_of(text) == offset
