"""What can be done with a field by menu: copy its value, its JSON or its path, paste JSON or lines, and reset it."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu, QPlainTextEdit, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.edits import row_count, shape_at
from wirelens.presentation.draft.field_index import Structure, scalar_shape, structure_of
from wirelens.presentation.draft.leaves import FLOATS, leaf_from_text
from wirelens.presentation.draft.pasting import PasteError, rows_from_lines, value_from_json
from wirelens.presentation.draft.paths import Path, is_row, path_text
from wirelens.presentation.draft.tree import Value, value_text
from wirelens.widgets.controls.clipboard import offers_text

Refused: TypeAlias = Callable[[Path, str], None]


class TextMenu(QObject):
    """Lets the actions of a field join the menus that its text editors have of their own."""

    def __init__(self, owner: QWidget, editor: QWidget, add_actions: Callable[[QMenu], None]) -> None:
        super().__init__(owner)
        self._add_actions = add_actions
        lines, areas = editor.findChildren(QLineEdit), editor.findChildren(QPlainTextEdit)
        for line in [editor, *lines] if isinstance(editor, QLineEdit) else lines:
            line.installEventFilter(self)
        for area in [editor, *areas] if isinstance(editor, QPlainTextEdit) else areas:
            area.installEventFilter(self)
            area.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ContextMenu or not isinstance(event, QContextMenuEvent):
            return False
        editor = watched if isinstance(watched, (QLineEdit, QPlainTextEdit)) else watched.parent()
        if not isinstance(editor, (QLineEdit, QPlainTextEdit)):
            return False
        menu = editor.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        self._add_actions(menu)
        menu.popup(event.globalPos())
        return True


def add_field_actions(menu: QMenu, draft: Draft, path: Path, refused: Refused) -> None:
    """Add the actions for the value at `path`; what is on the clipboard and does not fit is `refused` there."""
    value = draft.value(path)
    copy_value = menu.addAction("Copy value")
    copy_value.setEnabled(value is not None)
    copy_value.triggered.connect(lambda: _copy(_bare_text(value)))
    copy_json = menu.addAction("Copy as JSON")
    copy_json.setEnabled(value is not None)
    copy_json.triggered.connect(lambda: _copy("" if value is None else value_text(value)))
    copy_path = menu.addAction("Copy field path")
    copy_path.setEnabled(bool(path))  # a request as a whole has none
    copy_path.triggered.connect(lambda: _copy(path_text(path)))
    menu.addSeparator()
    shape = shape_at(draft.descriptor, draft.tree, path)
    can_paste = draft.form_is_current and offers_text()
    paste = menu.addAction("Paste JSON")
    paste.setEnabled(can_paste)
    paste.triggered.connect(lambda: paste_json(draft, path, refused))
    if not is_row(path) and (shape.is_repeated or shape.is_map):
        lines = menu.addAction("Paste lines as rows")
        lines.setEnabled(can_paste)
        lines.triggered.connect(lambda: paste_rows(draft, path, row_count(value), refused))
    menu.addSeparator()
    if path and (is_row(path) or not (shape.is_repeated or shape.is_map)):
        menu.addAction("Set to default").triggered.connect(lambda: draft.set_to_default(path))
    if not is_row(path):
        reset = menu.addAction("Reset field" if path else "Reset request")
        reset.setEnabled(value is not None)
        reset.triggered.connect(lambda: draft.reset(path))


def add_value_choices(menu: QMenu, draft: Draft, shape: FieldShape, path: Path) -> None:
    """Add the values of a number that are hard to type: what is no number, and the ends of the range."""
    if structure_of(shape) is not Structure.LEAF or (not is_row(path) and (shape.is_repeated or shape.is_map)):
        return
    scalar = scalar_shape(shape)
    words: tuple[str, ...] = ()
    if scalar.kind in FLOATS:
        words = ("NaN", "Infinity", "-Infinity")
    elif scalar.integer_range is not None:
        words = tuple(str(bound) for bound in reversed(scalar.integer_range))
    for word in words:
        value = leaf_from_text(scalar, word)
        assert value is not None
        action = menu.addAction(f"Set to {word}")
        action.triggered.connect(lambda _checked=False, chosen=value: draft.replace(path, chosen))
    if words:
        menu.addSeparator()


def paste_json(draft: Draft, path: Path, refused: Refused) -> None:
    """Make the JSON on the clipboard the value at `path`."""
    try:
        value = value_from_json(draft.descriptor, draft.schema, draft.tree, path, QGuiApplication.clipboard().text())
    except PasteError as error:
        refused(path, str(error))
    else:
        draft.replace(path, value)


def paste_rows(draft: Draft, path: Path, index: int, refused: Refused, *, replaced: int = 0) -> int:
    """Put a row for each line on the clipboard into the list or map at `path` before `index`; gives how many."""
    try:
        rows = rows_from_lines(draft.rows_shape(path), QGuiApplication.clipboard().text())
    except PasteError as error:
        refused(path, str(error))
        return 0
    draft.insert_rows(path, index, rows, replaced=replaced)
    return len(rows)


def has_lines() -> bool:
    """Whether the clipboard has more than one line."""
    return "\n" in QGuiApplication.clipboard().text().strip("\r\n")


def _bare_text(value: Value | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else value_text(value)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(str(text))
