"""The pages of a call's end: what can be opened, folded, viewed and copied there."""

import json

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from tests.presentation.answers import rich_status, transcript_of

from wirelens.engine.calls.events import CallFinished, CompressedTotals, Status
from wirelens.engine.schema.schema import Schema
from wirelens.presentation.latency_words import waterfall
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.response.headers_viewer import HeadersViewer
from wirelens.widgets.response.status_viewer import StatusViewer
from wirelens.widgets.theme import Theme


@pytest.fixture
def status_viewer(qtbot: QtBot, theme: Theme) -> StatusViewer:
    viewer = StatusViewer(theme)
    viewer.resize(600, 600)
    qtbot.addWidget(viewer)
    viewer.show()
    return viewer


@pytest.fixture
def headers_viewer(qtbot: QtBot, theme: Theme) -> HeadersViewer:
    viewer = HeadersViewer(theme)
    viewer.resize(600, 500)
    qtbot.addWidget(viewer)
    viewer.show()
    return viewer


def button(viewer: StatusViewer, text: str) -> QPushButton:
    return next(each for each in viewer.findChildren(QPushButton) if each.text() == text)


def said(viewer: StatusViewer) -> str:
    return "\n".join(label.text() for label in viewer.findChildren(QLabel))


def test_a_link_is_opened_by_a_click(qtbot: QtBot, status_viewer: StatusViewer, answers_schema: Schema) -> None:
    link = details.Help(links=[{"description": "How", "url": "https://example.com/how"}])
    status_viewer.show_status(CallFinished(1.0, rich_status(3, "no", link)), answers_schema)
    status_viewer.link_wanted.disconnect()  # or a browser would come up
    with qtbot.waitSignal(status_viewer.link_wanted) as opened:
        qtbot.mouseClick(button(status_viewer, "https://example.com/how"), Qt.MouseButton.LeftButton)
    assert opened.args == ["https://example.com/how"]


def test_a_stack_is_folded_until_it_is_wanted(status_viewer: StatusViewer, answers_schema: Schema) -> None:
    stack = details.DebugInfo(stack_entries=[f"at line {number}" for number in range(9)])
    status_viewer.show_status(CallFinished(1.0, rich_status(13, "no", stack)), answers_schema)
    assert "at line 0" in said(status_viewer)
    assert "at line 8" not in said(status_viewer)
    button(status_viewer, "Show 8 lines more").click()
    assert "at line 8" in said(status_viewer)
    button(status_viewer, "Fold").click()
    assert "at line 8" not in said(status_viewer)


def test_a_detail_that_nobody_knows_is_shown_on_the_wire(status_viewer: StatusViewer, answers_schema: Schema) -> None:
    packed = status_pb2.Status(details=[AnyMessage(type_url="x/no.such.Type", value=b"\x0a\x05hello")])
    status = Status(3, "no", (("grpc-status-details-bin", packed.SerializeToString()),))
    status_viewer.show_status(CallFinished(1.0, status), answers_schema)
    assert "x/no.such.Type" in said(status_viewer)
    wire = status_viewer.findChild(HexView)
    assert wire is not None
    wire.select(0, 7)
    assert bytes(wire.selected_bytes) == b"\x0a\x05hello"
    assert "reads as text" in wire.words(3)
    status_viewer.copy_status()
    assert "bytes: 0a 05 68 65 6c 6c 6f" in QGuiApplication.clipboard().text()
    button(status_viewer, "Copy as JSON").click()
    assert json.loads(QGuiApplication.clipboard().text())["details"][0]["@type"] == "x/no.such.Type"


