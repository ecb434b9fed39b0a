import time
from typing import Any

import pytest

from wirelens.engine.messages.preview import message_preview, payload_preview
from wirelens.engine.messages.protojson import message_from_json
from wirelens.engine.schema.schema import Schema

_EVERYTHING = "wirelens.demo.fields.v1.Everything"


def _preview(schema: Schema, text: str, name: str = _EVERYTHING, limit: int = 200) -> str:
    message = message_from_json(text, schema.descriptor(name), schema)
    line = message_preview(message, limit)
    assert payload_preview(message.SerializePartialToString(), schema.descriptor(name), limit) == line
    return line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}", "{}"),
        ('{"int32Value": 42, "stringValue": "Ada"}', 'int32_value: 42, string_value: "Ada"'),
        ('{"boolValue": true, "priority": 3}', "bool_value: true, priority: PRIORITY_HIGH"),
        ('{"priority": 77}', "priority: 77"),
        ('{"point": {"x": 1.5}}', "point: {x: 1.5}"),
        ('{"nothing": {}}', "nothing: {}"),
        ('{"repeatedInt32": [1, 2]}', "repeated_int32: [1, 2]"),
        ('{"repeatedPoint": [{}, {"y": 1}]}', "repeated_point: [{}, {y: 1.0}]"),
        ('{"flags": {"b": true, "a": false}}', 'flags: {"a": false, "b": true}'),
        ('{"bytesValue": "aGk="}', 'bytes_value: 2 bytes "hi"'),
        ('{"bytesValue": "/w=="}', "bytes_value: 1 bytes 0xff"),
        ('{"stringValue": "a\\nb\\u0007\\u202e\\"\\\\"}', 'string_value: "a\\nb\\u0007\\u202e\\"\\\\"'),
        ('{"floatValue": 0.1}', "float_value: 0.1"),
        ('{"timestamp": "2026-01-31T12:30:00Z"}', "timestamp: 2026-01-31T12:30:00Z"),
        ('{"duration": "1.5s"}', "duration: 1.500s"),
        ('{"wrappedInt64": 5, "wrappedString": "x"}', 'wrapped_int64: 5, wrapped_string: "x"'),
        ('{"struct": {"a": [1, null, "x", {}]}}', 'struct: {"a": [1.0, null, "x", {}]}'),
        ('{"any": {"@type": "a/odd.v1.Node", "label": "x"}}', "any: odd.v1.Node in 3 bytes"),
    ],
)  # fmt: skip
def test_a_message_in_one_line(schema: Schema, text: str, line: str) -> None:
    assert _preview(schema, text) == line


def test_extensions_have_their_full_names(schema: Schema) -> None:
    assert _preview(schema, '{"[odd.v1.shades]": [2]}', "odd.v1.Old") == "[odd.v1.shades]: [COLOR_BLUE]"


def test_a_well_known_type_is_its_value(schema: Schema) -> None:
    assert _preview(schema, '"x"', "google.protobuf.StringValue") == '"x"'
    assert _preview(schema, "[1, 2]", "google.protobuf.ListValue") == "[1.0, 2.0]"


def test_what_does_not_fit_ends_in_an_ellipsis(schema: Schema) -> None:
    line = _preview(schema, '{"stringValue": "abcdefghij", "priority": 3}', limit=20)
    assert line == 'string_value: "abcd…'
    assert len(line) == 20


def test_values_that_have_no_text_of_their_own_are_shown_by_their_fields(schema: Schema) -> None:
    message: Any = schema.message_class(_EVERYTHING)()
    message.timestamp.seconds = 2**62
    assert message_preview(message) == "timestamp: {seconds: 4611686018427387904}"


def test_broken_text_is_no_error(schema: Schema) -> None:
    payload = b"\x0a\x03a\xffb\x1a\x07\x0a\x01\xff\x12\x02\xfea"
    assert payload_preview(payload, schema.descriptor("odd.v1.Loose")) == 'text: "a\ufffdb", pairs: {"\ufffd": …}'


def test_bytes_that_are_no_message_are_said_to_be_so(schema: Schema) -> None:
    assert payload_preview(b"\x0a\x05ab", schema.descriptor("odd.v1.Loose")) == "4 bytes that are no Loose"
    assert payload_preview(b"\xff" * 100_000, schema.descriptor("odd.v1.Loose")).startswith(("100000 bytes", "{}"))


def _large(schema: Schema, what: str) -> Any:
    message: Any = schema.message_class("odd.v1.Loose")()
    if what == "bytes":
        message.data = bytes(30_000_000)
    elif what == "text":
        message.text = "é" * 15_000_000
    elif what == "list":
        message.texts.extend(["some text"] * 300_000)
    elif what == "map":
        message.pairs.update({str(number): "x" * 50 for number in range(20_000)})
    else:
        message.nodes["a"].named["b"].children.add().label = "x" * 30_000_000
    return message


@pytest.mark.parametrize("what", ["bytes", "text", "list", "map", "nested"])
def test_the_size_of_a_message_does_not_matter(schema: Schema, what: str) -> None:
    descriptor = schema.descriptor("odd.v1.Loose")
    message = _large(schema, what)
    payload = message.SerializeToString()
    payload_preview(payload[:1000], descriptor)
    started = time.perf_counter()
    line = payload_preview(payload, descriptor)
    assert time.perf_counter() - started < 0.05, "a parse of it takes much longer"
    assert line.endswith("…")
    assert len(line) <= 200
    if what != "map":  # whose entries come in any order
        shown = line.rstrip('…]"}').rpartition(" ")[0]
        assert message_preview(message).replace("30000000 bytes ", "").startswith(shown)


def test_packed_numbers_are_cut_between_numbers(schema: Schema) -> None:
    message: Any = schema.message_class(_EVERYTHING)()
    message.repeated_int64.extend([2**60 + number for number in range(20_000)])
    line = payload_preview(message.SerializeToString(), message.DESCRIPTOR)
    assert line.startswith(f"repeated_int64: [{2**60}, {2**60 + 1}, ")
    message = schema.message_class(_EVERYTHING)()
    message.repeated_double.extend([0.5] * 20_000)
    assert payload_preview(message.SerializeToString(), message.DESCRIPTOR).startswith("repeated_double: [0.5, 0.5, ")


def test_groups_in_large_messages_are_shortened_as_messages_are(schema: Schema) -> None:
    message: Any = schema.message_class("wirelens.demo.fields.v1.Proto2Everything")()
    message.default_number = 5
    message.detail.text = "x" * 100_000
    line = payload_preview(message.SerializePartialToString(), message.DESCRIPTOR)
    assert line.startswith('default_number: 5, detail: {text: "xxx')
    assert line.endswith("…")
