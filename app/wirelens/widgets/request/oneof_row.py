"""A oneof as a row of segments; what was typed in the other members is kept."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wirelens.engine.messages.rules import oneof_is_required
from wirelens.presentation.draft.field_index import FieldIndex
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import MessageValue
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.request.field_label import FieldLabel
from wirelens.widgets.request.field_menu import add_field_actions
from wirelens.widgets.request.field_row import FieldRow
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.indented_area import Indented
from wirelens.widgets.request.mistake_line import MistakeLine

_NONE = " none"  # no field can have this name


class OneofRow(QWidget):
    """The members to choose from, and below them the chosen one."""

    def __init__(
        self, context: FormContext, index: FieldIndex, oneof: str, path: Path, level: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context, self._index, self._oneof, self._path, self._level = context, index, oneof, path, level
        self.setObjectName(f"oneof:{path_text((*path, oneof))}")
        self._members: dict[str, FieldRow] = {}
        self._label = FieldLabel(context, oneof, "oneof", level, self)
        declared = index.by_key[index.oneofs[oneof][0]].descriptor.containing_oneof
        if declared is not None and oneof_is_required(declared):
            self._label.setToolTip("Rule: one of the members must be set")
        self._choice = SegmentedChoice(context.theme, self)
        for key in index.oneofs[oneof]:
            shape = index.by_key[key]
            note = f"{shape.type_name}\n{context.comment(shape)}".strip()
            self._choice.add_choice(key, key, note)
            self._choice.button(key).setObjectName(f"member:{path_text((*path, key))}")
            self._choice.button(key).setAccessibleName(f"{oneof}: {key}")
        self._choice.add_choice(_NONE, "none", "No member is set")
        self._choice.button(_NONE).setAccessibleName(f"{oneof}: none")
        self._choice.button(_NONE).setObjectName(f"member:{path_text((*path, oneof))}:none")
        self._choice.chosen.connect(self._on_chosen)
        self._lay_out()

    def refresh(self) -> None:
        chosen = self._chosen()
        self._choice.set_current(chosen or _NONE)
        if chosen is not None and chosen not in self._members:
            shape, path = self._index.by_key[chosen], (*self._path, chosen)
            row = FieldRow(self._context, shape, path, self._level + 1, self._area)
            self._members[chosen] = row
            self._area.add(row)
            self._context.rearranged()
        self._area.setVisible(chosen is not None)
        self._broken_rule.say("", self._context.draft.rule_at((*self._path, self._oneof)))
        for key, row in self._members.items():
            row.setVisible(key == chosen)
        if chosen is not None:
            self._members[chosen].refresh()

    def row(self, step: str | int) -> QWidget | None:
        """The row of a member, where that is the chosen one."""
        return self._members[str(step)] if step == self._chosen() and step in self._members else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the member that is chosen; without one there is nothing to copy or reset."""
        chosen = self._chosen()
        if chosen is None:
            event.ignore()
            return
        menu = new_menu(self)
        add_field_actions(menu, self._context.draft, (*self._path, chosen), self._context.refuse)
        menu.popup(event.globalPos())

    def _chosen(self) -> str | None:
        message = self._context.draft.value(self._path)
        fields = message.fields if isinstance(message, MessageValue) else {}
        return next((key for key in self._index.oneofs[self._oneof] if key in fields), None)

    def _on_chosen(self, key: str) -> None:
        self._context.draft.choose_member(self._path, self._oneof, None if key == _NONE else key)
        self.refresh()

    def _lay_out(self) -> None:
        theme = self._context.theme
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        line.addSpacing(theme.px(22))
        side = QVBoxLayout()
        side.setSpacing(theme.px(2))
        side.addWidget(self._choice)
        self._broken_rule = MistakeLine((*self._path, self._oneof), side)
        line.addLayout(side, 1)
        self._area = Indented(self._context, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(line)
        column.addWidget(self._area)
