"""The files demo: what goes up comes down again, limits end a call in mid-stream."""

import hashlib
import zlib
from typing import Any

import pytest
from google.rpc import error_details_pb2

from wirelens.demos.files import FileService


async def test_an_upload_is_summed_up_and_comes_down_in_chunks(serve: Any) -> None:
    files = await serve("files")
    chunks = [bytes([number]) * 1000 for number in range(10)]
    requests = [
        files.types.UploadRequest(name="x.bin" if not number else "", chunk=chunk)
        for number, chunk in enumerate(chunks)
    ]
    reply = (await files.call("Upload", *requests)).reply
    content = b"".join(chunks)
    digest = hashlib.sha256(content).hexdigest()
    assert (reply.name, reply.size, reply.sha256, reply.chunk_count, reply.replaced) == (
        "x.bin",
        10_000,
        digest,
        10,
        False,
    )
    answer = await files.call("Download", {"name": "x.bin", "chunkSize": 3000})
    assert b"".join(part.chunk for part in answer.replies) == content
    assert [(part.offset, part.total_size) for part in answer.replies] == [(at, 10_000) for at in (0, 3000, 6000, 9000)]
    assert answer.trailers["sha256"] == digest
    assert answer.trailers["size"] == "10000"


async def test_an_empty_file_and_a_replaced_one(serve: Any) -> None:
    files = await serve("files")
    assert (await files.call("Upload", {"name": "a"})).reply.size == 0
    assert (await files.call("Upload", {"name": "a", "chunk": "AAA="}, {"name": "a"})).reply.replaced
    assert len((await files.call("Download", {"name": "a"})).replies) == 1


@pytest.mark.parametrize(
    ("requests", "code"),
    [
        ([], "INVALID_ARGUMENT"),
        ([{"chunk": "AAAA"}], "INVALID_ARGUMENT"),
        ([{"name": "../etc/passwd"}], "INVALID_ARGUMENT"),
        ([{"name": "a"}, {"name": "b"}], "INVALID_ARGUMENT"),
        ([{"name": "n" * 256}], "INVALID_ARGUMENT"),
        ([{"name": "hello.txt"}], "PERMISSION_DENIED"),
    ],
)
async def test_uploads_that_are_refused(serve: Any, requests: list[dict[str, str]], code: str) -> None:
    files = await serve("files")
    assert (await files.call("Upload", *requests)).code == code


async def test_limits_end_an_upload_in_mid_stream(serve: Any) -> None:
    files = await serve("files", lambda types: FileService(types, file_limit=100, total_limit=150))
    too_large = await files.call("Upload", {"name": "a", "chunk": "A" * 80}, {"chunk": "A" * 80})
    assert too_large.code == "RESOURCE_EXHAUSTED"
    assert (
        error_details_pb2.QuotaFailure.FromString(too_large.details["QuotaFailure"]).violations[0].subject == "files/a"
    )
    assert (await files.call("Upload", {"name": "b", "chunk": "A" * 128})).code == "OK"
    full = await files.call("Upload", {"name": "c", "chunk": "A" * 80})
    assert error_details_pb2.QuotaFailure.FromString(full.details["QuotaFailure"]).violations[0].subject == "files"
    assert (await files.call("Upload", {"name": "b", "chunk": "A" * 128})).code == "OK"  # replaces its own bytes


async def test_downloads_go_on_from_an_offset(serve: Any) -> None:
    files = await serve("files")
    whole = b"".join(part.chunk for part in (await files.call("Download", {"name": "primes.txt"})).replies)
    assert whole.startswith(b"2\n3\n5\n7\n11\n")
    assert whole.endswith(b"\n99991\n")
    rest = await files.call("Download", {"name": "primes.txt", "offset": "50000"})
    assert b"".join(part.chunk for part in rest.replies) == whole[50_000:]
    assert (await files.call("Download", {"name": "primes.txt", "offset": str(len(whole))})).replies == []
    assert (await files.call("Download", {"name": "primes.txt", "offset": str(len(whole) + 1)})).code == "OUT_OF_RANGE"
    assert (await files.call("Download", {"name": "primes.txt", "chunkSize": -1})).code == "INVALID_ARGUMENT"


async def test_the_generated_image_is_a_png(serve: Any) -> None:
    files = await serve("files")
    answer = await files.call("Download", {"name": "gradient.png", "chunkSize": 1_048_576})
    (part,) = answer.replies
    assert part.chunk.startswith(b"\x89PNG\r\n\x1a\n")
    at = part.chunk.index(b"IDAT")
    assert len(zlib.decompress(part.chunk[at + 4 :][: int.from_bytes(part.chunk[at - 4 : at])])) == 200 * (1 + 320 * 3)
    assert ("content-type-of-file", "image/png") in answer.headers


async def test_a_missing_file_is_answered_with_those_there_are(serve: Any) -> None:
    files = await serve("files")
    answer = await files.call("Download", {"name": "nowhere"})
    assert answer.code == "NOT_FOUND"
    assert "hello.txt" in error_details_pb2.ResourceInfo.FromString(answer.details["ResourceInfo"]).description
