"""Rules of `buf.validate`: in words, and checked, on messages of a schema's own pool."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import protovalidate
import pytest
from google.protobuf import (
    any_pb2,
    descriptor_pool,
    duration_pb2,
    field_mask_pb2,
    json_format,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.messages.ruled import load_ruled
from tests.engine.schema.samples import compiled, schema_of

from wirelens.engine.messages.rule_sentences import field_sentences, message_sentences
from wirelens.engine.messages.rules import oneof_is_required
from wirelens.engine.messages.validation import broken_rules
from wirelens.engine.schema.bundled_files import bundled_file
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
from wirelens.engine.schema.export import export_descriptor_set
from wirelens.engine.schema.schema import Schema


@pytest.fixture(scope="module")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return await load_ruled(tmp_path_factory.mktemp("ruled"))


def sentences(schema: Schema, name: str) -> tuple[str, ...]:
    message, field = name.split(".")
    return field_sentences(schema.descriptor(f"ruled.v1.{message}").fields_by_name[field])


def found(schema: Schema, name: str, **values: Any) -> dict[str, str]:
    """The ids of the broken rules by field path."""
    findings = broken_rules(schema.message_class(f"ruled.v1.{name}")(**values), schema)
    assert findings.problem == ""
    return {broken.field_path: broken.rule_id for broken in findings.broken}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Numbers.between", ("1 to 5",)),
        ("Numbers.outside", ("less than 3 or more than 8",)),
        ("Numbers.finite", ("more than 0", "neither NaN nor infinite")),
        ("Numbers.listed", ("one of -4, 8",)),
        ("Numbers.fixed", ("always 7",)),
        ("Numbers.not_listed", ("none of 0, 2.5",)),
        ("Numbers.yes", ("always true",)),
        ("Numbers.wrapped", ("more than 10",)),
        ("Numbers.open", ("more than 2 and less than 4",)),
        ("Texts.name", ("1 to 64 characters",)),
        ("Texts.code", ("exactly 4 characters",)),
        ("Texts.email", ("an e-mail address",)),
        ("Texts.ip", ("an IPv6 address",)),
        ("Texts.pattern", ("matches the pattern ^[A-Z]{2}-[0-9]{3}$",)),
        ("Texts.shaped", ('begins with "a"', 'ends with "z"', 'contains "m"', 'does not contain "q"')),
        ("Texts.listed", ('one of "one", "two"',)),
        ("Texts.raw", ("2 to 4 bytes",)),
        ("Texts.header", ("the name of an HTTP header",)),
        ("Texts.slug", ("must be a slug",)),
        ("Texts.pair", ("words: 2",)),
        ("Texts.maybe", ("at least 3 characters", "checked only where it is set")),
        ("Texts.never", ("not checked",)),
        ("Texts.short", ("at most 3 bytes",)),
        ("Texts.suggested", ("matches the pattern ^x[0-9]+$", 'such as "x12"')),
        ("Others.color", ("one of the named values", "none of COLOR_UNSPECIFIED")),
        ("Others.past", ("in the past",)),
        ("Others.near", ("within 3600s of now",)),
        ("Others.era", ("not before 1970-01-01T00:00:00Z and before 1970-01-02T00:00:00Z",)),
        ("Others.pause", ("more than 0s and at most 5s",)),
        ("Others.mask", ('one of "color"',)),
        ("Others.any", ('one of "type.googleapis.com/ruled.v1.Numbers"',)),
        ("Others.texts", ("required",)),
        ("Many.tags", ("2 to 3 elements", "all different", "each element: at least 2 characters")),
        ("Many.stock", ("at least 1 entry", "each key: at most 3 characters", "each value: more than 0")),
        ("Pair.high", ("this % 2 == 0 ? '' : '%s is odd'.format([this])",)),
        ("Pair.low", ()),
    ],
)
def test_rules_are_said_in_words(ruled: Schema, field: str, said: tuple[str, ...]) -> None:
    assert sentences(ruled, field) == said


def test_rules_of_messages_and_oneofs(ruled: Schema) -> None:
    pair = ruled.descriptor("ruled.v1.Pair")
    assert message_sentences(pair) == ("low must not be above high", "exactly one of left, right")
    assert message_sentences(ruled.descriptor("ruled.v1.Many")) == ()
    assert oneof_is_required(ruled.descriptor("ruled.v1.Choice").oneofs_by_name["way"])


def test_broken_rules_have_the_place_of_a_mistake_and_the_rule(ruled: Schema) -> None:
    assert found(
        ruled, "Numbers", between=9, outside=5, finite=1, listed=8, fixed=7, not_listed=1, yes=True, open=3
    ) == {
        "between": "int32.gte_lte",
        "outside": "uint64.gt_lt_exclusive",
    }
    many = {"tags": ["a", "bb"], "choices": [{}, {"by_name": "x"}], "by_number": {4: {}}, "stock": {"long": 1, "b": 0}}
    assert found(ruled, "Many", **many) == {
        "tags[0]": "string.min_len",
        "choices[0].way": "required",
        "choices[1].by_name": "string.min_len",
        'by_number["4"].way': "required",
        'stock["long"]': "string.max_len",
        'stock["b"]': "int32.gt",
    }
    keys = {
        one.field_path: one.for_key for one in broken_rules(ruled.message_class("ruled.v1.Many")(**many), ruled).broken
    }
    assert keys['stock["long"]'] is True
    assert keys['stock["b"]'] is False


def test_rules_in_cel_say_their_message_or_what_they_compute(ruled: Schema) -> None:
    pair = ruled.message_class("ruled.v1.Pair")(low=5, high=3, left="l")
    said = {(one.field_path, one.rule_id): one.sentence for one in broken_rules(pair, ruled).broken}
    assert said == {("", "pair.order"): "low must not be above high", ("high", "high.even"): "3 is odd"}


def test_rules_that_a_schema_has_added_itself_are_checked(ruled: Schema) -> None:
    texts = found(ruled, "Texts", slug="No Slug", pair="one two three")
    assert texts["slug"] == "string.slug"
    assert texts["pair"] == "string.words"


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [("Wrong", {"sound": "a"}, "broken"), ("Mismatched", {}, "name"), ("Failing", {"name": "a"}, "sum")],
)
def test_a_rule_that_is_broken_itself_is_said_and_never_raised(
    ruled: Schema, name: str, values: dict[str, str], said: str
) -> None:
    findings = broken_rules(ruled.message_class(f"ruled.v1.{name}")(**values), ruled)
    assert findings.broken == ()
    assert f"a rule of {name} cannot be checked" in findings.problem
    assert "\n" not in findings.problem


def test_a_broken_definition_hides_no_broken_rule_of_other_messages(ruled: Schema) -> None:
    pair = {"low": 5, "high": 2, "left": "l"}
    around = ruled.message_class("ruled.v1.Around")(
        wrong={"sound": "a"}, pair=pair, pairs=[{}, pair], named={"k": pair}
    )
    findings = broken_rules(around, ruled)
    assert "a rule of Wrong cannot be checked" in findings.problem
    paths = {one.field_path: one.rule_id for one in findings.broken}
    assert paths == {
        "pair": "pair.order",
        "pairs[0]": "message.oneof",
        "pairs[1]": "pair.order",
        'named["k"]': "pair.order",
    }


def test_a_broken_definition_hides_no_other_field_beside_it(ruled: Schema) -> None:
    beside = ruled.message_class("ruled.v1.Beside")(wrong={"sound": "a"}, name="n", choices=[{"by_name": "x"}])
    findings = broken_rules(beside, ruled)
    assert "a rule of Wrong cannot be checked" in findings.problem
    assert {one.field_path for one in findings.broken} == {"name", "choices[0].by_name"}
    beside = ruled.message_class("ruled.v1.Beside")(wrongs={"k": {"sound": "a"}}, name="n", choices=[{"by_name": "x"}])
    assert {one.field_path for one in broken_rules(beside, ruled).broken} == {"name", "choices[0].by_name", "wrong"}


def test_every_broken_rule_of_a_large_message_is_told(ruled: Schema) -> None:
    many = ruled.message_class("ruled.v1.Many")(choices=[{"by_name": "x" * (index % 2 + 1)} for index in range(20_000)])
    paths = [one.field_path for one in broken_rules(many, ruled).broken]
    assert [path for path in paths if path.startswith("choices")] == [
        f"choices[{index}].by_name" for index in range(0, 20_000, 2)
    ]


def packed(message: Message, url: str = "") -> any_pb2.Any:
    """An Any that holds `message`."""
    return any_pb2.Any(
        type_url=url or f"type.googleapis.com/{message.DESCRIPTOR.full_name}", value=message.SerializePartialToString()
    )


def test_what_is_packed_in_an_any_is_checked_at_the_path_of_the_form(ruled: Schema) -> None:
    texts = ruled.message_class("ruled.v1.Choice")(by_name="x")
    pair = ruled.message_class("ruled.v1.Pair")(low=5, high=2, left="l")
    one, other = packed(texts), packed(pair)
    within = packed(ruled.message_class("ruled.v1.Packed").FromString(_as_packed(any=one)))
    message = ruled.message_class("ruled.v1.Packed").FromString(
        _as_packed(any=within, many=[other, one], named={"k": one}, never=one)
    )
    assert {broken.field_path: broken.rule_id for broken in broken_rules(message, ruled).broken} == {
        "any.any.by_name": "string.min_len",
        "many[0]": "pair.order",
        "many[1].by_name": "string.min_len",
        'named["k"].by_name': "string.min_len",
    }


def test_an_any_that_cannot_be_looked_into_is_left_alone(ruled: Schema) -> None:
    choice = ruled.message_class("ruled.v1.Choice")(by_name="x")
    strange = [
        packed(choice, "type.googleapis.com/nobody.knows.This"),
        any_pb2.Any(type_url="type.googleapis.com/ruled.v1.Choice", value=b"\xff"),
        any_pb2.Any(type_url="ruled.v1.Choice", value=choice.SerializeToString()),
        any_pb2.Any(),
    ]
    message = ruled.message_class("ruled.v1.Packed").FromString(_as_packed(many=strange))
    findings = broken_rules(message, ruled)
    assert [broken.field_path for broken in findings.broken] == ["many[2].by_name"]
    assert findings.problem == ""


def test_a_broken_definition_within_an_any_is_said(ruled: Schema) -> None:
    wrong = ruled.message_class("ruled.v1.Wrong")(sound="a")
    message = ruled.message_class("ruled.v1.Packed").FromString(_as_packed(any=packed(wrong)))
    assert "a rule of Wrong cannot be checked" in broken_rules(message, ruled).problem


def _as_packed(
    any: any_pb2.Any | None = None,
    many: Sequence[any_pb2.Any] = (),
    named: Mapping[str, any_pb2.Any] | None = None,
    never: any_pb2.Any | None = None,
) -> bytes:
    """The bytes of a ruled.v1.Packed: an Any of this schema's pool is of another class than any_pb2's."""
    parts = [(1, any), *((2, one) for one in many), (4, never)]
    data = b"".join(_field(number, one.SerializeToString()) for number, one in parts if one is not None)
    for key, one in (named or {}).items():
        data += _field(3, _field(1, key.encode()) + _field(2, one.SerializeToString()))
    return data


def _field(number: int, data: bytes) -> bytes:
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


_TEXT = st.sampled_from(["", "a", "amz", "AB-123", "one two", "ada@example.com", "::1", "x12", "long enough"])
_TEXTS = st.dictionaries(
    st.sampled_from(["name", "code", "email", "uuid", "host", "link", "ip", "pattern", "slug", "pair", "maybe"]),
    _TEXT,
)
_NUMBERS = st.dictionaries(st.sampled_from(["between", "outside", "listed", "open"]), st.integers(0, 12))
_MANY = st.fixed_dictionaries(
    {
        "tags": st.lists(_TEXT, max_size=4),
        "stock": st.dictionaries(_TEXT, st.integers(-1, 2), max_size=3),
        "choices": st.lists(st.fixed_dictionaries({}, optional={"byName": _TEXT}), max_size=2),
    }
)
_PAIR = st.fixed_dictionaries(
    {"low": st.integers(0, 3), "high": st.integers(0, 3)}, optional={"left": _TEXT, "right": _TEXT}
)
_ALL = st.fixed_dictionaries({}, optional={"texts": _TEXTS, "numbers": _NUMBERS, "many": _MANY, "pair": _PAIR})


@settings(max_examples=60, deadline=None)
@given(_ALL)
def test_the_library_says_the_same_of_generated_classes(ruled: Schema, values: dict[str, Any]) -> None:
    """Generated code lives in the default pool, where the library is at home."""
    for module in (any_pb2, duration_pb2, field_mask_pb2, timestamp_pb2, wrappers_pb2):
        assert module.DESCRIPTOR  # to be imported is to be in the default pool
    pool = descriptor_pool.Default()
    for name in ("buf/validate/validate.proto", "ruled/v1/predefined.proto", "ruled/v1/ruled.proto"):
        pool.AddSerializedFile(bundled_file(name) or ruled.table.FindFileByName(name).SerializeToString())
    generated = GetMessageClass(pool.FindMessageTypeByName("ruled.v1.All"))()
    json_format.ParseDict(values, generated)
    ours = ruled.message_class("ruled.v1.All").FromString(generated.SerializeToString())
    expected = [(v.proto.rule_id, v.proto.message) for v in protovalidate.collect_violations(generated)]
    findings = broken_rules(ours, ruled)
    assert sorted((one.rule_id, one.sentence) for one in findings.broken) == sorted(expected)


async def test_rules_are_found_in_a_set_that_comes_without_the_file_of_the_rules(ruled: Schema, tmp_path: Path) -> None:
    """`buf build` and protoc leave imports out unless told otherwise."""
    path = tmp_path / "set.binpb"
    await export_descriptor_set(ruled, path)
    files = FileDescriptorSet.FromString(path.read_bytes())
    alone = FileDescriptorSet(file=[file for file in files.file if file.name.startswith("ruled/")])
    path.write_bytes(alone.SerializeToString())
    schema = await load_descriptor_sets([path])
    assert found(schema, "Pair", low=1, left="l") == {"": "pair.order"}
    assert sentences(schema, "Texts.slug") == ("must be a slug",)


def test_a_schema_without_rules_has_none_and_imports_no_library(tmp_path: Path) -> None:
    (tmp_path / "plain.proto").write_text('syntax = "proto3"; package plain; message M { string a = 1; }')
    probe = f"""
import asyncio, sys
from pathlib import Path
from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.rules import has_rules
from wirelens.engine.messages.validation import broken_rules, prepare
from wirelens.engine.schema.proto_files import load_proto_files
schema = asyncio.run(load_proto_files([Path({str(tmp_path)!r})]))
prepare(schema)
message = example_message(schema.descriptor("plain.M"), schema)
assert broken_rules(message, schema).broken == ()
print(has_rules(schema), "protovalidate" in sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "False False"


def test_a_message_without_its_required_fields_is_not_checked_yet(tmp_path: Path) -> None:
    text = """
        syntax = "proto2"; package needy; import "buf/validate/validate.proto";
        message Needy { required int32 a = 1; optional int32 b = 2 [(buf.validate.field).int32.gt = 3]; }"""
    schema = schema_of(compiled({"needy.proto": text}))
    needy = schema.message_class("needy.Needy")
    assert "required" in broken_rules(needy(b=1), schema).problem
    assert [broken.rule_id for broken in broken_rules(needy(a=1, b=1), schema).broken] == ["int32.gt"]
