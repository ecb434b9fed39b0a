"""Floods of messages into an open window: how fast, how widely a 10 ms timer gaps, how much memory it takes.

    python tests/benchmarks/window.py [--messages N] [--only CASE ...]

The real window, shown on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set), with the timeline in
view and following its tail; each case in a process of its own, and its rate compared with a plain sync stub's of the
same run. On a machine that does other work as well, processor time tells more than the clock: both are printed, and
of the timer's gaps how long the window's thread itself worked in one.
"""

import argparse
import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from source import ECHO, FLOOD, PROTO, SAY, firehose
from streaming import reader

INTERVAL_MS = 10


class Case(NamedTuple):
    """`share` of the messages that were asked for on the command line, and the view in sight."""

    method: str
    size: int
    share: float
    view: str | None


CASES = {
    "JSON": Case(FLOOD, 100, 1, "JSON"),
    "Text": Case(SAY, 100, 1, "TEXT"),
    "Chart": Case(FLOOD, 100, 1, "CHART"),
    "64 KiB": Case(FLOOD, 64 * 1024, 0.01, None),
    "echo": Case(ECHO, 100, 0.1, None),
}


def resident() -> float:
    """MiB of this process in memory."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Gaps:
    """A timer of 10 ms that notes how far apart its ticks really are, and how long its thread worked in between."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[float] = []  # ms
        self.work: list[float] = []
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.gaps.clear()
        self.work.clear()
        self._last = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.gaps.append((now[0] - self._last[0]) * 1000)
        self.work.append((now[1] - self._last[1]) * 1000)
        self._last = now

    def __str__(self) -> str:
        gaps, work = sorted(self.gaps), sorted(self.work)
        p99 = int(len(gaps) * 0.99)
        return (
            f"p50 {statistics.median(gaps):.1f} ms, p99 {gaps[p99]:.1f} ms, widest {gaps[-1]:.1f} ms "
            f"(own work p99 {work[p99]:.1f} ms, most {work[-1]:.1f} ms)"
        )


async def flood_the_window(window, name: str, count: int, stub_rate: float, stub_work: float) -> None:  # type: ignore[no-untyped-def]
    """From pressing Send until the window has shown the end."""
    from PySide6.QtWidgets import QPushButton

    from wirelens.presentation.view_choice import ViewName
    from wirelens.widgets.response import ResponseView

    case, workspace = CASES[name], window.workspace
    source = workspace.sources[0]
    while source.schema is None:
        assert source.error is None, source.error
        await asyncio.sleep(0.01)
    method = source.schema.method(case.method)
    session = workspace.open_method(source, method.full_name, method.pattern).session
    page = window.tabs.currentWidget()
    button = page.findChild(QPushButton, "sendButton")
    if case.view is not None:
        page.findChild(ResponseView).viewers.show_view(ViewName[case.view])

    def prepare(many: int) -> None:
        if method.pattern.client_streams:
            messages = session.messages
            messages.replace_all(messages.read('{"payload": "%s"}' % ("eHh4" * (case.size // 3)) + "\n"))
            one = messages.key(0).present
            messages.replace_all([type(messages.key(0))(one) for _ in range(many)])
        else:
            session.draft.set_json_text(f'{{"count": "{many}", "size": "{case.size}"}}')

    async def call() -> None:
        if method.pattern.client_streams:
            await _finished(session, session.sending.send_all)
        else:
            await _finished(session, button.click)

    prepare(1000)
    await call()  # once small: everything is imported and built
    prepare(count)
    await asyncio.sleep(1)
    gc.collect()
    before, gaps = resident(), Gaps()
    gaps.start()
    started, worked = time.perf_counter(), time.process_time()
    await call()
    took, worked = time.perf_counter() - started, time.process_time() - worked
    gaps.stop()
    assert session.transcript.received_count == count, session.transcript.finished.status
    rate, work = count / took, worked / count * 1e6
    print(f"{name:8} window    {rate:10,.0f} messages/s, {work:6.1f} µs of work each; 10 ms timer: {gaps}")
    print(
        f"{name:8} window / sync stub: {rate / stub_rate:.1f} x as fast, {stub_work / work:.1f} x by work; "
        f"memory {resident() - before:+.1f} MiB",
        flush=True,
    )


async def _finished(session, begin) -> None:  # type: ignore[no-untyped-def]
    from wirelens.presentation.call_session import CallState

    finished = asyncio.Event()

    def look() -> None:
        if session.state is CallState.FINISHED and session.sending.going_out is None:
            finished.set()

    for signal in (session.state_changed, session.sending.changed):
        signal.connect(look)
    begin()
    await finished.wait()
    for signal in (session.state_changed, session.sending.changed):
        signal.disconnect(look)


def stub(name: str, address: str, count: int) -> tuple[float, float]:
    """Messages a second of a plain sync stub, and its µs of processor time for each; start-up is taken off."""
    case, few = CASES[name], 100
    measured = []
    for many in (few, count):
        command = reader("echo stub" if case.method == ECHO else "sync stub", address, many, case.size)
        before, started = os.times(), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        took, after = time.perf_counter() - started, os.times()
        assert done.stdout.split() == [str(many)]
        work = after.children_user + after.children_system - before.children_user - before.children_system
        measured.append((took, work))
    (short, short_work), (long, long_work) = measured
    return (count - few) / (long - short), (long_work - short_work) / (count - few) * 1e6


def measure(name: str, address: str, count: int, stub_rate: float, stub_work: float) -> int:
    """In this process."""

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            await flood_the_window(window, name, count, stub_rate, stub_work)
        finally:
            window.close()

    with tempfile.TemporaryDirectory() as home:
        os.environ["WIRELENS_HOME"] = home
        from wirelens.desktop import launch

        return launch([address, "--proto", str(PROTO), "-I", str(PROTO.parent), "--size", "1280x800"], on_ready)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="of 100 B; of larger ones fewer")
    parser.add_argument("--only", choices=CASES, action="append", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--measure", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, address, count, stub_rate, stub_work = options.measure
        return measure(name, address, int(count), float(stub_rate), float(stub_work))
    failed = 0
    for name in options.only or CASES:
        case = CASES[name]
        count = max(round(options.messages * case.share), 1)
        with firehose(*["--echo"] * (case.method == ECHO)) as address:
            rate, work = stub(name, address, min(count, 200_000))
            print(
                f"{name:8} sync stub {rate:10,.0f} messages/s, {work:6.1f} µs of work each; {case.size:,} B", flush=True
            )
            child = [sys.executable, __file__, "--measure", name, address, str(count), str(rate), str(work)]
            failed += subprocess.run(child, check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
