"""The list of what can be typed at the cursor of an editor: of JSON, or of a filter."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from wirelens.presentation.draft.json_completion import Entry, EntryKind
from wirelens.widgets.request.note_card import lie_over
from wirelens.widgets.theme import Theme

_ROW = 24
_ROWS_SHOWN = 9
_NARROWEST, _WIDEST = 220, 420
_MEASURED = 60  # entries that decide on the width
_MARKS = {
    EntryKind.FIELD: "syntax_key",
    EntryKind.ENUM_VALUE: "syntax_string",
    EntryKind.KEYWORD: "syntax_keyword",
    EntryKind.TYPE: "syntax_number",
    EntryKind.PATH: "syntax_key",
    EntryKind.OPENING: "muted",
}


class _EntryModel(QAbstractListModel):
    """The entries that go with what is typed; rows are made of them when they are seen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.label} {entry.detail} {entry.note}".rstrip()
        return None


class CompletionList(QFrame):
    """Shows entries below a place; the keyboard stays with the editor, which moves the choice."""

    accepted = Signal(object)  # an Entry
    chosen_changed = Signal()

    def __init__(self, theme: Theme, owner: QWidget, object_name: str = "jsonCompletions") -> None:
        super().__init__(owner)
        self._theme = theme
        self._owner = owner
        self.setObjectName(object_name)
        self.setAccessibleName("Completions")
        self.setProperty("role", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.is_above = False  # the place it was shown for
        self._model = _EntryModel(self)
        self.list = QListView(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_EntryDelegate(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Completions")
        self.list.clicked.connect(lambda index: self.accepted.emit(self._model.entries[index.row()]))
        self.list.selectionModel().currentChanged.connect(lambda _now, _before: self.chosen_changed.emit())
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.list)
        self.hide()
        owner.destroyed.connect(self.deleteLater)  # it lies in the window, not in the owner
        theme.follow(self, self._dress)

    @property
    def is_open(self) -> bool:
        return not self.isHidden()

    @property
    def entries(self) -> Sequence[Entry]:
        return self._model.entries

    @property
    def chosen(self) -> Entry | None:
        """The entry that Enter would accept."""
        row = self.list.currentIndex().row()
        return self._model.entries[row] if 0 <= row < len(self._model.entries) else None

    def show_below(self, entries: Sequence[Entry], area: QRect) -> None:
        """Show these entries below an area of the screen, above it where there is more room."""
        self._model.show(entries)
        self.list.setCurrentIndex(self._model.index(0, 0))
        window = self._owner.window()
        lie_over(self, window)
        px = self._theme.px
        corner = window.mapFromGlobal(area.topLeft())
        below = window.height() - corner.y() - area.height() - px(4)
        above = corner.y() - px(4)
        wanted = min(len(entries), _ROWS_SHOWN) * px(_ROW) + 2 * px(4) + 2
        is_below = below >= wanted or below >= above
        self.is_above = not is_below
        height = min(wanted, below if is_below else above)
        width = min(self._width(), window.width())
        left = max(0, min(corner.x() - px(8), window.width() - width))
        top = corner.y() + area.height() + px(2) if is_below else corner.y() - height - px(2)
        self.setGeometry(QRect(QPoint(left, top), QSize(width, height)))
        self.show()
        self.raise_()
        self.chosen_changed.emit()

    def prepare(self) -> None:
        """Do beforehand what takes longest when it is shown for the first time."""
        lie_over(self, self._owner.window())

    def move_choice(self, step: int) -> None:
        """Choose another entry; single steps go round."""
        rows = self._model.rowCount()
        if rows:
            at = self.list.currentIndex().row() + step
            self.list.setCurrentIndex(self._model.index(at % rows if abs(step) == 1 else max(0, min(at, rows - 1)), 0))

    def move_page(self, step: int) -> None:
        self.move_choice(step * _ROWS_SHOWN)

    def put_away(self) -> None:
        if self.is_open:
            self.hide()
            self._model.show(())

    def _width(self) -> int:
        px = self._theme.px
        data, small = QFontMetrics(self._theme.data_font()), QFontMetrics(self._theme.label_font(size="small"))
        longest = max(
            (
                data.horizontalAdvance(entry.label) + small.horizontalAdvance(entry.detail + entry.note)
                for entry in self._model.entries[:_MEASURED]
            ),
            default=0,
        )
        return max(px(_NARROWEST), min(longest + px(72), px(_WIDEST)))

    def _dress(self) -> None:
        margin = self._theme.px(4)
        self._column.setContentsMargins(margin, margin, margin, margin)


class _EntryDelegate(QStyledItemDelegate):
    """A mark for the kind, the name, and faintly what it is."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._theme.px(_ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, px = self._theme, self._theme.px
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(rect, px(4), px(4))
        side = px(6)
        painter.setBrush(theme.color(_MARKS[entry.kind]))
        painter.drawEllipse(QRect(rect.left() + px(8), rect.center().y() - side // 2 + 1, side, side))
        inner = rect.adjusted(px(22), 0, -px(8), 0)
        small = theme.label_font(400, "small")
        detail = f"{entry.note} · {entry.detail}" if entry.note and entry.detail else entry.note or entry.detail
        room = min(QFontMetrics(small).horizontalAdvance(detail), inner.width() // 2)
        font = QFont(theme.data_font())
        font.setStrikeOut(entry.is_deprecated)
        painter.setFont(font)
        painter.setPen(theme.color("muted" if entry.is_deprecated or entry.note else "text"))
        place = Qt.AlignmentFlag.AlignVCenter
        own = inner.adjusted(0, 0, -(room + px(12) if room else 0), 0)
        label = painter.fontMetrics().elidedText(entry.label, Qt.TextElideMode.ElideMiddle, own.width())
        painter.drawText(own, place | Qt.AlignmentFlag.AlignLeft, label)
        painter.setFont(small)
        painter.setPen(theme.color("warn" if entry.note else "muted"))
        beside = inner.adjusted(inner.width() - room, 0, 0, 0)
        words = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(beside, place | Qt.AlignmentFlag.AlignRight, words)
        painter.restore()
