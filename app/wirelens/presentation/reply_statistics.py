"""What a reply that came in pieces was like: how soon, how fast, how steady; what the person paused is not counted."""

from dataclasses import dataclass

_SHORTEST = 0.02  # seconds; a rate over less says more of the clock than of the stream


@dataclass(frozen=True, slots=True)
class Silence:
    """The time before a piece in which none came, though reading was not paused: `row` is the piece's."""

    seconds: float
    row: int


class ReplyStatistics:
    """Of one reply, in constant memory. Times are seconds since the call began.

    Time in which the person had paused reading belongs to nobody: what the server did then cannot be seen from here,
    so it is taken out of every figure.

    Args:
        number: of the reply in its call, counted from 1.
        asked_at: when what it answers was sent, or the call began.
        paused_before: seconds of all pauses up to then.
    """

    def __init__(self, number: int, asked_at: float, paused_before: float = 0.0) -> None:
        self.number = number
        self.asked_at = asked_at
        self.tokens = 0  # messages that brought text
        self.characters = 0
        self.longest_silence: Silence | None = None
        self.first_row: int | None = None
        self._paused_before = paused_before
        self._first_at = self._last_at = 0.0
        self._first_paused = self._last_paused = 0.0
        self._first_characters = 0

    def add(self, row: int, at: float, characters: int, paused: float) -> None:
        """A message brought text; `paused` are all pauses of the call up to `at`."""
        if not self.tokens:
            self.first_row = row
            self._first_at, self._first_paused, self._first_characters = at, paused, characters
        else:
            silence = at - self._last_at - (paused - self._last_paused)
            if self.longest_silence is None or silence > self.longest_silence.seconds:
                self.longest_silence = Silence(max(silence, 0.0), row)
        self._last_at, self._last_paused = at, paused
        self.tokens += 1
        self.characters += characters

    def add_characters(self, characters: int) -> None:
        """More of the text of the message that came last."""
        self.characters += characters
        if self.tokens == 1:
            self._first_characters += characters

    @property
    def first_after(self) -> float | None:
        """Seconds from the question to the first text."""
        if not self.tokens:
            return None
        return max(self._first_at - self.asked_at - (self._first_paused - self._paused_before), 0.0)

    @property
    def seconds(self) -> float:
        """From the first text to the last."""
        return self._last_at - self._first_at - self.paused_seconds

    @property
    def paused_seconds(self) -> float:
        """How long the person paused it between its first text and its last."""
        return self._last_paused - self._first_paused

    @property
    def token_rate(self) -> float | None:
        """Tokens a second from the first to the last, None where that is too short to tell."""
        return (self.tokens - 1) / self.seconds if self.tokens > 1 and self.seconds >= _SHORTEST else None

    @property
    def character_rate(self) -> float | None:
        """Characters a second behind the first piece."""
        behind = self.characters - self._first_characters
        return behind / self.seconds if self.tokens > 1 and self.seconds >= _SHORTEST else None
