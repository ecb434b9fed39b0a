"""The Metadata page of a request: a table whose last row is empty, to type in."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from wirelens.presentation.call_session import CallSession
from wirelens.presentation.metadata_model import COMMON_NAMES, MetadataColumn, MetadataModel, MetadataRow
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme, restyle

Index = QModelIndex | QPersistentModelIndex

_WIDTHS = {MetadataColumn.ENABLED: 36, MetadataColumn.NAME: 168, MetadataColumn.SECRET: 36}
_ICON = 14


class MetadataPage(QWidget):
    """The table and, below it, what is wrong with it."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._metadata = session.metadata
        self._theme = theme
        self.table = MetadataTable(session.metadata, theme, self)
        self._mistake = QLabel()
        self._mistake.setWordWrap(True)
        restyle(self._mistake, role="bad")
        self._hint = QLabel("Names that end in -bin take base64. Several name: value lines can be pasted at once.")
        self._hint.setWordWrap(True)
        restyle(self._hint, role="small")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.table, 100)
        self._column.addWidget(self._mistake)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        pass_focus_on(self, self.table)
        session.metadata.changed.connect(self._show_mistake)
        theme.follow(self, self._dress)
        self._show_mistake()

    def _show_mistake(self) -> None:
        self._fit_table()
        mistake = next((row.mistake for row in self._metadata.rows if row.mistake), "")
        self._mistake.setText(mistake)
        self._mistake.setVisible(bool(mistake))

    def _fit_table(self) -> None:
        """The table ends with its last row, so that what is said below it stands there."""
        rows = self._metadata.rowCount() * self.table.verticalHeader().defaultSectionSize()
        self.table.setMaximumHeight(rows + self.table.horizontalHeader().sizeHint().height() + 2)

    def _dress(self) -> None:
        px = self._theme.px
        self._fit_table()
        self._column.setContentsMargins(0, 0, 0, px(12))
        self._column.setSpacing(px(8))
        for label in (self._mistake, self._hint):
            label.setContentsMargins(px(16), 0, px(16), 0)


