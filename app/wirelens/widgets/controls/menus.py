"""Menus that are made when they are asked for and go when they close."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget


def new_menu(owner: QWidget) -> QMenu:
    """A menu that goes away when it closes."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def pop_up(owner: QWidget, fill: Callable[[QMenu], None], position: QPoint) -> None:
    """Open a menu at a place of the screen, with what `fill` puts into it."""
    menu = new_menu(owner)
    fill(menu)
    menu.popup(position)
