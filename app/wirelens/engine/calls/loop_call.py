"""A call on the event loop, over grpc.aio: unary, client streaming and bidirectional.

A unary call is made as a stream with one request, because grpcio's own unary call hides when the headers came,
an answer beside an error status, and an answer that is missing.
"""

import asyncio
from typing import Any

import grpc
import grpc.aio

from wirelens.engine.calls.ending import Ending
from wirelens.engine.calls.events import Status
from wirelens.engine.calls.outbox import Outbox
from wirelens.engine.calls.recorder import Recorder, as_metadata
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.stream_writing import write_message
from wirelens.engine.errors import TranscriptError

_OVER = (asyncio.InvalidStateError, grpc.RpcError, grpc.aio.BaseError, asyncio.CancelledError)


class LoopCall:
    """One RPC over the connection's grpc.aio channel."""

    def __init__(self, connection: Connection, path: str, recorder: Recorder, outbox: Outbox) -> None:
        self._connection = connection
        self._path = path
        self._recorder = recorder
        self._outbox = outbox
        self._rpc: Any = None  # a UnaryStreamCall or StreamStreamCall
        self._fault: TranscriptError | None = None
        self._looked_at = asyncio.Event()  # set when the flow has changed, or the RPC has ended

    def cancel(self) -> None:
        if self._rpc is not None:
            self._rpc.cancel()

    async def run(self, first: bytes | None, options: dict[str, Any]) -> Status:
        """Makes the call and follows it to its end; `first` is the message where the pattern has one request.

        Raises:
            TranscriptError: the messages could not be kept; the call was cancelled for it.
        """
        channel: Any = self._connection.aio_channel
        if channel.get_state() is grpc.ChannelConnectivity.READY:
            self._recorder.connected(before=True)
        if first is None:
            self._rpc = channel.stream_stream(self._path)(**options)
        else:
            self._rpc = channel.unary_stream(self._path)(first, **options)
            self._recorder.sent(first)
            self._recorder.half_closed()
            self._outbox.taken()
        self._rpc.add_done_callback(self._on_done)
        self._recorder.flow.attach(self._on_flow_changed)
        self._recorder.note_pause()
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(), name=f"read {self._path}")
            writing = group.create_task(self._write(), name=f"write {self._path}") if first is None else None
            try:
                await asyncio.wait([reading])
            finally:
                # Cancelling the RPC lets the reader end by itself; a task cancelled in mid-read leaves memory
                # behind (https://github.com/grpc/grpc/issues/43360).
                self._rpc.cancel()
                await asyncio.wait([reading])
                if writing is not None:
                    writing.cancel()  # grpcio leaves it waiting where the call ended before it was connected
        if self._fault is not None:
            raise self._fault
        return (await self._ending()).status(self._connection.target, self._connection.proxy())

    async def _read(self) -> None:
        recorder = self._recorder
        try:
            recorder.headers(as_metadata(await self._rpc.initial_metadata()))
            await self._hold()
            async for payload in self._rpc:
                recorder.received(payload)
                await self._make_room()
                if not recorder.flow.takes_all:
                    if self._end_if_enough():
                        break
                    await self._hold()
        except _OVER:
            pass  # the status tells

    async def _hold(self) -> None:
        """Until reading is not paused, or there will be nothing more to read."""
        while self._recorder.flow.is_paused and not self._rpc.done():
            self._looked_at.clear()
            await self._looked_at.wait()

    def _end_if_enough(self) -> bool:
        recorder = self._recorder
        if not recorder.is_enough and recorder.flow.is_enough(recorder.transcript.received_count):
            recorder.is_enough = True
            self._rpc.cancel()
        return recorder.is_enough

    def _on_done(self, _rpc: Any) -> None:
        self._recorder.ended()
        self._looked_at.set()

    def _on_flow_changed(self) -> None:
        self._recorder.note_pause()
        self._end_if_enough()
        self._looked_at.set()

    async def _write(self) -> None:
        outbox = self._outbox
        try:
            while (payload := await outbox.take()) is not None:
                await write_message(self._rpc, payload)
                self._recorder.sent(payload)
                outbox.taken()
                await self._make_room()
            if not outbox.is_ended:
                await self._rpc.done_writing()
                self._recorder.half_closed()
        except _OVER:
            pass

    async def _make_room(self) -> None:
        transcript = self._recorder.transcript
        if not transcript.wants_spooling:
            return
        try:
            await asyncio.to_thread(transcript.spool)
        except TranscriptError as fault:
            self._fault = fault
            self._rpc.cancel()

    async def _ending(self) -> Ending:
        transcript = self._recorder.transcript
        trailers = as_metadata(await self._rpc.trailing_metadata())
        return Ending(
            code=(await self._rpc.code()).value[0],
            details=await self._rpc.details() or "",
            trailers=trailers,
            reached=bool(trailers or transcript.headers or transcript.received_count),
        )
