"""Python's cyclic garbage collector, run in the window's thread only, and what is free given back to the system.

Python collects in whatever thread happens to allocate, and a thread that reads a stream allocates most. Qt objects in
a cycle are then destroyed in that thread: timers and socket notifiers bring the program down there, widgets block it.
"""

import gc
import threading
import time

from PySide6.QtCore import QObject, QTimer

from wirelens.presentation import heap

_INTERVAL_MS = 20
_YOUNG = 10_000  # objects made since the last look; looking at them takes 1 to 3 ms
_TOO_MANY = 60_000  # objects made at one go; a look at those of 100,000 prepared messages took 13 to 31 ms
_FEW = 20_000  # objects that lived through looks since the last look at them; no more than 8 ms
_STIR = 50  # objects that come or go between two ticks when somebody types or a stream flows
_PAUSE = 1.0  # seconds without a stir after which few new objects are looked at too
_CALM = 30.0  # seconds without a stir after which nobody is taken to be there
_PATIENCE = 900.0  # seconds to wait for that


class WindowThreadCollector(QObject):
    """Switches automatic collection off for the whole process, and collects on a timer of its own thread instead.

    A look at objects takes as long as there are many, so new ones are looked at often. Where many live on (the tree of
    a large text, the events of a stream) they are put aside, and all is gone through once there has been calm.

    Args:
        calm: seconds with hardly a new object, after which the window may stand still for a tenth of a second.
    """

    def __init__(self, parent: QObject | None = None, *, calm: float = _CALM) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._calm = calm
        self._young = 0  # at the last tick
        self._lived_on = 0
        self._has_put_aside = False
        self._last_stir = self._last_whole = time.monotonic()
        self._has_stirred = False  # since free memory was given back
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Look at nothing any more. Automatic collection stays off: threads may still work, and would destroy in
        theirs what is left of the window."""
        self._timer.stop()

    def spare_what_is_there(self) -> None:
        """After start-up: what was imported so far will not become garbage, and no later look at the oldest objects,
        which would hold the window up, goes through it again."""
        gc.freeze()

    def _collect(self) -> None:
        """The generation that is due, as Python itself would choose it, unless it has become too large for a frame."""
        young, middle, old = gc.get_count()
        now = time.monotonic()
        if abs(young - self._young) > _STIR:
            self._last_stir, self._has_stirred = now, True
        self._young = young
        calm = now - self._last_stir
        if young > _TOO_MANY:
            self._put_aside()
        elif young > _YOUNG or (calm > _PAUSE and young > self._thresholds[0]):
            self._lived_on += young
            gc.collect(0)
            self._young = gc.get_count()[0]
        elif middle > self._thresholds[1]:
            if self._lived_on > _FEW:
                self._put_aside()
            self._lived_on = 0
            gc.collect(1)
        elif (self._has_put_aside or old > self._thresholds[2]) and (
            calm > self._calm or now - self._last_whole > _PATIENCE
        ):
            self._has_put_aside = False
            self._last_whole = now
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        elif self._has_stirred and calm > _PAUSE:
            self._has_stirred = False
            threading.Thread(target=heap.give_back, name="give back memory", daemon=True).start()

    def _put_aside(self) -> None:
        gc.freeze()
        self._has_put_aside = True
        self._young = 0
