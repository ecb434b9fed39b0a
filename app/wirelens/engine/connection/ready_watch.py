"""When a channel is ready: what grpcio lets us know of connecting."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import grpc
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # not in the hints

_LONGEST_LOOK = 0.02  # seconds that closing a channel may have to wait for its watch


class OnReady(Protocol):
    """Told once that a channel is ready, from the watching thread or at once."""

    def __call__(self, *, before: bool) -> None: ...


@contextmanager
def watched_until_ready(channel: grpc.Channel, on_ready: OnReady) -> Iterator[None]:
    """While a call runs over `channel`, `on_ready` is told when that is connected, with name resolution and TLS done:
    `before` the call, or in it. It is not told where that is not seen.

    A channel that is not connected yet costs a thread for as long as it is not.
    """
    below: Any = channel
    below = below._channel  # the public subscribe() keeps a thread of its own, whose end cannot be waited for
    state = below.check_connectivity_state(False)
    if state == cygrpc.ConnectivityState.ready:
        on_ready(before=True)
        yield
        return
    ended = threading.Event()
    threading.Thread(
        target=_watch, args=(below, state, on_ready, ended.is_set), name="watch channel", daemon=True
    ).start()
    try:
        yield
    finally:
        ended.set()


def _watch(channel: Any, state: int, on_ready: OnReady, is_over: Callable[[], bool]) -> None:
    try:
        while not is_over():
            channel.watch_connectivity_state(state, time.time() + _LONGEST_LOOK)
            state = channel.check_connectivity_state(False)
            if state == cygrpc.ConnectivityState.ready:
                if not is_over():
                    on_ready(before=False)
                return
    except ValueError:
        pass  # the channel was closed meanwhile
