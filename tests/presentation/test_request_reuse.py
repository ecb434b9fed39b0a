"""A message of a call as the next request."""

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.errors import DecodeError
from wirelens.engine.schema.schema import Schema, services_of
from wirelens.presentation.draft import Draft
from wirelens.presentation.request_reuse import LARGEST_REQUEST, methods_taking, type_of, use_as_request

__all__ = ["answers_schema"]


@pytest.fixture
def draft(qtbot: QtBot, answers_schema: Schema) -> Draft:
    draft = Draft(answers_schema.descriptor("answers.test.Ask"), answers_schema)
    draft.set_message(make(answers_schema, "Ask", prompt="before"))
    return draft


def test_a_sent_message_becomes_the_draft_in_one_step(answers_schema: Schema, draft: Draft) -> None:
    transcript = transcript_of([make(answers_schema, "Ask", prompt="again", count=3)])
    assert use_as_request(draft, transcript, 0, decoder(answers_schema)) == []
    assert draft.serialized() == transcript.payload(0)
    draft.undo()
    assert draft.message() == make(answers_schema, "Ask", prompt="before")


def test_of_a_received_message_what_fits_is_taken_and_the_rest_told(answers_schema: Schema, draft: Draft) -> None:
    transcript = transcript_of((), [make(answers_schema, "Answer", text="x")])
    assert use_as_request(draft, transcript, 2, decoder(answers_schema)) == ["text: Ask has no such field."]
    assert draft.serialized() == b""


def test_what_is_no_message_or_too_large_leaves_the_draft_alone(answers_schema: Schema, draft: Draft) -> None:
    transcript = transcript_of((), [b"\xff", bytes(LARGEST_REQUEST + 1)])
    for row in (2, 3):
        with pytest.raises(DecodeError):
            use_as_request(draft, transcript, row, decoder(answers_schema))
    assert draft.message() == make(answers_schema, "Ask", prompt="before")


def test_methods_are_found_by_what_they_take(answers_schema: Schema) -> None:
    schema = answers_schema.with_services(
        services_of(answers_schema.table, answers_schema.files), answers_schema.origin
    )
    sent = type_of(decoder(answers_schema), EventKind.SENT)
    names = ["One", "Many", "Join", "Talk", "Story", "Watch"]
    assert [method.name for method in methods_taking(schema, sent)] == names
    assert methods_taking(schema, type_of(decoder(answers_schema), EventKind.RECEIVED)) == []
