"""Checks `buf.validate` rules in a child process, one for each schema that is asked about.

The child is started by the first question and reused. It ends with its schema, at `end_rule_processes`, and by itself
when this process ends in whatever way, since its standard input ends then.
"""

import atexit
import subprocess
import threading
import time
import weakref
from collections.abc import Mapping
from typing import BinaryIO

from wirelens.bundled import start_child
from wirelens.engine.messages.rule_child import decoded, read_frame, write_frame, write_schema
from wirelens.engine.messages.validation import RuleFindings
from wirelens.engine.schema.schema import Schema

LONGEST_CHECK = 10.0  # seconds
_TIME_TO_END = 1.0  # seconds that a child has after its pipes are closed, so that its own exit code is known
_WORTH_WAITING = 1.0  # seconds that an abandoned check may go on; starting another child costs about as much


class RuleQuestion:
    """What somebody wants to know, until the answer is worthless. Its methods may be called in any thread."""

    def __init__(self, message_name: str, text: str) -> None:
        self.message_name = message_name
        self.text = text
        self._is_abandoned = threading.Event()
        self._process: RuleProcess | None = None

    @property
    def is_abandoned(self) -> bool:
        return self._is_abandoned.is_set()

    def abandon(self) -> None:
        """The answer is not wanted any more: a check that has not begun never begins, one that takes long is ended."""
        self._is_abandoned.set()
        process = self._process
        if process is not None:
            process.forget(self)


class RuleProcess:
    """The child of one schema. `check` may be called in several threads and answers one after the other.

    Args:
        files: the schema's files, serialized.
        longest_check: seconds until a check is given up.
        worth_waiting: seconds that a check of an abandoned question may take before it is ended with its child.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        longest_check: float = LONGEST_CHECK,
        worth_waiting: float = _WORTH_WAITING,
    ) -> None:
        self._files = files
        self._longest_check = longest_check
        self._worth_waiting = worth_waiting
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._running: tuple[RuleQuestion, float] | None = None  # what the child works at, and since when
        self._killed: subprocess.Popen[bytes] | None = None  # the last child that was ended for an abandoned question
        self._closed = threading.Event()

    @property
    def process_id(self) -> int | None:
        """The child's process id while there is one."""
        child = self._child
        return None if child is None else child.pid

    def check(self, question: RuleQuestion) -> RuleFindings | None:
        """The rules that a message of JSON text breaks, each with its mark in the text; waits for the child.

        Never raises: what kept the rules from being checked is told in `problem`. None where the question was
        abandoned, or the program ends.
        """
        with self._one_at_a_time:
            while not (question.is_abandoned or self._closed.is_set()):
                try:
                    child = self._ready_child()
                    found = None if child is None else self._answer(child, question)
                except OSError as error:
                    reason = error.strerror or str(error)
                    return RuleFindings(problem=f"the check of the rules could not be started: {reason}")
                finally:
                    self._running = None
                if found is not None:
                    return found  # else the child was ended for the sake of an earlier question
            return None

    def is_checking(self, question: RuleQuestion) -> bool:
        """Whether the child works at `question`."""
        running = self._running
        return running is not None and running[0] is question

    def forget(self, question: RuleQuestion) -> None:
        """End the child if it works at `question` for longer than is worth waiting for."""
        running = self._running
        if running is None or running[0] is not question:
            return
        left = running[1] + self._worth_waiting - time.monotonic()
        if left <= 0:
            self._killed = self._child
            self._kill()
            return
        again = threading.Timer(left, self.forget, [question])
        again.daemon = True
        again.start()

    def close(self) -> None:
        """End the child for good, in mid-check too, and wait until it is gone (some milliseconds)."""
        self._closed.set()
        self._kill()
        with self._one_at_a_time:
            self._clear_away()

    def close_soon(self) -> None:
        """As `close`, from where nobody may wait, such as the garbage collection."""
        if self._child is not None:
            threading.Thread(target=self.close, name="end a check of rules", daemon=True).start()

    # -- inside: whoever holds `_one_at_a_time`, but for `_kill`

    def _ready_child(self) -> "subprocess.Popen[bytes] | None":
        """The child, started if there is none or the last one died; None where it was ended while it started."""
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._clear_away()
        self._child = start_child("--rules-child", str(self._longest_check))
        if self._closed.is_set():  # meanwhile
            self._clear_away()
            return None
        questions, answers = _pipes(self._child)
        try:
            write_schema(questions, self._files)
            read_frame(answers)
        except (EOFError, OSError):
            exit_code = self._clear_away()
            if self._closed.is_set():
                return None
            raise OSError(f"its process ended with exit code {exit_code}") from None
        return self._child

    def _answer(self, child: "subprocess.Popen[bytes]", question: RuleQuestion) -> RuleFindings | None:
        begun = time.monotonic()
        questions, answers = _pipes(child)
        try:
            write_frame(questions, question.message_name.encode())
            write_frame(questions, question.text.encode("utf-8", "surrogatepass"))
            self._running = question, begun
            question._process = self
            if question.is_abandoned:  # before it was known which child to end
                self.forget(question)
            return decoded(read_frame(answers))
        except (EOFError, OSError):
            exit_code = self._clear_away()
        if question.is_abandoned or self._closed.is_set() or child is self._killed:
            return None
        if time.monotonic() - begun >= self._longest_check:
            return RuleFindings(
                problem=f"the rules could not be checked within {self._longest_check:g} s; they are left to the server"
            )
        return RuleFindings(problem=f"the check of the rules broke off with exit code {exit_code}")

    def _kill(self) -> None:
        child = self._child
        if child is not None:
            child.kill()

    def _clear_away(self) -> int | None:
        """Leave neither process nor pipe behind; the child's exit code."""
        child, self._child = self._child, None
        if child is None:
            return None
        for pipe in _pipes(child):
            try:
                pipe.close()
            except OSError:
                pass  # what was not written yet, to a process that is gone
        try:
            return child.wait(_TIME_TO_END)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


_processes: "weakref.WeakKeyDictionary[Schema, RuleProcess]" = weakref.WeakKeyDictionary()
_processes_lock = threading.Lock()


def rule_process(schema: Schema) -> RuleProcess:
    """The process that checks the rules of `schema`; it ends when the schema is gone."""
    with _processes_lock:
        process = _processes.get(schema)
        if process is None:
            process = _processes[schema] = RuleProcess(schema.files)
            weakref.finalize(schema, process.close_soon).atexit = False
        return process


@atexit.register
def end_rule_processes() -> None:
    """End every child and wait until it is gone, some milliseconds each; questions that wait get no answer."""
    with _processes_lock:
        processes = list(_processes.values())
        _processes.clear()
    for process in processes:
        process.close()


def _pipes(child: "subprocess.Popen[bytes]") -> tuple[BinaryIO, BinaryIO]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin, child.stdout  # type: ignore[return-value]  # typeshed calls them IO[bytes]
