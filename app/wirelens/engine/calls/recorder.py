"""What the two ways of driving a call share: writing its events into the transcript, with their times."""

import time
from collections.abc import Iterable
from typing import Any

from wirelens.engine.calls.events import CompressedTotals, HeadersReceived
from wirelens.engine.calls.flow import Flow
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.connection.metadata import Metadata


class Recorder:
    """Appends to a transcript; `started` is the call's start on the monotonic clock.

    `is_enough` is set by the driver that ends the call because the flow's number of messages was read. `ended_at` is
    when its end was here, in seconds since the start: a busy event loop hears of it later.
    """

    def __init__(self, transcript: Transcript, started: float, flow: Flow) -> None:
        self.transcript = transcript
        self.started = started
        self.flow = flow
        self.is_enough = False
        self.ended_at: float | None = None
        self._bare_headers_at: float | None = None

    def connected(self, *, before: bool) -> None:
        """The channel is ready, or was `before` the call. One that comes after the call's end was not for it."""
        at = 0.0 if before else time.monotonic() - self.started
        if self.ended_at is None or at <= self.ended_at:
            self.transcript.connected_at = at
            self.transcript.was_connected = before

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

    def received(self, payload: bytes) -> None:
        """One message: a row of its own, or only counted where the flow does not take it."""
        at = time.monotonic() - self.started
        transcript, flow = self.transcript, self.flow
        if self._bare_headers_at is not None:
            transcript.add_headers(HeadersReceived(self._bare_headers_at, ()))
            self._bare_headers_at = None
        if flow.takes_all or flow.takes(transcript.received_count + 1):
            transcript.add_received(at, payload)
        else:
            transcript.skip_received(at, len(payload))

    def compressed(self, encoding: str, sent_size: int, size: int) -> None:
        """The message that is received next came so; for a driver that has said that it sees encodings."""
        encodings = self.transcript.encodings
        if encodings is not None:
            encodings[encoding] = encodings.get(encoding, CompressedTotals()).with_one(sent_size, size)

    def sent(self, payload: bytes) -> None:
        self.transcript.add_sent(time.monotonic() - self.started, payload)

    def half_closed(self) -> None:
        self.transcript.add_half_closed(time.monotonic() - self.started)

    def ended(self) -> None:
        """Status and trailers are there."""
        self.ended_at = time.monotonic() - self.started

    def note_pause(self) -> None:
        """A row where the flow was paused or resumed since the last time."""
        transcript = self.transcript
        if self.flow.is_paused != transcript.is_paused:
            add = transcript.add_paused if self.flow.is_paused else transcript.add_resumed
            add(time.monotonic() - self.started)


def as_metadata(pairs: Iterable[Any] | None) -> Metadata:
    """Our own plain pairs from grpcio's."""
    return tuple((str(name), value) for name, value in pairs or ())
