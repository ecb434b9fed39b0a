""".proto files and folders as a schema: import roots are found, protoc compiles, one bad file spoils no other."""

import asyncio
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from wirelens.engine.errors import Diagnostic, ProtoFileError
from wirelens.engine.schema.bundled_files import bundled_import_roots
from wirelens.engine.schema.descriptor_sets import split_descriptor_set
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.import_roots import (
    CompileGroup,
    find_import,
    forget_disk,
    groups_for_given_roots,
    infer_import_roots,
)
from wirelens.engine.schema.proto_text import ScannedFile, scan_file
from wirelens.engine.schema.protoc import run_protoc
from wirelens.engine.schema.schema import LEFT_OUT, Origin, Schema, services_of
from wirelens.engine.schema.services import Service

# Compiles of one group before what is left is given up; each leaves out the files that the one before named.
_MOST_ROUNDS = 6
_SKIPPED_FOLDERS = {"node_modules", "__pycache__"}


@dataclass
class _Sources:
    """The files to compile. Those that were named must compile, those found in a folder may be left out."""

    files: list[ScannedFile]
    named: set[Path]
    top: Path | None  # the one folder that was given, if it was one
    unreadable: list[Diagnostic]


@dataclass
class _Compiled:
    """What the groups gave together."""

    files: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, Path | None] = field(default_factory=dict)  # where each file lies on disk
    requested: list[str] = field(default_factory=list)  # the names of the files that were asked for
    left_out: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    renamed: int = 0


async def load_proto_files(paths: Sequence[Path], import_paths: Sequence[Path] = ()) -> Schema:
    """The schema of .proto files, and of all .proto files in folders.

    google/protobuf, google/rpc and google/api are always found. Without `import_paths` the roots are inferred.
    A file found in a folder that does not compile is left out, and the schema's origin says so.

    Raises:
        ProtoFileError: a named file does not compile, or nothing does; with all diagnostics.
    """
    started = time.monotonic()
    stopped = threading.Event()
    try:
        sources, groups = await asyncio.to_thread(_prepare, paths, import_paths, stopped)
    except asyncio.CancelledError:
        stopped.set()  # a large folder takes seconds to read
        raise
    compiled = _Compiled(left_out=sources.unreadable)
    for index, group in enumerate(groups):
        await _compile_group(group, sources, compiled, label=_label(group, groups[0]) if index else "")
    if not compiled.requested:
        raise _failure(compiled.left_out)
    roots = list(dict.fromkeys(root for group in groups for root in group.roots))
    return await asyncio.to_thread(_schema, compiled, roots, started, bool(import_paths))


# -- which files ---------------------------------------------------------------------------------------------


def _prepare(
    paths: Sequence[Path], import_paths: Sequence[Path], stopped: threading.Event
) -> tuple[_Sources, list[CompileGroup]]:
    forget_disk()
    roots = [_absolute(path) for path in import_paths]
    for root in roots:
        if not root.is_dir():
            raise ProtoFileError("the import path is no folder", place=str(root))
    sources = _find_sources(paths, roots, stopped)
    if roots:
        return sources, groups_for_given_roots(sources.files, roots)
    return sources, infer_import_roots(sources.files, top=sources.top, bundled=bundled_import_roots())


def _find_sources(paths: Sequence[Path], roots: Sequence[Path], stopped: threading.Event) -> _Sources:
    found: dict[Path, ScannedFile] = {}
    named: set[Path] = set()
    folders: list[Path] = []
    unreadable: list[Diagnostic] = []
    for given in paths:
        path = _absolute(given)
        if not path.exists() and not given.is_absolute():
            path = find_import(given.as_posix(), roots) or path
        if path.is_dir():
            folders.append(path)
            members = _proto_files_below(path)
            if not members:
                raise ProtoFileError("there are no .proto files in this folder", place=str(given))
        elif path.is_file():
            members = [path]
            named.add(path)
        else:
            raise ProtoFileError("there is no such file or folder", place=str(given))
        for member in members:
            if stopped.is_set():
                raise ProtoFileError("reading was cancelled", place=str(given))
            if member not in found:
                try:
                    found[member] = scan_file(member)
                except OSError as error:
                    unreadable.append(Diagnostic(str(member), 0, 0, f"cannot be read: {error.strerror}"))
    if unreadable and (not found or any(Path(one.file) in named for one in unreadable)):
        raise _failure(unreadable)
    return _Sources(list(found.values()), named, folders[0] if len(folders) == 1 else None, unreadable)


