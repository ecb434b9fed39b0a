"""Tab through a call tab, whatever pattern and page: each stop has a name, is in sight, and comes in reading order."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.schema.services import Pattern
from wirelens.presentation.call_session import CallState
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.call_tab import CallView
from wirelens.widgets.main_window import MainWindow

CALLS = {
    "users": ("wirelens.demo.users.v1.UserService.CreateUser", Pattern.UNARY),
    "llm": ("wirelens.demo.llm.v1.TextGenerationService.Generate", Pattern.SERVER_STREAMING),
    "files": ("wirelens.demo.files.v1.FileService.Upload", Pattern.CLIENT_STREAMING),
    "chat": ("wirelens.demo.chat.v1.ChatService.Join", Pattern.BIDI_STREAMING),
}
PAGES = ("Form", "JSON", "Wire", "Metadata", "Options")


def name_of(widget: QWidget) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found is not None else ""


def ground(widget: QWidget) -> QWidget:
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


async def walk(qtbot: QtBot, window: MainWindow, view: CallView) -> list[QWidget]:
    """Tab from the address around the window; gives the stops within the call, each looked at as it is reached."""
    window.bar.address.setFocus()
    around: list[QWidget] = []
    stops: list[QWidget] = []
    while not around or QApplication.focusWidget() is not window.bar.address:
        stop = QApplication.focusWidget()
        assert stop is not None
        assert stop not in around, f"Tab comes back to {stop.objectName()}"
        around.append(stop)
        what = f"{type(stop).__name__} {stop.objectName()}"
        assert name_of(stop), what
        shown = ground(stop).visibleRegion().boundingRect()
        assert shown.width() >= min(stop.width(), 24), what
        assert shown.height() >= min(stop.height(), 16), what
        if view.isAncestorOf(stop):
            stops.append(stop)
        editor = view.request.json_page.editor
        if stop is editor:  # where Tab indents, Shift+Tab leaves
            qtbot.keyClick(stop, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
            assert QApplication.focusWidget() is not editor
            editor.setFocus()
            QWidget.focusNextPrevChild(editor, True)
        else:
            qtbot.keyClick(stop, Qt.Key.Key_Tab)
            if QApplication.focusWidget() is stop:  # from the bytes to the column beside them
                qtbot.keyClick(stop, Qt.Key.Key_Tab)
        for _turn in range(3):  # a form builds what comes into sight
            await asyncio.sleep(0)
    return stops


def part_of(stop: QWidget, view: CallView) -> int:
    """0 for the header, 1 for the request, 2 for the response."""
    return 1 if view.request.isAncestorOf(stop) else 2 if view.response.isAncestorOf(stop) else 0


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("demo", CALLS)
async def test_every_stop_has_a_name_and_is_in_sight(
    window: MainWindow, qtbot: QtBot, serve: Serve, demo: str, page: str
) -> None:
    method, pattern = CALLS[demo]
    source = window.workspace.connect_to(SourceSettings(address=await serve(demo)))
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = window.workspace.open_method(source, method, pattern).session
    assert session is not None
    session.draft.fill_example()
    if pattern.client_streams:
        session.messages.add()
    view = window.tabs.currentWidget().findChild(CallView)
    assert isinstance(view, CallView)
    window.activateWindow()
    session.send()
    await until(lambda: session.state is not CallState.CONNECTING, session.state_changed)
    pages = view.request.tabs
    pages.setCurrentIndex(PAGES.index(page))
    qtbot.waitUntil(lambda: view.request.form.is_built)
    stops = await walk(qtbot, window, view)
    names = [stop.objectName() for stop in stops]
    assert names.index("sendButton" if "sendButton" in names else "cancelButton") < names.index("messageMenu")
    if pattern.client_streams:
        assert names.index("addMessage") < names.index("preparedTable") < names.index("paceEdit")
        assert names.index("thenHalfClose") < stops.index(pages.tabBar())
    assert names.index("messageMenu") == stops.index(pages.tabBar()) + 1
    parts = [part_of(stop, view) for stop in stops]
    assert parts == sorted(parts)
    if session.is_running:
        session.cancel()
        await until(lambda: not session.is_running, session.state_changed)
