"""Schemas from files and to files at the window: what is dropped, what is exported, and what is said of it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens import bundled
from wirelens.engine.schema.descriptor_sets import load_descriptor_sets
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.presentation.source import Source, SourceSettings, SourceState
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.main_window import MainWindow

USERS = "wirelens.demo.users.v1.UserService"
USERS_PROTO = "wirelens/demo/users/v1/users.proto"


@pytest.fixture
async def source(window: MainWindow) -> Source:
    source = window.workspace.open_files([bundled.protos() / USERS_PROTO])
    await ready(source)
    return source


async def ready(source: Source) -> None:
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    assert source.state is SourceState.READY, source.error


async def active(window: MainWindow) -> None:
    """Keys reach the window's shortcuts only while it is in front."""
    window.activateWindow()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    await until(window.isActiveWindow, application.focusWindowChanged)


async def run_by_palette(window: MainWindow, qtbot: QtBot, letters: str) -> None:
    await active(window)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    query = window.findChild(QLineEdit, "paletteQuery")
    assert isinstance(query, QLineEdit)
    qtbot.keyClicks(query, letters)
    qtbot.keyClick(query, Qt.Key.Key_Return)


def run_by_context_menu(window: MainWindow, source: Source, words: str) -> None:
    tree = window.explorer.tree
    rows = [tree.model().index(row, 0) for row in range(tree.model().rowCount())]
    (place,) = (tree.visualRect(row).center() for row in rows if row.data() == source.title)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, tree.viewport().mapToGlobal(place))
    QApplication.sendEvent(tree.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def choose(window: MainWindow, *paths: Path) -> QFileDialog:
    """Answer the file dialog that is open."""
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.filesSelected.emit([str(path) for path in paths])
    dialog.reject()
    return dialog


async def exported(window: MainWindow) -> InlineMessage:
    """The window's message once the export has ended."""
    writing = [task for task in asyncio.all_tasks() if task.get_name() == "export the schema"]
    assert writing
    await asyncio.wait(writing, timeout=15)
    return shown(window)


def shown(window: MainWindow) -> InlineMessage:
    (message,) = (message for message in window.findChildren(InlineMessage) if message.isVisible())
    return message


def words_of(message: InlineMessage) -> list[str]:
    return [label.text() for label in message.findChildren(QLabel) if label.isVisible() and label.text()]


class Folders(QObject):
    """Stands for the program of this desktop that shows folders."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def folders() -> Iterator[Folders]:
    folders = Folders()
    QDesktopServices.setUrlHandler("file", folders, "open")  # type: ignore[call-overload]
    yield folders
    QDesktopServices.unsetUrlHandler("file")


async def test_proto_files_go_below_a_folder_and_are_a_source_again(
    window: MainWindow, qtbot: QtBot, source: Source, folders: Folders, tmp_path: Path
) -> None:
    await run_by_palette(window, qtbot, "export proto files")
    choose(window, tmp_path)
    message = await exported(window)
    assert words_of(message) == ["Exported 2 files below this folder.", str(tmp_path)]  # and the rules that it imports
    again = await load_proto_files([tmp_path / USERS_PROTO])
    assert again.service(USERS).methods
    qtbot.mouseClick(message.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert folders.opened == [tmp_path]


async def test_a_descriptor_set_goes_into_the_file_that_was_named(
    window: MainWindow, qtbot: QtBot, source: Source, folders: Folders, tmp_path: Path
) -> None:
    run_by_context_menu(window, source, "Export as a descriptor set …")
    dialog = choose(window, tmp_path / "users.binpb")
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    message = await exported(window)
    again = await load_descriptor_sets([tmp_path / "users.binpb"])
    assert again.service(USERS).methods
    count = len(again.files)
    assert words_of(message) == [f"Exported {count} files in one descriptor set.", str(tmp_path / "users.binpb")]
    qtbot.mouseClick(message.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert folders.opened == [tmp_path]


async def test_where_no_program_shows_folders_that_is_said(
    window: MainWindow, qtbot: QtBot, source: Source, tmp_path: Path
) -> None:
    run_by_context_menu(window, source, "Export as .proto files …")
    choose(window, tmp_path)
    message = await exported(window)
    qtbot.mouseClick(message.findChild(QPushButton), Qt.MouseButton.LeftButton)  # the offscreen platform has none
    assert words_of(message) == ["No program is set up here that shows folders.", str(tmp_path)]


@pytest.mark.parametrize("letters", ["export proto files", "export descriptor set"])
async def test_an_export_that_fails_names_the_path_and_what_to_do(
    window: MainWindow, qtbot: QtBot, source: Source, tmp_path: Path, letters: str
) -> None:
    (tmp_path / "file").write_text("here before")
    await run_by_palette(window, qtbot, letters)
    choose(window, tmp_path / "file" / "within")
    sentence, place, next_step = words_of(await exported(window))
    assert "cannot be" in sentence
    assert place.startswith(str(tmp_path / "file" / "within"))
    assert next_step == "choose another place: a file stands where a folder is needed"
    assert (tmp_path / "file").read_text() == "here before"


async def test_without_a_schema_no_dialog_opens_and_the_reason_is_said(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.proto"
    broken.write_text("no proto")
    source = window.workspace.open_files([broken])
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    await run_by_palette(window, qtbot, "export proto files")
    assert window.findChild(QFileDialog) is None
    said = [words_of(message)[0] for message in window.findChildren(InlineMessage) if message.isVisible()]
    assert "broken.proto has no schema to export yet." in said


async def test_only_files_that_every_protoc_brings(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "google" / "protobuf"
    folder.mkdir(parents=True)
    (folder / "empty.proto").write_text('syntax = "proto3";\npackage google.protobuf;\nmessage Empty {}\n')
    await ready(window.workspace.open_files([folder / "empty.proto"], [tmp_path]))
    await run_by_palette(window, qtbot, "export proto files")
    (tmp_path / "out").mkdir()
    choose(window, tmp_path / "out")
    assert words_of(await exported(window))[0] == "There was nothing to export: this schema has no files of its own."
    assert list((tmp_path / "out").iterdir()) == []


async def test_what_is_dropped_becomes_a_source(window: MainWindow, source: Source, tmp_path: Path) -> None:
    """A descriptor set is told by its suffix; what is no file is not taken."""
    run_by_context_menu(window, source, "Export as a descriptor set …")
    choose(window, tmp_path / "users.binpb")
    await exported(window)
    assert not dropped(window, QUrl("https://example.com/users.proto"))
    assert dropped(window, QUrl.fromLocalFile(str(tmp_path / "users.binpb")))
    new = window.workspace.sources[-1]
    assert new.settings.descriptor_sets == (tmp_path / "users.binpb",)
    await ready(new)
    assert dropped(window, QUrl.fromLocalFile(str(bundled.protos() / "wirelens/demo/chat/v1/chat.proto")))
    await ready(window.workspace.sources[-1])
    assert len(window.workspace.sources) == 3


def dropped(window: MainWindow, url: QUrl) -> bool:
    """Drag it over the window and let it go; whether the window took it."""
    data, copy, left = QMimeData(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    data.setUrls([url])
    entering = QDragEnterEvent(QPoint(500, 400), copy, data, left, Qt.KeyboardModifier.NoModifier)
    entering.ignore()
    QApplication.sendEvent(window, entering)
    if entering.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(500, 400), copy, data, left, Qt.KeyboardModifier.NoModifier))
    return entering.isAccepted()


async def test_files_chosen_by_key_become_a_source(window: MainWindow, qtbot: QtBot) -> None:
    await active(window)
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    choose(window, bundled.protos() / USERS_PROTO)
    await ready(window.workspace.sources[-1])
    await active(window)
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChildren(QFileDialog)[-1]
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.reject()


async def test_files_can_be_added_to_a_server(window: MainWindow, serve: Serve) -> None:
    source = window.workspace.connect_to(SourceSettings(address=await serve("llm")))
    await ready(source)
    run_by_context_menu(window, source, "Add .proto files …")
    choose(window, bundled.protos() / USERS_PROTO)
    await until(lambda: source.settings.proto_paths and source.state is SourceState.READY, source.changed)
    assert source.schema is not None
    assert source.schema.service(USERS).methods
