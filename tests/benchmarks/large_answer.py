"""One answer of 120 MB in an open window: when its first rows are there, as a tree and as bytes, and what that costs.

    python tests/benchmarks/large_answer.py [--bytes N]

The answer comes from the `faults` demo, over a connection whose limit was raised. A 10 ms timer tells for how long the
window's thread was away while each view was opened. First, in the same window, grpcio alone receives the message in a
thread: it copies each of its slices into a bytes object and lets nobody have the interpreter's lock until it has copied
the last (cygrpc's receive_message), so that a call can do no better.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from window import Gaps, resident

METHOD = "wirelens.demo.faults.v1.FaultService.Large"


async def measured(words: str, act: Callable[[], Awaitable[None]]) -> None:
    gc.collect()
    before, gaps = resident(), Gaps()
    gaps.start()
    started = time.perf_counter()
    await act()
    took = (time.perf_counter() - started) * 1000
    await asyncio.sleep(0.3)
    gaps.stop()
    print(f"{words:44} {took:8.0f} ms; memory {resident() - before:+7.1f} MiB; 10 ms timer: {gaps}", flush=True)


def receive(address: str, request: bytes) -> None:
    """The same call with grpcio and nothing else."""
    import grpc

    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)]) as channel:
        channel.unary_unary("/{}/{}".format(*METHOD.rsplit(".", 1)))(request)


async def look(window, address: str, size: int) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QPushButton

    from wirelens.presentation.call_session import CallState
    from wirelens.presentation.view_choice import ViewName
    from wirelens.widgets.response import ResponseView

    source = window.workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    method = source.schema.method(METHOD)
    session = window.workspace.open_method(source, method.full_name, method.pattern).session
    page = window.tabs.currentWidget()
    viewers = page.findChild(ResponseView).viewers
    send = page.findChild(QPushButton, "sendButton")

    async def call(count: int) -> None:
        session.draft.set_json_text(f'{{"bytes": "{count}"}}')
        finished = asyncio.Event()
        looking = session.state_changed.connect(lambda: session.state is CallState.FINISHED and finished.set())
        send.click()
        await finished.wait()
        session.state_changed.disconnect(looking)
        assert session.transcript.finished.status.ok, session.transcript.finished.status

    async def tree() -> None:
        viewers.show_view(ViewName.TREE)
        viewers.tree.viewport().grab()
        assert viewers.tree.fields.rowCount() == 1

    async def wire() -> None:
        viewers.show_view(ViewName.WIRE)
        viewers.wire.hex.viewport().grab()

    async def end() -> None:
        viewers.wire.go_to_offset(str(size - 1))
        viewers.wire.hex.viewport().grab()

    async def find() -> None:
        deadline = time.perf_counter() + 60
        viewers.wire.find_bar.open('"no such text"')
        while viewers.wire.find_bar.count_text != "No matches":
            assert time.perf_counter() < deadline
            await asyncio.sleep(0.005)

    async def content() -> None:
        viewers.show_view(ViewName.TREE)
        viewers.tree.go_to_path("payload")
        viewers.tree.content_wanted.emit(viewers.tree.currentIndex())
        viewers.tree_page.content.grab()

    async def offer() -> None:
        viewers.show_view(ViewName.JSON)
        print(f"  {viewers.json.offer}")

    async def save() -> None:
        done = asyncio.Event()
        viewers.json.saved.connect(lambda failure: done.set())
        with tempfile.TemporaryDirectory() as folder:
            viewers.json.save(Path(folder) / "message.json")
            await done.wait()

    await call(1000)
    session.draft.set_json_text(f'{{"bytes": "{size}"}}')
    request = session.draft.serialized()
    await measured("grpcio alone, connecting too", lambda: asyncio.to_thread(receive, address, request))
    await measured("call (made, sent, received, shown)", lambda: call(size))
    print(f"  opened first: {viewers.current.value}")
    for words, act in (
        ("tree, first rows", tree),
        ("wire, first rows", wire),
        ("wire, last byte", end),
        ("wire, search to the end", find),
        ("content of the field", content),
        ("JSON, its size", offer),
        ("JSON, made and saved", save),
    ):
        await measured(words, act)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=120_000_000)
    size = parser.parse_args().bytes

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            await look(window, address, size)
        finally:
            window.close()

    demo = [sys.executable, "-m", "wirelens", "demo", "faults"]
    with subprocess.Popen(demo, stdout=subprocess.PIPE, text=True) as server, tempfile.TemporaryDirectory() as home:
        try:
            assert server.stdout is not None
            address = json.loads(server.stdout.readline())["address"]
            os.environ["WIRELENS_HOME"] = home
            from wirelens.desktop import launch

            assert launch([address, "--max-message-size", str(size + 1000), "--size", "1280x800"], on_ready) == 0
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
