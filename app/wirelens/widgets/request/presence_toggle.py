"""A small ring that says whether a field is set at all, and sets or unsets it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from wirelens.presentation.draft.paths import Path, path_text
from wirelens.widgets.theme import Theme


class PresenceToggle(QAbstractButton):
    """Filled: set, even if to zero. An empty ring: unset."""

    def __init__(self, theme: Theme, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = path_text(path)
        self.setCheckable(True)
        self.setObjectName(f"presence:{self._place}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_presence(False)

    def show_presence(self, is_set: bool) -> None:
        self.setChecked(is_set)
        self.setToolTip("Set. Click to unset" if is_set else "Unset. Click to set")
        self.setAccessibleName(f"{self._place} is {'set' if is_set else 'unset'}")

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(20), self._theme.px(28))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        radius = theme.px(5)
        role = "accent" if self.isChecked() or self.underMouse() else "handle_hover"
        painter.setPen(QPen(theme.color(role if self.isEnabled() else "edge"), 1.5))
        painter.drawEllipse(middle, radius, radius)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(role if self.isEnabled() else "edge"))
            painter.drawEllipse(middle, radius * 0.5, radius * 0.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1.5))
            reach = radius + theme.px(3)
            painter.drawRoundedRect(
                QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach), theme.px(4), theme.px(4)
            )
