"""Text of any kind in a narrow place: addresses and paths break where words alone would be cut off."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from wirelens.widgets.controls.menus import new_menu

_BREAK = "\u200b"  # zero width space: a line may end there
_LONG_WORD = re.compile(r"\S{16,}")
_AFTER = re.compile(r"([/\\:.,;=_@&?-])")
_PIECE = 16  # characters after which a word without any such mark breaks all the same


class WrappingLabel(QLabel):
    """A selectable label of plain text. What `text` says and what is copied has none of the breaks."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str, /) -> None:
        self._text = text
        super().setText(_LONG_WORD.sub(lambda word: _with_breaks(word.group()), text))

    def selectedText(self) -> str:
        return super().selectedText().replace(_BREAK, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = new_menu(self)
        menu.addAction("Copy", self._copy)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        """What is selected, else everything."""
        QGuiApplication.clipboard().setText(self.selectedText() or self._text)


def _with_breaks(word: str) -> str:
    pieces = _AFTER.sub(rf"\1{_BREAK}", word).split(_BREAK)
    return _BREAK.join(
        piece[start : start + _PIECE] for piece in pieces for start in range(0, max(len(piece), 1), _PIECE)
    ).rstrip(_BREAK)
