"""The window as a person uses it: typed, clicked, and looked at, against real servers."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens import bundled
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.source import Source, SourceState
from wirelens.widgets.call_tab import CallView
from wirelens.widgets.main_window import MainWindow


async def connected(window: MainWindow, qtbot: QtBot, address: str) -> Source:
    """Type the address and press Enter, as a person does."""
    window.bar.address.selectAll()
    qtbot.keyClicks(window.bar.address, address)
    qtbot.keyClick(window.bar.address, Qt.Key.Key_Return)
    source = next(source for source in window.workspace.sources if source.settings.address == address)
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    return source


def click_method(window: MainWindow, qtbot: QtBot, source: Source, full_name: str) -> CallSession:
    tree = window.explorer.tree
    index = window.explorer.model.index_of_method(source, full_name)
    tree.scrollTo(index)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
    tab = window.workspace.current_tab
    assert tab is not None
    assert tab.session is not None
    return tab.session


def part(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.tabs.currentWidget().findChild(kind, name)
    assert found is not None, name
    return found


def press(window: MainWindow, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(part(window, QPushButton, name), Qt.MouseButton.LeftButton)


async def finished(session: CallSession) -> None:
    await until(lambda: session.state is CallState.FINISHED, session.state_changed)


async def test_an_address_a_method_and_send(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("users"))
    session = click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.GetUser")
    part(window, QPlainTextEdit, "requestJson").setPlainText('{"id": 42}')  # type: ignore[attr-defined]
    press(window, qtbot, "sendButton")
    await finished(session)
    status = part(window, QLabel, "statusLabel")
    assert isinstance(status, QLabel)
    assert status.text() == "OK"
    assert session.transcript is not None
    assert session.transcript.received_count == 1


async def test_the_names_that_outside_checks_rely_on(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("llm"))
    click_method(window, qtbot, source, "wirelens.demo.llm.v1.TextGenerationService.Chat")
    for name in ("addressEdit", "tlsButton", "connectButton", "explorerFilter", "explorerTree", "callTabs"):
        found = window.findChild(QWidget, name)
        assert found is not None, name
        assert found.accessibleName(), name
    for name in ("openProtoAction", "demoAction"):
        assert any(action.objectName() == name for action in window.actions()), name
    kinds: dict[str, type[QWidget]] = {
        "requestForm": QWidget,
        "requestJson": QPlainTextEdit,
        "metadataTable": QTableView,
        "deadlineEdit": QLineEdit,
        "sendButton": QPushButton,
        "halfCloseButton": QPushButton,
        "cancelButton": QPushButton,
        "timelineView": QTableView,
        "messageTree": QTreeView,
        "messageJson": QPlainTextEdit,
        "messageText": QPlainTextEdit,
        "messageWire": QAbstractScrollArea,
        "statusLabel": QLabel,
    }
    for name, kind in kinds.items():
        assert part(window, kind, name).accessibleName(), name


async def test_a_tab_closed_by_mistake_is_brought_back_by_key(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("users"))
    click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.GetUser")
    part(window, QPlainTextEdit, "requestJson").setPlainText('{"id": 4711}')  # type: ignore[attr-defined]
    click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.ListUsers")
    window.tabs.setCurrentIndex(0)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(window, Qt.Key.Key_W, control)
    assert window.tabs.count() == 1
    qtbot.keyClick(window, Qt.Key.Key_T, control | Qt.KeyboardModifier.ShiftModifier)
    assert window.tabs.count() == 2
    assert window.tabs.currentIndex() == 0
    assert window.tabs.tabText(0) == "GetUser"
    assert part(window, QPlainTextEdit, "requestJson").toPlainText() == '{"id": 4711}'  # type: ignore[attr-defined]


async def test_a_stream_is_read_as_growing_text_and_cancelled_by_esc(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = await connected(window, qtbot, await serve("llm"))
    session = click_method(window, qtbot, source, "wirelens.demo.llm.v1.TextGenerationService.Generate")
    session.draft.set_json_text('{"prompt": "It was", "maxTokens": 4000, "tokensPerSecond": 200}')
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    text = part(window, QPlainTextEdit, "messageText")
    assert isinstance(text, QPlainTextEdit)
    await until(lambda: len(text.toPlainText()) > 80, session.progressed)
    assert text.isVisible()
    before = text.toPlainText()
    await until(lambda: len(text.toPlainText()) > len(before), session.progressed)
    assert text.toPlainText().startswith(before.rstrip())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    await finished(session)
    status = part(window, QLabel, "statusLabel")
    assert isinstance(status, QLabel)
    assert status.text() == "CANCELLED"


async def test_a_conversation_message_by_message(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("fields"))
    session = click_method(window, qtbot, source, "wirelens.demo.fields.v1.FieldService.EchoStream")
    for number in range(1, 4):
        session.draft.set_json_text(json.dumps({"int64Value": str(2**62 + number)}))
        press(window, qtbot, "sendButton")
        await until(
            lambda number=number: session.transcript is not None and session.transcript.received_count == number,
            session.progressed,
        )
        assert session.state is CallState.OPEN
    press(window, qtbot, "halfCloseButton")
    await finished(session)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.ok
    timeline = part(window, QTableView, "timelineView")
    assert isinstance(timeline, QTableView)
    assert timeline.model().rowCount() == 3 + 3 + 3  # sent, received; headers, half-close, status


async def test_a_mistake_in_the_request_is_said_and_nothing_is_sent(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = await connected(window, qtbot, await serve("users"))
    session = click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.GetUser")
    session.draft.set_json_text('{"idd": 42}')
    press(window, qtbot, "sendButton")
    await until(lambda: session.problem is not None, session.problem_changed)
    assert session.problem is not None
    assert "idd" in session.problem.one_line()
    assert session.transcript is None
    assert session.draft.json_text() == '{"idd": 42}'


async def test_a_server_that_is_not_there_is_said_beside_its_row(window: MainWindow, qtbot: QtBot) -> None:
    source = await connected(window, qtbot, "127.0.0.1:1")
    assert source.state is SourceState.FAILED
    assert any("127.0.0.1:1" in label.text() for label in window.findChildren(QLabel) if label.isVisible())


async def test_an_address_that_is_none_is_said_in_the_bar(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.bar.address, "no port here")
    qtbot.keyClick(window.bar.address, Qt.Key.Key_Return)
    assert window.workspace.sources == []
    assert window.bar.address.text() == "no port here"


async def test_dropped_files_become_a_source_and_calls_go_to_the_typed_address(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    address = await serve("users")
    qtbot.keyClicks(window.bar.address, address)
    source = window.workspace.open_files([bundled.protos() / "wirelens/demo/users/v1/users.proto"])
    await until(lambda: source.state is SourceState.READY, source.changed)
    session = click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.ListUsers")
    press(window, qtbot, "sendButton")
    await finished(session)
    assert session.transcript is not None
    assert session.transcript.finished is not None
    assert session.transcript.finished.status.ok


async def test_the_request_goes_to_grpcurl_and_back(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("users"))
    session = click_method(window, qtbot, source, "wirelens.demo.users.v1.UserService.GetUser")
    session.draft.set_json_text('{"id": "9007199254740993"}')
    session.metadata.add_lines(["x-tenant: it's 7", "authorization: Bearer hush"])
    QGuiApplication.clipboard().clear()
    window.actions_.copy_grpcurl.trigger()
    clipboard = QGuiApplication.clipboard()
    await until(lambda: bool(clipboard.text()), clipboard.dataChanged)
    command = clipboard.text()
    assert "-plaintext" in command.split()
    assert "hush" not in command
    window.actions_.paste_grpcurl.trigger()
    pasted = window.workspace.current_tab
    assert pasted is not None
    assert pasted.session is not None
    assert pasted.session is not session
    assert json.loads(pasted.session.draft.json_text()) == {"id": "9007199254740993"}
    assert pasted.session.metadata.rows[0].value == "it's 7"


async def test_the_palette_finds_methods_and_actions(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    await connected(window, qtbot, await serve("users"))
    window.actions_.palette.trigger()
    qtbot.keyClicks(window._palette.query, "listuse")
    qtbot.keyClick(window._palette.query, Qt.Key.Key_Return)
    tab = window.workspace.current_tab
    assert tab is not None
    assert tab.title == "ListUsers"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (960, 600), (2560, 1400)])
async def test_nothing_of_the_header_is_clipped_at_any_size(
    window: MainWindow, qtbot: QtBot, serve: Serve, width: int, height: int
) -> None:
    source = await connected(window, qtbot, await serve("llm"))
    click_method(window, qtbot, source, "wirelens.demo.llm.v1.TextGenerationService.Chat")
    window.resize(width, height)
    qtbot.waitUntil(lambda: window.width() == width)
    assert window.height() == height
    for name in ("halfCloseButton", "cancelButton", "sendButton"):
        button = part(window, QPushButton, name)
        assert button.width() >= button.sizeHint().width()
        right = button.mapTo(window, button.rect().bottomRight())
        assert window.rect().contains(right)


async def test_geometry_and_theme_come_back(window: MainWindow, tmp_path: Path) -> None:
    window.splitter.setSizes([300, 980])
    window.resize(1280, 650)
    state = json.loads(json.dumps(window.state_to_save()))
    window.resize(1280, 800)
    window.restore(state)
    assert window.height() == 650  # of the width Qt keeps what fits its screen, 800 pixels offscreen
    window.restore({"geometry": 7, "splitter": "x"})  # damaged: left at its default


async def test_the_views_of_calls_go_before_the_calls_when_the_window_ends(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = await connected(window, qtbot, await serve("users"))
    gone: list[str] = []
    for name in ("GetUser", "CreateUser"):
        click_method(window, qtbot, source, f"wirelens.demo.users.v1.UserService.{name}")
        tab = window.workspace.current_tab
        view = window.tabs.currentWidget().findChild(CallView)
        assert tab is not None
        assert isinstance(view, CallView)
        view.destroyed.connect(lambda _gone=None, name=name: gone.append(f"view of {name}"))
        tab.destroyed.connect(lambda _gone=None, name=name: gone.append(name))
    await window.workspace.aclose()
    qtbot.waitUntil(lambda: len(gone) == 4)
    for name in ("GetUser", "CreateUser"):
        assert gone.index(f"view of {name}") < gone.index(name)
