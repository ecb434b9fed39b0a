"""How many bytes each field of a message takes on the wire."""

from collections.abc import Iterable
from dataclasses import dataclass

from wirelens.engine.messages.wire.reading import WireField
from wirelens.engine.messages.wire.scanning import WireMistake


@dataclass(frozen=True, slots=True)
class FieldSize:
    """What one field takes: `size` bytes with tags and lengths, in `count` occurrences (a packed list is one)."""

    path_name: str
    number: int
    count: int
    size: int


class LevelSizes:
    """The sizes of the fields of one message, added up while its fields go by: in slices, where it is a large one."""

    def __init__(self) -> None:
        self._sizes: dict[str, FieldSize] = {}
        self.unreadable = 0  # bytes behind a mistake

    def add(self, fields: Iterable[WireField | WireMistake]) -> None:
        """Count these as well; all are of one level."""
        for field in fields:
            if isinstance(field, WireMistake):
                self.unreadable += field.end - field.start
                continue
            name = field.path_name
            before = self._sizes.get(name)
            count, size = (before.count, before.size) if before is not None else (0, 0)
            self._sizes[name] = FieldSize(name, field.number, count + 1, size + field.end - field.start)

    @property
    def by_size(self) -> list[FieldSize]:
        """The fields, the largest first."""
        return sorted(self._sizes.values(), key=lambda each: (-each.size, each.number))

    def of(self, path_name: str) -> int:
        """The bytes of one field; 0 where it was not sent."""
        found = self._sizes.get(path_name)
        return found.size if found is not None else 0
