"""How a call ended, from what grpcio says: codes as integers, its own words put right, and a next step for the person.

Only a status that grpcio made itself is reworded; what a server sent stays as it was sent.
"""

import re
from dataclasses import dataclass

from wirelens.engine.calls.events import Status
from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.connection.next_steps import step_after_no_connection
from wirelens.engine.connection.target import Target
from wirelens.engine.schema.services import Pattern

CANCELLED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE = 1, 8, 13, 14

CANCELLED_HERE = "cancelled on this side"
_GRPCIO_CANCELLED = "Locally cancelled by application!"
_OVER_LIMIT = re.compile(r"(CLIENT: \w+|Decompressed) message larger than max")
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Ending:
    """What grpcio says at the end of a call. `reached` tells whether the request got to the server at all."""

    code: int
    details: str
    trailers: Metadata = ()
    reached: bool = True

    def status(self, target: Target, proxy: str | None = None) -> Status:
        """The status to record; one that was made on this side says what to do next."""
        message = self.details
        if self.code == CANCELLED and (CANCELLED_HERE in message or _GRPCIO_CANCELLED in message):
            message = CANCELLED_HERE  # which grpcio may wrap: Stream removed (...)
        if step := _next_step(self, target, proxy):
            message = f"{message.rstrip('.')}. {step}"
        return Status(self.code, message, self.trailers)


def checked_answer(status: Status, pattern: Pattern, received_count: int) -> Status:
    """An OK that does not keep what the pattern promises is none: grpcio passes it in silence, a message whose
    length prefix lies included."""
    if not status.ok or pattern.server_streams or received_count == 1:
        return status
    found = f"{received_count} messages" if received_count else "no message that can be read"
    return Status(
        INTERNAL,
        f"the server ended the call with OK and sent {found}: a {pattern.label} method answers with exactly one",
        status.trailers,
    )


def stopped_as_asked(status: Status, received_count: int) -> Status:
    """The status of a call that this side ended after so many messages; a server that was quicker keeps its own."""
    if (status.code, status.message) != (CANCELLED, CANCELLED_HERE):
        return status
    messages = "1 message" if received_count == 1 else f"{received_count:,} messages"
    return Status(CANCELLED, f"stopped on this side after {messages}, as asked", status.trailers, as_asked=True)


def _next_step(ending: Ending, target: Target, proxy: str | None) -> str:
    if ending.code == RESOURCE_EXHAUSTED and not ending.trailers and _OVER_LIMIT.search(ending.details):
        limit = target.max_message_size
        shown = f"{limit // _MEBIBYTE} MiB" if limit % _MEBIBYTE == 0 else f"{limit} bytes"
        return f"The limit for received messages is {shown}: raise it (--max-message-size BYTES)"
    if ending.code == UNAVAILABLE and not ending.reached:
        return step_after_no_connection(ending.details, target, proxy)
    if ending.code == INTERNAL and ending.details == "Invalid metadata":
        return (
            "A name holds lower-case letters, digits and -_., a value printable ASCII (names that end in -bin: bytes)"
        )
    return ""
