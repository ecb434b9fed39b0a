"""Which numbers a message type has, and how they are read from its messages."""

from typing import Any

import pytest
from tests.presentation.answers import answers_schema, make
from tests.presentation.draft.schemas import extended_schema

from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.chart.numeric_fields import MessageNumbers, NumberKind, numeric_field, numeric_fields

__all__ = ["answers_schema", "extended_schema"]


def read(schema: Schema, path: str, **fields: Any) -> float | None:
    """The number at a path of an Answer, by way of its bytes."""
    message = make(schema, "Answer", **fields)
    field = numeric_field(schema.descriptor("answers.test.Answer"), path)
    assert field is not None, path
    numbers = MessageNumbers(field.owner, [field]).numbers(message.SerializeToString())
    assert numbers is not None
    return numbers[0]


def test_all_numbers_are_offered_nearest_first_and_nothing_else(answers_schema: Schema) -> None:
    offered = [field.path for field in numeric_fields(answers_schema.descriptor("answers.test.Answer"))]
    nearest = ["large", "larger", "numbers[0]", "numbers.length", "by_name.length", "right", "at", "ratio", "mood"]
    assert offered[: len(nearest)] == nearest
    assert {"wrapped.value", "known", "more.length", "by_number.length"} <= set(offered)
    assert not {"text", "data", "detail", "detail.type_url", "inner.large"} & set(offered)  # inner is an Answer again


def test_a_type_without_a_number_offers_none(answers_schema: Schema) -> None:
    assert numeric_fields(answers_schema.descriptor("answers.test.Piece")) == []


@pytest.mark.parametrize(
    ("path", "fields", "number"),
    [
        ("large", {"large": -7}, -7.0),
        ("large", {}, 0.0),
        ("larger", {"larger": 2**64 - 1}, 2.0**64),
        ("ratio", {"ratio": 0.5}, 0.5),
        ("mood", {"mood": 1}, 1.0),
        ("known", {"known": True}, 1.0),
        ("known", {}, None),
        ("right", {"left": "x"}, None),
        ("numbers[1]", {"numbers": [3, 4]}, 4.0),
        ("numbers[-1]", {"numbers": [3, 4, 5]}, 5.0),
        ("numbers[2]", {"numbers": [3, 4]}, None),
        ("numbers.length", {"numbers": [3, 4]}, 2.0),
        ("by_name.length", {}, 0.0),
        ('by_name["a.b"].large', {"by_name": {"a.b": {"large": 9}}}, 9.0),
        ('by_name["no"].large', {"by_name": {"a": {"large": 9}}}, None),
        ("inner.inner.large", {"inner": {"inner": {"large": 5}}}, 5.0),
        ("inner.inner.large", {"inner": {}}, None),
        ("more[1].ratio", {"more": [{}, {"ratio": 2.5}]}, 2.5),
        ("wrapped.value", {"wrapped": {"value": 3}}, 3.0),
        ("wrapped.value", {}, None),
        ("at", {"at": {"seconds": 10, "nanos": 500_000_000}}, 10.5),
        ("at", {}, None),
    ],
)
def test_a_path_leads_to_its_number(
    answers_schema: Schema, path: str, fields: dict[str, Any], number: float | None
) -> None:
    assert read(answers_schema, path, **fields) == number


@pytest.mark.parametrize(
    "path",
    ["", ".", "nothing", "text", "inner", "numbers", "numbers[0].x", "large[0]", "large.length", "by_name[0].large",
     'numbers["a"]', "by_number[1]", "inner..large", "inner.large ", "at.seconds.x", "detail.value",
     "numbers.length.length"],
)  # fmt: skip
def test_a_path_that_leads_to_no_number_is_none(answers_schema: Schema, path: str) -> None:
    assert numeric_field(answers_schema.descriptor("answers.test.Answer"), path) is None


