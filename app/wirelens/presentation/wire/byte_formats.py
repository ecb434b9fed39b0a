"""Bytes as people copy and paste them: hex in its many spellings, base64, source text, framed as gRPC sends them."""

import ast
import base64
import enum
import re
import zlib

from wirelens.presentation.amounts import count_text, size_text
from wirelens.presentation.draft.bytes_text import Notation, NotationError, bytes_from_base64, bytes_from_text

_PREFIX = 5  # bytes of a gRPC frame before its message: flag, length
_BROUGHT_OUT_AT_MOST = 256 * 2**20  # bytes of a compressed frame
_HEX = re.compile(r"(?:0[xX]|\\x|[0-9a-fA-F]|[\s:,;{}\[\]\-])+")


class ByteFormat(enum.Enum):
    """How bytes are copied."""

    HEX = "hex"
    BASE64 = "base64"
    C_ARRAY = "C array"
    PYTHON = "Python bytes"


def formatted(data: bytes, wanted: ByteFormat) -> str:
    """`data` as text to be pasted elsewhere."""
    match wanted:
        case ByteFormat.HEX:
            return data.hex(" ")
        case ByteFormat.BASE64:
            return base64.b64encode(data).decode()
        case ByteFormat.C_ARRAY:
            return "{" + ", ".join(f"0x{byte:02x}" for byte in data) + "}"
        case ByteFormat.PYTHON:
            return repr(data)


def bytes_from_paste(text: str) -> bytes:
    """The bytes that a pasted text writes: hex (spaces, 0x, commas, braces allowed), a Python literal or base64.

    What could be either is hex.

    Raises:
        NotationError: it is none of them.
    """
    text = text.strip()
    if re.fullmatch(r"""(?s)[bB](['"]).*\1""", text):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raise NotationError("this looks like bytes of Python, but Python would not take them") from None
        assert isinstance(value, bytes)
        return value
    if _HEX.fullmatch(text):
        return bytes_from_text(re.sub(r"[;{}\[\]]", " ", text), Notation.HEX)
    try:
        return bytes_from_base64(text)
    except NotationError:
        raise NotationError("the clipboard holds neither hex nor base64") from None


def unframed(data: bytes) -> bytes:
    """The message alone, where `data` is one message as gRPC frames it; anything else as it is.

    A message never begins with the byte 0, so that a frame can be told. Of a compressed frame gzip is known.
    https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

    Raises:
        NotationError: there are several frames, or it is one that cannot be read.
    """
    frames = _frames(data)
    if not frames:
        return data
    if len(frames) > 1:
        raise NotationError(f"these are {count_text(len(frames), 'framed message')}; paste one at a time")
    flag, message = frames[0]
    if not flag:
        return message
    try:
        unpacking = zlib.decompressobj(wbits=31)
        content = unpacking.decompress(message, _BROUGHT_OUT_AT_MOST)
    except zlib.error:
        raise NotationError("a compressed frame, but not by gzip") from None
    if not unpacking.eof:
        raise NotationError(f"a compressed frame that is cut off, or of more than {size_text(_BROUGHT_OUT_AT_MOST)}")
    return content


def _frames(data: bytes) -> list[tuple[int, bytes]]:
    """The frames that `data` is made of; none where it is not made of frames alone."""
    found = []
    position = 0
    while position + _PREFIX <= len(data) and data[position] <= 1:
        end = position + _PREFIX + int.from_bytes(data[position + 1 : position + _PREFIX], "big")
        if end > len(data):
            return []
        found.append((data[position], data[position + _PREFIX : end]))
        position = end
    return found if position == len(data) else []
