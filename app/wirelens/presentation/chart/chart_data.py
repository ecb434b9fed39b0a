"""What the chart of a tab shows: the tracks that are wanted, read in the background as the stream grows."""

import contextlib
import os
import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from wirelens.engine.calls.transcript import EventKind, Transcript
from wirelens.engine.errors import StorageError, WirelensError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.chart.chart_choice import ChartChoice, FieldChoice, Form, Measure
from wirelens.presentation.chart.numeric_fields import (
    MessageNumbers,
    NumberKind,
    NumericField,
    numeric_field,
    numeric_fields,
)
from wirelens.presentation.chart.series_csv import csv_pieces
from wirelens.presentation.chart.tracks import Track, TrackKey, TrackReading
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.thread_worker import ThreadWorker

_SLICE = 0.04  # seconds of reading between two looks at what has been read
_KINDS = {
    Pattern.UNARY: (EventKind.RECEIVED,),
    Pattern.SERVER_STREAMING: (EventKind.RECEIVED,),
    Pattern.CLIENT_STREAMING: (EventKind.SENT,),
    Pattern.BIDI_STREAMING: (EventKind.RECEIVED, EventKind.SENT),
}


class ChartData(QObject):
    """Reads what `choice` wants of a call, and only while somebody looks (`set_active`).

    A call that ends, or another decoder, begins anew; what was chosen stays where the new types have it.
    """

    choice_changed = Signal()
    changed = Signal()  # more was read, or the reading began, paused or ended; some 25 times a second at most

    saved = Signal(object)  # the path that the points were written to, or the StorageError that tells why not

    def __init__(self, decoder: MessageDecoder, chosen: ChartChoice | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.decoder = decoder
        self._chosen = chosen
        self._suggested = ChartChoice()
        self._reading: TrackReading | None = None
        self._worker = ThreadWorker(self)
        self._is_active = False
        self._is_working = False
        self._is_cancelled = False
        self._offered: dict[EventKind, list[NumericField]] = {}
        self._saving: threading.Event | None = None  # set: write no further
        self._stops: list[threading.Event] = []
        self.destroyed.connect(partial(_set_all, self._stops))

    # -- what is shown

    @property
    def transcript(self) -> Transcript | None:
        return self._reading.transcript if self._reading is not None else None

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """The directions in which messages stream: a single request or answer is not charted."""
        return _KINDS[self.decoder.method.pattern]

    @property
    def choice(self) -> ChartChoice:
        """What to draw: what the person has chosen, before that what was suggested."""
        return self._chosen or self._suggested

    @property
    def chosen(self) -> ChartChoice | None:
        """What the person has chosen, None before anything was."""
        return self._chosen

    @property
    def is_reading(self) -> bool:
        """Whether messages that are there already are still being read."""
        return self._is_working

    @property
    def is_cancelled(self) -> bool:
        """Whether the person has stopped the reading; `resume` goes on."""
        return self._is_cancelled

    @property
    def progress(self) -> float:
        """How much of what is there has been read, from 0 to 1."""
        return self._reading.progress(self.tracks(), sorts=self._sorts) if self._reading is not None else 1.0

    @property
    def message_count(self) -> int:
        """Messages that the chart is about."""
        transcript = self.transcript
        if transcript is None:
            return 0
        counts = {EventKind.RECEIVED: transcript.received_count, EventKind.SENT: transcript.sent_count}
        return sum(counts[kind] for kind in self.kinds)

    def tracks(self) -> list[Track]:
        """What the choice means for this call, in the order of the legend."""
        reading, measure = self._reading, self.choice.measure
        if reading is None:
            return []
        if measure is not Measure.FIELD:
            return [reading.track(TrackKey(kind, measure)) for kind in self.kinds]
        return [
            reading.track(TrackKey(choice.kind, measure, choice.path), field) for choice, field in self.shown_fields()
        ]

    # -- fields

    def offered_fields(self, kind: EventKind) -> list[NumericField]:
        """The numbers in the messages of one direction, as the schema has them; none where it cannot say."""
        if kind not in self._offered:
            try:
                self._offered[kind] = numeric_fields(self.decoder.descriptor(kind))
            except WirelensError:
                self._offered[kind] = []
        return self._offered[kind]

    def field(self, choice: FieldChoice) -> NumericField | None:
        """The field at a path that was chosen or typed, None where there is no number."""
        if choice.kind not in self.kinds:
            return None
        try:
            return numeric_field(self.decoder.descriptor(choice.kind), choice.path)
        except WirelensError:
            return None

    def shown_fields(self) -> list[tuple[FieldChoice, NumericField]]:
        """The chosen fields that there are; before any is chosen, the first that measures something."""
        found = [(choice, field) for choice in self.choice.fields if (field := self.field(choice)) is not None]
        if found:
            return found
        offered = [(FieldChoice(kind, field.path), field) for kind in self.kinds for field in self.offered_fields(kind)]
        numbers = [pair for pair in offered if pair[1].kind not in (NumberKind.BOOL, NumberKind.ENUM)]
        measured = [pair for pair in numbers if pair[1].is_measure]
        return [*measured, *numbers, *offered][:1]

    def exact_text(self, track: Track, row: int) -> str:
        """The value of a field in one message, every digit of it; "" where it cannot be read any more."""
        if track.field is None or self.transcript is None:
            return ""
        try:
            payload = self.transcript.payload_view(row)
        except WirelensError:
            return ""
        message = MessageNumbers(track.field.owner, [track.field]).message(payload)
        value = track.field.exact(message) if message is not None else None
        return "" if value is None else track.field.exact_text(value)

    # -- what happens

    def set_call(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Begin with another call, or with other types for the same one."""
        self.decoder = decoder
        self._offered.clear()
        self._reading = TrackReading(transcript) if transcript is not None else None
        self._is_cancelled = self._is_working = False
        self._work()
        self.changed.emit()

    def set_choice(self, choice: ChartChoice) -> None:
        """Show something else; what was read already is not read again."""
        if choice == self.choice:
            return
        self._chosen = choice
        self._on_other_choice()

    def suggest(self, choice: ChartChoice) -> None:
        """What to show of this call as long as the person has chosen nothing."""
        before, self._suggested = self.choice, choice
        if self.choice != before:
            self._on_other_choice()

    def _on_other_choice(self) -> None:
        self._is_cancelled = False
        self.choice_changed.emit()
        self._work()

    def choose_field(self, choice: FieldChoice, *, chosen: bool) -> None:
        """Show a field too, or no longer; the one shown without having been chosen stays only if chosen."""
        self.set_choice(self.choice.with_field(choice, chosen=chosen))

    def set_active(self, is_active: bool) -> None:
        """Whether anybody looks: nothing is read for nobody."""
        self._is_active = is_active
        self._work()

    def grow(self) -> None:
        """The transcript has grown; meant for once a frame."""
        self._work()
        if not self.tracks():  # nothing to read, but perhaps something to say
            self.changed.emit()

    def cancel(self) -> None:
        """Read no further; what has been read stays."""
        self._is_cancelled = True
        self.changed.emit()

    def resume(self) -> None:
        """Go on after `cancel`."""
        self._is_cancelled = False
        self._work()

    @property
    def is_saving(self) -> bool:
        """Whether points are being written to a file."""
        return self._saving is not None

    def save_points(self, path: Path) -> None:
        """Write all points of what is shown as CSV, in the background; what is not read yet is read first.

        `saved` tells the end. Until then the file that was there stays as it is.
        """
        if self._reading is None or self._saving is not None:
            return
        stop = self._saving = threading.Event()
        self._stops[:] = [stop]
        self._worker.run(partial(_write_points, self._reading, self.tracks(), path, stop), self._on_saved)
        self.changed.emit()

    def stop_saving(self) -> None:
        """Give up writing: nothing is left of it."""
        if self._saving is not None:
            self._saving.set()

    # -- inside

    def _on_saved(self, outcome: Path | StorageError | None) -> None:
        self._saving = None
        self.changed.emit()
        if outcome is not None:
            self.saved.emit(outcome)

    @property
    def _sorts(self) -> bool:
        return self.choice.form is Form.SUMMED and self.choice.measure is not Measure.ARRIVAL

    def _work(self) -> None:
        reading = self._reading
        if reading is None or self._is_working or self._is_cancelled or not self._is_active or self.progress >= 1:
            return
        self._is_working = True
        job = partial(_read_on, reading, self.tracks(), sorts=self._sorts)
        self._worker.run(job, partial(self._on_read, reading))

    def _on_read(self, reading: TrackReading, _more: bool) -> None:
        if reading is not self._reading:
            return
        self._is_working = False
        self._work()
        self.changed.emit()


def _read_on(reading: TrackReading, tracks: list[Track], *, sorts: bool) -> bool:
    return reading.read_on(tracks, sorts=sorts, seconds=_SLICE)


def _write_points(
    reading: TrackReading, tracks: list[Track], path: Path, stop: threading.Event
) -> Path | StorageError | None:
    """Where to, why not, or None where it was given up."""
    part = path.with_name(f".{path.name}.part")
    try:
        while reading.read_on(tracks, sorts=False, seconds=_SLICE) and not stop.is_set():
            pass
        with part.open("w", encoding="utf-8", newline="") as file:
            for piece in csv_pieces(reading.transcript, tracks):
                if stop.is_set():
                    break
                file.write(piece)
        if stop.is_set():
            part.unlink()
            return None
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        return StorageError(f"the points were not saved: {error.strerror or error}", place=str(path))
    return path


def _set_all(stops: list[threading.Event], *_destroyed: object) -> None:
    for stop in stops:
        stop.set()
