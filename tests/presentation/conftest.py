"""A real demo server in this process, and a workspace of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS, Options
from wirelens.demos.server import start_demo
from wirelens.engine.schema.proto_files import load_proto_files
from wirelens.presentation.background_tasks import BackgroundTasks
from wirelens.presentation.session_file import SessionFile
from wirelens.presentation.workspace import Workspace


@pytest.fixture
async def users_address() -> AsyncIterator[str]:
    """The address of a running users demo."""
    root = bundled.protos()
    schema = await load_proto_files([root / proto for proto in DEMOS["users"].protos], [root])
    running = await start_demo("users", schema, Options())
    yield running.address
    await running.stop(0)


@pytest.fixture
def users_proto() -> Path:
    return bundled.protos() / "wirelens/demo/users/v1/users.proto"


@pytest.fixture
async def workspace(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Workspace]:
    """An empty workspace; a task that fails in it fails the test."""
    tasks = BackgroundTasks()
    failures: list[tuple[str, object]] = []
    tasks.failed.connect(lambda name, error: failures.append((name, error)))
    workspace = Workspace(tasks, SessionFile(tmp_path / "session.json"), save_after_ms=3_600_000)
    yield workspace
    await workspace.aclose()
    await tasks.cancel_all()
    assert failures == []
