"""Bytes of a message with what has to be said of them: above, a problem; below, the words or sizes of their fields."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.presentation.wire import AnnotatedBytes
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.size_table import SizeTable
from wirelens.widgets.controls.span_words_panel import SpanWordsPanel
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.theme import Theme

_HEX_PART, _WORDS_PART = 3, 1


class BytesPage(QWidget):
    """What the request as bytes and an answer as bytes have in common.

    The foot holds a line of words, then what the page adds (`add_to_foot`), the button `by_size` and a menu, which
    `fill_bytes_menu` fills each time it opens.
    """

    size_chosen = Signal(str)  # the field at the top of the message whose size the person went to

    def __init__(self, shown: AnnotatedBytes, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hex = HexView(shown, theme, self)
        self.words = SpanWordsPanel(shown, theme, self)
        self._sizes: SizeTable | None = None
        self.problem = InlineMessage(theme, self, can_dismiss=False)
        self.foot_words = QLabel(self)
        self.foot_words.setTextFormat(Qt.TextFormat.PlainText)
        self.by_size = self.foot_button("Sizes", "quiet", self._choose_panel)
        self.by_size.setCheckable(True)
        self.by_size.setToolTip("Show how large each field is")
        self.bytes_button = QToolButton(self)
        self.bytes_button.setText("Bytes")
        self.bytes_button.setProperty("role", "menu")
        self.bytes_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.bytes_button)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: self.fill_bytes_menu(menu))
        self.bytes_button.setMenu(menu)
        self._lay_out()
        pass_focus_on(self, self.hex)
        theme.follow(self, self._dress_frame)

    @property
    def sizes(self) -> SizeTable:
        """The fields by size; made when first wanted, as a tab should open at once."""
        if self._sizes is None:
            self._sizes = SizeTable(self._theme, self._panels)
            self._sizes.chosen.connect(self.size_chosen)
            self._panels.addWidget(self._sizes)
        return self._sizes

    def foot_button(self, text: str, role: str, act: Callable[[], None]) -> QPushButton:
        """A button for the foot."""
        button = QPushButton(text, self)
        button.setProperty("role", role)
        button.clicked.connect(act)
        return button

    def add_to_foot(self, *widgets: QWidget) -> None:
        """Put them between the words and the buttons that every page has."""
        for widget in widgets:
            self._foot.insertWidget(self._foot.count() - 2, widget)
        for before, behind in ((widgets[-1], self.by_size), (self.by_size, self.bytes_button)):
            QWidget.setTabOrder(before, behind)

    def add_above(self, widget: QWidget) -> None:
        """Put it above everything."""
        self._column.insertWidget(0, widget)

    def fill_bytes_menu(self, menu: QMenu) -> None:
        """What can be done with all of the bytes; each page adds its own."""

    # -- inside

    def _choose_panel(self) -> None:
        self._panels.setCurrentWidget(self.sizes if self.by_size.isChecked() else self.words)

    def _lay_out(self) -> None:
        self._panels = QStackedWidget(self)
        self._panels.addWidget(self.words)
        splitter = Splitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(self.hex)
        splitter.addWidget(self._panels)
        splitter.setStretchFactor(0, _HEX_PART)
        splitter.setStretchFactor(1, _WORDS_PART)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.foot_words, 1)
        self._foot.addWidget(self.by_size)
        self._foot.addWidget(self.bytes_button)
        line = QFrame(self)
        line.setProperty("role", "line")
        self._top = QVBoxLayout()
        self._top.addWidget(self.problem)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addWidget(splitter, 1)
        column.addWidget(line)
        column.addLayout(self._foot)

    def _dress_frame(self) -> None:
        px = self._theme.px
        self._foot.setContentsMargins(px(16), px(4), px(8), px(4))
        self._foot.setSpacing(px(8))
        self._top.setContentsMargins(px(8), 0, px(8), 0)
