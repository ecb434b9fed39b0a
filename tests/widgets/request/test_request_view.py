import pytest
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
    choose("Clear")
    assert session.draft.serialized() == b""
    choose("Fill")
    first = session.draft.serialized()
    assert first
    choose("Fill")
    assert session.draft.serialized() != first
    for _ in range(3):
        choose("Undo")
    assert session.draft.value(("name",)) == "mine"
    choose("Redo")
    assert session.draft.serialized() == b""
