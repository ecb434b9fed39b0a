"""Reflection against servers that are broken or mean: the program survives, and says what it got."""

import asyncio

import grpc
import grpc.aio
import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse
from tests.engine.schema.reflecting import Answer, honest, listing, one_file, reflecting, serving
from tests.engine.schema.samples import changed, compiled, shop_files

from wirelens.engine.errors import ReflectionError, SchemaError
from wirelens.engine.schema.reflection import load_by_reflection
from wirelens.engine.schema.schema import Schema

SERVICE = "shop.v1.OrderService"
SMALL = 'syntax = "proto3"; package p; message M {} service S { rpc Do(M) returns (M); }'


def errors(schema: Schema) -> dict[str, str | None]:
    return {service.full_name: service.error for service in schema.services}


async def test_one_service_that_cannot_be_described_hides_no_other() -> None:
    """Debian's C++ server lists grpc.health.v1.Health and does not know it."""
    async with reflecting(honest(shop_files(), ["grpc.health.v1.Health", SERVICE])) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema)[SERVICE] is None
    assert "NOT_FOUND: no such thing" in (errors(schema)["grpc.health.v1.Health"] or "")
    assert "1 of 2 services" in schema.origin.details[0]
    with pytest.raises(SchemaError, match="does not describe it"):
        schema.method("grpc.health.v1.Health/Check")


async def test_an_import_cycle_does_not_kill_the_program() -> None:
    """protobuf's pool recurses until the process dies; Yaak panicked."""
    files = compiled(
        {
            "a.proto": 'syntax = "proto3"; package p; import "b.proto"; message A { B b = 1; } '
            "service S { rpc Do(A) returns (B); }",
            "b.proto": 'syntax = "proto3"; package p; message B {}',
        }
    )
    files["b.proto"] = changed(files["b.proto"], dependency=["a.proto"])  # not needed by anything in it
    async with reflecting(honest(files, ["p.S"])) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema) == {"p.S": None}
    assert schema.descriptor("p.A").fields_by_name["b"].message_type.full_name == "p.B"


async def test_a_cycle_of_types_across_files_is_explained() -> None:
    both = FileDescriptorProto.FromString(
        compiled(
            {
                "p.proto": 'syntax = "proto3"; package p; message A { B b = 1; } message B { A a = 1; } '
                "service S { rpc Do(A) returns (A); }"
            }
        )["p.proto"]
    )
    a, b = FileDescriptorProto(), FileDescriptorProto()
    a.CopyFrom(both)
    b.CopyFrom(both)
    a.name, b.name = "a.proto", "b.proto"
    a.dependency.append("b.proto")
    b.dependency.append("a.proto")
    del a.message_type[1], b.message_type[0], b.service[:]
    files = {file.name: file.SerializeToString() for file in (a, b)}
    async with reflecting(honest({**files, **shop_files()}, ["p.S", SERVICE])) as server:
        schema = await load_by_reflection(server.connection)
    assert "imports itself" in (errors(schema)["p.S"] or "")
    assert errors(schema)[SERVICE] is None
    with pytest.raises(SchemaError, match="imports itself"):
        schema.descriptor("p.A")


async def test_a_file_that_imports_itself() -> None:
    files = compiled({"a.proto": 'syntax = "proto3"; message A {} service S { rpc Do(A) returns (A); }'})
    files["a.proto"] = changed(files["a.proto"], dependency=["a.proto"])
    async with reflecting(honest(files, ["S"])) as server:
        assert errors(await load_by_reflection(server.connection)) == {"S": None}


async def test_a_very_long_chain_of_imports_is_refused() -> None:
    count = 3000
    files = {}
    for i in range(count):
        file = FileDescriptorProto(name=f"f{i}.proto", package="p", syntax="proto3")
        file.message_type.add(name=f"M{i}").field.add(
            name="next", number=1, type=FieldDescriptorProto.TYPE_MESSAGE, label=1, type_name=f".p.M{(i + 1) % count}"
        )
        if i + 1 < count:
            file.dependency.append(f"f{i + 1}.proto")
        else:
            del file.message_type[0].field[:]
        files[file.name] = file
    files["f0.proto"].service.add(name="S").method.add(name="Do", input_type=".p.M0", output_type=".p.M0")
    serialized = {name: file.SerializeToString() for name, file in files.items()}

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.WhichOneof("message_request") == "list_services":
            return listing(request, ["p.S"])
        return one_file(request, *serialized.values())

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert "too many" in (errors(schema)["p.S"] or "")


