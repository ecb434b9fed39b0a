"""A file for payloads that are too many for memory; nobody else can see it and it vanishes with its owner."""

import itertools
import mmap
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence

from wirelens.engine.errors import TranscriptError

_SMALLEST_PART = 2**20
_WRITTEN_ALONE = 256 * 1024  # bytes from which on a payload is not copied beside others to be written with them
_PARTS = 4  # that the newest bytes are spread over, so that a quarter of them at most is kept too long


class Spool:
    """The payloads of a call on disk. Positions count from the beginning of all payloads.

    Args:
        keep_bytes: how many of the newest bytes are wanted, which then stand in several files, and the oldest file
            is dropped once it holds none of them. None for all, in one file.

    Raises:
        TranscriptError: from each method: no file can be made, the disk is full, or reading failed.
    """

    def __init__(self, keep_bytes: int | None = None) -> None:
        self._part_size = None if keep_bytes is None else max(keep_bytes // _PARTS, _SMALLEST_PART)
        self._files = [_SpoolFile(0)]

    def write(self, start: int, payloads: Sequence[bytes]) -> None:
        """Writes them one after the other from position `start` on, where the last ones ended."""
        newest = self._files[-1]
        if self._part_size is not None and start - newest.base >= self._part_size:
            newest = _SpoolFile(start)
            self._files.append(newest)
        newest.write(start, payloads)

    @property
    def size(self) -> int:
        """Bytes of disk that are taken."""
        return sum(file.size for file in self._files)

    def restart(self, base: int) -> None:
        """Gives the disk space back: nothing before position `base` will be read again."""
        if self._part_size is None:
            self._files[0].restart(base)
        else:
            self._files, dropped = [_SpoolFile(base)], self._files  # a message of theirs may still be mapped
            for file in dropped:
                file.close()

    def drop_before(self, position: int) -> None:
        """Closes the files in which nothing from `position` on stands."""
        while len(self._files) > 1 and self._files[1].base <= position:
            self._files.pop(0).close()

    def read(self, start: int, size: int) -> bytes:
        """`size` bytes from position `start` on."""
        parts = []
        while size:
            at = self._file_at(start)
            beyond = self._files[at + 1].base if at + 1 < len(self._files) else start + size
            part = self._files[at].read(start, min(size, beyond - start))
            parts.append(part)
            start += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def view(self, start: int, size: int) -> memoryview:
        """The same as read() for one payload, mapped instead of copied; it stays readable when the spool is closed.

        Not where restart() cuts a file off: what was mapped of it then is gone.
        """
        return self._files[self._file_at(start)].view(start, size)

    def close(self) -> None:
        for file in self._files:
            file.close()

    def _file_at(self, position: int) -> int:
        return next(at for at in range(len(self._files) - 1, -1, -1) if self._files[at].base <= position)


class _SpoolFile:
    """A run of bytes on disk: unlinked at once on POSIX, deleted on close on Windows (also when we are killed).

    `base` is the position that it begins with.
    """

    def __init__(self, base: int) -> None:
        try:
            self._file = tempfile.TemporaryFile(prefix="wirelens-", buffering=0)  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise TranscriptError(
                f"no temporary file can be made for the messages: {error.strerror or error}",
                place=tempfile.gettempdir(),
                next_step="free some disk space, or set TMPDIR to another folder",
            ) from error
        self.base = base

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def write(self, start: int, payloads: Sequence[bytes]) -> None:
        try:
            offset = start - self.base
            for content in _contents(payloads):
                self._write(offset, memoryview(content))
                offset += len(content)
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
        self._file.truncate(0)
        self.base = base

    def read(self, start: int, size: int) -> bytes:
        start -= self.base
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
        start -= self.base
        skipped = start % mmap.ALLOCATIONGRANULARITY
        try:
            mapped = mmap.mmap(self._file.fileno(), size + skipped, access=mmap.ACCESS_READ, offset=start - skipped)
        except (OSError, ValueError) as error:
            raise TranscriptError(f"the messages kept on disk cannot be read: {error}") from error
        return memoryview(mapped)[skipped:]

    def close(self) -> None:
        self._file.close()


def _contents(payloads: Sequence[bytes]) -> Iterable[bytes]:
    """The same in as few pieces as is good: the many small payloads of a flood together, a large one as it is."""
    if max(map(len, payloads), default=0) < _WRITTEN_ALONE:
        yield b"".join(payloads)
        return
    for is_large, some in itertools.groupby(payloads, lambda payload: len(payload) >= _WRITTEN_ALONE):
        if is_large:
            yield from some
        else:
            yield b"".join(some)
