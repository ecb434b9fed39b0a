"""Where the keyboard is: a button that goes away or may not be pressed does not send it across the window."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView, QTabWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow


async def opened(window: MainWindow, address: str, method: str, pattern: Pattern) -> CallSession:
    source = window.workspace.connect_to(SourceSettings(address=address))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(source, method, pattern).session
    assert session is not None
    return session


def button(window: MainWindow, name: str) -> QPushButton:
    found = window.tabs.currentWidget().findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


async def test_a_click_on_send_leaves_the_focus_in_what_was_typed(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await opened(window, await serve("users"), "wirelens.demo.users.v1.UserService.GetUser", Pattern.UNARY)
    window.activateWindow()
    deadline = window.tabs.currentWidget().findChild(QLineEdit, "deadlineEdit")
    assert isinstance(deadline, QLineEdit)
    deadline.setFocus()
    qtbot.mouseClick(button(window, "sendButton"), Qt.MouseButton.LeftButton)
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    assert window.focusWidget() is deadline


async def test_send_by_key_hands_the_focus_to_cancel_and_back(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    method = "wirelens.demo.llm.v1.TextGenerationService.Generate"
    session = await opened(window, await serve("llm"), method, Pattern.SERVER_STREAMING)
    send, cancel = button(window, "sendButton"), button(window, "cancelButton")
    window.activateWindow()
    send.setFocus()
    qtbot.keyClick(send, Qt.Key.Key_Space)
    assert window.focusWidget() is cancel
    qtbot.keyClick(cancel, Qt.Key.Key_Space)
    await until(lambda: not session.is_running, session.state_changed)
    assert window.focusWidget() is send


async def test_tab_goes_through_the_whole_window_and_every_stop_has_a_name(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    method = "wirelens.demo.users.v1.UserService.CreateUser"
    session = await opened(window, await serve("users"), method, Pattern.UNARY)
    window.activateWindow()
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    window.resize(1280, 1600)  # the form builds what comes into sight: here all of it
    form = window.tabs.currentWidget()
    qtbot.waitUntil(lambda: form.findChild(QWidget, "field:validate_only:true") is not None)
    await asyncio.sleep(0)
    window.bar.address.setFocus()
    stops: list[QWidget] = []
    while not stops or window.focusWidget() is not window.bar.address:
        stop = window.focusWidget()
        assert stop not in stops, f"Tab comes back to {stop.objectName()}"
        assert stop.isVisible()
        assert stop.accessibleName(), stop
        stops.append(stop)
        qtbot.keyClick(stop, Qt.Key.Key_Tab)
    names = [stop.objectName() for stop in stops]
    for name in ("explorerTree", "deadlineEdit", "sendButton", "requestForm", "messageMenu", "timelineView"):
        assert name in names
    assert names.index("field:validate_only:false") < names.index("messageMenu") < names.index("timelineView")


async def test_a_method_opened_from_the_palette_can_be_typed_into(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    window.activateWindow()
    window.actions_.palette.trigger()
    qtbot.keyClicks(window._palette.query, "getuser")
    qtbot.keyClick(window._palette.query, Qt.Key.Key_Return)
    focused = window.focusWidget()
    assert focused.objectName() == "requestForm"
    qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert window.focusWidget().objectName() == "field:id"


async def test_control_d_repeats_a_row_of_metadata_and_half_closes_elsewhere(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    method = "wirelens.demo.chat.v1.ChatService.Join"
    session = await opened(window, await serve("chat"), method, Pattern.BIDI_STREAMING)
    window.activateWindow()
    table = window.tabs.currentWidget().findChild(QTableView, "metadataTable")
    pages = window.tabs.currentWidget().findChild(QTabWidget, "requestPages")
    assert isinstance(table, QTableView)
    assert isinstance(pages, QTabWidget)
    pages.setCurrentIndex(2)
    session.metadata.add_lines(["x-one: 1"])
    session.send()
    await until(lambda: session.can_half_close, session.state_changed)

    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 1))
    qtbot.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(session.metadata.rows) == 2
    assert session.can_half_close
    table.setCurrentIndex(table.model().index(2, 1))  # the empty row is none to repeat
    qtbot.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not session.can_half_close
