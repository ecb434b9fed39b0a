"""Bytes edited in the window go over a real socket as they stand, and come back as the same message."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.controls.hex_view import HexView
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.request.request_pages import RequestPages


def payloads(session: CallSession) -> tuple[bytes, bytes]:
    """What was sent and what was answered."""
    transcript = session.transcript
    assert transcript is not None
    rows = {transcript.kind(row): transcript.payload(row) for row in range(len(transcript))}
    return rows[EventKind.SENT], rows[EventKind.RECEIVED]


@pytest.mark.parametrize("unknown", [b"", b"\x92\xf0\x7f\x02hi"])
async def test_edited_bytes_are_sent_and_echoed(window: MainWindow, qtbot: QtBot, serve: Serve, unknown: bytes) -> None:
    source = await connected(window, qtbot, await serve("fields"))
    session = click_method(window, qtbot, source, "wirelens.demo.fields.v1.FieldService.Echo")
    pages = window.tabs.currentWidget().findChild(RequestPages)
    assert pages is not None
    session.draft.set_json_text('{"stringValue": "Ada", "repeatedInt32": [1, 300]}')
    await until(lambda: pages.wire_page.side.shown.size, pages.wire_page.side.changed)
    pages.tabs.setCurrentWidget(pages.wire_page)
    view = part(window, HexView, "requestWire")
    assert isinstance(view, HexView)
    before = session.draft.serialized()
    QGuiApplication.clipboard().setText((before + unknown).hex())
    view.select(0, len(before))
    qtbot.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.place_of(before.index(b"Ada")))
    qtbot.keyClicks(view, "45")
    expected = (before + unknown).replace(b"Ada", b"Eda")
    assert session.draft.serialized() == expected
    press(window, qtbot, "sendButton")
    await finished(session)
    sent, received = payloads(session)
    assert sent == expected
    assert source.schema is not None
    message_class = source.schema.message_class("wirelens.demo.fields.v1.Everything")
    assert message_class.FromString(received) == message_class.FromString(expected)
    assert json.loads(session.draft.json_text())["stringValue"] == "Eda"


async def test_malformed_bytes_are_refused_with_their_place(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("fields"))
    session = click_method(window, qtbot, source, "wirelens.demo.fields.v1.FieldService.Echo")
    session.draft.set_wire(b"\x0a\x05hi")
    press(window, qtbot, "sendButton")
    await until(lambda: session.problem is not None, session.problem_changed)
    assert session.problem is not None
    assert "the length says 5 bytes, but 2 are left" in session.problem.message
    assert session.problem.place == "byte 0"
