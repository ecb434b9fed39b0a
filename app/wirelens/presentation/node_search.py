"""Finding a row of a message's tree: by its path, or by the fields that a byte is in."""

import re
from collections.abc import Sequence

from wirelens.engine.messages.wire.reading import WireField
from wirelens.engine.messages.wire.scanning import Span
from wirelens.presentation.message_nodes import MessageNode

_PAGES_LOOKED_INTO = 10  # of a map, whose pages say nothing of the keys in them
_POSITION = re.compile(r"\[(\d+)\]")


def node_by_path(root: MessageNode, path: str) -> MessageNode | None:
    """The row of that path, or the nearest one above it; None where not even its first field is there."""
    found: MessageNode | None = None
    below = _towards(root, path)
    while below is not None:
        found = below
        if found.path == path:
            break
        below = _towards(found, path)
    return found


def node_at(root: MessageNode, fields: Sequence[WireField], element: Span | None = None) -> MessageNode | None:
    """The row of the innermost of `fields`, the outermost first; `element` is a value in a packed list.

    It is a row above that where the tree has none: for the key of a map, for a value that came again later on.
    """
    node: MessageNode | None = None
    holder = root
    for field in fields:
        if node is not None and field.value in node.spans and node.position is None:
            continue  # the value of a map's entry, whose row is the entry's
        found = _child_of_field(holder, field)
        if found is None:
            break
        node = found
        if found.position is not None:
            is_last = field is fields[-1]
            at = found.position(element if is_last and element is not None else field.value)
            node = _child_at(found, at) if at is not None else found
        holder = node
    return node


def _towards(node: MessageNode, path: str) -> MessageNode | None:
    pages = 0
    for child in node.children:
        if child.positions is not None:
            inner = _in_page(node, child, path)
            pages += 1
            if inner is not None:
                return inner
            if pages > _PAGES_LOOKED_INTO and node.position is None:
                return None
        elif child.path == path or (path.startswith(child.path) and path[len(child.path)] in ".["):
            return child
    return None


def _in_page(holder: MessageNode, page: MessageNode, path: str) -> MessageNode | None:
    """Of a list the page is known by the position; that of a map is searched."""
    named = _POSITION.match(path, len(page.path))
    if named is not None and page.positions is not None:
        start, end = page.positions
        if not start <= int(named[1]) < end:
            return None
    return _towards(page, path)


def _child_of_field(node: MessageNode, field: WireField) -> MessageNode | None:
    for child in node.children:
        if child.positions is not None:  # unknown fields, so many that they are in pages
            hull = child.children[0], child.children[-1]
            if _begin(hull[0]) <= field.value_start and field.value_end <= _finish(hull[1]):
                return _child_of_field(child, field)
        elif child.name == field.path_name and (field.is_known or field.value in child.spans):
            return child
    return None


def _child_at(node: MessageNode, position: int) -> MessageNode:
    """The element at a position of a list or map, whose rows may be in pages."""
    rows = node.children
    first = 0
    while rows[0].positions is not None:
        page = next(page for page in rows if page.positions is not None and position < page.positions[1])
        assert page.positions is not None
        first, rows = page.positions[0], page.children
    return rows[position - first]


def _begin(node: MessageNode) -> int:
    return node.spans[0].start if node.spans else _begin(node.children[0])


def _finish(node: MessageNode) -> int:
    return node.spans[-1].end if node.spans else _finish(node.children[-1])
