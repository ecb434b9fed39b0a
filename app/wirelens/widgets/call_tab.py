"""One tab: what is called, with its buttons and documentation; request beside response; how the call stands."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from wirelens.presentation.amounts import count_text, duration_text, size_text
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.draft.rule_check import broken_rules_text
from wirelens.presentation.plain_text import tool_tip
from wirelens.presentation.source import SourceKind, SourceState
from wirelens.presentation.tab import Tab
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.focus import pass_focus_on
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.key_button import KeyButton
from wirelens.widgets.controls.named import named
from wirelens.widgets.controls.pill import Pill
from wirelens.widgets.controls.running_label import RunningLabel
from wirelens.widgets.controls.splitter import Splitter
from wirelens.widgets.request.request_view import RequestView
from wirelens.widgets.response.response_view import ResponseView
from wirelens.widgets.theme import Theme, restyle

_NARROW = 900  # below this width the request stands above the response, where the height is there for both
_SHORT = 520  # below this height either would be a slit above the other
_CROWDED = 720  # below this width the mark alone says the pattern
_TICK_MS = 100
_MOST_RULES = 12  # that a tool tip names
_DEADLINE_TIP = "The call ends with DEADLINE_EXCEEDED after this many seconds; empty: no deadline."


class CallTab(QWidget):
    """Shows a Tab: its call as soon as there is a schema, before that why there is none yet."""

    load_wanted = Signal()  # the person wants the tab's source connected
    transcript_saved = Signal(object)  # the path of a file that the shown call was written to

    def __init__(self, tab: Tab, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tab = tab
        self._theme = theme
        self.call_view: CallView | None = None
        self._connect = QPushButton("Connect")
        restyle(self._connect, role="primary")
        self._connect.clicked.connect(self.load_wanted)
        self._waiting = EmptyState(theme, "plug", tab.title, tab.waiting, [self._connect], self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._waiting)
        tab.changed.connect(self._show_waiting)
        tab.session_ready.connect(self._show_call)
        self._show_waiting()
        self._show_call()

    def _show_waiting(self) -> None:
        tab = self.tab
        if tab.session is not None:
            return
        error = tab.problem or tab.source.error
        sentence = tab.waiting + (f"\n{error.one_line()}" if error is not None else "")
        loading = tab.source.state is SourceState.LOADING
        start = "Start the demo server" if tab.source.settings.kind is SourceKind.DEMO else "Connect"
        self._connect.setText(start)
        self._connect.setVisible(not loading)
        self._waiting.set_text(tab.method_name, sentence)

    def _show_call(self) -> None:
        if self.tab.session is not None and self.call_view is None:
            had_focus = self._connect.hasFocus()
            self.call_view = CallView(self.tab, self.tab.session, self._theme, self)
            self.call_view.response.saving.saved.connect(self.transcript_saved)
            self._stack.addWidget(self.call_view)
            self._stack.setCurrentWidget(self.call_view)
            pass_focus_on(self, self.call_view)
            if had_focus:  # Qt would hand it to whatever comes next in the window
                self.call_view.setFocus()


class CallView(QWidget):
    """The call of a tab that has its schema."""

    def __init__(self, tab: Tab, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tab = tab
        self._session = session
        self._theme = theme
        header = CallHeader(session, theme, self)  # made first: Tab goes through what is above first
        self.splitter = Splitter(parent=self)
        self.request = RequestView(session, theme, self.splitter)
        self.response = ResponseView(session, theme, self.splitter)
        self.splitter.addWidget(self.request)
        self.splitter.addWidget(self.response)
        self.splitter.setSizes([440, 576])
        self.splitter.setStretchFactor(0, 4)
        self.splitter.setStretchFactor(1, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._problem = InlineMessage(theme, self, can_dismiss=False)
        layout.addWidget(header)
        layout.addWidget(self._problem)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(CallStatus(tab, session, theme, self))
        pass_focus_on(self, self.request)
        tab.changed.connect(self._show_problem)
        theme.follow(self, self._dress)
        self._show_problem()

    def _dress(self) -> None:
        """Each pane may be made small: what is in it scrolls, and the window must fit a small screen at 200 %."""
        px = self._theme.px
        self.request.setMinimumSize(px(200), px(96))
        self.response.setMinimumSize(px(240), px(96))
        self._turn()

    def _show_problem(self) -> None:
        """A method that a reload has taken out of the schema: the request stays, and what it went to is said."""
        if self._tab.problem is None:
            self._problem.clear()
        else:
            self._problem.show_error(self._tab.problem)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        px = self._theme.px
        stands_above = self.width() < px(_NARROW) and self.height() >= px(_SHORT)
        orientation = Qt.Orientation.Vertical if stands_above else Qt.Orientation.Horizontal
        if self.splitter.orientation() != orientation:
            self.splitter.setOrientation(orientation)


class CallHeader(QWidget):
    """Pattern, service and method, documentation; deadline, Half-close, Cancel and Send."""

    def __init__(self, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self.setObjectName("callHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="top-bar")
        self._mark = QLabel()
        self._title = ElidedLabel()
        self._pattern = Pill(theme)
        self._documentation = ElidedLabel()
        restyle(self._documentation, role="muted")
        self._rules = named(QLabel(), "brokenRulesLabel")
        restyle(self._rules, role="warn")
        self.deadline = named(QLineEdit(), "deadlineEdit")
        self.deadline.setAccessibleName("Deadline in seconds, empty for none")
        self.deadline.setPlaceholderText("none")
        self.deadline.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.half_close = named(QPushButton("Half-close"), "halfCloseButton")
        self.half_close.setToolTip("Say that no further message will be sent (Ctrl+D)")
        self.pause = KeyButton(theme, "Pause", "Ctrl P")
        self.pause.setObjectName("pauseButton")
        self.cancel = KeyButton(theme, "Cancel", "Esc")
        self.cancel.setObjectName("cancelButton")
        self.cancel.setToolTip("Cancel the call (Esc)")
        self.send = KeyButton(theme, "Send", "Ctrl ↵")
        self.send.setObjectName("sendButton")
        self.send.setToolTip("Send the request (Ctrl+Enter)")
        restyle(self.send, role="primary")
        for button in (self.half_close, self.pause, self.cancel, self.send):
            button.setAccessibleName(button.text())
            # A click leaves the focus in what was being typed.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._build()
        self.half_close.clicked.connect(session.half_close)
        self.pause.clicked.connect(session.toggle_pause)
        self.cancel.clicked.connect(session.cancel)
        self.send.clicked.connect(session.send)
        self.deadline.textEdited.connect(session.options.set_deadline_text)
        session.options.changed.connect(self._show_options)
        session.state_changed.connect(self._show_state)
        session.rebound.connect(self._show_method)
        session.draft.rules.changed.connect(self._show_rules)
        self._show_method()
        self._show_rules()
        self._show_options()
        self._show_state()

    def _build(self) -> None:
        self._caption = QLabel("Deadline")
        unit = QLabel("s")
        restyle(self._caption, role="muted")
        restyle(unit, role="muted")
        self._line = QHBoxLayout()
        self._line.addWidget(self._mark)
        self._line.addWidget(self._title)
        self._line.addWidget(self._pattern)
        self._line.addStretch(1)
        for widget in (self._caption, self.deadline, unit, self.half_close, self.pause, self.cancel, self.send):
            self._line.addWidget(widget)
        layout = QVBoxLayout(self)
        self._words = QHBoxLayout()
        self._words.addWidget(self._documentation, 1)
        self._words.addWidget(self._rules)
        layout.addLayout(self._line)
        layout.addLayout(self._words)
        self._theme.follow(self, self._dress)

    def _dress(self) -> None:
        theme, px = self._theme, self._theme.px
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(16), px(12), px(16), px(12))
        layout.setSpacing(px(6))
        self._line.setSpacing(px(8))
        self._words.setSpacing(px(16))
        self._title.setFont(theme.label_font(600, "title"))
        self.deadline.setFont(theme.data_font())
        self.deadline.setFixedWidth(px(64))
        self._mark.setPixmap(theme.pattern_pixmap(self._session.method.pattern, 16))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._pattern.setVisible(self.width() >= self._theme.px(_CROWDED))

    def _show_method(self) -> None:
        method = self._session.method
        service = method.service.rpartition(".")[2]
        self._title.setText(f"{service} / {method.name}")
        self._title.set_whole(f"{method.full_name}\n{method.request} → {method.response}")
        self._pattern.set_pattern(method.pattern)
        self._mark.setToolTip(method.pattern.label)
        self._mark.setAccessibleName(method.pattern.label)
        documentation = " ".join(method.documentation.split())
        if method.deprecated:
            documentation = f"Deprecated. {documentation}"
        self._documentation.setText(documentation)
        self._documentation.set_whole(method.documentation)
        self._documentation.setVisible(bool(documentation))
        self.half_close.setVisible(method.pattern.client_streams)
        self._mark.setPixmap(self._theme.pattern_pixmap(method.pattern, 16))

    def _show_rules(self) -> None:
        """How many rules of the schema the request breaks; which ones, by tool tip."""
        rules = self._session.draft.rules
        broken = rules.broken
        lines = [": ".join(part for part in (one.field_path, one.sentence) if part) for one in broken[:_MOST_RULES]]
        lines += [f"and {len(broken) - _MOST_RULES} more"] if len(broken) > _MOST_RULES else []
        lines += [rules.problem[:1].upper() + rules.problem[1:]] if rules.problem else []
        if rules.is_checking:
            text, role = "Checking rules…", "muted"
        elif broken:
            text, role = f"{count_text(len(broken), 'rule')} broken", "warn"
        else:
            text, role = "Rules not checked" if rules.problem else "", "muted"
        self._rules.setText(text)
        restyle(self._rules, role=role)
        self._rules.setAccessibleName(broken_rules_text(broken) or text or "No rule of the schema is broken")
        self._rules.setToolTip(tool_tip("\n".join([*lines, "The request can be sent all the same."])) if lines else "")
        self._rules.setVisible(bool(text))

    def _show_options(self) -> None:
        options = self._session.options
        if self.deadline.text() != options.deadline_text:
            self.deadline.setText(options.deadline_text)
        mistake = options.deadline_mistake
        restyle(self.deadline, invalid=bool(mistake))
        self.deadline.setToolTip(mistake or _DEADLINE_TIP)

    def _show_state(self) -> None:
        session = self._session
        # What may be pressed now first: the focus can go there from a button that no longer may.
        self.send.setEnabled(session.can_send or self.send.hasFocus())
        self.cancel.setEnabled(session.can_cancel or self.cancel.hasFocus())
        if not session.can_cancel and self.cancel.hasFocus():
            self.send.setFocus()
        elif session.can_cancel and not session.can_send and (self.send.hasFocus() or self.half_close.hasFocus()):
            self.cancel.setFocus()  # Qt would leave the buttons for whatever comes next in the window
        self.send.setEnabled(session.can_send)
        self.half_close.setEnabled(session.can_half_close)
        self.cancel.setEnabled(session.can_cancel)
        self._show_pause()

    def _show_pause(self) -> None:
        """There while answers stream; the button stands left of the others, which keep their places."""
        session = self._session
        if not session.can_pause and self.pause.hasFocus():
            self.send.setFocus()
        text = "Resume" if session.is_paused else "Pause"
        if self.pause.text() != text:
            self.pause.setText(text)
        self.pause.setAccessibleName(f"{text} reading")
        self.pause.setToolTip(
            "Read on (Ctrl+P)"
            if session.is_paused
            else "Read no further messages for now: what the server sends waits there (Ctrl+P)"
        )
        self.pause.setVisible(session.can_pause)


class CallStatus(QWidget):
    """The strip below: how the call stands, and where the schema is from."""

    def __init__(self, tab: Tab, session: CallSession, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tab = tab
        self._session = session
        self._theme = theme
        self.setObjectName("callStatus")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        restyle(self, role="bottom-bar")
        self._label = named(QLabel(), "statusLabel")
        self._label.setAccessibleName("Status of the call")
        self._figures = RunningLabel(theme, role="muted", parent=self)
        self._selected = named(QLabel(), "selectionLabel")
        self._selected.setAccessibleName("Selected messages")
        self._schema = ElidedLabel()
        restyle(self._schema, role="muted")
        layout = QHBoxLayout(self)
        layout.addWidget(self._label)
        layout.addWidget(self._figures)
        layout.addWidget(self._selected)
        layout.addStretch(1)
        layout.addWidget(self._schema)
        self._timer = QTimer(self, interval=_TICK_MS)  # only the time that passes; messages are told by progressed
        self._timer.timeout.connect(self._show)
        session.state_changed.connect(self._show)
        session.progressed.connect(self._show)
        session.transcript_replaced.connect(self._figures.start_anew)
        session.selection.changed.connect(self._show)
        tab.changed.connect(self._show_schema)
        theme.follow(self, self._dress)
        self._show()
        self._show_schema()

    def _dress(self) -> None:
        px = self._theme.px
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(16), 0, px(16), 0)
        layout.setSpacing(px(16))
        self.setFixedHeight(px(28))

    def _show_schema(self) -> None:
        source = self._tab.source
        self._schema.setText(source.summary)
        schema = source.schema
        no_comments = schema is not None and not schema.has_comments
        lines = [*schema.origin.details] if schema is not None else []
        if no_comments:
            lines.insert(0, "The server sends no comments; add its .proto files to see the documentation.")
        self._schema.set_whole("\n".join(lines))

    def _show(self) -> None:
        session = self._session
        running = session.state in (CallState.CONNECTING, CallState.OPEN, CallState.HALF_CLOSED)
        if running != self._timer.isActive():
            self._timer.start() if running else self._timer.stop()
        transcript = session.transcript
        if transcript is None:
            self._label.setText("Ready")
            restyle(self._label, role="muted")
            self._figures.setText("")
            return
        finished = transcript.finished
        if finished is not None:
            self._label.setText(finished.status.title)
            restyle(self._label, role="bad" if finished.status.is_fault else "good")
        else:
            self._label.setText("connecting" if session.state is CallState.CONNECTING else session.activity)
            restyle(self._label, role="busy")
        parts = [duration_text(session.elapsed)]
        if paused := session.paused_seconds:
            parts.append(f"paused {duration_text(paused)}")
        if transcript.received_count or finished is not None:
            taken = f" · {transcript.skipped_count:,} not taken" if transcript.skipped_count else ""
            parts.append(count_text(transcript.received_count, "message") + taken)
        parts.append(f"{size_text(transcript.received_bytes)} in · {size_text(transcript.sent_bytes)} out")
        self._selected.setText(session.selection.summary)
        self._figures.setText("    ".join(parts))
