"""Sources as large as all of googleapis, opened in the window.

googleapis itself is on no package index: its size is generated, and the part that is to be had (the common protos that
this program is installed with) is compiled as it is.
"""

from pathlib import Path

import pytest
from google import api
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot
from tests.waiting import until

from wirelens.presentation.source import SourceState
from wirelens.widgets.main_window import MainWindow

FILES = 7000  # googleapis has some 7,000
_INT64, _STRING, _MESSAGE = (
    FieldDescriptorProto.TYPE_INT64,
    FieldDescriptorProto.TYPE_STRING,
    FieldDescriptorProto.TYPE_MESSAGE,
)


def add_file(files: FileDescriptorSet, number: int) -> FileDescriptorProto:
    """A file with some messages that imports one before it; each seventh has a service."""
    package = f"google.area{number % 200}.v{number}"
    file = files.file.add(name=f"{package.replace('.', '/')}/area.proto", package=package, syntax="proto3")
    for message in range(5):
        fields = file.message_type.add(name=f"Message{message}").field
        for field in range(1, 11):
            fields.add(name=f"field_{field}", number=field, type=_STRING if field % 2 else _INT64, label=1)
    if number:
        earlier = files.file[(number - 1) // 2]
        file.dependency.append(earlier.name)
        type_name = f".{earlier.package}.Message1"
        file.message_type[0].field.add(name="other", number=20, type=_MESSAGE, label=1, type_name=type_name)
    if number % 7 == 0:
        service = file.service.add(name=f"Service{number}")
        for name in ("Get", "List", "Update", "Delete"):
            service.method.add(name=name, input_type=f".{package}.Message0", output_type=f".{package}.Message1")
    return file


@pytest.fixture(scope="module")
def large_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = FileDescriptorSet()
    for number in range(FILES):
        add_file(files, number)
    path: Path = tmp_path_factory.mktemp("large") / "all.binpb"
    path.write_bytes(files.SerializeToString())
    return path


async def test_all_of_googleapis_as_one_source(window: MainWindow, qtbot: QtBot, large_set: Path) -> None:
    """Kreya#50."""
    turns = 0

    def count() -> None:
        nonlocal turns
        turns += 1

    timer = QTimer(window, interval=10)
    timer.timeout.connect(count)
    timer.start()
    source = window.workspace.open_files([], descriptor_sets=[large_set])
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    assert source.state is SourceState.READY
    assert turns > 5, "the window stood still while it was read"
    assert source.schema is not None
    assert (len(source.schema.services), source.schema.origin.file_count) == (FILES // 7, FILES)
    assert len(source.schema.message_names()) > 5 * FILES

    explorer = window.explorer
    qtbot.keyClicks(explorer.filter, "Service6993")
    await until(
        lambda: explorer.model.index_of_method(source, "google.area193.v6993.Service6993.Get").isValid(),
        explorer.model.modelReset,
        explorer.model.rowsInserted,
    )
    index = explorer.model.index_of_method(source, "google.area193.v6993.Service6993.Get")
    explorer.tree.scrollTo(index)
    qtbot.mouseClick(explorer.tree.viewport(), Qt.MouseButton.LeftButton, pos=explorer.tree.visualRect(index).center())
    tab = window.workspace.current_tab
    assert tab is not None
    assert tab.session is not None
    tab.session.draft.set_value(("other", "field_1"), "reached")
    assert b"reached" in tab.session.draft.serialized()


async def test_the_part_of_googleapis_that_can_be_had(window: MainWindow) -> None:
    """Kreya#50, Kreya#237: compiled from its .proto files, imports and all."""
    folder = Path(next(iter(api.__path__)))
    folders = [folder, folder.parent / "rpc", folder.parent / "type"]
    source = window.workspace.open_files(folders)
    await until(lambda: source.state is not SourceState.LOADING, source.changed)
    assert source.state is SourceState.READY
    assert source.schema is not None
    assert source.schema.origin.left_out == ()
    there = {path.name for folder in folders for path in folder.rglob("*.proto")}
    assert len(there) > 40
    assert there <= {Path(name).name for name in source.schema.files}
    for name in ("google.api.HttpRule", "google.rpc.BadRequest", "google.type.Money"):
        assert source.schema.descriptor(name).full_name == name
