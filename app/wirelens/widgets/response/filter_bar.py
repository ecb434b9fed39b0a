"""The line above the timeline that filters its messages, or goes from match to match."""

from collections.abc import Callable

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from wirelens.presentation.amounts import count_text
from wirelens.presentation.filter_clauses import joined
from wirelens.presentation.filter_completion import FilterCompleter
from wirelens.presentation.timeline_filter import TimelineFilter
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.response.filter_edit import FilterEdit
from wirelens.widgets.theme import Theme, restyle

_PAUSE_MS = 150  # after the last letter, before it is looked for
_PATIENCE = 0.5  # seconds after which progress is shown
_NAME_SHOWN = 80  # characters of a recent expression
_NARROW = 380  # px of width under which typing needs the room of the buttons
_THICKNESS = 2
_BELOW = 22


class FilterBar(QFrame):
    """Hidden until `open`. Esc clears the expression, then closes; what is typed is in force after a short pause.

    Enter goes to the next match and Shift+Enter to the one before, in both ways to use it: "Filter" shows the matches
    only, "Find" shows every row and marks them.
    """

    row_wanted = Signal(int)  # a row of the transcript to go to
    closed = Signal()

    def __init__(self, timeline_filter: TimelineFilter, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = timeline_filter
        self._theme = theme
        self._current: int | None = None
        self.setObjectName("timelineFilterBar")
        self.setProperty("role", "top-bar")
        self.edit = FilterEdit(theme, self)
        self.edit.textChanged.connect(self._on_text_changed)
        self.edit.next_requested.connect(self.go_to_next)
        self.edit.previous_requested.connect(self.go_to_previous)
        self.edit.escaped.connect(self._on_escaped)
        self.edit.list_closed.connect(self._show)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.apply)
        self._ticking = QTimer(self, interval=100)
        self._ticking.timeout.connect(self._show_progress)
        self._ways = SegmentedChoice(theme, self)
        self._ways.add_choice("filter", "Filter", "Show the matches only")
        self._ways.add_choice("find", "Find", "Show every row, and go from match to match")
        for key in self._ways.keys:
            self._ways.button(key).setObjectName(f"timelineFilterWay:{key}")
        self._ways.chosen.connect(lambda key: timeline_filter.set_finds(key == "find"))
        self._previous = self._button("chevron-up", "timelineFilterPrevious", "Previous match (Shift+Enter, Shift+F3)")
        self._previous.clicked.connect(self.go_to_previous)
        self._next = self._button("chevron-down", "timelineFilterNext", "Next match (Enter, F3)")
        self._next.clicked.connect(self.go_to_next)
        self._recent = self._button("menu", "timelineFilterRecent", "Recent filters")
        self._recent.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._recent_menu = QMenu(self._recent)
        self._recent_menu.aboutToShow.connect(self._renew_recent)
        self._recent.setMenu(self._recent_menu)
        close = self._button("close", "timelineFilterClose", "Close and show all messages")
        close.clicked.connect(self.close_bar)
        self._mistake = self._label("timelineFilterMistake", "bad")
        self._mistake.setWordWrap(True)
        self._note = ElidedLabel(parent=self)
        self._note.setObjectName("timelineFilterNote")
        self._note.hide()
        self._count = self._label("timelineFilterCount", "small")
        self._stop = self._button("stop", "timelineFilterStop", "Stop looking")
        self._stop.setProperty("role", "small")
        self._stop.clicked.connect(self._on_stop)
        self._progress = _ProgressLine(theme, self)
        self._build(close)
        timeline_filter.changed.connect(self._show)
        timeline_filter.progressed.connect(self._show_progress)
        timeline_filter.rows_replaced.connect(self._show_progress)
        theme.follow(self, self._dress)
        self._show()
        self.setMinimumWidth(1)  # what does not fit is left out: see resizeEvent
        self.hide()

    @property
    def is_open(self) -> bool:
        """Also while its tab is out of sight."""
        return not self.isHidden()

    def set_types(self, request: Descriptor, response: Descriptor) -> None:
        """Complete for the messages of another method, or of a reloaded schema."""
        self.edit.set_completer_types(FilterCompleter(request, response))

    def open(self) -> None:
        """Show the line and take the focus."""
        self.show()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def add(self, clause: str) -> None:
        """Narrow the filter down by one more clause, and show the line."""
        self.show()
        self.edit.setText(joined(self.edit.text(), clause))
        self.apply()
        self._filter.remember()

    def apply(self) -> None:
        """Put what is typed in force now."""
        self._pause.stop()
        self._filter.set_expression(self.edit.text())

    def close_bar(self) -> None:
        """Show all messages again and go away."""
        self._filter.remember()
        self.edit.clear()
        self.apply()
        self.hide()
        self.closed.emit()

    def set_current(self, row: int | None) -> None:
        """Which row of the transcript is picked: the next match is the next after it."""
        self._current = row
        self._show_progress()

    def go_to_next(self) -> None:
        """To the first match behind the row that is picked; from the first again behind the last."""
        self._go(self._filter.match_after)

    def go_to_previous(self) -> None:
        """To the last match before the row that is picked."""
        self._go(self._filter.match_before)

    # -- Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= self._theme.px(_NARROW)
        for widget in (self._previous, self._next, self._recent):  # each has a key, or can be typed again
            widget.setVisible(is_wide)

    # -- inside

    def _go(self, match: Callable[[int | None], int | None]) -> None:
        self.apply()
        self._filter.remember()
        row = match(self._current)
        if row is not None:
            self.row_wanted.emit(row)

    def _on_text_changed(self, text: str) -> None:
        if text.strip():
            self._pause.start()
        else:
            self.apply()  # everything is shown again at once

    def _on_escaped(self) -> None:
        if self.edit.text():
            self._filter.remember()
            self.edit.clear()
        else:
            self.close_bar()

    def _on_stop(self) -> None:
        self._filter.go_on() if self._filter.is_stopped else self._filter.stop()

    def _renew_recent(self) -> None:
        self._recent_menu.clear()
        for text in self._filter.recent:
            shown = text if len(text) <= _NAME_SHOWN else f"{text[:_NAME_SHOWN]} …"
            action = self._recent_menu.addAction(shown.replace("&", "&&"))
            action.triggered.connect(lambda _checked, text=text: self._take(text))
        if not self._filter.recent:
            self._recent_menu.addAction("No filters yet").setEnabled(False)

    def _take(self, text: str) -> None:
        self.edit.setText(text)
        self.apply()
        self._filter.remember()
        self.edit.setFocus()

    def _show(self) -> None:
        """The expression's own state; its results are `_show_progress`."""
        mistake = None if self.edit.list.is_open else self._filter.mistake  # what is offered may yet mend it
        self.edit.set_mistake(mistake)
        restyle(self.edit, invalid=mistake is not None)
        sentence = f"{mistake.message}{f'; {mistake.next_step}' if mistake.next_step else ''}" if mistake else ""
        end = "" if sentence.endswith(("…", "?")) or not sentence else "."
        self._mistake.setText(f"{sentence[:1].upper()}{sentence[1:]}{end}")
        self._mistake.setAccessibleName(mistake.one_line() if mistake is not None else "")
        self._mistake.setVisible(mistake is not None)
        self._ways.set_current("find" if self._filter.finds else "filter")
        self._show_progress()

    def _show_progress(self) -> None:
        going = self._filter
        if going.is_running != self._ticking.isActive():
            self._ticking.start() if going.is_running else self._ticking.stop()
        is_slow = going.is_stopped or (going.is_running and going.running_for >= _PATIENCE)
        self._stop.setVisible(is_slow)
        self._stop.setToolTip("Go on" if going.is_stopped else "Stop looking")
        self._stop.setAccessibleName(self._stop.toolTip())
        self._theme.set_icon(self._stop, "play" if going.is_stopped else "stop")
        share = going.rows_done / going.rows_total if is_slow and going.rows_total else 0.0
        self._progress.set_share(share)
        self._count.setText(self._count_words(is_slow))
        self._count.setVisible(going.is_active)
        note = " ".join(filter(None, (going.note, going.meaning))) if going.mistake is None else ""
        self._note.setText(note)
        self._note.set_whole(note)
        self._note.setVisible(bool(note))
        restyle(self._note, role="warn" if going.note else "small")
        for button in (self._previous, self._next):
            button.setEnabled(going.match_count > 0)

    def _count_words(self, is_slow: bool) -> str:
        going = self._filter
        if not going.is_active:
            return ""
        matches, total = f"{going.match_count:,}", count_text(going.message_count, "message")
        if not is_slow:
            return f"{matches} of {total}" if going.match_count else f"No match in {total}"
        done = f"{100 * going.rows_done // max(going.rows_total, 1)} %"
        return f"{matches} of {total} so far, {'stopped at ' if going.is_stopped else ''}{done}"

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.hide()
        return label

    def _button(self, icon: str, name: str, what: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setToolTip(what)
        button.setAccessibleName(what)
        self._theme.set_icon(button, icon)
        return button

    def _build(self, close: QToolButton) -> None:
        self._row = QHBoxLayout()
        self._row.addWidget(self.edit, 1)
        for widget in (self._ways, self._previous, self._next, self._recent, close):
            self._row.addWidget(widget)
        self._below = QHBoxLayout()
        self._below.addWidget(self._count)
        self._below.addWidget(self._stop)
        self._below.addWidget(self._note, 1)
        self._below.addStretch()
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._row)
        self._column.addWidget(self._mistake)
        self._column.addLayout(self._below)
        self._column.addWidget(self._progress)

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(16), px(6), px(8), px(2))
        self._column.setSpacing(px(2))
        self._row.setSpacing(px(4))
        self._below.setSpacing(px(8))
        for label in (self._count, self._note):
            label.setFixedHeight(px(_BELOW))  # as high as the button that comes and goes


class _ProgressLine(QWidget):
    """How far it is, as a thin line; always as high, so that nothing moves when it comes and goes."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setObjectName("timelineFilterProgress")
        theme.follow(self, self._dress)

    @property
    def share(self) -> float:
        """What is done, 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        if share != self._share:
            self._share = share
            self.setAccessibleName(f"{share:.0%} looked through" if share else "")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.px(_THICKNESS))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share:
            done = QRect(0, 0, round(self.width() * self._share), self.height())
            QPainter(self).fillRect(done, self._theme.color("accent"))

    def _dress(self) -> None:
        self.setFixedHeight(self._theme.px(_THICKNESS))
