"""The searchable list of numbers that can be drawn; a path that is not in it can be typed."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.chart.chart_choice import FieldChoice
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme, restyle

_WIDTH = 340
_SEARCH, _ROW = 64, 28  # px of height
_ROWS_SHOWN = 9
_CHOICE = Qt.ItemDataRole.UserRole
_ARROWS = {EventKind.SENT: "↑ ", EventKind.RECEIVED: "↓ "}


class FieldMenu(QFrame):
    """A pop-up: type to search, arrows and Enter or a click to choose, Esc to close."""

    closed = Signal()

    def __init__(self, data: ChartData, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._data = data
        self._theme = theme
        self.setObjectName("chartFields")
        self.setAccessibleName("Fields to draw")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        restyle(self, role="popup")
        self.search = named(QLineEdit(self), "chartFieldSearch", "Search the fields, or type a path")
        self.search.setPlaceholderText("Search, or type a path: points[2].x")
        self.search.setClearButtonEnabled(True)
        self.list = named(QListWidget(self), "chartFieldList", "Fields")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self._nothing = QLabel(self)
        self._nothing.setWordWrap(True)
        restyle(self._nothing, role="muted")
        self._column = QVBoxLayout(self)
        for widget in (self.search, self._nothing, self.list):
            self._column.addWidget(widget)
        self._fill("")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(self._toggle)
        self.list.itemClicked.connect(self._toggle)
        theme.follow(self, self._dress)

    def open_below(self, owner: QWidget) -> None:
        """Show it under a button, within the screen."""
        place = owner.mapToGlobal(QPoint(0, owner.height() + self._theme.px(2)))
        screen = owner.screen().availableGeometry()
        place.setX(min(place.x(), screen.right() - self.width()))
        place.setY(min(place.y(), screen.bottom() - self.height()))
        self.move(place)
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows and Enter belong to the list while the cursor stays in the search."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if (item := self.list.currentItem()) is not None:
                    self._toggle(item)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, words: str) -> None:
        self.list.clear()
        wanted = words.casefold().split()
        offered = [
            (FieldChoice(kind, field.path), field.type_name)
            for kind in self._data.kinds
            for field in self._data.offered_fields(kind)
        ]
        shown = [pair for pair in offered if all(word in pair[0].path.casefold() for word in wanted)]
        known = {choice for choice, _ in shown}
        for choice in (*self._data.choice.fields, *self._typed(words.strip())):
            if choice not in known and (field := self._data.field(choice)) is not None and words.strip() in choice.path:
                shown.insert(0, (choice, field.type_name))
                known.add(choice)
        self._show(shown)
        nothing = "The schema has no number in these messages." if not offered else "No number has such a path."
        self._nothing.setText(nothing)
        self._nothing.setVisible(not shown)

    def _typed(self, path: str) -> Sequence[FieldChoice]:
        return [FieldChoice(kind, path) for kind in self._data.kinds] if path else []

    def _show(self, rows: Sequence[tuple[FieldChoice, str]]) -> None:
        both = len(self._data.kinds) > 1
        chosen = {choice for choice, _ in self._data.shown_fields()}
        for choice, type_name in rows:
            item = QListWidgetItem(f"{_ARROWS[choice.kind] if both else ''}{choice.path}   {type_name}", self.list)
            item.setData(_CHOICE, choice)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if choice in chosen else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(0)

    def _toggle(self, item: QListWidgetItem) -> None:
        choice: FieldChoice = item.data(_CHOICE)
        self._data.choose_field(choice, chosen=item.checkState() is not Qt.CheckState.Checked)
        chosen = {shown for shown, _ in self._data.shown_fields()}
        for row in range(self.list.count()):
            each = self.list.item(row)
            each.setCheckState(Qt.CheckState.Checked if each.data(_CHOICE) in chosen else Qt.CheckState.Unchecked)

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(8), px(8), px(8), px(8))
        self._column.setSpacing(px(6))
        self.list.setFont(self._theme.data_font())
        rows = min(max(self.list.count(), 2), _ROWS_SHOWN)
        self.resize(px(_WIDTH), px(_SEARCH + rows * _ROW))
