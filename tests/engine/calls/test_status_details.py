"""google.rpc details of a status, known ones, unknown ones and hostile bytes."""

import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.calls.serving import finished
from tests.engine.schema.samples import compiled, schema_of

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.status_details import status_details
from wirelens.engine.calls.violations import violations_descriptor
from wirelens.engine.connection.channels import Connection
from wirelens.engine.schema.bundled_files import bundled_file
from wirelens.engine.schema.schema import Schema

TRAILER = "grpc-status-details-bin"


@pytest.fixture(scope="module")
def schema() -> Schema:
    texts = {"shop.proto": 'syntax = "proto3"; package shop; message OutOfStock { string item = 1; int64 left = 2; }'}
    return schema_of(compiled(texts))


def packed(*details: any_pb2.Any) -> Status:
    content = status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message="no", details=details)
    return Status(3, "no", (("other", "x"), (TRAILER, content.SerializeToString())))


def as_any(message: object) -> any_pb2.Any:
    content = any_pb2.Any()
    content.Pack(message)  # type: ignore[arg-type]
    return content


@pytest.mark.parametrize("with_schema", [True, False])
def test_google_rpc_types_are_always_known(schema: Schema, with_schema: bool) -> None:
    violation = error_details_pb2.BadRequest.FieldViolation(field="email", description="is empty")
    details = [
        error_details_pb2.BadRequest(field_violations=[violation]),
        error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=3)),
        error_details_pb2.ErrorInfo(reason="STOCKOUT", domain="shop", metadata={"zone": "us"}),
        error_details_pb2.ResourceInfo(resource_name="users/7"),
        error_details_pb2.LocalizedMessage(locale="de", message="Nein"),
    ]
    found = status_details(packed(*map(as_any, details)), schema if with_schema else None)
    assert [detail.type_name for detail in found] == [message.DESCRIPTOR.full_name for message in details]
    assert [detail.message.SerializeToString() for detail in found if detail.message is not None] == [
        message.SerializeToString() for message in details
    ]


def test_our_type_of_violations_is_that_of_the_rules() -> None:
    pool = schema_of({"buf/validate/validate.proto": bundled_file("buf/validate/validate.proto") or b""})
    theirs, ours = pool.descriptor("buf.validate.Violations"), violations_descriptor()
    for name in ("Violations", "Violation", "FieldPath", "FieldPathElement"):
        their_fields = theirs.file.message_types_by_name[name].fields
        our_fields = ours.file.message_types_by_name[name].fields
        assert {(f.name, f.number, f.type, f.is_repeated) for f in our_fields} == {
            (f.name, f.number, f.type, f.is_repeated) for f in their_fields
        }


def test_types_of_the_schema_are_known(schema: Schema) -> None:
    out_of_stock = schema.message_class("shop.OutOfStock")(item="tea", left=-1)
    content = any_pb2.Any(type_url="example.com/shop.OutOfStock", value=out_of_stock.SerializeToString())
    (detail,) = status_details(packed(content), schema)
    assert detail.type_url == "example.com/shop.OutOfStock"
    assert detail.message == out_of_stock
    (detail,) = status_details(packed(content), None)
    assert detail.message is None
    assert detail.payload == out_of_stock.SerializeToString()


@pytest.mark.parametrize("url", ["", "/", "no-slash", "type.googleapis.com/", "type.googleapis.com/a..b", "x/\u00e4"])
def test_type_urls_that_name_nothing(schema: Schema, url: str) -> None:
    (detail,) = status_details(packed(any_pb2.Any(type_url=url, value=b"abc")), schema)
    assert (detail.type_url, detail.payload, detail.message) == (url, b"abc", None)


def test_a_detail_that_is_broken_does_not_hide_the_others(schema: Schema) -> None:
    broken = any_pb2.Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=b"\xff\xff\xff")
    found = status_details(packed(broken, as_any(error_details_pb2.ErrorInfo(reason="X"))), schema)
    assert [detail.message is None for detail in found] == [True, False]


def test_bytes_that_are_no_status_are_shown_as_they_are(schema: Schema) -> None:
    """They broke another tool's window (postman#13666)."""
    (detail,) = status_details(Status(13, "", ((TRAILER, b"\xff\xfe raw"),)), schema)
    assert (detail.type_url, detail.type_name, detail.payload, detail.message) == ("", TRAILER, b"\xff\xfe raw", None)


def test_no_details() -> None:
    assert status_details(Status(0), None) == ()
    assert status_details(Status(5, "x", (("a", "b"),)), None) == ()
    assert status_details(packed(), None) == ()


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(content: bytes) -> None:
    for detail in status_details(Status(13, "", ((TRAILER, content),)), None):
        assert isinstance(detail.payload, bytes)


@given(st.binary(max_size=100))
def test_hostile_detail_bytes_never_raise(content: bytes) -> None:
    for name in ("BadRequest", "DebugInfo", "Help", "QuotaFailure"):
        detail = any_pb2.Any(type_url=f"type.googleapis.com/google.rpc.{name}", value=content)
        assert status_details(packed(detail), None)[0].payload == content


async def test_details_come_over_a_real_call(connection: Connection) -> None:
    end, _ = await finished(connection, "Detailed", b"")
    (detail,) = status_details(end.status, None)
    assert detail.message == error_details_pb2.ErrorInfo(reason="REAL")
