"""What can be done with a field by menu: copy its value, its JSON or its path, and reset it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu, QPlainTextEdit, QWidget

from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.tree import Value, value_text


def new_menu(owner: QWidget) -> QMenu:
    """A menu that goes away when it closes."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


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


def add_field_actions(menu: QMenu, draft: Draft, path: Path) -> None:
    """Add the actions for the value at `path`."""
    value = draft.value(path)
    copy_value = menu.addAction("Copy value")
    copy_value.setEnabled(value is not None)
    copy_value.triggered.connect(lambda: _copy(_bare_text(value)))
    copy_json = menu.addAction("Copy as JSON")
    copy_json.setEnabled(value is not None)
    copy_json.triggered.connect(lambda: _copy("" if value is None else value_text(value)))
    menu.addAction("Copy field path").triggered.connect(lambda: _copy(path_text(path)))
    menu.addSeparator()
    reset = menu.addAction("Reset field")
    reset.setEnabled(value is not None)
    reset.triggered.connect(lambda: draft.reset(path))


def _bare_text(value: Value | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else value_text(value)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(str(text))
