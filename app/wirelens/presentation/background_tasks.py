"""Every task of the window has a name and an owner here, so that none fails in silence and none outlives the window.

A failed asyncio task says nothing while somebody still refers to it; this is the one place that starts tasks
and the one that reports.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

T = TypeVar("T")


class BackgroundTasks(QObject):
    """Starts coroutines on the running event loop and tells, by `failed`, of each that raised."""

    failed = Signal(str, object)  # the task's name, the exception

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `coroutine` now; `name` says to people what was being done ("connect to localhost:50051")."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    @property
    def running(self) -> list[str]:
        """The names of the tasks that have not ended."""
        return sorted(task.get_name() for task in self._tasks)

    async def cancel_all(self) -> None:
        """Cancel what still runs and wait until it has ended; what ends badly is reported as ever."""
        current = asyncio.current_task()
        while others := [task for task in self._tasks if task is not current]:
            for task in others:
                task.cancel()
            await asyncio.wait(others)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self.failed.emit(task.get_name(), error)
