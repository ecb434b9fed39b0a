"""Saving and opening the record of a long stream: seconds, bytes, and how long the event loop stood still meanwhile.

    python tests/benchmarks/transcripts.py [--messages N] [--size BYTES]

Beside it json and base64 alone over the same messages, in one thread: what the format itself costs.
"""

import argparse
import asyncio
import base64
import json
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from source import PROTO

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_file import open_transcript, save_transcript
from wirelens.engine.schema.proto_files import load_proto_files

_TICK = 0.01


def record(count: int, size: int) -> Transcript:
    transcript = Transcript()
    transcript.start()
    for number in range(count):
        transcript.add_received(number / 100_000, number.to_bytes(8, "big") * (size // 8) + bytes(size % 8))
        if transcript.wants_spooling:
            transcript.spool()
    transcript.add_finished(CallFinished(count / 100_000, Status(0)))
    return transcript


async def timed(name: str, work: Coroutine[Any, Any, Any]) -> Any:
    """What `work` gives; prints what it took, and the gaps of a 10 ms timer beside it."""
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK)
            gaps.append(time.perf_counter() - before)

    async with asyncio.TaskGroup() as group:
        ticking = group.create_task(tick())
        started = time.perf_counter()
        result = await work
        took = time.perf_counter() - started
        ticking.cancel()
    gaps.sort()
    p99, most = gaps[int(len(gaps) * 0.99)] * 1000, gaps[-1] * 1000
    print(f"{name:22} {took:6.2f} s, {_TICK * 1000:.0f} ms timer p99 {p99:.1f} ms, longest {most:.1f} ms")
    return result


def plain(transcript: Transcript, path: Path) -> float:
    started = time.perf_counter()
    with path.open("w") as file:
        for row, payload in enumerate(transcript.payloads(0, len(transcript) - 1)):
            line = {"t_ms": transcript.at(row), "payload": base64.b64encode(payload).decode()}
            file.write(json.dumps(line) + "\n")
    return time.perf_counter() - started


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=100)
    options = parser.parse_args()
    schema = await load_proto_files([PROTO], [PROTO.parent])
    method = schema.services[0].methods[0]
    transcript = record(options.messages, options.size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call.ndjson"
        print(f"json and base64 alone  {plain(transcript, Path(folder) / 'plain'):6.2f} s")
        await timed("save_transcript", save_transcript(transcript, method, schema, path, target="here"))
        print(f"{'':22} {path.stat().st_size / 2**20:,.0f} MiB")
        saved = await timed("open_transcript", open_transcript(path))
        assert len(saved.transcript) == len(transcript)
        assert saved.transcript.payloads(0, 1000) == transcript.payloads(0, 1000)
        saved.transcript.close()
    transcript.close()


if __name__ == "__main__":
    asyncio.run(main())
