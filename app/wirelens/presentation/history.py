"""Undo and redo over whole states of what is edited; states that share what did not change cost next to nothing."""

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

State = TypeVar("State")

_TYPING_PAUSE = 1.0  # seconds after which the next letter begins a step of its own
_LIMIT = 500  # steps
_WEIGHT_LIMIT = 32 * 2**20  # over all steps


class History(Generic[State]):
    """The states before and after the present one. The oldest are dropped where all together weigh too much."""

    def __init__(
        self,
        present: State,
        clock: Callable[[], float] = time.monotonic,
        *,
        weight: Callable[[State], int] = lambda _state: 0,
    ) -> None:
        self.present = present
        self._clock = clock
        self._weight = weight
        self._before: deque[State] = deque(maxlen=_LIMIT)
        self._after: list[State] = []
        self._last_edit: Hashable = None
        self._last_time = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def record(self, state: State, edit: Hashable = None) -> None:
        """Make `state` the present. Edits of the same name in quick succession are one step."""
        now = self._clock()
        is_more_typing = edit is not None and edit == self._last_edit and now - self._last_time <= _TYPING_PAUSE
        if not is_more_typing:
            self._before.append(self.present)
            self._drop_the_oldest()
        self.present = state
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

    def rewrite(self, change: Callable[[State], State]) -> None:
        """Pass every state through `change`, the present one too."""
        self.present = change(self.present)
        self._before = deque(map(change, self._before), maxlen=_LIMIT)
        self._after = [change(state) for state in self._after]

    def forget(self) -> None:
        """Keep the present only."""
        self._before.clear()
        self._after.clear()
        self._last_edit = None

    def _drop_the_oldest(self) -> None:
        total = sum(map(self._weight, self._before))
        while total > _WEIGHT_LIMIT and len(self._before) > 1:
            total -= self._weight(self._before.popleft())
