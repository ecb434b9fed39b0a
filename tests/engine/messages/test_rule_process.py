"""The check of rules in a child process: its answers, its end, and what becomes of a check that takes too long."""

import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.engine.messages.ruled import load_ruled, slow_json, write_ruled

from wirelens.engine.messages.rule_process import RuleProcess, RuleQuestion, end_rule_processes, rule_process
from wirelens.engine.messages.validation import RuleFindings
from wirelens.engine.schema.file_table import FileTable
from wirelens.engine.schema.schema import Origin, Schema

APP = Path(__file__).resolve().parents[3] / "app"
ENDLESS = slow_json(60_000)
needs_descriptors = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="descriptors of processes are Linux' own")


@pytest.fixture(scope="module")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return await load_ruled(tmp_path_factory.mktemp("ruled"))


@pytest.fixture
def process(ruled: Schema) -> Iterator[RuleProcess]:
    process = RuleProcess(ruled.files, longest_check=60, worth_waiting=0)
    yield process
    process.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def until_checking(process: RuleProcess, question: RuleQuestion) -> None:
    while not process.is_checking(question):
        pass


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def ends(process_descriptor: int) -> bool:
    """Whether a process ends within ten seconds."""
    readable, _, _ = select.select([process_descriptor], [], [], 10)
    os.close(process_descriptor)
    return bool(readable)


def paths(findings: RuleFindings | None) -> list[str]:
    assert findings is not None
    assert findings.problem == ""
    return [one.field_path for one in findings.broken]


def pair(low: int) -> RuleQuestion:
    return RuleQuestion("ruled.v1.Pair", json.dumps({"low": low, "high": 2, "left": "l"}))


def test_one_child_answers_all_questions(process: RuleProcess) -> None:
    assert process.process_id is None, "it is started by the first question"
    findings = process.check(pair(5))
    assert paths(findings) == [""]
    assert findings is not None
    assert findings.broken[0].sentence == "low must not be above high"
    assert findings.broken[0].rule_id == "pair.order"
    first = process.process_id
    assert first is not None
    stock = RuleQuestion("ruled.v1.Many", '{"tags": ["aa", "bb"], "stock": {"zoë-😀": 1}, "byNumber": {"-7": {}}}')
    findings = process.check(stock)
    assert findings is not None
    assert {one.steps: one.for_key for one in findings.broken} == {
        ("stock", ("zoë-😀",)): True,
        ("by_number", (-7,), "way"): False,
    }
    assert paths(process.check(pair(1))) == []
    assert process.process_id == first


def test_questions_of_several_threads_get_their_own_answers(process: RuleProcess, threads: ThreadPoolExecutor) -> None:
    found = list(threads.map(lambda low: paths(process.check(pair(low))), range(40)))
    assert found == [[""] if low > 2 else [] for low in range(40)]


def test_a_child_that_died_is_replaced(process: RuleProcess) -> None:
    process.check(pair(1))
    first = process.process_id
    assert first is not None
    os.kill(first, getattr(signal, "SIGKILL", signal.SIGTERM))
    while process.check(pair(1)) != RuleFindings():  # it dies before, between or after
        pass
    assert paths(process.check(pair(5))) == [""]
    assert process.process_id != first


def test_a_check_that_takes_too_long_is_given_up_and_the_next_one_answered(ruled: Schema) -> None:
    process = RuleProcess(ruled.files, longest_check=0.5)
    try:
        assert process.check(RuleQuestion("ruled.v1.Slow", ENDLESS)) == RuleFindings(
            problem="the rules could not be checked within 0.5 s; they are left to the server"
        )
        assert paths(process.check(pair(5))) == [""]
    finally:
        process.close()


def test_an_abandoned_check_is_ended_for_the_next_one(process: RuleProcess, threads: ThreadPoolExecutor) -> None:
    process.check(pair(1))
    first = process.process_id
    endless = RuleQuestion("ruled.v1.Slow", ENDLESS)
    waiting = threads.submit(process.check, endless)
    until_checking(process, endless)
    following = threads.submit(process.check, pair(5))
    endless.abandon()
    assert waiting.result() is None
    assert paths(following.result()) == [""]
    assert process.process_id != first


