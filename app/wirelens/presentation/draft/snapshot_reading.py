"""Reading a state of a draft from what it may be given as: JSON text, bytes, a message, the session file."""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import saved_state, text_check
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.draft.tree import MessageValue, Value, empty_whole, value_text
from wirelens.presentation.draft.unknown_fields import with_unknown_of
from wirelens.presentation.draft.wire_reading import WIRE_READ_AT_ONCE, message_from_wire


@dataclass(frozen=True)
class SnapshotReader:
    """Reads states of messages of one type; changes nothing, so that it can be used in any thread."""

    descriptor: Descriptor
    schema: Schema

    def from_text(self, text: str, previous: Value | None) -> Snapshot:
        """`text`, broken or not; what JSON cannot say is taken over from `previous`."""
        reading = text_check.read_text(text, self.descriptor, self.schema, previous)
        tree = reading.tree
        if tree is None:
            tree = previous if previous is not None else empty_whole(self.descriptor)
        return Snapshot(tree, text, reading.problem)

    def check(self, text: str, *, serialize: bool = False) -> text_check.Checked:
        """Everything ProtoJSON finds wrong in `text`; the message's bytes too where that is asked for."""
        return text_check.check_text(text, self.descriptor, self.schema, serialize=serialize)

    def from_wire(self, data: bytes, previous: Value) -> Snapshot:
        """`data`, a message or not; the fields are those of `previous` where it is none."""
        found = message_from_wire(data, self.descriptor, self.schema)
        if isinstance(found, WireMistake):
            return Snapshot(previous, wire=data, wire_mistake=found)
        return Snapshot(self.tree_of(found), wire=data)

    def tree_of(self, message: Message) -> Value:
        """The fields of `message`, unknown ones too."""
        text = message_to_json(message, self.schema)
        tree = text_check.read_text(text, self.descriptor, self.schema, None).tree
        assert tree is not None, "what protobuf writes can be read"
        return with_unknown_of(tree, message) if isinstance(tree, MessageValue) else tree

    def from_saved(self, state: dict[str, Any]) -> Snapshot:
        """What `saved_state.written` gave; what does not fit any more stays in the text."""
        text = saved_state.json_text_of(state)
        good = saved_state.good_text_of(state)
        tree = saved_state.with_extras(self.descriptor, self.from_text(good, None).tree, state)
        wire = saved_state.wire_of(state)
        if wire is not None:
            return self.from_wire(wire, tree)
        if text == good and saved_state.is_as_typed(state):
            return Snapshot(tree, text)
        return Snapshot(tree) if text == good else self.from_text(text, tree)

    def up_to_date(self, snapshot: Snapshot) -> Snapshot:
        """A state that an older schema has read, read by this one; large text not read yet still waits for that."""
        if not snapshot.is_outdated:
            return snapshot
        if snapshot.wire is not None:
            return self.from_wire(snapshot.wire, snapshot.tree)
        good = snapshot.text if snapshot.text is not None and snapshot.problem is None else None
        text = good if good is not None and snapshot.is_read else value_text(snapshot.tree)
        tree = self.from_text(text, snapshot.tree).tree
        return Snapshot(tree, snapshot.text, snapshot.problem, snapshot.is_read)


def is_read_at_once(snapshot: Snapshot, text: str) -> bool:
    """Whether a state, whose JSON is `text`, is read again without anybody feeling it."""
    if snapshot.wire is not None:
        return len(snapshot.wire) <= WIRE_READ_AT_ONCE
    return len(text) <= text_check.READ_AT_ONCE
