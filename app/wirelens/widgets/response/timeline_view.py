"""The timeline: every event of a call as a row; follows the newest until the person looks at an older one."""

import itertools
from collections.abc import Callable, Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.errors import WirelensError
from wirelens.presentation.amounts import size_text
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.timeline_model import TimelineColumn, TimelineModel
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
_COPIED_AT_MOST = 4 * 2**20  # bytes of messages
_ROWS_COPIED_AT_MOST = 10_000


class TimelineView(QTableView):
    """`row_chosen` tells which row the person picked, None when the newest is followed again."""

    row_chosen = Signal(object)
    problem = Signal(object)  # a WirelensError: why something was not copied
    save_wanted = Signal()  # of the whole transcript

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._follows = True
        self._is_wide = False  # the column of numbers
        self._moves_itself = False
        self.timeline = TimelineModel(self)
        self.setModel(self.timeline)
        self.setItemDelegate(TimelineDelegate(theme, self, self.timeline))
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
        self.timeline.set_transcript(transcript, decoder)
        self._dress()
        self._follows = True
        self._scroll_to_end()

    def grow(self) -> None:
        """Show the rows that came since."""
        if not self.timeline.grow():
            return
        if self._has_large_numbers() != self._is_wide:
            self._dress()
        if self._follows:
            self._scroll_to_end()

    def follow(self) -> None:
        """Go to the newest row and stay with it."""
        self._follows = True
        self.clearSelection()
        last = self.timeline.index(self.timeline.rowCount() - 1, 0)
        self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._scroll_to_end()
        self.row_chosen.emit(None)

    def choose(self, row: int) -> None:
        """Select a row of the transcript as if the person had picked it."""
        if 0 <= row < self.timeline.rowCount():
            self._follows = False
            self.setCurrentIndex(self.timeline.index(row, 0))
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)

    def selected_rows(self) -> list[int]:
        """From top to bottom."""
        return list(self._selected())

    # -- Qt's events

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        row = self.currentIndex().row()
        if selected.isEmpty() or row < 0:  # all rows can be selected without one being the current one
            return
        self._follows = self._follows and row == self.timeline.rowCount() - 1
        self.row_chosen.emit(row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The arrows start from the newest row, which is the one that is looked at; Qt would begin at the first."""
        if not self.currentIndex().isValid() and self.timeline.rowCount():
            last = self.timeline.index(self.timeline.rowCount() - 1, 0)
            self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_End:
            self.follow()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_json()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self._follows:
            self._scroll_to_end()

    # -- copying

    def copy_json(self) -> None:
        """The selected messages as JSON, one after the other."""
        self._copy(self.timeline.as_json)

    def copy_base64(self) -> None:
        """The selected messages' bytes, one a line."""
        self._copy(self.timeline.as_base64)

    def copy_previews(self) -> None:
        """The selected rows as they stand here."""
        self._copy(self.timeline.preview, lambda _row: True)

    def _copy(self, text_of: Callable[[int], str], is_copied: Callable[[int], bool] | None = None) -> None:
        transcript = self.timeline.transcript
        copied = filter(is_copied or self.timeline.message_row, self._selected())
        rows = list(itertools.islice(copied, _ROWS_COPIED_AT_MOST + 1))
        if transcript is None or not rows:
            return
        size = sum(transcript.size(row) for row in rows)
        try:
            if len(rows) > _ROWS_COPIED_AT_MOST:
                raise WirelensError(
                    f"more than {_ROWS_COPIED_AT_MOST:,} rows are selected, too many for the clipboard",
                    next_step="select fewer",
                )
            if size > _COPIED_AT_MOST:
                raise WirelensError(
                    f"the selected messages are {size_text(size)} together, too much for the clipboard",
                    next_step=f"select less than {size_text(_COPIED_AT_MOST)}",
                )
            QGuiApplication.clipboard().setText("\n".join(map(text_of, rows)))
        except WirelensError as error:
            self.problem.emit(error)

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(self.viewport().mapToGlobal(position))

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the selected rows."""
        has_messages = any(map(self.timeline.message_row, self._selected()))
        copy = menu.addAction("Copy as JSON\tCtrl+C")
        copy.triggered.connect(self.copy_json)
        self._theme.set_icon(copy, "copy")
        raw = menu.addAction("Copy as base64")
        raw.triggered.connect(self.copy_base64)
        for action in (copy, raw):
            action.setEnabled(has_messages)
        preview = menu.addAction("Copy the line")
        preview.triggered.connect(self.copy_previews)
        preview.setEnabled(self.selectionModel().hasSelection())
        menu.addSeparator()
        save = menu.addAction("Save the transcript …\tCtrl+S")
        save.triggered.connect(self.save_wanted)
        follow: QAction = menu.addAction("Follow the newest\tEnd")
        follow.triggered.connect(self.follow)
        self._theme.set_icon(follow, "follow")

    # -- inside

    def _selected(self) -> Iterator[int]:
        """The selected rows from top to bottom, by their ranges: asked for one by one, a million take seconds."""
        done = -1
        selection = self.selectionModel().selection()
        ranges = [selection.at(position) for position in range(selection.count())]
        for top, bottom in sorted((rows.top(), rows.bottom()) for rows in ranges):
            yield from range(max(top, done + 1), bottom + 1)
            done = max(done, bottom)

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
        """Messages that were not taken have numbers as well, so rows do not tell."""
        transcript, last = self.timeline.transcript, self.timeline.rowCount() - 1
        if transcript is None or last < 0:
            return False
        row = transcript.last_received_row
        return max(last, transcript.message_number(row) if row is not None else 0) >= _LARGE_NUMBERS

    def _fit(self) -> None:
        self.setColumnHidden(TimelineColumn.GAP, self.width() < self._theme.px(_NARROW))