@pytest.mark.parametrize(
    ("path", "fields", "text"),
    [
        ("large", {"large": 2**53 + 1}, "9,007,199,254,740,993"),
        ("larger", {"larger": 2**64 - 1}, "18,446,744,073,709,551,615"),
        ("mood", {"mood": 1}, "MOOD_GOOD (1)"),
        ("mood", {"mood": 5}, "5"),
        ("known", {"known": False}, "false"),
        ("at", {"at": {"seconds": 1, "nanos": 1}}, "1.000000001 s since 1970"),
    ],
)
def test_a_value_is_said_exactly(answers_schema: Schema, path: str, fields: dict[str, Any], text: str) -> None:
    field = numeric_field(answers_schema.descriptor("answers.test.Answer"), path)
    assert field is not None
    value = field.exact(make(answers_schema, "Answer", **fields))
    assert value is not None
    assert field.exact_text(value) == text


def test_of_a_large_message_only_what_is_wanted_is_parsed(answers_schema: Schema) -> None:
    inner = {"large": 4, "data": b"x" * 100}
    payload = make(answers_schema, "Answer", data=bytes(2**20), inner=inner, large=8).SerializeToString()
    descriptor = answers_schema.descriptor("answers.test.Answer")
    fields = [numeric_field(descriptor, "inner.large"), numeric_field(descriptor, "large")]
    reader = MessageNumbers(descriptor, [field for field in fields if field is not None])
    assert reader.numbers(payload) == [4.0, 8.0]
    message = reader.message(memoryview(payload))
    assert message is not None
    assert message.ByteSize() < 200
    assert reader.numbers(payload[:-30]) is None


def test_bytes_that_are_no_such_message_have_no_numbers(answers_schema: Schema) -> None:
    descriptor = answers_schema.descriptor("answers.test.Answer")
    field = numeric_field(descriptor, "large")
    assert field is not None
    assert field.kind is NumberKind.WHOLE
    assert MessageNumbers(descriptor, [field]).numbers(b"\xff\xff") is None


def test_extensions_are_offered_behind_the_fields_of_their_message(extended_schema: Schema) -> None:
    assert [field.path for field in numeric_fields(extended_schema.descriptor("open.test.Metric"))] == [
        "own",
        "[open.test.load]",
        "[open.test.cores][0]",
        "[open.test.cores].length",
        "[open.test.taken]",
        "[open.test.part].number",
        "[open.test.part].[open.test.Holder.HasField]",
    ]


@pytest.mark.parametrize(
    ("path", "json", "number"),
    [
        ("[open.test.load]", '{"[open.test.load]": 0.5}', 0.5),
        ("[open.test.load]", "{}", None),
        ("[open.test.cores][-1]", '{"[open.test.cores]": [1, 2]}', 2.0),
        ("[open.test.cores].length", '{"[open.test.cores]": [1, 2]}', 2.0),
        ("[open.test.part].number", '{"[open.test.part]": {"number": -3}}', -3.0),
        ("[open.test.part].number", "{}", None),
        (
            "[open.test.part].[open.test.Holder.HasField]",
            '{"[open.test.part]": {"[open.test.Holder.HasField]": 7}}',
            7.0,
        ),
        ("[open.test.taken]", '{"[open.test.taken]": "1970-01-01T00:00:02Z"}', 2.0),
        ("inner.[open.test.load]", '{"inner": {"[open.test.load]": 2}}', 2.0),
        ("inner[open.test.load]", '{"inner": {"[open.test.load]": 2}}', 2.0),  # as filters may have it
    ],
)
@pytest.mark.parametrize("padding", [0, 2**19])
def test_the_path_of_an_extension_leads_to_its_number(
    extended_schema: Schema, path: str, json: str, number: float | None, padding: int
) -> None:
    descriptor = extended_schema.descriptor("open.test.Metric")
    message: Any = message_from_json(json, descriptor, extended_schema)
    message.data = bytes(padding)  # a large one is not parsed whole
    field = numeric_field(descriptor, path)
    assert field is not None
    assert MessageNumbers(descriptor, [field]).numbers(message.SerializeToString()) == [number]


@pytest.mark.parametrize(
    "path",
    ["[open.test.none]", "[open.test.Holder.HasField]", "[open.test.label]", "[open.test.part]", "[load]",
     "[open.test.load", "own[open.test.load]", "inner..[open.test.load]", "[open.test.cores]"],
)  # fmt: skip
def test_the_path_of_no_numeric_extension_is_none(extended_schema: Schema, path: str) -> None:
    assert numeric_field(extended_schema.descriptor("open.test.Metric"), path) is None
