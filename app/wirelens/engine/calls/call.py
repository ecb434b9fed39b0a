"""One call of a method, whatever its pattern: what window, command line and tests all drive."""

import asyncio
import enum
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import grpc

from wirelens.engine.calls import core_call
from wirelens.engine.calls.core_call import CoreCall
from wirelens.engine.calls.ending import CANCELLED, CANCELLED_HERE, INTERNAL, checked_answer, stopped_as_asked
from wirelens.engine.calls.events import CallFinished, Event, Status
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.loop_call import LoopCall
from wirelens.engine.calls.outbox import Outbox, Outgoing
from wirelens.engine.calls.recorder import Recorder
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.errors import CallStateError, TranscriptError, WirelensError
from wirelens.engine.schema.services import Method

_CANCELLED = Status(CANCELLED, CANCELLED_HERE)


class Compression(enum.Enum):
    """How request messages are compressed; a server that does not know it answers UNIMPLEMENTED."""

    GZIP = "gzip"
    DEFLATE = "deflate"


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Everything of a call but its messages.

    Attributes:
        deadline: seconds from the start to the call's end, None for none.
        wait_for_ready: wait for a server that is not there yet, instead of ending with UNAVAILABLE.
    """

    method: Method
    metadata: Metadata = ()
    deadline: float | None = None
    wait_for_ready: bool = False
    compression: Compression | None = None


class Call:
    """A call from its start to its one CallFinished. Everything here is for the event loop's thread.

    Its owner awaits run() in one task; cancelling that task cancels the call. What happens is read from the transcript.
    """

    def __init__(
        self,
        connection: Connection,
        request: CallRequest,
        *,
        transcript: Transcript | None = None,
        flow: Flow | None = None,
    ) -> None:
        self.request = request
        self.transcript = Transcript() if transcript is None else transcript
        self.flow = Flow() if flow is None else flow  # obeyed where the answers stream
        self._connection = connection
        self._outbox = Outbox(request.method.pattern)
        self._driver: LoopCall | CoreCall | None = None
        self._recorder: Recorder | None = None
        self._started = False
        self._cancelled = False
        self._ended = asyncio.Event()

    @property
    def can_send(self) -> bool:
        """Whether a message may still be sent."""
        return self._outbox.can_put

    @property
    def is_finished(self) -> bool:
        return self.transcript.finished is not None

    async def send(self, payload: bytes) -> None:
        """Sends one serialised message. Before run() it is only queued; then this returns when gRPC has taken the
        message, which HTTP/2's flow control may delay. Cancelling the wait does not take the message back.

        Raises:
            CallStateError: after half-close or the call's end, a second message on a one-request pattern,
                or the call ended before gRPC took the message.
        """
        outgoing = self._outbox.put((payload,))
        if self._started:
            await outgoing.wait()

    def send_all(self, payloads: Sequence[bytes]) -> Outgoing:
        """Queues serialised messages behind those that wait; they go out as fast as gRPC takes them.

        Raises:
            CallStateError: as send(), but for the end of the call, of which `Outgoing` tells.
        """
        return self._outbox.put(payloads)

    def half_close(self) -> None:
        """Ends the request side once all queued messages are sent. Does nothing when that was said before.

        Raises:
            CallStateError: a one-request pattern without its message.
        """
        self._outbox.half_close()

    def cancel(self) -> None:
        """Ends the call with CANCELLED, at any time; a call that has finished stays as it is."""
        self._cancelled = True
        self._outbox.end()
        if self._driver is not None:
            self._driver.cancel()

    async def wait_ended(self) -> None:
        """Waits until run() has recorded the call's end."""
        await self._ended.wait()

    async def run(self) -> CallFinished:
        """Drives the call to its end and returns that.

        Raises:
            CallStateError: the call was run before.
            TlsSettingsError: the target's certificates cannot be used.
            asyncio.CancelledError: the task was cancelled, and the call with it.
        """
        if self._started:
            raise CallStateError("a call runs once", next_step="make a new one")
        self._started = True
        started = time.monotonic()
        self.transcript.start()
        status = Status(INTERNAL, "a fault in Wirelens ended the call")
        try:
            self._connection.register(self)
            await self._connection.prepare()
            status = await self._conduct(started)
        except asyncio.CancelledError:
            status = _CANCELLED
            raise
        except TranscriptError as error:
            status = Status(CANCELLED, f"cancelled on this side: {error.one_line()}")
        except WirelensError as error:
            status = Status(CANCELLED, f"the call was not made: {error.one_line()}")
            raise
        finally:
            finished = CallFinished(self._ended_at(started), status)
            self.transcript.add_finished(finished)
            self._outbox.end()
            self.flow.end()
            self._driver = None  # grpcio keeps a socket open while a call's object lives
            self._connection.unregister(self)
            self._ended.set()
        return finished

    async def events(self) -> AsyncIterator[Event]:
        """Runs the call and yields each event as it comes; leaving early (aclose) cancels the call."""
        if self._started:
            raise CallStateError("a call runs once", next_step="make a new one")
        # Not a TaskGroup: it would wrap the GeneratorExit of an early close in a group. This generator is the owner.
        running = asyncio.get_running_loop().create_task(self.run(), name=f"call {self.request.method.full_name}")
        row = 0
        try:
            while not (self.is_finished and row == len(self.transcript)) and not running.done():
                length = await self.transcript.grown(row)
                while row < length:
                    yield self.transcript.event(row)
                    row += 1
            await running
        finally:
            self.cancel()
            await asyncio.wait([running])

    async def _conduct(self, started: float) -> Status:
        if self._cancelled:
            return _CANCELLED
        method = self.request.method
        first = None
        if not method.pattern.client_streams:
            first = await self._outbox.take()
            if first is None:
                return _CANCELLED
        flow = self.flow if method.pattern.server_streams else Flow()
        self._recorder = recorder = Recorder(self.transcript, started, flow)
        driver_class = CoreCall if core_call.is_available() else LoopCall
        self._driver = driver = driver_class(self._connection, method.path, recorder, self._outbox)
        status = await driver.run(first, self._options())
        if recorder.is_enough and not self._cancelled:
            status = stopped_as_asked(status, self.transcript.received_count)
        return checked_answer(status, method.pattern, self.transcript.received_count)

    def _ended_at(self, started: float) -> float:
        """When the status came, or else now. It may have come before what this side has written down since."""
        ended_at = self._recorder.ended_at if self._recorder is not None else None
        if ended_at is None:
            return time.monotonic() - started
        transcript = self.transcript
        last_row_at = transcript.at(len(transcript) - 1) if len(transcript) else 0.0
        return max(ended_at, last_row_at, transcript.last_received_at or 0.0)

    def _options(self) -> dict[str, object]:
        request = self.request
        names = {Compression.GZIP: grpc.Compression.Gzip, Compression.DEFLATE: grpc.Compression.Deflate}
        return {
            "timeout": request.deadline,
            "metadata": request.metadata,
            "wait_for_ready": request.wait_for_ready,
            "compression": names[request.compression] if request.compression else None,
        }
