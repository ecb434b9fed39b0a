"""Whether a long day at the window leaves anything behind: memory, threads, descriptors, children, temporary files.

    python tests/benchmarks/soak_window.py [--calls N] [--tabs N] [--messages N] [--rounds N]

The real window on Qt's offscreen platform (or on the desktop with QT_QPA_PLATFORM set), in three parts: tabs
that are opened, make a call and are closed while it runs; calls that are cancelled in mid-stream by their tab's own
buttons; one stream of as many messages as an hour brings at some 1,000 a second, kept whole, and with the last
8 MiB kept. After each round is printed what the process holds: a leak shows as growth from round to round. (A stream
that is kept whole takes 21 B of memory for each message.)
"""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from soak import descriptor_count, resident_mebibytes, spool_file_count
from source import FLOOD, PROTO, firehose

UNTIL_CANCELLED = 1_000_000_000  # messages: nobody waits for the last one


def children() -> int:
    """Child processes, those that have ended and were not waited for included."""
    folder = Path("/proc/self/task")
    return sum(len((task / "children").read_text().split()) for task in folder.iterdir())


async def told(name: str, done: int, seconds: float) -> None:
    from wirelens.presentation import heap

    await asyncio.sleep(0.5)  # threads that read come to their end, and what Qt deletes later is deleted
    # What the window does by itself after 30 seconds of calm, or after 15 minutes without any.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    heap.give_back()
    files = Path("/proc/self/fd")
    unlinked = sum(_is_temporary(file) for file in files.iterdir())
    print(
        f"{name:22} {done:9,} {done / seconds:9,.0f}/s {resident_mebibytes():8.1f} MiB"
        f" {threading.active_count():4} threads {descriptor_count():4} descriptors,"
        f" {unlinked} of spool files {children():3} children"
        f" {spool_file_count():3} temporary files {len(asyncio.all_tasks()):3} tasks {objects():7,} Qt objects",
        flush=True,
    )


def _is_temporary(file: Path) -> bool:
    try:
        return os.readlink(file).startswith(tempfile.gettempdir())
    except OSError:
        return False


def objects() -> int:
    """QObjects of the window, itself included."""
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication

    return sum(1 + len(each.findChildren(QObject)) for each in QApplication.topLevelWidgets())


class Day:
    """The window and what is done in it."""

    def __init__(self, window) -> None:  # type: ignore[no-untyped-def]
        self.window = window
        self.workspace = window.workspace

    async def begin(self) -> None:
        self.source = self.workspace.sources[0]
        while self.source.schema is None:
            assert self.source.error is None, self.source.error
            await asyncio.sleep(0.01)
        self.method = self.source.schema.method(FLOOD)

    def open(self, count: int, size: int):  # type: ignore[no-untyped-def]
        tab = self.workspace.open_method(self.source, self.method.full_name, self.method.pattern, new_tab=True)
        tab.session.draft.set_json_text(f'{{"count": "{count}", "size": "{size}"}}')
        return tab

    def press(self, name: str) -> None:
        from PySide6.QtWidgets import QPushButton

        self.window.tabs.currentWidget().findChild(QPushButton, name).click()

    async def streams(self, session) -> None:  # type: ignore[no-untyped-def]
        """Until a message of the call that was begun last has come."""
        before = session.transcript
        self.press("sendButton")
        await happens(
            session.progressed,
            lambda: session.transcript is not before and session.transcript.received_count > 0,
        )

    async def ends(self, session) -> None:  # type: ignore[no-untyped-def]
        await happens(session.state_changed, lambda: not session.is_running)

    async def cancelled(self, rounds: int, count: int) -> None:
        """Each tenth call comes as far as its spool file."""
        tabs = [self.open(UNTIL_CANCELLED, size) for size in (100, 50_000)]

        async def one(number: int) -> None:
            tab = tabs[number % 10 == 0]
            self.window.tabs.setCurrentIndex(tabs.index(tab))
            await self.streams(tab.session)
            if number % 10 == 0:
                await happens(tab.session.progressed, lambda: tab.session.transcript.spooled_bytes > 0)
            self.press("cancelButton")
            await self.ends(tab.session)

        await repeated("cancelled in mid-stream", rounds, count, one)
        for tab in tabs:
            self.workspace.close_tab(tab)

    async def tabs(self, rounds: int, count: int) -> None:
        async def one(number: int) -> None:
            tab = self.open(UNTIL_CANCELLED, 100)
            await self.streams(tab.session)
            self.workspace.close_tab(tab)
            await asyncio.sleep(0)

        await repeated("tabs opened, closed", rounds, count, one)

    async def hour(self, rounds: int, count: int, keep_mib: int | None) -> None:
        tab = self.open(count, 100)
        session = tab.session
        session.options.set_keep_mib(keep_mib)
        started = time.perf_counter()
        await self.streams(session)
        for number in range(1, rounds + 1):
            reached = count * number // rounds
            await happens(session.progressed, lambda reached=reached: session.transcript.received_count >= reached)  # type: ignore[misc]
            name = "a long stream, " + ("whole" if keep_mib is None else f"last {keep_mib} MiB")
            await told(name, session.transcript.received_count, time.perf_counter() - started)
        await self.ends(session)
        assert session.transcript.received_count == count
        self.workspace.close_tab(tab)


async def happens(signal, condition: Callable[[], bool]) -> None:  # type: ignore[no-untyped-def]
    happened = asyncio.Event()

    def look() -> None:
        if condition():
            happened.set()

    signal.connect(look)
    try:
        if not condition():
            await happened.wait()
    finally:
        signal.disconnect(look)


async def repeated(name: str, rounds: int, count: int, one: Callable[[int], Awaitable[None]]) -> None:
    done = 0
    for number in range(1, rounds + 1):
        started, before = time.perf_counter(), done
        while done < count * number // rounds:
            await one(done)
            done += 1
        took = time.perf_counter() - started
        await told(name, done, took * done / max(done - before, 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000, help="to cancel in mid-stream")
    parser.add_argument("--tabs", type=int, default=1_000, help="to open and close")
    parser.add_argument("--messages", type=int, default=3_600_000, help="of the long streams")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    async def on_ready(window) -> None:  # type: ignore[no-untyped-def]
        try:
            day = Day(window)
            await day.begin()
            await told("the window alone", 1, 1)
            await day.tabs(options.rounds, options.tabs)
            await day.cancelled(options.rounds, options.calls)
            for keep_mib in (8, None):
                await day.hour(options.rounds, options.messages, keep_mib)
                await told("its tab closed", 1, 1)
        finally:
            window.close()

    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as tempfile.tempdir,
        firehose() as address,
    ):
        os.environ["WIRELENS_HOME"] = home
        from wirelens.desktop import launch

        return launch([address, "--proto", str(PROTO), "-I", str(PROTO.parent), "--size", "1280x800"], on_ready)


if __name__ == "__main__":
    sys.exit(main())
