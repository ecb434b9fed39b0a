"""What happens in a call, as small typed events: one stream that window, command line, history and tests read.

`at` is seconds on the monotonic clock since the call was started. Sizes are message bytes after decompression.
A call always ends in exactly one CallFinished, also when it fails, is cancelled or never connected.
"""

from dataclasses import dataclass

from wirelens.engine.connection.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Status:
    """How a call ended: the code's integer, the message and the trailers (with `grpc-status-details-bin`).

    `as_asked` says that this side ended the call because that was wanted beforehand (stop after n messages): whatever
    the code, nothing has gone wrong.
    """

    code: int
    message: str = ""
    trailers: Metadata = ()
    as_asked: bool = False

    @property
    def code_name(self) -> str:
        """`NOT_FOUND`; a code that gRPC does not define keeps its number: `CODE_77`."""
        return _NAMES.get(self.code, f"CODE_{self.code}")

    @property
    def title(self) -> str:
        """The end in a word: the code's name, or that it was stopped as asked."""
        return "STOPPED" if self.as_asked else self.code_name

    @property
    def ok(self) -> bool:
        return self.code == 0

    @property
    def is_fault(self) -> bool:
        """Whether something has gone wrong."""
        return self.code != 0 and not self.as_asked


@dataclass(frozen=True, slots=True)
class CompressedTotals:
    """All answers of one encoding: how many, and their bytes as they were sent and after decompression."""

    count: int = 0
    sent_size: int = 0
    size: int = 0

    def with_one(self, sent_size: int, size: int) -> "CompressedTotals":
        return CompressedTotals(self.count + 1, self.sent_size + sent_size, self.size + size)


# https://github.com/grpc/grpc/blob/master/doc/statuscodes.md; kept here so that the window can name a status
# before grpc is loaded (a test compares it with grpc.StatusCode).
_NAMES = {
    0: "OK",
    1: "CANCELLED",
    2: "UNKNOWN",
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
    15: "DATA_LOSS",
    16: "UNAUTHENTICATED",
}


@dataclass(frozen=True, slots=True)
class HeadersReceived:
    """The server's initial metadata."""

    at: float
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class MessageSent:
    """One request message was handed to gRPC for sending."""

    at: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """One response message, still as bytes: nothing parses it before somebody looks."""

    at: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class HalfClosed:
    """The request side ended: no further message will be sent."""

    at: float


@dataclass(frozen=True, slots=True)
class ReadingPaused:
    """The person paused reading. One message that was asked for before may still follow."""

    at: float


@dataclass(frozen=True, slots=True)
class ReadingResumed:
    """Reading goes on after a pause of `paused_for` seconds."""

    at: float
    paused_for: float


@dataclass(frozen=True, slots=True)
class CallFinished:
    """The one last event."""

    at: float
    status: Status


Event = HeadersReceived | MessageSent | MessageReceived | HalfClosed | ReadingPaused | ReadingResumed | CallFinished
