"""What lies below a field that holds messages or JSON, set in by a line."""

from typing import Protocol, cast, runtime_checkable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wirelens.engine.messages.fields import FieldShape
from wirelens.presentation.draft.edits import rows_shape
from wirelens.presentation.draft.field_index import JSON_TREES, Structure, message_type, structure_of
from wirelens.presentation.draft.paths import Path, is_row
from wirelens.presentation.draft.tree import Value
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.fragment_editor import FragmentEditor
from wirelens.widgets.request.structured_editor import fits_rows


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

    def remove(self, widget: QWidget) -> None:
        self._column.removeWidget(widget)
        widget.hide()
        widget.setObjectName("")
        widget.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self._context.theme.px(2), self.height(), self._context.theme.color("line"))


class _Content(Protocol):
    """What is shown below."""

    def refresh(self) -> None: ...


class IndentedArea(Indented):
    """The fields of a message or an Any, the rows of a list, map or JSON tree, or what has JSON of its own as text."""

    def __init__(self, context: FormContext, shape: FieldShape, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._shape, self._path, self._level = shape, path, level
        self._is_many = (shape.is_repeated or shape.is_map) and not is_row(path)
        self._structure = structure_of(shape)
        self._is_json_wanted = False
        self._shows: object = None
        self._content: QWidget | None = None
        self.refresh()

    @property
    def shows_json(self) -> bool:
        """Whether the text is edited in place of fields or rows."""
        return self._shows is FragmentEditor

    def show_json(self, wanted: bool) -> None:
        """Edit as text what has JSON of its own, or go back to its rows."""
        self._is_json_wanted = wanted
        self.refresh()

    def refresh(self) -> None:
        value = self._context.draft.value(self._path)
        wanted = self._wanted(value)
        if self._content is None or wanted != self._shows:
            if self._content is not None:
                self.remove(self._content)
            self._shows = wanted
            self._content = self._made(value)
            self.add(self._content)
            self._context.rearranged()
        cast(_Content, self._content).refresh()

    def _wanted(self, value: Value | None) -> object:
        """What tells one content from another."""
        if self._is_many or self._structure is Structure.MESSAGE:
            return Structure.MESSAGE
        if self._is_json_wanted:
            return FragmentEditor
        if self._structure is Structure.ANY:
            return Structure.ANY  # its form has place for text too
        return rows_shape(self._shape, value, is_row=True).is_map if fits_rows(self._shape, value) else FragmentEditor

    def _made(self, value: Value | None) -> QWidget:
        # imported late: rows hold messages, which hold rows
        from wirelens.widgets.request.any_form import AnyForm
        from wirelens.widgets.request.message_form import MessageForm
        from wirelens.widgets.request.rows_panel import RowsPanel

        if self._is_many:
            return RowsPanel(self._context, self._shape, self._path, self._level + 1, self)
        if self.shows_json:
            return FragmentEditor(self._context, self._shape, self._path, self)
        if self._structure is Structure.ANY:
            return AnyForm(self._context, self._shape, self._path, self._level + 1, self)
        if self._structure in JSON_TREES:
            rows = rows_shape(self._shape, value, is_row=True)
            return RowsPanel(self._context, rows, self._path, self._level + 1, self)
        return MessageForm.of_type(self._context, message_type(self._shape), self._path, self._level + 1, self)

    def row(self, step: str | int) -> QWidget | None:
        """The row of a field or an element."""
        return self._content.row(step) if isinstance(self._content, HoldsRows) else None
