"""A file for payloads that are too many for memory; nobody else can see it and it vanishes with its owner."""

import mmap
import os
import sys
import tempfile
from collections.abc import Sequence

from wirelens.engine.errors import TranscriptError


class SpoolFile:
    """A run of bytes on disk: unlinked at once on POSIX, deleted on close on Windows (also when we are killed).

    Positions count from the beginning of all payloads, of which the file may hold the later ones only.

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
        self._base = 0  # the position that the file begins with

    def write(self, start: int, payloads: Sequence[bytes]) -> None:
        """Writes them one after the other from position `start` on."""
        try:
            self._write(start - self._base, memoryview(b"".join(payloads)))
        except OSError as error:
            raise TranscriptError(
                f"the messages cannot be kept on disk: {error.strerror or error}",
                place=tempfile.gettempdir(),
                next_step="free some disk space, or set TMPDIR to another folder",
            ) from error

    def _write(self, offset: int, content: memoryview) -> None:
        while content:
            if sys.platform == "win32":
                self._file.seek(offset)
                written = self._file.write(content) or 0
            else:
                written = os.pwrite(self._file.fileno(), content, offset)
            offset += written
            content = content[written:]

    def restart(self, base: int) -> None:
        """Gives the disk space back: nothing before position `base` will be read again."""
        self._file.truncate(0)
        self._base = base

    def read(self, start: int, size: int) -> bytes:
        """`size` bytes from position `start` on."""
        start -= self._base
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

    def view(self, start: int, size: int) -> memoryview:
        """The same as read(), mapped instead of copied; it stays readable when the file is closed.

        Not for a file that is begun anew: what was mapped of it then is gone.
        """
        start -= self._base
        skipped = start % mmap.ALLOCATIONGRANULARITY
        try:
            mapped = mmap.mmap(self._file.fileno(), size + skipped, access=mmap.ACCESS_READ, offset=start - skipped)
        except (OSError, ValueError) as error:
            raise TranscriptError(f"the messages kept on disk cannot be read: {error}") from error
        return memoryview(mapped)[skipped:]

    def close(self) -> None:
        self._file.close()
