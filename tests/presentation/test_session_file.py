import json
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from wirelens.engine.errors import StorageError
from wirelens.presentation.later import Later
from wirelens.presentation.session_file import SessionFile


async def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "deep" / "session.json")
    assert file.read() == {}
    await file.write({"address": "localhost:50051", "tabs": [{"method": "a.B.C"}]})
    data = SessionFile(file.path).read()
    assert data["address"] == "localhost:50051"
    assert data["tabs"] == [{"method": "a.B.C"}]


async def test_what_takes_long_to_write_down_is_made_in_the_thread(tmp_path: Path) -> None:
    threads = []

    def make() -> list[int]:
        threads.append(threading.get_ident())
        return [1, 2]

    file = SessionFile(tmp_path / "session.json")
    await file.write({"tabs": [{"messages": Later(make)}]})
    assert file.read()["tabs"] == [{"messages": [1, 2]}]
    assert threads
    assert threading.get_ident() not in threads


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
async def test_only_the_user_may_read_what_was_typed(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "private" / "session.json")
    await file.write({"address": "localhost:1"})
    assert stat.S_IMODE(os.stat(file.path).st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"{not json", b"\xff\xfe\x00", b"[]", b'{"tabs": []}', b'{"version": 99}', b"[" * 100_000, b""]
)
async def test_a_damaged_file_is_kept_aside_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(content)
    with pytest.raises(StorageError) as caught:
        SessionFile(path).read()
    assert str(path) in caught.value.one_line()
    assert (tmp_path / "session.unreadable.json").read_bytes() == content
    assert SessionFile(path).read() == {}


async def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SessionFile(tmp_path / "session.json")
    await file.write({"address": "old"})

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        await file.write({"address": "new"})
    assert json.loads(file.path.read_text())["address"] == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]


async def test_half_a_surrogate_pair_is_kept_too(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "session.json")
    await file.write({"text": "\ud83d 한국 \x00"})
    assert SessionFile(file.path).read()["text"] == "\ud83d 한국 \x00"


async def test_the_same_content_is_written_once(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "session.json")
    await file.write({"address": "a"})
    before = file.path.stat().st_ino
    await file.write({"address": "a"})
    assert file.path.stat().st_ino == before
    await file.write({"address": "b"})
    assert json.loads(file.path.read_text())["address"] == "b"
