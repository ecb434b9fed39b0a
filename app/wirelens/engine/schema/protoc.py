"""Runs protoc in a child process and reads what it says."""

import asyncio
import contextlib
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wirelens.bundled import resources, start_child
from wirelens.engine.errors import Diagnostic, ProtoFileError

_AT_PLACE = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<warning>warning: )?(?P<text>.*)$")
_WITHOUT_PLACE = re.compile(r"^(?P<file>.+?\.proto): (?P<warning>warning: )?(?P<text>.*)$")
_SPLITS_IMPORT_ROOTS = (":", "=") if sys.platform != "win32" else (";", "=")


@dataclass(frozen=True, slots=True)
class ProtocOutcome:
    """What one run of protoc gave. `descriptor_set` is None where it failed."""

    descriptor_set: bytes | None
    diagnostics: tuple[Diagnostic, ...]


async def run_protoc(roots: Sequence[Path], names: Sequence[str]) -> ProtocOutcome:
    """Compiles files, named relative to the import roots, with their imports and comments.

    Diagnostics name files by their path on disk where they can. Cancelling kills the child.

    Raises:
        ProtoFileError: protoc itself could not be run.
    """
    run = _ProtocRun(roots, names)
    # A thread waits for the child: asyncio's own child processes ask more of an event loop than Qt's gives everywhere.
    try:
        return await asyncio.to_thread(run.run)
    except asyncio.CancelledError:
        run.kill()
        raise


class _ProtocRun:
    def __init__(self, roots: Sequence[Path], names: Sequence[str]) -> None:
        self._roots = roots
        self._names = names
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def kill(self) -> None:
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def run(self) -> ProtocOutcome:
        with contextlib.ExitStack() as links:
            shown_as = {str(_root_for_protoc(root, links)): str(root) for root in self._roots}
            arguments = [f"-I{root}" for root in shown_as]
            # What matters only to source (options with source retention) is part of the source that we show.
            arguments += ["--include_imports", "--include_source_info", "--retain_options", *self._names]
            process = self._start()
            output, said_bytes = process.communicate("\n".join(arguments).encode("utf-8", errors="surrogateescape"))
        said = said_bytes.decode("utf-8", errors="replace")
        diagnostics = read_diagnostics(said, shown_as)
        if process.returncode != 0 and not diagnostics:
            raise ProtoFileError(
                f"protoc ended with exit code {process.returncode}, saying: {said[-500:] or 'nothing'}"
            )
        return ProtocOutcome(output if process.returncode == 0 else None, diagnostics)

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._killed:
                raise ProtoFileError("compiling was cancelled")
            try:
                # The folder holds no .proto that protoc might take for one of the names.
                self._process = start_child("--protoc-child", folder=resources(), takes_errors=True)
            except OSError as error:
                raise ProtoFileError(f"the compiler could not be started: {error.strerror}") from error
            return self._process


def _root_for_protoc(root: Path, links: contextlib.ExitStack) -> Path:
    """protoc takes several roots in one argument, so a folder with a separator in its name needs another one."""
    if not any(character in str(root) for character in _SPLITS_IMPORT_ROOTS):
        return root
    link = Path(links.enter_context(tempfile.TemporaryDirectory(prefix="wirelens-protoc-"))) / "root"
    link.symlink_to(root, target_is_directory=True)
    return link


def read_diagnostics(said: str, shown_as: dict[str, str] | None = None) -> tuple[Diagnostic, ...]:
    """protoc's lines as diagnostics, with the source line each speaks of; lines of another form are left out."""
    diagnostics = []
    sources: dict[str, list[str]] = {}
    for line in said.splitlines():
        match = _AT_PLACE.match(line) or _WITHOUT_PLACE.match(line)
        if match is None:
            continue
        found = match.groupdict()
        file = _path_on_disk(found["file"], shown_as or {})
        line_number = int(found.get("line") or 0)
        if line_number and file not in sources:
            sources[file] = _lines_of(file)
        lines = sources.get(file, [])
        diagnostics.append(
            Diagnostic(
                file=file,
                line=line_number,
                column=int(found.get("column") or 0),
                text=found["text"],
                is_warning=bool(found["warning"]),
                source_line=lines[line_number - 1] if 0 < line_number <= len(lines) else "",
            )
        )
    return tuple(diagnostics)


def _path_on_disk(file: str, shown_as: dict[str, str]) -> str:
    for root, shown in shown_as.items():
        if root != shown and file.startswith(root):
            return shown + file[len(root) :]
    return file


def _lines_of(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
