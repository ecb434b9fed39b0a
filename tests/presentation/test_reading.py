"""How a tab reads a stream: paused, sampled, stopped; and a call kept in a file and shown again."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import AnswerService, answers_schema, rows
from tests.presentation.sessions import OpenSession, ask, call, ended, idle_session, open_session, service
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.calls.transcript_file import open_transcript
from wirelens.engine.errors import CallStateError, TranscriptError
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.figures import call_figures
from wirelens.presentation.stream_pace import StreamPace
from wirelens.presentation.timeline_model import TimelineColumn, TimelineModel

__all__ = ["answers_schema", "idle_session", "open_session", "service"]


def captions(session: CallSession) -> dict[str, str]:
    assert session.transcript is not None
    values = call_figures(
        session.method.pattern,
        session.transcript,
        StreamPace(session.transcript),
        session.elapsed,
        paused=session.paused_seconds,
    )
    return {value.caption: value.value for value in values}


async def test_a_pause_is_told_and_shown(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("Many")
    assert not session.can_pause
    session.toggle_pause()  # there is nothing to pause
    assert not session.flow.is_paused
    service.holding.clear()
    ask(session, count=3)
    session.send()
    await until(lambda: session.transcript is not None and session.transcript.received_count == 3, session.progressed)
    transcript = session.transcript
    assert transcript is not None
    assert session.can_pause
    told: list[bool] = []
    session.state_changed.connect(lambda: told.append(session.is_paused))
    session.toggle_pause()
    assert told == [True]
    assert (session.is_paused, session.activity) == (True, "paused")
    await until(lambda: bool(rows(transcript, EventKind.PAUSED)), session.progressed)
    assert session.paused_seconds > 0
    assert "paused" in captions(session)
    session.toggle_pause()
    assert told == [True, False]
    await until(lambda: bool(rows(transcript, EventKind.RESUMED)), session.progressed)
    service.holding.set()
    await ended(session)
    assert not session.can_pause
    assert session.paused_seconds == transcript.paused_seconds > 0
    timeline = TimelineModel()
    timeline.set_transcript(transcript, session.decoder)
    [start], [end] = rows(transcript, EventKind.PAUSED), rows(transcript, EventKind.RESUMED)
    assert timeline.preview(start) == "reading paused"
    assert timeline.preview(end).startswith("reading resumed · after ")
    assert timeline.text(start, TimelineColumn.SIZE) == timeline.text(start, TimelineColumn.NUMBER) == ""


async def test_a_paused_call_is_cancelled_and_the_next_reads_on(
    open_session: OpenSession, service: AnswerService
) -> None:
    session = open_session("Many")
    service.holding.clear()
    ask(session, count=1)
    session.send()
    await until(lambda: session.can_pause, session.state_changed, session.progressed)
    session.pause()
    session.cancel()
    await ended(session)
    assert not session.is_paused
    service.holding.set()
    await call(session, count=2)
    assert session.transcript is not None
    assert session.transcript.received_count == 2
    assert session.paused_seconds == 0


async def test_options_say_what_is_taken(open_session: OpenSession) -> None:
    session = open_session("Many")
    session.options.set_take(every=10, count_only=False)
    await call(session, count=95)
    assert session.transcript is not None
    assert len(rows(session.transcript, EventKind.RECEIVED)) == 10
    assert captions(session)["messages"] == "95"
    assert captions(session)["taken"] == "10"
    session.options.set_take(every=1, count_only=True)
    await call(session, count=95)
    assert captions(session)["taken"] == "0"
    assert captions(session)["first message"] != "–"
    session.options.set_take(every=1, count_only=False)
    session.options.set_stop_after(7)
    await call(session, count=95)
    assert session.transcript.finished is not None
    status = session.transcript.finished.status
    assert (status.title, session.transcript.received_count) == ("STOPPED", 7)
    assert "taken" not in captions(session)
    timeline = TimelineModel()
    timeline.set_transcript(session.transcript, session.decoder)
    last = timeline.rowCount() - 1
    assert timeline.is_ok(last)
    assert timeline.preview(last) == "STOPPED · stopped on this side after 7 messages, as asked"


async def test_options_hold_for_the_call_that_runs(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("Many")
    service.holding.clear()
    ask(session, count=5)
    session.send()
    await until(lambda: session.transcript is not None and session.transcript.received_count == 5, session.progressed)
    session.options.set_stop_after(5)
    await ended(session)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.as_asked


async def test_only_the_newest_is_kept(open_session: OpenSession) -> None:
    session = open_session("Many")
    session.options.set_keep_mib(1)
    await call(session, count=100, size=50_000)
    transcript = session.transcript
    assert transcript is not None
    first, *_, last = rows(transcript, EventKind.RECEIVED)
    assert transcript.size(last) == len(transcript.payload(last))
    timeline = TimelineModel()
    timeline.set_transcript(transcript, session.decoder)
    assert timeline.preview(first).startswith("only the last 1 MiB of this call's messages are kept")


async def test_saved_and_shown_again_without_a_server(
    qtbot: QtBot, open_session: OpenSession, idle_session: CallSession, tmp_path: Path
) -> None:
    session = open_session("One")
    with pytest.raises(CallStateError, match="no call yet"):
        await session.save_transcript(tmp_path / "call.ndjson")
    await call(session, prompt="hello")
    told: list[tuple[int, int]] = []
    await session.save_transcript(tmp_path / "call.ndjson", on_progress=lambda done, all_: told.append((done, all_)))
    assert session.transcript is not None
    assert told[-1] == (len(session.transcript),) * 2
    saved = await open_transcript(tmp_path / "call.ndjson")
    with qtbot.waitSignals([idle_session.transcript_replaced, idle_session.state_changed]):
        idle_session.show_saved(saved)
    assert (idle_session.state, idle_session.saved_call) == (CallState.FINISHED, saved)
    assert idle_session.target_text == session.target_text == saved.target
    assert idle_session.elapsed == pytest.approx(session.elapsed)
    assert idle_session.draft.json_text().replace(" ", "").replace("\n", "") == '{"prompt":"hello"}'
    assert idle_session.can_send
    assert not idle_session.can_cancel
    await idle_session.aclose()


async def test_a_tab_whose_call_runs_keeps_it(
    open_session: OpenSession, service: AnswerService, tmp_path: Path
) -> None:
    session = open_session("One")
    await call(session, prompt="first")
    await session.save_transcript(tmp_path / "call.ndjson")
    saved = await open_transcript(tmp_path / "call.ndjson")
    service.holding.clear()
    session.send()
    with pytest.raises(CallStateError, match="runs in this tab"):
        session.show_saved(saved)
    service.holding.set()
    await ended(session)
    session.show_saved(saved)
    assert session.saved_call is saved
    row = rows(saved.transcript, EventKind.RECEIVED)[0]
    assert saved.transcript.payload(row)
    await call(session, prompt="next")
    assert session.saved_call is None
    assert saved.transcript.payload(row)  # it stays beside the new one, until it is let go
    session.runs.remove_others(session.runs.all[-1])
    with pytest.raises(TranscriptError):
        saved.transcript.payload(row)


async def test_a_broken_file_is_the_sessions_problem(
    open_session: OpenSession, idle_session: CallSession, tmp_path: Path
) -> None:
    session = open_session("One")
    await call(session, prompt="x")
    await session.save_transcript(tmp_path / "call.ndjson")
    text = (tmp_path / "call.ndjson").read_bytes()
    (tmp_path / "call.ndjson").write_bytes(text[:-5])
    idle_session.show_saved(await open_transcript(tmp_path / "call.ndjson"))
    assert idle_session.problem is not None
    assert "cut off" in idle_session.problem.message
    assert idle_session.transcript is not None
    assert idle_session.transcript.received_count == 1
    await idle_session.aclose()


async def test_an_opened_calls_pace_is_that_of_its_rows(open_session: OpenSession, tmp_path: Path) -> None:
    session = open_session("Many")
    await call(session, count=5000)
    assert session.transcript is not None
    await session.save_transcript(tmp_path / "call.ndjson")
    saved = await open_transcript(tmp_path / "call.ndjson")
    pace = StreamPace(saved.transcript)
    assert sum(pace.bars) == 5000
    assert len(pace.bars) > 1
    assert pace.first_at == saved.transcript.first_received_at
    saved.transcript.close()
