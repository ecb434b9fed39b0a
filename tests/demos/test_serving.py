"""`wirelens demo` as a process: what it prints, how it ends, and who dies with whom."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import pytest

from wirelens import bundled
from wirelens.demos.catalogue import DEMOS
from wirelens.engine.demo_servers import DEMO_NAMES


@contextmanager
def demo(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [*bundled.this_program(), "demo", *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bundled.child_environment(dict(os.environ)),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def addresses(process: subprocess.Popen[str], count: int) -> dict[str, str]:
    """What the first lines say."""
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(count)]
    assert all(set(line) == {"name", "address"} for line in lines)
    return {line["name"]: line["address"] for line in lines}


def is_healthy(address: str) -> bool:
    with grpc.insecure_channel(address) as channel:
        answer: bytes = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=10)
        return answer == b"\x08\x01"


def test_the_catalogue_has_every_demo_and_every_file() -> None:
    assert tuple(DEMOS) == DEMO_NAMES
    assert all((bundled.protos() / proto).stat().st_size for demo in DEMOS.values() for proto in demo.protos)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_one_demo_serves_until_a_signal(number: signal.Signals, code: int) -> None:
    with demo("users") as process:
        address = addresses(process, 1)["users"]
        assert address.startswith("127.0.0.1:")
        assert is_healthy(address)
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (code, "", "")


def test_it_ends_with_standard_input_where_asked() -> None:
    with demo("fields", "--end-with-stdin") as process:
        addresses(process, 1)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_several_demos_have_ports_counted_up_and_die_alone() -> None:
    with free_ports(2) as first:
        pass
    with demo("users", "faults", "--port", str(first), "--end-with-stdin") as process:
        found = addresses(process, 2)
        assert found == {"users": f"127.0.0.1:{first}", "faults": f"127.0.0.1:{first + 1}"}
        with grpc.insecure_channel(found["faults"]) as channel:
            died = channel.unary_stream("/wirelens.demo.faults.v1.FaultService/Die")(b"", timeout=10)
            with pytest.raises(grpc.RpcError):
                list(died)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("faults was killed by SIGKILL after ")
        assert is_healthy(found["users"])
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


@contextmanager
def free_ports(count: int) -> Iterator[int]:
    """The first of `count` ports in a row that nobody uses."""
    for first in range(51_000, 60_000, 7):
        sockets = [socket.socket() for _ in range(count)]
        try:
            for offset, found in enumerate(sockets):
                found.bind(("127.0.0.1", first + offset))
        except OSError:
            continue
        else:
            yield first
            return
        finally:
            for found in sockets:
                found.close()


@pytest.mark.parametrize("names", [["users"], ["users", "fields"]])
def test_a_port_in_use_is_one_clear_line(names: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(*names, "--port", str(port)) as process:
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    (line,) = errors.splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line


def test_a_url_that_is_none_is_wrong_usage() -> None:
    with demo("llm", "--openai-url", "localhost") as process:
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
