"""What travels in wheel and sdist, and that every dependency is pinned. `dev.py build` tries the real things."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wirelens import __version__

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", str(folder), str(TOP)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def tracked(folder: str) -> set[str]:
    """Our files below a folder of the checkout, but for what tools leave there."""
    found = (path.relative_to(TOP) for path in (TOP / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_code_protos_and_resources(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    for source, target in (
        ("app/wirelens", "wirelens"),
        ("protos", "wirelens/protos"),
        ("resources", "wirelens/resources"),
    ):
        expected = {target + name.removeprefix(source) for name in tracked(source)}
        assert expected - names == set()
    assert f"wirelens-{__version__}.dist-info/licenses/resources/THIRD-PARTY.md" in names
    strangers = {name.split("/")[0] for name in names} - {"wirelens", f"wirelens-{__version__}.dist-info"}
    assert strangers == set()


def test_the_sdist_holds_what_a_checkout_needs(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"dev.py", "constraints.txt", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"}
    assert wanted - names == set()
    assert {"packaging/build.py", "packaging/wirelens.spec", "tests/conftest.py", ".ci/run"} - names == set()


def test_a_copy_from_the_wheel_finds_its_files(dist: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    probe = "from wirelens import bundled; print(bundled.resources(), bundled.protos())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    answer = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    package = tmp_path / "site" / "wirelens"
    assert answer.stdout.split() == [str(package / "resources"), str(package / "protos")]


def test_every_dependency_is_pinned_to_a_version_that_is_allowed() -> None:
    pins = {}
    for line in (TOP / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            pins[canonicalize_name(requirement.name)] = re.sub("^==", "", str(requirement.specifier))
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    for text in wanted:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), text


def test_the_version_is_said_once_in_each_place() -> None:
    assert PROJECT["version"] == __version__
    assert f"## {__version__} " in (TOP / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_desktop_entry_starts_the_program() -> None:
    entry = (TOP / "packaging" / "wirelens.desktop").read_text(encoding="utf-8").splitlines()
    assert entry[0] == "[Desktop Entry]"
    assert {"Exec=wirelens", "Icon=wirelens", "Terminal=false"} <= set(entry)


def test_every_dependency_is_named_among_the_third_parties() -> None:
    said = (TOP / "resources" / "THIRD-PARTY.md").read_text(encoding="utf-8").lower()
    names = [Requirement(line).name.lower() for line in PROJECT["dependencies"]]
    assert [name for name in names if name not in said] == []
