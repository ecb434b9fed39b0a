"""What was chosen survives being written down, whatever became of the text meanwhile."""

import json

import pytest

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.chart.chart_choice import MOST_FIELDS, ChartChoice, FieldChoice, Form, Measure

AGE = FieldChoice(EventKind.RECEIVED, "user.age")


def test_a_choice_is_found_again() -> None:
    choice = ChartChoice(Measure.FIELD, Form.SUMMED, (AGE, FieldChoice(EventKind.SENT, "count")))
    assert ChartChoice.restored(json.loads(json.dumps(choice.state()))) == choice


@pytest.mark.parametrize(
    "state", [None, 3, {}, {"measure": "x", "form": [], "fields": [1, {"of": "x"}, {"of": "sent"}]}]
)
def test_what_makes_no_sense_is_left_out(state: object) -> None:
    assert ChartChoice.restored(state) == ChartChoice()


def test_the_oldest_field_gives_way_to_one_too_many() -> None:
    choice = ChartChoice()
    for number in range(MOST_FIELDS + 1):
        choice = choice.with_field(FieldChoice(EventKind.RECEIVED, f"f{number}"), chosen=True)
    assert [field.path for field in choice.fields] == [f"f{number}" for number in range(1, MOST_FIELDS + 1)]
    assert choice.with_field(choice.fields[0], chosen=False).fields == choice.fields[1:]
