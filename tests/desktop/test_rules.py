"""Rules of the schema at the window, from the server's own reflection to what the server says of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow


async def test_broken_rules_are_counted_beside_send_and_the_request_is_sent_all_the_same(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(
        source, "wirelens.demo.users.v1.UserService.CreateUser", Pattern.UNARY
    ).session
    assert session is not None
    tab = window.tabs.currentWidget()
    count = tab.findChild(QLabel, "brokenRulesLabel")
    send = tab.findChild(QPushButton, "sendButton")
    assert count is not None
    assert send is not None
    assert not count.isVisible(), "the example keeps the rules"
    session.draft.set_json_text('{"user": {"displayName": " ", "email": "nobody"}}')
    await until(lambda: len(session.draft.rules.broken) == 2, session.draft.rules.changed)
    assert count.isVisible()
    assert count.text() == "2 rules broken"
    assert "user.email: must be a valid email address" in count.toolTip()
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.code_name == "INVALID_ARGUMENT"
    session.draft.fill_example()
    await until(lambda: not session.draft.rules.broken, session.draft.rules.changed)
    assert not count.isVisible()
