"""How the demos say no: a status with google.rpc details in its trailers.

https://cloud.google.com/apis/design/errors and https://grpc.io/docs/guides/error/#richer-error-model
"""

from collections.abc import Sequence
from typing import NoReturn

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from wirelens.demos.service import ServicerContext

Mistake = tuple[str, str]  # path of a field, what is wrong with it


def status_details(code: grpc.StatusCode, message: str, details: tuple[Message, ...]) -> bytes:
    """The value of `grpc-status-details-bin`: a serialized google.rpc.Status."""
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        # Neither Pack nor CopyFrom: a detail may come from the schema's own pool, whose Any is another class.
        if detail.DESCRIPTOR.full_name == "google.protobuf.Any":
            status.details.add().ParseFromString(detail.SerializeToString())
        else:
            status.details.add(
                type_url=f"type.googleapis.com/{detail.DESCRIPTOR.full_name}", value=detail.SerializeToString()
            )
    return bytes(status.SerializeToString())


async def fail(context: ServicerContext, code: grpc.StatusCode, message: str, *details: Message) -> NoReturn:
    """Ends the call with a status and google.rpc details beside the trailers that were set before."""
    trailers = tuple(context.trailing_metadata() or ())
    if details:
        trailers += (("grpc-status-details-bin", status_details(code, message, details)),)
    await context.abort(code, message, trailers)
    raise AssertionError("abort does not return")


async def refuse(context: ServicerContext, mistakes: Sequence[Mistake], *details: Message) -> NoReturn:
    """INVALID_ARGUMENT with all mistakes in a BadRequest; the message names the first."""
    field, description = mistakes[0]
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    violations = [
        error_details_pb2.BadRequest.FieldViolation(field=field, description=description)
        for field, description in mistakes
    ]
    await fail(
        context,
        grpc.StatusCode.INVALID_ARGUMENT,
        f"{field} {description}{more}",
        error_details_pb2.BadRequest(field_violations=violations),
        *details,
    )
