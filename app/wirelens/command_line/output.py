"""What `call` writes: answers as ProtoJSON, or every event as a JSON line; a status other than OK for people."""

import base64
import json
import sys
from collections.abc import Callable
from typing import Any, TextIO

from wirelens.engine.calls.events import (
    CallFinished,
    Event,
    HalfClosed,
    HeadersReceived,
    MessageReceived,
    MessageSent,
    ReadingPaused,
    ReadingResumed,
    Status,
)
from wirelens.engine.calls.status_details import StatusDetail, status_details
from wirelens.engine.connection.metadata import Metadata, redacted, value_as_text
from wirelens.engine.errors import DecodeError, WirelensError, printable
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method


class MessagesAsJson:
    """Writes each answer as ProtoJSON; `indent` None puts one on a line. Counts what could not be decoded."""

    def __init__(
        self, schema: Schema, method: Method, output: TextIO, *, indent: int | None, emit_defaults: bool
    ) -> None:
        self._schema = schema
        self._response = schema.message_class(method.response)
        self._output = output
        self._indent = indent
        self._emit_defaults = emit_defaults
        self.undecodable = 0

    def write(self, event: Event) -> None:
        if not isinstance(event, MessageReceived):
            return
        try:
            message = self._response.FromString(event.payload)
        except Exception as error:  # upb raises its own DecodeError, and whatever else hostile bytes bring about
            self.undecodable += 1
            fault = DecodeError(
                f"{len(event.payload)} bytes are no {self._response.DESCRIPTOR.full_name}: {error}",
                next_step="--events prints them as base64",
            )
            self._output.flush()
            print(f"wirelens: {fault.one_line()}", file=sys.stderr)
            return
        text = message_to_json(message, self._schema, emit_defaults=self._emit_defaults, indent=self._indent)
        self._output.write(text + "\n")


class EventsAsLines:
    """Writes every event as one JSON line; a key that does not apply is left out."""

    undecodable = 0  # `raw` says it in the line

    def __init__(
        self, schema: Schema, method: Method, output: TextIO, *, emit_defaults: bool, show_secrets: bool
    ) -> None:
        self._schema = schema
        self._request = schema.message_class(method.request)
        self._response = schema.message_class(method.response)
        self._output = output
        self._emit_defaults = emit_defaults
        self._show_secrets = show_secrets

    def write(self, event: Event) -> None:
        self._output.write(json.dumps(self._line(event), ensure_ascii=False) + "\n")

    def write_unkept(self, name: str, at: float, size: int) -> None:
        """A message (`sent` or `message`) of which only time and size were kept: neither json nor raw applies."""
        self._output.write(json.dumps({"event": name, "t_ms": _milliseconds(at), "bytes": size}) + "\n")

    def _line(self, event: Event) -> dict[str, object]:
        match event:
            case HeadersReceived(at=at, metadata=metadata):
                return {"event": "headers", "t_ms": _milliseconds(at), "metadata": self._metadata(metadata)}
            case MessageSent(at=at, payload=payload):
                return {"event": "sent", "t_ms": _milliseconds(at), **self._message(payload, self._request)}
            case MessageReceived(at=at, payload=payload):
                return {"event": "message", "t_ms": _milliseconds(at), **self._message(payload, self._response)}
            case HalfClosed(at=at):
                return {"event": "half_close", "t_ms": _milliseconds(at)}
            case ReadingPaused(at=at):
                return {"event": "paused", "t_ms": _milliseconds(at)}
            case ReadingResumed(at=at, paused_for=seconds):
                return {"event": "resumed", "t_ms": _milliseconds(at), "paused_ms": _milliseconds(seconds)}
            case CallFinished(at=at, status=status):
                return status_line(status, at, self._schema, show_secrets=self._show_secrets)

    def _message(self, payload: bytes, message_class: Callable[[], Any]) -> dict[str, object]:
        size = {"bytes": len(payload)}
        try:
            message = message_class()
            message.ParseFromString(payload)
            text = message_to_json(message, self._schema, emit_defaults=self._emit_defaults, indent=None)
        except Exception:  # as above: whatever the bytes are, the line says them
            return {**size, "raw": base64.b64encode(payload).decode()}
        return {**size, "json": json.loads(text)}

    def _metadata(self, metadata: Metadata) -> list[list[str]]:
        return metadata_pairs(metadata, show_secrets=self._show_secrets)


def status_line(status: Status, at: float, schema: Schema | None, *, show_secrets: bool) -> dict[str, object]:
    """The one last line of `--events`, also when the call never began."""
    return {
        "event": "status",
        "t_ms": _milliseconds(at),
        "code": status.code,
        "code_name": status.code_name,
        "message": status.message,
        "details": [detail_as_json(detail, schema) for detail in status_details(status, schema)],
        "metadata": metadata_pairs(status.trailers, show_secrets=show_secrets),
    }


def metadata_pairs(metadata: Metadata, *, show_secrets: bool) -> list[list[str]]:
    """Pairs in order, binary values in base64, credentials redacted unless asked for."""
    shown = metadata if show_secrets else redacted(metadata)
    return [[name, value_as_text(value)] for name, value in shown]


def detail_as_json(detail: StatusDetail, schema: Schema | None) -> dict[str, object]:
    """One google.rpc.Status detail as an Any's ProtoJSON; base64 where its type is not known, or it is no detail."""
    if detail.message is not None and schema is not None:
        try:
            fields = json.loads(message_to_json(detail.message, schema, indent=None))
        except WirelensError:
            fields = None
        if fields is not None:
            return {"@type": detail.type_url, **(fields if isinstance(fields, dict) else {"value": fields})}
    kind = {"@type": detail.type_url} if detail.type_url else {}
    return {**kind, "value": base64.b64encode(detail.payload).decode()}


def tell_status(status: Status, schema: Schema | None, stream: TextIO) -> None:
    """A status other than OK for people: code and message on one line, then its details."""
    message = f": {printable(status.message)}" if status.message else ""
    print(f"wirelens: {status.code_name} ({status.code}){message}", file=stream)
    for detail in status_details(status, schema):
        fields = {name: value for name, value in detail_as_json(detail, schema).items() if name != "@type"}
        print(f"  {printable(detail.type_name)}: {printable(json.dumps(fields, ensure_ascii=False))}", file=stream)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
