"""Says what went wrong beside its cause, and what to do next; never a pop-up."""

from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from wirelens.engine.errors import WirelensError
from wirelens.widgets.controls.wrapping_label import WrappingLabel
from wirelens.widgets.theme import Theme, restyle

Kind = Literal["bad", "warn", "good", "info"]

_ICONS = {"bad": ("error", "bad"), "warn": ("warning", "warn"), "good": ("success", "good"), "info": ("info", "link")}


class InlineMessage(QFrame):
    """A strip with an icon, a sentence, the place it speaks of, the next step and at most one action.

    Hidden until it has something to say. `acted` comes when its action is pressed, `dismissed` when it is closed.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, can_dismiss: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind: Kind = "info"
        self._icon = QLabel(self)
        self._message = WrappingLabel(parent=self)
        self._place = WrappingLabel(parent=self)
        self._next_step = WrappingLabel(parent=self)
        self._next_step.setProperty("role", "muted")
        self._action = QPushButton(self)
        self._action.clicked.connect(self.acted)
        self._close = QToolButton(self)
        self._close.setProperty("role", "small")
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self._on_close)
        theme.set_icon(self._close, "close")
        self._lay_out()
        self._close.setVisible(can_dismiss)  # once it has its place: without a parent it would be a window of its own
        self.hide()
        theme.follow(self, self._dress)

    @property
    def text(self) -> str:
        return self._message.text()

    def show_error(self, error: WirelensError, action: str = "") -> None:
        self.show_message("bad", error.message, place=error.place, next_step=error.next_step, action=action)

    def show_message(self, kind: Kind, message: str, *, place: str = "", next_step: str = "", action: str = "") -> None:
        """`action` is the label of the button, none where it is empty."""
        self._kind = kind
        for label, text in ((self._message, message), (self._place, place), (self._next_step, next_step)):
            label.setText(text)
            label.setVisible(bool(text))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(message)
        restyle(self, role=f"message-{kind}")
        self._dress()
        self.show()

    def clear(self) -> None:
        self._message.setText("")
        self.hide()

    def _lay_out(self) -> None:
        self._words = QVBoxLayout()
        for label in (self._message, self._place, self._next_step):
            self._words.addWidget(label)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._words, 1)
        self._row.addWidget(self._action, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def _on_close(self) -> None:
        self.clear()
        self.dismissed.emit()

    def _dress(self) -> None:
        px = self._theme.px
        self._icon.setFixedSize(px(16), px(20))
        size = QSize(px(16), px(16))
        self._icon.setPixmap(self._theme.icon(*_ICONS[self._kind]).pixmap(size, self.devicePixelRatioF()))
        self._message.setFont(self._theme.label_font(500))
        self._place.setFont(self._theme.data_font())
        self._row.setContentsMargins(px(12), px(8), px(8), px(8))
        self._row.setSpacing(px(8))
        self._words.setSpacing(px(2))
