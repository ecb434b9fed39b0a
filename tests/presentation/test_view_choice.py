"""Which view opens first."""

from typing import Any

import pytest

from wirelens.presentation.message_decoding import Readability
from wirelens.presentation.view_choice import ViewName, view_to_open

TEXT, TREE, JSON, STATUS = ViewName.TEXT, ViewName.TREE, ViewName.JSON, ViewName.STATUS
WIRE, CHART = ViewName.WIRE, ViewName.CHART


@pytest.mark.parametrize(
    ("chosen", "is_text", "is_error", "received", "size", "opens"),
    [
        (None, False, False, 1, 100, JSON),
        (None, False, False, 1, 10**7, TREE),
        (None, True, False, 3, 10, TEXT),
        (None, True, True, 3, 10, STATUS),
        (None, False, True, 0, 0, STATUS),
        (TREE, True, False, 3, 10, TREE),
        (TREE, False, True, 3, 10, TREE),
        (TREE, False, True, 0, 0, STATUS),
        (TEXT, False, False, 1, 10, JSON),
    ],
)
def test_the_view_a_stranger_needs_unless_another_was_chosen(
    chosen: ViewName | None, is_text: bool, is_error: bool, received: int, size: int, opens: ViewName
) -> None:
    found = view_to_open(chosen, is_text=is_text, is_error=is_error, received_count=received, size=size)
    assert found is opens


def test_what_is_no_message_opens_as_bytes_and_an_empty_one_where_that_is_said() -> None:
    assert view_to_open(None, is_text=False, is_error=False, received_count=1, readability=Readability.NONE) is WIRE
    assert view_to_open(None, is_text=True, is_error=False, received_count=9, readability=Readability.NONE) is TEXT
    assert view_to_open(JSON, is_text=False, is_error=False, received_count=1, readability=Readability.NONE) is JSON
    assert view_to_open(None, is_text=False, is_error=False, received_count=1, is_empty=True) is TREE
    unknown = Readability.UNKNOWN  # JSON would be {}
    assert view_to_open(None, is_text=False, is_error=False, received_count=1, size=5, readability=unknown) is TREE
    partly = Readability.PARTLY
    assert view_to_open(None, is_text=False, is_error=False, received_count=1, size=5, readability=partly) is JSON
    assert view_to_open(None, is_text=False, is_error=True, received_count=1, readability=Readability.NONE) is STATUS


def test_measurements_open_as_a_chart_unless_something_else_has_to_be_said() -> None:
    def opens(chosen: ViewName | None = None, **how: Any) -> ViewName:
        asked = {"is_text": False, "is_error": False, "received_count": 9} | how
        return view_to_open(chosen, tells_measurements=True, **asked)

    assert opens() is opens(received_count=0) is CHART
    assert opens(TREE) is TREE
    assert opens(is_error=True) is STATUS
    assert opens(is_text=True) is TEXT
    assert opens(readability=Readability.NONE) is WIRE
    assert opens(readability=Readability.PARTLY) is JSON  # which says that the schema lacks fields
