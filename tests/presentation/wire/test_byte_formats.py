import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelens.presentation.draft.bytes_text import NotationError
from wirelens.presentation.wire.byte_formats import ByteFormat, bytes_from_paste, formatted, unframed


@pytest.mark.parametrize(
    "text",
    [
        "0a0341",
        "0A 03 41",
        "0x0a, 0x03, 0x41",
        r"\x0a\x03\x41",
        "{0x0a, 0x03, 0x41};",
        "0a:03:41\n",
        "CgNB",
        r"b'\n\x03A'",
    ],
)
def test_bytes_are_read_from_every_spelling(text: str) -> None:
    assert bytes_from_paste(text) == b"\x0a\x03A"


@pytest.mark.parametrize(
    ("text", "said"),
    [("0a034", "two digits"), ("hello, world!", "neither hex nor base64"), ("b'\\xzz'", "Python")],
)
def test_a_text_that_is_no_bytes_says_why(text: str, said: str) -> None:
    with pytest.raises(NotationError, match=said):
        bytes_from_paste(text)


@given(data=st.binary(max_size=40))
def test_what_is_copied_can_be_pasted(data: bytes) -> None:
    for wanted in (ByteFormat.HEX, ByteFormat.C_ARRAY, ByteFormat.PYTHON):
        assert bytes_from_paste(formatted(data, wanted)) == data


def framed(message: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(message).to_bytes(4, "big") + message


def test_a_frame_of_grpc_is_taken_off() -> None:
    assert unframed(framed(b"\x0a\x01x")) == b"\x0a\x01x"
    assert unframed(framed(b"")) == b""
    assert unframed(framed(gzip.compress(b"\x0a\x01x"), 1)) == b"\x0a\x01x"
    assert unframed(b"\x0a\x01x") == b"\x0a\x01x"
    assert unframed(b"\0\0\0\0\x09x") == b"\0\0\0\0\x09x"  # no frame: too short


def test_frames_that_cannot_be_taken_say_why() -> None:
    with pytest.raises(NotationError, match="2 framed messages"):
        unframed(framed(b"\x0a\x01x") * 2)
    with pytest.raises(NotationError, match="not by gzip"):
        unframed(framed(b"\x0a\x01x", 1))
    with pytest.raises(NotationError, match="cut off"):
        unframed(framed(gzip.compress(b"\x0a\x01x")[:-4], 1))


@given(text=st.text(max_size=30), data=st.binary(max_size=30))
def test_nothing_else_is_raised(text: str, data: bytes) -> None:
    with contextlib.suppress(NotationError):
        bytes_from_paste(text)
    with contextlib.suppress(NotationError):
        unframed(data)
