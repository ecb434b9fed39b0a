"""Two messages field by field: presence, lists, maps, Any, floats, unknown fields, and what is too large."""

import random
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from tests.presentation.answers import answers_schema, make

from wirelens.engine.messages.message_diff import (
    MOST_DIFFERENCES,
    MOST_SAME,
    ComparedMessage,
    DiffKind,
    MessageDifference,
)
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema

__all__ = ["answers_schema"]

SAME, CHANGED, ADDED, REMOVED = DiffKind.SAME, DiffKind.CHANGED, DiffKind.ADDED, DiffKind.REMOVED


@pytest.fixture
def answer(answers_schema: Schema) -> Any:
    def answer(**fields: Any) -> Any:
        return make(answers_schema, "Answer", **fields)

    return answer


def compared(
    schema: Schema, left: Message | bytes, right: Message | bytes, types: tuple[str, str] = ("Answer", "Answer")
) -> MessageDifference:
    sides = [
        ComparedMessage(
            each if isinstance(each, bytes) else each.SerializeToString(),
            schema.descriptor(f"answers.test.{name}"),
            schema,
        )
        for each, name in zip((left, right), types, strict=True)
    ]
    made = MessageDifference(sides[0], sides[1])
    assert made.step(60)
    return made


def told(schema: Schema, left: Message | bytes, right: Message | bytes) -> list[tuple[DiffKind, str, str, str]]:
    return [(row.kind, row.path, row.left, row.right) for row in compared(schema, left, right).rows]


def test_scalars_without_presence_change_from_and_to_their_default(answers_schema: Schema, answer: Any) -> None:
    left, right = answer(large=2**63 - 1, mood=1, text="x"), answer(large=-1, larger=2**64 - 1, text="x")
    assert told(answers_schema, left, right) == [
        (SAME, "text", '"x"', '"x"'),
        (CHANGED, "large", "9223372036854775807", "-1"),
        (CHANGED, "larger", "0", "18446744073709551615"),
        (CHANGED, "mood", "MOOD_GOOD (1)", "MOOD_NONE (0)"),
    ]


def test_fields_with_presence_are_added_and_removed(answers_schema: Schema, answer: Any) -> None:
    assert told(answers_schema, answer(known=False, left=""), answer(right=0)) == [
        (REMOVED, "left", '""', ""),
        (ADDED, "right", "", "MOOD_NONE (0)"),
        (REMOVED, "known", "false", ""),
    ]


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (float("nan"), float("nan"), SAME),
        (float("nan"), 1.0, CHANGED),
        (-0.0, 1.0, CHANGED),
        (float("inf"), float("-inf"), CHANGED),
    ],
)
def test_nan_is_the_same_as_nan(answers_schema: Schema, answer: Any, left: float, right: float, kind: DiffKind) -> None:
    assert told(answers_schema, answer(ratio=left), answer(ratio=right))[0][0] is kind


def test_another_nan_and_another_sign_of_zero(answers_schema: Schema, answer: Any) -> None:
    assert told(answers_schema, b"\x65\x00\x00\xc0\x7f", b"\x65\x01\x00\xc0\xff") == [(SAME, "ratio", "NaN", "NaN")]
    assert told(answers_schema, answer(ratio=-0.0), answer()) == [(CHANGED, "ratio", "-0.0", "0.0")]
    assert told(answers_schema, answer(ratio=0.1), answer(ratio=0.2))[0][2:] == ("0.1", "0.2")


def test_an_element_more_in_front_is_an_addition(answers_schema: Schema, answer: Any) -> None:
    rows = compared(answers_schema, answer(numbers=[1, 2, 3]), answer(numbers=[9, 1, 2, 3])).rows
    assert [(row.kind, row.name) for row in rows] == [
        (CHANGED, "numbers"),
        (ADDED, "[0]"),
        (SAME, "[0 → 1]"),
        (SAME, "[1 → 2]"),
        (SAME, "[2 → 3]"),
    ]
    assert (rows[0].left, rows[0].right) == ("3 elements", "4 elements")


