import socket
from pathlib import Path

import pytest
from tests.waiting import until

from wirelens.engine.errors import AddressError, ProtoFileError, ReflectionError
from wirelens.presentation.source import SourceKind, SourceSettings, SourceState
from wirelens.presentation.workspace import Workspace

SERVICE = "wirelens.demo.users.v1.UserService"


async def test_a_server_is_read_by_reflection(workspace: Workspace, users_address: str) -> None:
    source = workspace.connect_to(SourceSettings(address=users_address))
    assert source.state is SourceState.LOADING
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.schema is not None
    assert source.schema.service(SERVICE).methods
    assert source.summary.startswith("Schema: reflection v1 · ")


async def test_a_server_that_is_not_there_fails_with_its_place_and_can_be_tried_again(
    workspace: Workspace, users_address: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
    source = workspace.connect_to(SourceSettings(address=nobody))
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    assert isinstance(source.error, ReflectionError)
    assert nobody in source.error.one_line()
    workspace.apply_settings(source, SourceSettings(address=users_address))
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.error is None


async def test_cancelled_loading_leaves_the_source_as_it_was(workspace: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        source = workspace.connect_to(SourceSettings(address=f"127.0.0.1:{silent.getsockname()[1]}"))
        assert source.state is SourceState.LOADING
        source.cancel()
        await until(lambda: source.state is SourceState.IDLE, source.changed)
        assert source.error is None


async def test_proto_files_are_a_source_whose_calls_go_to_the_typed_address(
    workspace: Workspace, users_proto: Path, users_address: str
) -> None:
    source = workspace.open_files([users_proto])
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.title == "users.proto"
    with pytest.raises(AddressError) as caught:
        await source.connection()
    assert caught.value.next_step
    connection = await source.connection(users_address)
    assert connection.target.address == users_address


async def test_a_broken_proto_file_names_its_line(workspace: Workspace, tmp_path: Path) -> None:
    broken = tmp_path / "broken.proto"
    broken.write_text('syntax = "proto3";\nmessage A {\n  Foo foo = 1;\n}\n')
    source = workspace.open_files([broken])
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    assert isinstance(source.error, ProtoFileError)
    assert "broken.proto:3:3" in source.error.one_line()
    broken.write_text('syntax = "proto3";\nmessage A {\n  string foo = 1;\n}\n')
    workspace.reload(source)
    await until(lambda: source.state is SourceState.READY, source.changed)


async def test_reload_that_fails_keeps_the_schema_that_was_there(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.proto"
    file.write_text('syntax = "proto3";\nmessage A {}\n')
    source = workspace.open_files([file])
    await until(lambda: source.state is SourceState.READY, source.changed)
    before = source.schema
    file.write_text("nonsense")
    workspace.reload(source)
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    assert source.schema is before is not None


async def test_proto_files_stand_in_where_a_server_has_no_reflection(
    workspace: Workspace, users_proto: Path, users_address: str
) -> None:
    settings = SourceSettings(address=users_address, reflection="off", proto_paths=(users_proto,))
    source = workspace.connect_to(settings)
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert source.schema is not None
    assert source.schema.origin.kind == ".proto files"
    assert source.settings.kind is SourceKind.SERVER
