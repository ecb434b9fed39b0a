"""The command line is tried against the bundled demo servers, in this process where possible: a start costs time."""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest
from tests.command_line.outcome import Outcome, Wirelens

from wirelens.bundled import child_environment, this_program
from wirelens.command_line.program import run


class Demos(dict[str, str]):
    """Address of each demo by name; one that is asked for first is started, and ends with our end of its pipe."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def __missing__(self, name: str) -> str:
        process = subprocess.Popen(
            [*this_program(), "demo", name, "--end-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=child_environment(dict(os.environ)),
        )
        self._processes.append(process)
        assert process.stdout
        line = json.loads(process.stdout.readline())
        assert line["name"] == name
        self[name] = line["address"]
        return self[name]

    def end(self) -> None:
        for process in self._processes:
            process.communicate("", timeout=10)
            assert process.returncode == 0


@pytest.fixture(scope="session")
def demos() -> Iterator[dict[str, str]]:
    demos = Demos()
    yield demos
    demos.end()


@pytest.fixture
def wirelens(capsys: pytest.CaptureFixture[str]) -> Wirelens:
    """Runs a headless verb on this event loop: `await wirelens("list", address)`."""

    async def outcome(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = await run(arguments)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return outcome
