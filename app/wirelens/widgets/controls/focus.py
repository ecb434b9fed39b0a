"""Focus for widgets made of others: given to the whole, it goes to the part where one types; Tab goes as one reads."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLabel, QLayout, QWidget


def pass_focus_on(whole: QWidget, part: QWidget) -> None:
    """Let `whole.setFocus()` mean `part`.

    No focus proxy: wherever the whole stands in the order of Tab, Qt takes it for a stop and goes to the proxy, even
    back to it from behind or into a hidden one (QApplicationPrivate::focusNextPrevChild_helper, as of 6.11).
    """
    _Heir(whole, part)


def tab_stops(widget: QWidget) -> list[QWidget]:
    """What Tab stops at within `widget`, in the order of the layouts."""
    layout = widget.layout()
    if layout is None or isinstance(widget, QLabel):
        stops = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        return [widget] if stops else []
    return _stops_within(layout)


class _Heir(QObject):
    def __init__(self, whole: QWidget, part: QWidget) -> None:
        super().__init__(whole)
        self._part = part
        whole.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusIn:
            self._part.setFocus(event.reason())
        return False


def _stops_within(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        inner_widget, inner_layout = item.widget(), item.layout()
        if inner_widget is not None:
            found += tab_stops(inner_widget)
        elif inner_layout is not None:
            found += _stops_within(inner_layout)
    return found
