"""Ctrl+K: everything the window can do and every method it knows, found by a few letters."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from wirelens.presentation.command_search import Candidate, best_matches
from wirelens.widgets.controls.detail_rows import DETAIL_ROLE, DetailRows
from wirelens.widgets.controls.named import named
from wirelens.widgets.theme import Theme, restyle

_ROW = 32
_ROWS_SHOWN = 10


class _CandidateModel(QAbstractListModel):
    """The candidates that fit what is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.candidates: list[Candidate] = []

    def show(self, candidates: list[Candidate]) -> None:
        self.beginResetModel()
        self.candidates = candidates
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.candidates)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        candidate = self.candidates[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return candidate.text
        if role == DETAIL_ROLE:
            return candidate.detail
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{candidate.text} {candidate.detail}"
        return None


class CommandPalette(QFrame):
    """Opens over the window; runs what is chosen after it has closed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self._over = parent
        self._all: list[Candidate] = []
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        restyle(self, role="popup")
        self.query = named(QLineEdit(), "paletteQuery")
        self.query.setAccessibleName("What to do or open")
        self.query.installEventFilter(self)
        self.query.textChanged.connect(self._search)
        self._model = _CandidateModel(self)
        self.list = named(QListView(), "paletteList")
        self.list.setModel(self._model)
        self.list.setItemDelegate(DetailRows(theme, _ROW, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.clicked.connect(self._run)
        self._nothing = QLabel("Nothing fits. Try a method's or an action's name.")
        restyle(self._nothing, role="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.query)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._nothing, 1)
        theme.follow(self, self._dress)

    def _dress(self) -> None:
        px = self._theme.px
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(8), px(8), px(8), px(8))
        layout.setSpacing(px(8))

    def open_with(self, candidates: Iterable[Candidate], placeholder: str) -> None:
        """Show the palette over the upper middle of its window with these to choose from."""
        self._all = list(candidates)
        self.query.clear()
        self.query.setPlaceholderText(placeholder)
        window = self._over.window()
        px = self._theme.px
        width = min(px(600), window.width() - px(48))
        height = px(_ROW) * _ROWS_SHOWN + px(60)
        corner = window.mapToGlobal(QPoint((window.width() - width) // 2, px(64)))
        self.setGeometry(QRect(corner, QSize(width, height)))
        self._search("")
        self.show()
        self.query.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is not self.query or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _ROWS_SHOWN,
            Qt.Key.Key_PageUp: -_ROWS_SHOWN,
        }
        if event.key() in steps:
            self._move(steps[Qt.Key(event.key())])
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
            return True
        return False

    def _search(self, text: str) -> None:
        self._model.show(best_matches(text, self._all))
        found = bool(self._model.candidates)
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        self.list.setCurrentIndex(self._model.index(0, 0))

    def _move(self, step: int) -> None:
        rows = self._model.rowCount()
        if rows:
            at = self.list.currentIndex().row() + step
            row = at % rows if abs(step) == 1 else max(0, min(at, rows - 1))
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        run: Callable[[], object] = self._model.candidates[index.row()].run
        self.hide()
        run()
