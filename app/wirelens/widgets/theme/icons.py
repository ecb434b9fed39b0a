"""Icons in any colour, crisp at any size: the drawings of resources/icons, tinted and handed to Qt from memory.

Style sheets take pictures by path only, and files in a temporary folder would outlive a killed process; so the
tinted drawings are registered with Qt's resource system, which keeps them in memory.
"""

import struct
from pathlib import Path

from PySide6.QtCore import QSize, qRegisterResourceData
from PySide6.QtGui import QIcon

_FORMAT_VERSION = 1
_DIRECTORY = 0x02
_ROOT_NAME = "wirelens"

# Qt keeps pointers into what was registered, for the whole life of the process.
_registered: dict[str, tuple[bytes, bytes, bytes]] = {}


class IconStore:
    """Draws the icons of one folder in the colours asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._icons: dict[tuple[str, str, str], QIcon] = {}

    def names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.svg"))

    def path(self, name: str, color: str) -> str:
        """Where Qt finds the icon `name` in `color` (#RRGGBB), for style sheets: `:/wirelens/…`."""
        file_name = f"{name}-{color.lstrip('#').lower()}.svg"
        if file_name not in _registered:
            drawing = (self._folder / f"{name}.svg").read_text("utf-8").replace("currentColor", color)
            _registered[file_name] = _resource(file_name, drawing.encode())
            qRegisterResourceData(_FORMAT_VERSION, *_registered[file_name])
        return f":/{_ROOT_NAME}/{file_name}"

    def icon(self, name: str, color: str, disabled: str) -> QIcon:
        """The icon `name` in `color`, in `disabled` on what is disabled; selection leaves the colour alone."""
        key = (name, color, disabled)
        if key not in self._icons:
            icon = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
                icon.addFile(self.path(name, color), QSize(), mode)
            icon.addFile(self.path(name, disabled), QSize(), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]


def _resource(file_name: str, content: bytes) -> tuple[bytes, bytes, bytes]:
    """`/wirelens/<file_name>` in the three tables that Qt's resource compiler makes (tree, names, data)."""
    names = [_name_entry(_ROOT_NAME), _name_entry(file_name)]
    tree = b"".join(
        (
            struct.pack(">IHII", 0, _DIRECTORY, 1, 1),
            struct.pack(">IHII", 0, _DIRECTORY, 1, 2),
            struct.pack(">IHHHI", len(names[0]), 0, 0, 1, 0),  # any territory, the C language, data at 0
        )
    )
    return tree, b"".join(names), struct.pack(">I", len(content)) + content


def _name_entry(name: str) -> bytes:
    return struct.pack(">HI", len(name), _name_hash(name)) + name.encode("utf-16-be")


def _name_hash(name: str) -> int:
    """Qt's hash of a resource's name (qt_hash in qhash.cpp, fixed by the format)."""
    value = 0
    for character in name:
        value = ((value << 4) + ord(character)) & 0xFFFFFFFF
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value
