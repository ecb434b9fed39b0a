"""Results of a thread come back on the window's thread, or not at all."""

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wirelens.presentation.thread_worker import ThreadWorker, end_all_jobs


def test_a_result_is_handed_over_on_the_windows_thread(qtbot: QtBot) -> None:
    worker = ThreadWorker()
    seen: list[tuple[int, int]] = []
    worker.run(threading.get_ident, lambda there: seen.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != threading.get_ident()
    assert seen[0][1] == threading.get_ident()


def test_an_exception_of_the_job_is_raised_on_the_windows_thread(qtbot: QtBot) -> None:
    worker = ThreadWorker()
    with qtbot.captureExceptions() as caught:
        worker.run(lambda: 1 // 0, lambda _result: pytest.fail("nothing is delivered"))
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_a_result_for_one_who_is_gone_is_dropped(qtbot: QtBot) -> None:
    """Again and again, at the very moment when the thread hands over: it once told an object being destroyed."""
    other, delivered, dropped = ThreadWorker(), [0], [0]
    for _round in range(200):
        parent = QObject()
        worker = ThreadWorker(parent)
        begun = threading.Event()
        worker.run(begun.set, lambda _result: dropped.__setitem__(0, dropped[0] + 1))
        begun.wait(5)
        shiboken6.delete(parent)
        other.run(lambda: None, lambda _result: delivered.__setitem__(0, delivered[0] + 1))
    qtbot.waitUntil(lambda: delivered[0] == 200)
    assert dropped == [0]


def test_what_was_asked_for_before_the_end_is_dropped_and_what_is_asked_for_later_is_done(qtbot: QtBot) -> None:
    """One process may open a window after another: the pictures of the second theme were once without their threads."""
    worker, delivered, begun, waiting = ThreadWorker(), [], threading.Event(), threading.Event()
    after = threading.Event()

    def long() -> None:
        begun.set()
        while not waiting.wait(0.001):
            pass

    worker.run(long, lambda _result: delivered.append("under way"))
    worker.run(after.set, lambda _result: delivered.append("waiting for its turn"))
    assert begun.wait(5)
    end_all_jobs()
    worker.run(lambda: None, lambda _result: delivered.append("later"))
    qtbot.waitUntil(lambda: bool(delivered))
    assert delivered == ["later"]
    assert not after.is_set()
    assert not waiting.is_set()  # the first was ended, it did not come to its end
