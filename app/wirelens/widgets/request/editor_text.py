"""The text of an editor as Python has it, in step with the document without copying a megabyte at each letter."""

import re
import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.presentation.draft.long_strings import LONGEST
from wirelens.presentation.draft.text_difference import Difference
from wirelens.widgets.controls.text_marks import utf16_length

_AT_ONCE = 64 * 1024  # characters that are put in like any other text
_SLICE = 16 * 1024  # characters fed to the document at a time; Qt takes 1 ms for them
_TURN = 0.003  # seconds of feeding between two frames; who follows the document takes as long again

# A document breaks the line at these, all of which may stand in a JSON string as they are. What stands in for them are
# noncharacters, which Unicode keeps out of texts.
_STAND_INS = {0x2028: "\ufdd8", 0x2029: "\ufdd9", 0xFDD0: "\ufdda", 0xFDD1: "\ufddb"}
_STOOD_FOR = {ord(other): chr(one) for one, other in _STAND_INS.items()}
_BREAKS = re.compile("[\u2028\u2029\ufdd0\ufdd1]")


class EditorText(QObject):
    """Follows what is typed, and changes the document by no more than what differs.

    So cursor, selection and scroll bar stay. Long texts are fed to the document in slices between two frames; `text`
    is the whole of it from the beginning. `edited` follows what the person changes, not what `replace` does, and says
    whether it was typed.

    Characters that a document takes for an end of a line are kept as others that stand in for them.
    """

    edited = Signal(bool)
    written = Signal()  # all of a long text is in the document

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._document = editor.document()
        self._text: str | None = ""
        self._is_wide = False  # characters beyond the basic plane: positions of the document are then other numbers
        self._is_writing = False
        self._is_inserting = False
        self._has_stand_ins = False
        self._waiting: list[str | int] = []  # what to put in or how much to take out at `_place`, the last one first
        self._place = QTextCursor(self._document)
        self.may_have_long_lines = False
        self._feed_soon = QTimer(self, singleShot=True, interval=0)
        self._feed_soon.timeout.connect(self._feed)
        self._document.contentsChange.connect(self._on_contents_change)
        editor.textChanged.connect(self._on_text_changed)

    @property
    def text(self) -> str:
        """The text; unlike toPlainText it keeps no-break spaces."""
        if self._text is None:
            self._text = self._as_written(self._document.toRawText())
            self._is_wide = len(self._text) != self._document.characterCount() - 1
            self.may_have_long_lines = True
        return self._text

    @property
    def is_written(self) -> bool:
        """Whether all of the text is in the document, so that any place of it can be marked."""
        return not self._waiting

    def position(self, offset: int) -> int:
        """Where a character of the text is in the document, which counts UTF-16 units."""
        text = self.text
        return utf16_length(text[:offset]) if self._is_wide else min(offset, len(text))

    def selected(self) -> str:
        """The part of the text that the person has selected, letter for letter."""
        return self._as_written(self._editor.textCursor().selectedText())

    def replace(self, text: str) -> None:
        """Make `text` the editor's text by replacing the part that differs."""
        if self._text == text:  # what is waiting leads there
            return
        if self._waiting:
            self._stop_feeding()
        before = self.text
        if before == text:
            return
        difference = Difference.between(before, text)
        cursor = QTextCursor(self._document)
        cursor.setPosition(self.position(difference.start))
        cursor.setPosition(self.position(difference.end_before), QTextCursor.MoveMode.KeepAnchor)
        self._write(cursor, text[difference.start : difference.end_after], text)

    def insert(self, cursor: QTextCursor, text: str) -> None:
        """Put `text` in the place of what `cursor` selects; it is an edit by itself, however short."""
        self.finish()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if max(len(text), end - start) <= _AT_ONCE:
            self._is_inserting = True
            cursor.insertText(self._with_stand_ins(text))
            self._is_inserting = False
            return
        text = self._without_stand_ins(text)
        before = self.text
        if self._is_wide:
            units = before.encode("utf-16-le", "surrogatepass")
            start, end = (len(units[: 2 * each].decode("utf-16-le", "surrogatepass")) for each in (start, end))
        self._write(cursor, text, f"{before[:start]}{text}{before[end:]}")
        self.edited.emit(False)

    def finish(self) -> None:
        """Feed at once what is waiting: somebody goes on typing."""
        while self._waiting:
            self._feed()

    def _write(self, cursor: QTextCursor, part: str, whole: str) -> None:
        """Put `part` in the place of what `cursor` selects; the text is then `whole`."""
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        steps: list[str | int] = [min(_SLICE, end - place) for place in range(start, end, _SLICE)]
        self._waiting = [*steps, *_slices(self._with_stand_ins(part))][::-1]
        self._place = QTextCursor(cursor)
        self._place.setPosition(start)
        self._text = whole
        self._is_wide = self._is_wide or utf16_length(part) != len(part)
        self.may_have_long_lines = self.may_have_long_lines or len(part) > LONGEST
        self._feed()

    def _feed(self) -> None:
        """As much as a frame bears; a short text is taken out and another put in without a frame between them."""
        place = self._place
        self._is_writing = True
        place.beginEditBlock()
        size = 0
        enough = time.perf_counter() + _TURN
        while self._waiting and (size < _SLICE or (size < _AT_ONCE and time.perf_counter() < enough)):
            step = self._waiting.pop()
            if isinstance(step, int):
                place.setPosition(place.position() + step, QTextCursor.MoveMode.KeepAnchor)
                place.removeSelectedText()
                size += step
            else:
                place.insertText(step)
                size += len(step)
        place.endEditBlock()
        self._is_writing = False
        if self._waiting:
            self._feed_soon.start()
        else:
            self.written.emit()

    def _stop_feeding(self) -> None:
        self._waiting.clear()
        self._feed_soon.stop()
        self._text = None

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        if self._is_writing:
            return
        length = self._document.characterCount() - 1
        if self._waiting and position == 0 and removed >= length - added + removed:
            self._stop_feeding()  # all was replaced, and what was to come with it
        if self._waiting or self._is_wide or self._text is None:
            self._text = None
            return
        cursor = QTextCursor(self._document)
        cursor.setPosition(position)
        cursor.setPosition(min(position + added, length), QTextCursor.MoveMode.KeepAnchor)
        part = self._as_written(cursor.selectedText())
        text = f"{self._text[:position]}{part}{self._text[position + removed :]}"
        is_long = len(part) > LONGEST or self._document.findBlock(position).length() > LONGEST
        self.may_have_long_lines = self.may_have_long_lines or is_long
        # Qt counts the end of the document too where all of it was replaced.
        self._text = text if len(text) == length else None

    def _on_text_changed(self) -> None:
        if not self._is_writing:
            self.finish()  # a hand that did not wait
            self.edited.emit(not self._is_inserting)

    def _with_stand_ins(self, text: str) -> str:
        if text.isascii() or not _BREAKS.search(text):
            return text
        self._has_stand_ins = True
        return text.translate(_STAND_INS)

    def _as_written(self, raw: str) -> str:
        """The text of what the document has."""
        return self._without_stand_ins(raw.replace("\u2029", "\n"))

    def _without_stand_ins(self, text: str) -> str:
        return text.translate(_STOOD_FOR) if self._has_stand_ins else text


def _slices(text: str) -> list[str]:
    """`text` in pieces, cut at line ends where there are any."""
    slices = []
    start = 0
    while len(text) - start > _SLICE:
        end = text.rfind("\n", start + _SLICE // 2, start + _SLICE) + 1 or start + _SLICE
        slices.append(text[start:end])
        start = end
    return [*slices, text[start:]]
