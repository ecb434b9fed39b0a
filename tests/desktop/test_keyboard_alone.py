"""The whole way from an address to what came back, for somebody who has no mouse: keys go to whatever has the focus."""

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.source import SourceState
from wirelens.widgets.call_tab import CallView
from wirelens.widgets.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MOST_STOPS = 120


class Keyboard:
    """Types into what has the focus, and goes on with Tab."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self._qtbot = qtbot
        self._window = window
        window.activateWindow()

    @property
    def place(self) -> QWidget:
        focused = QApplication.focusWidget()
        assert focused is not None, "the focus is nowhere"
        assert focused.isVisible(), focused
        return focused

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(self.place, key, modifiers)

    def type(self, text: str) -> None:
        for letter in text:
            self._qtbot.keyClicks(self.place, letter)

    def type_over(self, text: str) -> None:
        self.press(Qt.Key.Key_A, CONTROL)
        self.type(text)

    async def tab_to(self, name: str) -> None:
        """Press Tab until the focus is in the widget of that objectName."""
        await self.tab_until(lambda widget: widget.objectName() == name, name)

    async def tab_until(self, found: Callable[[QWidget], bool], what: str) -> None:
        passed: list[str] = []
        while not found(self.place):
            passed.append(self.place.objectName() or type(self.place).__name__)
            assert len(passed) < MOST_STOPS, f"Tab does not come to {what}: {passed}"
            self.press(Qt.Key.Key_Tab)
            await self._settle()

    async def show_page(self, bar_name: str, title: str) -> None:
        """Go to the tabs of that accessible name, and with the arrows to the one of that title."""
        await self.tab_until(lambda widget: widget.accessibleName() == bar_name, bar_name)
        bar = self.place
        assert isinstance(bar, QTabBar)
        self.press(Qt.Key.Key_Home)
        while not bar.tabText(bar.currentIndex()).startswith(title):
            before = bar.currentIndex()
            self.press(Qt.Key.Key_Right)
            assert bar.currentIndex() != before, f"no page {title}"

    async def _settle(self) -> None:
        """The form builds what has come into sight."""
        view = self._window.tabs.currentWidget()
        view = view.findChild(CallView) if view is not None else None
        if view is not None and view.request.form.isVisible():
            form = view.request.form
            self._qtbot.waitUntil(lambda: form.is_built)


async def opened(keyboard: Keyboard, window: MainWindow, address: str, words: str) -> CallSession:
    """Connect and choose a method, as the shortcuts say."""
    keyboard.press(Qt.Key.Key_L, CONTROL)
    keyboard.type_over(address)
    keyboard.press(Qt.Key.Key_Return)
    source = next(each for each in window.workspace.sources if each.settings.address == address)
    await until(lambda: source.state is SourceState.READY, source.changed)
    keyboard.press(Qt.Key.Key_K, CONTROL)
    keyboard.type(words)
    keyboard.press(Qt.Key.Key_Return)
    window.activateWindow()  # on the offscreen platform nobody does that when a popup closes
    tab = window.workspace.current_tab
    assert tab is not None
    assert tab.session is not None
    return tab.session


def payloads(session: CallSession, kind: EventKind) -> list[bytes]:
    transcript = session.transcript
    assert transcript is not None
    return [transcript.payload(row) for row in range(len(transcript)) if transcript.kind(row) is kind]


def sent_texts(session: CallSession) -> list[str]:
    request = session.schema.message_class("wirelens.demo.chat.v1.JoinRequest")
    if session.transcript is None:
        return []
    return [request.FromString(payload).text for payload in payloads(session, EventKind.SENT)]


async def answered_well(session: CallSession) -> None:
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.ok, session.transcript.finished.status


async def test_a_user_with_an_address_is_made(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    keyboard = Keyboard(qtbot, window)
    session = await opened(keyboard, window, await serve("users"), "createuser")
    await keyboard.tab_to("field:user.display_name")
    keyboard.type_over("Ada Lovelace")
    await keyboard.tab_to("field:user.email")
    keyboard.type_over("ada@example.org")
    await keyboard.tab_to("field:user.address.city")
    keyboard.type_over("London")
    await keyboard.tab_to("field:user.address.country_code")
    keyboard.type_over("GB")
    keyboard.press(Qt.Key.Key_Return, CONTROL)
    await answered_well(session)
    (answer,) = payloads(session, EventKind.RECEIVED)
    user = session.schema.message_class("wirelens.demo.users.v1.User").FromString(answer)
    assert (user.display_name, user.email) == ("Ada Lovelace", "ada@example.org")
    assert (user.address.city, user.address.country_code) == ("London", "GB")


async def test_a_conversation_is_held_filtered_and_drawn(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    keyboard = Keyboard(qtbot, window)
    session = await opened(keyboard, window, await serve("chat"), "chatservice join")
    await keyboard.tab_to("field:room")
    keyboard.type_over("lobby")
    await keyboard.tab_to("field:name")
    keyboard.type_over("Ada")
    for number, text in enumerate(("one", "two", "three"), start=1):
        await keyboard.tab_to("field:text")
        keyboard.type_over(text)
        keyboard.press(Qt.Key.Key_Return, CONTROL)
        await until(lambda number=number: len(sent_texts(session)) == number, session.progressed)
    assert sent_texts(session) == ["one", "two", "three"]
    keyboard.press(Qt.Key.Key_D, CONTROL)
    await answered_well(session)

    view = window.tabs.currentWidget().findChild(CallView)
    assert isinstance(view, CallView)
    filtered = session.timeline_filter
    await keyboard.tab_to("timelineView")
    keyboard.press(Qt.Key.Key_F, CONTROL)
    keyboard.type("text = two")
    keyboard.press(Qt.Key.Key_Return)
    await until(lambda: filtered.match_count and not filtered.is_running, filtered.changed, filtered.progressed)
    assert session.transcript is not None
    assert b"two" in session.transcript.payload(filtered.match_after(None) or 0)

    await keyboard.show_page("Views of the answer", "Chart")
    chart = view.response.viewers.chart
    assert chart.isVisible()
    await until(lambda: chart.data.progress >= 1 and chart.plot.is_up_to_date, chart.data.changed, chart.plot.drawn)


async def test_prepared_messages_are_uploaded(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    keyboard = Keyboard(qtbot, window)
    session = await opened(keyboard, window, await serve("files"), "upload")
    await keyboard.tab_to("field:name")
    keyboard.type_over("note.txt")
    await keyboard.tab_to("addMessage")
    keyboard.press(Qt.Key.Key_Space)
    assert len(session.messages) == 2
    await keyboard.tab_to("field:name")
    keyboard.type_over("note.txt")
    await keyboard.tab_to("thenHalfClose")
    if not session.messages.then_half_close:
        keyboard.press(Qt.Key.Key_Space)
    await keyboard.tab_to("sendAllButton")
    keyboard.press(Qt.Key.Key_Space)
    await answered_well(session)
    assert len(payloads(session, EventKind.SENT)) == 2
    (answer,) = payloads(session, EventKind.RECEIVED)
    upload = session.schema.message_class("wirelens.demo.files.v1.UploadResponse").FromString(answer)
    assert (upload.name, upload.chunk_count) == ("note.txt", 2)


async def test_json_is_completed_and_sent(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    keyboard = Keyboard(qtbot, window)
    session = await opened(keyboard, window, await serve("users"), "getuser")
    await keyboard.show_page("Pages of the request", "JSON")
    await keyboard.tab_to("requestJson")
    keyboard.press(Qt.Key.Key_A, CONTROL)
    keyboard.press(Qt.Key.Key_Delete)
    keyboard.type("{i")
    keyboard.press(Qt.Key.Key_Space, CONTROL)
    keyboard.press(Qt.Key.Key_Return)
    keyboard.type("42")
    editor = keyboard.place
    assert isinstance(editor, QPlainTextEdit)
    assert json.loads(editor.toPlainText()) in ({"id": 42}, {"id": "42"}), editor.toPlainText()
    keyboard.press(Qt.Key.Key_Return, CONTROL)
    await answered_well(session)
    (answer,) = payloads(session, EventKind.RECEIVED)
    assert session.schema.message_class("wirelens.demo.users.v1.User").FromString(answer).id == 42
