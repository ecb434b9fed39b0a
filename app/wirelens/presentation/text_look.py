"""How a growing text is shown: wrapped or not, and how large."""

from typing import Any

from PySide6.QtCore import QObject, Signal

SIZES = (70, 80, 90, 100, 115, 130, 150, 175, 200)  # percent of the window's own


class TextLook(QObject):
    """Of one tab; the session file keeps it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wraps = True
        self._percent = 100

    @property
    def wraps(self) -> bool:
        """Whether long lines go on below."""
        return self._wraps

    def set_wraps(self, wraps: bool) -> None:
        if wraps != self._wraps:
            self._wraps = wraps
            self.changed.emit()

    @property
    def percent(self) -> int:
        return self._percent

    def set_percent(self, percent: int) -> None:
        """One of SIZES."""
        if percent != self._percent and percent in SIZES:
            self._percent = percent
            self.changed.emit()

    def step(self, by: int) -> None:
        """The next size up (1) or down (-1), as far as there is one."""
        place = SIZES.index(self._percent) + by
        if 0 <= place < len(SIZES):
            self.set_percent(SIZES[place])

    def state(self) -> dict[str, Any]:
        return {"wraps": self._wraps, "percent": self._percent}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave; what cannot be meant is left as it is."""
        self.set_wraps(state.get("wraps") is not False)
        percent = state.get("percent")
        if isinstance(percent, int):
            self.set_percent(percent)
