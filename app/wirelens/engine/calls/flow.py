"""How a person wants the answers of a call read: not now, only some of them, only counted, only so many."""

import time
from collections.abc import Callable


class Flow:
    """Read by a call whose answers stream, for each message; changed from the event loop, also while the call runs.

    While reading is paused nothing is taken from gRPC but the one message that was asked for before; what the server
    sends then fills HTTP/2's window and waits there. Cancelling, the deadline and the program's end are not held up.

    Args:
        take_every: 1 takes all messages, n the first and every n-th after it; the others are counted only.
        count_only: take none, count them.
        stop_after: end the call after so many messages were read, taken or not; None for never.
    """

    def __init__(self, *, take_every: int = 1, count_only: bool = False, stop_after: int | None = None) -> None:
        self._take_every = take_every
        self._count_only = count_only
        self._stop_after = stop_after
        self._paused_since: float | None = None
        self._paused_before = 0.0
        self._listener: Callable[[], None] | None = None
        self.takes_all = True  # nothing is asked for: all that a reader looks at in the ordinary case
        self._check()
        self._changed()

    # -- the person's side

    @property
    def is_paused(self) -> bool:
        return self._paused_since is not None

    @property
    def paused_seconds(self) -> float:
        """All pauses together, the present one included."""
        since = self._paused_since
        return self._paused_before + (time.monotonic() - since if since is not None else 0.0)

    def pause(self) -> None:
        """Read no further message; does nothing while paused."""
        if self._paused_since is None:
            self._paused_since = time.monotonic()
            self._changed()

    def resume(self) -> None:
        """Read on; does nothing while not paused."""
        if self._paused_since is not None:
            self._paused_before = self.paused_seconds
            self._paused_since = None
            self._changed()

    @property
    def take_every(self) -> int:
        return self._take_every

    @property
    def count_only(self) -> bool:
        return self._count_only

    @property
    def stop_after(self) -> int | None:
        return self._stop_after

    def ask_for(self, *, take_every: int = 1, count_only: bool = False, stop_after: int | None = None) -> None:
        """Other wishes, from the next message on; a call that has read enough by now ends at once.

        Raises:
            ValueError: a number below 1.
        """
        before = self._take_every, self._count_only, self._stop_after
        self._take_every, self._count_only, self._stop_after = take_every, count_only, stop_after
        self._check()
        if before != (take_every, count_only, stop_after):
            self._changed()

    # -- the call's side

    def attach(self, listener: Callable[[], None] | None) -> None:
        """`listener` is called on the event loop after each change, as long as no other takes its place."""
        self._listener = listener

    def end(self) -> None:
        """The call is over, and with it a pause."""
        self._listener = None
        self.resume()

    def takes(self, number: int) -> bool:
        """Whether the message of this number, counted from 1, is kept."""
        return not self._count_only and (number - 1) % self._take_every == 0

    def is_enough(self, count: int) -> bool:
        """Whether the call is to end after so many messages."""
        return self._stop_after is not None and count >= self._stop_after

    def _check(self) -> None:
        if self._take_every < 1 or (self._stop_after is not None and self._stop_after < 1):
            raise ValueError("a flow takes every n-th message and stops after n, where n is at least 1")

    def _changed(self) -> None:
        self.takes_all = not (self.is_paused or self._count_only or self._stop_after) and self._take_every == 1
        if self._listener is not None:
            self._listener()
