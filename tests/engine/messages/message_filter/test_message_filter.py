"""What filter expressions match: every kind of field, text as a person reads it, facts of a message, and mistakes."""

import itertools
import math
import random
from typing import Any

import pytest
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from tests.presentation.draft.schemas import compiled, extended_schema

from wirelens.engine.errors import FilterError
from wirelens.engine.messages.message_filter.message_filter import Batch, compiled_filter
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema

__all__ = ["extended_schema"]

PROTO = """
syntax = "proto3";
package filters.test;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

enum Status { STATUS_UNKNOWN = 0; ACTIVE = 1; INACTIVE = 2; }

message User { string name = 1; int32 age = 2; optional int32 rank = 3; User manager = 4; }
message Item { double price = 1; float weight = 2; string displayName = 3; }
message Reply {
  User user = 1;
  Status status = 2;
  repeated Item items = 3;
  int64 large = 4;
  uint64 larger = 5;
  bytes digest = 6;
  map<string, string> labels = 7;
  map<int64, User> by_number = 8;
  google.protobuf.Timestamp made_at = 9;
  google.protobuf.Duration took = 10;
  oneof choice { string left = 11; int32 right = 12; }
  google.protobuf.Struct config = 13;
  google.protobuf.Int64Value wrapped = 14;
  google.protobuf.FieldMask mask = 15;
  google.protobuf.Any detail = 16;
  bool ready = 17;
  float ratio = 18;
  repeated int32 numbers = 19;
  int32 size = 20;
  map<bool, int32> flags = 21;
}
message Ask { string prompt = 1; int32 count = 2; }
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("filters"), {"filters.proto": PROTO})


def matching(
    schema: Schema,
    expression: str,
    messages: list[Message | bytes],
    sent: tuple[int, ...] = (),
    times: list[float] | None = None,
) -> list[int]:
    """Which of the messages match; those at `sent` are requests."""
    request, response = (schema.descriptor(f"filters.test.{name}") for name in ("Ask", "Reply"))
    wanted = compiled_filter(expression, request, response, schema)
    assert wanted is not None
    payloads = [each if isinstance(each, bytes) else each.SerializeToString() for each in messages]
    ends = [sum(map(len, payloads[: place + 1])) for place in range(len(payloads))]
    times = times or [float(place) for place in range(len(payloads))]
    gaps = [math.inf, *(now - before for before, now in itertools.pairwise(times))]
    batch = Batch(b"".join(payloads), ends, times, lambda: gaps, range(1, len(payloads) + 1))
    return wanted.matches(batch, [row for row in range(len(payloads)) if row not in sent], list(sent))


def reply(schema: Schema, **fields: Any) -> Message:
    return schema.message_class("filters.test.Reply")(**fields)


def mistake(schema: Schema, expression: str) -> FilterError:
    request, response = (schema.descriptor(f"filters.test.{name}") for name in ("Ask", "Reply"))
    with pytest.raises(FilterError) as raised:
        compiled_filter(expression, request, response, schema)
    return raised.value


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("user.age > 30", {"user": {"age": 31}}),
        ("user.age >= 30 and user.age <= 30", {"user": {"age": 30}}),
        ("user.age = 0", {"user": {}}),
        ("status = ACTIVE", {"status": 1}),
        ("status = active", {"status": 1}),
        ("status = 1", {"status": 1}),
        ("status = 77", {"status": 77}),
        ("status != ACTIVE", {"status": 2}),
        ("items[].price >= 2.5", {"items": [{"price": 1}, {"price": 2.5}]}),
        ("items.price >= 2.5", {"items": [{"price": 1}, {"price": 2.5}]}),
        ("items[1].price >= 2.5", {"items": [{"price": 1}, {"price": 2.5}]}),
        ("items[].displayName = x", {"items": [{"displayName": "x"}]}),
        ('user.name ~ "^A.a$"', {"user": {"name": "Ada"}}),
        ('user.name ~ "\\d{2}"', {"user": {"name": "a42"}}),
        ('user.name !~ "z"', {"user": {"name": "Ada"}}),
        ("user", {"user": {}}),
        ("user.rank", {"user": {"rank": 0}}),
        ("not user.rank", {"user": {}}),
        ("numbers", {"numbers": [0]}),
        ("items[1]", {"items": [{}, {}]}),
        ("large = 9007199254740993", {"large": 9007199254740993}),
        ("larger = 18446744073709551615", {"larger": 2**64 - 1}),
        ("large > -9223372036854775808", {"large": -(2**63) + 1}),
        ("large = 0xff", {"large": 255}),
        ("large = 1e3", {"large": 1000}),
        ("large > 2.5", {"large": 3}),
        ("digest = 0xC0FFEE", {"digest": b"\xc0\xff\xee"}),
        ('digest = "c0 ff ee"', {"digest": b"\xc0\xff\xee"}),
        ('labels[env] = "prod"', {"labels": {"env": "prod", "a": "b"}}),
        ('labels["a b"] = x', {"labels": {"a b": "x"}}),
        ("labels[] = b", {"labels": {"env": "prod", "a": "b"}}),
        ("labels[env]", {"labels": {"env": ""}}),
        ("by_number[-7].name = x", {"by_number": {-7: {"name": "x"}}}),
        ("byNumber[].age = 3", {"by_number": {1: {"age": 3}}}),
        ("flags[true] = 4", {"flags": {True: 4}}),
        ("made_at >= 2026-01-31", {"made_at": {"seconds": 1769817600}}),
        ('made_at < "2026-01-31T01:00:00+01:00"', {"made_at": {"seconds": 1769817599, "nanos": 999999999}}),
        ('made_at ~ "2026-01"', {"made_at": {"seconds": 1769817600}}),
        ("took > 1.5s", {"took": {"seconds": 1, "nanos": 500000001}}),
        ("took = 1500ms", {"took": {"seconds": 1, "nanos": 500000000}}),
        ("took < -1s", {"took": {"seconds": -1, "nanos": -1}}),
        ('left = ""', {"left": ""}),
        ("not left and right = 3", {"right": 3}),
        ("wrapped = 3", {"wrapped": {"value": 3}}),
        ('mask = "a,bC"', {"mask": {"paths": ["a", "b_c"]}}),
        ("ready = true", {"ready": True}),
        ("ready", {"ready": True}),
        ("ready = false", {}),
        ("ratio = 0.1", {"ratio": 0.1}),
        ("not ratio > 0.1", {"ratio": 0.1}),
        ("ratio = NaN", {"ratio": math.nan}),
        ("ratio = Infinity", {"ratio": math.inf}),
        ("ratio < 1e39", {"ratio": 1.0}),
        (".size = 3", {"size": 3}),
        ("user.manager.manager.name = x", {"user": {"manager": {"manager": {"name": "x"}}}}),
        ("(status = ACTIVE or large = 3) and not user", {"large": 3}),
        ("STATUS_UNKNOWN OR large == 3 && !user", {"large": 3}),
    ],
)
def test_what_matches(schema: Schema, expression: str, fields: dict[str, Any]) -> None:
    wanted, other = reply(schema, **fields), reply(schema, user={"name": "?", "rank": 9, "age": 1}, status=0, right=0)
    negated = f"not ({expression})"
    assert matching(schema, expression, [wanted])[:1] == [0]
    assert matching(schema, negated, [wanted]) == []
    found, left = matching(schema, expression, [other, wanted]), matching(schema, negated, [other, wanted])
    assert sorted(found + left) == [0, 1]


@pytest.mark.parametrize(
    "expression",
    [
        "user.age = 0",
        "user.age != 5",
        "user.rank != 5",
        "left = x",
        "items[].price = 0",
        "items[3]",
        "labels[env] != x",
        "large = 9007199254740992",
        "ratio = NaN",
        "wrapped = 0",
        "made_at > 1970-01-01",
        "took < 1s",
        'left ~ ""',
    ],
)
def test_what_is_not_there_matches_nothing(schema: Schema, expression: str) -> None:
    assert matching(schema, expression, [reply(schema, large=9007199254740993)]) == []


def test_fields_of_json_like_values(schema: Schema) -> None:
    config = struct_pb2.Struct()
    config.update({"name": "x", "deep": {"list": [1, {"a": True}]}, "none": None})
    message = reply(schema, config=config)
    for expression in (
        "config.name = x",
        'config["name"] = "x"',
        "config.deep.list[0] = 1",
        "config.deep.list[1].a = true",
        "config.deep.list[] >= 1",
        "config.none = null",
        "config.name != 3",
        'config.name ~ "^x"',
    ):
        assert matching(schema, expression, [message]) == [0], expression
    for expression in ("config.other = x", 'config.deep.list[0] = "1"', "config.name < 3"):
        assert matching(schema, expression, [message]) == [], expression


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("ada", {"user": {"name": "Queen ADA"}}),
        ('"two words"', {"user": {"name": "two words"}}),
        ("élan", {"user": {"name": "ÉLAN"}}),
        ("inact", {"status": 2}),
        ("4299", {"large": 142990}),
        ("-5", {"large": -5}),
        ("0.25", {"ratio": 0.25}),
        ("0.1", {"ratio": 0.1}),
        ("nan", {"ratio": math.nan}),
        ("bynumb", {"by_number": {1: {}}}),
        ("by_numb", {"by_number": {1: {}}}),
        ("displayn", {"items": [{"displayName": "x"}]}),
        ("tru", {"ready": True}),
        ("prod", {"labels": {"env": "prod"}}),
        ("nviro", {"labels": {"environment": ""}}),
        ("2026-01", {"made_at": {"seconds": 1769817600}}),
        ("1.500S", {"took": {"seconds": 1, "nanos": 500000000}}),
        ("bcd", {"digest": b"\xffABCDE"}),
        ("bC", {"mask": {"paths": ["a", "b_c"]}}),
        ("77", {"status": 77}),
        ("manager", {"user": {"manager": {}}}),
    ],
)
def test_text_is_found_as_a_person_reads_it(schema: Schema, text: str, fields: dict[str, Any]) -> None:
    other = reply(schema, user={"name": "nobody"})
    text = text if text.startswith('"') else f'"{text}"'
    assert matching(schema, text, [other, reply(schema, **fields), other]) == [1]
    assert matching(schema, f"not {text}", [other, reply(schema, **fields)]) == [0]


def test_text_within_any_is_found(schema: Schema) -> None:
    message = reply(schema)
    message.detail.Pack(reply(schema, status=2, large=4299, left="ADA"))  # type: ignore[attr-defined]
    for text in ("inactive", "4299", "ada", "filters.test", "left"):
        assert matching(schema, f'"{text}"', [message]) == [0], text
    assert matching(schema, '"ACTIVE " or 4298', [message]) == []


def test_bytes_that_only_look_like_the_text_are_not_found(schema: Schema) -> None:
    """The tag of one field and the next one's beginning, a number's bytes, the end of one message and the next."""
    number = reply(schema, larger=int.from_bytes(b"hello"[::-1], "little"))
    assert matching(schema, '"hello"', [number, reply(schema, left="x")]) == []
    ending, beginning = reply(schema, left="xyz"), reply(schema, left="q").SerializeToString()
    assert matching(schema, '"z\x5a"', [ending, beginning]) == []
    assert matching(schema, '"xyz"', [ending, beginning, ending]) == [0, 2]
    crossing = reply(schema, labels={"hel": "lo"})
    assert matching(schema, '"hello"', [crossing]) == []


def test_random_texts_are_found_where_json_has_them(schema: Schema) -> None:
    """Compared with protobuf's own JSON: everything but bytes reads the same there."""
    chance = random.Random(7)
    messages: list[Message] = []
    for _ in range(300):
        likely: tuple[tuple[str, Any], ...] = (
            ("user", {"name": chance.choice(["Ada", "bob", "Eve 12"]), "age": chance.randrange(-50, 1000)}),
            ("status", chance.choice([1, 2, 9])),
            ("large", chance.randrange(-(2**63), 2**63)),
            ("labels", {chance.choice("abc") * 3: str(chance.randrange(100))}),
            ("ratio", chance.choice([0.5, 1.25, math.inf])),
            ("items", [{"price": chance.randrange(100) / 4}]),
            ("made_at", {"seconds": chance.randrange(2 * 10**9)}),
            ("ready", True),
        )
        messages.append(reply(schema, **{name: value for name, value in likely if chance.random() < 0.3}))
    shown = [MessageToJson(each, indent=None).lower() for each in messages]
    plain = [each.replace('"', " ").replace("\\", "") for each in shown]
    for text in ("ada", "e 1", "12", "-", "aaa", "active", "5", "infin", "true", "user", "price", "t0", ":0", "9", "z"):
        written = [row for row, line in enumerate(plain) if text in _values_and_names(line)]
        assert matching(schema, f'"{text}"', list(messages)) == written, text


