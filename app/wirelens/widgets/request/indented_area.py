"""What lies below a field that holds messages, set in by a line."""

from typing import Protocol, runtime_checkable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.field_index import message_type
from wirelens.presentation.draft.paths import Path
from wirelens.widgets.request.form_context import FormContext


@runtime_checkable
class HoldsRows(Protocol):
    """A part of the form with rows below it, one for each step of a path."""

    def row(self, step: str | int) -> QWidget | None: ...


class Indented(QWidget):
    """Something set in by a line at its left."""

    def __init__(self, context: FormContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(context.indent, 0, 0, 0)
        self._column.setSpacing(context.theme.px(8))

    def add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self._context.theme.px(2), self.height(), self._context.theme.color("line"))


class IndentedArea(Indented):
    """The fields of a message, or the rows of a list or map of messages."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(context, parent)
        # imported late: rows hold messages, which hold rows
        from wirelens.widgets.request.message_form import MessageForm
        from wirelens.widgets.request.rows_panel import RowsPanel

        self._content: MessageForm | RowsPanel
        if (shape.is_repeated or shape.is_map) and not isinstance(path[-1], int):
            self._content = RowsPanel(context, shape, path, level + 1, self)
        else:
            self._content = MessageForm(context, message_type(shape), path, level + 1, self)
        self.add(self._content)

    def row(self, step: str | int) -> QWidget | None:
        """The row of a field or an element."""
        return self._content.row(step)

    def refresh(self) -> None:
        self._content.refresh()
