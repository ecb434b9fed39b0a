"""The firehose as a child process, and the requests that it reads."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROTO = HERE / "firehose.proto"
FLOOD = "wirelens.benchmark.v1.Firehose/Flood"
SAY = "wirelens.benchmark.v1.Firehose/Say"
ECHO = "wirelens.benchmark.v1.Firehose/Echo"
ONCE = "wirelens.benchmark.v1.Firehose/Once"


@contextlib.contextmanager
def firehose(*options: str) -> Iterator[str]:
    """The address of a running firehose.py."""
    command = [sys.executable, str(HERE / "firehose.py"), *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["address"]
    finally:
        process.stdin.close()
        process.wait(10)


def flood_request(count: int, size: int) -> bytes:
    """A serialised FloodRequest: count = 1, size = 2, both int64."""
    return b"\x08" + _varint(count) + b"\x10" + _varint(size)


def flood_reply(size: int) -> bytes:
    """A serialised FloodReply with a payload of `size` bytes."""
    return b"\x0a" + _varint(size) + b"x" * size


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
