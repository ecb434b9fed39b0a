"""A line of text that changes many times a second, and shakes nothing around it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from wirelens.widgets.theme import Theme, TypeSize


class RunningLabel(QLabel):
    """Plain text in a colour and a font of the theme; the room it asks for only grows, and by whole steps.

    QLabel's own setText asks for a new layout of everything up to the window each time.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        role: str = "text",
        size: TypeSize = "normal",
        weight: int = 400,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._weight = weight
        self._size: TypeSize = size
        self._line = ""
        self._room = 0  # px of width that were asked for
        self._begins_anew = False  # so the next text may take less room than this one
        theme.follow(self, self._dress)

    def text(self) -> str:
        return self._line

    def setText(self, text: str, /) -> None:
        if text == self._line:
            return
        self._line = text
        if self._begins_anew:
            self._begins_anew, self._room = False, 0
        self.setAccessibleName(text)
        self._ask_for_room()
        self.update()

    def start_anew(self) -> None:
        """Ask for no more room than the present text takes, and then the next one: what was shown before has ended."""
        self._begins_anew, self._room = True, 0
        self._ask_for_room()

    def sizeHint(self) -> QSize:
        return QSize(self._room, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._role))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._line)

    def _ask_for_room(self) -> None:
        """Steps of two digits, so that a number that gets longer moves its neighbours seldom."""
        metrics = QFontMetrics(self.font())
        width, step = metrics.horizontalAdvance(self._line), 2 * metrics.horizontalAdvance("0")
        if width > self._room or not self._room:
            self._room = -(-width // step) * step
            self.updateGeometry()

    def _dress(self) -> None:
        self.setFont(self._theme.label_font(self._weight, self._size))
        self.start_anew()
        self.update()