def test_elements_between_the_same_ones_are_compared_with_each_other(answers_schema: Schema, answer: Any) -> None:
    left = answer(more=[answer(text="a"), answer(text="b", large=1), answer(text="c")])
    right = answer(more=[answer(text="a"), answer(text="b", large=2), answer(text="c"), answer()])
    rows = compared(answers_schema, left, right).rows
    assert [(row.kind, row.path) for row in rows if row.kind is not SAME] == [
        (CHANGED, "more"),
        (CHANGED, "more[1]"),
        (CHANGED, "more[1].large"),
        (ADDED, "more[3]"),
    ]
    assert rows[-1].right == "{}"


def test_maps_are_compared_by_key(answers_schema: Schema, answer: Any) -> None:
    left, right = answer(by_number={1: "a", 2: "b"}), answer(by_number={2: "c", 3: ""})
    assert told(answers_schema, left, right)[1:] == [
        (REMOVED, "by_number[1]", '"a"', ""),
        (CHANGED, "by_number[2]", '"b"', '"c"'),
        (ADDED, "by_number[3]", "", '""'),
    ]
    by_name = compared(answers_schema, answer(by_name={"k": answer(text="x")}), answer(by_name={"k": answer()})).rows
    assert [(row.kind, row.path) for row in by_name][-1] == (CHANGED, 'by_name["k"].text')


def test_messages_that_are_unset_are_told_from_empty_ones(answers_schema: Schema, answer: Any) -> None:
    assert told(answers_schema, answer(), answer(inner=answer())) == [(ADDED, "inner", "", "{}")]
    rows = compared(answers_schema, answer(inner=answer(text="x")), answer()).rows
    assert [(row.kind, row.path, row.depth, row.has_rows) for row in rows] == [
        (REMOVED, "inner", 0, True),
        (REMOVED, "inner.text", 1, False),
    ]


def test_an_any_is_compared_by_what_is_in_it(answers_schema: Schema, answer: Any) -> None:
    def packed(message: Message) -> Message:
        made = AnyMessage()
        made.Pack(message)
        return answer(detail={"type_url": made.type_url, "value": made.value})  # type: ignore[no-any-return]

    rows = told(answers_schema, packed(answer(text="x")), packed(answer(text="y")))
    assert rows[-1] == (CHANGED, "detail.@value.text", '"x"', '"y"')
    rows = told(answers_schema, packed(answer(text="x")), packed(make(answers_schema, "Ask", prompt="y")))
    assert [(row[0], row[1]) for row in rows] == [
        (CHANGED, "detail"),
        (CHANGED, "detail.type_url"),
        (REMOVED, "detail.@value"),
        (REMOVED, "detail.@value.text"),
        (ADDED, "detail.@value"),
        (ADDED, "detail.@value.prompt"),
    ]
    unknown = answer(detail={"type_url": "x/no.such", "value": b"\x01"})
    assert (ADDED, "detail.value", "", "1 byte 0x01") not in told(answers_schema, unknown, unknown)
    assert told(answers_schema, unknown, unknown)[-1] == (SAME, "detail.value", "1 byte 0x01", "1 byte 0x01")


def test_times_are_one_line(answers_schema: Schema, answer: Any) -> None:
    left, right = answer(at={"seconds": 1}), answer(at={"seconds": 1, "nanos": 1})
    assert told(answers_schema, left, right) == [
        (CHANGED, "at", "1970-01-01T00:00:01Z", "1970-01-01T00:00:01.000000001Z")
    ]


def test_unknown_fields_and_unreadable_bytes_are_compared(answers_schema: Schema, answer: Any) -> None:
    rows = told(answers_schema, b"\xa0\x06\x05\xa0\x06\x06", b"\xa0\x06\x05\xa2\x06\x01a")
    assert [(row[0], row[1]) for row in rows] == [(SAME, "#100[0]"), (CHANGED, "#100[1]")]
    rows = told(answers_schema, answer(text="x").SerializeToString() + b"\xff", answer(text="x"))
    assert [(row[0], row[1]) for row in rows] == [(SAME, "text"), (REMOVED, "")]
    assert rows[1][2] == "a varint that is cut off"


