"""The fields of a message by size, each with a bar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from wirelens.presentation.wire.byte_sizes import FieldSizesModel, MessageSizes, SizeColumn
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme

_WIDTHS = {SizeColumn.BYTES: 72, SizeColumn.SHARE: 110, SizeColumn.JSON: 72}
_BAR = 64


class SizeTable(QTableView):
    """`chosen` names the field that the person goes to, by click or Enter."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sizes = FieldSizesModel(self)
        self.setObjectName("wireSizes")
        self.setAccessibleName("Fields by size")
        self.setModel(self._sizes)
        self.setItemDelegateForColumn(SizeColumn.SHARE, _ShareBar(theme, self))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        dress_table(self, theme)
        self.horizontalHeader().setSectionResizeMode(SizeColumn.FIELD, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        theme.follow(self, self._dress)

    def show_sizes(self, sizes: MessageSizes) -> None:
        self._sizes.set_sizes(sizes)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._sizes.path_name(index.row()))

    def _dress(self) -> None:
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, self._theme.px(width))


class _ShareBar(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        px = self._theme.px
        super().paint(painter, option, index)
        share = index.data(FieldSizesModel.SHARE_ROLE)
        area = option.rect
        height = px(6)
        track = QRect(area.left() + px(46), area.center().y() - height // 2, px(_BAR), height)
        painter.fillRect(track, self._theme.color("line"))
        track.setWidth(max(px(2), round(track.width() * share)))
        painter.fillRect(track, self._theme.color("accent"))
