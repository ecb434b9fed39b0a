"""A person at the request form: finds a field by scrolling and unfolding, clicks, types, and reads what is shown.

What is done is written one act a string, with the widgets' objectNames:

- `add:repeated_int32` clicks on that.
- `point.x = 1.5` types over what stands in `field:point.x`; `field:` may be left out.
- `bytes_value:notation > As hex` chooses from the menu or the list of `field:bytes_value:notation`.
- `any.@type <- Point` types and presses Enter.
"""

import asyncio
import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from wirelens.widgets.request.request_form import RequestForm

_PLACE = re.compile(r"(?P<part>field|presence|member|add|remove):(?P<path>[^:]*)(?P<rest>:.*)?", re.DOTALL)
_STEP = re.compile(r"\[[A-Za-z_][\w.]*\]|@?\w+|\[\d+\]")  # an extension, a field, a position
_TURNS_TO_HEAR = 20  # of the event loop, until the form shows what was done to the draft
_MOST_TURNS = 5000  # of the event loop, until what is in sight is built


class FormHand:
    """Drives one form by mouse and keyboard."""

    def __init__(self, form: RequestForm) -> None:
        self._form = form

    async def do(self, acts: Iterable[str]) -> None:
        for act in acts:
            name, sign, argument = split_act(act)
            widget = await self.reach(
                name, (QLineEdit, QPlainTextEdit, QComboBox) if sign in ("=", "<-") else (QWidget,)
            )
            if sign in ("=", "<-"):
                self._type(widget, argument, enter=sign == "<-")
            elif sign == ">":
                _choose(widget, argument)
            else:
                QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    async def shown(self, name: str) -> str:
        """What a person reads at `name`: an editor's text, or whether a button is `on` or `off`."""
        widget = await self.reach(name)
        if isinstance(widget, QAbstractButton):
            return ("on" if widget.isChecked() else "off") if widget.isCheckable() else widget.text()
        return _text_of(widget)

    async def reach(self, name: str, kinds: tuple[type[QWidget], ...] = (QWidget,)) -> QWidget:
        """The widget of that name in sight; the messages above it are unfolded, the form is scrolled to it."""
        place = _PLACE.fullmatch(name)
        assert place is not None, name
        steps = _STEP.findall(place["path"])
        above = len(steps) + (place["part"] == "add")  # rows are added below the head of their own field
        for length in range(1, above):
            await self._unfold(_joined(steps[:length]))
        widget = await self._find(name, kinds)
        self._form.ensureWidgetVisible(widget)
        return widget

    async def _unfold(self, path: str) -> None:
        row = await self._find(f"row:{path}")
        head = row.findChild(QAbstractButton, f"field:{path}")
        if head is not None and head.toolTip() == "Unfold":
            self._form.ensureWidgetVisible(head)
            QTest.mouseClick(head, Qt.MouseButton.LeftButton)

    async def _find(self, name: str, kinds: tuple[type[QWidget], ...] = (QWidget,)) -> QWidget:
        """Looks where the form stands, then from its beginning to its end."""
        bar = self._form.verticalScrollBar()
        was_at_top = False
        turns_at_end = 0
        for _turn in range(_MOST_TURNS):
            found = [
                widget
                for widget in self._form.findChildren(QWidget, name)
                if widget.isVisible() and isinstance(widget, kinds)
            ]
            if found:
                return found[0]
            if self._form.is_built:
                if bar.value() < bar.maximum() and was_at_top:
                    bar.setValue(bar.value() + self._form.viewport().height())
                elif not was_at_top:
                    was_at_top = True
                    bar.setValue(0)
                else:
                    turns_at_end += 1
                    assert turns_at_end < _TURNS_TO_HEAR, f"the form shows no {name}"
            await asyncio.sleep(0)  # a turn of the event loop: forms are built in turns
        raise AssertionError(f"the form was not built in time for {name}")

    def _type(self, widget: QWidget, text: str, *, enter: bool = False) -> None:
        """Over what is there; what no keyboard has is pasted."""
        target = widget.lineEdit() if isinstance(widget, QComboBox) else widget
        assert isinstance(target, (QLineEdit, QPlainTextEdit)), f"{widget.objectName()} takes no text"
        ground = target.viewport() if isinstance(target, QPlainTextEdit) else target
        QTest.mouseClick(ground, Qt.MouseButton.LeftButton)
        control = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(target, Qt.Key.Key_A, control)
        if text.isascii() and text.isprintable() and text:
            QTest.keyClicks(target, text)
        elif text:
            QGuiApplication.clipboard().setText(text)
            QTest.keyClick(target, Qt.Key.Key_V, control)
        else:
            QTest.keyClick(target, Qt.Key.Key_Delete)
        if enter:
            QTest.keyClick(target, Qt.Key.Key_Return)


def split_act(act: str) -> tuple[str, str, str]:
    """The full name of what is acted on, the sign (`=`, `>`, `<-` or none), and what follows the sign."""
    found = re.match(r"(\S+) (=|>|<-) ?", act)
    name = found[1] if found else act
    if _PLACE.fullmatch(name) is None or name.startswith("["):
        name = f"field:{name}"
    return (name, found[2], act[found.end() :]) if found else (name, "", "")


def _joined(steps: list[str]) -> str:
    path = ""
    for step in steps:
        path += step if step[1:2].isdigit() and step.startswith("[") else f".{step}" if path else step
    return path


def _choose(widget: QWidget, text: str) -> None:
    if isinstance(widget, QComboBox):
        QTest.keyClick(widget, Qt.Key.Key_Home)
        for _step in range(widget.findText(text)):
            QTest.keyClick(widget, Qt.Key.Key_Down)
        return
    assert isinstance(widget, QToolButton)
    menu = widget.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == text).trigger()


def _text_of(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QPlainTextEdit):
        return widget.document().toRawText().replace("\u2029", "\n")
    assert isinstance(widget, QLineEdit), f"{widget.objectName()} shows no text"
    return widget.text()
