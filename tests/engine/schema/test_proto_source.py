"""What is written as .proto source reads well, and compiles to the descriptor that it was made of."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.engine.schema.samples import changed, compiled, schema_of, shop_files

from wirelens.engine.errors import SchemaError, UnknownSymbolError
from wirelens.engine.schema.bundled_files import bundled_import_roots
from wirelens.engine.schema.proto_writer import json_name_of
from wirelens.engine.schema.schema import Origin, Schema
from wirelens.engine.schema.services import Service

SHOWCASE = (Path(__file__).parent / "showcase.proto").read_text(encoding="utf-8")


def without_comments(data: bytes) -> FileDescriptorProto:
    file = FileDescriptorProto.FromString(data)
    file.ClearField("source_code_info")
    return file


def lost(files: Mapping[str, bytes], *, with_comments: bool) -> list[str]:
    """The texts that do not come back: compiled again they give another descriptor, or written again another text."""
    if not with_comments:
        files = {name: without_comments(data).SerializeToString() for name, data in files.items()}
    schema = schema_of(files)
    texts = {name: schema.file_source(name) for name in files}
    again = compiled(texts)
    wrong = [texts[name] for name, data in files.items() if without_comments(again[name]) != without_comments(data)]
    if with_comments:
        second = schema_of(again)
        wrong += [text for name, text in texts.items() if second.file_source(name) != text]
    return wrong


def bundled_texts() -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for root in bundled_import_roots()
        for path in sorted((root / "google").rglob("*.proto"))
    }


@pytest.mark.parametrize("with_comments", [True, False])
def test_all_of_protobuf_and_googleapis_common_protos_come_back(with_comments: bool) -> None:
    texts = bundled_texts()
    assert len(texts) > 60
    assert lost(compiled(texts), with_comments=with_comments) == []


def test_a_file_is_written_as_we_would_write_it() -> None:
    assert schema_of(compiled({"showcase.proto": SHOWCASE})).file_source("showcase.proto") == SHOWCASE


def test_the_showcase_comes_back_without_its_comments() -> None:
    assert lost(compiled({"showcase.proto": SHOWCASE}), with_comments=False) == []


@pytest.mark.parametrize(
    "text",
    [
        """edition = "2023";

package e;

option features.field_presence = IMPLICIT;
option features.enum_type = CLOSED;

message M {
  reserved old, older;

  string plain = 1;
  string explicit = 2 [features.field_presence = EXPLICIT];
  int32 required = 3 [features.field_presence = LEGACY_REQUIRED];
  repeated int32 expanded = 4 [features.repeated_field_encoding = EXPANDED];
  M delimited = 5 [features.message_encoding = DELIMITED];
}
""",
        """edition = "2024";

package e;

import option "google/protobuf/cpp_features.proto";

option features.(pb.cpp).string_type = VIEW;

export message M {
  local enum Kind {
    KIND_UNSPECIFIED = 0;
  }

  Kind kind = 1;
}
""",
        """syntax = "proto3";

message M {
  optional int32 a = 1;

  oneof b {
    int32 c = 2;
    int32 d = 3;
  }

  optional M e = 4;
}
""",
        """syntax = "proto2";

message M {
  option message_set_wire_format = true;

  extensions 4 to max;
}
""",
        """syntax = "proto2";

package p;

import "google/protobuf/descriptor.proto";

message Rules {
  extensions 10 to 20;

  optional int32 low = 1;
  repeated string words = 2;
}

extend Rules {
  optional bool strict = 10;
}

extend google.protobuf.FieldOptions {
  optional Rules rules = 77000;
  repeated int32 ids = 77001;
  optional bytes raw = 77002;
  optional float ratio = 77003;
}

