"""Where a call's time went: a bar for each phase, one behind the other."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wirelens.presentation.latency_words import Waterfall
from wirelens.presentation.plain_text import tool_tip
from wirelens.widgets.theme import Theme

_ROW = 24
_NAME_WIDTH = 140
_TIME_WIDTH = 76
_BAR = 10
_GAP = 12
_MOST_BAR = 420
_TITLE = 28


class LatencyWaterfall(QWidget):
    """Draws a Waterfall. A phase is explained by tool tip, and with the arrow keys under the rows; all of it is its
    accessible description."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waterfall: Waterfall | None = None
        self._current = 0
        self.setObjectName("latencyWaterfall")
        self.setAccessibleName("Where the time went")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.follow(self, self._dress)

    @property
    def waterfall(self) -> Waterfall | None:
        """What is drawn."""
        return self._waterfall

    def set_waterfall(self, waterfall: Waterfall) -> None:
        if waterfall == self._waterfall:
            return
        resized = self._waterfall is None or len(self._waterfall.rows) != len(waterfall.rows)
        self._waterfall = waterfall
        self._current = min(self._current, len(waterfall.rows) - 1)
        sentences = [row.sentence for row in waterfall.rows]
        self.setAccessibleDescription(". ".join([*sentences, f"Together {waterfall.total}", waterfall.bytes_words]))
        if resized:
            self.updateGeometry()
        self.update()

    @property
    def explanation(self) -> str:
        """Of the phase that the arrow keys are at."""
        return self._waterfall.rows[self._current].sentence if self._waterfall is not None else ""

    # -- Qt's questions and events

    def sizeHint(self) -> QSize:
        px = self._theme.px
        rows = len(self._waterfall.rows) if self._waterfall is not None else 0
        return QSize(px(_NAME_WIDTH + _MOST_BAR + _TIME_WIDTH), px(_TITLE) + (rows + 2) * px(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(_NAME_WIDTH), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._waterfall is None:
            super().keyPressEvent(event)
            return
        self._current = min(max(self._current + step, 0), len(self._waterfall.rows) - 1)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._waterfall is not None:
            row = (event.pos().y() - self._theme.px(_TITLE)) // self._theme.px(_ROW)
            if 0 <= row < len(self._waterfall.rows):
                QToolTip.showText(event.globalPos(), tool_tip(self._waterfall.rows[row].sentence), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        waterfall = self._waterfall
        if waterfall is None:
            return
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.label_font(600))
        painter.setPen(theme.color("text"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        left = vertical | Qt.AlignmentFlag.AlignLeft
        head = QRect(0, 0, self.width(), px(_TITLE) - px(4))
        painter.drawText(head, left, f"Where the time went · {waterfall.total}")
        room = self.width() - px(_NAME_WIDTH) - px(_TIME_WIDTH) - px(_GAP)
        length = min(max(room, px(40)), px(_MOST_BAR))
        for number, row in enumerate(waterfall.rows):
            line = QRect(0, px(_TITLE) + number * px(_ROW), self.width(), px(_ROW))
            is_current = self.hasFocus() and number == self._current
            if is_current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("selection"))
                painter.drawRoundedRect(QRectF(line).adjusted(0, 1, 0, -1), px(4), px(4))
            painter.setFont(theme.label_font())
            painter.setPen(theme.color("text" if row.end is not None else "muted"))
            painter.drawText(line.adjusted(px(6), 0, 0, 0), left, row.name)
            time_left = px(_NAME_WIDTH)
            if row.end is not None:
                middle = line.center().y() + 0.5
                start = time_left + row.start * length
                width = max((row.end - row.start) * length, 2.0)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("line"))
                painter.drawRoundedRect(QRectF(time_left, middle - 1, length, 2), 1, 1)
                painter.setBrush(theme.color("accent" if row.said != "none" else "faint"))
                bar = QRectF(QPointF(start, middle - px(_BAR) / 2), QPointF(start + width, middle + px(_BAR) / 2))
                radius = min(px(2), bar.width() / 2)
                painter.drawRoundedRect(bar, radius, radius)
                time_left += length + px(_GAP)
            painter.setFont(theme.data_font())
            painter.setPen(theme.color("text" if row.end is not None else "muted"))
            said = row.said if row.end is not None or not row.explanation else f"{row.said}: {row.explanation}"
            place = line.adjusted(time_left, 0, 0, 0)
            if row.end is None:
                painter.setFont(theme.label_font())
            metrics = QFontMetrics(painter.font())
            painter.drawText(place, left, metrics.elidedText(said, Qt.TextElideMode.ElideRight, place.width()))
        foot = QRect(px(6), px(_TITLE) + len(waterfall.rows) * px(_ROW), self.width() - px(6), px(_ROW))
        painter.setFont(theme.label_font(size="small"))
        painter.setPen(theme.color("muted"))
        words = [waterfall.bytes_words]
        if self.hasFocus():
            words.insert(0, self.explanation)
        metrics = QFontMetrics(painter.font())
        for number, text in enumerate(words):
            place = foot.translated(0, number * px(_ROW))
            painter.drawText(place, left, metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width()))

    def _dress(self) -> None:
        self.updateGeometry()
        self.update()