def test_details_in_a_trailer_are_viewed_as_the_status_that_they_are(
    qtbot: QtBot, headers_viewer: HeadersViewer, answers_schema: Schema
) -> None:
    status = rich_status(3, "no", details.ErrorInfo(reason="WHY"))
    headers_viewer.show_call(transcript_of(status=status, headers=(("trace-bin", b"\x01"),)), answers_schema)
    table, content = headers_viewer.table, headers_viewer.content
    table.setCurrentIndex(headers_viewer.headers.index(1, 0))
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert content.isVisible()
    fields = content.tree.fields
    assert [fields.index(row, 0).data() for row in range(3)] == ["code", "message", "details"]
    assert fields.find_path("details[0].@value.reason").siblingAtColumn(1).data() == '"WHY"'
    qtbot.keyClick(content, Qt.Key.Key_Escape)
    assert not content.isVisible()
    headers_viewer.open_value(0)
    assert content.shown.bytes_between(0, 5) == b"\x01"
    headers_viewer.show_call(transcript_of(), answers_schema)
    assert not content.isVisible(), "it was another call's"


def test_a_hidden_value_is_neither_viewed_nor_copied_with_all(
    headers_viewer: HeadersViewer, answers_schema: Schema
) -> None:
    headers_viewer.show_call(transcript_of(headers=(("a", "1"), ("session-token", "hush"))), answers_schema)
    headers_viewer.open_value(1)
    assert not headers_viewer.content.isVisible()
    headers_viewer.copy_all()
    assert QGuiApplication.clipboard().text() == "a: 1\nsession-token: <redacted>"
    headers_viewer.copy_json()
    assert "hush" not in QGuiApplication.clipboard().text()
    reveal = next(each for each in headers_viewer.findChildren(QPushButton) if each.text() == "Show hidden values")
    reveal.click()
    headers_viewer.open_value(1)
    assert headers_viewer.content.text.toPlainText() == "hush"
    headers_viewer.copy_json()
    assert "hush" in QGuiApplication.clipboard().text()
    reveal.click()
    assert not headers_viewer.content.isVisible()
    menu = QMenu(headers_viewer)
    headers_viewer.table.setCurrentIndex(headers_viewer.headers.index(0, 0))
    headers_viewer.fill_menu(menu)
    next(action for action in menu.actions() if action.text() == "Copy as JSON").trigger()
    assert json.loads(QGuiApplication.clipboard().text()) == {"headers": [["a", "1"]]}


def test_how_answers_were_compressed_is_told_where_they_were(
    headers_viewer: HeadersViewer, answers_schema: Schema
) -> None:
    label = headers_viewer.findChild(ElidedLabel, "encodingLabel")
    assert isinstance(label, ElidedLabel)
    call = transcript_of(received=[b"\x0a\x01x"] * 3, status=Status(0), headers=(("session-token", "hush"),))
    for encodings, told in (
        ({"gzip": CompressedTotals(3, 90, 9)}, "Encoding: gzip"),
        ({}, None),
        ({"gzip": CompressedTotals(2, 60, 6)}, "Encoding: gzip (2 of 3 messages)"),
        (None, None),
    ):
        call.encodings = encodings
        headers_viewer.show_call(call, answers_schema)
        assert (label.text() if label.isVisible() else None) == told
    call.encodings = {"deflate": CompressedTotals(2, 60, 6)}
    headers_viewer.show_call(call, answers_schema)
    headers_viewer.resize(headers_viewer.minimumSizeHint().width(), 500)
    assert headers_viewer.width() < 400
    assert label.is_elided()
    assert label.toolTip().count("deflate (2 of 3 messages)") == 1


def test_what_is_copied_of_a_status_has_the_bytes_too(status_viewer: StatusViewer, answers_schema: Schema) -> None:
    call = transcript_of(received=[b"\x0a\x01x"] * 3, status=Status(0))
    call.encodings = {"gzip": CompressedTotals(3, 90, 9)}
    assert call.finished is not None
    status_viewer.show_waterfall(waterfall(call))
    status_viewer.show_status(call.finished, answers_schema)
    status_viewer.copy_status()
    last = QGuiApplication.clipboard().text().splitlines()[-1]
    assert last == "0 B sent · 9 B received, compressed with gzip to 90 B"
