"""Whether a stream tells measurements: a few numbers in each answer, beside words that only name what is measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import WirelensError
from wirelens.engine.messages.fields import FieldKind, message_fields
from wirelens.engine.messages.message_plan import set_fields
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Measure
from wirelens.presentation.chart.numeric_fields import numeric_field
from wirelens.presentation.message_decoding import MessageDecoder

_DEEPEST = 3  # levels of messages
_MOST_NUMBERS = 8  # of more, a curve or two say too little
_MOST_WORDS = 3
_DRAWN = 2  # of them at first; more would be slivers in a pane of the usual height
_ALIKE = 3  # answers that make a curve, and whose words have to be the same
_SOON = 0.5  # seconds after the first answer; later somebody has looked at what is shown instead
_LONGEST_READ = 4 * 1024  # bytes of an answer that is looked into
_MOMENTS = ("google.protobuf.Timestamp", "google.protobuf.Duration")


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the messages of a type measure, as paths, and whether they hold words (strings) too."""

    paths: tuple[str, ...]
    has_words: bool


def measurements(descriptor: Descriptor) -> Measurements | None:
    """What a type measures; None where its messages say more than a few numbers: lists, maps, bytes, open types."""
    paths: list[str] = []
    words = 0
    for path, kind in _leaves(descriptor, "", 1):
        if kind is None:
            return None
        words += kind is FieldKind.STRING
        field = numeric_field(descriptor, path)
        if field is not None and field.is_measure:
            paths.append(path)
    fits = 0 < len(paths) <= _MOST_NUMBERS and words <= _MOST_WORDS
    return Measurements(tuple(paths), bool(words)) if fits else None


class MeasurementProbe:
    """Asks the first answers of a server stream, as they come, whether they are measurements.

    A type without words says so itself, before anything has come. With words it takes three answers that hold the same
    ones and come soon: a stream of several things, or one that somebody has begun to read, is left as it is.
    """

    def __init__(self, transcript: Transcript, decoder: MessageDecoder) -> None:
        self._transcript = transcript
        self._decoder = decoder
        self._row = 0
        self._first_at = 0.0
        self._words: list[list[tuple[str, str]]] = []
        self._found: Measurements | None = None
        if decoder.method.pattern is Pattern.SERVER_STREAMING:
            try:
                self._found = measurements(decoder.descriptor(EventKind.RECEIVED))
            except WirelensError:
                pass  # the schema cannot build the type; each view says so
        self._is_settled = self._found is None or not self._found.has_words

    @property
    def is_settled(self) -> bool:
        """Whether no further answer is asked."""
        return self._is_settled

    @property
    def tells_measurements(self) -> bool:
        """As far as it is known; of a call that has ended, only where there are enough to make a curve."""
        has_curve = self._transcript.finished is None or self._transcript.received_count >= _ALIKE
        return self._is_settled and self._found is not None and has_curve

    @property
    def chart_choice(self) -> ChartChoice:
        """What the chart shows unless the person wants something else; where nothing is measured, the arrival."""
        if self._found is None or not self.tells_measurements:
            return ChartChoice()
        drawn = self._found.paths[:_DRAWN]
        return ChartChoice(Measure.FIELD, fields=tuple(FieldChoice(EventKind.RECEIVED, path) for path in drawn))

    def grow(self) -> None:
        """Ask what has come since, until it is settled."""
        while not self._is_settled and self._row < len(self._transcript):
            if self._transcript.kind(self._row) is EventKind.RECEIVED:
                self._ask(self._row)
            self._row += 1

    # -- inside

    def _ask(self, row: int) -> None:
        at = self._transcript.at(row)
        self._first_at = self._first_at if self._words else at
        words = self._words_of(row)
        if words is None or at - self._first_at > _SOON or (self._words and words != self._words[0]):
            self._found, self._is_settled = None, True
            return
        self._words.append(words)
        self._is_settled = len(self._words) == _ALIKE

    def _words_of(self, row: int) -> list[tuple[str, str]] | None:
        if self._transcript.size(row) > _LONGEST_READ:
            return None
        try:
            return list(_words(self._decoder.message(EventKind.RECEIVED, self._transcript.payload(row))))
        except WirelensError:
            return None


def _leaves(descriptor: Descriptor, above: str, level: int) -> Iterator[tuple[str, FieldKind | None]]:
    """The paths of a type with their kinds; None for what is no single value."""
    for shape in message_fields(descriptor):
        path, inner = f"{above}{shape.name}", shape.message_type
        if shape.is_repeated or shape.is_map or shape.kind is FieldKind.BYTES:
            yield path, None
        elif inner is None or inner.full_name in _MOMENTS:
            yield path, shape.kind
        elif level == _DEEPEST or not inner.fields:
            yield path, None
        else:
            yield from _leaves(inner, f"{path}.", level + 1)


def _words(message: Message) -> Iterator[tuple[str, str]]:
    """The strings that are set, with the names of their fields."""
    for field, value in set_fields(message):
        if isinstance(value, str):
            yield field.full_name, value
        elif isinstance(value, Message):
            yield from _words(value)
