"""What can be done in a place, as one list that its menu and the palette both show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtWidgets import QMenu

from wirelens.widgets.theme import Theme


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do, as things stand when the list is asked for.

    `key` is only named here, as QKeySequence writes it: the place itself listens for it. A `checked` of None is of a
    command that is not on or off.
    """

    text: str
    run: Callable[[], object]
    key: str = ""
    enabled: bool = True
    icon: str = ""
    checked: bool | None = None


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """Commands that stand in a menu of their own."""

    text: str
    commands: Sequence[Command]
    name: str = ""  # the menu's objectName
    enabled: bool = True
    icon: str = ""


Commands: TypeAlias = list[Command | CommandGroup | None]  # None parts those above from those below


def add_commands(menu: QMenu, commands: Iterable[Command | CommandGroup | None], theme: Theme) -> None:
    """Put them at the end of a menu, with their keys."""
    for command in commands:
        if command is None:
            menu.addSeparator()
            continue
        if isinstance(command, CommandGroup):
            part = menu.addMenu(command.text)
            part.setObjectName(command.name)
            part.setEnabled(command.enabled)
            add_commands(part, command.commands, theme)
            action = part.menuAction()
        else:
            action = menu.addAction(f"{command.text}\t{command.key}" if command.key else command.text)
            action.setCheckable(command.checked is not None)
            action.setChecked(bool(command.checked))
            action.setEnabled(command.enabled)
            action.triggered.connect(lambda _checked=False, run=command.run: run())
        if command.icon:
            theme.set_icon(action, command.icon)


def usable(commands: Iterable[Command | CommandGroup | None]) -> list[tuple[str, Command]]:
    """Those that can be used now, each with the text that says it where it stands alone."""
    found: list[tuple[str, Command]] = []
    for command in commands:
        if command is None or not command.enabled:
            continue
        if isinstance(command, CommandGroup):
            found += [(f"{command.text}: {each.text}", each) for each in command.commands if each.enabled]
        else:
            found.append((command.text, command))
    return found
