"""Looking things up in a schema: names, near names, comments, and two sources as one."""

from pathlib import Path

import pytest
from google.protobuf import any_pb2, descriptor_pool, json_format
from tests.engine.schema.samples import SHOP, SHOP_TYPES, changed, compiled, schema_of, shop_files

from wirelens.engine.errors import SchemaError, UnknownSymbolError
from wirelens.engine.schema.bundled_files import ALWAYS_AT_HAND, bundled_file, bundled_import_roots
from wirelens.engine.schema.schema import Origin, Schema
from wirelens.engine.schema.services import Pattern, Service


@pytest.fixture(scope="module")
def shop() -> Schema:
    return schema_of(shop_files())


@pytest.mark.parametrize(
    "name",
    [
        "shop.v1.OrderService/GetOrder",
        "shop.v1.OrderService.GetOrder",
        "/shop.v1.OrderService/GetOrder",
        ".shop.v1.OrderService.GetOrder",
    ],
)
def test_a_method_by_any_of_its_spellings(shop: Schema, name: str) -> None:
    method = shop.method(name)
    assert (method.path, method.pattern) == ("/shop.v1.OrderService/GetOrder", Pattern.UNARY)
    assert (method.request, method.response) == ("shop.v1.GetOrderRequest", "shop.v1.Order")
    assert method.documentation == "One order by its number."
    assert shop.method("shop.v1.OrderService/WatchOrders").deprecated


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [
        ("shop.v1.OrderService/GetOrdr", "GetOrder"),
        ("shop.v1.OrdersService/GetOrder", "shop.v1.OrderService/GetOrder"),
        ("OrderService/GetOrder", "shop.v1.OrderService/GetOrder"),
        ("OrderService/GetOrdr", "shop.v1.OrderService?"),
        ("shop.v1.orderservice/getorder", "shop.v1.OrderService?"),
    ],
)
def test_a_mistyped_method_suggests_near_ones(shop: Schema, wanted: str, suggested: str) -> None:
    with pytest.raises(UnknownSymbolError) as caught:
        shop.method(wanted)
    assert suggested in caught.value.next_step


def test_mistyped_services_and_messages_suggest_near_ones(shop: Schema) -> None:
    with pytest.raises(UnknownSymbolError, match=r"did you mean shop\.v1\.OrderService\?"):
        shop.service("OrderService")
    with pytest.raises(UnknownSymbolError, match=r"did you mean shop\.v1\.Order"):
        shop.descriptor("shop.v1.Ordr")
    with pytest.raises(UnknownSymbolError) as caught:
        shop.descriptor("entirely.Different")
    assert caught.value.next_step == ""


@pytest.mark.parametrize("name", ["", "..", "shop.v1.OrderService", "shop.v1.Order.id", "\udcff", "a b", "x" * 5000])
def test_names_that_are_no_message(shop: Schema, name: str) -> None:
    with pytest.raises(UnknownSymbolError):
        shop.descriptor(name)
    assert shop.resolve_type_url("type.googleapis.com/" + name) is None


def test_every_schema_has_a_pool_of_its_own() -> None:
    first, second = schema_of(shop_files()), schema_of(shop_files())
    assert first.pool is first.pool
    assert first.descriptor("shop.v1.Order") is not second.descriptor("shop.v1.Order")
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName("shop.v1.Order")


def test_two_schemas_may_hold_one_name_with_different_shapes() -> None:
    first = schema_of(compiled({"m.proto": 'syntax = "proto3"; message M { int32 a = 1; }'}))
    second = schema_of(compiled({"m.proto": 'syntax = "proto3"; message M { string a = 1; }'}))
    assert first.message_class("M")(a=1).a == 1
    assert second.message_class("M")(a="x").a == "x"


