"""A text editor for JSON: line numbers, colours, folding, matching brackets, completion.

Mistakes and broken rules are marked where they are.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from wirelens.engine.errors import JsonError
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.json_outline import JsonOutline
from wirelens.presentation.draft.json_tokens import TokenKind
from wirelens.presentation.draft.long_strings import has_long_line
from wirelens.presentation.draft.rule_check import RuleNote
from wirelens.presentation.draft.text_layout import indented_if_json
from wirelens.presentation.thread_worker import ThreadWorker
from wirelens.widgets.controls.text_marks import marks_of, set_marks
from wirelens.widgets.json_highlighter import JsonHighlighter
from wirelens.widgets.request import line_edits
from wirelens.widgets.request.document_outline import DocumentOutline
from wirelens.widgets.request.editor_text import EditorText
from wirelens.widgets.request.json_assist import JsonAssist
from wirelens.widgets.request.json_folding import JsonFolding
from wirelens.widgets.request.json_gutter import JsonGutter
from wirelens.widgets.request.json_typing import JsonTyping
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft
from wirelens.widgets.theme import Theme

_BRACKETS = (TokenKind.OPEN, TokenKind.CLOSE)
_MISTAKES, _RULES = "mistakes", "rules"
_LAID_OUT_AT_ONCE = 32 * 1024  # characters; 5 ms


class JsonEditor(QPlainTextEdit):
    """Undo is the draft's, so the document keeps none of its own. The draft's schema is what help is taken from."""

    def __init__(self, draft: Draft, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shown = EditorText(self)
        self._worker = ThreadWorker(self)
        self._has_mistakes = False
        self._rule_notes: Sequence[RuleNote] = ()
        self._lines = DocumentOutline(self.document(), self)
        self.folding = JsonFolding(self, self._lines, theme)
        self._gutter = JsonGutter(self, self.folding, theme)
        self._typing = JsonTyping(self, self._lines)
        self.assist = JsonAssist(self, self._lines, self._typing, draft, theme)
        self._keys = self._own_keys()
        self.setProperty("role", "pane")
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.viewport().setMouseTracking(True)
        self._highlighter = JsonHighlighter(self, theme, self._begins_in_comment)
        self._lines.completed.connect(self._highlighter.highlight)
        self._lines.completed.connect(self._gutter.update)
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._gutter.on_update_request)
        self.cursorPositionChanged.connect(self._mark_brackets)
        theme.follow(self, self._dress)

    @property
    def outline(self) -> JsonOutline:
        """The lines of the text, and which brackets belong together."""
        return self._lines.outline

    def mark_mistakes(self, mistakes: Sequence[JsonError], place: Callable[[int], int]) -> None:
        """Underline `mistakes`; `place` gives where in this editor's text an offset of theirs is."""
        if not mistakes and not self._has_mistakes:
            return
        self._has_mistakes = bool(mistakes)
        marks = []
        for mistake in mistakes:
            mark = self._mark(mistake.offset, mistake.length, place)
            mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            mark.format.setUnderlineColor(self._theme.color("bad"))
            mark.format.setToolTip(mistake.message)
            marks.append(mark)
        set_marks(self, _MISTAKES, marks)
        self._gutter.mark_lines({mistake.line - 1 for mistake in mistakes})

    def mark_rules(self, notes: Sequence[RuleNote] | None, place: Callable[[int], int]) -> None:
        """Underline broken rules, as `mark_mistakes`. None leaves the marks that there are, which follow the text."""
        if notes is not None and notes is not self._rule_notes:
            self._rule_notes = notes
            marks = []
            for note in notes:
                mark = self._mark(note.offset, note.length, place)
                mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
                mark.format.setUnderlineColor(self._theme.color("warn"))
                mark.format.setToolTip(note.sentence)
                marks.append(mark)
            set_marks(self, _RULES, marks)
        if self._rule_notes:
            self._gutter.warn_lines({self._first_line(mark) for mark in marks_of(self, _RULES)})
        else:
            self._gutter.warn_lines(set())

    def _mark(self, offset: int, length: int, place: Callable[[int], int]) -> QTextEdit.ExtraSelection:
        whole = len(self.shown.text)
        start = min(place(offset), max(0, whole - 1))
        end = min(max(start + 1, place(offset + length)), whole)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.document())
        mark.cursor.setPosition(self.shown.position(start))
        mark.cursor.setPosition(self.shown.position(end), QTextCursor.MoveMode.KeepAnchor)
        mark.format = QTextCharFormat()
        return mark

    def _first_line(self, mark: QTextEdit.ExtraSelection) -> int:
        return self.document().findBlock(mark.cursor.selectionStart()).blockNumber()

    def go_to(self, offset: int) -> None:
        """Put the cursor at a place of the text."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.shown.position(offset))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def mistake_at(self, position: int) -> str:
        """What is wrong at a position of the document."""
        return self._said_at(_MISTAKES, position)

    def rule_at(self, position: int) -> str:
        """What the broken rules at a position of the document say."""
        return self._said_at(_RULES, position)

    def _said_at(self, owner: str, position: int) -> str:
        for mark in marks_of(self, owner):
            if mark.cursor.selectionStart() <= position < mark.cursor.selectionEnd():
                return mark.format.toolTip()
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.InputMethod):
            self.shown.finish()
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_escape = event.key() == Qt.Key.Key_Escape and self.assist.is_open
            if is_escape or _combination(event) in self._keys:
                event.accept()  # the editor's own, whatever the window does with them
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.assist.take_key(event):
            return
        own = self._keys.get(_combination(event))
        if own is not None:
            self.assist.leave_key()
            own()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._has_several_lines():
            line_edits.indent(self, out=event.key() == Qt.Key.Key_Backtab)
            self.assist.leave_key()
        elif event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.textCursor().insertText("  ")
            self.assist.leave_key()
        else:
            if not self._typing.take(event):
                super().keyPressEvent(event)
            self.assist.after_key(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self.folding.placeholder_at(event.position().toPoint())
        if line is not None and event.button() == Qt.MouseButton.LeftButton:
            self.folding.unfold(line)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        self.assist.mouse_moved(point)
        is_fold = self.folding.placeholder_at(point) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_fold else Qt.CursorShape.IBeamCursor)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self.assist.hover(event.pos())
            return True
        if event.type() == QEvent.Type.Leave:
            self.assist.mouse_moved(QPoint(-1, -1))
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        for text, keys in (
            ("Show what fits here", "Ctrl+Space"),
            ("Show the documentation", "Ctrl+Shift+Space"),
            ("Comment lines", "Ctrl+/"),
            ("Fold", "Ctrl+Shift+["),
            ("Unfold", "Ctrl+Shift+]"),
            ("Fold all", "Ctrl+Alt+Shift+["),
            ("Unfold all", "Ctrl+Alt+Shift+]"),
        ):
            menu.addAction(f"{text}\t{keys}").triggered.connect(self._actions[text])
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.assist.prepare()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.assist.put_away()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.assist.put_away()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.assist.put_away()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.folding.folded:
            self.folding.paint(QPainter(self.viewport()))

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy, letter for letter: Qt would make spaces of no-break spaces."""
        data = QMimeData()
        data.setText(self.shown.selected())
        return data

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; JSON on one very long line is indented, since no editor bears such lines."""
        text = source.text().replace("\r\n", "\n").replace("\r", "\n")
        self.shown.finish()
        cursor = self.textCursor()
        if not has_long_line(text):
            self.shown.insert(cursor, text)
        elif len(text) <= _LAID_OUT_AT_ONCE:
            self.shown.insert(cursor, indented_if_json(text))
        else:
            self._worker.run(lambda: indented_if_json(text), lambda laid: self.shown.insert(cursor, laid))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab indents; Shift+Tab leaves, as Tab would trap the keyboard otherwise, or outdents several lines."""
        return False if forward or self._has_several_lines() else super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_gutter()

    def _own_keys(self) -> dict[tuple[Qt.KeyboardModifier, int], Callable[[], object]]:
        """What the keys do that are no typing. Brackets have other names while Shift is held, on some keyboards."""
        self._actions: dict[str, Callable[[], object]] = {
            "Show what fits here": self.assist.open,
            "Show the documentation": self.assist.explain,
            "Comment lines": lambda: line_edits.toggle_comment(self),
            "Fold": self._fold,
            "Unfold": lambda: self.folding.unfold(self.textCursor().blockNumber()),
            "Fold all": self.folding.fold_all,
            "Unfold all": self.folding.unfold_all,
        }
        act, key, modifier = self._actions, Qt.Key, Qt.KeyboardModifier
        control, shift, alt = modifier.ControlModifier, modifier.ShiftModifier, modifier.AltModifier
        keys: dict[tuple[Qt.KeyboardModifier, int], Callable[[], object]] = {
            (control, key.Key_Space): act["Show what fits here"],
            (control | shift, key.Key_Space): act["Show the documentation"],
            (control, key.Key_Slash): act["Comment lines"],
            (control | shift, key.Key_Slash): act["Comment lines"],
            (alt, key.Key_Up): lambda: self._move_lines(-1),
            (alt, key.Key_Down): lambda: self._move_lines(1),
            (alt | shift, key.Key_Up): lambda: self._duplicate_lines(-1),
            (alt | shift, key.Key_Down): lambda: self._duplicate_lines(1),
        }
        for opening, closing in ((key.Key_BracketLeft, key.Key_BracketRight), (key.Key_BraceLeft, key.Key_BraceRight)):
            keys[control | shift, opening] = act["Fold"]
            keys[control | shift, closing] = act["Unfold"]
            keys[control | alt | shift, opening] = act["Fold all"]
            keys[control | alt | shift, closing] = act["Unfold all"]
        return keys

    def _fold(self) -> None:
        self.folding.fold_at(*self._lines.place(self.textCursor().position()))

    def _move_lines(self, step: int) -> None:
        self._unfold_around()
        line_edits.move_lines(self, step)

    def _duplicate_lines(self, step: int) -> None:
        self._unfold_around()
        line_edits.duplicate_lines(self, step)

    def _unfold_around(self) -> None:
        """Lines that are moved take no fold along."""
        first, last = line_edits.selected_lines(self)
        self.folding.reveal(first - 1)
        for line in range(first, last + 2):
            self.folding.unfold(line)

    def _has_several_lines(self) -> bool:
        cursor = self.textCursor()
        return self.document().findBlock(cursor.selectionStart()) != self.document().findBlock(cursor.selectionEnd())

    def _begins_in_comment(self, line: int) -> bool:
        if not line:
            return False
        before = self._lines.outline.tokens(line - 1)
        return before is not None and before.ends_in_comment

    def _mark_brackets(self) -> None:
        marks = []
        for position in self._bracket_pair():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document())
            mark.cursor.setPosition(position)
            mark.cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            mark.format = QTextCharFormat()
            mark.format.setBackground(self._theme.color("selection"))
            marks.append(mark)
        set_marks(self, "brackets", marks)

    def _bracket_pair(self) -> tuple[int, ...]:
        """Positions of the bracket beside the cursor and of its partner."""
        outline = self._lines.outline
        line, column = self._lines.place(self.textCursor().position())
        known = outline.tokens(line) if line < outline.line_count else None
        for at in (column, column - 1):
            for token in () if known is None else known.tokens:
                if token.start == at and token.kind in _BRACKETS:
                    partner = outline.partner(line, token)
                    if partner is None:
                        return ()
                    return tuple(
                        self._lines.position(*each) for each in ((line, at), (partner.line, partner.token.start))
                    )
        return ()

    def _fit_gutter(self) -> None:
        width = self._gutter.sizeHint().width()
        if width != self.viewportMargins().left():
            self.setViewportMargins(width, 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self._gutter.sizeHint().width(), area.height()))

    def _dress(self) -> None:
        self.setFont(self._theme.data_font())
        self.setTabStopDistance(QFontMetrics(self.font()).horizontalAdvance("  "))
        self._fit_gutter()
        self._mark_brackets()
        for mark_owner, color in ((_MISTAKES, "bad"), (_RULES, "warn")):
            marks = marks_of(self, mark_owner)
            for mark in marks:
                mark.format.setUnderlineColor(self._theme.color(color))
            set_marks(self, mark_owner, marks)


def _combination(event: QKeyEvent) -> tuple[Qt.KeyboardModifier, int]:
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.key()
