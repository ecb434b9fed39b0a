from typing import Any

import pytest
from tests.engine.messages.ruled import load_ruled

from wirelens.engine.messages.examples import empty_message, example_message, minimal_message
from wirelens.engine.messages.fields import message_fields
from wirelens.engine.messages.protojson import message_from_json, message_to_json
from wirelens.engine.messages.validation import broken_rules
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.engine.schema.schema import Schema

_FAMILIAR = """
syntax = "proto3";
package familiar.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/field_mask.proto";

message Person {
  string id = 1;
  string name = 2;
  string email = 3;
  string phone_number = 4;
  string homepageUrl = 5;
  string city = 6;
  int32 age = 7;
  double latitude = 8;
  google.protobuf.Timestamp create_time = 9;
  // Output only. Where the person is kept.
  string shard = 10;
  string etag = 11;
  bytes avatar = 12;
  repeated string tags = 13;
  string old = 14 [deprecated = true];
}
message CreatePersonRequest {
  // Format: `projects/{project}/regions/{region}`
  string parent = 1;
  Person person = 2;
  string request_id = 3;
  bool validate_only = 4;
}
message UpdatePersonRequest { Person person = 1; google.protobuf.FieldMask update_mask = 2; }
message SearchRequest {
  string query = 1;
  int32 page_size = 2;
  string page_token = 3;
  string filter = 4;
  google.protobuf.Timestamp start_time = 5;
  google.protobuf.Timestamp end_time = 6;
}
message GenerateRequest {
  string prompt = 1;
  string model = 2;
  float temperature = 3;
  int32 top_k = 4;
  uint32 max_output_tokens = 5;
  repeated string stop = 6;
  string system_prompt = 7;
}
message Commented {
  // Example: "from the comment"
  string text = 1;
  // The number of things. Example: 9007199254740993, say.
  int64 number = 2;
  // Example: null
  string nothing = 3;
  // Example: ["a", "b"]
  repeated string list = 4;
  // Example: {"k": 5}
  map<string, int32> map = 5;
  // Example: this is no JSON
  string city = 6;
  // Example: 5000000000
  int32 page_size = 7;
  // Example: {"name": "Alan", "age": 41}
  Person person = 8;
  // Example: "one"
  repeated string single = 9;
}
message Ring { string label = 1; Ring next = 2; repeated Ring all = 3; map<string, Ring> named = 4; Other other = 5; }
message Other { Ring ring = 1; int32 count = 2; }
"""