def test_strings_that_are_no_utf_8_are_compared_byte_by_byte(answers_schema: Schema) -> None:
    assert told(answers_schema, b"\x0a\x01\xff", b"\x0a\x01\xfe") == [(CHANGED, "text", '"�"', '"�"')]


def test_of_long_texts_the_part_that_differs_is_shown(answers_schema: Schema, answer: Any) -> None:
    left, right = answer(text="ä" * 100_000 + "left"), answer(text="ä" * 100_000 + "right")
    _kind, _path, one, other = told(answers_schema, left, right)[0]
    assert one.startswith('…"ä')
    assert one.endswith('ääleft"')
    assert other.endswith('ääright"')
    data = compared(answers_schema, answer(data=bytes(5_000_000)), answer(data=bytes(4_999_999) + b"\x07")).rows[0]
    assert (data.kind, data.right) == (CHANGED, "5,000,000 bytes from 4,999,993 0x00000000000007")


def test_two_types_are_compared_by_the_names_of_their_fields(answers_schema: Schema, answer: Any) -> None:
    made = compared(
        answers_schema,
        make(answers_schema, "Line", text="x", author="a"),
        answer(text="y", large=1),
        ("Line", "Answer"),
    )
    assert [(row.kind, row.path) for row in made.rows] == [(REMOVED, "author"), (CHANGED, "text"), (ADDED, "large")]
    made = compared(
        answers_schema,
        make(answers_schema, "Choices", numbers=[1]),
        answer(numbers=[1], by_name={"k": answer()}),
        ("Choices", "Answer"),
    )
    assert [(row.kind, row.type_name) for row in made.rows if not row.path.startswith("numbers")] == [
        (ADDED, "map<string, string> ≠ map<string, Answer>")
    ]


def test_long_lists_are_bounded_and_it_is_said(answers_schema: Schema, answer: Any) -> None:
    many = list(range(MOST_SAME + 100))
    made = compared(answers_schema, answer(numbers=many), answer(numbers=[*many, 1]))
    assert made.difference_count == 1
    assert made.rows[-1].kind is ADDED
    assert made.notes() == ["100 more values that are the same are not listed."]
    turned = compared(answers_schema, answer(numbers=range(60_000)), answer(numbers=range(1, 60_001)))
    assert turned.difference_count == MOST_DIFFERENCES
    assert turned.notes() == [
        "More than 10,000 differences: what follows was not compared.",
        "A list is too long to look for elements that moved: compared by their places.",
    ]


def test_it_works_in_slices(answers_schema: Schema, answer: Any) -> None:
    payload = answer(more=[answer(large=number) for number in range(2_000)]).SerializeToString()
    side = ComparedMessage(payload, answers_schema.descriptor("answers.test.Answer"), answers_schema)
    made = MessageDifference(side, side)
    slices = 1
    while not made.step(0):
        slices += 1
    assert slices > 1_000
    assert made.difference_count == 0


def test_whatever_is_changed_is_found_and_nothing_else(answers_schema: Schema, answer: Any) -> None:
    """Against JSON, which two messages without NaN and unknown fields have in common where they are the same."""
    dice = random.Random(4)

    def some(depth: int = 0) -> Any:
        made = answer()
        if dice.random() < 0.5:
            made.text = dice.choice("abc")
        if dice.random() < 0.5:
            made.large = dice.randrange(3)
        if dice.random() < 0.3:
            made.known = dice.random() < 0.5
        made.numbers.extend(dice.choices(range(3), k=dice.randrange(4)))
        for key in dice.sample(range(3), k=dice.randrange(3)):
            made.by_number[key] = dice.choice("xy")
        if depth < 2:
            made.more.extend(some(depth + 1) for _ in range(dice.randrange(3)))
            if dice.random() < 0.4:
                made.inner.CopyFrom(some(depth + 1))
        return made

    messages = [some() for _ in range(20)]
    for left in messages:
        for right in messages:
            is_same = message_to_json(left, answers_schema) == message_to_json(right, answers_schema)
            made = compared(answers_schema, left, right)
            assert (made.difference_count == 0) == is_same
            assert any(row.kind is not SAME for row in made.rows) != is_same
