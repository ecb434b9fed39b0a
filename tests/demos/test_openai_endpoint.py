"""Answers from an OpenAI-compatible endpoint: a small real HTTP server that speaks the protocol, and breaks it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from google.rpc import error_details_pb2

from wirelens.demos.http_stream import HttpServer
from wirelens.demos.llm import TextGenerationService
from wirelens.demos.openai_endpoint import OpenAiEndpoint
from wirelens.engine.errors import UsageError

Behaviour = Callable[["Exchange"], Awaitable[None]]
KEY = "sk-very-secret-0123456789"


class Exchange:
    """One request as the server read it, and the means to answer."""

    def __init__(self, line: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> None:
        self.line = line
        self.headers = headers
        self.json = json.loads(body) if body else None
        self.is_dropped = asyncio.Event()
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: int, body: bytes, content_type: str = "application/json", extra: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        await self.send(head.encode() + body)

    async def begin_stream(self) -> None:
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

    async def chunk(self, data: bytes) -> None:
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        await self.chunk(f"data: {text}\n\n".encode())

    async def end_stream(self) -> None:
        await self.send(b"0\r\n\r\n")


class Endpoint:
    """The HTTP server: answers by `behaviour`, remembers every exchange."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = speak
        self.exchanges: list[Exchange] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = (await reader.readline()).decode().strip()
            headers = {}
            while header := (await reader.readline()).decode().strip():
                name, _, value = header.partition(": ")
                headers[name.lower()] = value
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            exchange = Exchange(line, headers, body, writer)
            self.exchanges.append(exchange)
            if line.startswith("GET /v1/models "):
                await exchange.answer(200, json.dumps({"data": [{"id": "tiny"}, {"id": "large"}]}).encode())
            else:
                await self.behaviour(exchange)
        except ConnectionError:
            exchange.is_dropped.set()
        finally:
            writer.close()


def delta(text: str, finish_reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}]}


async def speak(exchange: Exchange) -> None:
    """A well-behaved answer, with everything that the protocol allows on the way."""
    await exchange.begin_stream()
    await exchange.chunk(b": keep-alive\r\n\r\n")
    await exchange.event({"choices": [{"delta": {"role": "assistant"}}]})
    await exchange.event(delta("Grüße"))
    data = f"data:{json.dumps(delta(' 🙂'), ensure_ascii=False)}\r\n\r\n".encode()
    at = data.index("🙂".encode()) + 2  # within a character
    await exchange.chunk(data[:at])
    await exchange.chunk(data[at:])
    await exchange.event(delta("", "length"))
    await exchange.event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})
    await exchange.event("[DONE]")
    await exchange.end_stream()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield found


@pytest.fixture
async def llm(serve: Any, endpoint: Endpoint) -> Any:
    return await serve(
        "llm", lambda types: TextGenerationService(types, OpenAiEndpoint(HttpServer.at(endpoint.url), None, KEY))
    )


async def test_a_reply_is_streamed_as_it_comes(llm: Any, endpoint: Endpoint) -> None:
    answer = await llm.call(
        "Generate", {"prompt": "Hello", "maxTokens": 5, "temperature": 0.0, "seed": "1", "stop": ["x"]}
    )
    assert answer.code == "OK"
    assert [reply.delta for reply in answer.replies] == ["Grüße", " 🙂", ""]
    last = answer.replies[-1]
    assert (last.finish_reason, last.usage.prompt_tokens, last.usage.completion_tokens) == (2, 3, 2)
    exchange = endpoint.exchanges[-1]
    assert exchange.line == "POST /v1/chat/completions HTTP/1.1"
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.json == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 5,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "seed": 1,
        "stop": ["x"],
    }


async def test_a_chat_sends_the_whole_conversation(llm: Any, endpoint: Endpoint) -> None:
    answer = await llm.call("Chat", {"text": "One"}, {"text": "Two", "model": "large"})
    assert answer.code == "OK"
    sent = endpoint.exchanges[-1].json
    assert sent["model"] == "large"
    assert [(turn["role"], turn["content"]) for turn in sent["messages"]] == [
        ("user", "One"),
        ("assistant", "Grüße 🙂"),
        ("user", "Two"),
    ]


async def test_models_are_those_of_the_endpoint(llm: Any, endpoint: Endpoint) -> None:
    models = (await llm.call("ListModels", {})).reply.models
    assert [(model.id, model.runs_at) for model in models] == [("tiny", endpoint.url), ("large", endpoint.url)]
    assert (await llm.call("Generate", {"model": "none"})).code == "NOT_FOUND"
    assert (await llm.call("CountTokens", {"text": "x"})).code == "UNIMPLEMENTED"


