"""Where the parts of a plot lie, and which position along an axis is which pixel."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from wirelens.presentation.chart.scene import Lane, Scene


@dataclass(frozen=True, slots=True)
class LaneArea:
    """A lane's plotting area; its caption and legend stand above it."""

    lane: Lane
    area: QRectF
    head: QRectF

    @property
    def up_scale(self) -> float:
        """Pixels for a unit of the vertical axis."""
        return self.area.height() / (self.lane.high - self.lane.low)

    def y(self, up: float) -> float:
        return self.area.bottom() - (up - self.lane.low) * self.up_scale

    def up(self, y: float) -> float:
        return self.lane.low + (self.area.bottom() - y) / self.up_scale


@dataclass(frozen=True, slots=True)
class PlotLayout:
    """Lanes below one another, over one horizontal axis."""

    scene: Scene
    lanes: list[LaneArea]
    area: QRectF  # around all of them

    @property
    def across_scale(self) -> float:
        """Pixels for a unit of the horizontal axis."""
        return self.area.width() / (self.scene.right - self.scene.left)

    def x(self, across: float) -> float:
        return self.area.left() + (across - self.scene.left) * self.across_scale

    def across(self, x: float) -> float:
        return self.scene.left + (x - self.area.left()) / self.across_scale

    def lane_at(self, place: QPointF) -> LaneArea | None:
        """The lane that a place is in or nearest to."""
        return min(self.lanes, key=lambda lane: abs(lane.area.center().y() - place.y()), default=None)
