"""What a source offers, ready to be asked: services, message and enum types, comments, .proto source.

A schema never changes: loading again makes another one, and the old one lives as long as a call tab holds it.
"""

import functools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from wirelens.engine.errors import Diagnostic, SchemaError, UnknownSymbolError
from wirelens.engine.schema.comments import NO_COMMENT, Comment, FileComments
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.near_names import did_you_mean, near_names, suggestion
from wirelens.engine.schema.proto_source import ProtoPrinter
from wirelens.engine.schema.services import Method, Pattern, Service

LEFT_OUT = "left out: "


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a schema is from, for the status line and its details."""

    kind: str  # "reflection v1", "reflection v1alpha", ".proto files", "descriptor set", or several joined by " + "
    file_count: int = 0
    seconds: float = 0.0  # what loading took
    details: tuple[str, ...] = ()  # import roots used, files left out, warnings: a line each
    diagnostics: tuple[Diagnostic, ...] = ()  # what the compiler said although it went on

    @property
    def is_reflection(self) -> bool:
        return self.kind.startswith("reflection")

    @property
    def left_out(self) -> tuple[str, ...]:
        """Of `details`, a line for each file that could not be used."""
        return tuple(line for line in self.details if line.startswith(LEFT_OUT))


class Schema:
    """The services and types of one source, in a DescriptorPool of their own.

    Args:
        table: the source's files.
        services: what it offers, in the source's order.
        origin: where it is from.
        comment_tables: where comments are looked up when `table` has none, in this order.
    """

    def __init__(
        self,
        table: FileTable,
        services: Iterable[Service],
        origin: Origin,
        comment_tables: tuple[FileTable, ...] = (),
    ) -> None:
        self._table = table
        self.services = tuple(services)
        self.origin = origin
        self._comment_tables = (table, *comment_tables)
        self._comments: dict[tuple[int, str], FileComments] = {}
        self._pool_lock = threading.Lock()
        self._pool: DescriptorPool | None = None

    # -- files and pool --------------------------------------------------------------------------------------

    @property
    def files(self) -> Mapping[str, bytes]:
        """The source's own files, serialized, with source info where the source gave it."""
        return self._table.files

    @property
    def table(self) -> FileTable:
        return self._table

    @property
    def pool(self) -> DescriptorPool:
        """The source's own pool. It builds a file when something in it is first asked for."""
        with self._pool_lock:
            if self._pool is None:
                self._pool = self._new_pool()
            return self._pool

    def _new_pool(self) -> DescriptorPool:
        pool = DescriptorPool(self._table)
        # An extension is known to the parser only when its file is in the pool, and nothing imports it by need.
        for entry in self._table.own_entries():
            if entry.extensions:
                try:
                    pool.FindFileByName(entry.name)
                except (KeyError, TypeError):
                    continue  # a broken file: what needs it says so
        return pool

    def file_problem(self, name: str) -> str | None:
        """Why a file cannot be used; None where it can."""
        if problem := self._table.problem(name):
            return problem
        try:
            self.pool.FindFileByName(name)
        except (KeyError, TypeError) as error:
            return _reason(error)
        return None

    def prepare(self) -> "Schema":
        """Builds, in the calling thread, what the window would otherwise wait for at first use; the schema itself."""
        assert self.pool is not None
        assert self._printer is not None
        return self

    def with_services(self, services: Iterable[Service], origin: Origin) -> "Schema":
        """The same files in the same pool, offering these services."""
        schema = Schema(self._table, services, origin, self._comment_tables[1:])
        schema._pool = self.pool
        return schema

    # -- look-up -----------------------------------------------------------------------------------------------

    def service(self, name: str) -> Service:
        """A service by its full name, listed or only defined in some file.

        Raises:
            UnknownSymbolError: there is none; near names are suggested.
        """
        name = name.strip("/.")
        service = self._find_service(name)
        if service is None:
            known = [service.full_name for service in self.services]
            raise UnknownSymbolError(f"there is no service {name}", next_step=did_you_mean(name, known))
        return service

    def _find_service(self, name: str) -> Service | None:
        for service in self.services:
            if service.full_name == name:
                return service
        owner = self._table.file_of(name)
        if owner is None or name not in self._table.entries[owner].services:
            return None
        return next((service for service in services_of(self._table, [owner]) if service.full_name == name), None)

    def method(self, name: str) -> Method:
        """A method by `package.Service/Method` or `package.Service.Method`.

        Raises:
            UnknownSymbolError: there is none; near names are suggested.
            SchemaError: its service is listed, but its methods are not known.
        """
        name = name.strip("/.").replace("/", ".")
        service_name, _, method_name = name.rpartition(".")
        try:
            service = self.service(service_name)
        except UnknownSymbolError as error:
            known = {service.full_name: service.methods for service in self.services}
            near = near_names(service_name, known)
            holding = [n for n in near if any(method.name == method_name for method in known[n])]
            meant = [f"{name}/{method_name}" for name in holding] or near
            raise UnknownSymbolError(error.message, next_step=suggestion(meant)) from None
        if service.error is not None:
            raise SchemaError(service.error, place=service.full_name)
        for method in service.methods:
            if method.name == method_name:
                return method
        raise UnknownSymbolError(
            f"{service.full_name} has no method {method_name}",
            next_step=did_you_mean(method_name, [method.name for method in service.methods]),
        )

    def descriptor(self, message_name: str) -> Descriptor:
        """The descriptor of a message type, from this schema's pool.

        Raises:
            UnknownSymbolError: there is no such message; near names are suggested.
            SchemaError: it is there, but its file cannot be used.
        """
        name = message_name.strip("/.")
        try:
            return self.pool.FindMessageTypeByName(name)
        except (KeyError, TypeError, ValueError) as error:
            raise self._not_found(name, error) from None

    def message_class(self, message_name: str) -> type[Message]:
        """The class of a message type; classes of two schemas never mix, even under the same name.

        Raises:
            UnknownSymbolError, SchemaError: as `descriptor`.
        """
        return GetMessageClass(self.descriptor(message_name))

    def resolve_type_url(self, url: str) -> Descriptor | None:
        """The type that an Any's `type_url` names, None where this schema does not know it."""
        try:
            return self.pool.FindMessageTypeByName(url.rpartition("/")[2])
        except (KeyError, TypeError, ValueError):
            return None

    @functools.cached_property
    def _message_names(self) -> list[str]:
        return [name for entry in self._table.entries.values() for name in entry.messages]

    def message_names(self) -> list[str]:
        """All message types by full name: the source's own first, then well-known and google.rpc ones."""
        return list(dict.fromkeys(self._message_names))

    def _not_found(self, name: str, error: Exception) -> SchemaError:
        known = self.message_names()
        owner = self._table.file_of(name)
        if owner is not None and name in known:
            reason = self._table.problem(owner) or _reason(error)
            return SchemaError(f"the file that defines {name} cannot be used: {reason}", place=owner)
        return UnknownSymbolError(f"there is no message {name}", next_step=did_you_mean(name, known))

    # -- comments and source -----------------------------------------------------------------------------------

    @property
    def has_comments(self) -> bool:
        return any(entry.has_comments for table in self._comment_tables for entry in table.own_entries())

    def comment(self, full_name: str) -> str:
        """What the .proto says of a service, method, message, field, enum or value; "" where it says nothing."""
        return self.comment_at(full_name).text

    def comment_at(self, full_name: str) -> Comment:
        """Leading, trailing and detached comments of an element."""
        for table in self._comment_tables:
            owner = _file_of(table, full_name)
            if owner is None:
                continue
            comment = self._file_comments(table, owner).by_name.get(full_name)
            if comment is not None and (comment.leading or comment.trailing or comment.detached):
                return comment
        return NO_COMMENT

    def file_of(self, full_name: str) -> str | None:
        """The name of the file that defines a symbol, None where there is none."""
        return _file_of(self._table, full_name)

    def _file_comments(self, table: FileTable, name: str) -> FileComments:
        key = (id(table), name)
        if key not in self._comments:
            file = table.original(name)
            assert file is not None
            self._comments[key] = FileComments(file)
        return self._comments[key]

    def file_comments(self, name: str) -> FileComments:
        """The comments of one of the source's files, positions included.

        Raises:
            UnknownSymbolError: there is no such file.
        """
        if name not in self._table.entries:
            raise UnknownSymbolError(f"there is no file {name}", next_step=did_you_mean(name, self.files))
        return self._file_comments(self._table, name)

    @functools.cached_property
    def _printer(self) -> ProtoPrinter:
        return ProtoPrinter(self)

    def proto_source(self, symbol: str) -> str:
        """.proto source of a service, method, message, enum, enum value, field, oneof or extension, with comments.

        Raises:
            UnknownSymbolError: there is no such symbol; near names are suggested.
        """
        return self._printer.symbol_source(symbol.strip("/.").replace("/", "."))

    def file_source(self, file_name: str) -> str:
        """A whole .proto file, written anew from its descriptor; protoc makes the same descriptor of it again.

        Raises:
            UnknownSymbolError: there is no such file.
        """
        return self._printer.file_source(file_name)

    # -- two sources -------------------------------------------------------------------------------------------

    def combined_with(self, other: "Schema") -> "Schema":
        """Both as one: what a server offers from reflection, and from files what reflection lacks.

        The server's own files decide the shape of types, files add comments and further types, and they explain
        services that the server lists but does not describe. Without reflection on either side services of both
        are listed.
        """
        first, second = (other, self) if other.origin.is_reflection else (self, other)
        # First come, first served: in a table the earlier file keeps a definition that two have.
        table = FileTable({**first.files, **{n: data for n, data in second.files.items() if n not in first.files}})
        services = [_explained(service, second._find_service(service.full_name)) for service in first.services]
        if not first.origin.is_reflection:
            listed = {service.full_name for service in services}
            services.extend(service for service in second.services if service.full_name not in listed)
        origin = Origin(
            kind=" + ".join(dict.fromkeys((first.origin.kind, second.origin.kind))),
            file_count=len(table.files),
            seconds=first.origin.seconds + second.origin.seconds,
            details=(*first.origin.details, *second.origin.details),
            diagnostics=(*first.origin.diagnostics, *second.origin.diagnostics),
        )
        return Schema(table, services, origin, comment_tables=(second.table,))


