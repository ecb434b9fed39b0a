"""One event of a call as a line of a transcript file, and back.

    {"t_ms": 12.5, "kind": "headers", "metadata": [["name", "value"], …]}
    {"t_ms": 12.5, "kind": "sent" or "message", "bytes": 3, "payload": "base64"}
    {"t_ms": 12.5, "kind": "half_close" or "paused" or "resumed"}
    {"t_ms": 12.5, "kind": "status", "code": 5, "code_name": "NOT_FOUND", "message": "…", "metadata": [trailers]}

`t_ms` is milliseconds since the call's start; the kinds are the words of `call --events`. Values of -bin metadata are
base64, credentials `<redacted>`. A message that was not kept has no `payload`. Where messages were skipped, those that
were not have their `number`. `as_asked` stands in a status of a call that was stopped on this side as asked.
"""

import base64
import binascii
import json
from typing import Any

from wirelens.engine.calls.events import CallFinished, HeadersReceived, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.metadata import REDACTED, Metadata, redacted, value_as_text

_NAMES = {
    EventKind.HEADERS: "headers",
    EventKind.SENT: "sent",
    EventKind.RECEIVED: "message",
    EventKind.HALF_CLOSED: "half_close",
    EventKind.PAUSED: "paused",
    EventKind.RESUMED: "resumed",
    EventKind.FINISHED: "status",
}
_LARGEST = 2**62
_LARGEST_MESSAGE = 2**32 - 1  # as gRPC's length prefix has it
_KINDS = {name: kind for kind, name in _NAMES.items()}


class LineError(ValueError):
    """What is wrong with a line."""

    def __init__(self, cause: str, *, next_step: str = "") -> None:
        super().__init__(cause)
        self.next_step = next_step


def line_of(transcript: Transcript, row: int, payload: bytes | None, *, show_secrets: bool) -> str:
    """A row as a line; `payload` None where it is not kept."""
    kind = transcript.kind(row)
    start = f'{{"t_ms":{transcript.at(row) * 1000:.6f},"kind":"{_NAMES[kind]}"'
    if kind is EventKind.RECEIVED or kind is EventKind.SENT:
        if kind is EventKind.RECEIVED and transcript.skipped_count:
            start = f'{start},"number":{transcript.message_number(row)}'
        size = transcript.size(row)
        if payload is None and size:
            return f'{start},"bytes":{size}}}\n'
        return f'{start},"bytes":{size},"payload":"{binascii.b2a_base64(payload or b"", newline=False).decode()}"}}\n'
    more: dict[str, object] = {}
    if kind is EventKind.HEADERS and transcript.headers is not None:
        more = {"metadata": _pairs(transcript.headers.metadata, show_secrets=show_secrets)}
    elif kind is EventKind.FINISHED and transcript.finished is not None:
        status = transcript.finished.status
        more = {"code": status.code, "code_name": status.code_name, "message": status.message}
        more |= {"metadata": _pairs(status.trailers, show_secrets=show_secrets)}
        more |= {"as_asked": True} if status.as_asked else {}
    return f"{start}{',' if more else ''}{json.dumps(more)[1:]}\n"


def add_line(transcript: Transcript, line: bytes) -> None:
    """Adds the event of a line to a transcript.

    Raises:
        LineError: it is none.
    """
    try:
        found = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise LineError("the line is cut off" if not line.endswith(b"\n") else "the line is no JSON") from None
    if not isinstance(found, dict):
        raise LineError("the line is no JSON object")
    if transcript.finished is not None:
        raise LineError("there is an event after the call's end")
    if _is_plain_answer(found):  # nearly every line of a long stream
        transcript.add_received(found["t_ms"] / 1000, found["payload"])
        return
    fields = Fields(found)
    kind = _KINDS.get(fields.text("kind"))
    at = fields.number("t_ms") or 0.0
    at /= 1000
    match kind:
        case EventKind.SENT | EventKind.RECEIVED:
            _add_message(transcript, kind, at, fields)
        case EventKind.HEADERS:
            transcript.add_headers(HeadersReceived(at, fields.metadata()))
        case EventKind.HALF_CLOSED:
            transcript.add_half_closed(at)
        case EventKind.PAUSED:
            transcript.add_paused(at)
        case EventKind.RESUMED:
            transcript.add_resumed(at)
        case EventKind.FINISHED:
            status = Status(fields.count("code"), fields.text("message"), fields.metadata(), fields.flag("as_asked"))
            transcript.add_finished(CallFinished(at, status))
        case None:
            raise LineError(f"there is no kind of event called {fields.text('kind')!r}")


