"""The filter of a timeline: goes through all messages of a call in the background, and on while the call grows."""

import array
import bisect
import time
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.calls.transcript import MESSAGE_KINDS, EventKind, Transcript
from wirelens.engine.calls.transcript_filter import Found, TranscriptCheck, TranscriptFilter
from wirelens.engine.errors import FilterError, WirelensError
from wirelens.engine.messages.message_filter.message_filter import LARGEST_READ, MessageFilter, compiled_filter
from wirelens.presentation.amounts import size_text
from wirelens.presentation.message_decoding import MessageDecoder
from wirelens.presentation.thread_worker import ThreadWorker

_SLICE = 0.003  # seconds of work between two turns of the window: both need the interpreter's lock
_RECENT = 20


class TimelineFilter(QObject):
    """An expression in force over a call: which rows match, as far as it has come.

    The same search serves two ends: the timeline shows the matches only, or, where `finds` is set, all rows with the
    matches marked. While an expression cannot be read, the one before stays in force and `mistake` says why.

    Args:
        frame_ms: least time between two `progressed`.
    """

    changed = Signal()  # expression, mistake, `finds`, recent expressions; whether it runs
    rows_replaced = Signal()  # `rows` is another array: the first results of another expression, or none any more
    progressed = Signal()  # more rows are found or done; at most once a frame

    def __init__(self, *, frame_ms: int = 33, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.expression = ""
        self.mistake: FilterError | None = None
        self.recent: list[str] = []  # the newest first
        self._finds = False
        self._transcript: Transcript | None = None
        self._decoder: MessageDecoder | None = None
        self._filter: MessageFilter | None = None
        self._going: TranscriptFilter | None = None
        self._check: TranscriptCheck | None = None
        self._rows: array.array[int] | None = None
        self._match_count = self._message_count = 0
        self._is_fresh = False  # the results shown are still those of the expression before
        self._is_working = self._is_stopped = False
        self._started = 0.0
        self._worker = ThreadWorker(self)
        self._frame = QTimer(self, singleShot=True, interval=frame_ms)
        self._frame.timeout.connect(self.progressed)

    # -- how it stands

    @property
    def is_active(self) -> bool:
        """Whether an expression is in force."""
        return self._filter is not None

    @property
    def finds(self) -> bool:
        """Whether all rows are shown, and matches are gone to, instead of matches only."""
        return self._finds

    @property
    def rows(self) -> "array.array[int] | None":
        """Rows of the transcript: matches, and the events that stay beside them; it grows. None without a filter."""
        return self._rows

    @property
    def subset(self) -> "array.array[int] | None":
        """What a timeline is to show of the transcript: `rows`, or None for all."""
        return None if self._finds else self._rows

    @property
    def match_count(self) -> int:
        return self._match_count

    @property
    def message_count(self) -> int:
        """Messages that were looked at so far."""
        return self._message_count

    @property
    def rows_done(self) -> int:
        return self._going.rows_done if self._going is not None else 0

    @property
    def rows_total(self) -> int:
        return len(self._transcript) if self._transcript is not None else 0

    @property
    def is_running(self) -> bool:
        """Whether there are rows that were not looked at yet, and it is on its way to them."""
        return self._going is not None and not self._is_stopped and self.rows_done < self.rows_total

    @property
    def is_stopped(self) -> bool:
        """Whether the person has stopped it before the last row."""
        return self._is_stopped

    @property
    def running_for(self) -> float:
        """Seconds since the expression was put in force."""
        return time.monotonic() - self._started

    @property
    def note(self) -> str:
        """What it could not look into, in a sentence; empty where there is nothing of that kind."""
        check, wanted = self._check, self._filter
        if check is None or wanted is None or not wanted.asks_content:
            return ""
        parts: list[str] = []
        if check.undecodable_count:
            does = "does" if check.undecodable_count == 1 else "do"
            parts.append(f"{check.undecodable_count:,} {does} not decode")
        if check.too_large_count:
            parts.append(f"{check.too_large_count:,} above {size_text(LARGEST_READ)}")
        if check.missing_count:
            parts.append(f"{check.missing_count:,} not kept")
        return f"Not looked into: {', '.join(parts)}." if parts else ""

    @property
    def meaning(self) -> str:
        """What the expression in force was taken for, where a person may have meant something else."""
        return self._filter.note if self._filter is not None else ""

    # -- what it does

    def set_call(self, transcript: Transcript | None, decoder: MessageDecoder) -> None:
        """Filter another call, or the same one with other types; the expression stays."""
        if decoder is not self._decoder:
            self._filter = None  # it speaks of the types before
        self._transcript, self._decoder = transcript, decoder
        self._check = None
        if self._rows is not None:
            self._rows = array.array("I")
        self._compile(self.expression)
        self._begin()
        self.rows_replaced.emit()
        self.changed.emit()

    def set_expression(self, text: str) -> None:
        """Put another expression in force; a blank one shows everything."""
        if text == self.expression:
            return
        self.expression = text
        if self._compile(text):
            self._begin()
            if self._filter is None:
                self.rows_replaced.emit()
        self.changed.emit()

    def set_finds(self, finds: bool) -> None:
        """Show all rows and mark the matches (True), or show the matches only."""
        if finds != self._finds:
            self._finds = finds
            self.rows_replaced.emit()
            self.changed.emit()

    def remember(self) -> None:
        """Keep the expression among the recent ones: the person meant it."""
        text = self.expression.strip()
        if text and self.mistake is None:
            self.recent = [text, *(each for each in self.recent if each != text)][:_RECENT]
            self.changed.emit()

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self.is_running:
            self._is_stopped = True
            self.changed.emit()

    def go_on(self) -> None:
        """Look further after a stop."""
        if self._is_stopped:
            self._is_stopped = False
            self._started = time.monotonic()
            self._work()
            self.changed.emit()

    def grow(self) -> None:
        """The transcript has grown; meant for once a frame."""
        self._work()

    # -- matches

    def is_match(self, row: int) -> bool:
        """Whether a row of the transcript is a match found so far."""
        rows = self._rows
        if rows is None or self._transcript is None:
            return False
        place = bisect.bisect_left(rows, row)
        return place < len(rows) and rows[place] == row and self._transcript.kind(row) in MESSAGE_KINDS

    def match_after(self, row: int | None) -> int | None:
        """The first match behind a row of the transcript, from the beginning again where there is none."""
        return self._match(row, 1)

    def match_before(self, row: int | None) -> int | None:
        """The last match before a row of the transcript, from the end again where there is none."""
        return self._match(row, -1)

    def _match(self, row: int | None, step: int) -> int | None:
        rows, transcript = self._rows, self._transcript
        if rows is None or transcript is None or not self._match_count or not len(rows):
            return None
        if row is None:
            place = -1 if step > 0 else len(rows)
        else:
            place = bisect.bisect_right(rows, row) - 1 if step > 0 else bisect.bisect_left(rows, row)
        for _ in range(len(rows)):  # events stand between matches, a few in a call
            place = (place + step) % len(rows)
            if transcript.kind(rows[place]) in MESSAGE_KINDS:
                return rows[place]
        return None

    # -- keeping

    def state(self) -> dict[str, Any]:
        """For the session file: what was filtered by, not the filter in force."""
        return {"recent": self.recent, "finds": self._finds}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave, or the part of it that makes sense."""
        recent = state.get("recent")
        if isinstance(recent, list):
            self.recent = [text for text in recent if isinstance(text, str)][:_RECENT]
        self._finds = state.get("finds") is True
        self.changed.emit()

    # -- inside

    def _compile(self, text: str) -> bool:
        """Whether the expression makes sense with the call's types."""
        decoder = self._decoder
        try:
            self.mistake = None
            if decoder is None or not text.strip():
                self._filter = None
            else:
                request, response = decoder.descriptor(EventKind.SENT), decoder.descriptor(EventKind.RECEIVED)
                self._filter = compiled_filter(text, request, response, decoder.schema)
        except FilterError as mistake:
            self.mistake = mistake
        except WirelensError as error:  # the schema cannot build the types
            self.mistake = FilterError(error.message, offset=0, length=len(text), next_step=error.next_step)
        return self.mistake is None

    def _begin(self) -> None:
        """Start from the first row. What is found so far stays in sight until the first results are there."""
        self._is_stopped = False
        self._started = time.monotonic()
        if self._transcript is None or self._filter is None:
            self._going = None
            self._rows = None if self._filter is None else array.array("I")
            self._match_count = self._message_count = 0
            return
        self._going = TranscriptFilter(self._transcript, self._filter)
        self._is_fresh = True
        self._work()

    def _work(self) -> None:
        going = self._going
        if self._is_working or self._is_stopped or going is None:
            return
        if going.rows_done < self.rows_total or self._is_fresh:
            self._is_working = True
            self._worker.run(partial(going.step, _SLICE), partial(self._on_found, going))
        elif (check := self._needed_check()) is not None:
            self._is_working = True
            self._worker.run(partial(check.step, _SLICE), lambda _nothing: self._on_worked())

    def _needed_check(self) -> TranscriptCheck | None:
        """What cannot be looked into is counted once for a call, behind the filter's back."""
        if self._filter is None or not self._filter.asks_content or self._transcript is None or self._decoder is None:
            return None
        if self._check is None:
            request, response = (self._decoder.descriptor(kind) for kind in MESSAGE_KINDS)
            self._check = TranscriptCheck(self._transcript, request, response)
        return self._check if self._check.rows_done < self.rows_total else None

    def _on_found(self, going: TranscriptFilter, found: Found) -> None:
        if going is self._going:
            if self._is_fresh:
                self._is_fresh = False
                self._rows = found.rows
                self._match_count, self._message_count = found.match_count, found.message_count
                self.rows_replaced.emit()
            else:
                assert self._rows is not None
                self._rows.extend(found.rows)
                self._match_count += found.match_count
                self._message_count += found.message_count
        self._on_worked()

    def _on_worked(self) -> None:
        self._is_working = False
        if not self._frame.isActive():
            self._frame.start()
        self._work()
