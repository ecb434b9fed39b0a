"""Controls that show words: pills, figures, elided labels, messages in place, empty places."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from wirelens.engine.errors import WirelensError
from wirelens.engine.schema.services import Pattern
from wirelens.presentation.plain_text import tool_tip
from wirelens.widgets.controls.elided_label import ElidedLabel
from wirelens.widgets.controls.empty_state import EmptyState
from wirelens.widgets.controls.figure import Figure
from wirelens.widgets.controls.inline_message import InlineMessage
from wirelens.widgets.controls.key_button import KeyButton
from wirelens.widgets.controls.pill import Pill
from wirelens.widgets.controls.status_dot import StatusDot
from wirelens.widgets.theme import Theme


def colors_of(widget: QWidget) -> set[str]:
    image: QImage = widget.grab().toImage()
    return {image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())}


def shown_words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget) and label.text()]


def test_a_pill_is_as_wide_as_its_word_and_wider_with_a_dot(theme: Theme, qtbot: QtBot) -> None:
    pill = Pill(theme)
    qtbot.addWidget(pill)
    assert pill.sizeHint().width() == 0

    pill.set_state("receiving", "accent")
    without_dot = pill.sizeHint().width()
    pill.set_state("receiving", "accent", dot=True)

    assert 0 < without_dot < pill.sizeHint().width()
    assert pill.accessibleName() == "receiving"


@pytest.mark.parametrize("pattern", Pattern)
def test_a_pattern_pill_has_the_patterns_name_and_ground(theme: Theme, qtbot: QtBot, pattern: Pattern) -> None:
    pill = Pill(theme)
    qtbot.addWidget(pill)
    pill.set_pattern(pattern)
    pill.resize(pill.sizeHint())

    assert pill.text == pattern.label
    assert theme.palette.role(f"{pill.role}_ground").upper() in colors_of(pill)


def test_a_pill_knows_no_other_roles(theme: Theme, qtbot: QtBot) -> None:
    pill = Pill(theme, "OK", "good")
    qtbot.addWidget(pill)

    with pytest.raises(KeyError):
        pill.set_state("OK", "mauve")

    assert (pill.text, pill.role) == ("OK", "good")


def test_a_dot_takes_the_colour_of_its_role(theme: Theme, qtbot: QtBot) -> None:
    dot = StatusDot(theme, "good")
    qtbot.addWidget(dot)
    dot.resize(8, 8)
    assert theme.palette.good in colors_of(dot)

    dot.set_role("bad")

    assert theme.palette.bad in colors_of(dot)


def test_a_figure_says_its_value_and_caption_to_screen_readers(theme: Theme, qtbot: QtBot) -> None:
    figure = Figure(theme, "first token")
    qtbot.addWidget(figure)

    figure.set_value("84 ms")

    assert figure.accessibleName() == "first token: 84 ms"


def test_digits_are_of_one_width(theme: Theme, qtbot: QtBot) -> None:
    figure = Figure(theme, "tokens", "1111")
    qtbot.addWidget(figure)
    narrow = figure.sizeHint().width()

    figure.set_value("8888")

    assert figure.sizeHint().width() == narrow


def test_a_label_too_long_is_cut_and_whole_in_its_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("inference.GRPCInferenceService\nModelStreamInfer")
    qtbot.addWidget(label)
    label.show()
    qtbot.waitExposed(label)

    label.resize(60, 20)
    assert label.is_elided()
    label.setText("inference.GRPCInferenceService / ModelStreamInfer")
    assert label.toolTip() == tool_tip("inference.GRPCInferenceService / ModelStreamInfer")
    label.resize(1000, 20)

    assert not label.is_elided()
    assert label.toolTip() == ""
    assert label.minimumSizeHint().width() < 30


def test_an_error_is_shown_with_its_place_and_next_step(theme: Theme, qtbot: QtBot) -> None:
    message = InlineMessage(theme)
    qtbot.addWidget(message)
    assert message.isHidden()

    message.show_error(WirelensError("No server answers", place="localhost:1", next_step="Start it."), "Try again")

    assert shown_words(message) == ["No server answers", "localhost:1", "Start it."]
    with qtbot.waitSignal(message.acted):
        qtbot.mouseClick(message.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_a_message_without_place_or_action_has_no_room_for_them(theme: Theme, qtbot: QtBot) -> None:
    message = InlineMessage(theme)
    qtbot.addWidget(message)

    message.show_message("info", "The server sent no comments.")

    assert shown_words(message) == ["The server sent no comments."]
    assert message.findChild(QPushButton).isHidden()


def test_dismissing_a_message_hides_it_and_says_so(theme: Theme, qtbot: QtBot) -> None:
    message = InlineMessage(theme)
    qtbot.addWidget(message)
    message.show_message("warn", "Nothing serious.")

    with qtbot.waitSignal(message.dismissed):
        qtbot.mouseClick(message.findChild(QToolButton), Qt.MouseButton.LeftButton)

    assert message.isHidden()
    assert message.text == ""


def test_an_empty_place_says_what_to_do_and_shows_it_whole(theme: Theme, qtbot: QtBot) -> None:
    sentence = "Fill in the request and press Ctrl+Enter; every message appears here as it arrives."
    place = EmptyState(theme, "send", "No call yet", sentence, [QPushButton("Send")])
    qtbot.addWidget(place)
    place.resize(300, 300)
    place.show()
    qtbot.waitExposed(place)

    assert shown_words(place) == ["No call yet", sentence]
    label = next(label for label in place.findChildren(QLabel) if label.text() == sentence)
    assert label.height() >= label.heightForWidth(label.width())
    place.set_text("Cancelled")
    assert shown_words(place) == ["Cancelled"]


def test_a_button_with_keys_is_wider_and_still_a_button(theme: Theme, qtbot: QtBot) -> None:
    button = KeyButton(theme, "Send", "")
    qtbot.addWidget(button)
    bare = button.sizeHint().width()

    button.set_keys("Ctrl+Enter")

    assert button.sizeHint().width() > bare + 20
    assert button.text() == "Send"
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(colors_of(button)) > 5