def _values_and_names(line: str) -> str:
    """JSON without its own punctuation between names and values."""
    return line.replace(" : ", "\x00").replace(" :", "\x00").replace(", ", "\x00")


def test_what_does_not_decode_matches_nothing_about_its_content(schema: Schema) -> None:
    broken: list[Message | bytes] = [b"\x0a\xff", reply(schema, large=300), b"text: abc"]
    assert matching(schema, '"abc"', broken) == []
    assert matching(schema, 'not "abc"', broken) == [1]
    assert matching(schema, "not large = 4", broken) == [1]
    assert matching(schema, "not user", broken) == [1]
    assert matching(schema, "size = 2B or large = 300", broken) == [0, 1]
    assert matching(schema, "not (size = 2B or large = 4)", broken) == [1]


def test_facts_of_a_message(schema: Schema) -> None:
    messages: list[Message | bytes] = [b"", reply(schema, left="x" * 1000), reply(schema, left="y" * 2000), b""]
    times = [0.5, 0.6, 2.0, 2.0]
    for expression, rows in {
        "size > 1KB": [1, 2],
        "size > 1 KB": [1, 2],
        "size > 1KiB": [2],
        "size = 0": [0, 3],
        "gap > 100 ms": [0, 2],
        "gap > 1s and gap < 1h": [2],
        "at < 1s": [0, 1],
        "at <= 600ms": [0, 1],
        "number = 3": [2],
        "not number >= 2": [0],
        "direction: sent": [3],
        "direction: received": [0, 1, 2],
        "direction != sent": [0, 1, 2],
        "not direction:received": [3],
        "direction: sent or size > 1500": [2, 3],
    }.items():
        assert matching(schema, expression, messages, sent=(3,), times=times) == rows, expression


