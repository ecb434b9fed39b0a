"""Draws the cells of the timeline: plain painting, since a style sheet's way would cost a frame's time by itself."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.timeline_model import TimelineColumn, TimelineModel
from wirelens.widgets.theme import Theme

Index = QModelIndex | QPersistentModelIndex

_PADDING = 6
_FOCUS_BAR = 2
_PIN = 14
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ALIGNMENTS = (_RIGHT, _RIGHT, _RIGHT, Qt.AlignmentFlag.AlignCenter, _RIGHT, _LEFT)

# the roles of a preview and of an arrow by what a row is
_PREVIEW_ROLES = {EventKind.RECEIVED: "text", EventKind.FINISHED: "good"}
_ARROW_ROLES = {
    EventKind.SENT: "unary",
    EventKind.HALF_CLOSED: "unary",
    EventKind.HEADERS: "server_streaming",
    EventKind.RECEIVED: "server_streaming",
    EventKind.FINISHED: "good",
}


class TimelineDelegate(QStyledItemDelegate):
    """Colours say direction and status; figures are quiet, messages are not."""

    def __init__(self, theme: Theme, view: QTableView, model: TimelineModel) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._model = model
        self.is_match: Callable[[int], bool] | None = None  # of a row of the transcript: whether it is marked
        theme.follow(self, self._dress)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row, column = index.row(), index.column()
        transcript_row = self._model.transcript_row(row)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._selection)
        else:
            if self.is_match is not None and self.is_match(transcript_row):
                painter.fillRect(area, self._match)
            painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), self._line)
        if column == TimelineColumn.NUMBER and self._view.hasFocus() and self._view.currentIndex().row() == row:
            painter.fillRect(QRect(area.left(), area.top(), self._bar, area.height()), self._accent)
        if column == TimelineColumn.NUMBER and transcript_row == self._model.pinned_row:
            self._pin.paint(painter, QRect(area.left() + self._bar, area.top(), self._pin_width, area.height()))
        text = self._model.text(transcript_row, column)
        if not text:
            return
        inside = area.adjusted(self._padding, 0, -self._padding, 0)
        if column == TimelineColumn.PREVIEW:
            fits = 2 * inside.width() // self._advance + 1  # no need to measure what is far beyond the edge
            text = self._metrics.elidedText(text[:fits], Qt.TextElideMode.ElideRight, inside.width())
        painter.setFont(self._font)
        painter.setPen(self._color(transcript_row, column))
        painter.drawText(inside, _ALIGNMENTS[column], text)

    def _color(self, row: int, column: int) -> QColor:
        if column == TimelineColumn.TIME:
            return self._colors["text"]
        if column not in (TimelineColumn.DIRECTION, TimelineColumn.PREVIEW):
            return self._colors["muted"]
        kind = self._model.kind(row)
        if kind is EventKind.FINISHED and not self._model.is_ok(row):
            return self._colors["bad"]
        roles = _ARROW_ROLES if column == TimelineColumn.DIRECTION else _PREVIEW_ROLES
        return self._colors[roles.get(kind, "muted")]

    def _dress(self) -> None:
        theme = self._theme
        self._font = theme.data_font()
        self._metrics = QFontMetrics(self._font)
        self._advance = max(self._metrics.averageCharWidth(), 1)
        self._padding = theme.px(_PADDING)
        self._bar = theme.px(_FOCUS_BAR)
        self._pin, self._pin_width = theme.icon("pin", "link"), theme.px(_PIN)
        self._selection, self._line, self._accent = (theme.color(name) for name in ("selection", "hover", "accent"))
        self._match = theme.color("warn_ground")
        roles = {"text", "muted", "bad", *_PREVIEW_ROLES.values(), *_ARROW_ROLES.values()}
        self._colors = {role: theme.color(role) for role in roles}
