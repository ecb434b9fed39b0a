"""Colours JSON in a text editor, only the lines in sight, so that a megabyte costs what a page does."""

import re

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.widgets.theme import Theme

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*"?)(?P<colon>\s*:)?'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<keyword>\b(?:true|false|null)\b)"
)
_LONGEST_LINE = 20_000  # characters; what comes after stays plain


class JsonHighlighter(QObject):
    """JSON has no token that spans lines, so each line is coloured by itself when it is first seen."""

    def __init__(self, editor: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(editor)
        self._editor = editor
        self._theme = theme
        self._generation = 0
        self._formats: dict[str, QTextCharFormat] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.highlight)
        editor.updateRequest.connect(lambda _area, _dy: self._soon.start())
        editor.document().contentsChange.connect(lambda _at, _removed, _added: self._soon.start())
        theme.follow(self, self._dress)

    def highlight(self) -> None:
        """Colour the lines in sight that have changed since they were coloured."""
        editor = self._editor
        block = editor.firstVisibleBlock()
        bottom = editor.viewport().height()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        changed = False
        while block.isValid() and top <= bottom:
            state = hash((block.text(), self._generation)) & 0x3FFFFFFF
            if block.userState() != state:
                block.layout().setFormats(self._spans(block))
                block.setUserState(state)
                changed = True
            top += editor.blockBoundingRect(block).height()
            block = block.next()
        if changed:
            editor.viewport().update()

    def _spans(self, block: QTextBlock) -> list[QTextLayout.FormatRange]:
        spans = []
        for found in _TOKEN.finditer(block.text()[:_LONGEST_LINE]):
            role = "key" if found["colon"] is not None else str(found.lastgroup)
            start, end = found.span("string" if found["string"] is not None else 0)
            span = QTextLayout.FormatRange()
            span.start, span.length, span.format = start, end - start, self._formats[role]
            spans.append(span)
        return spans

    def _dress(self) -> None:
        for name in ("key", "string", "number", "keyword"):
            made = QTextCharFormat()
            made.setForeground(self._theme.color(f"syntax_{name}"))
            self._formats[name] = made
        self._generation += 1
        self._soon.start()
