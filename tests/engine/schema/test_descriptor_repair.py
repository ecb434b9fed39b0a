"""Descriptors that come damaged: invalid text, relative names, and bytes turned at random."""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.schema.samples import compiled, schema_of, shop_files

from wirelens.engine.errors import WirelensError
from wirelens.engine.schema.descriptor_repair import complete_names, with_valid_text
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.reflection_files import ReflectedFiles

SHOWCASE = (Path(__file__).parent / "showcase.proto").read_text(encoding="utf-8")


def test_valid_text_is_left_alone() -> None:
    data = shop_files()["shop/v1/orders.proto"]
    assert with_valid_text(data) is data
    with pytest.raises(DecodeError):
        with_valid_text(b"\xff\xff")


def test_invalid_text_is_replaced_wherever_it_stands() -> None:
    data = shop_files()["shop/v1/types.proto"].replace(b"counts", b"c\xffunts")
    data = data.replace(b"It is on its way", b"It is \xff\xfe its way")
    file = FileDescriptorProto.FromString(with_valid_text(data))
    assert file.message_type[0].nested_type[0].field[1].name == "c\ufffdunts"
    assert any("It is \ufffd\ufffd its way" in one.leading_comments for one in file.source_code_info.location)


async def test_a_proto_file_with_comments_in_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "m.proto"
    path.write_bytes('syntax = "proto3";\n// grün\nmessage M { string s = 1; }\n'.encode("latin-1"))
    schema = await load_proto_files([path])
    assert schema.comment("M") == "gr\ufffdn"
    assert schema.proto_source("M").startswith("// gr\ufffdn\nmessage M {")


def test_relative_names_are_completed_from_the_inside_out() -> None:
    """As @grpc/reflection for Node.js sends them."""
    files = {name: FileDescriptorProto.FromString(data) for name, data in shop_files().items()}
    expected = {name: FileDescriptorProto.FromString(file.SerializeToString()) for name, file in files.items()}
    types, orders = files["shop/v1/types.proto"], files["shop/v1/orders.proto"]
    order = types.message_type[0]
    order.nested_type[0].field[1].type_name = "CountsEntry"
    for index, relative in ((1, "State"), (3, "Line"), (2, "google.protobuf.Timestamp")):
        order.field[index].type_name = relative
    for method in orders.service[0].method:
        method.output_type = "Order"
    known = {"shop.v1.Order", "shop.v1.Order.Line", "shop.v1.State", "google.protobuf.Timestamp"}
    for name, file in files.items():
        before = file.SerializeToString()
        complete_names(file, known.__contains__)
        assert file == expected[name]
        file.ParseFromString(before)
    del orders.dependency[:], types.dependency[:]
    schema = schema_of({name: file.SerializeToString() for name, file in files.items()})
    assert schema.method("shop.v1.OrderService/GetOrder").response == "shop.v1.Order"
    assert schema.descriptor("shop.v1.Order").fields_by_name["lines"].message_type.full_name == "shop.v1.Order.Line"
    assert "rpc GetOrder(GetOrderRequest) returns (Order);" in schema.proto_source("shop.v1.OrderService")


ORIGINALS = [*compiled({"showcase.proto": SHOWCASE}).values(), *shop_files().values()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1 << 16), st.binary(min_size=1, max_size=4)), max_size=5))
def test_bytes_turned_at_random_end_in_a_schema_or_an_error_of_ours(changes: list[tuple[int, int, bytes]]) -> None:
    files = [bytearray(data) for data in ORIGINALS]
    for which, offset, data in changes:
        offset %= len(files[which])
        files[which][offset : offset + len(data)] = data
    reflected = ReflectedFiles()
    reflected.add(bytes(data) for data in files)
    assert isinstance(reflected.undefined_symbols(), list)
    schema = schema_of(reflected.by_name)
    for name in schema.files:
        schema.file_problem(name)
        assert schema.file_source(name)
    for name in schema.message_names():
        try:
            schema.message_class(name)()
        except WirelensError:
            pass
