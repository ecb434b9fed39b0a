"""Two messages beside each other: asked for, or one that is pinned and the one that is looked at."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.waiting import until

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.errors import TranscriptError
from wirelens.engine.messages.message_diff import DiffKind
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.comparison import Comparison, DifferenceColumn, MessageReference

__all__ = ["answers_schema"]


@pytest.fixture
def transcript(answers_schema: Schema) -> Transcript:
    """Messages in rows 2, 3 and 4."""
    answers = [make(answers_schema, "Answer", text="x", large=number, known=True) for number in range(2)]
    return transcript_of((), [*answers, make(answers_schema, "Answer", text="y")])


def reference(schema: Schema, transcript: Transcript, row: int, call: str = "") -> MessageReference:
    return MessageReference.of(transcript, row, decoder(schema), call)


def shown(comparison: Comparison) -> list[tuple[str, ...]]:
    model = comparison.model
    return [
        tuple(model.data(model.index(row, column)) for column in DifferenceColumn) for row in range(model.rowCount())
    ]


def test_two_messages_of_two_calls_are_compared(
    qtbot: QtBot, answers_schema: Schema, transcript: Transcript, qtmodeltester: ModelTester
) -> None:
    other = transcript_of((), [make(answers_schema, "Answer", text="x", large=7, known=True)])
    comparison = Comparison()
    comparison.compare(reference(answers_schema, transcript, 2, "1st"), reference(answers_schema, other, 2, "2nd"))
    assert shown(comparison) == [("", "text", '"x"', '"x"'), ("≠", "large", "0", "7"), ("", "known", "true", "true")]
    assert comparison.summary == "1 difference"
    model = comparison.model
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in DifferenceColumn]
    assert titles == ["", "field", "1st #1 ↓", "2nd #1 ↓"]
    assert model.as_text() == '=\ttext\t"x"\t"x"\n≠\tlarge\t0\t7\n=\tknown\ttrue\ttrue'
    sign = model.index(1, DifferenceColumn.SIGN)
    assert model.data(sign, Qt.ItemDataRole.AccessibleTextRole) == "changed"
    qtmodeltester.check(model)
    comparison.swap()
    qtbot.waitUntil(lambda: not comparison.is_running)  # in the background, where it is not done at once
    assert shown(comparison)[1] == ("≠", "large", "7", "0")


def test_what_is_the_same_can_be_left_out(qtbot: QtBot, answers_schema: Schema, transcript: Transcript) -> None:
    comparison = Comparison()
    comparison.compare(reference(answers_schema, transcript, 2), reference(answers_schema, transcript, 4))
    assert [row[1] for row in shown(comparison)] == ["text", "known"]
    comparison.compare(reference(answers_schema, transcript, 3), reference(answers_schema, transcript, 4))
    comparison.model.set_only_differences(True)
    assert [row[:2] for row in shown(comparison)] == [("≠", "text"), ("≠", "large"), ("−", "known")]
    model = comparison.model
    assert [model.next_difference(0, 1), model.next_difference(0, -1), model.next_difference(-1, 1)] == [1, 2, 0]
    assert model.row_of("known") == 2
    assert model.row_of("data") is None
    comparison.compare(reference(answers_schema, transcript, 2), reference(answers_schema, transcript, 2))
    assert (comparison.summary, model.rowCount(), model.next_difference(0, 1)) == ("No difference", 0, None)


def test_a_pinned_message_is_compared_with_what_is_looked_at(
    qtbot: QtBot, answers_schema: Schema, transcript: Transcript
) -> None:
    comparison = Comparison()
    with qtbot.waitSignal(comparison.pin_changed):
        comparison.pin(reference(answers_schema, transcript, 2))
    assert (comparison.has_any, comparison.right) == (True, None)
    comparison.look_at(reference(answers_schema, transcript, 3))
    assert comparison.difference_count == 1
    comparison.look_at(reference(answers_schema, transcript, 4))
    assert comparison.difference_count == 2
    asked = reference(answers_schema, transcript, 3), reference(answers_schema, transcript, 4)
    comparison.compare(*asked)
    comparison.look_at(reference(answers_schema, transcript, 3))
    assert (comparison.left, comparison.right) == asked
    comparison.follow()
    comparison.look_at(reference(answers_schema, transcript, 3))
    assert comparison.left is comparison.pinned
    comparison.unpin()
    assert (comparison.has_any, comparison.model.rowCount()) == (False, 0)


def test_a_pinned_message_outlives_its_call(qtbot: QtBot, answers_schema: Schema, transcript: Transcript) -> None:
    comparison = Comparison()
    comparison.pin(reference(answers_schema, transcript, 2))
    transcript.close()
    assert comparison.pinned is not None
    assert comparison.pinned.preview == 'text: "x", known: true'
    later = transcript_of((), [make(answers_schema, "Answer", text="z")])
    comparison.look_at(reference(answers_schema, later, 2))
    assert ("≠", "text", '"x"', '"z"') in shown(comparison)
    with pytest.raises(TranscriptError):
        reference(answers_schema, transcript, 3)


async def test_large_messages_are_compared_in_the_background(qtbot: QtBot, answers_schema: Schema) -> None:
    def large(last: int) -> Any:
        return make(answers_schema, "Answer", numbers=[*range(30_000), last])

    transcript = transcript_of((), [large(1), large(2), make(answers_schema, "Answer", text="x")])
    comparison = Comparison()
    comparison.compare(reference(answers_schema, transcript, 2), reference(answers_schema, transcript, 3))
    assert (comparison.is_running, comparison.summary) == (True, "")
    await until(lambda: not comparison.is_running, comparison.changed)
    assert comparison.summary == "1 difference"
    assert comparison.notes == ["25,000 more values that are the same are not listed."]
    comparison.compare(reference(answers_schema, transcript, 2), reference(answers_schema, transcript, 3))
    comparison.compare(reference(answers_schema, transcript, 4), reference(answers_schema, transcript, 4))
    assert not comparison.is_running
    assert comparison.model.row(0).kind is DiffKind.SAME
