import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.presentation.draft.bytes_text import (
    Notation,
    NotationError,
    bytes_from_text,
    readable_notation,
    text_from_bytes,
)


@given(st.binary(max_size=40))
def test_bytes_come_back_from_every_notation_that_can_write_them(data: bytes) -> None:
    notations = [Notation.HEX, Notation.BASE64]
    if readable_notation(data) is Notation.TEXT:
        notations.append(Notation.TEXT)
    for notation in notations:
        assert bytes_from_text(text_from_bytes(data, notation), notation) == data


@pytest.mark.parametrize(
    "text", ["00ff10", "00 ff 10", "00:FF:10", "0x00, 0xFF, 0x10", "\\x00\\xff\\x10", "00-ff-10\n"]
)
def test_hex_as_it_is_copied_from_anywhere(text: str) -> None:
    assert bytes_from_text(text, Notation.HEX)[:2] == b"\x00\xff"


@pytest.mark.parametrize("text", ["-_-_", "+/+/", "+/ +/\n"])
def test_base64_in_both_alphabets(text: str) -> None:
    assert bytes_from_text(text, Notation.BASE64) == b"\xfb\xff\xbf"


@pytest.mark.parametrize(
    ("text", "notation", "sentence"),
    [
        ("abc", Notation.HEX, "two digits"),
        ("xy", Notation.HEX, "'x' is no hex digit"),
        ("ab!c", Notation.BASE64, "'!'"),
        ("abcde", Notation.BASE64, "middle of a byte"),
        ("\ud800", Notation.TEXT, "surrogate"),
    ],
)
def test_what_is_wrong_is_said(text: str, notation: Notation, sentence: str) -> None:
    with pytest.raises(NotationError, match=sentence):
        bytes_from_text(text, notation)
