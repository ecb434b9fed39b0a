"""A message as a tree: exact, typed, whole, and lazy."""

import pytest
from google.protobuf.message import Message
from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from tests.presentation.answers import answers_schema, make

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_nodes import MessageNode, NodeRole, root_node
from wirelens.presentation.message_tree_model import NAME, TYPE, VALUE, MessageTreeModel

__all__ = ["answers_schema"]


def nodes(message: Message, schema: Schema, *, with_defaults: bool = False) -> dict[str, MessageNode]:
    """Every row by its path."""
    found: dict[str, MessageNode] = {}
    waiting = list(root_node(message, schema, with_defaults=with_defaults).children)
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
    assert found["data"].value == "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f …  40 B"
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
    numbers = root_node(message, answers_schema).children[0]
    assert len(numbers.children) <= 500
    last = numbers.children[-1]
    while last.has_children:
        last = last.children[-1]
    assert (last.path, last.value) == ("numbers[999999]", "999999")


def test_children_are_made_when_they_are_opened(answers_schema: Schema) -> None:
    message = make(answers_schema, "Answer", more=[{"text": "x"}] * 100)
    more = root_node(message, answers_schema).children[0]
    assert "children" not in vars(more)
    assert "children" not in vars(more.children[50])


def test_documentation_is_at_hand(answers_schema: Schema) -> None:
    assert nodes(make(answers_schema, "Answer", text="x"), answers_schema)["text"].documentation == "What is said."


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, answers_schema: Schema) -> None:
    model = MessageTreeModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_message(make(answers_schema, "Answer", text="x", inner={"numbers": [1, 2]}), answers_schema)
    inner = model.index(1, NAME)
    numbers = model.index(0, NAME, inner)
    assert model.data(model.index(0, VALUE)) == '"x"'
    assert model.data(model.index(0, TYPE, inner)) == "repeated int32"
    assert model.parent(numbers) == inner
    assert model.path(model.index(1, VALUE, numbers)) == "inner.numbers[1]"
    assert model.value_to_copy(numbers) == "[\n  1,\n  2\n]"
    model.set_message(None)
    assert model.is_empty
    assert model.rowCount() == 0


def test_an_index_from_before_finds_nothing(answers_schema: Schema) -> None:
    model = MessageTreeModel()
    model.set_message(make(answers_schema, "Answer", inner={"text": "x"}), answers_schema)
    old = model.index(0, NAME, model.index(0, NAME))
    model.set_message(make(answers_schema, "Answer"), answers_schema)
    assert model.data(old) is None
    assert model.parent(old) == QModelIndex()
    assert model.value_to_copy(old) == ""


@pytest.mark.parametrize("depth", [90])
def test_deep_messages_open_to_the_end(answers_schema: Schema, depth: int) -> None:
    message = make(answers_schema, "Answer", text="bottom")
    for _ in range(depth):
        message = make(answers_schema, "Answer", inner=message)
    assert nodes(message, answers_schema)[".".join(["inner"] * depth + ["text"])].value == '"bottom"'
