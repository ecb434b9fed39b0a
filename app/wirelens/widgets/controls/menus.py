"""Menus that are made when they are asked for and go when they close."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget


def pop_up(owner: QWidget, fill: Callable[[QMenu], None], position: QPoint) -> None:
    """Open a menu at a place of the screen, with what `fill` puts into it."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill(menu)
    menu.popup(position)
