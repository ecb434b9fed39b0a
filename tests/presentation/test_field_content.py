"""The bytes of a field as what they are."""

import pytest

from wirelens.presentation.field_content import ContentView, content_text, image_format, view_for
from wirelens.presentation.message_nodes import NodeContent

BITMAP = b"BM" + bytes(12) + (40).to_bytes(4, "little") + bytes(40)
BYTES, TEXT = NodeContent.BYTES, NodeContent.TEXT


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (BITMAP, "bmp"),
        (b"\xef\xbb\xbf <svg xmlns='x'/>", "svg"),
        (b"<?xml version='1.0'?>\n<!-- a drawing -->\n<svg/>", "svg"),
        (b"BM is how many words begin", ""),
        (b"<html><svg/></html>", ""),
        (b"", ""),
    ],
)
def test_an_image_is_told_by_how_it_begins(data: bytes, name: str) -> None:
    assert image_format(memoryview(data)) == name


@pytest.mark.parametrize(
    ("data", "content", "view"),
    [
        (b"\x89PNG\r\n\x1a\n", BYTES, ContentView.IMAGE),
        (b"<svg/>", TEXT, ContentView.IMAGE),
        (b"plain words", BYTES, ContentView.TEXT),
        (b"\xff\xfe", TEXT, ContentView.TEXT),
        (b"\x08\x01\x12\x02\xff\xfe", BYTES, ContentView.MESSAGE),
        (b"\xff\xfe\x00\x80", BYTES, ContentView.HEX),
    ],
)
def test_the_view_that_is_needed_opens_first(data: bytes, content: NodeContent, view: ContentView) -> None:
    assert view_for(data, content) is view


def test_what_is_no_utf8_is_shown_and_said() -> None:
    found = content_text(b"caf\xe9\nend")
    assert found.text == "caf\\xe9\nend"
    assert found.note == "not UTF-8 from byte 3 on: such bytes are shown as \\xff"
    assert content_text("café".encode()).note == ""


def test_of_a_giant_text_the_beginning_is_shown_in_lines_that_can_be_laid_out() -> None:
    found = content_text(("é" * 2**20).encode())
    assert "the first 256 KiB of 2.0 MiB" in found.note
    assert "UTF-8" not in found.note
    lines = found.text.split("\n")
    assert max(map(len, lines)) <= 2_000
    assert "".join(lines) == "é" * (128 * 1024)
    odd = content_text(b"x" + ("é" * 2**20).encode())  # the last character shown would be cut in two
    assert "UTF-8" not in odd.note
