"""What a status and its details say to a person."""

import json

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2
from protobuf import Oneof
from protovalidate import FieldPathElementPb, FieldPathPb, ViolationPb, ViolationsPb
from tests.presentation.answers import answers_schema, make, rich_status

from wirelens.engine.calls import ending
from wirelens.engine.calls.events import Status
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.status_words import status_as_json, status_detail_words, status_next_step

__all__ = ["answers_schema"]


def lines(*messages: Message, schema: Schema | None = None) -> list[tuple[str, str]]:
    found = status_detail_words(rich_status(3, "no", *messages), schema)
    return [(line.label, line.text) for words in found for line in words.lines]


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (details.BadRequest(field_violations=[{"field": "a.b", "description": "no"}]), [("a.b", "no")]),
        (
            details.ErrorInfo(reason="R", domain="d", metadata={"z": "1", "k": "2"}),
            [("reason", "R"), ("domain", "d"), ("k", "2"), ("z", "1")],
        ),
        (details.RetryInfo(retry_delay={"seconds": 1, "nanos": 500_000_000}), [("retry after", "1.5 s")]),
        (details.ResourceInfo(resource_type="user", resource_name="7"), [("type", "user"), ("name", "7")]),
        (details.QuotaFailure(violations=[{"subject": "me", "description": "too much"}]), [("me", "too much")]),
        (
            details.PreconditionFailure(violations=[{"type": "T", "subject": "s", "description": "d"}]),
            [("T s", "d")],
        ),
        (details.Help(links=[{"description": "docs", "url": "https://x"}]), [("docs", "https://x")]),
        (details.LocalizedMessage(locale="de", message="Nein"), [("de", "Nein")]),
        (details.DebugInfo(stack_entries=["a", "b"], detail="d"), [("detail", "d"), ("stack", "a\nb")]),
        (details.RequestInfo(request_id="r"), [("request", "r")]),
    ],
    ids=lambda value: value.DESCRIPTOR.name if isinstance(value, Message) else "",
)
def test_googles_details_are_said_in_words(detail: Message, said: list[tuple[str, str]]) -> None:
    assert lines(detail) == said


def test_broken_rules_are_said_with_their_places_without_any_schema() -> None:
    """As protovalidate's interceptors answer: the library's own bytes."""
    path = FieldPathPb(
        elements=[
            FieldPathElementPb(field_name="stock", subscript=Oneof("string_key", "tea")),
            FieldPathElementPb(field_name="sizes", subscript=Oneof("index", 2)),
        ]
    )
    told = ViolationsPb(
        violations=[
            ViolationPb(field=path, rule_id="int32.gt", message="must be greater than 0"),
            ViolationPb(rule_id="order.total", message="the total is wrong"),
        ]
    )
    packed = AnyMessage(type_url="type.googleapis.com/buf.validate.Violations", value=told.to_binary())
    trailer = status_pb2.Status(details=[packed]).SerializeToString()
    [words] = status_detail_words(Status(3, "no", (("grpc-status-details-bin", trailer),)), None)
    assert words.title == "Rules that the request breaks"
    assert [(line.label, line.text) for line in words.lines] == [
        ('stock["tea"].sizes[2]', "must be greater than 0 (int32.gt)"),
        ("", "the total is wrong (order.total)"),
    ]


def test_a_detail_of_the_schema_is_shown_by_its_fields(answers_schema: Schema) -> None:
    said = lines(make(answers_schema, "Answer", large=2**63 - 1, numbers=[1, 2]), schema=answers_schema)
    assert said == [("large", "9223372036854775807"), ("numbers", "2 elements")]


def test_a_detail_that_nobody_knows_is_shown_as_bytes() -> None:
    packed = status_pb2.Status(details=[AnyMessage(type_url="type.example/no.such.Type", value=b"\x01\x02")])
    status = Status(13, "no", (("grpc-status-details-bin", packed.SerializeToString()),))
    [words] = status_detail_words(status, None)
    assert words.type_name == "no.such.Type"
    assert words.title == "A detail of a type that the schema lacks"
    assert [line.text for line in words.lines] == ["type.example/no.such.Type"]
    assert words.payload == b"\x01\x02"


def test_raw_bytes_in_place_of_a_status_are_no_trouble() -> None:
    status = Status(13, "no", (("grpc-status-details-bin", b"\xff\xff garbage"),))
    [words] = status_detail_words(status, None)
    assert words.payload == b"\xff\xff garbage"


def test_a_detail_that_is_no_such_message_is_told_from_one_of_no_known_type() -> None:
    packed = status_pb2.Status(details=[AnyMessage(type_url="x/google.rpc.RetryInfo", value=b"\xff")])
    [words] = status_detail_words(Status(3, "no", (("grpc-status-details-bin", packed.SerializeToString()),)), None)
    assert words.title == "A detail whose bytes are no such message"
    assert words.payload == b"\xff"


def test_only_pages_of_the_web_are_links() -> None:
    links = [{"description": "a", "url": "https://x"}, {"description": "b", "url": "file:///etc/passwd"}]
    [words] = status_detail_words(rich_status(3, "no", details.Help(links=links)), None)
    assert [line.url for line in words.lines] == ["https://x", ""]


def test_what_newer_details_have_is_said_too() -> None:
    quota = details.QuotaFailure.Violation(
        subject="me", description="too much", quota_metric="calls", quota_dimensions={"region": "eu"}, quota_value=10
    )
    assert lines(details.QuotaFailure(violations=[quota])) == [
        ("me", "too much"),
        ("metric", "calls"),
        ("region", "eu"),
        ("limit", "10"),
    ]
    violation = {
        "field": "a",
        "description": "no",
        "reason": "BAD",
        "localized_message": {"locale": "de", "message": "Nein"},
    }
    assert lines(details.BadRequest(field_violations=[violation])) == [("a", "no (BAD)"), ("de", "Nein")]


def test_a_status_is_written_as_json_with_what_nobody_knows(answers_schema: Schema) -> None:
    known = rich_status(3, "no", details.RetryInfo(retry_delay={"seconds": 1}))
    packed = status_pb2.Status.FromString(dict(known.trailers)["grpc-status-details-bin"])  # type: ignore[arg-type]
    packed.details.append(AnyMessage(type_url="x/no.such.Type", value=b"\x01"))
    status = Status(3, "no", (("grpc-status-details-bin", packed.SerializeToString()),))
    assert json.loads(status_as_json(status, answers_schema)) == {
        "code": 3,
        "message": "no",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"},
            {"@type": "x/no.such.Type", "value": "AQ=="},
        ],
    }


def test_next_steps() -> None:
    ours = ending.Ending(8, "CLIENT: Received message larger than max (5000000 vs. 4194304)")
    assert "Largest message" in status_next_step(ours.status(parse_target("localhost:1")))
    assert status_next_step(Status(8, "grpc: received message larger than max (5 vs. 4)")) == ""
    assert "deadline" in status_next_step(Status(4)).lower()
    assert "still runs" in status_next_step(Status(14, "Stream removed (Socket closed)"))
    assert status_next_step(Status(14, "failed to connect to all addresses; last error: X: Socket closed. If …")) == ""
    assert status_next_step(Status(5, "no user 7")) == ""
    assert status_next_step(Status(0)) == ""
