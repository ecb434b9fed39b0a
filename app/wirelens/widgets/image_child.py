"""Images decoded in a child process of this program: `wirelens --image-child FORMAT`.

Nobody knows who made an image that came in a message. An SVG of a few hundred bytes can keep Qt busy for hours, and a
fault in a decoder ends its process; here that is no more than an image that is not shown.
"""

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from wirelens.bundled import start_child
from wirelens.engine.messages.wire.scanning import Buffer

_SECONDS = 10.0
_ALLOCATED_AT_MOST = 256  # MiB of pixels
_PIXELS_AT_MOST = 48 * 2**20
_SHOWN_AT_MOST = 2048  # pixels of a side that are handed over
_MEMORY = 3 * 2**30  # bytes of addresses, most of which are libraries


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """`pixels` are premultiplied ARGB, 32 bits each, of an image no side of which is over 2,048 pixels.

    `problem` is a sentence in place of pixels. `width` and `height` are the image's own; 0 where nobody knows.
    """

    width: int
    height: int
    shown_width: int = 0
    shown_height: int = 0
    pixels: bytes = b""
    problem: str = ""


class ImageDecoding:
    """One image being decoded; `run` belongs in a thread, `kill` may come from any."""

    def __init__(self, data: Buffer, image_format: str, *, seconds: float = _SECONDS) -> None:
        self._data, self._format, self._seconds = data, image_format, seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_killed = False

    def kill(self) -> None:
        """Give it up."""
        with self._lock:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()

    def run(self) -> DecodedImage:
        """Decode the first picture that the bytes hold, in their format and no other."""
        process = self._start()
        if process is None:
            return DecodedImage(0, 0, problem="it could not be decoded")
        try:
            output, _ = process.communicate(bytes(self._data), timeout=self._seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return DecodedImage(0, 0, problem=f"decoding took more than {self._seconds:g} s and was given up")
        head, _, rest = output.partition(b"\n")
        words = head.decode("utf-8", "replace").split(" ", 4)
        if process.returncode != 0 or len(words) != 5:
            return DecodedImage(0, 0, problem="its decoder failed")
        width, height, shown_width, shown_height = map(int, words[:4])
        return DecodedImage(width, height, shown_width, shown_height, rest, words[4])

    def _start(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._is_killed:
                return None
            try:
                self._process = start_child("--image-child", self._format)
            except OSError:
                return None
            return self._process


def main(arguments: Sequence[str]) -> int:
    """The child: an image on standard input, its size and its pixels on standard output."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(_SECONDS), int(_SECONDS)))
    decoded = _decoded(sys.stdin.buffer.read(), arguments[0])
    head = f"{decoded.width} {decoded.height} {decoded.shown_width} {decoded.shown_height} {decoded.problem}\n"
    sys.stdout.buffer.write(head.encode() + decoded.pixels)
    sys.stdout.buffer.flush()
    return 0


def _decoded(data: bytes, image_format: str) -> DecodedImage:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QImageReader

    _application = QGuiApplication(["wirelens", "-platform", "offscreen"])  # an SVG may hold text, which needs fonts
    QImageReader.setAllocationLimit(_ALLOCATED_AT_MOST)
    content = QByteArray(data)
    source = QBuffer(content)
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(source, QByteArray(image_format.encode()))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    width, height = max(size.width(), 0), max(size.height(), 0)
    if width * height > _PIXELS_AT_MOST:
        return DecodedImage(width, height, problem="these are too many pixels to decode")
    if max(width, height) > _SHOWN_AT_MOST:
        bound = QSize(_SHOWN_AT_MOST, _SHOWN_AT_MOST)
        reader.setScaledSize(size.scaled(bound, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return DecodedImage(width, height, problem="it is damaged or cut off")
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if not width:
        width, height = image.width(), image.height()
    return DecodedImage(width, height, image.width(), image.height(), bytes(image.constBits()))
