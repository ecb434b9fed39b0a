"""Call sessions over a real server, for tests of sessions and of the widgets that show them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import SERVICE, AnswerService, answering
from tests.waiting import until

from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession, CallState

METHODS = {
    "One": (Pattern.UNARY, "Answer"),
    "Many": (Pattern.SERVER_STREAMING, "Answer"),
    "Join": (Pattern.CLIENT_STREAMING, "Answer"),
    "Talk": (Pattern.BIDI_STREAMING, "Piece"),
    "Watch": (Pattern.SERVER_STREAMING, "Reading"),
    "Story": (Pattern.SERVER_STREAMING, "Piece"),
}
OpenSession = Callable[..., CallSession]


@pytest.fixture
def service(answers_schema: Schema) -> AnswerService:
    return AnswerService(answers_schema)


@pytest.fixture
async def open_session(qtbot: QtBot, answers_schema: Schema, service: AnswerService) -> AsyncIterator[OpenSession]:
    """Opens sessions by the method's name; a task of theirs that fails, fails the test."""
    tasks = BackgroundTasks()
    failures: list[object] = []
    tasks.failed.connect(lambda name, error: failures.append((name, error)))
    sessions: list[CallSession] = []
    async with answering(service) as address:
        connection = Connection(parse_target(address))

        async def connect() -> Connection:
            return connection

        def open_session(name: str, connect: Callable[[], Awaitable[Connection]] = connect) -> CallSession:
            pattern, response = METHODS[name]
            made = Method(SERVICE, name, pattern, "answers.test.Ask", f"answers.test.{response}")
            session = CallSession(made, answers_schema, connect, tasks, frame_ms=0)
            sessions.append(session)
            return session

        yield open_session
        for session in sessions:
            await session.aclose()
        await connection.close()
    await tasks.cancel_all()
    assert failures == []


@pytest.fixture
def idle_session(qtbot: QtBot, answers_schema: Schema) -> CallSession:
    """A session of the unary method that is never called."""

    async def connect() -> Connection:
        raise AssertionError("nobody asked for a call")

    made = Method(SERVICE, "One", Pattern.UNARY, "answers.test.Ask", "answers.test.Answer")
    return CallSession(made, answers_schema, connect, BackgroundTasks())


def ask(session: CallSession, **fields: Any) -> None:
    """Put a request into the draft."""
    session.draft.set_message(session.schema.message_class("answers.test.Ask")(**fields))


async def ended(session: CallSession) -> None:
    """Wait until the call has finished."""
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)


async def call(session: CallSession, **fields: Any) -> None:
    """Make a call and wait for its end."""
    ask(session, **fields)
    session.send()
    await ended(session)
