"""A call may be the first thing that happens on a connection."""

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.services import Method, Pattern


async def test_a_call_prepares_a_tls_connection_by_itself() -> None:
    connection = Connection(parse_target("grpcs://127.0.0.1:1"))
    call = Call(connection, CallRequest(Method("a.B", "C", Pattern.UNARY, "a.M", "a.M")))
    await call.send(b"")
    assert (await call.run()).status.code_name == "UNAVAILABLE"
    await connection.close()
