"""Stands for a value with JSON of its own (Any, Struct, ListValue, Value): what it holds in short, and ways into it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from wirelens.engine.messages.fields import FieldShape, message_fields
from wirelens.presentation.draft.field_index import Structure, is_json_row, message_type, structure_of
from wirelens.presentation.draft.json_kinds import JsonValueKind, kind_of, number_from_text
from wirelens.presentation.draft.json_values import Leaf, Unfinished
from wirelens.presentation.draft.leaves import unset_meaning
from wirelens.presentation.draft.paths import Path, always_holds
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, Value
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import BoolEditor, LineEditor, StringEditor
from wirelens.widgets.request.message_head import MessageHead
from wirelens.widgets.theme import restyle

_KIND_WIDTH = 92
_ROW_KINDS = (JsonValueKind.LIST, JsonValueKind.OBJECT)


def fits_rows(shape: FieldShape, value: Value | None) -> bool:
    """Whether the form has rows for what a field with JSON of its own holds; else its JSON is all there is to edit."""
    structure = structure_of(shape)
    if structure is Structure.ANY:
        return value is None or isinstance(value, AnyValue)
    if structure is Structure.VALUE:
        return isinstance(value, (ListValue, MapValue))
    return value is None or isinstance(value, MapValue if structure is Structure.STRUCT else ListValue)


class JsonNumberEditor(LineEditor):
    """A number of a Value: any that JSON writes, digit for digit."""

    def _leaf(self, text: str) -> Leaf:
        return number_from_text(text)


class KindChoice(QComboBox):
    """What a Value is: one of JSON's six kinds, or unset."""

    def __init__(self, context: FormContext, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        name_editor(self, path, "kind")
        self.addItems([kind.value for kind in JsonValueKind])
        self.setPlaceholderText("unset")
        self.setFixedWidth(context.theme.px(_KIND_WIDTH))

    def show_kind(self, kind: JsonValueKind | None) -> None:
        self.setCurrentIndex(-1 if kind is None else self.findText(kind.value))
        restyle(self, unset=kind is None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the form scrolls; a passing wheel must not change a value


class StructuredEditor(QWidget):
    """The kind and the scalar of a Value, or the head of what unfolds below, which `json_switched` asks for as text."""

    json_switched = Signal(bool)
    editor_made = Signal(QWidget)

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self._path = context, shape, path
        self._is_value = structure_of(shape) is Structure.VALUE
        # the text of a JSON tree is edited at its root; the rows within have no switch each
        self._is_within_json = is_json_row(shape)
        may_be_unset = not always_holds(path)
        self.head = MessageHead(context, path, unset_meaning(shape) if may_be_unset else "", self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(context.theme.px(4))
        self._kind = self._made_kind() if self._is_value else None
        self._passing: tuple[Value | None, Value] | None = None
        self._leaf: QWidget | None = None
        self._leaf_kind: JsonValueKind | None = None
        self._row.addWidget(self.head, 1)
        self._meaning = QLabel(unset_meaning(shape) if may_be_unset else "", self)
        self._meaning.setProperty("role", "small")
        self._row.addWidget(self._meaning, 1)
        self._switch = self._made_switch()
        self._row.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def is_folding(self) -> bool:
        """Whether there is anything to unfold."""
        value = self._context.draft.value(self._path)
        return not self._is_value or isinstance(value, (ListValue, MapValue)) or _is_broken_json(value)

    def refresh(self, *, is_json: bool) -> None:
        """Show what the draft has; `is_json`: it is below as text at present."""
        value = self._context.draft.value(self._path)
        if self._kind is not None:
            kind = None if value is None else kind_of(value)
            self._kind.show_kind(kind)
            self._show_leaf(None if kind in _ROW_KINDS or _is_broken_json(value) else kind)
        is_folding = self.is_folding
        self.head.setVisible(is_folding)
        name_editor(self.head, self._path, "" if is_folding else "rows")
        self._meaning.setVisible(not is_folding and self._leaf is None)
        self._meaning.setText(unset_meaning(self._shape) if value is None else "")
        self._switch.setVisible(is_folding and (value is not None or is_json) and not self._is_within_json)
        self._switch.setChecked(is_json)
        self._switch.setEnabled(not is_json or fits_rows(self._shape, value))
        self._switch.setToolTip("Edit its fields" if is_json else "Edit it as JSON text")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever is sent here wants to edit the value."""
        target: QWidget | None = self.head if self.is_folding else self._leaf or self._kind
        if target is not None:
            target.setFocus(event.reason())

    def _show_leaf(self, kind: JsonValueKind | None) -> None:
        """Have the editor of one scalar, which is made when a value first is of that kind."""
        if kind is not self._leaf_kind:
            self._drop_leaf()
            self._leaf_kind = kind
            self._leaf = self._made_leaf(kind)
            if self._leaf is not None:
                self._row.insertWidget(1, self._leaf, 1)
                self.editor_made.emit(self._leaf)
                self._context.rearranged()
        if isinstance(self._leaf, (JsonNumberEditor, StringEditor, BoolEditor)):
            self._leaf.refresh()

    def _made_leaf(self, kind: JsonValueKind | None) -> QWidget | None:
        shapes = {shape.name: shape for shape in message_fields(message_type(self._shape))}
        if kind is JsonValueKind.NUMBER:
            return JsonNumberEditor(self._context, shapes["number_value"], self._path, self)
        if kind is JsonValueKind.STRING:
            return StringEditor(self._context, shapes["string_value"], self._path, self)
        if kind is JsonValueKind.BOOL:
            return BoolEditor(self._context, shapes["bool_value"], self._path, self)
        return None

    def _drop_leaf(self) -> None:
        if self._leaf is None:
            return
        for named in (self._leaf, *self._leaf.findChildren(QWidget)):
            named.setObjectName("")
        self._row.removeWidget(self._leaf)
        self._leaf.hide()
        self._leaf.deleteLater()
        self._leaf = None

    def _made_kind(self) -> KindChoice:
        choice = KindChoice(self._context, self._path, self)
        choice.activated.connect(lambda _index: self._on_kind_chosen(JsonValueKind(choice.currentText())))
        self._row.addWidget(choice, 0, Qt.AlignmentFlag.AlignTop)
        return choice

    def _on_kind_chosen(self, kind: JsonValueKind) -> None:
        """Who goes through the kinds with the arrow keys loses nothing: each is made of what was there at first."""
        draft = self._context.draft
        present = draft.value(self._path)
        start, made = self._passing if self._passing is not None else (present, present)
        if present != made:
            start = present
        made = draft.value_of_kind(self._path, start, kind)
        draft.set_value(self._path, made)
        self._passing = (start, made)
        self.refresh(is_json=False)

    def _made_switch(self) -> QToolButton:
        switch = QToolButton(self)
        switch.setText("JSON")
        switch.setProperty("role", "text")
        switch.setCheckable(True)
        name_editor(switch, self._path, "json")
        switch.clicked.connect(self.json_switched)
        return switch


def _is_broken_json(value: Value | None) -> bool:
    """What was typed as JSON text and cannot be read yet."""
    return isinstance(value, Unfinished) and value.notation == "json"
