"""One element of a repeated field, or one entry of a map."""

from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.field_index import Structure, field_index, message_type, structure_of
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import MapValue, empty_element
from wirelens.widgets.controls.clipboard import offers_text
from wirelens.widgets.controls.menus import new_menu
from wirelens.widgets.request.field_label import FieldLabel
from wirelens.widgets.request.field_menu import TextMenu, add_field_actions, add_value_choices
from wirelens.widgets.request.folding import Folding
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.indented_area import IndentedArea
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft
from wirelens.widgets.request.message_head import MessageHead
from wirelens.widgets.request.mistake_line import MistakeLine
from wirelens.widgets.request.paste_keys import PasteKeys
from wirelens.widgets.request.row_drag import RowHandle
from wirelens.widgets.request.structured_editor import StructuredEditor
from wirelens.widgets.request.value_editors import make_editor, needs_room, refresh
from wirelens.widgets.theme import restyle

_UNFOLDED_ROWS = 2


class HoldsRows(Protocol):
    """The panel that a row asks for its own removal, copy or move."""

    path: Path

    def add_row(self, index: int | None = None) -> None: ...
    def duplicate_row(self, index: int) -> None: ...
    def move_row(self, index: int, to: int) -> None: ...
    def remove_row(self, index: int) -> None: ...
    def paste_rows(self, index: int, *, replaced: int = 0) -> None: ...
    def drag_row(self, index: int, place: QPoint) -> None: ...
    def drop_row(self) -> None: ...
    def abandon_row(self) -> None: ...


