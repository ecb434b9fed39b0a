"""The sentence under an editor that says what is wrong with its value."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel

from wirelens.presentation.draft.paths import Path, path_text


class MistakeLine:
    """A label at the end of `column`, made when there is something to say: most fields never have one."""

    def __init__(self, path: Path, column: QBoxLayout) -> None:
        self._path = path
        self._column = column
        self._label: QLabel | None = None

    def say(self, sentence: str) -> None:
        """Show `sentence`, or nothing where it is empty."""
        if self._label is None:
            if not sentence:
                return
            self._label = self._made()
        if sentence != self._label.text():
            self._label.setText(sentence)
            self._label.setAccessibleName(sentence)
        self._label.setVisible(bool(sentence))

    def _made(self) -> QLabel:
        label = QLabel()
        label.setProperty("role", "bad")
        label.setObjectName(f"mistake:{path_text(self._path)}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._column.addWidget(label)
        return label
