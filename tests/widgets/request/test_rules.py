"""Rules of the schema in the request: said at the field, in another role than mistakes, and never in the way."""

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.engine.messages.ruled import PREDEFINED, RULED, slow_json
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.field_label import FieldLabel
from wirelens.widgets.request.json_editor import JsonEditor
from wirelens.widgets.request.json_gutter import JsonGutter
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme


@pytest.fixture(scope="module")
def ruled_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "ruled" / "v1").mkdir(parents=True)
    return compiled(folder, {"ruled/v1/predefined.proto": PREDEFINED, "ruled/v1/ruled.proto": RULED})


@pytest.fixture
def show(qtbot: QtBot, ruled_schema: Schema, theme: Theme) -> Callable[..., RequestPages]:
    def shown(name: str, text: str = "") -> RequestPages:
        draft = Draft(ruled_schema.descriptor(f"ruled.v1.{name}"), ruled_schema, delay_ms=0)
        if text:
            draft.set_json_text(text)
            qtbot.waitUntil(lambda: bool(draft.rules.broken), timeout=20_000)
        pages = RequestPages(draft, theme)
        pages.resize(480, 700)
        qtbot.addWidget(pages)
        with qtbot.waitActive(pages):
            pages.show()
            pages.activateWindow()
        return pages

    return shown


def found(pages: RequestPages, name: str) -> QLabel | None:
    label: QLabel | None = pages.form.findChild(QLabel, name)
    return label if label is not None and label.isVisible() else None


def part(qtbot: QtBot, pages: RequestPages, name: str) -> QWidget:
    """A part of the form, which is built on later turns of the event loop."""
    qtbot.waitUntil(lambda: pages.form.findChild(QWidget, name) is not None, timeout=20_000)
    built: QWidget | None = pages.form.findChild(QWidget, name)
    assert built is not None
    return built


def test_what_is_typed_against_a_rule_is_marked_below_the_field(
    qtbot: QtBot, show: Callable[[str], RequestPages]
) -> None:
    pages = show("Texts")
    editor = part(qtbot, pages, "field:email")
    qtbot.keyClicks(editor, "nobody")
    qtbot.waitUntil(lambda: found(pages, "rule:email") is not None, timeout=20_000)
    label = found(pages, "rule:email")
    assert label is not None
    assert label.text() == "Rule: must be a valid email address"
    assert label.property("role") == "warn"
    assert found(pages, "mistake:email") is None
    qtbot.keyClicks(editor, "@example.com")
    qtbot.waitUntil(lambda: found(pages, "rule:email") is None, timeout=20_000)


