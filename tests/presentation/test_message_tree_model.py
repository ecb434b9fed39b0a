"""A message as a tree: exact, typed, whole, and lazy."""

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from tests.engine.messages.random_wire import tagged
from tests.presentation.answers import answers_schema, make

from wirelens.engine.messages.wire.scanning import WireType
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_nodes import MessageNode, NodeRole
from wirelens.presentation.message_rows import root_node
from wirelens.presentation.message_tree_model import NAME, TYPE, VALUE, MessageTreeModel

__all__ = ["answers_schema"]


def root(message: Message, schema: Schema, *, with_defaults: bool = False) -> MessageNode:
    return root_node(message.SerializeToString(), descriptor(schema), schema, with_defaults=with_defaults)


def descriptor(schema: Schema) -> Descriptor:
    return schema.descriptor("answers.test.Answer")


def nodes(message: Message, schema: Schema, *, with_defaults: bool = False) -> dict[str, MessageNode]:
    """Every row by its path."""
    return rows_below(root(message, schema, with_defaults=with_defaults))


def rows_below(node: MessageNode) -> dict[str, MessageNode]:
    found: dict[str, MessageNode] = {}
    waiting = list(node.children)
    while waiting:
        node = waiting.pop()
        found[node.path] = node
        waiting += node.children
    return found


