"""Builds wheel, sdist and the one-folder program into dist/, and tries each in a clean place with `wirelens self-test`.

`python3 dev.py build [wheel] [sdist] [program]` runs it; without a name, all three.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
DIST = TOP / "dist"
WORK = TOP / "build" / "pyinstaller"
WINDOWS = os.name == "nt"
VERSION = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def main(names: list[str]) -> int:
    builders = {"wheel": build_wheel, "sdist": build_sdist, "program": build_program}
    unknown = [name for name in names if name not in builders]
    if unknown:
        print(f"there is no {unknown[0]!r} to build: {', '.join(builders)}", file=sys.stderr)
        return 2
    DIST.mkdir(exist_ok=True)
    built = []
    try:
        for name in names or builders:
            print(f"== {name}", flush=True)
            built.append(builders[name]())
    except subprocess.CalledProcessError as error:
        print(f"failed with exit code {error.returncode}: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    for path in built:
        print(f"{path.relative_to(TOP)}  {path.stat().st_size / 1e6:.1f} MB, self-test passed")
    return 0


def build_wheel() -> Path:
    return built_and_tried("--wheel", f"wirelens-{VERSION}-py3-none-any.whl")


def build_sdist() -> Path:
    return built_and_tried("--sdist", f"wirelens-{VERSION}.tar.gz")


def built_and_tried(kind: str, name: str) -> Path:
    """A distribution, installed into an environment of its own and tried there."""
    # The build backend is the pinned one of .venv: no isolated environment needs to be fetched.
    run([sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(DIST), str(TOP)])
    path = DIST / name
    with tempfile.TemporaryDirectory(prefix="wirelens-") as folder:
        place = Path(folder)
        run([sys.executable, "-m", "venv", str(place / "venv")])
        scripts = place / "venv" / ("Scripts" if WINDOWS else "bin")
        python = str(scripts / ("python.exe" if WINDOWS else "python"))
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        pins = ["-c", str(TOP / "constraints.txt"), "--build-constraint", str(TOP / "constraints.txt")]
        run([*pip, "--upgrade", "pip"])
        run([*pip, *pins, str(path)])
        self_test([str(scripts / ("wirelens.exe" if WINDOWS else "wirelens"))], place)
    return path


def build_program() -> Path:
    """The one-folder program, tried from an archive that was unpacked elsewhere."""
    spec = str(TOP / "packaging" / "wirelens.spec")
    folders = ["--distpath", str(DIST), "--workpath", str(WORK)]
    run([sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *folders, spec])
    add_notices(DIST / "wirelens")
    add_desktop_entry(DIST / "wirelens")
    name = f"wirelens-{VERSION}-{sys.platform}-{platform.machine().lower()}"
    archive = shutil.make_archive(str(DIST / name), "zip" if WINDOWS else "gztar", DIST, "wirelens")
    with tempfile.TemporaryDirectory(prefix="wirelens-") as folder:
        shutil.unpack_archive(archive, folder)
        program = Path(folder) / "wirelens" / ("wirelens.exe" if WINDOWS else "wirelens")
        self_test([str(program)], Path(folder))
    return Path(archive)


def add_notices(program: Path) -> None:
    """Whose work the program holds, and the licence texts that must go with Qt, where a person finds them."""
    for source in (TOP / "LICENSE", TOP / "resources" / "THIRD-PARTY.md"):
        shutil.copy(source, program)
    shutil.copytree(TOP / "packaging" / "licenses", program / "licenses", dirs_exist_ok=True)


def add_desktop_entry(program: Path) -> None:
    """What a Linux desktop wants to know, laid out below share/ so that it can be copied to ~/.local."""
    if not sys.platform.startswith("linux"):
        return
    for source, target in (
        (TOP / "packaging" / "wirelens.desktop", "share/applications/wirelens.desktop"),
        (TOP / "resources" / "application" / "wirelens.svg", "share/icons/hicolor/scalable/apps/wirelens.svg"),
    ):
        (program / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, program / target)


def self_test(program: list[str], place: Path) -> None:
    """`wirelens self-test` in `place`, with nothing of this checkout in its environment."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LD_LIBRARY_PATH")
    home = place / "home"
    home.mkdir()
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": str(home), "WIRELENS_HOME": str(home / "wirelens")}
    run([*program, "self-test"], cwd=place, env=environment)


def run(command: list[str], *, cwd: Path = TOP, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=cwd, env=env, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
