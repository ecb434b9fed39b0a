"""The hex view by mouse and keyboard."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QToolTip
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import person, person_schema

from wirelens.presentation.wire import AnnotatedBytes
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.theme import Theme

__all__ = ["person", "person_schema"]
ADA = b"\x0a\x03Ada\x10\x2a\x3a\x05\x0a\x03Eve"
Key, Left = Qt.Key, Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shown(qtbot: QtBot, person: Descriptor) -> Iterator[AnnotatedBytes]:
    owner = QObject()
    shown = AnnotatedBytes(owner)
    shown.set_message(ADA, person)
    yield shown
    owner.deleteLater()


@pytest.fixture
def view(qtbot: QtBot, shown: AnnotatedBytes, theme: Theme) -> HexView:
    view = HexView(shown, theme)
    view.resize(700, 300)
    qtbot.addWidget(view)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.setFocus()
    return view


def click(qtbot: QtBot, view: HexView, offset: int, *, ascii: bool = False, shift: bool = False) -> None:
    held = SHIFT if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(view.viewport(), Left, held, view.place_of(offset, "ascii" if ascii else "hex"))


def test_a_click_selects_the_byte_in_either_column(qtbot: QtBot, view: HexView) -> None:
    for offset in range(len(ADA)):
        with qtbot.waitSignal(view.selected) as said:
            click(qtbot, view, offset)
        assert said.args == [offset, offset + 1]
        click(qtbot, view, offset, ascii=True)
        assert view.cursor_offset == offset
        assert view.column == "ascii"


def test_dragging_and_shift_select_a_range(qtbot: QtBot, view: HexView) -> None:
    click(qtbot, view, 2)
    click(qtbot, view, 4, shift=True)
    assert view.selection == (2, 5)
    qtbot.mousePress(view.viewport(), Left, pos=view.place_of(10))
    qtbot.mouseMove(view.viewport(), view.place_of(8))
    qtbot.mouseRelease(view.viewport(), Left, pos=view.place_of(8))
    qtbot.mouseDClick(view.viewport(), Left, pos=view.place_of(3))
    assert view.selection == (2, 5)  # the whole value


def test_the_keyboard_goes_by_byte_row_field_and_to_the_ends(qtbot: QtBot, view: HexView) -> None:
    def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int:
        qtbot.keyClick(view, key, held)
        return view.cursor_offset

    assert view.bytes_per_row == 16
    assert [press(Key.Key_Right), press(Key.Key_Right), press(Key.Key_Left)] == [1, 2, 1]
    assert [press(Key.Key_Right, CTRL) for _ in range(3)] == [5, 7, 9]
    assert [press(Key.Key_Left, CTRL) for _ in range(2)] == [7, 5]
    assert press(Key.Key_Home) == 0
    assert press(Key.Key_End) == len(ADA) - 1
    assert press(Key.Key_Home, CTRL) == 0
    press(Key.Key_Right, SHIFT)
    press(Key.Key_Right, SHIFT)
    assert view.selection == (0, 3)
    press(Key.Key_A, CTRL)
    assert view.selection == (0, len(ADA))


def test_what_cannot_be_edited_is_not(qtbot: QtBot, view: HexView) -> None:
    with qtbot.assertNotEmitted(view.edited):
        qtbot.keyClicks(view, "ff")
        qtbot.keyClick(view, Key.Key_Delete)


def test_narrow_shows_eight_bytes_a_row(view: HexView) -> None:
    view.resize(380, 300)
    assert view.bytes_per_row == 8


def test_a_tool_tip_tells_the_byte_in_words(qtbot: QtBot, view: HexView) -> None:
    place = view.place_of(1)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert QToolTip.text().splitlines()[:3] == ["name · length, 1 byte", "Field: 1, LEN", "Type: string"]
    QToolTip.hideText()


def test_the_cursor_is_told_to_screen_readers(qtbot: QtBot, view: HexView) -> None:
    click(qtbot, view, 6)
    assert view.accessibleName()
    assert view.accessibleDescription().startswith("byte 6 of 14: 0x2a, id · value, 1 byte; Field: 2, VARINT")


def colors_at(view: HexView, offset: int) -> set[str]:
    image: QImage = view.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    middle = view.place_of(offset) * ratio
    area = [(x, y) for x in range(middle.x() - 6, middle.x() + 7) for y in range(middle.y() - 7, middle.y() + 7)]
    return {QColor(image.pixel(x, y)).name() for x, y in area}


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_roles_have_their_colours(qtbot: QtBot, view: HexView, theme: Theme, person: Descriptor, choice: str) -> None:
    theme.set_choice(choice)  # type: ignore[arg-type]
    shown = AnnotatedBytes(view)
    other = HexView(shown, theme, view)
    other.resize(700, 200)
    shown.set_message(b"\x10\x2a\xa2\x06\x02hi\x0a\x05x", person)
    other.select(0, 1)
    assert theme.color("warn_ground").name() in colors_at(other, 6)
    assert theme.color("bad_ground").name() in colors_at(other, 8)
    assert theme.color("bad_ground").name() not in colors_at(other, 1)


def test_a_range_from_outside_is_selected_and_brought_into_sight(
    qtbot: QtBot, view: HexView, shown: AnnotatedBytes, person: Descriptor
) -> None:
    shown.set_message(ADA * 1000, person)
    with qtbot.assertNotEmitted(view.selected):
        view.select(9000, 9010)
    assert view.selection == (9000, 9010)
    assert view.viewport().rect().contains(view.place_of(9000))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Copy as hex\tCtrl+C", "41 64"),
        ("Copy as base64", "QWQ="),
        ("Copy as C array", "{0x41, 0x64}"),
        ("Copy as Python bytes", "b'Ad'"),
    ],
)
def test_bytes_are_copied_in_each_spelling(qtbot: QtBot, view: HexView, name: str, text: str) -> None:
    view.select(2, 4)
    menu = opened_menu(qtbot, view)
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == text


def opened_menu(qtbot: QtBot, view: HexView) -> QMenu:
    menus: list[QMenu] = []
    view.menu_opened.connect(menus.append)
    QApplication.sendEvent(view.viewport(), _menu_event(view.place_of(2)))
    assert menus
    return menus[-1]


def _menu_event(place: QPoint) -> QContextMenuEvent:
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place)


def test_bytes_are_saved_to_a_file(qtbot: QtBot, view: HexView, tmp_path: Path) -> None:
    view.select(2, 5)
    menu = opened_menu(qtbot, view)
    next(action for action in menu.actions() if action.text() == "Save to file…").trigger()
    menu.close()
    dialog = view.findChild(QFileDialog) or view.window().findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(view.copying.done) as said:
        dialog.fileSelected.emit(str(tmp_path / "out.bin"))
    dialog.close()
    assert said.args == [""]
    assert QToolTip.text() == "out.bin was saved"
    assert (tmp_path / "out.bin").read_bytes() == b"Ada"


def test_100_mb_scroll_like_100_bytes(qtbot: QtBot, view: HexView, shown: AnnotatedBytes, person: Descriptor) -> None:
    shown.set_message(b"\x0a\x03Ada" * 20_000_000, person)
    longest = 0.0
    for place in (0, 1, 1000, 3_000_000, 10**9):
        began = time.perf_counter()
        view.verticalScrollBar().setValue(place)
        view.viewport().repaint()
        longest = max(longest, time.perf_counter() - began)
    assert longest < 0.1  # all of it would be a minute
    qtbot.keyClick(view, Key.Key_End, CTRL)
    assert view.cursor_offset == 99_999_999
    assert view.viewport().rect().contains(view.place_of(99_999_999))
