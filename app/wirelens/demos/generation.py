"""What the llm demo asks of whatever writes the text: the bundled model or an OpenAI-compatible endpoint."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import grpc


@dataclass(frozen=True, slots=True)
class Settings:
    """How to write, checked; None is "not said"."""

    max_tokens: int = 160
    temperature: float | None = None
    top_k: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    repetition_penalty: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's part of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class End:
    """Why a text ended and what it took; counts are None where the writer does not tell."""

    reason: Literal["stop", "length", "content_filter"]
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What ListModels says of a model."""

    id: str
    description: str
    trained_on: tuple[str, ...] = ()
    vocabulary_size: int = 0
    training_tokens: int = 0
    runs_at: str = "here"


class GenerationError(Exception):
    """No text, or no more of it: the status the call ends with, and when to try again where that is known."""

    def __init__(self, code: grpc.StatusCode, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after


class TextGenerator(Protocol):
    """Writes texts. Methods raise GenerationError."""

    default_pace: float  # tokens a second where the request does not say; 0 as they come

    async def models(self) -> Sequence[ModelFacts]:
        """What there is, the default first."""
        ...

    def generate(
        self, model: str, turns: Sequence[Turn], settings: Settings, *, is_chat: bool
    ) -> AsyncGenerator[str | End, None]:
        """Pieces of text as they are written, then one End. Without `is_chat` the one turn is gone on from."""
        ...

    async def count_tokens(self, model: str, text: str) -> Sequence[tuple[str, int]]:
        """The pieces of `text`, each with how often it was met in training (0: unknown)."""
        ...

    def close(self) -> None:
        """Ends what runs in the background."""
        ...
