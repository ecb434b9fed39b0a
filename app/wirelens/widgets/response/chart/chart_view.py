"""The page "Chart": what to draw, the plot, and under it what must be said of it."""

from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.chart.chart_choice import Form, Measure
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.widgets.controls.flow_layout import FlowLayout
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.menus import pop_up
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.response.chart.chart_export import ChartExport
from wirelens.widgets.response.chart.chart_plot import ChartPlot
from wirelens.widgets.response.chart.field_menu import FieldMenu
from wirelens.widgets.theme import Theme, restyle

_MEASURES = {
    Measure.ARRIVAL: "Arrival",
    Measure.GAP: "Gaps",
    Measure.SIZE: "Sizes",
    Measure.FIELD: "Fields",
}
_FORMS = {Form.OVER_TIME: "Time", Form.SUMMED: "Histogram"}
_ARRIVAL_FORMS = {Form.OVER_TIME: "Per second", Form.SUMMED: "In all"}
_FIELD_NAME_LENGTH = 18
_GROWTH_MS = 100  # between two readings of what has come


class ChartView(QWidget):
    """Draws the session's call while it is in sight; `row_picked` tells the message that was clicked.

    `fields` is a button in `corner`, the end of the line of the views' tabs, since the plot needs the height; it is
    meant to be seen while `draws_fields`.
    """

    row_picked = Signal(int)  # a row of the transcript

    def __init__(self, session: CallSession, theme: Theme, corner: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self.data = ChartData(session.decoder, session.chart, self)
        self.problem = InlineMessage(theme, self)
        self.measures = named(SegmentedChoice(theme, self), "chartMeasures", "What is drawn")
        self.forms = named(SegmentedChoice(theme, self), "chartForms", "How it is drawn")
        self.fields = named(QToolButton(corner), "chartField", "The fields that are drawn")
        self.menu = named(QToolButton(self), "chartMenu", "Save or copy the chart")
        self.plot = ChartPlot(self.data, theme, self)
        self.note = named(QLabel(self), "chartNote", "About the chart")
        self.progress = named(QLabel(self), "chartProgress", "How far the messages have been read")
        self.cancel = named(QPushButton("Stop", self), "chartCancel", "Stop reading the messages")
        self.export = ChartExport(self.plot, self.data, session.tasks, theme, lambda: session.method.name)
        self._growth = QTimer(self, singleShot=True, interval=_GROWTH_MS)
        self._growth.timeout.connect(self.data.grow)
        self._build()
        self._connect()
        self._show_choice()
        self._show_progress()
        pass_focus_on(self, self.plot)
        theme.follow(self, self._dress)

    @property
    def draws_fields(self) -> bool:
        """Whether fields are drawn, so that they can be chosen."""
        return self.data.choice.measure is Measure.FIELD

    def set_call(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Draw another call, or the same one with other types."""
        self.plot.select_row(None)
        self.data.set_call(transcript, decoder)
        self._show_choice()

    def grow(self) -> None:
        """The transcript has grown; nothing is read while the chart is out of sight."""
        if not self._growth.isActive():
            self._growth.start()

    def select_row(self, row: int | None) -> None:
        """Mark the message that is selected in the timeline."""
        self.plot.select_row(row)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.data.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.data.set_active(False)

    # -- inside

    def _on_measure(self, key: str) -> None:
        self.data.set_choice(replace(self.data.choice, measure=Measure(key)))

    def _on_form(self, key: str) -> None:
        self.data.set_choice(replace(self.data.choice, form=Form(key)))

    def _on_choice_changed(self) -> None:
        self._session.chart = self.data.chosen
        self._show_choice()

    def _show_choice(self) -> None:
        choice = self.data.choice
        self.measures.set_current(choice.measure.value)
        words = _ARRIVAL_FORMS if choice.measure is Measure.ARRIVAL else _FORMS
        for form, label in words.items():
            self.forms.button(form.value).setText(label)
        self.forms.set_current(choice.form.value)
        self.forms.updateGeometry()
        names = [each.path for each, _ in self.data.shown_fields()] if self.draws_fields else []
        shown = names[0] if names else "choose a field"
        if len(shown) > _FIELD_NAME_LENGTH:
            shown = f"…{shown[1 - _FIELD_NAME_LENGTH :]}"
        self.fields.setText(f"{shown} +{len(names) - 1}" if len(names) > 1 else shown)
        self.fields.setToolTip("\n".join(names))

    def _show_progress(self) -> None:
        data = self.data
        share = data.progress
        if data.is_saving:
            self.progress.setText("Writing all points …")
        elif data.is_cancelled and share < 1:
            self.progress.setText(f"Stopped: {share:.0%} of the messages are drawn")
        else:
            self.progress.setText(f"Reading messages: {share:.0%}")
        is_running = data.transcript is not None and data.transcript.finished is None
        is_behind = data.is_saving or (data.is_reading and share < 1 and not is_running) or data.is_cancelled
        self.progress.setVisible(is_behind and (share < 1 or data.is_saving))
        self.cancel.setText("Go on" if data.is_cancelled and not data.is_saving else "Stop")
        self.cancel.setVisible(not self.progress.isHidden())

    def _on_cancel(self) -> None:
        if self.data.is_saving:
            self.data.stop_saving()
        elif self.data.is_cancelled:
            self.data.resume()
        else:
            self.data.cancel()

    def _show_notes(self) -> None:
        scene = self.plot.scene
        notes = scene.notes if scene is not None and scene.instead is None else []
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    def _open_fields(self) -> None:
        FieldMenu(self.data, self._theme, self).open_below(self.fields)

    def _open_menu(self, place: QPoint) -> None:
        pop_up(self, self.export.fill_menu, place)

    def _build(self) -> None:
        self.measures.set_choices((measure.value, label) for measure, label in _MEASURES.items())
        self.forms.set_choices((form.value, label) for form, label in _FORMS.items())
        restyle(self.fields, role="text")
        self.fields.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fields.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow belongs behind the words
        self._theme.set_icon(self.fields, "chevron-down")
        self.menu.setToolTip("Save or copy the chart")
        self._theme.set_icon(self.menu, "more")
        self.note.setWordWrap(True)
        restyle(self.note, role="muted")
        restyle(self.progress, role="muted")
        restyle(self.cancel, role="link")
        self._choices = FlowLayout()
        for widget in (self.measures, self.forms):
            self._choices.addWidget(widget)
        self._head = QHBoxLayout()
        self._head.addLayout(self._choices, 1)
        self._head.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.progress)
        self._foot.addWidget(self.cancel)
        self._foot.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.problem)
        self._column.addLayout(self._head)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self.note)
        self._column.addLayout(self._foot)

    def _connect(self) -> None:
        self.measures.chosen.connect(self._on_measure)
        self.forms.chosen.connect(self._on_form)
        self.fields.clicked.connect(self._open_fields)
        self.menu.clicked.connect(lambda: self._open_menu(self.menu.mapToGlobal(QPoint(0, self.menu.height()))))
        self.cancel.clicked.connect(self._on_cancel)
        self.data.choice_changed.connect(self._on_choice_changed)
        self.data.changed.connect(self._show_progress)
        self.plot.row_picked.connect(self.row_picked)
        self.plot.menu_wanted.connect(self._open_menu)
        self.plot.copy_wanted.connect(self.export.copy_image)
        self.plot.save_wanted.connect(self.export.ask)
        self.plot.drawn.connect(self._show_notes)
        self.export.problem.connect(self.problem.show_error)
        self.export.done.connect(lambda path: self.problem.show_message("good", f"Saved as {path.name}"))

    def _dress(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, px(4))
        self._column.setSpacing(0)
        self._head.setContentsMargins(px(16), px(8), px(12), px(2))
        self._head.setSpacing(px(8))
        self._choices.setSpacing(px(8))
        self.note.setContentsMargins(px(16), px(2), px(16), px(2))
        self.note.setFont(self._theme.label_font(size="small"))
        self.progress.setFont(self._theme.label_font(size="small"))
        self._foot.setContentsMargins(px(16), 0, px(16), 0)
        self._foot.setSpacing(px(8))
        self.menu.setIconSize(QSize(px(16), px(16)))