def services_of(table: FileTable, file_names: Iterable[str]) -> list[Service]:
    """The services that these files define, with methods and comments, in their order."""
    services = []
    for name in file_names:
        if not table.entries[name].services:
            continue
        file = table.original(name)
        assert file is not None
        comments = FileComments(file).by_name
        prefix = f"{file.package}." if file.package else ""
        for service in file.service:
            full_name = prefix + service.name
            methods = tuple(
                Method(
                    service=full_name,
                    name=method.name,
                    pattern=Pattern.of(
                        client_streaming=method.client_streaming, server_streaming=method.server_streaming
                    ),
                    request=method.input_type.lstrip("."),
                    response=method.output_type.lstrip("."),
                    documentation=comments.get(f"{full_name}.{method.name}", NO_COMMENT).text,
                    deprecated=method.options.deprecated,
                )
                for method in service.method
            )
            documentation = comments.get(full_name, NO_COMMENT).text
            services.append(
                Service(full_name, methods, documentation=documentation, deprecated=service.options.deprecated)
            )
    return services


def _explained(service: Service, twin: Service | None) -> Service:
    """A service with what another source knows of it: all where it is not described, else missing comments."""
    if twin is None:
        return service
    if service.error is not None:
        return twin
    texts = {method.name: method.documentation for method in twin.methods}
    methods = tuple(
        replace(method, documentation=method.documentation or texts.get(method.name, "")) for method in service.methods
    )
    return replace(service, methods=methods, documentation=service.documentation or twin.documentation)


def _file_of(table: FileTable, name: str) -> str | None:
    """The file of a symbol; a top-level enum value has the scope of its enum and stands in no index."""
    if (owner := table.file_of(name)) is not None:
        return owner
    package, _, last = name.rpartition(".")
    for candidate in table.files_with_enums(package):
        file = table.original(candidate)
        if file is not None and any(value.name == last for enum in file.enum_type for value in enum.value):
            return candidate
    return None


def _reason(error: Exception) -> str:
    """protobuf's own words, without its preamble."""
    text = str(error.args[0]) if error.args else type(error).__name__
    return text.removeprefix("Couldn't build proto file into descriptor pool: ")
