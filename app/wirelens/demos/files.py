"""The files demo: uploads in chunks, downloads in chunks; everything is kept in memory only."""

import asyncio
import hashlib
import struct
import time
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import grpc
from google.rpc import error_details_pb2

from wirelens.demos.rich_status import fail, refuse
from wirelens.demos.service import DemoService, MessageTypes, ServicerContext

_MAXIMUM_CHUNK = 1024 * 1024
_DEFAULT_CHUNK = 64 * 1024


class FileService(DemoService):
    """wirelens.demo.files.v1.FileService.

    Args:
        types: the messages.
        file_limit: bytes in one file.
        total_limit: bytes in all uploaded files together.
    """

    def __init__(
        self, types: MessageTypes, *, file_limit: int = 64 * 1024 * 1024, total_limit: int = 128 * 1024 * 1024
    ) -> None:
        super().__init__(types)
        self._file_limit = file_limit
        self._total_limit = total_limit
        self._uploaded: dict[str, bytes] = {}

    async def Upload(self, requests: AsyncIterator[Any], context: ServicerContext) -> Any:
        started = time.monotonic()
        name, content, chunk_count = "", bytearray(), 0
        async for request in requests:
            if not name:
                name = await self._checked_name(request.name, context)
            elif request.name not in ("", name):
                await refuse(context, [("name", f"is {name!r} since the first message and cannot change")])
            await self._require_room(name, len(content), request.chunk, context)
            chunk_count += bool(request.chunk)
            content += request.chunk
        if not name:
            await refuse(context, [("name", "must be given in the first message, and there was no message")])
        replaced = name in self._uploaded
        self._uploaded[name] = bytes(content)
        response = self.types.UploadResponse(
            name=name, size=len(content), sha256=_sha256(content), chunk_count=chunk_count, replaced=replaced
        )
        response.duration.FromNanoseconds(int((time.monotonic() - started) * 1e9))
        return response

    async def Download(self, request: Any, context: ServicerContext) -> None:
        if not 0 <= request.chunk_size <= _MAXIMUM_CHUNK:
            await refuse(context, [("chunk_size", f"must be 0 to {_MAXIMUM_CHUNK}, not {request.chunk_size}")])
        content = await self._content(request.name, context)
        if not 0 <= request.offset <= len(content):
            await fail(
                context,
                grpc.StatusCode.OUT_OF_RANGE,
                f"{request.name} has {len(content)} bytes, and the offset is {request.offset}",
                error_details_pb2.BadRequest(
                    field_violations=[{"field": "offset", "description": f"must be 0 to {len(content)}"}]
                ),
            )
        context.set_trailing_metadata(
            (("sha256", await asyncio.to_thread(_sha256, content)), ("size", str(len(content))))
        )
        await context.send_initial_metadata((("content-type-of-file", _media_type(request.name)),))
        size = request.chunk_size or _DEFAULT_CHUNK
        for offset in range(request.offset, len(content), size):
            chunk = content[offset : offset + size]
            await context.write(self.types.DownloadResponse(chunk=chunk, offset=offset, total_size=len(content)))

    async def _checked_name(self, name: str, context: ServicerContext) -> str:
        if not name:
            await refuse(context, [("name", "must be given in the first message")])
        if len(name) > 255 or "/" in name or "\\" in name or not name.isprintable():
            await refuse(context, [("name", "must have at most 255 printable characters, without / and \\")])
        if name in _GENERATED:
            await fail(
                context,
                grpc.StatusCode.PERMISSION_DENIED,
                f"{name} is made up by the server and cannot be replaced",
                error_details_pb2.ResourceInfo(
                    resource_type="file", resource_name=name, description="choose another name"
                ),
            )
        return name

    async def _require_room(self, name: str, so_far: int, chunk: bytes, context: ServicerContext) -> None:
        others = sum(len(content) for other, content in self._uploaded.items() if other != name)
        size = so_far + len(chunk)
        if len(chunk) > _MAXIMUM_CHUNK:
            await refuse(
                context, [("chunk", f"has {len(chunk)} bytes, at most {_MAXIMUM_CHUNK} are allowed in a message")]
            )
        if size > self._file_limit:
            await _no_room(context, f"files/{name}", f"a file may have {self._file_limit} bytes")
        if others + size > self._total_limit:
            await _no_room(context, "files", f"all files together may have {self._total_limit} bytes")

    async def _content(self, name: str, context: ServicerContext) -> bytes:
        if name in self._uploaded:
            return self._uploaded[name]
        if name in _GENERATED:
            return await asyncio.to_thread(_GENERATED[name])
        names = ", ".join([*_GENERATED, *self._uploaded][:20])
        return await fail(
            context,
            grpc.StatusCode.NOT_FOUND,
            f"there is no file {name!r}" if name else "there is no file without a name",
            error_details_pb2.ResourceInfo(resource_type="file", resource_name=name, description=f"there are: {names}"),
        )


def _sha256(content: bytes | bytearray) -> str:
    return hashlib.sha256(content).hexdigest()


async def _no_room(context: ServicerContext, subject: str, description: str) -> NoReturn:
    violation = error_details_pb2.QuotaFailure.Violation(subject=subject, description=description)
    await fail(
        context,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        description,
        error_details_pb2.QuotaFailure(violations=[violation]),
    )


# What is always there: made when it is asked for, the same each time.


def _hello() -> bytes:
    return "Hello from the files demo.\nUpload a file, then download it again under its name: ä, 中, 🙂.\n".encode()


def _primes(below: int = 100_000) -> bytes:
    sieve = bytearray(b"\x01") * below
    sieve[:2] = b"\x00\x00"
    for number in range(2, int(below**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, below, number)))
    return "".join(f"{number}\n" for number, is_prime in enumerate(sieve) if is_prime).encode()


def _gradient(width: int = 320, height: int = 200) -> bytes:
    """A PNG image, https://www.w3.org/TR/png/: 8-bit RGB, one filter byte (none) before each row."""
    rows = b"".join(
        b"\x00" + bytes(value for x in range(width) for value in (255 * x // width, 255 * y // height, 140))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _noise() -> bytes:
    """Bytes that do not compress: the output of SHAKE-128."""
    return hashlib.shake_128(b"wirelens").digest(8 * 1024 * 1024)


def _zeros() -> bytes:
    return bytes(64 * 1024 * 1024)


_GENERATED: dict[str, Callable[[], bytes]] = {
    "hello.txt": _hello,
    "primes.txt": _primes,
    "gradient.png": _gradient,
    "noise.bin": _noise,
    "zeros.bin": _zeros,
}


def _media_type(name: str) -> str:
    return {"txt": "text/plain; charset=utf-8", "png": "image/png"}.get(
        name.rpartition(".")[2].lower(), "application/octet-stream"
    )
