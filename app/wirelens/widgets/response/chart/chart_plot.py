"""The plot itself: drawn once for what it shows, and moved through by wheel, mouse and keyboard."""

from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.chart.scene import Scene, make_scene
from wirelens.presentation.chart.spots import (
    Reach,
    Spot,
    spot_beside,
    spot_in_next_track,
    spot_near,
    spots_of_row,
)
from wirelens.widgets.response.chart.plot_layout import PlotLayout
from wirelens.widgets.response.chart.plot_painter import PlotPainter
from wirelens.widgets.theme import Theme

_FRAME_MS = 150  # between two drawings of a stream that grows: its reader wants the interpreter as well
_STEP = 0.8  # of what is in sight, for a key or a notch of the wheel
_PAN = 0.15
_NOTCH = 120
_REACH = 12  # px from the pointer to a point
_NARROWEST = 1e-6  # of all that could be shown
_FOCUS_BAR = 2


class ChartPlot(QWidget):
    """Shows ChartData. The wheel zooms at the pointer, a drag selects what to zoom to, Shift+drag or the middle button
    pans, Home or a double click shows all; arrows pan, + and - zoom; Ctrl with arrows moves a cursor, Enter picks."""

    row_picked = Signal(int)  # the transcript's row of a point that was clicked
    drawn = Signal()  # the scene is another one
    menu_wanted = Signal(object)  # where on the screen
    copy_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, data: ChartData, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._theme = theme
        self._painter = PlotPainter(theme)
        self._view: tuple[float, float] | None = None
        self._scene: Scene | None = None
        self._layout: PlotLayout | None = None
        self._picture: QPixmap | None = None
        self._hovered: Spot | None = None
        self._cursor: Spot | None = None
        self._selected_row: int | None = None
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        self._pans_from: tuple[float, float, float] | None = None  # x of the press, and the view then
        self._renewal = QTimer(self, singleShot=True)
        self._renewal.timeout.connect(self._renew)
        self.setObjectName("callChart")
        self.setAccessibleName("Chart of the stream")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        data.changed.connect(self._on_data_changed)
        data.choice_changed.connect(self._on_choice_changed)
        theme.follow(self, self._dress)

    # -- what it shows

    @property
    def scene(self) -> Scene | None:
        """What is drawn, None before it was ever in sight."""
        return self._scene

    @property
    def is_up_to_date(self) -> bool:
        """Whether all that was read and asked for is drawn already."""
        return self._scene is not None and not self._renewal.isActive()

    @property
    def layout_of_plot(self) -> PlotLayout | None:
        """Where it is drawn."""
        return self._layout

    @property
    def view(self) -> tuple[float, float] | None:
        """The part of the horizontal axis that was zoomed to, None for all of it."""
        return self._view

    @property
    def hovered(self) -> Spot | None:
        """What is under the pointer."""
        return self._hovered

    @property
    def cursor_spot(self) -> Spot | None:
        """Where the keyboard's cursor stands."""
        return self._cursor

    @property
    def selected_row(self) -> int | None:
        return self._selected_row

    def select_row(self, row: int | None) -> None:
        """Mark the message at a row of the transcript, which was selected elsewhere."""
        self._selected_row = row
        self.update()

    def set_view(self, view: tuple[float, float] | None) -> None:
        """Show a part of the horizontal axis, as far as it exists; None for all of it."""
        whole = self._scene.whole if self._scene is not None else None
        if view is not None and whole is not None:
            view = _moved_into(view, whole)
            view = None if view == whole else view
        if view != self._view:
            self._view, self._hovered = view, None
            self._renewal.start(0)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show so much less (below 1) or more of the axis; `around` stays where it is, the middle by itself."""
        if self._scene is None:
            return
        left, right = self._view or (self._scene.left, self._scene.right)
        around = (left + right) / 2 if around is None else around
        narrowest = (self._scene.whole[1] - self._scene.whole[0]) * _NARROWEST
        factor = max(factor, narrowest / (right - left))
        self.set_view((around - (around - left) * factor, around + (right - around) * factor))

    def pan(self, share: float) -> None:
        """Move by a share of what is in sight, to the right if positive."""
        if self._scene is not None:
            left, right = self._view or (self._scene.left, self._scene.right)  # keys may come faster than drawings
            step = (right - left) * share
            self.set_view((left + step, right + step))

    def render_on(self, painter: QPainter, size: QSizeF) -> None:
        """Draw it once more, without pointer and cursor, for a picture of this size."""
        scene = make_scene(self._data, self._view, self._painter.columns(size.width()))
        self._painter.paint(painter, self._painter.layout(scene, size))

    # -- Qt's events

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(480), self._theme.px(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scene is None:
            self._renew()
        scene, layout = self._scene, self._layout
        assert scene is not None
        assert layout is not None
        if self._picture is None:
            self._picture = self._drawn(scene, layout)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if scene.instead is not None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_selected(painter, scene, layout)
        if self._dragged is not None and self._pressed is not None:
            ends = sorted((self._pressed.x(), self._dragged.x()))
            self._painter.paint_band(painter, layout, *ends)
        elif self._hovered is not None:
            self._painter.paint_spot(painter, layout, self._hovered)
        elif self._cursor is not None and self.hasFocus() and self._cursor_in_sight() is not None:
            self._painter.paint_spot(painter, layout, self._cursor, ring="accent")
        if self.hasFocus():
            painter.fillRect(0, 0, self._theme.px(_FOCUS_BAR), self.height(), self._theme.color("accent"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._scene is not None:
            self._renew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._picture = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        layout, delta = self._layout, event.angleDelta()
        if layout is None or layout.scene.instead is not None:
            event.ignore()
            return
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(delta.x()) > abs(delta.y()):
            self.pan(-_PAN * (delta.x() or delta.y()) / _NOTCH)
        else:
            self.zoom(_STEP ** (delta.y() / _NOTCH), layout.across(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        scene, place = self._scene, event.position()
        pans = event.button() is Qt.MouseButton.MiddleButton or (
            event.button() is Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if scene is None or scene.instead is not None:
            return
        if pans:
            self._pans_from = (place.x(), scene.left, scene.right)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._pressed = place

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, layout = event.position(), self._layout
        if layout is None:
            return
        if self._pans_from is not None:
            x, left, right = self._pans_from
            step = (x - place.x()) * (right - left) / layout.area.width()
            self.set_view((left + step, right + step))
        elif self._pressed is not None:
            far = abs(place.x() - self._pressed.x()) >= QApplication.startDragDistance()
            if far or self._dragged is not None:
                self._dragged, self._hovered = place, None
                self.update()
        else:
            self._hover(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        layout, pressed, dragged = self._layout, self._pressed, self._dragged
        self._pressed = self._dragged = None
        if self._pans_from is not None:
            self._pans_from = None
            self.unsetCursor()
        elif layout is not None and pressed is not None and dragged is not None:
            ends = sorted((layout.across(pressed.x()), layout.across(dragged.x())))
            if ends[1] > ends[0]:
                self.set_view((ends[0], ends[1]))
        elif pressed is not None:
            self._hover(event.position())
            if self._hovered is not None and self._hovered.row is not None:
                self._set_cursor(self._hovered)
                self.row_picked.emit(self._hovered.row)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        if event.button() is Qt.MouseButton.LeftButton:
            self.set_view(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, ctrl = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        upwards = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        if sideways is not None and ctrl:
            self._step(sideways)
        elif upwards is not None and ctrl and self._scene is not None:
            self._set_cursor(spot_in_next_track(self._data, self._scene, self._cursor, upwards) or self._cursor)
        elif sideways is not None:
            self.pan(_PAN * sideways)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_STEP, self._cursor_in_sight())
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _STEP)
        elif key == Qt.Key.Key_Home:
            self.set_view(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not ctrl and self._cursor is not None:
            if self._cursor.row is not None:
                self.row_picked.emit(self._cursor.row)
        elif key == Qt.Key.Key_C and ctrl:
            self.copy_wanted.emit()
        elif key == Qt.Key.Key_S and ctrl:
            self.save_wanted.emit()
        else:
            super().keyPressEvent(event)

    # -- inside

    def _step(self, step: int) -> None:
        scene = self._scene
        if scene is None:
            return
        spot = spot_beside(self._data, scene, self._cursor, step)
        if spot is None:
            return
        if not scene.left <= spot.across <= scene.right:
            self.pan(0.5 * step)
        self._hovered = None
        self._set_cursor(spot)

    def _cursor_in_sight(self) -> float | None:
        """Where it stands, if that is shown."""
        scene, cursor = self._scene, self._cursor
        if scene is None or cursor is None or not scene.left <= cursor.across <= scene.right:
            return None
        return cursor.across

    def _set_cursor(self, spot: Spot | None) -> None:
        self._cursor = spot
        self._describe()
        self.update()

    def _describe(self) -> None:
        """What a screen reader says of the chart: the cursor's values, or what there is to see."""
        scene = self._scene
        if self._cursor is not None:
            words = self._cursor.words.replace(" · ", ", ")
        elif scene is not None and scene.instead is not None:
            words = ". ".join(scene.instead)
        else:
            words = "Ctrl with the arrow keys moves through its points"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _hover(self, place: QPointF) -> None:
        scene, layout = self._scene, self._layout
        if scene is None or layout is None or scene.instead is not None:
            return
        lane = layout.lane_at(place)
        spot = None
        if lane is not None and layout.area.adjusted(-2, 0, 2, 0).contains(place):
            reach = Reach(self._theme.px(_REACH), layout.across_scale, lane.up_scale)
            spot = spot_near(self._data, scene, lane.lane, layout.across(place.x()), lane.up(place.y()), reach)
        if spot != self._hovered:
            self._hovered = spot
            self.update()

    def _paint_selected(self, painter: QPainter, scene: Scene, layout: PlotLayout) -> None:
        row, transcript = self._selected_row, self._data.transcript
        if row is None or transcript is None or transcript.kind(row) not in self._data.kinds:
            return
        spots = spots_of_row(self._data, scene, row)
        if self._is_over_time():
            self._painter.paint_selection(painter, layout, spots, transcript.at(row))

    def _is_over_time(self) -> bool:
        return self._scene is not None and not any(layer.percentiles for layer in self._scene.layers)

    def _on_data_changed(self) -> None:
        if self._scene is not None and not self._renewal.isActive():
            self._renewal.start(_FRAME_MS if self._scene.layers else 0)

    def _on_choice_changed(self) -> None:
        self._view = self._cursor = self._hovered = None
        self._renewal.start(0)

    def _renew(self) -> None:
        self._renewal.stop()
        if not self.isVisible():
            self._scene = None  # made when it is looked at
            return
        size = QSizeF(self.size())
        self._scene = make_scene(self._data, self._view, self._painter.columns(size.width()))
        self._layout = self._painter.layout(self._scene, size)
        self._picture = None
        self._hovered = None
        self._describe()
        self.update()
        self.drawn.emit()

    def _drawn(self, scene: Scene, layout: PlotLayout) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap((QSizeF(self.size()) * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.color("panel"))
        painter = QPainter(picture)
        if scene.instead is not None:
            self._painter.paint_instead(painter, QSizeF(self.size()), *scene.instead)
        else:
            self._painter.paint(painter, layout)
        painter.end()
        return picture

    def _dress(self) -> None:
        if self._scene is not None:
            self._renew()
        self.updateGeometry()
        self.update()


def _moved_into(view: tuple[float, float], whole: tuple[float, float]) -> tuple[float, float]:
    """The same width where there is something to see."""
    width = view[1] - view[0]
    if width >= whole[1] - whole[0]:
        return whole
    left = min(max(view[0], whole[0]), whole[1] - width)
    return left, left + width
