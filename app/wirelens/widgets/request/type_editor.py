"""The type that an Any holds: any message type of the schema, found by typing a part of its name."""

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.presentation.draft.type_choices import TypeChoices, url_of
from wirelens.widgets.controls.detail_rows import DETAIL_ROLE, DetailRows
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.request.form_context import FormContext, name_editor
from wirelens.widgets.request.leaf_editors import leaves_undo_to_the_draft
from wirelens.widgets.theme import restyle

_ROW = 26
_ROWS_SHOWN = 8
_ROWS_AT_ONCE = 100
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _ROWS_SHOWN,
    Qt.Key.Key_PageUp: -_ROWS_SHOWN,
}


class _TypesModel(QAbstractListModel):
    """Full names; a row shows the type's own name and where it is from.

    A list view lays out every row there is, so rows come as somebody gets to them.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.names: list[str] = []
        self._count = 0

    def show(self, names: list[str]) -> None:
        self.beginResetModel()
        self.names = names
        self._count = min(len(names), _ROWS_AT_ONCE)
        self.endResetModel()

    def index_of(self, row: int) -> QModelIndex:
        """The row, there from now on."""
        if row >= self._count:
            self._grow_to(row + 1)
        return self.index(row, 0)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not parent.isValid() and self._count < len(self.names)

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        if not parent.isValid():
            self._grow_to(self._count + 1)

    def _grow_to(self, wanted: int) -> None:
        count = min(-(-wanted // _ROWS_AT_ONCE) * _ROWS_AT_ONCE, len(self.names))
        self.beginInsertRows(QModelIndex(), self._count, count - 1)
        self._count = count
        self.endInsertRows()

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        package, _, name = self.names[index.row()].rpartition(".")
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.names[index.row()]
        return {Qt.ItemDataRole.DisplayRole: name, DETAIL_ROLE: package}.get(role)


class TypeEditor(QWidget):
    """The type URL as it stands, to be typed or chosen; the choices unfold below while a name is looked for.

    What is typed becomes the type when Enter is pressed or the line is left, so that half a name changes nothing.
    """

    def __init__(self, context: FormContext, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._path = context, path
        self._choices: tuple[Schema, TypeChoices] | None = None
        self._is_typing = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a press on the list must not give the focus to the form
        self._line = QLineEdit(self)
        name_editor(self._line, path)
        self._line.setPlaceholderText("search a message type")
        self._line.textEdited.connect(self._on_edited)
        self._line.installEventFilter(self)
        self._open = QToolButton(self)
        self._open.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Down opens the list from within the line
        self._open.setToolTip("Choose a type")
        name_editor(self._open, path, "choose")
        context.theme.set_icon(self._open, "chevron-down")
        self._open.clicked.connect(self._on_open_clicked)
        self._model = _TypesModel(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(DetailRows(context.theme, _ROW, self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        restyle(self._list, role="popup")
        self._list.setObjectName(f"types:{path_text(path)}")
        self._list.setAccessibleName(f"Types for {path_text(path)}")
        self._list.clicked.connect(self._choose)
        self._list.hide()
        self._nothing = QLabel("No type of the schema has that in its name.", self)
        self._nothing.setProperty("role", "small")
        self._nothing.hide()
        self._lay_out()
        context.dressed.connect(self._dress)
        self._dress()
        pass_focus_on(self, self._line)

    def refresh(self) -> None:
        url = self._url()
        if not self._is_typing and url != self._line.text():
            self._line.setText(url)
            self._dress()
        restyle(self._line, invalid=bool(self._context.draft.mistake_at(self._path)))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is not self._line:
            return False
        if leaves_undo_to_the_draft(event):
            event.ignore()
            return True
        if isinstance(event, QFocusEvent):
            is_left = event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason
            if is_left and QApplication.focusWidget() is not self:
                self._take(self._line.text())
            return False
        if isinstance(event, QResizeEvent):
            self._show_end()
            return False
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            return self._on_shortcut(event)
        return event.type() == QEvent.Type.KeyPress and self._on_key(event)

    def _on_shortcut(self, event: QKeyEvent) -> bool:
        """Esc folds the list before it means anything else; what acts on the message takes the typed type along."""
        if event.key() == Qt.Key.Key_Escape and (self._is_typing or self._list.isVisible()):
            event.accept()
            return True
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            self._take(self._line.text())
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            return False
        if key in _STEPS:
            self._move(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_entered()
        elif key == Qt.Key.Key_Escape and (self._is_typing or self._list.isVisible()):
            self._is_typing = False
            self._fold()
            self.refresh()
        else:
            return False
        return True

    def _on_edited(self, text: str) -> None:
        self._is_typing = True
        self._dress()
        self._search(text)

    def _on_open_clicked(self) -> None:
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._list.isVisible():
            self._fold()
        else:
            self._search("")

    def _on_entered(self) -> None:
        """The chosen row; else what is typed where it is a type as it stands, or else the first that fits."""
        index = self._list.currentIndex()
        if self._list.isVisible() and index.isValid():
            self._choose(index)
            return
        text = self._line.text().strip()
        is_known = self._context.draft.schema.resolve_type_url(text) is not None
        if self._is_typing and text and "/" not in text and not is_known and self._model.names:
            self._set(url_of(self._model.names[0], self._url()))
        else:
            self._take(text)

    def _choose(self, index: QModelIndex) -> None:
        self._set(url_of(self._model.names[index.row()], self._url()))

    def _take(self, text: str) -> None:
        """Make what is typed the type, be it known or not."""
        if self._is_typing:
            self._set(text.strip())
        else:
            self._fold()

    def _set(self, url: str) -> None:
        self._is_typing = False
        self._fold()
        self._context.draft.set_value(self._path, url or None)
        self.refresh()
        self._show_end()

    def _search(self, text: str) -> None:
        schema = self._context.draft.schema
        if self._choices is None or self._choices[0] is not schema:
            self._choices = (schema, TypeChoices(schema.message_names()))
        self._model.show(self._choices[1].matches(text))
        rows = len(self._model.names)
        px = self._context.theme.px
        self._list.setFixedHeight(min(max(rows, 1), _ROWS_SHOWN) * px(_ROW) + px(10))
        self._list.setVisible(rows > 0)
        self._nothing.setVisible(rows == 0)

    def _move(self, step: int) -> None:
        if not self._list.isVisible():
            self._search(self._line.text() if self._is_typing else "")
            present = self._url().rpartition("/")[2]
            row = self._model.names.index(present) if present in self._model.names else 0
        else:
            row = self._list.currentIndex().row() + step
        if self._model.names:
            row = max(0, min(row, len(self._model.names) - 1))
            self._list.setCurrentIndex(self._model.index_of(row))

    def _fold(self) -> None:
        self._list.hide()
        self._nothing.hide()

    def _url(self) -> str:
        value = self._context.draft.value(self._path)
        return value if isinstance(value, str) else ""

    def _show_end(self) -> None:
        """Of a long URL the end says most."""
        if not self._line.hasFocus():
            self._line.setCursorPosition(len(self._line.text()))

    def _dress(self) -> None:
        font = self._context.data_font if self._line.text() else self._context.label_font
        if font != self._line.font():
            self._line.setFont(font)

    def _lay_out(self) -> None:
        theme = self._context.theme
        row = QHBoxLayout()
        row.setSpacing(theme.px(4))
        row.addWidget(self._line, 1)
        row.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(row)
        column.addWidget(self._list)
        column.addWidget(self._nothing)
