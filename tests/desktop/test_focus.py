"""Where the keyboard is: a button that goes away or may not be pressed does not send it across the window."""

import asyncio
import json

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QScrollArea, QTableView, QTabWidget, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.request.request_form import RequestForm


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
    assert names.index("messageMenu") < names.index("field:validate_only:false") < names.index("timelineView")


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
    method = "wirelens.demo.files.v1.FileService.Upload"
    session = await opened(window, await serve("files"), method, Pattern.CLIENT_STREAMING)
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


async def test_control_d_repeats_a_row_of_the_form_and_half_closes_elsewhere(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    method = "wirelens.demo.chat.v1.ChatService.Join"
    session = await opened(window, await serve("chat"), method, Pattern.BIDI_STREAMING)
    window.activateWindow()
    session.draft.clear()
    form = window.tabs.currentWidget().findChild(RequestForm)
    assert isinstance(form, RequestForm)
    form.setFocus()
    session.send()
    await until(lambda: session.can_half_close, session.state_changed)
    qtbot.keyClick(form, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not session.can_half_close
    session.cancel()
    await until(lambda: not session.is_running, session.state_changed)

    method = "wirelens.demo.users.v1.UserService.CreateUser"
    session = await opened(window, await serve("users"), method, Pattern.UNARY)
    session.draft.set_json_text('{"user": {"tags": ["one", "two"]}}')
    tab = window.tabs.currentWidget()
    for name in ("field:user.tags[0]", "remove:user.tags[1]"):
        qtbot.waitUntil(lambda name=name: tab.findChild(QWidget, name) is not None)
        tab.findChild(QWidget, name).setFocus()
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert json.loads(session.draft.json_text()) == {"user": {"tags": ["one", "one", "one", "two"]}}


async def test_opening_a_method_shows_no_other_window_and_leaves_the_keyboard_where_it_is(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    window.activateWindow()
    tree = window.explorer.tree
    tree.setFocus()
    tree.setCurrentIndex(window.explorer.model.index_of_method(source, "wirelens.demo.users.v1.UserService.GetUser"))
    watch = _ShownWindows()
    QApplication.instance().installEventFilter(watch)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    QApplication.instance().removeEventFilter(watch)
    assert window.workspace.current_tab is not None
    assert watch.seen == []
    assert QApplication.focusWidget() is tree


async def test_closing_tabs_by_key_leaves_the_keyboard_in_what_comes_up(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    address = await serve("users")
    await opened(window, address, "wirelens.demo.users.v1.UserService.GetUser", Pattern.UNARY)
    source = window.workspace.sources[0]
    window.workspace.open_method(source, "wirelens.demo.users.v1.UserService.ListUsers", Pattern.UNARY, new_tab=True)
    window.activateWindow()
    window.tabs.currentWidget().setFocus()
    window.actions_.close_tab.trigger()
    assert window.tabs.currentWidget().isAncestorOf(window.focusWidget())
    window.actions_.close_tab.trigger()
    assert window.focusWidget() is window.bar.address


async def test_the_arrows_of_the_timeline_start_from_the_newest_row(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    method = "wirelens.demo.users.v1.UserService.GetUser"
    session = await opened(window, await serve("users"), method, Pattern.UNARY)
    window.activateWindow()
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    timeline = window.tabs.currentWidget().findChild(QTableView, "timelineView")
    assert isinstance(timeline, QTableView)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Up)
    assert timeline.currentIndex().row() == timeline.model().rowCount() - 2


async def test_a_status_is_copied_whole_by_key(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    method = "wirelens.demo.users.v1.UserService.CreateUser"
    session = await opened(window, await serve("users"), method, Pattern.UNARY)
    window.activateWindow()
    session.draft.set_json_text('{"user": {"email": "no address"}}')
    session.send()
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    status = window.tabs.currentWidget().findChild(QScrollArea, "statusView")
    assert isinstance(status, QScrollArea)
    status.setFocus()
    qtbot.keyClick(status, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "INVALID_ARGUMENT"
    assert any(line.startswith("  user.email: must look like") for line in copied)


class _ShownWindows(QObject):
    """Notes every top-level widget that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False
