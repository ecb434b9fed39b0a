"""A message as field states with its undo, and the edits of its fields by path."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from PySide6.QtCore import QObject, Signal

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.examples import empty_message, example_message, minimal_message
from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import edits
from wirelens.presentation.draft.field_index import TYPE_KEY
from wirelens.presentation.draft.json_kinds import JsonValueKind, empty_value, kind_of, plain_of_kind
from wirelens.presentation.draft.json_values import Plain
from wirelens.presentation.draft.paths import Path, always_holds, is_row
from wirelens.presentation.draft.snapshot import Snapshot, new_history
from wirelens.presentation.draft.snapshot_reading import SnapshotReader, is_read_at_once
from wirelens.presentation.draft.text_patch import patched
from wirelens.presentation.draft.tree import (
    ListValue,
    MapValue,
    MessageValue,
    Value,
    empty_element,
    read_element,
    read_field,
)
from wirelens.presentation.history import History


class EditedFields(QObject):
    """What a draft holds at present. Edits of fields go by path (field names and positions).

    `replaced` follows each change at once.
    """

    replaced = Signal()

    def __init__(self, descriptor: Descriptor, schema: Schema, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = SnapshotReader(descriptor, schema)
        self._history = new_history(Snapshot(self._reader.tree_of(empty_message(descriptor, schema))))
        self._text: str | None = None

    # -- what there is

    @property
    def descriptor(self) -> Descriptor:
        return self._reader.descriptor

    @property
    def schema(self) -> Schema:
        return self._reader.schema

    @property
    def reader(self) -> SnapshotReader:
        """Reads states of messages of this type by this schema."""
        return self._reader

    @property
    def history(self) -> History[Snapshot]:
        """The message with its undo, to be kept while another one is edited here."""
        return self._history

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
        """A large text or message was typed, or has met a newer schema, and has not been read yet."""
        present = self._history.present
        return not present.is_read or present.is_outdated

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
            self._text = present.json_text()
        return self._text

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
            shape = edits.shape_at(self.descriptor, self.tree, path)
            before = ListValue() if shape.is_repeated and not shape.is_map else None
            before = before or (MapValue() if shape.is_map else empty_element(shape))
        self._edit(path, lambda present: before if present is None else present)

    def reset(self, path: Path) -> None:
        """Unset a field for good; a row of a list or map goes back to its default, as does the message as a whole."""
        if is_row(path):
            shape = edits.shape_at(self.descriptor, self.tree, path)
            self._edit(path, lambda _before: empty_element(shape))
        else:
            self._edit(path, lambda _before: None)

    def set_to_default(self, path: Path) -> None:
        """Set what stands at `path` to its default, whatever it held; a list or map is emptied."""
        shape = edits.shape_at(self.descriptor, self.tree, path)
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
        for key in edits.index_at(self.descriptor, self.tree, path).oneofs[oneof]:
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
        shape = edits.shape_at(self.descriptor, self.tree, path)
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
        shape, before = edits.shape_at(self.descriptor, self.tree, path), self.value(path)
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
        return read_element(edits.shape_at(self.descriptor, self.tree, path), plain_of_kind(value, kind))

    # -- the whole message

    def set_message(self, message: Message) -> None:
        """Take over `message`, its unknown fields too."""
        self._record(Snapshot(self._reader.tree_of(message)))

    def fill_example(self, seed: int = 0) -> None:
        """Fill in a useful example."""
        self.set_message(example_message(self.descriptor, self.schema, seed=seed))

    def fill_minimal(self) -> None:
        """Fill in what is required and no more."""
        self.set_message(minimal_message(self.descriptor, self.schema))

    def clear(self) -> None:
        """Unset everything."""
        self.set_message(empty_message(self.descriptor, self.schema))

    def rows_shape(self, path: Path) -> FieldShape:
        """The list or map that stands at `path`, be it a field or JSON within a Struct."""
        shape = edits.shape_at(self.descriptor, self.tree, path)
        return edits.rows_shape(shape, self.value(path), is_row=is_row(path))

    def put_read(self, waiting: Snapshot, read: Snapshot) -> None:
        """Put what came of reading `waiting` in its place, unless something else is the present by now."""
        if self._history.present is waiting:
            self._history.present = read
            self._on_present_replaced()

    # -- inside

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
            new = edits.changed(self.descriptor, tree, path, change, keep=keep)
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
        self._text = None
        present = self._history.present
        if present.is_outdated and is_read_at_once(present, self.json_text()):
            self._history.present = self._reader.up_to_date(present)
        self.replaced.emit()
