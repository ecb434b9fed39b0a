"""The files of one source as a table that a DescriptorPool draws from, mended where a source is damaged.

Servers answer with files under another path than others import, leave out imports that only carry options, or
send the same definitions twice. protobuf's pool refuses a file for any of it, and dies on an import cycle; so
the table decides what the pool sees, and words the reason where a file cannot be used.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from wirelens.engine.schema.bundled_files import ALWAYS_AT_HAND, bundled_file
from wirelens.engine.schema.descriptor_repair import complete_names, names_are_full, references, with_valid_text

# protobuf loads an import inside the load of its importer: deeper chains would exhaust the C stack.
MAX_IMPORT_DEPTH = 400


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the table must know of one file without parsing it again. Names are full, without a leading dot."""

    name: str
    dependencies: tuple[str, ...]
    definitions: tuple[str, ...]  # top-level messages, enums, services and extensions
    messages: tuple[str, ...]  # nested ones too, map entries not
    enums: tuple[str, ...]
    services: tuple[str, ...]
    extensions: tuple[tuple[str, int], ...]  # extended message, field number
    extendable: tuple[str, ...]  # messages with extension ranges
    has_comments: bool
    names_are_full: bool  # whether types are named as protoc does it, from the root: `.package.Message`


class FileTable:
    """Serialized files by name, an index of what they define, and the `descriptor_db` of a lazy DescriptorPool."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {name: with_valid_text(data) for name, data in files.items()}
        self._entries: dict[str, FileEntry] = {name: read_entry(data) for name, data in self.files.items()}
        self._owners: dict[str, str] = {}
        self._enum_files: dict[str, list[str]] = {}
        self._needs_mending = False
        for entry in list(self._entries.values()):
            self._own(entry)
        self._add_bundled()
        self._complete_names()
        self._problems: dict[str, str] = {}
        self._dependencies: dict[str, tuple[str, ...]] = {}  # only of files whose imports had to be mended
        self._mend()

    # -- looking up ------------------------------------------------------------------------------------------

    @property
    def entries(self) -> Mapping[str, FileEntry]:
        """Every file, the source's own first, then the bundled ones they need or may need."""
        return self._entries

    def own_entries(self) -> Iterator[FileEntry]:
        return (self._entries[name] for name in self.files)

    @property
    def is_mended(self) -> bool:
        """Whether the pool sees other imports than the source sent."""
        return bool(self._dependencies)

    def file_of(self, symbol: str) -> str | None:
        """The file that defines a message, service, method, field, enum or extension; None where none does."""
        while symbol:
            if (owner := self._owners.get(symbol)) is not None:
                return owner
            symbol = symbol.rpartition(".")[0]
        return None

    def files_with_enums(self, package: str) -> list[str]:
        """Files that define enums at the top level of a package; their values have the package's scope."""
        return self._enum_files.get(package, [])

    def serialized(self, name: str) -> bytes | None:
        return self.files.get(name) or (bundled_file(name) if name in self._entries else None)

    def original(self, name: str) -> FileDescriptorProto | None:
        """The file as its source sent it."""
        data = self.serialized(name)
        return None if data is None else FileDescriptorProto.FromString(data)

    def mended(self, name: str) -> FileDescriptorProto | None:
        """The file as the pool gets it: imports that hold, and no definition that another file has."""
        file = self.original(name)
        if file is None or name in self._problems:
            return None
        dependencies = self._dependencies.get(name)
        if dependencies is not None:
            public = {file.dependency[i] for i in file.public_dependency if i < len(file.dependency)}
            public.update(self._drop_what_others_define(file))
            file.dependency[:] = dependencies
            file.public_dependency[:] = [i for i, other in enumerate(dependencies) if other in public]
            file.ClearField("weak_dependency")
            if file.DESCRIPTOR.fields_by_name.get("option_dependency") is not None:
                file.ClearField("option_dependency")
        return file

    def problem(self, name: str) -> str | None:
        """Why a file cannot be used, its imports included; None where it can."""
        return self._problems.get(name) if name in self._entries else f"{name} is missing"

    def dependencies(self, name: str) -> tuple[str, ...]:
        """What a file imports, as the pool sees it."""
        mended = self._dependencies.get(name)
        return self._entries[name].dependencies if mended is None else mended

    def in_dependency_order(self, names: Iterable[str]) -> list[str]:
        """These files and all they import, imports first; files that cannot be used are left out."""
        ordered: dict[str, None] = {}
        for start in names:
            path = [(start, iter(self.dependencies(start)))] if self.problem(start) is None else []
            while path:
                name, imports = path[-1]
                following = next((other for other in imports if other not in ordered), None)
                if following is not None:
                    path.append((following, iter(self.dependencies(following))))
                else:
                    ordered[name] = None
                    path.pop()
        return list(ordered)

    # -- descriptor_db of the pool (KeyError: no such file) ----------------------------------------------------

    def FindFileByName(self, name: str) -> FileDescriptorProto:
        file = self.mended(name)
        if file is None:
            raise KeyError(name)
        file.ClearField("source_code_info")  # a pool keeps no comments
        return file

    def FindFileContainingSymbol(self, symbol: str) -> FileDescriptorProto:
        return self.FindFileByName(self.file_of(symbol) or symbol)

    def FindFileContainingExtension(self, message: str, number: int) -> FileDescriptorProto:
        for entry in self._entries.values():
            if (message, number) in entry.extensions:
                return self.FindFileByName(entry.name)
        raise KeyError((message, number))

    def FindAllExtensionNumbers(self, message: str) -> list[int]:
        found = {n for entry in self._entries.values() for extended, n in entry.extensions if extended == message}
        return sorted(found)

    # -- building ----------------------------------------------------------------------------------------------

    def _own(self, entry: FileEntry) -> None:
        for symbol in entry.definitions:
            self._owners.setdefault(symbol, entry.name)
        for package in {enum.rpartition(".")[0] for enum in entry.enums}:
            self._enum_files.setdefault(package, []).append(entry.name)

    def _add_bundled(self) -> None:
        """The bundled files that own files import, and those that are always at hand."""
        waiting = [name for entry in self._entries.values() for name in entry.dependencies]
        waiting.extend(ALWAYS_AT_HAND)
        while waiting:
            name = waiting.pop()
            data = None if name in self._entries else bundled_file(name)
            if data is not None:
                entry = self._entries[name] = read_entry(data)
                self._own(entry)
                waiting.extend(entry.dependencies)

    def _complete_names(self) -> None:
        """Makes relative type names full; the imports that such a source may lack as well are mended later."""
        relative = [entry for entry in self._entries.values() if not entry.names_are_full]
        if not relative:
            return
        types = {name for entry in self._entries.values() for name in (*entry.messages, *entry.enums)}
        for entry in relative:
            file = self.original(entry.name)
            assert file is not None
            complete_names(file, types.__contains__)
            self.files[entry.name] = file.SerializePartialToString()
            self._entries[entry.name] = read_entry(self.files[entry.name])
        self._needs_mending = True

    def _mend(self) -> None:
        damaged = {
            entry.name
            for entry in self._entries.values()
            if any(name not in self._entries for name in entry.dependencies)
            or any(self._owners[symbol] != entry.name for symbol in entry.definitions)
        }
        cyclic = self._cyclic_files()
        if not damaged and not cyclic and not self._needs_mending:
            return
        # What one file passes on by a public import may be what another one lacks: look at all of them.
        for entry in self._entries.values():
            self._mend_file(entry, keep_imports=entry.name not in cyclic)
        for name in self._cyclic_files():
            self._problems[name] = f"{name} imports itself by way of other files, or through too many of them"
        self._spread_problems()

    def _spread_problems(self) -> None:
        """A file that imports what cannot be used cannot be used either, for the same reason."""
        importers: dict[str, list[str]] = {}
        for name in self._entries:
            for other in self.dependencies(name):
                importers.setdefault(other, []).append(name)
        waiting = list(self._problems)
        while waiting:
            name = waiting.pop()
            for importer in importers.get(name, ()):
                if importer not in self._problems:
                    self._problems[importer] = self._problems[name]
                    waiting.append(importer)

    def _mend_file(self, entry: FileEntry, *, keep_imports: bool) -> None:
        file = self.original(entry.name)
        assert file is not None
        owners = self._drop_what_others_define(file)
        needed = dict.fromkeys(name for name in entry.dependencies if name in self._entries and keep_imports)
        needed.update(dict.fromkeys(owners))
        for symbol in references(file):
            owner = self.file_of(symbol)
            if owner is not None:
                needed[owner] = None
            elif entry.name not in self._problems:
                self._problems[entry.name] = self._missing(entry, symbol)
        needed.pop(entry.name, None)
        if tuple(needed) != entry.dependencies or owners:
            self._dependencies[entry.name] = tuple(needed)

    def _missing(self, entry: FileEntry, symbol: str) -> str:
        absent = [name for name in entry.dependencies if name not in self._entries]
        reason = f"{entry.name} needs {symbol}, which no file defines"
        return f"{reason}; {', '.join(absent)} is missing" if absent else reason

    def _drop_what_others_define(self, file: FileDescriptorProto) -> list[str]:
        """Takes definitions away that another file has; the files that have them."""
        owners: dict[str, None] = {}
        prefix = f"{file.package}." if file.package else ""
        for definitions in (file.message_type, file.enum_type, file.service, file.extension):
            for index in reversed(range(len(definitions))):
                owner = self._owners.get(prefix + definitions[index].name, file.name)
                if owner != file.name:
                    owners[owner] = None
                    del definitions[index]
        return list(owners)

    def _cyclic_files(self) -> set[str]:
        """Files on an import cycle, or with a chain of imports too deep to load."""
        bad: set[str] = set()
        depth: dict[str, int] = {}
        for start in self._entries:
            if start in depth:
                continue
            path = [start]  # the imports from `start` down to where we are; depth 0 marks a file on it
            depth[start] = 0
            waiting = [self._known_dependencies(start)]
            while path:
                following = next(waiting[-1], None)
                if following is None:
                    name = path.pop()
                    waiting.pop()
                    depth[name] = 1 + max((depth[other] for other in self._known_dependencies(name)), default=0)
                    if depth[name] > MAX_IMPORT_DEPTH:
                        bad.add(name)
                elif following not in depth:
                    path.append(following)
                    depth[following] = 0
                    waiting.append(self._known_dependencies(following))
                elif depth[following] == 0:
                    bad.update(path[path.index(following) :])
        return bad

    def _known_dependencies(self, name: str) -> Iterator[str]:
        return (other for other in self.dependencies(name) if other in self._entries)


