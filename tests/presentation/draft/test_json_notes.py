"""What the schema says of a word in the JSON."""

import pytest
from tests.presentation.draft.json_places import marked

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_notes import Note, note_at


@pytest.fixture
def ask(fields_schema: Schema, person_schema: Schema):  # type: ignore[no-untyped-def]
    def asked(text: str, message: str = "draft.test.Person") -> Note | None:
        schema = person_schema if message.startswith("draft") else fields_schema
        found = note_at(*marked(text), schema.descriptor(message), schema)
        return None if found is None else found[1]

    return asked


EVERYTHING = "wirelens.demo.fields.v1.Everything"


def test_a_field_tells_type_number_range_and_comment(ask) -> None:  # type: ignore[no-untyped-def]
    note = ask('{"int32|Value": 1}', EVERYTHING)
    assert note.name == "int32Value"
    assert note.type_name == "int32"
    assert "field 2" in note.facts
    assert "-2147483648 to 2147483647" in note.facts
    assert note.comment.startswith("-2147483648 to 2147483647")


def test_a_value_tells_of_its_field(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask('{"name": "A|da"}').comment == "The name in full."
    assert ask('{"name": "A|da').name == "name"
    assert ask('{"tags": ["a", "|b"]}').name == "tags"


def test_an_enum_value_tells_of_itself(ask) -> None:  # type: ignore[no-untyped-def]
    note = ask('{"priority": "PRIORITY_U|RGENT"}', EVERYTHING)
    assert note.type_name == "Priority = 4"
    assert note.is_deprecated
    assert note.comment.startswith("No longer")
    assert "also WEEKDAY_SONNABEND" in ask('{"weekday": "WEEKDAY_SAT|URDAY"}', EVERYTHING).facts


def test_a_type_url_tells_of_the_type(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask('{"detail": {"@type": "type.googleapis.com/draft.test.Per|son"}}').comment == "Somebody."
    assert "full name" in ask('{"detail": {"@ty|pe": ""}}').comment


@pytest.mark.parametrize("text", ['{"no|thing": 1}', "{|}", '{"extra": {"a|": 1}}', '// "na|me": 1', '{"name|'])
def test_nothing_is_said_where_nothing_is_known(ask, text: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(text) is None
