"""A button that names its key: `Send  Ctrl+↵`."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPaintEvent, QPalette
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from wirelens.widgets.theme import Theme

_GAP = 8
_KEYS_OPACITY = 0.75


class KeyButton(QPushButton):
    """`keys` is shown small behind the text; it is words only, the shortcut itself belongs to an action."""

    def __init__(self, theme: Theme, text: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._keys = keys
        theme.follow(self, self._dress)

    @property
    def keys(self) -> str:
        return self._keys

    def set_keys(self, keys: str) -> None:
        self._keys = keys
        self._dress()

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self._keys_width(), 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, QPalette.ColorRole.ButtonText))
        text_width = self.fontMetrics().horizontalAdvance(self.text())
        left = (self.width() - text_width - self._keys_width()) // 2
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(self.font())
        painter.drawText(QRect(left, 0, text_width + 1, self.height()), middle, self.text())
        painter.setFont(self._keys_font())
        painter.setOpacity(_KEYS_OPACITY)
        left += text_width + self._theme.px(_GAP)
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), middle, self._keys)

    def _keys_font(self) -> QFont:
        return self._theme.label_font(400, "small")

    def _keys_width(self) -> int:
        if not self._keys:
            return 0
        return QFontMetrics(self._keys_font()).horizontalAdvance(self._keys) + self._theme.px(_GAP)

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()
