"""The bundled model as a text generator: trained in a thread when the server first starts, then read from the cache."""

import asyncio
import random
import sys
import threading
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Future
from pathlib import Path

import grpc

from wirelens.demos.generation import End, GenerationError, ModelFacts, Settings, Turn
from wirelens.demos.text_model.books import Book, bundled_books, fingerprint
from wirelens.demos.text_model.ngrams import CacheError, NgramIndex, TrainingStopped, train
from wirelens.demos.text_model.stop_texts import StopTexts
from wirelens.demos.text_model.tokens import PARAGRAPH, split_text
from wirelens.demos.text_model.topic import Topic
from wirelens.demos.text_model.writer import Manner, Writer
from wirelens.engine.folders import cache_folder

MODEL_ID = "ngram-3"

_DESCRIPTION = (
    "A toy: an interpolated trigram model. It has counted which words follow which two others in Jane Austen's six "
    "novels, and writes on by these odds, favouring the words of the prompt and what stands near them in the books. "
    "It understands nothing, knows no facts and cannot answer questions; what it writes only sounds like prose."
)
_OWN_SHARE = 0.3  # what an earlier reply of the model says about the topic, against what the person said
_FADING = 0.5  # how much each earlier message says, against the next


class NgramGenerator:
    """Writes with the model `ngram-3`. A call that comes before the training has ended waits for it.

    Args:
        books: to be trained on; the bundled ones if left out.
        cache: the file that keeps the training; in the user's cache folder if left out.
    """

    default_pace = 40.0

    def __init__(self, books: list[Book] | None = None, cache: Path | None = None) -> None:
        self._books = bundled_books() if books is None else books
        self._cache = cache_folder() / f"{MODEL_ID}.bin" if cache is None else cache
        self._is_stopped = threading.Event()
        self._index: Future[NgramIndex] = Future()
        self._index.set_running_or_notify_cancel()  # a call that is cancelled while it waits must not cancel this
        threading.Thread(target=self._prepare, name="train the text model", daemon=True).start()

    async def models(self) -> Sequence[ModelFacts]:
        index = await self._ready()
        titles = tuple(f"Jane Austen, {book.title}" for book in self._books)
        return [ModelFacts(MODEL_ID, _DESCRIPTION, titles, len(index.words), len(index.tokens))]

    async def generate(
        self, model: str, turns: Sequence[Turn], settings: Settings, *, is_chat: bool
    ) -> AsyncGenerator[str | End, None]:
        index = await self._ready()
        writer, prompt_tokens = await asyncio.to_thread(_new_writer, index, turns, settings, is_chat)
        stop = StopTexts(settings.stop)
        written = 0
        reason = "stop"
        for piece in writer.pieces():
            written += 1
            if text := stop.feed(piece):
                yield text
            if stop.is_found:
                break
            if written >= settings.max_tokens:
                reason = "length"
                break
        if text := stop.rest():
            yield text
        yield End("length" if reason == "length" else "stop", prompt_tokens, written)

    async def count_tokens(self, model: str, text: str) -> Sequence[tuple[str, int]]:
        index = await self._ready()
        tokens = await asyncio.to_thread(split_text, text)
        return [(token, _count(index, token)) for token in tokens]

    def close(self) -> None:
        self._is_stopped.set()

    async def _ready(self) -> NgramIndex:
        try:
            return await asyncio.wrap_future(self._index)
        except (TrainingStopped, OSError, ValueError) as error:
            raise GenerationError(grpc.StatusCode.INTERNAL, f"the model could not be trained: {error}") from error

    def _prepare(self) -> None:
        try:
            self._index.set_result(self._load_or_train())
        except (TrainingStopped, OSError, ValueError) as error:
            self._index.set_exception(error)

    def _load_or_train(self) -> NgramIndex:
        mark = fingerprint(self._books)
        try:
            return NgramIndex.load(self._cache, mark)
        except (CacheError, OSError):
            pass  # none yet, or of another version
        index = train((line for book in self._books for line in book.paragraphs()), self._is_stopped.is_set)
        try:
            index.save(self._cache, mark)
        except OSError as error:
            # Not worth a failure: the next start trains again.
            print(f"the text model's cache cannot be written: {error}", file=sys.stderr)  # noqa: T201
        return index


def _new_writer(index: NgramIndex, turns: Sequence[Turn], settings: Settings, is_chat: bool) -> tuple[Writer, int]:
    """The writer of one text, and how many tokens were said before it."""
    said = [(split_text(turn.text), turn.role) for turn in turns]
    weighed = [
        (tokens, _FADING**age * (1.0 if role == "user" else _OWN_SHARE))
        for age, (tokens, role) in enumerate(reversed(said))
    ]
    # A chat's reply begins afresh; else the text is gone on from.
    prompt = [PARAGRAPH] if is_chat else said[-1][0]
    default = Manner()
    manner = Manner(
        default.temperature if settings.temperature is None else settings.temperature,
        settings.top_k or default.top_k,
        default.repetition_penalty if settings.repetition_penalty is None else settings.repetition_penalty,
    )
    seed = random.SystemRandom().getrandbits(63) if settings.seed is None else settings.seed
    topic = Topic(index, list(reversed(weighed)))
    return Writer(index, prompt, topic, manner, seed), sum(len(tokens) for tokens, _ in said)


def _count(index: NgramIndex, token: str) -> int:
    lower = token[:1].lower() + token[1:]
    return sum(index.count(index.numbers[form]) for form in {token, lower} if form in index.numbers)
