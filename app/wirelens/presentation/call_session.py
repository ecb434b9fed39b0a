"""One tab's call: the request being edited, the call that runs, and what it has brought so far."""

import asyncio
import enum
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from wirelens.engine.calls.call import Call, CallRequest, Compression
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.outbox import Outgoing
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.calls.transcript_file import Progress, SavedCall, save_transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import DEFAULT_MAX_MESSAGE_SIZE
from wirelens.engine.errors import CallStateError, WirelensError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_options import CallOptions
from wirelens.presentation.chart.chart_choice import ChartChoice
from wirelens.presentation.comparison import Comparison
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.snapshot import Snapshot, new_history
from wirelens.presentation.history import History
from wirelens.presentation.later import made
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.message_exporter import MessageExporter
from wirelens.presentation.message_selection import MessageSelection
from wirelens.presentation.metadata_model import MetadataModel
from wirelens.presentation.prepared_messages import PreparedMessages
from wirelens.presentation.runs import AskedFor, Run, Runs
from wirelens.presentation.sending import Sending
from wirelens.presentation.text_look import TextLook
from wirelens.presentation.timeline_filter import TimelineFilter
from wirelens.presentation.view_choice import ViewName


class CallState(enum.Enum):
    """How the tab's call stands."""

    IDLE = "idle"  # no call yet
    CONNECTING = "connecting"  # nothing has been sent or received so far
    OPEN = "open"  # messages may still be sent
    HALF_CLOSED = "half-closed"  # the answer is awaited, or arriving
    FINISHED = "finished"


_FLOOD = 64  # messages in a frame from which on nobody reads them one by one
_WORK_SHARE = 1 / 6  # of its time that this thread may work on showing a flood; reading shares the interpreter
_SLOWEST_FRAME = 0.1  # seconds; a person still sees it run
_OF_LATE = 1.0  # seconds without a message after which a stream is no longer said to be receiving
_RUNNING = (CallState.CONNECTING, CallState.OPEN, CallState.HALF_CLOSED)


@dataclass(frozen=True, slots=True)
class _Start:
    """A call that is to begin: its first message, how it is made, what stood in the tab, and which of the prepared
    messages the first one is, with its row; None for none of them."""

    first: Callable[[], Awaitable[bytes]]
    request: Callable[[], CallRequest]
    asked_for: AskedFor
    prepared: tuple[History[Snapshot], int] | None = None


