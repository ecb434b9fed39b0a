"""Small .proto texts compiled in place, for tests that need descriptors to begin with."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc

from wirelens.engine.schema.bundled_files import bundled_import_roots
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema, services_of

SHOP = """
syntax = "proto3";
package shop.v1;
import "shop/v1/types.proto";

// Takes orders.
service OrderService {
  // One order by its number.
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc WatchOrders(GetOrderRequest) returns (stream Order) { option deprecated = true; }
  rpc Upload(stream Order) returns (Order);
  rpc Chat(stream Order) returns (stream Order);
}

message GetOrderRequest {
  int64 id = 1;  // the number on the receipt
}
"""

SHOP_TYPES = """
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";

// What somebody bought.
message Order {
  int64 id = 1;
  State state = 2;
  google.protobuf.Timestamp bought_at = 3;
  repeated Line lines = 4;
  message Line { string article = 1; map<string, int32> counts = 2; }
}

// How far an order is.
enum State {
  STATE_UNSPECIFIED = 0;
  // It is on its way.
  STATE_SENT = 1;
}
"""


def write_tree(folder: Path, texts: Mapping[str, str]) -> Path:
    """Writes files by relative name; the folder."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def compiled(texts: Mapping[str, str], *, with_imports: bool = False, comments: bool = True) -> dict[str, bytes]:
    """Serialized FileDescriptorProtos by name, as protoc makes them."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_tree(Path(folder), texts)
        output = root / "set.binpb"
        arguments = [
            "protoc",
            "--retain_options",  # as proto_files asks it to
            *(f"-I{path}" for path in (root, *bundled_import_roots())),
            f"--descriptor_set_out={output}",
        ]
        arguments += ["--include_imports"] * with_imports + ["--include_source_info"] * comments
        assert protoc.main([*arguments, *texts]) == 0
        files = FileDescriptorSet.FromString(output.read_bytes()).file
        return {file.name: file.SerializeToString() for file in files}


def shop_files() -> dict[str, bytes]:
    return compiled({"shop/v1/orders.proto": SHOP, "shop/v1/types.proto": SHOP_TYPES})


def schema_of(files: Mapping[str, bytes], kind: str = ".proto files") -> Schema:
    table = FileTable(files)
    return Schema(table, services_of(table, table.files), Origin(kind, len(files)))


def changed(data: bytes, **values: object) -> bytes:
    """A serialized file with other values in some fields; a list replaces a repeated one."""
    file = FileDescriptorProto.FromString(data)
    for name, value in values.items():
        if isinstance(value, list):
            getattr(file, name)[:] = value
        else:
            setattr(file, name, value)
    return file.SerializeToString()
