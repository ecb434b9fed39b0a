"""Compiled descriptor sets (`protoc --descriptor_set_out`, `buf build`) as a schema."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.message import DecodeError

from wirelens.engine.errors import DescriptorSetError
from wirelens.engine.schema.descriptor_repair import with_valid_text
from wirelens.engine.schema.file_table import FileTable, read_entry
from wirelens.engine.schema.schema import Origin, Schema, services_of


async def load_descriptor_sets(paths: Sequence[Path]) -> Schema:
    """The schema of one or several descriptor sets together; of a file that two hold, the first one's.

    Raises:
        DescriptorSetError: a file cannot be read, is no descriptor set, or lacks what its files need.
    """
    return await asyncio.to_thread(_load, paths)


def _load(paths: Sequence[Path]) -> Schema:
    started = time.monotonic()
    files: dict[str, bytes] = {}
    for path in paths:
        for name, data in _read(path).items():
            files.setdefault(name, data)
    table = FileTable(files)
    draft = Schema(table, (), Origin("descriptor set"))
    _refuse_what_cannot_be_used(draft, paths)
    absent = {name for entry in table.own_entries() for name in entry.dependencies if name not in table.entries}
    origin = Origin(
        kind="descriptor set",
        file_count=len(files),
        seconds=time.monotonic() - started,
        details=tuple(f"{name} is imported but not in the set; nothing but options comes from it" for name in absent),
    )
    return draft.with_services(services_of(table, files), origin).prepare()


def _read(path: Path) -> dict[str, bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DescriptorSetError(f"cannot be read: {error.strerror}", place=str(path)) from error
    try:
        files = {read_entry(file).name: file for file in map(with_valid_text, split_descriptor_set(data))}
    except (ValueError, DecodeError):
        files = {}
    if not files or "" in files:
        raise DescriptorSetError(
            "this is no descriptor set",
            place=str(path),
            next_step="protoc --include_imports --include_source_info --descriptor_set_out=FILE makes one",
        )
    return files


def _refuse_what_cannot_be_used(draft: Schema, paths: Sequence[Path]) -> None:
    for name in draft.files:
        problem = draft.file_problem(name)
        if problem is not None:
            raise DescriptorSetError(
                problem,
                place=", ".join(map(str, paths)),
                next_step="make it with protoc's --include_imports, or give the missing file's set as well",
            )


def split_descriptor_set(data: bytes) -> list[bytes]:
    """The serialized files of a FileDescriptorSet, in their order, without parsing them.

    One big parse would hold the interpreter's lock for all of it; file by file it is let go in between.

    Raises:
        ValueError: the bytes are no FileDescriptorSet.
    """
    files = []
    offset = 0
    while offset < len(data):
        tag, offset = _varint(data, offset)
        number, wire_type = tag >> 3, tag & 7
        if wire_type != 2 or number == 0:
            raise ValueError("not a field of a FileDescriptorSet")
        size, offset = _varint(data, offset)
        if offset + size > len(data):
            raise ValueError("a file is cut off")
        if number == 1:  # others are extensions of the set, such as buf's
            files.append(data[offset : offset + size])
        offset += size
    return files


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if offset >= len(data):
            break
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, offset
    raise ValueError("a number is cut off")
