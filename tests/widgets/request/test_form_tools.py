import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.request_form import RequestForm
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme

Find = Callable[[str], Any]


def settle(qtbot: QtBot, draft: Draft, pages: RequestPages) -> None:
    with qtbot.waitSignal(pages.form.arranged), qtbot.waitSignal(draft.changed):
        pass


def look_for(qtbot: QtBot, pages: RequestPages, text: str) -> None:
    """Ctrl+F in the form, the text, and the rows that come of it."""
    name = pages.form.findChild(QWidget, "field:name")
    assert name is not None
    name.setFocus()
    qtbot.keyClick(name, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    edit = QApplication.focusWidget()
    assert edit.objectName() == "fieldFilter"
    with qtbot.waitSignal(pages.form.arranged):
        qtbot.keyClicks(edit, text)
    qtbot.waitUntil(lambda: not pages.form.tools.is_searching and pages.form.is_built)


def shown(form: RequestForm) -> list[str]:
    return [row.objectName() for row in form.findChildren(QWidget, QRegularExpression("^row:")) if row.isVisible()]


def seen(pages: RequestPages) -> list[str]:
    """The fields whose rows are in the form and not hidden."""
    rows = [row for row in pages.form.findChildren(QWidget) if row.isVisible() and row.objectName().startswith("row:")]
    return list(dict.fromkeys(row.objectName().removeprefix("row:") for row in rows if not hasattr(row, "setDown")))


def test_hidden_until_it_is_wanted(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    assert field("formTools").isHidden()
    look_for(qtbot, pages, "ag")
    assert field("formTools").isVisible()
    assert pages.form.viewport().y() >= field("formTools").height()


def test_fields_are_filtered_by_name(qtbot: QtBot, pages: RequestPages) -> None:
    before = seen(pages)
    look_for(qtbot, pages, "SHOE")
    assert seen(pages) == ["shoe_size"]
    with qtbot.waitSignal(pages.form.arranged):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert set(before) <= set(seen(pages))
    assert pages.form.tools.isHidden()


def test_matches_at_any_depth_keep_what_lies_around_them(qtbot: QtBot, pages: RequestPages, draft: Draft) -> None:
    draft.set_json_text('{"manager": {"reports": [{"name": "a"}, {"phone": {"mobile": true}}]}, "tags": ["x"]}')
    settle(qtbot, draft, pages)
    look_for(qtbot, pages, "mobile")
    wanted = ["manager", "manager.reports", "manager.reports[1]", "manager.reports[1].phone"]
    qtbot.waitUntil(lambda: set(wanted) <= set(seen(pages)))
    qtbot.waitUntil(lambda: "manager.reports[1].phone.mobile" in seen(pages))
    assert "manager.reports[0]" not in seen(pages)
    assert "tags" not in seen(pages)


def test_what_matches_is_shown_with_all_that_is_in_it(qtbot: QtBot, pages: RequestPages, draft: Draft) -> None:
    draft.set_json_text('{"tags": ["x", "y"]}')
    settle(qtbot, draft, pages)
    look_for(qtbot, pages, "tags")
    assert {"tags", "tags[0]", "tags[1]"} <= set(seen(pages))


def test_a_match_is_marked_in_the_name(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    before = field("row:shoe_size").grab().toImage()
    look_for(qtbot, pages, "shoe")
    qtbot.waitUntil(lambda: field("row:shoe_size").grab().toImage() != before)


def test_nothing_found_is_said(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    look_for(qtbot, pages, "zzz")
    assert "No field" in field("formToolsNote").text()
    assert seen(pages) == []


def test_only_set_fields(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"shoeSize": 0, "email": "a@b.org", "manager": {"age": 3}}')
    settle(qtbot, draft, pages)
    menu = QMenu()
    pages.fill_menu(menu)
    with qtbot.waitSignal(pages.form.arranged):
        next(action for action in menu.actions() if action.text() == "Show only set fields").trigger()
    assert [name for name in seen(pages) if "." not in name] == ["shoe_size", "manager", "email"]
    qtbot.waitUntil(lambda: "manager.age" in seen(pages))
    assert "manager.name" not in seen(pages)
    assert field("onlySetFields").isChecked()
    draft.set_value(("age",), "4")
    qtbot.waitUntil(lambda: "age" in seen(pages))


def test_the_field_being_emptied_stays_in_sight(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    draft.set_json_text('{"age": 3}')
    settle_only(qtbot, draft)
    pages.form.tools.set_only_set(True)
    field("field:age").setFocus()
    qtbot.keyClick(field("field:age"), Qt.Key.Key_Backspace)
    settle_only(qtbot, draft)
    assert draft.value(("age",)) is None
    assert field("field:age").isVisible()


def settle_only(qtbot: QtBot, draft: Draft) -> None:
    with qtbot.waitSignal(draft.changed):
        pass


def test_unfolding_survives_a_filter(qtbot: QtBot, pages: RequestPages, field: Find) -> None:
    qtbot.mouseClick(field("field:manager"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "manager.name" in seen(pages))
    look_for(qtbot, pages, "shoe")
    qtbot.waitUntil(lambda: "manager.name" not in seen(pages))
    assert {"shoe_size", "manager", "manager.shoe_size"} <= set(seen(pages))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "manager.name" in seen(pages))


def test_expand_all_stops_at_recursion_and_collapse_folds(qtbot: QtBot, pages: RequestPages, draft: Draft) -> None:
    draft.set_json_text('{"manager": {"manager": {"manager": {"manager": {"manager": {"name": "x"}}}}}}')
    settle(qtbot, draft, pages)
    pages.resize(480, 4000)
    pages.form.expand_all()
    deep = "manager.manager.manager.manager.manager"
    qtbot.waitUntil(lambda: f"{deep}.name" in seen(pages))
    assert f"{deep}.manager.name" not in seen(pages)
    pages.form.collapse_all()
    assert not [name for name in seen(pages) if "." in name]


def test_expand_all_says_when_it_stops(qtbot: QtBot, pages: RequestPages, draft: Draft, field: Find) -> None:
    text: dict[str, Any] = {"name": "x"}
    for _ in range(4):
        text = {"reports": [text] * 6}
    draft.set_json_text(json.dumps(text))
    settle_only(qtbot, draft)
    pages.form.expand_all()
    assert "200" in field("formToolsNote").text()
    assert field("formToolsNote").isVisible()


@pytest.mark.parametrize("rows", [10_000])
def test_ten_thousand_rows_are_filtered_in_slices(
    qtbot: QtBot, theme: Theme, person: Descriptor, person_schema: Schema, rows: int
) -> None:
    draft = Draft(person, person_schema)
    draft.set_json_text(json.dumps({"reports": [{"age": 1}] * (rows - 1) + [{"phone": {"mobile": True}}]}))
    form = RequestForm(draft, theme)
    form.resize(480, 600)
    qtbot.addWidget(form)
    with qtbot.waitSignal(draft.changed, raising=False, timeout=5000), qtbot.waitSignal(form.arranged, timeout=5000):
        form.show()
    form.tools.open()
    with qtbot.waitSignal(form.arranged, timeout=10_000):
        qtbot.keyClicks(form.tools.edit, "mobile")
    qtbot.waitUntil(lambda: form.findChild(QWidget, f"row:reports[{rows - 1}]") is not None, timeout=10_000)
    assert form.findChild(QWidget, "row:reports[5]") is None


def test_a_filter_of_the_last_time_is_in_force_and_seen(qtbot: QtBot, draft: Draft, theme: Theme) -> None:
    draft.filter.set_text("Nam")
    form = RequestForm(draft, theme)
    qtbot.addWidget(form)
    with qtbot.waitExposed(form):
        form.show()
    assert form.tools.isVisible()
    assert form.tools.edit.text() == "Nam"
    qtbot.waitUntil(lambda: not draft.filter.is_searching)
    qtbot.waitUntil(lambda: shown(form) == ["row:name"])
    form.tools.close_tools()
    qtbot.waitUntil(lambda: "row:age" in shown(form))
