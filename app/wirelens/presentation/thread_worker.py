"""Work in a thread whose result comes back on the window's thread, whatever became of who asked for it."""

import itertools
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal

_numbers = itertools.count()
# What is being worked on. The thread never holds the last reference to any of it: the jobs of a draft hold the draft,
# and a QObject that is destroyed in another thread than its own brings the program down.
_jobs: dict[int, tuple[Callable[[], Any], Callable[[Any], None], "weakref.ref[ThreadWorker]"]] = {}
_threads: dict[int, int] = {}  # the thread of each job that is under way
_unwanted: set[int] = set()  # jobs whose results nobody wants any more


class ThreadWorker(QObject):
    """One thread that does one job after another and hands each result back on the window's thread.

    A result that comes when this object is gone is dropped.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor: ThreadPoolExecutor | None = None

    def run(self, job: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        """Run `job` in the thread, then `deliver` its result here; an exception of `job` is raised here too."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="worker")
        number = next(_numbers)
        _jobs[number] = (job, deliver, weakref.ref(self))
        self._executor.submit(_work, number, _relay())


def end_all_jobs() -> None:
    """The window ends and wants no result any more: Python would not let the program go before every job is done, and
    one that reads a large text goes on for half a minute. Jobs that wait for their turn never begin; those of a window
    that is opened later are others."""
    import ctypes  # Python itself has no word for it; not loaded with the window

    _unwanted.update(_jobs)
    for thread in list(_threads.values()):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(SystemExit))


class _Relay(QObject):
    """Told by the threads. It outlives every worker: an object that is being destroyed here must not be told there."""

    finished = Signal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.finished.connect(self._on_finished)

    def _on_finished(self, number: int, result: Any, error: BaseException | None) -> None:
        _job, deliver, asked_by = _jobs.pop(number)
        worker = asked_by()
        if number in _unwanted or worker is None or not shiboken6.isValid(worker):
            return
        if error is not None:
            raise error
        deliver(result)


_the_relay: list[_Relay] = []


def _relay() -> _Relay:
    """Made on the window's thread when first wanted, and kept."""
    if not _the_relay:
        _the_relay.append(_Relay())
    return _the_relay[0]


def _work(number: int, relay: _Relay) -> None:
    result: Any = None
    error: BaseException | None = None
    _threads[number] = threading.get_ident()
    try:
        if number in _unwanted:
            return
        result = _jobs[number][0]()
    except BaseException as raised:
        error = raised
    finally:
        del _threads[number]
    if number not in _unwanted:
        relay.finished.emit(number, result, error)
