"""The Options page."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema
from tests.presentation.sessions import OpenSession, idle_session, open_session, service

from wirelens.engine.calls.call import Compression
from wirelens.presentation.call_options import CallOptions
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.request_options import OptionsPage
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "idle_session", "open_session", "service"]


def test_the_page_and_the_options_say_the_same(qtbot: QtBot, theme: Theme, idle_session: CallSession) -> None:
    page = OptionsPage(idle_session, theme)
    qtbot.addWidget(page)
    page.wait_for_ready.click()
    page.emit_defaults.click()
    page.compression.setCurrentIndex(1)
    page.compression.activated.emit(1)
    options = idle_session.options
    assert (options.wait_for_ready, options.emit_defaults, options.compression) == (True, True, Compression.GZIP)
    options.set_compression(None)
    options.set_wait_for_ready(False)
    assert page.compression.currentText() == "None"
    assert not page.wait_for_ready.isChecked()
    assert "256 MiB" in page._limit.text()


def stream_page(
    qtbot: QtBot, theme: Theme, open_session: OpenSession, name: str = "Many"
) -> tuple[OptionsPage, CallOptions]:
    session = open_session(name)
    page = OptionsPage(session, theme)
    qtbot.addWidget(page)
    page.resize(420, 900)
    page.show()
    return page, session.options


async def test_which_answers_are_taken(qtbot: QtBot, theme: Theme, open_session: OpenSession) -> None:
    page, options = stream_page(qtbot, theme, open_session)
    assert (page.take.currentText(), page.every.isVisible()) == ("All answers", False)
    page.take.setFocus()
    qtbot.keyClick(page.take, Qt.Key.Key_Down)
    assert (page.take.currentText(), page.every.text(), options.take_every) == ("Every n-th answer", "10", 10)
    assert page.every.isVisible()
    page.every.setFocus()
    page.every.selectAll()
    qtbot.keyClicks(page.every, "250")
    assert options.take_every == 250
    page.every.selectAll()
    qtbot.keyClick(page.every, Qt.Key.Key_Delete)
    assert (options.take_every, page.every.isVisible()) == (1, True)  # the number is not typed yet
    qtbot.keyClicks(page.every, "0")
    assert options.take_every == 1
    qtbot.keyClick(page.every, Qt.Key.Key_Backspace)
    page.every.editingFinished.emit()  # as Qt does when the focus goes
    assert (page.take.currentText(), page.every.isVisible()) == ("All answers", False)
    qtbot.keyClick(page.take, Qt.Key.Key_End)
    assert (page.take.currentText(), options.count_only, options.take_every) == ("None, only count them", True, 1)
    options.undo()
    assert page.take.currentText() == "All answers"


async def test_when_to_stop_and_what_to_keep(qtbot: QtBot, theme: Theme, open_session: OpenSession) -> None:
    page, options = stream_page(qtbot, theme, open_session)
    assert (page.stop_after.text(), page.stop_after.placeholderText()) == ("", "never")
    qtbot.keyClicks(page.stop_after, "x1000")
    assert (page.stop_after.text(), options.stop_after) == ("1000", 1000)
    options.set_stop_after(7)
    assert page.stop_after.text() == "7"
    qtbot.keyClick(page.stop_after, Qt.Key.Key_Backspace)
    assert options.stop_after is None
    qtbot.keyClick(page.keep, Qt.Key.Key_Down)
    qtbot.keyClick(page.keep, Qt.Key.Key_Down)
    assert options.keep_mib == 16
    options.undo()
    assert page.keep.currentText() == "The last 1 MiB"
    options.restore({"keep_mib": 3})
    assert page.keep.currentText() == ""


async def test_a_single_answer_is_not_sampled(qtbot: QtBot, theme: Theme, open_session: OpenSession) -> None:
    page, _ = stream_page(qtbot, theme, open_session, "Join")
    assert not page.take.isVisible()
    page, _ = stream_page(qtbot, theme, open_session, "Talk")
    assert page.take.isVisible()
