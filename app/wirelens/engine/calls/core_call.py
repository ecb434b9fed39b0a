"""A call taken from grpcio's core, event by event, in a thread of its own.

grpcio's public ways of calling each lose something that a person who looks into a call wants to see, or are slow:
grpc.aio drops the headers of a call that fails at once, and both hide how far a request has got; a server stream comes
at a seventh of this rate. Below them lies the same core call with everything in its order. Nothing is handed between
threads for a received message; the loop hears of the transcript's growth at most once a frame.
"""

import asyncio
import dataclasses
import threading
import time
from typing import Any

import grpc
from grpc import _channel as grpcio_channel
from grpc import _compression as grpcio_compression
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # not in the hints

from wirelens.engine.calls.decompression import BEGINNINGS, DecompressionError, decompressed
from wirelens.engine.calls.ending import CANCELLED, CANCELLED_HERE, INTERNAL, Ending
from wirelens.engine.calls.events import Status
from wirelens.engine.calls.outbox import Outbox
from wirelens.engine.calls.recorder import Recorder, as_metadata
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.ready_watch import watched_until_ready
from wirelens.engine.errors import TranscriptError

_HEADERS = cygrpc.OperationType.receive_initial_metadata
_MESSAGE = cygrpc.OperationType.receive_message
_STATUS = cygrpc.OperationType.receive_status_on_client


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Sending:
    """The tag of operations that send: the message they carry, and whether they half-close."""

    payload: bytes | None
    closes: bool


_FLOW_CHANGED = object()  # the tag of a batch without operations, which only wakes the reader