def _is_plain_answer(found: dict[str, Any]) -> bool:
    """Whether this is a message with nothing special about it, its payload then decoded; what is wrong with any other
    is found by the careful way."""
    at, size, text = found.get("t_ms"), found.get("bytes"), found.get("payload")
    if found.get("kind") != "message" or type(at) is not float or type(text) is not str or len(found) != 4:
        return False
    try:
        payload = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    if len(payload) != size or not abs(at) < _LARGEST:
        return False
    found["payload"] = payload
    return True


def _add_message(transcript: Transcript, kind: EventKind, at: float, fields: "Fields") -> None:
    size = fields.count("bytes", most=_LARGEST_MESSAGE)
    payload = fields.payload() if size or fields.has("payload") else b""
    if payload is not None and len(payload) != size:
        raise LineError(f"the payload has {len(payload):,} bytes where {size:,} are said")
    if kind is EventKind.RECEIVED and fields.has("number"):
        skipped = fields.count("number") - transcript.received_count - 1
        if skipped < 0:
            raise LineError(f"message {fields.count('number')} comes after message {transcript.received_count}")
        if skipped:
            transcript.skip_received(at, 0, skipped)
    if payload is None:
        transcript.add_unkept(kind, at, size)
    elif kind is EventKind.SENT:
        transcript.add_sent(at, payload)
    else:
        transcript.add_received(at, payload)


class Fields:
    """What a JSON object of a transcript file holds, checked.

    Raises:
        LineError: from each method: the value is missing or of another kind.
    """

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    def has(self, name: str) -> bool:
        return name in self._found

    def text(self, name: str, *, optional: bool = False) -> str:
        value = self._found.get(name)
        if value is None and optional:
            return ""
        if not isinstance(value, str):
            raise LineError(f"{name} is no text" if name in self._found else f"{name} is missing")
        return value

    def number(self, name: str, *, optional: bool = False) -> float | None:
        value = self._found.get(name)
        if value is None and optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
            raise LineError(f"{name} is no number" if name in self._found else f"{name} is missing")
        return float(value)

    def count(self, name: str, *, optional: bool = False, most: int = _LARGEST) -> int:
        value = self._found.get(name)
        if value is None and optional:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise LineError(f"{name} is no whole number" if name in self._found else f"{name} is missing")
        return value

    def flag(self, name: str) -> bool:
        return self._found.get(name) is True

    def payload(self) -> bytes | None:
        """None where it was not kept."""
        if "payload" not in self._found:
            return None
        try:
            return binascii.a2b_base64(self.text("payload"), strict_mode=True)
        except (binascii.Error, ValueError) as error:
            raise LineError(f"the payload is no base64: {error}") from None

    def metadata(self) -> Metadata:
        pairs = self._found.get("metadata", [])
        if not isinstance(pairs, list):
            raise LineError("metadata is no list of pairs")
        return tuple(map(_pair, pairs))


def _pairs(metadata: Metadata, *, show_secrets: bool) -> list[list[str]]:
    shown = metadata if show_secrets else redacted(metadata)
    return [[name, value_as_text(value)] for name, value in shown]


def _pair(found: object) -> tuple[str, str | bytes]:
    match found:
        case [str(name), str(value)]:
            if not name.endswith("-bin") or value == REDACTED:
                return name, value
            try:
                return name, base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                raise LineError(f"the value of metadata {name} is no base64") from None
    raise LineError("metadata is no list of pairs")
