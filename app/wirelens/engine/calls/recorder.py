"""What the two ways of driving a call share: writing its events into the transcript, with their times."""

import time
from collections.abc import Iterable
from typing import Any

from wirelens.engine.calls.events import HeadersReceived
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.metadata import Metadata


class Recorder:
    """Appends to a transcript; `started` is the call's start on the monotonic clock."""

    def __init__(self, transcript: Transcript, started: float) -> None:
        self.transcript = transcript
        self.started = started
        self._bare_headers_at: float | None = None

    def headers(self, metadata: Metadata) -> None:
        """The initial metadata is there.

        grpcio gives an empty one for a trailers-only response as well. Only a message tells that headers without
        any metadata were sent, so these are recorded with the first message, and not at all without one.
        """
        at = time.monotonic() - self.started
        if metadata:
            self.transcript.add_headers(HeadersReceived(at, metadata))
        else:
            self._bare_headers_at = at

    def first_received(self) -> None:
        """Called before the first message is recorded."""
        if self._bare_headers_at is not None:
            self.transcript.add_headers(HeadersReceived(self._bare_headers_at, ()))
            self._bare_headers_at = None

    def received(self, payload: bytes) -> None:
        at = time.monotonic() - self.started
        self.first_received()
        self.transcript.add_received(at, payload)

    def sent(self, payload: bytes) -> None:
        self.transcript.add_sent(time.monotonic() - self.started, payload)

    def half_closed(self) -> None:
        self.transcript.add_half_closed(time.monotonic() - self.started)


def as_metadata(pairs: Iterable[Any] | None) -> Metadata:
    """Our own plain pairs from grpcio's."""
    return tuple((str(name), value) for name, value in pairs or ())
