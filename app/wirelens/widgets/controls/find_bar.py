"""The find bar of a pane."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from wirelens.widgets.theme import Theme, restyle


class FindBar(QFrame):
    """A line to type in, next and previous, and how many were found; it searches nothing itself (see TextFind).

    Enter asks for the next match, Shift+Enter for the one before, Esc closes. Hidden until `open`.
    """

    query_changed = Signal(str)
    next_requested = Signal()
    previous_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_open = False
        self.setProperty("role", "top-bar")
        self.query_edit = QLineEdit(self)
        self.query_edit.setPlaceholderText("Find")
        self.query_edit.setAccessibleName("Find")
        self.query_edit.textChanged.connect(self.query_changed)
        self.query_edit.installEventFilter(self)
        self._count = QLabel(self)
        self._count.setProperty("role", "small")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.query_edit, 1)
        self._row.addWidget(self._count)
        self._add_button("chevron-up", "Previous match").clicked.connect(self.previous_requested)
        self._add_button("chevron-down", "Next match").clicked.connect(self.next_requested)
        self._add_button("close", "Close the find bar").clicked.connect(self.close_bar)
        self.hide()
        theme.follow(self, self._dress)

    @property
    def query(self) -> str:
        return self.query_edit.text()

    @property
    def is_open(self) -> bool:
        """Also while its pane is hidden."""
        return self._is_open

    @property
    def count_text(self) -> str:
        return self._count.text()

    def open(self, query: str = "") -> None:
        """Show the bar and take the focus; a `query` replaces what was typed before."""
        self._is_open = True
        self.show()
        self.query_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if query and query != self.query:
            self.query_edit.setText(query)
        else:
            self.query_changed.emit(self.query)
        self.query_edit.selectAll()

    def close_bar(self) -> None:
        if self._is_open:
            self._is_open = False
            self.hide()
            self.closed.emit()

    def set_found(self, current: int, total: int, *, more: bool = False) -> None:
        """The 1-based number of the current match (0 for none); `more` says that counting stopped at `total`."""
        if not self.query:
            self._count.setText("")
        elif not total:
            self._count.setText("No matches")
        else:
            self._count.setText(f"{current or '–'} of {total}{'+' if more else ''}")
        restyle(self.query_edit, invalid=bool(self.query) and not total)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()  # this bar's Esc, not the call's
            elif event.type() == QEvent.Type.KeyPress:
                return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_requested.emit()
            else:
                self.next_requested.emit()
        else:
            return False
        return True

    def _add_button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(name)
        button.setAccessibleName(name)
        self._theme.set_icon(button, icon)
        self._row.addWidget(button)
        return button

    def _dress(self) -> None:
        px = self._theme.px
        self._row.setContentsMargins(px(12), px(4), px(8), px(4))
        self._row.setSpacing(px(4))
        self.query_edit.setFont(self._theme.data_font())
