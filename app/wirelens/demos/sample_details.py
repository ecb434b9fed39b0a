"""Ready-made status details for the faults demo, by the numbers of its SampleDetail."""

from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import error_details_pb2 as details

UNKNOWN = Any(type_url="type.googleapis.com/nowhere.v1.Mystery", value=b"\x0a\x05what?\x10\x2a")

DETAILS: dict[int, Message] = {
    1: details.BadRequest(
        field_violations=[
            details.BadRequest.FieldViolation(field="user.email", description="must look like name@example.org"),
            details.BadRequest.FieldViolation(field="user.tags[2]", description="must be a lower-case word"),
        ]
    ),
    2: details.ErrorInfo(
        reason="MADE_UP", domain="faults.demo.wirelens", metadata={"because": "you asked for it", "zone": "local"}
    ),
    3: details.RetryInfo(retry_delay={"seconds": 1, "nanos": 500_000_000}),
    4: details.ResourceInfo(
        resource_type="shelf", resource_name="shelves/12", owner="librarian", description="there is no such shelf"
    ),
    5: details.QuotaFailure(
        violations=[details.QuotaFailure.Violation(subject="clients/you", description="more than 5 faults a minute")]
    ),
    6: details.PreconditionFailure(
        violations=[
            details.PreconditionFailure.Violation(
                type="TERMS", subject="example.org", description="the terms of service have not been accepted"
            )
        ]
    ),
    7: details.DebugInfo(
        stack_entries=["faults.py:1 in Fail", "server.py:2 in answer", "loop.py:3 in run"], detail="made up"
    ),
    8: details.RequestInfo(request_id="5f2b9c1e", serving_data="c2VydmVkIGxvY2FsbHk="),
    9: details.Help(
        links=[details.Help.Link(description="What the codes mean", url="https://grpc.io/docs/guides/status-codes/")]
    ),
    10: details.LocalizedMessage(locale="de-DE", message="Das ging mit Absicht schief: ä ö ü ß."),
    12: UNKNOWN,
    13: Any(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=b"\x0a\xff\xff\xff"),
}