def test_an_abandoned_check_that_is_nearly_done_keeps_its_child(ruled: Schema, threads: ThreadPoolExecutor) -> None:
    process = RuleProcess(ruled.files, worth_waiting=60)
    try:
        process.check(pair(1))
        first = process.process_id
        question = RuleQuestion("ruled.v1.Slow", slow_json(300))
        waiting = threads.submit(process.check, question)
        until_checking(process, question)
        question.abandon()
        waiting.result()
        assert paths(process.check(pair(5))) == [""]
        assert process.process_id == first
    finally:
        process.close()


def test_a_question_that_was_abandoned_before_is_never_asked(process: RuleProcess) -> None:
    question = pair(5)
    question.abandon()
    assert process.check(question) is None
    assert process.process_id is None


@needs_descriptors
def test_closing_ends_a_check_and_leaves_neither_process_nor_pipe(ruled: Schema, threads: ThreadPoolExecutor) -> None:
    process = RuleProcess(ruled.files)
    process.check(pair(1))
    files = open_files()
    assert process.process_id is not None
    child = process.process_id
    descriptor = os.pidfd_open(child)
    endless = RuleQuestion("ruled.v1.Slow", ENDLESS)
    waiting = threads.submit(process.check, endless)
    until_checking(process, endless)
    process.close()
    assert waiting.result() is None
    assert ends(descriptor)
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)  # nothing is left to be waited for
    assert open_files() == files - 2
    assert process.check(pair(5)) is None


@needs_descriptors
def test_the_child_ends_with_its_schema(ruled: Schema) -> None:
    schema = Schema(FileTable(ruled.files), (), Origin("the same once more"))
    process = rule_process(schema)
    process.check(pair(1))
    assert process.process_id is not None
    child = os.pidfd_open(process.process_id)
    del schema
    gc.collect()
    assert ends(child)


@needs_descriptors
def test_all_children_are_ended_together_and_started_anew(ruled: Schema) -> None:
    process = rule_process(ruled)
    same = rule_process(ruled)
    assert same is process
    process.check(pair(1))
    assert process.process_id is not None
    child = os.pidfd_open(process.process_id)
    end_rule_processes()
    assert ends(child)
    assert paths(rule_process(ruled).check(pair(5))) == [""]
    end_rule_processes()


def test_a_child_that_cannot_be_started_is_said(ruled: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    process = RuleProcess(ruled.files)
    findings = process.check(pair(5))
    assert findings is not None
    assert findings.broken == ()
    assert "could not be started: No such file" in findings.problem
    process.close()


def test_a_child_that_ends_at_once_is_said(ruled: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirelens.bundled.this_program", lambda: [sys.executable, "-c", "exit(3)"])
    process = RuleProcess(ruled.files)
    findings = process.check(pair(5))
    assert findings is not None
    assert findings.problem == "the check of the rules could not be started: its process ended with exit code 3"
    process.close()


_PARENT = """
import asyncio, sys, threading
from pathlib import Path
from wirelens.engine.messages.rule_process import RuleProcess, RuleQuestion
from wirelens.engine.schema.proto_files import load_proto_files

schema = asyncio.run(load_proto_files([Path(sys.argv[1])]))
process = RuleProcess(schema.files, longest_check=float(sys.argv[2]))
assert process.check(RuleQuestion("ruled.v1.Free", "{}")) is not None
question = RuleQuestion("ruled.v1.Slow", Path(sys.argv[3]).read_text())
threading.Thread(target=process.check, args=[question], daemon=True).start()
while question.text != "{}" and not process.is_checking(question):
    pass
print(process.process_id, flush=True)
sys.stdin.read()
"""


@needs_descriptors
@pytest.mark.parametrize("text", ["{}", ENDLESS], ids=["idle", "in mid-check"])
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "text.json"
    path.write_text(text)
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(write_ruled(tmp_path)), "2", str(path)],
        env={**os.environ, "PYTHONPATH": str(APP)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    assert ends(child)
