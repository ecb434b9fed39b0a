"""A flood of small messages into an open window: how fast, how widely a 10 ms timer gaps, how much memory it takes.

    python tests/benchmarks/window.py [--messages N] [--size BYTES]

The real window, shown on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set), with the timeline in
view and following its tail. The rate is compared with a plain sync stub in the same run.
"""

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from source import FLOOD, PROTO, firehose
from streaming import reader, seconds

INTERVAL_MS = 10


def resident() -> float:
    """MiB of this process in memory."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Gaps:
    """A timer of 10 ms that notes how far apart its ticks really are."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.gaps.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def __str__(self) -> str:
        ordered = sorted(self.gaps)
        p99 = ordered[int(len(ordered) * 0.99)]
        return f"p50 {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, widest {ordered[-1]:.1f} ms"


async def flood_the_window(window, count: int, size: int) -> float:  # type: ignore[no-untyped-def]
    """Messages a second, from pressing Send until the window has shown the end."""
    from PySide6.QtWidgets import QPushButton

    workspace = window.workspace
    source = workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    method = source.schema.method(FLOOD)
    tab = workspace.open_method(source, method.full_name, method.pattern)
    session = tab.session
    session.draft.set_json_text(f'{{"count": "1000", "size": "{size}"}}')
    send = window.tabs.currentWidget().findChild(QPushButton, "sendButton")
    await _call(session, send)  # once small: everything is imported and built
    session.draft.set_json_text(f'{{"count": "{count}", "size": "{size}"}}')
    await asyncio.sleep(0.5)
    gc.collect()
    before = resident()
    gaps = Gaps()
    gaps.start()
    started = time.perf_counter()
    await _call(session, send)
    took = time.perf_counter() - started
    gaps.stop()
    assert session.transcript.received_count == count
    print(f"window          {count / took:12,.0f} messages/s of {size} B; 10 ms timer: {gaps}")
    print(f"memory          {resident() - before:12.1f} MiB more than before")
    return count / took


async def _call(session, send) -> None:  # type: ignore[no-untyped-def]
    from wirelens.presentation.call_session import CallState

    finished = asyncio.Event()

    def look() -> None:
        if session.state is CallState.FINISHED:
            finished.set()

    session.state_changed.connect(look)
    send.click()
    await finished.wait()
    session.state_changed.disconnect(look)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=100)
    options = parser.parse_args()
    rates = {}

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            rates["window"] = await flood_the_window(window, options.messages, options.size)
        finally:
            window.close()

    with firehose() as address, tempfile.TemporaryDirectory() as home:
        os.environ["WIRELENS_HOME"] = home
        from wirelens.desktop import launch

        few, many = 1000, 200_000
        stub = reader("sync stub", address, many, options.size), reader("sync stub", address, few, options.size)
        rate = (many - few) / (seconds(stub[0], many) - seconds(stub[1], few))
        print(f"sync stub       {rate:12,.0f} messages/s of {options.size} B")
        files = ["--proto", str(PROTO), "-I", str(PROTO.parent), "--size", "1280x800"]
        code = launch([address, *files], on_ready)
        assert code == 0
    print(f"window / sync stub: {rates['window'] / rate:.1f} x")


if __name__ == "__main__":
    main()
