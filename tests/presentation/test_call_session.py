"""A tab's call against a real server: send, half-close, cancel, problems in place, and what is kept."""

import asyncio
import json
from typing import Any

import pytest
from tests.presentation.answers import STORY, AnswerService, answers_schema, rows
from tests.presentation.sessions import OpenSession, ask, ended, idle_session, open_session, service
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.connection.channels import Connection
from wirelens.engine.errors import AddressError, MetadataError, UsageError
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.later import made
from wirelens.presentation.view_choice import ViewName

__all__ = ["answers_schema", "idle_session", "open_session", "service"]


def answers(session: CallSession) -> list[Any]:
    transcript = session.transcript
    assert transcript is not None
    return [
        session.decoder.message(EventKind.RECEIVED, transcript.payload(row))
        for row in rows(transcript, EventKind.RECEIVED)
    ]


async def test_a_unary_call_from_press_to_answer(open_session: OpenSession) -> None:
    session = open_session("One")
    states: list[CallState] = []
    session.state_changed.connect(lambda: states.append(session.state))
    assert (session.state, session.can_send, session.can_cancel, session.elapsed) == (CallState.IDLE, True, False, 0.0)
    ask(session, prompt="hello")
    session.send()
    assert (session.state, session.can_send, session.can_cancel) == (CallState.CONNECTING, False, True)
    await ended(session)
    assert [answer.text for answer in answers(session)] == ["hello"]
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.elapsed == session.transcript.finished.at
    assert (session.can_send, session.can_half_close, session.can_cancel) == (True, False, False)
    assert states[0] is CallState.CONNECTING
    assert states[-1] is CallState.FINISHED
    assert session.problem is None


async def test_a_second_press_while_a_unary_call_runs_does_nothing(
    open_session: OpenSession, service: AnswerService
) -> None:
    session = open_session("One")
    service.holding.clear()
    session.send()
    await until(lambda: session.transcript is not None and len(session.transcript), session.progressed)
    session.send()
    service.holding.set()
    await ended(session)
    assert session.transcript is not None
    assert session.transcript.sent_count == 1


async def test_a_server_stream_tells_its_growth(open_session: OpenSession) -> None:
    session = open_session("Many")
    lengths: list[int] = []
    session.progressed.connect(lambda: lengths.append(len(session.transcript or ())))
    ask(session, count=500)
    session.send()
    await ended(session)
    assert [answer.large for answer in answers(session)] == list(range(500))
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(session.transcript or ())


async def test_a_client_stream_sends_until_it_is_half_closed(open_session: OpenSession) -> None:
    session = open_session("Join")
    ask(session, prompt="one")
    session.send()
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    assert session.activity == "open"
    ask(session, prompt="two")
    session.send()
    await until(lambda: session.transcript is not None and session.transcript.sent_count == 2, session.progressed)
    assert session.can_half_close
    session.half_close()
    assert not session.can_send
    await ended(session)
    assert answers(session)[0].text == "one two"


async def test_a_conversation_goes_to_and_fro(open_session: OpenSession) -> None:
    session = open_session("Talk")
    for count, prompt in enumerate(("hello there", "again"), start=1):
        ask(session, prompt=prompt)
        session.send()
        expected = 2 * count - (count == 2)
        await until(
            lambda expected=expected: session.transcript is not None and session.transcript.received_count >= expected,
            session.progressed,
        )
    assert session.activity == "receiving"
    session.half_close()
    await ended(session)
    assert [answer.delta for answer in answers(session)] == ["hello ", "there ", "again "]


