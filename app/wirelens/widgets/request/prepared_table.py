"""The rows of the prepared messages, driven by keyboard, by drag and by menu."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from wirelens.presentation.prepared_messages import PreparedColumn, PreparedMessages
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme

Index = QModelIndex | QPersistentModelIndex

_NUMBER, _SENT = 44, 72
_ALIGNMENTS = {
    PreparedColumn.NUMBER: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    PreparedColumn.PREVIEW: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    PreparedColumn.SENT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


class PreparedTable(QTableView):
    """Rows to choose from by arrow keys; Enter sends, Insert adds, Delete removes, Alt with the arrows moves."""

    send_wanted = Signal(int)
    copy_wanted = Signal()
    paste_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, messages: PreparedMessages, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages, self._theme = messages, theme
        self.setModel(messages)
        messages.destroyed.connect(
            self._let_go
        )  # else the selection, left without a model, warns when Qt moves the focus
        self.setObjectName("preparedTable")
        self.setAccessibleName("Prepared messages")
        self.setItemDelegate(_PreparedDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        dress_table(self, theme)
        header = self.horizontalHeader()
        header.hide()
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(PreparedColumn.PREVIEW, QHeaderView.ResizeMode.Stretch)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu_wanted.emit(self.viewport().mapToGlobal(place)))
        self.doubleClicked.connect(lambda index: self.send_wanted.emit(index.row()))
        theme.follow(self, self._dress)

    def chosen_rows(self) -> list[int]:
        """The rows that are selected, in order; the current one where none is."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return rows or [self._messages.current]

    def sizeHint(self) -> QSize:
        """As high as it may become."""
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is edited stays in sight where fewer rows have room."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def show_row(self, row: int) -> None:
        """Have the row selected and in sight."""
        index = self._messages.index(row, PreparedColumn.PREVIEW)
        if self.currentIndex().row() != row or not self.selectionModel().isRowSelected(row, QModelIndex()):
            self.setCurrentIndex(index)
        self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self._messages.show(current.row())

    def event(self, event: QEvent) -> bool:
        """Undo here is the list's, not the message's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
                event.accept()
                return True
            if event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                event.accept()  # duplicates the row; elsewhere it half-closes
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._act_of(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        messages, row = self._messages, self._messages.current
        standard = QKeySequence.StandardKey
        for keys, act in {
            standard.Undo: messages.undo,
            standard.Redo: messages.redo,
            standard.Copy: self.copy_wanted.emit,
            standard.Paste: self.paste_wanted.emit,
        }.items():
            if event.matches(keys):
                return act
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        acts: dict[tuple[int, bool, bool], Callable[[], object]] = {
            (Qt.Key.Key_Return, False, False): lambda: self.send_wanted.emit(row),
            (Qt.Key.Key_Enter, False, False): lambda: self.send_wanted.emit(row),
            (Qt.Key.Key_Insert, False, False): messages.add,
            (Qt.Key.Key_Delete, False, False): lambda: messages.remove(self.chosen_rows()),
            (Qt.Key.Key_Backspace, False, False): lambda: messages.remove(self.chosen_rows()),
            (Qt.Key.Key_D, True, False): lambda: messages.duplicate(row),
            (Qt.Key.Key_Up, False, True): lambda: messages.move(row, row - 1),
            (Qt.Key.Key_Down, False, True): lambda: messages.move(row, row + 1),
        }
        return acts.get((event.key(), control, alt))

    def _let_go(self) -> None:
        self.setModel(None)

    def _dress(self) -> None:
        header = self.horizontalHeader()
        header.resizeSection(PreparedColumn.NUMBER, self._theme.px(_NUMBER))
        header.resizeSection(PreparedColumn.SENT, self._theme.px(_SENT))


class _PreparedDelegate(QStyledItemDelegate):
    """Numbers step back, what is no message yet is red, what has gone out is green."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self._theme
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("selection"))
        else:
            painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.color("hover"))
        column = PreparedColumn(index.column())
        is_current = self._table.currentIndex().row() == index.row()
        if column is PreparedColumn.NUMBER and is_current:
            painter.fillRect(area.left(), area.top(), theme.px(2), area.height(), theme.color("accent"))
        inside = area.adjusted(theme.px(8), 0, -theme.px(16 if column is PreparedColumn.SENT else 8), 0)
        painter.setFont(theme.label_font(size="small") if column is PreparedColumn.SENT else theme.data_font())
        painter.setPen(theme.color(self._role(column, index)))
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, _ALIGNMENTS[column], text)

    def _role(self, column: PreparedColumn, index: Index) -> str:
        if column is PreparedColumn.PREVIEW:
            return "bad" if index.data(PreparedMessages.MISTAKE_ROLE) else "text"
        return "muted" if column is PreparedColumn.NUMBER else "good"
