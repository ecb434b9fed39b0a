"""The bundled demo servers as the window shows them: each child process with its state and its source."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from wirelens.engine.demo_servers import DEMO_NAMES, DemoServer, DemoState
from wirelens.engine.errors import DemoServerError
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.source import Source, SourceKind, SourceSettings


class Demo(QObject):
    """One demo server and the source that calls go through."""

    changed = Signal()

    def __init__(self, server: DemoServer, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.server = server
        self.source = Source(SourceSettings(SourceKind.DEMO, demo_name=server.name), tasks, self)
        self._tasks = tasks
        self._watched = False

    @property
    def name(self) -> str:
        return self.server.name

    @property
    def runs(self) -> bool:
        return self.server.state in (DemoState.STARTING, DemoState.SERVING)

    def start(self) -> None:
        """Start the process and load its schema; a demo that runs is left alone."""
        if not self.runs:
            self._tasks.start(f"start the demo server {self.name}", self._start())

    def stop(self) -> None:
        if self.runs:
            self._tasks.start(f"stop the demo server {self.name}", self._stop())

    async def aclose(self) -> None:
        await self.source.aclose()
        await self.server.stop()

    async def _start(self) -> None:
        if not self._watched:
            self._watched = True
            self._tasks.start(f"watch the demo server {self.name}", self._watch())
        try:
            await self.server.start()
        except DemoServerError as error:
            self.source.mark_failed(error)
            return
        await self.source.apply(SourceSettings(SourceKind.DEMO, address=self.server.address or "", demo_name=self.name))
        self.source.load()

    async def _stop(self) -> None:
        await self.server.stop()
        self.source.mark_stopped()

    async def _watch(self) -> None:
        served = False
        while True:
            await self.server.wait_changed()
            self.changed.emit()
            if self.server.state is DemoState.SERVING:
                served = True
            elif self.server.state is DemoState.FAILED and served:
                served = False
                self.source.mark_failed(
                    DemoServerError(self.server.outcome, place=self.name, next_step="start it again from the Demo menu")
                )


class Demos(QObject):
    """All bundled demo servers."""

    changed = Signal()

    def __init__(self, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.demos = [Demo(DemoServer(name), tasks, self) for name in DEMO_NAMES]
        for demo in self.demos:
            demo.changed.connect(self.changed)
            demo.source.changed.connect(self.changed)

    def __iter__(self) -> Iterator[Demo]:
        return iter(self.demos)

    def named(self, name: str) -> Demo | None:
        return next((demo for demo in self.demos if demo.name == name), None)

    @property
    def any_runs(self) -> bool:
        return any(demo.runs for demo in self.demos)

    @property
    def all_run(self) -> bool:
        return all(demo.runs for demo in self.demos)

    def start_all(self) -> None:
        for demo in self.demos:
            demo.start()

    def stop_all(self) -> None:
        for demo in self.demos:
            demo.stop()

    async def aclose(self) -> None:
        for demo in self.demos:
            await demo.aclose()
