"""The message types that an Any may hold, found by a part of their names."""

from collections.abc import Sequence

_ALWAYS_KNOWN = ("google.protobuf.", "google.rpc.")
DEFAULT_PREFIX = "type.googleapis.com/"


class TypeChoices:
    """Thousands of names, looked through in one go: a step of typing takes some milliseconds with twenty thousand.

    They keep their order, but those that every schema has go last.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = sorted(names, key=lambda name: name.startswith(_ALWAYS_KNOWN))
        self._lowered = [name.lower() for name in self._names]

    def matches(self, text: str) -> list[str]:
        """The full names that `text`, a part of a name or a type URL, fits; those whose own name it begins go first."""
        wanted = text.rpartition("/")[2].strip().lower()
        if not wanted:
            return list(self._names)
        ranked: tuple[list[str], ...] = ([], [], [], [])
        for lowered, name in zip(self._lowered, self._names, strict=True):
            if wanted in lowered:
                ranked[_rank(wanted, lowered)].append(name)
        return [name for names in ranked for name in names]


def url_of(name: str, present: str) -> str:
    """The type URL of a chosen type: with the prefix that stands there, else the usual one."""
    prefix, slash, _name = present.rpartition("/")
    return f"{prefix}{slash}{name}" if slash else f"{DEFAULT_PREFIX}{name}"


def _rank(wanted: str, lowered: str) -> int:
    short = lowered.rpartition(".")[2]
    if wanted in (short, lowered):
        return 0
    if short.startswith(wanted):
        return 1
    return 2 if wanted in short else 3
