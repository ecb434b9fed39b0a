"""The reflection protocol on the wire: questions down one bidirectional stream, answers back in their order.

grpcio-reflection has the message classes of v1alpha only; v1 is the same on the wire under another service name.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import grpc
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha.reflection_pb2 import (
    ExtensionRequest,
    ServerReflectionRequest,
    ServerReflectionResponse,
)

from wirelens.engine.connection.metadata import Metadata
from wirelens.engine.connection.next_steps import reason_for_no_connection, step_after_no_connection
from wirelens.engine.connection.stream_writing import write_message
from wirelens.engine.errors import ReflectionError, printable

if TYPE_CHECKING:
    from wirelens.engine.connection.channels import Connection

# Enough to hide a long round trip, few enough not to be taken for an attack.
MAX_IN_FLIGHT = 64
# Streams in a row that end without having answered anything, before the rest is given up.
_MOST_FRUITLESS_STREAMS = 5

# Statuses of the whole server, not of the one question at the head: asking the others is useless.
_FATAL = {
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}


class Key(NamedTuple):
    """One question: a file by name, by a symbol it defines or by an extension, or a message's extension numbers."""

    kind: Literal["services", "file", "symbol", "extension", "extensions"]
    text: str
    number: int = 0

    def request(self) -> bytes:
        request = ServerReflectionRequest()
        if self.kind == "services":
            request.list_services = self.text
        elif self.kind == "file":
            request.file_by_filename = self.text
        elif self.kind == "symbol":
            request.file_containing_symbol = self.text
        elif self.kind == "extensions":
            request.all_extension_numbers_of_type = self.text
        else:
            request.file_containing_extension.CopyFrom(
                ExtensionRequest(containing_type=self.text, extension_number=self.number)
            )
        return request.SerializeToString()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `failure` says in words why the question has no answer."""

    files: tuple[bytes, ...] = ()
    services: tuple[str, ...] = ()
    extension_numbers: tuple[int, ...] = ()
    failure: str | None = None
    code: int = 0  # of the server's error response


class ReflectionStream:
    """Asks a server with one version of the protocol; opens its stream anew when a question has killed it."""

    def __init__(
        self, connection: "Connection", version: str, metadata: Metadata, *, wait_for_ready: bool = False
    ) -> None:
        self._connection = connection
        self._place = connection.target.display
        self._wait_for_ready = wait_for_ready
        self._metadata = metadata
        # Bytes both ways: an answer that cannot be parsed is then one bad answer, not a broken stream.
        self._open_stream: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = connection.aio_channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        )
        self._call: grpc.aio.StreamStreamCall[bytes, bytes] | None = None
        self._has_answered = False  # anything, on the stream that is open or was the last

    def close(self) -> None:
        """Ends the stream; grpc.aio never collects a call that is not ended (grpc/grpc#43462)."""
        if self._call is not None:
            self._call.cancel()
            self._call = None

    async def list_services(self) -> tuple[str, ...]:
        """The full names of the services.

        Raises:
            ReflectionError: the server did not answer with a list.
        """
        key = Key("services", "*")
        await self._write(key)
        data = await self._read()
        if data is None:
            raise await self._ended()
        answer = read_answer(_parse(data), key)
        if answer.failure is not None:
            raise ReflectionError(
                f"the server did not list its services: {answer.failure}",
                code=_status_code(answer.code),
                place=self._place,
            )
        return answer.services

    async def ask(
        self,
        keys: Iterable[Key],
        is_answered: Callable[[Key], bool],
        take: Callable[[Key, Answer], list[Key]],
    ) -> None:
        """Asks all of `keys` and whatever `take` returns for an answer, unless `is_answered` says that it came along.

        Raises:
            ReflectionError: the server can no longer be asked.
        """
        waiting = deque(keys)
        asked: deque[Key] = deque()
        fruitless = 0
        while waiting or asked:
            while waiting and len(asked) < MAX_IN_FLIGHT:
                key = waiting.popleft()
                if not is_answered(key):
                    asked.append(key)
                    await self._write(key)
            if not asked:
                continue
            data = await self._read()
            if data is not None:
                fruitless = 0
                response = _parse(data)
                key = _question_of(response, asked)
                waiting.extend(take(key, read_answer(response, key)))
                continue
            # The stream has ended with questions open: they are asked again, except for the one that killed it.
            ended = await self._ended()
            if ended.code in _FATAL:
                raise ended
            if ended.code is not grpc.StatusCode.OK or not self._has_answered:
                fruitless += 1
                take(asked.popleft(), Answer(failure=ended.message, code=ended.code.value[0]))
            waiting.extendleft(reversed(asked))
            asked.clear()
            if fruitless > _MOST_FRUITLESS_STREAMS:
                while waiting:
                    take(waiting.popleft(), Answer(failure=ended.message, code=ended.code.value[0]))

    async def _write(self, key: Key) -> None:
        if self._call is None:
            self._call = self._open_stream(metadata=self._metadata, wait_for_ready=self._wait_for_ready)
            self._has_answered = False
        try:
            await write_message(self._call, key.request())
        except (grpc.aio.AioRpcError, grpc.aio.InternalError, asyncio.InvalidStateError):
            pass  # the read that follows tells how the stream ended
        except asyncio.CancelledError:
            self._unless_cancelled_by_server()

    async def _read(self) -> bytes | None:
        """The next answer; None where the stream has ended."""
        assert self._call is not None
        try:
            data = await self._call.read()
        except grpc.aio.AioRpcError:
            return None
        except asyncio.CancelledError:
            self._unless_cancelled_by_server()
            return None
        if not isinstance(data, bytes):  # grpc.aio.EOF
            return None
        self._has_answered = True
        return data

    def _unless_cancelled_by_server(self) -> None:
        """grpc.aio raises CancelledError for a stream that the server ended with CANCELLED, too: swallow only that."""
        task = asyncio.current_task()
        if self._call is None or not self._call.done() or (task is not None and task.cancelling()):
            raise asyncio.CancelledError

    async def _ended(self) -> ReflectionError:
        """How the stream ended, as an error; the next question opens another one."""
        assert self._call is not None
        code, details = await self._call.code(), await self._call.details() or ""
        self.close()
        if code is grpc.StatusCode.UNAVAILABLE and not self._has_answered:
            step = step_after_no_connection(details, self._connection.target, self._connection.proxy())
            if step:
                reason = printable(reason_for_no_connection(details))
                step = f"{step[0].lower()}{step[1:]}"
                return ReflectionError(f"no connection: {reason}", code=code, place=self._place, next_step=step)
        return _error(code, details, self._place)


def _parse(data: bytes) -> ServerReflectionResponse | None:
    try:
        return ServerReflectionResponse.FromString(data)
    except DecodeError:
        return None


def read_answer(response: ServerReflectionResponse | None, key: Key) -> Answer:
    """The answer to `key`; anything unexpected becomes a failure in words."""
    if response is None:
        return Answer(failure="the answer is no reflection message")
    kind = response.WhichOneof("message_response")
    if kind == "error_response":
        error = response.error_response
        name = _status_code(error.error_code).name
        return Answer(failure=f"{name}: {printable(error.error_message)}".rstrip(": "), code=error.error_code)
    expected = {"services": "list_services_response", "extensions": "all_extension_numbers_response"}
    if kind != expected.get(key.kind, "file_descriptor_response"):
        return Answer(failure=f"the answer is {kind or 'empty'}, which was not asked for")
    return Answer(
        files=tuple(response.file_descriptor_response.file_descriptor_proto),
        services=tuple(printable(service.name) for service in response.list_services_response.service),
        extension_numbers=tuple(response.all_extension_numbers_response.extension_number),
    )


def _question_of(response: ServerReflectionResponse | None, asked: deque[Key]) -> Key:
    """Takes the question of an answer out of those asked: the one it repeats, else the oldest."""
    if response is None:
        return asked.popleft()
    original = response.original_request
    kind = original.WhichOneof("message_request")
    if kind == "file_by_filename":
        key = Key("file", original.file_by_filename)
    elif kind == "file_containing_symbol":
        key = Key("symbol", original.file_containing_symbol)
    else:
        return asked.popleft()
    if key not in asked:
        return asked.popleft()
    asked.remove(key)
    return key


def _status_code(number: int) -> grpc.StatusCode:
    return next((code for code in grpc.StatusCode if code.value[0] == number), grpc.StatusCode.UNKNOWN)


def _error(code: grpc.StatusCode, details: str, place: str) -> ReflectionError:
    """A stream's end in words, with what the person can do."""
    said = f": {printable(details)}" if details else ""
    if code is grpc.StatusCode.OK:
        return ReflectionError("the server ended the reflection stream without an answer", code=code, place=place)
    next_steps = {
        grpc.StatusCode.UNAVAILABLE: "is the server running, and is it plaintext or TLS as you chose?",
        grpc.StatusCode.UNAUTHENTICATED: "add the credentials as metadata; they go along with reflection",
        grpc.StatusCode.PERMISSION_DENIED: "add the credentials as metadata, or open its .proto files",
        grpc.StatusCode.RESOURCE_EXHAUSTED: "raise the message size limit",
    }
    return ReflectionError(
        f"reflection failed with {code.name}{said}", code=code, place=place, next_step=next_steps.get(code, "")
    )
