"""What a status means to a person: what to do next, and its google.rpc details in words."""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.status_details import StatusDetail, status_details
from wirelens.engine.calls.violations import VIOLATIONS, told_by
from wirelens.engine.messages.message_plan import descriptor_of
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_rows import root_node

_OUR_LIMIT = "--max-message-size"  # the engine names it where our own limit was met, not the server's
_UNAVAILABLE = 14
_UNKNOWN = "A detail of a type that the schema lacks"
_STACK_SHOWN = 3  # lines of a stack that are not folded
_BROKEN_OFF = ("Socket closed", "Stream removed", "onnection reset")  # grpcio's words

_NEXT_STEPS = {
    4: "Give it more time: the deadline stands beside Send.",
    7: "Check that the credentials in Metadata are allowed to call this method.",
    12: "The server does not have this method (any more), or not the compression: reload the schema with Ctrl+R.",
    16: "Add credentials in Metadata, such as `authorization: Bearer …`.",
}


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One thing a detail says; `label` may be empty. `url` is where a link leads; a long text may be folded."""

    label: str
    text: str
    url: str = ""
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class DetailWords:
    """A detail: its type, what it is about in words, and what it says.

    `payload` are its bytes where nobody knows what is in them.
    """

    type_name: str
    title: str
    lines: tuple[DetailLine, ...]
    payload: bytes | None = None


def status_next_step(status: Status) -> str:
    """A sentence with what to try next; empty where the status' own words are all there is to say."""
    never_made = "failed to connect" in status.message  # the engine has said what to do, behind grpcio's words
    if status.code == _UNAVAILABLE and not never_made and any(words in status.message for words in _BROKEN_OFF):
        return "The connection broke off in the middle of the call: check that the server still runs."
    if _OUR_LIMIT in status.message:
        return "Raise “Largest message” in the connection's settings (the lock beside the address)."
    return _NEXT_STEPS.get(status.code, "")


def status_as_json(status: Status, schema: Schema) -> str:
    """A status with its details as ProtoJSON writes a google.rpc.Status."""
    details = [_detail_json(detail, schema) for detail in status_details(status, schema)]
    return json.dumps(
        {"code": status.code, "message": status.message, "details": details}, indent=2, ensure_ascii=False
    )


def _detail_json(detail: StatusDetail, schema: Schema) -> Any:
    if detail.message is None:
        return {"@type": detail.type_url, "value": base64.b64encode(detail.payload).decode()}
    return {"@type": detail.type_url, **json.loads(message_to_json(detail.message, schema))}


def status_detail_words(status: Status, schema: Schema | None) -> tuple[DetailWords, ...]:
    """Every detail of a status in words; bytes that nobody knows are shown as bytes."""
    return tuple(_words(detail) for detail in status_details(status, schema))


def _words(detail: StatusDetail) -> DetailWords:
    message: Any = detail.message
    if message is None:
        where = detail.type_url or detail.type_name
        raw = (DetailLine("type", where),)
        title = "A detail whose bytes are no such message" if detail.is_known else _UNKNOWN
        return DetailWords(detail.type_name or "unknown", title, raw, detail.payload)
    if detail.type_name in _KNOWN:
        title, make_lines = _KNOWN[detail.type_name]
        if lines := tuple(make_lines(message)):
            return DetailWords(detail.type_name, title, lines)
    return DetailWords(detail.type_name, detail.type_name.rpartition(".")[2], tuple(_fields(message)))


def _fields(message: Message) -> Iterable[DetailLine]:
    """Any other message: a line for each field that is set."""
    for node in root_node(type(message).SerializePartialToString(message), descriptor_of(message), None).children:
        yield DetailLine(node.name, node.value)


def _bad_request(message: Any) -> Iterable[DetailLine]:
    for violation in message.field_violations:
        reason = _of(violation, "reason")
        yield DetailLine(violation.field, f"{violation.description} ({reason})" if reason else violation.description)
        localized = _of(violation, "localized_message")
        if localized and localized.message:
            yield DetailLine(localized.locale, localized.message)


