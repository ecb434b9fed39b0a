"""Where the files that ship beside the code are, and how this program starts itself again.

A checkout keeps resources/ and protos/ at its top, a wheel and a frozen build inside the package.
"""

import os
import sys
from pathlib import Path

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
