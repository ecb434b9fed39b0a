"""How far something that takes its time has come, said in place, with the button that stops it."""

import asyncio
import time
from pathlib import Path

from PySide6.QtCore import QObject

from wirelens.widgets.controls.inline_message import InlineMessage

_TOLD_EVERY = 0.1  # seconds


class ProgressLine(QObject):
    """Says how far a task has come, in an InlineMessage whose action cancels it."""

    def __init__(self, message: InlineMessage, parent: QObject) -> None:
        super().__init__(parent)
        self._message = message
        self._task: asyncio.Task[None] | None = None
        self._words = self._place = ""
        self._told_at = 0.0
        message.acted.connect(self._cancel)

    def begin(self, task: "asyncio.Task[None]", words: str, place: Path) -> None:
        """`words` is what is going on: `Saving the transcript`."""
        self._task, self._words, self._place = task, words, str(place)
        self._told_at = 0.0
        self.tell(0, 1)

    def tell(self, done: int, of: int) -> None:
        """A few times a second."""
        now = time.monotonic()
        if now - self._told_at >= _TOLD_EVERY:
            self._told_at = now
            percent = 100 * done // max(of, 1)
            self._message.show_message("info", f"{self._words} … {percent} %", place=self._place, action="Cancel")

    def end(self) -> None:
        self._task = None

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._message.clear()
