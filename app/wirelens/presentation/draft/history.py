"""Undo and redo over whole states of a draft; states share what did not change, so a step costs next to nothing."""

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from wirelens.engine.errors import JsonError
from wirelens.engine.messages.wire.scanning import WireMistake
from wirelens.presentation.draft.tree import Value

_TYPING_PAUSE = 1.0  # seconds after which the next letter begins a step of its own
_LIMIT = 500  # steps
_TEXT_LIMIT = 32 * 2**20  # characters of JSON and bytes of messages as typed, over all steps


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a draft: the tree, and the JSON or the bytes as typed where those are what was edited last.

    With a `problem` the text is no JSON, with a `wire_mistake` the bytes in `wire` are no such message; the tree is
    then the last good one. `is_read` is False while a large text or message waits to be read; the tree is then an
    older one as well.
    """

    tree: Value
    text: str | None = None
    problem: JsonError | None = None
    is_read: bool = True
    wire: bytes | None = None
    wire_mistake: WireMistake | None = None

    @property
    def typed_size(self) -> int:
        """What is kept letter for letter, in characters and bytes."""
        return len(self.text or "") + len(self.wire or b"")


class History:
    """The states before and after the present one."""

    def __init__(self, present: Snapshot, clock: Callable[[], float] = time.monotonic) -> None:
        self.present = present
        self._clock = clock
        self._before: deque[Snapshot] = deque(maxlen=_LIMIT)
        self._after: list[Snapshot] = []
        self._last_edit: Hashable = None
        self._last_time = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def record(self, snapshot: Snapshot, edit: Hashable = None) -> None:
        """Make `snapshot` the present. Edits of the same name in quick succession are one step."""
        now = self._clock()
        is_more_typing = edit is not None and edit == self._last_edit and now - self._last_time <= _TYPING_PAUSE
        if not is_more_typing:
            self._before.append(self.present)
            self._drop_old_texts()
        self.present = snapshot
        self._after.clear()
        self._last_edit, self._last_time = edit, now

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._before:
            self._after.append(self.present)
            self.present = self._before.pop()
            self._last_edit = None

    def redo(self) -> None:
        """Go one step forward again, if there is one."""
        if self._after:
            self._before.append(self.present)
            self.present = self._after.pop()
            self._last_edit = None

    def rewrite(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Pass every state through `change`, the present one too."""
        self.present = change(self.present)
        self._before = deque(map(change, self._before), maxlen=_LIMIT)
        self._after = [change(snapshot) for snapshot in self._after]

    def forget(self) -> None:
        """Keep the present only."""
        self._before.clear()
        self._after.clear()
        self._last_edit = None

    def _drop_old_texts(self) -> None:
        total = sum(snapshot.typed_size for snapshot in self._before)
        while total > _TEXT_LIMIT and len(self._before) > 1:
            total -= self._before.popleft().typed_size