def test_numbers_are_exact_and_enums_have_both_name_and_number(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", large=-(2**63), larger=2**64 - 1, ratio=0.1, mood=1, right=7)
    found = nodes(message, answers_schema)
    assert found["large"].value == "-9223372036854775808"
    assert found["larger"].value == "18446744073709551615"
    assert found["ratio"].value == "0.1"
    assert found["mood"].value == "MOOD_GOOD = 1"
    assert found["right"].value == "7 (not in the enum)"
    assert found["right"].type_name == "Mood · oneof choice"


def test_text_and_bytes_are_on_one_line_and_copied_whole(answers_schema: Schema) -> None:
    text = 'two\nlines "quoted" ' + "x" * 1000
    found = nodes(make(answers_schema, "Answer", text=text, data=bytes(range(40))), answers_schema)
    assert found["text"].value.startswith('"two\\nlines \\"quoted\\"')
    assert len(found["text"].value) <= 300
    assert found["text"].value_to_copy() == text
    assert found["data"].value == "40 B  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f …"
    assert found["data"].value_to_copy().startswith("AAECAwQF")


def test_presence_is_seen(answers_schema: Schema) -> None:
    assert nodes(make(answers_schema, "Answer", known=False), answers_schema)["known"].value == "false"
    empty = make(answers_schema, "Answer")
    assert nodes(empty, answers_schema) == {}
    found = nodes(empty, answers_schema, with_defaults=True)
    assert (found["large"].value, found["known"].value, found["numbers"].value) == ("0", "not sent", "empty")
    assert {node.role for node in found.values()} == {NodeRole.DEFAULT}


def test_maps_lists_and_messages_have_paths(answers_schema: Schema) -> None:
    message = make(
        answers_schema,
        "Answer",
        numbers=[1, 2],
        by_name={"b": {"text": "two"}, "a": {"text": "one"}},
        by_number={-5: "five"},
        inner={"inner": {"text": "deep"}},
    )
    found = nodes(message, answers_schema)
    assert found["numbers"].value == "2 elements"
    assert found["numbers[1]"].value == "2"
    assert found['by_name["a"].text'].value == '"one"'
    assert [child.name for child in found["by_name"].children] == ['"a"', '"b"']
    assert found["by_number[-5]"].value == '"five"'
    assert found["inner.inner.text"].value == '"deep"'
    assert (
        found["by_name"].value_to_copy() == '{\n  "a": {\n    "text": "one"\n  },\n  "b": {\n    "text": "two"\n  }\n}'
    )
    assert found["inner"].value_to_copy() == '{\n  "inner": {\n    "text": "deep"\n  }\n}'


def test_well_known_types_read_as_what_they_mean(answers_schema: Schema) -> None:
    found = nodes(make(answers_schema, "Answer", at={"seconds": 1}, wrapped={"value": 0}), answers_schema)
    assert found["at"].value == "1970-01-01T00:00:01Z"
    assert found["wrapped"].value == "0"


def test_an_any_opens_as_its_type(answers_schema: Schema) -> None:
    inner = make(answers_schema, "Ask", prompt="within")
    detail = {"type_url": "type.googleapis.com/answers.test.Ask", "value": inner.SerializeToString()}
    found = nodes(make(answers_schema, "Answer", detail=detail), answers_schema)
    assert found["detail.@value.prompt"].value == '"within"'
    assert found["detail.@value"].type_name == "answers.test.Ask"
    unknown = make(answers_schema, "Answer", detail={"type_url": "x/no.such.Type", "value": b"\x01"})
    assert set(nodes(unknown, answers_schema)) == {"detail", "detail.type_url", "detail.value"}


def test_fields_that_the_schema_lacks_are_shown(answers_schema: Schema) -> None:
    raw = b"\xc0\x3e\x96\x01" + b"\xca\x3e\x02hi" + b"\xd3\x3e\x08\x01\xd4\x3e"
    message = answers_schema.message_class("answers.test.Answer").FromString(raw)
    found = nodes(message, answers_schema)
    assert (found["#1000"].value, found["#1000"].role) == ("150", NodeRole.UNKNOWN)
    assert found["#1001"].value_to_copy() == "aGk="
    assert found["#1002.#1"].value == "1"


def test_a_long_list_is_in_pages(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", numbers=range(1_000_000))
    numbers = root(message, answers_schema).children[0]
    assert len(numbers.children) <= 500
    last = numbers.children[-1]
    assert (last.name, last.children[0].name) == ("750,000 … 999,999", "750,000 … 750,499")
    while last.has_children:
        last = last.children[-1]
    assert (last.path, last.value) == ("numbers[999999]", "999999")


def test_children_are_made_when_they_are_opened(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", more=[{"text": "x"}] * 100)
    more = root(message, answers_schema).children[0]
    assert "children" not in vars(more)
    assert "children" not in vars(more.children[50])


def test_documentation_is_at_hand(answers_schema: Schema) -> None:
    assert nodes(make(answers_schema, "Answer", text="x"), answers_schema)["text"].documentation == "What is said."


def show(model: MessageTreeModel, message: Message | bytes, schema: Schema) -> None:
    payload = message if isinstance(message, bytes) else message.SerializeToString()
    model.set_message(payload, descriptor(schema), schema)


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, answers_schema: Schema) -> None:
    model = MessageTreeModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    show(model, make(answers_schema, "Answer", text="x", inner={"numbers": [1, 2]}), answers_schema)
    inner = model.index(1, NAME)
    numbers = model.index(0, NAME, inner)
    assert model.data(model.index(0, VALUE)) == '"x"'
    assert model.data(model.index(0, TYPE, inner)) == "repeated int32"
    assert model.parent(numbers) == inner
    assert model.path(model.index(1, VALUE, numbers)) == "inner.numbers[1]"
    assert model.value_to_copy(numbers) == "[\n  1,\n  2\n]"
    model.clear()
    assert model.is_empty
    assert model.rowCount() == 0


def test_an_index_from_before_finds_nothing(answers_schema: Schema) -> None:
    model = MessageTreeModel()
    show(model, make(answers_schema, "Answer", inner={"text": "x"}), answers_schema)
    old = model.index(0, NAME, model.index(0, NAME))
    show(model, make(answers_schema, "Answer"), answers_schema)
    assert model.data(old) is None
    assert model.parent(old) == QModelIndex()
    assert model.value_to_copy(old) == ""


@pytest.mark.parametrize("depth", [90, 150])
def test_deep_messages_open_to_the_end(answers_schema: Schema, depth: int) -> None:
    """Also where protobuf's own parser has given up, after 100 levels."""
    payload = make(answers_schema, "Answer", text="bottom").SerializeToString()
    for _ in range(depth):
        payload = tagged(11, WireType.LEN, payload)
    found = rows_below(root_node(payload, descriptor(answers_schema), answers_schema))
    assert found[".".join(["inner"] * depth + ["text"])].value == '"bottom"'


def test_what_is_sent_in_pieces_is_merged(answers_schema: Schema) -> None:
    pieces = [
        {
            "text": "a",
            "inner": {"text": "x", "numbers": [1]},
            "by_name": {"k": {"text": "old", "large": 1}},
            "left": "l",
        },
        {"text": "b", "inner": {"numbers": [2]}, "by_name": {"k": {"text": "new"}}, "right": 1},
    ]
    payload = b"".join(make(answers_schema, "Answer", **piece).SerializeToString() for piece in pieces)
    found = rows_below(root_node(payload, descriptor(answers_schema), answers_schema))
    assert {path: node.value for path, node in found.items() if not node.has_children} == {
        "text": '"b"',
        "inner.text": '"x"',
        "inner.numbers[0]": "1",
        "inner.numbers[1]": "2",
        'by_name["k"].text': '"new"',
        "right": "MOOD_GOOD = 1",
    }
    assert found["inner"].value == 'text: "x", numbers: [1, 2]'
    assert found["by_name"].value == "1 entry"


def test_broken_bytes_are_shown_as_far_as_they_can_be_read(answers_schema: Schema) -> None:
    payload = make(answers_schema, "Answer", text="whole").SerializeToString() + b"\x5a\x64"
    rows = root_node(payload, descriptor(answers_schema), answers_schema).children
    assert [(row.name, row.value, row.role) for row in rows] == [
        ("text", '"whole"', NodeRole.STRING),
        ("byte 7", "the length says 100 bytes, but none is left", NodeRole.MISTAKE),
    ]
    assert "reload it" in rows[1].documentation
    inner = root_node(tagged(11, WireType.LEN, payload), descriptor(answers_schema), answers_schema).children[0]
    assert inner.value == f"{len(payload)} bytes that are no Answer"
    assert inner.children[-1].role is NodeRole.MISTAKE


def _large(schema: Schema, count: int) -> bytes:
    element = make(schema, "Answer", more=[{"text": "x", "large": 5}]).SerializeToString()
    last = make(schema, "Answer", text="last", by_number={1: "one"})
    return element * count + last.SerializeToString()


def test_qts_rules_hold_while_a_message_is_read(
    qtbot: QtBot, qtmodeltester: ModelTester, answers_schema: Schema
) -> None:
    model = MessageTreeModel()
    payload = make(answers_schema, "Answer", known=True).SerializeToString() * 40_000
    payload += make(answers_schema, "Answer", text="last").SerializeToString()
    with qtbot.waitSignal(model.level_read):
        show(model, payload, answers_schema)
        qtmodeltester.check(model)  # type: ignore[no-untyped-call]
        assert model.rowCount() == 2
    assert [model.data(model.index(row, NAME)) for row in range(model.rowCount())] == ["text", "known"]


def test_a_large_message_is_read_in_slices(qtbot: QtBot, answers_schema: Schema) -> None:
    model = MessageTreeModel()
    show(model, _large(answers_schema, 200_000), answers_schema)
    with qtbot.waitSignal(model.level_read, timeout=20_000):
        more, progress = model.index(0, VALUE), model.index(1, VALUE)
        assert model.rowCount() == 2
        assert model.data(more).endswith("elements so far")
        said = model.data(progress)
        assert said.startswith("reading: ")
        with qtbot.waitSignal(model.dataChanged):
            pass
        assert model.data(progress) != said
        assert model.rowCount(model.index(0, NAME)) > 1  # what is there can be opened meanwhile
    assert [model.data(model.index(row, NAME)) for row in range(model.rowCount())] == ["text", "by_number", "more"]
    assert model.data(model.index(2, VALUE)) == "200,000 elements"
    last_page = model.index(model.rowCount(model.index(2, NAME)) - 1, NAME, model.index(2, NAME))
    last = model.index(model.rowCount(last_page) - 1, NAME, last_page)
    assert model.path(last) == "more[199999]"
    assert model.data(last.siblingAtColumn(VALUE)) == 'text: "x", large: 5'
    assert not model.can_copy(model.index(2, NAME))
    assert model.can_copy(last)


def test_another_message_ends_the_reading_of_one(qtbot: QtBot, answers_schema: Schema) -> None:
    model = MessageTreeModel()
    show(model, _large(answers_schema, 200_000), answers_schema)
    assert model.rowCount() == 2
    model.clear()
    with qtbot.assertNotEmitted(model.level_read, wait=100):
        assert model.is_empty
