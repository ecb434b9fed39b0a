import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from wirelens.engine.connection.channels import Connection
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.metadata_model import MetadataRow
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.request_view import RequestView
from wirelens.widgets.theme import Theme


async def _no_connection() -> Connection:
    raise AssertionError("nothing is called here")


@pytest.fixture
def session(qtbot: QtBot, person_schema: Schema) -> CallSession:
    method = Method("draft.test.People", "Get", Pattern.UNARY, "draft.test.Person", "draft.test.Person")
    return CallSession(method, person_schema, _no_connection, BackgroundTasks())


@pytest.fixture
def view(qtbot: QtBot, session: CallSession, theme: Theme) -> RequestView:
    view = RequestView(session, theme)
    qtbot.addWidget(view)
    view.show()
    return view


def titles(view: RequestView) -> list[str]:
    return [view.tabs.tabText(index) for index in range(view.tabs.count())]


def test_has_a_page_for_each_side_of_a_request(view: RequestView) -> None:
    assert titles(view) == ["Form", "JSON", "Wire", "Metadata", "Options"]
    assert view.findChild(RequestForm, "requestForm") is not None
    assert view.findChild(QPlainTextEdit, "requestJson") is not None
    assert view.findChild(QTableView, "metadataTable") is not None


def test_says_how_much_metadata_there_is(view: RequestView, session: CallSession) -> None:
    assert view.tabs.note(view.metadata_page) == ""
    session.metadata.add_row(MetadataRow("x-request-id", "1"))
    session.metadata.add_row(MetadataRow("x-request-id", "2"))
    session.metadata.add_row(MetadataRow("x-off", "3", is_enabled=False))
    assert view.tabs.note(view.metadata_page) == "2"


def test_the_message_menu_fills_and_clears(qtbot: QtBot, view: RequestView, session: CallSession) -> None:
    button = view.findChild(QToolButton, "messageMenu")
    assert button is not None
    menu = button.menu()
    assert menu is not None

    def choose(text: str) -> None:
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text().startswith(text)).trigger()

    session.draft.set_value(("name",), "mine")
    choose("Empty")
    assert session.draft.serialized() == b""
    choose("Example")
    first = session.draft.serialized()
    assert first
    choose("Example")
    assert session.draft.serialized() != first
    choose("Minimal")
    assert session.draft.serialized() == b"", "nothing is required"
    for _ in range(4):
        choose("Undo")
    assert session.draft.value(("name",)) == "mine"
    choose("Redo")
    assert session.draft.serialized() == b""


def test_undo_is_of_the_page_in_front(qtbot: QtBot, view: RequestView, session: CallSession) -> None:
    with qtbot.waitActive(view):
        view.activateWindow()
    session.draft.set_json_text('{"name": "Ada"}')
    typed = session.draft.json_text()

    view.tabs.setCurrentWidget(view.metadata_page)
    session.metadata.add_row(MetadataRow("x-request-id", "1"))
    view.metadata_page.table.setFocus()
    qtbot.keyClick(view.metadata_page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.metadata.rows == ()
    assert session.draft.json_text() == typed
    qtbot.keyClick(
        view.metadata_page.table,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert len(session.metadata.rows) == 1

    view.tabs.setCurrentWidget(view.options_page)
    box = view.options_page.wait_for_ready
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert session.options.wait_for_ready
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not session.options.wait_for_ready
    assert session.draft.json_text() == typed
