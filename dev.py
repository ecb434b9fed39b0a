#!/usr/bin/env python3
"""Runs, checks and builds Wirelens from a checkout, with nothing but Python 3.11 or later at hand.

    python3 dev.py run [ARGUMENTS]     the window; arguments pass through (run --demo, run list HOST:PORT)
    python3 dev.py test [ARGUMENTS]    every check; with arguments only pytest, which gets them
    python3 dev.py lint [--fix]        ruff and mypy
    python3 dev.py screenshots         the README's pictures, taken anew
    python3 dev.py build               wheel, sdist and one-folder program, each tried in a clean place

The first use makes .venv with the versions of constraints.txt; later ones start at once.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "wirelens-stamp.json"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REPORTS = ROOT / "build" / "reports"
OLDEST, TOO_NEW = (3, 11), (3, 15)

HEADLESS_VERBS = ("list", "describe", "call", "show", "export", "demo", "self-test", "--help", "-h", "--version")

# grpc.aio wants one event loop a process: asyncio's for the engine's tests, Qt's for the window's. They are in parts,
# so that two processes have about the same to do, the long ones first. None: whatever no other side has.
SIDES: dict[str, tuple[str, ...] | None] = {
    "widgets": ("widgets",),
    "engine": ("engine",),
    "desktop": ("desktop",),
    "presentation": ("presentation",),
    "rest": None,
}
RUN_AT_ONCE = 2
ENGINE_COVERAGE_FLOOR = 93  # percent of wirelens.engine, lines and branches

# What Qt's wheels load from the system, and the Debian and Ubuntu packages that have it.
OFFSCREEN_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


class SetupError(Exception):
    """What stops us, in a sentence for the person."""


def main(arguments: list[str]) -> int:
    commands = {"run": run, "test": test, "lint": lint, "screenshots": screenshots, "build": build}
    if not arguments or arguments[0] not in commands:
        print(__doc__.strip() if __doc__ else "")
        return 0 if arguments and arguments[0] in ("-h", "--help", "help") else 2
    try:
        return commands[arguments[0]](arguments[1:])
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# --- the commands ---------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    headless = bool(arguments) and arguments[0] in HEADLESS_VERBS
    platform = os.environ.get("QT_QPA_PLATFORM", "wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb")
    prepare(checks=False, x11=not headless and platform.startswith("xcb"))
    command = [str(PYTHON), "-m", "wirelens", *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)  # signals and the exit code are the program's own
    return subprocess.call(command)


def test(arguments: list[str]) -> int:
    prepare(checks=True, x11=False)
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    failed = [] if arguments else failed_checks(lint_commands())
    totals = Totals()
    selections = {side: test_selection(side, arguments) for side in SIDES}
    asked = {side: selection for side, selection in selections.items() if selection is not None}
    runs = [PytestRun(side, selection, is_alone=len(asked) == 1) for side, selection in asked.items()]

    def start_next() -> None:
        if sum(run.is_running for run in runs) < RUN_AT_ONCE:
            next((run.start() for run in runs if not run.has_started), None)

    try:
        failed += [f"tests of the {run.side}" for run in runs if not run.passed(totals, meanwhile=start_next)]
    finally:
        for run in runs:
            run.stop()
    if arguments:
        print("(pytest alone: ruff, mypy and the coverage floor belong to a run without arguments)")
        if not totals.ran:
            failed.append("no test was selected")
    elif not engine_is_covered():
        failed.append(f"coverage of wirelens.engine is below {ENGINE_COVERAGE_FLOOR} %")
    if failed:
        print(f"These checks failed: {'; '.join(failed)}")
    print(totals)
    return 1 if failed else 0


def lint(arguments: list[str]) -> int:
    prepare(checks=True, x11=False)
    if "--fix" in arguments:
        subprocess.call([str(PYTHON), "-m", "ruff", "check", "--fix", "--quiet", "."], cwd=ROOT)
        subprocess.call([str(PYTHON), "-m", "ruff", "format", "--quiet", "."], cwd=ROOT)
    failed = failed_checks(lint_commands())
    if failed:
        print(f"These checks failed: {'; '.join(failed)}")
    return 1 if failed else 0


def screenshots(arguments: list[str]) -> int:
    prepare(checks=False, x11=False)
    script = ROOT / "packaging" / "screenshots.py"
    return subprocess.call([str(PYTHON), str(script), *arguments], env=offscreen_environment(), cwd=ROOT)


def build(arguments: list[str]) -> int:
    prepare(checks=True, x11=False)
    return subprocess.call([str(PYTHON), str(ROOT / "packaging" / "build.py"), *arguments], cwd=ROOT)


# --- checking -------------------------------------------------------------------------------------------------------


class Totals:
    """What the pytest processes counted together."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    @property
    def ran(self) -> int:
        return self.passed + self.failed + self.skipped

    def add(self, report: Path) -> None:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += max(int(suite.get("tests", 0)) - failed - skipped, 0)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def lint_commands() -> dict[str, list[str]]:
    python = str(PYTHON)
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
    }


