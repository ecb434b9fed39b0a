"""dev.py: which tests run where, and what is counted."""

import subprocess
import sys
from pathlib import Path

import dev
import pytest

TESTS = Path(dev.ROOT) / "tests"


def test_without_paths_each_side_gets_its_own() -> None:
    rest = dev.test_selection("rest", [])
    window = dev.test_selection("desktop", ["-k", "tree"])
    assert rest is not None
    assert {f"--ignore={TESTS / name}" for name in ("engine", "widgets", "presentation", "desktop")} < set(rest)
    assert str(TESTS) in rest
    assert window is not None
    assert window[:2] == ["-k", "tree"]
    assert window[2:] == [str(TESTS / "desktop")]
    assert dev.test_selection("widgets", []) == [str(TESTS / "widgets")]


def test_every_folder_is_of_one_side() -> None:
    folders = [path.name for path in TESTS.iterdir() if path.is_dir()]
    names = ("widgets", "engine", "desktop", "presentation", "demos")
    assert [dev.side_of(name) for name in names] == ["widgets", "engine", "desktop", "presentation", "rest"]
    assert {dev.side_of(name) for name in folders} == set(dev.SIDES)


def test_a_path_goes_to_its_side_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dev.ROOT)
    asked = ["tests/test_dev.py::test_x", "-x"]
    assert dev.test_selection("rest", asked) == ["-x", f"{TESTS / 'test_dev.py'}::test_x"]
    assert dev.test_selection("desktop", asked) is None
    assert dev.test_selection("engine", ["tests/widgets"]) is None


def test_totals_of_several_reports(tmp_path: Path) -> None:
    totals = dev.Totals()
    for name, counts in (("a", 'tests="5" failures="1" errors="0" skipped="1"'), ("b", 'tests="2" errors="0"')):
        report = tmp_path / f"{name}.xml"
        report.write_text(f"<testsuites><testsuite {counts}/></testsuites>")
        totals.add(report)
    assert str(totals) == "5 passed, 1 failed, 1 skipped"


def test_another_python_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(dev.SetupError, match=r"needs Python 3\.11 to 3\.14, and this is 3\.10"):
        dev.refuse_unfit_python()


def test_missing_libraries_without_rights_name_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "loads", lambda name: name != "libEGL.so.1")
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(dev.SetupError) as refused:
        dev.provide_system_libraries(x11=True)
    assert str(refused.value).endswith("sudo apt-get install -y --no-install-recommends libegl1")


def test_without_a_command_it_says_what_it_can_do() -> None:
    answer = subprocess.run([sys.executable, str(dev.ROOT / "dev.py")], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "dev.py test" in answer.stdout
