"""Asks a server for its schema: grpc.reflection v1, or v1alpha where v1 is not implemented.

One bidirectional stream with many requests in flight, each file once, imports that the server leaves out asked
for by name. A service that cannot be resolved is listed with its reason; it hides no other.
https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import grpc

from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.errors import ReflectionError
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.reflection_files import ReflectedFiles
from wirelens.engine.schema.reflection_stream import Answer, Key, ReflectionStream
from wirelens.engine.schema.schema import Origin, Schema, services_of
from wirelens.engine.schema.services import Service

if TYPE_CHECKING:
    from wirelens.engine.connection.channels import Connection

Version = Literal["auto", "v1", "v1alpha"]
Progress = Callable[[int, int], None]

# Messages that a server is asked for extensions of; proto2 servers have a handful.
_MOST_EXTENDED_MESSAGES = 200


async def load_by_reflection(
    connection: "Connection",
    *,
    metadata: Metadata = (),
    version: Version = "auto",
    timeout: float | None = None,
    wait_for_ready: bool = False,
    on_progress: Progress | None = None,
) -> Schema:
    """The schema of the server that `connection` reaches.

    Args:
        metadata: sent with the reflection call, as with any other call.
        version: which protocol to speak; "auto" tries v1 first.
        timeout: seconds for all of it.
        wait_for_ready: wait for a server that is not there yet, instead of failing with UNAVAILABLE.
        on_progress: told how many of the listed services are resolved, and how many there are.

    Raises:
        ReflectionError: the server offers no reflection or it failed; with its status code.
        TlsSettingsError: the connection's certificates cannot be used.
    """
    await connection.prepare()
    place = connection.target.display
    try:
        async with asyncio.timeout(timeout):
            return await _load(connection, metadata, version, wait_for_ready, on_progress)
    except TimeoutError:
        raise ReflectionError(
            f"the server did not answer reflection within {timeout:g} seconds",
            code=grpc.StatusCode.DEADLINE_EXCEEDED,
            place=place,
        ) from None


async def _load(
    connection: "Connection",
    metadata: Metadata,
    version: Version,
    wait_for_ready: bool,
    on_progress: Progress | None,
) -> Schema:
    started = time.monotonic()
    tried: list[ReflectionError] = []
    for spoken in ("v1", "v1alpha") if version == "auto" else (version,):
        stream = ReflectionStream(connection, spoken, metadata, wait_for_ready=wait_for_ready)
        try:
            loading = _Loading(stream, on_progress)
            await loading.run()
            return await asyncio.to_thread(loading.schema, f"reflection {spoken}", started)
        except ReflectionError as error:
            if error.code is not grpc.StatusCode.UNIMPLEMENTED or loading.is_listed:
                raise
            tried.append(error)
        finally:
            stream.close()
    spoken = "neither v1 nor v1alpha" if version == "auto" else f"not {version}"
    raise ReflectionError(
        f"the server offers no reflection ({spoken})",
        code=grpc.StatusCode.UNIMPLEMENTED,
        place=connection.target.display,
        next_step="open its .proto files instead (--proto FILE)",
    ) from tried[-1]


class _Loading:
    """One try with one protocol version: questions, answers, and the files that came."""

    def __init__(self, stream: ReflectionStream, on_progress: Progress | None) -> None:
        self._stream = stream
        self._on_progress = on_progress
        self._services: list[str] = []
        self._open: set[str] = set()  # listed services whose file has not come yet
        self._asked: set[Key] = set()
        self._failed: dict[Key, str] = {}
        self._files = ReflectedFiles()
        self.is_listed = False

    async def run(self) -> None:
        listed = await self._stream.list_services()
        self._services = list(dict.fromkeys(name for name in listed if name))
        self.is_listed = True
        self._open = set(self._services)
        self._tell()
        await self._ask([Key("symbol", name) for name in self._services])
        await self._ask_for_lost_imports()
        await self._ask_for_extensions()

    async def _ask(self, keys: list[Key]) -> None:
        """Asks, and goes on asking for the imports of what comes."""
        new = [key for key in keys if key not in self._asked]
        self._asked.update(new)
        await self._stream.ask(new, self._is_answered, self._take)

    def _is_answered(self, key: Key) -> bool:
        """Whether an earlier answer has brought what this question is for."""
        if key.kind == "symbol":
            return self._files.defines(key.text)
        return key.kind == "file" and key.text in self._files.by_name

    def _take(self, question: Key, answer: Answer) -> list[Key]:
        """Keeps an answer; the questions that follow from it."""
        if answer.failure is not None:
            self._failed[question] = answer.failure
            if question.kind == "symbol" and question.text in self._open:
                self._open.discard(question.text)
                self._tell()
            return []
        new_entries = self._files.add(answer.files, asked=question.text if question.kind == "file" else None)
        for entry in new_entries:
            self._open.difference_update(entry.services)
        if question.kind == "symbol":
            self._open.discard(question.text)
        self._tell()
        imports = [Key("file", name) for entry in new_entries for name in entry.dependencies]
        extensions = [
            Key("extension", question.text, number)
            for number in answer.extension_numbers
            if question.kind == "extensions"
        ]
        following = [key for key in (*imports, *extensions) if key not in self._asked and not self._is_answered(key)]
        self._asked.update(following)
        return list(dict.fromkeys(following))

    async def _ask_for_lost_imports(self) -> None:
        """Files registered under another path than others import are found by what they define."""
        while True:
            lost = [Key("symbol", symbol) for symbol in self._files.undefined_symbols()]
            lost = [key for key in lost if key not in self._asked]
            if not lost:
                return
            await self._ask(lost)

    async def _ask_for_extensions(self) -> None:
        """proto2 extensions of the server's own messages: no import leads to them."""
        extended = self._files.extendable_messages()[:_MOST_EXTENDED_MESSAGES]
        if not extended:
            return
        try:
            await self._ask([Key("extensions", name) for name in extended])
            await self._ask_for_lost_imports()
        except ReflectionError as error:
            self._files.remark(f"the server could not be asked for extensions: {error.message}")

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(len(self._services) - len(self._open), len(self._services))

    def schema(self, kind: str, started: float) -> Schema:
        """Puts together what came; in a thread, since it builds every file that has a service."""
        table = FileTable(self._files.by_name)
        draft = Schema(table, (), Origin(kind))
        found = {service.full_name: service for service in services_of(table, table.files)}
        services = []
        for name in self._services:
            owner = table.file_of(name)
            if name not in found or owner is None:
                reason = self._failed.get(Key("symbol", name), "the server's answer does not define it")
                services.append(Service(name, error=f"the server lists it but does not describe it: {reason}"))
            elif problem := draft.file_problem(owner):
                services.append(Service(name, error=f"its description cannot be used: {problem}"))
            else:
                services.append(found[name])
        origin = Origin(
            kind=kind,
            file_count=len(table.files),
            seconds=time.monotonic() - started,
            details=tuple(self._details(table, services)),
        )
        return draft.with_services(services, origin).prepare()

    def _details(self, table: FileTable, services: list[Service]) -> list[str]:
        details = list(self._files.remarks)
        broken = [service.full_name for service in services if service.error is not None]
        if broken:
            details.append(f"{len(broken)} of {len(services)} services could not be resolved: {', '.join(broken)}")
        absent = {
            name: entry.name
            for entry in table.own_entries()
            for name in entry.dependencies
            if name not in table.entries
        }
        details.extend(
            f"{importer} imports {name}, which the server does not have" for name, importer in absent.items()
        )
        return details
