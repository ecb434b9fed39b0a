"""Pages behind underlined words: Form, JSON, Metadata; Text, Tree, Headers."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QTabWidget, QWidget

from wirelens.widgets.theme import Theme

_HEIGHT = 34
_GAP = 14
_NOTE_GAP = 5
_EDGE = 16
_UNDERLINE = 2


class PageTabBar(QTabBar):
    """Words on a line; the current one is bold and underlined. A note beside a word says how much is behind it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.follow(self, self._measure_anew)

    def note(self, index: int) -> str:
        return self.tabData(index) or ""

    def set_note(self, index: int, note: str) -> None:
        if note != self.note(index):
            self.setTabData(index, note)
            self._measure_anew()

    def tabSizeHint(self, index: int) -> QSize:
        px = self._theme.px
        width = self._word_width(index) + px(_GAP)
        if note := self.note(index):
            width += px(_NOTE_GAP) + QFontMetrics(self._theme.label_font()).horizontalAdvance(note)
        return QSize(width, px(_HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        hovered = self.tabAt(self.mapFromGlobal(self.cursor().pos())) if self.underMouse() else -1
        for index in range(self.count()):
            self._paint_tab(painter, index, is_hovered=index == hovered)

    def _paint_tab(self, painter: QPainter, index: int, *, is_hovered: bool) -> None:
        theme, px = self._theme, self._theme.px
        is_current = index == self.currentIndex()
        area = self._words_area(index)
        role = "text" if is_current or is_hovered else "muted"
        if not self.isTabEnabled(index):
            role = "faint"
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.label_font(600 if is_current else 400))
        painter.setPen(theme.color(role))
        painter.drawText(area, middle, self._word(index))
        if note := self.note(index):
            painter.setFont(theme.label_font())
            painter.setPen(theme.color("muted"))
            painter.drawText(area.adjusted(self._word_width(index) + px(_NOTE_GAP), 0, 0, 0), middle, note)
        if is_current:
            line = QRect(area.left(), self.height() - px(_UNDERLINE), area.width(), px(_UNDERLINE))
            painter.fillRect(line, theme.color("accent"))
            if self.hasFocus():
                painter.setPen(theme.color("accent"))
                painter.drawRoundedRect(area.adjusted(-px(5), px(5), px(4), -px(6)), px(4), px(4))

    def _words_area(self, index: int) -> QRect:
        half = self._theme.px(_GAP) // 2
        return self.tabRect(index).adjusted(half, 0, half - self._theme.px(_GAP), 0)

    def _word(self, index: int) -> str:
        """The text without the marks of its mnemonic."""
        return self.tabText(index).replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _word_width(self, index: int) -> int:
        """Room for the bold word, so that choosing a page moves no other."""
        return QFontMetrics(self._theme.label_font(600)).horizontalAdvance(self._word(index))

    def _measure_anew(self) -> None:
        """Qt lays tabs out again when a text is set, and offers no other way to ask for it."""
        if self.count():
            self.setTabText(0, self.tabText(0))


class PageTabs(QTabWidget):
    """A QTabWidget with such a bar, and a thin line under the whole of it.

    A small widget for the bar's right end goes through `setCornerWidget`.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = PageTabBar(theme, self)
        self.setProperty("role", "pages")
        self.setTabBar(self._bar)
        self.setDocumentMode(True)
        theme.follow(self, self.update)

    @property
    def pages(self) -> QWidget:
        """What Qt makes the parent of each page; a page that is made with it need not be dressed twice."""
        pages = self.findChild(QStackedWidget)
        assert pages is not None, "every QTabWidget has one"
        return pages

    def set_note(self, page: QWidget, note: str) -> None:
        """Say beside the page's word how much is behind it ("2", "96 B")."""
        index = self.indexOf(page)
        if index >= 0:
            self._bar.set_note(index, note)

    def note(self, page: QWidget) -> str:
        return self._bar.note(self.indexOf(page))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self._bar.geometry().bottom()
        painter.fillRect(QRect(0, bottom, self.width(), 1), self._theme.color("line"))
