"""Which fields of a draft a form shows while somebody looks for a name, or wants to see the set ones only."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.presentation.draft import edits
from wirelens.presentation.draft.field_index import Structure, field_index, message_type, structure_of
from wirelens.presentation.draft.paths import Path
from wirelens.presentation.draft.tree import ListValue, MapValue, MessageValue, Value

if TYPE_CHECKING:
    from wirelens.presentation.draft.draft import Draft

_SLICE = 0.004  # seconds of searching in one turn of the event loop
_STEPS = 50  # nodes between two looks at the clock


class FieldFilter(QObject):
    """Finds names at any depth of what is set or unfolded; a field that matches is shown with all that is in it.

    A large message is searched in slices; `changed` comes when the answers are others.
    """

    changed = Signal()

    def __init__(self, draft: "Draft", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unfolded: set[Path] = set()
        self._draft = draft
        self._descriptor = draft.descriptor
        self._typed = ""
        self._text = self._found_text = ""
        self._only_set = False
        self._around: set[Path] = set()  # what lies around a match
        self._keys: set[Path] = set()  # entries of maps whose key matches
        self._rows: dict[Path, set[int]] = {}
        self._search: Iterator[None] | None = None
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._go_on)
        draft.changed.connect(self._search_anew)

    @property
    def typed(self) -> str:
        """What is looked for, as it was typed."""
        return self._typed

    @property
    def text(self) -> str:
        """What is looked for, without regard to case."""
        return self._text

    @property
    def only_set(self) -> bool:
        return self._only_set

    @property
    def is_active(self) -> bool:
        return self._only_set or bool(self._found_text)

    @property
    def is_searching(self) -> bool:
        """Whether what is found is not known yet."""
        return self._search is not None

    @property
    def found_nothing(self) -> bool:
        """Whether the search is over and no name matches."""
        return bool(self._found_text) and self._search is None and not self._around

    def set_text(self, text: str) -> None:
        self._typed = text
        self._text = text.strip().casefold()
        self._search_anew()

    def set_only_set(self, only_set: bool) -> None:
        if only_set != self._only_set:
            self._only_set = only_set
            self.changed.emit()

    def state(self) -> dict[str, Any]:
        """For the session file."""
        return {"text": self._typed, "only_set": self._only_set}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave."""
        text = state.get("text")
        self.set_text(text if isinstance(text, str) else "")
        self.set_only_set(state.get("only_set") is True)

    def set_unfolded(self, path: Path, unfolded: bool) -> None:
        """Unset messages are searched as far as they are unfolded, and can be seen."""
        if unfolded:
            self._unfolded.add(path)
        else:
            self._unfolded.discard(path)
        if unfolded and self._text and self._draft.value(path) is None:
            self._search_anew()

    def shows(self, path: Path) -> bool:
        """Whether the field or row at `path` is to be seen."""
        if self._only_set and self._draft.value(path) is None:
            return False
        return not self._found_text or path in self._around or self.is_within_match(path)

    def is_within_match(self, path: Path) -> bool:
        """Whether the name of the field at `path`, or of one that it lies in, matches."""
        if any(isinstance(step, str) and self._found_text in step.casefold() for step in path):
            return True
        return bool(self._keys) and any(path[:length] in self._keys for length in range(1, len(path) + 1))

    def leads_to_match(self, path: Path) -> bool:
        """Whether a match lies below `path`, which is none itself."""
        return bool(self._found_text) and path in self._around and not self.is_within_match(path)

    def rows(self, path: Path, count: int) -> Sequence[int]:
        """The positions of the rows that are to be seen of the list or map at `path`, which has `count`."""
        if not self._found_text or self.is_within_match(path):
            return range(count)
        return [row for row in sorted(self._rows.get(path, ())) if row < count]

    def _search_anew(self) -> None:
        if self._descriptor is not self._draft.descriptor:  # a reload: the form is built anew, folded
            self._descriptor = self._draft.descriptor
            self._unfolded.clear()
        if not self._text:
            was_active = bool(self._found_text)
            self._search, self._found_text = None, ""
            self._around, self._keys, self._rows = set(), set(), {}
            if was_active:
                self.changed.emit()
            return
        self._search = self._searching(self._text)
        self._more.start()

    def _go_on(self) -> None:
        enough = time.perf_counter() + _SLICE
        while self._search is not None and time.perf_counter() < enough:
            try:
                next(self._search)
            except StopIteration:
                self._search = None
                self.changed.emit()
                return
        if self._search is not None:
            self._more.start()

    def _searching(self, text: str) -> Iterator[None]:
        around: set[Path] = set()
        keys: set[Path] = set()
        rows: dict[Path, set[int]] = {}
        matching: dict[Descriptor, bool] = {}

        def found(path: Path) -> None:
            while path not in around:
                around.add(path)
                if not path:
                    return
                if isinstance(path[-1], int):
                    rows.setdefault(path[:-1], set()).add(path[-1])
                path = path[:-1]

        def look_at(path: Path, descriptor: Descriptor) -> None:
            if descriptor not in matching:
                index = field_index(descriptor)
                matching[descriptor] = any(text in name.casefold() for name in (*index.by_key, *index.oneofs))
            if matching[descriptor]:
                found(path)

        for path in self._unfolded:
            if self._draft.value(path) is None:
                try:
                    shape = edits.shape_at(self._draft.descriptor, self._draft.tree, path)
                except KeyError:  # an Any around it holds another type by now
                    continue
                if structure_of(shape) is Structure.MESSAGE and (isinstance(path[-1], int) or not shape.is_map):
                    look_at(path, message_type(shape))
        open_ones: list[tuple[Path, Value]] = [((), self._draft.tree)]
        steps = 0
        while open_ones:
            steps += 1
            if steps % _STEPS == 0:
                yield
            path, value = open_ones.pop()
            if isinstance(value, MessageValue):
                look_at(path, value.descriptor)
                for key, field in value.fields.items():
                    if text not in key.casefold() and isinstance(field, (MessageValue, ListValue, MapValue)):
                        open_ones.append(((*path, key), field))
            elif isinstance(value, ListValue):
                for position, item in enumerate(value.items):
                    if isinstance(item, MessageValue):
                        open_ones.append(((*path, position), item))
            elif isinstance(value, MapValue):
                for position, (name, item) in enumerate(value.entries):
                    if text in name.casefold():
                        keys.add((*path, position))
                        found((*path, position))
                    elif isinstance(item, MessageValue):
                        open_ones.append(((*path, position), item))
        self._found_text, self._around, self._keys, self._rows = text, around, keys, rows


