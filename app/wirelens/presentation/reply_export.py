"""A text that came in pieces as a whole: for the clipboard and for a file. Read anew, since the window shows its end
only where it is long."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from PySide6.QtCore import QByteArray

from wirelens.engine.errors import WirelensError
from wirelens.engine.schema.export import writing_whole
from wirelens.presentation.amounts import size_text
from wirelens.presentation.reply_text import Piece, ReplyText, Voice

_COPIED_AT_MOST = 16 * 2**20  # characters
_SLICE = 0.01  # seconds of work in the thread that keeps the interpreter's lock from the window


async def copied_text(reply: ReplyText, number: int | None = None) -> QByteArray:
    """The whole text with its prompts, or one reply alone, as UTF-8.

    Raises:
        WirelensError: it is too long for the clipboard.
    """
    whole = QByteArray()
    length = 0
    async for pieces in _read(reply):
        text = "".join(
            piece.text for piece in pieces if number is None or (piece.reply == number and piece.voice is Voice.REPLY)
        )
        whole.append(text.encode("utf-8", "replace"))
        length += len(text)
        if length > _COPIED_AT_MOST:
            raise WirelensError(
                f"the text is longer than {size_text(_COPIED_AT_MOST)}, too much for the clipboard",
                next_step="save it as a file",
            )
    if number is not None and whole.startsWith(b"\n\n"):
        whole.remove(0, 2)
    return whole


async def save_text(reply: ReplyText, path: Path) -> int:
    """Write the whole text as UTF-8, there whole or not at all; returns the characters.

    Raises:
        StorageError: the file cannot be written.
    """
    length = 0
    with writing_whole(path) as file:
        async for pieces in _read(reply):
            text = "".join(piece.text for piece in pieces)
            length += len(text)
            await asyncio.to_thread(file.write, text.encode("utf-8", "replace"))
    return length


async def _read(reply: ReplyText) -> AsyncIterator[list[Piece]]:
    """All that is there now, in slices."""
    again = reply.again()
    while True:
        more = await asyncio.to_thread(again.advance, _SLICE)
        yield again.take()
        if not more:
            return
