"""Whether many calls leave anything behind: memory, threads, file descriptors, spool files.

    python tests/benchmarks/soak.py [--streams N] [--others N] [--rounds N]

Server streams are cancelled in mid-stream, also ones that have spooled; the other patterns are cancelled, ended by the
server, ended by their deadline or completed. A server in a process of its own answers on the loopback. Each kind of
call is made in rounds, and what the process holds is printed after each: a leak shows as growth from round to round.
"""

import argparse
import asyncio
import contextlib
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

import grpc
import grpc.aio

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.events import CallFinished
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.services import Method, Pattern

AT_ONCE = 16
SERVICE = "wirelens.soak.Soak"
ENDLESS, REFUSED = b"\x01" * 200, b"refuse"


# -- the server, a child process ---------------------------------------------------------------------------------


async def unary(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
    if request == REFUSED:
        await context.abort(grpc.StatusCode.NOT_FOUND, "as asked", (("why", "asked"),))
    if request == ENDLESS:
        await asyncio.sleep(3600)
    return request


async def server_stream(request: bytes, context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
    while True:
        yield request


async def client_stream(requests: AsyncIterator[bytes], context: grpc.aio.ServicerContext) -> bytes:
    count = 0
    async for request in requests:
        count += 1
        if request == REFUSED:
            await context.abort(grpc.StatusCode.ABORTED, "as asked")
    return b"%d" % count


async def bidi(requests: AsyncIterator[bytes], context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
    async for request in requests:
        if request == REFUSED:
            await context.abort(grpc.StatusCode.ABORTED, "as asked")
        yield request


async def serve() -> None:
    server = grpc.aio.server()
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
        "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
        "Bidi": grpc.stream_stream_rpc_method_handler(bidi),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(None)


# -- the calls ---------------------------------------------------------------------------------------------------


def new_call(connection: Connection, name: str, pattern: Pattern, *, deadline: float | None = None) -> Call:
    method = Method(SERVICE, name, pattern, "", "")
    return Call(connection, CallRequest(method, deadline=deadline), transcript=Transcript(memory_limit=64 * 1024))


async def ended(call: Call, code: int, until: Callable[[Transcript], bool] | None = None) -> CallFinished:
    """Runs the call, cancels it once `until` holds, and checks its end."""
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        while until is not None and not running.done() and not until(call.transcript):
            await call.transcript.grown(len(call.transcript))
        if until is not None:
            call.cancel()
    finished = running.result()
    assert finished.status.code == code, finished.status
    call.transcript.close()
    return finished


async def server_stream_cancelled(connection: Connection, number: int) -> None:
    call = new_call(connection, "ServerStream", Pattern.SERVER_STREAMING)
    await call.send(bytes(100) if number % 10 else bytes(20_000))  # each tenth goes to a spool file
    await ended(call, 1, lambda transcript: transcript.received_bytes > (1000 if number % 10 else 400_000))


async def unary_call(connection: Connection, number: int) -> None:
    case = number % 4
    call = new_call(connection, "Unary", Pattern.UNARY, deadline=0.02 if case == 3 else None)
    await call.send((b"answer", REFUSED, ENDLESS, ENDLESS)[case])
    until = (lambda transcript: transcript.sent_count == 1) if case == 2 else None
    await ended(call, (0, 5, 1, 4)[case], until)


async def client_stream_call(connection: Connection, number: int) -> None:
    await stream_call(connection, number, "ClientStream", Pattern.CLIENT_STREAMING)


async def bidi_call(connection: Connection, number: int) -> None:
    await stream_call(connection, number, "Bidi", Pattern.BIDI_STREAMING)


async def stream_call(connection: Connection, number: int, name: str, pattern: Pattern) -> None:
    case = number % 4  # completed, refused by the server, cancelled, ended by the deadline
    call = new_call(connection, name, pattern, deadline=0.02 if case == 3 else None)
    for payload in (b"one", b"two", REFUSED if case == 1 else b"three"):
        await call.send(payload)
    if case == 0:
        call.half_close()
    until = (lambda transcript: transcript.sent_count == 3) if case == 2 else None
    await ended(call, (0, 10, 1, 4)[case], until)


async def unreachable_call(connection: Connection, number: int) -> None:
    """Nobody listens at the discard port; a connection of its own, closed again."""
    own = Connection(parse_target("127.0.0.1:9"))
    pattern = list(Pattern)[number % 4]
    call = new_call(own, "Nobody", pattern)
    if not pattern.client_streams:
        await call.send(b"")
    await ended(call, 14)
    await own.close()


async def early_leavers(connection: Connection, number: int) -> None:
    """events() left after its first message."""
    call = new_call(connection, "ServerStream", Pattern.SERVER_STREAMING)
    await call.send(bytes(100))
    events = call.events()
    async for _event in events:
        if call.transcript.received_count:
            break
    await events.aclose()
    call.transcript.close()


# -- what the process holds --------------------------------------------------------------------------------------


def resident_mebibytes() -> float:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:  # not Linux: the largest it ever was
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def descriptor_count() -> int:
    folder = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
    return len(list(folder.iterdir())) - 1


def spool_file_count() -> int:
    """Named ones, in a folder of this run's own (on POSIX there should never be any)."""
    return len(list(Path(tempfile.gettempdir()).iterdir()))


async def rounds(
    name: str, make: Callable[[Connection, int], Awaitable[None]], connection: Connection, count: int, round_count: int
) -> None:
    numbers = iter(range(count))
    done = 0

    async def work(last: int) -> None:
        nonlocal done
        while done < last:
            done += 1
            await make(connection, next(numbers))

    for round_number in range(1, round_count + 1):
        started = time.monotonic()
        before = done
        async with asyncio.TaskGroup() as group:
            for _worker in range(AT_ONCE):
                group.create_task(work(count * round_number // round_count))
        took = time.monotonic() - started
        await asyncio.sleep(0.1)  # the last reader threads end
        gc.collect()
        print(
            f"{name:24} {done:6} calls {(done - before) / took:7.0f}/s {resident_mebibytes():8.1f} MiB"
            f" {threading.active_count():4} threads {descriptor_count():4} descriptors"
            f" {spool_file_count():3} spool files {len(asyncio.all_tasks()):3} tasks",
            flush=True,
        )


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a running server."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(10)


async def soak(streams: int, others: int, round_count: int) -> None:
    with server() as address:
        connection = Connection(parse_target(address))
        for name, make, count in (
            ("server stream, cancelled", server_stream_cancelled, streams),
            ("server stream, left", early_leavers, others),
            ("unary", unary_call, others),
            ("client stream", client_stream_call, others),
            ("bidi stream", bidi_call, others),
            ("nobody listens", unreachable_call, others),
        ):
            await rounds(name, make, connection, count, round_count)
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000, help="server streams to cancel")
    parser.add_argument("--others", type=int, default=2_000, help="calls of each other kind")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    with tempfile.TemporaryDirectory() as tempfile.tempdir:
        asyncio.run(soak(options.streams, options.others, options.rounds))


if __name__ == "__main__":
    main()