def test_well_known_and_google_rpc_types_are_always_there() -> None:
    empty = schema_of({})
    assert empty.services == ()
    for name in ("google.protobuf.Timestamp", "google.protobuf.Struct", "google.rpc.BadRequest", "google.rpc.Status"):
        assert empty.descriptor(name).full_name == name
        assert empty.resolve_type_url(f"type.googleapis.com/{name}") is empty.descriptor(name)
        assert name in empty.message_names()
    any_class = empty.message_class("google.protobuf.Any")
    assert any_class is not any_pb2.Any
    packed = any_class(type_url="type.googleapis.com/google.rpc.ErrorInfo", value=b"\n\x04gone")
    assert json_format.MessageToDict(packed, descriptor_pool=empty.pool)["reason"] == "gone"


def test_a_source_may_bring_its_own_well_known_types() -> None:
    own = compiled(
        {"types/time.proto": 'syntax = "proto3"; package google.protobuf; message Timestamp { int64 ms = 7; }'}
    )
    user = """
        syntax = "proto3"; import "google/protobuf/timestamp.proto"; message U { google.protobuf.Timestamp t = 1; }"""
    own["user.proto"] = changed(compiled({"user.proto": user})["user.proto"], dependency=["types/time.proto"])
    schema = schema_of(own)
    assert schema.descriptor("U").fields_by_name["t"].message_type.fields[0].name == "ms"
    assert schema.descriptor("google.rpc.RetryInfo").full_name == "google.rpc.RetryInfo"


def test_only_what_is_asked_for_is_built() -> None:
    files = compiled({f"f{i}.proto": f'syntax = "proto3"; package p; message M{i} {{}}' for i in range(3)})
    files["f1.proto"] = changed(files["f1.proto"], dependency=["f0.proto", "f2.proto"])
    schema = schema_of(files)
    built: list[str] = []
    table, original = schema.table, schema.table.mended
    table.mended = lambda name: (built.append(name), original(name))[1]  # type: ignore[method-assign, func-returns-value]
    schema.descriptor("p.M0")
    assert built == ["f0.proto"]
    schema.descriptor("p.M1")
    assert sorted(built) == ["f0.proto", "f1.proto", "f2.proto"]


def test_message_names_leave_out_the_entries_of_maps(shop: Schema) -> None:
    assert shop.message_names()[:3] == ["shop.v1.Order", "shop.v1.Order.Line", "shop.v1.GetOrderRequest"]
    assert not any(name.endswith("Entry") and name.startswith("shop") for name in shop.message_names())


def test_comments_of_everything(shop: Schema) -> None:
    assert shop.has_comments
    assert shop.comment("shop.v1.OrderService") == "Takes orders."
    assert shop.comment("shop.v1.OrderService.GetOrder") == "One order by its number."
    assert shop.comment("shop.v1.Order") == "What somebody bought."
    assert shop.comment("shop.v1.GetOrderRequest.id") == "the number on the receipt"
    assert shop.comment("shop.v1.State") == "How far an order is."
    assert shop.comment("shop.v1.STATE_SENT") == shop.comment("shop.v1.State.STATE_SENT") == "It is on its way."
    assert shop.comment("shop.v1.Order.id") == shop.comment("no.such.thing") == shop.comment("") == ""


def test_a_long_comment_keeps_its_own_indentation() -> None:
    text = 'syntax = "proto3";\n/*\n * First.\n *   - point\n *\n * Last.\n */\nmessage M {}\n'
    assert schema_of(compiled({"m.proto": text})).comment("M") == "First.\n  - point\n\nLast."


def test_no_comments() -> None:
    schema = schema_of(compiled({"m.proto": SHOP_TYPES}, comments=False))
    assert not schema.has_comments
    assert schema.comment("shop.v1.Order") == ""


# -- two sources -----------------------------------------------------------------------------------------------


def reflected(files: dict[str, bytes], *broken: str) -> Schema:
    schema = schema_of(files, "reflection v1")
    services = [*schema.services, *(Service(name, error="not found") for name in broken)]
    return Schema(schema.table, services, Origin("reflection v1", len(files), details=("x",)))


