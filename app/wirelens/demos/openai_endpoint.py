"""An OpenAI-compatible endpoint (llama.cpp, Ollama, vLLM, ...) as a text generator: chat completions, streamed.

https://platform.openai.com/docs/api-reference/chat/streaming
"""

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, Literal

import grpc

from wirelens.demos.generation import End, GenerationError, ModelFacts, Settings, Turn
from wirelens.demos.http_stream import HttpError, HttpResponse, HttpServer

_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    408: grpc.StatusCode.DEADLINE_EXCEEDED,
    413: grpc.StatusCode.INVALID_ARGUMENT,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    501: grpc.StatusCode.UNIMPLEMENTED,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
_ERROR_BODY = 64 * 1024  # as much of an error's text as is read
_ANSWER = 16 * 1024 * 1024  # as much of an answer that is not streamed


class OpenAiEndpoint:
    """Asks the endpoint at `server` with `key`; `model` is the default, else the first that it lists."""

    default_pace = 0.0  # a real model has its own

    def __init__(self, server: HttpServer, model: str | None, key: str | None) -> None:
        self._server = server
        self._model = model
        self._key = key

    @classmethod
    def from_environment(cls, url: str, model: str | None) -> "OpenAiEndpoint":
        """With the key in OPENAI_API_KEY, which is never shown.

        Raises:
            UsageError: the URL is none that could be asked.
        """
        return cls(HttpServer.at(url), model, os.environ.get("OPENAI_API_KEY") or None)

    async def models(self) -> Sequence[ModelFacts]:
        if self._model is not None:
            return [self._facts(self._model)]
        try:
            async with self._server.request("GET", "/models", headers=self._headers()) as response:
                await _require_success(response)
                listed = json.loads(await response.read(_ANSWER))
            ids = [str(entry["id"]) for entry in listed["data"]]
        except HttpError as error:
            raise GenerationError(grpc.StatusCode.UNAVAILABLE, error.message) from error
        except (ValueError, KeyError, TypeError) as error:
            raise GenerationError(
                grpc.StatusCode.INTERNAL, f"{self._server.shown}/models answered no list of models"
            ) from error
        return [self._facts(model) for model in ids]

    async def generate(
        self, model: str, turns: Sequence[Turn], settings: Settings, *, is_chat: bool
    ) -> AsyncGenerator[str | End, None]:
        body = json.dumps(_request(model, turns, settings)).encode()
        headers = {**self._headers(), "Content-Type": "application/json", "Accept": "text/event-stream"}
        reply = _Reply()
        try:
            async with self._server.request("POST", "/chat/completions", headers=headers, body=body) as response:
                await _require_success(response)
                if response.headers.get("content-type", "").startswith("application/json"):
                    # The endpoint does not stream.
                    yield reply.whole(json.loads(await response.read(_ANSWER)))
                else:
                    async for event in _server_sent_events(response):
                        if event == "[DONE]":
                            reply.is_done = True
                            break
                        if text := reply.add(json.loads(event)):
                            yield text
        except HttpError as error:
            raise GenerationError(grpc.StatusCode.UNAVAILABLE, error.message) from error
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise GenerationError(
                grpc.StatusCode.INTERNAL, f"{self._server.shown} sent what is no chat completion: {error}"
            ) from error
        if not reply.is_done and reply.finish_reason is None:
            raise GenerationError(
                grpc.StatusCode.UNAVAILABLE, f"{self._server.shown} broke off in the middle of its reply"
            )
        yield reply.end()

    async def count_tokens(self, model: str, text: str) -> Sequence[tuple[str, int]]:
        raise GenerationError(
            grpc.StatusCode.UNIMPLEMENTED,
            "an OpenAI-compatible endpoint does not tell how it splits a text",
        )

    def close(self) -> None:
        """Nothing runs between calls."""

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def _facts(self, model: str) -> ModelFacts:
        return ModelFacts(model, "Answers from an OpenAI-compatible endpoint.", runs_at=self._server.shown)


class _Reply:
    """What is known of a reply that comes in chunks."""

    def __init__(self) -> None:
        self.is_done = False
        self.finish_reason: str | None = None
        self._usage: dict[str, Any] = {}

    def add(self, chunk: dict[str, Any]) -> str:
        """One chunk; returns the text in it."""
        _raise_error_in(chunk)
        self._usage = chunk.get("usage") or self._usage
        text = ""
        for choice in chunk.get("choices") or []:
            text += (choice.get("delta") or {}).get("content") or ""
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
        return text

    def whole(self, answer: dict[str, Any]) -> str:
        """An answer that was not streamed; returns its text."""
        _raise_error_in(answer)
        choice = answer["choices"][0]
        self.finish_reason = choice.get("finish_reason") or "stop"
        self._usage = answer.get("usage") or {}
        return str(choice["message"]["content"])

    def end(self) -> End:
        reason: Literal["stop", "length", "content_filter"] = "stop"
        if self.finish_reason in ("length", "max_tokens"):
            reason = "length"
        elif self.finish_reason == "content_filter":
            reason = "content_filter"
        return End(reason, self._usage.get("prompt_tokens"), self._usage.get("completion_tokens"))


def _request(model: str, turns: Sequence[Turn], settings: Settings) -> dict[str, Any]:
    said = {
        "temperature": settings.temperature,
        "seed": settings.seed,
        "stop": list(settings.stop) or None,
        # No part of OpenAI's own protocol, but llama.cpp, Ollama and vLLM know them.
        "top_k": settings.top_k,
        "repetition_penalty": settings.repetition_penalty,
    }
    return {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.text} for turn in turns],
        "max_tokens": settings.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **{name: value for name, value in said.items() if value is not None},
    }


async def _server_sent_events(response: HttpResponse) -> AsyncIterator[str]:
    """The data of each event: https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    data: list[str] = []
    async for line in response.lines():
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
    if data:
        yield "\n".join(data)


async def _require_success(response: HttpResponse) -> None:
    """Raises GenerationError, with what the endpoint says, for any status but 200."""
    if response.status == 200:
        return
    text = (await response.read(_ERROR_BODY)).decode("utf-8", "replace").strip()
    try:
        said = _error_text(json.loads(text)) or text
    except ValueError:
        said = text
    if response.status // 100 == 3:
        said = f"it sends on to {response.headers.get('location', 'nowhere')}; give that address as --openai-url"
    code = _CODES.get(
        response.status, grpc.StatusCode.UNAVAILABLE if response.status >= 500 else grpc.StatusCode.UNKNOWN
    )
    retry = response.headers.get("retry-after", "")
    raise GenerationError(
        code,
        f"{response.server} answered {response.status}: {said[:500] or 'without a word'}",
        retry_after=float(retry) if retry.isdigit() else None,
    )


def _raise_error_in(answer: dict[str, Any]) -> None:
    if said := _error_text(answer):
        raise GenerationError(grpc.StatusCode.UNAVAILABLE, f"the endpoint broke off: {said[:500]}")


def _error_text(answer: Any) -> str:
    """What an answer with an `error` says: OpenAI's object, or Ollama's plain text."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or error)
    return str(error) if error else ""
