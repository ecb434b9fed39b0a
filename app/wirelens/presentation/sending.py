"""Many messages of one call: all that are prepared, or once more all that an earlier call sent."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.outbox import Outgoing
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import CallStateError, WirelensError
from wirelens.engine.schema.services import Method
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.draft import Draft
from wirelens.presentation.prepared_messages import Prepared, PreparedMessages
from wirelens.presentation.runs import AskedFor, Run


class Caller(Protocol):
    """The tab's call, as far as it is needed to send."""

    method: Method
    tasks: BackgroundTasks
    draft: Draft
    messages: PreparedMessages

    @property
    def is_running(self) -> bool: ...
    @property
    def can_send(self) -> bool: ...
    @property
    def running_call(self) -> Call | None: ...
    @property
    def shown_run(self) -> Run | None: ...
    def call_request(self) -> CallRequest: ...
    def asked_for(self) -> AskedFor: ...
    async def call_with(
        self,
        first: bytes,
        request: Callable[[], CallRequest],
        asked_for: AskedFor,
        prepared: tuple[Prepared, int] | None = None,
    ) -> None: ...
    def half_close(self) -> None: ...
    def tell_problem(self, problem: WirelensError | None) -> None: ...


class Sending(QObject):
    """Sends messages one after the other while the window goes on.

    Args:
        frame: least seconds between two `changed` while messages go out.
    """

    changed = Signal()  # begun, more have gone out, ended

    def __init__(self, caller: Caller, frame: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caller = caller
        self._frame = frame
        self._task: asyncio.Task[None] | None = None
        self._going_out: tuple[int, int] | None = None

    @property
    def is_under_way(self) -> bool:
        return self._task is not None

    @property
    def going_out(self) -> tuple[int, int] | None:
        """While all prepared messages are sent: how many have gone out, of how many."""
        return self._going_out

    @property
    def can_send_all(self) -> bool:
        """Whether the prepared messages may go out one after the other."""
        caller = self._caller
        return caller.method.pattern.client_streams and caller.can_send and not self.is_under_way

    @property
    def can_send_again(self) -> bool:
        """Whether what the shown call sent may go out once more, in a call of its own."""
        return not self._caller.is_running and not self.is_under_way and self._caller.shown_run is not None

    def send_all(self) -> None:
        """Send the prepared messages in their order and at their pace; makes the call if there is none.

        All are checked before the first goes out.
        """
        caller = self._caller
        if not self.can_send_all:
            return
        try:
            pace = caller.messages.pace()
        except WirelensError as error:
            caller.tell_problem(error)
            return
        self._going_out = (0, len(caller.messages))
        self._begin(f"send all to {caller.method.name}", self._send_all(pace))

    def send_again(self) -> None:
        """Make a call that sends what the shown one did, byte for byte; what stands in the tab is left alone.

        Metadata and options are those of then, or the present ones where these are not known (a call from a file).
        """
        run = self._caller.shown_run
        if run is not None and self.can_send_again:
            self._begin(f"send {self._caller.method.name} again", self._send_again(run))

    def stop(self) -> None:
        """Send no more of them; the call stays open."""
        if self._task is not None:
            self._task.cancel()

    async def aclose(self) -> None:
        """Stop, and wait until that is done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    # -- inside

    def _begin(self, name: str, sending: Coroutine[Any, Any, None]) -> None:
        self._caller.tell_problem(None)
        self._task = self._caller.tasks.start(name, self._told(sending))
        self._task.add_done_callback(self._on_ended)
        self.changed.emit()

    async def _told(self, sending: Coroutine[Any, Any, None]) -> None:
        try:
            await sending
        except WirelensError as error:
            self._caller.tell_problem(error)

    def _on_ended(self, task: asyncio.Task[None]) -> None:
        self._task = self._going_out = None
        self.changed.emit()

    async def _send_all(self, pace: float) -> None:
        caller, messages = self._caller, self._caller.messages
        await caller.draft.settled()
        keys = messages.keys
        payloads = await asyncio.to_thread(messages.taken().payloads)
        row = 0
        if not caller.is_running:
            await caller.call_with(payloads[0], caller.call_request, caller.asked_for(), (keys[0], 0))
            if caller.running_call is None:
                return  # why none was made has been told
            row = 1
        if pace:
            await self._send_at_pace(pace, keys, payloads, row)
        elif row < len(payloads):
            await self._send_at_once(keys, payloads, row)
        self.changed.emit()
        if messages.then_half_close:
            caller.half_close()

    async def _send_at_pace(self, pace: float, keys: Sequence[Prepared], payloads: list[bytes], first: int) -> None:
        for row in range(first, len(payloads)):
            if row:
                self._tell_going_out(row, len(payloads))
                await asyncio.sleep(pace)
            await self._call_for(row).send(payloads[row])
            self._caller.messages.mark_sent(keys[row : row + 1], row)
        self._going_out = (len(payloads), len(payloads))

    async def _send_at_once(self, keys: Sequence[Prepared], payloads: list[bytes], first: int) -> None:
        """As fast as gRPC takes them; the window hears of it once a frame."""
        outgoing = self._call_for(first).send_all(payloads[first:])
        # In a task of its own: after Stop, a message that gRPC has already been given may still go out.
        following = self._caller.tasks.start(
            f"follow what is sent to {self._caller.method.name}", self._follow(outgoing, keys, first)
        )
        try:
            await asyncio.wait([following])
        finally:
            outgoing.withdraw()
        if not outgoing.is_done:
            raise _ended_before(first + outgoing.taken)

    async def _follow(self, outgoing: Outgoing, keys: Sequence[Prepared], first: int) -> None:
        told, sending = 0, self._task
        async for taken in outgoing.progress(self._frame):
            self._caller.messages.mark_sent(keys[first + told : first + taken], first + told)
            told = taken
            if self._task is sending:
                self._tell_going_out(first + taken, len(keys))

    def _tell_going_out(self, count: int, total: int) -> None:
        self._going_out = (count, total)
        self.changed.emit()

    def _call_for(self, row: int) -> Call:
        """
        Raises:
            CallStateError: the call has ended, and the prepared message at `row` was not sent.
        """
        call = self._caller.running_call
        if call is None or call.is_finished:
            raise _ended_before(row)
        return call

    async def _send_again(self, run: Run) -> None:
        caller = self._caller
        payloads, half_closes = await asyncio.to_thread(_what_was_sent, run.transcript)
        if caller.is_running:
            raise CallStateError("another call has begun in this tab", next_step="send again when it has ended")
        then = run.asked_for.request
        # The method by the present schema: what is sent are bytes, but answers are read by it.
        make = caller.call_request if then is None else lambda: replace(then, method=caller.method)
        await caller.call_with(payloads[0], make, run.asked_for)
        call = caller.running_call
        if call is None:
            return  # its status says why
        if len(payloads) > 1:
            outgoing = call.send_all(payloads[1:])
            try:
                await outgoing.wait()
            finally:
                outgoing.withdraw()
        if half_closes:
            caller.half_close()


def _ended_before(row: int) -> CallStateError:
    return CallStateError(f"the call has ended before message {row + 1} went out", next_step="its status says why")


def _what_was_sent(transcript: Transcript) -> tuple[list[bytes], bool]:
    """The messages that a call sent, at least one, and whether its request side was closed. Blocking (disk).

    Raises:
        CallStateError: none was sent.
        TranscriptError: one is no longer kept, or cannot be read.
    """
    kinds = [transcript.kind(row) for row in range(len(transcript))]
    payloads = [transcript.payload(row) for row, kind in enumerate(kinds) if kind is EventKind.SENT]
    if not payloads:
        raise CallStateError("nothing was sent in this call", next_step="press Send to make one with what stands here")
    return payloads, EventKind.HALF_CLOSED in kinds