async def test_duplicate_and_contradicting_files_keep_the_first() -> None:
    files = shop_files()
    types = files["shop/v1/types.proto"]
    other = changed(types, package="shop.v2")

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.WhichOneof("message_request") == "list_services":
            return listing(request, [SERVICE, SERVICE, ""])
        return one_file(request, types, files["shop/v1/orders.proto"], types, other)

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema) == {SERVICE: None}
    assert any("twice, with different content" in line for line in schema.origin.details)


async def test_the_same_definitions_under_two_paths() -> None:
    files = shop_files()
    copy = changed(files["shop/v1/types.proto"], name="copy/types.proto")
    second = compiled(
        {
            "copy/types.proto": 'syntax = "proto3"; package shop.v1; message Order {}',
            "second.proto": 'syntax = "proto3"; package second; import "copy/types.proto"; '
            "service Second { rpc Do(shop.v1.Order) returns (shop.v1.Order); }",
        }
    )["second.proto"]
    files |= {"copy/types.proto": copy, "second.proto": second}
    async with reflecting(honest(files, [SERVICE, "second.Second"])) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema) == {SERVICE: None, "second.Second": None}
    assert len(schema.descriptor("shop.v1.Order").fields) == 4


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xff\xff",
        b"",
        ServerReflectionResponse(valid_host="x"),
        listing(ServerReflectionRequest(), ["not", "asked"]),
        one_file(ServerReflectionRequest(), b"\xff\xfe no descriptor"),
        one_file(ServerReflectionRequest(), b""),
    ],
    ids=["no message", "empty", "no answer", "another answer", "no descriptor", "empty descriptor"],
)
async def test_garbage_for_one_question(garbage: bytes | ServerReflectionResponse) -> None:
    give = honest(shop_files(), ["bad.Service", SERVICE])

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        return garbage if request.file_containing_symbol == "bad.Service" else await give(request, context)

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema)[SERVICE] is None
    assert errors(schema)["bad.Service"]


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff", one_file(ServerReflectionRequest(), b"x")])
async def test_garbage_in_place_of_the_list(garbage: bytes | ServerReflectionResponse) -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        return garbage

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError, match="did not list its services"):
            await load_by_reflection(server.connection)


async def test_an_error_response_in_place_of_the_list_keeps_its_code() -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        response = ServerReflectionResponse()
        response.error_response.error_code = grpc.StatusCode.PERMISSION_DENIED.value[0]
        response.error_response.error_message = "not for you"
        return response

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError, match="not for you") as caught:
            await load_by_reflection(server.connection)
    assert caught.value.code is grpc.StatusCode.PERMISSION_DENIED


async def test_a_question_that_kills_the_stream_hides_no_other() -> None:
    names = ["bad.One", "bad.Two", SERVICE]
    give = honest(shop_files(), names)

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.file_containing_symbol.startswith("bad."):
            await context.abort(grpc.StatusCode.UNKNOWN, f"crashed on {request.file_containing_symbol}")
        return await give(request, context)

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    found = errors(schema)
    assert found[SERVICE] is None
    assert "crashed on bad.One" in (found["bad.One"] or "")
    assert "crashed on bad.Two" in (found["bad.Two"] or "")


async def test_a_server_that_crashes_on_everything_is_given_up() -> None:
    names = [f"bad.S{i}" for i in range(100)]

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.WhichOneof("message_request") == "list_services":
            return listing(request, names)
        return await context.abort(grpc.StatusCode.INTERNAL, "crashed")

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert all("crashed" in (error or "") for error in errors(schema).values())
    assert server.streams < 10


async def test_a_server_that_ends_the_stream_after_each_answer() -> None:
    names = [SERVICE, "p.S"]
    give = honest(shop_files() | compiled({"p.proto": SMALL}), names)

    async def one_answer(requests: object, context: grpc.aio.ServicerContext) -> None:
        response = await give(ServerReflectionRequest.FromString(await context.read()), context)
        assert isinstance(response, ServerReflectionResponse)
        await context.write(response.SerializeToString())

    async with serving(one_answer) as connection:
        schema = await load_by_reflection(connection)
    assert errors(schema) == {SERVICE: None, "p.S": None}


