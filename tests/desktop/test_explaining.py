"""What the window says when there is nothing to call yet, or a server did not answer."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from tests.desktop.conftest import Serve
from tests.waiting import until

from wirelens.presentation.source import SourceSettings, SourceState
from wirelens.widgets.main_window import MainWindow


def words(window: MainWindow) -> list[str]:
    return [label.text() for label in window.first_page.findChildren(QLabel) if label.isVisible()]


async def test_the_first_page_follows_what_the_server_says(window: MainWindow, serve: Serve) -> None:
    assert "Look into any gRPC server" in words(window)
    address = await serve("users")
    source = window.workspace.connect_to(SourceSettings(address=address))
    assert "Connecting …" in words(window)
    assert address in [button.text() for button in window.first_page.findChildren(QPushButton)]
    await until(lambda: source.state is SourceState.READY, source.changed)
    assert "Choose a method" in words(window)


@pytest.mark.parametrize("width", [220, 264, 500])
async def test_why_a_server_failed_is_readable_to_its_last_word(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.splitter.setSizes([width, 1280 - width])
    address = "a-long-and-unbreakable-name.of-some-cluster.internal.example.invalid:65000"
    source = window.workspace.connect_to(SourceSettings(address=address, plaintext=True))
    await until(lambda: source.state is SourceState.FAILED, source.changed)
    panel = window._source_problem
    qtbot.waitUntil(panel.isVisible)
    for label in panel.findChildren(QLabel):
        if label.isVisible() and label.text():
            qtbot.waitUntil(lambda label=label: label.height() >= label.heightForWidth(label.width()))
    for button in panel.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert panel.rect().contains(button.geometry()), button.text()