def _precondition_failure(message: Any) -> Iterable[DetailLine]:
    for violation in message.violations:
        yield DetailLine(" ".join(filter(None, (violation.type, violation.subject))), violation.description)


def _quota_failure(message: Any) -> Iterable[DetailLine]:
    for violation in message.violations:
        yield DetailLine(violation.subject, violation.description)
        dimensions = _of(violation, "quota_dimensions") or {}
        yield from _set_lines(
            ("service", _of(violation, "api_service")),
            ("metric", _of(violation, "quota_metric")),
            ("quota", _of(violation, "quota_id")),
            *((key, dimensions[key]) for key in sorted(dimensions)),
            ("limit", str(_of(violation, "quota_value") or "")),
            ("limit to come", str(_of(violation, "future_quota_value") or "")),
        )


def _error_info(message: Any) -> Iterable[DetailLine]:
    yield from _set_lines(("reason", message.reason), ("domain", message.domain))
    for key in sorted(message.metadata):
        yield DetailLine(key, message.metadata[key])


def _resource_info(message: Any) -> Iterable[DetailLine]:
    return _set_lines(
        ("type", message.resource_type),
        ("name", message.resource_name),
        ("owner", message.owner),
        ("", message.description),
    )


def _retry_info(message: Any) -> Iterable[DetailLine]:
    seconds = message.retry_delay.seconds + message.retry_delay.nanos / 1e9
    yield DetailLine("retry after", f"{seconds:g} s")


def _help(message: Any) -> Iterable[DetailLine]:
    for link in message.links:
        yield DetailLine(link.description, link.url, url=link.url if _is_openable(link.url) else "")


def _localized_message(message: Any) -> Iterable[DetailLine]:
    yield DetailLine(message.locale, message.message)


def _debug_info(message: Any) -> Iterable[DetailLine]:
    if message.detail:
        yield DetailLine("detail", message.detail)
    if message.stack_entries:
        yield DetailLine("stack", "\n".join(message.stack_entries), is_long=len(message.stack_entries) > _STACK_SHOWN)


def _request_info(message: Any) -> Iterable[DetailLine]:
    return _set_lines(("request", message.request_id), ("data", message.serving_data))


def _violations(message: Any) -> Iterable[DetailLine]:
    for broken in told_by(message):
        about = f"{broken.field_path} (key)" if broken.for_key else broken.field_path
        yield DetailLine(about, f"{broken.sentence} ({broken.rule_id})" if broken.rule_id else broken.sentence)


def _of(message: Any, name: str) -> Any:
    """A field that older copies of the .proto lack, and a server's schema may bring one of these."""
    return getattr(message, name) if name in message.DESCRIPTOR.fields_by_name else ""


def _is_openable(url: str) -> bool:
    """Pages of the web alone: what else a server names is not for a click."""
    return url.lower().startswith(("https://", "http://"))


def _set_lines(*pairs: tuple[str, str]) -> tuple[DetailLine, ...]:
    return tuple(DetailLine(label, text) for label, text in pairs if text)


# https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
_KNOWN: dict[str, tuple[str, Callable[[Any], Iterable[DetailLine]]]] = {
    "google.rpc.BadRequest": ("What is wrong with the request", _bad_request),
    "google.rpc.PreconditionFailure": ("What stands in the way", _precondition_failure),
    "google.rpc.QuotaFailure": ("Quota", _quota_failure),
    "google.rpc.ErrorInfo": ("Reason", _error_info),
    "google.rpc.ResourceInfo": ("Resource", _resource_info),
    "google.rpc.RetryInfo": ("Retry", _retry_info),
    "google.rpc.Help": ("Help", _help),
    "google.rpc.LocalizedMessage": ("Message", _localized_message),
    "google.rpc.DebugInfo": ("Debugging", _debug_info),
    "google.rpc.RequestInfo": ("Request", _request_info),
    VIOLATIONS: ("Rules that the request breaks", _violations),
}
