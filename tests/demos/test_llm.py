"""The llm demo's service: streaming, pace, cancel and conversations, with the bundled kind of model."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2

from wirelens.demos.generation import End, GenerationError, ModelFacts, Settings, Turn
from wirelens.demos.llm import TextGenerationService
from wirelens.demos.text_model.books import Book, bundled_books
from wirelens.demos.text_model.generator import NgramGenerator

FAST = {"tokensPerSecond": 0}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("llm") / "ngram-3.bin"


@pytest.fixture
async def llm(serve: Any, cache: Path) -> Any:
    """The service with a model of one book."""
    return await serve("llm", lambda types: TextGenerationService(types, NgramGenerator([bundled_books()[3]], cache)))


def text_of(answer: Any) -> str:
    return "".join(reply.delta for reply in answer.replies)


async def test_a_text_comes_in_pieces_and_ends_with_reason_and_usage(llm: Any) -> None:
    answer = await llm.call("Generate", {"prompt": "The sea at Lyme", "maxTokens": 20, **FAST})
    assert answer.code == "OK"
    *pieces, last = answer.replies
    assert len(pieces) == 20
    assert all(piece.delta and not piece.finish_reason and not piece.HasField("usage") for piece in pieces)
    assert (last.delta, last.finish_reason) == ("", 2)
    usage = last.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (4, 20, 24)
    assert 0 < usage.time_to_first_token.ToNanoseconds() <= usage.total_time.ToNanoseconds()


async def test_a_seed_brings_the_same_text_again(llm: Any) -> None:
    request = {"prompt": "The sea at Lyme", "maxTokens": 40, **FAST}
    seeded = [text_of(await llm.call("Generate", {**request, "seed": "7"})) for _ in range(2)]
    free = [text_of(await llm.call("Generate", request)) for _ in range(2)]
    assert seeded[0] == seeded[1]
    assert free[0] != free[1]


async def test_a_stop_text_ends_it_before(llm: Any) -> None:
    request = {"prompt": "The sea at Lyme", "maxTokens": 60, "seed": "7", **FAST}
    whole = text_of(await llm.call("Generate", request))
    stop = whole.split()[4]
    answer = await llm.call("Generate", {**request, "stop": [stop]})
    assert text_of(answer) == whole[: whole.index(stop)]
    assert answer.replies[-1].finish_reason == 1


async def test_tokens_come_at_the_pace_that_was_asked_for(llm: Any) -> None:
    started = time.monotonic()
    await llm.call("Generate", {"prompt": "The", "maxTokens": 6, "tokensPerSecond": 50})
    assert time.monotonic() - started >= 5 / 50


async def test_each_message_of_a_chat_is_answered_in_turn(llm: Any) -> None:
    call = llm.start("Chat")
    types = llm.types
    sampling = types.Sampling(max_tokens=8, tokens_per_second=0)
    await call.write(types.ChatRequest(text="How is the sea?", sampling=sampling))
    await call.write(types.ChatRequest(text="And Captain Wentworth?"))  # while the first reply streams
    await call.done_writing()
    replies = [reply async for reply in call]
    assert [reply.turn for reply in replies] == [1] * 9 + [2] * 9
    first, second = (reply.usage for reply in replies if reply.finish_reason)
    assert first.prompt_tokens == 5
    assert second.prompt_tokens == 5 + 8 + 4  # the conversation so far, the model's own reply too
    assert await call.code() is grpc.StatusCode.OK


@pytest.mark.parametrize(
    ("sampling", "fields"),
    [
        ({"maxTokens": 5000}, ["max_tokens"]),
        ({"maxTokens": -1, "temperature": 2.1}, ["max_tokens", "temperature"]),
        ({"temperature": "NaN"}, ["temperature"]),
        ({"topK": -1}, ["top_k"]),
        ({"repetitionPenalty": 0.5}, ["repetition_penalty"]),
        ({"tokensPerSecond": "Infinity"}, ["tokens_per_second"]),
        ({"stop": ["a"] * 9}, ["stop"]),
        ({"stop": ["a", ""]}, ["stop[1]"]),
    ],
)
async def test_settings_out_of_range_are_refused(llm: Any, sampling: dict[str, Any], fields: list[str]) -> None:
    answer = await llm.call("Generate", sampling)
    assert answer.code == "INVALID_ARGUMENT"
    violations = error_details_pb2.BadRequest.FromString(answer.details["BadRequest"]).field_violations
    assert [violation.field for violation in violations] == fields
    chat = await llm.call("Chat", {"text": "x", "sampling": sampling})
    assert f"sampling.{fields[0]}" in chat.message


async def test_texts_that_are_refused(llm: Any) -> None:
    assert (await llm.call("Chat", {"text": " "})).code == "INVALID_ARGUMENT"
    assert (await llm.call("Generate", {"prompt": "x" * 32_001})).code == "INVALID_ARGUMENT"
    assert (await llm.call("CountTokens", {"text": "x" * 32_001})).code == "INVALID_ARGUMENT"
    missing = await llm.call("Generate", {"model": "gpt-9"})
    assert missing.code == "NOT_FOUND"
    assert "ngram-3" in error_details_pb2.ResourceInfo.FromString(missing.details["ResourceInfo"]).description


async def test_the_model_says_plainly_what_it_is(llm: Any) -> None:
    (model,) = (await llm.call("ListModels", {})).reply.models
    assert model.id == "ngram-3"
    assert "toy" in model.description.lower()
    assert "understands nothing" in model.description
    assert list(model.trained_on) == ["Jane Austen, Persuasion"]
    assert model.training_tokens > model.vocabulary_size > 1000


async def test_tokens_are_counted_one_by_one(llm: Any) -> None:
    reply = (await llm.call("CountTokens", {"text": "The gRPC sea."})).reply
    assert [(token.text, token.known) for token in reply.tokens] == [
        ("The", True),
        ("gRPC", False),
        ("sea", True),
        (".", True),
    ]
    assert reply.token_count == 4


class Endless:
    """A generator that never ends by itself, and tells whether it was ended."""

    default_pace = 0.0

    def __init__(self) -> None:
        self.is_ended = asyncio.Event()

    async def models(self) -> Sequence[ModelFacts]:
        return [ModelFacts("endless", "")]

    async def generate(
        self, model: str, turns: Sequence[Turn], settings: Settings, *, is_chat: bool
    ) -> AsyncGenerator[str | End, None]:
        try:
            while True:
                yield "on and "
        finally:
            self.is_ended.set()

    async def count_tokens(self, model: str, text: str) -> Sequence[tuple[str, int]]:
        raise GenerationError(grpc.StatusCode.UNIMPLEMENTED, "cannot count")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("method", ["Generate", "Chat"])
async def test_a_cancelled_call_stops_its_generator_at_once(serve: Any, method: str) -> None:
    generator = Endless()
    client = await serve("llm", lambda types: TextGenerationService(types, generator))
    call = client.start(method)
    await call.write(client.message(method, {"prompt": "x"} if method == "Generate" else {"text": "x"}))
    for _ in range(3):
        assert (await call.read()).delta == "on and "
    call.cancel()
    async with asyncio.timeout(2):
        await generator.is_ended.wait()


async def test_what_a_generator_cannot_do_is_passed_on(serve: Any) -> None:
    client = await serve("llm", lambda types: TextGenerationService(types, Endless()))
    answer = await client.call("CountTokens", {"text": "x"})
    assert (answer.code, answer.message) == ("UNIMPLEMENTED", "cannot count")


class HeldBack(Book):
    """A book that opens when the test says so."""

    opened = threading.Event()

    def paragraphs(self) -> list[str]:
        self.opened.wait(10)
        return ["The cat sat on the mat. " * 30]


async def test_a_call_that_comes_before_the_training_has_ended_waits(serve: Any, tmp_path: Path) -> None:
    HeldBack.opened.clear()
    books: list[Book] = [HeldBack("Cats", b"cats")]
    client = await serve("llm", lambda types: TextGenerationService(types, NgramGenerator(books, tmp_path / "cache")))
    early = client.start("Generate")
    await early.write(client.types.GenerateRequest(prompt="The", max_tokens=3, tokens_per_second=0))
    given_up = client.start("Generate")
    await given_up.write(client.types.GenerateRequest(prompt="The"))
    given_up.cancel()  # must not take the training with it
    HeldBack.opened.set()
    assert (await early.read()).delta
    early.cancel()


async def test_a_training_that_fails_is_every_call_s_answer(serve: Any, tmp_path: Path) -> None:
    books = [Book("Broken", b"no bzip2")]
    client = await serve("llm", lambda types: TextGenerationService(types, NgramGenerator(books, tmp_path / "cache")))
    for method in ("Generate", "ListModels"):
        answer = await client.call(method, {})
        assert answer.code == "INTERNAL"
        assert "could not be trained" in answer.message


async def models_of(generator: NgramGenerator) -> int:
    try:
        return (await generator.models())[0].training_tokens
    finally:
        generator.close()


async def test_the_training_is_kept_and_made_anew_when_it_is_damaged(tmp_path: Path) -> None:
    books, file = [bundled_books()[3]], tmp_path / "deep" / "cache.bin"
    count = await models_of(NgramGenerator(books, file))
    kept = file.read_bytes()
    assert await models_of(NgramGenerator([Book("Persuasion", books[0].packed)], file)) == count
    file.write_bytes(kept[: len(kept) // 2])
    assert await models_of(NgramGenerator(books, file)) == count
    assert file.read_bytes() == kept


async def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert await models_of(NgramGenerator([bundled_books()[3]], tmp_path / "file" / "cache.bin")) > 0
    assert "cannot be written" in capsys.readouterr().err
