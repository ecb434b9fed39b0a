"""The list of prepared messages, as a person drives it: keys, buttons, menus, drag, files."""

import asyncio
import json
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from tests.presentation.answers import SERVICE, answers_schema, rows
from tests.presentation.sessions import OpenSession, ask, ended, open_session, service
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.engine.errors import UsageError
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.call_session import CallSession, CallState
from wirelens.presentation.prepared_messages import PreparedColumn
from wirelens.widgets.request.prepared_list import PreparedList
from wirelens.widgets.request.request_view import RequestView
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "open_session", "service"]


@pytest.fixture
def view(qtbot: QtBot, open_session: OpenSession, theme: Theme) -> RequestView:
    session = open_session("Talk")
    view = RequestView(session, theme)
    view.resize(480, 600)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    return view


@pytest.fixture
def prepared(view: RequestView) -> PreparedList:
    assert view.prepared is not None
    return view.prepared


@pytest.fixture
def session(view: RequestView) -> CallSession:
    return view._session


def three(session: CallSession) -> None:
    ask(session, prompt="a")
    for prompt in "bc":
        session.messages.add()
        ask(session, prompt=prompt)
    session.messages.show(0)


def prompts(session: CallSession) -> list[str]:
    return [json.loads(line)["prompt"] for line in session.messages.taken().ndjson().splitlines()]


def button(prepared: PreparedList, name: str) -> QPushButton:
    found = prepared.findChild(QPushButton, name)
    assert found is not None
    return found


async def test_one_message_is_a_line_and_a_second_one_opens_the_list(
    qtbot: QtBot, prepared: PreparedList, session: CallSession
) -> None:
    assert not prepared.table.isVisible()
    assert not button(prepared, "sendAllButton").isVisible()
    qtbot.mouseClick(button(prepared, "addMessage"), Qt.MouseButton.LeftButton)
    assert len(session.messages) == 2
    assert prepared.table.isVisible()
    assert button(prepared, "sendAllButton").isVisible()
    assert prepared.table.currentIndex().row() == session.messages.current == 1


async def test_a_unary_method_has_no_list_until_a_reload_makes_it_a_stream(
    qtbot: QtBot, open_session: OpenSession, theme: Theme
) -> None:
    session = open_session("One")
    view = RequestView(session, theme)
    qtbot.addWidget(view)
    view.show()
    assert view.prepared is None
    method = Method(SERVICE, "Talk", Pattern.BIDI_STREAMING, "answers.test.Ask", "answers.test.Piece")
    session.rebind(method, session.schema)
    assert view.prepared is not None
    assert view.prepared.isVisible()


async def test_the_form_follows_the_arrow_keys_through_the_list(
    qtbot: QtBot, view: RequestView, prepared: PreparedList, session: CallSession
) -> None:
    three(session)
    field = view.findChild(object, "field:prompt")
    assert field is not None
    prepared.table.setFocus()
    await until(lambda: field.toPlainText() == "a", session.draft.changed)
    qtbot.keyClick(prepared.table, Qt.Key.Key_Down)
    await until(lambda: field.toPlainText() == "b", session.draft.changed)
    assert session.messages.current == 1


async def test_rows_are_ordered_repeated_and_removed_by_keys_and_taken_back(
    qtbot: QtBot, prepared: PreparedList, session: CallSession
) -> None:
    three(session)
    table = prepared.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert prompts(session) == ["b", "a", "c"]
    assert table.currentIndex().row() == 1
    qtbot.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert prompts(session) == ["b", "a", "a", "c"]
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert prompts(session) == ["a", "b", "c"]
    qtbot.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert prompts(session) == ["b", "a", "c"]
    qtbot.keyClick(table, Qt.Key.Key_Insert)
    assert len(session.messages) == 4


async def test_undo_in_the_form_is_the_messages_own(
    qtbot: QtBot, view: RequestView, prepared: PreparedList, session: CallSession
) -> None:
    three(session)
    field = view.findChild(object, "field:prompt")
    await until(lambda: field.toPlainText() == "a", session.draft.changed)
    field.setFocus()
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert prompts(session) == ["a", "b", "c"]


async def test_enter_sends_a_row_and_goes_on_to_the_next(
    qtbot: QtBot, prepared: PreparedList, session: CallSession
) -> None:
    three(session)
    messages = session.messages
    prepared.table.setFocus()
    qtbot.keyClick(prepared.table, Qt.Key.Key_Return)
    await until(lambda: session.state is CallState.OPEN, session.state_changed)
    qtbot.keyClick(prepared.table, Qt.Key.Key_Return)
    await until(lambda: messages.sent_count(1) == 1, messages.dataChanged)
    assert messages.current == 2
    assert [messages.index(row, PreparedColumn.SENT).data() for row in range(3)] == ["sent", "sent", ""]
    assert session.transcript is not None
    ask_class = session.schema.message_class("answers.test.Ask")
    sent = [session.transcript.payload(row) for row in rows(session.transcript, EventKind.SENT)]
    assert [ask_class.FromString(payload).prompt for payload in sent] == ["a", "b"]
    session.cancel()
    await ended(session)


