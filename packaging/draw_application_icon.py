"""Draws the application's icon in every size and format that desktops ask for.

Run it (`python packaging/draw_application_icon.py`) after changing resources/application/*.svg and commit what
it writes. Sizes up to 32 are drawn from the small variant, which leaves out what would be a smudge there.
"""

import os
import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

TOP = Path(__file__).resolve().parents[1]
DRAWINGS = TOP / "resources" / "application"
LARGEST_SMALL = 32

PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}


def png(size: int) -> bytes:
    drawing = "wirelens-small.svg" if size <= LARGEST_SMALL else "wirelens.svg"
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWINGS / drawing)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return buffer.data().data()


def ico() -> bytes:
    """Windows' container with PNGs inside, as it takes them since Vista."""
    pictures = [png(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures)


def icns() -> bytes:
    """Apple's container: typed entries, each with its length."""
    body = b""
    for kind, size in ICNS_TYPES.items():
        picture = png(size)
        body += kind.encode() + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    for size in PNG_SIZES:
        (DRAWINGS / f"wirelens-{size}.png").write_bytes(png(size))
    (TOP / "packaging" / "wirelens.ico").write_bytes(ico())
    (TOP / "packaging" / "wirelens.icns").write_bytes(icns())
    del application


if __name__ == "__main__":
    main()