def _proto_files_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        found.extend(Path(parent, name) for name in sorted(names) if name.endswith(".proto"))
    return found


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))


# -- compiling -----------------------------------------------------------------------------------------------


async def _compile_group(group: CompileGroup, sources: _Sources, compiled: _Compiled, *, label: str) -> None:
    """Compiles, leaves out what fails, and goes again, until something compiles or nothing is left."""
    roots = [*group.roots, *(root for root in bundled_import_roots() if root not in group.roots)]
    remaining, missing = await asyncio.to_thread(_without_missing_imports, group, roots)
    if not remaining or any(group.files[name].path in sources.named for name in missing):
        remaining, missing = dict(group.files), {}  # protoc says it better where nothing is gained by going on
    for said in missing.values():
        compiled.left_out.extend(said)
    for _ in range(_MOST_ROUNDS):
        outcome = await run_protoc(roots, list(remaining))
        if outcome.descriptor_set is not None:
            compiled.warnings.extend(outcome.diagnostics)
            await asyncio.to_thread(_keep, outcome.descriptor_set, remaining, roots, compiled, label)
            return
        errors = [diagnostic for diagnostic in outcome.diagnostics if not diagnostic.is_warning]
        bad = _files_named_in(errors, remaining)
        if any(remaining[name].path in sources.named for name in bad or remaining):
            raise _failure(errors)
        compiled.left_out.extend(errors)
        remaining = {name: file for name, file in remaining.items() if name not in bad}
        if not remaining or not bad:
            return


def _without_missing_imports(
    group: CompileGroup, roots: Sequence[Path]
) -> tuple[dict[str, ScannedFile], dict[str, list[Diagnostic]]]:
    """Files whose imports are all there, and the others with what they miss; spares a compile that must fail."""
    lacking: dict[str, list[Diagnostic]] = {}
    for name, file in group.files.items():
        for imported in file.imports:
            if find_import(imported.name, roots) is None:
                text = f'Import "{imported.name}" was not found.'
                lacking.setdefault(name, []).append(
                    Diagnostic(str(file.path), imported.line, imported.column, text, source_line=imported.source_line)
                )
    _add_importers(lacking, group.files)
    return {name: file for name, file in group.files.items() if name not in lacking}, lacking


def _add_importers(bad: dict[str, list[Diagnostic]], files: Mapping[str, ScannedFile]) -> None:
    """Whoever imports a file that is left out is left out as well."""
    importers: dict[str, list[str]] = {}
    for name, file in files.items():
        for imported in file.imports:
            importers.setdefault(imported.name, []).append(name)
    waiting = list(bad)
    while waiting:
        name = waiting.pop()
        for importer in importers.get(name, ()):
            if importer not in bad:
                file = files[importer]
                statement = next(imported for imported in file.imports if imported.name == name)
                text = f'Import "{name}" does not compile.'
                bad[importer] = [
                    Diagnostic(str(file.path), statement.line, statement.column, text, False, statement.source_line)
                ]
                waiting.append(importer)


def _files_named_in(errors: Sequence[Diagnostic], files: Mapping[str, ScannedFile]) -> set[str]:
    """The files that protoc's errors name; it names whoever imports a bad one, too."""
    names = {str(file.path): name for name, file in files.items()}
    paths = {os.path.abspath(error.file) for error in errors}
    return {name for path, name in names.items() if path in paths}


def _label(group: CompileGroup, main: CompileGroup) -> str:
    """What sets the files of a second root apart from those of the first that have the same names."""
    root, main_root = group.roots[0], main.roots[0]
    return root.relative_to(main_root).as_posix() if root.is_relative_to(main_root) else root.name


def _keep(
    descriptor_set: bytes, requested: Mapping[str, ScannedFile], roots: Sequence[Path], compiled: _Compiled, label: str
) -> None:
    """Adds one group's files; one whose name an earlier group gave to another file gets the label in front."""
    files = {FileDescriptorProto.FromString(data).name: data for data in split_descriptor_set(descriptor_set)}
    paths = {name: find_import(name, roots) for name in files}
    new_names = {
        name: f"{label}/{name}" for name in files if name in compiled.paths and compiled.paths[name] != paths[name]
    }
    for name, data in files.items():
        if name in compiled.files and name not in new_names:
            continue
        kept_name = new_names.get(name, name)
        compiled.files[kept_name] = _renamed(data, new_names) if new_names else data
        compiled.paths[kept_name] = paths[name]
    compiled.renamed += len(new_names)
    compiled.requested.extend(new_names.get(name, name) for name in requested)


