"""JSON made in another process: the same text, given up at any moment, and a size that is said beforehand."""

import threading

import pytest
from google.protobuf.message import Message
from tests.presentation.answers import PROTO, make
from tests.presentation.draft.schemas import compiled

from wirelens.engine.errors import DecodeError
from wirelens.engine.messages.json_child import JsonMaking, estimated_json_size, json_pieces
from wirelens.engine.messages.protojson import message_to_json
from wirelens.engine.schema.schema import Schema

ANSWER = "answers.test.Answer"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("json"), {"answers.proto": PROTO})


def rich(schema: Schema) -> Message:
    message = make(
        schema,
        "Answer",
        text='a "text"\nof lines',
        numbers=[1, 2],
        by_name={"go": {"more": [{"text": "é"}]}},
        data=b"\xff",
        at={"seconds": 1},
        more=[{"text": "x", "numbers": [1]}, {}, {"inner": {"mood": 1}}],
        wrapped={"value": 5},
    )
    message.detail.Pack(make(schema, "Ask", prompt="why"))  # type: ignore[attr-defined]
    return message


@pytest.mark.parametrize("emit_defaults", [False, True])
def test_the_pieces_are_the_whole(schema: Schema, emit_defaults: bool) -> None:
    for message in (rich(schema), make(schema, "Answer"), make(schema, "Answer", numbers=[1])):
        pieces = "".join(json_pieces(message, schema, emit_defaults=emit_defaults))
        assert pieces == message_to_json(message, schema, emit_defaults=emit_defaults)


def test_another_process_makes_the_same(schema: Schema) -> None:
    message = rich(schema)
    made = bytearray()
    making = JsonMaking(message.SerializeToString(), schema.descriptor(ANSWER), schema)
    making.run(made.extend)
    assert made.decode() == message_to_json(message, schema)
    assert making.size == len(made)


def test_bytes_that_are_no_message_are_said_to_be_none(schema: Schema) -> None:
    with pytest.raises(DecodeError, match=r"no answers\.test\.Answer"):
        JsonMaking(b"\xff", schema.descriptor(ANSWER), schema).run(lambda piece: None)


def test_it_is_given_up_in_the_midst(schema: Schema) -> None:
    payload = make(schema, "Answer", more=[{"text": "x" * 100}] * 200_000).SerializeToString()
    making = JsonMaking(payload, schema.descriptor(ANSWER), schema)
    began = threading.Event()
    problems: list[DecodeError] = []

    def run() -> None:
        try:
            making.run(lambda piece: began.set())
        except DecodeError as error:
            problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(20)
    making.kill()
    thread.join(10)
    assert "given up" in problems[0].message
    with pytest.raises(DecodeError, match="given up"):
        making.run(lambda piece: None)


@pytest.mark.parametrize(
    "fields",
    [{"data": bytes(400_000)}, {"text": "é" * 200_000}, {"more": [{"text": f"row {row}"} for row in range(9999)]}],
)
def test_the_size_is_known_about_before(schema: Schema, fields: dict[str, object]) -> None:
    message = make(schema, "Answer", **fields)
    about = estimated_json_size(message.SerializeToString(), schema.descriptor(ANSWER), schema)
    assert about == pytest.approx(len(message_to_json(message, schema).encode()), rel=0.1)
    assert estimated_json_size(b"\x0a\x02\xff\xff", schema.descriptor(ANSWER), schema) is None
