"""The request side of a call: messages that wait to be sent, and whether more may come."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from wirelens.engine.errors import CallStateError
from wirelens.engine.schema.services import Pattern


class Outgoing:
    """Messages that were handed over together; gRPC takes them one by one, in their order. For the event loop."""

    def __init__(self, outbox: "Outbox", payloads: Sequence[bytes]) -> None:
        self.payloads = payloads
        self.given = 0  # how many the call's driver has got: they cannot be taken back
        self._outbox = outbox
        self._taken = 0
        self._wanted = len(payloads)
        self._loop = asyncio.get_running_loop()
        self._looked_at = asyncio.Event()  # set when the last is taken, or none will be any more

    @property
    def taken(self) -> int:
        """How many gRPC has taken so far."""
        return self._taken

    @property
    def is_done(self) -> bool:
        """Whether gRPC has taken all that were not withdrawn."""
        return self._taken >= self._wanted

    async def wait(self) -> None:
        """Until gRPC has taken all of them, which HTTP/2's flow control may delay. Cancelling takes nothing back.

        Raises:
            CallStateError: the call ended before the last was taken.
        """
        await self._looked_at.wait()
        if not self.is_done:
            raise CallStateError("the call ended before this message was sent", next_step="see its status")

    async def progress(self, frame: float) -> AsyncIterator[int]:
        """How many were taken, each time after `frame` seconds, and at last when all are or the call has ended."""
        while not self._looked_at.is_set():
            yield self._taken
            try:
                async with asyncio.timeout(frame):
                    await self._looked_at.wait()
            except TimeoutError:
                pass
        yield self._taken

    def withdraw(self) -> None:
        """Send none of them but what the driver has got already."""
        self._outbox.withdraw(self)

    # -- the outbox's side, under its lock

    def next(self) -> bytes | None:
        """One more for the driver."""
        if self.given >= self._wanted:
            return None
        self.given += 1
        return self.payloads[self.given - 1]

    def took(self) -> None:
        """gRPC has taken one that was given."""
        self._taken += 1

    def shorten(self) -> None:
        """To those that the driver has got."""
        self._wanted = self.given

    def tell(self) -> None:
        """Whoever waits looks again; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._looked_at.set)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more


class Outbox:
    """What a person hands over with send(), and gRPC takes one by one.

    Filled and half-closed on the event loop; the call's driver empties it in whatever thread it is, one at a time.
    Patterns with one request half-close by themselves after it.
    """

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._lock = threading.Lock()  # of what the driver's thread changes as well
        self._waiting: deque[Outgoing] = deque()  # the first of them may be given in part
        self._in_hand: Outgoing | None = None  # of the message that the driver is sending
        self._put_any = False
        self._half_closed = False
        self._ended = False
        self._listener: Callable[[], None] | None = None

    @property
    def can_put(self) -> bool:
        return not self._half_closed and not self._ended

    @property
    def streams(self) -> bool:
        """Whether any number of messages may be sent."""
        return self._pattern.client_streams

    @property
    def is_ended(self) -> bool:
        return self._ended

    def put(self, payloads: Sequence[bytes]) -> Outgoing:
        """Queues messages.

        Raises:
            CallStateError: none may follow.
        """
        self._check_open()
        outgoing = Outgoing(self, payloads)
        if not payloads:
            outgoing.tell()
            return outgoing
        with self._lock:
            self._waiting.append(outgoing)
        self._put_any = True
        if not self.streams:
            self._half_closed = True
        self._tell()
        return outgoing

    def withdraw(self, outgoing: Outgoing) -> None:
        """Takes back what no driver has got. What the end of the call has dropped stays what was not sent."""
        with self._lock:
            if outgoing not in self._waiting:
                return
            outgoing.shorten()
            is_done = outgoing.is_done
            if is_done:
                self._waiting.remove(outgoing)
        if is_done:
            outgoing.tell()

    def half_close(self) -> None:
        """No message follows; does nothing the second time.

        Raises:
            CallStateError: the pattern promises one message and none was given.
        """
        if not self.streams and not self._put_any:
            raise CallStateError(
                f"a {self._pattern.label} call sends exactly one message",
                next_step="send it; the call half-closes itself",
            )
        self._half_closed = True
        self._tell()

    def end(self) -> None:
        """The call is over: who waits is told, what waits is dropped."""
        self._ended = True
        with self._lock:
            dropped = list(self._waiting)
            self._waiting.clear()
        for outgoing in dropped:
            outgoing.tell()
        self._tell()
        self._listener = None

    # -- the driver's side

    def attach(self, listener: Callable[[], None] | None) -> None:
        """`listener` is called on the event loop when there is a message more, or the request side has ended."""
        self._listener = listener

    def next(self) -> bytes | None:
        """The message to send now, None where there is none; taken() comes before the one after it."""
        with self._lock:
            for outgoing in self._waiting:
                payload = outgoing.next()
                if payload is not None:
                    self._in_hand = outgoing
                    return payload
        return None

    def taken(self) -> None:
        """gRPC has taken the message that next() gave last (perhaps just when the call ended)."""
        with self._lock:
            outgoing, self._in_hand = self._in_hand, None
            assert outgoing is not None, "a message is given before it is taken"
            outgoing.took()
            is_done = outgoing.is_done
            if is_done and outgoing in self._waiting:
                self._waiting.remove(outgoing)
        if is_done:
            outgoing.tell()

    @property
    def is_to_close(self) -> bool:
        """Whether all was sent, and the request side is to be closed now."""
        return self._half_closed and not self._ended and not self._waiting

    async def take(self) -> bytes | None:
        """The next message once there is one, None where the request side or the call has ended. On the event loop,
        for a driver that has attached no listener."""
        changed = asyncio.Event()
        self.attach(changed.set)
        try:
            while (payload := self.next()) is None and not self._half_closed and not self._ended:
                changed.clear()
                await changed.wait()
        finally:
            self.attach(None)
        return payload

    def _check_open(self) -> None:
        if self._ended:
            raise CallStateError("the call has finished", next_step="start a new one")
        if self._half_closed and not self.streams:
            raise CallStateError(f"a {self._pattern.label} call sends exactly one message")
        if self._half_closed:
            raise CallStateError("the request side is half-closed: no message can follow")

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()
