"""What the table makes of damaged sources before protobuf sees them."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError
from tests.engine.schema.samples import changed, compiled, schema_of, shop_files

from wirelens.engine.schema.file_table import FileTable, read_entry


def test_a_sound_source_is_not_touched() -> None:
    files = shop_files()
    table = FileTable(files)
    assert not table.is_mended
    assert table.problem("shop/v1/orders.proto") is None
    assert table.mended("shop/v1/orders.proto") == FileDescriptorProto.FromString(files["shop/v1/orders.proto"])


def test_the_file_of_nested_things() -> None:
    table = FileTable(shop_files())
    for symbol in ("shop.v1.Order", "shop.v1.Order.Line.article", "shop.v1.State", "shop.v1.OrderService.GetOrder"):
        assert table.file_of(symbol) is not None, symbol
    assert table.file_of("shop.v1") is None
    assert table.file_of("") is None


def test_imports_come_first() -> None:
    table = FileTable(shop_files())
    assert table.in_dependency_order(table.files) == [
        "google/protobuf/timestamp.proto",
        "shop/v1/types.proto",
        "shop/v1/orders.proto",
    ]


def test_a_missing_import_that_nothing_needs_is_dropped() -> None:
    files = {"a.proto": changed(shop_files()["shop/v1/types.proto"], name="a.proto")}
    files["a.proto"] = changed(files["a.proto"], dependency=["google/protobuf/timestamp.proto", "gone.proto"])
    table = FileTable(files)
    assert table.is_mended
    assert table.dependencies("a.proto") == ("google/protobuf/timestamp.proto",)
    assert schema_of(files).descriptor("shop.v1.Order")


def test_who_imports_the_unusable_is_unusable_for_the_same_reason() -> None:
    files = shop_files()
    del files["shop/v1/types.proto"]
    files |= compiled({"x.proto": 'syntax = "proto3"; message X {}'})
    files["x.proto"] = changed(files["x.proto"], dependency=["shop/v1/orders.proto"])
    table = FileTable(files)
    reason = "shop/v1/orders.proto needs shop.v1.Order, which no file defines; shop/v1/types.proto is missing"
    assert table.problem("shop/v1/orders.proto") == table.problem("x.proto") == reason
    assert table.problem("nowhere.proto") == "nowhere.proto is missing"
    assert table.in_dependency_order(["x.proto"]) == []
    with pytest.raises(KeyError):
        table.FindFileByName("x.proto")
    with pytest.raises(KeyError):
        table.FindFileContainingSymbol("X")


def test_public_imports_carry_on_through_a_file_that_is_mended() -> None:
    files = compiled(
        {
            "base.proto": 'syntax = "proto3"; package p; message Base {}',
            "all.proto": 'syntax = "proto3"; package p; import public "base.proto";',
            "user.proto": 'syntax = "proto3"; package p; import "all.proto"; message User { Base base = 1; }',
        }
    )
    files["renamed.proto"] = changed(files.pop("base.proto"), name="renamed.proto")
    assert schema_of(files).descriptor("p.User").fields_by_name["base"].message_type.full_name == "p.Base"


def test_extensions_are_found_by_number() -> None:
    table = FileTable(
        compiled(
            {
                "a.proto": 'syntax = "proto2"; package p; '
                "message A { extensions 5 to 9; extend A { optional int32 x = 6; } } "
                "extend A { optional int32 y = 5; }"
            }
        )
    )
    assert table.FindAllExtensionNumbers("p.A") == [5, 6]
    assert table.FindFileContainingExtension("p.A", 6).name == "a.proto"
    with pytest.raises(KeyError):
        table.FindFileContainingExtension("p.A", 7)


def test_bytes_that_are_no_file() -> None:
    with pytest.raises(DecodeError):
        read_entry(b"\xff\xff")
