"""A file for payloads that are too many for memory; nobody else can see it and it vanishes with its owner."""

import os
import sys
import tempfile
from collections.abc import Sequence

from wirelens.engine.errors import TranscriptError


class SpoolFile:
    """Append-only bytes on disk: unlinked at once on POSIX, deleted on close on Windows (also when we are killed).

    Raises:
        TranscriptError: from each method: no file can be made, the disk is full, or reading failed.
    """

    def __init__(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(prefix="wirelens-", buffering=0)  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise TranscriptError(
                f"no temporary file can be made for the messages: {error.strerror or error}",
                place=tempfile.gettempdir(),
                next_step="free some disk space, or set TMPDIR to another folder",
            ) from error
        self._size = 0

    def append(self, payloads: Sequence[bytes]) -> None:
        """Writes them one after the other. After a failure the file is as long as before."""
        try:
            self._write(payloads)
        except OSError as error:
            raise TranscriptError(
                f"the messages cannot be kept on disk: {error.strerror or error}",
                place=tempfile.gettempdir(),
                next_step="free some disk space, or set TMPDIR to another folder",
            ) from error

    def _write(self, payloads: Sequence[bytes]) -> None:
        content = memoryview(b"".join(payloads))
        position = self._size
        while content:
            if sys.platform == "win32":
                self._file.seek(position)
                written = self._file.write(content) or 0
            else:
                written = os.pwrite(self._file.fileno(), content, position)
            position += written
            content = content[written:]
        self._size = position

    def read(self, start: int, size: int) -> bytes:
        """`size` bytes from `start`."""
        parts: list[bytes] = []
        try:
            while size:
                if sys.platform == "win32":
                    self._file.seek(start)
                    part = self._file.read(size) or b""
                else:
                    part = os.pread(self._file.fileno(), size, start)
                if not part:
                    raise TranscriptError("the spool file is shorter than what was written to it")
                parts.append(part)
                start += len(part)
                size -= len(part)
        except OSError as error:
            raise TranscriptError(f"the messages kept on disk cannot be read: {error.strerror or error}") from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        self._file.close()
