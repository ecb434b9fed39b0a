"""`wirelens self-test` in this checkout, and what it says where something is missing."""

import os
import subprocess
from pathlib import Path

import pytest

from wirelens import self_test
from wirelens.bundled import child_environment, this_program


def test_every_step_works_here() -> None:
    answer = subprocess.run(
        [*this_program(), "self-test"],
        capture_output=True,
        text=True,
        env=child_environment(dict(os.environ)),
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    assert [line for line in answer.stdout.splitlines()[1:] if not line.startswith("ok ")] == ["all works"]
    assert answer.stderr == ""


async def test_a_copy_without_icons_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(self_test, "resources", lambda: tmp_path)
    assert not await self_test._passed("bundled files", self_test._bundled_files)
    assert capsys.readouterr().out == f"FAILED  bundled files: {tmp_path / 'icons'} has no *.svg\n"


async def test_an_unforeseen_fault_is_one_failed_step(capsys: pytest.CaptureFixture[str]) -> None:
    async def broken() -> str:
        raise KeyError("colour")

    assert not await self_test._passed("theme", broken)
    assert capsys.readouterr().out == "FAILED  theme: KeyError: 'colour'\n"