def test_a_field_of_one_direction_is_none_of_the_other(schema: Schema) -> None:
    ask = schema.message_class("filters.test.Ask")(prompt="hi", count=3)
    messages: list[Message | bytes] = [reply(schema, left="hi"), ask]
    assert matching(schema, "prompt = hi", messages, sent=(1,)) == [1]
    assert matching(schema, "not prompt = hi", messages, sent=(1,)) == [0]
    assert matching(schema, "left = hi or count > 2", messages, sent=(1,)) == [0, 1]
    assert matching(schema, '"HI"', messages, sent=(1,)) == [0, 1]


@pytest.mark.parametrize(
    ("expression", "column", "words"),
    [
        ("user.agee > 3", 6, "did you mean age"),
        ("user.age >", 10, "a value is missing"),
        ("(user", 1, "not closed"),
        ("user)", 5, "not opened"),
        ('large = "x', 9, "quotation mark"),
        ("large = x", 9, "no number"),
        ("stauts = 1", 1, "did you mean status"),
        ("status = ACTVE", 10, "did you mean ACTIVE"),
        ("status: ACTIVE", 7, "write status ="),
        ("ready = 1", 9, "true or false"),
        ("user = 3", 1, "one of its fields"),
        ("digest = xyz", 10, "hex"),
        ("ratio < NaN", 9, "= or !="),
        ("made_at > yesterday", 11, "2026-01-31"),
        ("gap > 100", 7, "units are"),
        ("direction: up", 12, "received or sent"),
        ("direction > sent", 11, "direction: received"),
        ("number = x", 10, "whole number"),
        ("size ~ 3", 6, "="),
        ("items[x]", 6, "is a list"),
        ("by_number[x]", 10, "int64"),
        ("large.x = 3", 7, "nothing below"),
        ("large[0] = 3", 6, ""),
        ('left ~ "a("', 10, "regular expression"),
        ('left ~ "(a+)+b"', 8, "forever"),
        ("and", 1, "missing before"),
        ("large or", 7, "missing behind"),
        ("= 3", 1, "a field stands before"),
        ('"large" = 3', 9, "without quotation marks"),
        ("user..age", 5, "path"),
        (". = 3", 1, ""),
        ('large or ""', 10, "no text"),
        ("(" * 60, 51, "brackets"),
    ],
)
def test_a_mistake_names_its_place_and_what_is_near(schema: Schema, expression: str, column: int, words: str) -> None:
    error = mistake(schema, expression)
    assert (error.offset + 1, error.place) == (column, f"column {column}"), error.one_line()
    assert error.offset + error.length <= max(len(expression), error.offset + 1)
    assert words in error.one_line()


