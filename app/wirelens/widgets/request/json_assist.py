"""Help from the schema in the JSON editor: the list of what fits, and what is known of a word."""

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_completion import Completions, Entry, EntryKind, JsonCompleter
from wirelens.presentation.draft.json_notes import note_at
from wirelens.widgets.request.completion_list import CompletionList
from wirelens.widgets.request.document_outline import DocumentOutline
from wirelens.widgets.request.json_typing import JsonTyping
from wirelens.widgets.request.note_card import NoteCard
from wirelens.widgets.theme import Theme

_IDLE_MS = 50  # after the editor has got the focus
_OPENING_LETTERS = frozenset('"@_.')
_FOLLOWING = (EntryKind.ENUM_VALUE, EntryKind.TYPE, EntryKind.PATH)  # offered at once behind an accepted field
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class JsonAssist(QObject):
    """Opens the list while one types a word, and on Ctrl+Space; Enter and Tab accept, Esc closes no more than it."""

    def __init__(
        self, editor: QPlainTextEdit, lines: DocumentOutline, typing: JsonTyping, draft: Draft, theme: Theme
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._lines = lines
        self._typing = typing
        self._draft = draft
        self._completer: JsonCompleter | None = None
        self._completer_of: tuple[object, object] | None = None
        self._completions: Completions | None = None
        self._asked = False  # by Ctrl+Space
        self._is_typing = False
        self.list = CompletionList(theme, editor)
        self.card = NoteCard(theme, editor)
        self._card_area: QRect | None = None  # of the word that the card speaks of, where the mouse asked
        self.list.accepted.connect(self._accept)
        self.list.chosen_changed.connect(self._explain_choice)
        self._prepare_soon = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._prepare_soon.timeout.connect(self.list.prepare)
        self._prepare_soon.timeout.connect(lambda: QTimer.singleShot(0, self.card, self.card.prepare))
        editor.cursorPositionChanged.connect(self._on_cursor_moved)

    @property
    def is_open(self) -> bool:
        """Whether the list or the card is shown."""
        return self.list.is_open or not self.card.isHidden()

    def open(self) -> None:
        """Show all that fits the cursor's place."""
        self._asked = True
        self._refresh()

    def prepare(self) -> None:
        """Somebody is about to type: have list and card ready, each in a turn of the event loop."""
        self._prepare_soon.start()

    def put_away(self) -> None:
        """Close list and card."""
        self._completions = None
        self._asked = False
        self._card_area = None
        self.list.put_away()
        self.card.put_away()

    def take_key(self, event: QKeyEvent) -> bool:
        """Take the keys that belong to the open list or card; all others close the card."""
        self._is_typing = True  # until the key is done: cursor moves are the key's
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.is_open:
            self.put_away()
        elif self.list.is_open and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if key in _STEPS:
                self.list.move_choice(_STEPS[key])
            elif key in _PAGES:
                self.list.move_page(_PAGES[key])
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and self.list.chosen is not None:
                self._accept(self.list.chosen)
            else:
                self._is_typing = bool(event.text()) or key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
                return False
        else:
            if not self.list.is_open:
                self.card.put_away()
            self._is_typing = bool(event.text())
            return False
        self._is_typing = False
        return True

    def leave_key(self) -> None:
        """A key was no typing: what is shown was for the text before."""
        self._is_typing = False
        self.put_away()

    def after_key(self, event: QKeyEvent) -> None:
        """The editor has done what a key says: the list follows."""
        self._is_typing = False
        letter = event.text()
        has_control = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier))
        if self.list.is_open:
            if letter.isprintable() or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
                self._refresh()
            else:
                self.put_away()
        elif letter and not has_control and (letter.isalnum() or letter in _OPENING_LETTERS or letter == ","):
            self._refresh(typed=letter)

    # -- the word under the mouse, or at the cursor

    def explain(self) -> None:
        """Say what is known of the word at the cursor."""
        self.list.put_away()
        cursor = self._editor.textCursor()
        if not self._show_card(cursor.position()) and cursor.position():
            self._show_card(cursor.position() - 1)
        self._card_area = None

    def hover(self, point: QPoint) -> None:
        """Say what is known of the word at a point of the viewport."""
        if self.list.is_open:
            return
        cursor = self._editor.cursorForPosition(point)
        place = self._editor.cursorRect(cursor)
        position = cursor.position() - (1 if point.x() < place.left() and not cursor.atBlockStart() else 0)
        is_text = place.top() <= point.y() <= place.bottom() and point.x() <= place.right() + place.height()
        if not is_text or not self._show_card(position):
            self.card.put_away()

    def mouse_moved(self, point: QPoint) -> None:
        """The card that the mouse asked for goes when the mouse leaves its word."""
        if self._card_area is not None and not self._card_area.contains(point):
            self._card_area = None
            self.card.put_away()

    def _show_card(self, position: int) -> bool:
        line, column = self._lines.place(position)
        mistake = self._editor.mistake_at(position)  # type: ignore[attr-defined]  # a JsonEditor's
        found = note_at(self._lines.outline, line, column, self._draft.descriptor, self._draft.schema)
        rule = self._editor.rule_at(position)  # type: ignore[attr-defined]
        if found is None and not mistake and not rule:
            return False
        token, note = found if found is not None else (None, None)
        start, end = (token.start, token.end) if token is not None else (column, column + 1)
        area = self._area(self._lines.position(line, start), self._lines.position(line, end))
        self.card.say(note, mistake, rule)
        self.card.show_below(self._on_screen(area))
        self._card_area = area.adjusted(-4, -4, 4, 4)
        return True

    # -- the list

    def _refresh(self, typed: str = "") -> None:
        cursor = self._editor.textCursor()
        found = None
        if not cursor.hasSelection():
            line, column = self._lines.place(cursor.position())
            found = self._current_completer().completions(self._lines.outline, line, column)
        if found is not None and typed and not self._opens_by_itself(found, typed):
            found = None
        entries = found.matching() if found is not None else []
        is_said = found is not None and not self._asked and bool(entries) and found.says(entries[0])
        if found is None or not entries or is_said:
            self.put_away()
            return
        self._completions = found
        start = self._editor.textCursor()
        start.setPosition(self._lines.position(found.word.line, found.word.start))
        self.list.show_below(entries, self._on_screen(self._editor.cursorRect(start)))

    def _opens_by_itself(self, found: Completions, letter: str) -> bool:
        if letter == ",":
            return found.entries[0].kind is EntryKind.PATH
        word = found.word
        return bool(word.typed or word.is_string) and (word.is_string or not word.typed[:1].isdigit())

    def _accept(self, entry: Entry) -> None:
        found = self._completions
        self.put_away()
        if found is None:
            return
        change = found.change(entry)
        cursor = self._editor.textCursor()
        cursor.setPosition(self._lines.position(change.line, change.start))
        cursor.setPosition(self._lines.position(change.line, change.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(change.text)
        cursor.setPosition(self._lines.position(change.line, change.start + change.cursor))
        self._editor.setTextCursor(cursor)
        if entry.opening:
            self._typing.remember_closer()
        if entry.kind in (EntryKind.FIELD, EntryKind.OPENING):
            line, column = self._lines.place(cursor.position())
            following = self._current_completer().completions(self._lines.outline, line, column)
            if following is not None and _is_choice(following.entries):
                self._refresh()

    def _explain_choice(self) -> None:
        chosen = self.list.chosen
        note = self._current_completer().note(chosen) if chosen is not None and self.list.is_open else None
        if note is None:
            self.card.put_away()
            return
        self._card_area = None
        self.card.say(note)
        corner = self.list.mapToGlobal(QPoint(0, 0))
        self.card.show_beside(QRect(corner, self.list.size()), upward=self.list.is_above)

    def _on_cursor_moved(self) -> None:
        """A click, or an edit from elsewhere: what was offered was for another place."""
        if self._is_typing or not self.list.is_open or self._completions is None:
            return
        word = self._completions.word
        line, column = self._lines.place(self._editor.textCursor().position())
        if line != word.line or not word.start <= column <= max(word.end, word.start + len(word.typed) + 1):
            self.put_away()

    def _current_completer(self) -> JsonCompleter:
        types = (self._draft.descriptor, self._draft.schema)
        if self._completer is None or self._completer_of != types:
            self._completer, self._completer_of = JsonCompleter(*types), types
        return self._completer

    def _area(self, start: int, end: int) -> QRect:
        cursor = self._editor.textCursor()
        cursor.setPosition(start)
        first = self._editor.cursorRect(cursor)
        cursor.setPosition(end)
        return first.united(self._editor.cursorRect(cursor))

    def _on_screen(self, area: QRect) -> QRect:
        return QRect(self._editor.viewport().mapToGlobal(area.topLeft()), area.size())


def _is_choice(entries: tuple[Entry, ...]) -> bool:
    """Whether a value is one of a few, so that offering them at once is no surprise."""
    return entries[0].kind in _FOLLOWING or entries[0].label in ("true", "now", "@type")
