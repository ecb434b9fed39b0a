"""Moving the rows of a list or map by their handles; no drag and drop of the system's, whose loop would hold ours."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QToolButton, QWidget

from wirelens.widgets.theme import Theme

_EDGE = 32  # pixels at the ends of what is seen: there the form scrolls while a row is dragged
_STEP_MS = 16


class RowHandle(QToolButton):
    """A click (or Space) asks for the row's menu; dragging moves the row, and Esc leaves it where it was.

    So does whatever takes the handle away: hidden or disabled it would never hear of the mouse again, and keep the
    keyboard to itself.
    """

    dragged = Signal(QPoint)  # to a place on the screen
    dropped = Signal()
    abandoned = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pressed_at: QPoint | None = None
        self._is_dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = event.globalPosition().toPoint()
        if self._pressed_at is None:
            return
        if not self._is_dragging:
            if (place - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
                return
            self._is_dragging = True
            self.grabKeyboard()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self.setDown(False)
            self._end()
            self.dropped.emit()
        else:
            self._pressed_at = None
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_dragging:
            if event.key() == Qt.Key.Key_Escape:
                self.let_go()
            return
        super().keyPressEvent(event)

    def let_go(self) -> None:
        """End a drag, if there is one, with the row where it was."""
        self._pressed_at = None
        if self._is_dragging:
            self.setDown(False)
            self._end()
            self.abandoned.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._is_dragging:
            event.accept()  # Esc is the drag's, not the call's
            return True
        return super().event(event)

    def _end(self) -> None:
        self._pressed_at, self._is_dragging = None, False
        self.releaseKeyboard()
        self.setCursor(Qt.CursorShape.OpenHandCursor)


class RowDrag(QObject):
    """One row on its way within a panel: shows where it would come to stand, and scrolls the form at its edges.

    `rows` gives (index, widget) of the rows that are built, from the top; `move` is told from where to where.
    """

    def __init__(
        self,
        theme: Theme,
        panel: QWidget,
        rows: Callable[[], Iterable[tuple[int, QWidget]]],
        move: Callable[[int, int], None],
    ) -> None:
        super().__init__(panel)
        self._theme, self._panel, self._rows, self._move = theme, panel, rows, move
        self._from: int | None = None
        self._gap: int | None = None  # the row before which the dragged one would stand
        self._place = QPoint()
        self._line: _DropLine | None = None
        self._scroll = QTimer(self, interval=_STEP_MS)
        self._scroll.timeout.connect(self._scroll_on)

    @property
    def is_under_way(self) -> bool:
        return self._from is not None

    def over(self, index: int, place: QPoint) -> None:
        """The row at `index` is held at `place` on the screen."""
        self._from, self._place = index, place
        self._scroll.start()
        self._show_gap()

    def drop(self) -> None:
        """Let it go where the line is."""
        start, gap = self._from, self._gap
        self.abandon()
        if start is not None and gap is not None:
            to = gap - 1 if gap > start else gap
            if to != start:
                self._move(start, to)

    def abandon(self) -> None:
        """Leave it where it was."""
        self._from = self._gap = None
        self._scroll.stop()
        if self._line is not None:
            self._line.hide()

    def _show_gap(self) -> None:
        y = self._panel.mapFromGlobal(self._place).y()
        self._gap, line = None, 0
        for index, row in self._rows():
            top = row.mapTo(self._panel, QPoint(0, 0)).y()
            if y < top + row.height() // 2:
                self._gap, line = index, top
                break
            self._gap, line = index + 1, top + row.height()
        if self._line is None:
            self._line = _DropLine(self._theme, self._panel)
            self._line.setObjectName("dropLine")
        self._line.setGeometry(0, max(0, line - self._theme.px(4)), self._panel.width(), self._theme.px(3))
        self._line.setVisible(self._gap is not None)
        self._line.raise_()

    def _scroll_on(self) -> None:
        area = self._panel.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is None:
            return
        y, edge = area.viewport().mapFromGlobal(self._place).y(), self._theme.px(_EDGE)
        beyond = min(0, y - edge) + max(0, y - (area.viewport().height() - edge))
        if beyond:
            bar = area.verticalScrollBar()
            bar.setValue(bar.value() + max(-edge, min(edge, beyond)) // 2)
            self._show_gap()


class _DropLine(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("accent"))
