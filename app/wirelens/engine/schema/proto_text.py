"""What can be read from .proto text without compiling it: its package and its imports, with their places."""

import re
from dataclasses import dataclass
from pathlib import Path

_COMMENT_OR_STRING = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_IMPORT = re.compile(r"""\bimport\s+(?:(?:public|weak|option)\s+)?(?:"([^"\n]*)"|'([^'\n]*)')\s*;""")
_NOT_A_LINE_END = re.compile(r"[^\n]")
_PACKAGE = re.compile(r"\bpackage\s+([\w.\s]+?)\s*;")


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement; line and column are 1-based."""

    name: str
    line: int
    column: int
    source_line: str


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A .proto file on disk, read but not compiled. `path` is absolute."""

    path: Path
    package: str
    imports: tuple[Import, ...]


def scan_file(path: Path) -> ScannedFile:
    """Reads package and imports of a file.

    Raises:
        OSError: it cannot be read.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    package, imports = scan_text(text)
    return ScannedFile(path, package, imports)


def scan_text(text: str) -> tuple[str, tuple[Import, ...]]:
    """Package and imports of .proto text; an import may stand anywhere, also behind a service."""
    code = _COMMENT_OR_STRING.sub(_without_comment, text)
    package = _PACKAGE.search(code)
    imports = []
    for match in _IMPORT.finditer(code):
        start = match.start()
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        imports.append(
            Import(
                name=match[1] if match[1] is not None else match[2],
                line=text.count("\n", 0, start) + 1,
                column=start - line_start + 1,
                source_line=text[line_start : line_end if line_end >= 0 else len(text)].rstrip("\r"),
            )
        )
    return re.sub(r"\s", "", package[1]) if package else "", tuple(imports)


def _without_comment(match: re.Match[str]) -> str:
    """Blanks of the same length for a comment, so that places stay; a string as it is."""
    found = match[0]
    if found.startswith("//"):
        return " " * len(found)
    return _NOT_A_LINE_END.sub(" ", found) if found.startswith("/*") else found
