"""A row of small bars: how lively a stream has been of late."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.widgets.theme import Theme

_BAR = 3
_GAP = 2
_HEIGHT = 16
_BARS = 22


class Sparkline(QWidget):
    """Draws the last values it was given, the tallest at full height; nothing where there are none.

    Every value above zero is at least a pixel high, so that a little is told from nothing.
    """

    def __init__(self, theme: Theme, role: str = "server_streaming", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.follow(self, self._dress)

    @property
    def values(self) -> tuple[float, ...]:
        return self._values

    def set_values(self, values: Sequence[float]) -> None:
        """Oldest first, none below zero."""
        self._values = tuple(values)
        self.update()

    def set_role(self, role: str) -> None:
        self._role = role
        self.update()

    def bar_count(self) -> int:
        """How many values fit the present width: nobody needs to keep more."""
        px = self._theme.px
        return max((self.width() + px(_GAP)) // (px(_BAR) + px(_GAP)), 1)

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(_BARS * (px(_BAR) + px(_GAP)) - px(_GAP), px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._values[-self.bar_count() :]
        tallest = max(shown, default=0.0)
        if tallest <= 0:
            return
        px = self._theme.px
        step = px(_BAR) + px(_GAP)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._role))
        left = self.width() - len(shown) * step + px(_GAP)
        for index, value in enumerate(shown):
            if value > 0:
                height = max(value / tallest * self.height(), 1.0)
                bar = QRectF(left + index * step, self.height() - height, px(_BAR), height)
                painter.drawRoundedRect(bar, 1, 1)

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()
