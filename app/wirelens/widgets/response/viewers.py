"""The views of an answer behind tabs: which one opens, and that only the one in sight does any work."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.chart.chart_choice import ChartChoice
from wirelens.presentation.chart.measurements import MeasurementProbe
from wirelens.presentation.comparison import MessageReference
from wirelens.presentation.latency_words import waterfall
from wirelens.presentation.message_decoding import Readability
from wirelens.presentation.message_focus import MessageFocus
from wirelens.presentation.reply_text import may_tell_text
from wirelens.presentation.view_choice import MESSAGE_VIEWS, ViewName, view_to_open
from wirelens.widgets.controls.commands import Command, Commands
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.page_tabs import PageTabs
from wirelens.widgets.response.chart.chart_view import ChartView
from wirelens.widgets.response.compare_viewer import CompareViewer
from wirelens.widgets.response.headers_viewer import HeadersViewer
from wirelens.widgets.response.json_viewer import JsonViewer
from wirelens.widgets.response.status_viewer import StatusViewer
from wirelens.widgets.response.text_viewer import TextViewer
from wirelens.widgets.response.timeline_view import TimelineView
from wirelens.widgets.response.tree_page import TreePage
from wirelens.widgets.response.wire_viewer import WireViewer
from wirelens.widgets.theme import Theme, restyle

_CORNER_HEIGHT = 34


class Viewers(QWidget):
    """Shows the row picked in the timeline, or else the newest message, the growing text, or the status."""

    def __init__(
        self, session: CallSession, timeline: TimelineView, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._timeline = timeline
        self._theme = theme
        self._message_view = session.chosen_view if session.chosen_view in MESSAGE_VIEWS else ViewName.JSON
        self._picked: int | None = None
        self._shown: dict[ViewName, tuple[object, ...]] = {}  # what each view shows, so that none is filled twice
        self._switches_itself = False
        self._probe: MeasurementProbe | None = None
        self._stays = False  # while a view in sight picks a row itself
        self.tabs = PageTabs(theme, self)
        pages = self.tabs.pages
        self.focus = MessageFocus(self)
        self._message_places = {name: _MessagePlace(theme, pages) for name in MESSAGE_VIEWS}
        self.text = TextViewer(session.tasks, session.text_look, theme, pages)
        self.tree_page = TreePage(self.focus, theme, self._message_places[ViewName.TREE])
        self.tree = self.tree_page.tree
        self.json = JsonViewer(timeline.timeline, session.tasks, theme, self._message_places[ViewName.JSON])
        self._corner = _Corner(theme, self.tabs)
        self.chart = ChartView(session, theme, self._corner, pages)
        self.wire = WireViewer(self.focus, theme, self._message_places[ViewName.WIRE])
        self.headers = HeadersViewer(theme, pages)
        self.status = StatusViewer(theme, pages)
        self.compare = CompareViewer(session.comparison, theme, self)
        self.compare.hide()  # until there is something to compare
        self._message_places[ViewName.TREE].hold(self.tree_page)
        self._message_places[ViewName.JSON].hold(self.json)
        self._message_places[ViewName.WIRE].hold(self.wire)
        self._pages: dict[ViewName, QWidget] = {
            ViewName.TEXT: self.text,
            **self._message_places,
            ViewName.CHART: self.chart,
            ViewName.HEADERS: self.headers,
            ViewName.STATUS: self.status,
            ViewName.COMPARE: self.compare,
        }
        self._build()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.text.text_found.connect(self._on_text_found)
        self.text.row_wanted.connect(self._go_to_row)
        self.json.tree_wanted.connect(lambda: self.show_view(ViewName.TREE))
        self.wire.field_chosen.connect(self.tree.go_to_field)
        timeline.row_chosen.connect(self._on_row_chosen)
        self.chart.row_picked.connect(self._go_to_row)
        self.chart.data.choice_changed.connect(self.refresh)
        session.options.changed.connect(self.refresh)
        session.rebound.connect(self.begin)
        session.comparison.changed.connect(self._on_comparison_changed)
        self.begin()

    @property
    def current(self) -> ViewName:
        """The view in sight."""
        return next(name for name, page in self._pages.items() if page is self.tabs.currentWidget())

    def show_view(self, name: ViewName) -> None:
        """As if the person had chosen the tab: it is kept from call to call."""
        self._session.chosen_view = name
        self.tabs.setCurrentWidget(self._pages[name])

    def enter_view(self, name: ViewName) -> None:
        """Show it as if the person had chosen the tab, with the keyboard in it."""
        if name is ViewName.COMPARE:  # never kept from call to call
            self.show_comparison()
        else:
            self.show_view(name)
        self._pages[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commands(self) -> dict[str, Commands]:
        """What can be done with the view in sight, by its name in small letters, and which others can be shown."""
        in_sight = {
            ViewName.TEXT: self.text.commands,
            ViewName.CHART: self.chart.export.commands,
            ViewName.COMPARE: self.compare.commands,
        }.get(self.current, list)
        offered = [name for name, page in self._pages.items() if self.tabs.indexOf(page) >= 0]
        return {
            self.current.value.lower(): in_sight(),
            "view": [Command(f"Show {name.value}", partial(self.enter_view, name)) for name in offered],
        }

    def show_comparison(self) -> None:
        """Show what is compared."""
        self._offer_tab(ViewName.COMPARE, True)
        self._switch_to(ViewName.COMPARE)
        self.refresh()

    def begin(self) -> None:
        """Another call, or other types for the same one."""
        session = self._session
        self._picked = None
        self._shown.clear()
        pattern = session.method.pattern
        self._offer_tab(ViewName.TEXT, pattern.server_streams and may_tell_text(session.decoder))
        self._offer_tab(ViewName.CHART, pattern is not Pattern.UNARY)
        self.text.set_call(session.transcript, session.decoder)
        self.chart.set_call(session.transcript, session.decoder)
        self._probe = MeasurementProbe(session.transcript, session.decoder) if session.transcript is not None else None
        self._suggest_chart()
        self._name_field()
        self._open_view()
        self.refresh()

    def grow(self) -> None:
        """The transcript has grown; call it at most once a frame."""
        transcript = self._session.transcript
        if transcript is None:
            return
        if self.text.is_probing:  # in sight or not: what it finds decides which view opens
            self.text.grow()
        if self._probe is not None and not self._probe.is_settled:
            self._probe.grow()
            if self._probe.tells_measurements:
                self._suggest_chart()
                self._open_view()
        if transcript.finished is not None or transcript.received_count <= 1:
            self._open_view()
        self.refresh()

    def refresh(self) -> None:
        """Fill the view in sight, if it does not show what it should already."""
        transcript = self._session.transcript
        if transcript is None or not self.isVisible():
            return
        name = self.current
        self._show_corner(name)
        if name is ViewName.TEXT:
            self.text.grow()
        elif name is ViewName.CHART:
            self.chart.grow()
        elif name is ViewName.HEADERS:
            self.headers.show_call(transcript, self._session.schema)
        elif name is ViewName.STATUS:
            self.status.show_waterfall(waterfall(transcript, self._session.sent_compression))
            self.status.show_status(transcript.finished, self._session.schema)
        elif name is ViewName.COMPARE:
            self._look_at_pinned(transcript)
        else:
            self._fill_message_view(name, transcript)

    # -- inside

    def _on_comparison_changed(self) -> None:
        self._offer_tab(ViewName.COMPARE, self._session.comparison.has_any)

    def _suggest_chart(self) -> None:
        self.chart.data.suggest(self._probe.chart_choice if self._probe is not None else ChartChoice())

    def _open_view(self) -> None:
        transcript = self._session.transcript
        if transcript is None or self._picked is not None or self.current is ViewName.COMPARE:
            return
        finished = transcript.finished
        row = self._message_row(transcript)
        view = view_to_open(
            self._session.chosen_view,
            is_text=self.text.is_text,
            is_error=finished is not None and finished.status.is_fault,
            received_count=transcript.received_count,
            size=transcript.size(row) if row is not None else 0,
            is_empty=row is not None and not transcript.size(row) and not self._session.method.pattern.server_streams,
            tells_measurements=self._probe is not None and self._probe.tells_measurements,
            readability=self._readability(transcript, row) if row is not None else Readability.WHOLE,
        )
        self._switch_to(view)

    def _readability(self, transcript: Transcript, row: int) -> Readability:
        try:
            return self._session.decoder.readability(transcript.kind(row), transcript.payload_view(row))
        except WirelensError:
            return Readability.WHOLE  # why it cannot be shown is said in its place

    def _switch_to(self, name: ViewName) -> None:
        self._switches_itself = True
        self.tabs.setCurrentWidget(self._pages[name])
        self._switches_itself = False
        self._keep_message_view(name)

    def _keep_message_view(self, name: ViewName) -> None:
        """What a row that is picked is shown in; not what comes into sight because a tab is taken away."""
        if name in MESSAGE_VIEWS:
            self._message_view = name

    def _on_tab_changed(self) -> None:
        name = self.current
        if not self._switches_itself and name is not ViewName.COMPARE:
            self._session.chosen_view = name
            self._keep_message_view(name)
        self.refresh()

    def _on_text_found(self) -> None:
        self._name_field()
        self._open_view()

    def _go_to_row(self, row: int) -> None:
        """Show a row in the timeline that the view in sight speaks of."""
        self._stays = True
        self._timeline.choose(row)
        self._stays = False

    def _on_row_chosen(self, row: int | None) -> None:
        self._picked = row
        self.chart.select_row(row)
        if self._stays:
            return
        if self.current is ViewName.COMPARE:
            if row is not None and self._timeline.timeline.message_row(row):
                self._session.comparison.follow()
        elif row is None:
            self._open_view()
        elif self._timeline.timeline.kind(row) is EventKind.HEADERS:
            self._switch_to(ViewName.HEADERS)
        elif self._timeline.timeline.kind(row) is EventKind.FINISHED:
            self._switch_to(ViewName.STATUS)
        elif self._timeline.timeline.message_row(row) and not self._shows_single_messages():
            self._switch_to(self._message_view)
        self.refresh()

    def _shows_single_messages(self) -> bool:
        """Whether a row of the timeline is seen in the view in sight; a chart that opened by itself gives way."""
        is_wanted_chart = self.current is ViewName.CHART and self._session.chosen_view is ViewName.CHART
        return self.current in MESSAGE_VIEWS or is_wanted_chart

    def _message_row(self, transcript: Transcript) -> int | None:
        """The row that was picked if it is a message, else that of the newest answer."""
        if self._picked is not None and self._timeline.timeline.message_row(self._picked):
            return self._picked
        return transcript.last_received_row

    def _look_at_pinned(self, transcript: Transcript) -> None:
        """Beside the message that is looked at; the newest where that is the pinned one itself."""
        comparison = self._session.comparison
        if comparison.pinned is None:
            return
        row = self._message_row(transcript)
        if comparison.pinned.is_at(transcript, row):
            row = transcript.last_received_row
        if row is None or comparison.pinned.is_at(transcript, row):
            comparison.look_at(None)
            return
        try:
            comparison.look_at(MessageReference.of(transcript, row, self._session.decoder))
        except WirelensError:
            comparison.look_at(None)  # it is not kept; Tree says so

    def _fill_message_view(self, name: ViewName, transcript: Transcript) -> None:
        place, row = self._message_places[name], self._message_row(transcript)
        defaults = self._session.options.emit_defaults
        shown = (row, defaults, transcript.finished is not None)
        if self._shown.get(name) == shown:
            return
        before = self._shown.get(name, (None, None))
        self._shown[name] = shown
        if row is None:
            place.say(*_no_message(transcript))
        elif before[:2] != shown[:2]:
            self._show_message(name, place, transcript, row, defaults)

    def _show_message(
        self, name: ViewName, place: "_MessagePlace", transcript: Transcript, row: int, defaults: bool
    ) -> None:
        if name is ViewName.JSON:
            is_partly = self._readability(transcript, row) in (Readability.PARTLY, Readability.UNKNOWN)
            self.json.show_row(row, transcript.size(row), with_defaults=defaults, lacks_fields=is_partly)
            place.show_viewer()
            return
        try:
            descriptor = self._session.decoder.descriptor(transcript.kind(row))
            payload = transcript.payload_view(row)
        except WirelensError as error:
            place.say("This message cannot be shown", error.one_line())
            return
        if name is ViewName.WIRE:
            self._fill_message_view(ViewName.TREE, transcript)  # which finds the field of a byte, out of sight too
            self.wire.show_message(payload, descriptor, self._session.schema)
            place.show_viewer()
            return
        self.tree_page.show_message(payload, descriptor, self._session.schema, with_defaults=defaults)
        if self.tree.fields.is_empty:
            place.say("An empty message", f"{descriptor.full_name} without any field set.")
        else:
            place.show_viewer()

    # -- tabs and their corner

    def _build(self) -> None:
        self.tabs.tabBar().setAccessibleName("Views of the answer")
        self.tabs.setObjectName("responseViews")
        self.tabs.setAccessibleName("Views of the answer")
        for name, page in self._pages.items():
            if name is not ViewName.COMPARE:
                self.tabs.addTab(page, name.value)
        corner = self._corner
        self._defaults = QCheckBox("Defaults", corner)
        self._defaults.setAccessibleName("Show fields that hold their default")
        self._defaults.setToolTip("Show fields that were not sent, with their defaults")
        self._defaults.setChecked(self._session.options.emit_defaults)
        self._defaults.toggled.connect(self._session.options.set_emit_defaults)
        self._session.options.changed.connect(self._show_defaults)
        self._field = QToolButton(corner)
        self._field.setAccessibleName("The field that holds the text")
        self._field.setToolTip("The field whose texts are joined")
        self._field.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        restyle(self._field, role="menu")
        self._fields_menu = QMenu(self._field)
        self._fields_menu.aboutToShow.connect(self._renew_fields_menu)
        self._field.setMenu(self._fields_menu)
        corner.add(self._field, self._defaults, self.chart.fields)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        pass_focus_on(self, self.tabs)

    def _show_defaults(self) -> None:
        self._defaults.setChecked(self._session.options.emit_defaults)

    def _show_corner(self, name: ViewName) -> None:
        self._defaults.setVisible(name in (ViewName.TREE, ViewName.JSON))
        self._field.setVisible(name is ViewName.TEXT and self.text.reply is not None)
        self.chart.fields.setVisible(name is ViewName.CHART and self.chart.draws_fields)

    def _offer_tab(self, name: ViewName, offered: bool) -> None:
        """Where a view can have nothing to show, the widget stays, out of sight."""
        page = self._pages[name]
        index = self.tabs.indexOf(page)
        self._switches_itself = True
        if offered and index < 0:
            before = list(self._pages).index(name)
            place = sum(self.tabs.indexOf(each) >= 0 for each in list(self._pages.values())[:before])
            self.tabs.insertTab(place, page, name.value)
        elif not offered and index >= 0:
            self.tabs.removeTab(index)
            page.setParent(self)
            page.hide()
        self._switches_itself = False

    def _name_field(self) -> None:
        reply = self.text.reply
        self._field.setText(f"field: {reply.field}" if reply is not None and reply.field else "choose a field")

    def _renew_fields_menu(self) -> None:
        self._fields_menu.clear()
        reply = self.text.reply
        group = QActionGroup(self._fields_menu)
        for name in reply.fields if reply is not None else ():
            action = self._fields_menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(reply is not None and name == reply.field)
            action.triggered.connect(lambda _checked, name=name: self._choose_field(name))
            group.addAction(action)

    def _choose_field(self, name: str) -> None:
        self.text.choose_field(name)
        self._name_field()
        self.refresh()


class _Corner(QWidget):
    """What stands at the right of the tabs, on the line of their words: QTabWidget goes by its size hint alone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = QHBoxLayout(self)
        theme.follow(self, self._dress)

    def add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self._row.addWidget(widget)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.px(_CORNER_HEIGHT))

    def _dress(self) -> None:
        self._row.setContentsMargins(0, 0, self._theme.px(12), self._theme.px(2))
        self.updateGeometry()


class _MessagePlace(QWidget):
    """A viewer, or in its place a sentence that says why there is nothing to view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instead = EmptyState(theme, "message", "", parent=self)
        self._stack = QStackedLayout(self)

    def hold(self, viewer: QWidget) -> None:
        """Take the viewer in; it is made with this place as its parent."""
        self._stack.addWidget(viewer)
        self._stack.addWidget(self._instead)
        pass_focus_on(self, viewer)

    def show_viewer(self) -> None:
        self._stack.setCurrentIndex(0)

    def say(self, title: str, sentence: str = "") -> None:
        self._instead.set_text(title, sentence)
        self._stack.setCurrentWidget(self._instead)


def _no_message(transcript: Transcript) -> tuple[str, str]:
    finished = transcript.finished
    if transcript.skipped_count:
        return "No message was taken", "They are only counted; Options say which are taken."
    if finished is None:
        return "No answer yet", "The first message shows here as soon as it is there."
    if not finished.status.is_fault:
        return "No message was received", "The call has ended; its status and headers are in the other tabs."
    return "No message was received", f"The call ended with {finished.status.code_name}; Status says more."
