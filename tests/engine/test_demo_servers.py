"""Demo servers as child processes: they serve, say how they ended, and none outlives its parent."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wirelens import bundled
from wirelens.engine.demo_servers import DEMO_NAMES, DEMO_TITLES, DemoServer, DemoState
from wirelens.engine.errors import DemoServerError

SERVES = 'print(\'{"name": "users", "address": "127.0.0.1:1"}\', flush=True)\n'
UNTIL_STDIN_ENDS = "import sys; sys.stdin.read()\n"


def can_connect(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as connection:
        return connection.connect_ex((host, int(port))) == 0


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


async def until_changed_to(server: DemoServer, state: DemoState) -> None:
    async with asyncio.timeout(10):
        while server.state is not state:
            await server.wait_changed()


@pytest.fixture
async def users() -> AsyncIterator[DemoServer]:
    server = DemoServer("users")
    yield server
    await server.stop()


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Pretend":
    return Pretend(tmp_path / "program.py", monkeypatch)


class Pretend:
    """Puts a small script in place of the program, for children that misbehave."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        self._monkeypatch = monkeypatch

    def __call__(self, script: str, *, program: str = sys.executable) -> None:
        self._path.write_text(script)
        self._monkeypatch.setattr(bundled, "this_program", lambda: [program, str(self._path)])


def test_every_demo_has_a_title() -> None:
    assert DEMO_NAMES == ("users", "llm", "files", "chat", "fields", "faults")
    assert all(DEMO_TITLES.values())


async def test_a_server_serves_until_it_is_stopped(users: DemoServer) -> None:
    assert (users.state, users.title, users.address) == (DemoState.STOPPED, "Users", None)
    await users.start()
    assert users.state is DemoState.SERVING
    assert users.address is not None
    assert users.outcome == f"serves at {users.address}"
    assert can_connect(users.address)
    process_id, address = users.process_id, users.address
    assert process_id is not None
    await users.start()  # it does already
    assert users.process_id == process_id
    await users.stop()
    assert (users.state, users.outcome, users.address, users.process_id) == (DemoState.STOPPED, "stopped", None, None)
    assert not is_alive(process_id)  # not even as a zombie
    assert not can_connect(address)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
async def test_a_server_that_is_killed_says_so_and_can_be_started_again(users: DemoServer) -> None:
    await users.start()
    assert users.process_id is not None
    os.kill(users.process_id, signal.SIGKILL)
    await until_changed_to(users, DemoState.FAILED)
    assert users.outcome.startswith("was killed by SIGKILL after ")
    assert users.address is None
    await users.start()
    assert users.state is DemoState.SERVING


async def test_a_port_in_use_is_a_clear_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = DemoServer("users", port=port)
        with pytest.raises(DemoServerError) as failed:
            await server.start()
    assert server.state is DemoState.FAILED
    assert server.outcome.startswith("exited with code 1 after ")
    assert f"127.0.0.1:{port}" in server.outcome
    assert "in use" in failed.value.one_line()
    assert len(server.output) == 1


async def test_the_last_lines_are_kept(pretend: Pretend) -> None:
    pretend(SERVES + "for number in range(500): print('line', number)\n" + UNTIL_STDIN_ENDS)
    server = DemoServer("users")
    await server.start()
    await server.stop()
    assert list(server.output) == [f"line {number}" for number in range(300, 500)]


async def test_the_outcome_has_the_last_line_of_standard_error(pretend: Pretend) -> None:
    pretend("import sys; print('first'); sys.exit('a clear word')")
    server = DemoServer("users")
    with pytest.raises(DemoServerError):
        await server.start()
    assert server.outcome.startswith("exited with code 1 after ")
    assert server.outcome.endswith(": a clear word")


async def test_lines_that_look_like_the_address_and_are_not(pretend: Pretend) -> None:
    lines = ["{", "[1]", '{"name": "other", "address": "x"}', '{"name": "users"}']
    pretend(f"for line in {lines}: print(line)\n" + SERVES + UNTIL_STDIN_ENDS)
    server = DemoServer("users")
    await server.start()
    assert server.address == "127.0.0.1:1"
    assert list(server.output) == lines
    await server.stop()


async def test_a_program_that_is_not_there(pretend: Pretend) -> None:
    pretend("", program="no-such-program-anywhere")
    server = DemoServer("users")
    with pytest.raises(DemoServerError, match="could not be started: No such file"):
        await server.start()
    assert server.state is DemoState.FAILED


async def test_a_server_that_stays_silent_is_given_up(pretend: Pretend) -> None:
    pretend(UNTIL_STDIN_ENDS)
    server = DemoServer("users", start_timeout=0.2)
    with pytest.raises(DemoServerError, match=r"did not serve within 0\.2 s"):
        await server.start()
    assert (server.state, server.process_id) == (DemoState.FAILED, None)


async def test_a_server_that_does_not_stop_is_killed(pretend: Pretend) -> None:
    pretend(SERVES + "import time\nwhile True: time.sleep(1)")
    server = DemoServer("users", stop_timeout=0.1)
    await server.start()
    process_id = server.process_id
    assert process_id is not None
    await server.stop()
    assert server.state is DemoState.STOPPED
    assert not is_alive(process_id)


async def test_a_start_that_is_cancelled_leaves_no_process(pretend: Pretend) -> None:
    pretend("import os; print(os.getpid(), flush=True)\n" + UNTIL_STDIN_ENDS)
    server = DemoServer("users")
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(server.start())
        async with asyncio.timeout(10):
            while not server.output:
                await server.wait_changed()
        starting.cancel()
    await until_changed_to(server, DemoState.STOPPED)
    assert not is_alive(int(server.output[0]))


async def test_a_stop_while_it_starts(pretend: Pretend) -> None:
    pretend(UNTIL_STDIN_ENDS)
    server = DemoServer("users")
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(outcome_of_start(server))
        await until_changed_to(server, DemoState.STARTING)
        await server.stop()
        assert await starting == "stopped"
    assert server.state is DemoState.STOPPED


async def outcome_of_start(server: DemoServer) -> str:
    with pytest.raises(DemoServerError):
        await server.start()
    return server.outcome


async def test_stopping_what_never_ran_does_nothing() -> None:
    server = DemoServer("users")
    await server.stop()
    assert (server.state, server.outcome) == (DemoState.STOPPED, "not started")


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_no_server_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio\n"
        "from wirelens.engine.demo_servers import DemoServer\n"
        "async def main():\n"
        "    server = DemoServer('llm')\n"
        "    await server.start()\n"
        "    print(server.process_id, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = bundled.child_environment(dict(os.environ))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        process_id = int(parent.stdout.readline())
        assert is_alive(process_id)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(process_id) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(process_id)


def is_running(process_id: int) -> bool:
    """Whether it runs; an orphan that nobody reaps, as in a container without init, has ended too."""
    status = Path(f"/proc/{process_id}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    return is_alive(process_id)
