"""Garbage is collected on the window's thread, in pieces that nobody feels."""

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

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
