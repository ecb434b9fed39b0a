"""Descriptor sets as a source."""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.schema.samples import SHOP, SHOP_TYPES, compiled, shop_files

from wirelens.engine.errors import DescriptorSetError
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets, split_descriptor_set


def written(path: Path, files: dict[str, bytes]) -> Path:
    path.write_bytes(FileDescriptorSet(file=map(FileDescriptorProto.FromString, files.values())).SerializeToString())
    return path


async def test_a_complete_set(tmp_path: Path) -> None:
    texts = {"shop/v1/orders.proto": SHOP, "shop/v1/types.proto": SHOP_TYPES}
    path = written(tmp_path / "shop.binpb", compiled(texts, with_imports=True))
    schema = await load_descriptor_sets([path])
    assert [service.full_name for service in schema.services] == ["shop.v1.OrderService"]
    assert (schema.origin.kind, schema.origin.file_count, schema.origin.details) == ("descriptor set", 3, ())
    assert schema.comment("shop.v1.OrderService") == "Takes orders."


async def test_well_known_imports_need_not_be_in_it(tmp_path: Path) -> None:
    schema = await load_descriptor_sets([written(tmp_path / "x", shop_files())])
    assert schema.descriptor("shop.v1.Order")


async def test_what_it_lacks_is_named(tmp_path: Path) -> None:
    files = shop_files()
    types = {"shop/v1/types.proto": files.pop("shop/v1/types.proto")}
    path = written(tmp_path / "orders.binpb", files)
    with pytest.raises(DescriptorSetError, match=r"shop/v1/types\.proto is missing") as caught:
        await load_descriptor_sets([path])
    assert caught.value.place == str(path)
    assert "--include_imports" in caught.value.next_step
    schema = await load_descriptor_sets([path, written(tmp_path / "types.binpb", types)])
    assert schema.method("shop.v1.OrderService/GetOrder")


async def test_an_import_for_options_only_may_be_missing(tmp_path: Path) -> None:
    files = compiled(
        {
            "o.proto": 'syntax = "proto2"; import "google/protobuf/descriptor.proto"; '
            "extend google.protobuf.MessageOptions { optional bool x = 77000; }",
            "m.proto": 'syntax = "proto3"; import "o.proto"; message M { option (x) = true; }',
        }
    )
    schema = await load_descriptor_sets([written(tmp_path / "x", {"m.proto": files["m.proto"]})])
    assert schema.descriptor("M")
    assert "o.proto is imported but not in the set" in schema.origin.details[0]


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is text", b"\x0a\x05abc", b"\x0a\x00", b"\x0a\x03\xff\xff\xff", b"\xff" * 20]
)
async def test_what_is_no_descriptor_set(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.binpb"
    path.write_bytes(data)
    with pytest.raises(DescriptorSetError, match="no descriptor set") as caught:
        await load_descriptor_sets([path])
    assert caught.value.place == str(path)


async def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(DescriptorSetError, match="cannot be read"):
            await load_descriptor_sets([path])


def test_splitting_gives_the_files_and_skips_other_fields() -> None:
    files = list(shop_files().values())
    whole = FileDescriptorSet(file=map(FileDescriptorProto.FromString, files)).SerializeToString()
    assert split_descriptor_set(whole + b"\xca\x3e\x02hi") == files


@given(st.binary(max_size=60))
def test_splitting_any_bytes_ends_in_files_or_a_refusal(data: bytes) -> None:
    try:
        assert sum(map(len, split_descriptor_set(data))) <= len(data)
    except ValueError:
        pass
