"""Parts of a saved state that take long to write down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Later:
    """Stands for what `make` gives, which is made where it is wanted: in the thread that writes the session file.

    `make` reads only what never changes.
    """

    make: Callable[[], Any]


def made(value: Any) -> Any:
    """What a `Later` stands for, and anything else as it is."""
    return value.make() if isinstance(value, Later) else value
