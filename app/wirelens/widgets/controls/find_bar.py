"""The find bar of a pane."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from wirelens.presentation.text_search import TextQuery
from wirelens.widgets.theme import Theme, restyle

_TOO_SLOW = "This takes too long here: give the expression fewer ways to match, such as a+ in place of (a+)+"


class FindBar(QFrame):
    """A line to type in, next and previous, and how many were found; it searches nothing itself (see TextFind).

    Enter asks for the next match, Shift+Enter for the one before, Esc closes. Hidden until `open`. A bar that
    `can_replace` has a second line for that, and choices of how to search.
    """

    query_changed = Signal()
    next_requested = Signal()
    previous_requested = Signal()
    replace_requested = Signal()
    replace_all_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, can_replace: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_open = False
        self._is_too_slow = False
        self.setProperty("role", "top-bar")
        self._column = QVBoxLayout(self)
        self._row = QHBoxLayout()
        self._column.addLayout(self._row)
        self.query_edit = self._add_edit(self._row, "Find")
        self.query_edit.textChanged.connect(self._on_query_changed)
        self._choices: dict[str, QToolButton] = {}
        if can_replace:
            self._add_choice("Aa", "Match case")
            self._add_choice("ab|", "Whole word")
            self._add_choice(".*", "Regular expression")
            self._add_choice("[ ]", "In the selection only")
        self._count = QLabel(self)
        self._count.setProperty("role", "small")
        self._row.addWidget(self._count)
        self._add_button("chevron-up", "Previous match").clicked.connect(self.previous_requested)
        self._add_button("chevron-down", "Next match").clicked.connect(self.next_requested)
        self._add_button("close", "Close the find bar").clicked.connect(self.close_bar)
        self._replacing = QWidget(self)
        self._replacing_row = QHBoxLayout(self._replacing)
        self.replacement_edit = self._add_edit(self._replacing_row, "Replace")
        self.replacement_edit.textChanged.connect(lambda _text: self._say_problem())
        self._replace = self._add_word("Replace", "Replace this match (Enter)", self.replace_requested)
        self._replace_all = self._add_word("Replace all", "Replace every match (Alt+Enter)", self.replace_all_requested)
        self._column.addWidget(self._replacing)
        self._problem = QLabel(self)
        self._problem.setProperty("role", "bad")
        self._column.addWidget(self._problem)
        self._problem.hide()
        self._replacing.hide()
        self.hide()
        theme.follow(self, self._dress)

    @property
    def query(self) -> str:
        return self.query_edit.text()

    @property
    def text_query(self) -> TextQuery:
        """What is looked for, and how."""
        return TextQuery(
            self.query,
            match_case=self._is_chosen("Match case"),
            whole_word=self._is_chosen("Whole word"),
            is_pattern=self._is_chosen("Regular expression"),
        )

    @property
    def in_selection(self) -> bool:
        """Whether only what was selected is searched."""
        return self._is_chosen("In the selection only")

    @property
    def replacement(self) -> str:
        return self.replacement_edit.text()

    @property
    def problem_text(self) -> str:
        """What is wrong with the regular expression or its replacement."""
        return self._problem.text()

    def choice(self, name: str) -> QToolButton:
        """The button of a way to search: "Match case", "Whole word", "Regular expression", "In the selection only"."""
        return self._choices[name]

    @property
    def is_open(self) -> bool:
        """Also while its pane is hidden."""
        return self._is_open

    @property
    def count_text(self) -> str:
        return self._count.text()

    def open(self, query: str = "", *, replacing: bool = False) -> None:
        """Show the bar and take the focus; a `query` replaces what was typed before."""
        self._is_open = True
        self._replacing.setVisible(replacing)
        self.show()
        self.query_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if query and query != self.query:
            self.query_edit.setText(query)
        else:
            self._on_query_changed()
        self.query_edit.selectAll()

    def close_bar(self) -> None:
        if self._is_open:
            self._is_open = False
            self.hide()
            self.closed.emit()

    def set_searching(self) -> None:
        """A search has begun that takes longer than a moment."""
        self._count.setText("Searching…")
        restyle(self.query_edit, invalid=False)
        self._replace.setEnabled(False)
        self._replace_all.setEnabled(False)

    def set_too_slow(self) -> None:
        """The search was given up."""
        self._is_too_slow = True
        self._say_problem()
        self.set_found(0, 0)

    def set_found(self, current: int, total: int, *, more: bool = False) -> None:
        """The 1-based number of the current match (0 for none); `more` says that counting stopped at `total`."""
        if not self.query:
            self._count.setText("")
        elif not total:
            self._count.setText("" if self.problem_text else "No matches")
        else:
            self._count.setText(f"{current or '–'} of {total}{'+' if more else ''}")
        restyle(self.query_edit, invalid=bool(self.query) and not total)
        can_replace = bool(total) and not self.problem_text
        self._replace.setEnabled(can_replace)
        self._replace_all.setEnabled(can_replace)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()  # this bar's Esc, not the call's
            elif event.type() == QEvent.Type.KeyPress:
                return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif is_enter and self.replacement_edit.hasFocus():
            is_all = event.modifiers() & Qt.KeyboardModifier.AltModifier
            (self.replace_all_requested if is_all else self.replace_requested).emit()
        elif is_enter:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_requested.emit()
            else:
                self.next_requested.emit()
        else:
            return False
        return True

    def _on_query_changed(self) -> None:
        self._is_too_slow = False
        self._say_problem()
        self.query_changed.emit()

    def _say_problem(self) -> None:
        query = self.text_query
        problem = query.problem() or (_TOO_SLOW if self._is_too_slow else "")
        if not problem and not self._replacing.isHidden():
            problem = query.replacement_problem(self.replacement)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if problem:
            self._replace.setEnabled(False)
            self._replace_all.setEnabled(False)
        elif self._count.text() not in ("", "No matches", "Searching…"):
            self._replace.setEnabled(True)
            self._replace_all.setEnabled(True)

    def _is_chosen(self, name: str) -> bool:
        return name in self._choices and self._choices[name].isChecked()

    def _add_edit(self, row: QHBoxLayout, name: str) -> QLineEdit:
        edit = QLineEdit(self)
        edit.setPlaceholderText(name)
        edit.setAccessibleName(name)
        edit.installEventFilter(self)
        row.addWidget(edit, 1)
        return edit

    def _add_choice(self, text: str, name: str) -> None:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.toggled.connect(lambda _on: self._on_query_changed())
        self._choices[name] = button
        self._row.addWidget(button)

    def _add_word(self, text: str, tip: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("role", "quiet")
        button.setToolTip(tip)
        button.clicked.connect(signal)
        self._replacing_row.addWidget(button)
        return button

    def _add_button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(name)
        button.setAccessibleName(name)
        self._theme.set_icon(button, icon)
        self._row.addWidget(button)
        return button

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(12), px(4), px(8), px(4))
        self._column.setSpacing(px(4))
        for row in (self._row, self._replacing_row):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(px(4))
        for edit in (self.query_edit, self.replacement_edit):
            edit.setFont(self._theme.data_font())
