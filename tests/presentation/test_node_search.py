"""From a path to its row, and from a byte to the row of what it belongs to."""

import random
from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor
from tests.presentation.answers import answers_schema, make

from wirelens.engine.messages.wire.reading import WireField
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.message_nodes import MessageNode
from wirelens.presentation.message_rows import root_node
from wirelens.presentation.node_search import node_at, node_by_path
from wirelens.presentation.wire.byte_spans import SpanIndex
from wirelens.presentation.wire.byte_words import element_at

__all__ = ["answers_schema"]


@pytest.fixture
def descriptor(answers_schema: Schema) -> Descriptor:
    return answers_schema.descriptor("answers.test.Answer")


def all_rows(node: MessageNode) -> Iterator[MessageNode]:
    for child in node.children:
        if child.positions is None:
            yield child
        if child.has_children:
            yield from all_rows(child)


def fields_at(data: bytes, descriptor: Descriptor | None, offset: int) -> tuple[WireField, ...]:
    index = SpanIndex(data, descriptor)
    while not (found := index.spans(offset, offset + 1)):
        index.advance(10_000)
    (span,) = found
    return (*span.holders, *([span.field] if span.field is not None else []))


def path_at(data: bytes, descriptor: Descriptor | None, offset: int) -> str:
    fields = fields_at(data, descriptor, offset)
    element = element_at(memoryview(data), fields[-1], offset)
    node = node_at(root_node(data, descriptor, None), fields, element[1] if element else None)
    return node.path if node is not None else ""


def test_every_row_is_found_by_its_path(answers_schema: Schema, descriptor: Descriptor) -> None:
    message = make(
        answers_schema,
        "Answer",
        text="x",
        numbers=range(1200),
        by_name={"go": {"inner": {"mood": 1}}, "a.b[0]": {"text": "y"}},
        by_number={number: str(number) for number in range(700)},
        more=[{"text": "1"}, {"inner": {"numbers": [5]}}],
    )
    payload = message.SerializeToString() + b"\xf2\x06\x06\x0a\x04abcd"
    root = root_node(payload, descriptor, None)
    rows = list(all_rows(root))
    assert len(rows) > 1900
    for row in rows:
        assert node_by_path(root, row.path) is row


def test_the_nearest_row_above_stands_in_for_one_that_is_not_there(
    answers_schema: Schema, descriptor: Descriptor
) -> None:
    payload = make(answers_schema, "Answer", inner={"text": "x"}).SerializeToString()
    found = node_by_path(root_node(payload, descriptor, None), "inner.inner.text")
    assert found is not None
    assert found.path == "inner"
    assert node_by_path(root_node(payload, descriptor, None), "more[3]") is None


def test_a_byte_leads_to_its_row(answers_schema: Schema, descriptor: Descriptor) -> None:
    message = make(
        answers_schema,
        "Answer",
        text="x",
        numbers=[1, 300, 5],
        by_name={"go": {"inner": {"mood": 1}}},
        by_number={7: "seven"},
        more=[{"text": "1"}, {"inner": {"text": "here"}}],
    )
    data = message.SerializeToString()
    assert path_at(data, descriptor, 0) == "text"
    assert path_at(data, descriptor, data.index(b"\xac\x02") + 1) == "numbers[1]"
    assert path_at(data, descriptor, data.index(b"\xac\x02") - 2) == "numbers"  # its length
    assert path_at(data, descriptor, data.index(b"go")) == 'by_name["go"]'
    assert path_at(data, descriptor, data.index(b"go") + 6) == 'by_name["go"].inner.mood'
    assert path_at(data, descriptor, data.index(b"seven")) == "by_number[7]"
    assert path_at(data, descriptor, data.index(b"here")) == "more[1].inner.text"


def test_a_byte_of_a_long_list_leads_into_its_page(answers_schema: Schema, descriptor: Descriptor) -> None:
    more = [{"text": f"t{number}."} for number in range(3000)]
    data = make(answers_schema, "Answer", more=more).SerializeToString()
    for number in random.Random(5).sample(range(3000), 20):
        assert path_at(data, descriptor, data.index(f"t{number}.".encode())) == f"more[{number}].text"


def test_a_byte_of_an_unknown_field_leads_to_the_right_one_of_many(descriptor: Descriptor) -> None:
    data = b"".join(b"\xf8\x06" + bytes([number % 100]) for number in range(1500))
    for number in (0, 499, 500, 1499):
        fields = fields_at(data, descriptor, 3 * number + 2)
        node = node_at(root_node(data, descriptor, None), fields)
        assert node is not None
        assert node.spans[0].start == 3 * number + 2


def test_a_value_that_came_again_is_the_field_that_it_was_of(descriptor: Descriptor) -> None:
    assert path_at(b"\x0a\x01x\x0a\x01y", descriptor, 2) == "text"