def failed_checks(commands: dict[str, list[str]]) -> list[str]:
    failed = []
    for name, command in commands.items():
        print(f"== {name}", flush=True)
        if subprocess.call(command, cwd=ROOT):
            failed.append(name)
    return failed


def test_selection(side: str, arguments: list[str]) -> list[str] | None:
    """pytest's arguments for one side; None where the paths that were asked for all lie on others."""
    tests = ROOT / "tests"
    options, chosen, asked = [], [], False
    for argument in arguments:
        path = (Path.cwd() / argument.partition("::")[0]).resolve()
        if argument.startswith("-") or not path.exists() or not path.is_relative_to(tests):
            options.append(argument)
            continue
        asked = True
        parts = path.relative_to(tests).parts
        if not parts or side_of(parts[0]) == side:
            chosen.append(str(path) + argument[len(argument.partition("::")[0]) :])
    if chosen and chosen != [str(tests)]:
        return [*options, *chosen]
    if asked and not chosen:
        return None
    if folders := SIDES[side]:
        present = [str(tests / name) for name in folders if (tests / name).exists()]
        return [*options, *present] if present else None
    others = [tests / name for folders in SIDES.values() for name in folders or ()]
    return [*options, *(f"--ignore={path}" for path in others), str(tests)]


def side_of(folder: str) -> str:
    """The side that has a folder or a file of tests/."""
    rest = next(side for side, folders in SIDES.items() if folders is None)
    return next((side for side, folders in SIDES.items() if folder in (folders or ())), rest)


class PytestRun:
    """pytest of one side, in a process of its own beside another's: most machines have two cores.

    What it prints goes to a file, so that two runs do not mix; passed() shows it. One alone has the terminal.
    """

    def __init__(self, side: str, arguments: list[str], *, is_alone: bool) -> None:
        self.side = side
        self._arguments = arguments
        self._is_alone = is_alone
        self._report = REPORTS / f"{side}.xml"
        self._output = REPORTS / f"{side}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def has_started(self) -> bool:
        return self._process is not None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        print(f"== pytest, {self.side}", flush=True)
        environment = {**offscreen_environment(), "COVERAGE_FILE": str(REPORTS / ".coverage"), "PYTHONUNBUFFERED": "1"}
        # The floor is one for the engine's own tests. Being measured takes the others three quarters more time.
        measured = ["-m", "coverage", "run"] if self.side == "engine" else []
        command = [*measured, "-m", "pytest", f"--junitxml={self._report}", *self._arguments]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [str(PYTHON), *command],
                cwd=ROOT,
                env=environment,
                stdout=None if self._is_alone else output,
                stderr=None if self._is_alone else subprocess.STDOUT,
            )

    def passed(self, totals: Totals, meanwhile: Callable[[], None]) -> bool:
        """Shows what pytest says until it has ended, and adds what it counted; `meanwhile` starts it in its turn."""
        meanwhile()
        while self._process is None:
            time.sleep(0.1)
            meanwhile()
        with self._output.open("rb") as output:
            while True:
                has_ended = self._process.poll() is not None  # asked before reading: what came last is shown too
                meanwhile()
                if said := output.read():
                    sys.stdout.buffer.write(said)
                    sys.stdout.buffer.flush()
                elif has_ended:
                    break
                else:
                    time.sleep(0.1)
        code = self._process.returncode
        if self._report.exists():
            totals.add(self._report)
        if code not in (0, 1, 5) and not totals.failed:
            totals.failed += 1  # pytest itself died or refused: no test of it is in the report
        takes_options = any(argument.startswith("-") for argument in self._arguments)
        return code == 0 or (code == 5 and takes_options)

    def stop(self) -> None:
        """Ends it if it still runs, as after Ctrl+C."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def engine_is_covered() -> bool:
    print("== coverage of wirelens.engine", flush=True)
    environment = {**os.environ, "COVERAGE_FILE": str(REPORTS / ".coverage")}
    coverage = [str(PYTHON), "-m", "coverage"]
    options = ["--include=*/wirelens/engine/*", f"--fail-under={ENGINE_COVERAGE_FLOOR}", "--skip-covered"]
    return subprocess.call([*coverage, "report", *options], cwd=ROOT, env=environment) == 0


def offscreen_environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


# --- the environment ------------------------------------------------------------------------------------------------


def prepare(*, checks: bool, x11: bool) -> None:
    """Makes what a command needs be there: Python, Qt's system libraries, and .venv with our dependencies."""
    refuse_unfit_python()
    provide_system_libraries(x11=x11)
    wanted = fingerprint()
    stamp = read_stamp()
    if stamp.get("fingerprint") == wanted and (stamp.get("checks") or not checks) and PYTHON.exists():
        return
    if not environment_works():
        make_environment()
    try:
        install(checks=checks)
    except subprocess.CalledProcessError:
        # What is there may be a half-made environment: once more from nothing, then the fault is a real one.
        make_environment()
        try:
            install(checks=checks)
        except subprocess.CalledProcessError as error:
            raise SetupError(f"installing the dependencies failed: {' '.join(map(str, error.cmd))}") from error
    STAMP.write_text(json.dumps({"fingerprint": wanted, "checks": checks}), encoding="utf-8")