def read_entry(data: bytes) -> FileEntry:
    """The index of one serialized FileDescriptorProto.

    Raises:
        google.protobuf.message.DecodeError: the bytes are no such message.
    """
    file = FileDescriptorProto.FromString(data)
    prefix = f"{file.package}." if file.package else ""
    messages: list[str] = []
    enums = [prefix + enum.name for enum in file.enum_type]
    extendable: list[str] = []
    extensions = [(field.extendee.lstrip("."), field.number) for field in file.extension]
    waiting = [(prefix + message.name, message) for message in reversed(file.message_type)]
    while waiting:
        name, message = waiting.pop()
        if message.options.map_entry:
            continue
        messages.append(name)
        if message.extension_range:
            extendable.append(name)
        enums.extend(f"{name}.{enum.name}" for enum in message.enum_type)
        extensions.extend((field.extendee.lstrip("."), field.number) for field in message.extension)
        waiting.extend((f"{name}.{nested.name}", nested) for nested in reversed(message.nested_type))
    return FileEntry(
        name=file.name,
        dependencies=tuple(dict.fromkeys((*file.dependency, *getattr(file, "option_dependency", ())))),
        definitions=tuple(
            prefix + name
            for name in (
                *(message.name for message in file.message_type),
                *(enum.name for enum in file.enum_type),
                *(service.name for service in file.service),
                *(extension.name for extension in file.extension),
            )
        ),
        messages=tuple(messages),
        enums=tuple(enums),
        services=tuple(prefix + service.name for service in file.service),
        extensions=tuple(extensions),
        extendable=tuple(extendable),
        has_comments=any(
            location.leading_comments or location.trailing_comments for location in file.source_code_info.location
        ),
        names_are_full=names_are_full(file),
    )
