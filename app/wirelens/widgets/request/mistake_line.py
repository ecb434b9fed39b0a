"""The sentences under an editor: what is wrong with its value, or which rule the value breaks."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel

from wirelens.presentation.draft.paths import Path, path_text


class MistakeLine:
    """Labels at the end of `column`, made when there is something to say: most fields never have one."""

    def __init__(self, path: Path, column: QBoxLayout) -> None:
        self._path = path
        self._column = column
        self._labels: dict[str, QLabel] = {}

    def say(self, mistake: str, rule: str = "") -> None:
        """Show what is wrong, or else the broken rule, which keeps nothing from being sent; or nothing."""
        self._show("mistake", "bad", mistake)
        self._show("rule", "warn", f"Rule: {rule}" if rule and not mistake else "")

    def _show(self, name: str, role: str, sentence: str) -> None:
        label = self._labels.get(name)
        if label is None:
            if not sentence:
                return
            label = self._labels[name] = self._made(name, role)
        if sentence != label.text():
            label.setText(sentence)
            label.setAccessibleName(sentence)
        label.setVisible(bool(sentence))

    def _made(self, name: str, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setObjectName(f"{name}:{path_text(self._path)}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._column.addWidget(label)
        return label
