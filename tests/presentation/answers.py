"""A small service in each pattern with a real server, and transcripts made by hand, for the tests of answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from tests.presentation.draft.schemas import compiled

from wirelens.engine.calls.events import CallFinished, HeadersReceived, Status
from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.schema.schema import Schema
from wirelens.engine.schema.services import Method, Pattern
from wirelens.presentation.message_decoding import MessageDecoder

PROTO = """
syntax = "proto3";
package answers.test;

import "google/protobuf/any.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

message Ask { string prompt = 1; int32 count = 2; bool fail = 3; int32 size = 4; }

// How it went.
enum Mood { MOOD_NONE = 0; MOOD_GOOD = 1; }

message Answer {
  // What is said.
  string text = 1;
  int64 large = 2;
  uint64 larger = 3;
  repeated int32 numbers = 4;
  map<string, Answer> by_name = 5;
  oneof choice { string left = 6; Mood right = 7; }
  bytes data = 8;
  google.protobuf.Any detail = 9;
  google.protobuf.Timestamp at = 10;
  Answer inner = 11;
  float ratio = 12;
  Mood mood = 13;
  google.protobuf.Int64Value wrapped = 14;
  optional bool known = 15;
  map<int64, string> by_number = 16;
  repeated Answer more = 17;
}

message Piece { string delta = 1; string reason = 2; }
message Choices { repeated int32 numbers = 1; map<string, string> by_name = 2; bytes data = 3; }
message Nested { repeated NestedChoice choices = 1; }
message NestedChoice { NestedDelta delta = 1; }
message NestedDelta { string role = 1; string content = 2; }
message Reading { double level = 1; google.protobuf.Timestamp at = 2; int64 sequence = 3; }
message Quote { string symbol = 1; google.protobuf.Timestamp at = 2; double bid = 3; double ask = 4; Mood mood = 5; }
message Line { string author = 1; string text = 2; }

service Answers {
  rpc One(Ask) returns (Answer);
  rpc Many(Ask) returns (stream Answer);
  rpc Join(stream Ask) returns (Answer);
  rpc Talk(stream Ask) returns (stream Piece);
  rpc Story(Ask) returns (stream Piece);
  rpc Watch(Ask) returns (stream Reading);
}
"""
SERVICE = "answers.test.Answers"
STORY = (" Once", " upon", " a", " time", ".")


@pytest.fixture(scope="session")
def answers_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder: Path = tmp_path_factory.mktemp("answers")
    return compiled(folder, {"answers.proto": PROTO})


def method(pattern: Pattern, response: str = "Answer", request: str = "Ask", name: str = "Any") -> Method:
    return Method(SERVICE, name, pattern, f"answers.test.{request}", f"answers.test.{response}")


def decoder(schema: Schema, pattern: Pattern = Pattern.UNARY, response: str = "Answer") -> MessageDecoder:
    return MessageDecoder(method(pattern, response), schema)


def make(schema: Schema, name: str, **fields: Any) -> Message:
    return schema.message_class(f"answers.test.{name}")(**fields)


def transcript_of(
    sent: Iterable[Message] = (),
    received: Iterable[Message | bytes] = (),
    *,
    status: Status | None = None,
    headers: Metadata = (),
) -> Transcript:
    """A transcript with a row a hundredth of a second from the next."""
    transcript = Transcript(frame=0)
    transcript.start()
    for message in sent:
        transcript.add_sent(len(transcript) / 100, message.SerializeToString())
    transcript.add_half_closed(len(transcript) / 100)
    transcript.add_headers(HeadersReceived(len(transcript) / 100, headers))
    for message in received:
        payload = message if isinstance(message, bytes) else message.SerializeToString()
        transcript.add_received(len(transcript) / 100, payload)
    if status is not None:
        transcript.add_finished(CallFinished(len(transcript) / 100, status))
    return transcript


def rows(transcript: Transcript, kind: EventKind) -> list[int]:
    return [row for row in range(len(transcript)) if transcript.kind(row) is kind]


def rich_status(code: int, message: str, *details: Message) -> Status:
    """A status as a server with google.rpc details sends it."""
    packed = status_pb2.Status(code=code, message=message)
    for detail in details:
        packed.details.add().Pack(detail)
    return Status(code, message, (("grpc-status-details-bin", packed.SerializeToString()),))


class AnswerService(grpc.GenericRpcHandler):
    """One echoes the prompt or fails with details; Story tells STORY; Watch counts; Talk repeats the prompts."""

    def __init__(self, schema: Schema) -> None:
        self._ask = schema.message_class("answers.test.Ask")
        self._answer = schema.message_class("answers.test.Answer")
        self._reading = schema.message_class("answers.test.Reading")
        self._piece = schema.message_class("answers.test.Piece")
        self.metadata: dict[str, Any] = {}
        self.holding = asyncio.Event()  # a call that is to hang does so until this is set
        self.holding.set()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        self.metadata = dict(handler_call_details.invocation_metadata or ())
        makers = {
            "One": grpc.unary_unary_rpc_method_handler(self._one),
            "Many": grpc.unary_stream_rpc_method_handler(self._many),
            "Join": grpc.stream_unary_rpc_method_handler(self._join),
            "Talk": grpc.stream_stream_rpc_method_handler(self._talk),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
            "Story": grpc.unary_stream_rpc_method_handler(self._story),
        }
        return makers.get(str(handler_call_details.method).rpartition("/")[2])

    async def _one(self, raw: bytes, context: Any) -> bytes:
        ask: Any = self._ask.FromString(raw)
        await self.holding.wait()
        if ask.fail:
            violation = error_details_pb2.BadRequest(
                field_violations=[{"field": "prompt", "description": "must be kind"}]
            )
            status = rich_status(3, "that was not kind", violation)
            context.set_trailing_metadata(status.trailers)
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "that was not kind", status.trailers)
        return self._answer(text=ask.prompt, data=bytes(ask.size)).SerializeToString()

    async def _many(self, raw: bytes, context: Any) -> AsyncIterator[bytes]:
        ask: Any = self._ask.FromString(raw)
        await context.send_initial_metadata((("answered-by", "test"), ("session-token", "hush")))
        for number in range(ask.count):
            yield self._answer(large=number, data=bytes(ask.size)).SerializeToString()
        await self.holding.wait()

    async def _watch(self, raw: bytes, context: Any) -> AsyncIterator[bytes]:
        ask: Any = self._ask.FromString(raw)
        for number in range(ask.count):
            yield self._reading(level=number / 2, sequence=number).SerializeToString()
        await self.holding.wait()

    async def _join(self, requests: AsyncIterator[bytes], context: Any) -> bytes:
        prompts = [self._ask.FromString(raw).prompt async for raw in requests]  # type: ignore[attr-defined]
        return self._answer(text=" ".join(prompts)).SerializeToString()

    async def _talk(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        async for raw in requests:
            ask: Any = self._ask.FromString(raw)
            for word in ask.prompt.split():
                yield self._piece(delta=f"{word} ").SerializeToString()

    async def _story(self, raw: bytes, context: Any) -> AsyncIterator[bytes]:
        for piece in STORY:
            yield self._piece(delta=piece).SerializeToString()
            await self.holding.wait()


@contextlib.asynccontextmanager
async def answering(service: AnswerService) -> AsyncIterator[str]:
    """The address of a server of `service`."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    service.holding.set()
    await server.stop(None)