class MetadataTable(QTableView):
    """Typing in the last row adds one; Delete removes, Ctrl+D repeats, a click or Space on the lock hides a value."""

    def __init__(self, metadata: MetadataModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._metadata = metadata
        self._theme = theme
        self.setObjectName("metadataTable")  # the style sheet knows its headings by it, from the beginning
        self.setModel(metadata)
        self.setItemDelegate(MetadataDelegate(theme, self))
        self.setAccessibleName("Metadata of the request")
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab leaves the table; within it the arrows go from cell to cell
        dress_table(self, theme)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(MetadataColumn.NAME, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(MetadataColumn.VALUE, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._on_clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        theme.follow(self, self._dress)

    def event(self, event: QEvent) -> bool:
        """On a row Ctrl+D is the table's, not the window's Half-close."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._repeats(event):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # what the editor left over
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._metadata.remove_row(self.currentIndex().row())
        elif self._repeats(event):
            self._metadata.duplicate_row(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().column() == MetadataColumn.SECRET:
            self.toggle_secret(self.currentIndex().row())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open_editor(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _repeats(self, event: QKeyEvent) -> bool:
        is_key = event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return is_key and 0 <= self.currentIndex().row() < len(self._metadata.rows)

    def paste(self) -> None:
        """Put lines of `name: value` in before the current row, or a single text into the current cell."""
        text = QGuiApplication.clipboard().text()
        index = self.currentIndex()
        if is_lines(text) or (":" in text and index.column() != MetadataColumn.VALUE):
            before = index.row() if 0 <= index.row() < len(self._metadata.rows) else None
            self._metadata.add_lines(text.splitlines(), before)
        elif text and index.column() in (MetadataColumn.NAME, MetadataColumn.VALUE):
            self._metadata.setData(index, text)

    def toggle_secret(self, row: int) -> None:
        """Mark a row as a secret, or no longer; a name that says so itself stays one."""
        index = self._metadata.index(row, MetadataColumn.SECRET)
        if row < len(self._metadata.rows):
            self._metadata.setData(index, not self._metadata.rows[row].is_marked_secret, MetadataModel.SECRET_ROLE)

    def fill_menu(self, menu: QMenu, row: int) -> None:
        """What can be done with a row."""
        rows = self._metadata.rows
        is_row = row < len(rows)
        duplicate = menu.addAction("Repeat the row\tCtrl+D")
        duplicate.triggered.connect(lambda: self._metadata.duplicate_row(row))
        remove = menu.addAction("Remove the row\tDel")
        remove.triggered.connect(lambda: self._metadata.remove_row(row))
        secret = menu.addAction("Secret")
        secret.setCheckable(True)
        secret.setChecked(is_row and rows[row].is_secret)
        secret.triggered.connect(lambda: self.toggle_secret(row))
        for action in (duplicate, remove, secret):
            action.setEnabled(is_row)
        menu.addSeparator()
        menu.addAction("Paste name: value lines\tCtrl+V").triggered.connect(self.paste)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == MetadataColumn.SECRET:
            self.toggle_secret(index.row())
        elif index.row() == len(self._metadata.rows):
            self._open_editor(index)

    def _open_editor(self, index: QModelIndex) -> None:
        """Edit the cell, or its row's name where it holds no text; Qt may have begun to do so by itself."""
        is_text = bool(index.flags() & Qt.ItemFlag.ItemIsEditable)
        cell = index if is_text else index.siblingAtColumn(MetadataColumn.NAME)
        self.setCurrentIndex(cell)
        self.edit(cell, QAbstractItemView.EditTrigger.AllEditTriggers, None)  # type: ignore[call-overload]

    def _open_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        row = index.row() if index.isValid() else len(self._metadata.rows)
        pop_up(self, lambda menu: self.fill_menu(menu, row), self.viewport().mapToGlobal(position))

    def _dress(self) -> None:
        for column, width in _WIDTHS.items():
            self.horizontalHeader().resizeSection(column, self._theme.px(width))
        self._share_room()

    def _share_room(self) -> None:
        """Where it is narrow, the names leave half of the room to the values."""
        header = self.horizontalHeader()
        others = header.sectionSize(MetadataColumn.ENABLED) + header.sectionSize(MetadataColumn.SECRET)
        half = (self.viewport().width() - others) // 2
        name, usual = header.sectionSize(MetadataColumn.NAME), self._theme.px(_WIDTHS[MetadataColumn.NAME])
        if half > 0 and (name > half or name < usual):
            header.resizeSection(MetadataColumn.NAME, min(usual, half))


class MetadataDelegate(QStyledItemDelegate):
    """Edits in a QLineEdit that completes common names; colours what is missing or wrong; draws the lock."""

    def __init__(self, theme: Theme, table: MetadataTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = _CellEditor(self, index, parent)
        editor.setFont(self._theme.data_font())
        editor.setFrame(False)
        is_name = index.column() == MetadataColumn.NAME
        editor.setAccessibleName("Name of the metadata" if is_name else "Value of the metadata")
        if is_name:
            completer = QCompleter(COMMON_NAMES, editor)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            if popup := completer.popup():
                popup.setFont(self._theme.data_font())
            editor.setCompleter(completer)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole) or "")

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        assert isinstance(model, MetadataModel)
        model.setData(index, editor.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lines that are pasted while a cell is edited become rows; Esc brings back what stood there."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and isinstance(watched, _CellEditor):
                watched.revert()
                is_closed = super().eventFilter(watched, event)
                self._forget_row(watched.row)
                return is_closed
            pastes = event.matches(QKeySequence.StandardKey.Paste)
            if pastes and isinstance(watched, QLineEdit) and is_lines(QGuiApplication.clipboard().text()):
                self.closeEditor.emit(watched)
                self._table.paste()
                return True
        return super().eventFilter(watched, event)

    def _forget_row(self, position: int) -> None:
        """Take a row away that has nothing in it: it was begun, and given up."""
        rows = self._table_rows()
        if position < len(rows) and rows[position] == MetadataRow():
            self._model().remove_row(position)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        palette: QPalette = option.palette
        role = "text"
        if index.data(MetadataModel.MISTAKE_ROLE):
            role = "bad"
        elif index.data(MetadataModel.PLACEHOLDER_ROLE):
            role = "faint" if index.row() == len(self._table_rows()) else "warn"
        for group in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
            palette.setColor(group, self._theme.color(role))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() != MetadataColumn.SECRET or index.row() == len(self._table_rows()):
            return
        is_secret = bool(index.data(MetadataModel.SECRET_ROLE))
        icon: QIcon = self._theme.icon("lock" if is_secret else "lock-open", "muted" if is_secret else "line")
        size = self._theme.px(_ICON)
        area = QRect(QPoint(0, 0), QSize(size, size))
        area.moveCenter(option.rect.center())
        icon.paint(painter, area)

    def _table_rows(self) -> tuple[MetadataRow, ...]:
        return self._model().rows

    def _model(self) -> MetadataModel:
        model = self._table.model()
        assert isinstance(model, MetadataModel)
        return model


class _CellEditor(QLineEdit):
    """Hands over each letter, since Send takes what is there and leaves the focus where it is.

    Tab goes on to the next cell, also out of the list of common names, which hands it past the delegate's filter.
    """

    def __init__(self, delegate: MetadataDelegate, index: Index, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self.row, self._text = index.row(), index.data(Qt.ItemDataRole.EditRole) or ""
        self.textChanged.connect(self._hand_over)

    def revert(self) -> None:
        """Give up what was typed."""
        self.setText(self._text)

    def _hand_over(self, _text: str) -> None:
        if self.isVisible():  # the text it opens with comes before the view knows of it
            self._delegate.commitData.emit(self)

    def focusNextPrevChild(self, forward: bool) -> bool:
        hint = QStyledItemDelegate.EndEditHint
        self._delegate.commitData.emit(self)
        self._delegate.closeEditor.emit(self, hint.EditNextItem if forward else hint.EditPreviousItem)
        return True


def is_lines(text: str) -> bool:
    """Whether a text is several lines, each of them `name: value`."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and all(":" in line for line in lines)
