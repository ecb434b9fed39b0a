"""Messages of a call used again at the window: by its menu, in a new tab; what is selected is said."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QMenu
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.desktop.test_window import click_method, connected, finished, part, press
from tests.waiting import until

from wirelens.engine.calls.transcript import EventKind
from wirelens.presentation.call_session import CallSession
from wirelens.presentation.message_exporter import ExportState
from wirelens.presentation.view_choice import ViewName
from wirelens.widgets.controls.detail_rows import DETAIL_ROLE
from wirelens.widgets.main_window import MainWindow
from wirelens.widgets.response import ResponseView
from wirelens.widgets.response.timeline_view import TimelineView

ECHO = "wirelens.demo.fields.v1.FieldService.EchoStream"


async def echoed(window: MainWindow, qtbot: QtBot, serve: Serve) -> CallSession:
    source = await connected(window, qtbot, await serve("fields"))
    session = click_method(window, qtbot, source, ECHO)
    session.draft.set_json_text('{"int64Value": "9223372036854775807"}')
    press(window, qtbot, "sendButton")
    await until(lambda: session.can_half_close, session.state_changed, session.progressed)
    session.half_close()
    await finished(session)
    return session


def timeline(window: MainWindow) -> TimelineView:
    found = part(window, TimelineView, "timelineView")
    assert isinstance(found, TimelineView)
    return found


def messages_menu(window: MainWindow) -> QMenu:
    menu = window.actions_.messages_menu
    menu.aboutToShow.emit()
    return menu


async def test_without_a_call_the_menu_says_so(window: MainWindow) -> None:
    assert [(action.text(), action.isEnabled()) for action in messages_menu(window).actions()] == [
        ("There is no call", False)
    ]


async def test_a_received_message_opens_as_the_request_of_a_new_tab(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await echoed(window, qtbot, serve)
    timeline(window).choose(0)
    below = messages_menu(window).findChild(QMenu, "openAsRequestMenu")
    assert below is not None
    offered = {action.text(): action for action in below.actions()}
    assert list(offered) == ["FieldService / Echo", "FieldService / EchoStream"]
    offered["FieldService / Echo"].trigger()
    opened = window.workspace.current_tab
    assert opened is not None
    assert opened.session is not None
    assert (opened.title, len(window.workspace.tabs)) == ("Echo", 2)
    assert opened.session.draft.serialized() == session.draft.serialized()
    opened.session.draft.undo()
    assert opened.session.draft.serialized() != session.draft.serialized()


async def test_the_status_line_says_what_is_selected(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    await echoed(window, qtbot, serve)
    view = timeline(window)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    label = part(window, QLabel, "selectionLabel")
    assert isinstance(label, QLabel)
    assert label.text() == "2 selected, 20 B"


def palette(window: MainWindow, qtbot: QtBot, letters: str) -> dict[str, str]:
    """What Ctrl+K offers for these letters: each text with its detail, best first."""
    window.actions_.palette.trigger()
    query, found = window.findChild(QLineEdit, "paletteQuery"), window.findChild(QListView, "paletteList")
    assert isinstance(query, QLineEdit)
    assert isinstance(found, QListView)
    qtbot.keyClicks(query, letters)
    model = found.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return {row.data(): row.data(DETAIL_ROLE) for row in rows}


def press_enter(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.findChild(QLineEdit, "paletteQuery"), Qt.Key.Key_Return)


def row_of(session: CallSession, kind: EventKind) -> int:
    transcript = session.transcript
    assert transcript is not None
    return next(row for row in range(len(transcript)) if transcript.kind(row) is kind)


async def test_what_the_menu_offers_is_in_the_palette_with_its_keys(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await echoed(window, qtbot, serve)
    timeline(window).choose(row_of(session, EventKind.RECEIVED))
    offered = palette(window, qtbot, "message")
    menu = QMenu(timeline(window))
    timeline(window).fill_menu(menu)
    for part_of_menu, lead in [(menu, "")] + [(below, f"{below.title()}: ") for below in menu.findChildren(QMenu)]:
        for action in part_of_menu.actions():
            text, _, key = action.text().partition("\t")
            is_the_windows = text == "Save the transcript …"
            if not action.isSeparator() and action.menu() is None and not is_the_windows:
                wanted = (f"message · {key}" if key else "message") if action.isEnabled() else None
                assert offered.get(lead + text.rstrip(" …")) == wanted, text
    assert offered["Copy as: JSON"] == "message · Ctrl+C"
    assert "Compare the two" not in offered  # one is selected
    press_escape(window, qtbot)
    assert list(palette(window, qtbot, "save the transcript")).count("Save the transcript") == 1
    press_escape(window, qtbot)


async def test_a_message_is_copied_pinned_and_used_by_the_palette(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await echoed(window, qtbot, serve)
    answer = row_of(session, EventKind.RECEIVED)
    timeline(window).choose(answer)
    palette(window, qtbot, "copy as base64")
    press_enter(window, qtbot)
    await until(lambda: session.exporter.state is not ExportState.RUNNING, session.exporter.changed)
    assert QGuiApplication.clipboard().text() == "GP//////////fw=="
    palette(window, qtbot, "pin")
    press_enter(window, qtbot)
    assert session.comparison.pinned is not None
    assert session.comparison.pinned.is_at(session.transcript, answer)
    assert next(iter(palette(window, qtbot, "pin"))) == "Unpin"
    press_escape(window, qtbot)
    session.draft.set_json_text("{}")
    palette(window, qtbot, "use as request")
    press_enter(window, qtbot)
    assert "9223372036854775807" in session.draft.json_text()


async def test_views_are_shown_by_the_palette_with_the_keyboard_in_them(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    session = await echoed(window, qtbot, serve)
    viewers = part(window, ResponseView, "").viewers  # type: ignore[attr-defined]
    assert [text for text, detail in palette(window, qtbot, "show").items() if detail == "view"] == [
        "Show Text",
        "Show Tree",
        "Show JSON",
        "Show Wire",
        "Show Chart",
        "Show Status",
        "Show Headers",
    ]
    press_escape(window, qtbot)
    for name in (ViewName.CHART, ViewName.WIRE, ViewName.STATUS):
        palette(window, qtbot, f"show {name.value}")
        press_enter(window, qtbot)
        assert viewers.current is session.chosen_view is name
        assert viewers.tabs.currentWidget().isAncestorOf(window.focusWidget())


async def test_the_view_in_sight_offers_what_it_can_do(window: MainWindow, qtbot: QtBot, serve: Serve) -> None:
    session = await echoed(window, qtbot, serve)
    view = part(window, ResponseView, "")
    assert isinstance(view, ResponseView)
    viewers = view.viewers
    viewers.show_view(ViewName.CHART)
    await until(lambda: viewers.chart.export.is_possible, viewers.chart.plot.drawn)
    assert palette(window, qtbot, "save as png")["Save as PNG"] == "chart · Ctrl+S"
    press_escape(window, qtbot)
    timeline(window).choose(0)
    view.messages.toggle_pin()
    timeline(window).choose(row_of(session, EventKind.RECEIVED))
    viewers.show_comparison()
    await until(lambda: not session.comparison.is_running, session.comparison.changed)
    assert session.comparison.difference_count == 0
    for letters, offered in (("Swap left and right", True), ("Next difference", False), ("Save as PNG", False)):
        assert (letters in palette(window, qtbot, letters)) is offered
        press_escape(window, qtbot)


async def test_before_the_first_call_there_is_nothing_to_be_done_with_messages(
    window: MainWindow, qtbot: QtBot, serve: Serve
) -> None:
    source = await connected(window, qtbot, await serve("fields"))
    click_method(window, qtbot, source, ECHO)
    details = palette(window, qtbot, "")
    press_escape(window, qtbot)
    assert not {"view", "message"} & {detail.partition(" · ")[0] for detail in details.values()}


def press_escape(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.findChild(QLineEdit, "paletteQuery"), Qt.Key.Key_Escape)
