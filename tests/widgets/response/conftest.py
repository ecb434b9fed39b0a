"""A response on screen over a real server."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema
from tests.presentation.sessions import OpenSession, idle_session, open_session, service

from wirelens.presentation.call_session import CallSession
from wirelens.widgets.response import ResponseView
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "idle_session", "open_session", "service"]

Show = Callable[..., tuple[CallSession, ResponseView]]


@pytest.fixture
def show(qtbot: QtBot, theme: Theme, open_session: OpenSession) -> Show:
    """Opens a session by its method's name and shows its response."""

    def show(name: str) -> tuple[CallSession, ResponseView]:
        session = open_session(name)
        view = ResponseView(session, theme)
        view.resize(576, 611)
        qtbot.addWidget(view)
        view.show()  # not waited for: that would nest event loops, and the server's tasks run in this one
        return session, view

    return show
