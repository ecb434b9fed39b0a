"""The response side of a call tab."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from wirelens.engine.calls.transcript import MESSAGE_KINDS, EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.comparison import MessageReference
from wirelens.presentation.figures import call_figures
from wirelens.presentation.runs import Run
from wirelens.presentation.stream_pace import StreamPace
from wirelens.widgets.controls.commands import Commands
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.response.export_message import ExportMessage
from wirelens.widgets.response.figures_bar import FiguresBar
from wirelens.widgets.response.filter_bar import FilterBar
from wirelens.widgets.response.message_actions import MessageActions
from wirelens.widgets.response.pinned_bar import PinnedBar
from wirelens.widgets.response.run_chooser import RunChooser
from wirelens.widgets.response.run_comparison import RunComparisonDialog
from wirelens.widgets.response.timeline_view import TimelineView
from wirelens.widgets.response.transcript_saving import TranscriptSaving
from wirelens.widgets.response.viewers import Viewers
from wirelens.widgets.theme import Theme

_TICK_MS = 100
_MEASURED_AS_JSON = 32 * 1024  # bytes of an answer whose size as JSON is worth the time to know it
_FEW_ROWS = 156  # px for the five rows of a unary call
_STREAM_SHARE = (11, 8)


class ResponseView(QWidget):
    """Figures, timeline and views of the session's call; nothing but a hint before the first."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._pace: StreamPace | None = None
        self._json_size: int | None = None
        # From the outside in: a widget that moves to another parent is dressed anew with all that is in it.
        self._pages = QWidget(self)
        self._content = QWidget(self._pages)
        self.runs = RunChooser(session, theme, self._content)
        self.runs.follow_keys(self)
        self.runs.comparison_wanted.connect(self._compare)
        self._splitter = Splitter(Qt.Orientation.Vertical, self._content)
        self.figures = FiguresBar(theme, self._content)
        self.filter_bar = FilterBar(session.timeline_filter, theme, self._content)
        self.timeline = TimelineView(theme, self._splitter)
        self.viewers = Viewers(session, self.timeline, theme, self._splitter)
        self.messages = MessageActions(session, self.timeline)
        self.pinned_bar = PinnedBar(session.comparison, theme, self._content)
        self.problem = InlineMessage(theme, self)
        self.notice = InlineMessage(theme, self)  # of what is being saved
        self.saving = TranscriptSaving(session, self.notice, self)
        self.timeline.save_wanted.connect(self.saving.choose_file)
        self.export_message = ExportMessage(session.exporter, theme, self)
        self._build()
        self._tick = QTimer(self, interval=_TICK_MS)  # time goes by without messages too
        self._tick.timeout.connect(self._show_state)
        session.transcript_replaced.connect(self._begin)
        session.progressed.connect(self._on_progressed)
        session.state_changed.connect(self._on_state_changed)
        session.problem_changed.connect(self._show_problem)
        session.rebound.connect(self._on_rebound)
        self.timeline.problem.connect(self.problem.show_error)
        self.messages.failed.connect(self.problem.show_error)
        self.messages.noted.connect(lambda words, more: self.problem.show_message("warn", words, next_step=more))
        self.messages.comparison_wanted.connect(self.viewers.show_comparison)
        self.messages.next_difference_wanted.connect(self.viewers.compare.go_to_next)
        self.messages.previous_difference_wanted.connect(self.viewers.compare.go_to_previous)
        self.pinned_bar.compare_wanted.connect(self.messages.compare_with_pinned)
        self.export_message.save_wanted.connect(self.messages.save)
        self._connect_filter()
        self._begin()
        self._show_problem()

    def commands(self) -> dict[str, Commands]:
        """What can be done with the call that is shown, by what it is done to; nothing before the first call."""
        if self._session.transcript is None:
            return {}
        return {"message": self.timeline.commands(), **self.viewers.commands()}

    # -- Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    # -- the session's signals

    def _begin(self) -> None:
        session, transcript = self._session, self._session.transcript
        self._json_size = None
        self._pace = StreamPace(transcript) if transcript is not None else None
        self.timeline.set_transcript(transcript, session.decoder)
        self.messages.show_pin()
        self._filter_call()
        self.viewers.begin()
        self.figures.begin(session.method.pattern)
        self._show_state()

    def _on_progressed(self) -> None:
        """A tab out of sight only counts; it catches up when it is looked at."""
        if self._pace is not None:
            self._pace.sample()
        if self.isVisible():
            self._catch_up()

    def _catch_up(self) -> None:
        self._session.timeline_filter.grow()
        self.timeline.grow()
        self.viewers.grow()
        self._show_state()

    def _on_state_changed(self) -> None:
        running = self._session.is_running
        if running != self._tick.isActive():
            self._tick.start() if running else self._tick.stop()
        self._show_state()

    def _on_rebound(self) -> None:
        self.timeline.set_transcript(self._session.transcript, self._session.decoder)
        self._filter_call()
        self.figures.begin(self._session.method.pattern)
        self._json_size = None
        self._show_state()

    def _compare(self, first: Run, second: Run) -> None:
        dialog = RunComparisonDialog(first, second, self._theme, self)
        dialog.pair_chosen.connect(self._compare_messages)
        dialog.show()

    def _compare_messages(self, first: Run, row: int, second: Run, other: int) -> None:
        """Field by field, in the view for that."""
        decoder = self._session.decoder
        try:
            left = MessageReference.of(first.transcript, row, decoder, f"run {first.number}")
            right = MessageReference.of(second.transcript, other, decoder, f"run {second.number}")
        except WirelensError as error:
            self.problem.show_error(error)
            return
        self._session.comparison.compare(left, right)
        self.viewers.show_comparison()

    # -- the filter

    def _connect_filter(self) -> None:
        timeline, bar, filtered = self.timeline, self.filter_bar, self._session.timeline_filter
        filtered.rows_replaced.connect(self._on_rows_replaced)
        filtered.progressed.connect(self._on_filter_progressed)
        timeline.filter_wanted.connect(self._on_filter_wanted)
        timeline.next_match_wanted.connect(bar.go_to_next)
        timeline.previous_match_wanted.connect(bar.go_to_previous)
        timeline.row_chosen.connect(bar.set_current)
        self.viewers.tree.filter_wanted.connect(self._on_filter_wanted)
        bar.row_wanted.connect(self._on_row_wanted)
        bar.closed.connect(timeline.setFocus)

    def _filter_call(self) -> None:
        session = self._session
        self.filter_bar.set_current(None)
        try:
            self.filter_bar.set_types(*map(session.decoder.descriptor, MESSAGE_KINDS))
        except WirelensError:  # the schema cannot build the types: nothing to complete; the filter says why
            pass
        session.timeline_filter.set_call(session.transcript, session.decoder)

    def _on_rows_replaced(self) -> None:
        filtered = self._session.timeline_filter
        self.timeline.mark(filtered.is_match if filtered.finds and filtered.is_active else None)
        self.timeline.show_subset(filtered.subset)

    def _on_filter_progressed(self) -> None:
        self.timeline.grow()
        if self._session.timeline_filter.finds:
            self.timeline.viewport().update()

    def _on_row_wanted(self, row: int) -> None:
        self.timeline.grow()  # it may have been found this very moment
        self.timeline.choose(row)

    def _on_filter_wanted(self, clause: str) -> None:
        if clause:
            self.filter_bar.add(clause)
        else:
            self.filter_bar.open()

    def _show_problem(self) -> None:
        problem = self._session.problem
        if problem is None:
            self.problem.clear()
        else:
            self.problem.show_error(problem)

    # -- what is shown

    def _show_state(self) -> None:
        session, transcript = self._session, self._session.transcript
        is_there = transcript is not None or session.is_running
        self._stack.setCurrentWidget(self._content if is_there else self._empty)
        finished = transcript.finished if transcript is not None else None
        is_making = session.state is CallState.CONNECTING and session.live_run is None
        if is_making or transcript is None or finished is None:
            self.figures.state.set_state(session.activity, "warn" if session.is_paused else "accent", dot=True)
        else:
            self.figures.state.set_state(finished.status.title, "bad" if finished.status.is_fault else "good")
        self._show_figures()

    def _show_figures(self) -> None:
        session, transcript, pace = self._session, self._session.transcript, self._pace
        if transcript is None or pace is None or not self.isVisible():
            return
        values = call_figures(
            session.method.pattern,
            transcript,
            pace,
            session.elapsed,
            is_text=self.viewers.text.is_text,
            reply=self.viewers.text.final_reply,
            json_size=self._size_as_json(transcript),
            paused=session.paused_seconds,
        )
        self.figures.set_figures(values)
        self.figures.sparkline.set_values(pace.bars)

    def _size_as_json(self, transcript: Transcript) -> int | None:
        """Of a small unary answer, once it is there."""
        if self._json_size is None and self._session.method.pattern is Pattern.UNARY and transcript.received_count:
            row = next(row for row in range(len(transcript)) if transcript.kind(row) is EventKind.RECEIVED)
            if transcript.size(row) <= _MEASURED_AS_JSON:
                try:
                    message = self._session.decoder.message(EventKind.RECEIVED, transcript.payload(row))
                except WirelensError:
                    return None
                self._json_size = len(message_to_json(message, self._session.schema, indent=None).encode())
        return self._json_size

    def _build(self) -> None:
        self._empty = EmptyState(
            self._theme, "send", "Press Ctrl+Enter to send", "The answer shows here.", parent=self._pages
        )
        self._splitter.addWidget(self.timeline)
        self._splitter.addWidget(self.viewers)
        if self._session.method.pattern is Pattern.UNARY:
            self._splitter.setStretchFactor(0, 0)
            self._splitter.setStretchFactor(1, 1)
            self._splitter.setSizes([self._theme.px(_FEW_ROWS), self._theme.px(3 * _FEW_ROWS)])
        else:
            for index, share in enumerate(_STREAM_SHARE):
                self._splitter.setStretchFactor(index, share)
            self._splitter.setSizes([share * 1000 for share in _STREAM_SHARE])
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.runs)
        column.addWidget(self.figures)
        column.addWidget(self.filter_bar)
        column.addWidget(self.pinned_bar)
        column.addWidget(self._splitter, 1)
        self._stack = QStackedLayout(self._pages)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.problem)
        whole.addWidget(self.notice)
        whole.addWidget(self.export_message)
        whole.addWidget(self._pages, 1)
        pass_focus_on(self, self.timeline)
