"""The llm demo: text that is streamed as it is written, by the bundled model or by an OpenAI-compatible endpoint."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, NoReturn

import grpc
from google.rpc import error_details_pb2

from wirelens.demos.generation import End, GenerationError, ModelFacts, Settings, TextGenerator, Turn
from wirelens.demos.rich_status import fail, refuse
from wirelens.demos.service import DemoService, MessageTypes, ServicerContext

_REASONS = {"stop": 1, "length": 2, "content_filter": 3}
_MAXIMUM_CHARACTERS = 32_000
_MAXIMUM_TURNS = 40  # of a conversation that are kept in mind


def make_service(types: MessageTypes, openai_url: str | None, openai_model: str | None) -> "TextGenerationService":
    """The service with the generator that the person chose.

    Raises:
        UsageError: the URL is none that could be asked.
    """
    if openai_url is None:
        from wirelens.demos.text_model.generator import NgramGenerator

        return TextGenerationService(types, NgramGenerator())
    from wirelens.demos.openai_endpoint import OpenAiEndpoint

    return TextGenerationService(types, OpenAiEndpoint.from_environment(openai_url, openai_model))


class TextGenerationService(DemoService):
    """wirelens.demo.llm.v1.TextGenerationService."""

    def __init__(self, types: MessageTypes, generator: TextGenerator) -> None:
        super().__init__(types)
        self._generator = generator

    def close(self) -> None:
        self._generator.close()

    async def Generate(self, request: Any, context: ServicerContext) -> None:
        mistakes = _text_mistakes("prompt", request.prompt, may_be_empty=True) + _sampling_mistakes(request, "")
        if mistakes:
            await refuse(context, mistakes)
        reply = self._reply(request.model, [Turn("user", request.prompt)], request, context, is_chat=False)
        async with aclosing(reply):
            async for piece in reply:
                await context.write(self.types.GenerateResponse(**piece))

    async def Chat(self, requests: AsyncIterator[Any], context: ServicerContext) -> None:
        turns: list[Turn] = []
        sampling, model, turn = self.types.Sampling(), "", 0
        async for request in requests:
            turn += 1
            mistakes = _text_mistakes("text", request.text) + _sampling_mistakes(request.sampling, "sampling.")
            if mistakes:
                await refuse(context, mistakes)
            sampling.MergeFrom(request.sampling)
            if request.sampling.stop:
                sampling.stop[:] = request.sampling.stop
            model = request.model or model
            turns = [*turns, Turn("user", request.text)][-_MAXIMUM_TURNS:]
            said: list[str] = []
            reply = self._reply(model, turns, sampling, context, is_chat=True)
            async with aclosing(reply):
                async for piece in reply:
                    said.append(piece.get("delta", ""))
                    await context.write(self.types.ChatResponse(turn=turn, **piece))
            turns.append(Turn("assistant", "".join(said)))

    async def CountTokens(self, request: Any, context: ServicerContext) -> Any:
        if mistakes := _text_mistakes("text", request.text, may_be_empty=True):
            await refuse(context, mistakes)
        try:
            model = await self._chosen_model(request.model, context)
            tokens = await self._generator.count_tokens(model, request.text)
        except GenerationError as error:
            await _pass_on(context, error)
        return self.types.CountTokensResponse(
            token_count=len(tokens),
            tokens=[self.types.Token(text=text, known=count > 0, count=count) for text, count in tokens],
        )

    async def ListModels(self, request: Any, context: ServicerContext) -> Any:
        try:
            models = await self._generator.models()
        except GenerationError as error:
            await _pass_on(context, error)
        return self.types.ListModelsResponse(models=[self._model(facts) for facts in models])

    def _model(self, facts: ModelFacts) -> Any:
        return self.types.Model(
            id=facts.id,
            description=facts.description,
            trained_on=facts.trained_on,
            vocabulary_size=facts.vocabulary_size,
            training_tokens=facts.training_tokens,
            runs_at=facts.runs_at,
        )

    async def _reply(
        self, model: str, turns: Sequence[Turn], sampling: Any, context: ServicerContext, *, is_chat: bool
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The fields of each answer to one message, at the pace that was asked for."""
        clock = asyncio.get_running_loop().time
        started = clock()
        pace = sampling.tokens_per_second if sampling.HasField("tokens_per_second") else self._generator.default_pace
        first: float | None = None
        due = started
        try:
            pieces = self._generator.generate(
                await self._chosen_model(model, context), turns, _settings(sampling), is_chat=is_chat
            )
            async with aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, End):
                        yield {
                            "finish_reason": _REASONS[piece.reason],
                            "usage": self._usage(piece, (first or clock()) - started, clock() - started),
                        }
                        break
                    if first is None:
                        first = due = clock()
                    # Always a turn for others: a generator that never waits would let nobody cancel it.
                    await asyncio.sleep(max(0.0, due - clock()))
                    yield {"delta": piece}
                    if pace:
                        due = max(due + 1 / pace, clock() - 1)
        except GenerationError as error:
            await _pass_on(context, error)

    def _usage(self, end: End, first: float, total: float) -> Any:
        prompt, completion = end.prompt_tokens or 0, end.completion_tokens or 0
        usage = self.types.Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)
        usage.time_to_first_token.FromNanoseconds(int(first * 1e9))
        usage.total_time.FromNanoseconds(int(total * 1e9))
        return usage

    async def _chosen_model(self, model: str, context: ServicerContext) -> str:
        models = await self._generator.models()
        ids = [facts.id for facts in models]
        if not model and ids:
            return ids[0]
        if model not in ids:
            await fail(
                context,
                grpc.StatusCode.NOT_FOUND,
                f"there is no model {model!r} here" if model else "there is no model here",
                error_details_pb2.ResourceInfo(
                    resource_type="model", resource_name=model, description=f"there are: {', '.join(ids[:20])}"
                ),
            )
        return model


