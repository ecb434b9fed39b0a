"""Documents as tabs on a strip: one for each open call."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QToolButton, QWidget

from wirelens.widgets.theme import Theme, restyle

_WIDEST = 240
_CLOSE = 18


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
        self.setMovable(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        theme.follow(self, self._size_close_buttons)

    def tabInserted(self, index: int) -> None:
        super().tabInserted(index)
        # Not Qt's own (setTabsClosable): it measures 20 pixels at every scale, in the style's drawing or in ours.
        close = QToolButton()
        restyle(close, role="tab-close")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.setToolTip("Close the tab (Ctrl+W)")
        close.setAccessibleName("Close the tab")
        close.setFixedSize(self._close_size())
        self._theme.set_icon(close, "tab-close")
        close.clicked.connect(lambda: self._ask_to_close(close))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)

    def _size_close_buttons(self) -> None:
        bar = self.tabBar()
        for index in range(bar.count()):
            bar.tabButton(index, QTabBar.ButtonPosition.RightSide).setFixedSize(self._close_size())
            bar.setTabText(index, bar.tabText(index))  # the bar looks at its buttons' sizes when a tab is changed
        self.update()

    def _close_size(self) -> QSize:
        length = self._theme.px(_CLOSE)
        return QSize(length, length)

    def _ask_to_close(self, button: QToolButton) -> None:
        bar = self.tabBar()
        for index in range(bar.count()):
            if bar.tabButton(index, QTabBar.ButtonPosition.RightSide) is button:
                self.tabCloseRequested.emit(index)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self.tabBar().geometry().bottom()
        painter.fillRect(QRect(0, 0, self.width(), bottom), self._theme.color("canvas"))
        painter.fillRect(QRect(0, bottom, self.width(), 1), self._theme.color("line"))
