"""Several calls of a tab at the window: chosen, pinned, compared, saved, opened again and sent once more."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.waiting import until

from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.response.response_view import ResponseView
from wirelens.widgets.response.run_comparison import RunComparisonDialog

LIST_USERS = "wirelens.demo.users.v1.UserService.ListUsers"


def response(window: MainWindow) -> ResponseView:
    found = window.tabs.currentWidget().findChild(ResponseView)
    assert isinstance(found, ResponseView)
    return found


def chooser(window: MainWindow) -> QToolButton:
    found = part(window, QToolButton, "runChooser")
    assert isinstance(found, QToolButton)
    return found


async def with_runs(window: MainWindow, qtbot: QtBot, serve: Serve, *page_sizes: int) -> CallSession:
    source = await connected(window, qtbot, await serve("users"))
    session = click_method(window, qtbot, source, LIST_USERS)
    for count, size in enumerate(page_sizes, start=1):
        session.draft.set_json_text(f'{{"pageSize": {size}}}')
        press(window, qtbot, "sendButton")
        await until(
            lambda count=count: len(session.runs) == count and session.state is CallState.FINISHED,
            session.state_changed,
        )
    return session


def key(qtbot: QtBot, widget: object, pressed: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    qtbot.keyClick(widget, pressed, modifier)


async def test_a_call_is_chosen_by_key_and_from_the_list(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await with_runs(window, qtbot, serve, 1)
    assert not chooser(window).isVisible()  # one call is no choice
    session.draft.set_json_text('{"pageSize": 2}')
    press(window, qtbot, "sendButton")
    await until(lambda: len(session.runs) == 2 and session.state is CallState.FINISHED, session.state_changed)
    assert chooser(window).text().startswith("Run 2 of 2 · OK · ")
    window.activateWindow()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    await until(window.isActiveWindow, application.focusWindowChanged)
    timeline = response(window).timeline
    timeline.setFocus()
    key(qtbot, timeline, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert chooser(window).text().startswith("Run 1 of 2 · OK · ")
    assert timeline.timeline.transcript is session.runs.all[0].transcript
    qtbot.mouseClick(part(window, QPushButton, "restoreRequest"), Qt.MouseButton.LeftButton)
    assert session.draft.json_text() == '{"pageSize": 1}'
    key(qtbot, timeline, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert session.transcript is session.runs.all[1].transcript
    qtbot.mouseClick(chooser(window), Qt.MouseButton.LeftButton)
    runs = response(window).runs.list
    assert runs.isVisible()
    qtbot.keyClick(runs.table, Qt.Key.Key_Down)
    qtbot.keyClick(runs.table, Qt.Key.Key_P)
    assert session.runs.all[0].is_pinned
    runs.table.selectRow(1)
    qtbot.keyClick(runs.table, Qt.Key.Key_Return)
    assert not runs.isVisible()
    assert session.runs.shown is session.runs.all[0]
    qtbot.mouseClick(chooser(window), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(runs.others, Qt.MouseButton.LeftButton)
    assert [run.number for run in session.runs.all] == [1]
    runs.hide()
    assert not chooser(window).isVisible()


async def test_two_calls_beside_each_other(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await with_runs(window, qtbot, serve, 1, 2)
    view = response(window)
    qtbot.mouseClick(chooser(window), Qt.MouseButton.LeftButton)
    qtbot.keyClick(view.runs.list.table, Qt.Key.Key_C)
    dialog = view.findChild(RunComparisonDialog)
    assert isinstance(dialog, RunComparisonDialog)
    await until(lambda: dialog.pairs.is_complete, dialog.pairs.dataChanged)
    assert dialog.pairs.rowCount() == 1
    assert dialog.pairs.verdict(0) == "different"
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert "1 message" in words
    table = dialog.findChild(QTableView, "runPairs")
    assert isinstance(table, QTableView)
    table.setCurrentIndex(dialog.pairs.index(0, 0))
    table.activated.emit(table.currentIndex())
    left, right = session.comparison.left, session.comparison.right
    assert left is not None
    assert right is not None
    assert (left.transcript, right.transcript) == tuple(run.transcript for run in session.runs.all)
    assert left.label.startswith("run 1 ")
    assert view.viewers.current is ViewName.COMPARE
    dialog.close()


async def test_sent_again_by_key(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await with_runs(window, qtbot, serve, 1)
    session.draft.set_json_text("{ not yet")
    window.actions_.send_again.trigger()
    await until(lambda: len(session.runs) == 2 and session.state is CallState.FINISHED, session.state_changed)
    first, second = session.runs.all
    assert first.transcript.payload(0) == second.transcript.payload(0)
    assert session.draft.json_text() == "{ not yet"


async def test_saved_dropped_and_compared_with_a_live_call(
    window: MainWindow, qtbot: QtBot, serve: Serve, tmp_path: Path
) -> None:
    session = await with_runs(window, qtbot, serve, 3)
    path = tmp_path / "users.ndjson"
    menu = QMenu(response(window))
    response(window).timeline.fill_menu(menu)
    next(action for action in menu.actions() if action.text().startswith("Save the transcript")).trigger()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    saving = response(window).saving
    dialog.filesSelected.emit([str(path)])
    dialog.reject()
    await until(path.exists, saving.saved)
    notice = response(window).notice
    assert notice.text.startswith("Saved 5 events")
    assert window.workspace.recent_transcripts == [str(path)]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    await until(lambda: len(window.workspace.tabs) == 2, window.workspace.tab_added)
    tab = window.workspace.tabs[1]
    await until(lambda: tab.session is not None and tab.session.saved_call is not None, tab.changed, tab.session_ready)
    opened = tab.session
    assert opened is not None
    assert opened.transcript is not None
    assert opened.transcript.payload(0) == session.runs.all[0].transcript.payload(0)
    assert chooser(window).text().startswith("Run 1 of 1 · OK")
    assert window.tabs.tabText(1) == "ListUsers · users.ndjson"
    press(window, qtbot, "sendButton")  # to the address in the bar
    await until(lambda: len(opened.runs) == 2 and opened.state is CallState.FINISHED, opened.state_changed)
    assert opened.saved_call is None
    assert opened.runs.all[0].saved is not None
    assert opened.runs.all[0].is_pinned


async def test_a_broken_file_is_said_with_its_line(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "broken.ndjson"
    path.write_text("no transcript\n")
    window.actions_.open_transcript.trigger()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(path)])
    dialog.reject()
    await asyncio.wait([task for task in asyncio.all_tasks() if task.get_name() == "open a transcript"], timeout=10)
    (message,) = (message for message in window.findChildren(InlineMessage) if message.isVisible())
    words = [label.text() for label in message.findChildren(QLabel) if label.isVisible() and label.text()]
    assert words[:2] == ["this is no transcript of a call", f"{path}:1"]
    assert window.workspace.tabs == []


async def test_a_file_that_is_opened_without_a_server_says_what_send_needs(
    window: MainWindow, qtbot: QtBot, serve: Serve, tmp_path: Path
) -> None:
    session = await with_runs(window, qtbot, serve, 1)
    await session.save_transcript(tmp_path / "one.ndjson")
    tab = await window.workspace.open_transcript(tmp_path / "one.ndjson")
    await until(lambda: tab.session is not None, tab.session_ready)
    window.workspace.set_address("")
    opened = tab.session
    assert opened is not None
    await until(lambda: opened.saved_call is not None, opened.transcript_replaced)
    press(window, qtbot, "sendButton")
    await until(lambda: opened.problem is not None, opened.problem_changed)
    assert opened.problem is not None
    assert "address" in opened.problem.one_line()
    assert len(opened.runs) == 1
    assert opened.state is CallState.FINISHED
    await finished(opened)
