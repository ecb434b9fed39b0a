"""How the JSON editor helps while one types: brackets and quotes come in pairs, lines are indented."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.presentation.draft.json_tokens import PARTNERS, TokenKind
from wirelens.widgets.request.document_outline import DocumentOutline

_REMEMBERED = 20  # closing ends that came by themselves
_BLANKS = " \t\u2029"
_FARTHEST = 400  # blanks between the cursor and a closing end that is typed over
_CLOSERS = {"{": "}", "[": "]", '"': '"'}


class JsonTyping:
    """Takes the keys that mean more than their letter.

    A closing end is only ever typed over where it came by itself; what somebody wrote is never swallowed.
    """

    def __init__(self, editor: QPlainTextEdit, lines: DocumentOutline) -> None:
        self._editor = editor
        self._lines = lines
        self._own: list[QTextCursor] = []  # each before a closing end that came by itself

    def take(self, event: QKeyEvent) -> bool:
        """Do what the key means; False where it is a key like any."""
        act = self._meaning(event)
        return act is not None and act()

    def remember_closer(self) -> None:
        """The closing end behind the cursor came by itself."""
        cursor = QTextCursor(self._editor.textCursor())
        if self._letter(cursor.position()) in _CLOSERS.values():
            self._own = [*self._own[-_REMEMBERED:], cursor]

    def _meaning(self, event: QKeyEvent) -> Callable[[], bool] | None:
        key, modifiers, text = event.key(), event.modifiers(), event.text()
        plain = not modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers & ~Qt.KeyboardModifier.KeypadModifier:
            return self._break_line
        if key == Qt.Key.Key_Backspace and plain:
            return self._take_pair_away
        if text in ("}", "]"):
            return lambda: self._type_over(text) or self._close_on_own_line(text)
        if text == '"':
            return lambda: self._type_over(text) or self._open(text)
        if text in ("{", "["):
            return lambda: self._open(text)
        return None

    # -- opening

    def _open(self, letter: str) -> bool:
        """Put a pair around the selection, or the closing end behind the cursor where nothing stands in its way."""
        cursor = self._editor.textCursor()
        place = self._place_of(cursor.selectionStart())
        if place is None or (place == "string" and letter == '"'):
            return False
        if cursor.hasSelection():
            self._surround(cursor, letter)
            return True
        if place or not self._is_free(cursor.position(), letter):
            return False
        cursor.insertText(letter + _CLOSERS[letter])
        cursor.movePosition(QTextCursor.MoveOperation.Left)
        self._editor.setTextCursor(cursor)
        self.remember_closer()
        return True

    def _surround(self, cursor: QTextCursor, letter: str) -> None:
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        edit = QTextCursor(self._editor.document())
        edit.beginEditBlock()
        edit.setPosition(end)
        edit.insertText(_CLOSERS[letter])
        edit.setPosition(start)
        edit.insertText(letter)
        edit.endEditBlock()
        cursor.setPosition(start + 1)
        cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)

    def _is_free(self, position: int, letter: str) -> bool:
        """Whether a closing end may stand at a position: nothing follows that it would run into."""
        following = self._letter(position)
        before = self._letter(position - 1) if position else ""
        if letter == '"' and (before.isalnum() or before in ('"', "\\", "_")):
            return False
        return not following or following in _BLANKS or following in "}],"

    # -- closing

    def _type_over(self, letter: str) -> bool:
        """Step over a closing end that came by itself; blank lines between go, as they were made for more."""
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return False
        start = end = cursor.position()
        while letter != '"' and self._letter(end) in _BLANKS and self._letter(end) and end - start < _FARTHEST:
            end += 1
        own = next((each for each in self._own if each.position() == end), None)
        if own is None or self._letter(end) != letter or self._is_escaped(start, letter):
            return False
        closing = self._editor.document().findBlock(end)
        if closing != cursor.block():
            if cursor.block().text()[: cursor.positionInBlock()].strip():
                return False  # something stands before the cursor: its line is not blank
            cursor.setPosition(cursor.block().position())
            cursor.setPosition(closing.position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            cursor.setPosition(own.position())
        else:
            cursor.setPosition(end)
        self._own.remove(own)
        cursor.movePosition(QTextCursor.MoveOperation.Right)
        self._editor.setTextCursor(cursor)
        return True

    def _close_on_own_line(self, letter: str) -> bool:
        """A closing bracket that begins its line goes one step back out."""
        cursor = self._editor.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if cursor.hasSelection() or before.strip() or not before.endswith("  "):
            return False
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, 2)
        cursor.insertText(letter)
        return True

    def _take_pair_away(self) -> bool:
        """Backspace in a pair that came by itself and is still empty takes both ends."""
        cursor = self._editor.textCursor()
        position = cursor.position()
        own = next((each for each in self._own if each.position() == position), None)
        if cursor.hasSelection() or own is None or not position:
            return False
        if _CLOSERS.get(self._letter(position - 1)) != self._letter(position):
            return False
        self._own.remove(own)
        cursor.setPosition(position - 1)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        return True

    # -- lines

    def _break_line(self) -> bool:
        """The next line begins where this one does, one step further in behind an opening bracket."""
        cursor = self._editor.textCursor()
        line = cursor.block().text()
        place = cursor.positionInBlock()
        before, after = line[:place].rstrip(), line[place:].lstrip()
        indent = line[: len(line) - len(line.lstrip(" "))][:place]
        if before[-1:] in ("{", "["):
            inner = indent + "  "
            if after[:1] == PARTNERS[before[-1]]:
                cursor.insertText(f"\n{inner}\n{indent}")
                cursor.movePosition(QTextCursor.MoveOperation.Up)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfLine)
                self._editor.setTextCursor(cursor)
                return True
            indent = inner
        cursor.insertText(f"\n{indent}")
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        return True

    # -- inside

    def _letter(self, position: int) -> str:
        """The UTF-16 unit at a position, empty at the end of the text."""
        document = self._editor.document()
        return document.characterAt(position) if 0 <= position < document.characterCount() - 1 else ""

    def _place_of(self, position: int) -> str | None:
        """What a position is within: "string", "comment" or "" for neither; None where that is not known."""
        line, column = self._lines.place(position)
        known = self._lines.outline.tokens(line)
        if known is None:
            return None
        for token in known.tokens:
            if token.start >= column:
                break
            is_open = column < token.end or (column == token.end and token is known.tokens[-1])
            if token.kind is TokenKind.STRING and column < token.end:
                return "string"
            if token.kind is TokenKind.HALF_STRING:
                return "string"
            if token.kind is TokenKind.COMMENT and is_open:
                text = self._lines.outline.line(line)
                is_closed = text[token.start : token.end].endswith("*/") and not known.ends_in_comment
                if column < token.end or not is_closed or text.startswith("//", token.start):
                    return "comment"
        return ""

    def _is_escaped(self, position: int, letter: str) -> bool:
        if letter != '"':
            return False
        count = 0
        while self._letter(position - 1 - count) == "\\":
            count += 1
        return count % 2 == 1
