"""Where the files that ship beside the code are, and how this program starts itself again.

A checkout keeps resources/ and protos/ at its top, a wheel and a frozen build inside the package.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _folder(name: str) -> Path:
    """Installed and frozen copies hold the folder inside the package; a checkout keeps it at the top."""
    for candidate in (_PACKAGE / name, _CHECKOUT / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"{name}/ is missing from this copy of Wirelens")


def resources() -> Path:
    """Themes, icons, fonts and the demo text model's corpus."""
    return _folder("resources")


def protos() -> Path:
    """The demo servers' .proto files, an import root."""
    return _folder("protos")


def this_program() -> list[str]:
    """The command that starts Wirelens again: a frozen copy is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "wirelens"]


def child_environment(environment: dict[str, str]) -> dict[str, str]:
    """`environment` with what a child needs to import this very copy (a checkout that is not installed)."""
    if getattr(sys, "frozen", False):
        return dict(environment)
    root = str(_PACKAGE.parent)
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if root not in paths:
        paths.insert(0, root)
    return {**environment, "PYTHONPATH": os.pathsep.join(paths)}


def start_child(
    verb: str, *arguments: str, folder: Path | None = None, takes_errors: bool = False
) -> "subprocess.Popen[bytes]":
    """This program once more with a hidden verb, for work that would hold the interpreter; it speaks over pipes.

    Args:
        folder: where it runs, this process's own by default.
        takes_errors: whether its standard error is a pipe too, instead of thrown away.

    Raises:
        OSError: it could not be started.
    """
    import subprocess  # only who needs a child waits for it

    return subprocess.Popen(
        [*this_program(), verb, *arguments],
        cwd=folder,
        env=child_environment(dict(os.environ)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if takes_errors else subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
