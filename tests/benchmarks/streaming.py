"""How fast a server stream is read: `wirelens call --output count` against plain grpcio stubs, on one firehose.

    python tests/benchmarks/streaming.py [--messages N] [--size BYTES]

Each reader runs in a process of its own, once with few messages and once with many, and the difference of both is its
rate: start-up costs nothing. Absolute figures are this machine's; the ratios are what counts.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from source import FLOOD, PROTO, firehose, flood_reply, flood_request

APP = Path(__file__).resolve().parents[2] / "app"

_SYNC = """
import sys, grpc
channel = grpc.insecure_channel(sys.argv[1])
flood = channel.unary_stream("/wirelens.benchmark.v1.Firehose/Flood")
print(sum(1 for _message in flood(bytes.fromhex(sys.argv[2]))))
"""

_ECHO = """
import sys, grpc
channel = grpc.insecure_channel(sys.argv[1])
echo = channel.stream_stream("/wirelens.benchmark.v1.Firehose/Echo")
payload = bytes.fromhex(sys.argv[2])
print(sum(1 for _message in echo(payload for _ in range(int(sys.argv[3])))))
"""

_ASYNCIO = """
import asyncio, sys, grpc

async def main():
    async with grpc.aio.insecure_channel(sys.argv[1]) as channel:
        flood = channel.unary_stream("/wirelens.benchmark.v1.Firehose/Flood")
        count = 0
        async for _message in flood(bytes.fromhex(sys.argv[2])):
            count += 1
        print(count)

asyncio.run(main())
"""


def reader(name: str, address: str, count: int, size: int) -> list[str]:
    if name == "wirelens call":
        request = json.dumps({"count": count, "size": size})
        schema = ["--proto", str(PROTO), "-I", str(PROTO.parent)]
        return [sys.executable, "-m", "wirelens", "call", address, FLOOD, "-d", request, "--output", "count", *schema]
    if name == "echo stub":
        return [sys.executable, "-c", _ECHO, address, flood_reply(size).hex(), str(count)]
    code = _SYNC if name == "sync stub" else _ASYNCIO
    return [sys.executable, "-c", code, address, flood_request(count, size).hex()]


def seconds(command: list[str], count: int) -> float:
    environment = {**os.environ, "PYTHONPATH": str(APP), "GRPC_VERBOSITY": "NONE"}
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    took = time.perf_counter() - started
    assert done.stdout.split() == [str(count)], f"{command[:4]} counted {done.stdout!r}, not {count}"
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--size", type=int, default=100)
    options = parser.parse_args()
    few, many = 1000, options.messages
    rates = {}
    with firehose() as address:
        for name in ("sync stub", "asyncio stub", "wirelens call"):
            # The fast reader gets more messages, so that its time, too, is well above the start-up's scatter.
            more = many * 5 if name == "wirelens call" else many
            short = min(seconds(reader(name, address, few, options.size), few) for _attempt in range(2))
            long = min(seconds(reader(name, address, more, options.size), more) for _attempt in range(2))
            rates[name] = (more - few) / max(long - short, 1e-9)
            print(f"{name:14} {rates[name]:12,.0f} messages/s of {options.size} B", flush=True)
    for other in ("sync stub", "asyncio stub"):
        print(f"wirelens call / {other}: {rates['wirelens call'] / rates[other]:.1f} x")


if __name__ == "__main__":
    main()