def _settings(sampling: Any) -> Settings:
    def said(name: str) -> Any:
        return getattr(sampling, name) if sampling.HasField(name) else None

    settings = Settings(
        temperature=said("temperature"),
        top_k=sampling.top_k or None,
        seed=said("seed"),
        stop=tuple(sampling.stop),
        repetition_penalty=said("repetition_penalty"),
    )
    return replace(settings, max_tokens=sampling.max_tokens) if sampling.max_tokens else settings


def _text_mistakes(field: str, text: str, *, may_be_empty: bool = False) -> list[tuple[str, str]]:
    if not text.strip() and not may_be_empty:
        return [(field, "must not be empty")]
    if len(text) > _MAXIMUM_CHARACTERS:
        return [(field, f"has {len(text)} characters, at most {_MAXIMUM_CHARACTERS} are allowed")]
    return []


def _sampling_mistakes(sampling: Any, prefix: str) -> list[tuple[str, str]]:
    """What is out of range; comparisons are so written that NaN is, too."""
    found = []
    for name, low, high in (
        ("max_tokens", 0, 4096),
        ("temperature", 0, 2),
        ("top_k", 0, 1_000_000),
        ("repetition_penalty", 1, 2),
        ("tokens_per_second", 0, 1_000_000),
    ):
        value = getattr(sampling, name)
        is_set = value != 0 or not sampling.DESCRIPTOR.fields_by_name[name].has_presence or sampling.HasField(name)
        if is_set and not low <= value <= high:
            found.append((prefix + name, f"must be {low} to {high}, not {value:g}"))
    if len(sampling.stop) > 8:
        found.append((f"{prefix}stop", f"has {len(sampling.stop)} entries, at most 8 are allowed"))
    found += [(f"{prefix}stop[{index}]", "must not be empty") for index, text in enumerate(sampling.stop) if not text]
    return found


async def _pass_on(context: ServicerContext, error: GenerationError) -> NoReturn:
    details = []
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(int(error.retry_after * 1e9))
        details.append(retry)
    await fail(context, error.code, error.message, *details)