async def test_cancel_ends_the_call_with_a_status(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("Story")
    service.holding.clear()
    session.send()
    await until(lambda: session.transcript is not None and session.transcript.received_count, session.progressed)
    session.cancel()
    await ended(session)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.code_name == "CANCELLED"
    assert [answer.delta for answer in answers(session)] == [STORY[0]]
    service.holding.set()
    session.send()
    await ended(session)
    assert "".join(answer.delta for answer in answers(session)) == "".join(STORY)


async def test_metadata_and_options_go_along(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("One")
    session.metadata.add_lines(["x-request-id: 42", "authorization: Bearer abc"])
    session.options.set_deadline_text("20")
    session.send()
    await ended(session)
    assert service.metadata["x-request-id"] == "42"
    assert service.metadata["authorization"] == "Bearer abc"


async def test_a_deadline_that_passes_is_a_status(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("One")
    service.holding.clear()
    session.options.set_deadline_text("0.05")
    session.send()
    await ended(session)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.code_name == "DEADLINE_EXCEEDED"
    assert session.problem is None


@pytest.mark.parametrize("what", ["metadata", "deadline", "connection", "draft"])
async def test_what_keeps_a_call_from_being_made_is_said_and_the_last_answer_stays(
    open_session: OpenSession, what: str
) -> None:
    refuses = False
    session = open_session("One")
    connect = session._connect

    async def connect_or_not() -> Connection:
        if refuses:
            raise AddressError("there is no such place", place="address")
        return await connect()

    session._connect = connect_or_not
    session.send()
    await ended(session)
    before = session.transcript
    if what == "metadata":
        session.metadata.add_lines(["Bad Name: x"])
    elif what == "deadline":
        session.options.set_deadline_text("soon")
    elif what == "draft":
        session.draft.set_json_text('{"promt": 1}')
    refuses = what == "connection"
    session.send()
    await until(lambda: session.problem is not None and not session.is_running, session.state_changed)
    assert isinstance(session.problem, (MetadataError, UsageError)) or "promt" in str(session.problem)
    assert session.transcript is before
    assert session.state is CallState.FINISHED
    assert session.can_send


async def test_a_problem_goes_with_the_next_press(open_session: OpenSession) -> None:
    session = open_session("One")
    session.options.set_deadline_text("soon")
    session.send()
    await until(lambda: session.problem is not None, session.problem_changed)
    session.options.set_deadline_text("5")
    session.send()
    assert session.problem is None
    await ended(session)


async def test_cancelling_in_the_same_moment_as_sending(open_session: OpenSession) -> None:
    session = open_session("One")
    session.send()
    session.cancel()
    await until(lambda: not session.is_running, session.state_changed)
    assert session.can_send


async def test_cancelling_before_there_is_a_connection(open_session: OpenSession) -> None:
    never = asyncio.get_running_loop().create_future()

    async def connect() -> Connection:
        await never
        raise AssertionError

    session = open_session("One", connect)
    session.send()
    await asyncio.sleep(0)
    session.cancel()
    await until(lambda: session.state is CallState.IDLE, session.state_changed)
    assert session.transcript is None


async def test_a_new_call_closes_the_transcript_before_it(open_session: OpenSession) -> None:
    session = open_session("One")
    session.send()
    await ended(session)
    first = session.transcript
    assert first is not None
    replaced: list[object] = []
    session.transcript_replaced.connect(lambda: replaced.append(session.transcript))
    session.send()
    await until(lambda: bool(replaced) and session.state is CallState.FINISHED, session.state_changed)
    assert replaced == [session.transcript]
    assert session.transcript is not first


async def test_what_was_typed_survives_a_restart_but_no_secret(open_session: OpenSession) -> None:
    session, restored = open_session("One"), open_session("One")
    session.draft.set_json_text('{"prompt": "kept", "count":')
    session.metadata.add_lines(["authorization: Bearer abc"])
    session.options.set_deadline_text("7")
    session.chosen_view = ViewName.TREE
    state = session.state_to_save()
    assert "abc" not in str(state)
    restored.restore(state)
    assert restored.draft.json_text() == '{"prompt": "kept", "count":'
    assert restored.options.deadline_text == "7"
    assert restored.metadata.rows[0].name == "authorization"
    assert restored.chosen_view is ViewName.TREE
    restored.restore({})
    assert restored.options.deadline_text == "7"


async def test_a_reloaded_schema_keeps_draft_and_answer(open_session: OpenSession, answers_schema: Schema) -> None:
    session = open_session("One")
    ask(session, prompt="before")
    session.send()
    await ended(session)
    rebound: list[Method] = []
    session.rebound.connect(lambda: rebound.append(session.method))
    session.rebind(session.method, answers_schema)
    assert rebound == [session.method]
    assert '"before"' in session.draft.json_text()
    assert answers(session)[0].text == "before"


async def test_closing_a_tab_ends_its_call(open_session: OpenSession, service: AnswerService) -> None:
    session = open_session("Story")
    service.holding.clear()
    session.send()
    await until(lambda: session.transcript is not None and session.transcript.received_count, session.progressed)
    await session.aclose()
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert not session.is_running


async def test_the_forms_filter_is_kept(open_session: OpenSession) -> None:
    session = open_session("One")
    session.draft.filter.set_text("Pro")
    session.draft.filter.set_only_set(True)
    again = open_session("One")
    again.restore(json.loads(json.dumps(session.state_to_save(), default=made)))
    assert (again.draft.filter.typed, again.draft.filter.only_set) == ("Pro", True)
    again.restore({"filter": {"text": 3, "only_set": "x"}})
    assert (again.draft.filter.typed, again.draft.filter.only_set) == ("", False)


def test_recent_filters_of_the_timeline_are_found_again_beside_the_forms_filter(idle_session: CallSession) -> None:
    filtered = idle_session.timeline_filter
    filtered.set_call(None, idle_session.decoder)
    filtered.set_expression("large > 3")
    filtered.remember()
    filtered.set_finds(True)
    idle_session.draft.filter.set_only_set(True)
    saved = idle_session.state_to_save()
    filtered.restore({})
    idle_session.draft.filter.set_only_set(False)
    idle_session.restore(saved)
    assert (filtered.recent, filtered.finds) == (["large > 3"], True)
    assert idle_session.draft.filter.only_set
