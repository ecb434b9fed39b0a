"""What opens over the window: the definition of a method, the keys, the demo servers, and the palette's words."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.definition_dialog import DefinitionDialog
from wirelens.widgets.main_window import MainWindow


def opened(window: MainWindow, qtbot: QtBot) -> QDialog:
    dialog = next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    qtbot.addWidget(dialog)
    return dialog


async def test_a_methods_definition_has_its_messages(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("users")))
    await until(lambda: source.state is SourceState.READY, source.changed)
    window.show_definition(source, "wirelens.demo.users.v1.UserService.GetUser")
    dialog = opened(window, qtbot)
    assert isinstance(dialog, DefinitionDialog)
    text = dialog.source.toPlainText()
    assert "rpc GetUser" in text
    assert "message GetUserRequest {" in text
    assert "message User {" in text


@pytest.mark.parametrize("scale", [1.0, 1.5])
async def test_the_list_of_keys_needs_no_scrolling_sideways(window: MainWindow, qtbot: QtBot, scale: float) -> None:
    window.theme.set_scale(scale)
    try:
        window.actions_.shortcuts.trigger()
        scroll = opened(window, qtbot).findChild(QScrollArea)
        assert isinstance(scroll, QScrollArea)
        assert scroll.horizontalScrollBar().maximum() == 0
    finally:
        window.theme.set_scale(1.0)


def assert_whole(part: QWidget) -> None:
    """Every label and button that is visible has the room that its words need."""
    for label in part.findChildren(QLabel):
        if label.isVisible() and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()
            assert label.wordWrap() or label.width() >= label.sizeHint().width(), label.text()
    for button in part.findChildren(QPushButton):
        assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.text()


@pytest.fixture
def scaled(window: MainWindow) -> Iterator[Callable[[float], None]]:
    """Sets the scale after the window was made, as a person does."""
    yield window.theme.set_scale
    window.theme.set_scale(1.0)


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
async def test_the_demo_panel_shows_its_sentences_whole(
    window: MainWindow, qtbot: QtBot, scaled: Callable[[float], None], scale: float
) -> None:
    scaled(scale)
    window.actions_.demo_panel.trigger()
    panel = window._demo_panel
    output = panel.findChildren(QToolButton)[1]
    assert output.accessibleName() == "Output of users"
    qtbot.mouseClick(output, Qt.MouseButton.LeftButton)
    text = panel.findChild(QPlainTextEdit)
    assert isinstance(text, QPlainTextEdit)
    qtbot.waitUntil(text.isVisible)
    assert_whole(panel)
    next_line = next(label for label in panel.findChildren(QLabel) if label.text() == "llm")
    assert text.geometry().bottom() < next_line.geometry().top()
    assert next_line.font().pointSizeF() == pytest.approx(window.theme.label_font().pointSizeF(), rel=0.01)
    panel.hide()


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
async def test_the_connection_dialog_shows_its_words_whole(
    window: MainWindow, qtbot: QtBot, scaled: Callable[[float], None], scale: float
) -> None:
    scaled(scale)
    window.bar.tls.click()
    assert_whole(window._dialog)
    room = window._dialog.security
    assert room.width() >= room.sizeHint().width()
    window._dialog.reject()


@pytest.mark.parametrize("scale", [1.0, 2.0])
async def test_what_the_program_is_is_said_whole(
    window: MainWindow, qtbot: QtBot, scaled: Callable[[float], None], scale: float
) -> None:
    scaled(scale)
    window.actions_.about.trigger()
    assert_whole(opened(window, qtbot))


async def test_the_palette_says_which_light_is_meant(window: MainWindow) -> None:
    window.actions_.palette.trigger()
    said = [candidate.text for candidate in window._palette._all]
    window._palette.hide()
    assert "Theme: Light" in said
    assert "Light" not in said


async def test_import_roots_of_files_can_be_given_by_hand(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a" / "here").mkdir(parents=True)
    (tmp_path / "b" / "there").mkdir(parents=True)
    (tmp_path / "a" / "here" / "s.proto").write_text(
        'syntax = "proto3";\nimport "there/m.proto";\nservice S { rpc Do(M) returns (M); }\n'
    )
    (tmp_path / "b" / "there" / "m.proto").write_text('syntax = "proto3";\nmessage M {}\n')
    source = window.workspace.open_files([tmp_path / "a" / "here" / "s.proto"])
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    window._source_problem.settings_wanted.emit(source)
    dialog = window._dialog
    assert dialog.import_paths.isVisible()
    assert not dialog.reflection.isVisible()
    dialog.import_paths.setPlainText(f"{tmp_path}/a\n\n  {tmp_path}/b\n")
    dialog._apply()
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.schema is not None
    assert source.schema.method("S/Do").request == "M"
    window._dialog.show_for(SourceSettings(address="localhost:1"))
    assert not dialog.import_paths.isVisible()
    dialog.close()