async def test_a_server_that_ends_the_stream_at_once() -> None:
    async def nothing(requests: object, context: grpc.aio.ServicerContext) -> None:
        return

    async with serving(nothing) as connection:
        with pytest.raises(ReflectionError, match="without an answer"):
            await load_by_reflection(connection)


async def test_a_server_that_does_not_know_all_questions() -> None:
    text = 'syntax = "proto2"; package p; message M { extensions 5; } service S { rpc Do(M) returns (M); }'
    give = honest(compiled({"p.proto": text}), ["p.S", "p.Gone"])

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.all_extension_numbers_of_type or request.file_containing_symbol == "p.Gone":
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, "never heard of it")
        return await give(request, context)

    async with reflecting(answer) as server:
        found = errors(await load_by_reflection(server.connection))
    assert found["p.S"] is None
    assert "never heard of it" in (found["p.Gone"] or "")


async def test_a_server_that_goes_when_asked_for_extensions() -> None:
    text = 'syntax = "proto2"; package p; message M { extensions 5; } service S { rpc Do(M) returns (M); }'
    give = honest(compiled({"p.proto": text}), ["p.S"])

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.all_extension_numbers_of_type:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "gone")
        return await give(request, context)

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema) == {"p.S": None}
    assert "could not be asked for extensions" in schema.origin.details[0]


async def test_a_server_that_dies_in_between_is_reported() -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.WhichOneof("message_request") == "list_services":
            return listing(request, ["p.S"])
        return await context.abort(grpc.StatusCode.UNAVAILABLE, "going down")

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError, match="going down") as caught:
            await load_by_reflection(server.connection)
    assert caught.value.code is grpc.StatusCode.UNAVAILABLE


async def test_answers_out_of_order_are_told_apart_by_the_question_they_repeat() -> None:
    names = [SERVICE, "p.S"]
    files = shop_files() | compiled({"p.proto": SMALL})
    give = honest(files, names)
    held: list[Answer] = []

    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        response = await give(request, context)
        if request.file_containing_symbol == SERVICE:
            held.append(response)
            return None
        if held:
            assert isinstance(response, ServerReflectionResponse)
            await context.write(response.SerializeToString())
            return held.pop()
        return response

    async with reflecting(answer) as server:
        assert errors(await load_by_reflection(server.connection)) == {SERVICE: None, "p.S": None}


async def test_a_broken_file_is_explained_by_what_it_lacks() -> None:
    files = shop_files()
    del files["shop/v1/types.proto"]
    good = compiled({"p.proto": SMALL})
    async with reflecting(honest(files | good, [SERVICE, "p.S"])) as server:
        schema = await load_by_reflection(server.connection)
    reason = errors(schema)[SERVICE] or ""
    assert "shop.v1.Order" in reason
    assert "shop/v1/types.proto is missing" in reason
    assert errors(schema)["p.S"] is None


async def test_control_characters_never_reach_a_terminal() -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        if request.WhichOneof("message_request") == "list_services":
            return listing(request, ["bad\x1b[2J\nname"])
        response = ServerReflectionResponse(original_request=request)
        response.error_response.error_code = 99
        response.error_response.error_message = "\x1b[31mred"
        return response

    async with reflecting(answer) as server:
        schema = await load_by_reflection(server.connection)
    assert errors(schema) == {
        "bad [2J name": "the server lists it but does not describe it: UNKNOWN:  [31mred",
    }


async def test_a_server_without_services() -> None:
    async with reflecting(honest({}, [])) as server:
        schema = await load_by_reflection(server.connection)
    assert schema.services == ()
    assert schema.descriptor("google.rpc.Status").full_name == "google.rpc.Status"


async def test_a_server_that_says_nothing_can_be_left() -> None:
    async def answer(request: ServerReflectionRequest, context: grpc.aio.ServicerContext) -> Answer:
        await asyncio.Event().wait()
        return None

    async with reflecting(answer) as server:
        with pytest.raises(ReflectionError, match="did not answer"):
            await load_by_reflection(server.connection, timeout=0.05)
