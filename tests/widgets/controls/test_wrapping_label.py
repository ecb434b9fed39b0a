from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.wrapping_label import WrappingLabel


def test_a_long_address_or_path_breaks_and_is_copied_as_it_is(qtbot: QtBot) -> None:
    text = "/home/ada/work/company/api/v1/payments_service.proto:128:12 <b>not HTML</b> " + "x" * 60
    label = WrappingLabel(text)
    qtbot.addWidget(label)
    label.show()
    assert label.minimumSizeHint().width() < 200
    assert label.heightForWidth(160) > 4 * label.fontMetrics().height()
    assert label.text() == text
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text


def test_words_that_fit_are_left_alone(qtbot: QtBot) -> None:
    label = WrappingLabel("the server offers no reflection")
    qtbot.addWidget(label)
    assert "\u200b" not in super(WrappingLabel, label).text()
