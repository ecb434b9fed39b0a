"""Keeps the outline of a JSON text in step with the document that somebody types in."""

import itertools

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from wirelens.presentation.draft.json_outline import JsonOutline
from wirelens.widgets.controls.text_marks import character_count, utf16_length

_TURN = 0.004  # seconds of summing up in one turn of the event loop
_ONE_BY_ONE = 200  # lines that are asked of the document singly


class DocumentOutline(QObject):
    """Lines and columns are counted in characters here, positions of the document in UTF-16 units."""

    changed = Signal(int, int, int)  # from which line on, how many lines went, how many came
    rewritten = Signal(int, int)  # from which line on, how many lines the document has anew, be they other ones or not
    completed = Signal()  # all of a large text has been looked through

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self.outline = JsonOutline()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._advance)
        document.contentsChange.connect(self._on_contents_change)

    def place(self, position: int) -> tuple[int, int]:
        """Line and column of a position, 0-based."""
        block = self._document.findBlock(position)
        return block.blockNumber(), character_count(block.text(), position - block.position())

    def position(self, line: int, column: int) -> int:
        """The position of a line and column."""
        block = self._document.findBlockByNumber(line)
        return block.position() + utf16_length(block.text()[:column])

    def _on_contents_change(self, position: int, _removed: int, added: int) -> None:
        document, outline = self._document, self.outline
        block = document.findBlock(position)
        end = min(position + added, document.characterCount() - 1)
        first, last = block.blockNumber(), document.findBlock(end).blockNumber()
        came = last - first + 1
        went = came - (document.blockCount() - outline.line_count)
        if not block.isValid() or went < 1 or first + went > outline.line_count:
            block = document.begin()
            first, came, went = 0, document.blockCount(), outline.line_count
        if came > _ONE_BY_ONE:
            cursor = QTextCursor(block)
            last_block = document.findBlockByNumber(first + came - 1)
            cursor.setPosition(last_block.position() + last_block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
            lines = cursor.selectedText().split("\u2029")
        else:
            lines = []
            for _ in range(came):
                lines.append(block.text())
                block = block.next()
        # Qt tells of more than what differs
        before = list(itertools.islice(outline.lines(first), went))
        same = _common_start(before, lines)
        behind = _common_start(before[same:][::-1], lines[same:][::-1])
        if same + behind < max(went, came):
            new = lines[same : came - behind]
            outline.replace_lines(first + same, went - same - behind, new)
            self._soon.start()
            self.changed.emit(first + same, went - same - behind, len(new))
        self.rewritten.emit(first, came)

    def _advance(self) -> None:
        if self.outline.advance(_TURN):
            self.completed.emit()
        else:
            self._soon.start()


def _common_start(first: list[str], second: list[str]) -> int:
    """How many lines two texts begin with in common."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(first), len(second)))
