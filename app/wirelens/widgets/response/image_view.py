"""An image that came in a field: decoded in a process of its own, within limits, since nobody knows who made it."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.engine.messages.wire.scanning import Buffer
from wirelens.presentation.amounts import size_text
from wirelens.presentation.field_content import image_format
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.widgets.image_child import DecodedImage, ImageDecoding
from wirelens.widgets.theme import Theme

_READ_AT_MOST = 64 * 2**20  # bytes of a file
_MARGIN = 16


class ImageView(QWidget):
    """Shows an image no larger than it is; `summary` says what it is, or why it is not shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._summary = ""
        self._worker = ThreadWorker(self)
        self._running = running = _Running()
        self.destroyed.connect(lambda: running.give_up())  # not of self, which is gone by then
        self.setObjectName("contentImage")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say("")

    @property
    def summary(self) -> str:
        """`PNG, 640 × 480, 12 KiB`, or a sentence that says why there is no image to see."""
        return self._summary

    @property
    def image(self) -> QImage:
        """What is shown: null while there is none. Of a large image a smaller copy."""
        return self._image

    def show_image(self, data: Buffer) -> None:
        """Show the image that these bytes are, of an animation the first picture."""
        self.clear()
        name = image_format(data)
        if not name:
            self._say("These bytes do not begin as PNG, JPEG, GIF, WebP, BMP or SVG do.")
            return
        what = f"{name.upper()} of {size_text(len(data))}"
        if len(data) > _READ_AT_MOST:
            self._say(f"{what}: more than the {size_text(_READ_AT_MOST)} that are decoded.")
            return
        self._say("Decoding …")
        decoding = self._running.decoding = ImageDecoding(data, name)

        def on_decoded(found: DecodedImage) -> None:
            if self._running.decoding is decoding:
                self._running.decoding = None
                self._take(found, name, len(data))

        self._worker.run(decoding.run, on_decoded)

    def clear(self) -> None:
        """Show nothing; what is being decoded is given up."""
        self._running.give_up()
        self._image = QImage()
        self._say("")

    def _take(self, found: DecodedImage, name: str, size: int) -> None:
        pixels = f", {found.width:,} × {found.height:,}" if found.width else ""
        summary = f"{name.upper()}{pixels}, {size_text(size)}"
        if found.problem:
            self._say(f"{summary}: {found.problem}.")
            return
        width, height = found.shown_width, found.shown_height
        self._image = QImage(found.pixels, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
        self._say(summary)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = self._theme.px
        line = painter.fontMetrics().height() + px(8)
        room = self.rect().adjusted(px(_MARGIN), px(8), -px(_MARGIN), -line - px(4))
        if not self._image.isNull() and room.isValid():
            size = self._image.size()
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            area = QRect(room.topLeft(), size)
            area.moveCenter(room.center())
            painter.fillRect(area, self._theme.color("sunk"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
        painter.setPen(self._theme.color("muted"))
        words = self.rect().adjusted(px(_MARGIN), 0, -px(_MARGIN), -px(6))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        bottom = Qt.AlignmentFlag.AlignBottom if not self._image.isNull() else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, int(flags) | int(bottom), self._summary)

    def _say(self, summary: str) -> None:
        self._summary = summary
        self.setAccessibleName(f"Image: {summary}" if summary else "Image")
        self.update()


class _Running:
    """What is being decoded for a view, which may go before it is."""

    decoding: ImageDecoding | None = None

    def give_up(self) -> None:
        if self.decoding is not None:
            self.decoding.kill()
            self.decoding = None
