"""The message that is pinned, on one line above the timeline."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from wirelens.presentation.comparison import Comparison
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme, restyle


class PinnedBar(QFrame):
    """Hidden while nothing is pinned. It stays while rows come, while they are filtered, and for the next calls."""

    compare_wanted = Signal()

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison = comparison
        self._theme = theme
        self.setObjectName("pinnedBar")
        self.setProperty("role", "top-bar")
        self._icon = QLabel(self)
        self._label = named(QLabel(self), "pinnedLabel")
        self._preview = named(ElidedLabel(), "pinnedPreview")
        restyle(self._preview, role="muted")
        self._compare = named(QPushButton("Compare", self), "pinnedCompare")
        restyle(self._compare, role="link")
        self._compare.setToolTip("Compare it with the message that is looked at, or the newest")
        self._compare.clicked.connect(self.compare_wanted)
        self._unpin = named(QToolButton(self), "pinnedUnpin")
        self._unpin.setToolTip("Unpin")
        self._unpin.setAccessibleName("Unpin the message")
        self._unpin.setProperty("role", "small")
        self._unpin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._unpin.clicked.connect(comparison.unpin)
        theme.set_icon(self._unpin, "close")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._label)
        self._row.addWidget(self._preview, 1)
        self._row.addWidget(self._compare)
        self._row.addWidget(self._unpin)
        comparison.pin_changed.connect(self._show)
        theme.follow(self, self._dress)
        self._show()

    def _show(self) -> None:
        pinned = self._comparison.pinned
        self.setVisible(pinned is not None)
        if pinned is None:
            return
        self._label.setText(pinned.label)
        self._preview.setText(pinned.preview)
        self.setAccessibleName(f"Pinned message {pinned.label}")

    def _dress(self) -> None:
        px = self._theme.px
        self._icon.setPixmap(self._theme.icon("pin", "link").pixmap(QSize(px(16), px(16)), self.devicePixelRatioF()))
        self._label.setFont(self._theme.data_font())
        self._preview.setFont(self._theme.data_font())
        self._row.setContentsMargins(px(12), px(2), px(8), px(2))
        self._row.setSpacing(px(8))