def refuse_unfit_python() -> None:
    if sys.version_info < OLDEST or sys.version_info >= TOO_NEW:
        raise SetupError(
            "Wirelens needs Python 3.11 to 3.14, and this is {}.{} ({})".format(*sys.version_info[:2], sys.executable)
        )


def fingerprint() -> str:
    """Changes whenever .venv no longer fits: other dependencies, another Python, a checkout that moved."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [settings["build-system"], settings["project"], settings["tool"]["hatch"]]
    text = json.dumps(parts, sort_keys=True) + (ROOT / "constraints.txt").read_text(encoding="utf-8")
    text += f"{ROOT}\n{sys.version_info[:2]}\n{sys.platform}"
    return hashlib.sha256(text.encode()).hexdigest()


def read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def environment_works() -> bool:
    """Whether .venv has a Python of this version with a pip that runs."""
    probe = "import sys, pip; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.split() == [str(number) for number in sys.version_info[:2]]


def make_environment() -> None:
    print(f"Making {ENVIRONMENT.name} with Python {sys.version.split()[0]} …", flush=True)
    try:
        import ensurepip  # noqa: F401  (Debian ships it apart)
    except ImportError:
        provide_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    if ENVIRONMENT.is_dir() and not ENVIRONMENT.is_symlink():
        shutil.rmtree(ENVIRONMENT)
    if subprocess.call([sys.executable, "-m", "venv", str(ENVIRONMENT)]):
        raise SetupError(f"{sys.executable} -m venv {ENVIRONMENT} failed")


def install(*, checks: bool) -> None:
    print("Installing the pinned dependencies (once; some 200 MB are fetched) …", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # The pip that Python 3.11 brings may search for many minutes and knows no --build-constraint.
    subprocess.run([*pip, "--upgrade", "pip"], check=True)
    pins = ["-c", "constraints.txt", "--build-constraint", "constraints.txt"]
    subprocess.run([*pip, *pins, "-e", ".[dev]" if checks else "."], cwd=ROOT, check=True)
    subprocess.run([str(PYTHON), "-c", "import wirelens, grpc, google.protobuf, qasync"], cwd=ROOT, check=True)


# --- system libraries -----------------------------------------------------------------------------------------------


def provide_system_libraries(*, x11: bool) -> None:
    """On Linux: sees to it that Qt's libraries load, by apt-get where that is possible."""
    if not sys.platform.startswith("linux"):
        return
    needed = {**OFFSCREEN_LIBRARIES, **(X11_LIBRARIES if x11 else {})}
    missing = [name for name in needed if not loads(name)]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise SetupError(f"Qt needs system libraries that are missing: {', '.join(missing)}; please install them")
    provide_packages([needed[name] for name in missing])
    still = [name for name in missing if not loads(name)]
    if still:
        raise SetupError(f"Qt needs {', '.join(still)}, also after installing {', '.join(needed[n] for n in still)}")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def provide_packages(packages: list[str]) -> None:
    """Installs Debian or Ubuntu packages where we may, else says the exact command."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.name == "nt" or shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetupError(f"system packages are missing; please run:\n  sudo {' '.join(command)}")
    print(f"Installing {' '.join(packages)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-qq", "update"]
    if subprocess.call(quiet, env=environment) or subprocess.call(
        [*command, "-qq"], env=environment, stdout=subprocess.DEVNULL
    ):
        raise SetupError(f"this command failed:\n  {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