def foldable_places(descriptor: Descriptor, tree: Value, most: int, most_rows: int) -> tuple[list[Path], bool]:
    """What "expand all" unfolds, from the outside in, at most `most` places; and whether more was left folded.

    Everything that is set, and unset messages where their type does not lie within itself. Of a list with more than
    `most_rows` rows only the list itself.
    """
    places: list[Path] = []
    waiting: list[tuple[Path, Descriptor, Value | None, tuple[Descriptor, ...]]] = [((), descriptor, tree, ())]
    for path, holder, value, outer in waiting:
        fields = value.fields if isinstance(value, MessageValue) else {}
        for key, shape in field_index(holder).by_key.items():
            element = shape.value if shape.is_map else shape
            held, place = fields.get(key), (*path, key)
            is_many = shape.is_repeated or shape.is_map
            if element is None or structure_of(element) is not Structure.MESSAGE:
                continue
            kind = message_type(element)
            if held is None and (is_many or shape.oneof is not None or kind in (*outer, holder)):
                continue
            if len(places) >= most:
                return places, True
            places.append(place)
            around = (*outer, holder)
            if not is_many:
                waiting.append((place, kind, held, around))
                continue
            count = edits.row_count(held)
            if count > most_rows:
                continue
            for row in range(count):
                if len(places) >= most:
                    return places, True
                places.append((*place, row))
                waiting.append(((*place, row), kind, edits.value_at(tree, (*place, row)), around))
    return places, False
