"""The Metadata page by keyboard and clipboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema
from tests.presentation.sessions import idle_session

from wirelens.presentation.call_session import CallSession
from wirelens.presentation.metadata_model import MetadataColumn
from wirelens.widgets.request_metadata import MetadataPage
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "idle_session"]

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, idle_session: CallSession) -> MetadataPage:
    page = MetadataPage(idle_session, theme)
    page.resize(440, 300)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.table.setFocus()
    return page


def type_into(page: MetadataPage, qtbot: QtBot, row: int, column: MetadataColumn, text: str) -> None:
    """Edit a cell as a person does, to the end."""
    index = page.table.model().index(row, column)
    page.table.setCurrentIndex(index)
    page.table.edit(index)
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.clear()
    qtbot.keyClicks(editor, text)
    with qtbot.waitSignal(editor.destroyed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_a_row_is_typed_in(page: MetadataPage, qtbot: QtBot) -> None:
    type_into(page, qtbot, 0, MetadataColumn.NAME, "x-one")
    type_into(page, qtbot, 0, MetadataColumn.VALUE, "1")
    assert page._metadata.metadata() == (("x-one", "1"),)
    assert page.table.model().rowCount() == 2


def test_common_names_are_completed(page: MetadataPage, qtbot: QtBot) -> None:
    index = page.table.model().index(0, MetadataColumn.NAME)
    page.table.edit(index)
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    completer = editor.completer()
    assert completer is not None
    completer.setCompletionPrefix("Auth")
    assert completer.currentCompletion() == "authorization"


def test_lines_are_pasted_as_rows(page: MetadataPage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("x-one: 1\nx-two: 2\n")
    qtbot.keyClick(page.table, Qt.Key.Key_V, CONTROL)
    assert page._metadata.metadata() == (("x-one", "1"), ("x-two", "2"))


def test_lines_pasted_while_a_cell_is_edited_are_rows_too(page: MetadataPage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("x-one: 1\nx-two: 2\n")
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.NAME))
    page.table.edit(page.table.currentIndex())
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClick(editor, Qt.Key.Key_V, CONTROL)
    assert page._metadata.metadata() == (("x-one", "1"), ("x-two", "2"))


def test_rows_are_repeated_and_removed_by_key(page: MetadataPage, qtbot: QtBot) -> None:
    page._metadata.add_lines(["a: 1"])
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.NAME))
    qtbot.keyClick(page.table, Qt.Key.Key_D, CONTROL)
    assert page._metadata.metadata() == (("a", "1"), ("a", "1"))
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert page._metadata.metadata() == (("a", "1"),)


def test_space_switches_a_row_off(page: MetadataPage, qtbot: QtBot) -> None:
    page._metadata.add_lines(["a: 1"])
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.ENABLED))
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page._metadata.metadata() == ()


def test_a_mistake_is_said_below(page: MetadataPage) -> None:
    page._metadata.add_lines(["Bad Name: x"])
    said = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert any("Bad Name" in text for text in said)
    page._metadata.remove_row(0)
    assert not page._mistake.isVisible()


def test_a_click_on_the_lock_hides_a_value(page: MetadataPage, qtbot: QtBot) -> None:
    page._metadata.add_lines(["plain: seen"])
    table = page.table
    area = table.visualRect(table.model().index(0, MetadataColumn.SECRET))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert page._metadata.rows[0].is_secret
    menu = QMenu(page)
    table.fill_menu(menu, 0)
    secret = next(action for action in menu.actions() if action.text() == "Secret")
    assert secret.isChecked()
    secret.trigger()
    assert not page._metadata.rows[0].is_secret
    assert not page.grab().isNull()
