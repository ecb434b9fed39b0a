"""The bytes of one field, to be looked at as what they are: text, an image, a message, or just bytes."""

import enum
from dataclasses import dataclass

from wirelens.engine.messages.wire.scanning import Buffer, Span
from wirelens.engine.messages.wire.values import GuessKind, guess
from wirelens.presentation.amounts import size_text
from wirelens.presentation.message_nodes import NodeContent

_TEXT_SHOWN = 256 * 1024  # bytes of a text that are laid out
_LINE_SHOWN = 2_000  # characters; no text widget lays out a line of megabytes in time
_HEAD = 1024  # bytes in which an image is told
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # bytes: what the second header of a BMP may say of itself


class ContentView(enum.Enum):
    """How the bytes of a field are looked at."""

    HEX = "Hex"
    TEXT = "Text"
    IMAGE = "Image"
    MESSAGE = "Message"


@dataclass(frozen=True, slots=True)
class ContentText:
    """Bytes as text; `note` says what is not as it seems: bytes that are no UTF-8, a part that is left out."""

    text: str
    note: str


def image_format(data: Buffer) -> str:
    """ "png", "jpeg", "gif", "webp", "bmp" or "svg" by how the bytes begin; empty where they are no such image."""
    head = bytes(memoryview(data)[:_HEAD])
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return "bmp"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return "svg" if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in head) else ""


def view_for(data: Buffer, content: NodeContent) -> ContentView:
    """The view that a stranger needs for these bytes."""
    if image_format(data):
        return ContentView.IMAGE
    if content is NodeContent.TEXT:
        return ContentView.TEXT
    kind = guess(data, Span(0, len(data))).kind
    return {GuessKind.TEXT: ContentView.TEXT, GuessKind.MESSAGE: ContentView.MESSAGE}.get(kind, ContentView.HEX)


def content_text(data: Buffer) -> ContentText:
    """The beginning of the bytes as text. What is no UTF-8 is written as `\\xff`, and the note says where it begins.

    Lines longer than 2,000 characters are broken for the eye.
    """
    head = bytes(memoryview(data)[:_TEXT_SHOWN])
    is_whole = len(head) == len(data)
    notes = []
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if not is_whole and error.start >= len(head) - 3:  # a character is cut
            text = head[: error.start].decode()
        else:
            text = head.decode("utf-8", "backslashreplace")
            notes.append(f"not UTF-8 from byte {error.start:,} on: such bytes are shown as \\xff")
    if not is_whole:
        notes.append(f"the first {size_text(len(head))} of {size_text(len(data))}: save it to see all")
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return ContentText("\n".join(map(_broken, text.split("\n"))), "; ".join(notes))


def _broken(line: str) -> str:
    if len(line) <= _LINE_SHOWN:
        return line
    return "\n".join(line[at : at + _LINE_SHOWN] for at in range(0, len(line), _LINE_SHOWN))
