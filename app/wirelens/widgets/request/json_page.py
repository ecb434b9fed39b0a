"""The request as JSON text, live with the form; mistakes and broken rules are said below the text and marked in it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.validation import BrokenRule
from wirelens.presentation.amounts import count_text
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.long_strings import LongStrings
from wirelens.presentation.draft.rule_check import broken_rules_text
from wirelens.presentation.plain_text import tool_tip
from wirelens.widgets.controls.find_bar import FindBar
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.text_find import TextFind
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.theme import Theme, restyle

_WRITTEN_UNSEEN = 64 * 1024  # characters that cost less than anyone notices


class JsonPage(QWidget):
    """The editor, its find bar, and the line that says what is wrong."""

    def __init__(self, draft: Draft, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft, self._theme = draft, theme
        self._long_strings = LongStrings()
        self._drafted: str | None = None  # the draft's text that the editor shows
        self._has_carriage_returns = False
        self.editor = JsonEditor(draft, theme, self)
        self.editor.setObjectName("requestJson")
        self.editor.setAccessibleName("Request as JSON")
        self._find_bar = FindBar(theme, self, can_replace=True)
        self._find = TextFind(self._find_bar, self.editor, theme, self.editor.shown.insert)
        self._verdict = QLabel(self)
        self._verdict.setWordWrap(True)
        self._verdict.setTextFormat(Qt.TextFormat.PlainText)
        self._verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._verdict.setObjectName("requestJsonVerdict")
        self._show_mistake = QPushButton("Show", self)
        self._show_mistake.setProperty("role", "link")
        self._show_mistake.clicked.connect(self.show_mistake)
        self._format = QPushButton("Format", self)
        self._format.setProperty("role", "quiet")
        self._format.setToolTip("Indent the text anew (Ctrl+Shift+I)")
        self._format.clicked.connect(draft.format_json)
        self._lay_out()
        self._add_key("Ctrl+F", self._find.open)
        self._add_key("Ctrl+H", lambda: self._find.open(replacing=True))
        self._add_key("Ctrl+Shift+I", draft.format_json)
        self.editor.shown.edited.connect(self._on_edited)
        self.editor.shown.written.connect(self._mark)
        self.editor.cursorPositionChanged.connect(self._say_mistake)
        pass_focus_on(self, self.editor)
        draft.changed.connect(self.refresh)
        theme.follow(self, self._dress)
        self.refresh()

    @property
    def find_bar(self) -> FindBar:
        return self._find_bar

    def refresh(self) -> None:
        """Show the draft's text; only what differs is replaced. A long one waits until the page is looked at."""
        text = self._draft.json_text()
        if len(text) > _WRITTEN_UNSEEN and not self.isVisible():
            return
        shown = self.editor.shown
        if text is not self._drafted or self._long_strings.has_cuts or shown.may_have_long_lines:
            self._drafted = text
            self._has_carriage_returns = "\r" in text
            if self._has_carriage_returns:  # from elsewhere; a document takes each for a line break of its own
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            shown.replace(self._long_strings.shorten(text))
            shown.may_have_long_lines = False
        self._mark()
        self._format.setEnabled(self._draft.form_is_current)
        self._say_mistake()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def show_mistake(self) -> None:
        """Put the cursor on the mistake, or else the broken rule, that is said."""
        mistake, rule = self._said_mistake(), self._said_rule()
        if mistake is not None:
            self.editor.go_to(self._shown_offset(mistake.offset))
        elif rule is not None and rule.mark is not None and self._rules_are_marked():
            self.editor.go_to(self._shown_offset(rule.mark.offset))

    def _mark(self) -> None:
        """Underline what is wrong, once all of the text is there."""
        text = self._draft.json_text()
        if text is self._drafted and self.editor.shown.is_written:
            self.editor.mark_mistakes(self._draft.mistakes, self._shown_offset)
            self.editor.mark_rules(self._draft.rules.notes_in(text), self._shown_offset)

    def _on_edited(self, is_typing: bool) -> None:
        self._drafted = self._long_strings.expand(self.editor.shown.text)
        self._has_carriage_returns = False
        self._draft.set_json_text(self._drafted, is_typing=is_typing)

    def _shown_offset(self, offset: int) -> int:
        """Where a place of the draft's text is in the editor's."""
        if self._has_carriage_returns:
            offset -= self._draft.json_text().count("\r\n", 0, offset)
        return self._long_strings.shown_offset(offset)

    def _said_mistake(self) -> JsonError | None:
        """The one in the cursor's line, or else the first."""
        mistakes = self._draft.mistakes
        line = self.editor.textCursor().blockNumber() + 1
        return next((mistake for mistake in mistakes if mistake.line == line), mistakes[0] if mistakes else None)

    def _said_rule(self) -> BrokenRule | None:
        """The broken one in the cursor's line, or else the first."""
        broken = self._draft.rules.broken
        line = self.editor.textCursor().blockNumber() + 1
        here = (one for one in broken if one.mark is not None and one.mark.line == line)
        return next(here, broken[0] if broken else None)

    def _rules_are_marked(self) -> bool:
        return bool(self._draft.rules.notes_in(self._draft.json_text()))

    def _say_mistake(self) -> None:
        mistake = self._said_mistake()
        count = len(self._draft.mistakes)
        rules = self._draft.rules
        problem = rules.problem[:1].upper() + rules.problem[1:]
        if mistake is not None:
            more = f"  ({count_text(count, 'mistake')})" if count > 1 else ""
            then = f"; {mistake.next_step}" if mistake.next_step else ""
            text, role = f"{mistake.line}:{mistake.column}  {mistake.message}{then}{more}", "bad"
        elif self._draft.wire_mistake is not None:
            text, role = "The bytes on the Wire page have a mistake; this is what the message was before.", "muted"
        elif self._draft.is_reading or not self._draft.is_checked:
            text, role = "Checking…", "muted"
        elif rules.is_checking:
            text, role = "Checking rules…", "muted"
        elif rules.broken:
            text, role = broken_rules_text(rules.broken, self._said_rule()), "warn"
            text += "; not all are known" if rules.problem else ""
        else:
            text, role = problem, "muted"
        self._verdict.setText(text)
        self._verdict.setToolTip(tool_tip(problem) if role == "warn" and problem else "")
        self._show_mistake.setVisible(mistake is not None or (role == "warn" and self._rules_are_marked()))
        restyle(self._verdict, role=role)

    def _add_key(self, keys: str, act: object) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    def _lay_out(self) -> None:
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._verdict, 1)
        self._foot.addWidget(self._show_mistake)
        self._foot.addWidget(self._format)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._find_bar)
        column.addWidget(self.editor, 1)
        column.addLayout(self._foot)

    def _dress(self) -> None:
        px = self._theme.px
        self._foot.setContentsMargins(px(16), px(4), px(8), px(4))
        self._foot.setSpacing(px(8))
