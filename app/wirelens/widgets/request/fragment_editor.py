"""A piece of ProtoJSON within the form: an Any, Struct, Value or ListValue as text."""

import json

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.json_values import Unfinished, read_plain
from wirelens.presentation.draft.leaves import unset_meaning
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.presentation.draft.tree import Fragment, Value, value_text
from wirelens.widgets.json_highlighter import JsonHighlighter
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft, line_height
from wirelens.widgets.theme import restyle

_MOST_LINES = 16


class FragmentEditor(QPlainTextEdit):
    """Its text is kept as typed while it is no JSON yet."""

    def __init__(self, context: FormContext, shape: FieldShape | None, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._may_be_unset = not always_holds(path)
        self._meaning = unset_meaning(shape) if shape is not None and self._may_be_unset else ""
        self._is_refreshing = False
        self._known = ""  # the text as it was last shown or typed; a new font is told of as a change too
        name_editor(self, path)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3)
        self._highlighter = JsonHighlighter(self, context.theme)
        self.textChanged.connect(self._on_changed)
        context.dressed.connect(self._dress)
        self._dress()

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        if not self._says(value):
            self._is_refreshing = True
            self.setPlainText("" if value is None else self._text_of(value))
            self._is_refreshing = False
            self._known = self._plain_text()
            self._fit()
        self.setPlaceholderText(self._meaning if value is None else "")
        restyle(self, unset=value is None, invalid=bool(self._context.draft.mistake_at(self._path)))

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _says(self, value: Value | None) -> bool:
        text = self._plain_text()
        if value is None or isinstance(value, Unfinished):
            return text == str(value or "")
        try:
            return value_text(self._read(text)) == value_text(value)
        except (ValueError, RecursionError):
            return False

    def _plain_text(self) -> str:
        return self.document().toRawText().replace("\u2029", "\n")

    def _on_changed(self) -> None:
        text = self._plain_text()
        if self._is_refreshing or text == self._known:
            return
        self._known = text
        self._fit()
        draft = self._context.draft
        if not text.strip() and self._may_be_unset:
            draft.set_value(self._path, None)
            return
        try:
            draft.set_plain(self._path, read_plain(text))
        except json.JSONDecodeError as error:
            sentence = f"line {error.lineno}, column {error.colno}: {error.msg}"
            draft.set_value(self._path, Unfinished(text, "json", sentence))
        except (ValueError, RecursionError) as error:
            sentence = str(error) if isinstance(error, ValueError) else "nested deeper than can be read"
            draft.set_value(self._path, Unfinished(text, "json", sentence))

    @staticmethod
    def _read(text: str) -> Fragment:
        return Fragment(read_plain(text))

    @staticmethod
    def _text_of(value: Value) -> str:
        return str(value) if isinstance(value, Unfinished) else value_text(value)

    def _fit(self) -> None:
        lines = min(max(1, self.blockCount()), _MOST_LINES)
        px = self._context.theme.px
        bar = px(10) if self.horizontalScrollBar().maximum() else 0
        height = max(px(28), lines * line_height(self) + px(16) + bar)
        if self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _dress(self) -> None:
        self.setFont(self._context.data_font)
        self._fit()
