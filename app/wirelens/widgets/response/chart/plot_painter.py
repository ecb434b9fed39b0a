"""Draws a scene: for the screen, for pictures and for SVG, all the same."""

import itertools
import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from wirelens.presentation.chart.curve import Point
from wirelens.presentation.chart.scene import PERCENTILES, Layer, Scene, value_scale
from wirelens.presentation.chart.spots import Spot
from wirelens.widgets.response.chart.plot_layout import LaneArea, PlotLayout
from wirelens.widgets.theme import Theme

_EDGE = 16  # px at the right and, with words beside it, at the left
_TOP = 4
_HEAD = 24  # of a lane, for its caption and legend
_HEIGHT_FOR_HEAD = 56  # of a lane; a lower one needs all of it for what is drawn
_GAP = 6  # between an axis and its words
_TICK_ROOM = 23  # px of height that a line of the grid needs
_WIDEST_TICK = 96
_LINE = 1.3
_DOT = 2.5
_SPOT = 4.0
_SWATCH = 14
_FILL = 0.16  # opacity under a line
_TOOTH = 4
_BARS = 0.75
_BARS_BESIDE_OTHERS = 0.5
_HUES = ("server_streaming", "unary", "accent", "client_streaming", "bidi", "server_streaming")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlotPainter:
    """Knows the theme's colours, faces and lengths; keeps nothing of what it draws."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def hue(self, layer: Layer) -> QColor:
        """The colour of a layer."""
        return self._theme.color(_HUES[layer.hue])

    def columns(self, width: float) -> int:
        """About how many pixels of `width` a scene has for its horizontal axis."""
        return max(int(width) - self._theme.px(_EDGE + 48), 1)

    def layout(self, scene: Scene, size: QSizeF) -> PlotLayout:
        """Where everything goes in a plot of this size."""
        px, metrics = self._theme.px, QFontMetricsF(self._theme.label_font(size="small"))
        foot = metrics.height() + px(_GAP)
        height = (size.height() - px(_TOP) - foot - px(_TOP)) / max(len(scene.lanes), 1)
        head_height = px(_HEAD) if height >= px(_HEIGHT_FOR_HEAD) else 0
        most = self._most(height - head_height)
        words = [text for lane in scene.lanes for _, text in lane.scale.ticks(lane.low, lane.high, most)]
        widest = max(map(metrics.horizontalAdvance, words), default=0.0)
        left = px(_EDGE) + min(widest, px(_WIDEST_TICK)) + px(_GAP)
        width = max(size.width() - left - px(_EDGE), 1.0)
        lanes = []
        for index, lane in enumerate(scene.lanes):
            top = px(_TOP) + index * height
            head = QRectF(px(_EDGE), top, size.width() - 2 * px(_EDGE), head_height)
            lanes.append(LaneArea(lane, QRectF(left, head.bottom(), width, max(height - head_height, 1.0)), head))
        area = QRectF(left, px(_TOP), width, max(size.height() - px(_TOP) - foot - px(_TOP), 1.0))
        return PlotLayout(scene, lanes, area)

    def paint(self, painter: QPainter, layout: PlotLayout) -> None:
        """Everything but what moves with the pointer."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.label_font(size="small"))
        for lane in layout.lanes:
            self._paint_grid(painter, lane)
        self._paint_across(painter, layout)
        for lane in layout.lanes:
            painter.save()
            painter.setClipRect(lane.area.adjusted(0, -self._theme.px(_DOT), 0, 1))
            for layer in lane.lane.layers:
                self._paint_layer(painter, layout, lane, layer)
            painter.restore()
            self._paint_percentiles(painter, layout, lane)
            if lane.head.height():
                self._paint_head(painter, lane)

    def paint_instead(self, painter: QPainter, size: QSizeF, title: str, sentence: str) -> None:
        """Why there is nothing to draw."""
        px = self._theme.px
        middle = QRectF(px(24), 0, size.width() - 2 * px(24), size.height() * 0.92)
        painter.setFont(self._theme.label_font(600, "title"))
        painter.setPen(self._theme.color("text"))
        upper = QRectF(middle.left(), 0, middle.width(), middle.height() / 2)
        painter.drawText(upper, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, title)
        painter.setFont(self._theme.label_font())
        painter.setPen(self._theme.color("muted"))
        lower = QRectF(middle.left(), upper.bottom() + px(6), middle.width(), middle.height() / 2)
        wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(lower, wrapped, sentence)

    # -- what moves

    def paint_selection(self, painter: QPainter, layout: PlotLayout, spots: Sequence[Spot], across: float) -> None:
        """The message that is selected elsewhere."""
        if not layout.scene.left <= across <= layout.scene.right:
            return
        painter.setPen(QPen(self._theme.color("accent"), 1))
        x = round(layout.x(across)) + 0.5
        for lane in layout.lanes:
            painter.drawLine(QLineF(x, lane.area.top(), x, lane.area.bottom()))
        for spot in spots:
            self._paint_dot(painter, layout, spot, ring="accent")

    def paint_spot(self, painter: QPainter, layout: PlotLayout, spot: Spot, *, ring: str = "panel") -> None:
        """A point or bar with a thin line down to the axis, and its words beside it."""
        lane = self._lane_of(layout, spot)
        if lane is None:
            return
        x = layout.x(spot.across)
        painter.setPen(QPen(self._theme.color("handle"), 1))
        painter.drawLine(QLineF(round(x) + 0.5, lane.area.top(), round(x) + 0.5, lane.area.bottom()))
        self._paint_dot(painter, layout, spot, ring=ring)
        self._paint_words(painter, layout, QPointF(x, lane.y(spot.up)), spot.words.split(" · "))

    def paint_band(self, painter: QPainter, layout: PlotLayout, left: float, right: float) -> None:
        """The range, in pixels, that is being dragged."""
        color = self._theme.color("accent")
        color.setAlphaF(0.14)
        for lane in layout.lanes:
            painter.fillRect(QRectF(left, lane.area.top(), right - left, lane.area.height()), color)

    # -- inside

    def _most(self, height: float) -> int:
        return max(int(height // self._theme.px(_TICK_ROOM)), 2)

    def _paint_grid(self, painter: QPainter, lane: LaneArea) -> None:
        px, area = self._theme.px, lane.area
        faint, words = self._theme.color("line"), self._theme.color("muted")
        metrics = QFontMetricsF(painter.font())
        height = metrics.height()
        for up, text in lane.lane.scale.ticks(lane.lane.low, lane.lane.high, self._most(area.height())):
            y = round(lane.y(up)) + 0.5
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(words)
            room = QRectF(px(_GAP), y - height / 2, area.left() - 2 * px(_GAP), height)
            painter.drawText(room, _RIGHT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))
        painter.setPen(QPen(self._theme.color("edge"), 1))
        bottom = round(area.bottom()) + 0.5
        painter.drawLine(QLineF(area.left(), bottom, area.right(), bottom))

    def _paint_across(self, painter: QPainter, layout: PlotLayout) -> None:
        px, scene, metrics = self._theme.px, layout.scene, QFontMetricsF(painter.font())
        top = layout.lanes[-1].area.bottom() if layout.lanes else layout.area.bottom()
        sample = max(metrics.horizontalAdvance(t) for _, t in scene.across.ticks(scene.left, scene.right, 6))
        most = max(int(layout.area.width() / (sample + px(40))), 1)
        painter.setPen(self._theme.color("muted"))
        for across, text in scene.across.ticks(scene.left, scene.right, most):
            x, width = layout.x(across), metrics.horizontalAdvance(text) + 2
            left = min(max(x - width / 2, layout.area.left() - px(_GAP)), layout.area.right() + px(_EDGE) - width)
            painter.drawText(QRectF(left, top + px(_GAP) / 2, width, metrics.height() + px(2)), _LEFT, text)

    def _paint_layer(self, painter: QPainter, layout: PlotLayout, lane: LaneArea, layer: Layer) -> None:
        color = self.hue(layer)
        if layer.bars:
            self._paint_bars(painter, layout, lane, layer, color)
            return
        lines = [_columns(line, layout, lane) for line in layer.lines]
        if len(lane.lane.layers) == 1 and lane.lane.low == 0:
            self._paint_fill(painter, lane, lines, color)
        painter.setPen(QPen(color, self._theme.scale * _LINE))  # round ends would take ten times as long
        for line in lines:
            painter.drawLines(_segments(line))
        if layer.has_dots or any(len(line) == 1 for line in lines):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            radius = self._theme.scale * _DOT
            for column in itertools.chain.from_iterable(lines):
                painter.drawEllipse(QPointF(column.x, column.last), radius, radius)

    def _paint_fill(self, painter: QPainter, lane: LaneArea, lines: Sequence[list["_Column"]], color: QColor) -> None:
        """Down to zero, a column of pixels each: Qt takes most of a second to fill a polygon of many teeth."""
        color = QColor(color)
        color.setAlphaF(_FILL)
        filled, bottom = [], lane.y(0.0)
        left, right = int(lane.area.left()), int(lane.area.right()) + 1
        for line in lines:
            if 2 * sum(column.lowest - column.highest > self._theme.px(_TOOTH) for column in line) > len(line):
                continue  # all teeth: there is no outline to fill
            for before, after in itertools.pairwise(line):
                slope = (after.first - before.last) / (after.x - before.x)
                for x in range(max(math.ceil(before.x), left), min(math.ceil(after.x), right)):
                    y = before.last + (x - before.x) * slope
                    filled.append(QRectF(x, y, 1, bottom - y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRects(filled)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_bars(self, painter: QPainter, layout: PlotLayout, lane: LaneArea, layer: Layer, color: QColor) -> None:
        color = QColor(color)
        color.setAlphaF(_BARS if len(lane.lane.layers) == 1 else _BARS_BESIDE_OTHERS)
        rectangles, bottom = [], lane.y(0.0)
        for bar in layer.bars:
            if bar.count:
                left, right = layout.x(bar.left), layout.x(bar.right)
                inset = 0.5 if right - left > self._theme.px(4) else 0.0
                top = min(lane.y(bar.height), bottom - 1)  # a few are told from none
                rectangles.append(QRectF(left + inset, top, right - left - 2 * inset, bottom - top))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRects(rectangles)

    def _paint_percentiles(self, painter: QPainter, layout: PlotLayout, lane: LaneArea) -> None:
        """Lines across the bars, named where there is one layer only; the figures stand in the head."""
        px, metrics, scene = self._theme.px, QFontMetricsF(painter.font()), layout.scene
        taken = layout.area.left() - 1
        for layer in lane.lane.layers:
            for percent, value in zip(PERCENTILES, layer.percentiles, strict=False):
                x = layout.x(scene.across.position(value))
                if not layout.area.left() <= x <= layout.area.right():
                    continue
                color = self._theme.color("muted") if len(lane.lane.layers) == 1 else self.hue(layer)
                painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
                painter.drawLine(QLineF(x, lane.area.top(), x, lane.area.bottom()))
                name = f"p{percent}"
                width = metrics.horizontalAdvance(name)
                if len(lane.lane.layers) == 1 and x + px(3) > taken and x + px(3) + width < layout.area.right() + 1:
                    painter.drawText(QPointF(x + px(3), lane.area.top() + metrics.ascent()), name)
                    taken = x + px(6) + width

    def _paint_head(self, painter: QPainter, lane: LaneArea) -> None:
        px, metrics, left = self._theme.px, QFontMetricsF(painter.font()), lane.head.left()
        is_crowded = len(lane.lane.layers) > 1 and any(layer.percentiles for layer in lane.lane.layers)
        if lane.lane.caption and not is_crowded:
            painter.setPen(self._theme.color("muted"))
            painter.drawText(lane.head, _LEFT, lane.lane.caption)
            left += metrics.horizontalAdvance(lane.lane.caption) + px(16)
        for layer in lane.lane.layers:
            if layer.label:
                middle = lane.head.center().y() + 0.5
                painter.setPen(QPen(self.hue(layer), px(2), c=Qt.PenCapStyle.RoundCap))
                painter.drawLine(QLineF(left + 1, middle, left + px(_SWATCH) - 1, middle))
                left = self._say(painter, lane, left + px(_SWATCH) + px(6), layer.label, "text")
            figures = zip(PERCENTILES, layer.percentiles, strict=False)
            for text in (f"p{percent} {self._figure(layer, value)}" for percent, value in figures):
                left = self._say(painter, lane, left, text, "muted" if layer.label else "text")

    def _figure(self, layer: Layer, value: float) -> str:
        return value_scale(layer.track).text(value)

    def _say(self, painter: QPainter, lane: LaneArea, left: float, text: str, role: str) -> float:
        """Words in the head, as far as there is room; where the next ones may begin."""
        metrics = QFontMetricsF(painter.font())
        room = lane.head.right() - left
        if room < self._theme.px(24):
            return left
        painter.setPen(self._theme.color(role))
        painter.drawText(
            QRectF(left, lane.head.top(), room, lane.head.height()),
            _LEFT,
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, room),
        )
        return left + metrics.horizontalAdvance(text) + self._theme.px(16)

    def _lane_of(self, layout: PlotLayout, spot: Spot) -> LaneArea | None:
        has = (lane for lane in layout.lanes if any(layer.track.key == spot.track for layer in lane.lane.layers))
        return next(has, None)

    def _paint_dot(self, painter: QPainter, layout: PlotLayout, spot: Spot, *, ring: str) -> None:
        lane = self._lane_of(layout, spot)
        if lane is None:
            return
        layer = next(layer for layer in lane.lane.layers if layer.track.key == spot.track)
        painter.setPen(QPen(self._theme.color(ring), self._theme.scale * 1.5))
        painter.setBrush(self.hue(layer))
        radius = self._theme.scale * _SPOT
        painter.drawEllipse(QPointF(layout.x(spot.across), lane.y(spot.up)), radius, radius)

    def _paint_words(self, painter: QPainter, layout: PlotLayout, at: QPointF, lines: Sequence[str]) -> None:
        px = self._theme.px
        painter.setFont(self._theme.label_font(size="small"))
        metrics = QFontMetricsF(painter.font())
        width = min(max(map(metrics.horizontalAdvance, lines)), layout.area.width()) + 2 * px(8)
        height = metrics.height() * len(lines) + 2 * px(5)
        left = at.x() + px(10) if at.x() + px(10) + width <= layout.area.right() else at.x() - px(10) - width
        left = max(left, px(4))
        top = max(min(at.y() - height - px(8), layout.area.bottom() - height), px(2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("tooltip"))
        painter.drawRoundedRect(QRectF(left, top, width, height), px(4), px(4))
        painter.setPen(self._theme.color("tooltip_text"))
        for number, line in enumerate(lines):
            row = QRectF(left + px(8), top + px(5) + number * metrics.height(), width - 2 * px(8), metrics.height())
            painter.drawText(row, _LEFT, metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, row.width()))


class _Column:
    """Points above one another, in pixels: the first and last of them, and the extremes."""

    __slots__ = ("first", "highest", "last", "lowest", "x")

    def __init__(self, x: float, y: float) -> None:
        self.x = x
        self.first = self.last = self.highest = self.lowest = y


def _columns(line: Sequence[Point], layout: PlotLayout, lane: LaneArea) -> list[_Column]:
    across_scale, up_scale = layout.across_scale, lane.up_scale
    left = layout.area.left() - layout.scene.left * across_scale
    bottom = lane.area.bottom() + lane.lane.low * up_scale
    columns: list[_Column] = []
    here: float | None = None
    for across, up in line:
        y = bottom - up * up_scale
        if across != here:
            here = across
            columns.append(_Column(left + across * across_scale, y))
            continue
        column = columns[-1]
        column.last = y
        if y < column.highest:
            column.highest = y
        elif y > column.lowest:
            column.lowest = y
    return columns


def _segments(line: Sequence[_Column]) -> list[QLineF]:
    """A line as separate ones: drawn as one, its cost grows with the square of its points (Qt 6.11)."""
    joints = [QLineF(before.x, before.last, after.x, after.first) for before, after in itertools.pairwise(line)]
    spreads = [
        QLineF(column.x, column.highest, column.x, column.lowest) for column in line if column.highest < column.lowest
    ]
    return joints + spreads
