"""A message as one of another type: fields of the same name and type, and a sentence for each of the others."""

from typing import Any

from tests.presentation.answers import answers_schema, make
from tests.presentation.draft.schemas import compiled

from wirelens.engine.messages.carrying import carried_over
from wirelens.engine.schema.schema import Schema

__all__ = ["answers_schema", "compiled"]


def test_a_message_of_the_very_type_is_taken_whole(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", text="x", ratio=float("nan"))
    message.MergeFromString(b"\xa0\x06\x05")  # which the schema lacks
    made, left_out = carried_over(message, answers_schema, answers_schema.descriptor("answers.test.Answer"))
    assert made.SerializeToString() == message.SerializeToString()
    assert left_out == []


def test_fields_of_the_same_name_and_type_are_taken_and_the_others_told(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", text="x", numbers=[1, 2], data=b"\xff", large=5)
    message.by_name["k"].text = "v"  # type: ignore[attr-defined]
    made: Any
    made, left_out = carried_over(message, answers_schema, answers_schema.descriptor("answers.test.Choices"))
    assert list(made.numbers) == [1, 2]
    assert made.data == b"\xff"
    assert left_out == [
        "text: Choices has no such field.",
        "large: Choices has no such field.",
        "by_name: it is map<string, string> there, not map<string, Answer>.",
    ]


def test_messages_of_another_type_are_looked_into_and_one_member_of_a_oneof_is_taken(tmp_path: Any) -> None:
    schema = compiled(
        tmp_path,
        {
            "carry.proto": """
            syntax = "proto3"; package carry.test;
            message In { string name = 1; uint64 id = 2; }
            message Out { uint64 id = 7; int32 name = 8; }
            message From { In it = 1; string one = 2; string two = 3; }
            message To { Out it = 4; oneof choice { string one = 5; string two = 6; } }
            """
        },
    )
    message = schema.message_class("carry.test.From")(it={"name": "x", "id": 2**64 - 1}, one="1", two="2")
    made: Any
    made, left_out = carried_over(message, schema, schema.descriptor("carry.test.To"))
    assert made.it.id == 2**64 - 1
    assert (made.one, made.two) == ("1", "")
    assert left_out == ["it.name: it is int32 there, not string.", "two: one is set in the same oneof."]