class CoreCall:
    """One RPC over the connection's synchronous channel, as grpc/_channel.py makes one for the option
    SingleThreadedUnaryStream. Other than that, request and response may both stream.
    """

    def __init__(self, connection: Connection, path: str, recorder: Recorder, outbox: Outbox) -> None:
        self._connection = connection
        self._path = path
        self._recorder = recorder
        self._call: Any = None  # cygrpc.SegregatedCall
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._ending = Ending(INTERNAL, "grpcio told no status")
        self._fault: TranscriptError | None = None
        self._broken_message: DecompressionError | None = None
        self._outbox = outbox
        self._reached = False  # whether the request's beginning has gone out
        # Whether an operation that sends is under way or none may follow, and whether the reader has gone: decided
        # under the lock.
        self._send_lock = threading.Lock()
        self._is_sending = True
        self._sends_no_more = False
        self._is_over = False
        self._wakes = 0  # of the reader that are on their way, under the same lock
        self._holds = False  # whether no message is asked for until reading is resumed; the reader's own

    def cancel(self) -> None:
        """From any thread; does nothing once the call has ended."""
        if self._call is not None:
            self._call.cancel(CANCELLED, CANCELLED_HERE)

    async def run(self, first: bytes | None, options: dict[str, Any]) -> Status:
        """Makes the call and follows it to its end; `first` is the message where the pattern has one request.

        Raises:
            TranscriptError: the messages could not be kept; the call was cancelled for it.
        """
        with watched_until_ready(self._connection.sync_channel, self._recorder.connected):
            self._recorder.transcript.encodings = {}
            self._start(_Sending(first, closes=first is not None), **options)
            threading.Thread(target=self._read, name=f"read {self._path}", daemon=True).start()
            self._recorder.flow.attach(self._wake_reader)
            if self._outbox.streams:
                self._outbox.attach(self._send_next)
            await self._wait_ended()
        if self._fault is not None:
            raise self._fault
        broken = self._broken_message
        ending = self._ending if broken is None else Ending(broken.code, broken.details)
        ending = dataclasses.replace(ending, reached=self._reached)
        return ending.status(self._connection.target, self._connection.proxy())

    def _start(
        self,
        begin: _Sending,
        *,
        timeout: float | None,
        metadata: Any,
        wait_for_ready: bool,
        compression: grpc.Compression | None,
    ) -> None:
        flags = grpcio_channel._InitialMetadataFlags().with_wait_for_ready(wait_for_ready)
        sent_metadata = grpcio_compression.augment_metadata(metadata, compression)
        sends: list[Any] = [cygrpc.SendInitialMetadataOperation(sent_metadata, flags)]
        if begin.payload is not None:
            sends.append(cygrpc.SendMessageOperation(begin.payload, 0))
            sends.append(cygrpc.SendCloseFromClientOperation(0))
        channel: Any = self._connection.sync_channel
        self._call = channel._channel.segregated_call(
            cygrpc.PropagationConstants.GRPC_PROPAGATE_DEFAULTS,
            self._path.encode(),
            None,
            None if timeout is None else time.time() + timeout,
            metadata,
            None,
            (
                (tuple(sends), begin),
                ((cygrpc.ReceiveStatusOnClientOperation(0),), None),
                ((cygrpc.ReceiveInitialMetadataOperation(0),), None),
            ),
        )

    # -- on the loop -----------------------------------------------------------------------------------------

    async def _wait_ended(self) -> None:
        """Until the reader has taken the last event; being cancelled cancels the call first."""
        try:
            await asyncio.wait([self._ended])
        except asyncio.CancelledError:
            self.cancel()
            await asyncio.wait([self._ended])
            raise

    def _wake_reader(self) -> None:
        """Rows are the reader's to write and messages its to ask for, so it is told that the flow has changed."""
        with self._send_lock:
            if not self._is_over:
                self._wakes += bool(self._call.operate((), _FLOW_CHANGED))

    # -- in the thread ---------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Takes every event of the call, also after its status: grpcio frees a call only then.

        It also sends: a message that waits goes out when the one before it was taken, without a turn of the loop.
        """
        call, flow = self._call, self._recorder.flow
        next_event, operate = call.next_event, call.operate
        receive = (cygrpc.ReceiveMessageOperation(0),)
        self._recorder.note_pause()
        # Batches whose end is not told yet, those of the loop apart.
        due = 2 + (operate(receive, None) if flow.takes_all or self._goes_on() else 0)
        while due or self._is_awaited():
            event = next_event()
            tag = event.tag
            if tag is _FLOW_CHANGED:
                if self._obeys_flow():
                    due += operate(receive, None)
                continue
            if tag is not None:
                self._sent(tag, event.success)
                continue
            due -= 1
            try:
                for operation in event.batch_operations:
                    kind = operation.type()
                    if kind == _MESSAGE:
                        payload = operation.message()
                        if payload is not None:  # None: there is no further message
                            self._keep(payload if payload[:2] not in BEGINNINGS else self._decompressed(payload))
                            if flow.takes_all or self._goes_on():
                                due += operate(receive, None)
                    elif kind == _HEADERS:
                        self._recorder.headers(as_metadata(operation.initial_metadata()))
                    elif kind == _STATUS:
                        trailers = as_metadata(operation.trailing_metadata())
                        self._ending = Ending(operation.code(), operation.details() or "", trailers)
                        self._recorder.ended()
            except DecompressionError as error:
                self._broken_message = error
                self.cancel()
            except Exception as fault:  # no memory: the call must end all the same, and be seen to
                self._give_up(_cannot_be_kept("received", fault))
        self._tell(self._ended, None)

    def _is_awaited(self) -> bool:
        """Whether batches of the loop are still on their way; where not, it begins no other."""
        with self._send_lock:
            self._is_over = not (self._is_sending or self._wakes)
            return not self._is_over

    def _goes_on(self) -> bool:
        """Whether the flow wants one more message now."""
        self._holds = self._recorder.flow.is_paused
        return not (self._end_if_enough() or self._holds)

    def _end_if_enough(self) -> bool:
        recorder = self._recorder
        if not recorder.is_enough and recorder.flow.is_enough(recorder.transcript.received_count):
            recorder.is_enough = True
            self.cancel()
        return recorder.is_enough

    def _obeys_flow(self) -> bool:
        """Whether a message is to be asked for that was not while reading was paused."""
        with self._send_lock:
            self._wakes -= 1
        self._recorder.note_pause()
        if self._holds:
            return self._goes_on()
        self._end_if_enough()
        return False

    def _sent(self, tag: _Sending, success: bool) -> None:
        if success:
            self._reached = True
            self._record_sent(tag)
        with self._send_lock:
            self._is_sending = False
            self._sends_no_more = self._sends_no_more or tag.closes or not success
        self._send_next()

    def _record_sent(self, tag: _Sending) -> None:
        try:
            if tag.payload is not None:
                self._recorder.sent(tag.payload)
                self._outbox.taken()
                self._make_room()
            if tag.closes:
                self._recorder.half_closed()
        except Exception as fault:
            self._give_up(_cannot_be_kept("sent", fault))

    def _send_next(self) -> None:
        """From the loop when there is something to send, and from the reader when something was sent."""
        outbox = self._outbox
        with self._send_lock:
            if self._is_sending or self._sends_no_more or self._is_over:
                return
            payload = outbox.next()
            if payload is not None:
                operation = cygrpc.SendMessageOperation(payload, 0)
            elif outbox.is_to_close:
                operation = cygrpc.SendCloseFromClientOperation(0)
            else:
                return
            try:
                self._is_sending = bool(self._call.operate((operation,), _Sending(payload, closes=payload is None)))
            except Exception as refusal:  # of grpcio: the call must end all the same
                self._sends_no_more = True
                fault = TranscriptError(f"gRPC does not take what is to be sent: {refusal}")
            else:
                return
        self._give_up(fault)

    def _decompressed(self, raw: bytes) -> bytes:
        payload, encoding = decompressed(raw, self._connection.target.max_message_size)
        if encoding is not None:
            self._recorder.compressed(encoding, len(raw), len(payload))
        return payload

    def _keep(self, payload: bytes) -> None:
        self._recorder.received(payload)
        if self._recorder.transcript.wants_spooling:
            self._make_room()

    def _make_room(self) -> None:
        transcript = self._recorder.transcript
        if self._fault is None and transcript.wants_spooling:
            try:
                transcript.spool()
            except TranscriptError as fault:
                self._give_up(fault)

    def _give_up(self, fault: TranscriptError) -> None:
        self._fault = self._fault or fault
        self.cancel()

    def _tell(self, future: "asyncio.Future[Any]", result: Any) -> None:
        def tell() -> None:
            if not future.done():
                future.set_result(result)

        try:
            self._loop.call_soon_threadsafe(tell)
        except RuntimeError:
            pass  # the loop is gone, and with it who waited


def _cannot_be_kept(what: str, fault: Exception) -> TranscriptError:
    return TranscriptError(f"what was {what} cannot be kept: {type(fault).__name__} {fault}".rstrip())


def is_available() -> bool:
    """Whether this grpcio has what is used here below its public surface (1.85 has)."""
    wanted = [
        (cygrpc, "Channel", "segregated_call"),
        (cygrpc, "Channel", "check_connectivity_state"),
        (cygrpc, "Channel", "watch_connectivity_state"),
        (cygrpc, "SegregatedCall", "next_event"),
        (cygrpc, "SegregatedCall", "operate"),
        (grpcio_channel, "_InitialMetadataFlags", "with_wait_for_ready"),
    ]
    found = all(hasattr(getattr(module, name, None), method) for module, name, method in wanted)
    return found and hasattr(grpcio_compression, "augment_metadata")