def test_a_mistake_stands_in_front_of_a_rule(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Numbers")
    editor = part(qtbot, pages, "field:between")
    qtbot.keyClicks(editor, "9")
    qtbot.waitUntil(lambda: found(pages, "rule:between") is not None, timeout=20_000)
    qtbot.keyClicks(editor, "x")
    qtbot.waitUntil(lambda: found(pages, "mistake:between") is not None, timeout=20_000)
    assert found(pages, "rule:between") is None


def test_a_oneof_that_needs_a_member_says_so(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Choice")
    pages.json_page.editor.setPlainText("{ }")
    qtbot.waitUntil(lambda: found(pages, "rule:way") is not None, timeout=20_000)
    label = part(qtbot, pages, "oneof:way").findChild(FieldLabel)
    assert label is not None
    assert "must be set" in label.toolTip()


def test_rules_of_the_whole_request_stand_above_the_form(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Pair")
    pages.json_page.editor.setPlainText('{"low": 5, "high": 2, "left": "a"}')
    wanted = "low must not be above high"
    qtbot.waitUntil(lambda: any(label.text() == wanted for label in pages.form.findChildren(QLabel)), timeout=20_000)


def test_the_json_page_counts_broken_rules(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Many")
    pages.json_page.editor.setPlainText('{"tags": ["b", "cc"]}')
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    qtbot.waitUntil(lambda: verdict.text() == "2 rules broken; tags[0]: must be at least 2 characters", timeout=20_000)
    assert verdict.property("role") == "warn"


def open_json(qtbot: QtBot, pages: RequestPages, text: str) -> JsonEditor:
    """The JSON page with `text`, once its broken rules are marked."""
    pages.tabs.setCurrentWidget(pages.json_page)
    editor = pages.json_page.editor
    editor.setFocus()
    editor.setPlainText(text)
    qtbot.waitUntil(lambda: editor.rule_at(text.index('"b"')) != "", timeout=20_000)
    return editor


MANY = '{\n  "tags": [\n    "aa",\n    "b"\n  ],\n  "stock": {"a": 1}\n}'


def gutter(editor: JsonEditor) -> JsonGutter:
    found = editor.findChild(JsonGutter)
    assert found is not None
    return found


def test_the_place_in_the_json_is_marked_as_a_warning(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Many")
    editor = open_json(qtbot, pages, MANY)
    place = MANY.index('"b"')
    assert editor.rule_at(place) == "must be at least 2 characters"
    assert editor.rule_at(place - 1) == editor.rule_at(place + 3) == ""
    assert editor.mistake_at(place) == "", "it is none"
    assert gutter(editor).warned_lines == {3}
    assert gutter(editor).marked_lines == set()
    (mark,) = [each for each in editor.extraSelections() if each.format.toolTip()]
    assert mark.format.underlineColor().name() != "#000000"
    assert mark.format.underlineStyle() != mark.format.UnderlineStyle.WaveUnderline, "told apart without colours"


def test_a_mark_follows_the_text_and_goes_when_the_rule_is_kept(
    qtbot: QtBot, show: Callable[[str], RequestPages]
) -> None:
    pages = show("Many")
    editor = open_json(qtbot, pages, MANY)
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.rule_at(MANY.index('"b"') + 1) == "must be at least 2 characters"
    qtbot.waitUntil(lambda: gutter(editor).warned_lines == {4}, timeout=20_000)
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index('"b"') + 2)
    editor.setTextCursor(cursor)
    qtbot.keyClicks(editor, "bb")
    qtbot.waitUntil(lambda: gutter(editor).warned_lines == set(), timeout=20_000)
    assert not [each for each in editor.extraSelections() if each.format.toolTip()]


def test_a_fold_shows_what_it_hides(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    editor = open_json(qtbot, show("Many"), MANY)
    editor.folding.fold_all()
    assert min(gutter(editor).warned_lines) < 3


def test_the_sentence_is_on_the_card_with_what_the_schema_says(
    qtbot: QtBot, show: Callable[[str], RequestPages]
) -> None:
    pages = show("Many")
    editor = open_json(qtbot, pages, MANY)
    cursor = editor.textCursor()
    cursor.setPosition(MANY.index('"b"') + 1)
    editor.setTextCursor(cursor)
    qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    card = editor.assist.card
    assert card.isVisible()
    assert card.text.startswith("Rule: must be at least 2 characters\ntags")
    card.put_away()
    point = editor.cursorRect().center()
    QApplication.sendEvent(
        editor.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, editor.viewport().mapToGlobal(point))
    )
    assert card.text.startswith("Rule: must be")


def test_show_goes_to_the_broken_rule(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Many")
    editor = open_json(qtbot, pages, MANY)
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    (button,) = [each for each in pages.json_page.findChildren(QPushButton) if each.text() == "Show"]
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.textCursor().position() == MANY.index('"b"')


def test_a_mistake_takes_the_marks_of_rules_away(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    editor = open_json(qtbot, show("Many"), MANY)
    editor.setPlainText(MANY.replace('"stock"', '"stok"'))
    qtbot.waitUntil(lambda: gutter(editor).marked_lines == {5}, timeout=20_000)
    assert gutter(editor).warned_lines == set()


def test_marks_beyond_the_first_slice_of_a_long_text(qtbot: QtBot, show: Callable[..., RequestPages]) -> None:
    text = json.dumps({"choices": [{"byName": "long enough"}] * 8_000, "tags": ["b"]}, indent=1)
    pages = show("Many", text)
    pages.tabs.setCurrentWidget(pages.json_page)
    qtbot.waitUntil(lambda: pages.json_page.editor.rule_at(text.index('"b"')) != "", timeout=20_000)


def test_a_long_check_is_said_in_its_place(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Slow")
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    pages.tabs.setCurrentWidget(pages.json_page)
    pages.json_page.editor.setPlainText(slow_json(10_000))
    qtbot.waitUntil(lambda: verdict.text() == "Checking rules…", timeout=20_000)
    pages.json_page.editor.setPlainText('{"numbers": [1]}')
    qtbot.waitUntil(lambda: verdict.text() == "", timeout=20_000)


def test_rules_that_cannot_be_checked_are_said_on_both_pages(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Wrong")
    pages.json_page.editor.setPlainText('{"sound": "a"}')
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    qtbot.waitUntil(lambda: verdict.text().startswith("A rule of Wrong cannot be checked"), timeout=20_000)
    assert any(label.text().startswith("A rule of Wrong cannot") for label in pages.form.findChildren(QLabel))


def test_broken_rules_beside_one_that_cannot_be_checked(qtbot: QtBot, show: Callable[..., RequestPages]) -> None:
    pages = show("Beside", '{"wrong": {"sound": "a"}, "name": "n"}')
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    assert verdict.text() == "1 rule broken; name: must be at least 3 characters; not all are known"
    assert "A rule of Wrong cannot be checked" in verdict.toolTip()


def test_the_tool_tip_of_a_field_says_its_rules(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Texts")
    label = part(qtbot, pages, "row:name").findChild(FieldLabel)
    assert label is not None
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2))))
    assert "1 to 64 characters" in label.toolTip()
