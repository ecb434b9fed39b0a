"""How fast messages come: a rate of late, and bars over the whole call in constant memory."""

from collections import deque

from wirelens.engine.calls.transcript import EventKind, Transcript

_WINDOW = 2.0  # seconds that "of late" looks back
_MOST_BARS = 44
_LOOKED_AT = 1000  # rows of a call that is over
_FIRST_BAR = 0.1  # seconds
_SHORTEST = 0.02  # seconds; a rate over less says more of the clock than of the stream


class StreamPace:
    """Sampled once a frame, whatever the number of messages in it; call `sample` after the transcript has grown."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._samples: deque[tuple[float, int]] = deque()
        self._bars: list[float] = []
        self._bar_seconds = _FIRST_BAR
        self._counted = 0
        self.first_at: float | None = None  # seconds from the start to the first message, with a row or without
        self.last_at: float | None = None
        if transcript.finished is not None:
            self._look_back()

    def sample(self) -> None:
        transcript = self._transcript
        count = transcript.received_count
        if count == self._counted:
            return
        self._add(transcript.last_received_at or 0.0, count)

    def _add(self, at: float, count: int) -> None:
        """`count` messages were there at a time."""
        self.first_at = self._transcript.first_received_at
        if self.first_at is None:
            return
        self.last_at = at
        self._samples.append((at, count))
        while len(self._samples) > 2 and at - self._samples[1][0] > _WINDOW:
            self._samples.popleft()
        self._fill_bars(at - self.first_at, count - self._counted)
        self._counted = count

    @property
    def rate(self) -> float | None:
        """Messages a second: of late while the call runs, over all of them when it has ended."""
        if self.first_at is None or self.last_at is None or self._counted < 2:
            return None
        if self._transcript.finished is None and len(self._samples) > 1:
            (start, before), (end, count) = self._samples[0], self._samples[-1]
            return _rate(count - before, end - start)
        return _rate(self._counted - 1, self.last_at - self.first_at)

    @property
    def bars(self) -> tuple[float, ...]:
        """Messages in equal spans of time from the first message on."""
        return tuple(self._bars)

    def _look_back(self) -> None:
        """The bars of a call that was not sampled while it ran, from some of its rows: their numbers tell how many
        messages lie between them."""
        transcript = self._transcript
        length = len(transcript)
        for row in range(0, length, max(length // _LOOKED_AT, 1)):
            if transcript.kind(row) is EventKind.RECEIVED:
                self._add(transcript.at(row), transcript.message_number(row))
        self.sample()

    def _fill_bars(self, since_first: float, count: int) -> None:
        while since_first >= self._bar_seconds * _MOST_BARS:
            self._bar_seconds *= 2
            self._bars = [sum(self._bars[at : at + 2]) for at in range(0, len(self._bars), 2)]
        bar = int(since_first / self._bar_seconds)
        self._bars.extend(0.0 for _ in range(bar + 1 - len(self._bars)))
        self._bars[bar] += count


def _rate(count: int, seconds: float) -> float | None:
    return count / seconds if seconds >= _SHORTEST else None
