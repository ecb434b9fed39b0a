"""Stands for a message that can be unfolded: an arrow and what the message holds, in short."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from wirelens.presentation.amounts import count_text
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.field_index import TYPE_KEY, has_own_json
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.preview import any_words, preview
from wirelens.presentation.draft.tree import AnyValue, Fragment, ListValue, MapValue, MessageValue, Value
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.theme import restyle


class MessageHead(QPushButton):
    """A click folds and unfolds, as do the arrow keys; that alone sets nothing."""

    def __init__(self, context: FormContext, path: Path, meaning: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path, self._meaning = context, path, meaning
        self._is_open = False
        self._whole = ""
        self.setProperty("role", "head")
        name_editor(self, path)
        self.setMinimumWidth(context.theme.px(40))

    def show_state(self, *, is_open: bool) -> None:
        value = self._context.draft.value(self._path)
        self._is_open = is_open
        self._whole = self._words(value, is_open=is_open)
        invalid = isinstance(value, (bool, str, Fragment))
        restyle(self, unset=value is None, invalid=invalid, open=is_open and value is not None)
        icon = "chevron-down" if is_open else "chevron-right"
        self.setIcon(self._context.theme.icon(icon))
        self.setToolTip("Fold" if is_open else "Unfold")
        self._elide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}.get(Qt.Key(event.key()))
        if wanted is None and event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif wanted is None or wanted != self._is_open:
            self.click()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _words(self, value: Value | None, *, is_open: bool) -> str:
        """What is below in short; only how much of it where it can be seen anyway."""
        if value is None:
            return self._meaning
        if isinstance(value, AnyValue):
            return _any_in_short(value) if is_open else preview(value)
        if isinstance(value, MessageValue):
            if not value.index.shapes:
                return f"set · {value.descriptor.name} has no fields"
            if is_open or not value.fields:
                return f"{count_text(len(value.fields), 'field')} set"
        if is_open and isinstance(value, (ListValue, MapValue)):
            return count_text(row_count(value), "row")
        return preview(value)

    def _elide(self) -> None:
        room = self.width() - self._context.theme.px(44)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(room, 20)))


def _any_in_short(value: AnyValue) -> str:
    """An Any whose content can be seen below."""
    words = any_words(value)
    if value.content is None or has_own_json(value.content):
        return words
    return f"{words} · {count_text(len(value.fields) - (TYPE_KEY in value.fields), 'field')} set"
