"""The engine against servers of gRPC C++ (v1alpha; lists a service it cannot describe), Go (v1alpha) and Node.js."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.interoperability.servers import MissingToolsError, running

from wirelens.engine.calls.call import Call, CallRequest
from wirelens.engine.calls.events import CallFinished, HeadersReceived, MessageReceived
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.connection.target import parse_target
from wirelens.engine.messages.protojson import message_from_json, message_to_json
from wirelens.engine.schema.reflection import load_by_reflection
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern

SERVICE = "wirelens.interop.v1.Interop"
pytestmark = pytest.mark.timeout(300)  # the first run compiles a server


@pytest.fixture(scope="module", params=["cpp", "go", "node"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    try:
        with running(request.param) as address:
            yield request.param, address
    except MissingToolsError as missing:
        pytest.skip(f"no {request.param} server here: {missing}")


@pytest.fixture
async def connection(server: tuple[str, str]) -> AsyncIterator[Connection]:
    connection = Connection(parse_target(server[1]))
    yield connection
    await connection.close()


@pytest.fixture
async def schema(connection: Connection) -> Schema:
    return await load_by_reflection(connection)


async def called(
    connection: Connection, schema: Schema, method: str, requests: list[object], metadata: Metadata = ()
) -> tuple[list[object], CallFinished, Metadata]:
    """The answers as ProtoJSON, how the call ended, and its headers."""
    found = schema.method(f"{SERVICE}/{method}")
    call = Call(connection, CallRequest(found, metadata=metadata, deadline=20))
    answers: list[object] = []
    headers: Metadata = ()
    finished: CallFinished | None = None

    async def send() -> None:
        for request in requests:
            message = message_from_json(json.dumps(request), schema.descriptor(found.request), schema)
            await call.send(message.SerializeToString())
        if found.pattern.client_streams:
            call.half_close()

    async with asyncio.TaskGroup() as group:
        group.create_task(send())
        async for event in call.events():
            if isinstance(event, MessageReceived):
                message = schema.message_class(found.response).FromString(event.payload)
                answers.append(json.loads(message_to_json(message, schema)))
            elif isinstance(event, HeadersReceived):
                headers = event.metadata
            elif isinstance(event, CallFinished):
                finished = event
    assert finished is not None
    return answers, finished, headers


async def test_all_services_are_listed_also_beside_one_that_cannot_be_described(
    server: tuple[str, str], schema: Schema
) -> None:
    service = schema.service(SERVICE)
    assert service.error is None
    assert {method.name: method.pattern for method in service.methods} == {
        "Echo": Pattern.UNARY,
        "Download": Pattern.SERVER_STREAMING,
        "Upload": Pattern.CLIENT_STREAMING,
        "Talk": Pattern.BIDI_STREAMING,
    }
    assert schema.origin.kind == ("reflection v1" if server[0] == "node" else "reflection v1alpha")
    if server[0] == "cpp":
        health = schema.service("grpc.health.v1.Health")
        assert health.error


async def test_a_recursive_message_with_the_largest_integers_comes_back(connection: Connection, schema: Schema) -> None:
    item = {
        "name": "leaf",
        "id": "9223372036854775807",
        "big": "18446744073709551615",
        "parent": {"name": "trunk", "id": "-9223372036854775808", "parent": {"color": "COLOR_RED"}},
        "at": "2026-11-24T01:02:03.000000004Z",
        "counts": {"": "-1", "a": "5"},
        "data": "/wA=",
    }
    answers, finished, _headers = await called(connection, schema, "Echo", [item])
    assert finished.status.ok
    assert answers == [item]


async def test_metadata_goes_and_comes_in_order(connection: Connection, schema: Schema) -> None:
    metadata: Metadata = (("x-echo", "one"), ("x-echo", "two"))
    _answers, finished, headers = await called(connection, schema, "Echo", [{}], metadata)
    for received in (headers, finished.status.trailers):
        # Node.js joins values of one name by a comma, as the specification allows.
        values = ", ".join(str(value) for name, value in received if name == "x-echo")
        assert values == "one, two"


async def test_a_status_is_an_answer(connection: Connection, schema: Schema) -> None:
    answers, finished, _headers = await called(connection, schema, "Echo", [{"name": "missing"}])
    assert answers == []
    assert (finished.status.code_name, finished.status.message) == ("NOT_FOUND", "no such item")


async def test_a_server_stream_arrives_whole_and_in_order(connection: Connection, schema: Schema) -> None:
    answers, finished, _headers = await called(connection, schema, "Download", [{"count": 3000}])
    assert finished.status.ok
    assert [int(answer["id"]) for answer in answers] == list(range(1, 3001))  # type: ignore[index]


async def test_a_client_stream_is_counted(connection: Connection, schema: Schema) -> None:
    requests: list[object] = [{"id": 2**53 + 1}, {"id": 2}, {"id": -1}]
    answers, finished, _headers = await called(connection, schema, "Upload", requests)
    assert finished.status.ok
    assert answers == [{"count": 3, "sum": str(2**53 + 2)}]


async def test_a_conversation_is_answered_message_by_message(connection: Connection, schema: Schema) -> None:
    found = schema.method(f"{SERVICE}.Talk")
    call = Call(connection, CallRequest(found, deadline=20))
    Item = schema.message_class(found.request)  # noqa: N806
    names = []
    await call.send(Item(name="1").SerializeToString())
    async for event in call.events():
        if isinstance(event, MessageReceived):
            names.append(Item.FromString(event.payload).name)
            if len(names) < 5:
                await call.send(Item(name=str(len(names) + 1)).SerializeToString())
            else:
                call.half_close()
        elif isinstance(event, CallFinished):
            assert event.status.ok
    assert names == ["1", "2", "3", "4", "5"]
