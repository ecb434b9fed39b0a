"""What a headless verb left behind, as these tests look at it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """Exit code and both outputs of one command."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of `--events`."""
        return [json.loads(line) for line in self.out.splitlines()]


Wirelens = Callable[..., Awaitable[Outcome]]
