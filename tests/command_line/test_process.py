"""The real command in a process of its own: live standard input, Ctrl+C, a reader who leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest

import wirelens
from wirelens.__main__ import main
from wirelens.bundled import child_environment, this_program

FIELDS = "wirelens.demo.fields.v1.FieldService"
FAULTS = "wirelens.demo.faults.v1.FaultService"
USERS = "wirelens.demo.users.v1.UserService"


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`wirelens ARGUMENTS` with pipes; it must have ended by itself when the block does."""
    process = subprocess.Popen(
        [*this_program(), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(dict(os.environ)),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def say(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin
    process.stdin.write(text)
    process.stdin.flush()


def line_of(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout
    line = json.loads(process.stdout.readline())
    assert isinstance(line, dict)
    return line


def has_open_file_below(folder: Path, process_id: int) -> bool:
    """Whether the process holds a file of `folder` open, deleted ones included."""
    for link in Path(f"/proc/{process_id}/fd").iterdir():
        try:
            if os.readlink(link).startswith(str(folder)):
                return True
        except FileNotFoundError:
            pass  # closed meanwhile
    return False


def test_both_sides_stream_live(demos: dict[str, str]) -> None:
    call = ["call", demos["fields"], f"{FIELDS}/EchoStream", "-d", "-", "--output", "ndjson"]
    with command(*call) as process:
        say(process, '{"int32Value": 1}\n')
        assert line_of(process) == {"int32Value": 1}  # the answer is there while our side is still open
        say(process, '{"int32')
        say(process, 'Value": 2} {"int32Value": 3}')
        assert line_of(process) == {"int32Value": 2}
        assert line_of(process) == {"int32Value": 3}
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")


def test_a_mistake_on_standard_input_ends_the_call_with_its_place(demos: dict[str, str]) -> None:
    call = ["call", demos["fields"], f"{FIELDS}/EchoStream", "-d", "-", "--events"]
    with command(*call) as process:
        out, err = process.communicate('{"int32Value": 1}\n\n{"int33Value": 1}\n', timeout=10)
        assert process.returncode == 1
        assert "<stdin>:3:2" in err
        assert len(err.splitlines()) == 1
        assert json.loads(out.splitlines()[-1])["code_name"] == "CANCELLED"


def test_standard_input_of_a_unary_call_is_read_to_its_end(demos: dict[str, str]) -> None:
    with command("call", demos["users"], f"{USERS}/GetUser", "-d", "-") as process:
        out, _ = process.communicate('{\n "id": 42\n}\n', timeout=10)
        assert json.loads(out)["id"] == "42"


def test_the_server_ends_the_call_while_standard_input_is_open(demos: dict[str, str]) -> None:
    upload = "wirelens.demo.files.v1.FileService/Upload"
    with command("call", demos["files"], upload, "-d", "-") as process:
        say(process, '{"chunk": "AAAA"}\n')  # no name: refused at once
        assert process.wait(timeout=10) == 64 + 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_cancels_the_call_and_tells_its_end(demos: dict[str, str]) -> None:
    flood = '{"count": 0, "size": 1, "interval": "0.01s"}'
    with command("call", demos["faults"], f"{FAULTS}/Flood", "-d", flood, "--events") as process:
        while line_of(process)["event"] != "message":
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 130
        assert json.loads(out.splitlines()[-1])["code_name"] == "CANCELLED"
        assert err == ""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files as Linux shows them")
def test_ctrl_c_twice_ends_also_a_write_that_nobody_reads(
    demos: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    flood = '{"count": 0, "size": 50000}'
    with command("call", demos["faults"], f"{FAULTS}/Flood", "-d", flood) as process:
        while not has_open_file_below(tmp_path, process.pid):  # so the pipe has long been full
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
        # Two signals that come before the first is handled are one: a person presses again.
        assert pressed_until_it_ends(process, signal.SIGINT) == 130
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


def pressed_until_it_ends(process: "subprocess.Popen[str]", number: signal.Signals) -> int:
    """The exit code of a process that gets the signal again and again."""
    for _press in range(50):
        process.send_signal(number)
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("the process does not end")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_before_the_call_began() -> None:
    with (
        create_server(("127.0.0.1", 0)) as silent,  # accepts nothing: reflection waits
        command("list", f"127.0.0.1:{silent.getsockname()[1]}") as process,
    ):
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        connection.close()
        assert process.returncode == 130
        assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["list", "localhost:50051"], []], ids=["verb", "window"])
def test_ctrl_c_while_the_program_is_being_imported(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    for name in ("command_line", "desktop"):
        monkeypatch.setattr(wirelens, name, Interrupted(), raising=False)
    assert main(arguments) == 130


def test_a_reader_who_leaves_ends_the_call_quietly(demos: dict[str, str]) -> None:
    flood = '{"count": 0, "size": 1000}'
    with command("call", demos["faults"], f"{FAULTS}/Flood", "-d", flood, "--output", "ndjson") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at open files as Linux shows them")
def test_a_kill_in_mid_stream_leaves_no_file_behind(
    demos: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    flood = '{"count": 0, "size": 50000}'
    with command("call", demos["faults"], f"{FAULTS}/Flood", "-d", flood) as process:
        # Nobody reads the output, so that more comes in than memory is meant to hold.
        while not has_open_file_below(tmp_path, process.pid):
            time.sleep(0.01)
        assert process.poll() is None
        process.kill()
        process.wait(timeout=10)
    assert list(tmp_path.iterdir()) == []


def test_a_refused_connection_leaves_grpcs_own_lines_out() -> None:
    with command("list", "grpcs://127.0.0.1:1") as process:
        _, err = process.communicate(timeout=10)
        assert process.returncode == 64 + 14
        assert len(err.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize(
    ("closed", "code"),
    [(">&-", 0), ("<&-", 0), (">/dev/full", 1), (">&- 2>&-", 0)],
    ids=["stdout", "stdin", "full", "stdout and stderr"],
)
@pytest.mark.parametrize("kind", ["count", "ndjson"])
def test_closed_streams(demos: dict[str, str], closed: str, code: int, kind: str) -> None:
    if closed == "<&-":  # no message goes out, none comes back
        arguments, output = [demos["fields"], f"{FIELDS}/EchoStream", "-d", "-"], "0\n" if kind == "count" else ""
    else:
        arguments, output = [demos["faults"], f"{FAULTS}/Flood", "-d", '{"count": 3}'], ""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *this_program(), "call", *arguments, "--output", kind],
        capture_output=True,
        text=True,
        timeout=20,
        env=child_environment(dict(os.environ)),
    )
    assert (done.returncode, done.stdout) == (code, output)
    assert "fault within" not in done.stderr
    assert ("No space left" in done.stderr) == (closed == ">/dev/full")


def test_waiting_for_a_server_that_comes_later_includes_its_reflection() -> None:
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with command("call", f"127.0.0.1:{port}", f"{FIELDS}/Echo", "--wait-for-ready", "--output", "ndjson") as call:
        with pytest.raises(subprocess.TimeoutExpired):
            call.wait(0.7)  # long enough to have been refused
        with command("demo", "fields", "--port", str(port), "--end-with-stdin") as demo:
            line_of(demo)
            out, err = call.communicate(timeout=20)
            assert (call.returncode, out, err) == (0, "{}\n", "")
