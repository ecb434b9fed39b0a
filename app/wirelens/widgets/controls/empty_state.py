"""What an empty place says: what would be here and what to do for it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wirelens.widgets.theme import Theme

_ICON = 32
_WIDEST = 420


class EmptyState(QWidget):
    """An icon, a title, a sentence with the key to press, and the buttons that get one out of here."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        sentence: str = "",
        buttons: Sequence[QPushButton] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = QLabel(self)
        self._title = QLabel(title, self)
        self._sentence = QLabel(sentence, self)
        self._sentence.setProperty("role", "muted")
        self._sentence.setWordWrap(True)
        self._row = QHBoxLayout()
        for button in buttons:
            self._row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.addStretch(2)
        for label in (self._title, self._sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)  # may name what a server calls itself
        for label in (self._icon, self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self._icon)
        self._column.addWidget(self._title)
        middle = QHBoxLayout()  # a wrapped label with a largest width is else put to the left
        middle.addStretch(1)
        middle.addWidget(self._sentence, 100)
        middle.addStretch(1)
        self._column.addLayout(middle)
        self._column.addLayout(self._row)
        self._row.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(3)
        theme.follow(self, self._dress)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_text(self, title: str, sentence: str = "") -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._dress()

    def _dress(self) -> None:
        px = self._theme.px
        size = QSize(px(_ICON), px(_ICON))
        self._icon.setPixmap(self._theme.icon(self._icon_name, "faint").pixmap(size, self.devicePixelRatioF()))
        self._title.setFont(self._theme.label_font(600, "title"))
        self._title.setVisible(bool(self._title.text()))
        self._sentence.setVisible(bool(self._sentence.text()))
        self._sentence.setMaximumWidth(px(_WIDEST))
        self._column.setContentsMargins(px(24), px(16), px(24), px(16))
        self._column.setSpacing(px(8))
        self._row.setSpacing(px(8))
        self._row.setContentsMargins(0, px(8), 0, 0)
