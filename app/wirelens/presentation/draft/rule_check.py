"""The `buf.validate` rules that a draft breaks, found in a child process: no mistakes, it can be sent all the same."""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.messages.rule_process import RuleQuestion, rule_process
from wirelens.engine.messages.rules import has_rules
from wirelens.engine.messages.validation import NOTHING_FOUND, BrokenRule, RuleFindings
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text
from wirelens.presentation.draft.edits import value_at
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.places import place_in_form
from wirelens.presentation.draft.tree import MessageValue, Value
from wirelens.presentation.thread_worker import ThreadWorker

if TYPE_CHECKING:
    from wirelens.presentation.draft.draft import Draft

LARGEST_TEXT = 16 * 1024 * 1024  # characters; a child takes 0.3 s a million when measured
_SAID_AFTER = 600  # milliseconds that a check may take before it is spoken of
_TURN = 0.004  # seconds of work in one turn of the event loop


def broken_rules_text(broken: Sequence[BrokenRule], named: BrokenRule | None = None) -> str:
    """How many rules are broken, and one of them, the first by default: `2 rules broken; email: must be ...`.

    Empty where none is.
    """
    if not broken:
        return ""
    one = broken[0] if named is None else named
    place = f"{one.field_path}: " if one.field_path else ""
    return f"{count_text(len(broken), 'rule')} broken; {place}{_sentence(one)}"


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A broken rule in the draft's JSON text: characters from `offset` on, in `line` (1-based)."""

    sentence: str
    offset: int
    length: int
    line: int


class RuleCheck(QObject):
    """Checks `draft` some time after it has changed; while it has mistakes there is no message to be checked.

    `changed` follows whenever something else is found, and when a check takes long enough to be spoken of.
    """

    changed = Signal()

    def __init__(self, draft: "Draft", *, delay_ms: int) -> None:
        super().__init__(draft)
        self._draft = draft
        self._findings = NOTHING_FOUND
        self._sentences: dict[Path, str] = {}
        self._homeless: tuple[str, ...] = ()
        self._notes: tuple[RuleNote, ...] = ()
        self._checked: tuple[str, Schema] | None = None  # what was looked at last, or is being looked at
        self._found_in: str | None = None  # the text that the findings speak of
        self._schema: Schema | None = None
        self._has_rules = False
        asked = self._asked = _Asked()
        self._worker = ThreadWorker(self)
        self._later = QTimer(self, singleShot=True, interval=delay_ms)
        self._later.timeout.connect(self._check)
        self._is_slow = False
        self._say_later = QTimer(self, singleShot=True, interval=_SAID_AFTER)
        self._say_later.timeout.connect(self._say_that_it_checks)
        self._placing: Generator[None, None, None] | None = None
        self._place_soon = QTimer(self, singleShot=True, interval=0)
        self._place_soon.timeout.connect(self._go_on_placing)
        draft.changed.connect(self._on_draft_changed)
        self.destroyed.connect(lambda: asked.abandon())  # not of self, which is gone by then

    @property
    def broken(self) -> tuple[BrokenRule, ...]:
        """The rules that are broken, those of the message as a whole too."""
        return self._findings.broken

    @property
    def problem(self) -> str:
        """Why not all rules could be looked at, empty where they could."""
        return self._findings.problem

    @property
    def is_checking(self) -> bool:
        """Whether a check goes on that takes long enough to be spoken of."""
        return self._is_slow

    @property
    def homeless(self) -> tuple[str, ...]:
        """Sentences of broken rules that the form has no row for: those of the request as a whole."""
        return self._homeless

    def sentence_at(self, path: Path) -> str:
        """What the broken rules of a field, or of the oneof at `path`, say; empty where none is broken."""
        return self._sentences.get(path, "")

    def notes_in(self, text: str) -> tuple[RuleNote, ...] | None:
        """Where a JSON text shows the broken rules; None where it is not the text that was looked at.

        It is the same tuple until something else is found.
        """
        if not self._notes:
            return ()
        if text is not self._found_in and text != self._found_in:
            return None
        return self._notes

    def _on_draft_changed(self) -> None:
        schema = self._draft.schema
        if schema is not self._schema:
            self._schema, self._has_rules = schema, has_rules(schema)
        if self._has_rules and self._draft.is_reading:
            self._later.stop()  # until it is known what there is; what was found before stays and moves with the text
            self._asked.abandon()
            self._checked = None
        elif not self._has_rules or not self._draft.form_is_current or self._draft.mistakes:
            self._drop()
        elif self._checked != (self._draft.json_text(), schema):
            self._asked.abandon()
            self._later.start()

    def _drop(self) -> None:
        """Nothing can be said of the draft as it is."""
        self._later.stop()
        self._asked.abandon()
        self._checked = None
        self._take(NOTHING_FOUND, "")

    def _check(self) -> None:
        text, schema, name = self._draft.json_text(), self._draft.schema, self._draft.descriptor.full_name
        if not self._draft.form_is_current:
            return
        self._asked.abandon()
        self._checked = (text, schema)
        if len(text) > LARGEST_TEXT:
            most = f"{LARGEST_TEXT // 1024 // 1024} MB"
            self._take(RuleFindings(problem=f"the rules of requests over {most} of JSON are left to the server"), text)
            return
        question = self._asked.question = RuleQuestion(name, text)
        self._say_later.start()

        def deliver(findings: RuleFindings | None) -> None:
            if self._asked.question is question:
                self._take(NOTHING_FOUND if findings is None else findings, text)

        self._worker.run(lambda: rule_process(schema).check(question), deliver)

    def _say_that_it_checks(self) -> None:
        self._is_slow = self._asked.question is not None
        if self._is_slow:
            self.changed.emit()

    def _take(self, findings: RuleFindings, text: str) -> None:
        self._asked.question = None
        self._say_later.stop()
        was_slow, self._is_slow = self._is_slow, False
        self._place_soon.stop()
        self._placing = None
        if findings == self._findings:
            self._found_in = text
            if was_slow:
                self.changed.emit()
            return
        self._placing = self._placed(findings, text, self._draft.tree)
        self._go_on_placing()

    def _go_on_placing(self) -> None:
        """Find the rows of the form; where that is slow (keys of a large map) over some turns of the event loop."""
        assert self._placing is not None
        enough = time.perf_counter() + _TURN
        for _ in self._placing:
            if time.perf_counter() > enough:
                self._place_soon.start()
                return
        self._placing = None
        self.changed.emit()

    def _placed(self, findings: RuleFindings, text: str, tree: Value) -> Generator[None, None, None]:
        sentences: dict[Path, str] = {}
        homeless: list[str] = []
        for broken in findings.broken:
            path = _row_of(tree, broken)
            sentence = _sentence(broken)
            if path is None:
                homeless.append(f"{broken.field_path}: {sentence}" if broken.field_path else sentence)
            elif path in sentences:
                sentences[path] += f"; {sentence}"
            else:
                sentences[path] = sentence
            yield
        self._findings, self._found_in = findings, text
        self._sentences, self._homeless = sentences, tuple(homeless)
        self._notes = tuple(_notes(findings.broken))


