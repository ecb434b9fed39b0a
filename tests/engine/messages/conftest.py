"""A schema with every kind of field, loaded the way a user's files are."""

from pathlib import Path

import pytest

from wirelens.bundled import protos
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema

_ODDITIES = """
edition = "2023";
package odd.v1;

import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";

enum Color { COLOR_NONE = 0; COLOR_RED = 1; COLOR_BLUE = 2; }
enum Closed { option features.enum_type = CLOSED; CLOSED_ONE = 1; CLOSED_TWO = 2; }

// Names that collide with Python's words and with the methods of message classes.
message Names {
  string class = 1;
  string Clear = 2;
  string SerializeToString = 3;
  string None = 4;
  string self = 5;
  string snake_case_name = 6;
  string renamed = 7 [json_name = "@odd name"];
  string DESCRIPTOR = 8;
}

message Node {
  Node next = 1;
  repeated Node children = 2;
  map<string, Node> named = 3;
  string label = 4;
  google.protobuf.Value value = 5;
  google.protobuf.Struct object = 6;
  google.protobuf.ListValue list = 7;
  google.protobuf.Any any = 8;
}

message Loose {
  string text = 1 [features.utf8_validation = NONE];
  repeated string texts = 2 [features.utf8_validation = NONE];
  map<string, string> pairs = 3 [features.utf8_validation = NONE];
  map<string, Node> nodes = 4 [features.utf8_validation = NONE];
  bytes data = 5;
}

message Enums {
  Color color = 1;
  Closed closed = 2;
  repeated Color colors = 3;
  repeated Closed closeds = 4;
  google.protobuf.NullValue nothing = 5;
  repeated google.protobuf.NullValue nothings = 6;
  map<string, google.protobuf.NullValue> named_nothings = 7;
  repeated google.protobuf.Value values = 8;
}

message Endless { Endless again = 1 [features.field_presence = LEGACY_REQUIRED]; }
message Empty {}
message Old { string text = 1 [deprecated = true]; extensions 100 to 199; }
extend Old { google.protobuf.Timestamp when = 100; repeated Color shades = 101; Old inner_old = 102; }
"""

_SYNTHETIC = """
syntax = "proto3";
package synthetic.v1;

message Optionals {
  optional int32 count = 1;
  oneof _real { string real = 2; }
  oneof pair { string left = 3; int64 right = 4; }
  string plain = 5;
}
"""


@pytest.fixture(scope="session")
async def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder: Path = tmp_path_factory.mktemp("protos")
    (folder / "odd.proto").write_text(_ODDITIES)
    (folder / "synthetic.proto").write_text(_SYNTHETIC)
    demos = protos() / "wirelens" / "demo"
    return await load_proto_files(
        [folder, demos / "fields", demos / "users", demos / "llm"], import_paths=[folder, protos()]
    )
