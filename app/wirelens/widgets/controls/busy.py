"""Two ways to say that something is being waited for; both stand still, and cost nothing, while hidden."""

from PySide6.QtCore import QBasicTimer, QRectF, QSize, Qt, QTimerEvent
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.widgets.theme import Theme

_FRAME_MS = 33
_FRAMES_A_ROUND = 36


class _Moving(QWidget):
    """Counts frames while it can be seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame = 0
        self._timer = QBasicTimer()
        theme.follow(self, self._dress)

    @property
    def is_moving(self) -> bool:
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start(_FRAME_MS, self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def timerEvent(self, event: QTimerEvent) -> None:
        if event.timerId() != self._timer.timerId():
            super().timerEvent(event)
            return
        self._frame = (self._frame + 1) % _FRAMES_A_ROUND
        self.update()

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()


class BusyBar(_Moving):
    """A thin line with a piece that travels along it, for the edge of a pane."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(64), self._theme.px(2))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        length = self.width() / 4
        left = (self.width() + length) * self._frame / (_FRAMES_A_ROUND - 1) - length
        painter.fillRect(QRectF(left, 0, length, self.height()), self._theme.color("accent"))


class Spinner(_Moving):
    """A quarter of a ring that turns, the size of an icon, for a place beside words."""

    def __init__(self, theme: Theme, role: str = "accent", parent: QWidget | None = None) -> None:
        self._role = role
        super().__init__(theme, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(16), self._theme.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        width = 1.5 * self._theme.scale
        area = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line"), width))
        painter.drawEllipse(area)
        painter.setPen(QPen(self._theme.color(self._role), width, c=Qt.PenCapStyle.RoundCap))
        painter.drawArc(area, -self._frame * 360 * 16 // _FRAMES_A_ROUND, 90 * 16)