class _Asked:
    """The question that is being answered; no QObject, so it can still be abandoned when its check is destroyed."""

    def __init__(self) -> None:
        self.question: RuleQuestion | None = None

    def abandon(self) -> None:
        """An answer to what was asked is worthless now."""
        question, self.question = self.question, None
        if question is not None:
            question.abandon()


def _sentence(broken: BrokenRule) -> str:
    return f"the key {broken.sentence}" if broken.for_key else broken.sentence


def _notes(broken: Sequence[BrokenRule]) -> Generator[RuleNote, None, None]:
    """One note for each place, in the order of the text; what is missing from the text is named."""
    sentences: dict[tuple[int, int, int], list[str]] = {}
    for one in broken:
        mark = one.mark
        if mark is not None:
            sentence = f"{mark.missing}: {_sentence(one)}" if mark.missing else _sentence(one)
            sentences.setdefault((mark.offset, mark.length, mark.line), []).append(sentence)
    for (offset, length, line), said in sorted(sentences.items()):
        yield RuleNote("; ".join(said), offset, length, line)


def _row_of(tree: Value, broken: BrokenRule) -> Path | None:
    """Where the form shows a broken rule; a oneof's row has the path of its message and its name."""
    place = place_in_form(tree, broken.field_path)
    if place.has_row and place.path:
        return place.path
    value = value_at(tree, place.path)
    name = broken.steps[-1] if broken.steps else ""
    if isinstance(value, MessageValue) and isinstance(name, str) and name in value.index.oneofs:
        return (*place.path, name)
    return None
