"""A server stream read in a thread of its own, over the synchronous channel with grpcio's single-threaded option.

Nothing is handed between threads for a message, and the loop hears of the transcript's growth at most once a frame:
five times as fast as grpcio's ordinary ways and more.
"""

import asyncio
import threading
import time
from typing import Any

import grpc
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # not in the hints

from wirelens.engine.calls.ending import CANCELLED_HERE, INTERNAL, Ending
from wirelens.engine.calls.events import Status
from wirelens.engine.calls.outbox import Outbox
from wirelens.engine.calls.recorder import Recorder, as_metadata
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import TranscriptError

_HEADERS = cygrpc.OperationType.receive_initial_metadata
_MESSAGE = cygrpc.OperationType.receive_message
_STATUS = cygrpc.OperationType.receive_status_on_client


def is_available() -> bool:
    """Whether this grpcio has the option and what we use below it."""
    parts = ("ReceiveMessageOperation", "OperationType", "SegregatedCall")
    return hasattr(grpc, "experimental") and all(hasattr(cygrpc, part) for part in parts)


class StreamThread:
    """One server-streaming RPC over the connection's synchronous channel.

    WORKAROUND: it takes the events of grpcio's core call itself (grpc/_channel.py, _SingleThreadedRendezvous, shows
    how). The rendezvous in between costs 40 % of the rate, holds a lock until the headers are there for which its
    cancel() would wait, and leaves the last events of a cancelled call unread, which grpcio then never frees.
    """

    def __init__(self, connection: Connection, path: str, recorder: Recorder) -> None:
        self._connection = connection
        self._path = path
        self._recorder = recorder
        self._rpc: Any = None
        self._ending = Ending(INTERNAL, "grpcio told no status")
        self._fault: TranscriptError | None = None

    def cancel(self) -> None:
        """From any thread; does nothing once the call has ended."""
        if self._rpc is not None:
            self._rpc._call.cancel(grpc.StatusCode.CANCELLED.value[0], CANCELLED_HERE)

    async def run(self, outbox: Outbox, options: dict[str, Any]) -> Status:
        """Makes the call and follows it to its end.

        Raises:
            TranscriptError: the messages could not be kept; the call was cancelled for it.
        """
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        channel: Any = self._connection.sync_channel
        first = outbox.first
        self._rpc = channel.unary_stream(self._path)(first, **options)
        self._recorder.sent(first)
        self._recorder.half_closed()
        outbox.taken()

        def read() -> None:
            self._read()
            try:
                loop.call_soon_threadsafe(ended.set_result, None)
            except RuntimeError:
                pass  # the loop is gone, and with it who waited

        threading.Thread(target=read, name=f"read {self._path}", daemon=True).start()
        try:
            await asyncio.wait([ended])
        except asyncio.CancelledError:
            self.cancel()
            await asyncio.wait([ended])
            raise
        if self._fault is not None:
            raise self._fault
        return self._ending.status(self._connection.target, self._connection.proxy())

    def _read(self) -> None:
        """In the thread: takes every event of the call, since grpcio frees it only then."""
        call: Any = self._rpc._call
        receive = (cygrpc.ReceiveMessageOperation(0),)
        due = len(self._rpc._state.due)  # operations that grpcio has started and not yet told the end of
        due += call.operate(receive, None)
        while due:
            for operation in call.next_event().batch_operations:
                due -= 1
                kind = operation.type()
                if kind == _MESSAGE:
                    payload = operation.message()
                    if payload is not None:  # None: there is no further message
                        self._keep(payload)
                        due += call.operate(receive, None)
                elif kind == _HEADERS:
                    self._recorder.headers(as_metadata(operation.initial_metadata()))
                elif kind == _STATUS:
                    trailers = as_metadata(operation.trailing_metadata())
                    debug = operation.error_string() or ""
                    self._ending = Ending(operation.code(), operation.details() or "", trailers, debug)

    def _keep(self, payload: bytes) -> None:
        if self._fault is not None:
            return
        recorder = self._recorder
        transcript = recorder.transcript
        at = time.monotonic() - recorder.started
        if not transcript.received_count:
            recorder.first_received()
        try:
            transcript.add_received(at, payload)
            if transcript.wants_spooling:
                transcript.spool()
        except TranscriptError as fault:
            self._fault = fault
            self.cancel()
