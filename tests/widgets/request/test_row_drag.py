"""Rows that are dragged while something else happens: nothing is left behind, and nothing else is moved."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_pages import RequestPages

Find = Callable[[str], Any]


def written(draft: Draft) -> Any:
    return json.loads(draft.json_text())


def show(qtbot: QtBot, pages: RequestPages, draft: Draft, value: object) -> None:
    draft.set_json_text(json.dumps(value))
    with qtbot.waitSignals([draft.changed, pages.form.arranged], timeout=5000):
        pass
    qtbot.waitUntil(lambda: pages.form.is_built)


def take(qtbot: QtBot, field: Find, row: str) -> QWidget:
    """Press the row's handle and move it a little; gives the handle."""
    handle: QWidget = field(f"row:{row}").findChild(QWidget, f"row:{row}")
    start = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(handle, start + QPoint(0, 20))
    return handle


def move(qtbot: QtBot, handle: QWidget, to: QWidget, y: int) -> None:
    qtbot.mouseMove(handle, handle.mapFromGlobal(to.mapToGlobal(QPoint(4, y))))


def nothing_is_left(field: Find) -> bool:
    return QWidget.keyboardGrabber() is None and not field("dropLine").isVisible()


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("tags[3]", '{"tags": ["a"]}'),  # the row that is held goes away
        ("tags[0]", '{"tags": ["x", "y", "z"]}'),  # another one has come to its place
        ("tags[0]", '{"tags": ["a", '),  # the form cannot follow, and is disabled
        ("tags[0]", '{"tags": 5}'),  # no rows any more
    ],
)
def test_a_drag_ends_when_the_rows_are_others_all_at_once(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find, row: str, text: str
) -> None:
    show(qtbot, pages, draft, {"tags": ["a", "b", "c", "d"]})
    handle = take(qtbot, field, row)
    move(qtbot, handle, field("field:tags[2]"), 2)
    assert field("dropLine").isVisible()
    draft.set_json_text(text)
    with qtbot.waitSignal(draft.changed):
        pass
    assert nothing_is_left(field)
    qtbot.mouseMove(handle, QPoint(4, 60))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert nothing_is_left(field)
    assert draft.json_text() == text


def test_a_drag_ends_when_another_page_comes_to_the_front(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    show(qtbot, pages, draft, {"tags": ["a", "b", "c", "d"]})
    handle = take(qtbot, field, "tags[0]")
    move(qtbot, handle, field("field:tags[2]"), 2)
    pages.tabs.setCurrentWidget(pages.json_page)
    assert QWidget.keyboardGrabber() is None
    pages.tabs.setCurrentWidget(pages.form)
    assert nothing_is_left(field)
    assert written(draft) == {"tags": ["a", "b", "c", "d"]}


def test_a_change_elsewhere_leaves_a_drag_alone(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    show(qtbot, pages, draft, {"tags": ["a", "b", "c", "d"]})
    handle = take(qtbot, field, "tags[0]")
    move(qtbot, handle, field("field:tags[2]"), 2)
    with qtbot.waitSignal(draft.changed):
        draft.set_value(("name",), "Ada")
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert written(draft) == {"tags": ["b", "a", "c", "d"], "name": "Ada"}


def test_a_row_with_a_mistake_keeps_its_text_on_its_way(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    show(qtbot, pages, draft, {"scores": {"go": 1, "rust": 2, "c": 3}})
    editor = field("field:scores[0]")
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "12x")
    handle = take(qtbot, field, "scores[0]")
    move(qtbot, handle, field("row:scores[2]"), 30)
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert [field(f"field:scores[{row}]").text() for row in range(3)] == ["2", "3", "12x"]
    assert [field(f"field:scores[{row}]:key").text() for row in range(3)] == ["rust", "c", "go"]
    assert "12x" in field("mistake:scores[2]").text()
    draft.undo()
    with qtbot.waitSignal(draft.changed):
        pass
    assert field("field:scores[0]").text() == "12x"


def test_a_row_is_dragged_to_the_end_of_a_list_longer_than_the_form(
    qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find
) -> None:
    show(qtbot, pages, draft, {"tags": [str(number) for number in range(150)]})
    view, bar = pages.form.viewport(), pages.form.verticalScrollBar()
    handle = take(qtbot, field, "tags[0]")
    move(qtbot, handle, view, view.height() + 100)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() and pages.form.is_built, timeout=20000)
    move(qtbot, handle, field("row:tags[149]"), 30)
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert written(draft)["tags"] == [str(number) for number in [*range(1, 150), 0]]
