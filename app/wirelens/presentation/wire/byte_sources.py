"""Bytes that come from elsewhere, as the message that they are meant to be."""

from pathlib import Path

from google.protobuf.descriptor import Descriptor

from wirelens.engine.messages.wire.checking import find_mistake
from wirelens.presentation.draft.bytes_text import NotationError
from wirelens.presentation.wire.byte_formats import bytes_from_paste, unframed


def message_of_file(path: Path, descriptor: Descriptor) -> bytes:
    """The message in a file: as it is, framed as gRPC does, or written as hex or base64.

    Raises:
        OSError: the file cannot be read.
        NotationError: it holds several framed messages, or a frame that cannot be read.
    """
    content = path.read_bytes()
    if find_mistake(content, descriptor) is not None:
        try:
            return unframed(bytes_from_paste(content.decode("ascii")))
        except (UnicodeDecodeError, NotationError):
            pass
    return unframed(content)
