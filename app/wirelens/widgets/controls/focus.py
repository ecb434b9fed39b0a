"""Focus for widgets made of others: given to the whole, it goes to the part where one types."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget


def pass_focus_on(whole: QWidget, part: QWidget) -> None:
    """Let `whole.setFocus()` mean `part`.

    No focus proxy: wherever the whole stands in the order of Tab, Qt takes it for a stop and goes to the proxy, even
    back to it from behind or into a hidden one (QApplicationPrivate::focusNextPrevChild_helper, as of 6.11).
    """
    _Heir(whole, part)


class _Heir(QObject):
    def __init__(self, whole: QWidget, part: QWidget) -> None:
        super().__init__(whole)
        self._part = part
        whole.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusIn:
            self._part.setFocus(event.reason())
        return False
