"""The program as a process: however it ends, it leaves no process, no temporary file and no traceback."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="descriptors of processes are Linux' own")

# Has the rules of a request checked, opens the faults demo's Flood without end and says so once messages arrive.
_DRIVER = """
import asyncio, sys
from wirelens.desktop import launch
from wirelens.engine.messages.rule_process import rule_process

async def broken_rule(window):
    users = window.workspace.demos.named("users")
    users.start()
    while users.source.schema is None:
        assert users.source.error is None, users.source.error
        await asyncio.sleep(0.01)
    method = users.source.schema.method("wirelens.demo.users.v1.UserService/CreateUser")
    session = window.workspace.open_method(users.source, method.full_name, method.pattern).session
    session.draft.set_json_text('{"user": {"displayName": "Ada", "email": "nobody"}}')
    while not session.draft.rules.broken:
        assert not session.draft.rules.problem, session.draft.rules.problem
        await asyncio.sleep(0.01)
    return rule_process(users.source.schema).process_id

async def ready(window):
    checking = await broken_rule(window)
    faults = window.workspace.demos.named("faults")
    faults.start()
    while faults.source.schema is None:
        assert faults.source.error is None, faults.source.error
        await asyncio.sleep(0.01)
    method = faults.source.schema.method("wirelens.demo.faults.v1.FaultService/Flood")
    session = window.workspace.open_method(faults.source, method.full_name, method.pattern).session
    session.draft.set_json_text('{"count": "0", "size": 20000}')
    session.send()
    while session.transcript is None or session.transcript.received_bytes < 12_000_000:
        await asyncio.sleep(0.01)
    print("streaming", faults.server.process_id, checking, flush=True)
    if "close" in sys.argv:
        window.close()

sys.exit(launch(["--size", "1000x700"], ready))
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def start(tmp_path: Path, temporary: Path) -> Iterator[object]:
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(APP),
            "QT_QPA_PLATFORM": "offscreen",
            "WIRELENS_HOME": str(tmp_path / "home"),
            "TMPDIR": str(temporary),
            "GRPC_VERBOSITY": "NONE",
            "PYTHONFAULTHANDLER": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", _DRIVER, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def children(process: subprocess.Popen[str]) -> list[int]:
    """Descriptors of the demo server's process and of the one that checks rules, once the window receives a stream."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("streaming "), (process.communicate(), process.returncode)
    return [os.pidfd_open(int(number)) for number in line.split()[1:]]


def ends(process_descriptor: int) -> bool:
    """Whether a process that is not our child ends within ten seconds."""
    readable, _, _ = select.select([process_descriptor], [], [], 10)
    os.close(process_descriptor)
    return bool(readable)


def complaints(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and "This plugin does not support" not in line]


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "close"])
def test_an_orderly_end_in_mid_stream(start, temporary: Path, tmp_path: Path, how: str) -> None:  # type: ignore[no-untyped-def]
    process = start(*(["close"] if how == "close" else []))
    started = children(process)
    if how != "close":
        process.send_signal(getattr(signal, how))
    _output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert complaints(errors) == []
    assert [ends(child) for child in started] == [True, True]
    assert list(temporary.iterdir()) == []
    assert (tmp_path / "home" / "session.json").exists()


def test_a_kill_in_mid_stream(start, temporary: Path) -> None:  # type: ignore[no-untyped-def]
    process = start()
    started = children(process)
    process.kill()
    process.communicate(timeout=20)
    assert [ends(child) for child in started] == [True, True]
    assert list(temporary.iterdir()) == []


# Closes the window while one job is under way in a thread and another waits for its turn.
_BUSY = """
import asyncio, sys, time
from wirelens.desktop import launch
from wirelens.presentation.thread_worker import ThreadWorker

began = []

def work():
    began.append(True)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass

async def ready(window):
    worker = ThreadWorker(window)
    for _ in range(2):
        worker.run(work, lambda _result: print("delivered", flush=True))
    while not began:
        await asyncio.sleep(0.01)
    window.close()

code = launch(["--size", "1000x700"], ready)
print("jobs begun:", len(began), flush=True)
sys.exit(code)
"""


def test_no_job_of_a_thread_outlives_the_window(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BUSY],
        env={**os.environ, "PYTHONPATH": str(APP), "QT_QPA_PLATFORM": "offscreen", "WIRELENS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,  # half of what the first job would take
        check=False,
    )
    assert (done.returncode, done.stdout, complaints(done.stderr)) == (0, "jobs begun: 1\n", [])
