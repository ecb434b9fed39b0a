"""Rules of the schema in the request: said at the field, in another role than mistakes, and never in the way."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from tests.engine.messages.ruled import PREDEFINED, RULED
from tests.presentation.draft.schemas import compiled

from wirelens.engine.schema.schema import Schema
from wirelens.presentation.draft import Draft
from wirelens.widgets.request.field_label import FieldLabel
from wirelens.widgets.request.request_pages import RequestPages
from wirelens.widgets.theme import Theme


@pytest.fixture(scope="module")
def ruled_schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "ruled" / "v1").mkdir(parents=True)
    return compiled(folder, {"ruled/v1/predefined.proto": PREDEFINED, "ruled/v1/ruled.proto": RULED})


@pytest.fixture
def show(qtbot: QtBot, ruled_schema: Schema, theme: Theme) -> Callable[[str], RequestPages]:
    def shown(name: str) -> RequestPages:
        pages = RequestPages(Draft(ruled_schema.descriptor(f"ruled.v1.{name}"), ruled_schema, delay_ms=0), theme)
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
    qtbot.waitUntil(lambda: pages.form.findChild(QWidget, name) is not None)
    built: QWidget | None = pages.form.findChild(QWidget, name)
    assert built is not None
    return built


def test_what_is_typed_against_a_rule_is_marked_below_the_field(
    qtbot: QtBot, show: Callable[[str], RequestPages]
) -> None:
    pages = show("Texts")
    editor = part(qtbot, pages, "field:email")
    qtbot.keyClicks(editor, "nobody")
    qtbot.waitUntil(lambda: found(pages, "rule:email") is not None)
    label = found(pages, "rule:email")
    assert label is not None
    assert label.text() == "Rule: must be a valid email address"
    assert label.property("role") == "warn"
    assert found(pages, "mistake:email") is None
    qtbot.keyClicks(editor, "@example.com")
    qtbot.waitUntil(lambda: found(pages, "rule:email") is None)


def test_a_mistake_stands_in_front_of_a_rule(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Numbers")
    editor = part(qtbot, pages, "field:between")
    qtbot.keyClicks(editor, "9")
    qtbot.waitUntil(lambda: found(pages, "rule:between") is not None)
    qtbot.keyClicks(editor, "x")
    qtbot.waitUntil(lambda: found(pages, "mistake:between") is not None)
    assert found(pages, "rule:between") is None


def test_a_oneof_that_needs_a_member_says_so(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Choice")
    pages.json_page.editor.setPlainText("{ }")
    qtbot.waitUntil(lambda: found(pages, "rule:way") is not None)
    label = part(qtbot, pages, "oneof:way").findChild(FieldLabel)
    assert label is not None
    assert "must be set" in label.toolTip()


def test_rules_of_the_whole_request_stand_above_the_form(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Pair")
    pages.json_page.editor.setPlainText('{"low": 5, "high": 2, "left": "a"}')
    wanted = "low must not be above high"
    qtbot.waitUntil(lambda: any(label.text() == wanted for label in pages.form.findChildren(QLabel)))


def test_the_json_page_counts_broken_rules(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Many")
    pages.json_page.editor.setPlainText('{"tags": ["b", "cc"]}')
    verdict = pages.json_page.findChild(QLabel, "requestJsonVerdict")
    assert verdict is not None
    qtbot.waitUntil(lambda: verdict.text() == "2 rules broken; tags[0]: must be at least 2 characters")
    assert verdict.property("role") == "warn"


def test_the_tool_tip_of_a_field_says_its_rules(qtbot: QtBot, show: Callable[[str], RequestPages]) -> None:
    pages = show("Texts")
    label = part(qtbot, pages, "row:name").findChild(FieldLabel)
    assert label is not None
    QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2))))
    assert "1 to 64 characters" in label.toolTip()
