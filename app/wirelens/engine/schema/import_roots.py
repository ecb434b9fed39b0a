"""Finds the folders that .proto files mean when they import each other.

Every folder above a file is scored: by how many of the file's imports exist below it, then by whether the
package spells the way from there to the file. A folder of files goes by the vote of its files; files that
mean another root than most keep it, and get a compile of their own where the two roots disagree about a name.
"""

import functools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wirelens.engine.schema.proto_text import ScannedFile

_HIGHEST_ANCESTOR = 12  # folders above a file that are looked at
_MOST_GROUPS = 8
# Where projects keep the .proto files of others, relative to a folder above the importing file.
_CUSTOMARY_ROOTS = ("proto", "protos", "third_party", "vendor", "include", "third_party/googleapis", "vendor/proto")


@dataclass(frozen=True, slots=True)
class CompileGroup:
    """Files that protoc can take together, by their names relative to `roots` (first match wins)."""

    roots: tuple[Path, ...]
    files: Mapping[str, ScannedFile]


def infer_import_roots(
    files: Sequence[ScannedFile], *, top: Path | None = None, bundled: Sequence[Path] = ()
) -> list[CompileGroup]:
    """Groups of files with their import roots, the largest first.

    Args:
        files: what is to be compiled.
        top: the folder they were found in; the root where nothing speaks for another one.
        bundled: roots that are searched last anyway, so that their files call for no root.
    """
    opinions = {file.path: _best_root(file) for file in files}
    votes = Counter(root for root in opinions.values() if root is not None)
    fallback = top if top is not None else (files[0].path.parent if files else Path.cwd())
    main = min(votes, key=lambda root: (-votes[root], len(root.parts))) if votes else fallback
    by_root: dict[Path, list[ScannedFile]] = {main: []}
    for file in files:
        root = opinions[file.path] or _nearest(file, main, votes)
        by_root.setdefault(root, []).append(file)
    extra = _extra_roots(files, [*by_root, *bundled])
    return _grouped(by_root, main, extra)


def groups_for_given_roots(files: Sequence[ScannedFile], roots: Sequence[Path]) -> list[CompileGroup]:
    """One group below the roots that the person gave; a file outside of all adds the root it means itself."""
    named: dict[str, ScannedFile] = {}
    all_roots = list(roots)
    for file in files:
        root = next((root for root in all_roots if file.path.is_relative_to(root)), None)
        if root is None:
            root = _best_root(file) or file.path.parent
            all_roots.append(root)
        named.setdefault(name_below(root, file.path), file)
    return [CompileGroup(tuple(all_roots), named)]


def name_below(root: Path, path: Path) -> str:
    """The name that an import statement would use."""
    return path.relative_to(root).as_posix()


def find_import(name: str, roots: Iterable[Path]) -> Path | None:
    """The file that an import means, in the first root that has it."""
    return next((root / name for root in roots if _is_file(f"{root}{os.sep}{name}")), None)


def forget_disk() -> None:
    """Files may have come or gone since the last load."""
    _is_file.cache_clear()


@functools.lru_cache(maxsize=200_000)
def _is_file(path: str) -> bool:
    return os.path.isfile(path)


def _best_root(file: ScannedFile) -> Path | None:
    """The root that a file's imports and package speak for; None where they say nothing."""
    package = tuple(file.package.split(".")) if file.package else ()
    best: tuple[tuple[int, int], Path] | None = None
    for root in list(file.path.parents)[:_HIGHEST_ANCESTOR]:  # the deepest first: it wins a tie
        found = sum(_is_file(f"{root}{os.sep}{imported.name}") for imported in file.imports)
        way = file.path.parent.relative_to(root).parts
        spelled = 0 if not way else 2 if way == package else 1 if package[: len(way)] == way else 0
        if best is None or (found, spelled) > best[0]:
            best = (found, spelled), root
    return best[1] if best is not None and best[0] > (0, 0) else None


def _nearest(file: ScannedFile, main: Path, votes: Counter[Path]) -> Path:
    """For a file without an opinion: the main root, else another one above it, else its own folder."""
    if file.path.is_relative_to(main):
        return main
    return next((root for root in file.path.parents if root in votes), file.path.parent)


def _extra_roots(files: Sequence[ScannedFile], roots: Sequence[Path]) -> list[Path]:
    """Further folders, among the files themselves or where projects customarily keep others' files."""
    extra: dict[Path, None] = {}
    by_base_name: dict[str, list[Path]] = {}
    for file in files:
        by_base_name.setdefault(file.path.name, []).append(file.path)
    for name, importer in {imported.name: file for file in files for imported in file.imports}.items():
        if not name or find_import(name, [*roots, *extra]) is not None:
            continue
        length = len(Path(name).parts)
        for path in by_base_name.get(Path(name).name, ()):
            if path.as_posix().endswith("/" + name):
                extra[path.parents[length - 1]] = None
                break
        else:
            nearby = (folder / customary for folder in importer.path.parents[:6] for customary in _CUSTOMARY_ROOTS)
            root = next((folder for folder in nearby if _is_file(f"{folder}{os.sep}{name}")), None)
            if root is not None:
                extra[root] = None
    return [root for root in extra if root not in roots]


def _grouped(by_root: dict[Path, list[ScannedFile]], main: Path, extra: Sequence[Path]) -> list[CompileGroup]:
    """One group for the main root and those that agree with it, one for each of the others."""
    together = [main]
    apart: list[Path] = []
    for root in sorted((root for root in by_root if root != main), key=lambda root: -len(by_root[root])):
        if len(apart) < _MOST_GROUPS and any(_disagree(root, other, by_root[root]) for other in together):
            apart.append(root)
        else:
            together.append(root)
    shared = [*together, *extra]
    groups = [_group(shared, [(root, file) for root in together for file in by_root[root]])]
    groups.extend(
        _group([root, *(other for other in shared if other != root)], [(root, file) for file in by_root[root]])
        for root in apart
    )
    return [group for group in groups if group.files]


def _disagree(root: Path, other: Path, files: Sequence[ScannedFile]) -> bool:
    """Whether a name that matters to `files` means one file below `root` and a different one below `other`."""
    names = {name_below(root, file.path) for file in files}
    names.update(imported.name for file in files for imported in file.imports)
    return any(_is_file(f"{root}{os.sep}{name}") and _is_file(f"{other}{os.sep}{name}") for name in names)


def _group(roots: Sequence[Path], files: Sequence[tuple[Path, ScannedFile]]) -> CompileGroup:
    """Names each file as others import it, so that protoc never sees one file under two names."""
    imported_as: dict[Path, str] = {}
    for _, file in files:
        for imported in file.imports:
            path = find_import(imported.name, roots)
            if path is not None:
                imported_as.setdefault(path, imported.name)
    named: dict[str, ScannedFile] = {}
    for root, file in files:
        named.setdefault(imported_as.get(file.path) or name_below(root, file.path), file)
    return CompileGroup(tuple(roots), named)
