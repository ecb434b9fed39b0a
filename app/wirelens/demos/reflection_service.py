"""Server reflection for the demos, v1 and v1alpha: hands out files with their source info, so that comments arrive.

grpcio-reflection's servicer reads files from a descriptor pool, which has dropped the comments, and speaks v1alpha
only; the messages of both versions are the same on the wire.
https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
"""

from collections.abc import AsyncIterator, Mapping
from functools import cached_property
from typing import Any

import grpc
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto
from grpc_reflection.v1alpha import reflection_pb2

from wirelens.demos.service import ServicerContext

V1 = "grpc.reflection.v1.ServerReflection"
V1ALPHA = "grpc.reflection.v1alpha.ServerReflection"


class ReflectionService:
    """Answers for `services` out of `files` (name -> serialized FileDescriptorProto)."""

    def __init__(self, services: list[str], files: Mapping[str, bytes]) -> None:
        self._services = sorted([*services, V1, V1ALPHA])
        self._files = {reflection_pb2.DESCRIPTOR.name: reflection_pb2.DESCRIPTOR.serialized_pb, **files}

    def handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        method: Any = grpc.stream_stream_rpc_method_handler(
            self._answer,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )
        return tuple(
            grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": method}) for name in (V1, V1ALPHA)
        )

    async def _answer(self, requests: AsyncIterator[Any], context: ServicerContext) -> AsyncIterator[Any]:
        sent: set[str] = set()  # a file goes over a stream once; who asks for it by name gets it again
        async for request in requests:
            response = reflection_pb2.ServerReflectionResponse(valid_host=request.host, original_request=request)
            kind = request.WhichOneof("message_request")
            try:
                self._fill(response, request, kind, sent)
            except KeyError as error:
                response.error_response.error_code = grpc.StatusCode.NOT_FOUND.value[0]
                response.error_response.error_message = f"not found: {error.args[0]}"
            yield response

    def _fill(self, response: Any, request: Any, kind: str | None, sent: set[str]) -> None:
        """Fills `response`; KeyError where there is no such thing."""
        if kind == "list_services":
            for name in self._services:
                response.list_services_response.service.add(name=name)
        elif kind == "file_by_filename":
            self._add_files(response, request.file_by_filename, sent)
        elif kind == "file_containing_symbol":
            self._add_files(response, self._file_of(request.file_containing_symbol), sent)
        elif kind == "file_containing_extension":
            wanted = request.file_containing_extension
            numbers = self._index.extensions.get(wanted.containing_type.removeprefix("."), {})
            if wanted.extension_number not in numbers:
                raise KeyError(f"extension {wanted.extension_number} of {wanted.containing_type}")
            self._add_files(response, numbers[wanted.extension_number], sent)
        elif kind == "all_extension_numbers_of_type":
            name = request.all_extension_numbers_of_type.removeprefix(".")
            self._file_of(name)
            answer = response.all_extension_numbers_response
            answer.base_type_name = name
            answer.extension_number.extend(sorted(self._index.extensions.get(name, {})))
        else:
            response.error_response.error_code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
            response.error_response.error_message = "the request asks for nothing"

    def _add_files(self, response: Any, name: str, sent: set[str]) -> None:
        if name not in self._files:
            raise KeyError(name)
        waiting, wanted = [name], []
        while waiting:
            current = waiting.pop()
            if current in wanted or (current in sent and current != name):
                continue
            wanted.append(current)
            waiting += self._index.imports[current]
        sent.update(wanted)
        response.file_descriptor_response.file_descriptor_proto.extend(self._files[file] for file in wanted)

    def _file_of(self, symbol: str) -> str:
        """The file of a symbol, or of what it is a member of (a method, field or enum value)."""
        name = symbol.removeprefix(".")
        if name in self._index.symbols:
            return self._index.symbols[name]
        raise KeyError(symbol)

    @cached_property
    def _index(self) -> "_Index":
        index = _Index()
        for data in self._files.values():
            index.add(FileDescriptorProto.FromString(data))
        return index


class _Index:
    """Where each symbol is declared."""

    def __init__(self) -> None:
        self.symbols: dict[str, str] = {}
        self.imports: dict[str, list[str]] = {}
        self.extensions: dict[str, dict[int, str]] = {}

    def add(self, file: FileDescriptorProto) -> None:
        self.imports[file.name] = list(file.dependency)
        prefix = f"{file.package}." if file.package else ""
        for message in file.message_type:
            self._add_message(message, prefix, file.name)
        self._add_enums(file, prefix, file.name)
        self._add_extensions(file, prefix, file.name)
        for service in file.service:
            self.symbols[prefix + service.name] = file.name
            for method in service.method:
                self.symbols[f"{prefix}{service.name}.{method.name}"] = file.name

    def _add_message(self, message: DescriptorProto, prefix: str, file: str) -> None:
        name = prefix + message.name
        self.symbols[name] = file
        for field in message.field:
            self.symbols[f"{name}.{field.name}"] = file
        for oneof in message.oneof_decl:
            self.symbols[f"{name}.{oneof.name}"] = file
        for nested in message.nested_type:
            self._add_message(nested, f"{name}.", file)
        self._add_enums(message, f"{name}.", file)
        self._add_extensions(message, f"{name}.", file)

    def _add_enums(self, scope: FileDescriptorProto | DescriptorProto, prefix: str, file: str) -> None:
        for enum in scope.enum_type:
            self.symbols[prefix + enum.name] = file
            for value in enum.value:
                self.symbols[prefix + value.name] = file  # C++ scoping: values are siblings of their enum

    def _add_extensions(self, scope: FileDescriptorProto | DescriptorProto, prefix: str, file: str) -> None:
        for extension in scope.extension:
            self.symbols[prefix + extension.name] = file
            self.extensions.setdefault(extension.extendee.removeprefix("."), {})[extension.number] = file