@pytest.fixture(scope="module")
async def familiar(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("familiar")
    (folder / "familiar.proto").write_text(_FAMILIAR)
    return await load_proto_files([folder])


def _example(schema: Schema, name: str, seed: int = 0) -> Any:
    return example_message(schema.descriptor(name), schema, seed=seed)


def test_values_fit_the_names_of_fields(familiar: Schema) -> None:
    person = _example(familiar, "familiar.v1.Person")
    assert person.name == "Ada Lovelace"
    assert "@example.com" in person.email
    assert person.phone_number.startswith("+")
    assert person.homepageUrl.startswith("https://")
    assert person.city == "London"
    assert 0 < person.age < 120
    assert -90 <= person.latitude <= 90
    assert person.id == "1"


def test_what_the_server_sets_and_what_is_deprecated_is_left_out(familiar: Schema) -> None:
    person = _example(familiar, "familiar.v1.Person")
    assert not person.HasField("create_time")
    assert person.shard == person.etag == person.old == ""


def test_a_created_thing_gets_no_id_and_its_parent_the_form_of_the_comment(familiar: Schema) -> None:
    request = _example(familiar, "familiar.v1.CreatePersonRequest")
    assert request.parent == "projects/my-project/regions/my-region"
    assert request.person.id == ""
    assert request.person.name
    assert len(request.request_id) == 36
    assert not request.validate_only


def test_a_mask_names_fields_that_are_set_beside_it(familiar: Schema) -> None:
    request = _example(familiar, "familiar.v1.UpdatePersonRequest")
    assert request.update_mask.paths
    assert all(getattr(request.person, path) for path in request.update_mask.paths)
    assert request.person.email != _example(familiar, "familiar.v1.CreatePersonRequest").person.email


def test_tokens_and_filters_are_left_out_of_lists(familiar: Schema) -> None:
    request = _example(familiar, "familiar.v1.SearchRequest")
    assert request.query
    assert request.page_size == 10
    assert request.page_token == request.filter == ""
    assert request.start_time.seconds < request.end_time.seconds


def test_language_models_are_asked_something_sensible(familiar: Schema) -> None:
    request = _example(familiar, "familiar.v1.GenerateRequest")
    assert len(request.prompt.split()) > 3
    assert request.model == ""
    assert not request.stop
    assert 0 < request.temperature <= 1
    assert request.top_k > 1
    assert request.max_output_tokens >= 64


def test_the_comment_decides_where_it_holds_an_example(familiar: Schema) -> None:
    message = _example(familiar, "familiar.v1.Commented")
    assert message.text == "from the comment"
    assert message.number == 9007199254740993
    assert message.nothing == ""
    assert list(message.list) == ["a", "b"]
    assert dict(message.map) == {"k": 5}
    assert message.city == "London"
    assert message.page_size == 10, "5000000000 is no int32"
    assert (message.person.name, message.person.age, message.person.email) == ("Alan", 41, "")
    assert list(message.single) == ["one"]


def test_recursion_ends_at_the_type_it_began_with(familiar: Schema) -> None:
    ring = _example(familiar, "familiar.v1.Ring")
    assert ring.label
    assert not ring.HasField("next")
    assert not ring.all
    assert not ring.named
    assert ring.other.count
    assert not ring.other.HasField("ring")


def test_seeds_differ_and_each_gives_the_same_again(familiar: Schema) -> None:
    examples = [_example(familiar, "familiar.v1.Person", seed) for seed in range(3)]
    assert len({example.name for example in examples}) == 3
    assert examples[1] == _example(familiar, "familiar.v1.Person", 1)


def test_every_field_of_the_demo_is_filled_once(schema: Schema) -> None:
    name = "wirelens.demo.fields.v1.Everything"
    message = _example(schema, name)
    filled = {field.name for field, _ in message.ListFields()}
    oneofs: set[str] = set()
    for shape in message_fields(schema.descriptor(name)):
        if shape.oneof is not None:
            oneofs.add(shape.oneof)
            continue
        may_be_unset = ("everything", "null_value")
        assert (shape.name in filled) != (shape.deprecated or shape.name in may_be_unset), shape.name
    assert {message.WhichOneof(oneof) for oneof in oneofs} == {"choice_text", "other_count"}


def test_required_fields_are_set_however_the_rest_is(schema: Schema) -> None:
    for name in ("wirelens.demo.fields.v1.Proto2Everything", "wirelens.demo.fields.v1.EditionsEverything"):
        message = _example(schema, name)
        assert message.IsInitialized()
        text = message_to_json(message, schema)
        assert message_from_json(text, schema.descriptor(name), schema) == message


def test_a_type_that_requires_itself_ends_too(schema: Schema) -> None:
    message = _example(schema, "odd.v1.Endless")
    assert not message.IsInitialized()
    assert message_to_json(message, schema)


def test_an_empty_message_is_empty(schema: Schema) -> None:
    descriptor = schema.descriptor("wirelens.demo.fields.v1.Everything")
    assert empty_message(descriptor, schema).ByteSize() == 0


# -- rules of buf.validate, and no more than is required


@pytest.fixture(scope="module")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return await load_ruled(tmp_path_factory.mktemp("ruled"))


RULED_MESSAGES = ["Numbers", "Texts", "Others", "Many", "Choice", "Pair", "Created", "All"]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", RULED_MESSAGES)
def test_an_example_keeps_the_rules(ruled: Schema, name: str, seed: int) -> None:
    message = _example(ruled, f"ruled.v1.{name}", seed)
    assert broken_rules(message, ruled).broken == ()
    assert message.ByteSize() > 0


def test_rules_leave_what_keeps_them_as_it_was(ruled: Schema) -> None:
    texts = _example(ruled, "ruled.v1.Texts")
    assert texts.name == "Ada Lovelace"
    assert texts.email == "ada@example.com"
    assert texts.suggested == "x12", "the value that the rule itself gives as an example"
    assert len(_example(ruled, "ruled.v1.Many").tags) == 2


@pytest.mark.parametrize("name", RULED_MESSAGES)
def test_the_same_seed_gives_the_same_message_with_rules_too(ruled: Schema, name: str) -> None:
    first, second = (_example(ruled, f"ruled.v1.{name}", 3) for _ in range(2))
    for message in (first, second):
        others = message.others if name == "All" else message
        if name in ("Others", "All"):
            others.ClearField("near")  # has to be near now
    assert first == second


def test_rules_that_nothing_keeps_are_not_kept_and_the_check_says_so(ruled: Schema) -> None:
    message = _example(ruled, "ruled.v1.Impossible")
    assert message.number in (1, 2), "the best guess"
    assert [broken.field_path for broken in broken_rules(message, ruled).broken] == ["number"]


@pytest.mark.parametrize("name", ["Wrong", "Mismatched", "Failing"])
def test_rules_that_are_broken_themselves_spoil_no_example(ruled: Schema, name: str) -> None:
    assert _example(ruled, f"ruled.v1.{name}").ByteSize() > 0


@pytest.mark.parametrize("name", RULED_MESSAGES)
def test_a_minimal_message_keeps_the_rules_and_holds_no_more(ruled: Schema, name: str) -> None:
    descriptor = ruled.descriptor(f"ruled.v1.{name}")
    message: Any = minimal_message(descriptor, ruled)
    assert broken_rules(message, ruled).broken == ()
    assert message.ByteSize() <= _example(ruled, f"ruled.v1.{name}").ByteSize()


def test_what_is_minimal(ruled: Schema, schema: Schema) -> None:
    assert minimal_message(ruled.descriptor("ruled.v1.All"), ruled).ByteSize() == 0
    others: Any = minimal_message(ruled.descriptor("ruled.v1.Others"), ruled)
    assert {field.name for field, _ in others.ListFields()} == {"color", "texts", "present"}
    proto2: Any = minimal_message(schema.descriptor("wirelens.demo.fields.v1.Proto2Everything"), schema)
    assert proto2.IsInitialized()
    assert {field.name for field, _ in proto2.ListFields()} == {
        field.name for field in proto2.DESCRIPTOR.fields if field.is_required
    }
    assert not minimal_message(schema.descriptor("odd.v1.Endless"), schema).IsInitialized()
