"""The rich details of a status: `grpc-status-details-bin`, a google.rpc.Status with one Any for each detail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf import any_pb2, message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from wirelens.engine.calls.events import Status
from wirelens.engine.calls.violations import VIOLATIONS, violations_descriptor

if TYPE_CHECKING:
    from wirelens.engine.schema.schema import Schema

_TRAILER = "grpc-status-details-bin"
_WELL_KNOWN = {f"google.rpc.{name}": one for name, one in error_details_pb2.DESCRIPTOR.message_types_by_name.items()}


@dataclass(frozen=True, slots=True)
class StatusDetail:
    """One detail. `message` is None where the type is unknown or the bytes are no such message.

    A trailer that holds no google.rpc.Status is one detail without a type URL, with the trailer's name and bytes.
    """

    type_url: str
    type_name: str
    payload: bytes
    message: Message | None
    is_known: bool = False  # whether there is such a type


def status_details(status: Status, schema: "Schema | None") -> tuple[StatusDetail, ...]:
    """Every detail in the status' trailers.

    google.rpc types and buf.validate.Violations are always known, others where the schema has them.
    """
    details: list[StatusDetail] = []
    for name, value in status.trailers:
        if name != _TRAILER:
            continue
        raw = value if isinstance(value, bytes) else value.encode("latin-1", errors="replace")
        try:
            packed = status_pb2.Status.FromString(raw)
        except DecodeError:
            details.append(StatusDetail("", _TRAILER, raw, None))
            continue
        details += [_detail(one, schema) for one in packed.details]
    return tuple(details)


def _detail(packed: any_pb2.Any, schema: "Schema | None") -> StatusDetail:
    descriptor = _descriptor(packed.type_url, schema)
    message: Message | None = None
    if descriptor is not None:
        try:
            message = message_factory.GetMessageClass(descriptor).FromString(packed.value)
        except DecodeError:
            pass
    return StatusDetail(
        packed.type_url, packed.type_url.rpartition("/")[2], packed.value, message, descriptor is not None
    )


def _descriptor(type_url: str, schema: "Schema | None") -> Descriptor | None:
    found = schema.resolve_type_url(type_url) if schema is not None else None
    name = type_url.rpartition("/")[2]
    if found is None and name == VIOLATIONS:
        return violations_descriptor()
    return found or _WELL_KNOWN.get(name)
