"""The line above a form: look for a field by name, see the set ones only, unfold and fold everything."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from wirelens.presentation.draft.field_filter import FieldFilter
from wirelens.widgets.theme import Theme, restyle

_PAUSE_MS = 60  # after the last letter, before the rows change


class FormTools(QFrame):
    """Hidden until `open`; stays while a filter is in force, so that nobody wonders where the fields are."""

    expand_requested = Signal()
    collapse_requested = Signal()
    closed = Signal()

    def __init__(self, filter: FieldFilter, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._filter, self._theme = filter, theme
        self.setProperty("role", "top-bar")
        self.setObjectName("formTools")
        self.edit = QLineEdit(self)
        self.edit.setObjectName("fieldFilter")
        self.edit.setAccessibleName("Filter fields by name")
        self.edit.setPlaceholderText("Filter fields")
        self.edit.setMinimumWidth(theme.px(80))
        self.edit.installEventFilter(self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(lambda: filter.set_text(self.edit.text()))
        self.edit.textEdited.connect(lambda _text: self._pause.start())
        self._only_set = self._button("Only set", "onlySetFields", "Show only fields that are set")
        self._only_set.setCheckable(True)
        self._only_set.toggled.connect(filter.set_only_set)
        expand = self._button("Expand", "expandAll", "Expand all: unfold what is set, and unset messages")
        expand.clicked.connect(self.expand_requested)
        collapse = self._button("Collapse", "collapseAll", "Collapse all")
        collapse.clicked.connect(self.collapse_requested)
        close = QToolButton(self)
        close.setToolTip("Close and show all fields (Esc)")
        close.setAccessibleName("Close the filter")
        close.setObjectName("closeFormTools")
        close.clicked.connect(self.close_tools)
        theme.set_icon(close, "close")
        self._note = QLabel(self)
        self._note.setProperty("role", "small")
        self._note.setObjectName("formToolsNote")
        self._note.setWordWrap(True)
        self._note.hide()
        self._row = QHBoxLayout()
        self._row.addWidget(self.edit, 1)
        for button in (self._only_set, expand, collapse, close):
            self._row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._row)
        self._column.addWidget(self._note)
        filter.changed.connect(self._on_filtered)
        theme.follow(self, self._dress)
        if filter.typed or filter.only_set:  # from the last time this was open
            self.edit.setText(filter.typed)
            self._only_set.setChecked(filter.only_set)
        else:
            self.hide()

    def open(self) -> None:
        """Show the line and take the focus."""
        self.show()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    @property
    def is_searching(self) -> bool:
        """Whether the rows do not show yet what was typed."""
        return self._pause.isActive() or self._filter.is_searching

    def set_only_set(self, only_set: bool) -> None:
        """As its button does; the line is shown to say so."""
        self.show()
        self._only_set.setChecked(only_set)

    def close_tools(self) -> None:
        """Show all fields again and go away."""
        self.edit.clear()
        self._pause.stop()
        self._filter.set_text("")
        self._only_set.setChecked(False)
        self.say("")
        self.hide()
        self.closed.emit()

    def say(self, sentence: str) -> None:
        """A sentence below the line, nothing where it is empty."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # this line's Esc, not the call's
        elif event.type() == QEvent.Type.KeyPress:
            self.close_tools()
            return True
        return super().eventFilter(watched, event)

    def _on_filtered(self) -> None:
        nothing = self._filter.found_nothing
        restyle(self.edit, invalid=nothing)
        self.say("No field that is set or unfolded has this in its name." if nothing else "")

    def _button(self, text: str, name: str, what: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("role", "quiet")
        button.setObjectName(name)
        button.setAccessibleName(what)
        button.setToolTip(what)
        return button

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(4), px(8), px(4))
        self._column.setSpacing(px(2))
        self._row.setSpacing(px(2))