@pytest.mark.parametrize("files_first", [False, True])
def test_files_add_comments_and_types_to_reflection(files_first: bool) -> None:
    bare = compiled({"shop/v1/orders.proto": SHOP, "shop/v1/types.proto": SHOP_TYPES}, comments=False)
    more = shop_files() | compiled(
        {"more.proto": 'syntax = "proto3"; package more; message Detail {} service Unused {}'}
    )
    server, files = reflected(bare), schema_of(more)
    both = files.combined_with(server) if files_first else server.combined_with(files)
    assert [service.full_name for service in both.services] == ["shop.v1.OrderService"]
    assert both.services[0].documentation == "Takes orders."
    assert both.method("shop.v1.OrderService/GetOrder").documentation == "One order by its number."
    assert both.has_comments
    assert both.comment("shop.v1.Order") == "What somebody bought."
    assert "// What somebody bought." in both.proto_source("shop.v1.Order")
    assert both.descriptor("more.Detail").full_name == "more.Detail"
    assert both.origin.kind == "reflection v1 + .proto files"


def test_files_explain_a_service_that_the_server_does_not() -> None:
    files = schema_of(shop_files())
    both = reflected({}, "shop.v1.OrderService", "other.Service").combined_with(files)
    assert [service.error for service in both.services] == [None, "not found"]
    assert both.method("shop.v1.OrderService/Chat").pattern is Pattern.BIDI_STREAMING


def test_the_server_decides_the_shape_of_a_type_that_both_know() -> None:
    newer = {
        "shop/v1/orders.proto": SHOP,
        "shop/v1/types.proto": SHOP_TYPES.replace("int64 id = 1;", "int64 id = 1; bool gift = 9;"),
    }
    both = reflected(compiled(newer)).combined_with(schema_of(shop_files()))
    assert "gift" in both.descriptor("shop.v1.Order").fields_by_name


def test_the_server_may_register_its_files_under_other_paths() -> None:
    moved = {f"src/{name}": changed(data, name=f"src/{name}") for name, data in shop_files().items()}
    moved["src/shop/v1/orders.proto"] = changed(
        moved["src/shop/v1/orders.proto"], dependency=["src/shop/v1/types.proto"]
    )
    both = reflected(moved).combined_with(schema_of(shop_files()))
    assert both.descriptor("shop.v1.Order").file.name == "src/shop/v1/types.proto"
    assert both.method("shop.v1.OrderService/GetOrder")


def test_two_sets_of_files_list_the_services_of_both() -> None:
    more = schema_of(compiled({"more.proto": 'syntax = "proto3"; package more; service Other {}'}), "descriptor set")
    both = schema_of(shop_files()).combined_with(more)
    assert [service.full_name for service in both.services] == ["shop.v1.OrderService", "more.Other"]
    assert both.origin.kind == ".proto files + descriptor set"


def test_a_service_with_an_error_says_so_when_called() -> None:
    with pytest.raises(SchemaError, match="not found"):
        reflected({}, "p.S").method("p.S/Do")
    assert reflected({}, "p.S").service("p.S").error == "not found"


def test_bundled_proto_text_is_there() -> None:
    for name in ALWAYS_AT_HAND:
        assert bundled_file(name)
        assert any((root / name).is_file() for root in bundled_import_roots()), name
    assert bundled_file("google/api/http.proto")
    assert bundled_file("google/protobuf/../../os.proto") is None
    assert bundled_file("google/protobuf/no_such.proto") is None
    assert all(isinstance(root, Path) for root in bundled_import_roots())


def test_the_bundled_rules_are_those_that_the_library_checks() -> None:
    """The text is for protoc, the library's own file for sets that come without: they must not drift apart."""
    importer = {"a.proto": 'syntax = "proto2"; import "buf/validate/validate.proto";'}
    files = compiled(importer, with_imports=True, comments=False)
    # A pool that knows the options of rules compares what they say; their bytes may be parted differently.
    pool = schema_of(files)
    written, bundled = (
        pool.message_class("google.protobuf.FileDescriptorProto").FromString(data)
        for data in (files["buf/validate/validate.proto"], bundled_file("buf/validate/validate.proto") or b"")
    )
    for file in (written, bundled):
        file.ClearField("options")  # packages of other languages
    assert "predefined" in str(bundled)
    assert written == bundled
