"""Random messages of random schemas (proto2, proto3, editions): the same on every face of a draft.

The faces are the fields (the form edits them by path), the JSON text and the wire. Bytes are compared as messages: a
map has no order.
"""

import random

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from tests.engine.messages.random_schemas import messages, schemas

from wirelens.engine.messages.fields import FieldShape
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.presentation.draft.edits import row_count
from wirelens.presentation.draft.field_index import Structure, field_index, field_key, message_type, structure_of
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue, MapValue, MessageValue

_QUICK = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
UNKNOWN = b"\xfa\xff\x0f\x03new"  # field 32767, which no random schema has


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[Schema, Message]:
    schema = draw(schemas())
    return schema, draw(messages(schema, schema.descriptor("random.M0")))


def new_draft(schema: Schema) -> Draft:
    return Draft(schema.descriptor("random.M0"), schema)


def known(schema: Schema, payload: bytes) -> str:
    """What bytes say, in one spelling; the bytes of an Any may hold a map's entries in any order."""
    return message_to_json(schema.message_class("random.M0").FromString(payload), schema)


def same_on_every_face(draft: Draft, schema: Schema) -> bytes:
    """The bytes of a draft without a mistake, which its JSON and its bytes lead to as well."""
    payload = draft.serialized()
    by_text = new_draft(schema)
    by_text.set_json_text(draft.json_text())
    assert by_text.mistakes == ()
    assert known(schema, by_text.serialized()) == known(schema, payload)
    by_wire = new_draft(schema)
    by_wire.set_wire(payload)
    assert by_wire.wire_mistake is None
    assert by_wire.serialized() == payload
    by_both = new_draft(schema)
    by_both.set_json_text(by_wire.json_text())
    assert known(schema, by_both.serialized()) == known(schema, payload)
    return payload


@_QUICK
@given(drawn=_drawn(), has_unknown=st.booleans())
def test_a_message_is_the_same_as_fields_as_json_and_as_bytes(
    drawn: tuple[Schema, Message], has_unknown: bool, qtbot: QtBot
) -> None:
    schema, message = drawn
    if has_unknown:
        message.MergeFromString(UNKNOWN)
    draft = new_draft(schema)
    draft.set_message(message)
    assert draft.mistakes == ()
    payload = same_on_every_face(draft, schema)
    assert known(schema, payload) == message_to_json(message, schema)
    assert len(payload) == message.ByteSize()
    assert (UNKNOWN in payload) == has_unknown


@_QUICK
@given(drawn=_drawn(), seed=st.integers())
def test_random_edits_of_fields_keep_the_faces_in_step(drawn: tuple[Schema, Message], seed: int, qtbot: QtBot) -> None:
    schema, message = drawn
    message.MergeFromString(UNKNOWN)
    draft = new_draft(schema)
    draft.set_message(message)
    before = known(schema, draft.serialized())
    chance = random.Random(seed)
    for _step in range(8):
        edit(draft, chance)
        if not draft.mistakes and lacks_nothing(draft):
            assert UNKNOWN in same_on_every_face(draft, schema)
    state = draft.state()
    again = new_draft(schema)
    again.restore(state)
    assert again.json_text() == draft.json_text()
    while draft.can_undo():
        draft.undo()
    assert draft.json_text() == "{}"
    draft.redo()
    assert known(schema, draft.serialized()) == before
    assert UNKNOWN in draft.serialized()


def lacks_nothing(draft: Draft) -> bool:
    """Whether all that proto2 requires is set."""
    return draft.message().IsInitialized()


def edit(draft: Draft, chance: random.Random) -> None:
    """One thing that a person does in the form, at some depth."""
    path, descriptor = some_message(draft, chance)
    index = field_index(descriptor)
    shape = chance.choice(index.shapes) if index.shapes else None
    if shape is None:
        return
    field = (*path, field_key(shape))
    what = chance.randrange(6)
    if shape.oneof is not None and what < 3:
        draft.choose_member(path, shape.oneof, chance.choice([*index.oneofs[shape.oneof], None]))
    elif shape.is_repeated or shape.is_map:
        edit_rows(draft, field, chance)
    elif what == 0:
        draft.unset(field)
    elif what == 1:
        draft.reset(field)
    elif what == 2:
        draft.set_value(field, draft.value(field))
    else:
        draft.make_present(field)


def edit_rows(draft: Draft, path: Path, chance: random.Random) -> None:
    count = row_count(draft.value(path))
    what = chance.randrange(5) if count else 0
    row = chance.randrange(count) if count else 0
    if what == 0:
        draft.add_row(path, chance.choice([None, 0]))
    elif what == 1:
        draft.remove_row(path, row)
    elif what == 2:
        draft.duplicate_row(path, row)
    elif what == 3:
        draft.move_row(path, row, chance.randrange(count))
    else:
        draft.reset((*path, row))


def some_message(draft: Draft, chance: random.Random) -> tuple[Path, Descriptor]:
    """The message itself or one within it."""
    path: Path = ()
    descriptor = draft.descriptor
    while chance.random() < 0.6:
        inner = [step for shape in field_index(descriptor).shapes for step in steps_to_messages(draft, path, shape)]
        if not inner:
            break
        step, shape = chance.choice(inner)
        path = (*path, *step)
        descriptor = message_type(shape)
    return path, descriptor


def steps_to_messages(draft: Draft, path: Path, shape: FieldShape) -> list[tuple[Path, FieldShape]]:
    element = shape.value if shape.is_map else shape
    if element is None or structure_of(element) is not Structure.MESSAGE:
        return []
    key = field_key(shape)
    value = draft.value((*path, key))
    if isinstance(value, MessageValue):
        return [((key,), element)]
    if isinstance(value, (ListValue, MapValue)):
        return [((key, row), element) for row in range(row_count(value))]
    return []