class KeyEditor(QLineEdit):
    """The key of a map's entry."""

    def __init__(self, context: FormContext, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        name_editor(self, path, "key")
        self.setPlaceholderText("empty key")
        context.dressed.connect(self._dress)
        self._dress()
        self.textEdited.connect(self._on_edited)

    def refresh(self, doubles: frozenset[str]) -> bool:
        """Show the key; gives whether another row has it too."""
        entries = self._context.draft.value(self._path[:-1])
        index = self._path[-1]
        assert isinstance(index, int)
        key = entries.entries[index][0] if isinstance(entries, MapValue) and index < len(entries.entries) else ""
        if key != self.text():
            self.setText(key)
        restyle(self, invalid=key in doubles)
        return key in doubles

    def event(self, event: QEvent) -> bool:
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        return super().event(event)

    def _dress(self) -> None:
        self.setFont(self._context.data_font)

    def _on_edited(self, text: str) -> None:
        index = self._path[-1]
        assert isinstance(index, int)
        self._context.draft.set_key(self._path[:-1], index, text)


class ElementRow(QWidget):
    """Stands for a position, not for a value: when rows move, each shows what has come to its place."""

    def __init__(
        self,
        context: FormContext,
        shape: FieldShape,
        element: FieldShape,
        path: Path,
        level: int,
        panel: HoldsRows,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        index = path[-1]
        assert isinstance(index, int)
        self._context, self._element, self.path, self._level, self.panel = context, element, path, level, panel
        self.index = index
        self.setObjectName(f"row:{path_text(path)}")
        structure = structure_of(element)
        self._is_leaf = structure is Structure.LEAF
        self._structured: StructuredEditor | None = None
        self._key = KeyEditor(context, path, self) if shape.is_map else None
        self._head: MessageHead | None = None
        self._folding = Folding(context, self)
        self._area: IndentedArea | None = None
        self._editor: QWidget
        self._has_fields = not self._is_leaf and bool(field_index(message_type(element)).shapes)
        if self._is_leaf:
            self._editor = make_editor(context, element, path, self)
        elif structure is Structure.MESSAGE:
            self._editor = self._head = MessageHead(context, path, "", self)
        else:
            self._editor = self._structured = StructuredEditor(context, element, path, self)
            self._head = self._structured.head
            self._structured.json_switched.connect(self._on_json_switched)
            self._structured.editor_made.connect(lambda made: TextMenu(self, made, self._add_actions))
        if self._head is not None:
            self._head.clicked.connect(lambda: self.set_unfolded(not self.is_unfolded()))
        self._was_refreshed = False
        self._was_scalar = False  # a Value that becomes a list or an object unfolds
        self._stands_below = not self._is_leaf or (shape.is_map and needs_room(element))
        self._lay_out()
        context.measured.connect(self._measure)
        TextMenu(self, self._editor, self._add_actions)
        if self._key is not None:
            TextMenu(self, self._key, self._add_actions)
            PasteKeys(self._key, self._paste_over)
        if not isinstance(self._editor, FragmentEditor):
            PasteKeys(self._editor, self._paste_over)

    def refresh(self, doubles: frozenset[str]) -> None:
        is_double = self._key.refresh(doubles) if self._key is not None else False
        if self._structured is not None:
            self._structured.refresh(is_json=self._area is not None and self._area.shows_json)
        if self._structured is not None and not self._structured.is_folding:
            self.set_unfolded(False)
            self._was_refreshed = self._was_scalar = True
        elif self._head is None:
            refresh(self._editor)
        else:
            rows = self._context.draft.value(self.panel.path)
            if not self._was_refreshed and row_count(rows) <= _UNFOLDED_ROWS and self._level < 4 and self._has_fields:
                self._was_refreshed = True
                self.set_unfolded(True)
            elif self._was_scalar:
                self.set_unfolded(True)
            self._was_refreshed, self._was_scalar = True, False
            self._folding.follow()
            self._head.show_state(is_open=self.is_unfolded())
            if self._area is not None and self.is_unfolded():
                self._area.refresh()
        mistake = "another row has this key" if is_double else self._context.sentence_at(self.path)
        self._mistake.say(mistake, self._context.draft.rule_at(self.path))

    def focus(self) -> None:
        """Begin to edit: the key first where there is one."""
        target = self._editor if self._key is None else self._key
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(target, QLineEdit):
            target.selectAll()

    def let_go(self) -> None:
        """End a drag of the row, if there is one, with the row where it was."""
        self._handle.let_go()

    def row(self, step: str | int) -> QWidget | None:
        """The row of a field of the message here, unfolded."""
        self.set_unfolded(True)
        return self._area.row(step) if self._area is not None else None

    def set_unfolded(self, unfolded: bool) -> None:
        if self._head is None or unfolded == self.is_unfolded():
            return
        if self._area is None:
            self._area = IndentedArea(self._context, self._element, self.path, self._level, self)
            self._column.addWidget(self._area)
        self._context.draft.filter.set_unfolded(self.path, unfolded)
        self._area.setVisible(unfolded)
        self._area.refresh()
        self._head.show_state(is_open=unfolded)
        self._context.rearranged()
        self._context.look_again()

    def _on_json_switched(self, wanted: bool) -> None:
        self.set_unfolded(True)
        if self._area is not None:
            self._area.show_json(wanted)
        if self._structured is not None:
            self._structured.refresh(is_json=wanted)

    def event(self, event: QEvent) -> bool:
        """In a row Ctrl+D is the row's; elsewhere the window half-closes by it, and two shortcuts would do neither."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _duplicates(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _duplicates(event):
            self.panel.duplicate_row(self.index)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = new_menu(self)
        self._add_actions(menu)
        menu.popup(event.globalPos())

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the row."""
        count = row_count(self._context.draft.value(self.panel.path))
        for text, keys, target in (
            ("Move up", "Alt+Up", self.index - 1),
            ("Move down", "Alt+Down", self.index + 1),
            ("Move to top", "", 0),
            ("Move to end", "", count - 1),
        ):
            action = menu.addAction(f"{text}\t{keys}")
            action.setEnabled(0 <= target < count and target != self.index)
            action.triggered.connect(lambda _checked=False, to=target: self.panel.move_row(self.index, to))
        menu.addSeparator()
        paste = menu.addAction("Paste lines as rows")
        paste.setEnabled(offers_text())
        paste.triggered.connect(lambda: self.panel.paste_rows(self.index + 1))
        menu.addAction("Insert before").triggered.connect(lambda: self.panel.add_row(self.index))
        menu.addAction("Duplicate\tCtrl+D").triggered.connect(lambda: self.panel.duplicate_row(self.index))
        menu.addAction("Remove\tAlt+Del").triggered.connect(lambda: self.panel.remove_row(self.index))

    def _add_actions(self, menu: QMenu) -> None:
        self.fill_menu(menu)
        menu.addSeparator()
        add_value_choices(menu, self._context.draft, self._element, self.path)
        add_field_actions(menu, self._context.draft, self.path, self._context.refuse)

    def _paste_over(self) -> None:
        """Several lines take the place of a row that nothing was typed in, else they come behind it."""
        is_new = self._context.draft.value(self.path) == empty_element(self._element)
        if self._key is not None:
            is_new = is_new and not self._key.text()
        elif isinstance(self._editor, (QLineEdit, QPlainTextEdit)):
            is_new = True  # pasted over what is selected, or into an empty line
        self.panel.paste_rows(self.index if is_new else self.index + 1, replaced=int(is_new))

    def _measure(self) -> None:
        """A key that stands in the column of names is as wide as they may be."""
        if self._key is not None and self._stands_below:
            self._key.setFixedWidth(self._context.label_width(self._level) - self._context.theme.px(22))

    def is_unfolded(self) -> bool:
        return self._area is not None and not self._area.isHidden()

    def _name(self, button: QToolButton, icon: str, what: str) -> None:
        button.setProperty("role", "small")
        button.setObjectName(f"{what.lower()}:{path_text(self.path)}")
        button.setAccessibleName(f"{what} {path_text(self.path)}")
        self._context.theme.set_icon(button, icon)

    def _show_menu(self) -> None:
        menu = new_menu(self)
        self._add_actions(menu)
        menu.popup(self._handle.mapToGlobal(self._handle.rect().bottomLeft()))

    def _row_buttons(self) -> QHBoxLayout:
        self._handle = RowHandle(self)
        self._name(self._handle, "drag", "Row")
        self._handle.setToolTip("Drag to move; click for more")
        self._handle.clicked.connect(self._show_menu)
        self._handle.dragged.connect(lambda place: self.panel.drag_row(self.index, place))
        self._handle.dropped.connect(self.panel.drop_row)
        self._handle.abandoned.connect(self.panel.abandon_row)
        remove = QToolButton(self)
        self._name(remove, "close", "Remove")
        remove.setToolTip("Remove")
        remove.clicked.connect(lambda: self.panel.remove_row(self.index))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.setContentsMargins(0, self._context.theme.px(4), 0, 0)
        row.addWidget(self._handle)
        row.addWidget(remove)
        return row

    def _lay_out(self) -> None:
        theme = self._context.theme
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.setSpacing(theme.px(4))
        if self._stands_below:
            if self._key is not None:
                self._measure()
                line.addWidget(self._key, 0, top)
                line.addSpacing(theme.px(18))
            else:
                line.setSpacing(0)
                line.addWidget(FieldLabel(self._context, f"[{self.index}]", "", self._level, self), 0, top)
                line.addSpacing(theme.px(22))
        elif self._key is not None:
            line.addWidget(self._key, 2, top)
            arrow = QLabel("→")
            arrow.setProperty("role", "faint")
            arrow.setFixedHeight(theme.px(28))
            line.addWidget(arrow, 0, top)
        side = QVBoxLayout()
        side.setSpacing(theme.px(2))
        side.addWidget(self._editor)
        line.addLayout(side, 3)
        buttons = self._row_buttons()
        line.addLayout(buttons)
        line.setAlignment(buttons, top)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(2 if self._is_leaf else 8))
        self._column.addLayout(line)
        # under both editors of a map's row, else under the one there is
        self._mistake = MistakeLine(self.path, side if self._key is None else self._column)


def _duplicates(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier
