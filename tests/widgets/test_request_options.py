"""The Options page."""

from pytestqt.qtbot import QtBot
from tests.presentation.answers import answers_schema
from tests.presentation.sessions import idle_session

from wirelens.engine.calls.call import Compression
from wirelens.presentation.call_session import CallSession
from wirelens.widgets.request_options import OptionsPage
from wirelens.widgets.theme import Theme

__all__ = ["answers_schema", "idle_session"]


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