message M {
  optional string s = 1 [
    (p.rules) = {
      low: 3
      words: "a"
      words: "b"
      [p.strict]: true
    },
    (p.ids) = 1,
    (p.ids) = 2,
    (p.raw) = "\\000x",
    (p.ratio) = 1e+20
  ];
}
""",
    ],
    ids=["edition 2023", "edition 2024", "proto3 optional", "message set", "field options"],
)
def test_texts_that_come_back_letter_by_letter(text: str) -> None:
    files = compiled({"m.proto": text}, with_imports=True)
    assert schema_of(files).file_source("m.proto") == text
    assert lost(files, with_comments=False) == []


def test_names_that_hide_each_other_are_written_out() -> None:
    texts = {
        "other.proto": 'syntax = "proto3"; package b; message T {}',
        "m.proto": """syntax = "proto3"; package a.b; import "other.proto";
            message T {
              message b { message T {} T mine = 1; .b.T other = 2; .a.b.T outer = 3; }
              b.T t = 1; .b.T u = 2;
            }
            message a { int32 x = 1; }
            service S { rpc Do(.b.T) returns (.a.b.T); }""",
    }
    assert lost(compiled(texts), with_comments=False) == []
    assert lost(compiled(texts), with_comments=True) == []


# -- any descriptor ----------------------------------------------------------------------------------------------

SCALARS = ["int32", "uint64", "sint32", "fixed64", "bool", "string", "bytes", "float", "double"]
NAMES = st.sampled_from(["A", "B", "p", "q"])  # few, so that they hide each other


@st.composite
def message_trees(draw: st.DrawFn, depth: int = 2) -> DescriptorProto:
    message = DescriptorProto(name=draw(NAMES))
    if depth:
        message.nested_type.extend(draw(st.lists(message_trees(depth - 1), max_size=2, unique_by=lambda m: m.name)))
    return message


@st.composite
def descriptor_files(draw: st.DrawFn) -> dict[str, FileDescriptorProto]:
    """Two files, one importing the other, with messages in messages and fields of all kinds between them."""
    files: list[FileDescriptorProto] = []
    types: list[str] = []
    for name in ("base.proto", "main.proto"):
        file = FileDescriptorProto(name=name, package=draw(st.sampled_from([None, "p", "q", "p.q", "q.p"])))
        file.message_type.extend(draw(st.lists(message_trees(), min_size=1, max_size=3, unique_by=lambda m: m.name)))
        syntax = draw(st.sampled_from(["proto2", "proto3", "editions"]))
        if syntax != "proto2":
            file.syntax = syntax
        if syntax == "editions":
            file.edition = Edition.EDITION_2023
        file.dependency.extend(other.name for other in files)
        scope = f".{file.package}" if file.package else ""
        levels = [(f"{scope}.{message.name}", message) for message in file.message_type]
        own = []
        while levels:
            full_name, message = levels.pop(0)
            own.append((full_name, message))
            levels += [(f"{full_name}.{nested.name}", nested) for nested in message.nested_type]
        types += [full_name for full_name, _ in own]
        for full_name, message in own:
            add_fields(draw, message, full_name, types, syntax)
        files.append(file)
    return {file.name: file for file in files}


def add_fields(draw: st.DrawFn, message: DescriptorProto, scope: str, types: list[str], syntax: str) -> None:
    optional: list[FieldDescriptorProto] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from(["scalar", "message", "map", "group", "oneof", "optional"]))
        field = message.field.add(name=f"f_{number}", number=number, label=FieldDescriptorProto.LABEL_OPTIONAL)
        field.json_name = draw(st.sampled_from([json_name_of(field.name), "custom" + str(number)]))
        if kind == "group" and syntax == "proto2":
            group = message.nested_type.add(name=f"G{number}")
            group.field.add(name="x", number=1, label=1, type=5, json_name="x")
            field.name = field.json_name = group.name.lower()
            field.type, field.type_name = FieldDescriptorProto.TYPE_GROUP, f"{scope}.{group.name}"
            continue
        if kind == "map":
            entry = message.nested_type.add(name=f"F{number}Entry")
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, label=1, type=FieldDescriptorProto.TYPE_STRING, json_name="key")
            value = entry.field.add(name="value", number=2, label=1, json_name="value")
            value.type, value.type_name = FieldDescriptorProto.TYPE_MESSAGE, draw(st.sampled_from(types))
            field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f"{scope}.{entry.name}"
            field.label = FieldDescriptorProto.LABEL_REPEATED
            continue
        if kind == "message":
            field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, draw(st.sampled_from(types))
        else:
            field.type = FieldDescriptorProto.Type.Value("TYPE_" + draw(st.sampled_from(SCALARS)).upper())
        if kind == "oneof":
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"one_{number}")
        elif kind == "optional" and syntax == "proto3":
            field.proto3_optional = True
            optional.append(field)
        elif draw(st.booleans()):
            field.label = FieldDescriptorProto.LABEL_REPEATED
        if draw(st.booleans()):
            field.options.deprecated = draw(st.booleans())
    for field in optional:
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{field.name}")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(descriptor_files())
def test_any_descriptor_that_protobuf_takes_comes_back(files: dict[str, FileDescriptorProto]) -> None:
    packages = {file.package for file in files.values()} | {file.package.partition(".")[0] for file in files.values()}
    for file in files.values():
        prefix = f"{file.package}." if file.package else ""
        assume(not any(prefix + message.name in packages for message in file.message_type))  # protoc's pool is stricter
    pool = descriptor_pool.DescriptorPool()
    try:
        for file in files.values():
            pool.Add(file)
    except TypeError:
        assume(False)
    assert lost({name: file.SerializeToString() for name, file in files.items()}, with_comments=False) == []


# -- symbols -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def showcase() -> Schema:
    return schema_of(compiled({"showcase.proto": SHOWCASE}))


@pytest.mark.parametrize(
    ("symbol", "source"),
    [
        ("show.case.Showing.Watch", "// Many answers.\nrpc Watch(Thing) returns (stream google.protobuf.Any);\n"),
        ("show.case.Showing/Watch", "// Many answers.\nrpc Watch(Thing) returns (stream google.protobuf.Any);\n"),
        ("show.case.Part", "message Part {}\n"),
        ("show.case.Level", "enum Level {\n  LOW = 1;  // not much\n  HIGH = 2;\n}\n"),
        ("show.case.HIGH", "HIGH = 2;\n"),
        ("show.case.Level.HIGH", "HIGH = 2;\n"),
        ("show.case.Thing.packed", "repeated int32 packed = 6 [packed = true];  // packed numbers\n"),
        ("show.case.Thing.text", "// First.\nstring text = 12;\n"),
        ("show.case.Thing.things", "map<string, Thing> things = 15;\n"),
        ("show.case.Thing.row", "repeated group Row = 17 {\n  optional sint64 cell = 1;\n}\n"),
        ("show.case.Thing.inside", "extend Thing {\n  optional int32 inside = 101;\n}\n"),
        ("show.case.added", "extend Thing {\n  // By others.\n  optional string added = 100;\n}\n"),
        (
            "show.case.Thing.Part",
            "// A part.\nmessage Part {\n  optional Part part = 1;\n  optional show.case.Part outer = 2;\n}\n",
        ),
    ],
)
def test_each_kind_of_symbol(showcase: Schema, symbol: str, source: str) -> None:
    assert showcase.proto_source(symbol) == source


def test_a_oneof_a_service_and_a_well_known_type(showcase: Schema) -> None:
    assert showcase.proto_source("show.case.Thing.choice").startswith(
        "oneof choice {\n  option (show.case.choice) = true;"
    )
    assert showcase.proto_source("show.case.Showing").startswith("// Shows things.\nservice Showing {")
    assert "string type_url = 1;" in showcase.proto_source("google.protobuf.Any")


def test_unknown_symbols_and_files_suggest_near_ones(showcase: Schema) -> None:
    with pytest.raises(UnknownSymbolError, match=r"did you mean show\.case\.Thing"):
        showcase.proto_source("show.case.Thingg")
    with pytest.raises(UnknownSymbolError):
        showcase.proto_source("show.case.Thing.no_field")
    with pytest.raises(UnknownSymbolError):
        showcase.proto_source("")
    with pytest.raises(UnknownSymbolError, match=r"did you mean showcase\.proto"):
        showcase.file_source("showcas.proto")


def test_a_service_that_is_not_described() -> None:
    schema = Schema(schema_of({}).table, [Service("p.S", error="the server does not know it")], Origin("reflection v1"))
    with pytest.raises(SchemaError, match="the server does not know it"):
        schema.proto_source("p.S")


def test_a_file_that_cannot_be_used_is_shown_as_it_was_sent() -> None:
    files = shop_files()
    del files["shop/v1/types.proto"]
    schema = schema_of(files)
    assert 'import "shop/v1/types.proto";' in schema.file_source("shop/v1/orders.proto")
    assert "rpc GetOrder(GetOrderRequest) returns (.shop.v1.Order);" in schema.proto_source("shop.v1.OrderService")


def test_messages_in_messages_as_deep_as_protobuf_goes() -> None:
    message = DescriptorProto(name="M0")
    for level in range(1, 95):
        message = DescriptorProto(name=f"M{level}", nested_type=[message])
    file = FileDescriptorProto(name="deep.proto", syntax="proto3", message_type=[message])
    schema = schema_of({"deep.proto": file.SerializeToString()})
    assert "message M0 {}" in schema.file_source("deep.proto")
    innermost = ".".join(f"M{level}" for level in range(94, -1, -1))
    assert schema.proto_source(innermost) == "message M0 {}\n"


def test_descriptors_with_odd_contents_do_not_break_the_writer() -> None:
    data = shop_files()["shop/v1/types.proto"]
    file = FileDescriptorProto.FromString(data)
    field = file.message_type[0].field[0]
    field.oneof_index = 7
    field.options.ParseFromString(b"\x9a\xbe\x25\x03abc")
    file.message_type[0].field.add()
    file.message_type[0].field[1].type_name = "relative.Name"
    schema = schema_of({"odd.proto": changed(file.SerializeToString(), name="odd.proto")})
    source = schema.file_source("odd.proto")
    assert "relative.Name" in source
    assert "options that this schema does not explain" in source
