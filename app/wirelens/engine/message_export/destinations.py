"""Where exported messages go. What is at the place already stays as it is until all of the new is there."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from wirelens.engine.errors import StorageError, UsageError
from wirelens.engine.schema.export import storage_error, writing_whole

_GATHERED = 64 * 1024  # bytes of text that are handed on together
_numbers = itertools.count()  # one folder may be written twice at the same time


class Destination(Protocol):
    """Takes pieces of bytes in their order, then `finish` or `abandon`, once."""

    def write(self, data: bytes, name: str = "") -> None:
        """Take one more piece; where the destination is a folder, it is the file `name` in it.

        Raises:
            WirelensError: it cannot be taken.
        """

    def finish(self) -> None:
        """All is there.

        Raises:
            StorageError: it cannot be put into its place.
        """

    def abandon(self) -> None:
        """Leave nothing behind; never fails."""


class TooLargeForText(UsageError):  # noqa: N818 - said as what is, like the others of the tree
    """There is more text than was wanted; it can go to a file instead."""


class TextDestination:
    """Hands on UTF-8 text of at most `limit` bytes, in few pieces, without the end of its last line.

    Args:
        take: gets one piece after the other, in whatever thread writes.
    """

    def __init__(self, limit: int, take: Callable[[bytes], object]) -> None:
        self._limit = limit
        self._take = take
        self._gathered = bytearray()
        self._size = 0

    def write(self, data: bytes, name: str = "") -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise TooLargeForText(
                f"the selected messages are more than {self._limit // 2**20:,} MiB of text, too much for the clipboard",
                next_step="save them to a file, or select fewer",
            )
        self._gathered += data
        if len(self._gathered) >= _GATHERED:  # all but what may be the end of the last line
            self._take(bytes(self._gathered[:-2]))
            del self._gathered[:-2]

    def finish(self) -> None:
        self._take(bytes(self._gathered).removesuffix(b"\n").removesuffix(b"\r"))
        self._gathered.clear()

    def abandon(self) -> None:
        self._gathered.clear()


class FileDestination:
    """A file that stands in its place once all of it is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = contextlib.ExitStack()
        self._file: IO[bytes] | None = None

    def write(self, data: bytes, name: str = "") -> None:
        if self._file is None:
            self._file = self._open.enter_context(writing_whole(self._path))
        try:
            self._file.write(data)
        except OSError as error:
            raise storage_error("the file cannot be written", self._path, error) from error

    def finish(self) -> None:
        self.write(b"")  # no message is an empty file
        self._open.close()

    def abandon(self) -> None:
        with contextlib.suppress(_Abandoned, StorageError), self._open:
            raise _Abandoned


class _Abandoned(Exception):  # noqa: N818 - no error: it has what was begun undone
    pass


class FolderDestination:
    """Writes files into a new folder beside its place and moves that there in the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(f".{path.name}.{os.getpid()}-{next(_numbers)}.partial")
        self._is_made = False

    def write(self, data: bytes, name: str = "") -> None:
        try:
            self._make()
            (self._beside / name).write_bytes(data)
        except OSError as error:
            raise storage_error("the file cannot be written", self._path / name, error) from error

    def _make(self) -> None:
        if self._is_made:
            return
        if self._path.is_dir() and any(self._path.iterdir()):
            raise StorageError(
                "there is a folder of this name with something in it",
                place=str(self._path),
                next_step="choose another name",
            )
        self._beside.mkdir()
        self._is_made = True

    def finish(self) -> None:
        try:
            self._make()
            if self._path.is_dir():
                self._path.rmdir()  # it is empty; Windows moves nothing over a folder
            self._beside.rename(self._path)
        except OSError as error:
            raise storage_error("the folder cannot be made", self._path, error) from error

    def abandon(self) -> None:
        if self._is_made:
            shutil.rmtree(self._beside, ignore_errors=True)
