"""Schemas written to disk can be read again, and stay where they belong."""

import os
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from tests.engine.schema.samples import changed, compiled, schema_of, shop_files

from wirelens.engine.errors import StorageError
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
from wirelens.engine.schema.export import export_descriptor_set, export_proto_tree, safe_relative_path
from wirelens.engine.schema.proto_files import load_proto_files


async def test_a_descriptor_set_is_complete_in_order_and_keeps_comments(tmp_path: Path) -> None:
    path = tmp_path / "shop.binpb"
    count = await export_descriptor_set(schema_of(shop_files()), path)
    names = [file.name for file in FileDescriptorSet.FromString(path.read_bytes()).file]
    assert names == ["google/protobuf/timestamp.proto", "shop/v1/types.proto", "shop/v1/orders.proto"]
    assert count == len(names)
    schema = await load_descriptor_sets([path])
    assert schema.comment("shop.v1.OrderService.GetOrder") == "One order by its number."
    assert os.listdir(tmp_path) == ["shop.binpb"]


async def test_a_mended_source_is_exported_mended(tmp_path: Path) -> None:
    files = shop_files()
    files["elsewhere.proto"] = changed(files.pop("shop/v1/types.proto"), name="elsewhere.proto")
    files |= compiled({"broken.proto": 'syntax = "proto3"; message Broken {}'})
    broken = FileDescriptorProto.FromString(files["broken.proto"])
    broken.message_type[0].field.add(name="x", number=1, type=11, label=1, type_name=".no.Such")
    files["broken.proto"] = broken.SerializeToString()
    path = tmp_path / "shop.binpb"
    await export_descriptor_set(schema_of(files), path)
    schema = await load_descriptor_sets([path])
    assert schema.descriptor("shop.v1.Order").file.name == "elsewhere.proto"
    assert "broken.proto" not in schema.files


async def test_a_tree_of_proto_files_compiles_again(tmp_path: Path) -> None:
    schema = schema_of(compiled({"a/m.proto": 'syntax = "proto3"; message M {}'}) | shop_files())
    written = await export_proto_tree(schema, tmp_path / "new" / "folder")
    assert sorted(path.relative_to(tmp_path / "new/folder").as_posix() for path in written) == [
        "a/m.proto",
        "shop/v1/orders.proto",
        "shop/v1/types.proto",
    ]
    again = await load_proto_files([tmp_path / "new/folder"])
    assert again.comment("shop.v1.OrderService") == "Takes orders."
    assert {name for name in again.files if not name.startswith("google/")} == set(schema.files)


async def test_well_known_files_are_in_a_set_but_not_in_a_tree(tmp_path: Path) -> None:
    files = compiled(
        {"m.proto": 'syntax = "proto3"; import "google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; }'},
        with_imports=True,
    )
    written = await export_proto_tree(schema_of(files), tmp_path)
    assert [path.name for path in written] == ["m.proto"]


@pytest.mark.parametrize(
    "name",
    ["../../escape.proto", "/etc/escape.proto", "..\\..\\escape.proto", "C:\\escape.proto", "a/../../escape.proto"],
)
async def test_a_hostile_file_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "here"
    data = changed(compiled({"m.proto": 'syntax = "proto3"; message M {}'})["m.proto"], name=name)
    written = await export_proto_tree(schema_of({name: data}), folder)
    assert len(written) == 1
    assert written[0].resolve().is_relative_to(folder.resolve())
    assert written[0].is_file()


def test_safe_names() -> None:
    assert safe_relative_path("a/b.proto") == Path("a/b.proto")
    assert safe_relative_path("") == Path("_.proto")
    assert safe_relative_path("NUL") == Path("_")
    assert safe_relative_path("a/\0b.proto") == Path("a/b.proto")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs folders one may not write into")
async def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError):
        await export_proto_tree(schema_of(shop_files()), tmp_path / "x")


async def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here before")
    for path, next_step in (
        (tmp_path / "gone" / "x.binpb", "choose a folder that is there"),
        (tmp_path / "file" / "x.binpb", "choose another place: a file stands where a folder is needed"),
    ):
        with pytest.raises(StorageError) as caught:
            await export_descriptor_set(schema_of(shop_files()), path)
        assert caught.value.place == str(path)
        assert caught.value.next_step == next_step
    with pytest.raises(StorageError, match="folder cannot be made"):
        await export_proto_tree(schema_of(shop_files()), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "here before"
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError):
        await export_descriptor_set(schema_of(shop_files()), tmp_path / "folder")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
