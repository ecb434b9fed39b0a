"""The bytes that are selected, in words: the field, its type and value, and the messages around it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from wirelens.engine.messages.wire.places import WirePath
from wirelens.presentation.wire import AnnotatedBytes
from wirelens.presentation.wire.byte_spans import ByteSpan
from wirelens.presentation.wire.byte_words import outline_of, wire_path_text
from wirelens.widgets.theme import Theme


class SpanWordsPanel(QScrollArea):
    """Says what the byte at the cursor is."""

    def __init__(self, shown: AnnotatedBytes, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._theme = shown, theme
        self._offset = -1
        self.setObjectName("wireWords")
        self.setAccessibleName("What the selected bytes are")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        page = QWidget()
        page.setProperty("role", "page")
        self._path, self._facts, self._remarks, self._outline = (QLabel(page) for _ in range(4))
        self._path.setProperty("role", "strong")
        self._remarks.setProperty("role", "warn")
        self._outline.setProperty("role", "muted")
        self._column = QVBoxLayout(page)
        for label in (self._path, self._facts, self._remarks, self._outline):
            label.setTextFormat(Qt.TextFormat.PlainText)  # values are the person's or a server's
            label.setWordWrap(label is not self._outline)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(label)
        self._column.addStretch(1)
        self.setWidget(page)
        theme.follow(self, self._dress)

    @property
    def text(self) -> str:
        """All that is said."""
        labels = (self._path, self._facts, self._remarks, self._outline)
        return "\n".join(label.text() for label in labels if label.text())

    def show_byte(self, offset: int) -> None:
        """Say what the byte at `offset` is; behind the last one there is nothing to say."""
        self._offset = offset
        words = self._shown.words_at(offset)
        if words is None:
            self._say("Behind the last byte" if self._shown.size else "", "", "", "")
            return
        facts = "   ".join(f"{label} {text}" for label, text in words.facts if label != "Value")
        value = next((text for label, text in words.facts if label == "Value"), "")
        span = self._shown.span_at(offset)
        self._say(
            " · ".join(text for text in (words.path, words.part) if text),
            f"{facts}\n{value}".strip(),
            "\n".join(words.remarks),
            _outline_text(span) if span is not None and span.holders else "",
        )
        self._shown.find_path(offset, lambda path: self._take_path(offset, path, words.part))

    def _take_path(self, offset: int, path: WirePath, part: str) -> None:
        """With the positions in lists, which take reading all that is before."""
        if offset == self._offset and path and part:
            self._path.setText(f"{wire_path_text(path)} · {part}")

    def _say(self, *texts: str) -> None:
        for label, text in zip((self._path, self._facts, self._remarks, self._outline), texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(8), px(16), px(8))
        self._column.setSpacing(px(4))
        for label in (self._path, self._facts, self._outline):
            label.setFont(self._theme.data_font(500 if label is self._path else 400))


def _outline_text(span: ByteSpan) -> str:
    return "\n".join("    " * depth + text for depth, text in outline_of(span))
