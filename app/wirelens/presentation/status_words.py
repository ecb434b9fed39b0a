"""What a status means to a person: what to do next, and its google.rpc details in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.status_details import StatusDetail, status_details
from wirelens.engine.calls.violations import VIOLATIONS, told_by
from wirelens.engine.messages.message_plan import descriptor_of
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_rows import root_node

_OUR_LIMIT = "--max-message-size"  # the engine names it where our own limit was met, not the server's
_UNAVAILABLE = 14
_BROKEN_OFF = ("Socket closed", "Stream removed", "onnection reset")  # grpcio's words

_NEXT_STEPS = {
    4: "Give it more time: the deadline stands beside Send.",
    7: "Check that the credentials in Metadata are allowed to call this method.",
    12: "The server does not have this method (any more), or not the compression: reload the schema with Ctrl+R.",
    16: "Add credentials in Metadata, such as `authorization: Bearer …`.",
}


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One thing a detail says; `label` may be empty."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DetailWords:
    """A detail: its type, what it is about in words, and what it says."""

    type_name: str
    title: str
    lines: tuple[DetailLine, ...]


def status_next_step(status: Status) -> str:
    """A sentence with what to try next; empty where the status' own words are all there is to say."""
    never_made = "failed to connect" in status.message  # the engine has said what to do, behind grpcio's words
    if status.code == _UNAVAILABLE and not never_made and any(words in status.message for words in _BROKEN_OFF):
        return "The connection broke off in the middle of the call: check that the server still runs."
    if _OUR_LIMIT in status.message:
        return "Raise “Largest message” in the connection's settings (the lock beside the address)."
    return _NEXT_STEPS.get(status.code, "")


def status_detail_words(status: Status, schema: Schema | None) -> tuple[DetailWords, ...]:
    """Every detail of a status in words; bytes that nobody knows are shown as bytes."""
    return tuple(_words(detail) for detail in status_details(status, schema))


def _words(detail: StatusDetail) -> DetailWords:
    message: Any = detail.message
    if message is None:
        where = detail.type_url or detail.type_name
        raw = (DetailLine("type", where), DetailLine("bytes", detail.payload[:256].hex(" ") or "none"))
        return DetailWords(detail.type_name or "unknown", "A detail of a type that the schema lacks", raw)
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
        yield DetailLine(violation.field, violation.description)


def _precondition_failure(message: Any) -> Iterable[DetailLine]:
    for violation in message.violations:
        yield DetailLine(" ".join(filter(None, (violation.type, violation.subject))), violation.description)


def _quota_failure(message: Any) -> Iterable[DetailLine]:
    for violation in message.violations:
        yield DetailLine(violation.subject, violation.description)


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
        yield DetailLine(link.description, link.url)


def _localized_message(message: Any) -> Iterable[DetailLine]:
    yield DetailLine(message.locale, message.message)


def _debug_info(message: Any) -> Iterable[DetailLine]:
    return _set_lines(("detail", message.detail), ("stack", "\n".join(message.stack_entries)))


def _request_info(message: Any) -> Iterable[DetailLine]:
    return _set_lines(("request", message.request_id), ("data", message.serving_data))


def _violations(message: Any) -> Iterable[DetailLine]:
    for broken in told_by(message):
        about = f"{broken.field_path} (key)" if broken.for_key else broken.field_path
        yield DetailLine(about, f"{broken.sentence} ({broken.rule_id})" if broken.rule_id else broken.sentence)


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
