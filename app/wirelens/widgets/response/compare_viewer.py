"""Two messages beside each other, with what differs marked by colour and by sign."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.messages.message_diff import DiffKind
from wirelens.presentation.comparison import Comparison, DifferenceColumn, DifferenceModel
from wirelens.widgets.controls.commands import Command, Commands, add_commands
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme, restyle

Index = QModelIndex | QPersistentModelIndex

_SIGN_WIDTH = 28
_FIELD_WIDTH = 184
_PADDING = 6
_INDENT = 14
_COLORS = {DiffKind.CHANGED: "warn", DiffKind.ADDED: "good", DiffKind.REMOVED: "bad"}


class CompareViewer(QWidget):
    """Shows a Comparison. F7 and Shift+F7 go from difference to difference."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison = comparison
        self._theme = theme
        self._path = ""  # of the current row, which stays current when another message is compared
        self._build()
        model = comparison.model
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._restore_place)
        comparison.changed.connect(self._show)
        for key, act in (
            (QKeySequence("F7"), self.go_to_next),
            (QKeySequence("Shift+F7"), self.go_to_previous),
            (QKeySequence(QKeySequence.StandardKey.Copy), self.copy_rows),
        ):
            shortcut = QShortcut(key, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        theme.follow(self, self._dress)
        self._show()

    def go_to_next(self) -> None:
        """Go to the next difference, from the last to the first."""
        self._go(1)

    def go_to_previous(self) -> None:
        """Go to the difference before, from the first to the last."""
        self._go(-1)

    def copy_rows(self) -> None:
        """Copy all rows that are shown as text: sign, path and both values, apart by tabs."""
        text = self._comparison.model.as_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the comparison."""
        add_commands(menu, self.commands(), self._theme)

    def commands(self) -> Commands:
        """The same as a list."""
        row = self.table.currentIndex().row()
        path = self._comparison.model.row(row).path if row >= 0 else ""
        differs = bool(self._comparison.difference_count)
        return [
            Command("Copy the path", lambda: QGuiApplication.clipboard().setText(path), enabled=bool(path)),
            Command("Copy all rows as text", self.copy_rows, "Ctrl+C", icon="copy"),
            None,
            Command("Next difference", self.go_to_next, "F7", differs),
            Command("Previous difference", self.go_to_previous, "Shift+F7", differs),
            Command("Swap left and right", self._comparison.swap, icon="swap"),
        ]

    # -- inside

    def _build(self) -> None:
        theme, model = self._theme, self._comparison.model
        self._page = QWidget(self)
        self.table = QTableView(self._page)
        self.table.setObjectName("compareTable")
        self.table.setAccessibleName("Two messages, field by field")
        self.table.setModel(model)
        self.table.setItemDelegate(_DifferenceDelegate(theme, self.table))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        dress_table(self.table, theme)
        header = self.table.horizontalHeader()
        header.setMinimumSectionSize(1)
        for column in (DifferenceColumn.LEFT, DifferenceColumn.RIGHT):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self._summary = named(ElidedLabel(), "compareSummary")
        restyle(self._summary, role="muted")
        self._only = named(QCheckBox("Only differences"), "compareOnlyDifferences")
        self._only.toggled.connect(model.set_only_differences)
        self._previous = self._button("chevron-up", "comparePrevious", "Previous difference (Shift+F7)")
        self._previous.clicked.connect(self.go_to_previous)
        self._next = self._button("chevron-down", "compareNext", "Next difference (F7)")
        self._next.clicked.connect(self.go_to_next)
        self._swap = self._button("swap", "compareSwap", "Swap left and right")
        self._swap.clicked.connect(self._comparison.swap)
        self._copy = self._button("copy", "compareCopy", "Copy all rows as text (Ctrl+C)")
        self._copy.clicked.connect(self.copy_rows)
        self._head = QHBoxLayout()
        self._head.addWidget(self._summary, 1)
        for widget in (self._only, self._previous, self._next, self._swap, self._copy):
            self._head.addWidget(widget)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(self._head)
        page.addWidget(self.table, 1)
        self._empty = EmptyState(theme, "pin", "", "", parent=self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._empty)
        pass_focus_on(self, self.table)

    def _button(self, icon: str, name: str, tip: str) -> QToolButton:
        button = named(QToolButton(self._page), name)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("role", "small")
        self._theme.set_icon(button, icon)
        return button

    def _show(self) -> None:
        comparison = self._comparison
        if comparison.left is None or comparison.right is None:
            if comparison.pinned is not None:
                self._empty.set_text(
                    f"{comparison.pinned.label} is pinned",
                    "The message that you look at, or the newest, shows beside it.",
                )
            else:
                self._empty.set_text(
                    "Nothing to compare", "Select two messages and press Ctrl+M, or pin one with Ctrl+Shift+P."
                )
            self._stack.setCurrentWidget(self._empty)
            return
        if comparison.is_running and not comparison.model.rowCount():
            self._empty.set_text("Comparing …", f"{comparison.left.label} and {comparison.right.label}")
            self._stack.setCurrentWidget(self._empty)
            return
        self._summary.setText(" · ".join([comparison.summary or "Comparing …", *comparison.notes]))
        self._summary.set_whole("\n".join([comparison.summary, *comparison.notes]))
        restyle(self._summary, role="warn" if comparison.notes else "muted")
        for button in (self._previous, self._next):
            button.setEnabled(bool(comparison.difference_count))
        self._stack.setCurrentWidget(self._page)

    def _go(self, step: int) -> None:
        row = self._comparison.model.next_difference(
            self.table.currentIndex().row() if self.table.currentIndex().isValid() else -1 if step > 0 else 0, step
        )
        if row is not None:
            self.table.setCurrentIndex(self._comparison.model.index(row, DifferenceColumn.FIELD))
            self.table.scrollTo(self.table.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)

    def _keep_place(self) -> None:
        row = self.table.currentIndex().row()
        self._path = self._comparison.model.row(row).path if row >= 0 else ""
        self._scrolled = self.table.verticalScrollBar().value()

    def _restore_place(self) -> None:
        row = self._comparison.model.row_of(self._path) if self._path else None
        if row is not None:
            self.table.setCurrentIndex(self._comparison.model.index(row, DifferenceColumn.FIELD))
        self.table.verticalScrollBar().setValue(self._scrolled)

    def _open_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, self.table.viewport().mapToGlobal(position))

    def _dress(self) -> None:
        px = self._theme.px
        self._head.setContentsMargins(px(16), px(4), px(12), px(4))
        self._head.setSpacing(px(8))
        header = self.table.horizontalHeader()
        header.resizeSection(DifferenceColumn.SIGN, px(_SIGN_WIDTH))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = min(self._theme.px(_FIELD_WIDTH), self.width() // 3)
        self.table.horizontalHeader().resizeSection(DifferenceColumn.FIELD, width)


class _DifferenceDelegate(QStyledItemDelegate):
    """Names are indented as they are nested; a side that differs has the ground of what it is."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        theme.follow(self, self._dress)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        kind: DiffKind = index.data(DifferenceModel.KIND_ROLE)
        text: str = index.data() or ""
        column = index.column()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._selection)
        elif kind is not DiffKind.SAME and (column == DifferenceColumn.SIGN or (text and column > 1)):
            painter.fillRect(area, self._grounds[kind])
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), self._line)
        if not text:
            return
        left = self._padding
        if column == DifferenceColumn.FIELD:
            left += min(index.data(DifferenceModel.DEPTH_ROLE) * self._indent, area.width() // 2)
        inside = area.adjusted(left, 0, -self._padding, 0)
        painter.setFont(self._font)
        alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if column == DifferenceColumn.SIGN:
            painter.setPen(self._signs[kind])
            alignment = Qt.AlignmentFlag.AlignCenter
        else:
            painter.setPen(self._muted if kind is DiffKind.SAME else self._text)
        elided = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(area if column == DifferenceColumn.SIGN else inside, alignment, elided)

    def _dress(self) -> None:
        theme = self._theme
        self._font = theme.data_font()
        self._metrics = QFontMetrics(self._font)
        self._padding, self._indent = theme.px(_PADDING), theme.px(_INDENT)
        self._selection, self._line = theme.color("selection"), theme.color("hover")
        self._muted, self._text = theme.color("muted"), theme.color("text")
        self._grounds: dict[DiffKind, QColor] = {kind: theme.color(f"{name}_ground") for kind, name in _COLORS.items()}
        self._signs: dict[DiffKind, QColor] = {kind: theme.color(name) for kind, name in _COLORS.items()}
