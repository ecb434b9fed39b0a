"""The calendar of a Timestamp: by mouse and keyboard, with all that is no day kept as it was typed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QApplication, QCalendarWidget, QFrame, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_pages import RequestPages

Find = Callable[[str], Any]
LEFT = Qt.MouseButton.LeftButton
ALT, SHIFT, CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)

EVENTS = """
syntax = "proto3";
package events.test;
import "google/protobuf/timestamp.proto";
message Event { google.protobuf.Timestamp at = 1; repeated google.protobuf.Timestamp reminders = 2; }
"""


@pytest.fixture(scope="session")
def person_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return compiled(tmp_path_factory.mktemp("events"), {"events.proto": EVENTS})


@pytest.fixture
def person(person_schema: Schema) -> Descriptor:
    return person_schema.descriptor("events.test.Event")


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def read(qtbot: QtBot, draft: Draft, message: object) -> None:
    draft.set_json_text(json.dumps(message))
    with qtbot.waitSignal(draft.changed, timeout=1000):
        pass


def calendar_at(pages: RequestPages, path: str = "at") -> QCalendarWidget | None:
    popup: QFrame | None = pages.form.findChild(QFrame, f"calendar:{path}")
    return popup.findChild(QCalendarWidget) if popup is not None and popup.isVisible() else None


def days(pages: RequestPages, path: str = "at") -> QWidget:
    """The part of the open calendar that takes keys."""
    calendar = calendar_at(pages, path)
    assert calendar is not None
    found: QWidget | None = calendar.findChild(QWidget, "qt_calendar_calendarview")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        ([(Qt.Key.Key_Right, None)], "2024-03-01"),
        ([(Qt.Key.Key_Up, None)], "2024-02-22"),
        ([(Qt.Key.Key_PageDown, None)], "2024-03-29"),
        ([(Qt.Key.Key_PageUp, SHIFT)], "2023-02-28"),
        ([(Qt.Key.Key_PageDown, SHIFT), (Qt.Key.Key_Left, None)], "2025-02-27"),
    ],
)
def test_a_day_is_chosen_by_keyboard_and_all_else_is_kept(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, keys: list[Any], day: str
) -> None:
    read(qtbot, draft, {"at": "2024-02-29T23:59:59.123456789+05:30"})
    line = field("field:at")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down, ALT)
    assert calendar_at(pages) is not None
    assert QApplication.focusWidget() is days(pages)
    for key, modifier in keys:
        qtbot.keyClick(days(pages), key, modifier or Qt.KeyboardModifier.NoModifier)
    assert written(draft) == {"at": "2024-02-29T23:59:59.123456789+05:30"}
    qtbot.keyClick(days(pages), Qt.Key.Key_Return)
    assert calendar_at(pages) is None
    assert written(draft) == {"at": f"{day}T23:59:59.123456789+05:30"}
    assert line.text() == f"{day}T23:59:59.123456789+05:30"
    assert draft.mistakes == ()
    qtbot.keyClick(line, Qt.Key.Key_Z, CONTROL)
    assert written(draft) == {"at": "2024-02-29T23:59:59.123456789+05:30"}


def test_a_day_is_chosen_by_mouse(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"at": "2026-11-12T10:00:00.5Z"})
    button: QToolButton = field("field:at:calendar")
    assert button.accessibleName() == "at calendar"
    qtbot.mouseClick(button, LEFT)
    view: Any = days(pages)
    index = next(
        view.model().index(row, column)
        for row in range(1, view.model().rowCount())
        for column in range(view.model().columnCount())
        if view.model().index(row, column).data() == 20
    )
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    assert calendar_at(pages) is None
    assert written(draft) == {"at": "2026-11-20T10:00:00.5Z"}


def test_esc_chooses_nothing(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    read(qtbot, draft, {"at": "2026-11-12T10:00:00Z"})
    line = field("field:at")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_F4)
    qtbot.keyClick(days(pages), Qt.Key.Key_Right)
    qtbot.keyClick(days(pages), Qt.Key.Key_Escape)
    assert calendar_at(pages) is None
    assert written(draft) == {"at": "2026-11-12T10:00:00Z"}


def test_an_unset_timestamp_gets_the_beginning_of_the_day(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    line = field("field:at")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down, ALT)
    calendar = calendar_at(pages)
    assert calendar is not None
    assert abs(calendar.selectedDate().daysTo(QDate.currentDate())) <= 1  # today in UTC
    calendar.setSelectedDate(QDate(2031, 4, 5))
    qtbot.keyClick(days(pages), Qt.Key.Key_Return)
    assert written(draft) == {"at": "2031-04-05T00:00:00Z"}


@pytest.mark.parametrize(
    "typed", ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "next week", "2026-02-30T01:02:03.4Z"]
)
def test_what_no_calendar_shows_is_edited_as_text(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, typed: str
) -> None:
    line = field("field:at")
    line.setFocus()
    qtbot.keyClicks(line, typed)
    qtbot.keyClick(line, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(days(pages), Qt.Key.Key_Escape)
    assert line.text() == typed
    assert written(draft) == {"at": typed}
    qtbot.keyClicks(line, "!")
    assert written(draft) == {"at": f"{typed}!"}


@pytest.mark.parametrize("edge", ["0001-01-01", "9999-12-31"])
def test_the_calendar_ends_where_timestamps_do(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, edge: str
) -> None:
    read(qtbot, draft, {"at": f"{edge}T12:00:00.000000001Z"})
    line = field("field:at")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down, ALT)
    key = Qt.Key.Key_PageUp if edge.startswith("0") else Qt.Key.Key_PageDown
    qtbot.keyClick(days(pages), key, SHIFT)
    qtbot.keyClick(days(pages), key)
    qtbot.keyClick(days(pages), Qt.Key.Key_Return)
    assert written(draft) == {"at": f"{edge}T12:00:00.000000001Z"}


def test_in_a_list_the_keys_that_move_rows_still_do(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    first, second = "2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z"
    read(qtbot, draft, {"reminders": [first, second]})
    qtbot.waitUntil(lambda: pages.form.findChild(QWidget, "field:reminders[1]") is not None)
    line = field("field:reminders[0]")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down, ALT)
    assert written(draft) == {"reminders": [second, first]}
    line = field("field:reminders[1]")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_F4)
    qtbot.keyClick(days(pages, "reminders[1]"), Qt.Key.Key_Right)
    qtbot.keyClick(days(pages, "reminders[1]"), Qt.Key.Key_Return)
    assert written(draft) == {"reminders": [second, "2026-01-02T00:00:00Z"]}


def test_every_part_of_the_calendar_has_a_name(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    qtbot.mouseClick(field("field:at:calendar"), LEFT)
    calendar = calendar_at(pages)
    assert calendar is not None
    parts = [*calendar.findChildren(QToolButton), *calendar.findChildren(QSpinBox)]
    assert len(parts) == 5
    assert [part.objectName() for part in [*parts, days(pages)] if not part.accessibleName()] == []
    qtbot.mouseClick(calendar.parentWidget(), LEFT, pos=QPoint(-5, -5))  # beside it
    assert calendar_at(pages) is None
