"""The request side of a call: messages that wait to be sent, and whether more may come."""

import asyncio
from collections import deque

from wirelens.engine.errors import CallStateError
from wirelens.engine.schema.services import Pattern


class Outbox:
    """What a person hands over with send(), and gRPC takes one by one. Lives on the event loop's thread.

    Patterns with one request half-close by themselves after it.
    """

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._waiting: deque[bytes] = deque()
        self._put_count = 0
        self._taken_count = 0
        self._half_closed = False
        self._ended = False
        self._is_running = False
        self._events: set[asyncio.Event] = set()

    @property
    def can_put(self) -> bool:
        return not self._half_closed and not self._ended

    @property
    def streams(self) -> bool:
        """Whether any number of messages may be sent."""
        return self._pattern.client_streams

    @property
    def first(self) -> bytes:
        """The message that waits longest; take() has said that there is one."""
        return self._waiting[0]

    @property
    def is_ended(self) -> bool:
        return self._ended

    def begin(self) -> None:
        """The call runs from now on: who puts waits until gRPC has taken the message."""
        self._is_running = True

    async def put(self, payload: bytes) -> None:
        """Queues one message and, once the call runs, waits until gRPC has taken it (HTTP/2's flow control).

        Cancelling the wait leaves the message queued.

        Raises:
            CallStateError: no message may follow, or the call ended before this one was taken.
        """
        self._check_open()
        self._waiting.append(payload)
        self._put_count += 1
        number = self._put_count
        if not self.streams:
            self._half_closed = True
        self._tell()
        while self._is_running and self._taken_count < number and not self._ended:
            await self._change()
        if self._ended and self._taken_count < number:
            raise CallStateError("the call ended before this message was sent", next_step="see its status")

    def half_close(self) -> None:
        """No message follows; does nothing the second time.

        Raises:
            CallStateError: the pattern promises one message and none was given.
        """
        if not self.streams and not self._put_count:
            raise CallStateError(
                f"a {self._pattern.label} call sends exactly one message",
                next_step="send it; the call half-closes itself",
            )
        self._half_closed = True
        self._tell()

    async def take(self) -> bytes | None:
        """The next message, None where the request side or the call has ended. For the call that sends them."""
        while not self._waiting and not self._half_closed and not self._ended:
            await self._change()
        if self._ended or not self._waiting:
            return None
        return self._waiting[0]

    def taken(self) -> None:
        """gRPC has taken the message that take() gave (perhaps just when the call ended)."""
        if self._waiting:
            self._waiting.popleft()
        self._taken_count += 1
        self._tell()

    def end(self) -> None:
        """The call is over: who waits is told, what waits is dropped."""
        self._ended = True
        self._waiting.clear()
        self._tell()

    def _check_open(self) -> None:
        if self._ended:
            raise CallStateError("the call has finished", next_step="start a new one")
        if self._half_closed and not self.streams:
            raise CallStateError(f"a {self._pattern.label} call sends exactly one message")
        if self._half_closed:
            raise CallStateError("the request side is half-closed: no message can follow")

    def _tell(self) -> None:
        for event in self._events:
            event.set()

    async def _change(self) -> None:
        event = asyncio.Event()
        self._events.add(event)
        try:
            await event.wait()
        finally:
            self._events.discard(event)
