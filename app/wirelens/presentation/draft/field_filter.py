"""Which fields of a draft a form shows while somebody looks for a name, or wants to see the set ones only."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QObject, QTimer, Signal

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft import edits
from wirelens.presentation.draft.field_index import (
    Structure,
    any_index,
    field_index,
    message_structure,
    message_type,
    structure_of,
    whole_shape,
)
from wirelens.presentation.draft.paths import Path, is_row
from wirelens.presentation.draft.tree import AnyValue, ListValue, MapValue, MessageValue, Value

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
                if structure_of(shape) is Structure.MESSAGE and (is_row(path) or not shape.is_map):
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
                    if isinstance(item, (MessageValue, ListValue, MapValue)):
                        open_ones.append(((*path, position), item))
            elif isinstance(value, MapValue):
                for position, (name, item) in enumerate(value.entries):
                    if text in name.casefold():
                        keys.add((*path, position))
                        found((*path, position))
                    elif isinstance(item, (MessageValue, ListValue, MapValue)):
                        open_ones.append(((*path, position), item))
        self._found_text, self._around, self._keys, self._rows = text, around, keys, rows


def foldable_places(descriptor: Descriptor, tree: Value, most: int, most_rows: int) -> tuple[list[Path], bool]:
    """What "expand all" unfolds, from the outside in, at most `most` places; and whether more was left folded.

    Everything that is set, and unset messages where their type does not lie within itself. Of a list with more than
    `most_rows` rows only the list itself.
    """
    places: list[Path] = []
    whole = whole_shape(descriptor) if message_structure(descriptor) is not Structure.MESSAGE else None
    waiting: list[tuple[Path, FieldShape | None, Value | None, tuple[Descriptor, ...]]] = [((), whole, tree, ())]
    for path, shape, value, outer in waiting:
        around = outer if isinstance(value, (ListValue, MapValue)) else (*outer, _holder(descriptor, shape, value))
        for place, inner, held in _inside(descriptor, path, shape, value, most_rows):
            if not _can_be_unfolded(place, inner, held, around):
                continue
            if len(places) >= most:
                return places, True
            places.append(place)
            waiting.append((place, inner, held, around))
    return places, False


def _holder(descriptor: Descriptor, shape: FieldShape | None, value: Value | None) -> Descriptor:
    """The type of one message; of an Any, that of its content."""
    if isinstance(value, MessageValue):
        return value.descriptor
    return descriptor if shape is None else message_type(shape)


def _inside(
    descriptor: Descriptor, path: Path, shape: FieldShape | None, value: Value | None, most_rows: int
) -> Iterator[tuple[Path, FieldShape, Value | None]]:
    """The fields of a message or an Any, or the rows of a list, map or JSON tree; `shape` is None for the root."""
    if shape is not None and isinstance(value, (ListValue, MapValue)):
        element = edits.element_shape(edits.rows_shape(shape, value, is_row=is_row(path)))
        count = edits.row_count(value)
        for row in range(count if count <= most_rows else 0):
            yield (*path, row), element, edits.value_at(value, (row,))
        return
    if shape is not None and (_is_many(path, shape) or structure_of(shape) not in (Structure.MESSAGE, Structure.ANY)):
        return
    index = field_index(descriptor if shape is None else message_type(shape))
    if shape is not None and structure_of(shape) is Structure.ANY:
        index = value.index if isinstance(value, AnyValue) else any_index(message_type(shape), None)
    fields = value.fields if isinstance(value, MessageValue) else {}
    for key, inner in index.by_key.items():
        yield (*path, key), inner, fields.get(key)


def _can_be_unfolded(path: Path, shape: FieldShape, held: Value | None, around: tuple[Descriptor, ...]) -> bool:
    is_many = _is_many(path, shape)
    element = edits.element_shape(shape) if is_many else shape
    structure = structure_of(element)
    if structure is Structure.LEAF:
        return False
    if held is None:
        is_one = not is_many and shape.oneof is None and structure is Structure.MESSAGE
        return is_one and message_type(element) not in around
    return is_many or structure is not Structure.VALUE or isinstance(held, (ListValue, MapValue))


def _is_many(path: Path, shape: FieldShape) -> bool:
    return (shape.is_repeated or shape.is_map) and not is_row(path)