def test_blank_is_no_filter(schema: Schema) -> None:
    reply_type = schema.descriptor("filters.test.Reply")
    assert compiled_filter("  ", reply_type, reply_type, schema) is None


def test_events_stay_unless_their_time_or_direction_excludes_them(schema: Schema) -> None:
    reply_type = schema.descriptor("filters.test.Reply")

    def keeps(expression: str, at: float, received: bool | None) -> bool:
        wanted = compiled_filter(expression, reply_type, reply_type, schema)
        assert wanted is not None
        return wanted.keeps_event(at, received)

    assert keeps("left = x", 9, True)
    assert keeps("not left = x", 9, True)
    assert keeps("size > 3", 9, None)
    assert not keeps("at < 5s and left", 9, True)
    assert keeps("at < 5s or left", 9, True)
    assert not keeps("not at > 5s", 9, True)
    assert not keeps("direction: sent", 1, True)
    assert keeps("direction: sent", 1, False)
    assert keeps("direction: sent", 1, None)


@pytest.mark.parametrize(
    ("expression", "json"),
    [
        ("[open.test.load] > 0.25", '{"[open.test.load]": 0.5}'),
        ("[open.test.cores][1] = 7", '{"[open.test.cores]": [1, 7]}'),
        ("[open.test.part].number = -3", '{"[open.test.part]": {"number": -3}}'),
        ("inner.[open.test.label] = here", '{"inner": {"[open.test.label]": "here"}}'),
        ("inner[open.test.label] = here", '{"inner": {"[open.test.label]": "here"}}'),
        (
            "[open.test.part].[open.test.Holder.HasField] = 1",
            '{"[open.test.part]": {"[open.test.Holder.HasField]": 1}}',
        ),
        ("[open.test.taken] < 1971-01-01", '{"[open.test.taken]": "1970-01-01T00:00:02Z"}'),
    ],
)
def test_extensions_are_fields_in_brackets(extended_schema: Schema, expression: str, json: str) -> None:
    descriptor = extended_schema.descriptor("open.test.Metric")
    wanted = compiled_filter(expression, descriptor, descriptor, extended_schema)
    assert wanted is not None
    payload = message_from_json(json, descriptor, extended_schema).SerializeToString()
    batch = Batch(payload, [0, len(payload)], [0.0, 0.0], lambda: [0.0, 0.0], range(1, 3))
    assert wanted.matches(batch, [0, 1], []) == [1]  # the first is empty


def test_a_mistaken_extension_is_told_with_those_that_are_near(extended_schema: Schema) -> None:
    descriptor = extended_schema.descriptor("open.test.Metric")
    with pytest.raises(FilterError) as raised:
        compiled_filter("[open.test.loud] = 1", descriptor, descriptor, extended_schema)
    assert raised.value.message == "Metric has no extension [open.test.loud]"
    assert raised.value.next_step.startswith("did you mean [open.test.load]")
