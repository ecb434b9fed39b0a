"""Where a call's time went: its phases one after the other, each only where its end was seen.

grpcio tells when a channel is ready, but neither how long name resolution, TCP and TLS took within that, nor when
the server began to answer.
"""

import enum
from dataclasses import dataclass

from wirelens.engine.calls.transcript import EventKind, Transcript


class PhaseName(enum.Enum):
    """What a phase waits for; the values are what is said to people."""

    CONNECT = "connect"  # name resolution, TCP and TLS
    SEND = "send"  # until gRPC has handed the first request over
    CONNECT_AND_SEND = "connect and send"  # where the moment between the two was not seen
    HEADERS = "first headers"
    FIRST_MESSAGE = "first message"
    LAST_MESSAGE = "last message"
    END = "end"


@dataclass(frozen=True, slots=True)
class Phase:
    """`start` and `end` are seconds since the call was started."""

    name: PhaseName
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Latency:
    """The phases of a call so far, without gaps between them.

    `was_connected` says why connecting took no time: the connection was there before the call.
    """

    phases: tuple[Phase, ...]
    was_connected: bool

    def phase(self, name: PhaseName) -> Phase | None:
        """One phase, None where it was not seen."""
        return next((phase for phase in self.phases if phase.name is name), None)


def latency(transcript: Transcript) -> Latency:
    """Of a call that runs or has ended. Pauses of the person are part of the phase they fall into.

    Cheap: a few rows at the transcript's start and end are looked at.
    """
    phases: list[Phase] = []
    at = 0.0

    def add(name: PhaseName, end: float | None) -> None:
        nonlocal at
        if end is not None:
            phases.append(Phase(name, at, max(at, end)))
            at = max(at, end)

    connected_at, sent_at = transcript.connected_at, _first_sent_at(transcript)
    if connected_at is not None:
        # The watch on the channel is another thread's; what was sent went over a connection.
        add(PhaseName.CONNECT, connected_at if sent_at is None else min(connected_at, sent_at))
    add(PhaseName.SEND if connected_at is not None else PhaseName.CONNECT_AND_SEND, sent_at)
    add(PhaseName.HEADERS, transcript.headers.at if transcript.headers is not None else None)
    add(PhaseName.FIRST_MESSAGE, transcript.first_received_at)
    if transcript.received_count > 1:
        add(PhaseName.LAST_MESSAGE, transcript.last_received_at)
    if transcript.finished is not None:
        add(PhaseName.END, transcript.finished.at)
    return Latency(tuple(phases), transcript.was_connected)


def _first_sent_at(transcript: Transcript) -> float | None:
    """Looked for until an answer is there: a request that follows an answer tells nothing of the way to it."""
    for row in range(len(transcript)):
        match transcript.kind(row):
            case EventKind.SENT:
                return transcript.at(row)
            case EventKind.RECEIVED:
                break
    return None
