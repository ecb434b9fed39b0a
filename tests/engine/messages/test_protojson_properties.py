"""What must hold for any schema, any message and any text."""

import json
import random

import pytest
from google.protobuf.json_format import MessageToDict, Parse
from google.protobuf.message import DecodeError as ProtobufDecodeError
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.messages.random_schemas import messages, schemas

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.examples import example_message
from wirelens.engine.messages.preview import message_preview, payload_preview
from wirelens.engine.messages.protojson import checked_from_json, message_from_json, message_to_json
from wirelens.engine.schema.schema import Schema

_THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def _schemas_and_messages(draw: st.DrawFn) -> tuple[Schema, Message]:
    schema = draw(schemas())
    return schema, draw(messages(schema, schema.descriptor("random.M0")))


def _same(first: Message, second: Message) -> bool:
    """Equality in which NaN is like itself."""
    return first.SerializePartialToString(deterministic=True) == second.SerializePartialToString(deterministic=True)


@_THOROUGH
@given(_schemas_and_messages(), st.booleans(), st.sampled_from([None, 2]))
def test_messages_survive_json_and_back(drawn: tuple[Schema, Message], emit_defaults: bool, indent: int | None) -> None:
    schema, message = drawn
    text = message_to_json(message, schema, emit_defaults=emit_defaults, indent=indent)
    back = message_from_json(text, message.DESCRIPTOR, schema)  # type: ignore[arg-type]
    if not _same(back, message):  # the bytes of an Any may hold a map's entries in another order
        assert back.ByteSize() == message.ByteSize()
        assert message_to_json(back, schema, emit_defaults=emit_defaults, indent=indent) == text
    assert checked_from_json(text, message.DESCRIPTOR, schema)[1] == []  # type: ignore[arg-type]


@_THOROUGH
@given(_schemas_and_messages(), st.booleans())
def test_json_is_what_protobufs_runtime_writes_and_reads(drawn: tuple[Schema, Message], emit_defaults: bool) -> None:
    schema, message = drawn
    text = message_to_json(message, schema, emit_defaults=emit_defaults)
    reference = MessageToDict(message, descriptor_pool=schema.pool, always_print_fields_with_no_presence=emit_defaults)
    assert repr_sorted(json.loads(text)) == repr_sorted(reference)
    back = Parse(text, type(message)(), descriptor_pool=schema.pool, max_recursion_depth=1000)
    assert message_to_json(back, schema, emit_defaults=emit_defaults) == text  # bytes in an Any may be in another order


def repr_sorted(value: object) -> str:
    return json.dumps(_numbers_alike(value), sort_keys=True)


def _numbers_alike(value: object) -> object:
    """A Struct's whole numbers are written without a fraction; 1 and 1.0 are the same number of JSON."""
    if isinstance(value, dict):
        return {key: _numbers_alike(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers_alike(each) for each in value]
    if isinstance(value, float) and value.is_integer() and value and abs(value) < 2**53:
        return int(value)
    return value


@_THOROUGH
@given(_schemas_and_messages(), st.integers(1, 60))
def test_previews_are_one_line_within_their_limit(drawn: tuple[Schema, Message], limit: int) -> None:
    _, message = drawn
    for line in (
        message_preview(message, limit),
        payload_preview(message.SerializePartialToString(), message.DESCRIPTOR, limit),
    ):  # type: ignore[arg-type]
        assert 0 < len(line) <= max(limit, 2)
        assert line.isprintable()


@_THOROUGH
@given(schemas(), st.integers(0, 5))
def test_examples_are_valid_deterministic_and_survive_json(schema: Schema, seed: int) -> None:
    descriptor = schema.descriptor("random.M0")
    message = example_message(descriptor, schema, seed=seed)
    assert message.IsInitialized()
    assert type(message).FromString(message.SerializeToString()) == message
    assert _same(message_from_json(message_to_json(message, schema), descriptor, schema), message)
    assert _same(example_message(descriptor, schema, seed=seed), message)


_PIECES = [
    *'{}[]:,"-.eE0123456789 \n',
    *["null", "true", '"@type"', '"type.googleapis.com/google.protobuf.', "Any", "Value", '"value"', "NaN", "\\ud800"],
    *[f'"{name}"' for name in ("int32Value", "point", "any", "struct", "timestamp", "byInt32", "tree", "x")],
]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(_PIECES)).map("".join) | st.text())
def test_random_text_raises_nothing_but_json_errors(schema: Schema, text: str) -> None:
    descriptor = schema.descriptor("wirelens.demo.fields.v1.Everything")
    for mistake in checked_from_json(text, descriptor, schema)[1]:
        assert 0 <= mistake.offset <= len(text)
        assert mistake.length >= 1
        assert mistake.message


@pytest.mark.parametrize("seed", range(60))
def test_damaged_json_raises_nothing_but_json_errors(schema: Schema, seed: int) -> None:
    """A valid text with characters and values swapped, doubled and left out."""
    dice = random.Random(seed)
    descriptor = schema.descriptor("wirelens.demo.fields.v1.Everything")
    text = message_to_json(example_message(descriptor, schema, seed=seed), schema)
    for _ in range(dice.randint(1, 4)):
        start, length = dice.randrange(len(text)), dice.randrange(12)
        text = text[:start] + dice.choice(["", *_PIECES, text[start : start + length] * 2]) + text[start + length :]
    mistakes = checked_from_json(text, descriptor, schema)[1]
    try:
        message_from_json(text, descriptor, schema)
    except JsonError as error:
        first = str(error)
    else:
        first = ""
    assert first in [str(mistake) for mistake in mistakes] if first else not mistakes


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(1, 40))
def test_random_bytes_are_previewed_without_an_error(schema: Schema, payload: bytes, limit: int) -> None:
    for name in ("odd.v1.Loose", "odd.v1.Node", "wirelens.demo.fields.v1.Everything", "google.protobuf.Value"):
        line = payload_preview(payload, schema.descriptor(name), limit)
        assert "\n" not in line
        assert line.isprintable()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_random_bytes_that_parse_become_json(schema: Schema, payload: bytes) -> None:
    for name in ("odd.v1.Loose", "odd.v1.Node", "google.protobuf.Any", "google.protobuf.Struct"):
        try:
            message = schema.message_class(name).FromString(payload)
        except ProtobufDecodeError:
            continue
        text = message_to_json(message, schema)
        assert isinstance(json.loads(text, parse_constant=pytest.fail), dict)  # NaN would be no JSON
