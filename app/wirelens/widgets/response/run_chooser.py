"""The line above the timeline of a tab with several calls: which is shown, and a list of all to choose from."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.presentation.call_session import CallSession
from wirelens.presentation.run_words import file_words, run_title
from wirelens.presentation.runs import Run
from wirelens.presentation.runs_model import RunColumn, RunsModel
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.theme import Theme, restyle

_HEIGHT = 36
_WIDTHS = {
    RunColumn.NUMBER: 48,
    RunColumn.TIME: 88,
    RunColumn.STATUS: 148,
    RunColumn.DURATION: 84,
    RunColumn.MESSAGES: 84,
    RunColumn.SIZE: 84,
}
_LIST_WIDTH = 680
_MOST_ROWS = 10  # in sight at once
_RENEWED_MS = 200
_LIST_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_P, Qt.Key.Key_C)


class RunChooser(QWidget):
    """There once a tab has more than one call, or one from a file. `comparison_wanted` tells two runs."""

    comparison_wanted = Signal(object, object)

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="top-bar")
        self.button = named(QToolButton(self), "runChooser")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow behind the words
        restyle(self.button, role="text")
        theme.set_icon(self.button, "chevron-down")
        self.button.setToolTip("The calls of this tab (Alt+Up, Alt+Down: the one before, the next)")
        self.button.clicked.connect(self.open_list)
        self._note = ElidedLabel(parent=self)
        restyle(self._note, role="small")
        self.restore = named(QPushButton("Restore request", self), "restoreRequest")
        self.restore.setToolTip("Bring back what stood at the left when this call was made")
        restyle(self.restore, role="quiet")
        self.restore.clicked.connect(self._restore)
        self.list = RunList(session, theme, self)
        self.list.comparison_wanted.connect(self.comparison_wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.button)
        self._row.addWidget(self._note, 1)
        self._row.addWidget(self.restore)
        session.runs.changed.connect(self.refresh)
        session.runs.shown_changed.connect(self.refresh)
        session.state_changed.connect(self.refresh)
        theme.follow(self, self._dress)
        self.refresh()

    def follow_keys(self, owner: QWidget) -> None:
        """Alt+Up and Alt+Down anywhere within `owner` show the call before and the next."""
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), owner)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._session.runs.step, step))

    def refresh(self) -> None:
        """Say which call is shown."""
        runs = self._session.runs
        shown = runs.shown
        self.setVisible(shown is not None and (len(runs) > 1 or shown.saved is not None))
        if shown is None:
            return
        title = run_title(shown, runs.all)
        self.button.setText(title)
        self.button.setAccessibleName(f"{title}, choose another")
        note = file_words(shown)
        if not self._session.shows_live:
            note = "a newer call runs" if not note else f"{note} · a newer call runs"
        self._note.setText(note)
        self.restore.setVisible(shown is not runs.newest or shown.saved is not None)

    def open_list(self) -> None:
        """Show all calls under the button."""
        self.list.open_under(self.button)

    def _restore(self) -> None:
        if self._session.runs.shown is not None:
            self._session.restore_request(self._session.runs.shown)

    def _dress(self) -> None:
        px = self._theme.px
        self.setFixedHeight(px(_HEIGHT))
        self._row.setContentsMargins(px(10), 0, px(8), 0)
        self._row.setSpacing(px(8))
        self.button.setFont(self._theme.label_font(500))


class RunList(QFrame):
    """All calls of a tab, and what can be done with one of them. It closes on Esc and on a click beside it."""

    comparison_wanted = Signal(object, object)

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session = session
        self._theme = theme
        self.setObjectName("runList")
        self.setAccessibleName("Calls of this tab")
        restyle(self, role="popup")
        self.model = RunsModel(session.runs, self)
        self.table = named(_RunTable(self), "runTable", "Calls of this tab")
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTabKeyNavigation(False)
        dress_table(self.table, theme)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(RunColumn.NOTE, QHeaderView.ResizeMode.Stretch)
        self.table.clicked.connect(lambda index: self._on_clicked(index.row()))
        self.table.selectionModel().selectionChanged.connect(self._show_actions)
        self.pin = self._button("Pin", "pinRun", "It stays, however many follow (P)", self._toggle_pin)
        self.compare = self._button("Compare", "compareRuns", "Set two calls beside each other (C)", self._compare)
        self.again = self._button("Send again", "sendRunAgain", "Send once more what this call sent", self._send_again)
        self.remove = self._button("Remove", "removeRuns", "Let these go, with their messages (Del)", self._remove)
        self.others = self._button("Remove all others", "removeOtherRuns", "Keep this one only", self._remove_others)
        self._hint = QLabel("Enter shows a call; with Ctrl two can be picked to compare.", self)
        restyle(self._hint, role="small")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.table, 1)
        self._buttons = QHBoxLayout()
        for button in (self.pin, self.compare, self.again, self.remove, self.others):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._column.addLayout(self._buttons)
        self._column.addWidget(self._hint)
        self._timer = QTimer(self, interval=_RENEWED_MS)  # while it is open
        self._timer.timeout.connect(self.model.refresh)
        session.runs.changed.connect(self._on_changed)
        theme.follow(self, self._dress)

    def open_under(self, button: QWidget) -> None:
        """Show the list at a button, the shown call selected."""
        self._fit()
        self._select(self._session.runs.shown)
        corner = button.mapToGlobal(QPoint(0, button.height() + self._theme.px(2)))
        screen = button.screen().availableGeometry()
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.width())))
        corner.setY(max(screen.top(), min(corner.y(), screen.bottom() - self.height())))
        self.move(corner)
        self.show()
        self.table.setFocus()
        self._timer.start()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the table leaves over."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._show_current()
            case Qt.Key.Key_Delete:
                self._remove()
            case Qt.Key.Key_P:
                self._toggle_pin()
            case Qt.Key.Key_C:
                self._compare()
            case _:
                super().keyPressEvent(event)

    # -- inside

    def _button(self, text: str, name: str, tip: str, run: object) -> QPushButton:
        button = named(QPushButton(text, self), name)
        button.setToolTip(tip)
        button.clicked.connect(run)
        return button

    def _selected(self) -> list[Run]:
        return [self.model.run(index.row()) for index in self.table.selectionModel().selectedRows()]

    def _select(self, run: Run | None) -> None:
        row = self.model.row_of(run)
        if row >= 0:
            self.table.selectRow(row)
        self._show_actions()

    def _on_changed(self) -> None:
        if self.isVisible():
            self._select(self._session.runs.shown)
            self._fit()

    def _on_clicked(self, row: int) -> None:
        """A click shows a call; with Ctrl or Shift it only picks one more."""
        if len(self._selected()) == 1:
            self._session.runs.show_run(self.model.run(row))
            self._show_actions()

    def _show_current(self) -> None:
        row = self.table.currentIndex().row()
        if row >= 0:
            self._session.runs.show_run(self.model.run(row))
        self.hide()

    def _pair(self) -> tuple[Run, Run] | None:
        """Two that were picked, or one beside the one that is shown; the older first."""
        runs, selected = self._session.runs, self._selected()
        if len(selected) == 1 and runs.shown is not None and selected[0] is not runs.shown:
            selected.append(runs.shown)
        if len(selected) == 1 and len(runs) > 1:
            at = runs.all.index(selected[0])
            selected.append(runs.all[at - 1 if at else 1])
        if len(selected) != 2:
            return None
        first, second = sorted(selected, key=lambda run: run.number)
        return first, second

    def _show_actions(self) -> None:
        selected = self._selected()
        one = len(selected) == 1
        self.pin.setText("Unpin" if selected and all(run.is_pinned for run in selected) else "Pin")
        self.pin.setEnabled(bool(selected))
        self.compare.setEnabled(self._pair() is not None)
        self.again.setEnabled(one and self._session.sending.can_send_again)
        self.remove.setEnabled(len(self._session.runs) > 1 and any(not run.is_running for run in selected))
        self.others.setEnabled(one and len(self._session.runs) > 1)

    def _toggle_pin(self) -> None:
        selected = self._selected()
        pinned = not all(run.is_pinned for run in selected)
        for run in selected:
            self._session.runs.set_pinned(run, pinned)

    def _compare(self) -> None:
        pair = self._pair()
        if pair is not None:
            self.hide()
            self.comparison_wanted.emit(*pair)

    def _send_again(self) -> None:
        selected = self._selected()
        if len(selected) == 1:
            self._session.runs.show_run(selected[0])
            self.hide()
            self._session.sending.send_again()

    def _remove(self) -> None:
        self._session.runs.remove(*self._selected())

    def _remove_others(self) -> None:
        selected = self._selected()
        if len(selected) == 1:
            self._session.runs.remove_others(selected[0])

    def _fit(self) -> None:
        px = self._theme.px
        rows = min(max(self.model.rowCount(), 2), _MOST_ROWS)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + rows * self.table.verticalHeader().defaultSectionSize() + px(2))
        self._column.activate()
        self.resize(px(_LIST_WIDTH), self._column.sizeHint().height())

    def _dress(self) -> None:
        px = self._theme.px
        for column, width in _WIDTHS.items():
            self.table.horizontalHeader().resizeSection(column, px(width))
        self._column.setContentsMargins(px(8), px(8), px(8), px(8))
        self._column.setSpacing(px(8))
        self._buttons.setSpacing(px(8))
        self._fit()


class _RunTable(QTableView):
    """Leaves the keys of its list to it; Qt would look for a row that begins with the letter."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LIST_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)