async def test_send_all_counts_and_can_be_stopped(qtbot: QtBot, prepared: PreparedList, session: CallSession) -> None:
    three(session)
    pace = prepared.findChild(QLineEdit, "paceEdit")
    assert pace is not None
    qtbot.keyClicks(pace, "3600000")
    send_all = button(prepared, "sendAllButton")
    qtbot.mouseClick(send_all, Qt.MouseButton.LeftButton)
    await until(lambda: session.sending.going_out == (1, 3), session.sending.changed)
    assert send_all.text().startswith("Stop")
    qtbot.mouseClick(send_all, Qt.MouseButton.LeftButton)
    await until(lambda: session.sending.going_out is None, session.sending.changed)
    assert send_all.text() == "Send all"
    session.cancel()
    await ended(session)


async def test_a_pace_that_is_no_number_is_marked(qtbot: QtBot, prepared: PreparedList, session: CallSession) -> None:
    three(session)
    pace = prepared.findChild(QLineEdit, "paceEdit")
    assert pace is not None
    qtbot.keyClicks(pace, "soon")
    assert pace.property("invalid") == "true"
    assert "number of milliseconds" in pace.toolTip()
    pace.clear()
    qtbot.keyClicks(pace, "20")
    assert not pace.property("invalid")


async def test_copies_and_pastes_ndjson(qtbot: QtBot, prepared: PreparedList, session: CallSession) -> None:
    three(session)
    table = prepared.table
    table.setFocus()
    table.selectAll()
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: bool(clipboard.text()), clipboard.dataChanged)
    assert [json.loads(line)["prompt"] for line in clipboard.text().splitlines()] == ["a", "b", "c"]
    session.messages.show(2)
    qtbot.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(session.messages) == 6, session.messages.modelReset)
    assert prompts(session) == ["a", "b", "c", "a", "b", "c"]


async def test_a_file_is_opened_and_saved_by_the_menu(
    prepared: PreparedList, session: CallSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.ndjson"
    path.write_text('{"prompt": "x"}\n{"prompt": "y"}\n')
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.filesSelected.emit([str(path)]))
    menu = QMenu(prepared)
    prepared.fill_menu(menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Replace by an NDJSON file …"].trigger()
    await until(lambda: len(session.messages) == 2, session.messages.modelReset)
    assert prompts(session) == ["x", "y"]
    session.draft.set_value(("prompt",), "z")
    path.unlink()
    actions["Save as an NDJSON file …"].trigger()
    await until(lambda: "saved" in prepared.problem.text, prepared.said)
    assert [json.loads(line)["prompt"] for line in path.read_text().splitlines()] == ["z", "y"]


async def test_a_file_that_cannot_be_read_is_told_in_place(
    qtbot: QtBot, prepared: PreparedList, session: CallSession, tmp_path: Path
) -> None:
    prepared.open_file(tmp_path / "none.ndjson", replaces=True)
    await until(lambda: "cannot be read" in prepared.problem.text, prepared.said)
    assert prepared.problem.isVisible()
    assert len(session.messages) == 1


async def test_a_tab_may_be_closed_while_its_messages_are_written(
    prepared: PreparedList, session: CallSession, tmp_path: Path
) -> None:
    three(session)
    prepared.save_file(tmp_path / "all.ndjson")
    shiboken6.delete(prepared)
    (saving,) = (task for task in asyncio.all_tasks() if task.get_name() == "save all.ndjson")
    await saving
    assert len((tmp_path / "all.ndjson").read_text().splitlines()) == 3


async def test_what_goes_wrong_after_the_tab_was_closed_is_still_told(
    prepared: PreparedList, session: CallSession, tmp_path: Path
) -> None:
    session.tasks.failed.disconnect()  # what the tests take for a fault
    told: list[object] = []
    session.tasks.failed.connect(lambda _task, error: told.append(error))
    prepared.open_file(tmp_path / "none.ndjson", replaces=True)
    shiboken6.delete(prepared)
    await until(lambda: told, session.tasks.failed)
    assert isinstance(told[0], UsageError)


async def test_a_row_that_is_dropped_elsewhere_moves_there(prepared: PreparedList, session: CallSession) -> None:
    three(session)
    messages = session.messages
    dragged: QMimeData = messages.mimeData([messages.index(0, 0)])
    messages.dropMimeData(dragged, Qt.DropAction.MoveAction, 3, 0, messages.index(-1, -1))
    assert prompts(session) == ["b", "c", "a"]
    dragged = messages.mimeData([messages.index(2, 0)])
    messages.dropMimeData(dragged, Qt.DropAction.MoveAction, 0, 0, messages.index(-1, -1))
    assert prompts(session) == ["a", "b", "c"]
