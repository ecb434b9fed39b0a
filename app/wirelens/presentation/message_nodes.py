"""What a row of a message's tree is: what it shows, and its children, which it makes when it is asked for them."""

import functools
import time
from collections.abc import Callable
from enum import Enum

from wirelens.engine.messages.wire.level import MessageLevel, Spans
from wirelens.engine.messages.wire.scanning import Span
from wirelens.presentation.amounts import size_text

PAGE = 500  # elements of a list that are shown without being folded into pages
_STEPS = 250  # fields that are read between two looks at the clock: some 0.3 ms


class NodeRole(Enum):
    """What a value is; widgets have a colour for each."""

    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"  # true, false, names of enums
    SUMMARY = "summary"  # what is in a message or list, said in one line
    DEFAULT = "default"  # not sent
    UNKNOWN = "unknown"  # not in the schema
    MISTAKE = "mistake"  # bytes that cannot be read


class NodeContent(Enum):
    """What the bytes of a leaf are that has a viewer of its own."""

    TEXT = "text"
    BYTES = "bytes"


class MessageNode:
    """One row. `make_children` is None for a leaf; a value that costs time is given as a function.

    The children of a message come from its `level`; until that is whole, the last child says how far it is read.
    `size` is how many bytes the value takes on the wire, 0 where nobody asks.

    `spans` are the bytes of the value, of a list from its first value to its last. A list or map knows by `position`
    at which place the value of these bytes stands, and a page of one from which `positions` to before which it has.
    """

    def __init__(
        self,
        name: str,
        value: str | Callable[[], str],
        type_name: str,
        role: NodeRole,
        path: str,
        *,
        copy: Callable[[], str],
        make_children: Callable[[], list["MessageNode"]] | None = None,
        make_level: Callable[[], MessageLevel] | None = None,
        documentation: str = "",
        says_all: bool = False,
        size: int = 0,
        spans: Spans = (),
        json: Callable[[], str] | None = None,
        content: NodeContent | None = None,
        position: Callable[[Span], int | None] | None = None,
        positions: tuple[int, int] | None = None,
        may_have_children: Callable[[], bool] | None = None,
    ) -> None:
        self.name = name
        self._value = value
        self.type_name = type_name
        self.role = role
        self.path = path
        self.value_to_copy = copy
        self.documentation = documentation
        self.says_all = says_all  # its own line tells all that is below it
        self.size = size
        self.spans = spans
        self.json_to_copy = json or copy  # of a message or list they are the same
        self.content = content
        self.position = position
        self.positions = positions
        self.parent: MessageNode | None = None
        self.row = 0
        self._make_children = make_children
        self._may_have_children = may_have_children
        self._make_level = make_level

    @functools.cached_property
    def value(self) -> str:
        return self._value if isinstance(self._value, str) else self._value()

    def forget_value(self) -> None:
        """Ask for the value anew when it is shown next."""
        vars(self).pop("value", None)

    @functools.cached_property
    def has_children(self) -> bool:
        if self._may_have_children is not None and not self._may_have_children():
            return False
        return self._make_children is not None

    @functools.cached_property
    def level(self) -> MessageLevel | None:
        """What the row's children are read from, where it is a message."""
        return self._make_level() if self._make_level is not None else None

    @property
    def is_whole(self) -> bool:
        """Whether its children are all there; else `read_on`, then `make_children` anew."""
        return self.level is None or self.level.is_whole

    def read_on(self, seconds: float | None) -> bool:
        """Read the row's message for so long (None: to its end). True once its children can all be made."""
        level = self.level
        if level is None or level.is_whole:
            return True
        if seconds is None:
            return level.advance()
        end = time.perf_counter() + seconds
        while not level.advance(_STEPS):
            if time.perf_counter() >= end:
                return False
        return True

    @functools.cached_property
    def children(self) -> list["MessageNode"]:
        return self.make_children()

    def make_children(self) -> list["MessageNode"]:
        """New rows for what is below this one, as far as it is read."""
        made = self._make_children() if self._make_children is not None else []
        for row, child in enumerate(made):
            child.parent, child.row = self, row
        return made

    def set_children(self, children: list["MessageNode"]) -> None:
        """Put rows that `make_children` made in place of those before."""
        vars(self)["children"] = children


def progress_node(level: MessageLevel, path: str) -> MessageNode:
    """The row behind all others while the level is being read."""
    return MessageNode(
        "…",
        lambda: f"reading: {size_text(level.bytes_read)} of {size_text(level.size)}",
        "",
        NodeRole.SUMMARY,
        path,
        copy=lambda: "",
    )


def in_pages(rows: Callable[[int, int], list[MessageNode]], count: int, path: str) -> list[MessageNode]:
    """A long list in pages of equal size: a view that gets all rows at once would take seconds to lay them out."""
    return _between(rows, 0, count, path)


def _between(rows: Callable[[int, int], list[MessageNode]], start: int, end: int, path: str) -> list[MessageNode]:
    count = end - start
    if count <= PAGE:
        return rows(start, end)
    size = PAGE
    while count > size * PAGE:
        size *= PAGE
    return [_page(rows, first, min(first + size, end), path) for first in range(start, end, size)]


def _page(rows: Callable[[int, int], list[MessageNode]], start: int, end: int, path: str) -> MessageNode:
    return MessageNode(
        f"{start:,} … {end - 1:,}",
        "",
        "",
        NodeRole.SUMMARY,
        path,
        copy=lambda: "",
        make_children=lambda: _between(rows, start, end, path),
        positions=(start, end),
    )
