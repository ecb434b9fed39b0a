"""Documents as tabs on a strip: one for each open call."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from wirelens.widgets.theme import Theme


class CardTabs(QTabWidget):
    """Closable, movable tabs; the current one is part of the page below it. `bar` may be a bar of one's own kind."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, bar: QTabBar | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "calls")
        if bar is not None:
            self.setTabBar(bar)
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabBar().setDrawBase(False)
        theme.follow(self, self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self.tabBar().geometry().bottom()
        painter.fillRect(QRect(0, 0, self.width(), bottom), self._theme.color("canvas"))
        painter.fillRect(QRect(0, bottom, self.width(), 1), self._theme.color("line"))
