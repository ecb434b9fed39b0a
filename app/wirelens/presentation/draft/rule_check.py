"""The `buf.validate` rules that a draft breaks, found in the background: no mistakes, it can be sent all the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import JsonError, MessageError
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.messages.rules import has_rules
from wirelens.engine.messages.validation import NOTHING_FOUND, BrokenRule, RuleFindings, broken_rules
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.amounts import count_text
from wirelens.presentation.draft.edits import value_at
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.places import place_in_form
from wirelens.presentation.draft.tree import MessageValue, Value
from wirelens.presentation.thread_worker import ThreadWorker

if TYPE_CHECKING:
    from wirelens.presentation.draft.draft import Draft

_LARGEST_TEXT = 512 * 1024  # characters; reading more for the rules' sake is not worth the work


def broken_rules_text(broken: Sequence[BrokenRule]) -> str:
    """How many rules are broken, and the first of them: `2 rules broken; email: must be ...`; empty for none."""
    if not broken:
        return ""
    first = broken[0]
    place = f"{first.field_path}: " if first.field_path else ""
    return f"{count_text(len(broken), 'rule')} broken; {place}{first.sentence}"


class RuleCheck(QObject):
    """Checks `draft` some time after it has changed; while it has mistakes there is no message to be checked.

    `changed` follows whenever something else is found.
    """

    changed = Signal()

    def __init__(self, draft: "Draft", *, delay_ms: int) -> None:
        super().__init__(draft)
        self._draft = draft
        self._findings = NOTHING_FOUND
        self._sentences: dict[Path, str] = {}
        self._homeless: tuple[str, ...] = ()
        self._checked: tuple[str, Schema] | None = None  # what was looked at last, or is being looked at
        self._schema: Schema | None = None
        self._has_rules = False
        self._worker = ThreadWorker(self)
        self._later = QTimer(self, singleShot=True, interval=delay_ms)
        self._later.timeout.connect(self._check)
        draft.changed.connect(self._on_draft_changed)

    @property
    def broken(self) -> tuple[BrokenRule, ...]:
        """The rules that are broken, those of the message as a whole too."""
        return self._findings.broken

    @property
    def problem(self) -> str:
        """Why not all rules could be looked at, empty where they could."""
        return self._findings.problem

    @property
    def homeless(self) -> tuple[str, ...]:
        """Sentences of broken rules that the form has no row for: those of the request as a whole."""
        return self._homeless

    def sentence_at(self, path: Path) -> str:
        """What the broken rules of a field, or of the oneof at `path`, say; empty where none is broken."""
        return self._sentences.get(path, "")

    def _on_draft_changed(self) -> None:
        schema = self._draft.schema
        if schema is not self._schema:
            self._schema, self._has_rules = schema, has_rules(schema)
        if not self._has_rules:
            self._take(NOTHING_FOUND)
        elif not self._draft.form_is_current or self._draft.mistakes:
            self._checked = None
            self._take(NOTHING_FOUND)
        elif self._checked != (self._draft.json_text(), schema):
            self._later.start()

    def _check(self) -> None:
        text, descriptor, schema = self._draft.json_text(), self._draft.descriptor, self._draft.schema
        if not self._draft.form_is_current:
            return
        if len(text) > _LARGEST_TEXT:
            self._checked = None
            self._take(NOTHING_FOUND)  # what was found before was in another text
            return
        asked = self._checked = (text, schema)

        def deliver(findings: RuleFindings) -> None:
            if self._checked is asked and self._draft.json_text() == text:
                self._take(findings)

        self._worker.run(lambda: _findings_of(text, descriptor, schema), deliver)

    def _take(self, findings: RuleFindings) -> None:
        if findings == self._findings:
            return
        self._findings, self._sentences = findings, {}
        homeless: list[str] = []
        for broken in findings.broken:
            path = _row_of(self._draft.tree, broken)
            sentence = f"the key {broken.sentence}" if broken.for_key else broken.sentence
            if path is None:
                homeless.append(f"{broken.field_path}: {sentence}" if broken.field_path else sentence)
            elif path in self._sentences:
                self._sentences[path] += f"; {sentence}"
            else:
                self._sentences[path] = sentence
        self._homeless = tuple(homeless)
        self.changed.emit()


def _findings_of(text: str, descriptor: Descriptor, schema: Schema) -> RuleFindings:
    try:
        message = message_from_json(text, descriptor, schema, comments=True)
    except (JsonError, MessageError):
        return NOTHING_FOUND  # the mistake is said, and comes first
    return broken_rules(message, schema)


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
