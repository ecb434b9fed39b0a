"""The figures of a reply in words: for the line under its text, the list of replies, and who listens."""

from dataclasses import dataclass

from wirelens.presentation.amounts import count_text, duration_text
from wirelens.presentation.reply_statistics import ReplyStatistics

_NOTHING_YET = "–"


@dataclass(frozen=True, slots=True)
class ReplyWords:
    """What is said of a reply, always in the same order; `silence_row` is where the longest pause ended."""

    first_token: str
    token_rate: str
    silence: str
    character_rate: str
    characters: str
    silence_row: int | None

    @property
    def line(self) -> str:
        """All of it."""
        return " · ".join((self.first_token, self.token_rate, self.silence, self.character_rate, self.characters))


def reply_words(reply: ReplyStatistics | None) -> ReplyWords:
    """Of a reply as far as it has come; None: of one that is awaited."""
    if reply is None:
        reply = ReplyStatistics(1, 0.0)
    first, silence = reply.first_after, reply.longest_silence
    return ReplyWords(
        f"first token {duration_text(first) if first is not None else _NOTHING_YET}",
        f"{_rate(reply.token_rate)} tokens/s",
        f"longest pause {duration_text(silence.seconds) if silence is not None else _NOTHING_YET}",
        f"{_rate(reply.character_rate)} characters/s",
        count_text(reply.characters, "character"),
        silence.row if silence is not None else None,
    )


def pause_sentence(reply: ReplyStatistics | None) -> str:
    """What the figures leave out, empty where they leave nothing out."""
    if reply is None or not reply.paused_seconds:
        return ""
    return f"Reading was paused for {duration_text(reply.paused_seconds)} in between, which does not count."


def _rate(rate: float | None) -> str:
    if rate is None:
        return _NOTHING_YET
    return f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"
