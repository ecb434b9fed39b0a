"""The fields of one message, built as they come into sight."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wirelens.presentation.draft.field_index import TYPE_KEY, FieldIndex, field_index
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.widgets.request.field_row import FieldRow
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.lazy_rows import LazyRows
from wirelens.widgets.request.oneof_row import OneofRow


class MessageForm(QWidget):
    """One row for each field, and one for each oneof where its first member is declared."""

    def __init__(self, context: FormContext, index: FieldIndex, path: Path, level: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._index, self._path, self._level = context, index, path, level
        self.setObjectName(f"message:{path_text(path)}")
        self._generation = 1
        self._rows: LazyRows[tuple[int, str], FieldRow | OneofRow] = LazyRows(
            context, self._make_row, spacing=8, parent=self
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._rows)
        filter = context.draft.filter
        self._rows.show_only(self._is_shown if filter.is_active else None)
        self._rows.set_keys(self._plan())

    def row(self, step: str | int) -> QWidget | None:
        """The row of a field, built if it was not; None where the message has no such field."""
        shape = self._index.by_key.get(str(step))
        if shape is None:
            return None
        key = f" {shape.oneof}" if shape.oneof is not None else str(step)
        row = self._rows.row([name for _generation, name in self._plan()].index(key))
        return row.row(step) if isinstance(row, OneofRow) else row

    @classmethod
    def of_type(
        cls, context: FormContext, descriptor: Descriptor, path: Path, level: int, parent: QWidget
    ) -> "MessageForm":
        """The fields of an ordinary message type, or that it has none."""
        made = cls(context, field_index(descriptor), path, level, parent)
        if not made._index.shapes:
            nothing = QLabel(f"{descriptor.name} has no fields", made)
            nothing.setProperty("role", "muted")
            made._column.addWidget(nothing)
        return made

    def show_fields(self, index: FieldIndex) -> None:
        """Have rows for other fields; an Any's type keeps its row, in which it is being chosen."""
        if index is not self._index:
            self._index = index
            self._generation += 1
            self._rows.set_keys(self._plan())

    def refresh(self) -> None:
        filter = self._context.draft.filter
        self._rows.show_only(self._is_shown if filter.is_active else None)
        for row in self._rows.built():
            if not row.isHidden():
                row.refresh()

    def _is_shown(self, key: tuple[int, str]) -> bool:
        _generation, name = key
        filter = self._context.draft.filter
        if not name.startswith(" "):
            return filter.shows((*self._path, name))
        if filter.text and filter.text in name[1:].casefold() and not filter.only_set:
            return True
        return any(filter.shows((*self._path, member)) for member in self._index.oneofs[name[1:]])

    def _plan(self) -> list[tuple[int, str]]:
        """The keys of fields and the names of oneofs (with a space in front) in the order of their declaration.

        The number tells the fields of one type from those of the next one in an Any.
        """
        plan: dict[str, None] = {}
        for key, shape in self._index.by_key.items():
            plan[f" {shape.oneof}" if shape.oneof is not None else key] = None
        return [(0 if name == TYPE_KEY else self._generation, name) for name in plan]

    def _make_row(self, key: tuple[int, str], parent: QWidget) -> FieldRow | OneofRow:
        _generation, name = key
        row: FieldRow | OneofRow
        if name.startswith(" "):
            row = OneofRow(self._context, self._index, name[1:], self._path, self._level, parent)
        else:
            row = FieldRow(self._context, self._index.by_key[name], (*self._path, name), self._level, parent)
        row.refresh()
        return row
