"""Editors of one scalar: text that is no value yet stays as it is typed, and unset says what that means."""

import math

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetricsF, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import scalar_shape
from wirelens.presentation.draft.json_values import Leaf, Number
from wirelens.presentation.draft.leaves import leaf_from_text, text_from_leaf, unset_meaning
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.presentation.draft.tree import Value, value_text
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.theme import restyle

_MOST_LINES = 10
_PADDING = 12


def shown_text(shape: FieldShape, value: Value | None) -> str:
    """The text of a leaf; what does not belong there at all is shown as the JSON it is."""
    if value is None or isinstance(value, (bool, str)):
        return text_from_leaf(shape, value)
    return " ".join(value_text(value).split())


def line_height(editor: QPlainTextEdit) -> int:
    """The height of one line as the document lays it out, which is not quite what the font says."""
    return math.ceil(QFontMetricsF(editor.document().defaultFont()).lineSpacing())


def show_beginning(line: QLineEdit) -> None:
    """A text too long for its line shows how it begins, unless somebody is at work in it."""
    room = line.width() - 2 * _PADDING
    if not line.hasFocus() and line.fontMetrics().horizontalAdvance(line.text()) > room:
        line.setCursorPosition(0)


def leaves_undo_to_the_draft(event: QEvent) -> bool:
    """Whether `event` asks for undo or redo, which an editor would take for its own text alone."""
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    return any(
        event.matches(key)  # type: ignore[attr-defined]  # a QKeyEvent by its type
        for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    )


