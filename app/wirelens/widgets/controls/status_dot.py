"""A round mark that says a state by colour, beside words that say it too."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.widgets.theme import Theme

_DIAMETER = 8


class StatusDot(QWidget):
    """The dot before a connection's or a demo server's name."""

    def __init__(self, theme: Theme, role: str = "faint", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.follow(self, self._dress)

    @property
    def role(self) -> str:
        return self._role

    def set_role(self, role: str) -> None:
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_DIAMETER), self._theme.px(_DIAMETER))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._role))
        diameter = self._theme.px(_DIAMETER)
        area = QRectF(0, 0, diameter, diameter)
        area.moveCenter(QRectF(self.rect()).center())
        painter.drawEllipse(area)

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()
