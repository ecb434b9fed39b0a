"""How a call is made, beside its message and metadata: deadline, waiting, compression; which answers of a stream are
taken and kept; and how they are shown."""

import math
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from wirelens.engine.calls.call import Compression
from wirelens.engine.errors import UsageError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.history import History

KEEP_RUNS = 10
KEEP_RUNS_MIB = 1024
_UNARY_DEADLINE = "30"
_MISTAKE = "The deadline is a number of seconds above 0, such as 30 or 0.5; empty means none."


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the Options page edits, a step of undo each."""

    wait_for_ready: bool = False
    compression: Compression | None = None
    emit_defaults: bool = False
    take_every: int = 1
    count_only: bool = False
    stop_after: int | None = None
    keep_mib: int | None = None
    keep_runs: int = KEEP_RUNS
    keep_runs_mib: int | None = KEEP_RUNS_MIB


class CallOptions(QObject):
    """What the Options page and the header edit. The deadline is kept as typed, since it may not be a number yet.

    Undo is that of the page; the deadline's line has its own, as every line has.
    """

    changed = Signal()

    def __init__(self, pattern: Pattern, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A stream may last for hours; a unary call that hangs should end by itself.
        self._deadline_text = _UNARY_DEADLINE if pattern is Pattern.UNARY else ""
        self._history = History(_Choices())

    @property
    def deadline_text(self) -> str:
        """Seconds as typed, empty for none."""
        return self._deadline_text

    def set_deadline_text(self, text: str) -> None:
        if text != self._deadline_text:
            self._deadline_text = text
            self.changed.emit()

    @property
    def deadline_mistake(self) -> str:
        """A sentence that says why the deadline is none; empty where it is right."""
        try:
            self.deadline()
        except UsageError:
            return _MISTAKE
        return ""

    def deadline(self) -> float | None:
        """Seconds, None for no deadline.

        Raises:
            UsageError: what was typed is no number of seconds.
        """
        text = self._deadline_text.strip().removesuffix("s").strip()
        if not text:
            return None
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not (math.isfinite(seconds) and seconds > 0):
            raise UsageError(
                f"the deadline {self._deadline_text.strip()!r} is no number of seconds",
                place="deadline",
                next_step="type one such as 30 or 0.5, or leave it empty for none",
            )
        return seconds

    @property
    def wait_for_ready(self) -> bool:
        """Wait for a server that is not there yet, instead of ending with UNAVAILABLE."""
        return self._history.present.wait_for_ready

    def set_wait_for_ready(self, wait: bool) -> None:
        self._choose(replace(self._history.present, wait_for_ready=wait))

    @property
    def compression(self) -> Compression | None:
        return self._history.present.compression

    def set_compression(self, compression: Compression | None) -> None:
        self._choose(replace(self._history.present, compression=compression))

    @property
    def emit_defaults(self) -> bool:
        """Whether answers show fields that hold their default and were not sent."""
        return self._history.present.emit_defaults

    def set_emit_defaults(self, emit: bool) -> None:
        self._choose(replace(self._history.present, emit_defaults=emit))

    @property
    def take_every(self) -> int:
        """1 takes all answers of a stream, n the first and every n-th after it."""
        return self._history.present.take_every

    def set_take_every(self, number: int) -> None:
        """At least 1; typing on is one step of undo."""
        self._choose(replace(self._history.present, take_every=max(number, 1)), "take every")

    def set_take(self, *, every: int, count_only: bool) -> None:
        """Both in one step."""
        self._choose(replace(self._history.present, take_every=max(every, 1), count_only=count_only))

    @property
    def count_only(self) -> bool:
        """Whether answers of a stream are counted and not taken."""
        return self._history.present.count_only

    @property
    def stop_after(self) -> int | None:
        """After how many answers of a stream the call is ended, None for never."""
        return self._history.present.stop_after

    def set_stop_after(self, number: int | None) -> None:
        """At least 1, or None; typing on is one step of undo."""
        self._choose(replace(self._history.present, stop_after=number and max(number, 1)), "stop after")

    @property
    def keep_mib(self) -> int | None:
        """How many MiB of a call's newest messages are kept, None for all."""
        return self._history.present.keep_mib

    def set_keep_mib(self, mib: int | None) -> None:
        self._choose(replace(self._history.present, keep_mib=mib))

    @property
    def keep_runs(self) -> int:
        """How many calls of the tab are kept, the newest included."""
        return self._history.present.keep_runs

    def set_keep_runs(self, count: int) -> None:
        """At least 1."""
        self._choose(replace(self._history.present, keep_runs=max(count, 1)))

    @property
    def keep_runs_mib(self) -> int | None:
        """How many MiB all calls of the tab may take together before the oldest goes, None for any."""
        return self._history.present.keep_runs_mib

    def set_keep_runs_mib(self, mib: int | None) -> None:
        self._choose(replace(self._history.present, keep_runs_mib=mib))

    def can_undo(self) -> bool:
        return self._history.can_undo

    def can_redo(self) -> bool:
        return self._history.can_redo

    def undo(self) -> None:
        """Take the last choice back."""
        self._history.undo()
        self.changed.emit()

    def redo(self) -> None:
        """Make the choice that was taken back last again."""
        self._history.redo()
        self.changed.emit()

    def _choose(self, choices: _Choices, edit: str | None = None) -> None:
        if choices != self._history.present:
            self._history.record(choices, edit)
            self.changed.emit()

    def state(self) -> dict[str, Any]:
        """For the session file."""
        return {
            "deadline": self._deadline_text,
            "wait_for_ready": self.wait_for_ready,
            "compression": self.compression.value if self.compression is not None else None,
            "emit_defaults": self.emit_defaults,
            "take_every": self.take_every,
            "count_only": self.count_only,
            "stop_after": self.stop_after,
            "keep_mib": self.keep_mib,
            "keep_runs": self.keep_runs,
            "keep_runs_mib": self.keep_runs_mib,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave; what cannot be meant is left as it is."""
        self._deadline_text = str(state.get("deadline", self._deadline_text))
        names = {compression.value: compression for compression in Compression}
        choices = _Choices(
            wait_for_ready=bool(state.get("wait_for_ready", False)),
            compression=names.get(str(state.get("compression"))),
            emit_defaults=bool(state.get("emit_defaults", False)),
            take_every=_number(state.get("take_every")) or 1,
            count_only=bool(state.get("count_only", False)),
            stop_after=_number(state.get("stop_after")),
            keep_mib=_number(state.get("keep_mib")),
            keep_runs=_number(state.get("keep_runs")) or KEEP_RUNS,
            keep_runs_mib=_number(state.get("keep_runs_mib")) if "keep_runs_mib" in state else KEEP_RUNS_MIB,
        )
        self._history = History(choices)
        self.changed.emit()


def _number(saved: object) -> int | None:
    """A number from 1 on, None for anything else."""
    return saved if isinstance(saved, int) and not isinstance(saved, bool) and saved >= 1 else None
