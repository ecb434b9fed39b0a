"""A schema of its own for the draft's tests: what a draft must keep, in one small file, beside the demos' fields."""

from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from wirelens.bundled import protos
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema

PERSON = """
syntax = "proto3";
package draft.test;

import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

// How urgent it is.
enum Priority { PRIORITY_NONE = 0; PRIORITY_LOW = 1; PRIORITY_HIGH = 2; }

// Somebody.
message Person {
  // The name in full.
  string name = 1;
  int64 id = 2;
  uint32 age = 3;
  optional int32 shoe_size = 4;
  repeated string tags = 5;
  map<string, int32> scores = 6;
  Person manager = 7;
  repeated Person reports = 8;
  oneof contact { string email = 9; Phone phone = 10; int64 badge = 15; }
  bytes avatar = 11;
  Priority priority = 12;
  bool active = 13;
  double ratio = 14;
  map<string, Person> by_role = 16;
  google.protobuf.Timestamp born = 17;
  google.protobuf.Struct extra = 18;
  google.protobuf.Any detail = 19;
  google.protobuf.Int64Value wrapped = 20;
  optional string nick = 21;
  repeated int64 numbers = 22;
}

message Phone { string number = 1; bool mobile = 2; }
"""

EXTENDED = """
edition = "2023";
package open.test;

import "google/protobuf/timestamp.proto";

message Metric { int32 own = 1; Metric inner = 2; bytes data = 3; extensions 100 to 199; }
message Part { sint64 number = 1; extensions 100 to 199; }

extend Metric {
  double load = 100;
  repeated int32 cores = 101;
  Part part = 102 [features.message_encoding = DELIMITED];
  google.protobuf.Timestamp taken = 103;
  string label = 104;
}
message Holder { extend Part { uint64 HasField = 100; } }

service Metrics { rpc Watch(Metric) returns (stream Metric); }
"""

NEWER = PERSON.replace("uint32 age = 3;", "uint32 years = 3;").replace(
    "optional int32 shoe_size", "optional string shoe_size"
)


def compiled(folder: Path, sources: dict[str, str], *also: str) -> Schema:
    """The schema of .proto texts, with the demos' files to import."""
    for name, text in sources.items():
        (folder / name).write_text(text)
    out = folder / "set.bin"
    well_known = Path(protoc.__file__).parent / "_proto"
    arguments = ["protoc", f"-I{folder}", f"-I{protos()}", f"-I{well_known}", f"-o{out}"]
    assert protoc.main([*arguments, "--include_imports", "--include_source_info", *sources, *also]) == 0
    files = FileDescriptorSet.FromString(out.read_bytes())
    return Schema(FileTable({file.name: file.SerializeToString() for file in files.file}), [], Origin("test"))


@pytest.fixture(scope="session")
def person_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("person"), {"person.proto": PERSON})


@pytest.fixture(scope="session")
def extended_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """Messages that others add fields to."""
    return compiled(tmp_path_factory.mktemp("extended"), {"extended.proto": EXTENDED})


@pytest.fixture(scope="session")
def newer_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("newer"), {"person.proto": NEWER})


@pytest.fixture(scope="session")
def fields_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("fields"), {}, "wirelens/demo/fields/v1/fields.proto")


@pytest.fixture(scope="session")
def users_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("users"), {}, "wirelens/demo/users/v1/users.proto")


@pytest.fixture
def person(person_schema: Schema) -> Descriptor:
    return person_schema.descriptor("draft.test.Person")
