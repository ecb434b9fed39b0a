"""One of a few, all in sight: the members of a oneof, the ways to read bytes."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton, QSizePolicy, QWidget

from wirelens.widgets.controls.flow_layout import FlowLayout
from wirelens.widgets.theme import Theme


class SegmentedChoice(QWidget):
    """A row of segments (more rows where the width asks for it), of which at most one is chosen.

    `chosen` is said with the key when the person chooses; `set_current` says nothing.
    The arrow keys move the choice, Tab leaves it.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_clicked)
        self._row = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.follow(self, self._dress)

    @property
    def current(self) -> str | None:
        checked = self._group.checkedButton()
        return next((key for key, button in self._buttons.items() if button is checked), None)

    @property
    def keys(self) -> list[str]:
        return list(self._buttons)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """(key, label) pairs in order; the current one stays if it is still among them."""
        current = self.current
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for key, label in choices:
            self.add_choice(key, label)
        self.set_current(current if current in self._buttons else None)

    def add_choice(self, key: str, label: str, tool_tip: str = "") -> None:
        button = QPushButton(label, self)
        button.setProperty("role", "segment")
        button.setCheckable(True)
        button.setToolTip(tool_tip)
        self._buttons[key] = button
        self._group.addButton(button)
        self._row.addWidget(button)

    def set_current(self, key: str | None) -> None:
        """None lifts the choice. KeyError for a key that was never added."""
        if key is not None:
            self._buttons[key].setChecked(True)
        elif (checked := self._group.checkedButton()) is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)

    def button(self, key: str) -> QPushButton:
        return self._buttons[key]

    def _on_clicked(self, clicked: QAbstractButton) -> None:
        for key, button in self._buttons.items():
            if button is clicked:
                self.chosen.emit(key)
                return

    def _dress(self) -> None:
        self._row.setSpacing(self._theme.px(4))
        self.updateGeometry()
