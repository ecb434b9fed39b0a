"""One call tab: a method of a source, and the call session once the source's schema is there.

A tab restored from the last session waits for its source with everything that was typed in it; so does a tab
whose method has left the schema.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from wirelens.engine.errors import UnknownSymbolError, WirelensError
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.source import Source, SourceState

if TYPE_CHECKING:
    from wirelens.engine.calls.transcript_file import SavedCall
    from wirelens.engine.connection.channels import Connection
    from wirelens.presentation.call_session import CallSession


class Tab(QObject):
    """A method in a tab. `session` is None until the source has a schema with the method in it."""

    session_ready = Signal()
    changed = Signal()  # title, pattern, waiting sentence or problem

    def __init__(
        self,
        source: Source,
        method_name: str,
        tasks: BackgroundTasks,
        address: Callable[[], str],
        saved: dict[str, Any] | None = None,
        pattern: Pattern = Pattern.UNARY,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.source = source
        self.method_name = method_name  # full name, package.Service.Method
        self.session: CallSession | None = None
        self.problem: WirelensError | None = None
        self._tasks = tasks
        self._address = address
        self._saved = dict(saved or {})
        self._pattern = pattern
        self.file_name = ""  # of the transcript that the tab was opened with
        self._saved_call: SavedCall | None = None  # to be shown once there is a session
        source.schema_changed.connect(self._bind)
        source.changed.connect(self.changed)
        self._bind()

    @property
    def title(self) -> str:
        return self.method_name.rpartition(".")[2]

    @property
    def service_name(self) -> str:
        return self.method_name.rpartition(".")[0].rpartition(".")[2]

    @property
    def pattern(self) -> Pattern:
        """Known even before the schema is there: the tab's mark is restored with it."""
        return self.session.method.pattern if self.session is not None else self._pattern

    @property
    def waiting(self) -> str:
        """Why there is nothing to fill in yet, as a sentence; empty once there is a session."""
        if self.session is not None:
            return ""
        match self.source.state:
            case SourceState.LOADING:
                return f"Loading the schema of {self.source.title} …"
            case SourceState.FAILED:
                return f"{self.source.title} did not answer with a schema."
            case SourceState.READY:
                return f"{self.method_name} is not in the schema of {self.source.title}."
        return f"{self.source.title} is not connected."

    def state_to_save(self) -> dict[str, Any]:
        """For the session file; what a waiting tab was restored from is kept as it was."""
        return {
            "source": self.source.key,
            "method": self.method_name,
            "pattern": self.pattern.value,
            "session": self.session.state_to_save() if self.session is not None else self._saved,
        }

    def show_saved(self, saved: "SavedCall") -> None:
        """Show a call from its file, as soon as there is a session to show it.

        Raises:
            CallStateError: a call runs.
        """
        if self.session is not None:
            self.session.show_saved(saved)
        else:
            self._saved_call = saved
        self.file_name = saved.path.name
        self.changed.emit()

    async def aclose(self) -> None:
        """Cancel the call and let the session go."""
        self.source.schema_changed.disconnect(self._bind)
        self.source.changed.disconnect(self.changed)
        if self.session is not None:
            await self.session.aclose()
        elif self._saved_call is not None:
            self._saved_call.transcript.close()

    def _bind(self) -> None:
        schema = self.source.schema
        if schema is None:
            return
        try:
            method: Method = schema.method(self.method_name)
        except UnknownSymbolError as error:
            self.problem = error
            self.changed.emit()
            return
        self.problem = None
        if self.session is not None:
            self.session.rebind(method, schema)
            self.changed.emit()
            return
        from wirelens.presentation.call_session import CallSession

        self.session = CallSession(method, schema, self._connect, self._tasks, parent=self)
        if self._saved:
            self.session.restore(self._saved)
        else:
            self.session.metadata.add_lines(self.source.settings.headers)
        if self._saved_call is not None:
            saved, self._saved_call = self._saved_call, None
            self.session.show_saved(saved)
        self.session_ready.emit()
        self.changed.emit()

    async def _connect(self) -> "Connection":
        return await self.source.connection(self._address())
