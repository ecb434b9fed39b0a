from pathlib import Path

import pytest

from wirelens.engine.folders import cache_folder, settings_folder


def test_one_variable_moves_settings_and_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIRELENS_HOME", str(tmp_path / "elsewhere"))
    assert settings_folder() == tmp_path / "elsewhere"
    assert cache_folder().is_relative_to(settings_folder())


def test_without_it_each_lies_where_the_desktop_keeps_such_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIRELENS_HOME")
    assert settings_folder().name == cache_folder().name == "wirelens"
    assert settings_folder() != cache_folder()
