"""A node is read when first asked, in whatever thread that is: the window's, or one that writes the session file."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft.json_values import JsonObject, read_plain
from wirelens.presentation.draft.tree import ListValue, MapValue, MessageValue, Value, value_text

WHOLE = '{"struct": {"a": true, "b": true}, "listValue": [true, true]}'


@pytest.fixture
def everything(fields_schema: Schema) -> Descriptor:
    return fields_schema.descriptor("wirelens.demo.fields.v1.Everything")


class Interrupted(list[Any]):
    """JSON of which another thread asks something when it has been read in part."""

    def __init__(self, plain: Any, ask: Callable[[], object]) -> None:
        super().__init__(plain)
        self._ask = ask
        self.answers: list[object] = []

    def __iter__(self) -> Iterator[Any]:
        for number, item in enumerate(super().__iter__()):
            if number == 1 and not self.answers:
                self.answers.append(None)
                other = threading.Thread(target=lambda: self.answers.append(self._ask()))
                other.start()
                other.join()
            yield item


class InterruptedObject(Interrupted, JsonObject):
    pass


def held(node: Value) -> object:
    if isinstance(node, ListValue):
        return node.items
    if isinstance(node, MapValue):
        return node.entries
    assert isinstance(node, MessageValue)
    return node.fields


@pytest.mark.parametrize("kind", ["message", "map", "list"])
@pytest.mark.parametrize("ask", [held, value_text], ids=["fields", "text"])
def test_who_asks_while_a_node_is_being_read_gets_all_of_it(
    everything: Descriptor, kind: str, ask: Callable[[Value], object]
) -> None:
    def read(plain: Any) -> Value:
        if kind == "message":
            return MessageValue.read(everything, plain)
        whole = MessageValue.read(everything, JsonObject([("struct" if kind == "map" else "listValue", plain)]))
        return next(iter(whole.fields.values()))

    plain: Any = read_plain(WHOLE)
    if kind != "message":
        plain = dict(plain)["struct" if kind == "map" else "listValue"]
    of_kind = Interrupted if kind == "list" else InterruptedObject
    interrupted = of_kind(plain, lambda: ask(node))
    node = read(interrupted)
    mine = held(node)
    told = interrupted.answers[1]
    if ask is value_text:
        assert isinstance(told, str)
        assert json.loads(told) == json.loads(value_text(read(plain)))
    else:
        assert told is mine  # and both go on with the same nodes
    assert held(node) is mine


def test_what_json_cannot_say_is_there_for_each_who_asks(everything: Descriptor) -> None:
    before = MessageValue(everything, unknown=b"\x01")
    interrupted = InterruptedObject(
        read_plain(WHOLE), lambda: (node.may_hold_more_than_json, node.unknown, later.unknown)
    )
    node = MessageValue.read(everything, interrupted, before)
    later = MessageValue.read(everything, read_plain("{}"), node)  # type: ignore[arg-type]
    assert node.unknown == b"\x01"
    assert interrupted.answers[1] == (True, b"\x01", b"\x01")
