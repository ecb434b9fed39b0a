"""A place schemas come from and calls go to: a server, .proto files, or a bundled demo.

The explorer shows sources, call tabs borrow their connection. Loading runs in the background, tells its progress
and can be cancelled; a failure stays with the source until the next try.
"""

import asyncio
import enum
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from wirelens.engine.connection.metadata import Metadata, is_sensitive, metadata_from_lines
from wirelens.engine.errors import AddressError, ReflectionError, SchemaError, WirelensError
from wirelens.presentation.amounts import duration_text
from wirelens.presentation.background_tasks import BackgroundTasks

if TYPE_CHECKING:  # grpc and protobuf are loaded by the first connection, after the window has painted
    from wirelens.engine.connection.channels import Connection
    from wirelens.engine.connection.target import Target
    from wirelens.engine.schema.schema import Schema


class SourceKind(enum.Enum):
    SERVER = "server"
    FILES = "files"
    DEMO = "demo"


class SourceState(enum.Enum):
    IDLE = "idle"  # known, not asked yet (restored from the last session, or stopped)
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How to reach a source, as the connect bar, the command line and the session file name it."""

    kind: SourceKind = SourceKind.SERVER
    address: str = ""
    plaintext: bool | None = None  # None: the address decides (loopback plaintext, else TLS)
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None
    authority: str | None = None
    use_proxy: bool = True
    max_message_size: int | None = None  # bytes; None: the engine's default
    reflection: str = "auto"  # auto, v1, v1alpha, off
    headers: tuple[str, ...] = ()  # `name: value` lines sent with reflection and offered to calls
    proto_paths: tuple[Path, ...] = ()
    import_paths: tuple[Path, ...] = ()
    descriptor_sets: tuple[Path, ...] = ()
    demo_name: str = ""

    @property
    def has_files(self) -> bool:
        return bool(self.proto_paths or self.descriptor_sets)

    @property
    def title(self) -> str:
        if self.kind is SourceKind.DEMO:
            return self.demo_name
        if self.kind is SourceKind.FILES:
            paths = self.proto_paths or self.descriptor_sets
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            return f"{paths[0].name or paths[0]}{more}" if paths else ".proto files"
        return self.address.partition("://")[2] or self.address

    @property
    def key(self) -> str:
        """Names this source across sessions: a tab finds its source again by it."""
        if self.kind is SourceKind.DEMO:
            return f"demo:{self.demo_name}"
        if self.kind is SourceKind.FILES:
            return "files:" + "|".join(map(str, (*self.proto_paths, *self.descriptor_sets)))
        return f"server:{self.address}"

    def target(self, address: str = "") -> "Target":
        """The target its calls go to; `address` stands in where the source has none of its own.

        Raises:
            AddressError: no address, or one that names no server.
        """
        from wirelens.engine.connection.target import DEFAULT_MAX_MESSAGE_SIZE, TlsSettings, parse_target

        if not (self.address or address):
            raise AddressError(
                "these .proto files do not say where the server is",
                next_step="type the server's address above and press Send again",
            )
        return parse_target(
            self.address or address,
            plaintext=self.plaintext,
            tls=TlsSettings(self.ca_file, self.certificate_file, self.key_file, self.server_name),
            authority=self.authority,
            use_proxy=self.use_proxy,
            max_message_size=self.max_message_size or DEFAULT_MAX_MESSAGE_SIZE,
        )

    def metadata(self) -> Metadata:
        """The headers as metadata.

        Raises:
            MetadataError: a line that is no header.
        """
        return metadata_from_lines(self.headers)

    def to_json(self) -> dict[str, Any]:
        """For the session file: sensitive headers are left out, the rest is plain JSON."""
        kept = [line for line in self.headers if not is_sensitive(line.partition(":")[0])]
        return {
            "kind": self.kind.value,
            "address": self.address,
            "plaintext": self.plaintext,
            **{name: _path_text(getattr(self, name)) for name in _PATH_FIELDS},
            "server_name": self.server_name,
            "authority": self.authority,
            "use_proxy": self.use_proxy,
            "max_message_size": self.max_message_size,
            "reflection": self.reflection,
            "headers": kept,
            **{name: [str(path) for path in getattr(self, name)] for name in _PATH_LIST_FIELDS},
            "demo_name": self.demo_name,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SourceSettings":
        """From the session file; what is missing takes its default.

        Raises:
            KeyError, TypeError, ValueError: the data is not what `to_json` writes.
        """
        settings = cls(kind=SourceKind(data["kind"]))
        changes: dict[str, Any] = {
            name: data[name]
            for name in ("address", "plaintext", "server_name", "authority", "use_proxy", "max_message_size")
            if name in data
        }
        changes |= {name: data[name] for name in ("reflection", "demo_name") if name in data}
        changes |= {name: Path(data[name]) for name in _PATH_FIELDS if data.get(name)}
        changes |= {name: tuple(map(Path, data.get(name, ()))) for name in _PATH_LIST_FIELDS}
        changes["headers"] = tuple(map(str, data.get("headers", ())))
        return replace(settings, **changes)


_PATH_FIELDS = ("ca_file", "certificate_file", "key_file")
_PATH_LIST_FIELDS = ("proto_paths", "import_paths", "descriptor_sets")


def _path_text(path: Path | None) -> str | None:
    return None if path is None else str(path)


class Source(QObject):
    """One source, its state and its schema; the owner of its connection."""

    changed = Signal()  # state, title or progress
    schema_changed = Signal()  # another schema is there: models and drafts bind anew

    def __init__(self, settings: SourceSettings, tasks: BackgroundTasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tasks = tasks
        self._state = SourceState.IDLE
        self._schema: Schema | None = None
        self._error: WirelensError | None = None
        self._progress: tuple[int, int] | None = None
        self._connection: Connection | None = None
        self._loading: asyncio.Task[None] | None = None
        self._told_progress = 0.0

    # -- what it is ------------------------------------------------------------------------------------------

    @property
    def settings(self) -> SourceSettings:
        return self._settings

    @property
    def state(self) -> SourceState:
        return self._state

    @property
    def schema(self) -> "Schema | None":
        """The newest schema that was loaded; it stays while a reload runs or has failed."""
        return self._schema

    @property
    def error(self) -> WirelensError | None:
        return self._error

    @property
    def progress(self) -> tuple[int, int] | None:
        """Services resolved and services there are, while reflection runs."""
        return self._progress

    @property
    def title(self) -> str:
        return self._settings.title

    @property
    def key(self) -> str:
        return self._settings.key

    @property
    def summary(self) -> str:
        """What stands at the right of the status bar: where the schema is from, how large, how long it took."""
        if self._schema is None:
            return ""
        origin = self._schema.origin
        files = "1 file" if origin.file_count == 1 else f"{origin.file_count} files"
        return f"Schema: {origin.kind} · {files} · {duration_text(origin.seconds)}"

    # -- what it does ----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Load the schema, or load it again; a load that runs is left to run."""
        if self._loading is None or self._loading.done():
            before, error_before = self._state, self._error
            self._progress = None
            self._set_state(SourceState.LOADING)
            self._loading = self._tasks.start(f"load the schema of {self.title}", self._load())

            def restore(task: asyncio.Task[None]) -> None:
                """Also where the task is cancelled before its first step."""
                if task.cancelled() and self._loading is task and self._state is SourceState.LOADING:
                    self._set_state(before, error_before)

            self._loading.add_done_callback(restore)

    def cancel(self) -> None:
        """Stop loading; the source is then what it was before."""
        if self._loading is not None:
            self._loading.cancel()

    async def apply(self, settings: SourceSettings) -> None:
        """Use other settings from now on: what runs is cancelled, the connection is opened anew when needed."""
        self._settings = settings
        await self._stop_loading()
        await self._disconnect()
        self.changed.emit()

    async def connection(self, address: str = "") -> "Connection":
        """Its connection, made when first asked for.

        Raises:
            AddressError, TlsSettingsError: the settings name no server, or certificates that cannot be used.
        """
        from wirelens.engine.connection.channels import Connection

        target = self._settings.target(address)
        if self._connection is None or self._connection.target != target:
            await self._disconnect()
            self._connection = Connection(target)
        connection = self._connection
        await connection.prepare()
        return connection

    async def aclose(self) -> None:
        """Cancel what runs and close the connection."""
        await self._stop_loading()
        await self._disconnect()

    def mark_stopped(self) -> None:
        """The server behind it was stopped by us: it is idle, not failed."""
        self.cancel()
        self._set_state(SourceState.IDLE)

    def mark_failed(self, error: WirelensError) -> None:
        """Something outside (a demo's process) says why it cannot serve."""
        self._set_state(SourceState.FAILED, error)

    # -- inside ----------------------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            schema = await self._load_schema()
            await self._prepare_rules(schema)
        except WirelensError as error:
            self._set_state(SourceState.FAILED, error)
        except Exception as error:
            # A hostile answer that the engine did not foresee: the source fails, the program does not.
            self._set_state(SourceState.FAILED, SchemaError(f"loading the schema failed: {error!r}", place=self.title))
            raise
        else:
            self._schema = schema
            self._progress = None
            self._set_state(SourceState.READY)
            self.schema_changed.emit()

    async def _prepare_rules(self, schema: "Schema") -> None:
        """What the first example and the first check of a request would otherwise wait for."""
        from wirelens.engine.messages.validation import prepare

        await asyncio.to_thread(prepare, schema)

    async def _load_schema(self) -> "Schema":
        settings = self._settings
        from_files = await self._load_files() if settings.has_files else None
        if settings.kind is SourceKind.FILES or settings.reflection == "off":
            if from_files is None:
                raise SchemaError("reflection is off and there are no .proto files", next_step="open .proto files")
            return from_files
        from wirelens.engine.schema.reflection import load_by_reflection

        connection = await self.connection()
        try:
            reflected = await load_by_reflection(
                connection,
                metadata=settings.metadata(),
                version=settings.reflection,  # type: ignore[arg-type]
                timeout=30.0,
                on_progress=self._on_progress,
            )
        except ReflectionError:
            if from_files is None:
                raise
            return from_files  # the server has no reflection; that is what the files are for
        return reflected if from_files is None else reflected.combined_with(from_files)

    async def _load_files(self) -> "Schema":
        from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
        from wirelens.engine.schema.proto_files import load_proto_files

        settings = self._settings
        schemas = []
        if settings.proto_paths:
            schemas.append(await load_proto_files(settings.proto_paths, settings.import_paths))
        if settings.descriptor_sets:
            schemas.append(await load_descriptor_sets(settings.descriptor_sets))
        first, *rest = schemas
        for other in rest:
            first = first.combined_with(other)
        return first

    def _on_progress(self, done: int, total: int) -> None:
        self._progress = (done, total)
        now = time.monotonic()
        if now - self._told_progress > 0.05 or done == total:
            self._told_progress = now
            self.changed.emit()

    async def _stop_loading(self) -> None:
        if self._loading is not None and not self._loading.done():
            self._loading.cancel()
            await asyncio.wait([self._loading])

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _set_state(self, state: SourceState, error: WirelensError | None = None) -> None:
        self._state, self._error = state, error
        self.changed.emit()
