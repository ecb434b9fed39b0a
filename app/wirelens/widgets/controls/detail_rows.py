"""Rows of a list of choices: a text, and faintly at the right what tells it from others."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wirelens.widgets.theme import Theme

DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1
_GAP = 24


class DetailRows(QStyledItemDelegate):
    """Paints the display role at the left and `DETAIL_ROLE` at the right, in rows `height` pixels high."""

    def __init__(self, theme: Theme, height: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._height = theme, height

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._theme.px(self._height))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, px = self._theme, self._theme.px
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = "selection" if state & QStyle.StateFlag.State_Selected else ""
        if not role and state & QStyle.StateFlag.State_MouseOver:
            role = "hover"
        if role:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(role))
            painter.drawRoundedRect(rect, px(6), px(6))
        inner = rect.adjusted(px(12), 0, -px(12), 0)
        painter.setFont(theme.label_font())
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        text_width = metrics.horizontalAdvance(text)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setFont(theme.label_font(400, "small"))
        painter.setPen(theme.color("muted"))
        room = inner.adjusted(text_width + px(_GAP), 0, 0, 0)
        detail = painter.fontMetrics().elidedText(
            str(index.data(DETAIL_ROLE)), Qt.TextElideMode.ElideLeft, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        painter.restore()
