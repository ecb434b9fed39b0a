"""Reflection against servers that behave, each in its own way."""

import asyncio
import socket

import grpc
import grpc.aio
import pytest
from google.longrunning import operations_pb2_grpc
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha import reflection as grpcio_reflection
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest
from tests.engine.schema.reflecting import Answer, honest, listing, reflecting, serving
from tests.engine.schema.samples import changed, compiled, shop_files

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.errors import ReflectionError
from wirelens.engine.schema.reflection import load_by_reflection
from wirelens.engine.schema.services import Pattern

SERVICE = "shop.v1.OrderService"


@pytest.mark.parametrize(
    ("versions", "spoken"), [(("v1", "v1alpha"), "v1"), (("v1",), "v1"), (("v1alpha",), "v1alpha")]
)
async def test_speaks_v1_and_falls_back_to_v1alpha(versions: tuple[str, ...], spoken: str) -> None:
    async with reflecting(honest(shop_files(), [SERVICE]), versions) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.origin.kind == f"reflection {spoken}"
    assert [method.pattern for method in schema.service(SERVICE).methods] == list(Pattern)
    assert schema.method("shop.v1.OrderService/GetOrder").request == "shop.v1.GetOrderRequest"


async def test_one_version_only_when_asked() -> None:
    async with reflecting(honest(shop_files(), [SERVICE]), ["v1alpha"]) as server:
        with pytest.raises(ReflectionError) as caught:
            await load_by_reflection(server.connection, version="v1")
        assert (await load_by_reflection(server.connection, version="v1alpha")).services
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert "not v1" in caught.value.one_line()


async def test_neither_version_names_the_way_out() -> None:
    async with reflecting(honest({}, []), []) as server:
        with pytest.raises(ReflectionError) as caught:
            await load_by_reflection(server.connection)
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert "neither v1 nor v1alpha" in caught.value.message
    assert "--proto" in caught.value.next_step
    assert caught.value.place.startswith("127.0.0.1:")


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED])
async def test_another_fault_is_reported_as_what_it_is(code: grpc.StatusCode) -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        await context.abort(code, "show your badge")

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError) as caught:
            await load_by_reflection(server.connection)
    assert caught.value.code is code
    assert "show your badge" in caught.value.message
    assert server.streams == 1, "v1alpha must not be tried"


async def test_nobody_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        connection = Connection(parse_target(f"127.0.0.1:{bound.getsockname()[1]}"))
        with pytest.raises(ReflectionError) as caught:
            await load_by_reflection(connection)
        await connection.close()
    assert caught.value.code is grpc.StatusCode.UNAVAILABLE
    assert caught.value.next_step


async def test_asks_for_imports_each_file_once_and_with_the_metadata() -> None:
    async with reflecting(honest(shop_files(), [SERVICE])) as server:
        schema = await load_by_reflection(server.connection, metadata=(("x-route", "blue"), ("x-id-bin", b"\xff")))
    assert schema.descriptor("shop.v1.Order").fields_by_name["bought_at"].message_type.name == "Timestamp"
    assert set(server.metadata) >= {("x-route", "blue"), ("x-id-bin", b"\xff")}
    assert sorted(server.asked("file_by_filename")) == ["google/protobuf/timestamp.proto", "shop/v1/types.proto"]
    assert server.asked("file_containing_symbol") == [SERVICE]
    assert server.streams == 1


async def test_comments_arrive_where_the_server_sends_them() -> None:
    async with reflecting(honest(shop_files(), [SERVICE])) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.has_comments
    assert schema.service(SERVICE).documentation == "Takes orders."
    assert schema.comment("shop.v1.GetOrderRequest.id") == "the number on the receipt"


async def test_grpcio_reflection_servers() -> None:
    server = grpc.aio.server()
    operations_pb2_grpc.add_OperationsServicer_to_server(operations_pb2_grpc.OperationsServicer(), server)
    names = ["google.longrunning.Operations", grpcio_reflection.SERVICE_NAME]
    grpcio_reflection.enable_server_reflection(names, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    connection = Connection(parse_target(f"127.0.0.1:{port}"))
    schema = await load_by_reflection(connection)
    await connection.close()
    await server.stop(None)
    assert {service.full_name: service.error for service in schema.services} == dict.fromkeys(names)
    assert 'get: "/v1/{name=operations/**}"' in schema.proto_source("google.longrunning.Operations.GetOperation")


async def test_many_services_are_asked_for_at_once_but_not_all() -> None:
    text = 'syntax = "proto3"; package p; message M {}'
    services = [f"p.S{i}" for i in range(100)]
    files = compiled({"m.proto": text})
    for name in services:
        file = FileDescriptorProto(name=f"{name}.proto", package="p", syntax="proto3", dependency=["m.proto"])
        file.service.add(name=name[2:]).method.add(name="Do", input_type=".p.M", output_type=".p.M")
        files[file.name] = file.SerializeToString()
    give = honest(files, services)
    progress: list[tuple[int, int]] = []
    most_waiting = 0

    async def stream(requests: object, context: grpc.aio.ServicerContext) -> None:
        nonlocal most_waiting
        waiting: list[bytes] = [await context.read()]
        while waiting:
            response = await give(ServerReflectionRequest.FromString(waiting.pop(0)), context)
            await context.write(response.SerializeToString())  # type: ignore[union-attr]
            while len(waiting) < 64 and (len(progress) < 2 or not waiting):
                data = await context.read()
                if data is grpc.aio.EOF:
                    return
                waiting.append(data)
                most_waiting = max(most_waiting, len(waiting))

    async with serving(stream) as connection:
        schema = await load_by_reflection(connection, on_progress=lambda *state: progress.append(state))
    assert [service.full_name for service in schema.services] == services
    assert most_waiting == 64, "so many requests came before any of them was answered"
    assert progress[0] == (0, 100)
    assert progress[-1] == (100, 100)
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)


