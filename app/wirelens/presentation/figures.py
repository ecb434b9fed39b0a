"""The few numbers above the timeline, fit to the pattern: what a person wants to know of this kind of call."""

from dataclasses import dataclass

from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.amounts import duration_text, size_text
from wirelens.presentation.reply_statistics import ReplyStatistics
from wirelens.presentation.stream_pace import StreamPace


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A number and the word under it."""

    value: str
    caption: str


_NOTHING_YET = "–"


def call_figures(
    pattern: Pattern,
    transcript: Transcript,
    pace: StreamPace,
    elapsed: float,
    *,
    is_text: bool = False,
    reply: ReplyStatistics | None = None,
    json_size: int | None = None,
    paused: float = 0.0,
) -> tuple[FigureValue, ...]:
    """Always the same captions for a pattern, so that numbers that come later shift nothing; behind them what was
    wanted otherwise.

    Args:
        elapsed: seconds since the call began.
        is_text: the messages are pieces of one text.
        reply: the figures of that text, where it was read to its end: first token and rate are then its own.
        json_size: bytes of the unary answer as JSON, None where that is not known.
        paused: seconds in which reading was paused.
    """
    return _ordinary(pattern, transcript, pace, elapsed, is_text, reply, json_size) + _unusual(transcript, paused)


def _unusual(transcript: Transcript, paused: float) -> tuple[FigureValue, ...]:
    """What is there only where the person wanted the stream read otherwise than whole."""
    pause = (FigureValue(duration_text(paused), "paused"),) if paused else ()
    taken = FigureValue(f"{transcript.received_count - transcript.skipped_count:,}", "taken")
    return pause + ((taken,) if transcript.skipped_count else ())


def _ordinary(
    pattern: Pattern,
    transcript: Transcript,
    pace: StreamPace,
    elapsed: float,
    is_text: bool,
    reply: ReplyStatistics | None,
    json_size: int | None,
) -> tuple[FigureValue, ...]:
    received = FigureValue(size_text(transcript.received_bytes), "received")
    total = FigureValue(duration_text(elapsed), "total")
    if pattern is Pattern.UNARY:
        as_json = _NOTHING_YET if json_size is None else size_text(json_size)
        return total, _headers(transcript), received, FigureValue(as_json, "as JSON")
    if pattern is Pattern.SERVER_STREAMING:
        unit = "token" if is_text else "message"
        first_at, rate = (pace.first_at, pace.rate) if reply is None else (reply.first_after, reply.token_rate)
        return (
            _since_start(first_at, f"first {unit}"),
            FigureValue(_rate(rate), "tokens" if is_text else "rate"),
            FigureValue(f"{transcript.received_count:,}", "messages"),
            received,
        )
    sent_count = FigureValue(f"{transcript.sent_count:,}", "sent")
    if pattern is Pattern.CLIENT_STREAMING:
        return total, sent_count, FigureValue(size_text(transcript.sent_bytes), "sent bytes"), received
    return (
        _since_start(pace.first_at, "first answer"),
        sent_count,
        FigureValue(f"{transcript.received_count:,}", "answers"),
        FigureValue(_rate(pace.rate), "rate"),
        received,
    )


def _headers(transcript: Transcript) -> FigureValue:
    return _since_start(transcript.headers.at if transcript.headers is not None else None, "to headers")


def _since_start(at: float | None, caption: str) -> FigureValue:
    return FigureValue(_NOTHING_YET if at is None else duration_text(at), caption)


def _rate(rate: float | None) -> str:
    if rate is None:
        return _NOTHING_YET
    return f"{rate:,.1f} /s" if rate < 100 else f"{rate:,.0f} /s"
