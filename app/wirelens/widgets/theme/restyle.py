"""Changing what a style sheet looks at."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def restyle(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties (`role="primary"`, `invalid=True`) and have the style sheet look at them again.

    Qt reads properties only when it polishes a widget; nothing is done where nothing has changed.
    """
    changed = False
    for name, value in properties.items():
        text = value if isinstance(value, str) else ("true" if value else "")
        if (widget.property(name) or "") != text:
            widget.setProperty(name, text)
            changed = True
    if changed and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.update()