class LineEditor(QLineEdit):
    """A number, or a well-known type that ProtoJSON writes as a string."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._always_holds = always_holds(path)
        self._meaning = "" if self._always_holds else unset_meaning(shape)
        name_editor(self, path)
        context.dressed.connect(self._dress)
        self._dress()
        self.textEdited.connect(self._on_edited)

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        if not (isinstance(value, (bool, str)) and value == self._leaf(self.text())):
            self._show(value)
        self.setPlaceholderText(self._meaning if value is None else "")
        restyle(self, unset=value is None, invalid=bool(self._context.draft.mistake_at(self._path)))

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        show_beginning(self)

    def show_anew(self) -> None:
        """Write what the draft has once more, even where the text already says the same."""
        self._show(self._context.draft.value(self._path))

    def _show(self, value: Value | None) -> None:
        text = self._text_of(value)
        if text != self.text():
            self.setText(text)
            show_beginning(self)
            self._dress()

    def _text_of(self, value: Value | None) -> str:
        return shown_text(self._shape, value)

    def _leaf(self, text: str) -> Leaf:
        leaf = leaf_from_text(self._shape, text)
        return "" if leaf is None and self._always_holds else leaf

    def _on_edited(self, text: str) -> None:
        self._dress()
        self._context.draft.set_value(self._path, self._leaf(text))

    def _dress(self) -> None:
        """What is typed is data; what unset means is said in words."""
        font = self._context.data_font if self.text() else self._context.label_font
        if font != self.font():
            self.setFont(font)


class StringEditor(QPlainTextEdit):
    """A string; grows with its lines."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._may_be_empty = always_holds(path) or shape.has_presence
        self._meaning = "" if always_holds(path) else unset_meaning(shape)
        self._is_refreshing = False
        self._known = ""  # the text as it was last shown or typed; a new font is told of as a change too
        name_editor(self, path)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setViewportMargins(context.theme.px(2), 0, 0, 0)  # text begins where a line editor's does
        context.dressed.connect(self._dress)
        self._dress()
        self.textChanged.connect(self._on_changed)

    def text(self) -> str:
        """What stands in the editor; unlike toPlainText it keeps no-break spaces."""
        return self.document().toRawText().replace("\u2029", "\n")

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        text = shown_text(self._shape, value)
        if text != self.text():
            self._is_refreshing = True
            self.setPlainText(text)
            self._is_refreshing = False
            self._known = self.text()
            self._fit()
        self.setPlaceholderText(self._meaning if value is None else "" if text else "empty")
        restyle(self, unset=value is None, invalid=bool(self._context.draft.mistake_at(self._path)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            event.ignore()
        else:
            super().wheelEvent(event)

    def _on_changed(self) -> None:
        text = self.text()
        if self._is_refreshing or text == self._known:
            return
        self._known = text
        self._context.draft.set_value(self._path, text if text or self._may_be_empty else None)
        self._fit()

    def _fit(self) -> None:
        """As high as its lines, up to a point; beyond that it scrolls."""
        lines = max(1, round(self.document().size().height()))
        shown = min(lines, _MOST_LINES)
        px, one_line = self._context.theme.px, line_height(self)
        height = px(28) + (shown - 1) * one_line + (0 if shown == 1 else 2)
        if lines > _MOST_LINES:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        else:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _dress(self) -> None:
        self.setFont(self._context.label_font)
        # one line stands in the middle of a control's height, as in a line editor (1 and 3 px are line and padding)
        px = self._context.theme.px
        self.document().setDocumentMargin(max(1, (px(28) - 2 - 2 * px(3) - line_height(self)) // 2))
        self._fit()


class BoolEditor(QWidget):
    """True or false; neither is chosen while the field is unset."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._choice = SegmentedChoice(context.theme, self)
        self._choice.set_choices([("false", "false"), ("true", "true")])
        self._choice.chosen.connect(self._on_chosen)
        self._meaning = QLabel("" if always_holds(path) else unset_meaning(shape), self)
        self._meaning.setProperty("role", "small")
        for key in self._choice.keys:
            name_editor(self._choice.button(key), path, key)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._choice)
        row.addWidget(self._meaning, 1)
        name_editor(self, path)
        pass_focus_on(self, self._choice.button("false"))

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        self._choice.set_current(shown_text(self._shape, value) if isinstance(value, bool) else None)
        if value is not None and not isinstance(value, bool):
            self._meaning.setText(shown_text(self._shape, value))
        elif value is None:
            self._meaning.setText(unset_meaning(self._shape))
        self._meaning.setVisible(not isinstance(value, bool))

    def _on_chosen(self, key: str) -> None:
        self._context.draft.set_value(self._path, key == "true")


class EnumEditor(QComboBox):
    """A name with its number; can be searched by typing, and takes numbers that have no name."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._always_holds = always_holds(path)
        self._meaning = "" if self._always_holds else unset_meaning(shape)
        self._numbers = {value.name: value.number for value in shape.enum_values}
        self._deprecated = {value.name for value in shape.enum_values if value.deprecated}
        name_editor(self, path)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setCompleter(None)  # type: ignore[arg-type]  # the stubs forget the None
        line = self.lineEdit()
        assert line is not None
        self._line = line
        self._line.textEdited.connect(self._on_edited)
        self._line.setAccessibleName(self.accessibleName())
        self.activated.connect(lambda _index: self._on_edited(self.currentText()))

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        edit = self._line
        if not (isinstance(value, (bool, str)) and value == self._leaf(edit.text())):
            text = self._shown(value)
            if text != edit.text():
                edit.setText(text)
        elif not edit.hasFocus() and edit.text() != self._shown(value):
            edit.setText(self._shown(value))
        edit.setPlaceholderText(self._meaning if value is None else "")
        self.setToolTip("This value is deprecated" if value in self._deprecated else "")
        restyle(self, unset=value is None, invalid=bool(self._context.draft.mistake_at(self._path)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._fill()
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        show_beginning(self._line)

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the form scrolls; a passing wheel must not change a value

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def _shown(self, value: Value | None) -> str:
        if isinstance(value, str) and not isinstance(value, Number) and value in self._numbers:
            return f"{value} = {self._numbers[value]}"
        return shown_text(self._shape, value)

    def _leaf(self, text: str) -> Leaf:
        leaf = leaf_from_text(self._shape, text)
        return "" if leaf is None and self._always_holds else leaf

    def _fill(self) -> None:
        """Only when it is needed: a list of a hundred enums would hold a hundred such lists."""
        if self.count():
            return
        text = self._line.text()
        names = [f"{value.name} = {value.number}" for value in self._shape.enum_values]
        self.addItems(names)
        struck_out = QFont(self._context.label_font)
        struck_out.setStrikeOut(True)
        for index, value in enumerate(self._shape.enum_values):
            comment = self._context.draft.schema.comment(_value_name(self._shape, value.name))
            aliases = [other.name for other in self._shape.enum_values if other.number == value.number]
            notes = [comment.strip(), "deprecated" if value.deprecated else ""]
            if len(aliases) > 1:
                notes.append(f"also {', '.join(name for name in aliases if name != value.name)}")
            self.setItemData(index, "\n".join(filter(None, notes)), Qt.ItemDataRole.ToolTipRole)
            if value.deprecated:
                self.setItemData(index, struck_out, Qt.ItemDataRole.FontRole)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(self._on_edited)
        self.setCompleter(completer)
        self.setCurrentIndex(names.index(text) if text in names else -1)
        self._line.setText(text)

    def _on_edited(self, text: str) -> None:
        if self._always_holds and self._context.draft.value(self._path) is None:
            return  # the row was removed while the focus was here: a combo box that loses it says its text once more
        self._context.draft.set_value(self._path, self._leaf(text))


def _value_name(shape: FieldShape, name: str) -> str:
    """The full name of an enum's value: values stand beside their enum, not within it."""
    scope = (scalar_shape(shape).enum_name or "").rpartition(".")[0]
    return f"{scope}.{name}" if scope else name
