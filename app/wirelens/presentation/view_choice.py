"""Which view of an answer opens: the one that a stranger needs, unless the person has chosen another."""

import enum

from wirelens.presentation.message_decoding import Readability


class ViewName(enum.Enum):
    """The views of an answer, in the order of their tabs."""

    TEXT = "Text"
    TREE = "Tree"
    JSON = "JSON"
    WIRE = "Wire"
    CHART = "Chart"
    HEADERS = "Headers"
    STATUS = "Status"
    COMPARE = "Compare"  # only where there is something to compare; never opens by itself


MESSAGE_VIEWS = (ViewName.TREE, ViewName.JSON, ViewName.WIRE)
_LARGE = 256 * 1024  # bytes; from here on the tree, which is made only where it is opened, is the quicker view


def view_to_open(
    chosen: ViewName | None,
    *,
    is_text: bool,
    is_error: bool,
    received_count: int,
    size: int = 0,
    is_empty: bool = False,
    tells_measurements: bool = False,
    readability: Readability = Readability.WHOLE,
) -> ViewName:
    """The view for a call as it stands.

    Args:
        chosen: what the person last chose for this method.
        is_text: the messages are pieces of one text.
        is_error: the call has ended with a status other than OK.
        size: bytes of the message that would be shown.
        is_empty: the one answer has no fields at all.
        tells_measurements: the messages are numbers over time, and little beside.
        readability: how much of its bytes the type explains.
    """
    if is_error and (chosen is None or not received_count):
        return ViewName.STATUS
    if chosen is not None and (is_text or chosen is not ViewName.TEXT):
        return chosen
    if is_text:
        return ViewName.TEXT
    if readability is Readability.NONE:
        return ViewName.WIRE  # which says why
    if tells_measurements and readability is Readability.WHOLE:
        return ViewName.CHART
    is_in_json = not is_empty and readability is not Readability.UNKNOWN  # which knows no fields without names
    return ViewName.JSON if is_in_json and size <= _LARGE else ViewName.TREE
