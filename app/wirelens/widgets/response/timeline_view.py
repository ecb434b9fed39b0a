"""The timeline: every event of a call as a row; follows the newest until the person looks at an older one."""

import array
import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QToolButton, QWidget

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.errors import WirelensError
from wirelens.presentation.filter_clauses import row_clauses
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.message_selection import SelectedRows
from wirelens.presentation.timeline_model import TimelineColumn, TimelineModel
from wirelens.widgets.controls.commands import Command, CommandGroup, Commands, add_commands
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.tables import dress_table
from wirelens.widgets.response.timeline_delegate import TimelineDelegate
from wirelens.widgets.theme import Theme

_WIDTHS = {
    TimelineColumn.NUMBER: 56,
    TimelineColumn.TIME: 84,
    TimelineColumn.GAP: 80,
    TimelineColumn.DIRECTION: 28,
    TimelineColumn.SIZE: 76,
}
_LARGE_NUMBERS = 10_000  # from here on they need more room
_WIDE_NUMBER = 84
_NARROW = 440  # px of width under which the preview needs the room of the gap
_ROWS_COPIED_AT_MOST = 10_000
_ROWS_SELECTED_AGAIN = 1_000  # when other rows are shown; of more, only the one that was picked last


class TimelineView(QTableView):
    """`row_chosen` tells which row of the transcript the person picked, None when the newest is followed again.

    Rows are those of the transcript, whichever of them are shown. What was selected stays so when other rows are shown,
    and is selected again once it is shown again.
    """

    row_chosen = Signal(object)
    selection_changed = Signal()
    problem = Signal(object)  # a WirelensError: why something was not copied
    save_wanted = Signal()  # of the whole transcript
    filter_wanted = Signal(str)  # a clause to filter by, "" to type one
    next_match_wanted = Signal()
    previous_match_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._follows = True
        self._is_wide = False  # the column of numbers
        self._moves_itself = False
        self._selects_itself = False
        self._chosen: int | None = None
        self._keys: dict[QKeySequence, Callable[[], None]] = {}
        self._message_commands: Callable[[], Commands] = list
        self._hidden: list[int] = []  # selected rows that are not shown now
        self.timeline = TimelineModel(self)
        self.setModel(self.timeline)
        self._delegate = TimelineDelegate(theme, self, self.timeline)
        self.setItemDelegate(self._delegate)
        self.setObjectName("timelineView")
        self.setAccessibleName("Timeline of the call")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        dress_table(self, theme)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        # A header asks the view's selection for whole columns, cell by cell: ten seconds with a million rows picked.
        header.setSelectionModel(QItemSelectionModel(self.timeline, header))
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(TimelineColumn.PREVIEW, QHeaderView.ResizeMode.Stretch)
        self._filter_button = QToolButton(self)
        self._filter_button.setObjectName("timelineFilterButton")
        self._filter_button.setToolTip("Filter or find messages (Ctrl+F)")
        self._filter_button.setAccessibleName("Filter messages")
        self._filter_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._filter_button.setProperty("role", "small")
        self._filter_button.clicked.connect(self._ask_for_filter)
        theme.set_icon(self._filter_button, "search")
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._ask_for_filter),
            (QKeySequence(Qt.Key.Key_F3), self.next_match_wanted),
            (QKeySequence("Shift+F3"), self.previous_match_wanted),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        theme.follow(self, self._dress)

    @property
    def follows(self) -> bool:
        """Whether new rows are scrolled into sight."""
        return self._follows

    def set_transcript(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Show another call, from its newest row on."""
        self._chosen, self._hidden = None, []
        self.timeline.set_transcript(transcript, decoder)
        self.selection_changed.emit()
        self._dress()
        self._follows = True
        self._scroll_to_end()

    def grow(self) -> None:
        """Show the rows that came since."""
        if self._has_large_numbers() != self._is_wide:
            self._dress()
        if not self.timeline.grow():
            return
        if self._hidden:
            self._selects_itself = True
            self._select_again()
            self._selects_itself = False
        if self._follows:
            self._scroll_to_end()

    def follow(self) -> None:
        """Go to the newest row and stay with it."""
        self._follows = True
        self._chosen, self._hidden = None, []
        self.clearSelection()
        last = self.timeline.index(self.timeline.rowCount() - 1, 0)
        self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._scroll_to_end()
        self.row_chosen.emit(None)

    def show_subset(self, rows: "array.array[int] | None") -> None:
        """Show these rows of the transcript only, None for all; `grow` shows more where `rows` has grown."""
        top = self.rowAt(0)
        top_row = self.timeline.transcript_row(top) if top >= 0 else 0
        self._remember_selection()
        self._selects_itself = self._moves_itself = True
        self.timeline.show_subset(rows)
        self._dress()
        self._select_again()
        self.selection_changed.emit()
        self._selects_itself = False
        if self._follows:
            self.scrollToBottom()
        elif self.currentIndex().isValid():
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        else:
            first = self.timeline.index(self.timeline.index_row_from(top_row), 0)
            self.scrollTo(first, QAbstractItemView.ScrollHint.PositionAtTop)
        self._moves_itself = False

    def mark(self, is_match: Callable[[int], bool] | None) -> None:
        """Mark the rows of the transcript for which this is so; None for none."""
        self._delegate.is_match = is_match
        self.viewport().update()

    def choose(self, row: int) -> None:
        """Select a row of the transcript as if the person had picked it; nothing where it is not shown."""
        place = self.timeline.index_row(row)
        if place is not None:
            self._follows = False
            # Qt's own setCurrentIndex would look at what keys are held: Ctrl+M or Ctrl+Right would select nothing.
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self.timeline.index(place, 0), flags.ClearAndSelect | flags.Rows)
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)

    @property
    def current_row(self) -> int | None:
        """The row that was picked last, also while it is not shown; None while the newest is followed."""
        return self._chosen

    def selection(self) -> SelectedRows:
        """The selected rows of the transcript that are shown, from top to bottom."""
        return SelectedRows(self._ranges(), self.timeline.subset)

    def set_keys(self, keys: Mapping[QKeySequence, Callable[[], None]]) -> None:
        """What the view does on these keys, beside its own."""
        self._keys = dict(keys)

    def set_message_commands(self, commands: Callable[[], Commands]) -> None:
        """Where to ask what can be done with the messages, beside what the view can do itself."""
        self._message_commands = commands

    def set_pinned_row(self, row: int | None) -> None:
        """Mark a row of the transcript as pinned, None for none."""
        self.timeline.pinned_row = row
        self.viewport().update()

    def selected_rows(self) -> list[int]:
        """From top to bottom."""
        return list(self._selected())

    # -- Qt's events

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()
        place = self.currentIndex().row()
        # All rows can be selected without one being the current one.
        if self._selects_itself or selected.isEmpty() or place < 0:
            return
        self._hidden = []
        self._follows = self._follows and place == self.timeline.rowCount() - 1
        self._chosen = self.timeline.transcript_row(place)
        self.row_chosen.emit(self._chosen)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The arrows start from the newest row, which is the one that is looked at; Qt would begin at the first."""
        if not self.currentIndex().isValid() and self.timeline.rowCount():
            last = self.timeline.index(self.timeline.rowCount() - 1, 0)
            self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys.get(QKeySequence(event.keyCombination()))
        if act is not None:
            act()
        elif event.key() == Qt.Key.Key_End:
            self.follow()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        header, side = self.horizontalHeader(), self._filter_button.sizeHint()
        self._filter_button.setGeometry(
            header.geometry().right() - side.width() - self._theme.px(4),
            header.geometry().center().y() - side.height() // 2 + 1,
            side.width(),
            side.height(),
        )
        self._filter_button.raise_()
        if self._follows:
            self._scroll_to_end()

    # -- copying

    def copy_previews(self) -> None:
        """The selected rows as they stand here."""
        rows = list(itertools.islice(self._selected(), _ROWS_COPIED_AT_MOST + 1))
        if len(rows) > _ROWS_COPIED_AT_MOST:
            self.problem.emit(
                WirelensError(
                    f"more than {_ROWS_COPIED_AT_MOST:,} rows are selected, too many for the clipboard",
                    next_step="select fewer",
                )
            )
        elif rows:
            QGuiApplication.clipboard().setText("\n".join(map(self.timeline.preview, rows)))

    def _open_menu(self, position: QPoint) -> None:
        pop_up(self, self.fill_menu, self.viewport().mapToGlobal(position))

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the selected rows, and with all of them."""
        add_commands(menu, self.commands(), self._theme)
        menu.addSeparator()
        save = Command("Save the transcript …", self.save_wanted.emit, "Ctrl+Shift+S")  # the window's, in place
        add_commands(menu, [save], self._theme)

    def commands(self) -> Commands:
        """What can be done now, the messages' commands first."""
        by_row: list[Command] = []
        if self._chosen is not None and self.timeline.transcript is not None:
            clauses = row_clauses(self.timeline.transcript, self._chosen, self.timeline.gap(self._chosen))
            by_row = [Command(clause, partial(self.filter_wanted.emit, clause)) for clause in clauses]
        return [
            *self._message_commands(),
            None,
            Command("Copy the line", self.copy_previews, enabled=self.selectionModel().hasSelection()),
            None,
            Command("Filter or find …", self._ask_for_filter, "Ctrl+F", icon="search"),
            CommandGroup("Filter by this row", by_row, enabled=bool(by_row)),
            None,
            Command("Follow the newest", self.follow, "End", icon="follow"),
        ]

    # -- inside

    def _selected(self) -> Iterator[int]:
        """The selected rows from top to bottom, by their ranges: asked for one by one, a million take seconds."""
        return iter(self.selection())

    def _ranges(self) -> list[tuple[int, int]]:
        """The selected rows of the table as ranges, in order and apart from each other."""
        done, ranges = 0, list[tuple[int, int]]()
        selection = self.selectionModel().selection()
        picked = [selection.at(position) for position in range(selection.count())]
        for top, bottom in sorted((rows.top(), rows.bottom()) for rows in picked):
            start = max(top, done)
            if start <= bottom:
                ranges.append((start, bottom + 1))
                done = bottom + 1
        return ranges

    def _ask_for_filter(self) -> None:
        self.filter_wanted.emit("")

    def _remember_selection(self) -> None:
        selected = list(itertools.islice(self._selected(), _ROWS_SELECTED_AGAIN + 1))
        if len(selected) > _ROWS_SELECTED_AGAIN:
            selected = [] if self._chosen is None else [self._chosen]
        self._hidden = sorted({*self._hidden, *selected})

    def _select_again(self) -> None:
        """What was selected before other rows were shown, as far as it is shown now."""
        model, flags = self.selectionModel(), QItemSelectionModel.SelectionFlag
        selection, hidden = QItemSelection(), list[int]()
        for row in self._hidden:
            place = self.timeline.index_row(row)
            if place is None:
                hidden.append(row)
                continue
            selection.select(self.timeline.index(place, 0), self.timeline.index(place, len(TimelineColumn) - 1))
            if row == self._chosen:
                model.setCurrentIndex(self.timeline.index(place, 0), flags.NoUpdate)
        self._hidden = hidden
        if not selection.isEmpty():
            model.select(selection, flags.Select)

    def _scroll_to_end(self) -> None:
        self._moves_itself = True
        self.scrollToBottom()
        self._moves_itself = False

    def _on_scrolled(self, value: int) -> None:
        if not self._moves_itself:
            self._follows = value >= self.verticalScrollBar().maximum()

    def _dress(self) -> None:
        header, px = self.horizontalHeader(), self._theme.px
        for column, width in _WIDTHS.items():
            header.resizeSection(column, px(width))
        self._is_wide = self._has_large_numbers()
        if self._is_wide:
            header.resizeSection(TimelineColumn.NUMBER, px(_WIDE_NUMBER))
        self._fit()

    def _has_large_numbers(self) -> bool:
        """Whichever are shown. Messages that were not taken have numbers as well, so rows do not tell."""
        transcript = self.timeline.transcript
        if transcript is None or not len(transcript):
            return False
        row = transcript.last_received_row
        number = transcript.message_number(row) if row is not None else 0
        return max(len(transcript) - 1, number) >= _LARGE_NUMBERS

    def _fit(self) -> None:
        self.setColumnHidden(TimelineColumn.GAP, self.width() < self._theme.px(_NARROW))
