"""Garbage is collected on the window's thread, in pieces that nobody feels."""

import ctypes
import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from wirelens.presentation import heap
from wirelens.presentation.garbage_collection import WindowThreadCollector


class Knot:
    """Refers to itself, so that only the collector gets at it."""

    def __init__(self, seen: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: seen.append(threading.get_ident()))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[WindowThreadCollector]:
    collector = WindowThreadCollector(calm=0.1)
    collector.start()
    yield collector
    collector.stop()
    gc.unfreeze()


def test_python_collects_nothing_by_itself_during_and_after(qtbot: QtBot) -> None:
    gc.enable()
    try:
        collector = WindowThreadCollector()
        collector.start()
        assert not gc.isenabled()
        collector.stop()
        assert not gc.isenabled(), "a thread that still runs would destroy what is left of the window"
    finally:
        gc.disable()  # as all tests have it


@pytest.mark.usefixtures("collector")
def test_garbage_of_another_thread_goes_on_the_windows(qtbot: QtBot) -> None:
    seen: list[int] = []
    kept: list[Any] = []

    def work() -> None:
        Knot(seen)
        kept.extend([] for _ in range(20_000))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not seen
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [threading.get_ident()]


@pytest.mark.usefixtures("collector")
def test_garbage_among_many_objects_that_live_on_goes_in_a_moment_of_calm(qtbot: QtBot) -> None:
    seen: list[int] = []
    kept: list[Any] = [Knot(seen)]
    for _ in range(14):  # enough looks for Python to want one at those that lived on
        kept.append([[] for _ in range(20_000)])
        qtbot.waitUntil(lambda: gc.get_count()[0] < 10_000)
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 200_000)
    kept.clear()
    assert not seen
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)


@pytest.mark.usefixtures("collector")
def test_a_burst_of_objects_is_put_aside_at_once_and_its_garbage_goes_with_calm(qtbot: QtBot) -> None:
    looks: list[int] = []
    seen: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        looks.append(info["generation"])

    qtbot.waitUntil(lambda: gc.get_count()[0] < 700)
    before = gc.get_freeze_count()
    gc.callbacks.append(look)
    try:
        Knot(seen)
        kept = [[] for _ in range(100_000)]  # type: ignore[var-annotated]
        qtbot.waitUntil(lambda: gc.get_freeze_count() > before + 90_000)
        assert looks == []
        assert not seen
        qtbot.waitUntil(lambda: bool(seen))
    finally:
        gc.callbacks.remove(look)
    assert kept
    assert 2 in looks


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems' own does it")
@pytest.mark.usefixtures("collector")
def test_what_is_free_goes_back_to_the_system_once_there_is_calm(qtbot: QtBot) -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("another C library")
    heap.give_back()  # what tests before have left free, which would hold the blocks
    before = _resident()
    blocks = [bytes(2000) for _ in range(50_000)]
    kept = blocks[::50]  # so that no stretch between them reaches the end of the heap
    assert _resident() > before + 80 * 2**20
    blocks.clear()
    stir = [[] for _ in range(1000)]  # type: ignore[var-annotated]
    qtbot.waitUntil(lambda: _resident() < before + 20 * 2**20)
    assert kept
    assert stir


def _resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
