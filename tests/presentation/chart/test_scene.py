"""What a chart draws of a stream, and what it says where there is nothing to draw."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema, decoder, make, transcript_of
from tests.waiting import until

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Form, Measure
from wirelens.presentation.chart.chart_data import ChartData
from wirelens.presentation.chart.scene import Scene, make_scene
from wirelens.presentation.chart.spots import Reach, spot_beside, spot_in_next_track, spot_near, spots_of_row

__all__ = ["answers_schema"]

COLUMNS = 400


@pytest.fixture
def data(qtbot: QtBot, answers_schema: Schema) -> Iterator[ChartData]:
    made = ChartData(decoder(answers_schema, Pattern.SERVER_STREAMING), ChartChoice())
    made.set_active(True)
    yield made
    made.deleteLater()


def answers(schema: Schema, **columns: list[Any]) -> list[Any]:
    """Answers from the values of their fields, a list each."""
    return [
        make(schema, "Answer", **dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
    ]


def fields(*paths: str) -> tuple[FieldChoice, ...]:
    return tuple(FieldChoice(EventKind.RECEIVED, path) for path in paths)


def evenly(schema: Schema, count: int) -> Transcript:
    """A hundred messages a second, none of them at the edge of a round stretch of time."""
    transcript = Transcript()
    for number in range(count):
        transcript.add_received(number / 100 + 0.003, make(schema, "Answer", large=number).SerializeToString())
    return transcript


async def show(data: ChartData, transcript: Transcript, choice: ChartChoice) -> Scene:
    data.set_choice(choice)
    data.set_call(transcript, data.decoder)
    await until(lambda: data.progress >= 1 and not data.is_reading, data.changed)
    return make_scene(data, None, COLUMNS)


async def test_messages_a_second_are_counted_in_round_bins(data: ChartData, answers_schema: Schema) -> None:
    transcript = evenly(answers_schema, 300)
    transcript.add_finished(CallFinished(3.0, Status(0)))
    scene = await show(data, transcript, ChartChoice())
    (layer,) = scene.layers
    assert sum(bar.count for bar in layer.bars) == 300
    assert {round(bar.right - bar.left, 9) for bar in layer.bars} == {0.05}
    assert [bar.height for bar in layer.bars] == pytest.approx([100] * 60)
    assert scene.whole == (0.0, 3.0)
    zoomed = make_scene(data, (1.0, 1.5), COLUMNS)
    assert sum(bar.count for bar in zoomed.layers[0].bars) == pytest.approx(50, abs=2)
    assert len(zoomed.layers[0].bars) > 40


async def test_while_a_stream_runs_its_last_bin_waits_until_it_is_full(data: ChartData, answers_schema: Schema) -> None:
    scene = await show(data, evenly(answers_schema, 302), ChartChoice())
    assert [bar.height for bar in scene.layers[0].bars] == pytest.approx([100] * 60)


async def test_messages_in_all_climb_to_their_count(data: ChartData, answers_schema: Schema) -> None:
    transcript = transcript_of([], answers(answers_schema, large=[1, 2, 3]), status=Status(0))
    scene = await show(data, transcript, ChartChoice(Measure.ARRIVAL, Form.SUMMED))
    (line,) = scene.layers[0].lines
    assert line[0] == (0.0, 0.0)
    assert line[-1] == (scene.right, 3.0)
    later = make_scene(data, (0.035, 0.05), COLUMNS)
    assert later.layers[0].lines[0][-1][1] == 3.0


async def test_a_histogram_has_exact_percentiles_and_every_value(data: ChartData, answers_schema: Schema) -> None:
    transcript = transcript_of([], answers(answers_schema, large=list(range(1, 1001))))
    scene = await show(data, transcript, ChartChoice(Measure.FIELD, Form.SUMMED, fields("large")))
    (layer,) = scene.layers
    assert layer.percentiles == (500, 900, 990)
    assert sum(bar.count for bar in layer.bars) == 1000
    near = make_scene(data, (99.5, 109.5), COLUMNS).layers[0]
    assert [bar.count for bar in near.bars] == [1] * len(near.bars)  # a bar for each whole number


async def test_gaps_of_no_time_at_all_have_a_place_on_a_logarithmic_axis(
    data: ChartData, answers_schema: Schema
) -> None:
    transcript = Transcript()
    for at in (0.5, 0.5, 0.5, 0.6, 1.6):
        transcript.add_received(at, b"")
    scene = await show(data, transcript, ChartChoice(Measure.GAP, Form.SUMMED))
    assert scene.across.is_log
    assert sum(bar.count for bar in scene.layers[0].bars) == 4


async def test_values_that_are_all_equal_stand_in_the_middle(data: ChartData, answers_schema: Schema) -> None:
    transcript = transcript_of([], answers(answers_schema, large=[7] * 50))
    scene = await show(data, transcript, ChartChoice(Measure.FIELD, fields=fields("large")))
    (lane,) = scene.lanes
    assert lane.low < 7 < lane.high
    summed = await show(data, transcript, ChartChoice(Measure.FIELD, Form.SUMMED, fields("large")))
    assert summed.left < 7 < summed.right
    assert max(bar.count for bar in summed.layers[0].bars) == 50


async def test_fields_share_an_axis_only_where_they_are_alike(data: ChartData, answers_schema: Schema) -> None:
    made = answers(answers_schema, large=[1, 2, 3], larger=[3, 2, 1], ratio=[1e6, 2e6, 3e6], mood=[0, 1, 0])
    choice = ChartChoice(Measure.FIELD, fields=fields("large", "larger", "ratio", "mood"))
    scene = await show(data, transcript_of([], made), choice)
    assert [[layer.label for layer in lane.layers] for lane in scene.lanes] == [
        ["large", "larger"],
        ["ratio"],
        ["mood"],
    ]
    assert len({layer.hue for layer in scene.layers}) == 4
    summed = await show(data, transcript_of([], made), ChartChoice(Measure.FIELD, Form.SUMMED, choice.fields))
    assert [layer.label for layer in summed.layers] == ["large", "larger"]
    assert summed.notes == ["ratio, mood have another unit and are left out here"]


async def test_what_is_not_drawn_is_said(data: ChartData, answers_schema: Schema) -> None:
    made = [*answers(answers_schema, ratio=[1.0, math.nan, 2.0]), b"\xff\xff"]
    scene = await show(data, transcript_of([], made), ChartChoice(Measure.FIELD, fields=fields("ratio")))
    assert scene.notes == [
        "1 value of ratio is NaN or infinite and left as a gap, the first in message 2",
        "1 message could not be read: the bytes are no such message",
    ]
    huge = answers(answers_schema, large=[2**60])
    scene = await show(data, transcript_of([], huge), ChartChoice(Measure.FIELD, fields=fields("large")))
    assert "beyond 2^53" in scene.notes[0]


@pytest.mark.parametrize(
    ("received", "status", "choice", "title"),
    [
        ([], None, ChartChoice(), "No message yet"),
        ([], Status(5), ChartChoice(), "No message"),
        ([{}], None, ChartChoice(Measure.GAP), "One message"),
        ([{}], None, ChartChoice(Measure.FIELD, fields=fields("known")), "No value of known"),
    ],
)
async def test_an_empty_chart_says_why_it_is(
    data: ChartData,
    answers_schema: Schema,
    received: list[dict[str, Any]],
    status: Status | None,
    choice: ChartChoice,
    title: str,
) -> None:
    transcript = Transcript()
    for row in received:
        transcript.add_received(0.1, make(answers_schema, "Answer", **row).SerializeToString())
    if status is not None:
        transcript.add_finished(CallFinished(1.0, status))
    scene = await show(data, transcript, choice)
    assert scene.instead is not None
    assert scene.instead[0] == title
    assert scene.layers == []


async def test_without_a_call_or_a_number_it_says_so(data: ChartData, answers_schema: Schema) -> None:
    assert make_scene(data, None, COLUMNS).instead == (
        "No call yet", "Press Ctrl+Enter to send; what arrives is drawn here as it comes."
    )  # fmt: skip
    data.set_call(
        transcript_of([], [make(answers_schema, "Piece", delta="a")]),
        decoder(answers_schema, Pattern.SERVER_STREAMING, "Piece"),
    )
    data.set_choice(ChartChoice(Measure.FIELD))
    instead = make_scene(data, None, COLUMNS).instead
    assert instead is not None
    assert instead[0] == "No numeric field"


async def test_one_message_is_a_point(data: ChartData, answers_schema: Schema) -> None:
    transcript = transcript_of([], answers(answers_schema, large=[5]))
    for choice in (ChartChoice(Measure.FIELD, fields=fields("large")), ChartChoice(Measure.SIZE)):
        scene = await show(data, transcript, choice)
        assert scene.layers[0].has_dots
        assert sum(map(len, scene.layers[0].lines)) == 1


# -- spots


async def test_the_nearest_point_is_found_and_said_exactly(data: ChartData, answers_schema: Schema) -> None:
    made = answers(answers_schema, large=[10, 2**53 + 1, 30])
    scene = await show(data, transcript_of([], made), ChartChoice(Measure.FIELD, fields=fields("large")))
    spot = spot_near(data, scene, scene.lanes[0], 0.0301, 2.0**53, Reach(12, 1000, 1e-14))
    assert spot is not None
    assert (spot.row, spot.words) == (3, "message 2 · at 30 ms · large = 9,007,199,254,740,993")
    assert spot_near(data, scene, scene.lanes[0], 0.5, 0, Reach(12, 1000, 1e-14)) is None


async def test_a_cursor_goes_from_point_to_point_and_from_track_to_track(
    data: ChartData, answers_schema: Schema
) -> None:
    made = answers(answers_schema, large=[1, 2, 3], ratio=[5.0, 6.0, 7.0])
    scene = await show(data, transcript_of([], made), ChartChoice(Measure.FIELD, fields=fields("large", "ratio")))
    first = spot_beside(data, scene, None, 1)
    assert first is not None
    second = spot_beside(data, scene, first, 1)
    assert second is not None
    assert (first.up, second.up) == (1, 2)
    assert spot_beside(data, scene, first, -1) is None
    below = spot_in_next_track(data, scene, second, 1)
    assert below is not None
    assert below.words == "message 2 · at 30 ms · ratio = 6.0"
    again = spot_in_next_track(data, scene, below, 1)
    assert again == second
    assert [spot.up for spot in spots_of_row(data, scene, 4)] == [3, 7.0]
    assert spots_of_row(data, scene, 0) == []


async def test_a_bar_says_how_many_it_stands_for(data: ChartData, answers_schema: Schema) -> None:
    transcript = transcript_of([], answers(answers_schema, large=[4] * 8 + [9] * 2))
    scene = await show(data, transcript, ChartChoice(Measure.FIELD, Form.SUMMED, fields("large")))
    spot = spot_near(data, scene, scene.lanes[0], 4.0, 8, Reach(12, 10, 10))
    assert spot is not None
    assert (spot.row, spot.words) == (None, "8 messages, 80 % · large 4")
    following = spot_beside(data, scene, spot, 1)
    assert following is not None
    assert following.words == "2 messages, 20 % · large 9"
    rates = await show(data, transcript, ChartChoice())
    bar = spot_beside(data, rates, None, 1)
    assert bar is not None
    assert bar.row == 2
    assert bar.words.startswith("1 message from 20 ms to ")
