"""SegmentedChoice and the layout that wraps it."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.flow_layout import FlowLayout
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.theme import Theme

MEMBERS = [("plain", "plain"), ("json_schema", "json_schema"), ("none", "none")]


def choice_of(theme: Theme, qtbot: QtBot) -> SegmentedChoice:
    choice = SegmentedChoice(theme)
    qtbot.addWidget(choice)
    choice.set_choices(MEMBERS)
    return choice


def test_a_click_chooses_and_says_so(theme: Theme, qtbot: QtBot) -> None:
    choice = choice_of(theme, qtbot)

    with qtbot.waitSignal(choice.chosen) as said:
        qtbot.mouseClick(choice.button("json_schema"), Qt.MouseButton.LeftButton)

    assert said.args == ["json_schema"]
    assert choice.current == "json_schema"


def test_the_program_chooses_in_silence_and_can_lift_the_choice(theme: Theme, qtbot: QtBot) -> None:
    choice = choice_of(theme, qtbot)

    with qtbot.assertNotEmitted(choice.chosen):
        choice.set_current("none")
        assert choice.current == "none"
        choice.set_current(None)

    assert choice.current is None


def test_the_arrow_keys_move_the_choice(theme: Theme, qtbot: QtBot) -> None:
    choice = choice_of(theme, qtbot)
    with qtbot.waitActive(choice):
        choice.show()
        choice.activateWindow()
    choice.set_current("plain")
    choice.button("plain").setFocus()

    with qtbot.waitSignal(choice.chosen) as said:
        qtbot.keyClick(choice.button("plain"), Qt.Key.Key_Right)

    assert said.args == ["json_schema"]


def test_new_choices_keep_the_current_one_where_they_can(theme: Theme, qtbot: QtBot) -> None:
    choice = choice_of(theme, qtbot)
    choice.set_current("none")

    choice.set_choices([("a", "a"), ("none", "none")])
    assert choice.current == "none"
    choice.set_choices([("a", "a")])

    assert choice.current is None
    assert choice.keys == ["a"]


def test_what_does_not_fit_goes_on_in_the_next_row(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    layout = FlowLayout(box, spacing=4)
    labels = [QLabel() for _ in range(3)]
    for label in labels:
        label.setFixedSize(50, 20)
        layout.addWidget(label)

    layout.setGeometry(QRect(0, 0, 110, 100))

    assert [label.geometry().topLeft().toTuple() for label in labels] == [(0, 0), (54, 0), (0, 24)]
    assert layout.heightForWidth(110) == 44
    assert layout.heightForWidth(200) == 20
    assert layout.heightForWidth(10) == 68


def test_hidden_widgets_take_no_room(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    layout = FlowLayout(box)
    for hidden in (True, False):
        label = QLabel()
        label.setFixedSize(50, 20)
        layout.addWidget(label)
        label.setHidden(hidden)

    assert layout.sizeHint().width() == 50
    assert layout.takeAt(7) is None
    assert layout.itemAt(-1) is None