def _renamed(data: bytes, new_names: Mapping[str, str]) -> bytes:
    file = FileDescriptorProto.FromString(data)
    file.name = new_names.get(file.name, file.name)
    file.dependency[:] = [new_names.get(name, name) for name in file.dependency]
    return file.SerializeToString()


# -- what came of it -----------------------------------------------------------------------------------------


def _schema(compiled: _Compiled, roots: Sequence[Path], started: float, roots_were_given: bool) -> Schema:
    table = FileTable(compiled.files)
    services = services_of(table, compiled.requested)
    if not services:
        # A file that only gathers others by its imports: what it gathers is meant.
        services = services_of(table, compiled.files)
    draft = Schema(table, (), Origin(".proto files"))
    if table.is_mended:
        services = _checked(draft, services)
    details = [f"import {'root' if len(roots) == 1 else 'roots'}: {', '.join(map(_shown, roots))}"]
    if not roots_were_given:
        details[0] += " (inferred)"
    left_out = {diagnostic.file: diagnostic for diagnostic in reversed(compiled.left_out)}
    details.extend(f"{LEFT_OUT}{_shorter(said).place}: {said.text}" for said in reversed(left_out.values()))
    if compiled.renamed:
        details.append(f"{compiled.renamed} files have the name of a file below another root and are named by theirs")
    if compiled.warnings:
        details.append(f"{len(compiled.warnings)} warning{'s' * (len(compiled.warnings) > 1)} of the compiler")
    origin = Origin(
        kind=".proto files",
        file_count=len(compiled.requested),
        seconds=time.monotonic() - started,
        details=tuple(details),
        diagnostics=tuple(_shorter(diagnostic) for diagnostic in (*compiled.left_out, *compiled.warnings)),
    )
    return draft.with_services(services, origin).prepare()


def _checked(draft: Schema, services: Iterable[Service]) -> list[Service]:
    """Each service, or why it cannot be used: definitions that two files have may have spoiled one."""
    checked = []
    for service in services:
        owner = draft.file_of(service.full_name)
        problem = draft.file_problem(owner) if owner is not None else None
        checked.append(service if problem is None else Service(service.full_name, error=problem))
    return checked


def _failure(diagnostics: Sequence[Diagnostic]) -> ProtoFileError:
    """The error that compiling ends in; its message is the diagnostic that explains most."""
    said = tuple(_shorter(diagnostic) for diagnostic in diagnostics)
    if not said:
        return ProtoFileError("nothing was left to compile")
    placed = [diagnostic for diagnostic in said if diagnostic.line] or list(said)
    causes = [diagnostic for diagnostic in placed if not diagnostic.text.startswith("Import ")]
    missing = _missing_import(said)
    first = missing or (causes or placed)[0]
    text = first.text.replace(" was not found or had errors.", " was not found.") if missing else first.text
    shown_line = f" in: {first.source_line.strip()}" if first.source_line.strip() else ""
    return ProtoFileError(
        f"{text}{shown_line}",
        diagnostics=said,
        place=first.place,
        next_step=_folder_to_give(_imported_name(missing) or "", Path(missing.file)) if missing else "",
    )


def _missing_import(said: Sequence[Diagnostic]) -> Diagnostic | None:
    """The import statement whose file is not there; protoc names that file without a place."""
    absent = {diagnostic.file for diagnostic in said if not diagnostic.line and "not found" in diagnostic.text}
    for diagnostic in said:
        name = _imported_name(diagnostic)
        if name is not None and (name in absent or diagnostic.text.endswith("was not found.")):
            return diagnostic
    return None


def _imported_name(diagnostic: Diagnostic) -> str | None:
    return diagnostic.text.split('"')[1] if diagnostic.text.startswith('Import "') else None


def _folder_to_give(name: str, importer: Path) -> str:
    """The import path that is missing: the very folder where it lies above the importing file."""
    for root in importer.parents:
        if name and (root / name).is_file():
            return f"it lies below {root}: give that folder as an import path (-I {root})"
    first = f"{name.partition('/')[0]}/" if "/" in name else name
    return f"give the folder that holds {first} as an import path (-I DIR)"


def _shorter(diagnostic: Diagnostic) -> Diagnostic:
    return replace(diagnostic, file=_shown(Path(diagnostic.file)))


def _shown(path: Path) -> str:
    """A path as people like it: relative where it lies below the working folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
