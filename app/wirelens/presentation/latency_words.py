"""Where a call's time went, in words and as bars of one length of time."""

from dataclasses import dataclass

from wirelens.engine.calls.call import Compression
from wirelens.engine.calls.latency import Latency, PhaseName, latency
from wirelens.engine.calls.transcript import Transcript
from wirelens.presentation.amounts import duration_text, size_text
from wirelens.presentation.encoding_words import encoding_words

_EXPLANATIONS = {
    PhaseName.CONNECT: "name resolution, TCP and TLS; gRPC does not tell these apart",
    PhaseName.SEND: "until gRPC had taken the first request",
    PhaseName.CONNECT_AND_SEND: "the moment between the two was not seen",
    PhaseName.HEADERS: "until the server's headers were here",
    PhaseName.FIRST_MESSAGE: "from the headers to the first answer",
    PhaseName.LAST_MESSAGE: "from the first answer to the last",
    PhaseName.END: "until status and trailers were here",
}
_ORDER = (
    PhaseName.CONNECT,
    PhaseName.SEND,
    PhaseName.HEADERS,
    PhaseName.FIRST_MESSAGE,
    PhaseName.LAST_MESSAGE,
    PhaseName.END,
)
_NAMES = {PhaseName.END: "status"}


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """A phase: where its bar begins and ends as shares of the whole, None where it was not seen."""

    name: str
    said: str
    explanation: str
    start: float = 0.0
    end: float | None = None

    @property
    def sentence(self) -> str:
        """For who listens."""
        return f"{self.name}: {self.said}, {self.explanation}" if self.explanation else f"{self.name}: {self.said}"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The rows in their order, what all took together, and what is known of the bytes."""

    rows: tuple[WaterfallRow, ...]
    total: str
    bytes_words: str


def waterfall(transcript: Transcript, compression: Compression | None = None) -> Waterfall:
    """Of a call that runs or has ended; what was not seen is a row that says so, as long as it may still come or
    never will.

    Args:
        compression: what the requests were sent with.
    """
    found = latency(transcript)
    whole = max((phase.end for phase in found.phases), default=0.0)
    rows = [_row(name, found, transcript, whole) for name in _ORDER if _is_wanted(name, found, transcript)]
    return Waterfall(tuple(rows), duration_text(whole), _bytes_words(transcript, compression))


def _is_wanted(name: PhaseName, found: Latency, transcript: Transcript) -> bool:
    if name is PhaseName.SEND and found.phase(PhaseName.CONNECT_AND_SEND) is not None:
        return False  # said in the row before
    if name is PhaseName.LAST_MESSAGE:  # of a single answer the first is the last
        return found.phase(name) is not None
    return True


def _row(name: PhaseName, found: Latency, transcript: Transcript, whole: float) -> WaterfallRow:
    phase = found.phase(name)
    if phase is None and name is PhaseName.CONNECT:
        phase = found.phase(PhaseName.CONNECT_AND_SEND)
    if phase is None:
        said = "not seen" if transcript.finished is not None else "not yet"
        return WaterfallRow(_NAMES.get(name, name.value), said, _why_not(name, transcript))
    title, said = _NAMES.get(phase.name, phase.name.value), duration_text(phase.seconds)
    explanation = _EXPLANATIONS[phase.name]
    if phase.name is PhaseName.CONNECT and found.was_connected:
        said, explanation = "none", "the connection was there before the call"
    share = whole or 1.0
    return WaterfallRow(title, said, explanation, phase.start / share, phase.end / share)


def _why_not(name: PhaseName, transcript: Transcript) -> str:
    if transcript.finished is None:
        return ""
    match name:
        case PhaseName.CONNECT:
            return "gRPC never said that the connection was there"
        case PhaseName.SEND:
            return "no request went out"
        case PhaseName.HEADERS:
            return "the server sent its status alone, without headers before it"
        case PhaseName.FIRST_MESSAGE:
            return "no answer came"
    return ""


def _bytes_words(transcript: Transcript, compression: Compression | None) -> str:
    """Sizes are of messages before compression; of answers that came compressed also as they were sent."""
    sent = f"{size_text(transcript.sent_bytes)} sent"
    if compression is not None:
        sent += f" (before {compression.value} compression)"
    received = f"{size_text(transcript.received_bytes)} received"
    encoding = encoding_words(transcript)
    return f"{sent} · {received}, {encoding}" if encoding else f"{sent} · {received}"
