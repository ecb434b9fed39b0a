"""Figures that run: the text of now, in room that only grows, and no layout of what is around for each change."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.figure import Figure
from wirelens.widgets.controls.running_label import RunningLabel
from wirelens.widgets.theme import Theme


class LayoutRequests(QObject):
    """Counts how often a widget is told to lay out its children anew."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def shown(qtbot: QtBot, theme: Theme) -> tuple[QWidget, RunningLabel, QLabel]:
    """A label that runs in a row with another one behind it."""
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    running, behind = RunningLabel(theme, parent=window), QLabel("behind", window)
    row.addWidget(running)
    row.addWidget(behind)
    row.addStretch(1)
    running.setText("100 messages")
    window.resize(500, 60)
    with qtbot.waitExposed(window):
        window.show()
    QCoreApplication.sendPostedEvents()
    return window, running, behind


def test_a_number_that_runs_lays_nothing_out_anew(qtbot: QtBot, theme: Theme) -> None:
    window, running, behind = shown(qtbot, theme)
    requests, place = LayoutRequests(window), behind.x()
    before = window.grab().toImage()
    for number in range(100, 1000, 7):
        running.setText(f"{number} messages")
        QCoreApplication.sendPostedEvents()
    assert requests.count == 0
    assert behind.x() == place
    assert running.text() == "996 messages"
    assert window.grab().toImage() != before


def test_longer_text_gets_its_room_and_keeps_it_until_something_else_begins(qtbot: QtBot, theme: Theme) -> None:
    _window, running, behind = shown(qtbot, theme)
    narrow = running.width()
    running.setText("1,000,000 messages")
    qtbot.waitUntil(lambda: running.width() > narrow)
    assert running.width() >= running.fontMetrics().horizontalAdvance("1,000,000 messages")
    wide, place = running.width(), behind.x()
    running.setText("1 message")
    QCoreApplication.sendPostedEvents()
    assert (running.width(), behind.x()) == (wide, place)
    running.start_anew()
    qtbot.waitUntil(lambda: running.width() < narrow)


def test_it_is_heard_and_follows_the_theme(qtbot: QtBot, theme: Theme) -> None:
    _window, running, _behind = shown(qtbot, theme)
    interface = QAccessible.queryAccessibleInterface(running)
    assert interface.text(QAccessible.Text.Name) == "100 messages"
    running.setText("")
    assert interface.text(QAccessible.Text.Name) == ""
    height = running.sizeHint().height()
    theme.set_scale(2.0)
    try:
        assert running.sizeHint().height() > 1.5 * height
    finally:
        theme.set_scale(1.0)


def test_a_figure_says_its_number_with_what_it_counts(qtbot: QtBot, theme: Theme) -> None:
    figure = Figure(theme, "messages", "12")
    qtbot.addWidget(figure)
    figure.set_value("1,234,567")
    assert (figure.value, figure.caption) == ("1,234,567", "messages")
    assert figure.accessibleName() == "messages: 1,234,567"
    wide = figure.sizeHint().width()
    figure.set_value("5")
    assert figure.sizeHint().width() == wide
    figure.start_anew()
    assert figure.sizeHint().width() < wide
