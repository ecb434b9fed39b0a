"""The numbers above the timeline, and the pace behind them."""

import pytest
from tests.presentation.answers import answers_schema, make, transcript_of

from wirelens.engine.calls.events import CallFinished, Status
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.figures import call_figures
from wirelens.presentation.stream_pace import StreamPace

__all__ = ["answers_schema"]


def stream(*times: float) -> tuple[Transcript, StreamPace]:
    """A transcript sampled after every message."""
    transcript = Transcript(frame=0)
    transcript.add_sent(0.0, b"ask")
    pace = StreamPace(transcript)
    for at in times:
        transcript.add_received(at, b"12345")
        pace.sample()
    return transcript, pace


def captions(pattern: Pattern, **options: bool) -> list[str]:
    transcript, pace = stream()
    return [figure.caption for figure in call_figures(pattern, transcript, pace, 0.0, **options)]


def test_each_pattern_has_its_own_figures() -> None:
    assert captions(Pattern.UNARY) == ["total", "to headers", "received", "as JSON"]
    assert captions(Pattern.SERVER_STREAMING) == ["first message", "rate", "messages", "received"]
    assert captions(Pattern.SERVER_STREAMING, is_text=True) == ["first token", "tokens", "messages", "received"]
    assert captions(Pattern.CLIENT_STREAMING) == ["total", "sent", "sent bytes", "received"]
    assert captions(Pattern.BIDI_STREAMING) == ["first answer", "sent", "answers", "rate", "received"]


def test_a_unary_call(answers_schema: Schema) -> None:
    transcript = transcript_of(
        [make(answers_schema, "Ask", prompt="hi")], [make(answers_schema, "Answer", text="ho")], status=Status(0)
    )
    pace = StreamPace(transcript)
    pace.sample()
    figures = call_figures(Pattern.UNARY, transcript, pace, 0.04, json_size=13)
    assert [figure.value for figure in figures] == ["40.0 ms", "20.0 ms", "4 B", "13 B"]


def test_nothing_is_invented_before_it_is_known() -> None:
    transcript, pace = stream()
    figures = call_figures(Pattern.SERVER_STREAMING, transcript, pace, 1.0)
    assert [figure.value for figure in figures] == ["–", "–", "0", "0 B"]


def test_the_rate_while_it_runs_is_that_of_late() -> None:
    _, pace = stream(*(at / 10 for at in range(1, 21)), *(2 + at / 100 for at in range(1, 401)))
    assert pace.rate == pytest.approx(100, rel=0.02)


def test_the_rate_of_a_finished_stream_is_that_of_all_of_it() -> None:
    transcript, pace = stream(1.0, 1.5, 2.0, 3.0)
    transcript.add_finished(CallFinished(9.0, Status(0)))
    pace.sample()
    assert pace.first_at == 1.0
    assert pace.rate == pytest.approx(1.5)


def test_bars_tell_every_message_in_constant_memory() -> None:
    transcript, pace = stream(*(at / 7 for at in range(1, 5_000)))
    assert sum(pace.bars) == transcript.received_count
    assert len(pace.bars) <= 44


def test_a_million_messages_between_two_samples_cost_nothing() -> None:
    transcript, pace = stream(0.1)
    for _ in range(50_000):
        transcript.add_received(0.2, b"")
    pace.sample()
    assert sum(pace.bars) == 50_001
