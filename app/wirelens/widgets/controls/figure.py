"""A number over the word that says what it counts."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wirelens.widgets.controls.running_label import RunningLabel
from wirelens.widgets.theme import Theme


class Figure(QWidget):
    """`84 ms` over `first token`; digits have one width, so a number that runs does not shake its neighbours."""

    def __init__(self, theme: Theme, caption: str, value: str = "–", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = RunningLabel(theme, size="figure", weight=600, parent=self)
        self._value.setText(value)
        self._caption = QLabel(caption)
        self._caption.setProperty("role", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._value)
        column.addWidget(self._caption)
        self._say()

    @property
    def value(self) -> str:
        return self._value.text()

    @property
    def caption(self) -> str:
        return self._caption.text()

    def set_value(self, value: str) -> None:
        if value != self._value.text():
            self._value.setText(value)
            self._say()

    def start_anew(self) -> None:
        """Take no more room than the present value needs, and then the next one."""
        self._value.start_anew()

    def set_caption(self, caption: str) -> None:
        self._caption.setText(caption)
        self._say()

    def _say(self) -> None:
        self.setAccessibleName(f"{self.caption}: {self.value}")
