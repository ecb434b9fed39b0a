"""Reflection and health of the demos: both versions, comments included, as a foreign client asks."""

from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha import reflection_pb2

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.reflection import load_by_reflection

VERSIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"]


async def ask(client: Any, version: str, *requests: Any) -> list[Any]:
    """One stream, all answers."""
    call = client.channel.stream_stream(
        f"/{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )(iter(requests))
    return [answer async for answer in call]


def files_in(answer: Any) -> list[FileDescriptorProto]:
    return [FileDescriptorProto.FromString(data) for data in answer.file_descriptor_response.file_descriptor_proto]


@pytest.mark.parametrize("version", VERSIONS)
async def test_services_are_listed_and_described_with_their_comments(serve: Any, version: str) -> None:
    client = await serve("users")
    request = reflection_pb2.ServerReflectionRequest
    listed, described = await ask(
        client,
        version,
        request(list_services=""),
        request(file_containing_symbol="wirelens.demo.users.v1.UserService.GetUser"),
    )
    names = [service.name for service in listed.list_services_response.service]
    assert names == [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "wirelens.demo.users.v1.UserService",
    ]
    files = {file.name: file for file in files_in(described)}
    assert "google/protobuf/timestamp.proto" in files
    comments = [
        place.leading_comments for place in files["wirelens/demo/users/v1/users.proto"].source_code_info.location
    ]
    assert any("People in memory" in comment for comment in comments)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_listed_service_can_be_described(serve: Any, version: str) -> None:
    client = await serve("fields")
    (listed,) = await ask(client, version, reflection_pb2.ServerReflectionRequest(list_services="*"))
    for service in listed.list_services_response.service:
        (answer,) = await ask(
            client, version, reflection_pb2.ServerReflectionRequest(file_containing_symbol=service.name)
        )
        assert files_in(answer), service.name


async def test_a_file_goes_over_a_stream_once_unless_asked_for_by_name(serve: Any) -> None:
    client = await serve("users")
    request = reflection_pb2.ServerReflectionRequest
    answers = await ask(
        client,
        VERSIONS[0],
        request(file_by_filename="wirelens/demo/users/v1/users.proto"),
        request(file_by_filename="wirelens/demo/users/v1/users.proto"),
        request(file_by_filename="google/protobuf/timestamp.proto"),
    )
    assert [len(files_in(answer)) for answer in answers] == [7, 1, 1]


async def test_extensions_are_found_by_number(serve: Any) -> None:
    client = await serve("fields")
    request = reflection_pb2.ServerReflectionRequest
    message = "wirelens.demo.fields.v1.Proto2Everything"
    numbers, found, missing = await ask(
        client,
        VERSIONS[0],
        request(all_extension_numbers_of_type=message),
        request(file_containing_extension={"containing_type": message, "extension_number": 102}),
        request(file_containing_extension={"containing_type": message, "extension_number": 103}),
    )
    assert list(numbers.all_extension_numbers_response.extension_number) == [100, 101, 102]
    assert files_in(found)[0].name == "wirelens/demo/fields/v1/fields_proto2.proto"
    assert missing.error_response.error_code == 5


async def test_what_is_not_there_is_an_answer_and_the_stream_goes_on(serve: Any) -> None:
    client = await serve("users")
    request = reflection_pb2.ServerReflectionRequest
    answers = await ask(
        client,
        VERSIONS[1],
        request(file_by_filename="nowhere.proto"),
        request(file_containing_symbol="no.Where"),
        request(all_extension_numbers_of_type="no.Where"),
        request(),
        request(file_containing_symbol="wirelens.demo.users.v1.ROLE_ADMIN"),
    )
    assert [answer.error_response.error_code for answer in answers] == [5, 5, 5, 3, 0]
    assert answers[0].original_request.file_by_filename == "nowhere.proto"


async def test_our_own_client_reads_the_whole_schema_with_comments(serve: Any) -> None:
    client = await serve("fields")
    connection = Connection(parse_target(client.address))
    try:
        schema = await load_by_reflection(connection)
    finally:
        await connection.close()
    assert schema.has_comments
    assert "every kind of field" in schema.comment("wirelens.demo.fields.v1.FieldService.Echo")
    assert [service.error for service in schema.services] == [None] * len(schema.services)


async def test_health_says_serving(serve: Any) -> None:
    client = await serve("users")
    health = client.schema.message_class("grpc.health.v1.HealthCheckResponse")
    request = client.schema.message_class("grpc.health.v1.HealthCheckRequest")
    check = client.channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=health.FromString,
    )
    assert (await check(request())).status == 1
    assert (await check(request(service="wirelens.demo.users.v1.UserService"))).status == 1
    watch = client.channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=health.FromString,
    )(request(service="no.Where"))
    assert (await watch.read()).status == 3
    watch.cancel()
