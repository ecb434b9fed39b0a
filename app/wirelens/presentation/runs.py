"""The calls of one tab that are still there to be looked at: the last one, and those before it within bounds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from wirelens.engine.calls.call import CallRequest
from wirelens.engine.calls.transcript import Transcript
from wirelens.engine.calls.transcript_file import SavedCall
from wirelens.presentation.draft.snapshot import Snapshot
from wirelens.presentation.metadata_model import MetadataRow

_ROW_COST = 25  # bytes in memory for each row of a transcript


@dataclass(frozen=True, slots=True, eq=False)
class AskedFor:
    """What stood in the tab when a call was made, so that it can be brought back: states of drafts share what did not
    change, so this costs next to nothing.

    Attributes:
        messages: the prepared messages; the one that is edited stands at `current`.
        request: how the call was made; None where that is not known, as of one from a file.
    """

    messages: tuple[Snapshot, ...] = ()
    current: int = 0
    metadata: tuple[MetadataRow, ...] = ()
    deadline_text: str = ""
    request: CallRequest | None = None


@dataclass(slots=True, eq=False)
class Run:
    """One call of a tab with all that it brought.

    Attributes:
        number: counted from 1 in the tab; never given twice.
        target: the server's address, as it is shown.
        began: on the monotonic clock; without meaning where the call is from a file.
        keep_bytes: how many bytes of its newest messages are kept, None for all.
        saved: the file that it is from, if it is from one.
        is_pinned: stays however many follow.
    """

    number: int
    transcript: Transcript
    asked_for: AskedFor
    target: str
    began: float = 0.0
    keep_bytes: int | None = None
    saved: SavedCall | None = None
    is_pinned: bool = field(default=False)

    @property
    def is_running(self) -> bool:
        return self.transcript.finished is None

    @property
    def kept_bytes(self) -> int:
        """What its messages and rows take, on disk or in memory."""
        transcript = self.transcript
        size = transcript.received_bytes + transcript.sent_bytes - transcript.skipped_bytes
        if self.keep_bytes is not None:
            size = min(size, self.keep_bytes)
        return size + len(transcript) * _ROW_COST

    @property
    def started_at(self) -> datetime | None:
        return self.transcript.started_at


class Runs(QObject):
    """Oldest first. One of them is shown; the newest, the shown and the pinned ones stay whatever the bounds."""

    changed = Signal()  # which there are, or what is pinned
    shown_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[Run] = []
        self._shown: Run | None = None
        self._next_number = 1
        self._most = 1
        self._most_bytes: int | None = None

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def all(self) -> tuple[Run, ...]:
        return tuple(self._runs)

    @property
    def shown(self) -> Run | None:
        """The one whose transcript is looked at."""
        return self._shown

    @property
    def newest(self) -> Run | None:
        return self._runs[-1] if self._runs else None

    def add(self, make: Callable[[int], Run]) -> Run:
        """Take in one more, made with its number, and show it; the oldest may go."""
        run = make(self._next_number)
        self._next_number += 1
        self._runs.append(run)
        self.show_run(run)
        self._drop_the_oldest()
        self.changed.emit()
        return run

    def show_run(self, run: Run) -> None:
        """Look at this one."""
        if run is not self._shown:
            self._shown = run
            self.shown_changed.emit()

    def step(self, by: int) -> None:
        """Look at the one before (-1) or behind (1); at either end nothing happens."""
        if self._shown is not None:
            place = self._runs.index(self._shown) + by
            if 0 <= place < len(self._runs):
                self.show_run(self._runs[place])

    def set_pinned(self, run: Run, pinned: bool) -> None:
        """A pinned one stays until it is removed."""
        if run.is_pinned != pinned:
            run.is_pinned = pinned
            self._drop_the_oldest()
            self.changed.emit()

    def remove(self, *runs: Run) -> None:
        """Let runs go with their messages; one that still runs stays, and so does the last that there is."""
        gone = [run for run in runs if run in self._runs and not run.is_running]
        left = [run for run in self._runs if run not in gone]
        if not left and gone:
            left.append(gone.pop())
        if not gone:
            return
        if self._shown in gone:
            place = self._runs.index(self._shown)
            behind = [run for run in self._runs[place:] if run in left]
            self._runs = left
            self.show_run(behind[0] if behind else left[-1])  # before its messages are gone: views still show them
        self._runs = left
        for run in gone:
            run.transcript.close()
        self.changed.emit()

    def remove_others(self, run: Run) -> None:
        """Let all go but this one, the pinned ones included."""
        self.remove(*(other for other in self._runs if other is not run))

    def set_bounds(self, most: int, most_bytes: int | None) -> None:
        """How many are kept, at least 1, and of how many bytes together; None for any."""
        if (most, most_bytes) != (self._most, self._most_bytes):
            self._most, self._most_bytes = max(most, 1), most_bytes
            self.tidy()

    def tidy(self) -> None:
        """One has grown: the oldest may have to go."""
        if self._drop_the_oldest():
            self.changed.emit()

    def close(self) -> None:
        """Drop all messages."""
        for run in self._runs:
            run.transcript.close()

    def _drop_the_oldest(self) -> bool:
        """Pinned runs count as well: they take their room from the others."""
        count = len(self._runs)
        size = sum(run.kept_bytes for run in self._runs) if self._most_bytes is not None else 0
        gone = []
        for run in self._runs[:-1]:
            if count <= self._most and (self._most_bytes is None or size <= self._most_bytes):
                break
            if run.is_pinned or run is self._shown or run.is_running:
                continue
            gone.append(run)
            count -= 1
            size -= run.kept_bytes
        for run in gone:
            self._runs.remove(run)
            run.transcript.close()
        return bool(gone)
