"""Several calls of one tab: kept within bounds, looked at, sent again and brought back."""

import json

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import AnswerService, answers_schema, rows
from tests.presentation.sessions import OpenSession, ask, call, ended, open_session, service
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.errors import TranscriptError
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.metadata_model import MetadataRow
from wirelens.presentation.runs import Run

__all__ = ["answers_schema", "open_session", "service"]


def answer_of(session: CallSession, run: Run) -> str:
    payload = run.transcript.payload(rows(run.transcript, EventKind.RECEIVED)[0])
    return str(session.decoder.message(EventKind.RECEIVED, payload).text)  # type: ignore[attr-defined]


def numbers(session: CallSession) -> list[int]:
    return [run.number for run in session.runs.all]


def shown(session: CallSession) -> Run:
    run = session.runs.shown
    assert run is not None
    return run


async def test_earlier_calls_stay_and_each_can_be_looked_at(open_session: OpenSession, qtbot: QtBot) -> None:
    session = open_session("One")
    for prompt in ("first", "second", "third"):
        await call(session, prompt=prompt)
    assert [answer_of(session, run) for run in session.runs.all] == ["first", "second", "third"]
    assert session.transcript is session.runs.all[2].transcript
    with qtbot.waitSignal(session.transcript_replaced):
        session.runs.step(-1)
    assert session.transcript is session.runs.all[1].transcript
    assert session.elapsed == session.transcript.finished.at  # type: ignore[union-attr]
    session.runs.step(-1)
    session.runs.step(-1)  # there is none before the first
    assert shown(session).number == 1
    await call(session, prompt="fourth")
    assert shown(session).number == 4


async def test_the_oldest_go_but_what_is_pinned_stays(open_session: OpenSession) -> None:
    session = open_session("One")
    session.options.set_keep_runs(3)
    for prompt in "abc":
        await call(session, prompt=prompt)
    first, second, _ = session.runs.all
    session.runs.set_pinned(first, True)
    await call(session, prompt="d")
    assert numbers(session) == [1, 3, 4]
    with pytest.raises(TranscriptError):
        second.transcript.payload(0)
    assert answer_of(session, first) == "a"
    session.options.set_keep_runs(1)
    assert numbers(session) == [1, 4]
    session.runs.set_pinned(first, False)
    assert numbers(session) == [4]


async def test_bytes_are_a_bound_as_well(open_session: OpenSession) -> None:
    session = open_session("One")
    session.options.set_keep_runs(100)
    session.options.set_keep_runs_mib(1)
    for _ in range(5):
        await call(session, size=400_000)
    assert numbers(session) == [4, 5]
    session.options.set_keep_runs_mib(None)
    await call(session, size=400_000)
    assert numbers(session) == [4, 5, 6]


async def test_what_is_looked_at_is_not_taken_away(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("One")
    session.options.set_keep_runs(2)
    await call(session, prompt="a")
    service.holding.clear()
    ask(session, prompt="b")
    session.send()
    await until(lambda: len(session.runs) == 2, session.runs.changed)
    session.runs.step(-1)
    assert not session.shows_live
    assert session.is_running
    session.runs.remove(session.runs.all[1])  # it runs
    assert numbers(session) == [1, 2]
    service.holding.set()
    await ended(session)
    assert shown(session).number == 1
    await call(session, prompt="c")
    assert numbers(session) == [2, 3]


async def test_one_goes_and_its_neighbour_is_shown(open_session: OpenSession) -> None:
    session = open_session("One")
    for prompt in "abc":
        await call(session, prompt=prompt)
    first, second, third = session.runs.all
    session.runs.step(-1)
    session.runs.remove(second)
    assert (numbers(session), shown(session)) == ([1, 3], third)
    with pytest.raises(TranscriptError):
        second.transcript.payload(0)
    session.runs.remove_others(first)
    assert (numbers(session), shown(session)) == ([1], first)
    session.runs.remove(first)  # the last stays: a tab that was used is not empty again
    assert numbers(session) == [1]


async def test_what_was_asked_comes_back_as_it_was_typed(open_session: OpenSession) -> None:
    session = open_session("One")
    session.draft.set_json_text('{\n  // why\n  "prompt": "old"\n}')
    session.metadata.take_over([MetadataRow("x-key", "hush", is_marked_secret=True)])
    session.options.set_deadline_text("7")
    session.send()
    await ended(session)
    session.draft.set_json_text('{"prompt": "new"}')
    session.metadata.take_over([])
    session.options.set_deadline_text("30")
    session.restore_request(shown(session))
    assert session.draft.json_text() == '{\n  // why\n  "prompt": "old"\n}'
    assert session.metadata.metadata() == (("x-key", "hush"),)
    assert session.options.deadline_text == "7"
    session.draft.undo()
    assert json.loads(session.draft.json_text()) == {"prompt": "new"}


async def test_prepared_messages_come_back_too(open_session: OpenSession) -> None:
    session = open_session("Join")
    session.draft.set_json_text('{"prompt": "a"}')
    session.messages.add()
    session.draft.set_json_text('{"prompt": "b"}')
    session.sending.send_all()
    await ended(session)
    session.messages.remove([0])
    session.draft.set_json_text('{"prompt": "z"}')
    session.restore_request(shown(session))
    payloads = [session.messages.serialized_of(session.messages.key(row)) for row in range(len(session.messages))]
    asked = [session.decoder.message(EventKind.SENT, payload) for payload in payloads]
    assert [message.prompt for message in asked] == ["a", "b"]  # type: ignore[attr-defined]
    assert session.messages.current == 1


async def test_sent_again_byte_for_byte(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("One")
    session.metadata.take_over([MetadataRow("x-key", "then")])
    await call(session, prompt="old")
    session.metadata.take_over([MetadataRow("x-key", "now")])
    session.draft.set_json_text("{ broken")
    assert session.sending.can_send_again
    session.sending.send_again()
    await until(lambda: len(session.runs) == 2 and session.state is CallState.FINISHED, session.state_changed)
    assert answer_of(session, session.runs.all[1]) == "old"
    assert service.metadata["x-key"] == "then"
    assert session.draft.json_text() == "{ broken"
    session.restore_request(session.runs.all[1])
    assert json.loads(session.draft.json_text()) == {"prompt": "old"}


async def test_a_stream_of_requests_is_sent_again_with_its_end(open_session: OpenSession) -> None:
    session = open_session("Join")
    session.draft.set_json_text('{"prompt": "a"}')
    session.messages.add()
    session.draft.set_json_text('{"prompt": "b"}')
    session.sending.send_all()
    await ended(session)
    session.sending.send_again()
    await until(lambda: len(session.runs) == 2 and session.state is CallState.FINISHED, session.state_changed)
    assert answer_of(session, session.runs.all[1]) == "a b"
    assert session.runs.all[1].transcript.sent_count == 2


async def test_what_is_not_kept_cannot_be_sent_again(open_session: OpenSession) -> None:
    session = open_session("One")
    await call(session, prompt="a")
    shown(session).transcript.close()
    session.sending.send_again()
    await until(lambda: session.problem is not None, session.problem_changed)
    assert session.problem is not None
    assert "no longer kept" in session.problem.message
    assert session.state is CallState.FINISHED
    await until(lambda: session.sending.can_send_again, session.sending.changed)
