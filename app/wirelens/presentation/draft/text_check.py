"""Reading and checking a draft's JSON, at once where it is short and in a worker thread where it would be felt."""

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, Signal

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.protojson import checked_from_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.field_index import Structure, message_structure
from wirelens.presentation.draft.json_values import JsonObject, read_commented
from wirelens.presentation.draft.tree import Fragment, MessageValue, Value

READ_AT_ONCE = 256 * 1024  # characters; 10 ms a million when measured
CHECK_AT_ONCE = 4 * 1024  # characters; the check is Python, 1 ms a thousand when measured


@dataclass(frozen=True)
class Reading:
    """What came of a text: the tree, or the mistake that keeps it from being JSON of the message's form."""

    tree: Value | None
    problem: JsonError | None


@dataclass(frozen=True)
class Checked:
    """A text's mistakes; a text without any has its message's bytes where they were worth making beforehand."""

    mistakes: tuple[JsonError, ...]
    serialized: bytes | None = None


def read_text(text: str, descriptor: Descriptor, schema: Schema, previous: Value | None) -> Reading:
    """Read `text` into a tree; what JSON cannot say is taken over from `previous`."""
    try:
        plain = read_commented(text)
    except JsonError as error:
        return Reading(None, error)
    except (ValueError, RecursionError) as error:
        return Reading(None, _syntax_problem(text, descriptor, schema, error))
    if message_structure(descriptor) is not Structure.MESSAGE:
        return Reading(Fragment(plain), None)
    if isinstance(plain, JsonObject):
        return Reading(MessageValue.read(descriptor, plain, previous), None)
    problem = JsonError(f"{descriptor.name} is a JSON object, in {{ }}", line=1, column=1, offset=0, length=len(text))
    return Reading(None, problem)


def check_text(text: str, descriptor: Descriptor, schema: Schema, *, serialize: bool = False) -> Checked:
    """Everything ProtoJSON finds wrong in `text`."""
    message, mistakes = checked_from_json(text, descriptor, schema, comments=True)
    return Checked(tuple(mistakes), message.SerializePartialToString() if serialize and not mistakes else None)


class TextWorker(QObject):
    """One thread that works on one text after another and hands each result back on the window's thread."""

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor: ThreadPoolExecutor | None = None
        self._finished.connect(self._on_finished)

    def run(self, job: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        """Run `job` in the thread, then `deliver` its result here; an exception of `job` is raised here too."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draft")
        self._executor.submit(job).add_done_callback(lambda future: self._hand_over(future, deliver))

    def _hand_over(self, future: Future[Any], deliver: Callable[[Any], None]) -> None:
        try:
            self._finished.emit(future, deliver)
        except RuntimeError:
            pass  # the draft was closed in the meantime

    def _on_finished(self, future: Future[Any], deliver: Callable[[Any], None]) -> None:
        deliver(future.result())


def _syntax_problem(text: str, descriptor: Descriptor, schema: Schema, error: Exception) -> JsonError:
    """The mistake in the engine's words where the text is short enough to be read again for them."""
    if len(text) <= READ_AT_ONCE:
        _message, found = checked_from_json(text, descriptor, schema, comments=True)
        if found:
            return found[0]
    if isinstance(error, json.JSONDecodeError):
        return JsonError(error.msg, line=error.lineno, column=error.colno, offset=error.pos)
    sentence = str(error) if isinstance(error, ValueError) else "nested deeper than can be read"
    return JsonError(sentence, line=1, column=1, offset=0)
