"""The verb that calls a method: messages go out as they come in, answers are printed as they arrive."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from wirelens.command_line.output import EventsAsLines, MessagesAsJson, status_line, tell_status
from wirelens.command_line.program import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_STATUS
from wirelens.command_line.request_messages import RequestMessages
from wirelens.command_line.where import Where, split_positionals, where_from
from wirelens.engine.calls.call import Call, CallRequest, Compression
from wirelens.engine.calls.events import Event, Status
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_file import save_transcript
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import CallStateError, ReflectionError, UsageError, WirelensError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method

_ROWS_IN_A_GO = 100


class EventWriter(Protocol):
    """What turns events into output."""

    undecodable: int

    def write(self, event: Event) -> None: ...


async def call(options: argparse.Namespace) -> int:
    """Calls SERVICE/METHOD and returns 0, 64 + the status code, or 130 after Ctrl+C."""
    address, name = split_positionals(options, symbol="SERVICE/METHOD", required=True)
    if address is None:
        raise UsageError("an ADDRESS to call is missing", next_step="such as localhost:50051")
    assert name is not None
    where = where_from(options, address)
    if options.save is not None and not options.save.parent.is_dir():  # before a call that may take hours
        raise UsageError("there is no such folder to save the call in", place=str(options.save.parent))
    async with where.connected() as connection:
        assert connection is not None
        schema = await _load_schema(where, connection, options)
        method = schema.method(name)
        messages = RequestMessages(options.data, method, schema)
        await messages.prepare()
        return await _converse(options, where, connection, schema, method, messages)


async def _load_schema(where: Where, connection: Connection, options: argparse.Namespace) -> Schema:
    try:
        return await where.load_schema(connection)
    except ReflectionError as error:
        if options.events:  # the call never began, and yet its last line comes
            number, text = error.code.value[0], error.one_line()
            print(json.dumps(status_line(Status(number, text), 0.0, None, show_secrets=False)), flush=True)
        raise


async def _converse(
    options: argparse.Namespace,
    where: Where,
    connection: Connection,
    schema: Schema,
    method: Method,
    messages: RequestMessages,
) -> int:
    writer = writer_for(options, schema, method, show_secrets=options.show_secrets)
    transcript = Transcript(keep_bytes=None if writer is not None or options.save is not None else 0)
    flow = Flow(take_every=options.every, stop_after=options.stop_after)
    request = CallRequest(
        method=method,
        metadata=where.metadata,
        deadline=options.max_time,
        wait_for_ready=options.wait_for_ready,
        compression=Compression[options.compression.upper()] if options.compression else None,
    )
    call = Call(connection, request, transcript=transcript, flow=flow)
    conversation = _Conversation(call, messages, writer, keeps_all=options.save is not None)
    try:
        await conversation.run()
        if options.save is not None:
            target, secrets = connection.target.display, options.show_secrets
            await save_transcript(transcript, method, schema, options.save, target=target, show_secrets=secrets)
    finally:
        transcript.close()
    if conversation.problem:
        raise conversation.problem
    return EXIT_INTERRUPTED if conversation.interrupted else concluded(options, transcript, schema, writer)


def concluded(options: argparse.Namespace, transcript: Transcript, schema: Schema, writer: EventWriter | None) -> int:
    """Prints the count and the status that are asked for, and gives the exit code of a call that has finished."""
    assert transcript.finished is not None
    status = transcript.finished.status
    if options.output == "count" and not options.events:
        print(transcript.received_count, flush=True)
    if status.is_fault:
        if not options.events:
            tell_status(status, schema, sys.stderr)
        return EXIT_STATUS + min(status.code, 255 - EXIT_STATUS)
    return EXIT_FAULT if writer and writer.undecodable else 0


def writer_for(
    options: argparse.Namespace, schema: Schema, method: Method, *, show_secrets: bool
) -> EventWriter | None:
    """None where nothing of a message is printed: then none is kept or parsed."""
    if options.events:
        return EventsAsLines(schema, method, sys.stdout, emit_defaults=options.emit_defaults, show_secrets=show_secrets)
    if options.output in ("count", "none"):
        return None
    indent = 2 if options.output == "json" else None
    return MessagesAsJson(schema, method, sys.stdout, indent=indent, emit_defaults=options.emit_defaults)


class _Conversation:
    """One call with its two sides: messages sent as they become available, events written as they come."""

    def __init__(self, call: Call, messages: RequestMessages, writer: EventWriter | None, *, keeps_all: bool) -> None:
        self._call = call
        self._messages = messages
        self._writer = writer
        self._keeps_all = keeps_all
        self.problem: WirelensError | None = None
        self.interrupted = False

    async def run(self) -> None:
        """Both sides to their end.

        Raises:
            OSError: whoever reads our output has left (BrokenPipeError), or it cannot be written.
            WirelensError: the call could not be made, or what came could not be kept.
        """
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(), name="send requests")
                group.create_task(self._write(), name="write events")
                with _on_interrupt(self._cancel):
                    await self._call.run()
                sending.cancel()
        except* (WirelensError, OSError) as faults:
            raise _first_of(faults) from None

    def _cancel(self) -> None:
        self.interrupted = True
        self._call.cancel()

    async def _send(self) -> None:
        try:
            async for payload in self._messages:
                await self._call.send(payload)
            if self._call.can_send:
                self._call.half_close()
        except CallStateError:
            pass  # the server has ended the call before its input: the status says so
        except WirelensError as error:
            self.problem = error
            self._call.cancel()

    async def _write(self) -> None:
        if self._writer is None:
            return
        transcript = self._call.transcript
        row = 0
        while transcript.finished is None or row < len(transcript):
            length = await transcript.grown(row)
            while row < length:
                self._writer.write(transcript.event(row))
                row += 1
                if row % _ROWS_IN_A_GO == 0:
                    await asyncio.sleep(0)  # messages go out while a flood comes in
            sys.stdout.flush()
            if not self._keeps_all:
                transcript.forget(row)


def _first_of(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """One fault of a group: the others followed from it."""
    first = faults.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


@contextmanager
def _on_interrupt(cancel: Callable[[], None]) -> Iterator[None]:
    """Ctrl+C cancels the call, whose end is then still told. A second one ends the program where it stands, which may
    be in a write that nobody reads: there is nothing to tidy up, a spool file has no name."""
    loop = asyncio.get_running_loop()
    previous = signal.getsignal(signal.SIGINT)
    presses = 0

    def interrupted(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses > 1:
            os._exit(EXIT_INTERRUPTED)
        loop.call_soon_threadsafe(cancel)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