async def test_an_answer_that_is_not_streamed_is_taken_whole(llm: Any, endpoint: Endpoint) -> None:
    async def at_once(exchange: Exchange) -> None:
        message = {"choices": [{"message": {"content": "all of it"}, "finish_reason": "stop"}], "usage": {}}
        await exchange.answer(200, json.dumps(message).encode())

    endpoint.behaviour = at_once
    answer = await llm.call("Generate", {"prompt": "x"})
    assert [reply.delta for reply in answer.replies] == ["all of it", ""]


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (400, b'{"error": {"message": "max_tokens is too large"}}', "INVALID_ARGUMENT", "max_tokens is too large"),
        (401, b'{"error": {"message": "no such key"}}', "UNAUTHENTICATED", "no such key"),
        (403, b"", "PERMISSION_DENIED", "without a word"),
        (404, b'{"error": "model not found, try pulling it first"}', "NOT_FOUND", "try pulling it"),
        (418, b"[1, 2]", "UNKNOWN", "[1, 2]"),
        (429, b"slow down", "RESOURCE_EXHAUSTED", "slow down"),
        (500, b"<html>oops</html>", "UNAVAILABLE", "oops"),
        (302, b"", "UNKNOWN", "https://elsewhere/v1"),
    ],
)
async def test_refusals_become_statuses(
    llm: Any, endpoint: Endpoint, status: int, body: bytes, code: str, said: str
) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.answer(status, body, extra="Retry-After: 7\r\nLocation: https://elsewhere/v1\r\n")

    endpoint.behaviour = refuse
    answer = await llm.call("Generate", {"prompt": "x"})
    assert answer.code == code
    assert said in answer.message
    assert str(status) in answer.message
    assert KEY not in answer.message
    assert error_details_pb2.RetryInfo.FromString(answer.details["RetryInfo"]).retry_delay.seconds == 7


async def cut_in_a_chunk(exchange: Exchange) -> None:
    await exchange.begin_stream()
    await exchange.event(delta("so far"))
    await exchange.send(b"ff\r\ndata: {")


async def cut_between_events(exchange: Exchange) -> None:
    await exchange.begin_stream()
    await exchange.event(delta("so far"))
    await exchange.end_stream()


async def error_in_the_stream(exchange: Exchange) -> None:
    await exchange.begin_stream()
    await exchange.event(delta("so far"))
    await exchange.event({"error": {"message": "out of memory"}})
    await exchange.end_stream()


async def no_json(exchange: Exchange) -> None:
    await exchange.begin_stream()
    await exchange.event(delta("so far"))
    await exchange.event("{oops")


async def wrong_shape(exchange: Exchange) -> None:
    await exchange.begin_stream()
    await exchange.event(delta("so far"))
    await exchange.event({"choices": "none"})


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (cut_in_a_chunk, "UNAVAILABLE"),
        (cut_between_events, "UNAVAILABLE"),
        (error_in_the_stream, "UNAVAILABLE"),
        (no_json, "INTERNAL"),
        (wrong_shape, "INTERNAL"),
    ],
)
async def test_a_reply_that_breaks_off_keeps_what_came(
    llm: Any, endpoint: Endpoint, behaviour: Behaviour, code: str
) -> None:
    endpoint.behaviour = behaviour
    answer = await llm.call("Generate", {"prompt": "x"})
    assert [reply.delta for reply in answer.replies] == ["so far"]
    assert answer.code == code
    assert answer.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 okay\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 3,
        b"HTTP/1.1 200 OK\r\n" + b"x" * 2_000_000,
    ],
    ids=["nothing", "another protocol", "no status", "no chunk size", "too short", "head cut", "endless line"],
)
async def test_what_is_no_http_is_said_in_one_line(llm: Any, endpoint: Endpoint, data: bytes) -> None:
    async def babble(exchange: Exchange) -> None:
        await exchange.send(data)

    endpoint.behaviour = babble
    answer = await llm.call("Generate", {"prompt": "x"})
    assert answer.code == "UNAVAILABLE"
    assert endpoint.url in answer.message
    assert "\n" not in answer.message


async def test_cancelling_drops_the_connection_at_once(llm: Any, endpoint: Endpoint) -> None:
    async def go_on(exchange: Exchange) -> None:
        await exchange.begin_stream()
        while True:
            await exchange.event(delta("on and "))
            await asyncio.sleep(0.005)

    endpoint.behaviour = go_on
    call = llm.start("Generate")
    await call.write(llm.types.GenerateRequest(prompt="x"))
    await call.read()
    call.cancel()
    async with asyncio.timeout(2):
        await endpoint.exchanges[-1].is_dropped.wait()


async def test_an_endpoint_that_is_not_there(serve: Any) -> None:
    async with unused_port() as port:
        pass
    generator = OpenAiEndpoint(HttpServer.at(f"http://127.0.0.1:{port}/v1"), "tiny", None)
    client = await serve("llm", lambda types: TextGenerationService(types, generator))
    answer = await client.call("Generate", {"prompt": "x"})
    assert answer.code == "UNAVAILABLE"
    assert f"127.0.0.1:{port}/v1 cannot be reached" in answer.message


@asynccontextmanager
async def unused_port() -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_named_model_needs_no_list(endpoint: Endpoint) -> None:
    generator = OpenAiEndpoint(HttpServer.at(endpoint.url), "mine", None)
    assert [facts.id for facts in await generator.models()] == ["mine"]
    assert endpoint.exchanges == []


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert KEY not in repr(OpenAiEndpoint.from_environment("http://localhost/v1", None))


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("localhost:8080", "http://"),
        ("ftp://localhost", "http://"),
        ("http://", "http://"),
        ("http://user:secret@localhost/v1", "OPENAI_API_KEY"),
        ("http://localhost/v1?key=secret", "OPENAI_API_KEY"),
        ("http://localhost:99999/", "Port"),
    ],
)
def test_a_url_that_cannot_be_asked_is_refused(url: str, part: str) -> None:
    with pytest.raises(UsageError) as refused:
        HttpServer.at(url)
    assert part in refused.value.one_line()
    assert "secret" not in refused.value.one_line()


def test_parts_of_a_url() -> None:
    server = HttpServer.at("https://[::1]:8443/api/v1/")
    assert (server.host, server.port, server.is_secure, server.path) == ("::1", 8443, True, "/api/v1")
    assert HttpServer.at("http://localhost").port == 80
