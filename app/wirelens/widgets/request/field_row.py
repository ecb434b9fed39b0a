"""One field of a message in the form: its name and type, whether it is set, its editor, what is wrong with it.

A request that is itself of a type with JSON of its own is one such row.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.field_index import Structure, field_index, field_key, message_type, structure_of
from wirelens.presentation.draft.leaves import unset_meaning
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import Fragment, Value, default_words
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.request.field_label import FieldLabel
from wirelens.widgets.request.field_menu import TextMenu, add_field_actions, add_value_choices
from wirelens.widgets.request.folding import Folding
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.indented_area import HoldsRows, IndentedArea
from wirelens.widgets.request.message_head import MessageHead
from wirelens.widgets.request.mistake_line import MistakeLine
from wirelens.widgets.request.presence_toggle import PresenceToggle
from wirelens.widgets.request.structured_editor import StructuredEditor
from wirelens.widgets.request.value_editors import make_editor, refresh, stands_below

_UNFOLDED_LEVELS = 3
_UNFOLDED_ROWS = 3


class FieldRow(QWidget):
    """Refreshes itself from the draft; builds what is folded only when it is unfolded."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._shape, self.path, self._level = context, shape, path, level
        self.setObjectName(f"row:{path_text(path)}")
        self._is_many = shape.is_repeated or shape.is_map
        self._is_folded_away = stands_below(shape)
        self._label = FieldLabel(context, field_key(shape), shape.type_name, level, self)
        if path:
            self._label.describe(shape)
        else:
            self._label.setToolTip(shape.message_name or "")
        self._toggle = PresenceToggle(context.theme, path, self) if self._has_toggle() else None
        self._area: IndentedArea | None = None
        self._head: MessageHead | None = None
        self._folding = Folding(context, self)
        self._structured: StructuredEditor | None = None
        self._editor = self._make_editor()
        self._was_set: bool | None = None
        self._lay_out()

    def refresh(self) -> None:
        value = self._context.draft.value(self.path)
        if self._toggle is not None:
            self._toggle.show_presence(value is not None, default_words(self._shape, value))
        if self._structured is not None:
            self._structured.refresh(is_json=self._area is not None and self._area.shows_json)
        if self._head is not None:
            self._refresh_fold(value)
            self._folding.follow()
            self._head.show_state(is_open=self.is_unfolded())
        else:
            refresh(self._editor)
        if self.is_unfolded() and self._area is not None:
            self._area.refresh()
        self._mistake.say(self._context.sentence_at(self.path), self._context.draft.rule_at(self.path))

    def focus(self) -> None:
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def row(self, step: str | int) -> QWidget | None:
        """The row of what is below, unfolded; None where there is none."""
        if self._head is not None:
            self.set_unfolded(True)
        holder = self._area if self._head is not None else self._editor
        return holder.row(step) if isinstance(holder, HoldsRows) else None

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or hide what is below; it is built the first time."""
        if self._head is None or unfolded == self.is_unfolded():
            return
        if self._area is None:
            self._area = IndentedArea(self._context, self._shape, self.path, self._level, self)
            self._column.addWidget(self._area)
        self._context.draft.filter.set_unfolded(self.path, unfolded)
        self._area.setVisible(unfolded)
        self._area.refresh()
        self._head.show_state(is_open=unfolded)
        self._context.rearranged()
        self._context.look_again()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = new_menu(self)
        self._add_actions(menu)
        menu.popup(event.globalPos())

    def _add_actions(self, menu: QMenu) -> None:
        add_value_choices(menu, self._context.draft, self._shape, self.path)
        add_field_actions(menu, self._context.draft, self.path, self._context.refuse)

    def _has_toggle(self) -> bool:
        return self._shape.has_presence and self._shape.oneof is None and not self._is_many

    def _make_editor(self) -> QWidget:
        if self._is_many and not self._is_folded_away:
            from wirelens.widgets.request.rows_panel import RowsPanel

            return RowsPanel(self._context, self._shape, self.path, self._level, self)
        if self._is_folded_away and not self._is_many and structure_of(self._shape) is not Structure.MESSAGE:
            self._structured = StructuredEditor(self._context, self._shape, self.path, self)
            self._structured.json_switched.connect(self._on_json_switched)
            self._structured.editor_made.connect(self._add_text_menu)
            self._head = self._structured.head
            self._head.clicked.connect(lambda: self.set_unfolded(not self.is_unfolded()))
            return self._structured
        if self._is_folded_away:
            meaning = "empty" if self._is_many else unset_meaning(self._shape)
            self._head = MessageHead(self._context, self.path, meaning, self)
            self._head.clicked.connect(lambda: self.set_unfolded(not self.is_unfolded()))
            return self._head
        editor = make_editor(self._context, self._shape, self.path, self)
        self._add_text_menu(editor)
        return editor

    def _add_text_menu(self, editor: QWidget) -> None:
        TextMenu(self, editor, self._add_actions)

    def _on_json_switched(self, wanted: bool) -> None:
        self.set_unfolded(True)
        if self._area is not None:
            self._area.show_json(wanted)
        self.refresh()

    def _refresh_fold(self, value: Value | None) -> None:
        """A message that has become set unfolds by itself, unless it lies deep or is one of many."""
        is_set = value is not None and (self._structured is None or self._structured.is_folding)
        if is_set and not self._was_set and self._level < _UNFOLDED_LEVELS and not isinstance(value, Fragment):
            self._was_set = is_set
            is_short = row_count(value) <= _UNFOLDED_ROWS or not self.path
            if is_short and (self._is_many or field_index(message_type(self._shape)).shapes):
                self.set_unfolded(True)
        elif self._structured is not None and not self._structured.is_folding:
            self.set_unfolded(False)
        self._was_set = is_set

    def is_unfolded(self) -> bool:
        return self._area is not None and not self._area.isHidden()

    def _on_toggled(self) -> None:
        draft = self._context.draft
        if draft.value(self.path) is None:
            draft.make_present(self.path)
            self.refresh()
            self.focus()
        else:
            draft.unset(self.path)
            self.refresh()

    def _lay_out(self) -> None:
        theme = self._context.theme
        side = QVBoxLayout()
        side.setSpacing(theme.px(2))
        side.addWidget(self._editor)
        self._mistake = MistakeLine(self.path, side)
        line = QHBoxLayout()
        line.setSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._label, 0, top)
        if self._toggle is not None:
            self._toggle.clicked.connect(self._on_toggled)
            self._toggle.setFixedSize(self._toggle.sizeHint())
            line.addWidget(self._toggle, 0, top)
            line.addSpacing(theme.px(2))
        else:
            line.addSpacing(theme.px(22))
        line.addLayout(side, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self._column.addLayout(line)
