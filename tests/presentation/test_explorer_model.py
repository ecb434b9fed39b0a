import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from tests.waiting import until

from wirelens.presentation.explorer_model import ExplorerModel, ExplorerRole, NodeKind
from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace

NAMES = ("GetUser", "CreateUser", "ListUsers", "UpdateUser", "DeleteUser")


def outline(model: ExplorerModel, parent: QModelIndex | None = None, depth: int = 0) -> list[str]:
    """Each row's text, indented by its depth."""
    parent = QModelIndex() if parent is None else parent
    rows: list[str] = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        rows.append("  " * depth + index.data())
        rows.extend(outline(model, index, depth + 1))
    return rows


@pytest.fixture
async def model(workspace: Workspace, users_proto: Path, qtmodeltester: ModelTester) -> ExplorerModel:
    model = ExplorerModel(workspace, workspace)
    qtmodeltester.check(model)
    source = workspace.open_files([users_proto])
    await until(lambda: source.state is SourceState.READY, source.changed)
    return model


async def test_services_and_methods_stand_below_their_source(model: ExplorerModel) -> None:
    assert outline(model) == [
        "users.proto",
        "  UserService",
        "    GetUser",
        "    CreateUser",
        "    ListUsers",
        "    UpdateUser",
        "    DeleteUser",
    ]


async def test_a_filter_keeps_what_has_every_word(model: ExplorerModel) -> None:
    model.set_filter("user CREATE")
    assert outline(model) == ["users.proto", "  UserService", "    CreateUser"]
    model.set_filter("no such thing")
    assert outline(model) == ["No service or method matches"]
    model.set_filter("")
    assert len(outline(model)) == 7


async def test_a_filter_that_names_the_service_keeps_its_methods(model: ExplorerModel) -> None:
    model.set_filter("userservice")
    assert len(outline(model)) == 7


async def test_a_method_is_found_by_its_name(model: ExplorerModel, workspace: Workspace) -> None:
    index = model.index_of_method(workspace.sources[0], "wirelens.demo.users.v1.UserService.GetUser")
    assert index.data() == "GetUser"
    assert index.data(ExplorerRole.NODE).kind is NodeKind.METHOD
    assert "unary" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not model.index_of_method(workspace.sources[0], "no.Such.Method").isValid()


async def test_the_tool_tip_has_the_documentation(model: ExplorerModel, workspace: Workspace) -> None:
    index = model.index_of_method(workspace.sources[0], "wirelens.demo.users.v1.UserService.GetUser")
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "wirelens.demo.users.v1.UserService.GetUser<br>unary: " in tip
    assert tip.count("<br>") > 2


async def test_what_every_server_carries_is_folded_away(workspace: Workspace, users_address: str) -> None:
    model = ExplorerModel(workspace, workspace)
    source = workspace.connect_to(SourceSettings(address=users_address))
    await until(lambda: source.state is SourceState.READY, source.changed)
    top = model.index(0, 0)
    last = model.index(model.rowCount(top) - 1, 0, top)
    node = last.data(ExplorerRole.NODE)
    assert node.kind is NodeKind.INFRASTRUCTURE
    assert not node.unfolds_itself
    assert {child.text for child in node.children} >= {"grpc.health.v1.Health"}


async def test_a_removed_source_is_gone(model: ExplorerModel, workspace: Workspace) -> None:
    workspace.remove_source(workspace.sources[0])
    assert outline(model) == []


async def test_hostile_names_are_only_text(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    file.write_text('syntax = "proto3";\nmessage A {}\n// <img src="x"> & more\nservice S { rpc Do(A) returns (A); }\n')
    model = ExplorerModel(workspace, workspace)
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    service = model.index(0, 0, model.index(0, 0))
    assert "&lt;img src=" in service.data(Qt.ItemDataRole.ToolTipRole)


async def test_a_source_without_services_says_so(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "types.proto"
    file.write_text('syntax = "proto3";\nmessage A {}\n')
    model = ExplorerModel(workspace, workspace)
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert outline(model) == ["types.proto", "  No services: its types can still be used"]


async def test_an_index_of_a_tree_that_is_gone_is_harmless(model: ExplorerModel, workspace: Workspace) -> None:
    stale = [
        model.index_of_method(workspace.sources[0], f"wirelens.demo.users.v1.UserService.{name}") for name in NAMES
    ]
    model.set_filter("no such thing")
    gc.collect()
    for index in stale:
        assert not model.parent(index).isValid()
        assert model.data(index, ExplorerRole.NODE) is not None
        assert model.rowCount(index) == 1


async def test_files_that_were_left_out_are_counted_and_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "good.proto").write_text('syntax = "proto3";\nservice S {}\n')
    (tmp_path / "broken.proto").write_text('syntax = "proto3";\nmessage A { string name = 1 }\n')
    model = ExplorerModel(workspace, workspace)
    source = workspace.open_files([tmp_path])
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert outline(model) == [tmp_path.name, "  S", "  1 file left out"]
    note = model.index(1, 0, model.index(0, 0))
    assert "broken.proto:2:" in note.data(Qt.ItemDataRole.ToolTipRole)
