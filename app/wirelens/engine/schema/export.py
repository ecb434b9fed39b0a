"""Writes a schema to disk: as one descriptor set, or as a tree of .proto files."""

import asyncio
import contextlib
import errno
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from wirelens.engine.errors import StorageError
from wirelens.engine.schema.schema import Schema


async def export_descriptor_set(schema: Schema, path: Path) -> int:
    """Writes all usable files with all they import as a FileDescriptorSet, imports first, comments kept.

    Returns how many files are in it.

    Raises:
        StorageError: the file cannot be written; what was there before is then still there.
    """
    return await asyncio.to_thread(_write_descriptor_set, schema, path)


async def export_proto_tree(schema: Schema, folder: Path) -> list[Path]:
    """Writes the source's files as .proto text below `folder`, made if need be; the files written.

    google/protobuf/*.proto come with every protoc and are left out.

    Raises:
        StorageError: a file cannot be written.
    """
    return await asyncio.to_thread(_write_proto_tree, schema, folder)


def descriptor_set(schema: Schema, names: Iterable[str] | None = None) -> FileDescriptorSet:
    """The usable files of these names, all where none are given, with all they import, imports first."""
    files = FileDescriptorSet()
    for name in schema.table.in_dependency_order(schema.files if names is None else names):
        file = schema.table.mended(name)
        if file is not None:
            files.file.append(file)
    return files


def _write_descriptor_set(schema: Schema, path: Path) -> int:
    files = descriptor_set(schema)
    write_whole(path, files.SerializeToString())
    return len(files.file)


def _write_proto_tree(schema: Schema, folder: Path) -> list[Path]:
    written = []
    for name in schema.files:
        if name.startswith("google/protobuf/"):
            continue
        path = folder / safe_relative_path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error("the folder cannot be made", path.parent, error) from error
        write_whole(path, schema.file_source(name).encode())
        written.append(path)
    return written


# Names that Windows takes for devices, whatever follows their first dot (pathlib's own test is deprecated).
_DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
_DEVICES |= {f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10)}


def safe_relative_path(name: str) -> Path:
    """A server's file name as a path that cannot leave the folder it is joined to."""
    parts = []
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        part = part.replace("\0", "").replace(":", "_")
        if part in ("", ".", "..", "/") or part.partition(".")[0].rstrip().upper() in _DEVICES:
            part = "_"
        parts.append(part)
    return Path(*parts) if parts else Path("_.proto")


_numbers = itertools.count()  # one file may be written twice at the same time: the later one stays


def write_whole(path: Path, data: bytes) -> None:
    """Writes beside the place and moves there, so that no half-written file is ever left.

    Raises:
        StorageError: the file cannot be written.
    """
    with writing_whole(path) as file:
        file.write(data)


@contextlib.contextmanager
def writing_whole(path: Path) -> Iterator[IO[bytes]]:
    """The same for what is written piece by piece: the file stands in its place when the block is left without an
    error, and nothing is left of it otherwise.

    Raises:
        StorageError: the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{next(_numbers)}.partial")
    try:
        try:
            with beside.open("wb") as file:
                yield file
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise storage_error("the file cannot be written", path, error) from error


_NEXT_STEPS = {
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.ENOSPC: "make room on this disk, or choose another",
    errno.EDQUOT: "make room on this disk, or choose another",
    errno.ENOENT: "choose a folder that is there",
    errno.EISDIR: "choose another name: there is a folder of this one",
    errno.ENOTDIR: "choose another place: a file stands where a folder is needed",
    errno.EEXIST: "choose another place: a file stands where a folder is needed",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def storage_error(what: str, path: Path, error: OSError) -> StorageError:
    """What the system says of a file or folder that is to be written, with what the person can do about it."""
    next_step = _NEXT_STEPS.get(error.errno or 0, "choose another place")
    return StorageError(f"{what}: {error.strerror or error}", place=str(path), next_step=next_step)
