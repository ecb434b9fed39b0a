"""Python's cyclic garbage collector, run in the window's thread only.

Python collects in whatever thread happens to allocate, and a thread that reads a stream allocates most. Qt objects in
a cycle are then destroyed in that thread: timers and socket notifiers bring the program down there, widgets block it.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 200
_OLDEST_AFTER = 10.0  # seconds between two looks at the objects that have lived longest


class WindowThreadCollector(QObject):
    """Switches automatic collection off for the whole process, and collects on a timer of its own thread instead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._last_oldest = time.monotonic()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Back to Python's own way."""
        self._timer.stop()
        gc.enable()

    def spare_what_is_there(self) -> None:
        """After start-up: what was imported so far will not become garbage, and no later look at the oldest objects,
        which would hold the window up, goes through it again."""
        gc.freeze()

    def _collect(self) -> None:
        """The youngest generation that is due, as Python itself would choose it."""
        young, middle, old = gc.get_count()
        if old > self._thresholds[2] and time.monotonic() - self._last_oldest > _OLDEST_AFTER:
            self._last_oldest = time.monotonic()
            gc.collect(2)
        elif middle > self._thresholds[1]:
            gc.collect(1)
        elif young > self._thresholds[0]:
            gc.collect(0)
