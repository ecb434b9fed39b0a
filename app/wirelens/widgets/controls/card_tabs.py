"""Documents as tabs on a strip: one for each open call."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from wirelens.widgets.theme import Theme

_WIDEST = 240


class CardTabBar(QTabBar):
    """Tabs keep their width and the bar scrolls; only a very long name ends in an ellipsis."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)

    def tabSizeHint(self, index: int) -> QSize:
        hint = super().tabSizeHint(index)
        return QSize(min(hint.width(), self._theme.px(_WIDEST)), hint.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)


class CardTabs(QTabWidget):
    """Closable, movable tabs; the current one is part of the page below it. `bar` may be a bar of one's own kind."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, bar: CardTabBar | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "calls")
        self.setTabBar(bar or CardTabBar(theme))
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        theme.follow(self, self._renew_close_buttons)

    def _renew_close_buttons(self) -> None:
        # Qt sizes the close buttons when it makes them, and never again.
        self.setTabsClosable(False)
        self.setTabsClosable(True)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self.tabBar().geometry().bottom()
        painter.fillRect(QRect(0, 0, self.width(), bottom), self._theme.color("canvas"))
        painter.fillRect(QRect(0, bottom, self.width(), 1), self._theme.color("line"))
