"""One call of a tab in words, and as figures to set beside another's."""

from dataclasses import dataclass
from datetime import datetime

from wirelens.presentation.amounts import count_text, duration_text, size_text
from wirelens.presentation.encoding_words import encoding_name
from wirelens.presentation.runs import Run

_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of two calls; `is_different` where it is worth a second look: never for times, which always differ."""

    caption: str
    first: str
    second: str
    is_different: bool = False


def status_text(run: Run) -> str:
    """How it ended, or that it has not."""
    finished = run.transcript.finished
    return finished.status.title if finished is not None else "running"


def run_duration(run: Run) -> str:
    """What it took, a dash while it runs."""
    finished = run.transcript.finished
    return duration_text(finished.at) if finished is not None else _NOTHING


def time_text(at: datetime | None) -> str:
    """The time of day here; the date as well where that is not today."""
    if at is None:
        return _NOTHING
    here = at.astimezone()
    is_today = here.date() == datetime.now().astimezone().date()
    return f"{here:%H:%M:%S}" if is_today else f"{here:%Y-%m-%d %H:%M:%S}"


def run_title(run: Run, runs: tuple[Run, ...]) -> str:
    """`Run 3 of 3 · OK · 12.3 ms`: the place among those that are there."""
    place = runs.index(run) + 1
    words = [f"Run {place} of {len(runs)}", status_text(run)]
    if run.transcript.finished is not None:
        words.append(run_duration(run))
    return " · ".join(words)


def file_words(run: Run) -> str:
    """Where a call from a file is from, empty for any other."""
    if run.saved is None:
        return ""
    made = f", made {time_text(run.started_at)}" if run.started_at is not None else ""
    return f"from {run.saved.path.name}{made}, at {run.target}"


def compared_figures(first: Run, second: Run) -> tuple[ComparedFigure, ...]:
    """The figures of two calls beside each other."""
    figures = []
    for (caption, one, is_told), (_, other, is_told_too) in zip(_figures(first), _figures(second), strict=True):
        figures.append(ComparedFigure(caption, one, other, is_told and is_told_too and one != other))
    return tuple(figures)


def _figures(run: Run) -> tuple[tuple[str, str, bool], ...]:
    transcript = run.transcript
    status = transcript.finished.status if transcript.finished is not None else None
    first, last, headers = transcript.first_received_at, transcript.last_received_at, transcript.headers
    count, encoding = transcript.received_count, encoding_name(transcript)
    rate = (count - 1) / (last - first) if first is not None and last is not None and last - first >= 0.02 else None
    return (
        ("made", time_text(run.started_at), False),
        ("server", run.target or _NOTHING, True),
        ("status", status_text(run), True),
        ("message", (status.message if status is not None else "") or _NOTHING, True),
        ("duration", run_duration(run), False),
        ("first headers", _at(headers.at if headers is not None else None), False),
        ("first message", _at(first), False),
        ("last message", _at(last), False),
        ("received", count_text(count, "message"), True),
        ("received bytes", size_text(transcript.received_bytes), True),
        ("encoding", encoding or _NOTHING, bool(encoding)),
        ("sent", count_text(transcript.sent_count, "message"), True),
        ("sent bytes", size_text(transcript.sent_bytes), True),
        ("rate", f"{rate:,.1f} /s" if rate is not None else _NOTHING, False),
        ("paused", duration_text(transcript.paused_seconds) if transcript.paused_seconds else _NOTHING, False),
    )


def _at(at: float | None) -> str:
    return duration_text(at) if at is not None else _NOTHING
