"""The fields of one message, built as they come into sight."""

from google.protobuf.descriptor import Descriptor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wirelens.presentation.draft.field_index import field_index
from wirelens.presentation.draft.paths import Path, path_text
from wirelens.widgets.request.field_row import FieldRow
from wirelens.widgets.request.form_context import FormContext
from wirelens.widgets.request.oneof_row import OneofRow

_BATCH = 12
_ROW_HEIGHT = 36


class MessageForm(QWidget):
    """One row for each field, and one for each oneof where its first member is declared."""

    def __init__(self, context: FormContext, descriptor: Descriptor, path: Path, level: int) -> None:
        super().__init__()
        self._context, self._path, self._level = context, path, level
        self.setObjectName(f"message:{path_text(path)}")
        self._index = field_index(descriptor)
        self._rows: list[FieldRow | OneofRow] = []
        self._unbuilt = self._plan()
        self._spacer = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(8))
        self._column.addWidget(self._spacer)
        if not self._unbuilt:
            nothing = QLabel(f"{descriptor.name} has no fields")
            nothing.setProperty("role", "muted")
            self._column.addWidget(nothing)
        self._build(_BATCH)

    def refresh(self) -> None:
        for row in self._rows:
            row.refresh()

    def build_if_in_sight(self) -> bool:
        if not self._context.in_sight(self._spacer):
            return False
        built = len(self._rows)
        self._build(_BATCH)
        for row in self._rows[built:]:
            row.refresh()
        return True

    def _plan(self) -> list[str]:
        """The keys of fields and the names of oneofs (with a space in front) in the order of their declaration."""
        plan: dict[str, None] = {}
        for key, shape in self._index.by_key.items():
            plan[f" {shape.oneof}" if shape.oneof is not None else key] = None
        return list(plan)

    def _build(self, count: int) -> None:
        batch, self._unbuilt = self._unbuilt[:count], self._unbuilt[count:]
        for name in batch:
            row: FieldRow | OneofRow
            if name.startswith(" "):
                row = OneofRow(self._context, self._index, name[1:], self._path, self._level)
            else:
                shape = self._index.by_key[name]
                row = FieldRow(self._context, shape, (*self._path, name), self._level)
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        self._context.built(self)
        self._spacer.setVisible(bool(self._unbuilt))
        self._spacer.setFixedHeight(len(self._unbuilt) * self._context.theme.px(_ROW_HEIGHT))
        if self._unbuilt:
            self._context.build_later(self)
        self._context.rearranged()
