"""The Metadata page by keyboard and clipboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage
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


@pytest.mark.parametrize("column", [MetadataColumn.ENABLED, MetadataColumn.NAME, MetadataColumn.VALUE])
@pytest.mark.parametrize("is_chosen", [False, True])
def test_wherever_the_empty_row_is_clicked_it_can_be_typed_into(
    page: MetadataPage, qtbot: QtBot, column: MetadataColumn, is_chosen: bool
) -> None:
    table = page.table
    cell = table.model().index(0, column)
    if is_chosen:  # a reason for Qt to edit it as well
        table.setCurrentIndex(cell)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(cell).center())
    qtbot.waitUntil(lambda: table.viewport().findChild(QLineEdit) is not None)
    qtbot.keyClicks(table.viewport().findChild(QLineEdit), "x-one")
    (row,) = page._metadata.rows
    assert (row.value if column is MetadataColumn.VALUE else row.name) == "x-one"


def test_enter_edits_the_name_where_the_cell_holds_no_text(page: MetadataPage, qtbot: QtBot) -> None:
    page._metadata.add_lines(["plain: seen"])
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.SECRET))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "plain"


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


def test_tab_goes_from_name_to_value_also_out_of_the_common_names(page: MetadataPage, qtbot: QtBot) -> None:
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.NAME))
    page.table.edit(page.table.currentIndex())
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "x")
    popup = editor.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Tab)
    value = page.window().focusWidget()
    assert isinstance(value, QLineEdit)
    assert value.accessibleName() == "Value of the metadata"
    qtbot.keyClicks(value, "1")
    with qtbot.waitSignal(value.destroyed):
        qtbot.keyClick(value, Qt.Key.Key_Return)
    assert page._metadata.metadata() == (("x", "1"),)


def test_tab_leaves_the_table_and_space_works_its_boxes(page: MetadataPage, qtbot: QtBot, theme: Theme) -> None:
    after = QLineEdit(page)
    page.layout().addWidget(after)
    after.show()
    page._metadata.add_lines(["x-one: 1"])
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.SECRET))
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page._metadata.rows[0].is_secret
    page.table.setCurrentIndex(page.table.model().index(0, MetadataColumn.ENABLED))
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert not page._metadata.rows[0].is_enabled
    qtbot.keyClick(page.table, Qt.Key.Key_Tab)
    assert page.window().focusWidget() is after


def test_a_screen_reader_is_told_what_is_drawn(page: MetadataPage) -> None:
    page._metadata.add_lines(["authorization: Bearer abc", "x-trace-bin: %%%"])
    page._metadata.setData(page._metadata.index(1, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    table = QAccessible.queryAccessibleInterface(page.table)
    said = [table.child(number).text(QAccessible.Text.Name) for number in range(table.childCount())]
    headings, first, second, new = said[1:5], said[6:10], said[11:15], said[16:20]
    assert headings == ["switched on", "name", "value", "secret"]
    assert first == ["switched on", "authorization", "hidden", "secret"]
    assert second[2].startswith("%%%: ")
    assert "base64" in second[2]
    assert new[1:3] == ["name of a new row", "value of a new row"]


def test_what_is_being_typed_counts_at_once_and_esc_brings_back_what_stood_there(
    page: MetadataPage, qtbot: QtBot, idle_session: CallSession
) -> None:
    metadata = idle_session.metadata
    type_into(page, qtbot, 0, MetadataColumn.NAME, "x-one")
    type_into(page, qtbot, 0, MetadataColumn.VALUE, "1")
    page.table.edit(page.table.model().index(0, MetadataColumn.VALUE))
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "23")
    assert metadata.metadata() == (("x-one", "23"),)
    with qtbot.waitSignal(editor.destroyed):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert metadata.metadata() == (("x-one", "1"),)


def test_a_row_whose_first_letters_are_given_up_is_none(
    page: MetadataPage, qtbot: QtBot, idle_session: CallSession
) -> None:
    page.table.edit(page.table.model().index(0, MetadataColumn.NAME))
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "zz")
    assert [row.name for row in idle_session.metadata.rows] == ["zz"]
    with qtbot.waitSignal(editor.destroyed):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert idle_session.metadata.rows == ()


def test_a_cell_that_is_typed_without_a_pause_is_one_step_of_undo(
    page: MetadataPage, qtbot: QtBot, idle_session: CallSession
) -> None:
    type_into(page, qtbot, 0, MetadataColumn.NAME, "x-one")
    type_into(page, qtbot, 0, MetadataColumn.VALUE, "123")
    idle_session.metadata.undo()
    assert idle_session.metadata.metadata() == (("x-one", ""),)
    idle_session.metadata.undo()
    assert idle_session.metadata.rows == ()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_headings_stand_over_the_cells_and_values_have_room_at_every_scale(
    page: MetadataPage, qtbot: QtBot, theme: Theme, scale: float
) -> None:
    page._metadata.add_lines(["HHHH: HHHH"])
    theme.set_scale(scale)
    page.resize(440, 300)
    header, table = page.table.horizontalHeader(), page.table
    qtbot.waitUntil(lambda: header.sectionSize(MetadataColumn.VALUE) >= header.sectionSize(MetadataColumn.NAME) - 1)
    cell = table.visualRect(table.model().index(0, MetadataColumn.NAME))
    heading = header.viewport().grab().toImage()
    row = table.viewport().grab(cell).toImage()
    ratio = heading.devicePixelRatio()
    left = int(header.sectionViewportPosition(MetadataColumn.NAME) * ratio)
    assert abs((first_ink(heading, left + 1) - left) - first_ink(row, 1)) <= 2  # a letter's own side is not its cell's


def first_ink(image: QImage, left: int) -> int:
    """The first column from `left` on in which something is drawn over the ground."""
    ground = image.pixel(left, image.height() // 2)
    middle = range(image.height() // 4, image.height() * 3 // 4)
    return next(x for x in range(left, image.width()) if any(image.pixel(x, y) != ground for y in middle))
