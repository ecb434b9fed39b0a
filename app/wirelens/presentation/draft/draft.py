"""The request message being edited: one draft behind the form, the JSON text and what is sent."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import JsonError
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import outgoing, saved_state, text_check
from wirelens.presentation.draft.background_reading import BackgroundReading
from wirelens.presentation.draft.edited_fields import EditedFields
from wirelens.presentation.draft.field_filter import FieldFilter
from wirelens.presentation.draft.field_focus import FieldFocus
from wirelens.presentation.draft.json_values import Unfinished
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.places import Place, place_in_form
from wirelens.presentation.draft.rule_check import RuleCheck
from wirelens.presentation.draft.snapshot import Snapshot, new_history
from wirelens.presentation.draft.snapshot_reading import SnapshotReader
from wirelens.presentation.draft.text_layout import indented_json, strict_json
from wirelens.presentation.draft.wire_reading import WIRE_READ_AT_ONCE
from wirelens.presentation.history import History
from wirelens.presentation.later import Later


class Draft(EditedFields):
    """A tree of field states beside the JSON text and the bytes; the protobuf message is derived from them.

    `changed` follows any change, once for all the changes of one turn of the event loop, and again when a large text
    has been read or checked in the background.

    `rules` has the `buf.validate` rules that it breaks; they are no mistakes. `filter` is what its form shows of it.
    """

    changed = Signal()

    def __init__(
        self, descriptor: Descriptor, schema: Schema, *, delay_ms: int = 250, parent: QObject | None = None
    ) -> None:
        super().__init__(descriptor, schema, parent)
        self.focus = FieldFocus(self)
        self._placed: tuple[JsonError, ...] | None = None
        self._sentences: dict[Path, str] = {}
        self._homeless: JsonError | None = None
        self._reading = BackgroundReading(self, delay_ms=delay_ms)
        self._tell = QTimer(self, singleShot=True, interval=0)
        self._tell.timeout.connect(self.changed)
        self.replaced.connect(self._tell.start)
        self._reading.found.connect(self._tell.start)
        self.filter = FieldFilter(self, self)
        self.rules = RuleCheck(self, delay_ms=delay_ms // 2)
        self.rules.changed.connect(self._tell.start)

    def strict_json(self) -> str:
        """The JSON for others to read: without comments and trailing commas, where it is JSON at all."""
        return strict_json(self.json_text())

    # -- what is wrong

    @property
    def mistakes(self) -> tuple[JsonError, ...]:
        """What is wrong, by place in the text. A large text's are found in the background and come with `changed`."""
        return self._reading.mistakes

    @property
    def is_checked(self) -> bool:
        """Whether `mistakes` is known to be complete."""
        return self._reading.is_checked

    def mistake_at(self, path: Path) -> str:
        """The sentence to say at a field, empty where nothing is wrong with it."""
        value = self.value(path)
        if isinstance(value, Unfinished):
            return value.sentence
        self._place_mistakes()
        return self._sentences.get(path, "")

    def rule_at(self, path: Path) -> str:
        """What the broken rules of a field, or of a oneof, say; empty where it keeps them."""
        return self.rules.sentence_at(path)

    @property
    def homeless_mistake(self) -> JsonError | None:
        """The first mistake that the form has no row for: a name that is no field, a field that is given twice."""
        self._place_mistakes()
        return self._homeless

    def place_of(self, mistake: JsonError) -> Place:
        """Where a mistake is in the form."""
        return place_in_form(self.tree, mistake.field_path)

    def _place_mistakes(self) -> None:
        """Sort the mistakes by place, once for each time they are found."""
        mistakes = self.mistakes
        if self._placed is mistakes:
            return
        self._placed, self._sentences, self._homeless = mistakes, {}, None
        for mistake in mistakes:
            place = self.place_of(mistake)
            if place.has_row:
                sentence = f"{mistake.message}; {mistake.next_step}" if mistake.next_step else mistake.message
                self._sentences.setdefault(place.path, sentence)
            elif self._homeless is None:
                self._homeless = mistake

    # -- what is sent

    def message(self) -> Message:
        """The message as it would be sent.

        Raises:
            MessageError: something in the draft is no value; it names the place.
        """
        return self.messenger()()

    def messenger(self) -> Callable[[], Message]:
        """What `message` would do now, to be done in another thread where the message is a large one."""
        return partial(outgoing.message_of, *self._outgoing())

    def serialized(self) -> bytes:
        """The message's bytes; where bytes were edited last, exactly these.

        Raises:
            MessageError: something in the draft is no value, or a required field is unset; it names the place.
        """
        return self.serializer()()

    def serializer(self) -> Callable[[], bytes]:
        """What `serialized` would do now, to be done in another thread where the message is a large one."""
        return partial(outgoing.serialized, *self._outgoing())

    def _outgoing(self) -> tuple[Snapshot, str, Descriptor, Schema, bytes | None]:
        return self._history.present, self.json_text(), self.descriptor, self.schema, self._reading.serialized

    async def settled(self) -> None:
        """Wait until a large text has been read and checked, so that `message` costs no time."""
        await self._reading.settled()

    # -- edits of the text

    def set_json_text(self, text: str, *, is_typing: bool = True) -> None:
        """Take the text of the JSON editor, broken or not.

        What is typed in quick succession is one undo step; what is not, a paste or a replacement, is one by itself.
        """
        if text == self.json_text():
            return
        present = self._history.present
        name = "json" if is_typing else None
        if len(text) > text_check.READ_AT_ONCE:
            self._record(Snapshot(present.tree, text, is_read=False), name)
            return
        self._record(self._reader.from_text(text, present.tree), name)

    def format_json(self) -> None:
        """Indent the text anew, comments too; a broken one stays as it is."""
        if self.form_is_current:
            self._record(Snapshot(self.tree, indented_json(self.json_text())))

    # -- edits of the bytes

    def set_wire(self, data: bytes) -> None:
        """Take bytes as typed or pasted, a message or not; large ones are read in the background."""
        present = self._history.present
        if data == present.wire:
            return
        if len(data) > WIRE_READ_AT_ONCE:
            self._record(Snapshot(present.tree, wire=data, is_read=False), "wire")
            return
        self._record(self._reader.from_wire(data, present.tree), "wire")

    def revert_wire(self) -> None:
        """Give up bytes that are no message for the last message there was; undo brings them back."""
        if self.wire_mistake is not None:
            self._record(Snapshot(self.tree))

    # -- undo

    def can_undo(self) -> bool:
        return self._history.can_undo

    def can_redo(self) -> bool:
        return self._history.can_redo

    def undo(self) -> None:
        self._history.undo()
        self._on_present_replaced()

    def redo(self) -> None:
        self._history.redo()
        self._on_present_replaced()

    # -- keeping

    def state(self) -> dict[str, Any]:
        """Everything that was typed, as JSON can hold it, for the session file."""
        return saved_state.written(self._history.present, self.json_text())

    def state_for_later(self) -> Later:
        """The same, of what there is now: of a large text it takes long to write."""
        return Later(partial(saved_state.written, self._history.present, self.json_text()))

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave; what does not fit any more stays in the text and is marked."""
        self._record(self._reader.from_saved(state))
        self._history.forget()

    def rebase(self, descriptor: Descriptor, schema: Schema) -> None:
        """Go on with a newer schema. Everything typed stays, also in undo; what has no place now is marked."""
        self._reader = SnapshotReader(descriptor, schema)
        self._reading.begin_anew()
        self.refit(self._history)
        self._on_present_replaced()

    # -- several messages of one type

    def new_history(self, message: Message) -> History[Snapshot]:
        """The history of another message of this type, to be taken up later."""
        return new_history(Snapshot(self._reader.tree_of(message)))

    def restored_history(self, state: dict[str, Any]) -> History[Snapshot]:
        """The history of a message that `state` gave."""
        return new_history(self._reader.from_saved(state))

    def read_history(self, text: str) -> History[Snapshot]:
        """The same for a message that is JSON, broken or not."""
        return new_history(self._reader.from_text(text, None))

    def take_up(self, history: History[Snapshot]) -> None:
        """Go on with another message of the same type; the one that was edited stays in its own history."""
        if history is not self._history:
            self._history = history
            self._on_present_replaced()

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Go back to a state that this draft was in, as one more step of undo."""
        self._record(snapshot)

    def refit(self, history: History[Snapshot]) -> None:
        """Have a message kept in `history` read by the present schema, each of its states when it is wanted."""
        history.rewrite(lambda snapshot: replace(snapshot, is_outdated=True))
