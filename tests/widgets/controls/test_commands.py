"""A list of commands as a menu shows it and as the palette takes it."""

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from wirelens.widgets.controls.commands import Command, CommandGroup, add_commands, usable
from wirelens.widgets.theme import Theme


def test_a_menu_shows_words_and_keys_and_runs_what_is_chosen(qtbot: QtBot, theme: Theme) -> None:
    ran: list[str] = []
    menu = QMenu()
    qtbot.addWidget(menu)
    group = CommandGroup("Copy as", [Command("JSON", lambda: ran.append("copy"))], "copyMenu")
    wraps = Command("Wrap", lambda: ran.append("wrap"), checked=True)
    pin = Command("Pin", lambda: ran.append("pin"), "Ctrl+P", enabled=False, icon="pin")
    add_commands(menu, [group, None, pin, wraps], theme)
    copy, line, pins, wrap = menu.actions()
    below = menu.findChild(QMenu, "copyMenu")
    assert isinstance(below, QMenu)
    assert (copy.text(), line.isSeparator(), pins.text(), wrap.isChecked()) == ("Copy as", True, "Pin\tCtrl+P", True)
    assert not pins.icon().isNull()
    for action in (below.actions()[0], pins, wrap):
        action.trigger()
    assert ran == ["copy", "wrap"]


def test_alone_a_command_says_its_group_and_what_cannot_be_used_is_left_out() -> None:
    one, other = Command("JSON", list), Command("hex", list, enabled=False)
    pin = Command("Pin", list)
    commands = [
        CommandGroup("Copy as", [one, other]),
        None,
        CommandGroup("Save as", [one], enabled=False),
        other,
        pin,
    ]
    assert usable(commands) == [("Copy as: JSON", one), ("Pin", pin)]
