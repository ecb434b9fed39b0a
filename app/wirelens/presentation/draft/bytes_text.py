"""Bytes as people write them: text, hex or base64; the draft keeps base64, as ProtoJSON does."""

import base64
import enum
import re

from wirelens.engine.messages.json_scalars import ScalarError, bytes_value
from wirelens.engine.messages.json_text import JsonKind, JsonNode


class Notation(enum.Enum):
    """How an editor writes bytes."""

    TEXT = "text"
    HEX = "hex"
    BASE64 = "base64"


class NotationError(ValueError):
    """Text that is not whole bytes in its notation; the message is a sentence for people."""


def bytes_from_text(text: str, notation: Notation) -> bytes:
    """The bytes that `text` writes.

    Raises:
        NotationError: says what is missing or wrong.
    """
    if notation is Notation.TEXT:
        try:
            return text.encode()
        except UnicodeEncodeError:
            raise NotationError("a lone surrogate has no bytes in UTF-8") from None
    if notation is Notation.HEX:
        return _bytes_from_hex(text)
    return bytes_from_base64(text)


def text_from_bytes(data: bytes, notation: Notation) -> str:
    """`data` in `notation`; text that is no UTF-8 raises UnicodeDecodeError."""
    if notation is Notation.TEXT:
        return data.decode()
    if notation is Notation.HEX:
        return data.hex(" ")
    return base64.b64encode(data).decode()


def bytes_from_base64(text: str) -> bytes:
    """The bytes of base64 text, in the standard or the URL-safe alphabet, padded or not, as ProtoJSON takes it.

    Raises:
        NotationError: says what is wrong.
    """
    squeezed = re.sub(r"\s", "", text)
    try:
        return bytes_value(JsonNode(JsonKind.STRING, 0, len(squeezed), squeezed))
    except ScalarError as error:
        raise NotationError(error.message) from None


def readable_notation(data: bytes) -> Notation:
    """Text where the bytes read as such, else hex."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Notation.HEX
    return Notation.TEXT if all(char.isprintable() or char in "\n\t" for char in text) else Notation.HEX


def _bytes_from_hex(text: str) -> bytes:
    digits = re.sub(r"0[xX]|\\x|[\s:,\-]", "", text)
    wrong = re.search(r"[^0-9a-fA-F]", digits)
    if wrong:
        raise NotationError(f"{wrong[0]!r} is no hex digit")
    if len(digits) % 2:
        raise NotationError("hex needs two digits for each byte; one is missing at the end")
    return bytes.fromhex(digits)
