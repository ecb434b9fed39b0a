"""Controls stand on one grid: 28 high at 100 %, and of one height at every scale."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.key_button import KeyButton
from wirelens.widgets.controls.segmented_choice import SegmentedChoice
from wirelens.widgets.theme import Theme


def with_role(widget: QWidget, role: str) -> QWidget:
    widget.setProperty("role", role)
    return widget


def one_of_each(theme: Theme) -> dict[str, QWidget]:
    data = QLineEdit("9007199254740993")
    theme.set_data_font(data)
    choice = SegmentedChoice(theme)
    choice.set_choices([("plain", "plain")])
    icon = QPushButton("Reload")
    theme.set_icon(icon, "play")
    tool = QToolButton()
    theme.set_icon(tool, "copy")
    split = QToolButton()
    split.setText("Demo")
    split.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
    split.setMenu(QMenu(split))
    editable = QComboBox()
    editable.setEditable(True)
    return {
        "line edit": QLineEdit("text"),
        "line edit for data": data,
        "unset line edit": unset_line_edit(),
        "button": QPushButton("Plain"),
        "button with icon": icon,
        "primary button": with_role(QPushButton("Send"), "primary"),
        "quiet button": with_role(QPushButton("Now"), "quiet"),
        "message head": with_role(QPushButton("unset"), "head"),
        "button with keys": KeyButton(theme, "Send", "Ctrl+Enter"),
        "segments": choice,
        "tool button": tool,
        "split button": with_role(split, "split"),
        "combo box": QComboBox(),
        "editable combo box": editable,
        "spin box": QSpinBox(),
    }


def unset_line_edit() -> QLineEdit:
    edit = QLineEdit()
    edit.setProperty("unset", "true")
    return edit


@pytest.mark.parametrize(("scale", "height"), [(0.8, 23), (1.0, 28), (1.25, 34), (1.5, 41), (2.0, 54)])
def test_controls_are_of_one_height(theme: Theme, qtbot: QtBot, scale: float, height: int) -> None:
    theme.set_scale(scale)
    box = QWidget()
    qtbot.addWidget(box)
    row = QHBoxLayout(box)
    controls = one_of_each(theme)
    for control in controls.values():
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
    box.show()
    qtbot.waitExposed(box)

    assert {name: control.height() for name, control in controls.items()} == dict.fromkeys(controls, height)


def test_focus_moves_nothing(theme: Theme, qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    row = QHBoxLayout(box)
    controls = one_of_each(theme)
    for control in controls.values():
        row.addWidget(control)
    with qtbot.waitActive(box):
        box.show()
        box.activateWindow()
    before = {name: (control.geometry(), control.sizeHint()) for name, control in controls.items()}

    for name, control in controls.items():
        control.setFocus(Qt.FocusReason.TabFocusReason)
        control.ensurePolished()
        assert {other: (each.geometry(), each.sizeHint()) for other, each in controls.items()} == before, name
