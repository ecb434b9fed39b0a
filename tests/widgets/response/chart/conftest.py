"""A chart on screen over a real server: the small service of the tests, or a bundled demo."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema
from tests.presentation.sessions import OpenSession, open_session, service
from tests.waiting import until

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.engine.connection.channels import Connection
from wirelens.engine.connection.target import parse_target
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.chart.chart_view import ChartView
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "open_session", "service"]

ShowChart = Callable[[CallSession], ResponseView]
DemoSession = Callable[[str, str], Awaitable[CallSession]]


@pytest.fixture
def show_chart(qtbot: QtBot, theme: Theme) -> ShowChart:
    """Shows a session's response with the chart in sight."""
    views: list[ResponseView] = []  # a test may hold on to a part only

    def show(session: CallSession) -> ResponseView:
        view = ResponseView(session, theme)
        view.resize(576, 611)
        qtbot.addWidget(view)
        views.append(view)
        view.show()
        view.viewers.show_view(ViewName.CHART)
        return view

    return show


@pytest.fixture
def answers(open_session: OpenSession) -> CallSession:
    """A session that answers with as many numbers as it is asked for."""
    return open_session("Many")


@pytest.fixture
async def demo_session(qtbot: QtBot) -> AsyncIterator[DemoSession]:
    """Opens a session of a method (`package.Service.Method`) of a demo that runs in this process."""
    tasks = BackgroundTasks()
    failures: list[object] = []
    tasks.failed.connect(lambda name, error: failures.append((name, error)))
    async with AsyncExitStack() as stack:

        async def open_demo(name: str, method: str) -> CallSession:
            root = bundled.protos()
            schema = await load_proto_files([root / proto for proto in DEMOS[name].protos], [root])
            running = await start_demo(name, schema, Options())
            stack.push_async_callback(running.stop, 0)
            connection = Connection(parse_target(running.address))
            stack.push_async_callback(connection.close)

            async def connect() -> Connection:
                return connection

            session = CallSession(schema.method(method), schema, connect, tasks, frame_ms=0)
            stack.push_async_callback(session.aclose)
            return session

        yield open_demo
    await tasks.cancel_all()
    assert failures == []


async def answer(session: CallSession, json: str) -> None:
    """Make a call with this request and wait for its end."""
    session.draft.set_json_text(json)
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)


async def drawn(chart: ChartView, condition: Callable[[], Any] = lambda: True) -> None:
    """Wait until all that is there has been read and drawn, and `condition` holds."""

    def is_drawn() -> bool:
        is_read = chart.data.progress >= 1 and not chart.data.is_reading
        return is_read and chart.plot.is_up_to_date and bool(condition())

    await until(is_drawn, chart.plot.drawn, chart.data.changed)
    chart.plot.grab()  # painting is part of it
