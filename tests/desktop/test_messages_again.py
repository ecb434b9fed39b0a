"""Messages of a call used again at the window: by its menu, in a new tab; what is selected is said."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.waiting import until

from wirelens.presentation.call_session import CallSession
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.response.timeline_view import TimelineView

ECHO = "wirelens.demo.fields.v1.FieldService.EchoStream"


async def echoed(window: MainWindow, qtbot: QtBot, serve: Serve) -> CallSession:
    source = await connected(window, qtbot, await serve("fields"))
    session = click_method(window, qtbot, source, ECHO)
    session.draft.set_json_text('{"int64Value": "9223372036854775807"}')
    press(window, qtbot, "sendButton")
    await until(lambda: session.can_half_close, session.state_changed, session.progressed)
    session.half_close()
    await finished(session)
    return session


def timeline(window: MainWindow) -> TimelineView:
    found = part(window, TimelineView, "timelineView")
    assert isinstance(found, TimelineView)
    return found


def messages_menu(window: MainWindow) -> QMenu:
    menu = window.actions_.messages_menu
    menu.aboutToShow.emit()
    return menu


async def test_without_a_call_the_menu_says_so(window: MainWindow) -> None:
    assert [(action.text(), action.isEnabled()) for action in messages_menu(window).actions()] == [
        ("There is no call", False)
    ]


async def test_a_received_message_opens_as_the_request_of_a_new_tab(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await echoed(window, qtbot, serve)
    timeline(window).choose(0)
    below = messages_menu(window).findChild(QMenu, "openAsRequestMenu")
    assert below is not None
    offered = {action.text(): action for action in below.actions()}
    assert list(offered) == ["FieldService / Echo", "FieldService / EchoStream"]
    offered["FieldService / Echo"].trigger()
    opened = window.workspace.current_tab
    assert opened is not None
    assert opened.session is not None
    assert (opened.title, len(window.workspace.tabs)) == ("Echo", 2)
    assert opened.session.draft.serialized() == session.draft.serialized()
    opened.session.draft.undo()
    assert opened.session.draft.serialized() != session.draft.serialized()


async def test_the_status_line_says_what_is_selected(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    await echoed(window, qtbot, serve)
    view = timeline(window)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    label = part(window, QLabel, "selectionLabel")
    assert isinstance(label, QLabel)
    assert label.text() == "2 selected, 20 B"
