"""A schema with a rule of every kind, as .proto text."""

import json
from pathlib import Path

from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema

PREDEFINED = """
syntax = "proto2";
package ruled.v1;
import "buf/validate/validate.proto";
extend buf.validate.StringRules {
  optional bool slug = 80048952 [(buf.validate.predefined).cel = {
    id: "string.slug" message: "must be a slug" expression: "!rule || this.matches('^[a-z-]+$')"
  }];
  optional int32 words = 80048953 [(buf.validate.predefined).cel = {
    id: "string.words" expression: "this.split(' ').size() == rule ? '' : 'must have %s words'.format([rule])"
  }];
}
"""

RULED = """
syntax = "proto3";
package ruled.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "ruled/v1/predefined.proto";

enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; COLOR_BLUE = 2; }

message Numbers {
  int32 between = 1 [(buf.validate.field).int32 = {gte: 1, lte: 5}];
  uint64 outside = 2 [(buf.validate.field).uint64 = {lt: 3, gt: 8}];
  double finite = 3 [(buf.validate.field).double = {finite: true, gt: 0}];
  sint32 listed = 4 [(buf.validate.field).sint32 = {in: [-4, 8]}];
  fixed64 fixed = 5 [(buf.validate.field).fixed64.const = 7];
  float not_listed = 6 [(buf.validate.field).float = {not_in: [0, 2.5]}];
  bool yes = 7 [(buf.validate.field).bool.const = true];
  google.protobuf.Int32Value wrapped = 8 [(buf.validate.field).int32.gt = 10];
  int64 open = 9 [(buf.validate.field).int64 = {gt: 2, lt: 4}];
}

message Texts {
  string name = 1 [(buf.validate.field).string = {min_len: 1, max_len: 64}];
  string code = 2 [(buf.validate.field).string.len = 4];
  string email = 3 [(buf.validate.field).string.email = true];
  string uuid = 4 [(buf.validate.field).string.uuid = true];
  string host = 5 [(buf.validate.field).string.hostname = true];
  string link = 6 [(buf.validate.field).string.uri = true];
  string ip = 7 [(buf.validate.field).string.ipv6 = true];
  string pattern = 8 [(buf.validate.field).string.pattern = "^[A-Z]{2}-[0-9]{3}$"];
  string shaped = 9 [(buf.validate.field).string = {prefix: "a", suffix: "z", contains: "m", not_contains: "q"}];
  string listed = 10 [(buf.validate.field).string = {in: ["one", "two"]}];
  bytes raw = 11 [(buf.validate.field).bytes = {min_len: 2, max_len: 4}];
  string header = 12 [(buf.validate.field).string.well_known_regex = KNOWN_REGEX_HTTP_HEADER_NAME];
  string slug = 13 [(buf.validate.field).string.(ruled.v1.slug) = true];
  string pair = 14 [(buf.validate.field).string.(ruled.v1.words) = 2];
  string maybe = 15 [(buf.validate.field).string.min_len = 3, (buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE];
  string never = 16 [(buf.validate.field).string.min_len = 3, (buf.validate.field).ignore = IGNORE_ALWAYS];
  string short = 17 [(buf.validate.field).string.max_bytes = 3];
  string suggested = 18 [(buf.validate.field).string = {pattern: "^x[0-9]+$", example: "x12"}];
  string port = 19 [(buf.validate.field).string.host_and_port = true];
  string prefix = 20 [(buf.validate.field).string.ipv4_prefix = true];
}

message Others {
  Color color = 1 [(buf.validate.field).enum = {defined_only: true, not_in: [0]}];
  google.protobuf.Timestamp past = 2 [(buf.validate.field).timestamp.lt_now = true];
  google.protobuf.Timestamp future = 3 [(buf.validate.field).timestamp.gt_now = true];
  google.protobuf.Timestamp near = 4 [(buf.validate.field).timestamp.within = {seconds: 3600}];
  google.protobuf.Timestamp era = 5 [(buf.validate.field).timestamp = {gte: {seconds: 0}, lt: {seconds: 86400}}];
  google.protobuf.Duration pause = 6 [(buf.validate.field).duration = {gt: {}, lte: {seconds: 5}}];
  google.protobuf.FieldMask mask = 7 [(buf.validate.field).field_mask.in = "color"];
  google.protobuf.Any any = 8 [(buf.validate.field).any.in = "type.googleapis.com/ruled.v1.Numbers"];
  Texts texts = 9 [(buf.validate.field).required = true];
  optional string present = 10 [(buf.validate.field).required = true];
}

message Many {
  repeated string tags = 1 [(buf.validate.field).repeated = {
    min_items: 2, max_items: 3, unique: true, items: {string: {min_len: 2}}
  }];
  map<string, int32> stock = 2 [(buf.validate.field).map = {
    min_pairs: 1, keys: {string: {max_len: 3}}, values: {int32: {gt: 0}}
  }];
  repeated Choice choices = 3;
  map<int32, Choice> by_number = 4;
}

message Choice {
  oneof way {
    option (buf.validate.oneof).required = true;
    string by_name = 1 [(buf.validate.field).string.min_len = 2];
    int32 by_number = 2;
  }
}

message Pair {
  option (buf.validate.message).cel = {
    id: "pair.order" message: "low must not be above high" expression: "this.low <= this.high"
  };
  option (buf.validate.message).oneof = {fields: ["left", "right"], required: true};
  int32 low = 1;
  int32 high = 2 [(buf.validate.field).cel = {
    id: "high.even" expression: "this % 2 == 0 ? '' : '%s is odd'.format([this])"
  }];
  string left = 3;
  string right = 4;
}

message Created {
  Texts texts = 1 [(buf.validate.field).cel = {
    id: "created.slug" message: "a slug is needed" expression: "this.slug != ''"
  }];
  repeated Numbers numbers = 2 [(buf.validate.field).repeated.items.cel = {
    id: "numbers.order" message: "between must not be above open" expression: "this.between <= this.open"
  }];
  google.protobuf.Timestamp start = 3;
  google.protobuf.Timestamp finish = 4;
  option (buf.validate.message).cel = {
    id: "created.times" message: "must finish after it starts" expression: "this.finish > this.start"
  };
}

message All { Numbers numbers = 1; Texts texts = 2; Others others = 3; Many many = 4; Pair pair = 5; All inner = 6; }

message Wrong {
  string broken = 1 [(buf.validate.field).cel = {id: "broken", expression: "this.nothing("}];
  string sound = 2 [(buf.validate.field).string.min_len = 3];
}
message Around { Wrong wrong = 1; Pair pair = 2; repeated Pair pairs = 3; map<string, Pair> named = 4; }
message Beside {
  option (buf.validate.message).cel = {id: "beside" message: "wrong is needed" expression: "has(this.wrong)"};
  Wrong wrong = 1 [(buf.validate.field).required = true];
  string name = 2 [(buf.validate.field).string.min_len = 3];
  repeated Choice choices = 3;
  map<string, Wrong> wrongs = 4;
}
message Mismatched { string name = 1 [(buf.validate.field).int32.gt = 3]; }
message Failing { string name = 1 [(buf.validate.field).cel = {id: "sum", expression: "this + 1 == 2"}]; }
message Impossible { int32 number = 1 [(buf.validate.field).int32 = {in: [1, 2], not_in: [1, 2]}]; }
message Free { string name = 1; Free free = 2; }
message Packed {
  google.protobuf.Any any = 1;
  repeated google.protobuf.Any many = 2;
  map<string, google.protobuf.Any> named = 3;
  google.protobuf.Any never = 4 [(buf.validate.field).ignore = IGNORE_ALWAYS];
  Packed inner_one = 5;
}
// Takes 2 ms with 20 numbers; protovalidate refuses more steps in one rule.
message Slow {
  option (buf.validate.message).cel = {
    id: "slow.sums" message: "sums must not be negative"
    expression: "this.numbers.all(a, this.numbers.all(b, this.numbers.all(c, a + b + c >= 0)))"
  };
  repeated int32 numbers = 1;
  repeated Slow more = 2;
}
"""


def slow_json(milliseconds: int) -> str:
    """A ruled.v1.Slow that takes about so long to check."""
    one = json.dumps({"numbers": [1] * 20})
    lines = ",\n".join([one] * (milliseconds // 2))
    return f'{{"more": [\n{lines}\n]}}'


def write_ruled(folder: Path) -> Path:
    """Write the schema below `folder`; gives the folder, which is its import root."""
    for name, text in (("predefined", PREDEFINED), ("ruled", RULED)):
        path = folder / "ruled" / "v1" / f"{name}.proto"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


async def load_ruled(folder: Path) -> Schema:
    """The schema, compiled from files below `folder`."""
    schema = await load_proto_files([write_ruled(folder)])
    assert schema.origin.left_out == ()
    return schema
