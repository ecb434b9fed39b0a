"""A short word on a tinted ground: a call's status, a method's pattern."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wirelens.engine.schema.services import Pattern
from wirelens.widgets.theme import PATTERN_ROLES, Theme

_HEIGHT = 20
_PADDING = 8
_DOT = 7
_DOT_GAP = 5

# what a pill says -> the roles of its words and its ground
_ROLES = {
    "neutral": ("muted", "sunk"),
    "accent": ("unary_text", "unary_ground"),
    "good": ("good", "good_ground"),
    "bad": ("bad", "bad_ground"),
    "warn": ("warn", "warn_ground"),
    **{role: (f"{role}_text", f"{role}_ground") for role in PATTERN_ROLES.values()},
}


class Pill(QWidget):
    """Shows `text` in the colours of `role`: neutral, accent, good, bad, warn or a pattern's role.

    A dot before the text says that something is still going on. A pill without text is hidden.
    """

    def __init__(self, theme: Theme, text: str = "", role: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._role = "neutral"
        self._has_dot = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(text, role)
        theme.follow(self, self._dress)

    @property
    def text(self) -> str:
        return self._text

    @property
    def role(self) -> str:
        return self._role

    def set_state(self, text: str, role: str = "neutral", *, dot: bool = False) -> None:
        """KeyError for a role that a pill has no colours for."""
        _ROLES[role]
        if (text, role, dot) == (self._text, self._role, self._has_dot):
            return
        self._text, self._role, self._has_dot = text, role, dot
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_pattern(self, pattern: Pattern) -> None:
        self.set_state(pattern.label, PATTERN_ROLES[pattern])

    def sizeHint(self) -> QSize:
        px = self._theme.px
        width = QFontMetrics(self.font()).horizontalAdvance(self._text) + 2 * px(_PADDING)
        if self._has_dot:
            width += px(_DOT) + px(_DOT_GAP)
        return QSize(width if self._text else 0, px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._text:
            return
        px = self._theme.px
        words, ground = (self._theme.color(role) for role in _ROLES[self._role])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        area = QRectF(self.rect())
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        inside = area.adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        if self._has_dot:
            painter.setBrush(words)
            painter.drawEllipse(QRectF(inside.left(), inside.center().y() - px(_DOT) / 2, px(_DOT), px(_DOT)))
            inside.setLeft(inside.left() + px(_DOT) + px(_DOT_GAP))
        painter.setPen(words)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)

    def _dress(self) -> None:
        self.setFont(self._theme.label_font(500, "small"))
        self.updateGeometry()
        self.update()
