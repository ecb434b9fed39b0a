"""What is on the screen is what is sent, also what is still being typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.request.request_view import RequestView


@pytest.mark.parametrize("by_key", [True, False])
async def test_metadata_that_is_being_typed_is_sent(
    window: MainWindow, qtbot: QtBot, serve: Serve, by_key: bool
) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(source, "wirelens.demo.users.v1.UserService.GetUser", Pattern.UNARY).session
    assert session is not None
    window.activateWindow()
    tab = window.tabs.currentWidget()
    view = tab.findChild(RequestView)
    assert isinstance(view, RequestView)
    view.tabs.setCurrentWidget(view.metadata_page)
    table = view.metadata_page.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 1))
    qtbot.keyClicks(table, "x")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "-trace")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "abc")
    if by_key:
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    else:
        send = tab.findChild(QPushButton, "sendButton")
        assert send is not None
        qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    assert session.metadata.metadata() == (("x-trace", "abc"),)
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
