"""Unary latency: one call after the other, by plain stubs and by Wirelens' Call on asyncio's and on Qt's loop.

    python tests/benchmarks/latency.py [--calls N]

Each runs in a process of its own (grpc.aio wants one loop a process) against one firehose; medians in one run, and
their ratios to the plain asyncio stub.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

import grpc
from source import firehose, flood_request

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.services import Method, Pattern

REQUEST = flood_request(1, 100)
ONCE = Method("wirelens.benchmark.v1.Firehose", "Once", Pattern.UNARY, "", "")
WARM_UP = 50


def sync_stub(address: str, calls: int) -> float:
    with grpc.insecure_channel(address) as channel:
        once = channel.unary_unary(ONCE.path)
        times = []
        for _call in range(calls + WARM_UP):
            started = time.perf_counter()
            once(REQUEST)
            times.append(time.perf_counter() - started)
    return statistics.median(times[WARM_UP:]) * 1000


async def asyncio_stub(address: str, calls: int) -> float:
    async with grpc.aio.insecure_channel(address) as channel:
        once = channel.unary_unary(ONCE.path)

        async def call() -> None:
            await once(REQUEST)

        return await _median(call, calls)


async def wirelens_call(address: str, calls: int) -> float:
    connection = Connection(parse_target(address))

    async def call() -> None:
        one = Call(connection, CallRequest(ONCE))
        await one.send(REQUEST)
        finished = await one.run()
        assert finished.status.ok

    try:
        return await _median(call, calls)
    finally:
        await connection.close()


async def _median(call: Callable[[], Awaitable[None]], calls: int) -> float:
    times = []
    for _call in range(calls + WARM_UP):
        started = time.perf_counter()
        await call()
        times.append(time.perf_counter() - started)
    return statistics.median(times[WARM_UP:]) * 1000


def _on_qt(coroutine: Awaitable[float]) -> float:
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    with qasync.QEventLoop(application) as loop:
        result: float = loop.run_until_complete(coroutine)
    return result


RUNS: dict[str, Callable[[str, int], float]] = {
    "sync stub": sync_stub,
    "asyncio stub": lambda address, calls: asyncio.run(asyncio_stub(address, calls)),
    "Call on asyncio": lambda address, calls: asyncio.run(wirelens_call(address, calls)),
    "asyncio stub on Qt": lambda address, calls: _on_qt(asyncio_stub(address, calls)),
    "Call on Qt": lambda address, calls: _on_qt(wirelens_call(address, calls)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--only", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(RUNS[options.only](options.address, options.calls))
        return
    medians = {}
    with firehose() as address:
        for name in RUNS:
            command = [sys.executable, __file__, "--only", name, "--address", address, "--calls", str(options.calls)]
            medians[name] = float(subprocess.check_output(command, text=True))
            ratio = medians[name] / medians.get("asyncio stub", medians[name])
            print(f"{name:20} {medians[name]:7.3f} ms   {ratio:5.2f} x the asyncio stub", flush=True)


if __name__ == "__main__":
    main()