async def test_a_file_with_many_services_is_asked_for_once() -> None:
    text = 'syntax = "proto3"; package p; message M {}' + "".join(
        f"service S{i} {{ rpc Do(M) returns (M); }}" for i in range(200)
    )
    names = [f"p.S{i}" for i in range(200)]
    async with reflecting(honest(compiled({"all.proto": text}), names)) as server:
        schema = await load_by_reflection(server.connection)
    assert all(service.error is None for service in schema.services)
    assert len(server.requests) <= 1 + 64, "what came along with an earlier answer is not asked for"


async def test_files_registered_under_another_path_than_others_import() -> None:
    """grpcurl#22 and its kin: list works, describe fails."""
    files = shop_files()
    moved = {
        "orders.proto": changed(files["shop/v1/orders.proto"], name="orders.proto"),
        "internal/shop/types.proto": changed(files["shop/v1/types.proto"], name="internal/shop/types.proto"),
    }
    async with reflecting(honest(moved, [SERVICE])) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.service(SERVICE).error is None
    assert schema.descriptor("shop.v1.Order").file.name == "internal/shop/types.proto"
    assert "shop/v1/types.proto" in " ".join(schema.origin.details)


async def test_an_import_that_only_brings_options_may_be_missing() -> None:
    rules = """
        syntax = "proto2"; package rules; import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions { optional int32 max = 77001; }"""
    main = """
        syntax = "proto3"; package p; import "rules.proto";
        message M { string name = 1 [(rules.max) = 3]; } service S { rpc Do(M) returns (M); }"""
    files = compiled({"rules.proto": rules, "main.proto": main})
    del files["rules.proto"]
    async with reflecting(honest(files, ["p.S"])) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.service("p.S").error is None
    assert "main.proto imports rules.proto, which the server does not have" in schema.origin.details
    assert "77001" in schema.proto_source("p.M")


async def test_own_copies_of_well_known_files_do_not_clash() -> None:
    """grpc_requests#50, #28: a server that ships descriptor.proto, or reflection.proto under another path."""
    descriptor = FileDescriptorProto.DESCRIPTOR.file.serialized_pb
    copy = changed(descriptor, name="vendored/descriptor.proto")
    options = changed(
        compiled(
            {
                "options.proto": 'syntax = "proto3"; package p; import "google/protobuf/descriptor.proto"; '
                "extend google.protobuf.MessageOptions { string title = 77002; } "
                'message M { option (title) = "Em"; google.protobuf.FileDescriptorProto file = 1; } '
                "service S { rpc Do(M) returns (M); }"
            }
        )["options.proto"],
        dependency=["vendored/descriptor.proto"],
    )
    files = {"vendored/descriptor.proto": copy, "options.proto": options}
    async with reflecting(honest(files, ["p.S"])) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.service("p.S").error is None
    message = schema.message_class("p.M")()
    assert message.DESCRIPTOR.fields_by_name["file"].message_type.file.name == "vendored/descriptor.proto"
    assert 'option (title) = "Em";' in schema.proto_source("p.M") or '(p.title) = "Em"' in schema.proto_source("p.M")


async def test_proto2_extensions_are_found() -> None:
    files = compiled(
        {
            "base.proto": 'syntax = "proto2"; package p; message Base { extensions 100 to 200; } '
            "service S { rpc Do(Base) returns (Base); }",
            "more.proto": 'syntax = "proto2"; package q; import "base.proto"; message Extra { optional int32 n = 1; } '
            "extend p.Base { optional string note = 100; optional Extra extra = 101; }",
        }
    )
    async with reflecting(honest(files, ["p.S"])) as server:
        schema = await load_by_reflection(server.connection)
    base = schema.descriptor("p.Base")
    assert {field.full_name for field in schema.pool.FindAllExtensions(base)} == {"q.note", "q.extra"}
    message = schema.message_class("p.Base").FromString(b"\xa2\x06\x02hi")
    assert message.Extensions[schema.pool.FindExtensionByName("q.note")] == "hi"  # type: ignore[index]


async def test_the_deadline_covers_all_of_it() -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        return listing(request, ["p.S"]) if request.WhichOneof("message_request") == "list_services" else None

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError) as caught:
            await load_by_reflection(server.connection, timeout=0.1)
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "0.1 seconds" in caught.value.message


async def test_cancelling_ends_the_stream() -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        context.add_done_callback(lambda _: ended.set())
        asked.set()
        await asyncio.Event().wait()
        return None

    async with reflecting(answer) as server, asyncio.TaskGroup() as group:
        loading = group.create_task(load_by_reflection(server.connection))
        await asyncio.wait_for(asked.wait(), 5)
        loading.cancel()
        await asyncio.wait_for(ended.wait(), 5)
        assert loading.cancelled()
