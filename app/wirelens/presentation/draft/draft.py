"""The request message being edited: one draft behind the form, the JSON text and what is sent."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.examples import empty_message, example_message, minimal_message
from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import edits, outgoing, saved_state, text_check
from wirelens.presentation.draft.field_focus import FieldFocus
from wirelens.presentation.draft.field_index import TYPE_KEY
from wirelens.presentation.draft.json_kinds import JsonValueKind, empty_value, kind_of, plain_of_kind
from wirelens.presentation.draft.json_values import Plain, Unfinished
from wirelens.presentation.draft.paths import Path, always_holds, is_row
from wirelens.presentation.draft.places import Place, place_in_form
from wirelens.presentation.draft.rule_check import RuleCheck
from wirelens.presentation.draft.snapshot import Snapshot, new_history
from wirelens.presentation.draft.text_layout import indented_json, strict_json
from wirelens.presentation.draft.text_patch import patched
from wirelens.presentation.draft.tree import (
    ListValue,
    MapValue,
    MessageValue,
    Value,
    empty_element,
    empty_whole,
    read_element,
    read_field,
    value_text,
)
from wirelens.presentation.draft.unknown_fields import with_unknown_of
from wirelens.presentation.draft.wire_reading import WIRE_READ_AT_ONCE, message_from_wire
from wirelens.presentation.history import History
from wirelens.presentation.thread_worker import ThreadWorker


class Draft(QObject):
    """A tree of field states beside the JSON text and the bytes; the protobuf message is derived from them.

    Edits of fields go by path (field names and positions). `changed` follows any change, once for all the changes of
    one turn of the event loop, and again when a large text has been read or checked in the background.

    `rules` has the `buf.validate` rules that it breaks; they are no mistakes.
    """

    changed = Signal()

    def __init__(
        self, descriptor: Descriptor, schema: Schema, *, delay_ms: int = 250, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._descriptor = descriptor
        self._schema = schema
        self.focus = FieldFocus(self)
        self._history = new_history(Snapshot(self._read_message(empty_message(descriptor, schema))))
        self._text: str | None = None
        self._checked: text_check.Checked | None = None
        self._checking: str | None = None
        self._placed: tuple[JsonError, ...] | None = None
        self._sentences: dict[Path, str] = {}
        self._homeless: JsonError | None = None
        self._worker = ThreadWorker(self)
        self._long_texts = text_check.LongTextReader(descriptor, schema)
        self._serializing: str | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._tell = QTimer(self, singleShot=True, interval=0)
        self._tell.timeout.connect(self.changed)
        self._read_later = QTimer(self, singleShot=True, interval=delay_ms)
        self._read_later.timeout.connect(self._read_in_background)
        self._check_later = QTimer(self, singleShot=True, interval=delay_ms // 4)
        self._check_later.timeout.connect(self._check_in_background)
        self.rules = RuleCheck(self, delay_ms=delay_ms // 2)
        self.rules.changed.connect(self._tell.start)

    # -- what there is

    @property
    def descriptor(self) -> Descriptor:
        return self._descriptor

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def tree(self) -> Value:
        """The field states; the last good ones while the JSON text is broken or not read yet."""
        return self._history.present.tree

    @property
    def problem(self) -> JsonError | None:
        """What keeps the text from being JSON of this message at all; the form shows an older state then."""
        return self._history.present.problem

    @property
    def wire(self) -> bytes | None:
        """The bytes as typed, a message or not; None where fields or JSON were edited last."""
        return self._history.present.wire

    @property
    def wire_mistake(self) -> WireMistake | None:
        """What keeps those bytes from being this message; fields and JSON are of an older state then."""
        return self._history.present.wire_mistake

    @property
    def is_reading(self) -> bool:
        """A large text or message was typed and has not been read yet."""
        return not self._history.present.is_read

    @property
    def form_is_current(self) -> bool:
        """Whether the tree says the same as the text and the bytes, so that fields may be edited."""
        return self.problem is None and self.wire_mistake is None and not self.is_reading

    def value(self, path: Path) -> Value | None:
        """What stands at `path`; None is unset."""
        return edits.value_at(self.tree, path)

    def kept(self, path: Path) -> Value | None:
        """What the unset field at `path` held before it was unset."""
        holder = self.value(path[:-1])
        return holder.kept.get(str(path[-1])) if isinstance(holder, MessageValue) else None

    def json_text(self) -> str:
        """The JSON: as typed where that was edited last, else written from the fields."""
        if self._text is None:
            present = self._history.present
            self._text = value_text(present.tree) if present.text is None else present.text
        return self._text

    def strict_json(self) -> str:
        """The JSON for others to read: without comments and trailing commas, where it is JSON at all."""
        return strict_json(self.json_text())

    @property
    def mistakes(self) -> tuple[JsonError, ...]:
        """What is wrong, by place in the text. A large text's are found in the background and come with `changed`."""
        problem = self.problem
        if problem is not None:
            return (problem,)
        if self._checked is None:
            text = self.json_text()
            if len(text) > text_check.CHECK_AT_ONCE:
                if not self.is_reading and not self._check_later.isActive():
                    self._check_later.start()
                return ()
            self._checked = text_check.check_text(text, self._descriptor, self._schema)
        return self._checked.mistakes

    @property
    def is_checked(self) -> bool:
        """Whether `mistakes` is known to be complete."""
        return self.problem is not None or (not self.is_reading and self._checked is not None)

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

    # -- what is sent

    def message(self) -> Message:
        """The message as it would be sent.

        Raises:
            MessageError: something in the draft is no value; it names the place.
        """
        return outgoing.message_of(*self._outgoing())

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
        known = self._checked.serialized if self._checked is not None else None
        return self._history.present, self.json_text(), self._descriptor, self._schema, known

    async def settled(self) -> None:
        """Wait until a large text has been read and checked, so that `message` costs no time."""
        while not self._is_settled():
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            for later, begin in (
                (self._read_later, self._read_in_background),
                (self._check_later, self._check_in_background),
            ):
                if later.isActive():  # somebody waits: no pause in the typing is needed
                    later.stop()
                    begin()
            if self.is_checked:
                self._serialize_in_background()
            await waiting

    # -- edits of the text

    def set_json_text(self, text: str) -> None:
        """Take the text of the JSON editor, broken or not."""
        if text == self.json_text():
            return
        present = self._history.present
        if len(text) > text_check.READ_AT_ONCE:
            self._record(Snapshot(present.tree, text, is_read=False), "json")
            self._read_later.start()
            return
        self._record(self._snapshot_of(text, present.tree), "json")

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
        self._record(self._snapshot_of_wire(data, present.tree), "wire")

    def revert_wire(self) -> None:
        """Give up bytes that are no message for the last message there was; undo brings them back."""
        if self.wire_mistake is not None:
            self._record(Snapshot(self.tree))

    # -- edits of fields

    def set_value(self, path: Path, value: Value | None) -> None:
        """Set what stands at `path`, None to unset; edits of one place in quick succession are one undo step.

        Setting what is there already is no edit: an editor that is left says its value again, and redo must survive.
        """
        if value == self.value(path):
            return
        is_typed = path[-1:] != (TYPE_KEY,)  # the type of an Any is chosen, not typed letter by letter
        self._edit(path, lambda _before: value, name=("value", path) if is_typed else None)

    def unset(self, path: Path) -> None:
        """Unset a field but remember its value, for `make_present`."""
        self._edit(path, lambda _before: None, keep=True)

    def make_present(self, path: Path) -> None:
        """Set a field that is unset: to what it held before, else to its default."""
        before = self.kept(path)
        if before is None:
            shape = edits.shape_at(self._descriptor, self.tree, path)
            before = ListValue() if shape.is_repeated and not shape.is_map else None
            before = before or (MapValue() if shape.is_map else empty_element(shape))
        self._edit(path, lambda present: before if present is None else present)

    def reset(self, path: Path) -> None:
        """Unset a field for good; a row of a list or map goes back to its default, as does the message as a whole."""
        if is_row(path):
            shape = edits.shape_at(self._descriptor, self.tree, path)
            self._edit(path, lambda _before: empty_element(shape))
        else:
            self._edit(path, lambda _before: None)

    def set_to_default(self, path: Path) -> None:
        """Set what stands at `path` to its default, whatever it held; a list or map is emptied."""
        shape = edits.shape_at(self._descriptor, self.tree, path)
        many = not is_row(path) and (shape.is_repeated or shape.is_map)
        self._edit(path, lambda _before: None if many else empty_element(shape))

    def replace(self, path: Path, value: Value | None) -> None:
        """As `set_value`, but an undo step of its own: what came from a menu or the clipboard is no typing."""
        if value != self.value(path):
            self._edit(path, lambda _before: value)

    def choose_member(self, path: Path, oneof: str, member: str | None) -> None:
        """Choose which member of the oneof in the message at `path` is set; the others keep what was typed."""
        holder = self.value(path)
        fields = holder.fields if isinstance(holder, MessageValue) else {}
        if member is not None:
            self.make_present((*path, member))
            return
        for key in edits.index_at(self._descriptor, self.tree, path).oneofs[oneof]:
            if key in fields:
                self.unset((*path, key))

    def add_row(self, path: Path, index: int | None = None, value: Value | None = None) -> int:
        """Add a row to the list or map at `path` before `index`, at its end by default; gives its index."""
        shape, before = self.rows_shape(path), self.value(path)
        place = edits.row_count(before) if index is None else index
        item = edits.new_row(shape, before, place) if value is None else value
        key = edits.free_key(shape.key, before) if shape.key is not None else ""
        empty = MapValue() if shape.is_map else ListValue()
        self._edit_rows(path, lambda rows: edits.with_inserted(rows or empty, place, item, key))
        return place

    def insert_rows(self, path: Path, index: int, rows: Sequence[tuple[str, Value]], *, replaced: int = 0) -> None:
        """Put `rows` (key and value; a list has no keys) before `index` in one step, over `replaced` rows there."""
        shape = self.rows_shape(path)
        empty = MapValue() if shape.is_map else ListValue()
        self._edit_rows(path, lambda there: edits.with_spliced(there or empty, index, rows, replaced))

    def duplicate_row(self, path: Path, index: int) -> None:
        """Repeat a row below itself; a map's copy gets a key of its own."""
        value = self.value((*path, index))
        if value is not None:
            self.add_row(path, index + 1, value)

    def move_row(self, path: Path, index: int, to: int) -> None:
        """Move a row so that it stands at `to`."""
        if 0 <= to < edits.row_count(self.value(path)) and to != index:
            self._edit_rows(path, lambda rows: edits.with_moved(rows, index, to) if rows else None)

    def remove_row(self, path: Path, index: int) -> None:
        """Remove a row; a repeated field or map without rows is unset."""
        shape = edits.shape_at(self._descriptor, self.tree, path)
        stays = is_row(path) or not (shape.is_repeated or shape.is_map)

        def remove(rows: ListValue | MapValue | None) -> ListValue | MapValue | None:
            left = edits.with_item(rows, index, None) if rows else None
            return left if stays or edits.row_count(left) else None

        self._edit_rows(path, remove)

    def set_key(self, path: Path, index: int, key: str) -> None:
        """Set the key of a map's row."""

        def rename(rows: ListValue | MapValue | None) -> ListValue | MapValue | None:
            return edits.with_key(rows, index, key) if isinstance(rows, MapValue) else rows

        self._edit_rows(path, rename, name=("key", path, index))

    # -- JSON within the message

    def set_plain(self, path: Path, plain: Plain) -> None:
        """Set what stands at `path` to what `plain` says, as if it stood there in the JSON text."""
        shape, before = edits.shape_at(self._descriptor, self.tree, path), self.value(path)
        read = read_element if always_holds(path) else read_field
        self.set_value(path, read(shape, plain, before))

    def set_json_kind(self, path: Path, kind: JsonValueKind) -> None:
        """Make the google.protobuf.Value at `path` one of another kind, keeping of it what can be kept."""
        self.set_value(path, self.value_of_kind(path, self.value(path), kind))

    def value_of_kind(self, path: Path, value: Value | None, kind: JsonValueKind) -> Value:
        """`value` as one of another kind, for the google.protobuf.Value at `path`."""
        if value is None:
            return empty_value(kind)
        if kind_of(value) is kind:
            return value
        return read_element(edits.shape_at(self._descriptor, self.tree, path), plain_of_kind(value, kind))

    # -- the whole message

    def set_message(self, message: Message) -> None:
        """Take over `message`, its unknown fields too."""
        self._record(Snapshot(self._read_message(message)))

    def fill_example(self, seed: int = 0) -> None:
        """Fill in a useful example."""
        self.set_message(example_message(self._descriptor, self._schema, seed=seed))

    def fill_minimal(self) -> None:
        """Fill in what is required and no more."""
        self.set_message(minimal_message(self._descriptor, self._schema))

    def clear(self) -> None:
        """Unset everything."""
        self.set_message(empty_message(self._descriptor, self._schema))

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

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave; what does not fit any more stays in the text and is marked."""
        self._record(self._restored(state))
        self._history.forget()

    def rebase(self, descriptor: Descriptor, schema: Schema) -> None:
        """Go on with a newer schema. Everything typed stays, also in undo; what has no place now is marked."""
        self._descriptor, self._schema = descriptor, schema
        self._long_texts = text_check.LongTextReader(descriptor, self._schema)
        self.refit(self._history)
        self._on_present_replaced()

    # -- several messages of one type

    @property
    def history(self) -> History[Snapshot]:
        """The message with its undo, to be kept while another one is edited here."""
        return self._history

    def new_history(self, message: Message) -> History[Snapshot]:
        """The history of another message of this type, to be taken up later."""
        return new_history(Snapshot(self._read_message(message)))

    def state_of(self, history: History[Snapshot]) -> dict[str, Any]:
        """As `state`, of a message kept in `history`."""
        present = history.present
        return saved_state.written(present, value_text(present.tree) if present.text is None else present.text)

    def restored_history(self, state: dict[str, Any]) -> History[Snapshot]:
        """The history of a message that `state` gave."""
        return new_history(self._restored(state))

    def read_history(self, text: str) -> History[Snapshot]:
        """The same for a message that is JSON, broken or not."""
        return new_history(self._snapshot_of(text, None))

    def take_up(self, history: History[Snapshot]) -> None:
        """Go on with another message of the same type; the one that was edited stays in its own history."""
        if history is not self._history:
            self._history = history
            self._on_present_replaced()

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Go back to a state that this draft was in, as one more step of undo."""
        self._record(snapshot)

    def refit(self, history: History[Snapshot]) -> None:
        """Read a message kept in `history` by the present schema."""

        def reread(snapshot: Snapshot) -> Snapshot:
            if snapshot.wire is not None:
                return self._snapshot_of_wire(snapshot.wire, snapshot.tree)
            good = snapshot.text if snapshot.text is not None and snapshot.problem is None else None
            text = good if good is not None and snapshot.is_read else value_text(snapshot.tree)
            tree = self._snapshot_of(text, snapshot.tree).tree
            return Snapshot(tree, snapshot.text, snapshot.problem, snapshot.is_read)

        history.rewrite(reread)

    # -- inside

    def rows_shape(self, path: Path) -> FieldShape:
        """The list or map that stands at `path`, be it a field or JSON within a Struct."""
        shape = edits.shape_at(self._descriptor, self.tree, path)
        return edits.rows_shape(shape, self.value(path), is_row=is_row(path))

    def _restored(self, state: dict[str, Any]) -> Snapshot:
        text = saved_state.json_text_of(state)
        good = saved_state.good_text_of(state)
        tree = saved_state.with_extras(self._descriptor, self._snapshot_of(good, None).tree, state)
        wire = saved_state.wire_of(state)
        if wire is not None:
            return self._snapshot_of_wire(wire, tree)
        if text == good and saved_state.is_as_typed(state):
            return Snapshot(tree, text)
        return Snapshot(tree) if text == good else self._snapshot_of(text, tree)

    def _edit(
        self,
        path: Path,
        change: Callable[[Value | None], Value | None],
        *,
        name: Hashable = None,
        keep: bool = False,
    ) -> None:
        tree = self.tree
        if not self.form_is_current or not edits.has_rows(tree, path):
            return  # an editor may outlive the row that it stood for, or the type of an Any
        try:
            new = edits.changed(self._descriptor, tree, path, change, keep=keep)
        except KeyError:
            return
        text = patched(self.json_text(), tree, new)
        if self._history.present.text is None:  # written from the fields, as the next is: the patch only saves time
            self._record(Snapshot(new), name)
            self._text = text
        else:
            self._record(Snapshot(new, text), name)

    def _edit_rows(
        self,
        path: Path,
        change: Callable[[Any], ListValue | MapValue | None],
        *,
        name: Hashable = None,
    ) -> None:
        self._edit(path, lambda rows: change(rows if isinstance(rows, (ListValue, MapValue)) else None), name=name)

    def _record(self, snapshot: Snapshot, name: Hashable = None) -> None:
        self._history.record(snapshot, name)
        self._on_present_replaced()

    def _on_present_replaced(self) -> None:
        self._text = self._checked = self._checking = None
        if self.is_reading:
            self._read_later.start()
        self._tell.start()
        self._wake()

    def _snapshot_of(self, text: str, previous: Value | None) -> Snapshot:
        reading = text_check.read_text(text, self._descriptor, self._schema, previous)
        tree = reading.tree
        if tree is None:
            tree = previous if previous is not None else empty_whole(self._descriptor)
        return Snapshot(tree, text, reading.problem)

    def _snapshot_of_wire(self, data: bytes, previous: Value) -> Snapshot:
        found = message_from_wire(data, self._descriptor, self._schema)
        if isinstance(found, WireMistake):
            return Snapshot(previous, wire=data, wire_mistake=found)
        return Snapshot(self._read_message(found), wire=data)

    def _read_message(self, message: Message) -> Value:
        text = message_to_json(message, self._schema)
        tree = text_check.read_text(text, self._descriptor, self._schema, None).tree
        assert tree is not None, "what protobuf writes can be read"
        return with_unknown_of(tree, message) if isinstance(tree, MessageValue) else tree

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

    def _read_in_background(self) -> None:
        snapshot = self._history.present
        text, reader = snapshot.text, self._long_texts
        if not snapshot.is_read and snapshot.wire is not None:
            self._read_wire_in_background(snapshot, snapshot.wire)
            return
        if snapshot.is_read or text is None:
            return

        def deliver(reading: text_check.Reading) -> None:
            if self._history.present is snapshot:
                tree = snapshot.tree if reading.tree is None else reading.tree
                self._history.present = Snapshot(tree, text, reading.problem)
                self._on_present_replaced()

        self._worker.run(lambda: reader.read(text, snapshot.tree), deliver)

    def _read_wire_in_background(self, snapshot: Snapshot, data: bytes) -> None:
        def deliver(read: Snapshot) -> None:
            if self._history.present is snapshot:
                self._history.present = read
                self._on_present_replaced()

        self._worker.run(lambda: self._snapshot_of_wire(data, snapshot.tree), deliver)

    def _check_in_background(self) -> None:
        text, descriptor, schema, reader = self.json_text(), self._descriptor, self._schema, self._long_texts
        if self.is_reading or self._checked is not None or self._checking is text:
            return
        self._checking = text

        def job() -> text_check.Checked:
            is_long = len(text) > text_check.READ_AT_ONCE
            return reader.check(text) if is_long else text_check.check_text(text, descriptor, schema)

        def deliver(checked: text_check.Checked) -> None:
            if self._checking is text and self._schema is schema:  # a reload leaves the text as it is
                self._take_check(checked)

        self._worker.run(job, deliver)

    def _serialize_in_background(self) -> None:
        """Make the bytes of a long text that was checked by its changes only."""
        text, descriptor, schema, checked = self.json_text(), self._descriptor, self._schema, self._checked
        if self._serializing is text:
            return
        self._serializing = text

        def deliver(whole: text_check.Checked) -> None:
            self._serializing = None
            if self._checked is checked:
                self._take_check(whole)
            self._wake()

        self._worker.run(lambda: text_check.check_text(text, descriptor, schema, serialize=True), deliver)

    def _take_check(self, checked: text_check.Checked) -> None:
        self._checked, self._checking = checked, None
        self._tell.start()
        self._wake()

    def _is_settled(self) -> bool:
        """Asking for the mistakes is what starts a check that has not begun."""
        if self.mistakes or not self.is_checked:
            return bool(self.mistakes)
        is_long = len(self.json_text()) > text_check.READ_AT_ONCE
        return not is_long or self._checked is None or self._checked.serialized is not None

    def _wake(self) -> None:
        """Have who waits in `settled` look again."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
