"""The line above the timeline: how the call stands, a few numbers, and how lively it is."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.figures import FigureValue
from wirelens.widgets.controls.figure import Figure
from wirelens.widgets.controls.pill import Pill
from wirelens.widgets.controls.sparkline import Sparkline
from wirelens.widgets.theme import PATTERN_ROLES, Theme, restyle

_HEIGHT = 56


class FiguresBar(QWidget):
    """Shows what it is given; numbers change in place, and the last of them give way where it is narrow."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("callFigures")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="top-bar")
        self.state = Pill(theme, parent=self)
        self.sparkline = Sparkline(theme, parent=self)
        self._figures: list[Figure] = []
        self._is_stream = False
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch(1)
        self._row.addWidget(self.sparkline, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.follow(self, self._dress)

    @property
    def figures(self) -> tuple[FigureValue, ...]:
        """What is shown."""
        return tuple(FigureValue(figure.value, figure.caption) for figure in self._figures)

    def begin(self, pattern: Pattern) -> None:
        """Another call is shown."""
        for figure in self._figures:
            figure.start_anew()
        self.sparkline.set_role(PATTERN_ROLES[pattern])
        self._is_stream = pattern.server_streams
        self._fit()

    def set_figures(self, values: Sequence[FigureValue]) -> None:
        while len(self._figures) > len(values):
            figure = self._figures.pop()
            self._row.removeWidget(figure)
            figure.deleteLater()
        while len(self._figures) < len(values):
            figure = Figure(self._theme, "", parent=self)
            self._row.insertWidget(1 + len(self._figures), figure, 0, Qt.AlignmentFlag.AlignVCenter)
            self._figures.append(figure)
        for figure, value in zip(self._figures, values, strict=True):
            figure.set_value(value.value)
            if figure.caption != value.caption:
                figure.set_caption(value.caption)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.state.sizeHint().width()
        for figure in self._figures:
            room -= self._row.spacing() + figure.sizeHint().width()
            if figure.isHidden() != (room < 0):
                figure.setVisible(room >= 0)
        room -= self._row.spacing() + self.sparkline.sizeHint().width()
        self.sparkline.setVisible(self._is_stream and room >= 0)

    def _dress(self) -> None:
        px = self._theme.px
        self.setFixedHeight(px(_HEIGHT))
        self._row.setContentsMargins(px(16), 0, px(16), 0)
        self._row.setSpacing(px(20))
