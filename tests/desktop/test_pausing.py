"""Reading a stream at the window: paused and resumed by mouse and keyboard, sampled and stopped by the Options page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.response.figures_bar import FiguresBar
from wirelens.widgets.response.timeline_view import TimelineView

FLOOD = "wirelens.demo.faults.v1.FaultService.Flood"


async def flooding(window: MainWindow, qtbot: QtBot, serve: Serve, request: str) -> CallSession:
    source = await connected(window, qtbot, await serve("faults"))
    session = click_method(window, qtbot, source, FLOOD)
    session.draft.set_json_text(request)
    return session


async def with_rows(session: CallSession, kind: EventKind, count: int = 1) -> None:
    def is_there() -> bool:
        transcript = session.transcript
        assert transcript is not None
        return sum(transcript.kind(row) is kind for row in range(len(transcript))) >= count

    await until(is_there, session.progressed)


def button(window: MainWindow) -> QPushButton:
    found = part(window, QPushButton, "pauseButton")
    assert isinstance(found, QPushButton)
    return found


def last_lines(timeline: TimelineView) -> list[str]:
    count = timeline.timeline.rowCount()
    return [timeline.timeline.preview(row) for row in range(max(count - 5, 0), count)]


async def test_pause_and_resume(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await flooding(window, qtbot, serve, '{"count": 0, "size": 10}')
    assert not button(window).isVisible()
    press(window, qtbot, "sendButton")
    await until(lambda: session.transcript is not None and session.transcript.received_count > 100, session.progressed)
    assert button(window).isVisible()
    assert (button(window).text(), button(window).accessibleName()) == ("Pause", "Pause reading")
    press(window, qtbot, "pauseButton")
    await with_rows(session, EventKind.PAUSED)
    assert (button(window).text(), button(window).accessibleName()) == ("Resume", "Resume reading")
    figures, status = part(window, FiguresBar, "callFigures"), part(window, QLabel, "statusLabel")
    assert isinstance(figures, FiguresBar)
    assert isinstance(status, QLabel)
    assert (figures.state.text, figures.state.role, status.text()) == ("paused", "warn", "paused")
    assert "paused" in [figure.caption for figure in figures.figures]
    timeline = part(window, TimelineView, "timelineView")
    assert isinstance(timeline, TimelineView)
    await until(lambda: "reading paused" in last_lines(timeline), session.progressed)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    await with_rows(session, EventKind.RESUMED)
    assert button(window).text() == "Pause"
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    await with_rows(session, EventKind.PAUSED, 2)
    qtbot.keyClick(button(window), Qt.Key.Key_Escape)
    await finished(session)
    assert not button(window).isVisible()


async def test_the_focus_stays_in_the_row_of_buttons(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await flooding(window, qtbot, serve, '{"count": 0, "size": 10}')
    press(window, qtbot, "sendButton")
    await until(lambda: button(window).isVisible(), session.state_changed)
    button(window).setFocus()
    qtbot.keyClick(button(window), Qt.Key.Key_Space)
    await with_rows(session, EventKind.PAUSED)
    session.cancel()
    await finished(session)
    assert part(window, QPushButton, "sendButton").hasFocus()


async def test_a_call_that_streams_no_answers_has_no_pause(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    source = await connected(window, qtbot, await serve("faults"))
    session = click_method(window, qtbot, source, "wirelens.demo.faults.v1.FaultService.Delay")
    session.draft.set_json_text('{"delay": "60s"}')
    press(window, qtbot, "sendButton")
    await until(lambda: session.transcript is not None and len(session.transcript), session.progressed)
    assert not button(window).isVisible()
    session.cancel()
    await finished(session)


async def test_stopped_as_asked_is_no_failure(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await flooding(window, qtbot, serve, '{"count": 100000, "size": 10}')
    session.options.set_stop_after(50)
    session.options.set_take(every=10, count_only=False)
    press(window, qtbot, "sendButton")
    await finished(session)
    figures = part(window, FiguresBar, "callFigures")
    assert isinstance(figures, FiguresBar)
    shown = {figure.caption: figure.value for figure in figures.figures}
    assert (figures.state.text, figures.state.role) == ("STOPPED", "good")
    assert (shown["messages"], shown["taken"]) == ("50", "5")
    assert window.tabs.currentWidget().findChild(TimelineView).timeline.rowCount() == len(session.transcript or [])
