"""Reflection servers for tests: honest ones made from files, and ones that answer whatever a test says."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.file_table import read_entry

Answer = ServerReflectionResponse | bytes | None  # None: say nothing
Answering = Callable[[ServerReflectionRequest, grpc.aio.ServicerContext], Awaitable[Answer]]


@dataclass
class Reflecting:
    """A running server, and what it was asked."""

    connection: Connection
    requests: list[ServerReflectionRequest] = field(default_factory=list)
    metadata: list[tuple[str, Any]] = field(default_factory=list)
    streams: int = 0

    def asked(self, kind: str) -> list[str]:
        return [getattr(one, kind) for one in self.requests if one.WhichOneof("message_request") == kind]


@asynccontextmanager
async def reflecting(answer: Answering, versions: Iterable[str] = ("v1", "v1alpha")) -> AsyncIterator[Reflecting]:
    """A server whose reflection gives one answer for each request."""

    async def info(requests: AsyncIterator[bytes], context: grpc.aio.ServicerContext) -> AsyncIterator[bytes]:
        running.streams += 1
        running.metadata.extend(context.invocation_metadata() or ())
        async for data in requests:
            request = ServerReflectionRequest.FromString(data)
            running.requests.append(request)
            response = await answer(request, context)
            if isinstance(response, ServerReflectionResponse):
                response = response.SerializeToString()
            if response is not None:
                yield response

    async with serving(info, versions) as connection:
        running = Reflecting(connection)
        yield running


@asynccontextmanager
async def serving(stream: Any, versions: Iterable[str] = ("v1",)) -> AsyncIterator[Connection]:
    """A server that handles reflection's stream of bytes as `stream` does."""
    server = grpc.aio.server()
    handlers = {"ServerReflectionInfo": grpc.stream_stream_rpc_method_handler(stream)}
    for version in versions:
        name = f"grpc.reflection.{version}.ServerReflection"
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    await server.start()
    try:
        yield connection
    finally:
        await connection.close()
        await server.stop(None)


def honest(
    files: Mapping[str, bytes], services: Iterable[str], *, registered: Mapping[str, bytes] | None = None
) -> Answering:
    """Answers with one file at a time, without its imports; `registered` are found by name only there."""
    by_name = files if registered is None else registered

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        kind = request.WhichOneof("message_request")
        if kind == "list_services":
            return listing(request, services)
        if kind == "file_by_filename":
            return one_file(request, by_name.get(request.file_by_filename))
        if kind == "file_containing_symbol":
            return one_file(request, _defining(files, request.file_containing_symbol))
        if kind == "file_containing_extension":
            wanted = request.file_containing_extension
            pair = (wanted.containing_type, wanted.extension_number)
            return one_file(
                request, next((data for data in files.values() if pair in read_entry(data).extensions), None)
            )
        response = ServerReflectionResponse(original_request=request)
        name = request.all_extension_numbers_of_type
        found = [extension for data in files.values() for extension in read_entry(data).extensions]
        numbers = [number for message, number in found if message == name]
        response.all_extension_numbers_response.base_type_name = name
        response.all_extension_numbers_response.extension_number.extend(numbers)
        return response

    return answer


def listing(request: ServerReflectionRequest, services: Iterable[str]) -> ServerReflectionResponse:
    response = ServerReflectionResponse(original_request=request)
    response.list_services_response.SetInParent()
    for name in services:
        response.list_services_response.service.add(name=name)
    return response


def one_file(request: ServerReflectionRequest, *files: bytes | None) -> ServerReflectionResponse:
    response = ServerReflectionResponse(original_request=request)
    found = [data for data in files if data is not None]
    if not found:
        response.error_response.error_code = grpc.StatusCode.NOT_FOUND.value[0]
        response.error_response.error_message = "no such thing"
    else:
        response.file_descriptor_response.file_descriptor_proto.extend(found)
    return response


def _defining(files: Mapping[str, bytes], symbol: str) -> bytes | None:
    for data in files.values():
        entry = read_entry(data)
        file = FileDescriptorProto.FromString(data)
        methods = [f"{entry.services[i]}.{m.name}" for i, service in enumerate(file.service) for m in service.method]
        if symbol in (*entry.definitions, *entry.messages, *entry.enums, *methods):
            return data
    return None
