"""The sentence under an editor that says what is wrong with its value."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from wirelens.presentation.draft.paths import Path, path_text


class MistakeLine(QLabel):
    """Takes no room while nothing is wrong."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bad")
        self.setObjectName(f"mistake:{path_text(path)}")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show `sentence`, or nothing where it is empty."""
        if sentence != self.text():
            self.setText(sentence)
            self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
