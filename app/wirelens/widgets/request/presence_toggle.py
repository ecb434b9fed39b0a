"""A small ring that says whether a field is set, and if only to its default, and sets or unsets it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from wirelens.presentation.draft.paths import Path, path_text
from wirelens.widgets.theme import Theme


class PresenceToggle(QAbstractButton):
    """An empty ring: unset. A ring half full: set to the default, which is sent. A dot in it: set to more."""

    def __init__(self, theme: Theme, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place = path_text(path)
        self.setCheckable(True)
        self.setObjectName(f"presence:{self._place}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._is_default = False
        self.show_presence(False)

    def show_presence(self, is_set: bool, default: str | None = None) -> None:
        """`default` is given where what the field is set to is its default, as it is written."""
        self.setChecked(is_set)
        self._is_default = is_set and default is not None
        if not is_set:
            words, hint = "unset", "Unset: not sent. Click to set"
        elif self._is_default:
            words, hint = f"set to its default, {default}", f"Set to its default, {default}: sent. Click to unset"
        else:
            words, hint = "set", "Set. Click to unset"
        self.setToolTip(hint)
        self.setAccessibleName(f"{self._place} is {words}")
        self.update()

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
        if self._is_default:
            painter.setBrush(theme.color(role if self.isEnabled() else "edge"))
            painter.drawChord(
                QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius), 180 * 16, 180 * 16
            )
        elif self.isChecked():
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