class CallSession(QObject):
    """Runs at most one call at a time; those before are kept in `runs`, and one of all is shown.

    Args:
        connect: gives the connection to call over, each time a call is made.
        frame_ms: least time between two `progressed`.
    """

    state_changed = Signal()
    progressed = Signal()  # the transcript has grown; at most once a frame
    transcript_replaced = Signal()  # another call is shown: a new one, or one of those before
    problem_changed = Signal()
    rebound = Signal()  # method and schema were replaced
    new_request_wanted = Signal(object, object)  # a Method, and the message that a new tab of it is to begin with

    def __init__(
        self,
        method: Method,
        schema: Schema,
        connect: Callable[[], Awaitable[Connection]],
        tasks: BackgroundTasks,
        *,
        frame_ms: int = 33,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.method = method
        self.schema = schema
        self.decoder = MessageDecoder(method, schema)
        self.draft = Draft(schema.descriptor(method.request), schema, parent=self)
        self.draft.fill_example()
        self.messages = PreparedMessages(self.draft, self)  # more than one only where the client streams
        self.metadata = MetadataModel(self)
        self.options = CallOptions(method.pattern, self)
        self.text_look = TextLook(self)
        self.runs = Runs(self)
        self.timeline_filter = TimelineFilter(parent=self)
        self.selection = MessageSelection(self)
        self.exporter = MessageExporter(parent=self)
        self.comparison = Comparison(self)
        self.flow = Flow()  # how the answers of the call that runs are read
        self.chosen_view: ViewName | None = None  # what the person last chose to see answers in
        self.chart: ChartChoice | None = None  # what the person last chose to see in the chart
        self.max_message_size = DEFAULT_MAX_MESSAGE_SIZE  # bytes; the last connection's limit
        self._connect = connect
        self.tasks = tasks
        self._frame = frame_ms / 1000
        self.sending = Sending(self, self._frame, self)
        self._state = CallState.IDLE
        self._told = (CallState.IDLE, True, False, False)  # what state_changed said last
        self._problem: WirelensError | None = None
        self._call: Call | None = None
        self._running: asyncio.Task[None] | None = None
        self._call_is_there = asyncio.Event()
        self._live: Run | None = None  # of the call that runs
        self._received_at = -math.inf
        self.runs.shown_changed.connect(self.transcript_replaced)
        self.options.changed.connect(self._obey_options)
        self._obey_options()

    # -- how it stands

    @property
    def state(self) -> CallState:
        return self._state

    @property
    def is_running(self) -> bool:
        return self._state in _RUNNING

    @property
    def problem(self) -> WirelensError | None:
        """Why Send did not make a call, to be said in place; a status is no problem but the call's last event."""
        return self._problem

    @property
    def transcript(self) -> Transcript | None:
        """Of the call that is shown."""
        return self.runs.shown.transcript if self.runs.shown is not None else None

    @property
    def saved_call(self) -> SavedCall | None:
        """The file that the shown call is from, if it is from one."""
        return self.runs.shown.saved if self.runs.shown is not None else None

    @property
    def target_text(self) -> str:
        """The server's address, as it is shown, of the shown call."""
        return self.runs.shown.target if self.runs.shown is not None else ""

    @property
    def sent_compression(self) -> Compression | None:
        """What the requests of the shown call were compressed with, as far as that is known."""
        request = self.runs.shown.asked_for.request if self.runs.shown is not None else None
        return request.compression if request is not None else None

    @property
    def live_run(self) -> Run | None:
        """The call that runs; None also while its connection is waited for."""
        return self._live

    @property
    def shows_live(self) -> bool:
        """Whether the shown call is the one that runs, or none runs."""
        return not self.is_running or (self._live is not None and self._live is self.runs.shown)

    @property
    def elapsed(self) -> float:
        """Seconds since the shown call began, or what it took."""
        run = self.runs.shown
        if run is None:
            return 0.0
        finished = run.transcript.finished
        return finished.at if finished is not None else time.monotonic() - run.began

    @property
    def activity(self) -> str:
        """What is going on, in a word or two."""
        if self._state is CallState.CONNECTING:
            return "connecting"
        if not self.is_running or self._live is None:
            return ""
        if self.is_paused:
            return "paused"
        if time.monotonic() - self._received_at < _OF_LATE:
            return "receiving"
        return "open" if self._state is CallState.OPEN else "waiting"

    @property
    def can_send(self) -> bool:
        """Whether Send makes a call, or sends one more message of the one that runs."""
        if not self.is_running:
            return True
        return self.method.pattern.client_streams and self._call is not None and self._call.can_send

    @property
    def can_half_close(self) -> bool:
        call = self._call
        return self.is_running and self.method.pattern.client_streams and call is not None and call.can_send

    @property
    def can_cancel(self) -> bool:
        return self.is_running

    @property
    def can_pause(self) -> bool:
        """Whether reading can be paused or resumed: answers stream, and the call runs."""
        return self.is_running and self.method.pattern.server_streams and self._call is not None

    @property
    def is_paused(self) -> bool:
        """Whether reading is paused; what the server sends waits there, and the call stays open."""
        return self.can_pause and self.flow.is_paused

    @property
    def paused_seconds(self) -> float:
        """All pauses of the shown call together, the present one included."""
        transcript = self.transcript
        if transcript is None:
            return 0.0
        return transcript.paused_seconds if transcript.finished is not None else self.flow.paused_seconds

    # -- what it does

    def send(self) -> None:
        """Make a call with the draft, or send the draft as one more message while the request side is open."""
        if not self.can_send:
            return
        self.tell_problem(None)
        row = self.messages.current
        key = self.messages.key(row)
        if self.is_running:
            self.tasks.start(f"send to {self.method.name}", self._send_another(row, key))
        else:
            self._begin(_Start(lambda: self._payload(key), self.call_request, self.asked_for(), (key, row)))

    def restore_request(self, run: Run) -> None:
        """Bring back what stood in the tab when `run` was made: messages, metadata, deadline and how it was sent."""
        asked = run.asked_for
        histories = [new_history(snapshot) for snapshot in asked.messages]
        for history in histories:
            self.draft.refit(history)  # the schema may be a newer one by now
        if len(histories) == 1 and len(self.messages) == 1:
            self.draft.set_snapshot(histories[0].present)
        else:
            self.messages.replace_all(histories)
            self.messages.show(asked.current)
        request = asked.request
        if request is not None:
            self.metadata.take_over(asked.metadata)
            self.options.set_deadline_text(asked.deadline_text)
            self.options.set_wait_for_ready(request.wait_for_ready)
            self.options.set_compression(request.compression)

    def send_prepared(self, row: int) -> None:
        """Send the prepared message at `row`, which is edited from now on."""
        self.messages.show(row)
        self.send()

    def half_close(self) -> None:
        """Say that no further message will be sent."""
        if self.can_half_close and self._call is not None:
            self._call.half_close()
            self._update_state()

    def pause(self) -> None:
        """Read no further answers for now."""
        if self.can_pause:
            self.flow.pause()
            self._set_state(self._state)

    def resume(self) -> None:
        """Read on."""
        if self.can_pause:
            self.flow.resume()
            self._set_state(self._state)

    def toggle_pause(self) -> None:
        """Pause reading, or read on."""
        self.resume() if self.is_paused else self.pause()

    def cancel(self) -> None:
        """End the call that runs, or stop trying to make one."""
        self.sending.stop()
        if self._call is not None:
            self._call.cancel()
        elif self._running is not None:
            self._running.cancel()

    def show_saved(self, saved: SavedCall) -> None:
        """Show a call from its file beside those of this tab; nothing needs to be connected. Its transcript is closed
        when it goes. Send makes a new call with the request that was sent first.

        Raises:
            CallStateError: a call runs.
        """
        if self.is_running:
            raise CallStateError("a call runs in this tab", next_step="cancel it, or open the file in another tab")
        self.tell_problem(saved.problem)
        self._take_first_request(saved.transcript)
        self.show_transcript(saved.transcript, saved)
        self._set_state(CallState.FINISHED)

    def show_transcript(self, transcript: Transcript, saved: SavedCall | None = None) -> Run:
        """Take in a call that was made elsewhere, with what stands in the tab for its request, and show it."""
        asked = AskedFor((self.draft.history.present,))
        target = saved.target if saved is not None else ""
        return self.runs.add(lambda number: Run(number, transcript, asked, target, saved=saved, is_pinned=True))

    async def save_transcript(
        self, path: Path, *, show_secrets: bool = False, on_progress: Progress | None = None
    ) -> None:
        """Keep what the call has brought so far in a file, its schema beside it; `on_progress` is told rows.

        Raises:
            CallStateError: there was no call yet.
            StorageError, TranscriptError: it cannot be written, or read.
        """
        transcript = self.transcript
        if transcript is None:
            raise CallStateError("there was no call yet", next_step="make one with Send")
        await save_transcript(
            transcript,
            self.method,
            self.schema,
            path,
            target=self.target_text,
            show_secrets=show_secrets,
            on_progress=on_progress,
        )

    def rebind(self, method: Method, schema: Schema) -> None:
        """Go on with a reloaded schema; what was typed and what was received stays."""
        self.method = method
        self.schema = schema
        self.decoder = MessageDecoder(method, schema)
        self.draft.rebase(schema.descriptor(method.request), schema)
        self.messages.rebase()
        self.rebound.emit()

    async def aclose(self) -> None:
        """Cancel what runs, wait for its end, and drop the messages."""
        await self.sending.aclose()
        if self._running is not None and not self._running.done():
            self.cancel()
            await asyncio.wait([self._running])
        await self.exporter.aclose()
        self.runs.close()

    # -- for who sends

    @property
    def running_call(self) -> Call | None:
        return self._call

    @property
    def shown_run(self) -> Run | None:
        return self.runs.shown

    def asked_for(self) -> AskedFor:
        """What stands in the tab now."""
        messages = self.messages
        return AskedFor(messages.snapshots, messages.current, self.metadata.rows, self.options.deadline_text)

    def call_request(self) -> CallRequest:
        """How a call is made by what stands in the tab now.

        Raises:
            WirelensError: metadata or the deadline are none.
        """
        return CallRequest(
            method=self.method,
            metadata=self.metadata.metadata(),
            deadline=self.options.deadline(),
            wait_for_ready=self.options.wait_for_ready,
            compression=self.options.compression,
        )

    async def call_with(
        self,
        first: bytes,
        request: Callable[[], CallRequest],
        asked_for: AskedFor,
        prepared: tuple[History[Snapshot], int] | None = None,
    ) -> None:
        """Make a call that begins with these bytes, which may be those of a prepared message at a row; returns once
        more may be sent, or it has ended."""

        async def payload() -> bytes:
            return first

        self._begin(_Start(payload, request, asked_for, prepared))
        await self._call_is_there.wait()

    def tell_problem(self, problem: WirelensError | None) -> None:
        """Say why no call was made, or nothing any more."""
        if problem is not self._problem:
            self._problem = problem
            self.problem_changed.emit()

    # -- keeping

    def state_to_save(self) -> dict[str, Any]:
        """What was typed, as JSON can hold it, or Later; secret metadata without its values."""
        return {
            "draft": self.draft.state_for_later(),
            "filter": self.draft.filter.state(),
            "messages": self.messages.state(),
            "metadata": self.metadata.state(),
            "options": self.options.state(),
            "text": self.text_look.state(),
            "timeline_filter": self.timeline_filter.state(),
            "view": self.chosen_view.value if self.chosen_view is not None else None,
            "chart": self.chart.state() if self.chart is not None else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state_to_save` gave, or the part of it that is there."""
        if draft := made(state.get("draft")):
            self.draft.restore(draft)
        if isinstance(shown := state.get("filter"), dict):
            self.draft.filter.restore(shown)
        if isinstance(messages := state.get("messages"), dict):
            self.messages.restore(messages)
        if isinstance(metadata := state.get("metadata"), list):
            self.metadata.restore(metadata)
        if isinstance(options := state.get("options"), dict):
            self.options.restore(options)
        if isinstance(look := state.get("text"), dict):
            self.text_look.restore(look)
        if isinstance(filtered := state.get("timeline_filter"), dict):
            self.timeline_filter.restore(filtered)
        if isinstance(chart := state.get("chart"), dict):
            self.chart = ChartChoice.restored(chart)
        views = {view.value: view for view in ViewName}
        self.chosen_view = views.get(str(state.get("view")), self.chosen_view)

    # -- inside

    def _begin(self, start: _Start) -> None:
        self._call_is_there.clear()
        self.messages.forget_sent()
        self._set_state(CallState.CONNECTING)
        self._running = self.tasks.start(f"call {self.method.name}", self._run(start))
        self._running.add_done_callback(self._on_ended)

    async def _payload(self, key: History[Snapshot]) -> bytes:
        """The bytes of a prepared message, also when another one is edited by now."""
        if key is self.draft.history:
            await self.draft.settled()
        return self.draft.serialized() if key is self.draft.history else self.messages.serialized_of(key)

    async def _run(self, start: _Start) -> None:
        try:
            await self._make_call(start)
        except WirelensError as error:
            self.tell_problem(error)
        finally:
            self._end()

    def _on_ended(self, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step has run none of its own clean-up."""
        if task is self._running and self.is_running:
            self._end()

    def _end(self) -> None:
        self._call = self._live = None
        self._call_is_there.set()  # or never will be: whoever waits finds none
        self.runs.tidy()
        self._set_state(CallState.FINISHED if len(self.runs) else CallState.IDLE)

    async def _make_call(self, start: _Start) -> None:
        payload = await start.first()
        request = start.request()
        connection = await self._connect()
        self.max_message_size = connection.target.max_message_size
        options = self.options
        keep_bytes = None if options.keep_mib is None else options.keep_mib * 2**20
        transcript = Transcript(frame=self._frame, keep_bytes=keep_bytes)
        self.flow = Flow()
        self._obey_options()
        call = self._call = Call(connection, request, transcript=transcript, flow=self.flow)
        began, self._received_at = time.monotonic(), -math.inf
        asked = replace(start.asked_for, request=request)
        target = connection.target.display

        def make(number: int) -> Run:
            run = self._live = Run(number, transcript, asked, target, began, keep_bytes)
            return run

        self.runs.add(make)
        first = call.send_all((payload,))
        self._call_is_there.set()
        following = self.tasks.start(f"follow {self.method.name}", self._follow(transcript))
        marking = self.tasks.start(f"mark what is sent to {self.method.name}", self._mark_first(first, start.prepared))
        try:
            await call.run()
        finally:
            # What came last is shown before the call is said to have finished.
            await asyncio.gather(following, marking)

    async def _mark_first(self, first: Outgoing, prepared: tuple[History[Snapshot], int] | None) -> None:
        if prepared is None:
            return
        try:
            await first.wait()
        except CallStateError:
            return  # the call's status says why
        key, row = prepared
        self.messages.mark_sent((key,), row)

    async def _follow(self, transcript: Transcript) -> None:
        shown = received = 0
        apart, worked_before = 0.0, time.thread_time()
        while transcript.finished is None or shown < len(transcript):
            before, shown = shown, await transcript.grown(shown, apart=apart)
            came, received = transcript.received_count - received, transcript.received_count
            if came:
                self._received_at = time.monotonic()
            worked, worked_before = time.thread_time() - worked_before, time.thread_time()
            is_flood = max(came, shown - before) > _FLOOD
            apart = min(worked / _WORK_SHARE, _SLOWEST_FRAME) if is_flood else 0.0
            self._update_state()
            self.progressed.emit()

    async def _send_another(self, row: int, key: History[Snapshot]) -> None:
        call = self._call
        try:
            payload = await self._payload(key)
            if call is None:
                raise CallStateError("the call has finished", next_step="press Send again to start a new one")
            await call.send(payload)
            self.messages.mark_sent((key,), row)
        except WirelensError as error:
            self.tell_problem(error)

    def _update_state(self) -> None:
        call, transcript = self._call, self._live.transcript if self._live is not None else None
        if call is None or transcript is None or transcript.finished is not None:
            return
        if not len(transcript):
            self._set_state(CallState.CONNECTING)
        elif self.method.pattern.client_streams and call.can_send:
            self._set_state(CallState.OPEN)
        else:
            self._set_state(CallState.HALF_CLOSED)

    def _obey_options(self) -> None:
        options = self.options
        self.flow.ask_for(take_every=options.take_every, count_only=options.count_only, stop_after=options.stop_after)
        self.runs.set_bounds(options.keep_runs, options.keep_runs_mib and options.keep_runs_mib * 2**20)

    def _take_first_request(self, transcript: Transcript) -> None:
        """Into the draft, where it was kept and is a message."""
        row = next((row for row in range(len(transcript)) if transcript.kind(row) is EventKind.SENT), None)
        if row is not None:
            try:
                self.draft.set_message(self.decoder.message(EventKind.SENT, transcript.payload(row)))
            except WirelensError:
                pass  # the timeline says so in the row itself

    def _set_state(self, state: CallState) -> None:
        """Also told where only what may be done has changed."""
        self._state = state
        told = (state, self.can_send, self.can_half_close, self.is_paused)
        if told != self._told:
            self._told = told
            self.state_changed.emit()
