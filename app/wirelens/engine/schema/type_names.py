"""How a .proto file names a type from where it stands, so that protoc finds the same type again.

Language specification, "Name Resolution": the innermost scope that knows the first part of a name decides.
"""

from collections.abc import Iterable

from wirelens.engine.schema.file_table import FileTable


class TypeNames:
    """Knows every name of a source that may hide another one."""

    def __init__(self, table: FileTable) -> None:
        self._types: set[str] = set()
        self._scopes: set[str] = set()  # messages, enums, services and packages: what may stand before a dot
        for entry in table.entries.values():
            self._types.update(entry.messages, entry.enums)
            self._scopes.update(_with_parents((*entry.messages, *entry.enums, *entry.services, *entry.definitions)))

    def relative(self, target: str, scope: str, package: str) -> str:
        """The shortest safe name of `target` within `scope`; types of other packages by their full name."""
        parts = target.split(".")
        within = len(package.split(".")) if package and target.startswith(f"{package}.") else 0
        starts = range(len(parts) - 1, within - 1, -1) if within or "." not in target or not package else ()
        for start in (*starts, 0):
            candidate = ".".join(parts[start:])
            if self._resolve(candidate, scope) == target:
                return candidate
        return f".{target}"

    def option(self, target: str, scope: str) -> str:
        """The name of an extension as an option within `scope`: full, with a dot in front where it could be hidden."""
        first = target.partition(".")[0]
        while scope:
            if f"{scope}.{first}" in self._scopes:
                return f".{target}"
            scope = scope.rpartition(".")[0]
        return target if "." in target else f".{target}"

    def _resolve(self, name: str, scope: str) -> str | None:
        first, _, rest = name.partition(".")
        while True:
            prefix = f"{scope}." if scope else ""
            if rest and prefix + first in self._scopes:
                return prefix + name if prefix + name in self._types else None
            if not rest and prefix + name in self._types:
                return prefix + name
            if not scope:
                return None
            scope = scope.rpartition(".")[0]


def _with_parents(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        while name and name not in found:
            found.add(name)
            name = name.rpartition(".")[0]
    return found
